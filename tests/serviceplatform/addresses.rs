//! Addresses: by id in batches, search as a dialogue, washing, and an address as it read on a day.

use std::sync::Arc;

use mo_core::time::Day;
use mo_serviceplatform::LookupError;
use mo_serviceplatform::address::{
    AccessKey, AddressHistory, AddressLookup, AddressLookupExt, Adressevaelger, DarId, DarKind, DarStatus,
    Datafordeler, Doubt, Rejection, Search, Suggestion, Washed,
};
use mo_serviceplatform::client::{CacheLimits, Connection, Retry};
use mo_serviceplatform::fake::{Fake, FakeAddress, Injected};
use uuid::Uuid;

use crate::support::{Overheard, TestClock};

const FLAT: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298001";
const HOUSE: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298101";
const SCHOOL: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298003";
const CLOSED: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298004";
const TOKEN: &str = "hemmeligt-token";

fn id(text: &str) -> DarId {
    text.parse().unwrap()
}

fn key() -> AccessKey {
    TOKEN.parse().unwrap()
}

fn addresses(transport: impl mo_serviceplatform::client::Transport + 'static) -> Adressevaelger {
    let clock = TestClock::new();
    let connection = Connection::new(transport, clock.clone()).waiting(clock).retrying(Retry::NEVER);
    Adressevaelger::new(connection, "https://adresser.korsbaek.example".parse().unwrap(), key())
}

fn register(transport: impl mo_serviceplatform::client::Transport + 'static) -> Datafordeler {
    let connection = Connection::new(transport, TestClock::new());
    Datafordeler::new(connection, "https://dar.korsbaek.example/DAR/v3".parse().unwrap(), key())
}

#[test]
fn an_id_names_a_unit_address_or_a_house_number_and_both_are_found() {
    let addresses = addresses(Fake::korsbaek());
    let unknown = id("00000000-0000-0000-0000-000000000000");
    let resolved = addresses.by_ids(&[id(FLAT), id(HOUSE), unknown, id(CLOSED), id(FLAT)]).unwrap();
    assert_eq!(resolved.missing.into_iter().collect::<Vec<_>>(), [unknown, id(CLOSED)]);
    let flat = &resolved.found[&id(FLAT)];
    assert_eq!(flat.text(), "Torvet 1, 2. tv, 4999 Korsbæk");
    assert_eq!(flat.kind, DarKind::UnitAddress);
    assert_eq!(flat.house_number_id, Some(id(HOUSE)));
    assert_eq!(flat.status, Some(DarStatus::Current));
    assert_eq!(
        (flat.municipality_code.as_deref(), flat.street_code.as_deref()),
        (Some("0999"), Some("0042"))
    );
    let place = flat.position.unwrap().wgs84();
    assert!((place.latitude - 55.675_627).abs() < 1e-6 && (place.longitude - 12.569_578).abs() < 1e-6);
    let house = &resolved.found[&id(HOUSE)];
    assert_eq!((house.kind, house.text()), (DarKind::HouseNumber, "Torvet 1, 4999 Korsbæk".to_owned()));
}

#[test]
fn many_ids_go_in_batches_of_a_hundred_and_kept_ones_not_at_all() {
    let many: Vec<DarId> = (0..250).map(|n| DarId::new(Uuid::from_u128(n))).collect();
    let fake = many.iter().fold(Fake::empty(), |fake, id| {
        fake.with_address(FakeAddress::new(*id, DarId::new(Uuid::from_u128(0xFFFF)), "Torvet", "1"))
    });
    let overheard = Overheard::new(fake);
    let addresses = addresses(Arc::clone(&overheard)).cached(CacheLimits::ADDRESSES);
    assert_eq!(addresses.by_ids(&many).unwrap().found.len(), 250);
    let heads: Vec<usize> =
        overheard.sent.lock().unwrap().iter().map(|r| r.uri().to_string().len()).collect();
    assert_eq!(heads.len(), 3);
    assert!(heads.iter().all(|length| *length < 8 << 10), "{heads:?}");
    assert_eq!(addresses.by_ids(&many).unwrap().found.len(), 250);
    assert_eq!(overheard.sent.lock().unwrap().len(), 3);
}

#[test]
fn no_ids_are_no_question() {
    let fake = Arc::new(Fake::korsbaek());
    assert_eq!(addresses(Arc::clone(&fake)).by_ids(&[]).unwrap(), Default::default());
    assert_eq!(addresses(Arc::clone(&fake)).search(&Search::new("T")).unwrap(), []);
    assert_eq!(fake.questions(), 0);
}

