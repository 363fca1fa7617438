//! Tags on retired numbers moved to what replaced them, as commands for an edit and a list of what a person must decide.
//! What is wanted, with what was decided already, is [`ReplaceRetired`] in `decided`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::model::value::Text;
use crate::model::{ClassId, Kind, KleTag, KleTagId, ObjectRef, Patch, UnitId};
use crate::registry::{Command, Edit};
use crate::state::{Snapshot, View};
use crate::time::{Day, Period};
use crate::timeline::{Days, Timeline};

use super::KLE_FACET;
use super::decided::{Instead, ReplaceRetired};

/// What [`migrate`] proposes.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("docs"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// let migration = migrate(&view);
/// assert_eq!((migration.replacements.len(), migration.unresolved.len()), (1, 0));
/// assert_eq!(migration.commands().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Migration {
    /// What has one answer, by unit, then day.
    pub replacements: Vec<Replacement>,
    /// What was decided to end with its number, by unit, then day.
    pub endings: Vec<Ending>,
    /// What has none or several, by unit, then day. A tag may be in both lists, for different days.
    pub unresolved: Vec<Unresolved>,
    commands: Vec<Command>,
}

/// A tag names another class on some days.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("docs"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// let replacement = migrate(&view).replacements[0];
/// assert_eq!((replacement.tag, replacement.from, replacement.to), (tag, old, new));
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

/// A tag gives days up on which its number is not valid, because somebody [decided](ReplaceRetired::end) so.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("docs"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad"));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let migration = ReplaceRetired::since(may).end(old).propose(&registry.snapshot());
/// assert_eq!((migration.endings[0].tag, migration.endings[0].days), (tag, Period::since(may)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ending {
    /// The tag.
    pub tag: KleTagId,
    /// Whose.
    pub unit: UnitId,
    /// The days.
    pub days: Period,
    /// The class it names on them.
    pub class: ClassId,
}

/// A tag on days on which its number is not valid and has not exactly one successor.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("docs"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad"));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let unresolved = &migrate(&registry.snapshot().at(may)).unresolved[0];
/// assert_eq!(
///     unresolved.explain(&registry.snapshot()),
///     "Dagtilbud: 16.01.05 Mad is not valid 2025-05-01 …, and nothing took its place. Choose another number, or let the \
///      tag end."
/// );
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
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("docs"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad"));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # let tag = edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// let unresolved = &migrate(&registry.snapshot().at(may)).unresolved[0];
/// assert_eq!(unresolved.reason, UnresolvedReason::NoSuccessor);
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
/// dry run tells what else they do; or let a plan work it out, with decisions: [`ReplaceRetired`].
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
    ReplaceRetired::since(view.day()).propose(view.snapshot())
}

/// What [`ReplaceRetired::propose`] gives.
pub(super) fn proposed(wanted: &ReplaceRetired, snapshot: &Snapshot) -> Migration {
    let mut worker = Worker {
        snapshot,
        wanted,
        tags: Vec::new(),
        of_unit: BTreeMap::new(),
        migration: Migration::default(),
    };
    for tag in snapshot.ever(Kind::KleTag) {
        let tag = KleTagId::new(tag.id);
        let timeline = snapshot.timeline(tag);
        for (_, state) in &timeline {
            worker.of_unit.entry(state.unit).or_default().insert(worker.tags.len());
        }
        worker.tags.push((tag, timeline));
    }
    for place in 0..worker.tags.len() {
        worker.tag(place);
    }
    let mut migration = worker.migration;
    migration.replacements.sort_by_key(|r| (r.unit, r.days.from(), r.tag));
    migration.endings.sort_by_key(|e| (e.unit, e.days.from(), e.tag));
    migration.unresolved.sort_by_key(|u| (u.unit, u.days.from(), u.tag));
    migration.commands = commands(snapshot, &migration);
    migration
}

struct Worker<'a> {
    snapshot: &'a Snapshot,
    wanted: &'a ReplaceRetired,
    /// Every tag as it will be after the replacements so far.
    tags: Vec<(KleTagId, Timeline<KleTag>)>,
    /// The places in `tags` of those a unit ever had.
    of_unit: BTreeMap<UnitId, BTreeSet<usize>>,
    migration: Migration,
}

