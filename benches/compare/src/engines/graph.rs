//! petgraph: one day as a directed graph from each unit to those right below it, without any time.

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Engine;
use crate::oracle::Oracle;
use crate::town::Town;
use crate::workload::{Point, Question, Way, Workload};

pub struct Graph<'a> {
    town: &'a Town,
    graph: DiGraph<u64, ()>,
    open: Vec<NodeIndex>,
}

impl<'a> Graph<'a> {
    pub fn new(town: &'a Town) -> Graph<'a> {
        Graph { town, graph: DiGraph::new(), open: Vec::new() }
    }

    fn parent(&self, unit: NodeIndex) -> Option<NodeIndex> {
        self.graph.neighbors_directed(unit, Direction::Incoming).next()
    }

    fn above(&self, unit: NodeIndex) -> impl Iterator<Item = NodeIndex> + '_ {
        std::iter::successors(self.parent(unit), |unit| self.parent(*unit))
    }

    fn sum(&self, units: impl Iterator<Item = NodeIndex>) -> u64 {
        units.map(|unit| self.graph[unit]).fold(0, u64::wrapping_add)
    }
}

impl Engine for Graph<'_> {
    fn name(&self) -> &'static str {
        "petgraph"
    }

    fn prepare(&mut self, way: Way, points: &[Point], _: &[Question]) {
        self.graph = DiGraph::new();
        if way == Way::Random {
            return;
        }
        // Every unit gets a node, so that a unit's number is its node's.
        for key in &self.town.keys {
            self.graph.add_node(*key);
        }
        let oracle = Oracle::new(self.town, points[0]);
        for unit in oracle.standing() {
            if let Some(parent) = oracle.parent(unit) {
                self.graph.add_edge(NodeIndex::new(parent as usize), NodeIndex::new(unit as usize), ());
            }
        }
    }

    fn answer(&mut self, workload: Workload, _: usize, question: Question) -> Option<u64> {
        if self.graph.node_count() == 0 {
            return None;
        }
        let (unit, other) = (NodeIndex::new(question.unit as usize), NodeIndex::new(question.other as usize));
        Some(match workload {
            Workload::Parent => self.sum(self.parent(unit).into_iter()),
            Workload::Ancestors => self.sum(self.above(unit)),
            Workload::Path => self.sum(self.above(unit).chain([unit])),
            Workload::Depth => self.above(unit).count() as u64,
            Workload::Children => self.sum(self.graph.neighbors(unit)),
            Workload::DescendantsMid | Workload::DescendantsRoot | Workload::Count => {
                self.open.clear();
                self.open.extend(self.graph.neighbors(unit));
                let (mut sum, mut count) = (0_u64, 0);
                while let Some(next) = self.open.pop() {
                    (sum, count) = (sum.wrapping_add(self.graph[next]), count + 1);
                    self.open.extend(self.graph.neighbors(next));
                }
                if workload == Workload::Count { count } else { sum }
            }
            Workload::Within => u64::from(self.above(unit).any(|above| above == other)),
            Workload::Lca => {
                let way: Vec<NodeIndex> = [other].into_iter().chain(self.above(other)).collect();
                let mut mine = [unit].into_iter().chain(self.above(unit));
                self.sum(mine.find(|unit| way.contains(unit)).into_iter())
            }
            _ => return None,
        })
    }
}
