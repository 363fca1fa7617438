//! The municipality that everything is asked about: generated from a seed, read back as plain rectangles, and the points and
//! questions drawn for it.

use std::sync::Arc;

use mo_core::generate::{Generated, Generator};
use mo_core::model::{CountedIds, Engagement, Manager, Object, ObjectId, Placement, Unit};
use mo_core::registry::Registry;
use mo_core::state::{Rectangle, Snapshot};
use mo_core::time::{Day, Instant, Revision, SteppingClock};
use std::collections::HashMap;
use uuid::Uuid;

use crate::oracle::Oracle;
use crate::workload::{Point, Question, Way, Workload};

/// No unit above: at the top.
pub const TOP: i64 = -1;
/// After every day and registration.
pub const NEVER: i64 = 1 << 40;

/// A rectangle, both sides half-open, with what holds in it.
#[derive(Debug, Clone)]
pub struct Row<T> {
    pub object: u32,
    pub valid: (i64, i64),
    pub known: (i64, i64),
    pub value: T,
}

impl<T> Row<T> {
    pub fn holds(&self, point: Point) -> bool {
        let (day, known) = (i64::from(point.day), i64::from(point.known));
        self.valid.0 <= day && day < self.valid.1 && self.known.0 <= known && known < self.known.1
    }
}

pub struct Town {
    pub registry: Registry,
    pub made: Generated,
    /// The number that stands for each unit in sums of answers.
    pub keys: Vec<u64>,
    pub names: Vec<Row<String>>,
    /// The number of the unit above, or [`TOP`].
    pub edges: Vec<Row<i64>>,
    /// Unit and key of the person.
    pub engagements: Vec<Row<(u32, u64)>>,
    /// Unit, key of the manager object, and whether somebody leads.
    pub managers: Vec<Row<(u32, u64, bool)>>,
}

/// The number that stands for an object in sums of answers.
pub fn key(id: impl Into<Uuid>) -> u64 {
    id.into().as_u64_pair().1
}

fn rows<I: ObjectId, T: PartialEq>(
    snapshot: &Snapshot,
    number: u32,
    id: I,
    value: impl Fn(&I::Object) -> Option<T>,
    into: &mut Vec<Row<T>>,
) where
    I::Object: Object,
{
    let mut found: Vec<Row<T>> = Vec::new();
    let side = |from: Option<i64>, until: Option<i64>| (from.unwrap_or(-NEVER), until.unwrap_or(NEVER));
    for Rectangle { valid, known_from, known_until, state, .. } in snapshot.history(id) {
        let days = side(
            valid.from().map(|day| i64::from(day.epoch_days())),
            valid.until().map(|day| i64::from(day.epoch_days())),
        );
        let number_of = |revision: Revision| i64::from(revision.number());
        let known =
            (number_of(known_from.revision), known_until.map_or(NEVER, |stamp| number_of(stamp.revision)));
        if let Some(value) = value(&state) {
            found.push(Row { object: number, valid: days, known, value });
        }
    }
    // Neighbours that hold the same become one row: what a careful database schema would store.
    while let Some((a, b)) = mergeable(&found) {
        let gone = found.remove(b);
        found[a].valid = (found[a].valid.0.min(gone.valid.0), found[a].valid.1.max(gone.valid.1));
        found[a].known = (found[a].known.0.min(gone.known.0), found[a].known.1.max(gone.known.1));
    }
    into.append(&mut found);
}

fn mergeable<T: PartialEq>(rows: &[Row<T>]) -> Option<(usize, usize)> {
    let meet = |a: (i64, i64), b: (i64, i64)| a.1 == b.0 || b.1 == a.0;
    (0..rows.len()).find_map(|a| {
        let b = (a + 1..rows.len()).find(|b| {
            let (a, b) = (&rows[a], &rows[*b]);
            a.value == b.value
                && ((a.valid == b.valid && meet(a.known, b.known))
                    || (a.known == b.known && meet(a.valid, b.valid)))
        })?;
        Some((a, b))
    })
}

