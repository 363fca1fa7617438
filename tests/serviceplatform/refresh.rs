//! From the services into a registry: new persons, names and protection on both time axes, proposals, and refreshes that
//! stop and go on.

use std::ops::ControlFlow;

use mo_core::model::{Address, Class, CountedIds, Engagement, Facet, Patch, Person, PersonId, Unit};
use mo_core::registry::Registry;
use mo_core::time::{Day, Period};
use mo_serviceplatform::address::{AccessKey, Adressevaelger};
use mo_serviceplatform::client::{Connection, Retry};
use mo_serviceplatform::cpr::{PersonLookupExt, Protection, Status};
use mo_serviceplatform::fake::{Fake, FakePerson, Injected};
use mo_serviceplatform::refresh::{
    Change, Incomplete, PersonReport, ProposalKind, RefreshAddresses, RefreshPersons, Stopped,
    person_from_cpr, refresh_addresses, refresh_persons,
};

use crate::support::{AGNES, BERTEL, Register, TestClock, call, cpr};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

const TODAY: &str = "2026-11-01";

struct Town {
    registry: Registry,
    register: Register,
}

impl Town {
    fn new(fake: Fake) -> Town {
        let register =
            Register::with(fake, |connection| connection.retrying(Retry::NEVER), |service| service);
        let registry = Registry::in_memory(register.clock.clone(), CountedIds::new("by"));
        Town { registry, register }
    }

    /// A person of the registry since 2020, under the name the fake has.
    fn person(&self, number: &str, given: &str, surname: &str) -> PersonId {
        let mut edit = self.registry.edit("ib");
        let state = Person::new(given, surname).cpr(cpr(number));
        let id = edit.create(Period::since(day("2020-01-01")), state);
        edit.commit().unwrap();
        id
    }

    fn refresh(&self, wanted: &RefreshPersons) -> PersonReport {
        refresh_persons(&self.registry, &self.register.service, wanted, &mut |_| ControlFlow::Continue(()))
    }

    fn wanted() -> RefreshPersons {
        RefreshPersons::new(call(), day(TODAY))
    }

    fn name_on(&self, id: PersonId, on: &str) -> String {
        let person = self.registry.snapshot().at(day(on)).get(id).unwrap();
        format!("{} {}", person.given_name, person.surname)
    }

    fn protected(&self, id: PersonId) -> Vec<String> {
        let timeline = self.registry.snapshot().timeline(id).filter_map(|p| p.protected.then_some(()));
        timeline.iter().map(|(period, ())| period.to_string()).collect()
    }
}

#[test]
fn a_new_person_is_filled_in_and_protected_for_the_days_it_is() {
    let town = Town::new(Fake::korsbaek());
    let hire = |number: &str| {
        let found = town.register.service.follow(cpr(number), &call()).unwrap();
        let mut edit = town.registry.edit("ib").cause("ansættelse");
        let id = person_from_cpr(&found).unwrap().create(&mut edit, Period::since(day("2026-06-01")));
        edit.commit().unwrap();
        id
    };
    let agnes = hire(AGNES);
    assert_eq!(town.name_on(agnes, TODAY), "Agnes Ørum Eksempel");
    assert_eq!(town.protected(agnes), Vec::<String>::new());
    let bertel = hire(BERTEL);
    assert_eq!(town.protected(bertel), ["2026-06-01 … 2027-01-31"]);
    // Asked for by the number she had; created with the one she has.
    let ebba = hire("0505505004");
    let number = town.registry.snapshot().at(day(TODAY)).field(ebba, Person::CPR);
    assert_eq!(number, Some(cpr("0505505012")));
    // No private address came along.
    assert!(town.registry.snapshot().at(day(TODAY)).all::<Address>().is_empty());
    // And nobody is made of an answer without a name.
    town.register.fake.put_person(FakePerson::new(cpr(AGNES), "", "Eksempel"));
    let found = town.register.service.follow(cpr(AGNES), &call()).unwrap();
    assert_eq!(person_from_cpr(&found), Err(Incomplete));
}

#[test]
fn a_new_name_is_registered_from_its_day_with_its_cause_and_only_once() {
    let mut agnes = FakePerson::new(cpr(AGNES), "Agnes", "Nytnavn");
    agnes.name_since = Some(day("2026-09-15"));
    let town = Town::new(Fake::empty().with_person(agnes));
    let id = town.person(AGNES, "Agnes", "Eksempel");
    let report = town.refresh(&Town::wanted());
    assert_eq!(report.changed.len(), 1);
    assert_eq!(report.changed[0].changes, [Change::Name(day("2026-09-15"))]);
    assert_eq!(town.name_on(id, "2026-09-14"), "Agnes Eksempel");
    assert_eq!(town.name_on(id, "2026-09-15"), "Agnes Nytnavn");
    let registration = town.registry.snapshot().registration(report.changed[0].revision.unwrap()).unwrap();
    assert_eq!(registration.cause.as_deref(), Some("cpr"));
    let again = town.refresh(&Town::wanted());
    assert_eq!((again.changed.len(), again.looked_up), (0, 1));
}

