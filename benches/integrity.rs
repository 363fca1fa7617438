//! Integrity: what the rules cost in commits that reach far, and in checking everything. Page *Performance* names the
//! workloads, its targets are for the sizes used here.
//!
//! `cargo bench --bench integrity`. The sizes of the organisations that units are moved in come from `MO_BENCH_UNITS`
//! (comma-separated, default `1000,100000`), the number of objects that are checked from `MO_BENCH_OBJECTS` (default
//! `100000`); the page's targets are for `1000,1000000` and `1000000`.

use std::cell::LazyCell;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use mo_core::model::{
    Class, ClassId, CountedIds, Engagement, Facet, Hierarchy, HierarchyId, HierarchyUse, ItAccount, ItSystem,
    KleAspect, KleTag, Patch, Person, Placement, Unit, UnitId,
};
use mo_core::registry::{Edit, Registry};
use mo_core::rules::{Policies, Policy};
use mo_core::state::Dependents;
use mo_core::time::{Day, Instant, Period, SteppingClock};

fn day(year: i32) -> Day {
    Day::from_ymd(year, 1, 1).unwrap()
}

fn empty() -> Registry {
    Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("integrity"))
}

/// What every organisation here begins with.
struct Ground {
    line: HierarchyId,
    work: ClassId,
    kind: ClassId,
    top: UnitId,
}

fn ground(edit: &mut Edit<'_>) -> Ground {
    let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    let class = |edit: &mut Edit<'_>, name: &str| {
        let facet = edit.create(Period::ALWAYS, Facet::new(name));
        edit.create(Period::ALWAYS, Class::new(facet, name, name))
    };
    let (work, kind) = (class(edit, "engagement_type"), class(edit, "org_unit_type"));
    let top = edit.create(Period::ALWAYS, Unit::new("Top").placements(line, Placement::Root));
    Ground { line, work, kind, top }
}

/// A department of `units` units, each of them under the one `fan` times nearer the front, with `people` engagements each.
fn department(edit: &mut Edit<'_>, ground: &Ground, units: usize, fan: usize, people: usize) -> Vec<UnitId> {
    let mut made: Vec<UnitId> = Vec::with_capacity(units);
    for n in 0..units {
        let parent = n.checked_sub(1).map_or(ground.top, |n| made[n / fan]);
        let unit = Unit::new(format!("Enhed {n}")).placements(ground.line, parent).unit_type(ground.kind);
        let unit = edit.create(Period::since(day(2010)), unit);
        made.push(unit);
        for m in 0..people {
            let person =
                edit.create(Period::ALWAYS, Person::new(format!("Fornavn {m}"), format!("Efternavn {n}")));
            edit.create(Period::since(day(2012)), Engagement::new(person, unit, ground.work));
        }
    }
    made
}

/// Numbers that look drawn, the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// One unit moved under another, checked and registered, in organisations of several sizes: the cost must not follow the
/// size.
fn moves(criterion: &mut Criterion, size: usize) {
    let full = || {
        let registry = empty();
        let mut edit = registry.edit("bench");
        let ground = ground(&mut edit);
        edit.commit().unwrap();
        let mut units: Vec<UnitId> = Vec::with_capacity(size);
        while units.len() < size {
            // In commits of some size, as imports make them.
            let mut edit = registry.edit("bench");
            for n in units.len()..size.min(units.len() + 10_000) {
                let parent = n.checked_sub(1).map_or(ground.top, |n| units[n / 8]);
                let unit =
                    Unit::new(format!("Enhed {n}")).placements(ground.line, parent).unit_type(ground.kind);
                units.push(edit.create(Period::since(day(2010)), unit));
            }
            edit.commit().unwrap();
        }
        (registry, ground.line, units)
    };
    let full = LazyCell::new(full);
    let mut draw = Draw(1);
    criterion.benchmark_group("commit").bench_function(BenchmarkId::new("move", size), |bencher| {
        let (registry, line, units) = &*full;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            let unit = units[size / 2 + draw.below(size / 2)];
            edit.move_unit(unit, *line, units[draw.below(size / 4)], day(2030));
            edit.commit().unwrap()
        });
    });
}

