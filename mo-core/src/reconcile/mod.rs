//! [`Reconcile`]: makes a registry agree with what a source says, over all days, with the fewest changes. The wish is
//! whole timelines, so holes and ends are part of it; running it again does nothing.
//!
//! What is touched is only what the source masters: objects whose `source` is its own, in the scope it speaks of, and of
//! those only the fields it names. How wishes find their objects is in `matching`, the cheapest assignment in `assign`.

mod assign;
mod form;
mod matching;
mod work;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use uuid::Uuid;

use crate::model::field::Keyed;
use crate::model::value::Text;
use crate::model::{Field, Fields, Kind, Map, Object, ObjectRef, Slot};
use crate::registry::Command;
use crate::time::Period;
use crate::timeline::Timeline;

/// What a source wishes a registry to say: objects with their timelines, in a scope that is the source's own.
///
/// [`against`](Reconcile::against) works out what would have to change; a
/// [`Proposal`](crate::plan::Proposal) commits it.
///
/// An object is *mine* when its `source` is this source's on all its days and it is in the scope. Of mine
///
/// 1. a wish with an id means that object;
/// 2. a wish of a kind with a [`key`](Reconcile::key) means the one with the same key; another key is another object;
/// 3. the rest is assigned so that the fewest objects are created or ended, then the fewest periods change, then the
///    lowest ids are kept (in the order of the wishes).
///
/// Mine that no wish means lose their days. On days a wish adds, fields it does not name keep the value of the last day
/// before, else of the first day after.
///
/// ```
/// use mo_core::model::{Address, CountedIds, IdSource, Kind, Person};
/// use mo_core::plan::Proposal;
/// use mo_core::reconcile::{Reconcile, Scope};
/// use mo_core::registry::{Outcome, Registry};
/// use mo_core::start_set;
/// use mo_core::time::{Period, SteppingClock};
/// use mo_core::timeline::Timeline;
///
/// let ids = CountedIds::new("phones");
/// let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// let registry = Registry::in_memory(clock, CountedIds::new("reconcile"));
/// let mut edit = registry.edit("anna");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// edit.commit()?;
///
/// let phone = start_set::class_id("employee_address_type", "work_phone");
/// let since = Period::since("2025-04-01".parse()?);
/// let number = Address::new(phone, "10 00 00 01").person(bo);
/// let wish = Reconcile::new("exchange", Scope::kinds([Kind::Address]))
///     .wish_new(ids.next_id().into(), &Timeline::single(since, number));
/// let proposal = Proposal::new("telefoner", "ib").with(wish);
/// assert!(matches!(registry.carry_out(&proposal)?, Outcome::Registered(_)));
/// // A second time there is nothing to do.
/// assert_eq!(registry.carry_out(&proposal)?, Outcome::Unchanged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "afstem")]
#[doc(alias = "synkroniser")]
pub struct Reconcile {
    source: Text,
    scope: Scope,
    within: Period,
    /// What it masters of each kind; of a kind without an entry, every field.
    fields: BTreeMap<Kind, Vec<Slot>>,
    keys: BTreeMap<Kind, Vec<Slot>>,
    wishes: Vec<Wish>,
    guard: Option<Guard>,
}

/// The objects a source may speak of: what it does not wish of these does not exist.
///
/// ```
/// use mo_core::model::{Kind, UnitId};
/// use mo_core::reconcile::Scope;
///
/// let everything = Scope::kinds([Kind::Unit, Kind::Engagement]); // units that are not wished end
/// let one = Scope::objects([UnitId::new(uuid::Uuid::from_u128(1))]); // nothing else is looked at
/// assert_ne!(everything, one);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Scope {
    /// All of these kinds.
    Kinds(BTreeSet<Kind>),
    /// These alone, and what it adds.
    Objects(BTreeSet<ObjectRef>),
}

impl Scope {
    /// All objects of these kinds.
    pub fn kinds(kinds: impl IntoIterator<Item = Kind>) -> Scope {
        Scope::Kinds(kinds.into_iter().collect())
    }

    /// These objects alone, for example the addresses of one person.
    pub fn objects(objects: impl IntoIterator<Item = impl Into<ObjectRef>>) -> Scope {
        Scope::Objects(objects.into_iter().map(Into::into).collect())
    }
}

/// One object as it is wished to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wish {
    pub(crate) kind: Kind,
    /// The object it means.
    pub(crate) id: Option<Uuid>,
    /// The id it gets when nothing in the registry is meant.
    pub(crate) if_new: Uuid,
    pub(crate) timeline: Vec<(Period, Fields)>,
}

/// How many objects may lose days from today on before a person must look: at most `count`, and at most this `share` (0 to
/// 1) of mine that have days from today on. Against half-empty files.
///
/// ```
/// use mo_core::reconcile::Guard;
/// let guard = Guard { share: 0.05, count: 100, allow: false };
/// # let _ = guard;
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct Guard {
    /// Of mine with days from today on, from 0 to 1.
    pub share: f64,
    /// Objects.
    pub count: usize,
    /// Whether it is overridden this once.
    pub allow: bool,
}

impl Reconcile {
    /// Wishes nothing yet: everything of the source in the scope would go.
    pub fn new(source: impl Into<Text>, scope: Scope) -> Reconcile {
        Reconcile {
            source: source.into(),
            scope,
            within: Period::ALWAYS,
            fields: BTreeMap::new(),
            keys: BTreeMap::new(),
            wishes: Vec::new(),
            guard: None,
        }
    }