#[test]
fn a_name_is_not_changed_before_the_registrys_own_last_change_and_plans_stay() {
    let mut agnes = FakePerson::new(cpr(AGNES), "Agnes", "Nytnavn");
    agnes.name_since = Some(day("2021-01-01"));
    let town = Town::new(Fake::empty().with_person(agnes));
    let id = town.person(AGNES, "Agnes", "Eksempel");
    let mut edit = town.registry.edit("ib");
    edit.change(id, day("2023-01-01"), Patch::new().set(Person::SURNAME, "Mellemspil"));
    edit.change(id, day("2027-01-01"), Patch::new().set(Person::SURNAME, "Planlagt"));
    edit.commit().unwrap();
    let report = town.refresh(&Town::wanted());
    assert_eq!(report.changed[0].changes, [Change::Name(day("2023-01-01"))]);
    for (on, name) in [
        ("2022-12-31", "Agnes Eksempel"),
        ("2023-01-01", "Agnes Nytnavn"),
        (TODAY, "Agnes Nytnavn"),
        ("2027-01-01", "Agnes Planlagt"),
    ] {
        assert_eq!(town.name_on(id, on), name, "{on}");
    }
}

#[test]
fn protection_gets_its_timeline_and_what_the_past_had_stays() {
    let protection = |from: Option<&str>, until: Option<&str>, flag| Protection {
        flag,
        from: from.map(day),
        until: until.map(day),
    };
    for (known_from, told, after) in [
        // Newly protected, for a year.
        (
            None,
            Some(protection(Some("2026-02-01"), Some("2027-02-01"), Some(true))),
            vec!["2026-02-01 … 2027-01-31"],
        ),
        // Extended: what was until was since 2025.
        (
            Some("2025-02-01"),
            Some(protection(Some("2026-02-01"), Some("2028-02-01"), Some(true))),
            vec!["2025-02-01 … 2028-01-31"],
        ),
        // Ended: the past stays protected, today and the future do not.
        (Some("2025-02-01"), Some(protection(None, None, Some(false))), vec!["2025-02-01 … 2026-10-31"]),
        (Some("2025-02-01"), None, vec!["2025-02-01 … 2026-10-31"]),
        // From the future on.
        (None, Some(protection(Some("2027-01-01"), None, None)), vec!["2027-01-01 …"]),
        // Without days: as long as nothing else is said.
        (None, Some(protection(None, None, Some(true))), vec!["2020-01-01 …"]),
        (None, None, vec![]),
    ] {
        let mut agnes = FakePerson::new(cpr(AGNES), "Agnes", "Eksempel");
        agnes.protection = told;
        let town = Town::new(Fake::empty().with_person(agnes));
        let id = town.person(AGNES, "Agnes", "Eksempel");
        if let Some(from) = known_from {
            let mut edit = town.registry.edit("ib");
            edit.change(id, day(from), Patch::new().set(Person::PROTECTED, true));
            edit.commit().unwrap();
        }
        town.refresh(&Town::wanted());
        assert_eq!(town.protected(id), after, "{known_from:?} {told:?}");
        assert!(town.refresh(&Town::wanted()).changed.is_empty(), "{known_from:?} {told:?}");
    }
}

#[test]
fn a_new_number_is_taken_over_and_the_old_one_stays_in_the_past() {
    let town = Town::new(Fake::korsbaek());
    let id = town.person("0505505004", "Ebba", "Prøvesen");
    let report = town.refresh(&Town::wanted());
    assert_eq!(report.changed[0].changes, [Change::Number(day(TODAY))]);
    let number = |on: &str| town.registry.snapshot().at(day(on)).field(id, Person::CPR);
    assert_eq!(number("2026-10-31"), Some(cpr("0505505004")));
    assert_eq!(number(TODAY), Some(cpr("0505505012")));
}

#[test]
fn a_number_that_another_person_has_is_refused_without_stopping_the_rest() {
    let town = Town::new(Fake::korsbaek());
    let double = town.person("0505505004", "Ebba", "Prøvesen");
    town.person("0505505012", "Ebba", "Prøvesen");
    town.person(AGNES, "Agnes Ørum", "Eksempel");
    let report = town.refresh(&Town::wanted());
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].0, double);
    let told = format!("{} {:?}", report.refused[0].1, report.refused[0].1);
    assert!(told.contains("V_EXISTING_CPR") && !told.contains("0505505012"), "{told}");
    assert_eq!(report.looked_up, 3);
}

