//! [`Impact`]: what a plan means for people, managers, KLE, accounts, addresses, payroll and MED, before it is committed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{FieldEffect, Intent, Plan, day_of, labels};
use crate::draw::Report;
use crate::hierarchy::ManagerQuery;
use crate::model::{
    Address, Engagement, Hierarchy, HierarchyId, HierarchyUse, ItAccount, Kind, KleAspect, KleTag, LinkUse,
    Manager, ObjectRef, PersonId, RoleBinding, Slot, Unit, UnitId, UnitLink, Value,
};
use crate::registry::Registry;
use crate::rules::Refusal;
use crate::state::cells::At;
use crate::state::tables::Ix;
use crate::state::{Snapshot, View};
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

impl Impact {
    fn between(plan: &Plan, before: &View, after: &View) -> Impact {
        let of = |kind: Kind| plan.effects().iter().filter(move |effect| effect.object.kind == kind);
        let units = |wanted: &dyn Fn(&FieldEffect) -> bool| {
            let found: BTreeSet<UnitId> = of(Kind::Unit)
                .filter(|effect| wanted(effect))
                .map(|effect| effect.object.id.into())
                .collect();
            after_or_before(found, before, after)
        };
        let opened = units(&|effect| effect.slot.is_none() && effect.after.is_some());
        let closed = units(&|effect| effect.slot.is_none() && effect.after.is_none());
        let kept = |effect: &FieldEffect| effect.before.is_some();
        let renamed = units(&|e| kept(e) && e.slot == Some(Slot::one(Unit::NAME.index)));
        let place =
            |effect: &FieldEffect| effect.slot.as_ref().is_some_and(|s| s.field == Unit::PLACEMENTS.index);
        let moved = units(&|effect| kept(effect) && place(effect));

        let rebound = |kinds: &[(Kind, u8)]| -> Vec<Rebound> {
            let mut found: Vec<Rebound> =
                kinds.iter().flat_map(|(kind, field)| rebound(of(*kind), *field, before)).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let mut people: Vec<MovedPerson> = rebound(&[(Kind::Engagement, Engagement::UNIT.index)])
            .into_iter()
            .filter_map(|Rebound { object, from, to }| {
                let engagement = object.id.into();
                let timeline = before.snapshot().timeline::<crate::model::EngagementId>(engagement);
                Some(MovedPerson { person: timeline.last()?.1.person, engagement, from, to })
            })
            .collect();
        people.sort_unstable();
        let payroll = |rebound: &Rebound| {
            let timeline = before.snapshot().timeline::<crate::model::UnitLinkId>(rebound.object.id.into());
            timeline.last().is_some_and(|(_, link)| link.link_use == LinkUse::Payroll)
        };
        let mut payroll_links =
            rebound(&[(Kind::UnitLink, UnitLink::FROM.index), (Kind::UnitLink, UnitLink::TO.index)]);
        payroll_links.retain(payroll);
        // A link that ends lets go of both its units; it is told once.
        payroll_links.dedup_by_key(|link| link.object);

        let mut impact = Impact {
            day: before.day(),
            leadership: leadership(plan, before, after, &opened, &closed),
            spans: plan.hierarchy(after).map_or_else(Vec::new, |hierarchy| spans(hierarchy, before, after)),
            kle: kle(of(Kind::KleTag).map(|effect| effect.object), before, after),
            accounts: rebound(&[
                (Kind::ItAccount, ItAccount::UNIT.index),
                (Kind::RoleBinding, RoleBinding::UNIT.index),
            ]),
            addresses: rebound(&[(Kind::Address, Address::UNIT.index)]),
            payroll_links,
            unplaced: unplaced(&closed, before, after),
            med_uncovered: med_uncovered(
                of(Kind::UnitLink).next().is_some() || !closed.is_empty(),
                before,
                after,
            ),
            opened,
            closed,
            renamed,
            moved,
            people,
            names: BTreeMap::new(),
        };
        impact.names = impact.named(after.snapshot());
        impact
    }

    fn named(&self, snapshot: &Snapshot) -> BTreeMap<ObjectRef, String> {
        let mut objects: BTreeSet<ObjectRef> = BTreeSet::new();
        let units = [&self.opened, &self.closed, &self.renamed, &self.moved, &self.med_uncovered];
        objects.extend(units.into_iter().flatten().map(|unit| ObjectRef::from(*unit)));
        for moved in &self.people {
            objects.extend([ObjectRef::from(moved.person), moved.from.into()]);
            objects.extend(moved.to.map(ObjectRef::from));
        }
        for led in &self.leadership {
            objects.insert(led.unit.into());
            objects.extend(led.before.iter().chain(&led.after).map(|person| ObjectRef::from(*person)));
        }
        objects.extend(self.spans.iter().map(|span| ObjectRef::from(span.manager)));
        for cover in &self.kle {
            objects.insert(cover.class.into());
            objects.extend(cover.before.iter().chain(&cover.after).map(|unit| ObjectRef::from(*unit)));
        }
        for lost in &self.unplaced {
            objects.extend([ObjectRef::from(lost.unit), lost.hierarchy.into()]);
        }
        for rebound in [&self.accounts, &self.addresses, &self.payroll_links].into_iter().flatten() {
            objects.extend([rebound.object, rebound.from.into()]);
            objects.extend(rebound.to.map(ObjectRef::from));
        }
        labels(snapshot.tables(), objects)
    }

    fn name(&self, object: impl Into<ObjectRef>) -> String {
        let object = object.into();
        self.names.get(&object).cloned().unwrap_or_else(|| object.to_string())
    }

    fn names_of<I: Into<ObjectRef> + Copy>(&self, objects: &[I]) -> String {
        if objects.is_empty() {
            return "nobody".to_owned();
        }
        objects.iter().map(|object| self.name(*object)).collect::<Vec<_>>().join(", ")
    }

    /// One line: how many units, people, managers and topics.
    pub fn summary(&self) -> String {
        let people: HashSet<PersonId> = self.people.iter().map(|moved| moved.person).collect();
        let lost = self.leadership.iter().filter(|led| led.is_lost()).count();
        format!(
            "from {}: {} units open, {} close, {} move, {} get another name; {} people move; {} units lose their manager",
            self.day,
            self.opened.len(),
            self.closed.len(),
            self.moved.len(),
            self.renamed.len(),
            people.len(),
            lost
        )
    }

    /// Everything, with names, as text or HTML.
    pub fn report(&self) -> Report {
        let mut report = Report::new(self.summary());
        for (heading, units) in [
            ("Units that open", &self.opened),
            ("Units that close", &self.closed),
            ("Units that move", &self.moved),
            ("Units with another name", &self.renamed),
            ("Units no MED link covers any more", &self.med_uncovered),
        ] {
            if !units.is_empty() {
                report = report.section(heading).line(self.names_of(units));
            }
        }
        if !self.people.is_empty() {
            let to = |to: Option<UnitId>| to.map_or("ends".to_owned(), |to| self.name(to));
            let rows = self.people.iter().map(|m| [self.name(m.person), self.name(m.from), to(m.to)]);
            report = report.section("People who move").table(["who", "from", "to"], rows);
        }
        if !self.leadership.is_empty() {
            let rows = self.leadership.iter().map(|led| {
                let note = match led {
                    led if led.is_gained() => "gained",
                    led if led.is_lost() && led.vacant => "vacant",
                    led if led.is_lost() => "lost",
                    led if led.vacant => "a seat is vacant",
                    _ => "",
                };
                [self.name(led.unit), self.names_of(&led.before), self.names_of(&led.after), note.to_owned()]
            });
            report = report.section("Managers").table(["unit", "before", "after", ""], rows);
        }
        if !self.spans.is_empty() {
            let rows = self
                .spans
                .iter()
                .map(|span| [self.name(span.manager), span.before.to_string(), span.after.to_string()]);
            report = report.section("Span of control").table(["manager", "before", "after"], rows);
        }
        if !self.kle.is_empty() {
            let rows = self.kle.iter().map(|cover| {
                let note = match cover.after.len() {
                    0 => "nobody is responsible",
                    1 => "",
                    _ => "more than one",
                };
                [
                    self.name(cover.class),
                    self.names_of(&cover.before),
                    self.names_of(&cover.after),
                    note.to_owned(),
                ]
            });
            report =
                report.section("Responsible for KLE numbers").table(["number", "before", "after", ""], rows);
        }
        for (heading, rebound) in [
            ("Accounts and roles", &self.accounts),
            ("Addresses", &self.addresses),
            ("Payroll links", &self.payroll_links),
        ] {
            if !rebound.is_empty() {
                let rows = rebound.iter().map(|rebound| {
                    let to = rebound.to.map_or("ends".to_owned(), |to| self.name(to));
                    [self.name(rebound.object), self.name(rebound.from), to]
                });
                report = report.section(heading).table(["what", "from", "to"], rows);
            }
        }
        if !self.unplaced.is_empty() {
            let rows = self.unplaced.iter().map(|lost| [self.name(lost.hierarchy), self.name(lost.unit)]);
            report =
                report.section("Hierarchies that lose a unit for nothing").table(["hierarchy", "unit"], rows);
        }
        report
    }
}

/// Its report as text, the summary line first.
impl std::fmt::Display for Impact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.report(), f)
    }
}

