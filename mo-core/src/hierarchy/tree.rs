//! The tree of one hierarchy on a view's day.

use std::collections::HashSet;

use crate::draw::TreePicture;
use crate::model::{HierarchyId, Kind, Placement, Unit, UnitId};
use crate::state::View;
use crate::state::cells::{At, ROOT};
use crate::state::tables::{Ix, Relation};

/// Where a unit stands: its slot in one hierarchy.
pub(super) fn slot(hierarchy: Ix) -> At {
    At { field: Unit::PLACEMENTS.index, key: hierarchy.0 }
}

impl View {
    fn hierarchy(&self, hierarchy: HierarchyId) -> Option<Ix> {
        self.ix(hierarchy.into())
    }

    pub(super) fn unit_in(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<(At, Ix)> {
        Some((slot(self.hierarchy(hierarchy)?), self.ix(unit.into())?))
    }

    /// The raw placement: a unit's number, or [`ROOT`].
    fn placed(&self, at: At, unit: Ix) -> Option<u32> {
        self.state_of(unit)?.get(at)
    }

    /// The parent, when it exists on the day.
    pub(super) fn parent_ix(&self, at: At, unit: Ix) -> Option<Ix> {
        let parent = self.placed(at, unit).filter(|value| *value != ROOT).map(Ix)?;
        self.state_of(parent).is_some().then_some(parent)
    }

    pub(super) fn children_ix(&self, at: At, unit: Ix) -> Vec<Ix> {
        let relation = Relation { kind: Kind::Unit, field: at.field, in_key: false };
        let candidates = self.tables().referrers(unit, relation);
        self.sorted(candidates.filter(|child| self.placed(at, *child) == Some(unit.0)))
    }

    /// The way up, nearest first. It ends where it would come back to a unit, which no commit allows but a foreign
    /// journal might hold.
    pub(super) fn ancestors_ix(&self, at: At, unit: Ix) -> Vec<Ix> {
        let mut ancestors: Vec<Ix> = Vec::new();
        let mut current = unit;
        while let Some(parent) = self.parent_ix(at, current) {
            if parent == unit || ancestors.contains(&parent) {
                break;
            }
            ancestors.push(parent);
            current = parent;
        }
        ancestors
    }

    fn descendants_ix(&self, at: At, unit: Ix) -> Vec<Ix> {
        let mut found = Vec::new();
        let mut seen: HashSet<Ix> = HashSet::from([unit]);
        let mut open: Vec<Ix> = self.children_ix(at, unit);
        open.reverse();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                found.push(next);
                open.extend(self.children_ix(at, next).into_iter().rev());
            }
        }
        found
    }

    /// Where a unit stands in a hierarchy; `None` where it does not stand there.
    ///
    /// # Complexity
    /// O(log k) in the rectangles of the unit.
    #[doc(alias = "Overordnet")]
    pub fn placement(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<Placement> {
        let at = slot(self.hierarchy(hierarchy)?);
        Some(match self.state_named(unit.into())?.get(at)? {
            ROOT => Placement::Root,
            parent => Placement::Under(UnitId::new(self.tables().id(Ix(parent)))),
        })
    }

    /// The unit right above, when there is one and it exists on the day.
    ///
    /// # Complexity
    /// O(log k) in the rectangles of the two units.
    pub fn parent(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<UnitId> {
        let (at, unit) = self.unit_in(hierarchy, unit)?;
        self.parent_ix(at, unit).map(|parent| UnitId::new(self.tables().id(parent)))
    }

    /// The units at the top of a hierarchy, by name then id.
    ///
    /// # Complexity
    /// O(n) in the units that ever stood in the hierarchy.
    #[doc(alias = "Topenheder")]
    pub fn roots(&self, hierarchy: HierarchyId) -> Vec<UnitId> {
        let Some(hierarchy) = self.hierarchy(hierarchy) else { return Vec::new() };
        let at = slot(hierarchy);
        let relation = Relation { kind: Kind::Unit, field: at.field, in_key: true };
        let candidates = self.tables().referrers(hierarchy, relation);
        self.ids(self.sorted(candidates.filter(|unit| self.placed(at, *unit) == Some(ROOT))))
    }

    /// The units right below, by name then id.
    ///
    /// # Complexity
    /// O(c log c) in the units that were ever placed under the unit.
    #[doc(alias = "Underenheder")]
    pub fn children(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        match self.unit_in(hierarchy, unit) {
            Some((at, unit)) => self.ids(self.children_ix(at, unit)),
            None => Vec::new(),
        }
    }

    /// Every unit above, nearest first, without the unit itself.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Overordnede enheder")]
    pub fn ancestors(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        match self.unit_in(hierarchy, unit) {
            Some((at, unit)) => self.ids(self.ancestors_ix(at, unit)),
            None => Vec::new(),
        }
    }

    /// The way from the root to the unit, both included; empty where the unit does not stand.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Sti")]
    pub fn path(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        let Some((at, unit)) = self.unit_in(hierarchy, unit) else { return Vec::new() };
        if self.placed(at, unit).is_none() {
            return Vec::new();
        }
        let mut path = self.ancestors_ix(at, unit);
        path.reverse();
        path.push(unit);
        self.ids(path)
    }

    /// Every unit below in pre-order, without the unit itself.
    ///
    /// # Complexity
    /// O(s log c) in the units below and the fan-out.
    #[doc(alias = "Underliggende enheder")]
    pub fn descendants(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        match self.unit_in(hierarchy, unit) {
            Some((at, unit)) => self.ids(self.descendants_ix(at, unit)),
            None => Vec::new(),
        }
    }

    /// How many units are below.
    pub fn count(&self, hierarchy: HierarchyId, unit: UnitId) -> usize {
        self.unit_in(hierarchy, unit).map_or(0, |(at, unit)| self.descendants_ix(at, unit).len())
    }

    /// Whether `unit` is below `above`. No unit is below itself.
    ///
    /// # Complexity
    /// O(d) in the depth of `unit`.
    pub fn within(&self, hierarchy: HierarchyId, unit: UnitId, above: UnitId) -> bool {
        let (Some((at, unit)), Some(above)) = (self.unit_in(hierarchy, unit), self.ix(above.into())) else {
            return false;
        };
        self.ancestors_ix(at, unit).contains(&above)
    }

    /// The nearest unit that is above, or is, each of the two.
    ///
    /// # Complexity
    /// O(d²) in the depth.
    #[doc(alias = "Nærmeste fælles overordnede")]
    pub fn lowest_common_ancestor(&self, hierarchy: HierarchyId, a: UnitId, b: UnitId) -> Option<UnitId> {
        let way = |unit| {
            let (at, unit) = self.unit_in(hierarchy, unit)?;
            self.placed(at, unit)?;
            let mut way = vec![unit];
            way.extend(self.ancestors_ix(at, unit));
            Some(way)
        };
        let (a, b) = (way(a)?, way(b)?);
        a.into_iter().find(|unit| b.contains(unit)).map(|unit| UnitId::new(self.tables().id(unit)))
    }

    /// A hierarchy as a picture, its trees one below the other.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants) of all roots.
    #[doc(alias = "Organisationsdiagram")]
    pub fn draw_tree(&self, hierarchy: HierarchyId) -> TreePicture {
        let Some(at) = self.hierarchy(hierarchy).map(slot) else { return TreePicture::default() };
        let roots = self.roots(hierarchy).into_iter().filter_map(|root| self.ix(root.into()));
        let mut open: Vec<(usize, Ix)> = roots.map(|root| (0, root)).collect();
        open.reverse();
        let mut seen: HashSet<Ix> = HashSet::new();
        let mut nodes = Vec::new();
        while let Some((depth, unit)) = open.pop() {
            if seen.insert(unit) {
                nodes.push((depth, self.name_of(unit).unwrap_or_default()));
                open.extend(self.children_ix(at, unit).into_iter().rev().map(|child| (depth + 1, child)));
            }
        }
        TreePicture::from_preorder(nodes)
    }
}
