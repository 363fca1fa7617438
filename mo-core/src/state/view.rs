//! [`View`]: one belief about one day. Objects by id, key or field are read here; the questions of later modules (trees,
//! managers, search …) are further `impl View` blocks there.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicU32, Ordering as Memory};

use uuid::Uuid;

use super::cells::{At, State};
use super::encode::Held;
use super::snapshot::Snapshot;
use super::tables::{Ix, Layout, Relation, Tables};
use crate::danish;
use crate::model::One;
use crate::model::field::FieldShape;
use crate::model::{Field, Fields, Kind, Object, ObjectId, ObjectRef, Scalar, Slot, Value};
use crate::time::{Day, Period, Revision};
use crate::timeline::Timeline;

/// What a [`Snapshot`] believes about one day: objects that exist on it, with the state they have on it.
///
/// It tells both its times: [`day`](View::day) and [`snapshot`](View::snapshot). Cheap to clone, `Send + Sync`.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("view"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").user_key("1043"));
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Skole og Dagtilbud"));
/// edit.commit()?;
///
/// let view = registry.snapshot().at("2025-12-31".parse()?);
/// assert_eq!(view.find(Unit::USER_KEY, "1043"), [school]);
/// assert_eq!(&*view.get(school).unwrap().name, "Skole");
/// assert_eq!(&*view.at("2026-01-01".parse()?).get(school).unwrap().name, "Skole og Dagtilbud"); // same belief, next day
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct View {
    snapshot: Snapshot,
    day: Day,
    known: Revision,
    /// How many units its questions have visited: those asked much are worth more preparation.
    walked: AtomicU32,
}

impl Clone for View {
    fn clone(&self) -> View {
        View { snapshot: self.snapshot.clone(), walked: AtomicU32::new(self.walked()), ..*self }
    }
}

/// Which piece of an object's timeline to read, seen from a view's day.
///
/// Choosing in time is explicit: there is no default.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("pick"));
/// use mo_core::state::Pick;
///
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::since("2026-01-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// assert!(view.pick(school, Pick::Current).is_none()); // not yet
/// let (period, state) = view.pick(school, Pick::CurrentElseNext).unwrap();
/// assert_eq!((period.from(), &*state.name), (Some("2026-01-01".parse()?), "Skole"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pick {
    /// The piece on this day, whatever the view's.
    On(Day),
    /// The piece on the view's day.
    Current,
    /// The piece that holds the first day of life after the view's day (the current one, if it goes on).
    Next,
    /// The piece that holds the last day of life before the view's day (the current one, if it held then).
    Last,
    /// The current piece, else the next.
    CurrentElseNext,
    /// The current piece, else the last.
    CurrentElseLast,
    /// The current piece, else the next, else the last.
    CurrentElseNextElseLast,
    /// The first piece of all.
    First,
    /// The last piece of all.
    Final,
}

impl View {
    pub(super) fn new(snapshot: Snapshot, day: Day) -> View {
        let known = snapshot.revision();
        View { snapshot, day, known, walked: AtomicU32::new(0) }
    }

    /// The day it looks at.
    pub fn day(&self) -> Day {
        self.day
    }

    /// The belief it looks through.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The same belief about another day.
    #[must_use]
    pub fn at(&self, day: Day) -> View {
        View { snapshot: self.snapshot.clone(), day, known: self.known, walked: AtomicU32::new(0) }
    }

    /// The last registration it looks through.
    pub(crate) fn known(&self) -> Revision {
        self.known
    }

    /// How many units its questions about trees have visited.
    pub(crate) fn walked(&self) -> u32 {
        self.walked.load(Memory::Relaxed)
    }

    pub(crate) fn add_walked(&self, units: usize) {
        // Two at once may lose some: then there is a little less preparation.
        let walked = self.walked().saturating_add(u32::try_from(units).unwrap_or(u32::MAX));
        self.walked.store(walked, Memory::Relaxed);
    }

    pub(crate) fn tables(&self) -> &Tables {
        self.snapshot.tables()
    }

    /// The state of an object; `None` when it does not exist on the day.
    ///
    /// # Complexity
    /// O(log k) in the rectangles of the object.
    pub fn get<I: ObjectId>(&self, id: I) -> Option<I::Object> {
        let (kind, state) = (I::KIND, self.state_named(id.into())?);
        I::Object::from_fields(&Held { tables: self.tables(), kind, state })
    }

