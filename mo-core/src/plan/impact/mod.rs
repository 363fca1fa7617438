//! [`Impact`]: what a plan means for people, managers, KLE, accounts, addresses, payroll and MED, before it is committed. What
//! it holds is here; how it is worked out is in `compare`, its report in `print`.

mod compare;
mod print;

use std::collections::BTreeMap;

use super::{Intent, Plan, day_of};
use crate::model::{Hierarchy, HierarchyId, HierarchyUse, ObjectRef, PersonId, UnitId};
use crate::registry::Registry;
use crate::rules::Refusal;
use crate::state::View;
use crate::time::Day;

/// What a plan means, seen on one day: the registry as it would be that day without the plan and with it.
///
/// It prints as a report; [`report`](Impact::report) has it as HTML too.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("impact"));
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
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let impact = registry.plan(move_all)?.impact(&registry)?;
/// assert_eq!(impact.day, january);
/// assert_eq!(impact.people.len(), 1);
/// println!("{impact}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Impact {
    /// The day it is seen on: the plan's effective day, else the first day it changes.
    pub day: Day,
    /// Units that begin.
    pub opened: Vec<UnitId>,
    /// Units that end.
    pub closed: Vec<UnitId>,
    /// Units with another name.
    pub renamed: Vec<UnitId>,
    /// Units with another place.
    pub moved: Vec<UnitId>,
    /// Engagements that move, by person.
    pub people: Vec<MovedPerson>,
    /// Units that come to be led by others than before.
    pub leadership: Vec<Leadership>,
    /// Managers whose span of control changes.
    pub spans: Vec<ManagerSpan>,
    /// KLE numbers with other responsible units than before.
    pub kle: Vec<NumberCover>,
    /// IT accounts and role bindings bound to another unit, or to none.
    pub accounts: Vec<Rebound>,
    /// Addresses of another unit, or of none.
    pub addresses: Vec<Rebound>,
    /// Links of payroll units that lead elsewhere, or end.
    pub payroll_links: Vec<Rebound>,
    /// Hierarchies in which a unit that ends stood, and none that takes over from it stands.
    pub unplaced: Vec<Unplaced>,
    /// Units that a MED link covers without the plan and none with it.
    pub med_uncovered: Vec<UnitId>,
    names: BTreeMap<ObjectRef, String>,
}

/// An engagement that moves.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("moved_person"));
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
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let impact = registry.plan(move_all)?.impact(&registry)?;
/// let moved = &impact.people[0];
/// assert_eq!((moved.person, moved.from, moved.to), (bo, school, Some(culture)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct MovedPerson {
    /// Who.
    pub person: PersonId,
    /// With which engagement.
    pub engagement: crate::model::EngagementId,
    /// From where.
    pub from: UnitId,
    /// To where; `None`: the engagement ends.
    pub to: Option<UnitId>,
}

/// The people who lead one unit themselves. Where a seat is vacant nobody is listed.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("leadership"));
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
/// # edit.create(Period::ALWAYS, Manager::new(school, class_id("manager_type", "director")).person(ida));
/// # edit.commit()?;
/// let merger = Reorganisation::new("Sammenlægning", line, january).merge([school], culture);
/// let merger = Proposal::new("Sammenlægning", "anna").with(merger);
/// let impact = registry.plan(merger)?.impact(&registry)?;
/// let culture_led = impact.leadership.iter().find(|led| led.unit == culture).unwrap();
/// assert_eq!((culture_led.before.as_slice(), culture_led.after.as_slice()), (&[][..], &[ida][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leadership {
    /// The unit.
    pub unit: UnitId,
    /// Without the plan.
    pub before: Vec<PersonId>,
    /// With it.
    pub after: Vec<PersonId>,
    /// Whether it has a seat that nobody holds with the plan.
    pub vacant: bool,
}

impl Leadership {
    /// Somebody leads it who did not, and nobody did.
    pub fn is_gained(&self) -> bool {
        self.before.is_empty() && !self.after.is_empty()
    }

    /// Nobody leads it any more.
    pub fn is_lost(&self) -> bool {
        !self.before.is_empty() && self.after.is_empty()
    }
}

