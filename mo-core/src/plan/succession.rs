//! Which units took over from which: what reorganisations recorded, as a snapshot believes it.

use std::collections::{BTreeSet, HashSet};

use crate::journal::Succession;
use crate::model::UnitId;
use crate::state::{Snapshot, View};
use crate::time::Revision;

impl Snapshot {
    /// Every succession that reorganisations recorded and nobody undid, in the order of registration.
    ///
    /// # Complexity
    /// O(r) in the reorganisations and undone registrations.
    #[doc(alias = "Erstatter")]
    pub fn successions(&self) -> Vec<Succession> {
        let head = self.revision();
        let marked = self.tables().marked().filter(|(revision, _)| *revision <= head);
        // Newest first: an undoing counts unless it was itself undone.
        let mut undone: HashSet<Revision> = HashSet::new();
        let mut found: Vec<&[Succession]> = Vec::new();
        for (revision, marks) in marked.rev() {
            if undone.contains(&revision) {
                continue;
            }
            undone.extend(marks.compensates);
            found.push(&marks.succession);
        }
        found.into_iter().rev().flatten().copied().collect()
    }

    /// The units that took over from a unit directly, by day.
    #[doc(alias = "efterfølger")]
    pub fn successors(&self, unit: UnitId) -> Vec<Succession> {
        let mut found: Vec<Succession> = self.successions();
        found.retain(|succession| succession.from == unit);
        found.sort_by_key(|succession| (succession.day, succession.to));
        found
    }

    /// The units that a unit took over from directly, by day.
    #[doc(alias = "forgænger")]
    pub fn predecessors(&self, unit: UnitId) -> Vec<Succession> {
        let mut found: Vec<Succession> = self.successions();
        found.retain(|succession| succession.to == unit);
        found.sort_by_key(|succession| (succession.day, succession.from));
        found
    }
}

impl View {
    /// What has become of a unit by the view's day: the unit itself where it exists, else the units at the ends of the chains
    /// of succession that do; by id.
    ///
    /// "The department of 2015 as it would be called today" is the name of these.
    ///
    /// ```
    /// use mo_core::model::{CountedIds, Hierarchy, HierarchyUse, Placement, Unit};
    /// use mo_core::plan::{Proposal, Reorganisation};
    /// use mo_core::registry::Registry;
    /// use mo_core::time::{Period, SteppingClock};
    ///
    /// let registry = Registry::in_memory(SteppingClock::new("2015-01-01T09:00:00Z".parse()?), CountedIds::new("heirs"));
    /// let mut edit = registry.edit("anna");
    /// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    /// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    /// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
    /// let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
    /// edit.commit()?;
    /// let merger = Reorganisation::new("Skole og Kultur", line, "2018-01-01".parse()?).merge([school], culture);
    /// registry.carry_out(&Proposal::new("Skole og Kultur", "anna").with(merger))?;
    ///
    /// let today = registry.snapshot().at("2025-01-01".parse()?);
    /// assert_eq!(today.heirs(school), [culture]);
    /// assert_eq!(today.at("2015-06-01".parse()?).heirs(school), [school]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heirs(&self, unit: UnitId) -> Vec<UnitId> {
        let all = self.snapshot().successions();
        let mut seen: HashSet<UnitId> = HashSet::from([unit]);
        let mut open = vec![unit];
        let mut heirs: BTreeSet<UnitId> = BTreeSet::new();
        while let Some(unit) = open.pop() {
            if self.exists(unit) {
                heirs.insert(unit);
                continue;
            }
            let next =
                all.iter().filter(|succession| succession.from == unit && succession.day <= self.day());
            open.extend(next.map(|succession| succession.to).filter(|to| seen.insert(*to)));
        }
        heirs.into_iter().collect()
    }
}
