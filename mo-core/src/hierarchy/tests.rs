//! All traversals against a slow model: a list of days per unit and registration, walked unit by unit. The histories are
//! drawn without regard to any rule, so that units vanish under others, stand nowhere, and stand in circles.

mod over;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use uuid::Uuid;

use super::Tree;
use crate::danish;
use crate::journal::Marks;
use crate::model::value::Text;
use crate::model::{Fields, HierarchyId, Key, Kind, Placement, Slot, Unit, UnitId, Value};
use crate::state::forest::shared::Forests;
use crate::state::tables::{RegistrationRow, Tables};
use crate::state::{Snapshot, View};
use crate::time::{Day, Instant, Period, Revision};

const DAYS: usize = 10;
const NAMES: [&str; 4] = ["Ærø", "Aaby", "Zoo", "Ås"];
const UNITS: usize = 7;

/// The state of a unit: its name, and per hierarchy where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    name: usize,
    placed: [Option<Place>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Root,
    Under(usize),
}

/// One registration: units, days (half-open, the last one open) and what holds from then on.
type Registration = Vec<(usize, (usize, usize), Option<State>)>;

fn unit(n: usize) -> UnitId {
    UnitId::new(Uuid::from_u128(1_000 + n as u128))
}

fn hierarchy(n: usize) -> HierarchyId {
    HierarchyId::new(Uuid::from_u128(10 + n as u128))
}

fn day(n: usize) -> Day {
    Day::from_epoch_days(20_000 + i32::try_from(n).unwrap()).unwrap()
}

fn place(circles: bool, unit: usize) -> impl Strategy<Value = Option<Place>> {
    let above = if circles { UNITS } else { unit.max(1) };
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Place::Root)),
        5 => (0..above).prop_map(move |parent| Some(if parent == unit { Place::Root } else { Place::Under(parent) })),
    ]
}

fn change(circles: bool) -> impl Strategy<Value = (usize, (usize, usize), Option<State>)> {
    (0..UNITS).prop_flat_map(move |unit| {
        let state = (0..NAMES.len(), place(circles, unit), place(circles, unit))
            .prop_map(|(name, a, b)| State { name, placed: [a, b] });
        let days = (0..DAYS, 1..=DAYS).prop_map(|(from, len)| (from, (from + len).min(DAYS)));
        (Just(unit), days, proptest::option::weighted(0.85, state))
    })
}

fn registrations(circles: bool) -> impl Strategy<Value = Vec<Registration>> {
    proptest::collection::vec(proptest::collection::vec(change(circles), 1..5), 1..8)
}

/// The model: what each unit was on each day after each registration.
struct Model(Vec<Vec<Vec<Option<State>>>>);

impl Model {
    fn new(registrations: &[Registration]) -> Model {
        let mut beliefs = vec![vec![vec![None; DAYS]; UNITS]];
        for registration in registrations {
            let mut belief = beliefs.last().unwrap().clone();
            for (unit, (from, until), state) in registration {
                belief[*unit][*from..*until].fill(*state);
            }
            beliefs.push(belief);
        }
        Model(beliefs)
    }
}

/// The model on one day, in one belief and hierarchy.
struct Slow<'a> {
    belief: &'a [Vec<Option<State>>],
    day: usize,
    hierarchy: usize,
}

