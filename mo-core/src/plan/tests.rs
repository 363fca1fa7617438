//! What plans promise, on random organisations: what they say is what a dry run and a commit do; undoing gives back the
//! belief before; nothing that refers to a unit is lost when it is reorganised; and their JSON form is whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{
    ClassId, CountedIds, Engagement, EngagementId, Hierarchy, HierarchyId, HierarchyUse, Manager, ManagerId,
    Patch, Person, PersonId, Placement, Unit, UnitId,
};
use crate::reconcile::{Guard, Reconcile, Scope};
use crate::registry::Command;
use crate::rules::Policies;
use crate::time::{Period, SteppingClock};

const UNITS: usize = 6;

fn day(n: i32) -> Day {
    "2026-01-01".parse::<Day>().unwrap().plus(n).unwrap()
}

struct Town {
    registry: Registry,
    line: HierarchyId,
    units: Vec<UnitId>,
    people: Vec<PersonId>,
    engagements: Vec<EngagementId>,
    managers: Vec<ManagerId>,
    staff: ClassId,
}

impl Town {
    /// Units 1 … 5 in a tree under unit 0; a person, an engagement and every other a manager in each.
    fn new() -> Town {
        let clock = Arc::new(SteppingClock::new("2025-06-01T09:00:00Z".parse().unwrap()));
        let registry = Registry::in_memory(clock, CountedIds::new("town"));
        let mut edit = registry.edit("anna");
        crate::start_set::add(&mut edit, Period::ALWAYS);
        let staff = crate::start_set::class_id("engagement_type", "employee");
        let boss = crate::start_set::class_id("manager_type", "director");
        let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        let mut units: Vec<UnitId> = Vec::new();
        for n in 0..UNITS {
            let place = n.checked_sub(1).map_or(Placement::Root, |n| Placement::Under(units[n / 2]));
            units.push(edit.create(Period::ALWAYS, Unit::new(format!("Enhed {n}")).placements(line, place)));
        }
        let (mut people, mut engagements, mut managers) = (Vec::new(), Vec::new(), Vec::new());
        for (n, unit) in units.iter().enumerate() {
            let person = edit.create(Period::ALWAYS, Person::new("Bo", format!("Nr. {n}")));
            engagements.push(edit.create(Period::ALWAYS, Engagement::new(person, *unit, staff)));
            if n % 2 == 0 {
                managers.push(edit.create(Period::ALWAYS, Manager::new(*unit, boss).person(person)));
            }
            people.push(person);
        }
        edit.commit().unwrap();
        Town { registry, line, units, people, engagements, managers, staff }
    }

    fn proposal(&self, wants: &[Want]) -> Proposal {
        let mut reorganisation = Reorganisation::new("omlægning", self.line, day(30));
        let mut proposal = Proposal::new("omlægning", "anna");
        let unit = |n: &usize| self.units[*n];
        for want in wants {
            match want {
                Want::Rename(n, from) => {
                    let patch = Patch::new().set(Unit::NAME, format!("Ny {n} {from}")).into_changes();
                    proposal =
                        proposal.with(Command::Change { object: unit(n).into(), from: day(*from), patch });
                }
                Want::Everyone(a, b, from) => {
                    let change = Patch::new().set(Engagement::UNIT, unit(b));
                    let each = Each::<Engagement>::during(Period::since(day(*from)))
                        .having(Engagement::UNIT, unit(a));
                    proposal = proposal.with(each.change(change));
                }
                Want::Move(a, b) => reorganisation = reorganisation.move_unit(unit(a), unit(b)),
                Want::Close(a, b) => reorganisation = reorganisation.close_into(unit(a), unit(b)),
                Want::Merge(a, b, c) => reorganisation = reorganisation.merge([unit(a), unit(b)], unit(c)),
                Want::Split(a, b, c) => {
                    let rules = [(Who::Persons(vec![self.people[*a]]), unit(b)), (Who::Rest, unit(c))];
                    reorganisation = reorganisation.split(unit(a), rules);
                }
            }
        }
        proposal.with(reorganisation)
    }

