//! [`Tree`]: the trees of one hierarchy on one day, held in arrays, for whoever has many questions about that day.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{HierarchyId, UnitId};
use crate::state::View;
use crate::state::forest::cell::{Cell, NONE};

/// A unit in a [`Tree`]: its place in pre-order, from 0.
///
/// Nodes of one tree compare as its order does. A node of another tree is another unit here, or none: answers are then
/// wrong or empty, never a panic.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("node"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let tree = registry.snapshot().at("2026-01-01".parse()?).tree(line);
/// let (top, school) = (tree.find(town).unwrap(), tree.find(school).unwrap());
/// assert!(top < school); // a unit stands before those below it
/// assert_eq!((top.index(), school.index()), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

impl Node {
    /// Its place in pre-order: where its value stands in what is computed for all units, and its id in
    /// [`Tree::units`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The trees of one hierarchy that begin at its roots, on the days and in the beliefs between which nothing in it changed.
///
/// Cheap to clone, `Send + Sync`; 36 bytes a unit, shared. A unit whose way up ends elsewhere than at a root (at one that
/// does not exist on the day, or does not stand in the hierarchy) is not in it; the view answers for those.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("held"));
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// let kitchen = edit.create(Period::ALWAYS, Unit::new("Køkken").placements(line, school));
/// edit.commit()?;
///
/// let tree = registry.snapshot().at("2025-01-01".parse()?).tree(line);
/// let (top, unit) = (tree.find(town).unwrap(), tree.find(kitchen).unwrap());
/// assert_eq!(tree.descendants(top), [school, kitchen]);
/// assert!(tree.within(unit, top));
/// assert_eq!((tree.depth(unit), tree.count(top)), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias = "Organisationstræ")]
pub struct Tree(Option<Arc<Cell>>);

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("units", &self.len()).finish_non_exhaustive()
    }
}

impl View {
    /// The trees of a hierarchy on this day, held for many questions.
    ///
    /// # Complexity
    /// O(n) in the units that stand, the first time: copied from the tree asked for last where few units changed between the
    /// two, else found from who ever stood under each. O(log c) in the changes of the hierarchy for every later view between
    /// the same two, while there is room for the tree.
    #[doc(alias = "Organisationstræ")]
    pub fn tree(&self, hierarchy: HierarchyId) -> Tree {
        let tables = self.tables();
        let forest = tables.forests.made(tables);
        let standing = forest.and_then(|forest| forest.at(hierarchy.uuid(), self.point()));
        Tree(standing.map(|standing| tables.forests.cell(standing, tables)))
    }
}

impl Tree {
    pub(super) fn new(cell: Arc<Cell>) -> Tree {
        Tree(Some(cell))
    }

    /// Whether both are the same tree in memory.
    #[cfg(test)]
    pub(super) fn is(&self, other: &Tree) -> bool {
        matches!((&self.0, &other.0), (Some(a), Some(b)) if Arc::ptr_eq(a, b))
    }

    #[inline]
    fn order(&self) -> &[UnitId] {
        self.0.as_ref().map_or(&[], |cell| &cell.order)
    }

    #[inline]
    fn parents(&self) -> &[u32] {
        self.0.as_ref().map_or(&[], |cell| &cell.parent)
    }

    #[inline]
    fn sizes(&self) -> &[u32] {
        self.0.as_ref().map_or(&[], |cell| &cell.size)
    }

    #[inline]
    fn size(&self, node: Node) -> u32 {
        self.sizes().get(node.index()).copied().unwrap_or(0)
    }

    /// How many units stand.
    pub fn len(&self) -> usize {
        self.order().len()
    }

    /// Whether no unit stands.
    pub fn is_empty(&self) -> bool {
        self.order().is_empty()
    }

    /// All units in pre-order, siblings by name then id.
    ///
    /// # Complexity
    /// O(1).
    pub fn units(&self) -> &[UnitId] {
        self.order()
    }

