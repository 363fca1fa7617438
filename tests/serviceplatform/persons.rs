//! Reading persons: every status, every oddity a schema allows and some it does not, protection, changes of number, the
//! cache and the record of look-ups.

use std::sync::Arc;
use std::time::Duration;

use mo_core::model::PersonId;
use mo_core::store::{MemoryStore, Store};
use mo_core::time::Day;
use mo_serviceplatform::audit::{AuditError, AuditRecord, AuditSink, AuditTrail, Auditing, StoredAudit};
use mo_serviceplatform::client::{CacheLimits, Connection};
use mo_serviceplatform::cpr::{
    CprService, PersonLookup, PersonLookupExt, PersonRecord, Status, Version, WhenSilent,
};
use mo_serviceplatform::fake::{Fake, FakePerson, Injected};
use mo_serviceplatform::{LookupError, ProtocolError, Refusal};
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{AGNES, BERTEL, Register, TestClock, authority, call, cpr, key, soap};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// What is read from an answer with this content in version 5.
fn try_read(content: &str) -> Result<PersonRecord, LookupError> {
    let register = Register::new(Fake::empty());
    let ns = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/";
    let body = format!("<PersonLookupResponse xmlns=\"{ns}\">{content}</PersonLookupResponse>");
    register.fake.record(cpr(AGNES), soap(&body));
    register.service.look_up(cpr(AGNES), &call()).map(|answer| answer.record)
}

fn read(content: &str) -> PersonRecord {
    try_read(content).unwrap()
}

fn data(content: &str) -> PersonRecord {
    read(&format!("<persondata>{content}<antalBoernUnder18>+00</antalBoernUnder18></persondata>"))
}

#[test]
fn every_made_up_person_is_read_with_status_and_name() {
    let register = Register::new(Fake::korsbaek());
    for (number, status, surname) in [
        (AGNES, Status::Resident, "Eksempel"),
        (BERTEL, Status::Resident, "Prøvesen"),
        ("0303505002", Status::Emigrated, "Testrup"),
        ("0404505003", Status::Dead, "Eksempel"),
        ("0505505004", Status::Renumbered, "Prøvesen"),
        ("0606505005", Status::Administrative, "Testrup"),
        ("0707505006", Status::ResidentWithoutAddress, "Eksempel"),
        ("0808505007", Status::Missing, "Prøvesen"),
    ] {
        let record = register.service.look_up(cpr(number), &call()).unwrap().record;
        assert_eq!(record.status, Some(status));
        assert_eq!(record.name.as_ref().unwrap().split().1, surname);
        assert!(record.unreadable.is_empty());
    }
    let agnes = register.service.look_up(cpr(AGNES), &call()).unwrap();
    let home = agnes.record.addresses_on(agnes.day()).open().unwrap().current.clone().unwrap();
    assert_eq!(home.municipality_code.as_deref(), Some("0999"));
    assert_eq!((home.house_number.as_deref(), home.floor.as_deref()), (Some("1"), Some("2")));
}

#[test]
fn an_answer_may_have_nothing_or_next_to_nothing_in_it() {
    let today = day("2026-11-01");
    let nothing = read("");
    assert!(!nothing.has_person_data() && nothing.is_protected_on(today));
    let bare = data("");
    assert!(bare.has_person_data() && !bare.is_protected_on(today));
    assert_eq!((bare.name, bare.status), (None, None));
    let hollow = read(
        "<persondata><antalBoernUnder18>0</antalBoernUnder18></persondata><adresse><aktuelAdresse/></adresse>",
    );
    assert_eq!(hollow.addresses_on(today).open().unwrap().current, None);
    let without_relations =
        read("<persondata><antalBoernUnder18>0</antalBoernUnder18></persondata><adresse/>");
    assert!(without_relations.addresses_on(today).open().unwrap().departure.is_none());
}