/// Units by the name they have with the plan, else without it; then by id.
fn after_or_before(units: BTreeSet<UnitId>, before: &View, after: &View) -> Vec<UnitId> {
    let name = |unit: UnitId| after.field(unit, Unit::NAME).or_else(|| before.field(unit, Unit::NAME));
    let mut named: Vec<_> = units.into_iter().map(|unit| (name(unit), unit)).collect();
    named.sort_by(|(a, a_id), (b, b_id)| {
        let by_name = match (a, b) {
            (Some(a), Some(b)) => crate::danish::compare(a, b),
            _ => std::cmp::Ordering::Equal,
        };
        by_name.then_with(|| a_id.cmp(b_id))
    });
    named.into_iter().map(|(_, unit)| unit).collect()
}

/// The effects on one field that says to which unit an object is bound, and objects that end.
fn rebound<'a>(effects: impl Iterator<Item = &'a FieldEffect>, field: u8, before: &View) -> Vec<Rebound> {
    let unit = |value: &Option<Value>| match value {
        Some(Value::Id(id)) => Some(UnitId::new(*id)),
        _ => None,
    };
    let mut found = Vec::new();
    for effect in effects {
        let object = effect.object;
        match &effect.slot {
            Some(slot) if slot.field == field => {
                if let Some(from) = unit(&effect.before) {
                    found.push(Rebound { object, from, to: unit(&effect.after) });
                }
            }
            None if effect.after.is_none() => {
                let timeline = before.snapshot().fields_timeline(object).clip(effect.valid);
                let bound =
                    timeline.first().and_then(|(_, state)| unit(&state.get(&Slot::one(field)).cloned()));
                found.extend(bound.map(|from| Rebound { object, from, to: None }));
            }
            _ => {}
        }
    }
    found
}

