//! Change in the large: plans of a thousand commands, the impact of a reorganisation of two hundred units, and a payroll day.
//! Page *Performance* names the workload `commit-plan`.
//!
//! `cargo bench --bench plan`

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use mo_core::model::{
    ClassId, CountedIds, Engagement, EngagementId, Hierarchy, HierarchyId, HierarchyUse, IdSource, Kind,
    Manager, Patch, Person, PersonId, Placement, Unit, UnitId,
};
use mo_core::plan::{ApprovalRule, Proposal, Reorganisation};
use mo_core::reconcile::{Guard, Reconcile, Scope};
use mo_core::registry::{Command, Registry};
use mo_core::start_set;
use mo_core::time::{Day, Period, SteppingClock};
use mo_core::timeline::Timeline;

/// A town: units in a tree with fan-out eight, ten people and a manager in each.
struct Town {
    registry: Registry,
    line: HierarchyId,
    units: Vec<UnitId>,
    engagements: Vec<(EngagementId, PersonId)>,
    staff: ClassId,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// An engagement as the payroll system masters it.
fn paid(person: PersonId, unit: UnitId, staff: ClassId, number: usize) -> Engagement {
    Engagement::new(person, unit, staff).user_key(number.to_string()).source("løn")
}

impl Town {
    fn new(units: usize, people: usize) -> Town {
        let ids = CountedIds::new("bench");
        let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse().unwrap());
        let registry = Registry::in_memory(clock, CountedIds::new("registry"));
        let mut edit = registry.edit("bench");
        start_set::add(&mut edit, Period::ALWAYS);
        let staff = start_set::class_id("engagement_type", "employee");
        let boss = start_set::class_id("manager_type", "director");
        let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        let since = Period::since(day("2020-01-01"));
        let mut tree: Vec<UnitId> = Vec::new();
        for n in 0..units {
            let place = n.checked_sub(1).map_or(Placement::Root, |n| Placement::Under(tree[n / 8]));
            tree.push(edit.create(since, Unit::new(format!("Enhed {n}")).placements(line, place)));
        }
        let mut engagements = Vec::new();
        for n in 0..people {
            let person = PersonId::new(ids.next_id());
            let engagement = EngagementId::new(ids.next_id());
            edit.create_as(person, since, Person::new("Bo", format!("Nr. {n}")));
            let unit = tree[n % units];
            edit.create_as(engagement, since, paid(person, unit, staff, n));
            if n < units {
                edit.create(since, Manager::new(unit, boss).person(person));
            }
            engagements.push((engagement, person));
        }
        edit.commit().unwrap();
        Town { registry, line, units: tree, engagements, staff }
    }

    fn thousand_commands(&self) -> Proposal {
        let from = day("2027-01-01");
        (0..1000).fold(Proposal::new("tusind", "bench"), |proposal, n| {
            let (engagement, _) = self.engagements[n];
            let patch = Patch::new().set(Engagement::UNIT, self.units[(n * 7 + 1) % self.units.len()]);
            proposal.with(Command::Change { object: engagement.into(), from, patch: patch.into_changes() })
        })
    }

    /// Two hundred units close in pairs into their neighbours.
    fn reorganisation(&self) -> Proposal {
        let units = &self.units[self.units.len() - 400..];
        let merger = units
            .chunks(2)
            .fold(Reorganisation::new("to hundrede", self.line, day("2027-01-01")), |merger, pair| {
                merger.close_into(pair[0], pair[1])
            });
        Proposal::new("to hundrede", "bench").with(merger)
    }

    /// The payroll file of a day: every hundredth has moved, a few have left.
    fn payroll_day(&self) -> Reconcile {
        let today = day("2026-06-01");
        let guard = Guard { share: 0.05, count: 1000, allow: false };
        let mut wish = Reconcile::new("løn", Scope::kinds([Kind::Engagement]))
            .within(Period::since(today))
            .masters(Engagement::UNIT)
            .masters(Engagement::USER_KEY)
            .key(Engagement::USER_KEY)
            .guard(guard);
        let ids = CountedIds::new("wishes");
        for (n, (_, person)) in self.engagements.iter().enumerate().filter(|(n, _)| n % 1000 != 7) {
            let moved = usize::from(n % 100 == 3);
            let state = paid(*person, self.units[(n + moved) % self.units.len()], self.staff, n);
            wish = wish.wish_new(ids.next_id().into(), &Timeline::single(Period::since(today), state));
        }
        wish
    }
}

#[allow(clippy::disallowed_methods)] // what is measured is time
fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let town = Town::new(2_000, 20_000);

    let proposal = town.thousand_commands();
    criterion.bench_function("commit-plan/preview", |bencher| {
        bencher.iter_batched(
            || proposal.clone(),
            |proposal| black_box(town.registry.plan(proposal).unwrap()),
            BatchSize::LargeInput,
        );
    });
    // A commit is measured on a registry that has not seen the plan before, so the towns are many and the runs few.
    criterion.bench_function("commit-plan/commit", |bencher| {
        bencher.iter_custom(|runs| {
            let mut spent = std::time::Duration::ZERO;
            for _ in 0..runs {
                let town = Town::new(2_000, 20_000);
                let plan = town.registry.plan(town.thousand_commands()).unwrap();
                assert_eq!(plan.effects().len(), 1000);
                let begun = std::time::Instant::now();
                black_box(plan.commit(&town.registry, "bench", ApprovalRule::None).unwrap());
                spent += begun.elapsed();
            }
            spent
        });
    });

    let reorganisation = town.registry.plan(town.reorganisation()).unwrap();
    assert_eq!(reorganisation.impact(&town.registry).unwrap().closed.len(), 200);
    criterion.bench_function("impact/200 units", |bencher| {
        bencher.iter(|| black_box(reorganisation.impact(&town.registry).unwrap()));
    });

    let wish = town.payroll_day();
    let (snapshot, today) = (town.registry.snapshot(), day("2026-06-01"));
    let found = wish.against(&snapshot, today).unwrap();
    assert_eq!((found.created.len(), found.changed.len(), found.ended.len()), (0, 220, 0));
    criterion.bench_function("reconcile/payroll day, 20,000 people", |bencher| {
        bencher.iter(|| black_box(wish.against(&snapshot, today).unwrap()));
    });
    criterion.final_summary();
}
