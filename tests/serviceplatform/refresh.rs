//! From the services into a registry: new persons, names and protection on both time axes, proposals, and refreshes that
//! stop and go on.

use std::ops::ControlFlow;
use std::sync::Arc;

use mo_core::model::{
    Address, AddressId, Class, ClassId, CountedIds, Engagement, Facet, Patch, Person, PersonId, Unit, UnitId,
};
use mo_core::registry::Registry;
use mo_core::time::{Day, Period};
use mo_serviceplatform::address::{AccessKey, Adressevaelger, DarId, Washed};
use mo_serviceplatform::client::{Connection, Retry};
use mo_serviceplatform::cpr::{PersonLookupExt, Protection, Status};
use mo_serviceplatform::fake::{Fake, FakeAddress, FakePerson, Injected};
use mo_serviceplatform::refresh::{
    AddressReport, Change, Incomplete, PersonReport, ProposalKind, RefreshAddresses, RefreshPersons, Stopped,
    person_from_cpr, refresh_addresses, refresh_persons,
};
use uuid::Uuid;

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
fn a_private_address_lives_as_long_as_its_person_whatever_is_planned() {
    let town = Town::new(Fake::korsbaek());
    let agnes = town.person(AGNES, "Agnes Ørum", "Eksempel");
    let mut edit = town.registry.edit("ib");
    edit.change(agnes, day("2027-01-01"), Patch::new().set(Person::SURNAME, "Planlagt"));
    let facet = edit.create(Period::ALWAYS, Facet::new("employee_address_type"));
    let home = edit.create(Period::ALWAYS, Class::new(facet, "privat", "Privatadresse").scope("TEXT"));
    edit.commit().unwrap();
    town.refresh(&Town::wanted().storing_addresses(home));
    let snapshot = town.registry.snapshot();
    let [address] = snapshot.at(day("2028-01-01")).referrers(agnes, Address::PERSON)[..] else { panic!() };
    assert_eq!(snapshot.timeline(address).first().unwrap().0, Period::since(day(TODAY)));
}

#[test]
fn a_private_address_ends_when_the_register_gives_none_any_more() {
    let town = Town::new(Fake::korsbaek());
    let agnes = town.person(AGNES, "Agnes Ørum", "Eksempel");
    let mut edit = town.registry.edit("ib");
    let facet = edit.create(Period::ALWAYS, Facet::new("employee_address_type"));
    let home = edit.create(Period::ALWAYS, Class::new(facet, "privat", "Privatadresse").scope("TEXT"));
    // One that is not the register's stays.
    let own = Address::new(home, "Postboks 7").person(agnes);
    let own = edit.create(Period::since(day("2020-01-01")), own);
    edit.commit().unwrap();
    let wanted = Town::wanted().storing_addresses(home);
    town.refresh(&wanted);
    let mut hidden = FakePerson::new(cpr(AGNES), "Agnes", "Eksempel");
    hidden.middle = "Ørum".into();
    hidden.protection = Some(Protection { flag: Some(true), from: Some(day("2026-11-02")), until: None });
    town.register.fake.put_person(hidden);
    town.register.clock.advance(std::time::Duration::from_hours(24));
    let wanted = RefreshPersons::new(call(), day("2026-11-02")).storing_addresses(home);
    let report = town.refresh(&wanted);
    let expected =
        [Change::Protected(Period::since(day("2026-11-02"))), Change::NoAddress(day("2026-11-02"))];
    assert_eq!(report.changed[0].changes, expected);
    let snapshot = town.registry.snapshot();
    assert_eq!(snapshot.at(day(TODAY)).referrers(agnes, Address::PERSON).len(), 2, "the past stays");
    assert_eq!(snapshot.at(day("2026-11-02")).referrers(agnes, Address::PERSON), [own]);
    assert!(town.refresh(&wanted).changed.is_empty());
}

#[test]
fn persons_of_any_one_source_are_refreshed_and_only_in_what_the_register_knows() {
    let town = Town::new(Fake::empty().with_person(FakePerson::new(cpr(AGNES), "Agnes", "Nytnavn")));
    let mut edit = town.registry.edit("ib");
    let state = Person::new("Agnes", "Eksempel").cpr(cpr(AGNES)).source("payroll").nickname_given_name("Nes");
    let id = edit.create(Period::since(day("2020-01-01")), state);
    edit.change(id, day("2026-12-01"), Patch::new().set(Person::NICKNAME_GIVEN_NAME, "Neller"));
    edit.commit().unwrap();
    assert_eq!(town.refresh(&Town::wanted()).changed.len(), 1);
    let snapshot = town.registry.snapshot();
    for (on, surname, nickname) in [
        ("1999-01-01", None, None),
        (TODAY, Some("Nytnavn"), Some("Nes")),
        ("2026-12-01", Some("Nytnavn"), Some("Neller")),
    ] {
        let person = snapshot.at(day(on)).get(id);
        assert_eq!(person.as_ref().map(|p| &*p.surname), surname, "{on}");
        assert_eq!(person.and_then(|p| p.nickname_given_name).as_deref(), nickname, "{on}");
    }
    assert!(town.refresh(&Town::wanted()).changed.is_empty());
    // One that changes hands is nobody's to change.
    let mut edit = town.registry.edit("ib");
    edit.change(id, day("2025-01-01"), Patch::new().set(Person::SOURCE, "local"));
    edit.commit().unwrap();
    town.register.fake.put_person(FakePerson::new(cpr(AGNES), "Agnes", "Nyere"));
    let report = town.refresh(&Town::wanted());
    assert_eq!((report.changed.len(), report.refused.len()), (0, 1));
    assert!(report.refused[0].1.to_string().contains("E_EXISTS"), "{}", report.refused[0].1);
}