#[test]
fn protection_on_the_wire_by_table() {
    let today = day("2026-11-01");
    for (element, protected) in [
        ("", false),
        ("<adressebeskyttelse/>", true),
        ("<adressebeskyttelse><beskyttet>true</beskyttet></adressebeskyttelse>", true),
        ("<adressebeskyttelse><beskyttet>1</beskyttet></adressebeskyttelse>", true),
        ("<adressebeskyttelse><beskyttet> false </beskyttet></adressebeskyttelse>", false),
        ("<adressebeskyttelse><beskyttet>0</beskyttet></adressebeskyttelse>", false),
        ("<adressebeskyttelse><beskyttet/></adressebeskyttelse>", true),
        ("<adressebeskyttelse><beskyttet>nej</beskyttet></adressebeskyttelse>", true),
        ("<adressebeskyttelse><startdato>2026-11-01</startdato></adressebeskyttelse>", true),
        ("<adressebeskyttelse><startdato>2026-11-02</startdato></adressebeskyttelse>", false),
        ("<adressebeskyttelse><startdato>2001-01-01+01:00</startdato></adressebeskyttelse>", true),
        ("<adressebeskyttelse><slutdato>2026-11-01</slutdato></adressebeskyttelse>", false),
        ("<adressebeskyttelse><slutdato>9999-12-31</slutdato></adressebeskyttelse>", true),
        ("<adressebeskyttelse><slutdato>i morgen</slutdato></adressebeskyttelse>", true),
        (
            "<adressebeskyttelse><slutdato>2020-01-01</slutdato><beskyttet>1</beskyttet></adressebeskyttelse>",
            true,
        ),
        (
            "<adressebeskyttelse><startdato>2020-01-01</startdato><beskyttet>0</beskyttet></adressebeskyttelse>",
            false,
        ),
        // Another kind of protection, and an element of another namespace, say nothing about this one.
        ("<vejviserbeskyttelse><beskyttet>true</beskyttet></vejviserbeskyttelse>", false),
        ("<adressebeskyttelse xmlns=\"urn:x\"><beskyttet>true</beskyttet></adressebeskyttelse>", false),
    ] {
        assert_eq!(data(element).is_protected_on(today), protected, "{element}");
    }
}

#[test]
fn silence_about_protection_can_be_taken_for_protection() {
    let register =
        Register::with(Fake::korsbaek(), |c| c, |service| service.when_silent(WhenSilent::Protected));
    let agnes = register.service.look_up(cpr(AGNES), &call()).unwrap();
    assert!(agnes.record.is_protected_on(agnes.day()));
    assert_eq!(agnes.record.protected_period(agnes.day()).unwrap().from(), Some(agnes.day()));
}

#[test]
fn what_schemas_allow_is_read_whatever_it_looks_like() {
    let ns = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/";
    let record = read(&format!(
        "<q:persondata xmlns:q=\"{ns}\"><!-- et --><q:navn><q:personadresseringsnavn>Bang &amp; Olu<![CDATA[f]]>sen&#x20;I/S</q:personadresseringsnavn></q:navn>
         <q:foedselsdato><q:dato> 2001-01-01+01:00 </q:dato><q:usikkerhedsmarkering>*</q:usikkerhedsmarkering></q:foedselsdato>
         <q:antalBoernUnder18>0</q:antalBoernUnder18><q:status><q:status> +80 </q:status></q:status></q:persondata>
         <adresse><aktuelAdresse><kommunekode>0751</kommunekode><vejkode>+0042</vejkode><husnummer>000B</husnummer><adr1-supladr/><adr2-supladr>2. linje</adr2-supladr></aktuelAdresse></adresse>"
    ));
    assert_eq!(record.name.as_ref().unwrap().addressing, "Bang & Olufsen I/S");
    assert!(record.birth_date.unwrap().uncertain);
    assert_eq!(record.birth_date.unwrap().day, day("2001-01-01"));
    assert_eq!(record.status, Some(Status::Emigrated));
    let home = record.addresses_on(day("2026-11-01")).open().unwrap().current.clone().unwrap();
    assert_eq!(home.municipality_code.as_deref(), Some("0751"));
    assert_eq!(home.street_code.as_deref(), Some("0042"));
    assert_eq!(home.extra_lines, ["2. linje"]);
    assert!(record.unreadable.is_empty());
}