/// How many people a manager is the nearest manager of, the manager left out.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("manager_span"));
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
/// # edit.create(Period::ALWAYS, Manager::new(school, class_id("manager_type", "director")).person(ida));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let impact = registry.plan(move_all)?.impact(&registry)?;
/// let span = impact.spans.iter().find(|span| span.manager == ida).unwrap();
/// assert_eq!((span.before, span.after), (1, 0)); // Ida leads the school, which Bo leaves
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "ledelsesspænd")]
pub struct ManagerSpan {
    /// Who leads.
    pub manager: PersonId,
    /// Without the plan.
    pub before: usize,
    /// With it.
    pub after: usize,
}

/// The units responsible for one KLE number.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("number_cover"));
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
/// # let topic = edit.create(Period::ALWAYS, Class::new(start_set::facet_id("kle_number"), "17.01.01", "Lektier"));
/// # edit.create(Period::ALWAYS, KleTag::new(school, topic).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let merger = Reorganisation::new("Sammenlægning", line, january).merge([school], culture);
/// let merger = Proposal::new("Sammenlægning", "anna").with(merger);
/// let impact = registry.plan(merger)?.impact(&registry)?;
/// for cover in &impact.kle {
///     println!("{}: {:?}, then {:?}", cover.class, cover.before, cover.after);
/// }
/// assert_eq!((impact.kle[0].before.as_slice(), impact.kle[0].after.as_slice()), (&[school][..], &[culture][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberCover {
    /// The number, as a class.
    pub class: crate::model::ClassId,
    /// Without the plan.
    pub before: Vec<UnitId>,
    /// With it: none, or more than one, is for somebody to look at.
    pub after: Vec<UnitId>,
}

/// Something bound to a unit that comes to be bound to another, or to none.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("rebound"));
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
/// # edit.create(Period::ALWAYS, Address::new(class_id("org_unit_address_type", "phone"), "+4599000001").unit(school));
/// # edit.commit()?;
/// let merger = Reorganisation::new("Sammenlægning", line, january).merge([school], culture);
/// let merger = Proposal::new("Sammenlægning", "anna").with(merger);
/// let impact = registry.plan(merger)?.impact(&registry)?;
/// let address = &impact.addresses[0];
/// assert_eq!((address.from, address.to), (school, Some(culture))); // it goes along
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Rebound {
    /// What.
    pub object: ObjectRef,
    /// To which unit without the plan.
    pub from: UnitId,
    /// To which with it; `None`: it ends, or is bound to nothing.
    pub to: Option<UnitId>,
}

/// A hierarchy loses a unit and gets none for it.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("unplaced"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let project = edit.create(Period::ALWAYS, Hierarchy::new("Projekter", HierarchyUse::Project));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// let archive = Unit::new("Arkiv").placements(line, town).placements(project, Placement::Root);
/// let archive = edit.create(Period::ALWAYS, archive);
/// edit.commit()?;
/// let merger = Reorganisation::new("Sammenlægning", line, january).merge([archive], culture);
/// let merger = Proposal::new("Sammenlægning", "anna").with(merger);
/// let impact = registry.plan(merger)?.impact(&registry)?;
/// assert_eq!((impact.unplaced[0].unit, impact.unplaced[0].hierarchy), (archive, project));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unplaced {
    /// The unit that ends.
    pub unit: UnitId,
    /// The hierarchy it stood in.
    pub hierarchy: HierarchyId,
}

impl Plan {
    /// What it means, worked out on the newest registration.
    ///
    /// # Errors
    /// As [`Registry::plan`].
    ///
    /// # Complexity
    /// As working the plan out, and O(n) in the units, managers and engagements of the hierarchy, for the spans of control.
    pub fn impact(&self, registry: &Registry) -> Result<Impact, Refusal> {
        let (before, after) = (registry.snapshot(), self.preview(registry)?);
        let first = self.effects().iter().filter_map(|effect| effect.valid.from()).min();
        let day = self.proposal().effective.or(first).unwrap_or_else(|| day_of(registry.now()));
        Ok(Impact::between(self, &before.at(day), &after.at(day)))
    }

    /// The hierarchy it reorganises, else the line organisation.
    fn hierarchy(&self, view: &View) -> Option<HierarchyId> {
        let named = self.proposal().intents.iter().find_map(|intent| match intent {
            Intent::Reorganise(reorganisation) => Some(reorganisation.hierarchy()),
            _ => None,
        });
        named.or_else(|| view.find(Hierarchy::USE, HierarchyUse::Line).first().copied())
    }
}