/// The end of a unit above 10,000 others with 50,000 engagements, all of which go with it.
fn cascade(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("end-with-cascade");
    group.sample_size(10);
    let full = || {
        let registry = empty();
        let mut edit = registry.edit("bench");
        let ground = ground(&mut edit);
        let units = department(&mut edit, &ground, 10_000, 8, 5);
        edit.commit().unwrap();
        (registry, units)
    };
    group.bench_function("10000-units-50000-engagements-tried", |bencher| {
        let (registry, units) = full();
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.end_with(units[0], day(2030), Dependents::Cascade);
            edit.dry_run().unwrap()
        });
    });
    group.bench_function("10000-units-50000-engagements", |bencher| {
        bencher.iter_batched(
            full,
            |(registry, units)| {
                let mut edit = registry.edit("bench");
                edit.end_with(units[0], day(2030), Dependents::Cascade);
                let outcome = edit.commit().unwrap();
                assert_eq!(outcome.receipt().unwrap().effects.settled.len(), 59_999);
                registry
            },
            BatchSize::PerIteration,
        );
    });
}

/// A chain of units, each under the one before: made in one commit, ended with cascade in one commit.
fn chain(criterion: &mut Criterion) {
    const DEPTH: usize = 100_000;
    let mut group = criterion.benchmark_group("chain");
    group.sample_size(10);
    let start = || {
        let registry = empty();
        let mut edit = registry.edit("bench");
        let ground = ground(&mut edit);
        edit.commit().unwrap();
        (registry, ground)
    };
    group.bench_function(BenchmarkId::new("create", DEPTH), |bencher| {
        bencher.iter_batched(
            start,
            |(registry, ground)| {
                let mut edit = registry.edit("bench");
                department(&mut edit, &ground, DEPTH, 1, 0);
                edit.commit().unwrap();
                registry
            },
            BatchSize::PerIteration,
        );
    });
    let chain = LazyCell::new(|| {
        let (registry, ground) = start();
        let mut edit = registry.edit("bench");
        let units = department(&mut edit, &ground, DEPTH, 1, 0);
        edit.commit().unwrap();
        (registry, ground, units)
    });
    group.bench_function(BenchmarkId::new("end-with-cascade", DEPTH), |bencher| {
        let (registry, _, units) = &*chain;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.end_with(units[0], day(2030), Dependents::Cascade);
            edit.dry_run().unwrap()
        });
    });
    group.bench_function(BenchmarkId::new("top-under-its-last", DEPTH), |bencher| {
        let (registry, ground, units) = &*chain;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.move_unit(units[0], ground.line, units[DEPTH - 1], day(2030));
            edit.dry_run().unwrap_err()
        });
    });
}

/// Small changes of what 50,000 objects refer to.
fn busy(criterion: &mut Criterion) {
    const PEOPLE: usize = 50_000;
    let full = LazyCell::new(|| {
        let registry = empty();
        let mut edit = registry.edit("bench");
        let ground = ground(&mut edit);
        let unit = department(&mut edit, &ground, 1, 8, PEOPLE)[0];
        edit.commit().unwrap();
        (registry, ground, unit)
    });
    let mut group = criterion.benchmark_group("referred-to-by-50000");
    group.sample_size(20);
    group.bench_function("unit-renamed", |bencher| {
        let (registry, _, unit) = &*full;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.change(*unit, day(2025), Patch::new().set(Unit::NAME, "Ny"));
            edit.dry_run().unwrap()
        });
    });
    group.bench_function("class-renamed", |bencher| {
        let (registry, ground, _) = &*full;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.change(ground.work, day(2025), Patch::new().set(Class::NAME, "Ny"));
            edit.dry_run().unwrap()
        });
    });
    group.bench_function("class-ended-reported", |bencher| {
        let (registry, ground, _) = &*full;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.end(ground.work, day(2025));
            edit.dry_run().unwrap()
        });
    });
    group.bench_function("unit-ended-refused", |bencher| {
        let (registry, _, unit) = &*full;
        bencher.iter(|| {
            let mut edit = registry.edit("bench");
            edit.end(*unit, day(2025));
            edit.dry_run().unwrap_err()
        });
    });
}