    /// Everything believed about every object.
    fn beliefs(&self) -> Vec<Timeline<crate::model::Fields>> {
        let snapshot = self.registry.snapshot();
        let of = |objects: Vec<ObjectRef>| {
            objects.into_iter().map(|o| snapshot.fields_timeline(o)).collect::<Vec<_>>()
        };
        of(self
            .units
            .iter()
            .map(|id| ObjectRef::from(*id))
            .chain(self.engagements.iter().map(|id| ObjectRef::from(*id)))
            .chain(self.managers.iter().map(|id| ObjectRef::from(*id)))
            .collect())
    }
}

#[derive(Debug, Clone)]
enum Want {
    Rename(usize, i32),
    Everyone(usize, usize, i32),
    Move(usize, usize),
    Close(usize, usize),
    Merge(usize, usize, usize),
    Split(usize, usize, usize),
}

fn want() -> impl Strategy<Value = Want> {
    let unit = || 0..UNITS;
    prop_oneof![
        (unit(), 0..60i32).prop_map(|(n, from)| Want::Rename(n, from)),
        (unit(), unit(), 0..60i32).prop_map(|(a, b, from)| Want::Everyone(a, b, from)),
        (unit(), unit()).prop_map(|(a, b)| Want::Move(a, b)),
        (unit(), unit()).prop_map(|(a, b)| Want::Close(a, b)),
        (unit(), unit(), unit()).prop_map(|(a, b, c)| Want::Merge(a, b, c)),
        (unit(), unit(), unit()).prop_map(|(a, b, c)| Want::Split(a, b, c)),
    ]
}

proptest! {
    #[test]
    fn what_a_plan_says_is_what_a_dry_run_and_a_commit_do_and_undoing_gives_back_what_was(
        wants in prop::collection::vec(want(), 1..5)
    ) {
        let town = Town::new();
        let before = town.beliefs();
        let Ok(plan) = town.registry.plan(town.proposal(&wants)) else { return Ok(()) };
        prop_assert_eq!(&town.beliefs(), &before, "planning records nothing");
        let kept: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
        prop_assert_eq!(&kept, &plan);
        let rehearsed = town.registry.rehearse(&plan.proposal.policies, &plan.proposal.intents);
        let answer = kept.commit(&town.registry, "anna", ApprovalRule::None);
        if !plan.unresolved().is_empty() {
            let unresolved = |refusal: &Refusal| refusal.violations.iter().all(|v| v.code == Code::Unresolved);
            prop_assert!(rehearsed.as_ref().is_err_and(unresolved));
            prop_assert!(matches!(answer, Err(CommitError::Refused(refusal)) if unresolved(&refusal)));
            prop_assert_eq!(&town.beliefs(), &before);
            return Ok(());
        }
        let answer = answer.unwrap();
        let Some(receipt) = answer.receipt() else {
            prop_assert!(plan.effects().is_empty());
            return Ok(());
        };
        prop_assert_eq!(rehearsed.unwrap(), Some(receipt.effects.clone()));
        let revision = receipt.stamp.revision;
        prop_assert_eq!(&town.registry.snapshot().effects_of(revision), &plan.effects);

        // Nobody is lost: on every day each engagement and each leadership is somewhere that exists.
        let snapshot = town.registry.snapshot();
        prop_assert!(snapshot.check().iter().all(|v| v.code.name().starts_with('W')), "{:?}", snapshot.check());
        for engagement in &town.engagements {
            prop_assert_eq!(snapshot.timeline(*engagement).coverage().periods().collect::<Vec<_>>(), [Period::ALWAYS]);
        }
        for manager in &town.managers {
            prop_assert_eq!(snapshot.timeline(*manager).coverage().periods().collect::<Vec<_>>(), [Period::ALWAYS]);
        }

        let undo = Proposal::new("fortryd", "anna").with(Intent::Compensate(revision));
        town.registry.carry_out(&undo).unwrap();
        prop_assert_eq!(&town.beliefs(), &before, "from then on");
        prop_assert!(town.registry.snapshot().successions().is_empty());
        let then = town.registry.snapshot().as_known(revision);
        prop_assert_eq!(&then.effects_of(revision), &plan.effects, "and both beliefs stay readable");
    }
}