#[test]
fn what_schemas_forbid_leaves_its_field_empty_and_is_told() {
    let record = data(
        "<navn><personadresseringsnavn>A B</personadresseringsnavn><navnestartdato><dato/></navnestartdato></navn><nytElement><navn>x</navn></nytElement><status><status>42</status></status><tilmeldtDigitalpost>ja</tilmeldtDigitalpost>",
    );
    assert_eq!(record.name.as_ref().unwrap().addressing, "A B");
    assert_eq!(record.status, Some(Status::Other(42)));
    let told: Vec<_> = record.unreadable.iter().map(|unreadable| unreadable.element).collect();
    assert_eq!(told, ["navnestartdato", "status", "tilmeldtDigitalpost"]);
}

#[test]
fn an_answer_about_somebody_else_is_refused() {
    let error = try_read("<persondata><personnummer>0202505001</personnummer></persondata>").unwrap_err();
    assert!(matches!(error, LookupError::Protocol { error: ProtocolError::OtherSubject, .. }), "{error:?}");
}

#[test]
fn relatives_notes_and_the_like_are_not_in_the_record() {
    // The fake's answers have a mother with a number, a note, a civil status and a number of children.
    let register = Register::new(Fake::korsbaek());
    let record = register.service.look_up(cpr(AGNES), &call()).unwrap().record;
    let kept = format!("{:?}", serde_json::json!(format!("{:?}", record.unreadable)));
    assert!(!kept.contains("3112505999"));
    // The type itself has nowhere to put them: its only numbers are the person's own.
    assert_eq!([record.number, record.current_number], [Some(cpr(AGNES)); 2]);
}

#[test]
fn a_change_of_number_is_followed_and_each_step_recorded() {
    let register = Register::new(Fake::korsbaek());
    let found = register.service.follow(cpr("0505505004"), &call()).unwrap();
    assert_eq!(found.number, cpr("0505505012"));
    assert_eq!(found.former, [cpr("0505505004")]);
    assert_eq!(found.answer.record.status, Some(Status::Resident));
    let subjects: Vec<_> = register.audit.records().iter().map(|r| r.subject.unwrap()).collect();
    assert_eq!(subjects, [key().pseudonym(cpr("0505505004")), key().pseudonym(cpr("0505505012"))]);
}

#[test]
fn numbers_that_lead_in_a_circle_are_given_up() {
    let person = |number: &str, next: &str| FakePerson::new(cpr(number), "A", "B").renumbered(cpr(next));
    let fake = Fake::empty().with_person(person(AGNES, BERTEL)).with_person(person(BERTEL, AGNES));
    let error = Register::new(fake).service.follow(cpr(AGNES), &call()).unwrap_err();
    assert_eq!(error, Refusal::NumberChain { hops: 2 }.into());
}

#[test]
fn replacement_numbers_are_not_asked_for() {
    let register = Register::new(Fake::korsbaek());
    let error = register.service.look_up(cpr("6101505000"), &call()).unwrap_err();
    assert_eq!(error, Refusal::ReplacementNumber.into());
    assert_eq!((register.fake.questions(), register.audit.records().len()), (0, 0));
}

#[test]
fn nobody_is_not_found_and_that_is_recorded() {
    let register = Register::new(Fake::korsbaek());
    let error = register.service.look_up(cpr("3112505011"), &call()).unwrap_err();
    assert!(matches!(error, LookupError::NotFound { .. }));
    let end = register.audit.records()[0].end.clone().unwrap();
    assert_eq!((&*end.outcome, end.attempts, end.cached), ("not_found", 1, false));
}

