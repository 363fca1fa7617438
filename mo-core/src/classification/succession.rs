//! What replaced a class, and what it replaced: `replaced_by` read in both directions, followed to a day.

use std::collections::BTreeSet;

use crate::model::{Class, ClassId, Kind};
use crate::state::Snapshot;
use crate::state::tables::Relation;
use crate::time::Day;

impl Snapshot {
    /// The classes that take its place, by id: those it names on any day.
    ///
    /// # Complexity
    /// O(k) in the rectangles of the class.
    #[doc(alias = "Afløst af")]
    pub fn class_successors(&self, class: ClassId) -> Vec<ClassId> {
        let named: BTreeSet<ClassId> =
            self.timeline(class).iter().flat_map(|(_, state)| state.replaced_by.clone()).collect();
        named.into_iter().collect()
    }

    /// The classes whose place it takes, by id: those that name it on any day.
    ///
    /// # Complexity
    /// O(m) in the classes that ever named it.
    #[doc(alias = "Erstatter")]
    pub fn class_predecessors(&self, class: ClassId) -> Vec<ClassId> {
        let tables = self.tables();
        let relation = Relation { kind: Kind::Class, field: Class::REPLACED_BY.index, in_key: true };
        let Some(ix) = tables.ix(class.uuid()) else { return Vec::new() };
        let mut ever: Vec<ClassId> =
            tables.referrers(ix, relation).map(|ix| ClassId::new(tables.id(ix))).collect();
        ever.sort_unstable();
        ever.dedup();
        ever.retain(|other| self.class_successors(*other).contains(&class));
        ever
    }

    /// The classes that stand for it on a day: itself where it exists, else those that replaced it, followed until they
    /// exist; by id. Empty where nothing did.
    ///
    /// # Complexity
    /// O(s) in the successors passed.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("successors"));
    /// let (y2000, y2010): (Day, Day) = ("2000-01-01".parse()?, "2010-01-01".parse()?);
    /// let mut edit = registry.edit("anna");
    /// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    /// let newest = edit.create(Period::since(y2010), Class::new(facet, "28.06.12", "Madordning"));
    /// let newer = Class::new(facet, "28.06.11", "Måltider").replaced_by([newest]);
    /// let newer = edit.create(Period::new(y2000, y2010)?, newer);
    /// let old = edit.create(Period::before(y2000), Class::new(facet, "16.01.05", "Mad").replaced_by([newer]));
    /// edit.commit()?;
    ///
    /// let snapshot = registry.snapshot();
    /// assert_eq!(snapshot.class_successors_on(old, "2005-01-01".parse()?), [newer]);
    /// assert_eq!(snapshot.class_successors_on(old, "2025-01-01".parse()?), [newest]);
    /// assert_eq!(snapshot.class_predecessors_on(newest, "1995-01-01".parse()?), [old]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn class_successors_on(&self, class: ClassId, day: Day) -> Vec<ClassId> {
        self.follow(class, day, &|class| self.class_successors(class))
    }

    /// The classes that it stands for on an earlier day: itself where it exists, else those whose place it took, followed
    /// until they exist; by id.
    ///
    /// # Complexity
    /// O(p) in the predecessors passed.
    pub fn class_predecessors_on(&self, class: ClassId, day: Day) -> Vec<ClassId> {
        self.follow(class, day, &|class| self.class_predecessors(class))
    }

    /// Goes from class to class until they exist on the day. A circle ends where it closes.
    fn follow(&self, class: ClassId, day: Day, next: &dyn Fn(ClassId) -> Vec<ClassId>) -> Vec<ClassId> {
        let view = self.at(day);
        let mut seen = BTreeSet::from([class]);
        let mut open = vec![class];
        let mut found = BTreeSet::new();
        while let Some(class) = open.pop() {
            if view.exists(class) {
                found.insert(class);
            } else {
                open.extend(next(class).into_iter().filter(|class| seen.insert(*class)));
            }
        }
        found.into_iter().collect()
    }
}
