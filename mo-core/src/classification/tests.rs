//! What the questions of this module answer together: one small organisation, its numbers and tags.

use super::*;
use crate::model::value::KleNumber;
use crate::model::{
    Class, ClassId, CountedIds, Facet, FacetId, Hierarchy, HierarchyId, HierarchyUse, KleAspect, KleTag,
    KleTagId, Patch, Placement, Unit, UnitId,
};
use crate::registry::{Command, Registry};
use crate::rules::Policy;
use crate::state::View;
use crate::time::{Day, Instant, Period, SteppingClock};

struct World {
    registry: Registry,
    facet: FacetId,
    line: HierarchyId,
    town: UnitId,
    school: UnitId,
    north: UnitId,
}

const ALWAYS: Period = Period::ALWAYS;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn kle(text: &str) -> KleNumber {
    text.parse().unwrap()
}

fn period(from: &str, until: &str) -> Period {
    let end = |text: &str| (!text.is_empty()).then(|| day(text));
    Period::new(end(from), end(until)).unwrap()
}

impl World {
    /// Town > School > North.
    fn new() -> World {
        let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("kle tests"));
        let mut edit = registry.edit("test");
        let facet = edit.create(ALWAYS, Facet::new(KLE_FACET));
        let line = edit.create(ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        let town = edit.create(ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
        let school = edit.create(ALWAYS, Unit::new("Skole").placements(line, town));
        let north = edit.create(ALWAYS, Unit::new("Nordskolen").placements(line, school));
        edit.commit().unwrap();
        World { registry, facet, line, town, school, north }
    }

    fn class(&self, life: Period, number: &str, successors: &[ClassId]) -> ClassId {
        let mut edit = self.registry.edit("test");
        let class = Class::new(self.facet, number, format!("Titel {number}"));
        let class = edit.create(life, class.replaced_by(successors.iter().copied()));
        edit.commit().unwrap();
        class
    }

    fn tag(&self, life: Period, unit: UnitId, class: ClassId, aspects: &[KleAspect]) -> KleTagId {
        let mut edit = self.registry.edit("test").policy(KleTag::CLASS, Policy::Report);
        let tag = edit.create(life, KleTag::new(unit, class).aspects(aspects.iter().copied()));
        edit.commit().unwrap();
        tag
    }

    fn on(&self, text: &str) -> View {
        self.registry.snapshot().at(day(text))
    }

    fn asked(&self, number: &str, reach: Reach) -> Vec<(UnitId, String)> {
        let query = KleQuery::new(kle(number), KleAspect::Responsible).reach(reach);
        let view = self.on("2025-01-01");
        assert_eq!(view.explain_responsible(&query).answer(), view.responsible(&query));
        view.responsible(&query).into_iter().map(|found| (found.unit, found.number.to_string())).collect()
    }
}

const RESPONSIBLE: &[KleAspect] = &[KleAspect::Responsible];

#[test]
fn the_exact_number_wins_then_the_group_then_the_main_group() {
    let world = World::new();
    let [main, group, topic] = ["17", "17.01", "17.01.01"].map(|number| world.class(ALWAYS, number, &[]));
    world.tag(ALWAYS, world.town, main, RESPONSIBLE);
    assert_eq!(world.asked("17.01.01", Reach::Everywhere), [(world.town, "17".to_owned())]);
    world.tag(ALWAYS, world.school, group, RESPONSIBLE);
    assert_eq!(world.asked("17.01.01", Reach::Everywhere), [(world.school, "17.01".to_owned())]);
    world.tag(ALWAYS, world.north, topic, &[KleAspect::Performing]);
    assert_eq!(world.asked("17.01.01", Reach::Everywhere), [(world.school, "17.01".to_owned())]);
    world.tag(ALWAYS, world.north, topic, RESPONSIBLE);
    assert_eq!(world.asked("17.01.01", Reach::Everywhere), [(world.north, "17.01.01".to_owned())]);
    assert_eq!(world.asked("17.01.02", Reach::Everywhere), [(world.school, "17.01".to_owned())]);
    assert_eq!(world.asked("18.01.02", Reach::Everywhere), []);
    let exact = KleQuery::new(kle("17.01.02"), KleAspect::Responsible).exact();
    assert_eq!(world.on("2025-01-01").responsible(&exact), []);
}

#[test]
fn the_reach_counts_up_from_a_unit_down_from_it_or_the_unit_alone() {
    let world = World::new();
    let [group, topic] = ["17.01", "17.01.01"].map(|number| world.class(ALWAYS, number, &[]));
    world.tag(ALWAYS, world.town, topic, RESPONSIBLE);
    world.tag(ALWAYS, world.school, topic, RESPONSIBLE);
    world.tag(ALWAYS, world.north, group, RESPONSIBLE);
    let World { line, town, school, north, .. } = world;
    let at = |unit: UnitId, number: &str| vec![(unit, number.to_owned())];
    // The number comes before the distance: the school has the topic, the north school only its group.
    assert_eq!(world.asked("17.01.01", Reach::Up(line, north)), at(school, "17.01.01"));
    assert_eq!(world.asked("17.01.01", Reach::Up(line, town)), at(town, "17.01.01"));
    assert_eq!(world.asked("17.01.02", Reach::Up(line, north)), at(north, "17.01"));
    assert_eq!(world.asked("17.01.01", Reach::Down(line, north)), at(north, "17.01"));
    assert_eq!(world.asked("17.01.01", Reach::Down(line, school)), at(school, "17.01.01"));
    assert_eq!(world.asked("17.01.01", Reach::Down(line, town)).len(), 2);
    assert_eq!(world.asked("17.01.01", Reach::Unit(north)), at(north, "17.01"));
    assert_eq!(world.asked("17.01.01", Reach::Hierarchy(line)).len(), 2);
    let nowhere = HierarchyId::new(uuid::Uuid::nil());
    assert_eq!(world.asked("17.01.01", Reach::Hierarchy(nowhere)), []);
    let nobody = UnitId::new(uuid::Uuid::nil());
    assert_eq!(world.asked("17.01.01", Reach::Up(line, nobody)), []);
    assert_eq!(world.asked("17.01.01", Reach::Down(line, nobody)), []);
}

/// Who answers for a number, worked out from all tags by the words of the question alone.
fn responsible_slowly(world: &World, view: &View, number: &str, reach: Reach) -> Vec<(UnitId, String)> {
    let above = |unit: UnitId| view.path(world.line, unit);
    let tags: Vec<(UnitId, String)> = view
        .all::<KleTag>()
        .into_iter()
        .filter_map(|tag| view.get(tag))
        .filter(|tag| tag.aspects.contains(&KleAspect::Responsible))
        .map(|tag| (tag.unit, view.get(tag.class).unwrap().user_key.to_string()))
        .collect();
    for length in [8, 5, 2] {
        let asked = number.get(..length).unwrap_or_default();
        let mut found: Vec<(UnitId, String)> =
            tags.iter().filter(|(_, number)| number == asked).cloned().collect();
        match reach {
            Reach::Everywhere => {}
            Reach::Hierarchy(_) => found.retain(|(unit, _)| !above(*unit).is_empty()),
            Reach::Unit(of) => found.retain(|(unit, _)| *unit == of),
            Reach::Down(_, of) => found.retain(|(unit, _)| above(*unit).contains(&of) || *unit == of),
            Reach::Up(_, of) => {
                let way = above(of);
                let nearest = way.iter().rev().find(|unit| found.iter().any(|(tagged, _)| tagged == *unit));
                let nearest = nearest.copied();
                found.retain(|(unit, _)| Some(*unit) == nearest);
            }
        }
        if !found.is_empty() {
            found.sort();
            return found;
        }
    }
    Vec::new()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]

