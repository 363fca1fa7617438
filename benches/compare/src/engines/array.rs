//! The wall: one day as bare arrays, without any time. Ids in pre-order with sizes and depths, the place of the parent, and
//! the children of each place one after the other.

use uuid::Uuid;

use super::Engine;
use crate::oracle::Oracle;
use crate::town::{Town, key};
use crate::workload::{Point, Question, Way, Workload};

const NONE: u32 = u32::MAX;

pub struct Array<'a> {
    town: &'a Town,
    ids: Vec<Uuid>,
    parent: Vec<u32>,
    size: Vec<u32>,
    depth: Vec<u32>,
    starts: Vec<u32>,
    children: Vec<u32>,
    places: Vec<(u32, u32)>,
}

impl<'a> Array<'a> {
    pub fn new(town: &'a Town) -> Array<'a> {
        Array {
            town,
            ids: Vec::new(),
            parent: Vec::new(),
            size: Vec::new(),
            depth: Vec::new(),
            starts: Vec::new(),
            children: Vec::new(),
            places: Vec::new(),
        }
    }

    fn visit(&mut self, oracle: &Oracle<'_>, unit: u32, above: u32, depth: u32, place_of: &mut [u32]) {
        let place = self.ids.len();
        place_of[unit as usize] = place as u32;
        self.ids.push(self.town.made.units[unit as usize].uuid());
        self.parent.push(above);
        self.size.push(0);
        self.depth.push(depth);
        for child in oracle.children(unit) {
            self.visit(oracle, *child, place as u32, depth + 1, place_of);
        }
        self.size[place] = (self.ids.len() - place - 1) as u32;
    }
}

impl Engine for Array<'_> {
    fn name(&self) -> &'static str {
        "bare array"
    }

    fn prepare(&mut self, way: Way, points: &[Point], questions: &[Question]) {
        *self = Array::new(self.town);
        if way == Way::Random {
            return;
        }
        let oracle = Oracle::new(self.town, points[0]);
        let mut place_of = vec![NONE; self.town.keys.len()];
        for root in oracle.roots() {
            self.visit(&oracle, root, NONE, 0, &mut place_of);
        }
        let size = self.ids.len();
        self.starts = vec![0; size + 1];
        for parent in self.parent.iter().filter(|parent| **parent != NONE) {
            self.starts[*parent as usize + 1] += 1;
        }
        for at in 0..size {
            self.starts[at + 1] += self.starts[at];
        }
        let mut next = self.starts.clone();
        self.children = vec![0; self.starts[size] as usize];
        for (place, parent) in (0..).zip(&self.parent).filter(|(_, parent)| **parent != NONE) {
            let slot = &mut next[*parent as usize];
            self.children[*slot as usize] = place;
            *slot += 1;
        }
        self.places =
            questions.iter().map(|q| (place_of[q.unit as usize], place_of[q.other as usize])).collect();
    }

    fn answer(&mut self, workload: Workload, number: usize, _: Question) -> Option<u64> {
        let (unit, other) = *self.places.get(number)?;
        let at = unit as usize;
        let above = |place: u32| Some(self.parent[place as usize]).filter(|parent| *parent != NONE);
        let up = || std::iter::successors(above(unit), |place| above(*place));
        let sum = |keys: &mut dyn Iterator<Item = u64>| keys.fold(0, u64::wrapping_add);
        let within =
            |unit: u32, above: u32| unit.wrapping_sub(above).wrapping_sub(1) < self.size[above as usize];
        Some(match workload {
            Workload::Parent => sum(&mut up().take(1).map(|place| key(self.ids[place as usize]))),
            Workload::Ancestors => {
                let (mut place, mut sum) = (self.parent[at], 0_u64);
                while place != NONE {
                    sum = sum.wrapping_add(key(self.ids[place as usize]));
                    place = self.parent[place as usize];
                }
                sum
            }
            Workload::Path => sum(&mut up().chain([unit]).map(|place| key(self.ids[place as usize]))),
            Workload::Depth => u64::from(self.depth[at]),
            Workload::Children => {
                let range = self.starts[at] as usize..self.starts[at + 1] as usize;
                self.children[range]
                    .iter()
                    .map(|place| key(self.ids[*place as usize]))
                    .fold(0, u64::wrapping_add)
            }
            Workload::DescendantsMid | Workload::DescendantsRoot => {
                let below = &self.ids[at + 1..at + 1 + self.size[at] as usize];
                below.iter().map(|id| key(*id)).fold(0, u64::wrapping_add)
            }
            Workload::Count => u64::from(self.size[at]),
            Workload::Within => u64::from(within(unit, other)),
            Workload::Lca => {
                let mut place = unit;
                while place != NONE && place != other && !within(other, place) {
                    place = self.parent[place as usize];
                }
                self.ids.get(place as usize).map_or(0, |id| key(*id))
            }
            _ => return None,
        })
    }
}
