//! Small cases of what the random histories found or might miss: governing commands, rounds, standing violations, the rules
//! of single kinds, and writers behind the head.

use mo_core::model::{
    Association, AssociationId, Class, ClassId, CountedIds, Engagement, EngagementId, Facet, FacetId,
    Hierarchy, HierarchyId, HierarchyUse, ItAccount, ItSystem, KleAspect, KleTag, Leave, LinkUse, Manager,
    Patch, Person, PersonId, Placement, Unit, UnitId, UnitLink,
};
use mo_core::registry::{CommitError, Edit, Outcome, Registry};
use mo_core::rules::{Policies, Policy, Violation};
use mo_core::state::Dependents;
use mo_core::store::MemoryStore;
use mo_core::time::{Day, Period, SteppingClock};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn since(text: &str) -> Period {
    Period::since(day(text))
}

fn opened(store: &MemoryStore, ids: &str) -> Registry {
    let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse().unwrap());
    Registry::open(store.clone(), clock, CountedIds::new(ids)).unwrap()
}

fn registry() -> Registry {
    opened(&MemoryStore::new(), "cases")
}

/// Code, number of objects and periods of each violation.
fn told(violations: &[Violation]) -> Vec<(String, Vec<Period>)> {
    violations.iter().map(|found| (found.code.to_string(), found.periods.clone())).collect()
}

fn refused(answer: Result<Outcome, CommitError>) -> Vec<(String, Vec<Period>)> {
    match answer {
        Err(CommitError::Refused(refusal)) => told(&refusal.violations),
        other => panic!("not refused: {other:?}"),
    }
}

fn reported(answer: Result<Outcome, CommitError>) -> Vec<(String, Vec<Period>)> {
    told(&answer.unwrap().receipt().unwrap().effects.reported)
}

fn settled(answer: Result<Outcome, CommitError>) -> Vec<(String, &'static str, Vec<Period>)> {
    let outcome = answer.unwrap();
    let settled = &outcome.receipt().unwrap().effects.settled;
    settled.iter().map(|s| (s.object.kind.to_string(), s.action.name(), s.periods.clone())).collect()
}

/// Facets with a class each, as many as asked for.
fn classes<const N: usize>(edit: &mut Edit<'_>, facets: [&str; N]) -> [ClassId; N] {
    facets.map(|name| {
        let facet = edit.create(Period::ALWAYS, Facet::new(name));
        edit.create(Period::ALWAYS, Class::new(facet, name, name))
    })
}

fn line(edit: &mut Edit<'_>) -> HierarchyId {
    edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line))
}

#[test]
fn a_writer_behind_the_head_is_judged_on_the_newest_registration() {
    let store = MemoryStore::new();
    let (one, two) = (opened(&store, "one"), opened(&store, "two"));
    let mut edit = one.edit("ib");
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
    edit.commit().unwrap();
    // The second writer has not seen the unit, and would have to refuse it as unknown.
    let mut edit = two.edit("bo");
    edit.change(unit, day("2025-01-01"), Patch::new().set(Unit::NAME, "Kultur"));
    assert_eq!(edit.commit().unwrap().receipt().unwrap().stamp.revision.number(), 2);
    // The first has not seen the rename, and would have nothing to change.
    let mut edit = one.edit("ib");
    edit.change(unit, day("2025-01-01"), Patch::new().set(Unit::NAME, "Skole"));
    assert_eq!(edit.commit().unwrap().receipt().unwrap().stamp.revision.number(), 3);
}

#[test]
fn half_a_circle_from_each_of_two_writers_is_refused_for_the_second() {
    let store = MemoryStore::new();
    let (one, two) = (opened(&store, "one"), opened(&store, "two"));
    let mut edit = one.edit("ib");
    let line = line(&mut edit);
    let [a, b] =
        ["A", "B"].map(|name| edit.create(Period::ALWAYS, Unit::new(name).placements(line, Placement::Root)));
    edit.commit().unwrap();
    two.refresh().unwrap();
    let mut edit = one.edit("ib");
    edit.move_unit(a, line, b, day("2026-01-01"));
    edit.commit().unwrap();
    let mut edit = two.edit("bo");
    edit.move_unit(b, line, a, day("2027-01-01"));
    assert_eq!(refused(edit.commit()), [("V_ORG_UNIT_MOVE_TO_CHILD".to_owned(), vec![since("2027-01-01")])]);
}