    /// Speaks only of these days; all others are left as they are. A file of one day speaks of the days from its own on.
    #[must_use]
    pub fn within(self, period: Period) -> Reconcile {
        Reconcile { within: period, ..self }
    }

    /// Says that the source masters this field. Of a kind of which no field is named, it masters all.
    #[must_use]
    pub fn masters<K: Object, S>(self, field: Field<K, S>) -> Reconcile {
        self.masters_slot(K::KIND, Slot::one(field.index))
    }

    /// Says that the source masters one entry of a map: the placement in one hierarchy, the id in one system.
    #[must_use]
    pub fn masters_entry<K: Object, Q: Keyed, T>(
        self,
        field: Field<K, Map<Q, T>>,
        key: impl Into<Q>,
    ) -> Reconcile {
        self.masters_slot(K::KIND, Slot::keyed(field.index, key.into().into_key()))
    }

    pub(crate) fn masters_slot(mut self, kind: Kind, slot: Slot) -> Reconcile {
        self.fields.entry(kind).or_default().push(slot);
        self
    }

    /// Says that objects with the same value in this field (in these, when said of several) are the same, and others not.
    #[must_use]
    pub fn key<K: Object, S>(self, field: Field<K, S>) -> Reconcile {
        self.key_slot(K::KIND, Slot::one(field.index))
    }

    /// As [`key`](Reconcile::key), of one entry of a map.
    #[must_use]
    pub fn key_entry<K: Object, Q: Keyed, T>(
        self,
        field: Field<K, Map<Q, T>>,
        key: impl Into<Q>,
    ) -> Reconcile {
        self.key_slot(K::KIND, Slot::keyed(field.index, key.into().into_key()))
    }

    pub(crate) fn key_slot(mut self, kind: Kind, slot: Slot) -> Reconcile {
        self.keys.entry(kind).or_default().push(slot);
        self
    }

    /// Wishes that this object has exactly this timeline (in the fields the source masters).
    #[must_use]
    pub fn wish<K: Object + Clone>(self, id: K::Id, timeline: &Timeline<K>) -> Reconcile {
        let id = id.into();
        self.wish_fields(K::KIND, Some(id), id, untyped(timeline))
    }

    /// Wishes that there is an object with this timeline; `if_new` is the id it gets when it means none that is there.
    #[must_use]
    pub fn wish_new<K: Object + Clone>(self, if_new: K::Id, timeline: &Timeline<K>) -> Reconcile {
        self.wish_fields(K::KIND, None, if_new.into(), untyped(timeline))
    }

    /// Adds a wish without Rust types.
    pub(crate) fn wish_fields(
        mut self,
        kind: Kind,
        id: Option<Uuid>,
        if_new: Uuid,
        timeline: Vec<(Period, Fields)>,
    ) -> Reconcile {
        self.wishes.push(Wish { kind, id, if_new, timeline });
        self
    }

    /// Refuses (`E_GUARD`) when more would lose days from today on than the guard allows. Where there is nothing of the
    /// source yet, nothing can go.
    #[must_use]
    pub fn guard(self, guard: Guard) -> Reconcile {
        Reconcile { guard: Some(guard), ..self }
    }
}

fn untyped<K: Object + Clone>(timeline: &Timeline<K>) -> Vec<(Period, Fields)> {
    timeline.iter().map(|(period, state)| (period, state.clone().into_fields())).collect()
}

/// What a wish would change: a value to look at before anything is committed.
///
/// It prints a summary line. [`commands`](Reconciliation::commands) is the same as commands, by kind and id.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("reconciliation"));
/// use mo_core::reconcile::{Reconcile, Scope};
/// use mo_core::timeline::Timeline;
///
/// let school = UnitId::new(CountedIds::new("payroll").next_id());
/// let wish = Reconcile::new("payroll", Scope::kinds([Kind::Unit]))
///     .wish(school, &Timeline::single(Period::ALWAYS, Unit::new("Skole").source("payroll")));
/// let looked_at = wish.against(&registry.snapshot(), "2025-03-01".parse()?)?; // nothing is committed
/// assert_eq!(looked_at.created, [school.into()]);
/// println!("{looked_at}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reconciliation {
    /// Objects that get their first day, by kind and id.
    pub created: Vec<ObjectRef>,
    /// Objects of which some days change.
    pub changed: Vec<ObjectRef>,
    /// Objects that lose every day.
    pub ended: Vec<ObjectRef>,
    /// How many of mine are as wished already.
    pub kept: usize,
    /// How many periods change in all.
    pub effects: usize,
    /// Mine that would lose a day they now have from today on.
    pub losing: usize,
    /// Mine that now have a day from today on.
    pub having: usize,
    commands: Vec<Command>,
}

impl Reconciliation {
    /// The commands that bring the wish about: one `replace` or `delete` per object that changes.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Whether everything is as wished already.
    pub fn is_empty(&self) -> bool {
        self.effects == 0
    }
}

impl fmt::Display for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "+ {} objects, ~ {}, − {}; {} periods change; {} as wished",
            self.created.len(),
            self.changed.len(),
            self.ended.len(),
            self.effects,
            self.kept
        )
    }
}
