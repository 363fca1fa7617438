//! What a commit would do to the registry as it stands: its commands one by one, their preconditions, then the rules.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::command::{Command, Commit};
use super::receipt::{LeftOut, Replaced, SideEffects};
use super::verbs::{self, Patched, ShiftError, SlotChange};
use crate::model::{
    FieldChange, Fields, Key, Kind, ObjectRef, Placement, Shape, Slot, Unit, Value, ValueType,
};
use crate::rules::{self, Code, Policies, Refusal, Violation};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, Governs, Touched};
use crate::state::encode::Misfit;
use crate::state::tables::{Effects, Ix, Tables};
use crate::time::{Day, Period};
use crate::timeline::{Timeline, sort_disjoint};

/// A commit worked out on one head.
#[derive(Debug)]
pub(crate) struct Evaluated {
    /// The tables with the ids and texts the commit mentions; its effects are not applied yet.
    pub(crate) tables: Tables,
    /// Empty when nothing changes.
    pub(crate) effects: Vec<(Kind, Ix, Effects)>,
    pub(crate) side_effects: SideEffects,
}

/// Works a commit out on these tables.
///
/// # Errors
/// All violations that refuse it; a precondition stops at the first command that fails.
pub(crate) fn evaluate(tables: &Tables, commit: &Commit, registry: &Policies) -> Result<Evaluated, Refusal> {
    let mut working = Working::new(tables);
    for (number, command) in commit.commands.iter().enumerate() {
        working.run(number, command)?;
    }
    working.finish(&commit.policies, registry)
}

/// A commit being worked out: commands one by one on a draft, then the rules on what they leave.
#[derive(Debug)]
pub(crate) struct Working {
    pub(crate) draft: Draft,
    side_effects: SideEffects,
}

impl Working {
    pub(crate) fn new(tables: &Tables) -> Working {
        Working { draft: Draft::new(tables), side_effects: SideEffects::default() }
    }

    /// Runs a command; a refusal says it was the one with this number.
    pub(crate) fn run(&mut self, number: usize, command: &Command) -> Result<(), Refusal> {
        apply(&mut self.draft, number, command, &mut self.side_effects)
            .map_err(|violation| self.refusal(number, command.object(), violation))
    }

    /// Gives an object a timeline of states in the draft's numbers, as the command with this number.
    pub(crate) fn put(
        &mut self,
        number: usize,
        kind: Kind,
        ix: Ix,
        timeline: Timeline<State>,
    ) -> Result<(), Refusal> {
        let object = ObjectRef { kind, id: self.draft.id(ix) };
        let target = Target { object, ix, known: self.draft.kind(ix) };
        target
            .check_fields(&self.draft, &timeline)
            .map_err(|violation| self.refusal(number, object, violation))?;
        self.draft.touch(kind, ix).set_now(timeline, Governs { command: number, said: None });
        Ok(())
    }

    fn refusal(&self, number: usize, object: ObjectRef, violation: Violation) -> Refusal {
        let message = format!("{} {}", subject(&self.draft, object), violation.message);
        Refusal::new(vec![Violation { command: Some(number), message, ..violation }])
    }

    /// Judges what the commands leave.
    pub(crate) fn finish(mut self, commit: &Policies, registry: &Policies) -> Result<Evaluated, Refusal> {
        if !self.draft.touched().iter().any(Touched::is_changed) {
            let (tables, side_effects) = (self.draft.tables, self.side_effects);
            return Ok(Evaluated { tables, effects: Vec::new(), side_effects });
        }
        let judgement = rules::judge(&mut self.draft, commit, registry);
        if !judgement.refused.is_empty() {
            return Err(Refusal::new(judgement.refused));
        }
        self.side_effects.settled = judgement.settled;
        self.side_effects.reported = judgement.reported;
        let effects = self.draft.effects();
        Ok(Evaluated { tables: self.draft.tables, effects, side_effects: self.side_effects })
    }
}

