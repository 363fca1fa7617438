//! The slow model of the semantics page: an object is a list of days, a day a map from slot to value, and everything is
//! done day by day and slot by slot, in the words of the page. The areas of the tests compare the engine with it. Only
//! the day 0, which stands for all days before the window, and the last one, which stands for all days after it, are
//! more than one day.

#![allow(dead_code)] // each test binary uses its part

pub mod draw;
pub mod runs;
pub mod show;
pub mod verbs;

use std::collections::BTreeMap;
use std::sync::Arc;

use mo_core::model::{Fields, Kind, ObjectRef, Slot, Value};
use mo_core::state::Dependents;
use mo_core::time::{Day, Period};
use mo_core::timeline::Timeline;
use uuid::Uuid;

/// The days of the model: 0 stands for all days before day 1, `last` for all days from there on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub last: usize,
}

/// The state of an object on one day.
pub type State = BTreeMap<Slot, Value>;

/// An object day by day; `None` where it does not exist.
pub type Line = Vec<Option<Arc<State>>>;

/// Runs of days as half-open pairs of indexes, the ends of the window standing for open ends.
pub type Runs = Vec<(usize, usize)>;

/// 2024-01-01, the calendar day of index 0.
const BASE: i32 = 19_723;

impl Window {
    /// The number of indexes.
    pub fn len(self) -> usize {
        self.last + 1
    }

    /// The calendar day of an index inside the window; of the ends, one of the many.
    pub fn day(self, index: usize) -> Day {
        Day::from_epoch_days(BASE + i32::try_from(index).unwrap()).unwrap()
    }

    /// The index that stands for a calendar day.
    pub fn index(self, day: Day) -> usize {
        usize::try_from(day.epoch_days() - BASE).unwrap_or(0).min(self.last)
    }

    /// The period of the indexes from `from` up to, not including, `until`.
    pub fn period(self, from: usize, until: usize) -> Period {
        let from = (from > 0).then(|| self.day(from));
        let until = (until < self.len()).then(|| self.day(until));
        Period::new(from, until).unwrap()
    }

    /// The inverse of [`period`](Window::period).
    pub fn ends(self, period: Period) -> (usize, usize) {
        (period.from().map_or(0, |day| self.index(day)), period.until().map_or(self.len(), |d| self.index(d)))
    }

    /// The indexes of a period.
    pub fn days(self, period: Period) -> std::ops::Range<usize> {
        let (from, until) = self.ends(period);
        from..until
    }

    /// The maximal runs of the days for which `holds`.
    pub fn runs(self, holds: impl Fn(usize) -> bool) -> Runs {
        let mut runs = Runs::new();
        for day in (0..self.len()).filter(|day| holds(*day)) {
            match runs.last_mut() {
                Some((_, until)) if *until == day => *until += 1,
                _ => runs.push((day, day + 1)),
            }
        }
        runs
    }

    /// The runs as periods.
    pub fn periods(self, runs: &Runs) -> Vec<Period> {
        runs.iter().map(|(from, until)| self.period(*from, *until)).collect()
    }

    /// The timeline that a line is.
    pub fn timeline(self, line: &Line) -> Timeline<Fields> {
        let mut pieces: Vec<(usize, usize, &Arc<State>)> = Vec::new();
        for (day, state) in line.iter().enumerate() {
            match (pieces.last_mut(), state) {
                (Some((_, until, same)), Some(state)) if *until == day && *same == state => *until += 1,
                (_, Some(state)) => pieces.push((day, day + 1, state)),
                (_, None) => {}
            }
        }
        let pieces = pieces.into_iter().map(|(from, until, state)| (self.period(from, until), fields(state)));
        Timeline::from_pieces(pieces).unwrap()
    }

    /// An object without a day.
    pub fn nowhere(self) -> Line {
        vec![None; self.len()]
    }
}

/// A state in the engine's type.
pub fn fields(state: &State) -> Fields {
    let mut fields = Fields::new();
    for (slot, value) in state {
        fields.put(slot.clone(), value.clone());
    }
    fields
}

/// The state that fields are: a value equal to its default is no value.
pub fn state(kind: Kind, fields: &Fields) -> State {
    fields
        .iter()
        .map(|(slot, value)| (slot.clone(), value.clone()))
        .filter(|(slot, value)| !is_default(kind, slot, value))
        .collect()
}

/// Fine print: `source: "local"` equals absence.
pub fn is_default(kind: Kind, slot: &Slot, value: &Value) -> bool {
    kind.spec().fields[usize::from(slot.field)].name == "source" && *value == Value::Text("local".into())
}

/// Everything registered, as believed now.
#[derive(Debug, Clone)]
pub struct World {
    pub window: Window,
    pub objects: BTreeMap<Uuid, Object>,
}

/// One object.
#[derive(Debug, Clone)]
pub struct Object {
    pub kind: Kind,
    pub line: Line,
    /// Per day the last command of the running commit that changed it, and what that said about dependents.
    pub governs: Vec<Option<Governs>>,
}

/// A command by its number, and what it said about dependents.
pub type Governs = (usize, Option<Dependents>);

impl World {
    pub fn new(last: usize) -> World {
        World { window: Window { last }, objects: BTreeMap::new() }
    }

    /// The object if the id names one of this kind.
    pub fn of(&self, object: ObjectRef) -> Option<&Object> {
        self.objects.get(&object.id).filter(|known| known.kind == object.kind)
    }

    /// The state of an object on a day, if the id names one of that kind and it lives.
    pub fn on(&self, kind: Kind, id: Uuid, day: usize) -> Option<&State> {
        self.of(ObjectRef { kind, id })?.line[day].as_deref()
    }

    /// The objects of a kind, by id.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = (Uuid, &Object)> {
        self.objects.iter().filter(move |(_, o)| o.kind == kind).map(|(id, object)| (*id, object))
    }

    /// The same belief before a new commit: nothing governs.
    pub fn ungoverned(mut self) -> World {
        for object in self.objects.values_mut() {
            object.governs = vec![None; self.window.len()];
        }
        self
    }

    /// The belief once it is registered: what was made and unmade in the one commit was never known.
    pub fn registered(mut self, before: &World) -> World {
        let lives = |object: &Object| object.line.iter().any(Option::is_some);
        self.objects.retain(|id, object| before.objects.contains_key(id) || lives(object));
        self
    }

    /// Which objects have another line in `self` than in `before`.
    pub fn changed(&self, before: &World) -> Vec<ObjectRef> {
        let nowhere = self.window.nowhere();
        let was = |id: &Uuid| before.objects.get(id).map_or(&nowhere, |o| &o.line);
        let changed = self.objects.iter().filter(|(id, object)| object.line != *was(id));
        let mut changed: Vec<ObjectRef> =
            changed.map(|(id, object)| ObjectRef { kind: object.kind, id: *id }).collect();
        changed.sort();
        changed
    }
}
