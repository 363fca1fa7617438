//! Commands, states and lines written short, for whoever reads a failed case: ids as kind and number, days as indexes.

use std::fmt;
use std::sync::Arc;

use mo_core::model::{FieldChange, Fields, Key, Kind, ObjectRef, Placement, Slot, Value};
use mo_core::registry::Command;
use uuid::Uuid;

use super::{Line, State, Window};

/// Something drawn, shown by a function instead of its own `Debug`.
#[derive(Clone)]
pub struct Shown<T>(pub T, pub fn(&T) -> String);

impl<T> fmt::Debug for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", (self.1)(&self.0))
    }
}

/// `unit1` for an id as `draw` makes them.
pub fn id(id: Uuid) -> String {
    let kind = usize::try_from(id.as_u128() >> 64).ok().and_then(|n| Kind::ALL.get(n.checked_sub(1)?));
    kind.map_or_else(|| id.to_string(), |kind| format!("{kind}{}", id.as_u128() & 0xffff))
}

fn object(object: ObjectRef) -> String {
    let short = id(object.id);
    if short.starts_with(object.kind.name()) { short } else { format!("{}:{short}", object.kind) }
}

fn slot(kind: Kind, slot: &Slot) -> String {
    let field = kind.spec().fields[usize::from(slot.field)].name;
    match &slot.key {
        None => field.to_owned(),
        Some(Key::Id(key)) => format!("{field}.{}", id(*key)),
        Some(Key::Text(key)) => format!("{field}.{key}"),
        Some(Key::Choice(key)) => format!("{field}.{key}"),
        Some(_) => unreachable!("every key is shown"),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.as_str()),
        Value::Cpr(cpr) => format!("cpr {}", cpr.reveal()),
        Value::Day(day) => day.to_string(),
        Value::Number(number) => number.to_string(),
        Value::True => "yes".to_owned(),
        Value::Choice(word) => (*word).to_owned(),
        Value::Id(key) => id(*key),
        Value::Root => "root".to_owned(),
        _ => unreachable!("every value is shown"),
    }
}

fn fields<'a>(kind: Kind, fields: impl Iterator<Item = (&'a Slot, &'a Value)>) -> String {
    let all: Vec<String> = fields.map(|(s, v)| format!("{} {}", slot(kind, s), value(v))).collect();
    format!("{{{}}}", all.join(", "))
}

/// A state.
pub fn state(kind: Kind, state: &State) -> String {
    fields(kind, state.iter())
}

/// A line by its pieces.
pub fn line(kind: Kind, line: &Line) -> String {
    let mut pieces: Vec<(usize, usize, &Option<Arc<State>>)> = Vec::new();
    for (day, state) in line.iter().enumerate() {
        match pieces.last_mut() {
            Some((_, until, before)) if *before == state => *until += 1,
            _ => pieces.push((day, day + 1, state)),
        }
    }
    let shown = pieces
        .iter()
        .filter_map(|(from, until, on)| Some(format!("[{from},{until}) {}", state(kind, on.as_ref()?))));
    shown.collect::<Vec<_>>().join("  ")
}

fn patch(kind: Kind, changes: &[FieldChange]) -> String {
    let change = |change: &FieldChange| match change {
        FieldChange::Put(at, new) => format!("{} := {}", slot(kind, at), value(new)),
        FieldChange::Clear(at) => format!("{} cleared", slot(kind, at)),
        FieldChange::Members(field, members) => {
            let members: Vec<String> =
                members.iter().map(|m| slot(kind, &Slot::keyed(*field, m.clone()))).collect();
            format!("{} := {{{}}}", kind.spec().fields[usize::from(*field)].name, members.join(", "))
        }
        _ => unreachable!("every change is shown"),
    };
    changes.iter().map(change).collect::<Vec<_>>().join("; ")
}

/// The verb of a command.
pub fn verb(command: &Command) -> &'static str {
    match command {
        Command::Create { .. } => "create",
        Command::Change { .. } => "change",
        Command::Set { .. } => "set",
        Command::Correct { .. } => "correct",
        Command::End { .. } => "end",
        Command::Suspend { .. } => "suspend",
        Command::Extend { .. } => "extend",
        Command::Shift { .. } => "shift",
        Command::Replace { .. } => "replace",
        Command::Delete { .. } => "delete",
        Command::Move { .. } => "move",
        Command::Leave { .. } => "leave",
        _ => unreachable!("every verb is shown"),
    }
}

/// A command.
pub fn command(window: Window, command: &Command) -> String {
    let kind = command.object().kind;
    let on = object(command.object());
    let days = |period| {
        let (from, until) = window.ends(period);
        format!("[{from},{until})")
    };
    let index = |day| window.index(day);
    match command {
        Command::Create { period, state, .. } => {
            format!("create {on} {} {}", days(*period), fields(kind, Fields::iter(state)))
        }
        Command::Change { from, patch: changes, .. } => {
            format!("change {on} from {}: {}", index(*from), patch(kind, changes))
        }
        Command::Set { period, patch: changes, .. } => {
            format!("set {on} {}: {}", days(*period), patch(kind, changes))
        }
        Command::Correct { on: day, patch: changes, .. } => {
            format!("correct {on} on {}: {}", index(*day), patch(kind, changes))
        }
        Command::End { from, dependents, .. } => format!("end {on} from {} {dependents:?}", index(*from)),
        Command::Suspend { period, dependents, .. } => {
            format!("suspend {on} {} {dependents:?}", days(*period))
        }
        Command::Extend { period, .. } => format!("extend {on} {}", days(*period)),
        Command::Shift { old, new, dependents, .. } => {
            format!("shift {on} {} to {} {dependents:?}", days(*old), days(*new))
        }
        Command::Replace { timeline, dependents, .. } => {
            let pieces: Vec<String> = timeline
                .iter()
                .map(|(period, state)| format!("{} {}", days(*period), fields(kind, Fields::iter(state))))
                .collect();
            format!("replace {on} {dependents:?} with {}", pieces.join("  "))
        }
        Command::Delete { dependents, .. } => format!("delete {on} {dependents:?}"),
        Command::Move { hierarchy, to, from, until, .. } => {
            let to = match to {
                Placement::Root => "root".to_owned(),
                Placement::Under(unit) => id((*unit).into()),
            };
            let until = until.map(index);
            format!("move {on} in {} to {to} from {} until {until:?}", id((*hierarchy).into()), index(*from))
        }
        Command::Leave { hierarchy, from, until, .. } => {
            let until = until.map(index);
            format!("leave {on} {} from {} until {until:?}", id((*hierarchy).into()), index(*from))
        }
        _ => unreachable!("every verb is shown"),
    }
}