impl Town {
    pub fn new(units: usize, seed: u64) -> Town {
        let clock = Arc::new(SteppingClock::new(Instant::MIN));
        let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("compare"));
        let generator = Generator::new(seed).units(units).persons((units * 5).min(1_000_000)).years(10);
        let made =
            generator.fill(&registry, &*clock, |_, _| ()).expect("a generated municipality breaks no rule");
        let snapshot = registry.snapshot();
        let numbers: HashMap<Uuid, u32> = (0..).zip(&made.units).map(|(n, unit)| (unit.uuid(), n)).collect();
        let (mut names, mut edges) = (Vec::new(), Vec::new());
        for (number, unit) in (0..).zip(&made.units) {
            rows(&snapshot, number, *unit, |unit: &Unit| Some(unit.name.to_string()), &mut names);
            let above = |unit: &Unit| {
                Some(match unit.placements.get(&made.line)? {
                    Placement::Root => TOP,
                    Placement::Under(parent) => i64::from(numbers[&parent.uuid()]),
                })
            };
            rows(&snapshot, number, *unit, above, &mut edges);
        }
        let mut engagements = Vec::new();
        for (number, engagement) in (0..).zip(&made.engagements) {
            let value = |e: &Engagement| Some((numbers[&e.unit.uuid()], key(e.person)));
            rows(&snapshot, number, *engagement, value, &mut engagements);
        }
        let mut managers = Vec::new();
        let everyone = snapshot.at(made.last_day).all::<Manager>();
        for (number, manager) in (0..).zip(everyone) {
            let value = |m: &Manager| Some((numbers[&m.unit.uuid()], key(manager), m.person.is_some()));
            rows(&snapshot, number, manager, value, &mut managers);
        }
        let keys = made.units.iter().map(|unit| key(*unit)).collect();
        Town { registry, made, keys, names, edges, engagements, managers }
    }

    /// The points of time of a way.
    pub fn points(&self, way: Way, draw: &mut Draw) -> Vec<Point> {
        let (first, last) = (self.made.first_day.epoch_days(), self.made.last_day.epoch_days());
        let head = self.registry.snapshot().revision().number();
        match way {
            Way::Held => vec![Point { day: last, known: head }],
            Way::Past => vec![Point { day: first + (last - first) / 3, known: head / 2 }],
            Way::Random => (0..if self.keys.len() > 200_000 { 24 } else { 64 })
                .map(|_| Point {
                    // The next year is planned for, too.
                    day: first + draw.below((last - first + 365) as usize) as i32,
                    known: head / 10 + draw.below((head - head / 10) as usize) as u32,
                })
                .collect(),
        }
    }
}

/// The questions of a workload at the points of the oracles.
pub fn questions(oracles: &[Oracle<'_>], way: Way, workload: Workload, draw: &mut Draw) -> Vec<Question> {
    let many = match (workload, way) {
        (Workload::DescendantsRoot, Way::Random) => 1,
        (Workload::DescendantsRoot, _) => 4,
        (Workload::People | Workload::DescendantsMid, Way::Random) => 4,
        (Workload::People | Workload::DescendantsMid, _) => 64,
        (_, Way::Random) => 64,
        _ => 2048,
    };
    let mut questions = Vec::new();
    for (number, oracle) in (0..).zip(oracles) {
        let standing = oracle.standing();
        let about = match workload {
            Workload::DescendantsRoot => oracle.roots().into_iter().take(1).collect(),
            Workload::DescendantsMid | Workload::People | Workload::Count => oracle.about(250),
            Workload::Children => {
                standing.iter().copied().filter(|unit| !oracle.children(*unit).is_empty()).collect()
            }
            _ => standing.clone(),
        };
        if about.is_empty() {
            continue;
        }
        for n in 0..many {
            let unit = about[draw.below(about.len())];
            // Half of those asked about are really above.
            let above = oracle.ancestors(unit);
            let other = if n % 2 == 0 && !above.is_empty() {
                above[draw.below(above.len())]
            } else {
                standing[draw.below(standing.len())]
            };
            questions.push(Question { unit, other, point: number });
        }
    }
    // Random questions come in no order of time.
    for at in (1..questions.len()).rev() {
        questions.swap(at, draw.below(at + 1));
    }
    questions
}

pub fn day(point: Point) -> Day {
    Day::from_epoch_days(point.day).expect("a day")
}

/// Numbers that look drawn, the same in every run.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
