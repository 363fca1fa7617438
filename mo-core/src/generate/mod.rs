//! A made-up municipality of any size, from a seed: for benchmarks, demonstrations and tests of what is built on mo. The
//! same seed and sizes give the same commands in every run.
//!
//! Its shape and churn are those of real organisations: fan-out with a heavy tail, five to nine levels, most changes
//! renames, some moves, corrections of the past, plans, units opened and closed, a reorganisation every half-year, and once a
//! merger of two municipalities. Both axes are in use: every working day is a registration of its own, and what it says
//! concerns days before and after it. All of it passes the rules as any other commit does.

mod draw;
mod town;

use crate::model::{EngagementId, HierarchyId, PersonId, UnitId};
use crate::registry::{CommitError, Registry};
use crate::time::{Day, Instant};

use town::Town;

/// What municipality to make up.
///
/// ```
/// use std::sync::Arc;
/// use mo_core::generate::Generator;
/// use mo_core::model::CountedIds;
/// use mo_core::registry::Registry;
/// use mo_core::time::{Instant, SteppingClock};
///
/// let clock = Arc::new(SteppingClock::new(Instant::MIN));
/// let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("town"));
/// let town = Generator::new(7).units(60).persons(100).years(2).fill(&registry, &*clock, |_, _| ())?;
///
/// let view = registry.snapshot().at(town.last_day);
/// let root = view.roots(town.line)[0];
/// assert!(view.count(town.line, root) > 40);
/// assert_eq!(town.units.len(), 60);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Generator {
    seed: u64,
    units: usize,
    persons: usize,
    years: u32,
}

/// What was made up.
///
/// ```
/// use std::sync::Arc;
/// use mo_core::generate::Generator;
/// use mo_core::model::CountedIds;
/// use mo_core::registry::Registry;
/// use mo_core::time::{Instant, SteppingClock};
///
/// let clock = Arc::new(SteppingClock::new(Instant::MIN));
/// let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("generated"));
/// let town = Generator::new(7).units(60).persons(100).years(2).fill(&registry, &*clock, |_, _| ())?;
/// assert_eq!(town.persons.len(), town.engagements.len());
/// assert!(town.first_day < town.last_day);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The hierarchy in which every unit stands.
    pub line: HierarchyId,
    /// The payroll hierarchy, in which the upper part stands, flatter.
    pub payroll: HierarchyId,
    /// The units in the order in which they were opened; whoever is above one comes before it.
    pub units: Vec<UnitId>,
    /// The persons in the order in which they were first engaged.
    pub persons: Vec<PersonId>,
    /// One engagement per person, in the order of the persons.
    pub engagements: Vec<EngagementId>,
    /// The day from which the first units and persons are there.
    pub first_day: Day,
    /// The day after the last registration was made.
    pub last_day: Day,
    /// How many registrations were made.
    pub registrations: u32,
}

/// A clock that the generator sets before each commit. Registrations get the time of day nine in the morning, UTC.
///
/// ```
/// use mo_core::generate::Settable;
/// use mo_core::time::{Instant, SteppingClock};
///
/// /// A clock that also writes down what it was set to.
/// struct Told(SteppingClock, std::cell::RefCell<Vec<Instant>>);
///
/// impl Settable for Told {
///     fn set(&self, instant: Instant) {
///         self.1.borrow_mut().push(instant);
///         self.0.set(instant);
///     }
/// }
///
/// let clock = Told(SteppingClock::new(Instant::MIN), std::cell::RefCell::default());
/// Settable::set(&clock, Instant::MAX);
/// assert_eq!(clock.1.into_inner(), [Instant::MAX]);
/// ```
pub trait Settable {
    /// Makes the clock show `instant`.
    fn set(&self, instant: Instant);
}

impl Settable for crate::time::SteppingClock {
    fn set(&self, instant: Instant) {
        crate::time::SteppingClock::set(self, instant);
    }
}

impl Generator {
    /// A thousand units and five thousand persons over ten years up to 2026, drawn from this seed.
    pub fn new(seed: u64) -> Generator {
        Generator { seed, units: 1000, persons: 5000, years: 10 }
    }

    /// So many units, those opened and closed on the way included; at least 20.
    #[must_use]
    pub fn units(mut self, units: usize) -> Generator {
        self.units = units.max(20);
        self
    }

    /// So many persons, those who come and go included; each has one engagement.
    #[must_use]
    pub fn persons(mut self, persons: usize) -> Generator {
        self.persons = persons;
        self
    }

    /// So many years, of which the last is 2025; at least one, at most a hundred.
    #[must_use]
    pub fn years(mut self, years: u32) -> Generator {
        self.years = years.clamp(1, 100);
        self
    }

    /// Makes the municipality in an empty registry, whose clock is `clock`. `progress` is told the days done and the days
    /// there are.
    ///
    /// # Errors
    /// [`CommitError`] when the store fails, or when the registry is not empty and refuses.
    ///
    /// # Complexity
    /// About three commands a unit and two a person, in at most 261 registrations a year.
    pub fn fill(
        &self,
        registry: &Registry,
        clock: &impl Settable,
        progress: impl FnMut(i32, i32),
    ) -> Result<Generated, CommitError> {
        Town::new(self, registry, clock).build(progress)
    }
}