#[test]
fn a_unit_that_is_reached_on_two_stretches_is_named_once_in_a_circle() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let line = line(&mut edit);
    let top = edit.create(Period::ALWAYS, Unit::new("Top").placements(line, Placement::Root));
    let [a, b, c] =
        ["A", "B", "C"].map(|name| edit.create(Period::ALWAYS, Unit::new(name).placements(line, top)));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    // B stands under the top in the middle; before and after it and C stand above each other. The climb from B's middle
    // comes first, the one from A meets B on both sides of it.
    edit.move_unit(c, line, b, day("2024-01-01"));
    edit.set(
        b,
        Period::new(day("2024-01-01"), day("2025-01-01")).unwrap(),
        Patch::new().put(Unit::PLACEMENTS, line, c),
    );
    edit.set(b, since("2026-01-01"), Patch::new().put(Unit::PLACEMENTS, line, c));
    edit.move_unit(a, line, b, day("2024-01-01"));
    let answer = edit.commit();
    let Err(CommitError::Refused(refusal)) = &answer else { panic!("{answer:?}") };
    let [circle] = refusal.violations.as_slice() else { panic!("{refusal}") };
    let mut units = [b, c].map(|unit| unit.uuid());
    units.sort();
    assert_eq!(circle.objects.iter().map(|object| object.id).collect::<Vec<_>>(), units);
    let first = Period::new(day("2024-01-01"), day("2025-01-01")).unwrap();
    assert_eq!(circle.periods, [first, since("2026-01-01")]);
}

#[test]
fn what_stood_between_the_same_objects_does_not_refuse_another_field() {
    let registry = registry().with_policies(Policies::new().with(Association::PERSON, Policy::Report));
    let mut edit = registry.edit("ib");
    let unit = edit.create(Period::ALWAYS, Unit::new("MED"));
    let bo = edit.create(Period::before(day("2025-01-01")), Person::new("Bo", "Bro"));
    let seat = edit.create(Period::ALWAYS, Association::new(unit).person(bo));
    edit.commit().unwrap();
    // Bo has no day from 2025 on, which was admitted; it is no new violation that the same seat names Bo once more.
    let mut edit = registry.edit("ib");
    edit.change(
        seat,
        day("2025-01-01"),
        Patch::new().clear(Association::PERSON).set(Association::SUBSTITUTE, bo),
    );
    assert_eq!(reported(edit.commit()), []);
    let mut edit = registry.edit("ib");
    edit.set(seat, Period::ALWAYS, Patch::new().clear(Association::PERSON).set(Association::SUBSTITUTE, bo));
    edit.commit().unwrap();
    assert_eq!(
        told(&registry.check()),
        [
            ("V_DATE_OUTSIDE_EMPL_RANGE".to_owned(), vec![since("2025-01-01")]),
            ("W_UNIT_IN_NO_HIERARCHY".to_owned(), vec![Period::ALWAYS]),
        ]
    );
}

#[test]
fn a_parent_that_comes_back_without_its_place_breaks_those_below() {
    let registry = registry();
    let mut edit = registry.edit("ib").policy(Unit::PLACEMENTS, Policy::Report);
    let line = line(&mut edit);
    let top =
        edit.create(Period::before(day("2025-01-01")), Unit::new("Top").placements(line, Placement::Root));
    edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, top));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    edit.extend(top, since("2026-01-01")).set(
        top,
        since("2026-01-01"),
        Patch::new().take(Unit::PLACEMENTS, line),
    );
    assert_eq!(refused(edit.commit()), [("V_PARENT_NOT_IN_HIERARCHY".to_owned(), vec![since("2026-01-01")])]);
}