    /// The states of many objects, in their order; `None` for those that do not exist on the day.
    ///
    /// # Complexity
    /// As [`get`](View::get) of each, though faster: what does not hang on one another is fetched side by side.
    pub fn lookup_many<I: ObjectId + Copy>(&self, ids: &[I]) -> Vec<Option<I::Object>> {
        let tables = self.tables();
        let histories: Vec<_> = ids.iter().map(|id| tables.named((*id).into())).collect();
        let states: Vec<Option<&State>> =
            histories.into_iter().map(|named| named?.1.get(self.day, self.known)).collect();
        let object = |state| I::Object::from_fields(&Held { tables, kind: I::KIND, state });
        states.into_iter().map(|state| object(state?)).collect()
    }

    /// The state of an object as untyped fields.
    pub fn fields(&self, object: ObjectRef) -> Option<Fields> {
        Some(self.tables().decode(object.kind, self.state_named(object)?))
    }

    /// Whether the object exists on the day.
    pub fn exists(&self, object: impl Into<ObjectRef>) -> bool {
        self.state_named(object.into()).is_some()
    }

    /// One single field of an object, without reading the others.
    pub fn field<K: Object, T: Scalar>(&self, id: K::Id, field: Field<K, One<T>>) -> Option<T> {
        let state = self.state_named(id.into())?;
        let value = state.get(At { field: field.index, key: 0 })?;
        T::from_value(&self.tables().decode_value(K::KIND, field.index, value)?)
    }

    /// A piece of an object's timeline chosen from this day, with its maximal period.
    pub fn pick<I: ObjectId>(&self, id: I, pick: Pick) -> Option<(Period, I::Object)>
    where
        I::Object: Clone,
    {
        let (_, history) = self.snapshot.object(id.into())?;
        let timeline = history.timeline(self.known);
        let (period, state) = choose(&timeline, self.day, pick)?;
        let kind = I::KIND;
        Some((period, I::Object::from_fields(&Held { tables: self.tables(), kind, state })?))
    }

    /// The objects of a kind that exist on the day, by name then id.
    ///
    /// # Complexity
    /// O(n log n) in the objects of the kind that were ever registered.
    pub fn all<K: Object>(&self) -> Vec<K::Id> {
        self.ids(self.sorted(self.tables().of_kind(K::KIND).filter(|ix| self.state_of(*ix).is_some())))
    }

    /// The objects whose field has this value on the day, by name then id; for a set, those it is a member of.
    ///
    /// # Complexity
    /// O(m log m) in the objects that ever had the value for keys, external ids, CPR numbers and references; O(n) in the
    /// objects of the kind for other fields.
    pub fn find<K: Object, S: FieldShape<V>, V>(&self, field: Field<K, S>, value: V) -> Vec<K::Id> {
        match S::slot_value(field.index, value) {
            Some((slot, value)) => self.ids(self.matching(K::KIND, &[(slot, Some(value))])),
            None => Vec::new(),
        }
    }

    /// The objects of a kind that on the day have all these values (`None`: no value), by name then id.
    pub fn find_fields(&self, kind: Kind, conditions: &[(Slot, Option<Value>)]) -> Vec<Uuid> {
        self.matching(kind, conditions).into_iter().map(|ix| self.tables().id(ix)).collect()
    }

    fn matching(&self, kind: Kind, conditions: &[(Slot, Option<Value>)]) -> Vec<Ix> {
        let tables = self.tables();
        let mut wanted: Vec<(At, Option<u32>)> = Vec::new();
        for (slot, value) in conditions {
            match (tables.lookup(kind, slot, value.as_ref()), value) {
                (Some(condition), _) => wanted.push(condition),
                // What the tables never met no object has.
                (None, Some(_)) => return Vec::new(),
                (None, None) => {}
            }
        }
        let fits = |ix: &Ix| {
            self.state_of(*ix).is_some_and(|state| wanted.iter().all(|(at, value)| state.get(*at) == *value))
        };
        let indexed = wanted.iter().find_map(|(at, value)| {
            let value = (*value)?;
            Layout::of(kind).indexed(at.field).then_some((*at, value))
        });
        match indexed {
            Some((at, value)) => self.sorted(tables.by_key(kind, at, value).filter(fits)),
            None => self.sorted(tables.of_kind(kind).filter(fits)),
        }
    }

