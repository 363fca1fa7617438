//! What is rolled up from the leaves: a value of every unit joined with those of the units below it.

use std::collections::HashSet;

use crate::model::{Engagement, HierarchyId, Kind, PersonId, UnitId};
use crate::state::View;
use crate::state::cells::At;
use crate::state::tables::{Ix, Relation};

impl View {
    /// The value of a unit rolled up from the leaves: `own` of the unit, and into it, with `join`, the values of the units
    /// right below, the last first, each rolled up likewise. `None` for a unit that is not known.
    ///
    /// [`Tree::roll_up`](super::Tree::roll_up) gives the values of all units at once.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants), with one call of `own` and one of `join` a unit.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("rolled"));
    /// # let mut edit = registry.edit("anna");
    /// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    /// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    /// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
    /// # edit.commit()?;
    /// let view = registry.snapshot().at("2025-01-01".parse()?);
    /// let name = |unit: UnitId| view.get(unit).map_or(0, |unit| unit.name.len());
    /// assert_eq!(view.roll_up(line, town, name, |longest, below| *longest = below.max(*longest)), Some(8));
    /// assert_eq!(view.sum_of(line, town, |_| 1), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn roll_up<T>(
        &self,
        hierarchy: HierarchyId,
        unit: UnitId,
        mut own: impl FnMut(UnitId) -> T,
        mut join: impl FnMut(&mut T, T),
    ) -> Option<T> {
        let rows = self.on_unit(hierarchy, unit, |ground, unit| {
            let levels = ground.levels(vec![unit], usize::MAX);
            self.add_walked(levels.units.len());
            let parents: Vec<u32> = levels.parents().to_vec();
            (ground.ids(levels.units), parents)
        });
        let (units, parents) = rows?;
        let mut values: Vec<T> = units.into_iter().map(&mut own).collect();
        // From the last visited, which is a leaf, to the first; each is whole when it is joined.
        for parent in parents.into_iter().rev() {
            let value = values.pop()?;
            match values.get_mut(parent as usize) {
                Some(above) => join(above, value),
                None => return Some(value),
            }
        }
        None
    }

    /// The sum of `own` over the unit and all units below; 0 for a unit that is not known.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants).
    pub fn sum_of(&self, hierarchy: HierarchyId, unit: UnitId, own: impl FnMut(UnitId) -> u64) -> u64 {
        self.at_and_below(hierarchy, unit).into_iter().map(own).sum()
    }

    /// Whether the unit or one below it `fits`.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants).
    pub fn any_of(&self, hierarchy: HierarchyId, unit: UnitId, fits: impl FnMut(UnitId) -> bool) -> bool {
        self.at_and_below(hierarchy, unit).into_iter().any(fits)
    }

    /// Whether the unit and all below it `fit`; so for a unit that is not known.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants).
    pub fn all_of(&self, hierarchy: HierarchyId, unit: UnitId, fits: impl FnMut(UnitId) -> bool) -> bool {
        self.at_and_below(hierarchy, unit).into_iter().all(fits)
    }

    /// The persons engaged in the unit or in one below it, each once, by name then id.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants), and O(p log p) in the persons who ever were engaged there.
    #[doc(alias = "Medarbejdere")]
    pub fn persons_within(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<PersonId> {
        let relation = Relation { kind: Kind::Engagement, field: Engagement::UNIT.index, in_key: false };
        let person = At { field: Engagement::PERSON.index, key: 0 };
        let place = At { field: Engagement::UNIT.index, key: 0 };
        let mut persons: HashSet<Ix> = HashSet::new();
        for unit in self.at_and_below(hierarchy, unit) {
            let Some(unit) = self.ix(unit.into()) else { continue };
            for engagement in self.tables().referrers(unit, relation) {
                if let Some(state) = self.state_of(engagement)
                    && state.get(place) == Some(unit.0)
                {
                    persons.extend(state.get(person).map(Ix));
                }
            }
        }
        self.ids(self.sorted(persons.into_iter().filter(|person| self.state_of(*person).is_some())))
    }

    fn at_and_below(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        if self.ix(unit.into()).is_none() {
            return Vec::new();
        }
        let mut units = vec![unit];
        units.append(&mut self.descendants(hierarchy, unit));
        units
    }
}