#[test]
fn without_a_choice_about_the_record_nothing_is_asked() {
    let fake = Arc::new(Fake::korsbaek());
    let connection = Connection::new(Arc::clone(&fake), TestClock::new());
    let endpoint = "https://korsbaek.example/".parse().unwrap();
    let service = CprService::new(connection, endpoint, Version::V5, authority());
    assert_eq!(service.look_up(cpr(AGNES), &call()), Err(Refusal::NoAudit.into()));
    assert_eq!(fake.questions(), 0);
    let service = service.audited(Auditing::none());
    assert!(service.look_up(cpr(AGNES), &call()).is_ok());
}

/// Fails when asked to keep a begun record, or an ended one.
struct Failing {
    at_end: bool,
}

impl AuditSink for Failing {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        if record.end.is_some() == self.at_end { Err(AuditError("disken er fuld".into())) } else { Ok(()) }
    }
}

#[test]
fn a_look_up_that_cannot_be_recorded_is_not_made_and_its_answer_held_back() {
    for (at_end, questions) in [(false, 0), (true, 1)] {
        let register = Register::with(
            Fake::korsbaek(),
            |c| c,
            |service| service.audited(Auditing::to(Failing { at_end }, key())),
        );
        let error = register.service.look_up(cpr(AGNES), &call()).unwrap_err();
        assert!(matches!(error, LookupError::Refused(Refusal::Audit(_))), "{error:?}");
        assert_eq!(register.fake.questions(), questions);
    }
}

#[test]
fn the_stored_record_is_told_per_person_and_goes_with_the_person() {
    let store = Arc::new(MemoryStore::new());
    let audit = StoredAudit::new(Arc::clone(&store));
    let register = Register::with(
        Fake::korsbaek(),
        |c| c,
        |service| service.audited(Auditing::to(audit.clone(), key())),
    );
    let person = PersonId::new(Uuid::from_u128(0xA));
    register.service.look_up(cpr(AGNES), &call().about(person)).unwrap();
    register.clock.advance(Duration::from_hours(1));
    register.service.look_up(cpr(AGNES), &call().about(person)).unwrap();
    register.service.look_up(cpr(BERTEL), &call()).unwrap();

    let about = audit.about(key().pseudonym(cpr(AGNES))).unwrap();
    let begun: Vec<_> = about.iter().map(|record| record.begun.to_string()).collect();
    assert_eq!(begun, ["2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z"]);
    assert!(about.iter().all(|record| record.end.is_some() && &*record.purpose == "afprøvning"));
    assert_eq!(audit.about(key().pseudonym(cpr(BERTEL))).unwrap().len(), 1);

    store.forget(person.uuid()).unwrap();
    assert_eq!(audit.about(key().pseudonym(cpr(AGNES))).unwrap(), []);
    assert_eq!(audit.about(key().pseudonym(cpr(BERTEL))).unwrap().len(), 1);
}

fn cached() -> Register {
    Register::with(Fake::korsbaek(), |c| c, |service| service.cached(CacheLimits::PERSONS, key()))
}

#[test]
fn a_kept_answer_is_not_asked_for_again_but_recorded() {
    let register = cached();
    let first = register.service.look_up(cpr(AGNES), &call()).unwrap();
    register.clock.advance(Duration::from_hours(5));
    assert_eq!(register.service.look_up(cpr(AGNES), &call()), Ok(first.clone()));
    assert_eq!(register.fake.questions(), 1);
    let ends: Vec<_> = register.audit.records().iter().map(|r| r.end.clone().unwrap()).collect();
    assert_eq!(
        ends.iter().map(|end| (end.attempts, end.cached)).collect::<Vec<_>>(),
        [(1, false), (0, true)]
    );
    register.clock.advance(Duration::from_hours(1));
    let later = register.service.look_up(cpr(AGNES), &call()).unwrap();
    assert_ne!(later.answered, first.answered);
    assert_eq!(register.fake.questions(), 2);
    register.service.forget(cpr(AGNES));
    register.service.look_up(cpr(AGNES), &call()).unwrap();
    assert_eq!(register.fake.questions(), 3);
}

