//! The engine: bulk loads, look-ups, commits and memory. Page *Performance* names the workloads.
//!
//! `cargo bench --bench engine`; sizes from `MO_BENCH_UNITS` (comma-separated, default `1000,100000`). Memory is printed
//! at the start, as resident set per unit version.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use mo_core::model::{
    CountedIds, Hierarchy, HierarchyId, HierarchyUse, IdSource, Patch, Placement, Unit, UnitId,
};
use mo_core::registry::Registry;
use mo_core::state::View;
use mo_core::time::{Day, Instant, Period, SteppingClock};
use mo_core::timeline::Timeline;

const VERSIONS: usize = 5;

/// Units with five versions each: renames on both axes of the calendar, one move each, fan-out eight or nine.
struct Town {
    units: Vec<UnitId>,
    timelines: Vec<Timeline<Unit>>,
    hierarchy: HierarchyId,
    text_bytes: usize,
}

fn day(year: usize) -> Day {
    Day::from_ymd(i32::try_from(year).unwrap(), 1, 1).unwrap()
}

impl Town {
    fn new(size: usize) -> Town {
        let ids = CountedIds::new("bench");
        let hierarchy = HierarchyId::new(ids.next_id());
        let units: Vec<UnitId> = (0..size).map(|_| UnitId::new(ids.next_id())).collect();
        let mut text_bytes = 0;
        let timelines = (0..size)
            .map(|n| {
                let mut timeline = Timeline::new();
                for version in 0..VERSIONS {
                    let parent = n.checked_sub(1).map(|n| n / if version < 3 { 8 } else { 9 });
                    let placement = parent.map_or(Placement::Root, |n| Placement::Under(units[n]));
                    let name = format!("Enhed {n} nr. {version}");
                    text_bytes += name.len();
                    let state = Unit::new(name).placements(hierarchy, placement);
                    timeline.insert(Period::since(day(2000 + 4 * version)), state);
                }
                timeline
            })
            .collect();
        Town { units, timelines, hierarchy, text_bytes }
    }

    fn empty(&self) -> Registry {
        let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("registry"));
        let mut edit = registry.edit("bench");
        edit.create_as(self.hierarchy, Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        edit.commit().unwrap();
        registry
    }

    fn load(&self, registry: &Registry) {
        let mut edit = registry.edit("bench");
        for (unit, timeline) in self.units.iter().zip(&self.timelines) {
            edit.replace(*unit, timeline);
        }
        edit.commit().unwrap();
    }

    fn full(&self) -> Registry {
        let registry = self.empty();
        self.load(&registry);
        registry
    }
}

/// Numbers that look drawn, the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The process's resident bytes, where the system tells.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

fn report_memory(town: &Town) {
    let before = resident();
    let registry = town.full();
    let journal = journal_bytes(&registry);
    if let (Some(before), Some(after)) = (before, resident()) {
        let versions = town.units.len() * VERSIONS;
        let grown = after.saturating_sub(before).saturating_sub(journal + town.text_bytes);
        println!(
            "memory/{}: {} bytes per version beyond texts and journal",
            town.units.len(),
            grown / versions
        );
    }
}

fn journal_bytes(registry: &Registry) -> usize {
    let mut bytes = 0;
    let read = registry.store().read(mo_core::time::Revision::ZERO, &mut |entry| {
        bytes += entry.bytes.len();
        std::ops::ControlFlow::Continue(())
    });
    read.unwrap();
    bytes
}

fn bulk(criterion: &mut Criterion, town: &Town) {
    let mut group = criterion.benchmark_group("bulk-replace");
    group.sample_size(10).throughput(Throughput::Elements((town.units.len() * VERSIONS) as u64));
    group.bench_function(BenchmarkId::from_parameter(town.units.len()), |bencher| {
        bencher.iter_batched(
            || town.empty(),
            |registry| {
                town.load(&registry);
                registry
            },
            BatchSize::PerIteration,
        );
    });
}

fn lookups(criterion: &mut Criterion, town: &Town, registry: &Registry) {
    let size = town.units.len();
    let mut draw = Draw(1);
    let snapshot = registry.snapshot();
    let questions: Vec<(UnitId, View)> =
        (0..4096).map(|_| (town.units[draw.below(size)], snapshot.at(day(2001 + draw.below(24))))).collect();
    let mut group = criterion.benchmark_group("lookup");
    group.throughput(Throughput::Elements(questions.len() as u64));
    group.bench_function(BenchmarkId::new("exists", size), |bencher| {
        bencher.iter(|| questions.iter().filter(|(unit, view)| view.exists(*unit)).count());
    });
    group.bench_function(BenchmarkId::new("placement", size), |bencher| {
        bencher.iter(|| {
            for (unit, view) in &questions {
                black_box(view.placement(town.hierarchy, *unit));
            }
        });
    });
    group.bench_function(BenchmarkId::new("state", size), |bencher| {
        bencher.iter(|| {
            for (unit, view) in &questions {
                black_box(view.get(*unit));
            }
        });
    });
}

fn commits(criterion: &mut Criterion, town: &Town, registry: &Registry) {
    let size = town.units.len();
    let mut draw = Draw(2);
    let mut group = criterion.benchmark_group("commit");
    group.bench_function(BenchmarkId::new("rename", size), |bencher| {
        let mut number = 0;
        bencher.iter(|| {
            number += 1;
            let mut edit = registry.edit("bench");
            let patch = Patch::new().set(Unit::NAME, format!("Ny {number}"));
            edit.change(town.units[draw.below(size)], day(2022), patch);
            edit.commit().unwrap()
        });
    });
    group.bench_function(BenchmarkId::new("move", size), |bencher| {
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            let unit = town.units[size / 2 + draw.below(size / 2)];
            let parent = town.units[draw.below(size / 100 + 1)];
            edit.move_unit(unit, town.hierarchy, parent, day(2023));
            edit.commit().unwrap()
        });
    });
}

fn main() {
    let sizes = std::env::var("MO_BENCH_UNITS").unwrap_or_else(|_| "1000,100000".to_owned());
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for size in sizes.split(',').filter_map(|size| size.trim().parse().ok()) {
        let town = Town::new(size);
        report_memory(&town);
        bulk(&mut criterion, &town);
        let registry = town.full();
        lookups(&mut criterion, &town, &registry);
        commits(&mut criterion, &town, &registry);
    }
    criterion.final_summary();
}