fn apply(
    draft: &mut Draft,
    number: usize,
    command: &Command,
    side_effects: &mut SideEffects,
) -> Result<(), Violation> {
    let object = command.object();
    let ix = draft.tables.intern_id(object.id);
    let known = draft.kind(ix);
    let target = Target { object, ix, known };
    let now = match command {
        Command::Create { period, state, .. } => {
            target.of_same_kind(Code::Exists)?;
            let days = draft.now(ix).coverage();
            if !days.is_empty() {
                return Err(target.error(
                    Code::Exists,
                    format!("exists already: {}. Change it, extend it, or take another id.", list(&days)),
                ));
            }
            let state = target.encode(draft, state)?;
            Timeline::single(*period, state)
        }
        Command::Replace { timeline, .. } => {
            target.of_same_kind(Code::Exists)?;
            if target.known.is_none() && timeline.is_empty() {
                return Ok(());
            }
            let pieces = timeline.iter().map(|(period, state)| (*period, state));
            let mut pieces: Vec<(Period, &Fields)> = pieces.collect();
            sort_disjoint(&mut pieces).map_err(|overlap| {
                target.error(Code::Overlap, format!("has pieces that overlap: {overlap}. Cut one of them."))
            })?;
            let mut now = Timeline::new();
            for (period, state) in pieces {
                now.append(period, target.encode(draft, state)?);
            }
            now
        }
        Command::Change { from, patch, .. } => {
            let changes = target.changes(draft, Period::since(*from), patch)?;
            let patched = verbs::change(&draft.now(ix), *from, &changes);
            target.patched(draft, number, patched, side_effects)
        }
        Command::Set { period, patch, .. } => {
            let changes = target.changes(draft, *period, patch)?;
            let patched = verbs::set(&draft.now(ix), *period, &changes);
            target.patched(draft, number, patched, side_effects)
        }
        Command::Correct { on, patch, .. } => {
            let changes = target.changes(draft, Period::day(*on), patch)?;
            let patched = verbs::correct(&draft.now(ix), *on, &changes);
            target.patched(draft, number, patched, side_effects)
        }
        Command::Move { hierarchy, to, from, until, .. } => {
            let value = match to {
                Placement::Root => Value::Root,
                Placement::Under(unit) => Value::Id(unit.uuid()),
            };
            let slot = placement((*hierarchy).into());
            place(draft, &target, number, FieldChange::Put(slot, value), *from, *until, side_effects)?
        }
        Command::Leave { hierarchy, from, until, .. } => {
            let slot = placement((*hierarchy).into());
            place(draft, &target, number, FieldChange::Clear(slot), *from, *until, side_effects)?
        }
        Command::End { from, .. } => {
            let life = target.life(draft)?;
            target.some_left(life.clip(Period::before(*from)))?
        }
        Command::Suspend { period, .. } => {
            let life = target.life(draft)?;
            target.some_left(life.subtract(&(*period).into()))?
        }
        Command::Extend { period, .. } => verbs::extend(&target.life(draft)?, *period),
        Command::Shift { old, new, .. } => {
            let life = target.life(draft)?;
            verbs::shift(&life, *old, *new).map_err(|e| match e {
                ShiftError::NotOneStretch => target.error(
                    Code::NotOneStretch,
                    format!(
                        "does not live from end to end of {old} and not beyond it; its stretches are {}. Name one of \
                         them.",
                        list(&life.coverage())
                    ),
                ),
                ShiftError::Overlap(days) => target.error(
                    Code::Overlap,
                    format!("lives in another stretch on days of {new}: {}. Shift to other days.", list(&days)),
                ),
            })?
        }
        Command::Delete { .. } => {
            target.registered()?;
            Timeline::new()
        }
    };
    target.check_fields(draft, &now)?;
    let by = Governs { command: number, said: command.dependents() };
    draft.touch(object.kind, ix).set_now(now, by);
    Ok(())
}

/// What a sentence calls the object of a command.
fn subject(draft: &Draft, object: ObjectRef) -> String {
    match draft.tables.ix(object.id) {
        Some(ix) if draft.kind(ix) == Some(object.kind) => rules::name(draft, ix),
        _ => object.to_string(),
    }
}

fn placement(hierarchy: uuid::Uuid) -> Slot {
    Slot::keyed(Unit::PLACEMENTS.index, Key::Id(hierarchy))
}

