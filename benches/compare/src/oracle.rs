//! The slow oracle: for one point it reads every row of the municipality, and walks what it finds unit by unit. It knows
//! nothing of any engine's indexes. Answers are sums of keys, so that the order in which an engine gives rows is its own;
//! that mo gives the order it promises is tested with mo.

use std::collections::HashMap;

use crate::town::{TOP, Town};
use crate::workload::{Point, Question, Workload};

/// Stands nowhere.
const NOWHERE: i64 = -2;

pub struct Oracle<'a> {
    town: &'a Town,
    point: Point,
    above: Vec<i64>,
    /// Who stands under each unit, one after the other, and where each list begins.
    below: Vec<u32>,
    starts: Vec<usize>,
    leading: HashMap<u32, Vec<u64>>,
}

impl<'a> Oracle<'a> {
    pub fn new(town: &'a Town, point: Point) -> Oracle<'a> {
        let size = town.keys.len();
        let mut above = vec![NOWHERE; size];
        for row in town.edges.iter().filter(|row| row.holds(point)) {
            above[row.object as usize] = row.value;
        }
        let mut starts = vec![0; size + 1];
        for parent in above.iter().filter(|parent| **parent >= 0) {
            starts[*parent as usize + 1] += 1;
        }
        for at in 0..size {
            starts[at + 1] += starts[at];
        }
        let (mut below, mut next) = (vec![0; starts[size]], starts.clone());
        for (child, parent) in (0..).zip(&above).filter(|(_, parent)| **parent >= 0) {
            let slot = &mut next[*parent as usize];
            below[*slot] = child;
            *slot += 1;
        }
        let mut leading: HashMap<u32, Vec<u64>> = HashMap::new();
        for row in town.managers.iter().filter(|row| row.holds(point) && row.value.2) {
            leading.entry(row.value.0).or_default().push(row.value.1);
        }
        Oracle { town, point, above, below, starts, leading }
    }

    pub fn standing(&self) -> Vec<u32> {
        (0..).zip(&self.above).filter(|(_, above)| **above != NOWHERE).map(|(unit, _)| unit).collect()
    }

    pub fn stands(&self, unit: u32) -> bool {
        self.above[unit as usize] != NOWHERE
    }

    pub fn roots(&self) -> Vec<u32> {
        (0..).zip(&self.above).filter(|(_, above)| **above == TOP).map(|(unit, _)| unit).collect()
    }

    pub fn children(&self, unit: u32) -> &[u32] {
        &self.below[self.starts[unit as usize]..self.starts[unit as usize + 1]]
    }

    pub fn parent(&self, unit: u32) -> Option<u32> {
        u32::try_from(self.above[unit as usize]).ok()
    }

    pub fn ancestors(&self, unit: u32) -> Vec<u32> {
        std::iter::successors(self.parent(unit), |unit| self.parent(*unit)).collect()
    }

    pub fn descendants(&self, unit: u32) -> Vec<u32> {
        let mut found = self.children(unit).to_vec();
        let mut at = 0;
        while at < found.len() {
            found.extend_from_slice(self.children(found[at]));
            at += 1;
        }
        found
    }

    /// The twenty units whose number of units below is nearest to `size`.
    pub fn about(&self, size: usize) -> Vec<u32> {
        let mut below: HashMap<u32, usize> = HashMap::new();
        for unit in self.standing() {
            for above in self.ancestors(unit) {
                *below.entry(above).or_default() += 1;
            }
        }
        let mut units: Vec<(usize, u32)> =
            below.into_iter().map(|(unit, count)| (count.abs_diff(size), unit)).collect();
        units.sort_unstable();
        units.into_iter().take(20).map(|(_, unit)| unit).collect()
    }

    fn sum(&self, units: impl IntoIterator<Item = u32>) -> u64 {
        units.into_iter().map(|unit| self.town.keys[unit as usize]).fold(0, u64::wrapping_add)
    }

    /// The right answer as one number.
    pub fn answer(&self, workload: Workload, question: Question) -> u64 {
        let Question { unit, other, .. } = question;
        match workload {
            Workload::Lookup => {
                let names = &self.town.names;
                let mine = &names[names.partition_point(|row| row.object < unit)..];
                let row = mine.iter().take_while(|row| row.object == unit).find(|row| row.holds(self.point));
                row.map_or(0, |row| row.value.len() as u64)
            }
            Workload::Parent => self.sum(self.parent(unit)),
            Workload::Ancestors => self.sum(self.ancestors(unit)),
            Workload::Path => self.sum(self.ancestors(unit).into_iter().chain([unit])),
            Workload::Depth => self.ancestors(unit).len() as u64,
            Workload::Children => self.sum(self.children(unit).iter().copied()),
            Workload::DescendantsMid | Workload::DescendantsRoot => self.sum(self.descendants(unit)),
            Workload::Count => self.descendants(unit).len() as u64,
            Workload::Within => u64::from(self.ancestors(unit).contains(&other)),
            Workload::Lca => {
                let way = |unit| [vec![unit], self.ancestors(unit)].concat();
                let b = way(other);
                self.sum(way(unit).into_iter().find(|unit| b.contains(unit)))
            }
            Workload::People => {
                let mut within: Vec<bool> = vec![false; self.town.keys.len()];
                self.descendants(unit)
                    .into_iter()
                    .chain([unit])
                    .for_each(|unit| within[unit as usize] = true);
                let rows = self.town.engagements.iter().filter(|row| row.holds(self.point));
                let mut persons: Vec<u64> =
                    rows.filter(|row| within[row.value.0 as usize]).map(|row| row.value.1).collect();
                persons.sort_unstable();
                persons.dedup();
                persons.into_iter().fold(0, u64::wrapping_add)
            }
            Workload::Manager => {
                let way = [vec![unit], self.ancestors(unit)].concat();
                let found = way.into_iter().find_map(|unit| self.leading.get(&unit)).into_iter().flatten();
                found.copied().fold(0, u64::wrapping_add)
            }
            // These are checked where they are asked.
            Workload::Diff30d | Workload::Diff1y | Workload::DiffKnown1y => 0,
            Workload::DiffBoth | Workload::PathOverTime => 0,
        }
    }
}
