//! [`Snapshot`]: everything the registry believes at one point of known time. Seen on a day it is a
//! [`View`](super::View).

use std::sync::Arc;

use uuid::Uuid;

use super::cells::State;
use super::encode::Held;
use super::tables::{Effects, Ix, Tables};
use super::view::View;
use crate::history::Rect;
use crate::journal::{Change, Registration};
use crate::model::{Fields, Kind, Object, ObjectId, ObjectRef};
use crate::time::{Day, Instant, Period, Revision};
use crate::timeline::Timeline;

/// What the registry believes at one point of *known* time. Cheap to clone, immutable, `Send + Sync`; it never blocks a
/// writer and no writer changes it.
///
/// A registry gives the snapshot of its head; [`as_known`](Snapshot::as_known) gives an earlier belief;
/// [`at`](Snapshot::at) chooses the day.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("snapshot"));
/// let before = registry.snapshot();
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
///
/// let day: Day = "2026-01-01".parse()?;
/// assert!(registry.snapshot().at(day).exists(school));
/// assert!(!before.at(day).exists(school)); // a snapshot stays what it was
/// assert!(registry.snapshot().as_known(before.revision()).timeline(school).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Snapshot {
    tables: Arc<Tables>,
    known: Known,
}

/// A point of known time: the head, a registration, or an instant.
///
/// A read at instant k sees the registrations with `registered_at <= k`. A revision above the head is the head.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("known"));
/// use mo_core::state::Known;
///
/// let mut edit = registry.edit("anna");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// let now = registry.snapshot();
/// let earlier: Instant = "2025-02-28T00:00:00Z".parse()?;
/// assert_eq!(now.as_known(earlier).revision(), Revision::ZERO);
/// assert_eq!(now.as_known(Revision::new(1)).revision(), now.as_known(Known::Head).revision());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Known {
    /// The newest registration the snapshot holds: *as known now*.
    Head,
    /// Up to and including this registration.
    Revision(Revision),
    /// Up to and including this instant.
    Instant(Instant),
}

impl From<Revision> for Known {
    fn from(revision: Revision) -> Known {
        Known::Revision(revision)
    }
}

impl From<Instant> for Known {
    fn from(instant: Instant) -> Known {
        Known::Instant(instant)
    }
}

/// A rectangle of an object's history: on these days, while this was believed, this was the state.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("rectangle"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skoel"));
/// edit.commit()?;
/// let mut edit = registry.edit("anna").note("trykfejl");
/// edit.correct(school, "2025-03-01".parse()?, Patch::new().set(Unit::NAME, "Skole"));
/// edit.commit()?;
/// for rectangle in registry.snapshot().history(school) {
///     let until = rectangle.known_until.map(|stamp| stamp.revision);
///     println!("{}: {} from {} until {until:?}", rectangle.valid, rectangle.state.name, rectangle.known_from.revision);
/// }
/// # assert_eq!(registry.snapshot().history(school).len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rectangle<S> {
    /// The days.
    pub valid: Period,
    /// The registration from which it was believed.
    pub known_from: Stamp,
    /// The registration from which it was no longer believed; `None` while it still is.
    pub known_until: Option<Stamp>,
    /// The state.
    pub state: S,
}

/// When a registration was made: its number and its instant.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("stamp"));
/// let mut edit = registry.edit("anna");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// let stamp = edit.commit()?.receipt().unwrap().stamp;
/// assert_eq!((stamp.revision, stamp.registered_at), (Revision::new(1), "2025-03-01T09:00:00Z".parse()?));
/// assert_eq!(registry.snapshot().stamp(), Some(stamp));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs)]
pub struct Stamp {
    /// Its number.
    pub revision: Revision,
    /// Its instant.
    pub registered_at: Instant,
}

impl Snapshot {
    pub(crate) fn new(tables: Arc<Tables>) -> Snapshot {
        Snapshot { tables, known: Known::Head }
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The same registry as known earlier.
    ///
    /// # Complexity
    /// O(1); nothing is copied.
    #[must_use]
    pub fn as_known(&self, known: impl Into<Known>) -> Snapshot {
        Snapshot { tables: Arc::clone(&self.tables), known: known.into() }
    }

    /// The last registration it sees; [`Revision::ZERO`] when none.
    ///
    /// # Complexity
    /// O(1), for an instant O(log n) in the number of registrations.
    pub fn revision(&self) -> Revision {
        match self.known {
            Known::Head => self.tables.head(),
            Known::Revision(revision) => revision.min(self.tables.head()),
            Known::Instant(instant) => self.tables.revision_at(instant),
        }
    }

    /// The number and instant of the last registration it sees; `None` when it sees none.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp_of(self.revision())
    }

    fn stamp_of(&self, revision: Revision) -> Option<Stamp> {
        Some(Stamp { revision, registered_at: self.tables.registered_at(revision)? })
    }

    /// Whether nothing registered later can change what it answers: the registry already holds a later registration.
    pub fn is_settled(&self) -> bool {
        match self.known {
            Known::Head => false,
            Known::Revision(revision) => revision < self.tables.head(),
            Known::Instant(instant) => {
                self.tables.registered_at(self.tables.head()).is_some_and(|h| h > instant)
            }
        }
    }

    /// What it believes about one day.
    pub fn at(&self, day: Day) -> View {
        View::new(self.clone(), day)
    }

    /// The whole timeline of an object, never clipped.
    ///
    /// # Complexity
    /// O(k) in the rectangles of the object.
    pub fn timeline<I: ObjectId>(&self, id: I) -> Timeline<I::Object>
    where
        I::Object: PartialEq,
    {
        let Some((_, history)) = self.object(id.into()) else { return Timeline::new() };
        history
            .timeline(self.revision())
            .filter_map(|state| I::Object::from_fields(&Held { tables: &self.tables, kind: I::KIND, state }))
    }