#[test]
fn an_outage_is_not_an_address_that_is_missing() {
    let fake = Arc::new(Fake::korsbaek());
    fake.inject(Injected::Status(503, None));
    let addresses = addresses(Arc::clone(&fake)).cached(CacheLimits::ADDRESSES);
    assert_eq!(addresses.by_id(id(FLAT)).unwrap_err().class(), "unavailable");
    assert!(addresses.by_id(id(FLAT)).is_ok());
    assert!(matches!(addresses.by_id(id(CLOSED)), Err(LookupError::NotFound { .. })));
}

#[test]
fn a_search_is_a_dialogue_that_ends_in_an_address() {
    let addresses = addresses(Fake::korsbaek());
    let mut text = "Tor".to_owned();
    let mut steps = Vec::new();
    let found = loop {
        let suggestions = addresses.search(&Search::new(&*text).in_municipality("0999")).unwrap();
        steps.push(text.clone());
        if let Some(Suggestion::Address { id, house_number, .. }) =
            suggestions.iter().find(|s| s.title().contains("tv"))
        {
            assert_eq!(*house_number, Some(self::id(HOUSE)));
            break *id;
        }
        let next = suggestions.first().unwrap().title().to_owned();
        // The user types on where the suggestion ends.
        text = if next == text { format!("{next} 1") } else { next };
    };
    assert_eq!(found, id(FLAT));
    assert!(steps.len() >= 2, "{steps:?}");
}

#[test]
fn washing_accepts_todays_and_earlier_texts_and_nothing_doubtful() {
    let addresses = addresses(Fake::korsbaek());
    let washed = addresses.wash("torvet 1 2 tv 4999 korsbæk").unwrap();
    assert_eq!(washed.accepted(), Some(id(FLAT)));
    let Washed::Accepted { text, historical_text, .. } =
        addresses.wash("Gamle Torv 7, 4999 Korsbæk").unwrap()
    else {
        panic!()
    };
    assert_eq!(text, "Torvet 7, 4999 Korsbæk");
    assert_eq!(historical_text.as_deref(), Some("Gamle Torv 7, 4999 Korsbæk"));
    let closed = addresses.wash("Stationsvej 12B, 4999 Korsbæk").unwrap();
    assert!(
        matches!(
            closed,
            Washed::Doubtful { doubt: Doubt::NotCurrent { status: Some(DarStatus::Closed) }, .. }
        ),
        "{closed:?}"
    );
    for (text, reason) in [
        ("", Rejection::Unrecognisable),
        ("Torvet 1", Rejection::NoPostcode),
        ("Enebærvej 1, 4999 Korsbæk", Rejection::NoSuchStreet),
    ] {
        assert_eq!(addresses.wash(text).unwrap(), Washed::Rejected { reason });
    }
}

#[test]
fn an_address_reads_as_it_did_on_the_day() {
    let register = register(Fake::korsbaek());
    let on = |day: &str, id: DarId| {
        let day: Day = day.parse().unwrap();
        register.by_ids_on(&[id], day, None).unwrap().found.remove(&id)
    };
    for (day, text) in [
        ("2010-01-01", "Gamle Torv 1, 2. tv, 4999 Korsbæk"),
        ("2017-02-28", "Gamle Torv 1, 2. tv, 4999 Korsbæk"),
        ("2017-03-01", "Torvet 1, 2. tv, 4999 Korsbæk"),
        ("2026-11-01", "Torvet 1, 2. tv, 4999 Korsbæk"),
    ] {
        assert_eq!(on(day, id(FLAT)).unwrap().text(), text, "{day}");
    }
    assert_eq!(on("2016-05-01", id(HOUSE)).unwrap().text(), "Gamle Torv 1, 4999 Korsbæk");
    assert_eq!(on("1999-12-31", id(FLAT)), None, "not there yet");
    let closed = on("2026-11-01", id(CLOSED)).unwrap();
    assert_eq!(closed.status, Some(DarStatus::Closed), "closed addresses are found and say so");
    assert_eq!(closed.text(), "Stationsvej 12B, 4999 Korsbæk");
    assert_eq!(closed.municipality_code.as_deref(), Some("0999"));
}