#[test]
fn not_found_is_kept_for_minutes_and_an_outage_not_at_all() {
    let register = cached();
    let unknown = cpr("3112505011");
    for _ in 0..2 {
        assert!(matches!(register.service.look_up(unknown, &call()), Err(LookupError::NotFound { .. })));
    }
    assert_eq!(register.fake.questions(), 1);
    register.clock.advance(Duration::from_mins(5));
    register.service.look_up(unknown, &call()).unwrap_err();
    assert_eq!(register.fake.questions(), 2);

    register.fake.inject(Injected::certificate_refused());
    register.service.look_up(cpr(AGNES), &call()).unwrap_err();
    assert!(register.service.look_up(cpr(AGNES), &call()).is_ok());
}

#[test]
fn the_same_question_is_on_its_way_only_once() {
    let register = cached();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| register.service.look_up(cpr(AGNES), &call()).unwrap());
        }
    });
    assert_eq!(register.fake.questions(), 1);
}

#[test]
fn protection_of_a_kept_answer_is_asked_of_the_day() {
    let bertel =
        FakePerson::new(cpr(BERTEL), "Bertel", "Prøvesen").protected(mo_serviceplatform::cpr::Protection {
            flag: None,
            from: None,
            until: Some(day("2026-11-02")),
        });
    let register = Register::with(
        Fake::empty().with_person(bertel),
        |c| c,
        |service| service.cached(CacheLimits::PERSONS, key()),
    );
    let answer = register.service.look_up(cpr(BERTEL), &call()).unwrap();
    assert!(answer.record.is_protected_on(day("2026-11-01")));
    assert!(!answer.record.is_protected_on(day("2026-11-02")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_name_and_address_comes_back_as_it_was(
        given in "[^\\p{C}]{1,30}", surname in "[^\\p{C}]{1,30}", street in "[^\\p{C}]{1,30}", line in "[^\\p{C}]{0,30}",
    ) {
        prop_assume!([&given, &surname, &street].iter().all(|t| !t.trim().is_empty()));
        let mut person = FakePerson::new(cpr(AGNES), &given, &surname);
        person.home.as_mut().unwrap().street.clone_from(&street);
        person.abroad = Some((5120, line.clone()));
        let register = Register::new(Fake::empty().with_person(person));
        let answer = register.service.look_up(cpr(AGNES), &call()).unwrap();
        let name = answer.record.name.as_ref().unwrap();
        prop_assert_eq!(name.split(), (given.trim().to_owned(), surname.trim().to_owned()));
        let addresses = answer.record.addresses_on(answer.day()).open().unwrap();
        prop_assert_eq!(addresses.current.as_ref().unwrap().street.as_deref(), Some(street.trim()));
        let lines: Vec<&str> = Some(line.trim()).filter(|l| !l.is_empty()).into_iter().collect();
        prop_assert_eq!(&addresses.departure.as_ref().unwrap().lines, &lines);
    }

    #[test]
    fn a_damaged_answer_is_an_error_or_a_record_and_never_more(cut in 0usize..2000, noise in any::<[u8; 4]>(), at in 0usize..2000) {
        let register = Register::new(Fake::korsbaek());
        let question = mo_serviceplatform::cpr::PersonQuestion::new(Version::V5, authority());
        let request = question.request(&"https://korsbaek.example/".parse().unwrap(), cpr(AGNES), &call());
        let body = mo_serviceplatform::client::Transport::send(&register.fake, &request).unwrap().into_body();
        let mut damaged = body[..cut.min(body.len())].to_vec();
        prop_assert!(question.read(cpr(AGNES), &response(damaged.clone())).is_err() || cut >= body.len());
        damaged = body;
        let place = at.min(damaged.len() - 4);
        damaged[place..place + 4].copy_from_slice(&noise);
        if let Err(error) = question.read(cpr(AGNES), &response(damaged)) {
            prop_assert!(matches!(error, LookupError::Protocol { .. }), "{error:?}");
        }
    }
}

fn response(body: Vec<u8>) -> http::Response<Vec<u8>> {
    http::Response::new(body)
}