    #[test]
    fn who_is_responsible_is_what_the_words_of_the_question_say(
        tags in proptest::collection::vec((0_usize..3, 0_usize..7, proptest::bool::ANY), 0..8),
    ) {
        let world = World::new();
        let numbers = ["17", "17.01", "17.01.01", "17.01.02", "17.02", "17.02.01", "18.01.01"];
        let classes = numbers.map(|number| world.class(ALWAYS, number, &[]));
        let units = [world.town, world.school, world.north];
        for (unit, class, responsible) in tags {
            let aspect = if responsible { KleAspect::Responsible } else { KleAspect::Insight };
            world.tag(ALWAYS, units[unit], classes[class], &[aspect]);
        }
        let view = world.on("2025-01-01");
        for number in numbers {
            let mut reaches = vec![Reach::Everywhere, Reach::Hierarchy(world.line)];
            for unit in units {
                reaches.extend([Reach::Unit(unit), Reach::Up(world.line, unit), Reach::Down(world.line, unit)]);
            }
            for reach in reaches {
                let mut asked = world.asked(number, reach);
                asked.sort();
                proptest::prop_assert_eq!(asked, responsible_slowly(&world, &view, number, reach));
            }
        }
        // A number is a gap exactly where nobody answers for it or what is above or below it.
        let gaps = view.unanswered(KleAspect::Responsible);
        let slow = |number: &str| responsible_slowly(&world, &view, number, Reach::Everywhere).is_empty();
        for number in ["17.01.01", "17.01.02", "17.02.01", "18.01.01"] {
            let within = gaps.iter().any(|gap| kle(number).is_within(gap.number));
            proptest::prop_assert_eq!(within, slow(number), "{}", number);
        }
        // Shared is what several answer for.
        for shared in view.shared_numbers(KleAspect::Responsible) {
            let all = responsible_slowly(&world, &view, &shared.number.to_string(), Reach::Everywhere);
            let units: std::collections::BTreeSet<UnitId> = all.iter().map(|(unit, _)| *unit).collect();
            proptest::prop_assert!(units.len() > 1);
        }
    }
}

