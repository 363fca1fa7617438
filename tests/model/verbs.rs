//! The verbs of page *Semantics* §4 on the slow model, each as its sentence says it, with what the receipt lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use mo_core::model::{FieldChange, Key, ObjectRef, Placement, Shape, Slot, Value, ValueType};
use mo_core::registry::Command;
use mo_core::time::{Day, Period};

use super::{Line, Object, Runs, State, World, is_default, state};

/// What the commands of a commit did beside what they said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Beside {
    /// Object, slot, days, and the value that was written over.
    pub replaced: Vec<(ObjectRef, Slot, Period, Option<Value>)>,
    /// Command and days.
    pub left_out: Vec<(usize, Vec<Period>)>,
}

/// The code of the precondition that failed, in the object addressed.
pub type Failed = &'static str;

/// Runs the commands on a belief in order; the first that fails ends it.
pub fn run(world: &World, commands: &[Command]) -> Result<(World, Beside), (usize, ObjectRef, Failed)> {
    let mut world = world.clone().ungoverned();
    let mut beside = Beside::default();
    for (number, command) in commands.iter().enumerate() {
        let object = command.object();
        let line = apply(&world, number, command, &mut beside).map_err(|failed| (number, object, failed))?;
        let Some(line) = line else { continue };
        if !pieces(&line).all(|state| fits(object, state)) {
            return Err((number, object, "E_FIELD"));
        }
        let window = world.window;
        let known = world.objects.entry(object.id).or_insert_with(|| Object {
            kind: object.kind,
            line: window.nowhere(),
            governs: vec![None; window.len()],
        });
        for ((governs, before), now) in known.governs.iter_mut().zip(&known.line).zip(&line) {
            if before != now {
                *governs = Some((number, dependents(command)));
            }
        }
        known.line = line;
    }
    Ok((world, beside))
}

fn dependents(command: &Command) -> Option<mo_core::state::Dependents> {
    match command {
        Command::End { dependents, .. }
        | Command::Suspend { dependents, .. }
        | Command::Shift { dependents, .. }
        | Command::Replace { dependents, .. }
        | Command::Delete { dependents, .. } => *dependents,
        _ => None,
    }
}

/// The line after a command; `None` for one that does not even make the id known.
fn apply(
    world: &World,
    number: usize,
    command: &Command,
    beside: &mut Beside,
) -> Result<Option<Line>, Failed> {
    let object = command.object();
    let window = world.window;
    let known = world.objects.get(&object.id);
    let other_kind = known.is_some_and(|known| known.kind != object.kind);
    let line = known.map_or_else(|| window.nowhere(), |known| known.line.clone());
    let life = alive(&line);

    // "a UUID of another kind is E_EXISTS for create and replace, E_UNKNOWN for the rest"
    match command {
        Command::Create { .. } | Command::Replace { .. } if other_kind => return Err("E_EXISTS"),
        Command::Create { .. } | Command::Replace { .. } => {}
        _ if other_kind || known.is_none() => return Err("E_UNKNOWN"),
        _ => {}
    }

    let mut patch = |addressed: Vec<usize>, changes: &[FieldChange], verb: Verb| {
        patched(object, number, &line, addressed, changes, verb, world, beside).map(Some)
    };
    match command {
        Command::Create { period, state, .. } => {
            if !life.is_empty() {
                return Err("E_EXISTS");
            }
            let mut line = window.nowhere();
            line[window.days(*period)].fill(Some(Arc::new(self::state(object.kind, state))));
            Ok(Some(line))
        }
        Command::Change { from, patch: changes, .. } => {
            patch(from_on(&life, window.index(*from)), changes, Verb::Change(window.index(*from)))
        }
        Command::Set { period, patch: changes, .. } => {
            patch(within(&life, window.days(*period)), changes, Verb::Set(*period))
        }
        Command::Correct { on, patch: changes, .. } => {
            let on = window.index(*on);
            patch(within(&life, on..on + 1), changes, Verb::Correct)
        }
        Command::Move { hierarchy, to, from, until, .. } => {
            let slot = Slot::keyed(placements(), Key::Id((*hierarchy).into()));
            let value = match to {
                Placement::Root => Value::Root,
                Placement::Under(unit) => Value::Id((*unit).into()),
            };
            let (addressed, verb) = moving(world, &life, *from, *until);
            patch(addressed, &[FieldChange::Put(slot, value)], verb)
        }
        Command::Leave { hierarchy, from, until, .. } => {
            let slot = Slot::keyed(placements(), Key::Id((*hierarchy).into()));
            let (addressed, verb) = moving(world, &life, *from, *until);
            patch(addressed, &[FieldChange::Clear(slot)], verb)
        }
        Command::End { from, .. } => without(line, |day| day >= window.index(*from)),
        Command::Suspend { period, .. } => without(line, |day| window.days(*period).contains(&day)),
        Command::Extend { period, .. } => {
            if life.is_empty() {
                return Err("E_NOT_ALIVE");
            }
            let mut extended = line.clone();
            for day in window.days(*period).filter(|day| line[*day].is_none()) {
                let before = life.iter().rev().find(|alive| **alive < day);
                let after = life.iter().find(|alive| **alive > day);
                extended[day].clone_from(&line[*before.or(after).unwrap()]);
            }
            Ok(Some(extended))
        }
        Command::Shift { old, new, .. } => {
            if life.is_empty() {
                return Err("E_NOT_ALIVE");
            }
            let stretches: Runs = window.runs(|day| line[day].is_some());
            if !stretches.contains(&window.ends(*old)) {
                return Err("E_NOT_ONE_STRETCH");
            }
            let (old, new) = (window.days(*old), window.days(*new));
            let mut others = line.clone();
            others[old.clone()].fill(None);
            if new.clone().any(|day| others[day].is_some()) {
                return Err("E_OVERLAP");
            }
            for day in new {
                others[day].clone_from(&line[day.clamp(old.start, old.end - 1)]);
            }
            Ok(Some(others))
        }
        Command::Replace { timeline, .. } => {
            let mut line = window.nowhere();
            for (period, state) in timeline {
                let state = Arc::new(self::state(object.kind, state));
                for day in window.days(*period) {
                    if line[day].is_some() {
                        return Err("E_OVERLAP");
                    }
                    line[day] = Some(Arc::clone(&state));
                }
            }
            // "with []: as delete (unknown id: unchanged)"
            Ok((known.is_some() || !timeline.is_empty()).then_some(line))
        }
        Command::Delete { .. } => Ok(Some(window.nowhere())),
        _ => unreachable!("every verb is in the model"),
    }
}

