//! What tags add up to: all numbers of a unit, numbers that nobody answers for, numbers that several do, and numbers in use
//! on days on which they are not valid.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::value::{KleNumber, Text};
use crate::model::{ClassId, HierarchyId, Kind, KleAspect, KleTag, KleTagId, UnitId};
use crate::state::{Snapshot, View};
use crate::timeline::Days;

use super::Responsible;

/// A number that a unit has to do with.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("unit_number"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// let numbers = view.kle_numbers(unit, None);
/// assert_eq!(&*numbers[0].number, "17.01");
/// assert!(numbers[0].aspects.contains(&KleAspect::Responsible));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitNumber {
    /// The key of the class; for KLE its number.
    pub number: Text,
    /// The class.
    pub class: ClassId,
    /// In which ways.
    pub aspects: BTreeSet<KleAspect>,
    /// The tag that says so.
    pub tag: KleTagId,
    /// Whose tag it is: the unit asked about, or one above that it is inherited from.
    pub unit: UnitId,
}

/// A number for which, with everything below it, nobody answers.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("gap"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// let gaps = view.unanswered(KleAspect::Performing); // the tag is for responsibility alone
/// assert_eq!((gaps[0].number.to_string().as_str(), &*gaps[0].title), ("17.01", "Undervisning"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The number.
    pub number: KleNumber,
    /// Its class.
    pub class: ClassId,
    /// Its title.
    pub title: Text,
    /// How many numbers without any below them it stands for; 1 for such a number itself.
    pub numbers: usize,
}

/// A number for which more than one unit answers.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("shared_number"));
/// # let mut edit = registry.edit("anna");
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let group = edit.create(Period::ALWAYS, Class::new(facet, "17.01", "Undervisning"));
/// # edit.create(Period::ALWAYS, Class::new(facet, "17.01.01", "Lektier").parent(group));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2026-01-01".parse()?);
/// // The school is responsible for group 17.01, to which topic 17.01.01 belongs.
/// assert!(view.shared_numbers(KleAspect::Responsible).is_empty()); // one unit a number, as it should be
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedNumber {
    /// The number.
    pub number: KleNumber,
    /// Who, by name then id.
    pub units: Vec<Responsible>,
}

/// A tag on days on which its number is not valid.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, rules::Policy, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("retired_use"));
/// # let may: Day = "2025-05-01".parse()?;
/// # let mut edit = registry.edit("anna").policy(KleTag::CLASS, Policy::Report);
/// # let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// # let new = edit.create(Period::since(may), Class::new(facet, "28.06.12", "Madordning"));
/// # let old = edit.create(Period::before(may), Class::new(facet, "16.01.05", "Mad").replaced_by([new]));
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// # edit.create(Period::ALWAYS, KleTag::new(unit, old).aspects([KleAspect::Responsible]));
/// # edit.commit()?;
/// // A unit is tagged with 16.01.05, which 28.06.12 takes over from in May.
/// let uses = registry.snapshot().retired_in_use();
/// assert_eq!((&*uses[0].number, uses[0].unit), ("16.01.05", unit));
/// assert!(uses[0].days.contains(may));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetiredUse {
    /// The tag.
    pub tag: KleTagId,
    /// Whose.
    pub unit: UnitId,
    /// The class that does not exist on the days.
    pub class: ClassId,
    /// Its key; empty where it never existed.
    pub number: Text,
    /// The days.
    pub days: Days,
}

impl View {
    /// The numbers a unit has to do with, by number, nearest unit first; with a hierarchy also those of the units above it.
    ///
    /// # Complexity
    /// O(d · t) in the depth and the tags a unit ever had.
    #[doc(alias = "KLE-opmærkning")]
    pub fn kle_numbers(&self, unit: UnitId, inherit: Option<HierarchyId>) -> Vec<UnitNumber> {
        let mut way = vec![unit];
        way.extend(inherit.into_iter().flat_map(|hierarchy| self.ancestors(hierarchy, unit)));
        let mut all = Vec::new();
        for unit in way {
            for tag in self.referrers(unit, KleTag::UNIT) {
                let Some(state) = self.get(tag) else { continue };
                let number = self.nearest(state.class).map(|class| class.user_key).unwrap_or_default();
                all.push(UnitNumber { number, class: state.class, aspects: state.aspects, tag, unit });
            }
        }
        // Stable, so that the nearest unit stays first.
        all.sort_by(|a, b| a.number.cmp(&b.number));
        all
    }