impl Worker<'_> {
    fn tag(&mut self, place: usize) {
        let Some((tag, timeline)) = self.tags.get(place).cloned() else { return };
        for (period, state) in &timeline {
            let life = self.snapshot.timeline(state.class).coverage();
            for days in Days::from(period).subtract(&life).periods() {
                if days.until().is_none_or(|until| until > self.wanted.from) {
                    self.days(place, tag, state, days);
                }
            }
        }
    }

    /// Days on which a tag names a class that does not exist, a stretch of one answer at a time.
    fn days(&mut self, place: usize, tag: KleTagId, state: &KleTag, days: Period) {
        let unit = state.unit;
        let (mut class, mut days) = (state.class, days);
        loop {
            match self.instead(tag, class, days) {
                Ok(Instead::Class(to)) => {
                    let life = self.snapshot.timeline(to).coverage();
                    let lives = days.from().and_then(|first| life.piece_at(first));
                    let stretch = lives.and_then(|(stretch, ())| days.intersect(stretch)).unwrap_or(days);
                    self.replace(place, tag, state, stretch, to);
                    let rest = stretch.until().and_then(|until| Period::new(until, days.until()).ok());
                    let Some(rest) = rest else { return };
                    (class, days) = (to, rest);
                    continue;
                }
                Ok(Instead::Nothing) => {
                    if let Some((_, timeline)) = self.tags.get_mut(place) {
                        timeline.remove(days);
                    }
                    self.migration.endings.push(Ending { tag, unit, days, class });
                }
                Ok(Instead::Itself) => {}
                Err(reason) => {
                    let timeline = self.snapshot.timeline(class);
                    let number = timeline.last().map(|(_, state)| state.user_key.clone()).unwrap_or_default();
                    let unresolved = Unresolved { tag, unit, days, class, number, reason };
                    self.migration.unresolved.push(unresolved);
                }
            }
            return;
        }
    }

    /// What stands for a class from the first of the days on.
    fn instead(&self, tag: KleTagId, class: ClassId, days: Period) -> Result<Instead, UnresolvedReason> {
        if let Some(decided) = self.wanted.decided(tag, class) {
            return Ok(decided);
        }
        let life = self.snapshot.timeline(class).coverage();
        let Some((begins, ())) = life.first() else { return Err(UnresolvedReason::NoSuccessor) };
        match days.from() {
            Some(first) if begins.from().is_none_or(|begins| first >= begins) => {
                self.successor(class, first).map(Instead::Class)
            }
            _ => Err(UnresolvedReason::NotYetValid),
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
    /// Replacements and endings as commands. A tag that gives up its only days is deleted: it named a number that did not
    /// exist.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Adds replacements and endings to an edit. What is unresolved is left as it is.
    pub fn add_to(&self, edit: &mut Edit<'_>) {
        for command in &self.commands {
            edit.push(command.clone());
        }
    }
}

fn commands(snapshot: &Snapshot, migration: &Migration) -> Vec<Command> {
    let covered = migration.replacements.iter().filter(|replacement| replacement.covered_by.is_some());
    let covered = covered.map(|replacement| (replacement.tag, replacement.days));
    let ended = migration.endings.iter().map(|ending| (ending.tag, ending.days));
    let mut given_up: BTreeMap<KleTagId, Days> = BTreeMap::new();
    for (tag, days) in covered.chain(ended) {
        given_up.entry(tag).or_default().insert(days, ());
    }
    let mut commands = Vec::new();
    for (tag, days) in &given_up {
        let object = ObjectRef::from(*tag);
        if snapshot.timeline(*tag).coverage().subtract(days).is_empty() {
            commands.push(Command::Delete { object, dependents: None });
        } else {
            let suspend = |period| Command::Suspend { object, period, dependents: None };
            commands.extend(days.periods().map(suspend));
        }
    }
    for replacement in migration.replacements.iter().filter(|replacement| replacement.covered_by.is_none()) {
        let (object, period) = (ObjectRef::from(replacement.tag), replacement.days);
        let patch = Patch::<KleTag>::new().set(KleTag::CLASS, replacement.to).into_changes();
        commands.push(Command::Set { object, period, patch });
    }
    commands
}

impl Unresolved {
    /// A sentence for the person who must decide: whose tag, which number, and what could take its place.
    pub fn explain(&self, snapshot: &Snapshot) -> String {
        let named = |class: ClassId| {
            let timeline = snapshot.timeline(class);
            let state = timeline.last().map(|(_, state)| state);
            state.map_or_else(|| class.to_string(), |state| format!("{} {}", state.user_key, state.name))
        };
        let unit = snapshot.timeline(self.unit);
        let unit = unit.last().map_or_else(|| self.unit.to_string(), |(_, unit)| unit.name.to_string());
        let mut text = format!("{unit}: {} is not valid {}", named(self.class), self.days);
        let all = |classes: &[ClassId]| classes.iter().map(|c| named(*c)).collect::<Vec<_>>().join("; ");
        let _ = match &self.reason {
            UnresolvedReason::NoSuccessor => {
                write!(text, ", and nothing took its place. Choose another number, or let the tag end.")
            }
            UnresolvedReason::Several(classes) => {
                write!(text, ". Several took its place: {}. Choose one, or split the task.", all(classes))
            }
            UnresolvedReason::OtherFacet(classes) => {
                let classes = all(classes);
                write!(
                    text,
                    ". What took its place cannot be tagged: {classes}. Choose a number, or let the tag end."
                )
            }
            UnresolvedReason::NotYetValid => {
                write!(text, ": it begins later. Let the tag begin with it, or choose another number.")
            }
        };
        text
    }
}