impl Slow<'_> {
    fn state(&self, unit: usize) -> Option<State> {
        self.belief[unit][self.day]
    }

    fn placed(&self, unit: usize) -> Option<Place> {
        self.state(unit)?.placed[self.hierarchy]
    }

    fn parent(&self, unit: usize) -> Option<usize> {
        match self.placed(unit)? {
            Place::Under(parent) if self.state(parent).is_some() => Some(parent),
            _ => None,
        }
    }

    fn listed(&self, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut units: Vec<usize> = (0..UNITS).filter(|unit| fits(*unit)).collect();
        units.sort_by(|a, b| {
            let name = |unit: &usize| NAMES[self.state(*unit).unwrap().name];
            danish::compare(name(a), name(b)).then_with(|| unit(*a).cmp(&unit(*b)))
        });
        units
    }

    fn children(&self, unit: usize) -> Vec<usize> {
        self.listed(|child| self.placed(child) == Some(Place::Under(unit)))
    }

    fn roots(&self) -> Vec<usize> {
        self.listed(|unit| self.placed(unit) == Some(Place::Root))
    }

    fn siblings(&self, unit: usize) -> Vec<usize> {
        match self.placed(unit) {
            None => Vec::new(),
            Some(place) => self.listed(|other| other != unit && self.placed(other) == Some(place)),
        }
    }

    fn ancestors(&self, unit: usize) -> Vec<usize> {
        let mut above: Vec<usize> = Vec::new();
        let mut next = self.parent(unit);
        while let Some(parent) = next.filter(|parent| *parent != unit && !above.contains(parent)) {
            above.push(parent);
            next = self.parent(parent);
        }
        above
    }

    /// With the level below `unit`.
    fn subtree(&self, unit: usize, limit: usize) -> Vec<(usize, usize)> {
        let mut found = vec![(0, unit)];
        if limit > 0 {
            for child in self.children(unit) {
                found.extend(
                    self.subtree(child, limit - 1).into_iter().map(|(level, unit)| (level + 1, unit)),
                );
            }
        }
        found
    }

    fn common(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        let way = |unit| self.placed(unit).map(|_| [vec![unit], self.ancestors(unit)].concat());
        let (a, b) = (way(a)?, way(b)?);
        a.iter().enumerate().find_map(|(up, x)| Some((*x, up + b.iter().position(|y| y == x)?)))
    }
}

/// The tables after each registration; the last of `kept` had its forest grow with every one of them.
fn tables(registrations: &[Registration]) -> Vec<Tables> {
    let mut tables = Tables::default();
    for (kind, id) in (0..2).map(|n| (Kind::Hierarchy, hierarchy(n).uuid())) {
        let ix = tables.intern_id(id);
        let state = tables.encode(kind, &Fields::new()).unwrap();
        tables.apply(row(&[ix]), vec![(kind, ix, vec![(Period::ALWAYS, Some(state))])]);
    }
    let mut all = Vec::new();
    for registration in registrations {
        let mut effects: BTreeMap<usize, Vec<Said>> = BTreeMap::new();
        for (unit, (from, until), state) in registration {
            effects.entry(*unit).or_insert_with(|| vec![Said::Nothing; DAYS])[*from..*until]
                .fill(Said::State(*state));
        }
        let effects: Vec<_> = effects
            .into_iter()
            .map(|(n, line)| {
                let ix = tables.intern_id(unit(n).uuid());
                (Kind::Unit, ix, runs(&mut tables, &line))
            })
            .collect();
        // No commit takes days away from what never had one.
        let alive = |ix| tables.history(ix).is_some_and(|history| !history.is_empty());
        let effects: Vec<_> = effects
            .into_iter()
            .filter(|(_, ix, effects)| alive(*ix) || effects.iter().any(|(_, state)| state.is_some()))
            .collect();
        let touched: Vec<_> = effects.iter().map(|(_, ix, _)| *ix).collect();
        let mut next = tables.clone();
        next.apply(row(&touched), effects);
        next.forests.made(&next);
        all.push(next.clone());
        tables = next;
    }
    all
}

fn row(touched: &[crate::state::tables::Ix]) -> RegistrationRow {
    RegistrationRow {
        registered_at: Instant::MIN,
        id: Uuid::nil(),
        actor: Text::from("test"),
        note: None,
        cause: None,
        marks: Marks::default(),
        touched: touched.to_vec(),
    }
}

/// What a registration says of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    Nothing,
    State(Option<State>),
}

fn runs(tables: &mut Tables, line: &[Said]) -> crate::state::tables::Effects {
    let mut effects = Vec::new();
    let mut from = 0;
    while from < DAYS {
        let until = (from..DAYS).find(|day| line[*day] != line[from]).unwrap_or(DAYS);
        if let Said::State(state) = line[from] {
            let period = Period::new(day(from), (until < DAYS).then(|| day(until))).unwrap();
            effects.push((period, state.map(|state| tables.encode(Kind::Unit, &fields(state)).unwrap())));
        }
        from = until;
    }
    effects
}

