//! A [`Cell`] made from a neighbour's: subtrees in which nothing changed are copied, and only what lies above a change is put
//! together anew.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::cell::{Cell, NONE};
use super::{Forest, Standing};
use crate::model::{Kind, UnitId};
use crate::state::tables::Tables;
use crate::time::{Period, Revision};

impl Standing<'_> {
    /// The cell of the point, from another of the same hierarchy. Among `changed` are all units that stand otherwise in it.
    ///
    /// # Complexity
    /// O(n) to copy the units that stand, in order; beyond that what stands right below the units above the changed ones.
    pub(crate) fn patched(self, old: &Cell, changed: &[u32]) -> Cell {
        let mut made = Making::new(self, old);
        // Above a change nothing can be copied as it was: neither where it was nor where it is.
        let mut torn: HashSet<u32, FixedState> = HashSet::default();
        let mut torn_before: HashSet<u32, FixedState> = HashSet::default();
        for unit in changed {
            let mut above = old.place_of(*unit).and_then(|place| old.parent.get(place as usize)).copied();
            while let Some(number) = above.and_then(|place| old.units.get(place as usize))
                && torn_before.insert(*number)
            {
                above = above.and_then(|place| old.parent.get(place as usize)).copied();
            }
            self.climb(*unit, |number| torn.insert(number));
        }
        let mut open: Vec<(u32, u32, u32)> = Vec::new();
        let mut listed = Vec::new();
        self.roots_into(&mut listed);
        open.extend(listed.drain(..).rev().map(|root| (root, NONE, 0)));
        let mut anew: Vec<u32> = Vec::new();
        while let Some((unit, parent, depth)) = open.pop() {
            let whole = !torn.contains(&unit) && !torn_before.contains(&unit);
            if let Some(place) = old.place_of(unit).filter(|_| whole) {
                made.copy(place, parent, depth);
                continue;
            }
            let here = made.push(unit, parent, depth);
            anew.push(here);
            self.children_into(unit, &mut listed);
            open.extend(listed.drain(..).rev().map(|child| (child, here, depth + 1)));
        }
        made.count(&anew);
        made.finish()
    }

    /// The units that may stand otherwise at this point than in a cell; `None` if they are so many that building is faster.
    pub(super) fn changed_since(self, cell: &Cell, tables: &Tables) -> Option<Vec<u32>> {
        let most = cell.order.len() / 8;
        let (old, new) = (cell.key(), self.key());
        if old.known.abs_diff(new.known) as usize > most {
            return None;
        }
        let changed = self.differing(cell, tables);
        (changed.len() <= most).then_some(changed)
    }

    /// The units that may stand otherwise at this point than in a cell: those that changed on a day between, and those that a
    /// registration between touched.
    pub(crate) fn differing(self, cell: &Cell, tables: &Tables) -> Vec<u32> {
        let (old, new) = (cell.key(), self.key());
        let mut changed = Vec::new();
        // From the first day of the later to the last of the earlier.
        let days = (old.days.1.min(new.days.1), old.days.0.max(new.days.0).saturating_add(1));
        if let Some(days) = Period::from_raw(days.0, days.1) {
            self.forest.changed_in(self.hierarchy, days, &mut changed);
        }
        let (known, later) = (old.known.min(new.known), old.known.max(new.known));
        for number in known + 1..=later {
            let Some(row) = tables.registration(Revision::new(number)) else { continue };
            let units = row.touched.iter().filter(|ix| tables.kind(**ix) == Some(Kind::Unit));
            changed.extend(units.filter_map(|ix| self.forest.number(tables.id(*ix))));
        }
        changed
    }
}

/// The arrays of a cell while they are filled, in pre-order.
struct Making<'a> {
    standing: Standing<'a>,
    old: &'a Cell,
    units: Vec<u32>,
    order: Vec<UnitId>,
    parent: Vec<u32>,
    size: Vec<u32>,
    depth: Vec<u32>,
    place: Box<[u32]>,
}

impl<'a> Making<'a> {
    fn new(standing: Standing<'a>, old: &'a Cell) -> Making<'a> {
        let room = old.order.len() + old.order.len() / 8;
        Making {
            standing,
            old,
            units: Vec::with_capacity(room),
            order: Vec::with_capacity(room),
            parent: Vec::with_capacity(room),
            size: Vec::with_capacity(room),
            depth: Vec::with_capacity(room),
            place: vec![NONE; standing.units() as usize].into_boxed_slice(),
        }
    }

    fn next(&self) -> u32 {
        u32::try_from(self.units.len()).unwrap_or(NONE)
    }

    fn push(&mut self, unit: u32, parent: u32, depth: u32) -> u32 {
        let here = self.next();
        self.units.push(unit);
        self.order.push(UnitId::new(self.standing.id(unit)));
        self.parent.push(parent);
        self.size.push(0);
        self.depth.push(depth);
        if let Some(place) = self.place.get_mut(unit as usize) {
            *place = here;
        }
        here
    }

    /// Copies a whole subtree.
    fn copy(&mut self, from: u32, parent: u32, depth: u32) {
        let here = self.next();
        let old = self.old;
        let first = from as usize;
        let below = old.size.get(first).copied().unwrap_or(0) as usize;
        let part = first..first + below + 1;
        let (moved, lower) =
            (here.wrapping_sub(from), depth.wrapping_sub(old.depth.get(first).copied().unwrap_or(0)));
        let units = old.units.get(part.clone()).unwrap_or_default();
        self.units.extend_from_slice(units);
        self.order.extend_from_slice(old.order.get(part.clone()).unwrap_or_default());
        self.size.extend_from_slice(old.size.get(part.clone()).unwrap_or_default());
        let depths = old.depth.get(part.clone()).unwrap_or_default();
        self.depth.extend(depths.iter().map(|depth| depth.wrapping_add(lower)));
        let parents = old.parent.get(part).unwrap_or_default();
        self.parent.push(parent);
        self.parent.extend(parents.iter().skip(1).map(|place| place.wrapping_add(moved)));
        for (at, unit) in (here..).zip(units) {
            if let Some(place) = self.place.get_mut(*unit as usize) {
                *place = at;
            }
        }
    }

    /// The sizes of what was put together anew; given in pre-order, so from the last on everything below is counted.
    fn count(&mut self, anew: &[u32]) {
        for here in anew.iter().rev() {
            let mut next = here + 1;
            while self.parent.get(next as usize) == Some(here) {
                next += self.size.get(next as usize).copied().unwrap_or(0) + 1;
            }
            if let Some(size) = self.size.get_mut(*here as usize) {
                *size = next - here - 1;
            }
        }
    }

    fn finish(self) -> Cell {
        Cell {
            units: self.units.into(),
            order: self.order.into(),
            parent: self.parent.into(),
            size: self.size.into(),
            depth: self.depth.into(),
            place: self.place,
            numbers: Arc::clone(self.standing.forest.shared_numbers()),
            key: self.standing.key(),
        }
    }
}

impl Forest {
    fn shared_numbers(&self) -> &Arc<super::columns::Numbers> {
        &self.numbers
    }
}
