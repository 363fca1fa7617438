//! The engine: bulk loads, look-ups, commits. Page *Performance* names the workloads; `memory` measures the memory.
//!
//! `cargo bench --bench engine`; sizes from `MO_BENCH_UNITS` (comma-separated, default `1000,100000`).

mod town;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Bencher, BenchmarkId, Criterion, Throughput};
use mo_core::model::{Patch, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::state::View;

use town::{Draw, Town, VERSIONS, day};

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

fn commits(criterion: &mut Criterion, town: &Town, registry: Registry) {
    let size = town.units.len();
    let mut draw = Draw(2);
    let mut group = criterion.benchmark_group("commit");
    let mut registry = Some(registry);
    let mut number = 0;
    group.bench_function(BenchmarkId::new("rename", size), |bencher| {
        commit_many(bencher, town, &mut registry, |registry| {
            number += 1;
            let mut edit = registry.edit("bench");
            let patch = Patch::new().set(Unit::NAME, format!("Ny {number}"));
            edit.change(town.units[draw.below(size)], day(2022), patch);
            edit.commit().unwrap();
        });
    });
    group.bench_function(BenchmarkId::new("move", size), |bencher| {
        commit_many(bencher, town, &mut registry, |registry| {
            let mut edit = registry.edit("bench");
            let unit = town.units[size / 2 + draw.below(size / 2)];
            let parent = town.units[draw.below(size / 100 + 1)];
            edit.move_unit(unit, town.hierarchy, parent, day(2023));
            edit.commit().unwrap();
        });
    });
}

/// Times commits on a registry that is made anew whenever it has taken as many as it has units: a history grows with every
/// commit, and those of a small town would soon be far longer than those of a large one.
#[allow(clippy::disallowed_methods)] // what is measured is time
fn commit_many(
    bencher: &mut Bencher,
    town: &Town,
    registry: &mut Option<Registry>,
    mut commit: impl FnMut(&Registry),
) {
    let mut taken = 0;
    bencher.iter_custom(|iterations| {
        let mut spent = Duration::ZERO;
        let mut left = iterations;
        while left > 0 {
            if taken >= town.units.len() as u64 {
                // The old one goes first: two need not fit in memory.
                drop(registry.take());
                taken = 0;
            }
            let registry = registry.get_or_insert_with(|| town.full());
            let now = left.min(town.units.len() as u64 - taken);
            let start = std::time::Instant::now();
            (0..now).for_each(|_| commit(registry));
            spent += start.elapsed();
            taken += now;
            left -= now;
        }
        spent
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
        bulk(&mut criterion, &town);
        let registry = town.full();
        lookups(&mut criterion, &town, &registry);
        commits(&mut criterion, &town, registry);
    }
    criterion.final_summary();
}
