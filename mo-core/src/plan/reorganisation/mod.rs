//! [`Reorganisation`]: units opened, renamed, moved, merged, split and closed from one day on. The steps say what is wanted;
//! in which order it is done, and where people, managers, addresses, KLE tags, accounts and the rest go, is worked out in
//! `resolve`.

mod form;
mod resolve;

use crate::model::value::{KleNumber, Text};
use crate::model::{ClassId, Engagement, EngagementId, HierarchyId, PersonId, Placement, UnitId};
use crate::state::View;
use crate::time::Day;

/// A reorganisation of one hierarchy from one day on.
///
/// The order of the steps does not matter. When a unit goes, everything that refers to it on or after the day goes to the
/// unit that takes over: engagements, managers, associations, addresses, KLE tags, IT accounts, role bindings, owners,
/// links, local classes, and the units below it; a link between two units that become one ends. In another hierarchy the
/// units below go along only where the one that takes over stands there too. What has nowhere to go is listed as
/// [`Unresolved`](super::Unresolved), and nothing is registered while there is any.
///
/// Who took over from whom is recorded: [`Snapshot::successors`](crate::state::Snapshot::successors),
/// [`View::heirs`](crate::state::View::heirs).
///
/// ```
/// use mo_core::model::{CountedIds, Hierarchy, HierarchyUse, IdSource, Placement, Unit, UnitId};
/// use mo_core::plan::{ApprovalRule, Proposal, Reorganisation};
/// use mo_core::registry::Registry;
/// use mo_core::time::{Period, SteppingClock};
///
/// let registry = Registry::in_memory(SteppingClock::new("2026-06-01T09:00:00Z".parse()?), CountedIds::new("merger"));
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// edit.commit()?;
///
/// let both = UnitId::new(CountedIds::new("new units").next_id());
/// let january = "2027-01-01".parse()?;
/// let merger = Reorganisation::new("Børn og Kultur 2027", line, january)
///     .open(both, "Børn og Kultur", town)
///     .merge([school, culture], both);
/// let plan = registry.plan(Proposal::new("Børn og Kultur 2027", "anna").with(merger))?;
/// println!("{plan}");
/// plan.commit(&registry, "anna", ApprovalRule::None)?;
///
/// let view = registry.snapshot().at(january);
/// assert_eq!(view.children(line, town), [both]);
/// assert_eq!(view.heirs(school), [both]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "omorganisering")]
#[doc(alias = "organisationsændring")]
pub struct Reorganisation {
    name: Text,
    day: Day,
    decided: Option<Day>,
    hierarchy: HierarchyId,
    steps: Vec<Step>,
}

/// One thing a reorganisation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Open { id: UnitId, name: Text, under: Placement },
    Rename { unit: UnitId, name: Text },
    Move { unit: UnitId, under: Placement },
    Merge { units: Vec<UnitId>, into: UnitId },
    Split { unit: UnitId, assign: Vec<(Who, UnitId)> },
    Close { unit: UnitId, destination: Option<UnitId> },
}

/// Which part of a unit goes to one of the units it is split into.
///
/// What is a person's (an association, a leadership, an account's roles) follows the person: where all of the person's
/// engagements in the unit go to one place, there.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("who"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let split = Reorganisation::new("Deling", line, january)
///     .split(school, [(Who::Persons(vec![bo]), culture), (Who::Rest, town)]);
/// let plan = registry.plan(Proposal::new("Deling", "anna").with(split))?;
/// plan.commit(&registry, "anna", ApprovalRule::None)?;
/// assert_eq!(registry.snapshot().at(january).get(work).unwrap().unit, culture); // Bo went there
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Who {
    /// These people.
    Persons(Vec<PersonId>),
    /// These engagements.
    Engagements(Vec<EngagementId>),
    /// Engagements of this type.
    EngagementType(ClassId),
    /// KLE tags of this number and those below it.
    Kle(KleNumber),
    /// Everything that no other rule takes.
    Rest,
}

impl Who {
    /// The engagements that a unit has on the view's day and for which `holds`. They are chosen now, not when the plan is
    /// committed: who comes later is for another rule, or unresolved.
    pub fn choose(view: &View, unit: UnitId, mut holds: impl FnMut(&Engagement) -> bool) -> Who {
        let all = view.referrers(unit, Engagement::UNIT).into_iter();
        Who::Engagements(
            all.filter(|id| view.get(*id).is_some_and(|engagement| holds(&engagement))).collect(),
        )
    }
}

impl Reorganisation {
    /// Changes nothing yet, from `day` on.
    pub fn new(name: impl Into<Text>, hierarchy: HierarchyId, day: Day) -> Reorganisation {
        Reorganisation { name: name.into(), day, decided: None, hierarchy, steps: Vec::new() }
    }

    /// Says when it was decided.
    #[must_use]
    pub fn decided(self, day: Day) -> Reorganisation {
        Reorganisation { decided: Some(day), ..self }
    }

    /// What it is called.
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// The first day of the new order.
    pub fn day(&self) -> Day {
        self.day
    }

    /// When it was decided.
    pub fn decided_day(&self) -> Option<Day> {
        self.decided
    }

    /// The hierarchy it changes.
    pub fn hierarchy(&self) -> HierarchyId {
        self.hierarchy
    }

    fn step(mut self, step: Step) -> Reorganisation {
        self.steps.push(step);
        self
    }

    /// Opens a unit under a new id.
    #[must_use]
    pub fn open(self, id: UnitId, name: impl Into<Text>, under: impl Into<Placement>) -> Reorganisation {
        self.step(Step::Open { id, name: name.into(), under: under.into() })
    }

    /// Gives a unit another name, until its next planned one.
    #[must_use]
    pub fn rename(self, unit: UnitId, name: impl Into<Text>) -> Reorganisation {
        self.step(Step::Rename { unit, name: name.into() })
    }

    /// Moves a unit with everything below it, until its next planned move.
    #[must_use]
    pub fn move_unit(self, unit: UnitId, under: impl Into<Placement>) -> Reorganisation {
        self.step(Step::Move { unit, under: under.into() })
    }

    /// Lets one unit, new or one of them, take over from several. The others close.
    #[must_use]
    #[doc(alias = "sammenlæg")]
    pub fn merge(self, units: impl IntoIterator<Item = UnitId>, into: UnitId) -> Reorganisation {
        self.step(Step::Merge { units: units.into_iter().collect(), into })
    }

    /// Lets several units take over from one, the first rule that fits deciding; it closes unless it is one of them.
    #[must_use]
    #[doc(alias = "opdel")]
    pub fn split(self, unit: UnitId, assign: impl IntoIterator<Item = (Who, UnitId)>) -> Reorganisation {
        self.step(Step::Split { unit, assign: assign.into_iter().collect() })
    }

    /// Closes a unit that nothing refers to any more.
    #[must_use]
    #[doc(alias = "nedlæg")]
    pub fn close(self, unit: UnitId) -> Reorganisation {
        self.step(Step::Close { unit, destination: None })
    }

    /// Closes a unit and lets another take over what refers to it.
    #[must_use]
    pub fn close_into(self, unit: UnitId, destination: UnitId) -> Reorganisation {
        self.step(Step::Close { unit, destination: Some(destination) })
    }

    /// The same on another day.
    #[must_use]
    pub fn re_date(self, day: Day) -> Reorganisation {
        Reorganisation { day, ..self }
    }
}