const SCHOOL: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298003";
const CLOSED: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298004";

/// A unit with street addresses, and the address service of a fake.
struct Places {
    town: Town,
    fake: Arc<Fake>,
    service: Adressevaelger,
    unit: UnitId,
    dar: ClassId,
}

impl Places {
    fn new(fake: Fake) -> Places {
        let town = Town::new(Fake::empty());
        let mut edit = town.registry.edit("ib");
        let facet = edit.create(Period::ALWAYS, Facet::new("org_unit_address_type"));
        let dar = edit.create(Period::ALWAYS, Class::new(facet, "postadresse", "Postadresse").scope("DAR"));
        let unit = edit.create(Period::since(day("2020-01-01")), Unit::new("Skole"));
        edit.commit().unwrap();
        let fake = Arc::new(fake);
        let connection = Connection::new(Arc::clone(&fake), TestClock::new()).retrying(Retry::NEVER);
        let endpoint = "https://adresser.korsbaek.example".parse().unwrap();
        let service = Adressevaelger::new(connection, endpoint, AccessKey::adressevaelger_demo());
        Places { town, fake, service, unit, dar }
    }

    fn address(&self, value: &str) -> AddressId {
        let mut edit = self.town.registry.edit("ib");
        let address = Address::new(self.dar, value).unit(self.unit);
        let id = edit.create(Period::since(day("2020-01-01")), address);
        edit.commit().unwrap();
        id
    }

    fn refresh(&self, wanted: &RefreshAddresses) -> AddressReport {
        let registry = &self.town.registry;
        refresh_addresses(registry, &self.service, wanted, &mut |_, _| ControlFlow::Continue(()))
    }

    /// Value and text of an address on a day.
    fn read(&self, id: AddressId, on: &str) -> (String, Option<String>) {
        let address = self.town.registry.snapshot().at(day(on)).get(id).unwrap();
        (address.value.to_string(), address.value2.map(|text| text.to_string()))
    }
}

fn addresses_on(on: &str) -> RefreshAddresses {
    RefreshAddresses::new("natkørsel", day(on))
}

#[test]
fn addresses_that_are_gone_are_found_and_outages_are_not_taken_for_it() {
    let places = Places::new(Fake::korsbaek());
    places.address(SCHOOL);
    let closed = places.address(CLOSED);
    let mut edit = places.town.registry.edit("ib");
    let facet = edit.create(Period::ALWAYS, Facet::new("unit_address_type"));
    let mail = edit.create(Period::ALWAYS, Class::new(facet, "mail", "Mail").scope("EMAIL"));
    let mail = Address::new(mail, "skole@korsbaek.example").unit(places.unit);
    edit.create(Period::since(day("2020-01-01")), mail);
    edit.commit().unwrap();

    places.fake.inject(Injected::Status(503, None));
    let report = places.refresh(&addresses_on(TODAY));
    assert!(matches!(report.stopped, Some(Stopped::Failed(_))));
    assert!(report.gone.is_empty() && report.changed.is_empty() && report.cursor.is_none());

    let report = places.refresh(&addresses_on(TODAY));
    let texts: Vec<_> = report.found.values().map(|address| address.text()).collect();
    assert_eq!(texts, ["Torvet 7, 4999 Korsbæk"]);
    assert_eq!(report.gone, [(closed, CLOSED.parse().unwrap())]);
    assert!(report.doubtful.is_empty() && report.refused.is_empty() && report.stopped.is_none());
    assert_eq!(places.read(closed, TODAY), (CLOSED.to_owned(), None), "what is gone is left as it is");
}

