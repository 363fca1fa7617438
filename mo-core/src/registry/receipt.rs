//! What a commit answers: [`Receipt`] when something was registered, and what of the wish fell elsewhere.

use crate::model::{ObjectRef, Slot, Value};
use crate::rules::{Settled, Violation};
use crate::state::Stamp;
use crate::time::Period;

/// What came of a commit that was not refused.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("outcome"));
/// use mo_core::registry::Outcome;
///
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// assert!(edit.commit()?.receipt().is_some());
///
/// let mut edit = registry.edit("anna");
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Skole")); // as it is already
/// assert!(matches!(edit.commit()?, Outcome::Unchanged));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Outcome {
    /// It was registered.
    Registered(Receipt),
    /// Everything was so already; nothing was registered.
    Unchanged,
}

impl Outcome {
    /// The receipt, when something was registered.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Outcome::Registered(receipt) => Some(receipt),
            Outcome::Unchanged => None,
        }
    }
}

/// The receipt of a registration.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("receipt"));
/// let mut edit = registry.edit("anna");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// let outcome = edit.commit()?;
/// let receipt = outcome.receipt().ok_or("everything was so already")?;
/// println!("registered as number {}", receipt.stamp.revision);
/// assert!(receipt.effects.settled.is_empty()); // nothing happened beside what was said
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its number and instant.
    pub stamp: Stamp,
    /// What the commit did beside what it said.
    pub effects: SideEffects,
}

/// What a commit does beside what it says; the same in a dry run.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("side_effects"));
/// use mo_core::rules::Policy;
///
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// edit.commit()?;
///
/// let mut edit = registry.edit("anna").policy(Unit::PLACEMENTS, Policy::Clip);
/// edit.end(town, "2026-01-01".parse()?);
/// let would = edit.dry_run()?.unwrap(); // looked at first, then committed
/// assert_eq!(would.settled.len(), 1); // the school
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SideEffects {
    /// Planned values that a `set` wrote over.
    pub replaced: Vec<Replaced>,
    /// Days a command named on which the object does not live.
    pub left_out: Vec<LeftOut>,
    /// What policies did to dependents.
    pub settled: Vec<Settled>,
    /// Violations that were accepted.
    pub reported: Vec<Violation>,
}

/// A planned value that `set` wrote over.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("replaced"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Dagtilbud")); // a plan
/// edit.commit()?;
///
/// let mut edit = registry.edit("ib"); // `set` writes over plans, and says so
/// edit.set(school, Period::since("2025-06-01".parse()?), Patch::new().set(Unit::NAME, "Skoler"));
/// let outcome = edit.commit()?;
/// let replaced = &outcome.receipt().unwrap().effects.replaced[0];
/// assert_eq!(replaced.value, Some(Value::Text("Dagtilbud".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Replaced {
    /// Of which object.
    pub object: ObjectRef,
    /// In which field, member or entry.
    pub slot: Slot,
    /// From its first day to its last addressed one.
    pub valid: Period,
    /// The value that is gone; `None`: there was none.
    pub value: Option<Value>,
}

/// Days a command named on which the object does not live.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("left_out"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::since("2025-01-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
///
/// let mut edit = registry.edit("anna");
/// edit.change(school, "2024-01-01".parse()?, Patch::new().set(Unit::NAME, "Dagtilbud"));
/// let outcome = edit.commit()?;
/// let left_out = &outcome.receipt().unwrap().effects.left_out[0];
/// assert_eq!(left_out.periods[0].until(), Some("2025-01-01".parse()?)); // it did not live before
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Index of the command in its commit.
    pub command: usize,
    /// The days.
    pub periods: Vec<Period>,
}