#[test]
fn an_explanation_tells_every_number_that_was_looked_at_and_who_was_passed_over() {
    let world = World::new();
    let group = world.class(period("", "2020-01-01"), "17.01", &[]);
    world.tag(ALWAYS, world.school, group, RESPONSIBLE);
    let query = KleQuery::new(kle("17.01.01"), KleAspect::Responsible).reach(Reach::Unit(world.north));
    assert_eq!(
        world.on("2025-01-01").explain_responsible(&query).to_string(),
        "17.01.01 (no such number): no unit is responsible\n\
         17.01 Titel 17.01 (not valid on the day): Skole is responsible, outside the reach\n\
         17 (no such number): no unit is responsible\n"
    );
}

#[test]
fn a_unit_has_its_own_numbers_and_inherits_those_above_it() {
    let world = World::new();
    let [main, group, topic] = ["17", "17.01", "17.01.01"].map(|number| world.class(ALWAYS, number, &[]));
    world.tag(ALWAYS, world.town, main, RESPONSIBLE);
    world.tag(ALWAYS, world.school, topic, &[KleAspect::Insight]);
    world.tag(ALWAYS, world.north, group, RESPONSIBLE);
    world.tag(ALWAYS, world.north, topic, &[KleAspect::Performing]);
    let view = world.on("2025-01-01");
    let numbers = |inherit| -> Vec<(String, UnitId)> {
        view.kle_numbers(world.north, inherit).into_iter().map(|n| (n.number.into(), n.unit)).collect()
    };
    let own = [("17.01".to_owned(), world.north), ("17.01.01".to_owned(), world.north)];
    assert_eq!(numbers(None), own);
    let inherited = numbers(Some(world.line));
    assert_eq!(inherited[0], ("17".to_owned(), world.town));
    assert_eq!(inherited[2..], [own[1].clone(), ("17.01.01".to_owned(), world.school)]);
}

#[test]
fn gaps_are_told_as_high_up_as_nothing_below_is_answered() {
    let world = World::new();
    for number in ["17", "17.01", "17.01.01", "17.01.02", "17.02", "17.02.01", "18", "18.01", "19.01.01"] {
        world.class(ALWAYS, number, &[]);
    }
    let topic = world.registry.snapshot().classes_with_key(KLE_FACET, "17.01.01")[0];
    world.tag(ALWAYS, world.north, topic, RESPONSIBLE);
    let view = world.on("2025-01-01");
    let gaps = |aspect| -> Vec<(String, usize)> {
        view.unanswered(aspect).into_iter().map(|gap| (gap.number.to_string(), gap.numbers)).collect()
    };
    let expected = [("17.01.02", 1), ("17.02", 1), ("18", 1), ("19.01.01", 1)];
    assert_eq!(gaps(KleAspect::Responsible), expected.map(|(number, n)| (number.to_owned(), n)));
    assert_eq!(gaps(KleAspect::Insight)[0], ("17".to_owned(), 3));
}

