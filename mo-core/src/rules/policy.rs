//! [`Policy`]: what a commit does about a reference that would break. [`Policies`]: which policy counts for which relation.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::model::{Field, Kind, Object, ObjectId};
use crate::state::Dependents;

/// What to do about a broken reference, on just the days on which it is broken.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("policy"));
/// use mo_core::rules::Policy;
///
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let [old, new] = ["Gammel", "Ny"]
///     .map(|name| edit.create(Period::ALWAYS, Unit::new(name).placements(line, Placement::Root)));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, old));
/// edit.commit()?;
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut edit = registry.edit("anna").policy(Unit::PLACEMENTS, Policy::fallback(new));
/// edit.end(old, day);
/// edit.commit()?;
/// assert_eq!(registry.snapshot().at(day).parent(line, school), Some(new));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Policy {
    /// The commit is refused.
    #[default]
    Refuse,
    /// The referer loses those days; with none left it is deleted. A unit loses the placement, and the day too if it then
    /// stands in no hierarchy. A member of a set or an entry of a map goes.
    Clip,
    /// The field is cleared; where it is mandatory, as `Clip`.
    Vacate,
    /// The reference becomes this id; where that does not exist either, the commit is refused.
    Fallback(Uuid),
    /// Accepted, and listed in the receipt and by `check`.
    Report,
}

impl Policy {
    /// The reference becomes this object.
    pub fn fallback(id: impl ObjectId) -> Policy {
        Policy::Fallback(id.into())
    }
}

impl From<Dependents> for Policy {
    fn from(dependents: Dependents) -> Policy {
        match dependents {
            Dependents::Refuse => Policy::Refuse,
            Dependents::Cascade => Policy::Clip,
            Dependents::Vacate => Policy::Vacate,
        }
    }
}

/// A policy per relation, and one for all others.
///
/// ```
/// use mo_core::model::Engagement;
/// use mo_core::rules::{Policies, Policy};
/// let policies = Policies::new().with(Engagement::UNIT, Policy::Clip).otherwise(Policy::Report);
/// # let _ = policies;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    relations: BTreeMap<(Kind, u8), Policy>,
    otherwise: Option<Policy>,
}

impl Policies {
    /// Says nothing about any relation.
    pub fn new() -> Policies {
        Policies::default()
    }

    /// The policy of one relation. It wins over [`otherwise`](Policies::otherwise).
    #[must_use]
    pub fn with<K: Object, S>(self, field: Field<K, S>, policy: Policy) -> Policies {
        self.with_relation(K::KIND, field.index, policy)
    }

    pub(crate) fn with_relation(mut self, kind: Kind, field: u8, policy: Policy) -> Policies {
        self.relations.insert((kind, field), policy);
        self
    }

    /// The policy of every relation that has none of its own; for uniqueness only [`Policy::Report`] counts.
    #[must_use]
    pub fn otherwise(mut self, policy: Policy) -> Policies {
        self.otherwise = Some(policy);
        self
    }

    /// What is said about a rule that knows only [`Policy::Refuse`] and [`Policy::Report`]: whether it is reported, if
    /// anything is said. [`otherwise`](Policies::otherwise) counts only as report.
    pub(crate) fn reports(&self, kind: Kind, field: u8) -> Option<bool> {
        match self.relations.get(&(kind, field)) {
            Some(policy) => Some(*policy == Policy::Report),
            None => (self.otherwise == Some(Policy::Report)).then_some(true),
        }
    }

    /// What is said relation by relation.
    pub(crate) fn relations(&self) -> impl Iterator<Item = ((Kind, u8), Policy)> + '_ {
        self.relations.iter().map(|(relation, policy)| (*relation, *policy))
    }

    /// What is said of all others.
    pub(crate) fn fallback_policy(&self) -> Option<Policy> {
        self.otherwise
    }

    pub(crate) fn get(&self, kind: Kind, field: u8) -> Option<Policy> {
        self.relations.get(&(kind, field)).copied().or(self.otherwise)
    }
}
