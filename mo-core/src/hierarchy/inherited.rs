//! What is inherited down a hierarchy: the nearest managers of a unit.

use crate::model::{HierarchyId, Kind, Manager, ManagerId, PersonId, UnitId};
use crate::state::View;
use crate::state::cells::At;
use crate::state::tables::{Ix, Relation};

/// Which managers of a unit to look for.
///
/// ```
/// use mo_core::hierarchy::ManagerQuery;
/// let nearest = ManagerQuery::default().inherit(true);
/// # let _ = nearest;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ManagerQuery {
    inherit: bool,
    vacant: bool,
    skip: Option<PersonId>,
}

impl ManagerQuery {
    /// Climbs to the first unit with a manager who fits, when the unit itself has none.
    #[must_use]
    pub fn inherit(mut self, inherit: bool) -> Self {
        self.inherit = inherit;
        self
    }

    /// Lets vacant managers fit.
    #[must_use]
    pub fn vacant(mut self, vacant: bool) -> Self {
        self.vacant = vacant;
        self
    }

    /// Passes over this person at every level.
    #[must_use]
    pub fn skip(mut self, person: PersonId) -> Self {
        self.skip = Some(person);
        self
    }
}

/// A manager who was found, and where.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("seat"));
/// use mo_core::hierarchy::ManagerQuery;
/// use mo_core::start_set::{self, class_id};
///
/// let mut edit = registry.edit("anna");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Madsen"));
/// edit.create(Period::ALWAYS, Manager::new(town, class_id("manager_type", "director")).person(ida));
/// edit.commit()?;
///
/// let view = registry.snapshot().at("2026-05-01".parse()?);
/// let seat = view.managers(line, school, ManagerQuery::default().inherit(true))[0];
/// assert_eq!((seat.person, seat.unit), (Some(ida), town)); // found one level up
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManagerSeat {
    /// The manager object.
    pub manager: ManagerId,
    /// The unit it leads: the unit asked about, or one above.
    pub unit: UnitId,
    /// Who; `None` when vacant.
    pub person: Option<PersonId>,
}

impl View {
    /// The managers of a unit who fit the query, all of the first unit upwards that has any, by id.
    ///
    /// # Complexity
    /// O(d · m) in the depth and the managers a unit ever had.
    #[doc(alias = "Nærmeste leder")]
    pub fn managers(&self, hierarchy: HierarchyId, unit: UnitId, query: ManagerQuery) -> Vec<ManagerSeat> {
        let Some(start) = self.ix(unit.into()).filter(|unit| self.state_of(*unit).is_some()) else {
            return Vec::new();
        };
        let own = self.fitting(start, query);
        if !own.is_empty() || !query.inherit {
            return own;
        }
        let above = self.ancestors(hierarchy, unit).into_iter().filter_map(|unit| self.ix(unit.into()));
        above.map(|unit| self.fitting(unit, query)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn fitting(&self, unit: Ix, query: ManagerQuery) -> Vec<ManagerSeat> {
        let relation = Relation { kind: Kind::Manager, field: Manager::UNIT.index, in_key: false };
        let held_by = At { field: Manager::PERSON.index, key: 0 };
        let tables = self.tables();
        let seat = |manager: Ix| {
            let person = self.state_of(manager)?.get(held_by).map(|ix| PersonId::new(tables.id(Ix(ix))));
            let fits = if person.is_none() { query.vacant } else { person != query.skip };
            let (manager, unit) = (ManagerId::new(tables.id(manager)), UnitId::new(tables.id(unit)));
            fits.then_some(ManagerSeat { manager, unit, person })
        };
        let mut seats: Vec<ManagerSeat> =
            self.referring(unit, relation).into_iter().filter_map(seat).collect();
        seats.sort_by_key(|seat| seat.manager);
        seats
    }
}