#[test]
fn what_is_made_and_settled_away_in_one_commit_takes_along_what_refers_to_it() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [full, rest] = classes(&mut edit, ["engagement_type", "leave_type"]);
    let line = line(&mut edit);
    let school = edit.create(since("2025-01-01"), Unit::new("Skole").placements(line, Placement::Root));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    edit.commit().unwrap();
    // The engagement is there neither before the commit nor after it, so it has not changed; its leave has to go too.
    let mut edit = registry.edit("ib");
    let work = edit.create(since("2026-01-01"), Engagement::new(bo, school, full));
    edit.create(since("2027-01-01"), Leave::new(work, rest));
    edit.end_with(school, day("2025-02-01"), Dependents::Cascade);
    assert_eq!(
        settled(edit.commit()),
        [
            ("engagement".to_owned(), "deleted", vec![since("2026-01-01")]),
            ("leave".to_owned(), "deleted", vec![since("2027-01-01")]),
        ]
    );
}

#[test]
fn what_moves_to_a_fallback_that_goes_too_is_settled_further() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [full] = classes(&mut edit, ["engagement_type"]);
    let line = line(&mut edit);
    let top = edit.create(Period::ALWAYS, Unit::new("Top").placements(line, Placement::Root));
    let pool = edit.create(Period::ALWAYS, Unit::new("Pulje").placements(line, top));
    let [bo, ida] = ["Bo", "Ida"].map(|name| edit.create(Period::ALWAYS, Person::new(name, "Bro")));
    let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, Placement::Root));
    let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, full));
    let other = edit.create(Period::ALWAYS, Engagement::new(ida, top, full));
    edit.commit().unwrap();
    // Round one moves Bo's engagement to the pool and clips the pool; round two finds the engagement without a unit.
    let mut edit = registry.edit("ib").policy(Engagement::UNIT, Policy::fallback(pool));
    edit.end(school, day("2025-01-01")).end_with(top, day("2025-01-01"), Dependents::Cascade);
    let mut done: Vec<(String, &str)> =
        settled(edit.commit()).into_iter().map(|(kind, action, _)| (kind, action)).collect();
    done.sort();
    let clipped = ("engagement".to_owned(), "clipped");
    let moved = ("engagement".to_owned(), "moved");
    assert_eq!(done, [clipped.clone(), clipped, moved, ("unit".to_owned(), "clipped")]);
    let snapshot = registry.snapshot();
    assert!(!snapshot.at(day("2025-01-01")).exists(work) && !snapshot.at(day("2025-01-01")).exists(other));
}

#[test]
fn a_unit_keeps_its_day_as_long_as_one_of_its_places_is_left() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let (one, two) = (line(&mut edit), line(&mut edit));
    let [a, b] =
        [one, two].map(|h| edit.create(Period::ALWAYS, Unit::new("Top").placements(h, Placement::Root)));
    let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(one, a).placements(two, b));
    edit.commit().unwrap();
    // One place is vacated, one clipped: with both gone the day goes too, whichever is looked at first.
    for (first, second) in
        [(Dependents::Vacate, Dependents::Cascade), (Dependents::Cascade, Dependents::Vacate)]
    {
        let mut edit = registry.edit("ib");
        edit.end_with(a, day("2025-01-01"), first).end_with(b, day("2025-01-01"), second);
        let effects = edit.dry_run().unwrap().unwrap();
        let actions: Vec<_> = effects.settled.iter().map(|s| (s.object.id, s.action.name())).collect();
        assert_eq!(actions, [(school.uuid(), "clipped")]);
    }
    let mut edit = registry.edit("ib");
    edit.end_with(a, day("2025-01-01"), Dependents::Cascade);
    edit.commit().unwrap();
    assert!(registry.snapshot().at(day("2025-01-01")).exists(school));
}

#[test]
fn a_facet_that_takes_another_key_governs_what_demanded_the_old_one() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let facet: FacetId = edit.create(Period::ALWAYS, Facet::new("org_unit_type"));
    let class = edit.create(Period::ALWAYS, Class::new(facet, "skole", "Skole"));
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole").unit_type(class));
    edit.commit().unwrap();
    let mut timeline = mo_core::timeline::Timeline::single(Period::ALWAYS, Facet::new("org_unit_type"));
    timeline.insert(since("2025-01-01"), Facet::new("other"));
    let mut edit = registry.edit("ib");
    edit.push(mo_core::registry::Command::Replace {
        object: facet.into(),
        timeline: timeline
            .iter()
            .map(|(period, facet)| (period, mo_core::model::Object::into_fields(facet.clone())))
            .collect(),
        dependents: Some(Dependents::Vacate),
    });
    assert_eq!(settled(edit.commit()), [("unit".to_owned(), "vacated", vec![since("2025-01-01")])]);
    assert_eq!(registry.snapshot().at(day("2025-01-01")).field(unit, Unit::UNIT_TYPE), None);
}

