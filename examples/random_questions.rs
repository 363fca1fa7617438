//! Rikke asks one tree question, who stands below a unit, on 1,000 random (valid, known) pairs of a town made of a seed,
//! and prints the time per question. Every hundredth answer is checked the slow way: from each unit upwards.

use std::time::{Duration, Instant};

use mo_core::model::{CountedIds, Hierarchy, HierarchyUse, Placement, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::time::{Day, Period, Revision, SteppingClock};

#[allow(clippy::disallowed_methods)] // what is measured is time
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed = std::env::args().nth(1).map_or(Ok(7), |seed| seed.parse::<u64>())?;
    let mut state = seed;
    let mut below = |n: u32| {
        // Knuth's MMIX generator; its high bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(n)) as usize
    };
    let start: Day = "2010-01-01".parse()?;
    let day = |n: usize| start.plus(n as i32).ok_or("a day of these twenty years");

    let clock = SteppingClock::new("2010-01-01T09:00:00Z".parse()?);
    let registry = Registry::in_memory(clock, CountedIds::new("random_questions"));
    let mut edit = registry.edit("rikke").note("500 units");
    let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    let mut units: Vec<UnitId> = Vec::new();
    for n in 0..500 {
        let place = if n == 0 { Placement::Root } else { units[below(n)].into() };
        units.push(edit.create(Period::ALWAYS, Unit::new(format!("Enhed {n}")).placements(line, place)));
    }
    edit.commit()?;
    let mut refused = 0; // a unit that would stand below itself on some day
    for _ in 0..1_000 {
        let mut edit = registry.edit("rikke").note("a unit moves, from some day on");
        edit.move_unit(units[1 + below(499)], line, units[below(500)], day(below(7_300))?);
        refused += usize::from(edit.commit().is_err());
    }

    let head = registry.snapshot();
    let (mut times, mut found) = (Vec::new(), 0);
    for n in 0..1_000 {
        let known = Revision::new(1 + below(head.revision().number()) as u32);
        let (view, unit) = (head.as_known(known).at(day(below(7_300))?), units[below(500)]);
        let begun = Instant::now();
        let answer = view.descendants(line, unit);
        times.push(begun.elapsed());
        found += answer.len();
        if n % 100 == 0 {
            let slowly = units.iter().filter(|other| **other != unit && view.within(line, **other, unit));
            assert_eq!(answer.len(), slowly.count(), "seed {seed}, question {n}");
        }
    }
    times.sort();
    println!("seed {seed}: {} registrations, {refused} moves refused, {found} units found", head.revision());
    let mean = times.iter().sum::<Duration>() / 1_000;
    println!("time per question: mean {mean:?}, median {:?}, slowest {:?}", times[500], times[999]);
    Ok(())
}
