//! The tree of one hierarchy on a view's day: one question after the other, of any day and belief.

use crate::draw::TreePicture;
use crate::model::{HierarchyId, Placement, UnitId};
use crate::state::View;
use crate::state::cells::ROOT;
use crate::state::tables::Ix;

impl View {
    /// Where a unit stands in a hierarchy; `None` where it does not stand there.
    ///
    /// # Complexity
    /// O(k) in the placements of the unit.
    #[doc(alias = "Overordnet")]
    pub fn placement(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<Placement> {
        self.on_unit(hierarchy, unit, |ground, unit| {
            Some(match ground.above(unit)? {
                ROOT => Placement::Root,
                parent => Placement::Under(ground.id(parent)),
            })
        })?
    }

    /// The unit right above, when there is one and it exists on the day.
    ///
    /// # Complexity
    /// O(k) in the placements of the two units.
    pub fn parent(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<UnitId> {
        self.on_unit(hierarchy, unit, |ground, unit| ground.parent(unit).map(|parent| ground.id(parent)))?
    }

    /// The units at the top of a hierarchy, by name then id.
    ///
    /// # Complexity
    /// O(r) in the units that ever stood at its top; O(n) in those that ever stood in it while the questions asked so far
    /// do not pay for an index.
    #[doc(alias = "Topenheder")]
    pub fn roots(&self, hierarchy: HierarchyId) -> Vec<UnitId> {
        self.on(hierarchy, |ground| ground.ids(ground.roots())).unwrap_or_default()
    }

    /// The units right below, by name then id.
    ///
    /// # Complexity
    /// O(c) in the units that were ever placed under the unit, with each of their names.
    #[doc(alias = "Underenheder")]
    pub fn children(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        self.on_unit(hierarchy, unit, |ground, unit| ground.ids(ground.children(unit))).unwrap_or_default()
    }

    /// The other units under the same unit, or at the top, by name then id; none for a unit that does not stand.
    ///
    /// # Complexity
    /// As [`children`](View::children) of the parent.
    pub fn siblings(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        let siblings = self.on_unit(hierarchy, unit, |ground, unit| {
            let all = match ground.above(unit) {
                None => Vec::new(),
                Some(ROOT) => ground.roots(),
                Some(parent) => ground.children(parent),
            };
            ground.ids(all.into_iter().filter(|sibling| *sibling != unit))
        });
        siblings.unwrap_or_default()
    }

    /// Every unit above, nearest first, without the unit itself.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Overordnede enheder")]
    pub fn ancestors(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        self.on_unit(hierarchy, unit, |ground, unit| ground.ids(ground.ancestors(unit))).unwrap_or_default()
    }

    /// The [`ancestors`](View::ancestors) of many units, in the order of the units.
    ///
    /// # Complexity
    /// O(m · d) in the units and their depth.
    pub fn ancestors_many(&self, hierarchy: HierarchyId, units: &[UnitId]) -> Vec<Vec<UnitId>> {
        let all = self.on(hierarchy, |ground| {
            // First all numbers, then all ways: what does not hang on one another is fetched side by side.
            let numbers: Vec<Option<u32>> = units.iter().map(|unit| ground.number(*unit)).collect();
            let way = |number: Option<u32>| number.map(|n| ground.ids(ground.ancestors(n)));
            numbers.into_iter().map(|number| way(number).unwrap_or_default()).collect()
        });
        all.unwrap_or_else(|| vec![Vec::new(); units.len()])
    }

    /// The nearest unit above, not the unit itself, that `fits`.
    ///
    /// # Complexity
    /// O(d) in the depth, with as many calls.
    pub fn nearest_ancestor(
        &self,
        hierarchy: HierarchyId,
        unit: UnitId,
        mut fits: impl FnMut(UnitId) -> bool,
    ) -> Option<UnitId> {
        self.on_unit(hierarchy, unit, |ground, unit| {
            let mut above = ground.ancestors(unit).into_iter().map(|above| ground.id(above));
            above.find(|above| fits(*above))
        })?
    }

    /// The way from the root to the unit, both included; empty where the unit does not stand.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Sti")]
    pub fn path(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        let path = self.on(hierarchy, |ground| Some(ground.ids(ground.way(unit)?.into_iter().rev())));
        path.flatten().unwrap_or_default()
    }

    /// How many units are above: 0 for a root; `None` where the unit does not stand.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Niveau")]
    pub fn depth(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<usize> {
        self.on(hierarchy, |ground| Some(ground.way(unit)?.len() - 1))?
    }

    /// Every unit below in pre-order, without the unit itself.
    ///
    /// # Complexity
    /// O(s) in the units below, with all that ever stood under each; on a day whose [`tree`](View::tree) is held, O(s).
    #[doc(alias = "Underliggende enheder")]
    pub fn descendants(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        if let Some(tree) = self.if_held(hierarchy)
            && let Some(node) = tree.find(unit)
        {
            return tree.descendants(node).to_vec();
        }
        let below = self.on_unit(hierarchy, unit, |ground, unit| {
            let levels = ground.levels(vec![unit], usize::MAX);
            self.add_walked(levels.units.len());
            let mut order = vec![unit; levels.units.len()];
            for (place, unit) in levels.places().into_iter().zip(&levels.units) {
                if let Some(slot) = order.get_mut(place as usize) {
                    *slot = *unit;
                }
            }
            ground.ids(order.into_iter().skip(1))
        });
        below.unwrap_or_default()
    }

    /// The unit and those at most `limit` levels below it, in pre-order, each with how many levels it is below; nothing for
    /// an unknown unit.
    ///
    /// # Complexity
    /// O(m) in the units listed, with all that ever stood under each.
    pub fn subtree(&self, hierarchy: HierarchyId, unit: UnitId, limit: usize) -> Vec<(usize, UnitId)> {
        let listed = self.on_unit(hierarchy, unit, |ground, unit| {
            let levels = ground.levels(vec![unit], limit);
            self.add_walked(levels.units.len());
            let mut order = vec![(0, unit); levels.units.len()];
            let rows = levels.places().into_iter().zip(&levels.units).zip(levels.depths());
            for ((place, unit), depth) in rows {
                if let Some(slot) = order.get_mut(place as usize) {
                    *slot = (depth as usize, *unit);
                }
            }
            order.into_iter().map(|(depth, unit)| (depth, ground.id(unit))).collect()
        });
        listed.unwrap_or_default()
    }

    /// How many units are below.
    ///
    /// # Complexity
    /// O(s) in the units below, with all that ever stood under each; O(1) on a day whose [`tree`](View::tree) is held.
    pub fn count(&self, hierarchy: HierarchyId, unit: UnitId) -> usize {
        if let Some(tree) = self.if_held(hierarchy)
            && let Some(node) = tree.find(unit)
        {
            return tree.count(node);
        }
        let count = self.on_unit(hierarchy, unit, |ground, unit| {
            let units = ground.levels(vec![unit], usize::MAX).units.len();
            self.add_walked(units);
            units - 1
        });
        count.unwrap_or(0)
    }

    /// How many levels are below: 0 for a leaf, and for an unknown unit.
    ///
    /// # Complexity
    /// O(s) in the units below, with all that ever stood under each.
    pub fn height(&self, hierarchy: HierarchyId, unit: UnitId) -> usize {
        if let Some(tree) = self.if_held(hierarchy)
            && let Some(node) = tree.find(unit)
        {
            return tree.height(node);
        }
        let height = self.on_unit(hierarchy, unit, |ground, unit| {
            let levels = ground.levels(vec![unit], usize::MAX);
            self.add_walked(levels.units.len());
            // The last visited is among the lowest.
            levels.depths().last().map_or(0, |depth| *depth as usize)
        });
        height.unwrap_or(0)
    }

    /// Whether `unit` is below `above`. No unit is below itself.
    ///
    /// # Complexity
    /// O(d) in the depth of `unit`.
    pub fn within(&self, hierarchy: HierarchyId, unit: UnitId, above: UnitId) -> bool {
        let within = self.on(hierarchy, |ground| {
            let (unit, above) = (ground.number(unit)?, ground.number(above)?);
            Some(ground.is_below(unit, above))
        });
        within.flatten().unwrap_or(false)
    }

    /// The nearest unit that is above, or is, each of the two.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Nærmeste fælles overordnede")]
    pub fn lowest_common_ancestor(&self, hierarchy: HierarchyId, a: UnitId, b: UnitId) -> Option<UnitId> {
        self.on(hierarchy, |ground| {
            let (a, b) = (ground.way(a)?, ground.way(b)?);
            a.get(meeting(&a, &b)?.0).map(|unit| ground.id(*unit))
        })?
    }

    /// How many steps, up and then down, lead from one unit to the other; `None` where they have no unit above in common.
    ///
    /// # Complexity
    /// O(d) in the depth.
    pub fn distance(&self, hierarchy: HierarchyId, a: UnitId, b: UnitId) -> Option<usize> {
        self.on(hierarchy, |ground| {
            let (up, down) = meeting(&ground.way(a)?, &ground.way(b)?)?;
            Some(up + down)
        })?
    }

    /// A hierarchy as a picture, its trees one below the other.
    ///
    /// # Complexity
    /// As [`descendants`](View::descendants) of all roots.
    #[doc(alias = "Organisationsdiagram")]
    pub fn draw_tree(&self, hierarchy: HierarchyId) -> TreePicture {
        let nodes = self.roots(hierarchy).into_iter().flat_map(|root| {
            self.subtree(hierarchy, root, usize::MAX).into_iter().map(|(depth, unit)| {
                (depth, self.ix(unit.into()).and_then(|unit: Ix| self.name_of(unit)).unwrap_or_default())
            })
        });
        TreePicture::from_preorder(nodes)
    }
}

/// Where two ways up first meet: the place in each.
fn meeting(a: &[u32], b: &[u32]) -> Option<(usize, usize)> {
    // From the top down they are the same for a while; circles, where there is no top, have a slower way.
    if a.last() == b.last() {
        let common = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
        return Some((a.len() - common, b.len() - common));
    }
    a.iter().enumerate().find_map(|(at, unit)| Some((at, b.iter().position(|other| other == unit)?)))
}