#[test]
fn numbers_with_several_responsible_units_are_told_by_number() {
    let world = World::new();
    let topic = world.class(ALWAYS, "17.01.01", &[]);
    world.tag(ALWAYS, world.north, topic, RESPONSIBLE);
    world.tag(ALWAYS, world.north, topic, RESPONSIBLE);
    assert_eq!(world.on("2025-01-01").shared_numbers(KleAspect::Responsible), []);
    world.tag(period("2024-01-01", "2026-01-01"), world.school, topic, RESPONSIBLE);
    let shared = world.on("2025-01-01").shared_numbers(KleAspect::Responsible);
    assert_eq!((shared.len(), shared[0].units.len()), (1, 3));
    assert_eq!(world.on("2026-01-01").shared_numbers(KleAspect::Responsible), []);
}

#[test]
fn a_number_in_use_on_days_it_is_not_valid_is_told_with_the_days() {
    let world = World::new();
    let topic = world.class(period("2000-01-01", "2010-01-01"), "17.01.01", &[]);
    let tag = world.tag(period("1995-01-01", "2020-01-01"), world.north, topic, RESPONSIBLE);
    let used = world.registry.snapshot().retired_in_use();
    assert_eq!((used.len(), used[0].tag, &*used[0].number), (1, tag, "17.01.01"));
    let days: Vec<Period> = used[0].days.periods().collect();
    assert_eq!(days, [period("1995-01-01", "2000-01-01"), period("2010-01-01", "2020-01-01")]);
}

#[test]
fn a_tag_follows_its_number_through_several_retirements_each_on_its_day() {
    let world = World::new();
    let newest = world.class(period("2020-01-01", ""), "17.03", &[]);
    let newer = world.class(period("2010-01-01", "2020-01-01"), "17.02", &[newest]);
    let old = world.class(period("", "2010-01-01"), "17.01", &[newer]);
    let tag = world.tag(period("2005-01-01", ""), world.north, old, RESPONSIBLE);
    let migration = migrate(&world.on("2025-01-01"));
    assert!(migration.unresolved.is_empty());
    let mut edit = world.registry.edit("test");
    migration.add_to(&mut edit);
    edit.commit().unwrap();
    let timeline = world.registry.snapshot().timeline(tag).map(|tag| tag.class);
    let expected = [
        (period("2005-01-01", "2010-01-01"), old),
        (period("2010-01-01", "2020-01-01"), newer),
        (period("2020-01-01", ""), newest),
    ];
    assert_eq!(timeline.as_slice(), expected);
    assert_eq!(migrate(&world.on("2025-01-01")), Migration::default());
    assert!(world.registry.check().is_empty());
}

#[test]
fn what_has_no_or_several_successors_is_unresolved_with_the_reason() {
    let world = World::new();
    let [a, b] = ["17.02", "17.03"].map(|number| world.class(ALWAYS, number, &[]));
    let other = {
        let mut edit = world.registry.edit("test");
        let facet = edit.create(ALWAYS, Facet::new("kle_action"));
        let action = edit.create(ALWAYS, Class::new(facet, "G01", "Generelle sager"));
        edit.commit().unwrap();
        action
    };
    let until_2010 = period("2000-01-01", "2010-01-01");
    let several = world.class(until_2010, "17.04", &[a, b]);
    let none = world.class(until_2010, "17.05", &[]);
    let action = world.class(until_2010, "17.06", &[other]);
    for class in [several, none, action] {
        world.tag(period("2000-01-01", ""), world.north, class, RESPONSIBLE);
    }
    world.tag(period("1990-01-01", "2000-01-01"), world.north, none, RESPONSIBLE);
    let migration = migrate(&world.on("1990-01-01"));
    assert!(migration.replacements.is_empty() && migration.commands().is_empty());
    let mut found: Vec<(String, UnresolvedReason)> =
        migration.unresolved.into_iter().map(|u| (u.number.into(), u.reason)).collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut both = vec![a, b];
    both.sort_unstable();
    let expected = [
        ("17.04", UnresolvedReason::Several(both)),
        ("17.05", UnresolvedReason::NotYetValid),
        ("17.05", UnresolvedReason::NoSuccessor),
        ("17.06", UnresolvedReason::OtherFacet(vec![other])),
    ];
    assert_eq!(found, expected.map(|(number, reason)| (number.to_owned(), reason)));
    assert!(migrate(&world.on("1990-01-01")).replacements.is_empty());
}

