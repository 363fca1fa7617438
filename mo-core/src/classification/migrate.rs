//! Tags on retired numbers moved to what replaced them: a proposal, as commands for an edit and a list of what a person
//! must decide.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::value::Text;
use crate::model::{ClassId, Kind, KleTag, KleTagId, ObjectRef, Patch, UnitId};
use crate::registry::{Command, Edit};
use crate::state::{Snapshot, View};
use crate::time::{Day, Period};
use crate::timeline::{Days, Timeline};

use super::KLE_FACET;

/// What [`migrate`] proposes.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("migration"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// // A unit is tagged with 16.01.05, which 28.06.12 takes over from in May.
/// let migration = migrate(&registry.snapshot().at(may));
/// assert_eq!((migration.replacements.len(), migration.unresolved.len()), (1, 0));
/// let mut edit = registry.edit("anna").note("KLE, maj 2025");
/// migration.add_to(&mut edit);
/// assert!(edit.dry_run()?.is_some()); // looked at before it is committed
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Migration {
    /// What has one answer, by unit, then day.
    pub replacements: Vec<Replacement>,
    /// What has none or several, by unit, then day. A tag may be in both lists, for different days.
    pub unresolved: Vec<Unresolved>,
    commands: Vec<Command>,
}

/// A tag names another class on some days.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("replacement"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// // A unit is tagged with 16.01.05, which 28.06.12 takes over from in May.
/// let replacement = migrate(&registry.snapshot().at(may)).replacements[0];
/// assert_eq!((replacement.from, replacement.to), (old, new));
/// assert_eq!(replacement.days, Period::since(may));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replacement {
    /// The tag.
    pub tag: KleTagId,
    /// Whose.
    pub unit: UnitId,
    /// The days: from the one on which the number is retired.
    pub days: Period,
    /// The retired class.
    pub from: ClassId,
    /// What replaced it.
    pub to: ClassId,
    /// A tag of the same unit that names `to` already on all these days with the same aspects or more; then the tag gives
    /// the days up.
    pub covered_by: Option<KleTagId>,
}

/// A tag on days on which its number is not valid and has not exactly one successor.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("unresolved"));
/// use mo_core::classification::migrate;
/// use mo_core::rules::Policy;
///
/// let may: Day = "2025-05-01".parse()?;
/// let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad"));
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// edit.commit()?;
/// for unresolved in migrate(&registry.snapshot().at(may)).unresolved {
///     println!("{} in {}: {:?}", unresolved.number, unresolved.days, unresolved.reason);
///     assert_eq!(unresolved.unit, unit);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unresolved {
    /// The tag.
    pub tag: KleTagId,
    /// Whose.
    pub unit: UnitId,
    /// The days.
    pub days: Period,
    /// The class.
    pub class: ClassId,
    /// Its key; empty where it never existed.
    pub number: Text,
    /// Why.
    pub reason: UnresolvedReason,
}

/// Why a number could not be replaced.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("reason"));
/// use mo_core::classification::{UnresolvedReason, migrate};
/// use mo_core::rules::Policy;
///
/// let may: Day = "2025-05-01".parse()?;
/// let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad"));
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// edit.commit()?;
/// let migration = migrate(&registry.snapshot().at(may));
/// assert_eq!(migration.unresolved[0].reason, UnresolvedReason::NoSuccessor);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnresolvedReason {
    /// Nothing replaced it that exists on the days.
    NoSuccessor,
    /// Several did, by id: choose, or split the task.
    Several(Vec<ClassId>),
    /// Only classes of another facet did, by id, such as an action facet; a tag cannot name them.
    OtherFacet(Vec<ClassId>),
    /// The tag begins before the number does.
    NotYetValid,
}