fn leadership(
    plan: &Plan,
    before: &View,
    after: &View,
    opened: &[UnitId],
    closed: &[UnitId],
) -> Vec<Leadership> {
    let mut units: BTreeSet<UnitId> = opened.iter().copied().collect();
    for effect in plan.effects().iter().filter(|effect| effect.object.kind == Kind::Manager) {
        for view in [before, after] {
            units.extend(view.field(effect.object.id.into(), Manager::UNIT));
        }
    }
    let any = ManagerQuery::default().vacant(true);
    let led = |view: &View, unit: UnitId| {
        // Seats of the unit itself do not depend on a hierarchy.
        let seats = view.managers(HierarchyId::new(uuid::Uuid::nil()), unit, any);
        let vacant = seats.iter().any(|seat| seat.person.is_none());
        let mut persons: Vec<PersonId> = seats.into_iter().filter_map(|seat| seat.person).collect();
        persons.sort_unstable();
        persons.dedup();
        (persons, vacant)
    };
    let changed = after_or_before(units, before, after).into_iter().filter_map(|unit| {
        let ((was, was_vacant), (is, vacant)) = (led(before, unit), led(after, unit));
        let ends = closed.contains(&unit);
        ((was != is || was_vacant != vacant) && !ends).then_some(Leadership {
            unit,
            before: was,
            after: is,
            vacant,
        })
    });
    changed.collect()
}

/// Keyed by numbers of the tables, which nobody chooses to collide.
type ByNumber<T> = HashMap<u32, T, foldhash::fast::FixedState>;
type NumberSet = HashSet<u32, foldhash::fast::FixedState>;