    /// The whole timeline of an object as untyped fields.
    pub fn fields_timeline(&self, object: ObjectRef) -> Timeline<Fields> {
        let Some((_, history)) = self.object(object) else { return Timeline::new() };
        history.timeline(self.revision()).map(|state| self.tables.decode(object.kind, state))
    }

    /// Every rectangle of an object's history as believed here, by known from, then valid from.
    ///
    /// # Complexity
    /// O(k log k) in the rectangles of the object.
    pub fn history<I: ObjectId>(&self, id: I) -> Vec<Rectangle<I::Object>> {
        self.rectangles(id.into(), |state| {
            I::Object::from_fields(&Held { tables: &self.tables, kind: I::KIND, state })
        })
    }

    /// Every rectangle of an object's history as untyped fields.
    pub fn fields_history(&self, object: ObjectRef) -> Vec<Rectangle<Fields>> {
        self.rectangles(object, |state| Some(self.tables.decode(object.kind, state)))
    }

    fn rectangles<S>(&self, object: ObjectRef, read: impl Fn(&State) -> Option<S>) -> Vec<Rectangle<S>> {
        let Some((_, history)) = self.object(object) else { return Vec::new() };
        let rectangle = |rect: Rect<'_, State>| {
            Some(Rectangle {
                valid: rect.valid,
                known_from: self.stamp_of(rect.known_from)?,
                known_until: match rect.known_until {
                    Some(until) => Some(self.stamp_of(until)?),
                    None => None,
                },
                state: read(rect.value)?,
            })
        };
        history.rectangles_as_known(self.revision()).into_iter().filter_map(rectangle).collect()
    }

    /// Every object of a kind that has a day in this belief, whichever, by id.
    ///
    /// # Complexity
    /// O(n log n) in the objects of the kind that were ever registered.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("objects"));
    /// let mut edit = registry.edit("anna");
    /// let closed = edit.create(Period::new("2020-01-01".parse::<Day>()?, "2021-01-01".parse::<Day>()?)?, Unit::new("Arkivet"));
    /// edit.commit()?;
    ///
    /// let snapshot = registry.snapshot();
    /// assert_eq!(snapshot.objects::<Unit>(), [closed]);
    /// assert!(snapshot.at("2024-01-01".parse()?).all::<Unit>().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn objects<K: Object>(&self) -> Vec<K::Id> {
        let known = self.revision();
        let lives = |ix: &Ix| {
            self.tables.history(*ix).is_some_and(|history| history.believed(known).next().is_some())
        };
        let mut ids: Vec<Uuid> =
            self.tables.of_kind(K::KIND).filter(lives).map(|ix| self.tables.id(ix)).collect();
        ids.sort_unstable();
        ids.into_iter().map(K::Id::from).collect()
    }

    /// The kind that a UUID was ever registered as.
    pub fn kind_of(&self, id: Uuid) -> Option<Kind> {
        self.tables.kind(self.tables.ix(id)?)
    }

    /// The registrations after a revision, up to the last one it sees, with their effects: for consumers that keep whole
    /// timelines.
    ///
    /// # Complexity
    /// Per registration O(k) in the rectangles of the objects it touched.
    #[doc(alias = "Registreringer")]
    pub fn registrations(&self, after: Revision) -> impl Iterator<Item = Registration> + '_ {
        (after.number() + 1..=self.revision().number()).filter_map(|n| self.registration(Revision::new(n)))
    }

    /// One registration with its effects.
    pub fn registration(&self, revision: Revision) -> Option<Registration> {
        let row = self.tables.registration(revision)?;
        let changes = row.touched.iter().filter_map(|ix| {
            let kind = self.tables.kind(*ix)?;
            let decode = |state: State| self.tables.decode(kind, &state);
            let effects = effects_at(&self.tables, *ix, revision);
            let object = ObjectRef { kind, id: self.tables.id(*ix) };
            Some(Change::new(object, effects.into_iter().map(|(valid, state)| (valid, state.map(decode)))))
        });
        let mut registration =
            Registration::new(revision, row.registered_at, row.id, row.actor.clone(), changes.collect());
        registration.note.clone_from(&row.note);
        registration.cause.clone_from(&row.cause);
        registration.compensates = row.marks.compensates;
        registration.succession.clone_from(&row.marks.succession);
        Some(registration)
    }

    pub(crate) fn object(&self, object: ObjectRef) -> Option<(Ix, &crate::history::History<State>)> {
        self.tables.named(object)
    }
}

/// What a registration changed in one object, worked out from the beliefs before and after it.
fn effects_at(tables: &Tables, ix: Ix, revision: Revision) -> Effects {
    let Some(history) = tables.history(ix) else { return Effects::new() };
    let before = Revision::new(revision.number().saturating_sub(1));
    effects_between(&history.timeline(before), &history.timeline(revision))
}

/// The maximal periods in which `now` differs from `before` with an equal new state.
pub(crate) fn effects_between(before: &Timeline<State>, now: &Timeline<State>) -> Effects {
    let mut effects = Effects::new();
    for difference in before.diff(now) {
        let (period, _, after) = difference;
        let new = after.cloned();
        match effects.last_mut() {
            Some((last, state)) if last.meets(period) && *state == new => {
                if let Some(joined) = Period::from_raw(last.raw().0, period.raw().1) {
                    *last = joined;
                }
            }
            _ => effects.push((period, new)),
        }
    }
    effects
}