/// `move` and `leave`: a change of one placement, or with an end a set.
fn place(
    draft: &mut Draft,
    target: &Target,
    number: usize,
    change: FieldChange,
    from: Day,
    until: Option<Day>,
    side_effects: &mut SideEffects,
) -> Result<Timeline<State>, Violation> {
    let named = match until {
        None => Period::since(from),
        Some(until) => Period::new(from, until)
            .map_err(|e| target.error(Code::Field, format!("cannot be placed: {e}.")))?,
    };
    let changes = target.changes(draft, named, &[change])?;
    let now = draft.now(target.ix);
    let patched = match until {
        None => verbs::change(&now, from, &changes),
        Some(_) => verbs::set(&now, named, &changes),
    };
    Ok(target.patched(draft, number, patched, side_effects))
}

/// The object a command is applied to.
struct Target {
    object: ObjectRef,
    ix: Ix,
    /// The kind the id was registered as.
    known: Option<Kind>,
}

impl Target {
    /// A violation whose sentence lacks its subject; [`evaluate`] puts it in front, once, when the commit fails.
    fn error(&self, code: Code, what: impl Into<String>) -> Violation {
        Violation::of_command(code, self.object, what.into())
    }

    fn of_same_kind(&self, code: Code) -> Result<(), Violation> {
        match self.known {
            Some(kind) if kind != self.object.kind => Err(self.error(
                code,
                format!("names a {kind}: one id names one object of one kind. Take another id."),
            )),
            _ => Ok(()),
        }
    }

    /// That the id was registered as this kind before.
    fn registered(&self) -> Result<(), Violation> {
        self.of_same_kind(Code::Unknown)?;
        if self.known.is_none() {
            return Err(self.error(Code::Unknown, "was never registered. Create it, or look the id up."));
        }
        Ok(())
    }

    /// The timeline of an object that has a day.
    fn life(&self, draft: &Draft) -> Result<Timeline<State>, Violation> {
        self.registered()?;
        let now = draft.now(self.ix).into_owned();
        if now.is_empty() {
            return Err(self.error(Code::NotAlive, "has no day: it was deleted. Create it again."));
        }
        Ok(now)
    }

    /// That the object lives on some day of the period.
    fn alive_in(&self, draft: &Draft, named: Period) -> Result<(), Violation> {
        let now = self.life(draft)?;
        if now.pieces_in(named).next().is_some() {
            return Ok(());
        }
        Err(self.error(
            Code::NotAlive,
            format!(
                "does not live on {}, only {}. Extend it first, or name other days.",
                match named.from() {
                    Some(day) if named == Period::day(day) => day.to_string(),
                    _ => format!("any day of {named}"),
                },
                list(&now.coverage())
            ),
        ))
    }

    fn some_left(&self, timeline: Timeline<State>) -> Result<Timeline<State>, Violation> {
        if timeline.is_empty() {
            return Err(self.error(
                Code::NothingLeft,
                "would have no day left. Use delete if it was registered in error.",
            ));
        }
        Ok(timeline)
    }

    fn misfit(&self, misfit: &Misfit) -> Violation {
        let name = |field: u8| self.object.kind.spec().fields.get(usize::from(field)).map_or("?", |f| f.name);
        let what = match misfit {
            Misfit::NoSuchField => "has no such field".to_owned(),
            Misfit::WrongType { field } => format!("cannot have such a value in {}", name(*field)),
            Misfit::TooLarge { field, limit } => format!("can have at most {limit} in {}", name(*field)),
            Misfit::EmptyKey { field } => format!("cannot have an empty key in {}", name(*field)),
        };
        self.error(Code::Field, format!("{what}."))
    }

    fn encode(&self, draft: &mut Draft, state: &Fields) -> Result<State, Violation> {
        draft.tables.encode(self.object.kind, state).map_err(|misfit| self.misfit(&misfit))
    }