#[test]
fn the_json_form_of_every_intent_comes_back_as_it_was() {
    let town = Town::new();
    let [a, b, ..] = town.units[..] else { unreachable!() };
    let unit = |name: &str| Unit::new(name).placements(town.line, town.units[0]);
    let timeline = Timeline::single(Period::since(day(3)), unit("Løn"));
    let wish = Reconcile::new("sd", Scope::kinds([crate::model::Kind::Unit]))
        .within(Period::since(day(0)))
        .masters(Unit::NAME)
        .masters_entry(Unit::PLACEMENTS, town.line)
        .key(Unit::USER_KEY)
        .wish_new(uuid::Uuid::from_u128(9).into(), &timeline)
        .guard(Guard { share: 0.25, count: 3, allow: true });
    let reorganisation = Reorganisation::new("ny", town.line, day(9))
        .decided(day(1))
        .open(uuid::Uuid::from_u128(8).into(), "Ny", Placement::Root)
        .split(
            a,
            [(Who::EngagementType(town.staff), b), (Who::Kle("00.01".parse().unwrap()), b), (Who::Rest, a)],
        )
        .close(b);
    let proposal = Proposal::new("alt", "anna")
        .note("derfor")
        .case_number("26/1")
        .policies(
            Policies::new()
                .with(Engagement::UNIT, crate::rules::Policy::fallback(a))
                .otherwise(crate::rules::Policy::Report),
        )
        .with(wish)
        .with(reorganisation)
        .with(Each::<Manager>::during(Period::since(day(2))).end_with(crate::state::Dependents::Cascade))
        .with(Intent::Compensate(Revision::new(4)))
        .with(Command::Leave { unit: a, hierarchy: town.line, from: day(1), until: Some(day(5)) })
        .with(Command::Set {
            object: a.into(),
            period: Period::before(day(7)),
            patch: Patch::new().put(Unit::EXTERNAL_IDS, "sd", "77").clear(Unit::UNIT_TYPE).into_changes(),
        });
    let plan = Plan {
        proposal,
        base: Revision::new(3),
        effects: Vec::new(),
        unresolved: Vec::new(),
        warnings: vec!["W".to_owned()],
        names: BTreeMap::new(),
        approvals: vec![Approval { actor: "ib".into(), at: "2026-02-01T09:00:00Z".parse().unwrap() }],
    };
    let text = plan.to_json().to_string();
    assert_eq!(Plan::from_json(&crate::journal::Json::parse(&text).unwrap()).unwrap(), plan);
}

#[test]
fn a_plan_prints_its_summary_first_and_has_forms_as_html_and_picture() {
    let town = Town::new();
    let [_, a, b, ..] = town.units[..] else { unreachable!() };
    let merger = Reorganisation::new("A i B", town.line, day(30)).close_into(a, b);
    let plan = town.registry.plan(Proposal::new("A i B", "anna").with(merger)).unwrap();
    let text = plan.to_string();
    assert_eq!(text.lines().next().unwrap(), "A i B: + 0 objects, ~ 3, − 1, from 2026-01-31");
    assert!(text.contains("unit “Enhed 1”") && text.contains("ends"), "{text}");
    assert!(plan.to_html().contains("<h1>A i B") && plan.picture().to_svg().starts_with("<svg"));

    let impact = plan.impact(&town.registry).unwrap();
    assert_eq!((impact.closed.as_slice(), impact.people.len()), ([a].as_slice(), 1));
    assert!(impact.to_string().starts_with("from 2026-01-31: 0 units open, 1 closes"), "{impact}");
    assert!(impact.report().to_html().contains("People who move"));
}

#[test]
fn impact_tells_leaders_spans_topics_and_links() {
    let town = Town::new();
    let mut edit = town.registry.edit("anna");
    let [top, a, b, c, ..] = town.units[..] else { unreachable!() };
    let facet = edit.create(Period::ALWAYS, crate::model::Facet::new("kle_number"));
    let topic = edit.create(Period::ALWAYS, crate::model::Class::new(facet, "91.10.01", "Et emne"));
    let responsible = || crate::model::KleTag::new(a, topic).aspects([crate::model::KleAspect::Responsible]);
    edit.create(Period::ALWAYS, responsible());
    let med = crate::model::LinkUse::Med;
    edit.create(Period::ALWAYS, crate::model::UnitLink::new(b, c, med));
    edit.create(Period::ALWAYS, crate::model::UnitLink::new(top, a, crate::model::LinkUse::Payroll));
    edit.commit().unwrap();
    let merger = Reorganisation::new("B i C", town.line, day(30)).close_into(b, c).close_into(a, top);
    let impact =
        town.registry.plan(Proposal::new("x", "anna").with(merger)).unwrap().impact(&town.registry).unwrap();
    // Unit 2 had a manager of its own, who now leads unit 3; unit 3 had none.
    let led = impact.leadership.iter().find(|led| led.unit == c).unwrap();
    assert!(led.is_gained() && !led.is_lost());
    assert_eq!(impact.kle[0].after, [top]);
    assert_eq!(impact.med_uncovered, [c]);
    assert_eq!(impact.payroll_links.len(), 1);
    assert!(!impact.spans.is_empty());
}

