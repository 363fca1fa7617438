//! The feed against a slow reading of its rule: every object on both sides of every moment at which anything can change.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{CountedIds, Kind, Patch, Unit, UnitId};
use crate::registry::Registry;
use crate::time::{Period, SteppingClock};

/// Midnight of 2026-03-29, the day on which the clocks go forward.
const START: &str = "2026-03-28T23:00:00Z";
const QUARTER: i64 = 6 * 3600 * 1_000_000;

fn instant(quarters: i64) -> Instant {
    START.parse::<Instant>().unwrap().plus_micros(quarters * QUARTER).unwrap()
}

fn day(n: i32) -> Day {
    "2026-03-27".parse::<Day>().unwrap().plus(n).unwrap()
}

/// An instant, midnights first, and day and belief on both sides of it.
type Moment = (Instant, u32, (Day, Revision), (Day, Revision));

/// Everything current changes from, at every registration and midnight in the window.
fn slowly(snapshot: &Snapshot, units: &[UnitId], after: Instant, until: Instant) -> Vec<Turn> {
    let mut moments: Vec<Moment> = Vec::new();
    for n in 1..=snapshot.revision().number() {
        let at = snapshot.registration(Revision::new(n)).unwrap().registered_at;
        let day = Copenhagen.day_of(at);
        moments.push((at, n, (day, Revision::new(n - 1)), (day, Revision::new(n))));
    }
    for n in -5..25 {
        let at = Copenhagen.midnight(day(n));
        let known = (1..=snapshot.revision().number())
            .filter(|n| snapshot.registration(Revision::new(*n)).unwrap().registered_at < at)
            .max()
            .unwrap_or(0);
        moments.push((at, 0, (day(n - 1), Revision::new(known)), (day(n), Revision::new(known))));
    }
    moments.sort();
    let mut ids: Vec<UnitId> = units.to_vec();
    ids.sort();
    let mut turns = Vec::new();
    for (at, _, before, now) in moments.into_iter().filter(|(at, ..)| after < *at && *at <= until) {
        for id in &ids {
            let state = |(day, known): (Day, Revision)| snapshot.as_known(known).at(day).get(*id);
            let change = match (state(before), state(now)) {
                (None, Some(_)) => TurnChange::Added,
                (Some(_), None) => TurnChange::Removed,
                (before, now) if before != now => TurnChange::Changed,
                _ => continue,
            };
            turns.push(Turn { at, object: ObjectRef { kind: Kind::Unit, id: id.uuid() }, change });
        }
    }
    turns
}

#[derive(Debug, Clone)]
enum Verb {
    Rename(i32, u8),
    Correct(i32, u8),
    End(i32),
    Extend(i32, i32),
    Suspend(i32, i32),
}

fn verb() -> impl Strategy<Value = Verb> {
    prop_oneof![
        3 => (0..8i32, 0..3u8).prop_map(|(n, name)| Verb::Rename(n, name)),
        1 => (0..8i32, 0..3u8).prop_map(|(n, name)| Verb::Correct(n, name)),
        1 => (1..8i32).prop_map(Verb::End),
        1 => (0..8i32, 1..4i32).prop_map(|(n, long)| Verb::Extend(n, long)),
        1 => (0..8i32, 1..4i32).prop_map(|(n, long)| Verb::Suspend(n, long)),
    ]
}

proptest! {
    #[test]
    fn it_is_what_a_watcher_of_every_moment_sees(
        steps in prop::collection::vec((0..30i64, 0..2usize, verb()), 1..12),
        (after, long, part) in (-4..30i64, 0..20i64, 0..20i64),
    ) {
        let clock = Arc::new(SteppingClock::new(instant(-2)));
        let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("feed"));
        let mut edit = registry.edit("ib");
        let units = [edit.create(Period::since(day(1)), Unit::new("0")), edit.create(Period::ALWAYS, Unit::new("1"))];
        edit.commit().unwrap();
        for (at, unit, verb) in steps {
            clock.set(instant(at));
            let unit = units[unit];
            let name = |n: u8| Patch::new().set(Unit::NAME, n.to_string());
            let mut edit = registry.edit("ib");
            match verb {
                Verb::Rename(n, to) => edit.change(unit, day(n), name(to)),
                Verb::Correct(n, to) => edit.correct(unit, day(n), name(to)),
                Verb::End(n) => edit.end(unit, day(n)),
                Verb::Extend(n, long) => edit.extend(unit, Period::new(day(n), day(n + long)).unwrap()),
                Verb::Suspend(n, long) => edit.suspend(unit, Period::new(day(n), day(n + long)).unwrap()),
            };
            // What is refused is not registered.
            let _ = edit.commit();
        }
        let snapshot = registry.snapshot();
        let (after, middle, until) = (instant(after), instant(after + part.min(long)), instant(after + long));
        let turns: Vec<Turn> = snapshot.current(after, until).collect();
        prop_assert_eq!(&turns, &slowly(&snapshot, &units, after, until));
        // Reading in two goes is reading in one.
        let again: Vec<Turn> = snapshot.current(after, middle).chain(snapshot.current(middle, until)).collect();
        prop_assert_eq!(again, turns);
    }
}

#[test]
fn a_plan_withdrawn_before_its_day_never_appears() {
    let clock = Arc::new(SteppingClock::new("2026-01-01T09:00:00Z".parse().unwrap()));
    let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("feed"));
    let mut edit = registry.edit("ib");
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
    edit.commit().unwrap();
    let april = "2026-04-01".parse().unwrap();
    let mut edit = registry.edit("ib");
    edit.change(unit, april, Patch::new().set(Unit::NAME, "Dagtilbud"));
    edit.commit().unwrap();
    clock.set("2026-03-01T09:00:00Z".parse().unwrap());
    let mut edit = registry.edit("ib");
    edit.change(unit, april, Patch::new().set(Unit::NAME, "Skole"));
    edit.commit().unwrap();
    let turns = registry.snapshot().current("2026-01-02T00:00:00Z".parse().unwrap(), Instant::MAX);
    assert_eq!(turns.count(), 0);
}