#[test]
fn another_policy_for_all_relations_does_not_hide_that_the_registry_reports_equal_numbers() {
    let registry = registry().with_policies(Policies::new().with(Person::CPR, Policy::Report));
    let mut edit = registry.edit("ib").policies(Policies::new().otherwise(Policy::Clip));
    let number: mo_core::model::value::Cpr = "0101800001".parse().unwrap();
    for name in ["Bo", "Ida"] {
        edit.create(Period::ALWAYS, Person::new(name, "Bro").cpr(number));
    }
    assert_eq!(reported(edit.commit()), [("V_EXISTING_CPR".to_owned(), vec![Period::ALWAYS])]);
}

#[test]
fn a_class_that_rises_in_rank_makes_two_main_accounts_of_accounts_nobody_touched() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [rank] = classes(&mut edit, ["primary_type"]);
    let system = edit.create(Period::ALWAYS, ItSystem::new("AD"));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    for name in ["bobr", "bobr2"] {
        edit.create(since("2024-01-01"), ItAccount::new(system, name).person(bo).primary(rank));
    }
    edit.commit().unwrap();
    let rise = |registry: &Registry| {
        let mut edit = registry.edit("ib");
        edit.change(rank, day("2025-01-01"), Patch::new().set(Class::SCOPE, "3000"));
        edit.commit()
    };
    assert_eq!(refused(rise(&registry)), [("V_MORE_THAN_ONE_PRIMARY".to_owned(), vec![since("2025-01-01")])]);
    let registry = registry.with_policies(Policies::new().with(ItAccount::PRIMARY, Policy::Report));
    assert_eq!(
        reported(rise(&registry)),
        [("V_MORE_THAN_ONE_PRIMARY".to_owned(), vec![since("2025-01-01")])]
    );
    assert_eq!(told(&registry.check()), [("V_MORE_THAN_ONE_PRIMARY".to_owned(), vec![since("2025-01-01")])]);
}

#[test]
fn equal_accounts_are_refused_and_shared_names_noted() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let system = edit.create(Period::ALWAYS, ItSystem::new("AD"));
    let [bo, ida] = ["Bo", "Ida"].map(|name| edit.create(Period::ALWAYS, Person::new(name, "Bro")));
    edit.create(since("2024-01-01"), ItAccount::new(system, "skole").person(bo));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    edit.create(since("2025-01-01"), ItAccount::new(system, "skole").person(bo));
    assert_eq!(refused(edit.commit()), [("V_DUPLICATED_IT_USER".to_owned(), vec![since("2025-01-01")])]);
    let mut edit = registry.edit("ib");
    edit.create(since("2025-01-01"), ItAccount::new(system, "skole").person(bo).external_id("7"));
    edit.create(since("2026-01-01"), ItAccount::new(system, "skole").person(ida));
    let shared = ("W_ACCOUNT_SHARED".to_owned(), vec![since("2026-01-01")]);
    assert_eq!(reported(edit.commit()), [shared.clone(), shared]);
}

#[test]
fn an_account_is_placed_once_in_a_unit_for_a_person_and_has_one_main_place() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [rank] = classes(&mut edit, ["primary_type"]);
    edit.change(rank, day("2024-01-01"), Patch::new().set(Class::SCOPE, "3000"));
    let system = edit.create(Period::ALWAYS, ItSystem::new("AD"));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    let [a, b] = ["A", "B"].map(|name| edit.create(Period::ALWAYS, Unit::new(name)));
    let account = edit.create(Period::ALWAYS, ItAccount::new(system, "bobr").person(bo));
    let place = |unit: UnitId| Association::new(unit).person(bo).it_account(account).primary(rank);
    edit.create(Period::ALWAYS, place(a));
    // Without an account a person may have several seats in a unit.
    edit.create(Period::ALWAYS, Association::new(a).person(bo));
    edit.create(Period::ALWAYS, Association::new(a).person(bo));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    edit.create(since("2025-01-01"), Association::new(a).person(bo).it_account(account));
    assert_eq!(
        refused(edit.commit()),
        [("V_MORE_THAN_ONE_ASSOCIATION".to_owned(), vec![since("2025-01-01")])]
    );
    let mut edit = registry.edit("ib");
    edit.create(since("2023-01-01"), place(b));
    assert_eq!(refused(edit.commit()), [("V_MORE_THAN_ONE_PRIMARY".to_owned(), vec![since("2024-01-01")])]);
}