#[test]
fn impact_tells_accounts_roles_addresses_and_hierarchies_of_a_unit_that_closes() {
    let town = Town::new();
    let [_, a, b, ..] = town.units[..] else { unreachable!() };
    let of = crate::start_set::class_id;
    let mut edit = town.registry.edit("anna");
    let system = edit.create(Period::ALWAYS, crate::model::ItSystem::new("Sagsskabet"));
    let account = edit.create(Period::ALWAYS, crate::model::ItAccount::new(system, "afdelingen").unit(a));
    let roles = crate::start_set::facet_id("role");
    let role = edit.create(Period::ALWAYS, crate::model::Class::new(roles, "clerk", "Sagsbehandler"));
    let binding = edit.create(Period::ALWAYS, crate::model::RoleBinding::new(account, role).unit(a));
    let mail = of("org_unit_address_type", "email");
    let address = edit.create(Period::ALWAYS, crate::model::Address::new(mail, "a@korsbaek.example").unit(a));
    let payroll = edit.create(Period::ALWAYS, Hierarchy::new("Løn", HierarchyUse::Payroll));
    edit.move_unit(a, payroll, Placement::Root, day(0));
    edit.commit().unwrap();

    let merger = Reorganisation::new("A i B", town.line, day(30)).close_into(a, b);
    let proposal = Proposal::new("A i B", "anna").with(merger);
    let plan = town.registry.plan(proposal.clone()).unwrap();
    let impact = plan.impact(&town.registry).unwrap();
    let rebound = |object: ObjectRef| Rebound { object, from: a, to: Some(b) };
    assert_eq!(impact.accounts, [rebound(binding.into()), rebound(account.into())]);
    assert_eq!(impact.addresses, [rebound(address.into())]);
    assert_eq!(impact.unplaced, [Unplaced { unit: a, hierarchy: payroll }]);
    let report = impact.to_string();
    let told: Vec<String> =
        report.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "role binding class “Sagsbehandler” of unit “Enhed 2” unit “Enhed 1” unit “Enhed 2”",
        "it account “afdelingen” of unit “Enhed 2” unit “Enhed 1” unit “Enhed 2”",
        "address “a@korsbaek.example” of unit “Enhed 2” unit “Enhed 1” unit “Enhed 2”",
        "hierarchy “Løn” unit “Enhed 1”",
    ] {
        assert!(told.iter().any(|told| told == line), "not told: {line}\n{report}");
    }

    // With a place in the other hierarchy nothing is lost.
    let placed =
        Command::Move { unit: b, hierarchy: payroll, to: Placement::Root, from: day(30), until: None };
    let plan = town.registry.plan(proposal.with(placed)).unwrap();
    assert_eq!(plan.impact(&town.registry).unwrap().unplaced, []);
}

#[test]
fn impact_tells_a_seat_that_falls_vacant_from_one_that_goes() {
    let town = Town::new();
    let (unit, object) = (town.units[2], ObjectRef::from(town.managers[1]));
    let led = |command: Command| {
        let plan = town.registry.plan(Proposal::new("x", "anna").with(command)).unwrap();
        let impact = plan.impact(&town.registry).unwrap();
        let led = impact.leadership.iter().find(|led| led.unit == unit).unwrap();
        (led.is_lost(), led.is_gained(), led.vacant)
    };
    let patch = Patch::new().clear(Manager::PERSON).into_changes();
    assert_eq!(led(Command::Change { object, from: day(30), patch }), (true, false, true));
    assert_eq!(led(Command::End { object, from: day(30), dependents: None }), (true, false, false));
}