#[test]
fn a_use_that_ended_before_the_day_is_left_alone() {
    let world = World::new();
    let new = world.class(ALWAYS, "17.02", &[]);
    let old = world.class(period("", "2010-01-01"), "17.01", &[new]);
    world.tag(period("", "2012-01-01"), world.north, old, RESPONSIBLE);
    assert_eq!(migrate(&world.on("2012-01-01")), Migration::default());
    assert_eq!(migrate(&world.on("2011-12-31")).replacements.len(), 1);
}

#[test]
fn two_tags_that_come_together_become_one_and_one_that_says_less_gives_way() {
    let world = World::new();
    let new = world.class(ALWAYS, "17.02", &[]);
    let [a, b] = ["17.03", "17.04"].map(|number| world.class(period("", "2010-01-01"), number, &[new]));
    let first = world.tag(ALWAYS, world.north, a, RESPONSIBLE);
    let second = world.tag(ALWAYS, world.north, b, RESPONSIBLE);
    let late = world.tag(period("2015-01-01", ""), world.north, b, RESPONSIBLE);
    let performing = world.tag(ALWAYS, world.north, b, &[KleAspect::Performing]);
    let migration = migrate(&world.on("2025-01-01"));
    let mut edit = world.registry.edit("test");
    migration.add_to(&mut edit);
    edit.commit().unwrap();
    let on = |tag| world.on("2025-01-01").get::<KleTagId>(tag).map(|tag| tag.class);
    assert_eq!([first, second, late].into_iter().filter_map(on).collect::<Vec<_>>(), [new]);
    assert_eq!(on(performing), Some(new));
    assert!(world.on("2005-01-01").get(second).is_some(), "before the retirement both stay");
    assert!(world.registry.snapshot().retired_in_use().is_empty());
}

#[test]
fn what_was_decided_goes_before_what_replaced_and_for_a_tag_before_for_all() {
    let world = World::new();
    let [a, b] = ["17.02", "17.03"].map(|number| world.class(ALWAYS, number, &[]));
    let until = period("", "2010-01-01");
    let [several, none, one] = [("17.04", vec![a, b]), ("17.05", vec![]), ("17.06", vec![a])]
        .map(|(n, next)| world.class(until, n, &next));
    let use_of = |unit, class| world.tag(period("2005-01-01", ""), unit, class, RESPONSIBLE);
    let [of_all, of_one] = [use_of(world.school, several), use_of(world.north, several)];
    let [ended, late] =
        [use_of(world.school, none), world.tag(period("2012-01-01", ""), world.north, none, RESPONSIBLE)];
    let left = use_of(world.school, one);
    let wish = ReplaceRetired::since(day("2010-01-01"))
        .choose(several, a)
        .choose_for(of_one, several, b)
        .end(none)
        .leave(one);
    let snapshot = world.registry.snapshot();
    let migration = wish.propose(&snapshot);
    assert_eq!(
        (migration.replacements.len(), migration.endings.len(), migration.unresolved.len()),
        (2, 2, 0)
    );
    let plan = world.registry.plan(crate::plan::Proposal::new("KLE", "test").with(wish)).unwrap();
    let kept: crate::plan::Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(kept, plan);
    kept.commit(&world.registry, "test", crate::plan::ApprovalRule::None).unwrap();
    let view = world.on("2015-01-01");
    let class = |tag: KleTagId| view.get(tag).map(|tag| tag.class);
    assert_eq!([of_all, of_one, ended, late, left].map(class), [Some(a), Some(b), None, None, Some(one)]);
    assert_eq!(world.on("2009-12-31").get(ended).unwrap().class, none, "until the number ended it is so");
}