#[test]
fn deaths_and_departures_are_proposed_and_change_nothing() {
    let town = Town::new(Fake::korsbaek());
    let ditlev = town.person("0404505003", "Ditlev", "Eksempel");
    let clara = town.person("0303505002", "Clara", "Testrup");
    let hugo = town.person("0808505007", "Hugo", "Prøvesen");
    let nobody = town.person("3112505011", "Ukendt", "Person");
    let mut edit = town.registry.edit("ib");
    let facet = edit.create(Period::ALWAYS, Facet::new("engagement_type"));
    let class = edit.create(Period::ALWAYS, Class::new(facet, "ansat", "Ansat"));
    let unit = edit.create(Period::since(day("2020-01-01")), Unit::new("Rådhus"));
    let engagement = edit.create(Period::since(day("2021-01-01")), Engagement::new(ditlev, unit, class));
    edit.commit().unwrap();
    let before = town.registry.snapshot().revision();

    let report = town.refresh(&Town::wanted());
    let of = |person| report.proposals.iter().find(|proposal| proposal.person == person).unwrap();
    assert_eq!(of(ditlev).kind, ProposalKind::Dead);
    assert_eq!(of(ditlev).since, Some(day("2026-08-15")));
    assert_eq!(of(ditlev).engagements, [engagement]);
    assert_eq!((of(clara).kind, of(clara).since), (ProposalKind::Emigrated, Some(day("2025-06-01"))));
    assert_eq!(of(hugo).kind, ProposalKind::Missing);
    assert_eq!(of(nobody).kind, ProposalKind::NumberUnknown);
    assert_eq!(report.proposals.len(), 4);
    assert_eq!(town.registry.snapshot().revision(), before, "nothing was registered");
}

#[test]
fn a_dry_run_tells_what_would_be_and_registers_nothing() {
    let town = Town::new(Fake::empty().with_person(FakePerson::new(cpr(AGNES), "Agnes", "Nytnavn")));
    town.person(AGNES, "Agnes", "Eksempel");
    let before = town.registry.snapshot().revision();
    let report = town.refresh(&Town::wanted().dry());
    assert_eq!((report.changed.len(), report.changed[0].revision), (1, None));
    assert_eq!(town.registry.snapshot().revision(), before);
}

#[test]
fn private_addresses_are_stored_when_asked_for_and_never_of_the_protected() {
    let town = Town::new(Fake::korsbaek());
    let agnes = town.person(AGNES, "Agnes Ørum", "Eksempel");
    let bertel = town.person(BERTEL, "Bertel", "Prøvesen");
    let mut edit = town.registry.edit("ib");
    let facet = edit.create(Period::ALWAYS, Facet::new("employee_address_type"));
    let home = edit.create(Period::ALWAYS, Class::new(facet, "privat", "Privatadresse").scope("TEXT"));
    edit.commit().unwrap();
    let wanted = Town::wanted().storing_addresses(home);
    town.refresh(&wanted);
    let view = town.registry.snapshot().at(day(TODAY));
    let [address] = view.referrers(agnes, Address::PERSON)[..] else { panic!() };
    assert_eq!(&*view.get(address).unwrap().value, "Torvet 1, 2. tv, 4999 Korsbæk");
    assert!(view.referrers(bertel, Address::PERSON).is_empty());

    // She moves.
    let mut moved = FakePerson::new(cpr(AGNES), "Agnes", "Eksempel");
    moved.middle = "Ørum".into();
    moved.home.as_mut().unwrap().number = "012B".into();
    town.register.fake.put_person(moved);
    let report = town.refresh(&wanted);
    assert_eq!(report.changed[0].changes, [Change::Address(day(TODAY))]);
    let view = town.registry.snapshot().at(day(TODAY));
    assert_eq!(&*view.get(address).unwrap().value, "Torvet 12B, 2. tv, 4999 Korsbæk");
    assert!(town.refresh(&wanted).changed.is_empty());
}

/// Twenty persons, all with another name in CPR.
fn twenty() -> (Town, Vec<PersonId>) {
    let number = |n: u32| cpr(&format!("01015050{n:02}"));
    let fake =
        (0..20).fold(Fake::empty(), |fake, n| fake.with_person(FakePerson::new(number(n), "Ny", "Navnesen")));
    let town = Town::new(fake);
    let mut ids: Vec<PersonId> =
        (0..20).map(|n| town.person(&number(n).reveal(), "Gammel", "Navnesen")).collect();
    ids.sort_unstable();
    (town, ids)
}

