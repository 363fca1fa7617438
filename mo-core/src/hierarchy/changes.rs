//! [`TreeChange`]: two trees compared, at a cost that follows what changed between them and not what stands in them.

use std::cmp::Ordering;

use crate::danish;
use crate::model::value::Text;
use crate::model::{HierarchyId, Kind, Placement, Unit, UnitId};
use crate::state::View;
use crate::state::cells::ROOT;
use crate::state::forest::Standing;
use crate::time::{Period, Revision};

/// How a unit stands in one tree: where, and under what name.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("stands"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let mut edit = registry.edit("anna");
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Børnehus"));
/// edit.commit()?;
/// let view = registry.snapshot().at("2025-12-31".parse()?);
/// let changes = view.tree_changes(line, &view.at("2026-01-01".parse()?));
/// let after = changes[0].after.as_ref().unwrap();
/// assert_eq!((&*after.name, after.placement), ("Børnehus", Placement::Under(town)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stands {
    /// Where.
    pub placement: Placement,
    /// What it is called.
    pub name: Text,
}

/// A unit that stands otherwise in one tree than in another.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("tree-change"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let mut edit = registry.edit("anna");
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Børnehus"));
/// edit.commit()?;
/// let view = registry.snapshot().at("2025-12-31".parse()?);
/// let changes = view.tree_changes(line, &view.at("2026-01-01".parse()?));
/// assert_eq!(changes[0].unit, school);
/// assert!(!changes[0].is_added() && !changes[0].is_removed());
/// assert_eq!(changes[0].moved(), None); // renamed only
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeChange {
    /// The unit.
    pub unit: UnitId,
    /// How it stands in the first tree; `None` where it does not.
    pub before: Option<Stands>,
    /// How it stands in the second.
    pub after: Option<Stands>,
}

impl TreeChange {
    /// Whether it stands in the second tree only.
    pub fn is_added(&self) -> bool {
        self.before.is_none()
    }

    /// Whether it stood in the first tree only.
    pub fn is_removed(&self) -> bool {
        self.after.is_none()
    }

    /// From where to where it moved, if it stands in both trees.
    pub fn moved(&self) -> Option<(Placement, Placement)> {
        let (before, after) = (self.before.as_ref()?, self.after.as_ref()?);
        (before.placement != after.placement).then_some((before.placement, after.placement))
    }

    /// From what to what it was renamed, if it stands in both trees.
    pub fn renamed(&self) -> Option<(&Text, &Text)> {
        let (before, after) = (self.before.as_ref()?, self.after.as_ref()?);
        (before.name != after.name).then_some((&before.name, &after.name))
    }

    /// The name it is listed under.
    fn name(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |stands| &*stands.name)
    }
}

impl View {
    /// The units that stand otherwise in the tree of another view of this registry than in this one's: added, removed, moved
    /// under another unit, renamed. By name (the later one), then id. What moves along with a unit above it is not listed.
    ///
    /// # Complexity
    /// O(c log c) in the changes of the hierarchy, in any belief, on the days between the two views, and in the units that the
    /// registrations between them touched; never more than O(n) in the units there ever were.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("changes"));
    /// # let mut edit = registry.edit("anna");
    /// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    /// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    /// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
    /// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
    /// # edit.commit()?;
    /// let mut edit = registry.edit("anna");
    /// edit.move_unit(school, line, culture, "2026-01-01".parse()?);
    /// edit.commit()?;
    ///
    /// let view = registry.snapshot().at("2025-12-31".parse()?);
    /// let changes = view.tree_changes(line, &view.at("2026-01-01".parse()?));
    /// assert_eq!(changes.len(), 1);
    /// assert_eq!(changes[0].moved(), Some((Placement::Under(town), Placement::Under(culture))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tree_changes(&self, hierarchy: HierarchyId, to: &View) -> Vec<TreeChange> {
        let mut changes = self.changed_between(hierarchy, to).unwrap_or_else(|| {
            let newer = if self.tables().head() >= to.tables().head() { self } else { to };
            let tables = newer.tables();
            tables.forests.walked(tables.count_of(Kind::Unit));
            let change = |ix| {
                let unit = UnitId::new(tables.id(ix));
                let (before, after) = (self.stands(hierarchy, unit), to.stands(hierarchy, unit));
                (before != after).then_some(TreeChange { unit, before, after })
            };
            tables.of_kind(Kind::Unit).filter_map(change).collect()
        });
        changes.sort_by(by_name);
        changes
    }

    fn stands(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<Stands> {
        let placement = self.placement(hierarchy, unit)?;
        let name = self.field(unit, Unit::NAME)?;
        Some(Stands { placement, name })
    }

    /// The units that differ, found among those with a change recorded between the two views; `None` where nothing is
    /// recorded, or so much that looking at all units is faster.
    fn changed_between(&self, hierarchy: HierarchyId, to: &View) -> Option<Vec<TreeChange>> {
        let newer = if self.tables().head() >= to.tables().head() { self } else { to };
        let tables = newer.tables();
        // Two futures of one registry have no common changes.
        let common = self.tables().head().min(to.tables().head());
        let id = |view: &View| view.tables().registration(common).map(|row| row.id);
        if id(self) != id(to) {
            return None;
        }
        let forest = tables.forests.get(tables)?;
        let (first, last) = (self.day().min(to.day()), self.day().max(to.day()));
        let mut numbers: Vec<u32> = Vec::new();
        if let Some(days) = first.next().and_then(|day| Period::new(day, last.next()).ok()) {
            forest.changed_in(hierarchy.uuid(), days, &mut numbers);
        }
        let (known, later) = (self.known().min(to.known()), self.known().max(to.known()));
        let all = forest.numbers().len() as usize;
        if (later.number() - known.number()) as usize > 2 * all {
            return None;
        }
        for number in known.number() + 1..=later.number() {
            let row = tables.registration(Revision::new(number))?;
            let units = row.touched.iter().filter(|ix| tables.kind(**ix) == Some(Kind::Unit));
            numbers.extend(units.filter_map(|ix| forest.number(tables.id(*ix))));
            if numbers.len() > 2 * all {
                return None;
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        // The newer forest knows both points.
        let standing = |view: &View| forest.at(hierarchy.uuid(), view.point());
        let (Some(before), Some(after)) = (standing(self), standing(to)) else { return Some(Vec::new()) };
        let read = |(above, name): (u32, u32)| {
            let placement = match above {
                ROOT => Placement::Root,
                parent => Placement::Under(UnitId::new(forest.numbers().id(parent))),
            };
            Some(Stands { placement, name: tables.text(name)?.clone() })
        };
        let change = |number: u32| {
            let (was, is) = (stands_at(before, number), stands_at(after, number));
            let unit = || UnitId::new(forest.numbers().id(number));
            (was != is).then(|| TreeChange {
                unit: unit(),
                before: was.and_then(read),
                after: is.and_then(read),
            })
        };
        Some(numbers.into_iter().filter_map(change).collect())
    }
}

/// Under whom a unit stands, and the text number of its name.
fn stands_at(standing: Standing<'_>, number: u32) -> Option<(u32, u32)> {
    Some((standing.above(number)?, standing.name(number)?))
}

fn by_name(a: &TreeChange, b: &TreeChange) -> Ordering {
    danish::compare(a.name(), b.name()).then_with(|| a.unit.cmp(&b.unit))
}