/// Per person who leads: the people whose nearest manager that is, by climbing the hierarchy, the manager left out.
fn reports(view: &View, hierarchy: HierarchyId) -> ByNumber<NumberSet> {
    let tables = view.tables();
    let Some(key) = tables.ix(hierarchy.uuid()) else { return ByNumber::default() };
    let placed = At { field: Unit::PLACEMENTS.index, key: key.0 };
    let single = |field| At { field, key: 0 };
    let mut own: ByNumber<Vec<u32>> = ByNumber::default();
    for manager in tables.of_kind(Kind::Manager) {
        let Some(state) = view.state_of(manager) else { continue };
        if let (Some(unit), Some(person)) =
            (state.get(single(Manager::UNIT.index)), state.get(single(Manager::PERSON.index)))
        {
            own.entry(unit).or_default().push(person);
        }
    }
    let mut nearest: ByNumber<Option<u32>> = ByNumber::default();
    let mut leader_of = |unit: u32| -> Option<u32> {
        let mut way = Vec::new();
        let mut current = Some(unit);
        let found = loop {
            let Some(at) = current else { break None };
            if let Some(known) = nearest.get(&at) {
                break *known;
            }
            if own.contains_key(&at) {
                break Some(at);
            }
            if way.contains(&at) {
                break None;
            }
            way.push(at);
            current = view.state_of(Ix(at)).and_then(|state| state.get(placed));
        };
        for at in way {
            nearest.insert(at, found);
        }
        found
    };
    let mut reports: ByNumber<NumberSet> = ByNumber::default();
    for engagement in tables.of_kind(Kind::Engagement) {
        let Some(state) = view.state_of(engagement) else { continue };
        let of = |field| state.get(single(field));
        let (Some(unit), Some(person)) = (of(Engagement::UNIT.index), of(Engagement::PERSON.index)) else {
            continue;
        };
        let Some(leading) = leader_of(unit) else { continue };
        for manager in own.get(&leading).into_iter().flatten().filter(|manager| **manager != person) {
            reports.entry(*manager).or_default().insert(person);
        }
    }
    reports
}

fn spans(hierarchy: HierarchyId, before: &View, after: &View) -> Vec<ManagerSpan> {
    let (was, is) = (reports(before, hierarchy), reports(after, hierarchy));
    let managers: HashSet<u32> = was.keys().chain(is.keys()).copied().collect();
    let of = |reports: &ByNumber<NumberSet>, manager| reports.get(&manager).map_or(0, HashSet::len);
    let mut spans: Vec<ManagerSpan> = managers
        .into_iter()
        .map(|manager| ManagerSpan {
            manager: PersonId::new(after.tables().id(Ix(manager))),
            before: of(&was, manager),
            after: of(&is, manager),
        })
        .filter(|span| span.before != span.after)
        .collect();
    spans.sort_by_key(|span| span.manager);
    spans
}

fn kle(tags: impl Iterator<Item = ObjectRef>, before: &View, after: &View) -> Vec<NumberCover> {
    let mut classes: BTreeSet<crate::model::ClassId> = BTreeSet::new();
    for tag in tags {
        for view in [before, after] {
            classes.extend(view.field(tag.id.into(), KleTag::CLASS));
        }
    }
    let responsible = |view: &View, class| {
        let units: BTreeSet<UnitId> = view
            .referrers(class, KleTag::CLASS)
            .into_iter()
            .filter_map(|tag| view.get(tag))
            .filter(|tag| tag.aspects.contains(&KleAspect::Responsible))
            .map(|tag| tag.unit)
            .collect();
        units.into_iter().collect::<Vec<UnitId>>()
    };
    classes
        .into_iter()
        .map(|class| NumberCover {
            class,
            before: responsible(before, class),
            after: responsible(after, class),
        })
        .filter(|cover| cover.before != cover.after)
        .collect()
}

/// Where a unit stood that ends, and nothing that takes over from it stands.
fn unplaced(closed: &[UnitId], before: &View, after: &View) -> Vec<Unplaced> {
    let mut found = Vec::new();
    for unit in closed.iter().copied() {
        let heirs = after.heirs(unit);
        let places = before.get(unit).map(|state| state.placements).unwrap_or_default();
        for hierarchy in places.into_keys() {
            if !heirs.is_empty() && heirs.iter().all(|heir| after.placement(hierarchy, *heir).is_none()) {
                found.push(Unplaced { unit, hierarchy });
            }
        }
    }
    found
}

/// The units that have a MED link before and still exist without one after.
fn med_uncovered(may_be: bool, before: &View, after: &View) -> Vec<UnitId> {
    if !may_be {
        return Vec::new();
    }
    let covered = |view: &View| -> BTreeSet<UnitId> {
        let links = view.find(UnitLink::USE, LinkUse::Med).into_iter().filter_map(|link| view.get(link));
        links.flat_map(|link| [link.from, link.to]).collect()
    };
    let still = covered(after);
    let lost = covered(before).into_iter().filter(|unit| !still.contains(unit) && after.exists(*unit));
    after_or_before(lost.collect(), before, after)
}