#[test]
fn a_plan_may_retire_a_number_and_move_its_tags_and_notices_new_ones() {
    let world = World::new();
    let new = world.class(ALWAYS, "17.02", &[]);
    let old = world.class(ALWAYS, "17.01", &[]);
    let tag = world.tag(ALWAYS, world.north, old, RESPONSIBLE);
    let may = day("2025-05-01");
    let object = old.into();
    let patch = Patch::<Class>::new().add(Class::REPLACED_BY, new).into_changes();
    let proposal = crate::plan::Proposal::new("KLE 2025-05", "test")
        .with(Command::Set { object, period: ALWAYS, patch })
        .with(Command::End { object, from: may, dependents: None })
        .with(ReplaceRetired::since(may));
    let mut plan = world.registry.plan(proposal).unwrap();
    world.tag(ALWAYS, world.school, old, &[KleAspect::Insight]);
    let conflict = plan.commit(&world.registry, "test", crate::plan::ApprovalRule::None);
    assert!(conflict.unwrap_err().to_string().contains("E_CONFLICT"));
    assert_eq!(plan.refresh(&world.registry).unwrap().len(), 1);
    plan.commit(&world.registry, "test", crate::plan::ApprovalRule::None).unwrap();
    assert_eq!(world.on("2025-04-30").get(tag).unwrap().class, old);
    assert_eq!(world.on("2025-05-01").get(tag).unwrap().class, new);
    assert!(world.registry.check().is_empty());
}

#[test]
fn succession_is_followed_both_ways_and_a_circle_ends() {
    let world = World::new();
    let [a, b] = ["17.01", "17.02"].map(|number| world.class(period("", "2010-01-01"), number, &[]));
    let mut edit = world.registry.edit("test");
    for (one, other) in [(a, b), (b, a)] {
        edit.replace(
            one,
            &world.registry.snapshot().timeline(one).map(|class| class.clone().replaced_by([other])),
        );
    }
    edit.commit().unwrap();
    let snapshot = world.registry.snapshot();
    assert_eq!((snapshot.class_successors(a), snapshot.class_predecessors(a)), (vec![b], vec![b]));
    assert_eq!(snapshot.class_successors_on(a, day("2025-01-01")), []);
    assert_eq!(snapshot.class_predecessors_on(a, day("2025-01-01")), []);
}

#[test]
fn the_class_tree_is_read_by_day() {
    let world = World::new();
    let main = world.class(ALWAYS, "17", &[]);
    let mut edit = world.registry.edit("test").policy(Class::PARENT, Policy::Report);
    let group = Class::new(world.facet, "17.01", "Gruppe").parent(main);
    let group = edit.create(period("2000-01-01", "2010-01-01"), group);
    let topic = edit.create(ALWAYS, Class::new(world.facet, "17.01.01", "Emne").parent(group));
    edit.commit().unwrap();
    let (then, now) = (world.on("2005-01-01"), world.on("2025-01-01"));
    assert_eq!(then.class_path(topic), [main, group, topic]);
    assert_eq!(then.class_descendants(main), [group, topic]);
    assert_eq!((then.class_children(group), then.class_roots(world.facet)), (vec![topic], vec![main]));
    assert_eq!(now.class_path(topic), [topic]);
    assert_eq!(now.class_roots(world.facet), [topic, main]);
    assert_eq!((now.class_children(group), now.class_path(group)), (vec![], vec![]));
    assert_eq!(world.registry.check().len(), 1);
}

#[test]
fn a_class_of_ones_own_needs_a_free_number_from_80_on_below_one_that_lives() {
    let world = World::new();
    world.class(period("2000-01-01", "2030-01-01"), "17.01", &[]);
    let view = world.on("2025-01-01");
    let mut edit = world.registry.edit("test");
    let mut add = |number: &str, period: Period| {
        add_local_class(&mut edit, &view, kle(number), "Egen", None, period).map(|_| ())
    };
    let within = period("2020-01-01", "2025-01-01");
    assert_eq!(add("80", within), Err(LocalClassError::MainGroup(kle("80"))));
    assert_eq!(add("17.79", within), Err(LocalClassError::Shared(kle("17.79"))));
    assert_eq!(add("17.01.80", within), Ok(()));
    let (number, parent) = (kle("17.01.80"), kle("17.01"));
    let days = period("2030-01-01", "");
    assert_eq!(
        add("17.01.80", period("2020-01-01", "")),
        Err(LocalClassError::NoParent { number, parent, days })
    );
    let _ = add;
    edit.commit().unwrap();
    let view = world.on("2025-01-01");
    let mut edit = world.registry.edit("test");
    let again = add_local_class(&mut edit, &view, number, "Egen", None, period("2024-01-01", "2026-01-01"));
    let days = period("2024-01-01", "2025-01-01");
    assert_eq!(again, Err(LocalClassError::Taken { number, days }));
}

