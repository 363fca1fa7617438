//! [`ReplaceRetired`]: the wish that retired numbers give way to what replaced them, with what a person decided where that
//! is not one number. What follows from it is worked out in `migrate`.

use std::collections::BTreeMap;

use crate::model::{ClassId, KleTagId};
use crate::state::Snapshot;
use crate::time::Day;

use super::migrate::{Migration, proposed};

/// The wish that tags on retired numbers name what took their place, from the day of each retirement on.
///
/// One successor is taken without asking. Where there are several or none, the tag is [`unresolved`](Migration::unresolved)
/// until somebody decides: for every tag with the number, or for one tag, which then goes first.
///
/// As an intent of a plan it is worked out again on the newest registration, and a plan with something unresolved is not
/// committed (`E_UNRESOLVED`):
///
/// ```
/// # use mo_core::{model::*, registry::Registry, rules::Policy, time::*};
/// use mo_core::classification::ReplaceRetired;
/// use mo_core::plan::{ApprovalRule, Proposal};
///
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("replace"));
/// let may: Day = "2025-05-01".parse()?;
/// let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let food = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// let fruit = edit.create(Period::since(may), Class::new(facet, "28.06.13", "Frugtordning"));
/// let old = Class::new(facet, "16.01.05", "Mad og frugt").replaced_by([food, fruit]);
/// let old = edit.create(Period::before(may), old);
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// edit.commit()?;
///
/// let proposal = |wish: ReplaceRetired| Proposal::new("KLE 2025-05", "anna").with(wish);
/// let plan = registry.plan(proposal(ReplaceRetired::since(may)))?;
/// assert!(plan.unresolved()[0].why.contains("28.06.12 Madordning; 28.06.13 Frugtordning"));
/// assert!(plan.commit(&registry, "anna", ApprovalRule::None).is_err());
///
/// let plan = registry.plan(proposal(ReplaceRetired::since(may).choose(old, food)))?;
/// plan.commit(&registry, "anna", ApprovalRule::None)?;
/// assert_eq!(registry.snapshot().at(may).get(tag).unwrap().class, food);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplaceRetired {
    pub(crate) from: Day,
    pub(crate) decided: BTreeMap<(ClassId, Option<KleTagId>), Instead>,
}

/// What stands for a class on days on which it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// Another class.
    Class(ClassId),
    /// Nothing: the tag gives the days up.
    Nothing,
    /// The tag goes on naming it.
    Itself,
}

impl ReplaceRetired {
    /// Of every use on this day or later; uses that ended before are left as they are.
    pub fn since(day: Day) -> ReplaceRetired {
        ReplaceRetired { from: day, decided: BTreeMap::new() }
    }

    /// In every tag, `to` stands for `retired`.
    #[must_use]
    pub fn choose(self, retired: ClassId, to: ClassId) -> ReplaceRetired {
        self.decide(retired, None, Instead::Class(to))
    }

    /// In this tag, `to` stands for `retired`.
    #[must_use]
    pub fn choose_for(self, tag: KleTagId, retired: ClassId, to: ClassId) -> ReplaceRetired {
        self.decide(retired, Some(tag), Instead::Class(to))
    }

    /// Every tag with `retired` ends with it.
    #[must_use]
    pub fn end(self, retired: ClassId) -> ReplaceRetired {
        self.decide(retired, None, Instead::Nothing)
    }

    /// This tag ends with `retired`.
    #[must_use]
    pub fn end_for(self, tag: KleTagId, retired: ClassId) -> ReplaceRetired {
        self.decide(retired, Some(tag), Instead::Nothing)
    }

    /// Tags with `retired` are left as they are, also those with one successor.
    #[must_use]
    pub fn leave(self, retired: ClassId) -> ReplaceRetired {
        self.decide(retired, None, Instead::Itself)
    }

    /// This tag is left as it is where it names `retired`.
    #[must_use]
    pub fn leave_for(self, tag: KleTagId, retired: ClassId) -> ReplaceRetired {
        self.decide(retired, Some(tag), Instead::Itself)
    }

    pub(crate) fn decide(mut self, retired: ClassId, tag: Option<KleTagId>, instead: Instead) -> Self {
        self.decided.insert((retired, tag), instead);
        self
    }

    /// What was decided about a class in a tag.
    pub(super) fn decided(&self, tag: KleTagId, class: ClassId) -> Option<Instead> {
        self.decided.get(&(class, Some(tag))).or_else(|| self.decided.get(&(class, None))).copied()
    }

    /// What has to change in a snapshot, and what is still to be decided.
    ///
    /// # Complexity
    /// O(t · s) in the tags ever registered and the successors passed.
    pub fn propose(&self, snapshot: &Snapshot) -> Migration {
        proposed(self, snapshot)
    }
}