fn fields(state: State) -> Fields {
    let mut fields = Fields::new();
    fields.put(Slot::one(Unit::NAME.index), Value::Text(Text::from(NAMES[state.name])));
    for (n, place) in state.placed.into_iter().enumerate() {
        let value = match place {
            None => continue,
            Some(Place::Root) => Value::Root,
            Some(Place::Under(parent)) => Value::Id(unit(parent).uuid()),
        };
        fields.put(Slot::keyed(Unit::PLACEMENTS.index, Key::Id(hierarchy(n).uuid())), value);
    }
    fields
}

fn units(numbers: Vec<usize>) -> Vec<UnitId> {
    numbers.into_iter().map(unit).collect()
}

/// Every answer of views that `ask` gives, one for each question, is the model's.
fn agree(slow: &Slow<'_>, circles: bool, ask: &dyn Fn() -> View) {
    let h = hierarchy(slow.hierarchy);
    assert_eq!(ask().roots(h), units(slow.roots()));
    let everyone: Vec<UnitId> = (0..UNITS).map(unit).collect();
    let above: Vec<Vec<UnitId>> = (0..UNITS).map(|n| units(slow.ancestors(n))).collect();
    let known: Vec<bool> = everyone.iter().map(|unit| ask().ix((*unit).into()).is_some()).collect();
    assert_eq!(ask().ancestors_many(h, &everyone), above);
    for n in 0..UNITS {
        let u = unit(n);
        let placement = slow.placed(n).map(|place| match place {
            Place::Root => Placement::Root,
            Place::Under(parent) => Placement::Under(unit(parent)),
        });
        assert_eq!(ask().placement(h, u), placement);
        assert_eq!(ask().parent(h, u), slow.parent(n).map(unit));
        let children = if known[n] { units(slow.children(n)) } else { Vec::new() };
        assert_eq!(ask().children(h, u), children);
        assert_eq!(ask().siblings(h, u), units(slow.siblings(n)));
        assert_eq!(ask().ancestors(h, u), above[n]);
        let depth = slow.placed(n).map(|_| above[n].len());
        assert_eq!(ask().depth(h, u), depth);
        let path: Vec<UnitId> = above[n].iter().rev().copied().chain([u]).collect();
        assert_eq!(ask().path(h, u), if depth.is_some() { path } else { Vec::new() });
        let fits = |above: UnitId| above == unit(0) || above == unit(2);
        let nearest = above[n].iter().copied().find(|above| fits(*above));
        assert_eq!(ask().nearest_ancestor(h, u, fits), nearest);
        for m in 0..UNITS {
            assert_eq!(ask().within(h, u, unit(m)), above[n].contains(&unit(m)), "{n} within {m}");
            if !circles {
                let common = slow.common(n, m);
                assert_eq!(ask().lowest_common_ancestor(h, u, unit(m)), common.map(|(at, _)| unit(at)));
                assert_eq!(ask().distance(h, u, unit(m)), common.map(|(_, steps)| steps));
            }
        }
        let descendants = ask().descendants(h, u);
        assert_eq!(ask().count(h, u), descendants.len());
        if circles || !known[n] {
            continue;
        }
        for limit in [0, 1, 2, UNITS] {
            let subtree = slow.subtree(n, limit);
            let expected: Vec<_> = subtree.iter().map(|(level, n)| (*level, unit(*n))).collect();
            assert_eq!(ask().subtree(h, u, limit), expected);
        }
        let subtree = slow.subtree(n, UNITS);
        assert_eq!(descendants, units(subtree.iter().skip(1).map(|(_, n)| *n).collect()));
        assert_eq!(ask().height(h, u), subtree.iter().map(|(level, _)| *level).max().unwrap());
        let value = |unit: UnitId| unit.uuid().as_u64_pair().1;
        let sum = subtree.iter().map(|(_, n)| value(unit(*n))).sum::<u64>();
        assert_eq!(ask().sum_of(h, u, value), sum);
        assert_eq!(ask().roll_up(h, u, value, |sum, below| *sum += below), Some(sum));
        assert_eq!(ask().any_of(h, u, |u| u == unit(3)), subtree.iter().any(|(_, n)| *n == 3));
        assert_eq!(ask().all_of(h, u, |u| u != unit(3)), subtree.iter().all(|(_, n)| *n != 3));
    }
}