/// Proposes to replace every retired number that is still in use on the view's day or later, from the day on which it was
/// retired, by the number that took its place; over several retirements too.
///
/// Where exactly one class took its place the replacement is automatic, otherwise it is unresolved. Uses that ended before
/// the view's day are left as they are. Nothing is changed: give the commands to an edit with [`Migration::add_to`], whose
/// dry run tells what else they do.
///
/// # Complexity
/// O(t · s) in the tags ever registered and the successors passed.
///
/// ```
/// # use mo_core::{classification::migrate, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("migrate"));
/// let may: Day = "2025-05-01".parse()?;
/// let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// edit.commit()?;
///
/// let migration = migrate(&registry.snapshot().at(may));
/// assert!(migration.unresolved.is_empty());
/// let mut edit = registry.edit("anna").note("KLE 2025-05");
/// migration.add_to(&mut edit);
/// edit.commit()?;
/// assert_eq!(registry.snapshot().at(may).get(tag).unwrap().class, new);
/// assert_eq!(registry.snapshot().at("2025-04-30".parse()?).get(tag).unwrap().class, old);
/// assert!(registry.snapshot().retired_in_use().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn migrate(view: &View) -> Migration {
    let mut worker = Worker {
        snapshot: view.snapshot(),
        tags: Vec::new(),
        of_unit: BTreeMap::new(),
        migration: Migration::default(),
    };
    for tag in view.snapshot().ever(Kind::KleTag) {
        let tag = KleTagId::new(tag.id);
        let timeline = view.snapshot().timeline(tag);
        for (_, state) in &timeline {
            worker.of_unit.entry(state.unit).or_default().insert(worker.tags.len());
        }
        worker.tags.push((tag, timeline));
    }
    for place in 0..worker.tags.len() {
        worker.tag(place, view.day());
    }
    let mut migration = worker.migration;
    migration.replacements.sort_by_key(|r| (r.unit, r.days.from(), r.tag));
    migration.unresolved.sort_by_key(|u| (u.unit, u.days.from(), u.tag));
    migration.commands = commands(view.snapshot(), &migration.replacements);
    migration
}

struct Worker<'a> {
    snapshot: &'a Snapshot,
    /// Every tag as it will be after the replacements so far.
    tags: Vec<(KleTagId, Timeline<KleTag>)>,
    /// The places in `tags` of those a unit ever had.
    of_unit: BTreeMap<UnitId, BTreeSet<usize>>,
    migration: Migration,
}

