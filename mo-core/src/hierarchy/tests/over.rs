//! Questions over a period, trees compared, and derived labels, against the model day by day.

use std::sync::Arc;

use proptest::prelude::*;

use super::{
    DAYS, Model, NAMES, Place, Registration, Slow, UNITS, day, hierarchy, registrations, tables, unit, units,
};
use crate::hierarchy::{Stands, TreeChange};
use crate::model::value::Text;
use crate::model::{Placement, Unit, UnitId};
use crate::state::forest::Point;
use crate::state::forest::cell::Cell;
use crate::state::forest::shared::Forests;
use crate::state::{Snapshot, View};
use crate::time::{Period, Revision};

fn stands(slow: &Slow<'_>, n: usize) -> Option<Stands> {
    let placement = match slow.placed(n)? {
        Place::Root => Placement::Root,
        Place::Under(parent) => Placement::Under(unit(parent)),
    };
    Some(Stands { placement, name: Text::from(NAMES[slow.state(n)?.name]) })
}

fn over_agrees(
    belief: &[Vec<Option<super::State>>],
    number: usize,
    circles: bool,
    ask: &dyn Fn() -> Snapshot,
) {
    let h = hierarchy(number);
    let slow = |day| Slow { belief, day, hierarchy: number };
    let window = Period::new(day(1), day(DAYS - 1)).unwrap();
    for n in 0..UNITS {
        let paths = ask().path_over(h, unit(n), Period::ALWAYS);
        let clipped = ask().path_over(h, unit(n), window);
        assert_eq!(clipped, paths.clip(window));
        let counts = ask().count_over(h, unit(n), Period::ALWAYS);
        let named = |state: &Unit| *state.name == *NAMES[1];
        let nearest = ask().nearest_ancestor_over(h, unit(n), Period::ALWAYS, named);
        let within: Vec<_> =
            (0..UNITS).map(|m| ask().within_over(h, unit(n), unit(m), Period::ALWAYS)).collect();
        for at in 0..DAYS {
            let slow = slow(at);
            let above = slow.ancestors(n);
            let path = slow.placed(n).map(|_| units(above.iter().rev().copied().chain([n]).collect()));
            assert_eq!(paths.get(day(at)), path.as_ref());
            let stands = slow.placed(n).is_some();
            let fitting =
                above.iter().copied().find(|m| slow.state(*m).unwrap().name == 1).filter(|_| stands);
            assert_eq!(nearest.get(day(at)), fitting.map(unit).as_ref());
            for (m, within) in within.iter().enumerate() {
                assert_eq!(within.contains(day(at)), above.contains(&m));
            }
            if !circles {
                let below = slow.state(n).map(|_| slow.subtree(n, UNITS).len() - 1);
                assert_eq!(counts.get(day(at)), below.as_ref(), "below {n} on day {at}");
            }
        }
    }
}

fn changes(a: &Slow<'_>, b: &Slow<'_>) -> Vec<TreeChange> {
    let mut changes: Vec<TreeChange> = (0..UNITS)
        .map(|n| TreeChange { unit: unit(n), before: stands(a, n), after: stands(b, n) })
        .filter(|change| change.before != change.after)
        .collect();
    changes.sort_by_key(|change| {
        let stands = change.after.as_ref().or(change.before.as_ref()).unwrap();
        (crate::danish::sort_key(&stands.name), change.unit)
    });
    changes
}