/// The tree says of what stands under a root what the model does, and knows nothing else.
fn tree_agrees(slow: &Slow<'_>, tree: &Tree) {
    let all: Vec<(usize, usize)> =
        slow.roots().into_iter().flat_map(|root| slow.subtree(root, UNITS)).collect();
    assert_eq!(tree.units(), units(all.iter().map(|(_, n)| *n).collect()));
    let named =
        |nodes: &mut dyn Iterator<Item = super::Node>| nodes.map(|node| tree.unit(node)).collect::<Vec<_>>();
    assert_eq!(named(&mut tree.roots()), units(slow.roots()));
    assert_eq!(tree.nodes().map(super::Node::index).collect::<Vec<_>>(), (0..all.len()).collect::<Vec<_>>());
    let sums = tree.roll_up(|_| 1, |sum, below| *sum += below);
    for n in 0..UNITS {
        let Some(node) = tree.find(unit(n)) else {
            assert!(all.iter().all(|(_, stands)| *stands != n));
            continue;
        };
        let above = units(slow.ancestors(n));
        let below = slow.subtree(n, UNITS);
        assert_eq!(tree.parent(node).map(|node| tree.unit(node)), slow.parent(n).map(unit));
        assert_eq!(named(&mut tree.children(node)), units(slow.children(n)));
        assert_eq!(named(&mut tree.siblings(node)), units(slow.siblings(n)));
        assert_eq!(named(&mut tree.ancestors(node)), above);
        assert_eq!(tree.depth(node), above.len());
        assert_eq!(tree.path(node), [above.iter().rev().copied().collect(), vec![unit(n)]].concat());
        assert_eq!(tree.descendants(node), units(below.iter().skip(1).map(|(_, n)| *n).collect()));
        assert_eq!(named(&mut tree.nodes_below(node)), tree.descendants(node));
        assert_eq!((tree.count(node), sums[node.index()]), (below.len() - 1, below.len()));
        assert_eq!(tree.height(node), below.iter().map(|(level, _)| *level).max().unwrap());
        for limit in [0, 1, 2, UNITS] {
            let expected: Vec<_> =
                slow.subtree(n, limit).into_iter().map(|(level, n)| (level, unit(n))).collect();
            let found: Vec<_> =
                tree.subtree(node, limit).map(|(level, node)| (level, tree.unit(node))).collect();
            assert_eq!(found, expected);
        }
        let nearest = tree.nearest_ancestor(node, |above| above == unit(0)).map(|node| tree.unit(node));
        assert_eq!(nearest, above.contains(&unit(0)).then(|| unit(0)));
        for m in 0..UNITS {
            let Some(other) = tree.find(unit(m)) else { continue };
            assert_eq!(tree.within(node, other), above.contains(&unit(m)));
            let common = slow.common(n, m);
            let found = tree.lowest_common_ancestor(node, other).map(|node| tree.unit(node));
            assert_eq!(found, common.map(|(at, _)| unit(at)));
            assert_eq!(tree.distance(node, other), common.map(|(_, steps)| steps));
        }
    }
}