#[test]
fn nobody_is_their_own_deputy_and_no_unit_linked_to_itself() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let unit: UnitId = edit.create(Period::ALWAYS, Unit::new("MED"));
    let bo: PersonId = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    let seat: AssociationId = edit.create(Period::ALWAYS, Association::new(unit).person(bo));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    edit.change(seat, day("2025-01-01"), Patch::new().set(Association::SUBSTITUTE, bo));
    edit.create(since("2026-01-01"), UnitLink::new(unit, unit, LinkUse::Related));
    assert_eq!(
        refused(edit.commit()),
        [
            ("V_CANNOT_SUBSTITUTE_SELF".to_owned(), vec![since("2025-01-01")]),
            ("V_RELATED_TO_SELF".to_owned(), vec![since("2026-01-01")]),
        ]
    );
}

#[test]
fn a_leave_from_itself_is_refused_and_called_by_its_id() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [full, rest] = classes(&mut edit, ["engagement_type", "leave_type"]);
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    let work = edit.create(Period::ALWAYS, Engagement::new(bo, unit, full));
    let leave = edit.create(Period::ALWAYS, Leave::new(work, rest));
    let itself = EngagementId::from(leave.uuid());
    edit.change(leave, day("2025-01-01"), Patch::new().set(Leave::ENGAGEMENT, itself));
    let Err(CommitError::Refused(refusal)) = edit.commit() else { panic!("it is not refused") };
    // Neither has a name; whose they are is asked for in a circle, which ends.
    assert!(refusal.to_string().contains(&leave.to_string()), "{refusal}");
}

#[test]
fn two_responsible_units_are_noted_on_the_days_they_both_are() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [number] = classes(&mut edit, ["kle_number"]);
    let [a, b] = ["A", "B"].map(|name| edit.create(Period::ALWAYS, Unit::new(name)));
    let tag = |unit, aspect| KleTag::new(unit, number).aspects([aspect]);
    edit.create(Period::before(day("2026-01-01")), tag(a, KleAspect::Responsible));
    edit.create(since("2025-01-01"), tag(b, KleAspect::Responsible));
    edit.create(Period::ALWAYS, tag(b, KleAspect::Insight));
    let both = Period::new(day("2025-01-01"), day("2026-01-01")).unwrap();
    assert_eq!(reported(edit.commit()), [("W_TWO_RESPONSIBLE".to_owned(), vec![both])]);
}

#[test]
fn an_ended_class_stays_in_use_and_check_lists_it() {
    let registry = registry();
    let mut edit = registry.edit("ib");
    let [full, rest] = classes(&mut edit, ["engagement_type", "leave_type"]);
    let line = line(&mut edit);
    let unit = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, Placement::Root));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Bro"));
    let work: EngagementId = edit.create(Period::ALWAYS, Engagement::new(bo, unit, full));
    edit.create(since("2025-01-01"), Leave::new(work, rest));
    edit.commit().unwrap();
    let mut edit = registry.edit("ib");
    edit.end(rest, day("2026-01-01"));
    let retired = [("V_CLASS_NOT_VALID".to_owned(), vec![since("2026-01-01")])];
    assert_eq!(reported(edit.commit()), retired);
    assert_eq!(told(&registry.check()), retired);
    assert_eq!(told(&registry.snapshot().as_known(mo_core::time::Revision::new(1)).check()), []);
    let mut edit = registry.edit("ib");
    edit.create(Period::ALWAYS, Manager::new(unit, full));
    assert_eq!(refused(edit.commit()), [("V_CLASS_WRONG_FACET".to_owned(), vec![Period::ALWAYS])]);
}