    /// All nodes in pre-order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node> + ExactSizeIterator + use<> {
        nodes(0..u32::try_from(self.len()).unwrap_or(u32::MAX))
    }

    /// The node of a unit; `None` where it does not stand under a root.
    ///
    /// # Complexity
    /// O(1) expected.
    #[inline]
    pub fn find(&self, unit: UnitId) -> Option<Node> {
        self.0.as_ref()?.find(unit).map(Node)
    }

    /// The unit at a node; the nil UUID for a node of another tree that is not in this one.
    #[inline]
    pub fn unit(&self, node: Node) -> UnitId {
        self.order().get(node.index()).copied().unwrap_or(UnitId::new(uuid::Uuid::nil()))
    }

    /// The units at the top, by name then id.
    ///
    /// # Complexity
    /// O(1) each.
    #[doc(alias = "Topenheder")]
    pub fn roots(&self) -> Children<'_> {
        Children { sizes: self.sizes(), next: 0, end: u32::try_from(self.len()).unwrap_or(u32::MAX) }
    }

    /// The unit right above; `None` for a root.
    ///
    /// # Complexity
    /// O(1).
    #[doc(alias = "Overordnet")]
    #[inline]
    pub fn parent(&self, node: Node) -> Option<Node> {
        self.parents().get(node.index()).copied().filter(|parent| *parent != NONE).map(Node)
    }

    /// The units right below, by name then id.
    ///
    /// # Complexity
    /// O(1) each.
    #[doc(alias = "Underenheder")]
    #[inline]
    pub fn children(&self, node: Node) -> Children<'_> {
        let sizes = self.sizes();
        let size = sizes.get(node.index()).copied().unwrap_or(0);
        Children { sizes, next: node.0.saturating_add(1), end: node.0.saturating_add(1 + size) }
    }

    /// The other units under the same unit, or at the top, by name then id.
    ///
    /// # Complexity
    /// O(c) in their number.
    pub fn siblings(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let all = self.parent(node).map_or_else(|| self.roots(), |parent| self.children(parent));
        all.filter(move |sibling| *sibling != node)
    }

    /// Every unit above, nearest first, without the unit itself.
    ///
    /// # Complexity
    /// O(1) each.
    #[doc(alias = "Overordnede enheder")]
    #[inline]
    pub fn ancestors(&self, node: Node) -> Ancestors<'_> {
        let parents = self.parents();
        Ancestors { parents, next: parents.get(node.index()).copied().unwrap_or(NONE) }
    }

    /// The way from the root to the unit, both included.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Sti")]
    pub fn path(&self, node: Node) -> Vec<UnitId> {
        let mut path = Vec::with_capacity(self.depth(node) + 1);
        path.push(self.unit(node));
        path.extend(self.ancestors(node).map(|above| self.unit(above)));
        path.reverse();
        path
    }

    /// Every unit below in pre-order, without the unit itself.
    ///
    /// # Complexity
    /// O(1): it is a part of [`units`](Tree::units).
    #[doc(alias = "Underliggende enheder")]
    #[inline]
    pub fn descendants(&self, node: Node) -> &[UnitId] {
        let first = node.index() + 1;
        self.order().get(first..first + self.size(node) as usize).unwrap_or_default()
    }

    /// The nodes below in pre-order, without the node itself.
    ///
    /// # Complexity
    /// O(1) each.
    pub fn nodes_below(
        &self,
        node: Node,
    ) -> impl DoubleEndedIterator<Item = Node> + ExactSizeIterator + use<> {
        let first = node.0.saturating_add(1);
        nodes(first..first.saturating_add(self.size(node)))
    }

    /// The unit and those at most `limit` levels below it, in pre-order, each with how many levels it is below.
    ///
    /// # Complexity
    /// O(m) in the units listed and those right below them.
    pub fn subtree(&self, node: Node, limit: usize) -> impl Iterator<Item = (usize, Node)> + '_ {
        let top = self.depth(node);
        let end = node.0.saturating_add(self.size(node));
        let mut next = node.0;
        std::iter::from_fn(move || {
            while next <= end && (next as usize) < self.len() {
                let here = Node(next);
                let level = self.depth(here) - top;
                next += 1;
                if level == limit {
                    next += self.size(here);
                }
                if level <= limit {
                    return Some((level, here));
                }
            }
            None
        })
    }

    /// How many units are below.
    ///
    /// # Complexity
    /// O(1).
    #[inline]
    pub fn count(&self, node: Node) -> usize {
        self.size(node) as usize
    }

    /// How many units are above: 0 for a root.
    ///
    /// # Complexity
    /// O(1).
    #[doc(alias = "Niveau")]
    #[inline]
    pub fn depth(&self, node: Node) -> usize {
        let depths: &[u32] = self.0.as_ref().map_or(&[], |cell| &cell.depth);
        depths.get(node.index()).copied().unwrap_or(0) as usize
    }

    /// How many levels are below: 0 for a leaf.
    ///
    /// # Complexity
    /// O(s) in the units below.
    pub fn height(&self, node: Node) -> usize {
        let deepest = self.nodes_below(node).map(|below| self.depth(below)).max();
        deepest.map_or(0, |deepest| deepest - self.depth(node))
    }

    /// Whether the first is below the second. No unit is below itself.
    ///
    /// # Complexity
    /// O(1).
    #[inline]
    pub fn within(&self, node: Node, above: Node) -> bool {
        // Wrapping: a node that comes first, or is the same, is farther than any size.
        node.0.wrapping_sub(above.0).wrapping_sub(1) < self.size(above)
    }

    /// The nearest unit that is above, or is, each of the two; `None` where they stand under different roots.
    ///
    /// # Complexity
    /// O(d) in the depth.
    #[doc(alias = "Nærmeste fælles overordnede")]
    pub fn lowest_common_ancestor(&self, a: Node, b: Node) -> Option<Node> {
        if a == b {
            return Some(a);
        }
        let mut common = Some(a);
        while let Some(unit) = common.filter(|unit| !self.within(b, *unit) && *unit != b) {
            common = self.parent(unit);
        }
        common
    }

    /// How many steps, up and then down, lead from one to the other; `None` where they stand under different roots.
    ///
    /// # Complexity
    /// O(d) in the depth.
    pub fn distance(&self, a: Node, b: Node) -> Option<usize> {
        let common = self.depth(self.lowest_common_ancestor(a, b)?);
        Some(self.depth(a) + self.depth(b) - 2 * common)
    }

    /// The nearest unit above, not the unit itself, that `fits`.
    ///
    /// # Complexity
    /// O(d) in the depth.
    pub fn nearest_ancestor(&self, node: Node, mut fits: impl FnMut(UnitId) -> bool) -> Option<Node> {
        self.ancestors(node).find(|above| fits(self.unit(*above)))
    }

    /// A value for every unit, rolled up from the leaves: `own` of each unit, and into it, with `join`, the values of the
    /// units right below, the last first. The value of a node stands at its [`index`](Node::index).
    ///
    /// # Complexity
    /// O(n) in the units that stand.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("roll"));
    /// # let mut edit = registry.edit("anna");
    /// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    /// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    /// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
    /// # edit.commit()?;
    /// let view = registry.snapshot().at("2025-01-01".parse()?);
    /// let tree = view.tree(line);
    /// let people = tree.roll_up(|unit| view.referrers(unit, Engagement::UNIT).len(), |sum, below| *sum += below);
    /// assert_eq!(people, [0, 0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn roll_up<T>(&self, own: impl FnMut(UnitId) -> T, mut join: impl FnMut(&mut T, &T)) -> Vec<T> {
        let mut values: Vec<T> = self.order().iter().copied().map(own).collect();
        for (at, parent) in self.parents().iter().enumerate().rev() {
            // Above comes before below.
            if let Some((above, below)) = values.split_at_mut_checked(at)
                && let (Some(above), Some(below)) = (above.get_mut(*parent as usize), below.first())
            {
                join(above, below);
            }
        }
        values
    }
}

