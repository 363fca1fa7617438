//! The workloads that span time: two trees compared, and a path over fifteen years. Only mo and SQLite take part; the bare
//! engines know one day.

use std::collections::HashSet;
use std::error::Error;
use std::time::Instant;

use mo_core::model::Placement;
use mo_core::time::{Day, Period, Revision};
use rusqlite::params;

use crate::engines::sqlite::Sqlite;
use crate::oracle::Oracle;
use crate::report::Measured;
use crate::town::{Draw, Town, day, key};
use crate::workload::{Point, Way, Workload};

/// Where each unit stands at a point, and its name, from all rows.
fn standing(town: &Town, point: Point) -> Vec<Option<(i64, &str)>> {
    let mut all: Vec<Option<(i64, &str)>> = vec![None; town.keys.len()];
    for row in town.edges.iter().filter(|row| row.holds(point)) {
        all[row.object as usize] = Some((row.value, ""));
    }
    for row in town.names.iter().filter(|row| row.holds(point)) {
        if let Some((_, name)) = &mut all[row.object as usize] {
            *name = &row.value;
        }
    }
    all
}

/// The units whose placement or name differs.
fn oracle(town: &Town, a: Point, b: Point) -> u64 {
    let both = standing(town, a).into_iter().zip(standing(town, b));
    let differing = both.zip(&town.keys).filter(|((a, b), _)| a != b);
    differing.map(|(_, key)| *key).fold(0, u64::wrapping_add)
}

fn mo(town: &Town, a: Point, b: Point) -> (u64, usize) {
    let snapshot = town.registry.snapshot();
    let view = |point: Point| snapshot.as_known(Revision::new(point.known)).at(day(point));
    let changes = view(a).tree_changes(town.made.line, &view(b));
    let sum = changes.iter().map(|change| key(change.unit)).fold(0, u64::wrapping_add);
    (sum, changes.len())
}

const DIFF: &str = "
    SELECT child FROM (
      SELECT child, parent, name FROM edge JOIN state ON unit = child
        WHERE edge.kf <= ?2 AND edge.kt > ?2 AND edge.vf <= ?1 AND edge.vt > ?1
          AND state.kf <= ?2 AND state.kt > ?2 AND state.vf <= ?1 AND state.vt > ?1
      EXCEPT
      SELECT child, parent, name FROM edge JOIN state ON unit = child
        WHERE edge.kf <= ?4 AND edge.kt > ?4 AND edge.vf <= ?3 AND edge.vt > ?3
          AND state.kf <= ?4 AND state.kt > ?4 AND state.vf <= ?3 AND state.vt > ?3)";

fn sqlite(town: &Town, sqlite: &Sqlite<'_>, a: Point, b: Point) -> rusqlite::Result<u64> {
    let mut units: HashSet<i64> = HashSet::new();
    let mut statement = sqlite.connection().prepare_cached(DIFF)?;
    for (a, b) in [(a, b), (b, a)] {
        let mut rows = statement.query(params![a.day, a.known, b.day, b.known])?;
        while let Some(row) = rows.next()? {
            units.insert(row.get(0)?);
        }
    }
    Ok(units.into_iter().map(|unit| town.keys[unit as usize]).fold(0, u64::wrapping_add))
}

/// The pairs of points of a comparison, by its name on the performance page.
fn pairs(town: &Town, workload: Workload, draw: &mut Draw) -> Vec<(Point, Point)> {
    let (first, last) = (town.made.first_day.epoch_days(), town.made.last_day.epoch_days());
    let head = town.registry.snapshot().revision().number();
    let year = head / 10;
    let pair = |draw: &mut Draw| {
        let at = first + draw.below((last - first - 400) as usize) as i32;
        let known = head / 4 + draw.below((head / 2) as usize) as u32;
        let a = Point { day: at, known };
        let b = match workload {
            Workload::Diff30d => Point { day: at + 30, ..a },
            Workload::Diff1y => Point { day: at + 365, ..a },
            Workload::DiffKnown1y => Point { known: known + year, ..a },
            _ => Point { day: at + 365, known: known + year },
        };
        (a, b)
    };
    (0..12).map(|_| pair(draw)).collect()
}