#[test]
fn whatever_refers_to_a_unit_that_closes_goes_along_of_every_kind_and_field() {
    use crate::model::*;
    let town = Town::new();
    let [top, a, b, c, ..] = town.units[..] else { unreachable!() };
    let bo = town.people[5];
    let mut edit = town.registry.edit("anna");
    let all = Period::ALWAYS;
    edit.create(all, Association::new(a).person(bo));
    let boss = crate::start_set::class_id("manager_type", "director");
    edit.create(all, Manager::new(a, boss).person(bo));
    let mail = crate::start_set::class_id("org_unit_address_type", "email");
    edit.create(all, Address::new(mail, "a@korsbaek.example").unit(a));
    let system = edit.create(all, ItSystem::new("Sagsskabet"));
    let account = edit.create(all, ItAccount::new(system, "afdelingen").unit(a));
    let roles = crate::start_set::facet_id("role");
    let role = edit.create(all, Class::new(roles, "clerk", "Sagsbehandler").owner(a));
    edit.create(all, RoleBinding::new(account, role).unit(a));
    edit.create(all, Owner::new().unit(a).owner(bo));
    edit.create(all, UnitLink::new(a, c, LinkUse::Related));
    edit.create(all, UnitLink::new(top, a, LinkUse::Payroll));
    let topic = edit.create(all, Class::new(crate::start_set::facet_id("kle_number"), "91.10.01", "Et emne"));
    edit.create(all, KleTag::new(a, topic).aspects([KleAspect::Responsible]));
    edit.commit().unwrap();

    let merger = Reorganisation::new("A i B", town.line, day(30)).close_into(a, b);
    let plan = town.registry.plan(Proposal::new("A i B", "anna").with(merger)).unwrap();
    plan.commit(&town.registry, "anna", ApprovalRule::None).unwrap();
    let field = |kind: Kind, field: u8| (kind, kind.spec().fields[usize::from(field)].name);
    let went: BTreeSet<(Kind, &str)> = plan
        .effects()
        .iter()
        .filter(|effect| {
            effect.before == Some(Value::Id(a.uuid())) && effect.after == Some(Value::Id(b.uuid()))
        })
        .filter_map(|effect| Some(field(effect.object.kind, effect.slot.as_ref()?.field)))
        .collect();
    let refers = |spec: &FieldSpec| spec.value == ValueType::Ref(Kind::Unit) || spec.name == "placements";
    let every = Kind::ALL.into_iter().flat_map(|kind| {
        kind.spec().fields.iter().filter(|spec| refers(spec)).map(move |spec| (kind, spec.name))
    });
    assert_eq!(went, every.collect());
}

#[test]
fn two_plans_are_compared_by_their_effects() {
    let town = Town::new();
    let [_, a, b, c, ..] = town.units[..] else { unreachable!() };
    let into = |to| {
        let merger = Reorganisation::new("A lukker", town.line, day(30)).close_into(a, to);
        town.registry.plan(Proposal::new("A lukker", "anna").with(merger)).unwrap()
    };
    let (one, same, other) = (into(b), into(b), into(c));
    assert_eq!(one.compare(&same), []);
    let found = one.compare(&other);
    let gone = found.iter().filter(|difference| matches!(difference, Difference::Gone(_))).count();
    // Both close the unit; where the rest goes differs.
    assert!(gone > 0 && found.len() == 2 * gone, "{found:?}");
    assert!(found.iter().all(|difference| difference.effect().object != a.into()), "{found:?}");
    let back = other.compare(&one);
    assert_eq!(back.len(), found.len());
}

#[test]
fn a_split_by_a_condition_takes_those_who_fulfil_it_when_it_is_made() {
    let town = Town::new();
    let [_, a, b, c, ..] = town.units[..] else { unreachable!() };
    let mut edit = town.registry.edit("anna");
    let half = crate::model::Fraction::new(500_000).unwrap();
    let (part_time, late) = (town.people[4], town.people[5]);
    let part_time = edit.create(Period::ALWAYS, Engagement::new(part_time, a, town.staff).fraction(half));
    edit.commit().unwrap();
    let view = town.registry.snapshot().at(day(0));
    let chosen = Who::choose(&view, a, |engagement| engagement.fraction == Some(half));
    assert_eq!(chosen, Who::Engagements(vec![part_time]));

    let mut edit = town.registry.edit("anna");
    let late = edit.create(Period::ALWAYS, Engagement::new(late, a, town.staff).fraction(half));
    edit.commit().unwrap();
    let split = Reorganisation::new("A deles", town.line, day(30)).split(a, [(chosen, b), (Who::Rest, c)]);
    town.registry.carry_out(&Proposal::new("A deles", "anna").with(split)).unwrap();
    let then = town.registry.snapshot().at(day(30));
    let unit = |engagement: EngagementId| then.get(engagement).unwrap().unit;
    assert_eq!([part_time, late, town.engagements[1]].map(unit), [b, c, c]);
}