#[test]
fn the_text_of_an_address_is_registered_with_its_cause_and_a_renamed_street_from_its_day_on() {
    let school = |renamed: bool| {
        let id: DarId = SCHOOL.parse().unwrap();
        let school = FakeAddress::new(id, DarId::new(Uuid::from_u128(9)), "Skolevej", "7");
        Fake::empty().with_address(if renamed { school.renamed(day("2026-10-01"), "Torvet") } else { school })
    };
    let mut places = Places::new(school(false));
    let id = places.address(SCHOOL);
    let dry = places.refresh(&addresses_on("2026-09-01").dry());
    assert_eq!((dry.changed, dry.revisions), (vec![id], vec![]));
    assert_eq!(places.read(id, TODAY).1, None);

    let report = places.refresh(&addresses_on("2026-09-01"));
    assert_eq!(report.changed, [id]);
    let [revision] = report.revisions[..] else { panic!("{report:?}") };
    let registration = places.town.registry.snapshot().registration(revision).unwrap();
    assert_eq!(registration.cause.as_deref(), Some("dar"));
    assert_eq!(registration.actor, "natkørsel");
    let again = places.refresh(&addresses_on("2026-09-02"));
    assert!(again.changed.is_empty() && again.revisions.is_empty(), "{again:?}");

    let later = Places::new(school(true));
    places.service = later.service;
    places.refresh(&addresses_on("2026-10-01"));
    for (on, text) in [
        ("2026-08-31", None),
        ("2026-09-01", Some("Skolevej 7, 4999 Korsbæk")),
        ("2026-09-30", Some("Skolevej 7, 4999 Korsbæk")),
        ("2026-10-01", Some("Torvet 7, 4999 Korsbæk")),
        ("2030-01-01", Some("Torvet 7, 4999 Korsbæk")),
    ] {
        assert_eq!(places.read(id, on), (SCHOOL.to_owned(), text.map(ToOwned::to_owned)), "{on}");
    }
    assert!(places.refresh(&addresses_on("2026-10-02").without_texts()).changed.is_empty());
}

#[test]
fn a_planned_move_has_its_own_text() {
    let places = Places::new(Fake::korsbaek());
    let flat = "0a3f50b4-2d3a-32b8-e044-0003ba298001";
    let id = places.address(SCHOOL);
    let mut edit = places.town.registry.edit("ib");
    edit.change(id, day("2027-01-01"), Patch::new().set(Address::VALUE, flat));
    edit.commit().unwrap();
    places.refresh(&addresses_on(TODAY));
    assert_eq!(places.read(id, "2026-12-31").1.as_deref(), Some("Torvet 7, 4999 Korsbæk"));
    assert_eq!(places.read(id, "2027-01-01"), (flat.into(), Some("Torvet 1, 2. tv, 4999 Korsbæk".into())));
    assert!(places.refresh(&addresses_on(TODAY)).changed.is_empty());
}

#[test]
fn a_text_where_an_id_belongs_becomes_one_where_that_is_safe() {
    let places = Places::new(Fake::korsbaek());
    let sure = places.address("torvet 7, 4999 korsbæk");
    let doubtful = places.address("Stationsvej 12B, 4999 Korsbæk");
    let report = places.refresh(&addresses_on(TODAY));
    assert_eq!(report.changed, [sure]);
    assert_eq!(places.read(sure, TODAY), (SCHOOL.into(), Some("Torvet 7, 4999 Korsbæk".into())));
    assert_eq!(places.read(sure, "2026-10-31").0, "torvet 7, 4999 korsbæk", "the past stays");
    let [(looked_at, Washed::Doubtful { .. })] = &report.doubtful[..] else { panic!("{report:?}") };
    assert_eq!(*looked_at, doubtful);
    assert_eq!(places.read(doubtful, TODAY).0, "Stationsvej 12B, 4999 Korsbæk");
}

#[test]
fn an_address_that_changes_hands_is_refused_without_holding_the_others_back() {
    let places = Places::new(Fake::korsbaek());
    let (mine, shared) = (places.address(SCHOOL), places.address(SCHOOL));
    let mut edit = places.town.registry.edit("ib");
    edit.change(shared, day("2025-01-01"), Patch::new().set(Address::SOURCE, "exchange"));
    edit.commit().unwrap();
    let report = places.refresh(&addresses_on(TODAY));
    assert_eq!(report.changed, [mine]);
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].0, [shared]);
}

#[test]
fn a_refresh_of_addresses_that_is_stopped_goes_on_where_it_stopped() {
    let places = Places::new(Fake::korsbaek());
    let mut ids: Vec<AddressId> = (0..5).map(|_| places.address(SCHOOL)).collect();
    ids.sort_unstable();
    let mut wanted = addresses_on(TODAY).in_batches_of(1);
    let mut told = Vec::new();
    let first = refresh_addresses(&places.town.registry, &places.service, &wanted, &mut |done, of| {
        told.push((done, of));
        if done >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((told, first.changed, first.cursor), (vec![(2, 5)], ids[..2].to_vec(), Some(ids[1])));
    assert_eq!(first.stopped, Some(Stopped::Asked));
    wanted = wanted.after(first.cursor);
    let rest = places.refresh(&wanted);
    assert_eq!((rest.changed, rest.stopped, rest.cursor), (ids[2..].to_vec(), None, Some(ids[4])));
}
