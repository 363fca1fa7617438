//! mo, asked in two ways: through the view, by ids, and through the tree of a day, by nodes.

use mo_core::hierarchy::{ManagerQuery, Node, Tree};
use mo_core::model::{Unit, UnitId};
use mo_core::state::View;
use mo_core::time::Revision;

use super::Engine;
use crate::town::{Town, day, key};
use crate::workload::{Point, Question, Way, Workload};

/// Questions to the view, by id: what a program asks that does nothing special.
pub struct Views<'a> {
    town: &'a Town,
    way: Way,
    views: Vec<View>,
}

fn view(town: &Town, point: Point) -> View {
    town.registry.snapshot().as_known(Revision::new(point.known)).at(day(point))
}

fn sum(units: impl IntoIterator<Item = UnitId>) -> u64 {
    units.into_iter().map(key).fold(0, u64::wrapping_add)
}

impl<'a> Views<'a> {
    pub fn new(town: &'a Town) -> Views<'a> {
        Views { town, way: Way::Held, views: Vec::new() }
    }
}

impl Engine for Views<'_> {
    fn name(&self) -> &'static str {
        "mo"
    }

    fn prepare(&mut self, way: Way, points: &[Point], _: &[Question]) {
        self.way = way;
        self.views = points.iter().map(|point| view(self.town, *point)).collect();
        // The forest has been paid for once a registry is asked in earnest.
        let view = view(self.town, points[0]);
        for unit in self.town.made.units.iter().cycle().take(6 * self.town.names.len() / 10) {
            view.ancestors(self.town.made.line, *unit);
        }
    }

    fn answer(&mut self, workload: Workload, _: usize, question: Question) -> Option<u64> {
        let Town { made, .. } = self.town;
        let (line, unit, other) =
            (made.line, made.units[question.unit as usize], made.units[question.other as usize]);
        let held = &self.views[question.point as usize];
        // At random, every question has a view of its own, which knows nothing of the one before.
        let fresh;
        let view = if self.way == Way::Random {
            fresh = held.at(held.day());
            &fresh
        } else {
            held
        };
        Some(match workload {
            // One column is what the rivals are asked for, too.
            Workload::Lookup => view.field(unit, Unit::NAME)?.len() as u64,
            Workload::Parent => sum(view.parent(line, unit)),
            Workload::Ancestors => sum(view.ancestors(line, unit)),
            Workload::Path => sum(view.path(line, unit)),
            Workload::Depth => view.depth(line, unit)? as u64,
            Workload::Children => sum(view.children(line, unit)),
            Workload::DescendantsMid | Workload::DescendantsRoot => sum(view.descendants(line, unit)),
            Workload::Count => view.count(line, unit) as u64,
            Workload::Within => u64::from(view.within(line, unit, other)),
            Workload::Lca => sum(view.lowest_common_ancestor(line, unit, other)),
            Workload::People => {
                view.persons_within(line, unit).into_iter().map(key).fold(0, u64::wrapping_add)
            }
            Workload::Manager => {
                let seats = view.managers(line, unit, ManagerQuery::default().inherit(true));
                seats.into_iter().map(|seat| key(seat.manager)).fold(0, u64::wrapping_add)
            }
            _ => return None,
        })
    }
}

/// Questions to the tree of one day, by node.
pub struct Trees<'a> {
    town: &'a Town,
    tree: Option<Tree>,
    nodes: Vec<(Node, Node)>,
}

impl<'a> Trees<'a> {
    pub fn new(town: &'a Town) -> Trees<'a> {
        Trees { town, tree: None, nodes: Vec::new() }
    }
}

impl Engine for Trees<'_> {
    fn name(&self) -> &'static str {
        "mo tree"
    }

    fn prepare(&mut self, way: Way, points: &[Point], questions: &[Question]) {
        self.tree = None;
        if way == Way::Random {
            return;
        }
        let tree = view(self.town, points[0]).tree(self.town.made.line);
        let node = |unit: u32| tree.find(self.town.made.units[unit as usize]).expect("it stands");
        self.nodes = questions.iter().map(|question| (node(question.unit), node(question.other))).collect();
        self.tree = Some(tree);
    }

    fn answer(&mut self, workload: Workload, number: usize, _: Question) -> Option<u64> {
        let tree = self.tree.as_ref()?;
        let (unit, other) = self.nodes[number];
        let sum = |nodes: &mut dyn Iterator<Item = Node>| {
            nodes.map(|node| key(tree.unit(node))).fold(0, u64::wrapping_add)
        };
        Some(match workload {
            Workload::Parent => sum(&mut tree.parent(unit).into_iter()),
            Workload::Ancestors => {
                tree.ancestors(unit).map(|node| key(tree.unit(node))).fold(0, u64::wrapping_add)
            }
            Workload::Path => tree.path(unit).into_iter().map(key).fold(0, u64::wrapping_add),
            Workload::Depth => tree.depth(unit) as u64,
            Workload::Children => {
                tree.children(unit).map(|node| key(tree.unit(node))).fold(0, u64::wrapping_add)
            }
            Workload::DescendantsMid | Workload::DescendantsRoot => {
                tree.descendants(unit).iter().map(|unit| key(*unit)).fold(0, u64::wrapping_add)
            }
            Workload::Count => tree.count(unit) as u64,
            Workload::Within => u64::from(tree.within(unit, other)),
            Workload::Lca => sum(&mut tree.lowest_common_ancestor(unit, other).into_iter()),
            _ => return None,
        })
    }
}

/// The batches: all questions of a workload at one point in one call.
pub fn batch(town: &Town, workload: Workload, point: Point, units: &[UnitId]) -> Option<u64> {
    let view = view(town, point);
    match workload {
        Workload::Lookup => {
            let found = view.lookup_many(units);
            Some(found.into_iter().flatten().map(|unit| unit.name.len() as u64).sum())
        }
        Workload::Ancestors => {
            let all = view.ancestors_many(town.made.line, units);
            Some(all.into_iter().flatten().map(key).fold(0, u64::wrapping_add))
        }
        _ => None,
    }
}