    /// The numbers that nobody answers for on the day: neither they nor their group or main group is tagged with the
    /// aspect. Where nothing at all below a number is answered for, the number stands for all of it. In order of number.
    ///
    /// # Complexity
    /// O(n log n) in the classes and tags.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("gaps"));
    /// let mut edit = registry.edit("anna");
    /// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    /// let mut number = |number: &str| edit.create(Period::ALWAYS, Class::new(facet, number, "Titel"));
    /// let school = number("17.01");
    /// ["17", "17.01.01", "17.02", "17.02.01", "17.02.02"].map(&mut number);
    /// let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
    /// edit.create(Period::ALWAYS, KleTag::new(unit, school).aspects([KleAspect::Responsible]));
    /// edit.commit()?;
    ///
    /// let gaps = registry.snapshot().at("2025-06-01".parse()?).unanswered(KleAspect::Responsible);
    /// let gaps: Vec<(String, usize)> = gaps.iter().map(|gap| (gap.number.to_string(), gap.numbers)).collect();
    /// assert_eq!(gaps, [("17.02".to_owned(), 2)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unanswered(&self, aspect: KleAspect) -> Vec<Gap> {
        let tagged: BTreeSet<KleNumber> = self.tags_with(aspect).into_keys().collect();
        let classes = self.kle_classes();
        let mut below: BTreeMap<Option<KleNumber>, Vec<usize>> = BTreeMap::new();
        let there: BTreeSet<KleNumber> = classes.iter().map(|(number, ..)| *number).collect();
        for (place, (number, ..)) in classes.iter().enumerate() {
            let above = std::iter::successors(number.parent(), |number| number.parent());
            below.entry(above.into_iter().find(|above| there.contains(above))).or_default().push(place);
        }
        let search = Search { tagged: &tagged, below: &below, classes: &classes };
        let mut gaps = Vec::new();
        for place in below.get(&None).into_iter().flatten() {
            search.gaps_at(*place, &mut gaps);
        }
        gaps.into_iter()
            .filter_map(|(place, numbers)| {
                let (number, class, state) = classes.get(place)?;
                Some(Gap { number: *number, class: *class, title: state.name.clone(), numbers })
            })
            .collect()
    }

    /// The numbers that more than one unit is tagged with for the aspect on the day, by number. Where the aspect is
    /// [`KleAspect::Responsible`], `check()` tells of them too, over all days.
    ///
    /// # Complexity
    /// O(t log t) in the tags.
    pub fn shared_numbers(&self, aspect: KleAspect) -> Vec<SharedNumber> {
        let shared = |(number, units): (KleNumber, BTreeSet<UnitId>)| {
            let several = units.len() > 1;
            several.then(|| {
                let units = self.tagged(number, aspect).into_iter().map(|(found, _)| found).collect();
                SharedNumber { number, units }
            })
        };
        self.tags_with(aspect).into_iter().filter_map(shared).collect()
    }

    /// The tagged numbers and whose tags they are.
    fn tags_with(&self, aspect: KleAspect) -> BTreeMap<KleNumber, BTreeSet<UnitId>> {
        let mut all: BTreeMap<KleNumber, BTreeSet<UnitId>> = BTreeMap::new();
        for tag in self.all::<KleTag>() {
            let Some(state) = self.get(tag).filter(|state| state.aspects.contains(&aspect)) else { continue };
            if let Some(number) = self.kle_number(state.class) {
                all.entry(number).or_default().insert(state.unit);
            }
        }
        all
    }
}

/// What `unanswered` goes through, a number at a time.
struct Search<'a> {
    tagged: &'a BTreeSet<KleNumber>,
    below: &'a BTreeMap<Option<KleNumber>, Vec<usize>>,
    classes: &'a [(KleNumber, ClassId, crate::model::Class)],
}

impl Search<'_> {
    /// Adds the gaps at and below a number; tells how many of its last numbers there are, and whether none is answered.
    fn gaps_at(&self, place: usize, gaps: &mut Vec<(usize, usize)>) -> (usize, bool) {
        let Some((number, ..)) = self.classes.get(place) else { return (0, false) };
        // A tag on a group counts for its topics also where the group itself is not valid on the day.
        if std::iter::successors(Some(*number), |number| number.parent()).any(|n| self.tagged.contains(&n)) {
            return (1, false);
        }
        let children = self.below.get(&Some(*number)).map(Vec::as_slice).unwrap_or_default();
        // A second class with the same number has the same children; they are counted with the first.
        let twice = place.checked_sub(1).and_then(|before| self.classes.get(before));
        if twice.is_some_and(|(before, ..)| before == number) {
            return (0, true);
        }
        if children.is_empty() {
            gaps.push((place, 1));
            return (1, true);
        }
        let mark = gaps.len();
        let (mut count, mut open) = (0, true);
        for child in children {
            let (numbers, all) = self.gaps_at(*child, gaps);
            count += numbers;
            open &= all;
        }
        if open {
            gaps.truncate(mark);
            gaps.push((place, count));
        }
        (count, open)
    }
}

impl Snapshot {
    /// Every tag that names a class on days on which the class does not exist, by number, then tag: retired numbers that
    /// are still in use, and numbers used before they came.
    ///
    /// # Complexity
    /// O(t log t) in the tags ever registered.
    pub fn retired_in_use(&self) -> Vec<RetiredUse> {
        let mut found = Vec::new();
        for tag in self.ever(Kind::KleTag) {
            let tag = KleTagId::new(tag.id);
            let mut used: BTreeMap<(ClassId, UnitId), Days> = BTreeMap::new();
            for (period, state) in &self.timeline(tag) {
                let life = self.timeline(state.class);
                for missing in Days::from(period).subtract(&life).periods() {
                    used.entry((state.class, state.unit)).or_default().insert(missing, ());
                }
            }
            for ((class, unit), days) in used {
                let number = self.timeline(class).last().map(|(_, state)| state.user_key.clone());
                found.push(RetiredUse { tag, unit, class, number: number.unwrap_or_default(), days });
            }
        }
        found.sort_by(|a, b| (&a.number, a.tag).cmp(&(&b.number, b.tag)));
        found
    }
}