    /// A patch of days of life in `named` as slots and values, each slot once: of two changes of one slot the later one
    /// counts. A set that gets exactly some members loses, member by member, all it ever has.
    fn changes(
        &self,
        draft: &mut Draft,
        named: Period,
        patch: &[FieldChange],
    ) -> Result<Vec<SlotChange>, Violation> {
        self.alive_in(draft, named)?;
        let kind = self.object.kind;
        let mut changes: Vec<SlotChange> = Vec::new();
        for change in patch {
            match change {
                FieldChange::Put(slot, value) => {
                    let at = draft.tables.encode_slot(kind, slot).map_err(|e| self.misfit(&e))?;
                    let value =
                        draft.tables.encode_value(kind, at.field, value).map_err(|e| self.misfit(&e))?;
                    changes.push((at, value));
                }
                FieldChange::Clear(slot) => {
                    let at = draft.tables.encode_slot(kind, slot).map_err(|e| self.misfit(&e))?;
                    changes.push((at, None));
                }
                FieldChange::Members(field, members) => {
                    for (at, stays) in self.members(draft, *field, members)? {
                        changes.push((at, stays.then_some(1)));
                    }
                }
            }
        }
        let mut seen: HashSet<At> = HashSet::new();
        changes.reverse();
        changes.retain(|(at, _)| seen.insert(*at));
        changes.reverse();
        Ok(changes)
    }

    /// The members named, and those to lose, in the order of sets.
    fn members(
        &self,
        draft: &mut Draft,
        field: u8,
        named: &BTreeSet<Key>,
    ) -> Result<Vec<(At, bool)>, Violation> {
        let kind = self.object.kind;
        let mut members: BTreeMap<Slot, (At, bool)> = BTreeMap::new();
        for (_, state) in draft.now(self.ix).iter() {
            for cell in state.field(field) {
                if let Some(slot) = draft.tables.decode_slot(kind, cell.at) {
                    members.insert(slot, (cell.at, false));
                }
            }
        }
        for member in named {
            let slot = Slot::keyed(field, member.clone());
            let at = draft.tables.encode_slot(kind, &slot).map_err(|e| self.misfit(&e))?;
            members.insert(slot, (at, true));
        }
        Ok(members.into_values().collect())
    }

    fn patched(
        &self,
        draft: &Draft,
        command: usize,
        patched: Patched,
        side_effects: &mut SideEffects,
    ) -> Timeline<State> {
        if !patched.left_out.is_empty() {
            let periods = patched.left_out.periods().collect();
            side_effects.left_out.push(LeftOut { command, periods });
        }
        let kind = self.object.kind;
        for (at, valid, value) in patched.replaced {
            let Some(slot) = draft.tables.decode_slot(kind, at) else { continue };
            let value = value.and_then(|value| draft.tables.decode_value(kind, at.field, value));
            side_effects.replaced.push(Replaced { object: self.object, slot, valid, value });
        }
        patched.timeline
    }

    /// That every state has its mandatory fields, filled, and exactly one of a pair.
    fn check_fields(&self, draft: &Draft, timeline: &Timeline<State>) -> Result<(), Violation> {
        let spec = self.object.kind.spec();
        for (period, state) in timeline {
            for (index, field) in (0u8..).zip(spec.fields).filter(|(_, field)| field.mandatory) {
                if state.field(index).next().is_none() {
                    return Err(self.error(
                        Code::Field,
                        format!(
                            "must have a value in {} on every day, and has none on {period}. Give it one.",
                            field.name
                        ),
                    ));
                }
                let is_text = field.value == ValueType::Text && field.shape == Shape::One;
                if is_text && draft.tables.text_of(state, index).is_some_and(|text| text.trim().is_empty()) {
                    return Err(self.error(
                        Code::Field,
                        format!(
                            "must have a value in {} on every day; it is empty on {period}. Give it one.",
                            field.name
                        ),
                    ));
                }
            }
            if let Some((one, other)) = spec.exactly_one {
                let has = |field: u8| state.field(field).next().is_some();
                if has(one) == has(other) {
                    let name = |field: u8| spec.fields.get(usize::from(field)).map_or("?", |f| f.name);
                    return Err(self.error(
                        Code::Field,
                        format!(
                            "must have exactly one of {} and {}, and has {} on {period}. Set the one and clear the other, in one \
                             patch.",
                            name(one),
                            name(other),
                            if has(one) { "both" } else { "neither" }
                        ),
                    ));
                }
            }
        }
        Ok(())
    }
}

fn list<T>(life: &Timeline<T>) -> String
where
    T: PartialEq,
{
    let periods: Vec<String> = life.iter().map(|(period, _)| period.to_string()).collect();
    periods.join(", ")
}
