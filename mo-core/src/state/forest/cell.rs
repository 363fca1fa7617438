//! [`Cell`]: the trees of one hierarchy as they stood between two changes on either axis, as arrays in pre-order. Built
//! from a [`Forest`](super::Forest) when first asked for; kept, as long as there is room, by [`Cells`].

use std::sync::Arc;

use super::columns::Numbers;
use super::span::Point;
use super::{Placements, Standing};
use crate::model::UnitId;
use crate::time::period::{OPEN_END, OPEN_START};

/// No place: the unit above a root, or the place of a unit that does not stand.
pub(crate) const NONE: u32 = u32::MAX;

/// The trees that begin at a root. A unit is known by its place in pre-order, so whoever is below it comes right after.
///
/// What stands under no root (its way up ends at a unit that does not exist, or does not stand) is not in it.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) order: Box<[UnitId]>,
    /// The place of the unit right above, or [`NONE`].
    pub(crate) parent: Box<[u32]>,
    /// How many units are below.
    pub(crate) size: Box<[u32]>,
    pub(crate) depth: Box<[u32]>,
    /// The number of each unit.
    pub(super) units: Box<[u32]>,
    pub(super) numbers: Arc<Numbers>,
    /// The place of each numbered unit, or [`NONE`].
    pub(super) place: Box<[u32]>,
    pub(super) key: Key,
}

/// Which hierarchy, days and registrations a cell is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    hierarchy: uuid::Uuid,
    /// The first day, and the first after.
    pub(super) days: (i32, i32),
    /// The last registration that changed the hierarchy: until the next one, all days stay as they are.
    pub(super) known: u32,
}

impl Placements {
    fn key(&self, hierarchy: uuid::Uuid, point: Point) -> Key {
        let from = self.days.range(..=point.day()).next_back().map(|(day, _)| *day);
        let until = self.days.range(point.day().saturating_add(1)..).next().map(|(day, _)| *day);
        let known = self.registrations.partition_point(|number| *number <= point.known());
        let known = known.checked_sub(1).and_then(|last| self.registrations.get(last)).copied();
        Key {
            hierarchy,
            days: (from.unwrap_or(OPEN_START), until.unwrap_or(OPEN_END)),
            known: known.unwrap_or(0),
        }
    }
}

/// A subtree, or all trees, visited level by level: what is needed to put them in pre-order.
#[derive(Default)]
pub(crate) struct Levels {
    /// The units, each level after the one above it, children of one unit together and in order.
    pub(crate) units: Vec<u32>,
    /// Where in `units` the unit above is; [`NONE`] for what the walk began with.
    parents: Vec<u32>,
    /// How many units are below each.
    sizes: Vec<u32>,
}

impl Levels {
    /// Everything at and below `units`, down to `limit` levels below them.
    ///
    /// Visiting in levels, the next unit to look at is known long before: the processor need not wait for one to find the
    /// next. `None` if there are more than `most`, which only happens where units stand in a circle.
    pub(crate) fn below(
        units: Vec<u32>,
        limit: usize,
        most: usize,
        mut children_into: impl FnMut(u32, &mut Vec<u32>),
    ) -> Option<Levels> {
        let mut parents = vec![NONE; units.len()];
        let mut units = units;
        let (mut at, mut level_end, mut level) = (0, units.len(), 0);
        while let Some(unit) = units.get(at).copied() {
            if at == level_end {
                (level_end, level) = (units.len(), level + 1);
            }
            if level == limit {
                break;
            }
            children_into(unit, &mut units);
            parents.resize(units.len(), u32::try_from(at).unwrap_or(NONE));
            at += 1;
            if units.len() > most {
                return None;
            }
        }
        let mut sizes = vec![0; units.len()];
        for at in (0..units.len()).rev() {
            let below = sizes.get(at).copied().unwrap_or(0) + 1;
            if let Some(above) = parents.get(at).and_then(|parent| sizes.get_mut(*parent as usize)) {
                *above += below;
            }
        }
        Some(Levels { units, parents, sizes })
    }

    /// The place of each unit in pre-order.
    pub(crate) fn places(&self) -> Vec<u32> {
        // Where the next child of each unit goes.
        let mut next: Vec<u32> = Vec::with_capacity(self.units.len());
        let mut places = Vec::with_capacity(self.units.len());
        let mut next_top = 0;
        for (parent, size) in self.parents.iter().zip(&self.sizes) {
            let slot = next.get_mut(*parent as usize).unwrap_or(&mut next_top);
            let place = *slot;
            *slot += size + 1;
            places.push(place);
            next.push(place + 1);
        }
        places
    }

    /// How far below the first each unit is.
    pub(crate) fn depths(&self) -> Vec<u32> {
        let mut depths: Vec<u32> = Vec::with_capacity(self.units.len());
        for parent in &self.parents {
            depths.push(depths.get(*parent as usize).map_or(0, |depth| depth + 1));
        }
        depths
    }

    pub(crate) fn parents(&self) -> &[u32] {
        &self.parents
    }
}

