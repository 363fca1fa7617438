//! Followers: what a consumer reads to keep up. [`Snapshot::registrations`](crate::state::Snapshot::registrations) is for
//! those who keep whole timelines; [`Snapshot::current`] for those who keep only what holds now.

#[cfg(test)]
mod tests;

use crate::model::ObjectRef;
use crate::state::Snapshot;
use crate::state::tables::{Ix, Tables};
use crate::time::{Copenhagen, Day, Instant, Revision, Zone};

/// An object begins, changes or ends to be what is current, at a moment.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("turn"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::since("2025-07-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
/// let turn = registry.snapshot().current(Instant::MIN, "2025-08-01T00:00:00Z".parse()?).next().unwrap();
/// assert_eq!(turn.object, school.into());
/// assert_eq!(turn.at.to_string(), "2025-06-30T22:00:00Z"); // midnight in Copenhagen, in summer
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Turn {
    /// When: the instant of a registration, or a midnight in Copenhagen.
    pub at: Instant,
    /// What.
    pub object: ObjectRef,
    /// How.
    pub change: TurnChange,
}

/// How what is current changes.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("turn_change"));
/// use mo_core::feed::TurnChange;
///
/// let mut edit = registry.edit("anna");
/// edit.create(Period::before("2025-04-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
/// let turns = registry.snapshot().current(Instant::MIN, "2025-06-01T00:00:00Z".parse()?);
/// let changes: Vec<TurnChange> = turns.map(|turn| turn.change).collect();
/// assert_eq!(changes, [TurnChange::Added, TurnChange::Removed]); // registered in March, over on 1 April
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)]
pub enum TurnChange {
    /// The object exists now, and did not.
    Added,
    /// It has another state.
    Changed,
    /// It exists no more.
    Removed,
}

impl TurnChange {
    /// Its word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            TurnChange::Added => "added",
            TurnChange::Changed => "changed",
            TurnChange::Removed => "removed",
        }
    }
}

impl Snapshot {
    /// The changes of what is current: of the view of the day it is, as known at the moment, as that moment runs from `after`
    /// up to and including `until`. Something changes at registrations and at the midnights of Copenhagen; at one
    /// instant the midnight is first; then by kind and id.
    ///
    /// A change for April that is registered in May appears once, in May; one that was registered in March appears once, on
    /// 1 April; a plan that is withdrawn before its day never. Reading on from the last `until` misses nothing and
    /// repeats nothing.
    ///
    /// # Complexity
    /// O(n) in the rectangles of all objects, when there is a midnight between the two moments; else O(k) in those of the
    /// objects that were registered.
    ///
    /// ```
    /// use mo_core::feed::TurnChange;
    /// use mo_core::model::{CountedIds, Patch, Unit};
    /// use mo_core::registry::Registry;
    /// use mo_core::time::{Period, SteppingClock};
    ///
    /// let registry = Registry::in_memory(SteppingClock::new("2026-03-01T09:00:00Z".parse()?), CountedIds::new("feed"));
    /// let mut edit = registry.edit("anna");
    /// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
    /// edit.change(school, "2026-04-01".parse()?, Patch::new().set(Unit::NAME, "Skole og Dagtilbud"));
    /// edit.commit()?;
    ///
    /// let turns: Vec<_> =
    ///     registry.snapshot().current("2026-03-01T00:00:00Z".parse()?, "2026-06-01T00:00:00Z".parse()?).collect();
    /// assert_eq!(turns[0].change, TurnChange::Added);
    /// assert_eq!((turns[1].at.to_string().as_str(), turns[1].change), ("2026-03-31T22:00:00Z", TurnChange::Changed));
    /// assert_eq!(turns.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "hændelser")]
    pub fn current(&self, after: Instant, until: Instant) -> impl Iterator<Item = Turn> + use<> {
        let mut turns: Vec<(Instant, bool, ObjectRef, TurnChange)> = Vec::new();
        if after < until {
            self.at_registrations(after, until, &mut turns);
            self.at_midnights(after, until, &mut turns);
        }
        turns.sort_unstable();
        turns.into_iter().map(|(at, _, object, change)| Turn { at, object, change })
    }

    fn at_registrations(
        &self,
        after: Instant,
        until: Instant,
        turns: &mut Vec<(Instant, bool, ObjectRef, TurnChange)>,
    ) {
        let tables = self.tables();
        let first = tables.revision_at(after).number().saturating_add(1);
        let last = tables.revision_at(until).min(self.revision()).number();
        for revision in (first..=last).map(Revision::new) {
            let Some(row) = tables.registration(revision) else { continue };
            let day = Copenhagen.day_of(row.registered_at);
            let before = Revision::new(revision.number() - 1);
            for ix in &row.touched {
                let change = change(tables, *ix, (day, before), (day, revision));
                if let (Some(object), Some(change)) = (object(tables, *ix), change) {
                    turns.push((row.registered_at, true, object, change));
                }
            }
        }
    }

    fn at_midnights(
        &self,
        after: Instant,
        until: Instant,
        turns: &mut Vec<(Instant, bool, ObjectRef, TurnChange)>,
    ) {
        let (first, last) = (Copenhagen.day_of(after), Copenhagen.day_of(until));
        if first == last {
            return;
        }
        let tables = self.tables();
        let mut days: Vec<Day> = Vec::new();
        for kind in crate::model::Kind::ALL {
            for ix in tables.of_kind(kind) {
                let (Some(object), Some(history)) = (object(tables, ix), tables.history(ix)) else {
                    continue;
                };
                days.clear();
                for rect in history.iter() {
                    let ends = [rect.valid.from(), rect.valid.until()].into_iter().flatten();
                    days.extend(ends.filter(|day| first < *day && *day <= last));
                }
                days.sort_unstable();
                days.dedup();
                for day in &days {
                    let midnight = Copenhagen.midnight(*day);
                    let (Some(yesterday), true) = (day.previous(), after < midnight && midnight <= until)
                    else {
                        continue;
                    };
                    // What is registered at that very instant comes after the midnight.
                    let known = midnight.plus_micros(-1).map_or(Revision::ZERO, |at| tables.revision_at(at));
                    let known = known.min(self.revision());
                    if let Some(change) = change(tables, ix, (yesterday, known), (*day, known)) {
                        turns.push((midnight, false, object, change));
                    }
                }
            }
        }
    }
}

fn object(tables: &Tables, ix: Ix) -> Option<ObjectRef> {
    Some(ObjectRef { kind: tables.kind(ix)?, id: tables.id(ix) })
}

fn change(tables: &Tables, ix: Ix, before: (Day, Revision), after: (Day, Revision)) -> Option<TurnChange> {
    let state = |(day, known)| tables.state(ix, day, known);
    match (state(before), state(after)) {
        (None, Some(_)) => Some(TurnChange::Added),
        (Some(_), None) => Some(TurnChange::Removed),
        (Some(before), Some(after)) if before != after => Some(TurnChange::Changed),
        _ => None,
    }
}