/// Classes with everything that an export has a form for.
fn exported() -> (World, View) {
    let world = World::new();
    let notes = ClassNotes {
        guidance: "Første linje\n\"Anden\" \\ linje".to_owned(),
        legal_sources: vec![LegalSource::new("Folkeskoleloven").section("§ 2").accession("A1")],
        keywords: vec![Keyword::new("Skole"), Keyword::new("klasse; lokale")],
        ..ClassNotes::default()
    };
    let new = world.class(period("2010-01-01", ""), "17.02", &[]);
    world.class(period("2000-01-01", "2010-01-01"), "17.01", &[new]);
    let mut edit = world.registry.edit("test");
    let topic = Class::new(world.facet, "17.02.01", "Skole").parent(new).owner(world.school);
    edit.create(period("2010-01-01", "2030-01-01"), topic.description(notes.to_string()));
    edit.commit().unwrap();
    let view = world.on("2025-01-01");
    (world, view)
}

#[test]
fn skos_has_the_tree_labels_notes_days_and_succession() {
    let (world, view) = exported();
    let mut out = Vec::new();
    ClassExport::new(&view, world.facet).with_retired().skos(&mut out).unwrap();
    let turtle = String::from_utf8(out).unwrap();
    let [old, new, topic] = ["17.01", "17.02", "17.02.01"].map(|number| {
        let class = world.registry.snapshot().classes_with_key(KLE_FACET, number)[0];
        format!("<urn:uuid:{class}>")
    });
    let of = |subject: &str| {
        let begins = turtle.find(&format!("\n{subject} a ")).unwrap();
        turtle[begins..].split(" .\n\n").next().unwrap().to_owned()
    };
    for line in [
        &format!("skos:broader {new}"),
        "skos:notation \"17.02.01\"",
        "skos:prefLabel \"Skole\"@da",
        "skos:altLabel \"klasse; lokale\"@da",
        r#"skos:scopeNote "Første linje\n\"Anden\" \\ linje"@da"#,
        "dcterms:source \"Folkeskoleloven § 2 (A1)\"@da",
        "dcterms:valid \"start=2010-01-01; end=2029-12-31; scheme=W3C-DTF;\"^^dcterms:Period",
    ] {
        assert!(of(&topic).contains(line), "{line} in {}", of(&topic));
    }
    assert!(!of(&topic).contains("altLabel \"Skole\""));
    assert!(
        of(&old).contains(&format!("dcterms:isReplacedBy {new}")) && of(&old).contains("owl:deprecated true")
    );
    assert!(of(&new).contains("skos:topConceptOf") && !of(&new).contains("deprecated"));
}

#[test]
fn csv_and_json_hold_the_same_classes() {
    let (world, view) = exported();
    let (mut csv, mut json) = (Vec::new(), Vec::new());
    let export = ClassExport::new(&view, world.facet);
    export.csv(&mut csv).unwrap();
    export.json(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["classes"].as_array().unwrap().len(), 2);
    assert_eq!((&json["v"], &json["day"]), (&1.into(), &"2025-01-01".into()));
    assert_eq!(json["classes"][1]["state"]["user_key"], "17.02.01");
    assert_eq!(json["classes"][1]["valid"]["until"], "2030-01-01");
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1][1], &rows[1][4], &rows[1][6]), ("17.02.01", "17.02", "2030-01-01"));
    assert_eq!((&rows[1][11], &rows[1][12]), ("Folkeskoleloven § 2 (A1)", "Skole\nklasse; lokale"));
    let mut all = Vec::new();
    export.with_retired().csv(&mut all).unwrap();
    assert_eq!(csv::Reader::from_reader(all.as_slice()).records().count(), 3);
}