fn check(registrations: &[Registration], circles: bool) {
    let model = Model::new(registrations);
    let all = tables(registrations);
    let last = Arc::new(all.last().unwrap().clone());
    for (number, belief) in model.0.iter().enumerate() {
        // Two registrations of the hierarchies come first.
        let known = Revision::new(u32::try_from(number + 2).unwrap());
        let then = all.get(number.wrapping_sub(1)).map(|tables| Arc::new(tables.clone()));
        for (at, hierarchy_number) in (0..DAYS).flat_map(|day| [(day, 0), (day, 1)]) {
            let slow = Slow { belief, day: at, hierarchy: hierarchy_number };
            // From the histories: a forest that nobody paid for.
            agree(&slow, circles, &|| {
                let mut tables = (*last).clone();
                tables.forests = Forests::default();
                Snapshot::new(Arc::new(tables)).as_known(known).at(day(at))
            });
            // From the forest that grew with the registrations, the newest and that of the time.
            agree(&slow, circles, &|| Snapshot::new(Arc::clone(&last)).as_known(known).at(day(at)));
            if let Some(then) = &then {
                let view = Snapshot::new(Arc::clone(then)).at(day(at));
                assert_eq!(view.roots(hierarchy(hierarchy_number)), units(slow.roots()));
                tree_agrees(&slow, &view.tree(hierarchy(hierarchy_number)));
            }
            let view = Snapshot::new(Arc::clone(&last)).as_known(known).at(day(at));
            tree_agrees(&slow, &view.tree(hierarchy(hierarchy_number)));
            // And with the tree held.
            agree(&slow, circles, &|| view.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_way_to_ask_answers_as_the_days_one_by_one_do(registrations in registrations(false)) {
        check(&registrations, false);
    }

    #[test]
    fn circles_of_a_foreign_journal_end_every_walk(registrations in registrations(true)) {
        check(&registrations, true);
    }
}

fn chain() -> Vec<Registration> {
    let state = |name, place| Some(State { name, placed: [Some(place), None] });
    vec![
        vec![(0, (0, DAYS), state(0, Place::Root)), (1, (0, DAYS), state(1, Place::Under(0)))],
        vec![(2, (0, DAYS), state(2, Place::Under(1))), (2, (4, DAYS), state(3, Place::Under(0)))],
    ]
}

#[test]
fn later_views_between_the_same_changes_are_given_the_same_tree() {
    let last = tables(&chain()).pop().unwrap();
    let snapshot = Snapshot::new(Arc::new(last));
    let tree = |known: u32, at| snapshot.as_known(Revision::new(known)).at(day(at)).tree(hierarchy(0));
    assert!(tree(4, 1).is(&tree(4, 3)));
    assert!(!tree(4, 3).is(&tree(4, 4)), "a unit moved on that day");
    assert!(!tree(3, 3).is(&tree(4, 3)), "a registration changed the hierarchy");
    assert!(tree(9, 5).is(&tree(4, 9)));
}

#[test]
fn trees_asked_for_least_recently_make_room_for_new_ones() {
    let last = tables(&chain()).pop().unwrap();
    let snapshot = Snapshot::new(Arc::new(last));
    let tree = |at| snapshot.at(day(at)).tree(hierarchy(0));
    let (early, late) = (tree(1), tree(5));
    let (kept, bytes) = snapshot.tables().forests.held();
    assert_eq!(kept, 2);
    assert!(tree(1).is(&early));
    snapshot.tables().forests.set_room(bytes - 1);
    assert_eq!(snapshot.tables().forests.held().0, 1);
    assert!(tree(1).is(&early) && !tree(5).is(&late));
    snapshot.tables().forests.set_room(0);
    assert_eq!(snapshot.tables().forests.held(), (0, 0));
    assert_eq!(tree(5).len(), 3, "without room a tree is still made");
}

#[test]
fn a_view_asked_about_many_units_twice_takes_the_tree() {
    let last = tables(&chain()).pop().unwrap();
    let snapshot = Snapshot::new(Arc::new(last));
    let view = snapshot.at(day(1));
    for (asked, kept) in [(1, 0), (2, 1), (3, 1)] {
        assert_eq!(view.count(hierarchy(0), unit(0)), 2);
        assert_eq!(snapshot.tables().forests.held().0, kept, "asked {asked} times");
    }
    for unit in [unit(0), unit(1), unit(2)] {
        snapshot.at(day(7)).ancestors(hierarchy(0), unit);
        snapshot.at(day(7)).children(hierarchy(0), unit);
    }
    assert_eq!(snapshot.tables().forests.held().0, 1, "small questions make no tree");
}

#[test]
fn a_forest_is_not_made_for_a_question_here_and_there() {
    let mut last = tables(&chain()).pop().unwrap();
    last.forests = Forests::default();
    let snapshot = Snapshot::new(Arc::new(last));
    let ask = || snapshot.at(day(1)).parent(hierarchy(0), unit(1));
    assert_eq!(ask(), Some(unit(0)));
    assert!(snapshot.tables().forests.get(snapshot.tables()).is_none());
    for _ in 0..10 {
        ask();
    }
    assert!(snapshot.tables().forests.get(snapshot.tables()).is_some(), "now it has been paid for");
}