/// Everything of a large municipality: a tenth units, the rest people, engagements, accounts and KLE tags.
fn check_all(criterion: &mut Criterion, objects: usize) {
    let mut group = criterion.benchmark_group("check-all");
    group.sample_size(10);
    let snapshot = LazyCell::new(|| {
        let snapshot = large(objects).snapshot();
        println!("check-all/{objects}: {} wrong", snapshot.check().len());
        snapshot
    });
    group.bench_function(BenchmarkId::from_parameter(objects), |bencher| {
        let snapshot = &*snapshot;
        bencher.iter(|| snapshot.check());
    });
}

/// A municipality of at least so many objects, a thousandth of them broken, which was reported.
fn large(objects: usize) -> Registry {
    let registry = empty().with_policies(Policies::new().otherwise(Policy::Report));
    let mut edit = registry.edit("bench");
    let ground = ground(&mut edit);
    let system = edit.create(Period::ALWAYS, ItSystem::new("AD"));
    let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    let numbers: Vec<ClassId> = (0..2_000)
        .map(|n| edit.create(Period::ALWAYS, Class::new(facet, format!("{n}"), format!("Emne {n}"))))
        .collect();
    edit.commit().unwrap();
    let mut units: Vec<UnitId> = Vec::new();
    let mut made = 0;
    while made < objects {
        let mut edit = registry.edit("bench");
        for _ in 0..1_000 {
            let n = units.len();
            let parent = n.checked_sub(1).map_or(ground.top, |n| units[n / 8]);
            let unit = Unit::new(format!("Enhed {n}")).placements(ground.line, parent).unit_type(ground.kind);
            let unit = edit.create(Period::since(day(2010)), unit);
            units.push(unit);
            for m in 0..3 {
                let number =
                    format!("{:02}{:02}{:02}{:04}", 1 + n % 28, 1 + m, n / 28 % 100, 1 + n / 2_800 % 9_999);
                let person = Person::new(format!("Fornavn {m}"), format!("Efternavn {n}"))
                    .cpr(number.parse::<mo_core::model::value::Cpr>().unwrap());
                let person = edit.create(Period::ALWAYS, person);
                // Some engagements begin before their unit does.
                let begin = if n.is_multiple_of(100) && m == 0 { 2009 } else { 2012 };
                edit.create(Period::since(day(begin)), Engagement::new(person, unit, ground.work));
                edit.create(
                    Period::since(day(2012)),
                    ItAccount::new(system, format!("b{n}x{m}")).person(person),
                );
            }
            let aspect = if n < numbers.len() { KleAspect::Responsible } else { KleAspect::Performing };
            edit.create(
                Period::since(day(2012)),
                KleTag::new(unit, numbers[n % numbers.len()]).aspects([aspect]),
            );
            made += 11;
        }
        edit.commit().unwrap();
    }
    registry
}

fn main() {
    let units = std::env::var("MO_BENCH_UNITS").unwrap_or_else(|_| "1000,100000".to_owned());
    let objects = std::env::var("MO_BENCH_OBJECTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for size in units.split(',').filter_map(|size| size.trim().parse().ok()) {
        moves(&mut criterion, size);
    }
    cascade(&mut criterion);
    chain(&mut criterion);
    busy(&mut criterion);
    check_all(&mut criterion, objects);
    criterion.final_summary();
}