/// Compares trees and follows paths; answers are checked first.
pub fn compare(
    town: &Town,
    rival: &Sqlite<'_>,
    rounds: usize,
    draw: &mut Draw,
    rows: &mut Vec<Measured>,
) -> Result<(), Box<dyn Error>> {
    let size = town.keys.len();
    for workload in Workload::OVER {
        let pairs = pairs(town, workload, draw);
        let mut changes = 0;
        for (at, (a, b)) in pairs.iter().enumerate() {
            let right = oracle(town, *a, *b);
            let (found, many) = mo(town, *a, *b);
            changes += many;
            if found != right || (at < 2 && sqlite(town, rival, *a, *b)? != right) {
                return Err(format!("{} is answered wrong", workload.name()).into());
            }
        }
        eprintln!("{}: {} changes a question", workload.name(), changes / pairs.len());
        let mut measure = |engine: &'static str, questions: usize, ask: &mut dyn FnMut(Point, Point)| {
            let mut times: Vec<f64> = (0..rounds)
                .map(|_| {
                    let start = Instant::now();
                    pairs.iter().take(questions).for_each(|(a, b)| ask(*a, *b));
                    start.elapsed().as_secs_f64() * 1e9 / questions as f64
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let (least, median) = (times[0], times[rounds / 2]);
            rows.push(Measured {
                size,
                workload,
                way: Way::Random,
                engine,
                least,
                median,
                questions,
                checked: questions,
            });
        };
        measure("mo", pairs.len(), &mut |a, b| {
            std::hint::black_box(mo(town, a, b));
        });
        measure("SQLite", 2, &mut |a, b| {
            std::hint::black_box(sqlite(town, rival, a, b).expect("a query of this file"));
        });
    }
    paths(town, rounds, draw, rows)
}

/// `path-over-time`: the time is of one path, and of one unit returned.
fn paths(
    town: &Town,
    rounds: usize,
    draw: &mut Draw,
    rows: &mut Vec<Measured>,
) -> Result<(), Box<dyn Error>> {
    let snapshot = town.registry.snapshot();
    let from = Day::from_ymd(2012, 1, 1)?;
    let period = Period::new(from, Day::from_ymd(2027, 1, 1)?)?;
    let units: Vec<usize> = (0..512).map(|_| draw.below(town.made.units.len())).collect();
    let known = snapshot.revision().number();
    for _ in 0..8 {
        let point = Point { day: from.epoch_days() + draw.below(5000) as i32, known };
        let oracle = Oracle::new(town, point);
        for unit in &units {
            let path = snapshot.path_over(town.made.line, town.made.units[*unit], period);
            let found = path
                .get(day(point))
                .map_or(0, |path| path.iter().map(|u| key(*u)).fold(0, u64::wrapping_add));
            let stands = oracle.stands(*unit as u32);
            let right = oracle.ancestors(*unit as u32).into_iter().chain([*unit as u32]);
            let right = right.map(|unit| town.keys[unit as usize]).fold(0, u64::wrapping_add);
            if found != if stands { right } else { 0 } {
                return Err("a path over time is wrong".into());
            }
        }
    }
    let mut times = Vec::new();
    let mut returned = 0;
    for _ in 0..rounds {
        let start = Instant::now();
        returned = 0;
        for unit in &units {
            let path = snapshot.path_over(town.made.line, town.made.units[*unit], period);
            returned += path.iter().map(|(_, path)| path.len()).sum::<usize>();
        }
        times.push(start.elapsed().as_secs_f64() * 1e9 / units.len() as f64);
    }
    times.sort_by(f64::total_cmp);
    let (least, median) = (times[0], times[rounds / 2]);
    let per_unit = median * units.len() as f64 / returned as f64;
    eprintln!("path-over-time: {per_unit:.0} ns per unit returned");
    let (size, questions) = (town.keys.len(), units.len());
    let workload = Workload::PathOverTime;
    rows.push(Measured {
        size,
        workload,
        way: Way::Random,
        engine: "mo",
        least,
        median,
        questions,
        checked: 4096,
    });
    Ok(())
}

/// A tree built from nothing and one made from its neighbour's of the day before, in nanoseconds a unit.
pub fn trees(town: &Town) {
    let snapshot = town.registry.snapshot();
    let end = town.made.last_day.epoch_days();
    let tree = |at: i32| {
        let view = snapshot.at(Day::from_epoch_days(at).expect("a day"));
        let start = Instant::now();
        let tree = view.tree(town.made.line);
        (start.elapsed().as_secs_f64() * 1e9 / tree.len().max(1) as f64, tree)
    };
    // The first makes the forest, too; the second is too far from it to be made from it.
    tree(town.made.first_day.epoch_days());
    let (built, first) = tree(end - 2000);
    let near: Vec<f64> = (1..6).map(|n| tree(end - 2000 + 7 * n).0).collect();
    let root = first.roots().next().map(|root| first.unit(root));
    let placed = root.and_then(|root| snapshot.at(town.made.last_day).placement(town.made.line, root));
    assert!(matches!(placed, Some(Placement::Root)), "the first root stays");
    eprintln!("tree: {built:.1} ns a unit built, {near:.1?} made from the one a week before");
}