#[test]
fn the_register_is_asked_on_both_times_one_kind_a_question() {
    let overheard = Overheard::new(Fake::korsbaek());
    let register = register(Arc::clone(&overheard));
    let known = "2020-06-01T10:00:00Z".parse().unwrap();
    let day = "2016-05-01".parse().unwrap();
    register.by_ids_on(&[id(FLAT), id(SCHOOL)], day, Some(known)).unwrap();
    let bodies = overheard.bodies();
    assert_eq!(bodies.len(), 4, "address, house number, street, postcode; no town to ask for");
    for body in bodies {
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["variables"]["valid"], "2016-05-01T12:00:00Z");
        assert_eq!(body["variables"]["known"], "2020-06-01T10:00:00Z");
        assert_eq!(body["query"].as_str().unwrap().matches("DAR_").count(), 1);
    }
}

#[test]
fn graphql_errors_count_whatever_their_status() {
    for (status, code, class) in [
        (200, "DAF-GQL-0009", "bad_request"),
        (400, "HC0046", "bad_request"),
        (200, "DAF-AUTH-0005", "no_access"),
        (401, "DAF-AUTH-0005", "no_access"),
    ] {
        let fake = Fake::korsbaek();
        let body = serde_json::json!({"data": null, "errors": [{"message": "afvist", "extensions": {"code": code}}]});
        fake.inject(Injected::Body {
            status,
            content_type: "application/json".into(),
            body: body.to_string().into_bytes(),
        });
        let error = register(fake).by_ids_on(&[id(FLAT)], "2016-05-01".parse().unwrap(), None).unwrap_err();
        assert_eq!(error.class(), class, "{error}");
    }
    let fake = Fake::korsbaek();
    fake.inject(Injected::Body {
        status: 200,
        content_type: "application/json".into(),
        body: b"{\"data\":{}}".into(),
    });
    let error = register(fake).by_ids_on(&[id(FLAT)], "2016-05-01".parse().unwrap(), None).unwrap_err();
    assert_eq!(error.class(), "protocol");
}

#[test]
fn a_key_in_its_first_hour_is_given_another_chance_and_another_key_is_not() {
    for new in [true, false] {
        let fake = Arc::new(Fake::korsbaek());
        fake.inject(Injected::Status(401, None));
        let clock = TestClock::new();
        let connection = Connection::new(Arc::clone(&fake), clock.clone()).waiting(clock);
        let register =
            Datafordeler::new(connection, "https://dar.korsbaek.example/DAR/v3".parse().unwrap(), key());
        let register = if new { register.with_a_new_key() } else { register };
        let outcome = register.by_ids_on(&[id(FLAT)], "2016-05-01".parse().unwrap(), None);
        assert_eq!(
            outcome.map(|found| found.found.len()).map_err(|e| e.class()),
            if new { Ok(1) } else { Err("no_access") }
        );
    }
}

#[test]
fn pages_that_were_not_asked_for_are_not_lost_silently() {
    let fake = Fake::korsbaek();
    let page = "{\"data\":{\"DAR_Adresse\":{\"nodes\":[],\"pageInfo\":{\"hasNextPage\":true}}}}";
    fake.inject(Injected::Body { status: 200, content_type: "application/json".into(), body: page.into() });
    let error = register(fake).by_ids_on(&[id(FLAT)], "2016-05-01".parse().unwrap(), None).unwrap_err();
    assert!(error.to_string().contains("more pages of DAR_Adresse"), "{error}");
}

#[test]
fn a_long_text_is_searched_for_by_its_beginning() {
    let overheard = Overheard::new(Fake::korsbaek());
    addresses(Arc::clone(&overheard)).search(&Search::new("å".repeat(200))).unwrap();
    let asked = overheard.sent.lock().unwrap()[0].uri().to_string();
    assert!(asked.contains(&format!("tekst={}&", "%C3%A5".repeat(73))), "{asked}");
}

#[test]
fn answers_of_another_shape_are_told_without_their_content() {
    for (body, what) in [
        ("<html>", "not JSON"),
        ("{\"adresser\": [{\"id_lokalid\": 7}]}", "another shape"),
        ("{\"adresser\": [", "ends in the middle"),
    ] {
        let fake = Fake::korsbaek();
        fake.inject(Injected::Body {
            status: 200,
            content_type: "application/json".into(),
            body: body.as_bytes().to_vec(),
        });
        let error = addresses(fake).by_id(id(FLAT)).unwrap_err();
        assert_eq!(error.class(), "protocol");
        assert!(error.to_string().contains(what), "{error}");
    }
    let fake = Fake::korsbaek();
    fake.inject(Injected::Body {
        status: 200,
        content_type: "application/json".into(),
        body: "{\"status\":\"fejl\",\"beskrivelse\":\"ugyldig parameter\"}".into(),
    });
    let error = addresses(fake).by_id(id(FLAT)).unwrap_err();
    assert!(error.to_string().contains("ugyldig parameter"), "{error}");
}