impl Standing<'_> {
    /// The key of the cell that the point lies in.
    pub(super) fn key(self) -> Key {
        self.placements.key(self.hierarchy, self.point)
    }

    /// # Complexity
    /// O(n) in the units that stand, and what ever stood under each.
    pub(crate) fn build(self) -> Cell {
        let mut roots = Vec::new();
        self.roots_into(&mut roots);
        let most = self.units();
        // Under a root there is no circle: each unit has one unit above, and the root none.
        let levels =
            Levels::below(roots, usize::MAX, most as usize, |unit, out| self.children_into(unit, out));
        let levels = levels.unwrap_or_default();
        let places = levels.places();
        let len = places.len();
        let mut order = vec![UnitId::new(uuid::Uuid::nil()); len].into_boxed_slice();
        let mut standing = vec![0; len].into_boxed_slice();
        let mut parent = vec![NONE; len].into_boxed_slice();
        let mut size = vec![0; len].into_boxed_slice();
        let mut depth = vec![0; len].into_boxed_slice();
        let mut place = vec![NONE; most as usize].into_boxed_slice();
        let numbers = &self.forest.numbers;
        let rows =
            levels.units.iter().zip(&levels.parents).zip(&levels.sizes).zip(levels.depths()).zip(&places);
        for ((((unit, above), below), down), at) in rows {
            let here = *at as usize;
            put(&mut order, here, UnitId::new(numbers.id(*unit)));
            put(&mut standing, here, *unit);
            put(&mut parent, here, places.get(*above as usize).copied().unwrap_or(NONE));
            put(&mut size, here, *below);
            put(&mut depth, here, down);
            put(&mut place, *unit as usize, *at);
        }
        let numbers = Arc::clone(numbers);
        Cell { order, parent, size, depth, units: standing, place, numbers, key: self.key() }
    }
}

fn put<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

impl Cell {
    /// The place of a unit, if it stands.
    #[inline]
    pub(crate) fn find(&self, unit: UnitId) -> Option<u32> {
        self.place_of(self.numbers.find(unit.uuid())?)
    }

    #[inline]
    pub(super) fn place_of(&self, unit: u32) -> Option<u32> {
        self.place.get(unit as usize).copied().filter(|place| *place != NONE)
    }

    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// What it takes in memory, in bytes, without the numbers, which the forest has.
    fn bytes(&self) -> usize {
        size_of::<Cell>()
            + size_of_val(&*self.order)
            + size_of_val(&*self.parent)
            + size_of_val(&*self.size)
            + size_of_val(&*self.depth)
            + size_of_val(&*self.units)
            + size_of_val(&*self.place)
    }
}

/// The cells that are kept: those asked for last, as many as there is room for.
#[derive(Debug)]
pub(super) struct Cells {
    kept: Vec<(Arc<Cell>, u64)>,
    /// Counts the questions, so that the longest unasked is known.
    asked: u64,
    bytes: usize,
    room: usize,
}

/// The room for cells unless the registry is given another: 70 cells of 100,000 units.
const ROOM: usize = 256 << 20;

impl Default for Cells {
    fn default() -> Cells {
        Cells { kept: Vec::new(), asked: 0, bytes: 0, room: ROOM }
    }
}

impl Cells {
    pub(super) fn get(&mut self, key: Key) -> Option<Arc<Cell>> {
        self.asked += 1;
        let (cell, asked) = self.kept.iter_mut().find(|(cell, _)| {
            let its = cell.key;
            // The days of a cell built in an older version may have been cut since, not so that it holds less.
            its.hierarchy == key.hierarchy
                && its.known == key.known
                && its.days.0 <= key.days.0
                && key.days.1 <= its.days.1
        })?;
        *asked = self.asked;
        Some(Arc::clone(cell))
    }

    /// The cell of the same hierarchy that was asked for last: most of what stands in it stands alike in the next.
    pub(super) fn neighbour(&self, key: Key) -> Option<Arc<Cell>> {
        let same = self.kept.iter().filter(|(cell, _)| cell.key.hierarchy == key.hierarchy);
        same.max_by_key(|(_, asked)| *asked).map(|(cell, _)| Arc::clone(cell))
    }

    pub(super) fn keep(&mut self, cell: &Arc<Cell>) {
        if cell.bytes() > self.room || self.kept.iter().any(|(kept, _)| kept.key == cell.key) {
            return;
        }
        self.asked += 1;
        self.bytes += cell.bytes();
        self.kept.push((Arc::clone(cell), self.asked));
        self.shed();
    }

    pub(super) fn set_room(&mut self, bytes: usize) {
        self.room = bytes;
        self.shed();
    }

    fn shed(&mut self) {
        while self.bytes > self.room {
            let oldest = self.kept.iter().enumerate().min_by_key(|(_, (_, asked))| *asked);
            let Some((at, _)) = oldest else { return };
            let (cell, _) = self.kept.swap_remove(at);
            self.bytes -= cell.bytes();
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.kept.len(), self.bytes)
    }
}