impl Worker<'_> {
    fn tag(&mut self, place: usize, since: Day) {
        let Some((tag, timeline)) = self.tags.get(place).cloned() else { return };
        for (period, state) in &timeline {
            let life = self.snapshot.timeline(state.class).coverage();
            for days in Days::from(period).subtract(&life).periods() {
                if days.until().is_none_or(|until| until > since) {
                    self.days(place, tag, state, &life, days);
                }
            }
        }
    }

    /// Days on which a tag names a class that does not exist, a stretch of one answer at a time.
    fn days(&mut self, place: usize, tag: KleTagId, state: &KleTag, life: &Days, days: Period) {
        let unresolved = |days: Period, class: ClassId, reason: UnresolvedReason| {
            let number = self.snapshot.timeline(class).last().map(|(_, state)| state.user_key.clone());
            Unresolved { tag, unit: state.unit, days, class, number: number.unwrap_or_default(), reason }
        };
        let begins = life.first().and_then(|(first, ())| first.from());
        let retired = days.from().filter(|first| begins.is_none_or(|begins| *first >= begins));
        let Some(mut first) = retired.filter(|_| !life.is_empty()) else {
            let reason =
                if life.is_empty() { UnresolvedReason::NoSuccessor } else { UnresolvedReason::NotYetValid };
            let unresolved = unresolved(days, state.class, reason);
            self.migration.unresolved.push(unresolved);
            return;
        };
        let mut class = state.class;
        loop {
            let Ok(rest) = Period::new(first, days.until()) else { return };
            let to = match self.successor(class, first) {
                Ok(to) => to,
                Err(reason) => {
                    let unresolved = unresolved(rest, class, reason);
                    self.migration.unresolved.push(unresolved);
                    return;
                }
            };
            let life = self.snapshot.timeline(to).coverage();
            let stretch =
                life.piece_at(first).and_then(|(stretch, ())| rest.intersect(stretch)).unwrap_or(rest);
            self.replace(place, tag, state, stretch, to);
            match stretch.until() {
                Some(until) if days.until() != Some(until) => (first, class) = (until, to),
                _ => return,
            }
        }
    }

    /// The one class that stands for a class on a day.
    fn successor(&self, class: ClassId, day: Day) -> Result<ClassId, UnresolvedReason> {
        let all = self.snapshot.class_successors_on(class, day);
        let facets = self.snapshot.facets_with_key(KLE_FACET);
        let view = self.snapshot.at(day);
        let fits = |class: &ClassId| view.get(*class).is_some_and(|state| facets.contains(&state.facet));
        let fitting: Vec<ClassId> = all.iter().copied().filter(fits).collect();
        match fitting.as_slice() {
            [one] => Ok(*one),
            [] if all.is_empty() => Err(UnresolvedReason::NoSuccessor),
            [] => Err(UnresolvedReason::OtherFacet(all)),
            _ => Err(UnresolvedReason::Several(fitting)),
        }
    }

    fn replace(&mut self, place: usize, tag: KleTagId, state: &KleTag, days: Period, to: ClassId) {
        let says_it = |other: &KleTag| {
            other.unit == state.unit && other.class == to && other.aspects.is_superset(&state.aspects)
        };
        let others = self.of_unit.get(&state.unit).into_iter().flatten().filter(|other| **other != place);
        let covered_by = others.filter_map(|other| self.tags.get(*other)).find_map(|(other, timeline)| {
            let saying = timeline.filter_map(|other| says_it(other).then_some(()));
            saying.holes_in(days).is_empty().then_some(*other)
        });
        if let Some((_, timeline)) = self.tags.get_mut(place) {
            match covered_by {
                Some(_) => timeline.remove(days),
                None => timeline.insert(days, KleTag { class: to, ..state.clone() }),
            }
        }
        let replacement = Replacement { tag, unit: state.unit, days, from: state.class, to, covered_by };
        self.migration.replacements.push(replacement);
    }
}

impl Migration {
    /// The replacements as commands. A tag that gives up its only days is deleted: it named a number that did not exist.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Adds the replacements to an edit. What is unresolved is left as it is.
    pub fn add_to(&self, edit: &mut Edit<'_>) {
        for command in &self.commands {
            edit.push(command.clone());
        }
    }
}

fn commands(snapshot: &Snapshot, replacements: &[Replacement]) -> Vec<Command> {
    let mut given_up: BTreeMap<KleTagId, Days> = BTreeMap::new();
    for replacement in replacements.iter().filter(|replacement| replacement.covered_by.is_some()) {
        given_up.entry(replacement.tag).or_default().insert(replacement.days, ());
    }
    let whole = |(tag, days): (&KleTagId, &Days)| {
        snapshot.timeline(*tag).coverage().subtract(days).is_empty().then_some(*tag)
    };
    let deleted: BTreeSet<KleTagId> = given_up.iter().filter_map(whole).collect();
    let mut commands: Vec<Command> = deleted
        .iter()
        .map(|tag| Command::Delete { object: ObjectRef::from(*tag), dependents: None })
        .collect();
    for replacement in replacements.iter().filter(|replacement| !deleted.contains(&replacement.tag)) {
        let (object, period) = (ObjectRef::from(replacement.tag), replacement.days);
        commands.push(if replacement.covered_by.is_some() {
            Command::Suspend { object, period, dependents: None }
        } else {
            let patch = Patch::<KleTag>::new().set(KleTag::CLASS, replacement.to).into_changes();
            Command::Set { object, period, patch }
        });
    }
    commands
}
