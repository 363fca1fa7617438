//! Who answers for a KLE number: the units tagged with it, else with its group, else with its main group; in the whole
//! municipality or along the unit tree.

use std::fmt;

use crate::model::value::{KleNumber, Text};
use crate::model::{ClassId, HierarchyId, KleAspect, KleTag, KleTagId, Unit, UnitId};
use crate::state::View;

use super::KLE_FACET;

/// Which units count for a [`KleQuery`].
///
/// ```
/// use mo_core::classification::{KleQuery, Reach};
/// use mo_core::model::{HierarchyId, KleAspect, UnitId};
/// # let (line, school) = (HierarchyId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
///
/// let anyone = KleQuery::new("17.01.01".parse()?, KleAspect::Responsible).reach(Reach::Everywhere);
/// let for_the_school = anyone.reach(Reach::Up(line, school)); // itself, or the nearest above that is tagged
/// assert_ne!(anyone, for_the_school);
/// # Ok::<(), mo_core::model::value::KleNumberError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// Every unit.
    Everywhere,
    /// Units that stand in this hierarchy.
    Hierarchy(HierarchyId),
    /// This unit alone.
    Unit(UnitId),
    /// The first that is tagged of the unit and those above it, nearest first: a tag counts for every unit below.
    Up(HierarchyId, UnitId),
    /// The unit and every unit below it.
    Down(HierarchyId, UnitId),
}

/// Who answers for a number, in which way, and whose tags count.
///
/// ```
/// use mo_core::classification::{KleQuery, Reach};
/// use mo_core::model::{HierarchyId, KleAspect, UnitId};
///
/// # let (line, school) = (HierarchyId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
/// let query = KleQuery::new("28.06.12".parse()?, KleAspect::Performing).reach(Reach::Up(line, school)).exact();
/// # let _ = query;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KleQuery {
    number: KleNumber,
    aspect: KleAspect,
    reach: Reach,
    exact: bool,
}

impl KleQuery {
    /// Asks everywhere, for the number, else its group, else its main group.
    pub fn new(number: KleNumber, aspect: KleAspect) -> KleQuery {
        KleQuery { number, aspect, reach: Reach::Everywhere, exact: false }
    }

    /// Counts only these units.
    #[must_use]
    pub fn reach(self, reach: Reach) -> KleQuery {
        KleQuery { reach, ..self }
    }

    /// Counts only tags of exactly the number.
    #[must_use]
    pub fn exact(self) -> KleQuery {
        KleQuery { exact: true, ..self }
    }

    /// The number, its group and its main group, as far as they are asked for.
    fn numbers(self) -> impl Iterator<Item = KleNumber> {
        let levels = if self.exact { 1 } else { 3 };
        std::iter::successors(Some(self.number), |number| number.parent()).take(levels)
    }
}

/// A unit that answers for a number.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("responsible"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// let found = view.responsible(&KleQuery::new("17.01.01".parse()?, KleAspect::Responsible))[0];
/// assert_eq!((found.unit, found.number), (unit, "17.01".parse()?)); // by its group
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Responsible {
    /// Which unit.
    pub unit: UnitId,
    /// By which tag.
    pub tag: KleTagId,
    /// The class the tag names.
    pub class: ClassId,
    /// The number tagged: the one asked for, its group or its main group.
    pub number: KleNumber,
}

/// How an answer was found: one step for each number that was looked at. `Display` gives a line a step.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("explanation"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// let query = KleQuery::new("17.01.01".parse()?, KleAspect::Responsible);
/// let explanation = view.explain_responsible(&query);
/// assert_eq!(explanation.answer(), view.responsible(&query));
/// assert_eq!(explanation.steps.len(), 2); // nobody has the topic, somebody its group
/// println!("{explanation}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The question.
    pub query: KleQuery,
    /// The number asked for first; the last step is the one that found somebody, if any did.
    pub steps: Vec<Step>,
}

/// What one number gave.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("step"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// let explanation = view.explain_responsible(&KleQuery::new("17.01.01".parse()?, KleAspect::Responsible));
/// let step = &explanation.steps[0]; // the topic itself
/// assert!(step.valid && step.found.is_empty());
/// assert_eq!(step.title.as_deref(), Some("Lektier"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The number.
    pub number: KleNumber,
    /// Its title on the day, else the last before, else the next; `None` where no class ever had the number.
    pub title: Option<Text>,
    /// Whether a class with the number exists on the day.
    pub valid: bool,
    /// Those tagged who count, with their names.
    pub found: Vec<(Responsible, Text)>,
    /// Those tagged who do not count by the [`Reach`], with their names.
    pub passed_over: Vec<(Responsible, Text)>,
}

impl Explanation {
    /// The answer.
    pub fn answer(&self) -> Vec<Responsible> {
        let last = self.steps.last().into_iter();
        last.flat_map(|step| step.found.iter().map(|(found, _)| *found)).collect()
    }
}

