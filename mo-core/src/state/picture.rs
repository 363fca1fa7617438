//! The usual pictures of what a snapshot holds.

use std::collections::BTreeSet;

use super::snapshot::Snapshot;
use super::tables::{Ix, Tables};
use crate::draw::{Gantt, RectanglePicture};
use crate::model::{Fields, Key, Kind, ObjectRef, Slot, Value};
use crate::time::Revision;

impl Snapshot {
    /// An object's history as rectangles: across the days, downwards the registrations that changed it. Of states that
    /// differ only what differs is told.
    ///
    /// # Complexity
    /// O(k²) in the rectangles of the object.
    #[doc(alias = "historik")]
    pub fn draw_history(&self, object: impl Into<ObjectRef>) -> RectanglePicture {
        let object = object.into();
        let tables = self.tables();
        let history = self.object(object).map(|(_, history)| {
            let states: Vec<Fields> =
                history.iter().map(|rect| tables.decode(object.kind, rect.value)).collect();
            let slots: BTreeSet<&Slot> =
                states.iter().flat_map(|state| state.iter().map(|(slot, _)| slot)).collect();
            let same = |slot: &Slot| {
                let mut values = states.iter().map(|state| state.get(slot));
                let first = values.next();
                values.all(|value| Some(value) == first)
            };
            let differ: BTreeSet<&Slot> = slots.iter().copied().filter(|slot| !same(slot)).collect();
            let told = if differ.is_empty() { &slots } else { &differ };
            history.map(|state| {
                let fields = tables.decode(object.kind, state);
                describe(tables, object.kind, fields.iter().filter(|(slot, _)| told.contains(slot)))
            })
        });
        let known = |revision: Revision| match tables.registered_at(revision) {
            Some(instant) => format!("{revision}  {instant}"),
            None => revision.to_string(),
        };
        RectanglePicture::new(&history.unwrap_or_default(), known)
    }

    /// An object's timeline, a row per field, member and entry that it ever has.
    pub fn draw_timeline(&self, object: impl Into<ObjectRef>) -> Gantt {
        let object = object.into();
        let tables = self.tables();
        let Some((_, history)) = self.object(object) else { return Gantt::new() };
        let timeline = history.timeline(self.revision());
        let mut slots: Vec<_> =
            timeline.iter().flat_map(|(_, state)| state.cells()).map(|cell| cell.at).collect();
        slots.sort_unstable();
        slots.dedup();
        slots.into_iter().fold(Gantt::new(), |gantt, at| {
            let Some(slot) = tables.decode_slot(object.kind, at) else { return gantt };
            let row = timeline.filter_map(|state| {
                let value = tables.decode_value(object.kind, at.field, state.get(at)?)?;
                Some(value_text(tables, &value))
            });
            gantt.row(slot_text(tables, object.kind, &slot), &row)
        })
    }
}

/// Fields in one line, by name; references by what they refer to is called. CPR numbers are masked.
fn describe<'f>(tables: &Tables, kind: Kind, fields: impl Iterator<Item = (&'f Slot, &'f Value)>) -> String {
    let part = |(slot, value)| format!("{}: {}", slot_text(tables, kind, slot), value_text(tables, value));
    fields.map(part).collect::<Vec<String>>().join(", ")
}

pub(crate) fn slot_text(tables: &Tables, kind: Kind, slot: &Slot) -> String {
    let name = kind.spec().fields.get(usize::from(slot.field)).map_or("", |field| field.name);
    match &slot.key {
        None => name.to_owned(),
        Some(Key::Id(id)) => format!("{name} {}", called(tables, *id)),
        Some(Key::Text(text)) => format!("{name} {text}"),
        Some(Key::Choice(word)) => format!("{name} {word}"),
    }
}

pub(crate) fn value_text(tables: &Tables, value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Cpr(cpr) => cpr.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Number(number) => number.to_string(),
        Value::True => "yes".to_owned(),
        Value::Choice(word) => (*word).to_owned(),
        Value::Id(id) => called(tables, *id),
        Value::Root => "root".to_owned(),
    }
}

/// What an object was last called; where it has no name, its id.
fn called(tables: &Tables, id: uuid::Uuid) -> String {
    let name = tables.ix(id).and_then(|ix: Ix| {
        let kind = tables.kind(ix)?;
        let timeline = tables.timeline(ix);
        let (_, state) = timeline.last()?;
        tables.title(kind, state)
    });
    name.unwrap_or_else(|| id.to_string())
}