fn check(registrations: &[Registration], circles: bool) {
    let model = Model::new(registrations);
    let all: Vec<Arc<_>> = tables(registrations).into_iter().map(Arc::new).collect();
    let last = all.last().unwrap();
    let known = |number: usize| Revision::new(u32::try_from(number + 2).unwrap());
    for (number, belief) in model.0.iter().enumerate() {
        for h in [0, 1] {
            over_agrees(belief, h, circles, &|| {
                let mut tables = (**last).clone();
                tables.forests = Forests::default();
                Snapshot::new(Arc::new(tables)).as_known(known(number))
            });
            over_agrees(belief, h, circles, &|| Snapshot::new(Arc::clone(last)).as_known(known(number)));
            for (other, later) in model.0.iter().enumerate() {
                for (from, to) in [(0, 0), (0, 5), (5, 0), (3, 9)] {
                    let a = Slow { belief, day: from, hierarchy: h };
                    let b = Slow { belief: later, day: to, hierarchy: h };
                    let view = |number, at| -> View {
                        Snapshot::new(Arc::clone(last)).as_known(known(number)).at(day(at))
                    };
                    let found = view(number, from).tree_changes(hierarchy(h), &view(other, to));
                    assert_eq!(found, changes(&a, &b));
                    // Between snapshots of different heads.
                    if let Some(then) = number.checked_sub(1).and_then(|at| all.get(at)) {
                        let then = Snapshot::new(Arc::clone(then)).at(day(from));
                        assert_eq!(then.tree_changes(hierarchy(h), &view(other, to)), changes(&a, &b));
                        assert_eq!(view(other, to).tree_changes(hierarchy(h), &then), changes(&b, &a));
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn periods_answer_as_their_days_one_by_one_do(registrations in registrations(false)) {
        check(&registrations, false);
    }

    #[test]
    fn circles_of_a_foreign_journal_end_in_periods_too(registrations in registrations(true)) {
        check(&registrations, true);
    }

    #[test]
    fn a_tree_made_from_a_neighbours_is_the_one_built_from_nothing(registrations in registrations(false)) {
        patches_are_whole(&registrations);
    }

    #[test]
    fn a_derived_label_is_what_its_rule_says_of_every_day(registrations in registrations(false)) {
        let model = Model::new(&registrations);
        let last = Arc::new(tables(&registrations).pop().unwrap());
        for (number, belief) in model.0.iter().enumerate() {
            let known = Revision::new(u32::try_from(number + 2).unwrap());
            let snapshot = Snapshot::new(Arc::clone(&last)).as_known(known);
            let h = hierarchy(0);
            // Down the tree, up the tree, and the state itself.
            let label = snapshot.derive("label", |reads, unit: UnitId| {
                let own = reads.get(unit).is_some_and(|unit| *unit.name == *NAMES[0]);
                let above = reads.ancestors(h, unit).into_iter().any(|above| reads.parent(h, above).is_none());
                let below: usize = reads.children(h, unit).into_iter().filter_map(|c| reads.derived(c)).sum();
                usize::from(own) + 2 * usize::from(above) + below
            });
            for n in 0..UNITS {
                let found = label.over(unit(n));
                for at in 0..DAYS {
                    let slow = Slow { belief, day: at, hierarchy: 0 };
                    let expected = slow.state(n).map(|_| slow_label(&slow, n));
                    prop_assert_eq!(found.get(day(at)), expected.as_ref());
                    let explained = label.explain(unit(n), day(at)).map(|(value, _)| value);
                    prop_assert_eq!(explained, expected);
                }
            }
        }
    }
}

/// However far from one another, the cell of one point is made from that of another as from nothing.
fn patches_are_whole(registrations: &[Registration]) {
    let last = Arc::new(tables(registrations).pop().unwrap());
    let forest = last.forests.made(&last).unwrap();
    let number = registrations.len() + 2;
    let points: Vec<Point> = (2..=number)
        .flat_map(|known| [0, 2, 5, 9].map(|at| (known, at)))
        .map(|(known, at)| Point::new(day(at), Revision::new(u32::try_from(known).unwrap())))
        .collect();
    for h in [hierarchy(0), hierarchy(1)] {
        let standing: Vec<_> = points.iter().filter_map(|point| forest.at(h.uuid(), *point)).collect();
        let built: Vec<Cell> = standing.iter().map(|standing| standing.build()).collect();
        for (standing, right) in standing.iter().zip(&built) {
            for old in &built {
                let all: Vec<u32> = (0..standing.units()).collect();
                let some = standing.differing(old, &last);
                for changed in [all, some] {
                    let made = standing.patched(old, &changed);
                    assert_eq!((&made.order, &made.parent), (&right.order, &right.parent));
                    assert_eq!((&made.size, &made.depth), (&right.size, &right.depth));
                    for unit in &made.order {
                        assert_eq!(made.find(*unit), right.find(*unit));
                    }
                }
            }
        }
    }
}

fn slow_label(slow: &Slow<'_>, n: usize) -> usize {
    let own = slow.state(n).is_some_and(|state| state.name == 0);
    let above = slow.ancestors(n).into_iter().any(|above| slow.parent(above).is_none());
    let below: usize = slow.children(n).into_iter().map(|child| slow_label(slow, child)).sum();
    usize::from(own) + 2 * usize::from(above) + below
}

#[test]
fn a_rule_is_asked_once_for_every_stretch_of_days() {
    let snapshot = Snapshot::new(Arc::new(tables(&super::chain()).pop().unwrap()));
    let asked = std::cell::Cell::new(0);
    let label = snapshot.derive("name", |reads, unit: UnitId| {
        asked.set(asked.get() + 1);
        reads.get(unit).map(|unit| unit.name.to_string())
    });
    // It is named twice, and both times is found out at once.
    assert_eq!(label.over(unit(2)).len(), 2);
    assert_eq!(label.over(unit(2)).len(), 2);
    assert_eq!(asked.get(), 2);
    assert_eq!(label.explain(unit(2), day(0)).unwrap().1, [unit(2).into()]);
}