/// The state of each day on which it is another than on the day before.
fn pieces(line: &Line) -> impl Iterator<Item = &State> {
    let begins = |day: &usize| *day == 0 || line[*day] != line[*day - 1];
    (0..line.len()).filter(begins).filter_map(|day| line[day].as_deref())
}

fn placements() -> u8 {
    mo_core::model::Kind::Unit.spec().field("placements").unwrap().0
}

fn alive(line: &Line) -> Vec<usize> {
    (0..line.len()).filter(|day| line[*day].is_some()).collect()
}

fn from_on(life: &[usize], from: usize) -> Vec<usize> {
    life.iter().copied().filter(|day| *day >= from).collect()
}

fn within(life: &[usize], days: std::ops::Range<usize>) -> Vec<usize> {
    life.iter().copied().filter(|day| days.contains(day)).collect()
}

/// `move` and `leave`: `change`, with `until` `set`.
fn moving(world: &World, life: &[usize], from: Day, until: Option<Day>) -> (Vec<usize>, Verb) {
    match until {
        None => {
            let from = world.window.index(from);
            (from_on(life, from), Verb::Change(from))
        }
        Some(until) => {
            let period = Period::new(from, until).unwrap();
            (within(life, world.window.days(period)), Verb::Set(period))
        }
    }
}

/// `end` and `suspend`: life without the days.
fn without(line: Line, lost: impl Fn(usize) -> bool) -> Result<Option<Line>, Failed> {
    if alive(&line).is_empty() {
        return Err("E_NOT_ALIVE");
    }
    let left: Line = line.into_iter().enumerate().map(|(day, state)| state.filter(|_| !lost(day))).collect();
    if alive(&left).is_empty() { Err("E_NOTHING_LEFT") } else { Ok(Some(left)) }
}

/// Which of the patch verbs, with what it named.
#[derive(Clone, Copy)]
enum Verb {
    Change(usize),
    Set(Period),
    Correct,
}