    /// The objects that refer to `target` through a field on the day, by name then id.
    ///
    /// # Complexity
    /// O(m log m) in the objects that ever did.
    pub fn referrers<K: Object, S>(&self, target: impl Into<ObjectRef>, by: Field<K, S>) -> Vec<K::Id> {
        let found = self.referrers_untyped(target.into(), K::KIND, by.index);
        found.into_iter().map(Into::into).collect()
    }

    pub(crate) fn referrers_untyped(&self, target: ObjectRef, kind: Kind, field: u8) -> Vec<Uuid> {
        let Some(target) = self.ix(target) else { return Vec::new() };
        let found = self.referring(target, Relation { kind, field, in_key: false });
        let mut all = self.referring(target, Relation { kind, field, in_key: true });
        all.extend(found);
        let sorted = self.sorted(all.into_iter());
        sorted.into_iter().map(|ix| self.tables().id(ix)).collect()
    }

    /// The objects that refer to `target` through `relation` on the day, in no order.
    pub(crate) fn referring(&self, target: Ix, relation: Relation) -> Vec<Ix> {
        let layout = Layout::of(relation.kind);
        let refers = |ix: &Ix| {
            self.state_of(*ix).is_some_and(|state| {
                let references = state.field(relation.field).flat_map(|cell| layout.references(cell));
                references.into_iter().any(|r| r.relation == relation && r.target == target)
            })
        };
        self.tables().referrers(target, relation).filter(refers).collect()
    }

    /// The number of an object, when the id names one of that kind.
    pub(crate) fn ix(&self, object: ObjectRef) -> Option<Ix> {
        self.tables().named(object).map(|(ix, _)| ix)
    }

    /// The state of an object, its id looked up once.
    pub(crate) fn state_named(&self, object: ObjectRef) -> Option<&State> {
        self.tables().named(object)?.1.get(self.day, self.known)
    }

    pub(crate) fn state_of(&self, ix: Ix) -> Option<&State> {
        self.tables().state(ix, self.day, self.known)
    }

    pub(crate) fn ids<I: From<Uuid>>(&self, sorted: Vec<Ix>) -> Vec<I> {
        sorted.into_iter().map(|ix| I::from(self.tables().id(ix))).collect()
    }

    /// By name in Danish order, then id; kinds without a name by id.
    pub(crate) fn sorted(&self, objects: impl Iterator<Item = Ix>) -> Vec<Ix> {
        let tables = self.tables();
        let mut keyed: Vec<(Option<String>, Uuid, Ix)> =
            objects.map(|ix| (self.name_of(ix), tables.id(ix), ix)).collect();
        keyed.sort_by(|(a, a_id, _), (b, b_id, _)| {
            let by_name = match (a, b) {
                (Some(a), Some(b)) => danish::compare(a, b),
                _ => Ordering::Equal,
            };
            by_name.then_with(|| a_id.cmp(b_id))
        });
        keyed.dedup_by_key(|(_, _, ix)| *ix);
        keyed.into_iter().map(|(_, _, ix)| ix).collect()
    }

    /// What an object is listed under on the day: its name, for a person given name and surname.
    pub(crate) fn name_of(&self, ix: Ix) -> Option<String> {
        let tables = self.tables();
        tables.title(tables.kind(ix)?, self.state_of(ix)?)
    }
}

fn choose<T>(timeline: &Timeline<T>, day: Day, pick: Pick) -> Option<(Period, &T)> {
    let current = || timeline.piece_at(day);
    let next = || timeline.next_after(day);
    let last = || timeline.last_before(day);
    match pick {
        Pick::On(day) => timeline.piece_at(day),
        Pick::Current => current(),
        Pick::Next => next(),
        Pick::Last => last(),
        Pick::CurrentElseNext => current().or_else(next),
        Pick::CurrentElseLast => current().or_else(last),
        Pick::CurrentElseNextElseLast => current().or_else(next).or_else(last),
        Pick::First => timeline.first(),
        Pick::Final => timeline.last(),
    }
}