fn nodes(range: Range<u32>) -> impl DoubleEndedIterator<Item = Node> + ExactSizeIterator {
    range.map(Node)
}

/// The nodes right below one, by name then id; see [`Tree::children`].
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("children"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let tree = registry.snapshot().at("2026-01-01".parse()?).tree(line);
/// let top = tree.find(town).unwrap();
/// let names: Vec<UnitId> = tree.children(top).map(|node| tree.unit(node)).collect();
/// assert_eq!(names, [school]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Children<'a> {
    sizes: &'a [u32],
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = Node;

    #[inline]
    fn next(&mut self) -> Option<Node> {
        if self.next >= self.end {
            return None;
        }
        let node = Node(self.next);
        // Right after all that is below a unit comes the next one beside it.
        self.next += self.sizes.get(node.index())? + 1;
        Some(node)
    }
}

impl FusedIterator for Children<'_> {}

/// The nodes above one, nearest first; see [`Tree::ancestors`].
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("ancestors"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let tree = registry.snapshot().at("2026-01-01".parse()?).tree(line);
/// let school = tree.find(school).unwrap();
/// let above: Vec<UnitId> = tree.ancestors(school).map(|node| tree.unit(node)).collect();
/// assert_eq!(above, [town]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ancestors<'a> {
    parents: &'a [u32],
    next: u32,
}

impl Iterator for Ancestors<'_> {
    type Item = Node;

    #[inline]
    fn next(&mut self) -> Option<Node> {
        // `NONE` is no index.
        let above = *self.parents.get(self.next as usize)?;
        Some(Node(std::mem::replace(&mut self.next, above)))
    }
}

impl FusedIterator for Ancestors<'_> {}