#[allow(clippy::too_many_arguments)]
fn patched(
    object: ObjectRef,
    number: usize,
    line: &Line,
    addressed: Vec<usize>,
    changes: &[FieldChange],
    verb: Verb,
    world: &World,
    beside: &mut Beside,
) -> Result<Line, Failed> {
    let window = world.window;
    let Some(first) = addressed.first().copied() else { return Err("E_NOT_ALIVE") };
    let life = alive(line);
    let value = |day: usize, slot: &Slot| line[day].as_ref().and_then(|state| state.get(slot).cloned());
    let left_out = match verb {
        // "for `set` the days of the period outside L, for `change` those from `from` to the first addressed day"
        Verb::Set(period) => window.runs(|day| window.days(period).contains(&day) && line[day].is_none()),
        Verb::Change(from) => window.runs(|day| from <= day && day < first),
        Verb::Correct => Runs::new(),
    };
    if !left_out.is_empty() {
        beside.left_out.push((number, window.periods(&left_out)));
    }
    // What is out of range is refused even where the same patch writes over it.
    let numbers = changes.iter().filter_map(|change| match change {
        FieldChange::Put(slot, value) => Some((slot, value)),
        _ => None,
    });
    if !numbers.into_iter().all(|(slot, value)| in_range(object, slot, value)) {
        return Err("E_FIELD");
    }
    let mut new = line.clone();
    for (slot, wanted) in slots(object, line, changes) {
        let days: Vec<usize> = match verb {
            Verb::Change(_) => {
                let old = value(first, &slot);
                addressed.iter().copied().take_while(|day| value(*day, &slot) == old).collect()
            }
            Verb::Set(_) => addressed.clone(),
            Verb::Correct => {
                let old = value(first, &slot);
                let at = life.iter().position(|day| *day == first).unwrap();
                let same = |day: &usize| value(*day, &slot) == old;
                let later = life[at..].iter().copied().take_while(same);
                let earlier = life[..at].iter().rev().copied().take_while(same);
                earlier.chain(later).collect()
            }
        };
        if let Verb::Set(_) = verb {
            // Every old run of the line of life that begins on an addressed day other than the first.
            let mut run: Option<(usize, usize)> = None;
            let mut before = None;
            for day in &life {
                let begins = before.is_none_or(|before| value(before, &slot) != value(*day, &slot));
                if begins {
                    end_run(&mut run, object, &slot, world, &value, beside);
                    if addressed.contains(day) && *day != first {
                        run = Some((*day, *day));
                    }
                }
                if let Some((_, last)) = &mut run
                    && addressed.contains(day)
                {
                    *last = *day;
                }
                before = Some(*day);
            }
            end_run(&mut run, object, &slot, world, &value, beside);
        }
        for day in days {
            let state = Arc::make_mut(new[day].as_mut().unwrap());
            match &wanted {
                Some(wanted) => state.insert(slot.clone(), wanted.clone()),
                None => state.remove(&slot),
            };
        }
    }
    Ok(new)
}

fn end_run(
    run: &mut Option<(usize, usize)>,
    object: ObjectRef,
    slot: &Slot,
    world: &World,
    value: &impl Fn(usize, &Slot) -> Option<Value>,
    beside: &mut Beside,
) {
    if let Some((first, last)) = run.take() {
        let valid = world.window.period(first, last + 1);
        beside.replaced.push((object, slot.clone(), valid, value(first, slot)));
    }
}

/// A patch as single slots with their new values: a set that is set loses every member not named. Of two changes of one
/// slot the later one counts.
fn slots(object: ObjectRef, line: &Line, changes: &[FieldChange]) -> Vec<(Slot, Option<Value>)> {
    let mut slots: Vec<(Slot, Option<Value>)> = Vec::new();
    for change in changes {
        match change {
            FieldChange::Put(slot, value) => {
                let value = Some(value.clone()).filter(|value| !is_default(object.kind, slot, value));
                slots.push((slot.clone(), value));
            }
            FieldChange::Clear(slot) => slots.push((slot.clone(), None)),
            FieldChange::Members(field, members) => {
                let held =
                    line.iter().flatten().flat_map(|state| state.keys()).filter(|slot| slot.field == *field);
                let all: BTreeSet<Slot> =
                    held.cloned().chain(members.iter().map(|key| Slot::keyed(*field, key.clone()))).collect();
                for slot in all {
                    let named = slot.key.as_ref().is_some_and(|key| members.contains(key));
                    slots.push((slot, named.then_some(Value::True)));
                }
            }
            _ => unreachable!("every change is in the model"),
        }
    }
    let later = |at: usize, slot: &Slot| slots[at + 1..].iter().any(|(other, _)| other == slot);
    let kept = slots.iter().enumerate().filter(|(at, (slot, _))| !later(*at, slot));
    kept.map(|(_, change)| change.clone()).collect()
}

/// Whether a state may be: mandatory fields filled, exactly one of a pair, numbers within their limits.
fn fits(object: ObjectRef, state: &State) -> bool {
    let spec = object.kind.spec();
    let has = |field: u8| state.keys().any(|slot| slot.field == field);
    let fields = || (0u8..).zip(spec.fields);
    let filled = fields().filter(|(_, field)| field.mandatory).all(|(index, field)| {
        let empty = field.shape == Shape::One
            && matches!(state.get(&Slot::one(index)), Some(Value::Text(text)) if text.is_empty());
        has(index) && !empty
    });
    let one = spec.exactly_one.is_none_or(|(one, other)| has(one) != has(other));
    let small = state.iter().all(|(slot, value)| in_range(object, slot, value));
    filled && one && small
}

fn in_range(object: ObjectRef, slot: &Slot, value: &Value) -> bool {
    match (object.kind.spec().fields[usize::from(slot.field)].value, value) {
        (ValueType::Number(limit), Value::Number(number)) => *number <= limit,
        _ => true,
    }
}
