//! Small cases of single commands: which precondition is named when several fail, and patches that name a slot twice.

use mo_core::model::value::Text;
use mo_core::model::{
    ClassId, CountedIds, Engagement, EngagementId, FieldChange, Fields, Key, Kind, Manager, Object, Patch,
    PersonId, Slot, Unit, UnitId, Value,
};
use mo_core::registry::{Command, Commit, CommitError, Outcome, Registry};
use mo_core::rules::{Policies, Policy};
use mo_core::time::{Day, Period, SteppingClock};
use uuid::Uuid;

/// Accepts everything that integrity can be asked to accept: these cases are about commands.
fn registry() -> Registry {
    let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse().unwrap());
    Registry::in_memory(clock, CountedIds::new("commands"))
        .with_policies(Policies::new().otherwise(Policy::Report))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn code(answer: Result<Outcome, CommitError>) -> String {
    match answer {
        Err(CommitError::Refused(refusal)) => refusal.violations[0].code.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

fn commit(registry: &Registry, command: Command) -> Result<Outcome, CommitError> {
    registry.commit(&Commit::new("ib").with(command))
}

fn engagement() -> Engagement {
    let id = Uuid::nil();
    Engagement::new(PersonId::new(id), UnitId::new(id), ClassId::new(id))
}

/// An engagement of more than full time.
fn too_much() -> Fields {
    let (fraction, _) = Kind::Engagement.spec().field("fraction").unwrap();
    let mut fields = engagement().into_fields();
    fields.put(Slot::one(fraction), Value::Number(1_000_001));
    fields
}

#[test]
fn overlapping_pieces_are_named_before_a_value_out_of_range() {
    let object = EngagementId::new(Uuid::nil()).into();
    let timeline = vec![(Period::ALWAYS, too_much()), (Period::day(day("2024-01-01")), too_much())];
    let command = Command::Replace { object, timeline, dependents: None };
    assert_eq!(code(commit(&registry(), command)), "E_OVERLAP");
}

#[test]
fn days_outside_life_are_named_before_a_value_out_of_range() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let engagement = edit.create(Period::before(day("2024-01-01")), engagement());
    edit.commit().unwrap();
    let (fraction, _) = Kind::Engagement.spec().field("fraction").unwrap();
    let patch = || vec![FieldChange::Put(Slot::one(fraction), Value::Number(1_000_001))];
    for (command, expected) in [
        (
            Command::Change { object: engagement.into(), from: day("2024-01-01"), patch: patch() },
            "E_NOT_ALIVE",
        ),
        (
            Command::Correct { object: engagement.into(), on: day("2024-01-01"), patch: patch() },
            "E_NOT_ALIVE",
        ),
        (Command::Change { object: engagement.into(), from: day("2023-01-01"), patch: patch() }, "E_FIELD"),
    ] {
        assert_eq!(code(commit(&registry, command)), expected);
    }
}

#[test]
fn of_two_changes_of_one_field_the_later_counts() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
    let text = |name: &str| Text::from(name);
    edit.change(unit, day("2024-01-01"), Patch::new().set(Unit::NAME, text("A")).set(Unit::NAME, text("B")));
    edit.correct(unit, day("2023-01-01"), Patch::new().set(Unit::NAME, text("C")).set(Unit::NAME, text("D")));
    edit.commit().unwrap();
    let name = |on| registry.snapshot().at(day(on)).field(unit, Unit::NAME);
    assert_eq!((name("2024-01-01"), name("2023-12-31")), (Some(text("B")), Some(text("D"))));
}

#[test]
fn what_a_set_of_members_replaces_is_listed_in_the_order_of_sets() {
    let registry = registry();
    let class = |n| ClassId::new(Uuid::from_u128(n));
    let mut edit = registry.edit("ib");
    // The ids meet the registry in the opposite order.
    let state = Manager::new(UnitId::new(Uuid::nil()), class(9));
    let manager = edit.create(Period::ALWAYS, state);
    let patch =
        [3, 2, 1].into_iter().fold(Patch::new(), |patch, n| patch.add(Manager::RESPONSIBILITIES, class(n)));
    edit.change(manager, day("2025-01-01"), patch);
    edit.commit().unwrap();

    let mut edit = registry.edit("ib");
    edit.set(
        manager,
        Period::since(day("2024-01-01")),
        Patch::new().set_members(Manager::RESPONSIBILITIES, [class(2)]),
    );
    let outcome = edit.commit().unwrap();
    let replaced = &outcome.receipt().unwrap().effects.replaced;
    let slots: Vec<_> = replaced.iter().map(|replaced| replaced.slot.key.clone().unwrap()).collect();
    assert_eq!(slots, [1, 2, 3].map(|n| Key::Id(Uuid::from_u128(n))));
}