impl View {
    /// The units that answer for a number, by name then id: those tagged with it for the aspect, else with its group, else
    /// with its main group. A number that is retired on the day is answered for as long as a tag still names it.
    ///
    /// # Complexity
    /// O(t) in the tags that ever named the three numbers, times the depth where the unit tree counts.
    #[doc(alias = "Ansvarlig")]
    pub fn responsible(&self, query: &KleQuery) -> Vec<Responsible> {
        let mut all =
            query.numbers().map(|number| self.within_reach(query, self.tagged(number, query.aspect)).0);
        let found = all.find(|found| !found.is_empty()).unwrap_or_default();
        found.into_iter().map(|(found, _)| found).collect()
    }

    /// As [`responsible`](View::responsible), with every number that was looked at and who was passed over.
    pub fn explain_responsible(&self, query: &KleQuery) -> Explanation {
        let mut steps = Vec::new();
        for number in query.numbers() {
            let (found, passed_over) = self.within_reach(query, self.tagged(number, query.aspect));
            let classes = self.snapshot().classes_with_key(KLE_FACET, &number.to_string());
            let valid = classes.iter().copied().find(|class| self.exists(*class));
            let class = valid.or_else(|| classes.first().copied());
            let title = class.and_then(|class| self.nearest(class)).map(|class| class.name);
            let done = !found.is_empty();
            steps.push(Step { number, title, valid: valid.is_some(), found, passed_over });
            if done {
                break;
            }
        }
        Explanation { query: *query, steps }
    }

    /// The tags of the day that name the number for the aspect, with the names of their units, by name then id.
    pub(super) fn tagged(&self, number: KleNumber, aspect: KleAspect) -> Vec<(Responsible, Text)> {
        let mut found: Vec<(Responsible, Text)> = Vec::new();
        for class in self.snapshot().classes_with_key(KLE_FACET, &number.to_string()) {
            if self.kle_number(class) != Some(number) {
                continue;
            }
            for tag in self.referrers(class, KleTag::CLASS) {
                let Some(state) = self.get(tag).filter(|state| state.aspects.contains(&aspect)) else {
                    continue;
                };
                let name = self.field(state.unit, Unit::NAME).unwrap_or_default();
                found.push((Responsible { unit: state.unit, tag, class, number }, name));
            }
        }
        found.sort_by(|(a, a_name), (b, b_name)| {
            let by_name = crate::danish::compare(a_name, b_name);
            by_name.then_with(|| (a.unit, a.tag).cmp(&(b.unit, b.tag)))
        });
        found
    }

    /// Those who count by the reach of the query, and the others.
    #[allow(clippy::type_complexity)] // a pair of the argument's type
    fn within_reach(
        &self,
        query: &KleQuery,
        tagged: Vec<(Responsible, Text)>,
    ) -> (Vec<(Responsible, Text)>, Vec<(Responsible, Text)>) {
        // A unit that does not exist reaches nobody.
        let nearest = match query.reach {
            Reach::Up(hierarchy, unit) if self.exists(unit) => {
                let mut way = vec![unit];
                way.extend(self.ancestors(hierarchy, unit));
                way.into_iter().find(|unit| tagged.iter().any(|(found, _)| found.unit == *unit))
            }
            _ => None,
        };
        tagged.into_iter().partition(|(found, _)| match query.reach {
            Reach::Everywhere => true,
            Reach::Hierarchy(hierarchy) => self.placement(hierarchy, found.unit).is_some(),
            Reach::Unit(unit) => found.unit == unit,
            Reach::Up(..) => Some(found.unit) == nearest,
            Reach::Down(hierarchy, unit) => found.unit == unit || self.within(hierarchy, found.unit, unit),
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = match self.query.aspect {
            KleAspect::Responsible => "is responsible",
            KleAspect::Performing => "is performing",
            KleAspect::Insight => "has insight",
        };
        for step in &self.steps {
            let title = step.title.as_ref().map(|title| format!(" {title}")).unwrap_or_default();
            let state = match (&step.title, step.valid) {
                (None, _) => " (no such number)",
                (_, false) => " (not valid on the day)",
                (_, true) => "",
            };
            let names = |tagged: &[(Responsible, Text)]| {
                let names: Vec<&str> = tagged.iter().map(|(_, name)| &**name).collect();
                names.join(", ")
            };
            write!(f, "{}{title}{state}: ", step.number)?;
            match (step.found.is_empty(), step.passed_over.is_empty()) {
                (false, _) => writeln!(f, "{} {does}", names(&step.found))?,
                (true, true) => writeln!(f, "no unit {does}")?,
                (true, false) => writeln!(f, "{} {does}, outside the reach", names(&step.passed_over))?,
            }
        }
        Ok(())
    }
}