#[test]
fn a_refresh_that_is_stopped_goes_on_where_it_stopped() {
    let (town, ids) = twenty();
    let wanted = Town::wanted().in_batches_of(6).at_once(3);
    let mut told = Vec::new();
    let first = refresh_persons(&town.registry, &town.register.service, &wanted, &mut |progress| {
        told.push((progress.done, progress.of));
        if progress.done >= 12 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(told, [(6, 20), (12, 20)]);
    assert_eq!(first.stopped, Some(Stopped::Asked));
    assert_eq!((first.looked_up, first.changed.len(), first.cursor), (12, 12, Some(ids[11])));
    let rest = town.refresh(&wanted.clone().after(first.cursor));
    assert_eq!((rest.looked_up, rest.stopped, rest.cursor), (8, None, Some(ids[19])));
    assert_eq!(town.register.fake.questions(), 20);
    assert!(ids.iter().all(|id| town.name_on(*id, TODAY) == "Ny Navnesen"));
}

#[test]
fn an_outage_stops_a_refresh_and_loses_nothing() {
    let (town, ids) = twenty();
    let wanted = Town::wanted().in_batches_of(5).at_once(1);
    let mut batches = 0;
    let first = refresh_persons(&town.registry, &town.register.service, &wanted, &mut |_| {
        batches += 1;
        if batches == 2 {
            town.register.fake.inject(Injected::timeout());
        }
        ControlFlow::Continue(())
    });
    assert!(matches!(first.stopped, Some(Stopped::Failed(_))), "{:?}", first.stopped);
    assert_eq!((first.changed.len(), first.cursor), (10, Some(ids[9])));
    let rest = town.refresh(&wanted.clone().after(first.cursor));
    assert_eq!((rest.changed.len(), rest.stopped), (10, None));
}

#[test]
fn every_look_up_of_a_refresh_is_recorded_for_its_person_under_its_own_id() {
    let (town, ids) = twenty();
    town.refresh(&Town::wanted());
    let records = town.register.audit.records();
    let mut persons: Vec<_> = records.iter().map(|record| record.person.unwrap()).collect();
    persons.sort_unstable();
    assert_eq!(persons, ids);
    let correlations: std::collections::BTreeSet<_> =
        records.iter().map(|record| record.correlation).collect();
    assert_eq!(correlations.len(), 20);
}

#[test]
fn persons_without_a_number_that_could_be_asked_for_are_counted() {
    let town = Town::new(Fake::korsbaek());
    let mut edit = town.registry.edit("ib");
    edit.create(Period::since(day("2020-01-01")), Person::new("Uden", "Nummer"));
    edit.commit().unwrap();
    town.person("6101505000", "Erstatning", "Nummersen");
    town.person("0606505005", "Frode", "Testrup");
    let report = town.refresh(&Town::wanted());
    assert_eq!((report.looked_up, report.without_number), (1, 2));
    assert_eq!(Status::Administrative.code(), 20);
    assert!(report.proposals.is_empty() && report.changed.is_empty());
}

#[test]
fn addresses_that_are_gone_are_found_and_outages_are_not_taken_for_it() {
    let town = Town::new(Fake::korsbaek());
    let mut edit = town.registry.edit("ib");
    let facet = edit.create(Period::ALWAYS, Facet::new("org_unit_address_type"));
    let dar = edit.create(Period::ALWAYS, Class::new(facet, "postadresse", "Postadresse").scope("DAR"));
    let mail = edit.create(Period::ALWAYS, Class::new(facet, "mail", "Mail").scope("EMAIL"));
    let unit = edit.create(Period::since(day("2020-01-01")), Unit::new("Skole"));
    let since = Period::since(day("2020-01-01"));
    let mut address = |class, value: &str| edit.create(since, Address::new(class, value).unit(unit));
    address(dar, "0a3f50b4-2d3a-32b8-e044-0003ba298003");
    let closed = address(dar, "0a3f50b4-2d3a-32b8-e044-0003ba298004");
    address(mail, "skole@korsbaek.example");
    edit.commit().unwrap();

    let fake = std::sync::Arc::new(Fake::korsbaek());
    let connection = Connection::new(std::sync::Arc::clone(&fake), TestClock::new()).retrying(Retry::NEVER);
    let service = Adressevaelger::new(
        connection,
        "https://adresser.korsbaek.example".parse().unwrap(),
        AccessKey::adressevaelger_demo(),
    );
    let wanted = RefreshAddresses::new(day(TODAY));
    let report = refresh_addresses(&town.registry, &service, &wanted, &mut |_, _| ControlFlow::Continue(()));
    let texts: Vec<_> = report.found.values().map(|address| address.text()).collect();
    assert_eq!(texts, ["Torvet 7, 4999 Korsbæk"]);
    assert_eq!(report.gone.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [closed]);
    assert!(report.no_id.is_empty() && report.stopped.is_none());

    fake.inject(Injected::Status(503, None));
    let report = refresh_addresses(&town.registry, &service, &wanted, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(report.stopped, Some(Stopped::Failed(_))));
    assert!(report.gone.is_empty());
    assert_eq!(report.cursor, None);
}