#[test]
fn an_undo_that_comes_too_late_names_the_registrations_that_built_on_it() {
    let town = Town::new();
    let [_, a, ..] = town.units[..] else { unreachable!() };
    let rename = |actor: &str, name: &str| {
        let mut edit = town.registry.edit(actor);
        edit.change(a, day(10), Patch::new().set(Unit::NAME, name));
        edit.commit().unwrap().receipt().unwrap().stamp.revision
    };
    let first = rename("anna", "Første");
    let _unrelated = {
        let mut edit = town.registry.edit("ole");
        edit.change(town.units[2], day(10), Patch::new().set(Unit::NAME, "Anden"));
        edit.commit().unwrap()
    };
    let later = rename("ib", "Anden");
    let undo = Proposal::new("fortryd", "anna").with(Intent::Compensate(first));
    let Err(CommitError::Refused(refusal)) = town.registry.carry_out(&undo) else {
        panic!("must be refused")
    };
    let [violation] = refusal.violations.as_slice() else { panic!("{refusal}") };
    assert_eq!((violation.code, violation.objects.as_slice()), (Code::Conflict, [a.into()].as_slice()));
    assert!(violation.message.contains(&format!("registration {later} (ib, ")), "{refusal}");
    assert!(!violation.message.contains("ole"), "{refusal}");
}

#[test]
fn chains_of_succession_lead_to_what_a_unit_is_called_today() {
    let town = Town::new();
    let [_, a, b, c, d, _] = town.units[..] else { unreachable!() };
    let carry = |name: &str, reorganisation| {
        town.registry.carry_out(&Proposal::new(name, "anna").with(reorganisation)).unwrap()
    };
    carry("1", Reorganisation::new("1", town.line, day(10)).merge([a, b], b));
    let undone = carry("2", Reorganisation::new("2", town.line, day(20)).close_into(b, c));
    let snapshot = town.registry.snapshot();
    assert_eq!(snapshot.at(day(5)).heirs(a), [a]);
    assert_eq!(snapshot.at(day(15)).heirs(a), [b]);
    assert_eq!(snapshot.at(day(25)).heirs(a), [c]);
    assert_eq!(snapshot.predecessors(c).iter().map(|s| s.from).collect::<Vec<_>>(), [b]);
    let revision = undone.receipt().unwrap().stamp.revision;
    town.registry.carry_out(&Proposal::new("undo", "anna").with(Intent::Compensate(revision))).unwrap();
    assert_eq!(town.registry.snapshot().at(day(25)).heirs(a), [b]);
    let split = [(Who::Persons(vec![town.people[1]]), c), (Who::Rest, d)];
    carry("3", Reorganisation::new("3", town.line, day(30)).split(b, split));
    let mut heirs = vec![c, d];
    heirs.sort();
    assert_eq!(town.registry.snapshot().at(day(40)).heirs(a), heirs);
    assert_eq!(town.registry.snapshot().successors(b).len(), 2);
}

#[test]
fn a_plan_moved_to_another_day_moves_its_effects() {
    let town = Town::new();
    let [_, a, b, ..] = town.units[..] else { unreachable!() };
    let merger = Reorganisation::new("A i B", town.line, day(30)).close_into(a, b);
    let mut plan = town.registry.plan(Proposal::new("A i B", "anna").with(merger)).unwrap();
    plan.approve("ib", "2026-01-01T00:00:00Z".parse().unwrap());
    plan.re_date(&town.registry, day(60)).unwrap();
    assert!(plan.approvals().is_empty());
    assert!(plan.effects().iter().all(|effect| effect.valid == Period::since(day(60))));
}
