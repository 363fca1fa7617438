//! Nothing that is shown, logged or recorded holds a CPR number, a name, a token or a key, whatever goes wrong.

use std::sync::Arc;

use mo_serviceplatform::Call;
use mo_serviceplatform::address::{
    AccessKey, AddressHistory, AddressLookup, Adressevaelger, Datafordeler, Search,
};
use mo_serviceplatform::audit::{Auditing, MemoryAudit};
use mo_serviceplatform::client::{Connection, Retry, TransportError};
use mo_serviceplatform::cpr::{CprService, PersonLookup, PersonLookupExt, PersonQuestion, Version};
use mo_serviceplatform::fake::{Fake, Injected};
use uuid::Uuid;

use crate::support::{AGNES, TestClock, authority, call, cpr, key};

const TOKEN: &str = "hemmeligt-token";
const SECRETS: [&str; 9] = [
    AGNES,
    "010150-5000",
    "5000",
    "010150",
    "Agnes",
    "Eksempel",
    TOKEN,
    "the-deployment's-own-secret-key!",
    "3112505999",
];

/// Every failure there is, in the words of a service that repeats what it was asked.
fn failures() -> Vec<Injected> {
    let echo = format!("kunne ikke slå 010150-5000 op: <PNR>{AGNES}</PNR>");
    let fault = |code: &str, error: Option<(&str, &str)>| Injected::Fault {
        status: 500,
        code: code.into(),
        text: echo.clone(),
        error: error.map(|(code, text)| (code.to_owned(), text.to_owned())),
    };
    let body = |status: u16, content_type: &str, body: &str| Injected::Body {
        status,
        content_type: content_type.into(),
        body: body.as_bytes().to_vec(),
    };
    vec![
        Injected::timeout(),
        Injected::certificate_refused(),
        Injected::Transport(TransportError::Broken),
        Injected::Status(401, None),
        Injected::Status(404, None),
        Injected::Status(503, None),
        fault("soap:Client", Some((AGNES, &echo))),
        fault("soap:Server", Some(("X", &echo))),
        fault(&echo, None),
        body(200, "text/html", &echo),
        body(200, AGNES, &echo),
        body(200, "text/xml", &format!("<x{AGNES}/>")),
        body(200, "text/xml", &format!("<?xml version='1.0' encoding='{AGNES}'?><x/>")),
        body(200, "text/xml", &format!("<a><{AGNES}></b></a>")),
        body(200, "application/json", &format!("{{\"status\":\"fejl\",\"beskrivelse\":\"{AGNES}\"}}")),
        body(200, "application/json", &format!("{{\"adresser\":[\"{AGNES}\"]}}")),
        body(
            200,
            "application/json",
            &format!("{{\"errors\":[{{\"message\":\"{AGNES} {TOKEN}x\"}}]}}").replace(TOKEN, ""),
        ),
    ]
}

#[test]
fn a_failing_run_shows_no_number_no_name_and_no_key() {
    let mut shown = String::new();
    let clock = TestClock::new();
    for failure in failures() {
        for which in 0..4 {
            let fake = Arc::new(Fake::korsbaek());
            fake.inject(failure.clone());
            let connection = Connection::new(Arc::clone(&fake), clock.clone()).retrying(Retry::NEVER);
            let endpoint = "https://korsbaek.example/x".parse().unwrap();
            let token: AccessKey = TOKEN.parse().unwrap();
            let id = "0a3f50b4-2d3a-32b8-e044-0003ba298001".parse().unwrap();
            let error = match which {
                0 => {
                    let audit = Arc::new(MemoryAudit::new());
                    let service = CprService::new(connection, endpoint, Version::V5, authority())
                        .audited(Auditing::to(Arc::clone(&audit), key()));
                    let outcome = service.look_up(cpr(AGNES), &call());
                    shown += &format!("{service:?} {:?}\n", audit.records());
                    shown += &serde_json::to_string(&audit.records()).unwrap();
                    outcome.map(|answer| format!("{answer:?}"))
                }
                1 => {
                    let service = Adressevaelger::new(connection, endpoint, token);
                    shown += &format!("{service:?}\n");
                    service.by_ids(&[id]).map(|found| format!("{found:?}"))
                }
                2 => {
                    let service = Adressevaelger::new(connection, endpoint, token);
                    service.search(&Search::new("Torvet")).map(|found| format!("{found:?}"))
                }
                _ => {
                    let service = Datafordeler::new(connection, endpoint, token);
                    shown += &format!("{service:?}\n");
                    let day = "2020-01-01".parse().unwrap();
                    service.by_ids_on(&[id], day, None).map(|found| format!("{found:?}"))
                }
            };
            match error {
                Ok(answer) => shown += &answer,
                Err(error) => {
                    shown += &format!("{error} {error:?}\n");
                    let mut cause = std::error::Error::source(&error);
                    while let Some(inner) = cause {
                        shown += &format!("{inner} {inner:?}\n");
                        cause = inner.source();
                    }
                }
            }
        }
    }
    // The text of the failing services is in there, with what it repeated masked.
    assert!(shown.contains("kunne ikke slå"));
    let pseudonym = key().pseudonym(cpr(AGNES)).to_string();
    let shown = shown.replace(&pseudonym, "");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[test]
fn a_good_run_shows_nothing_either() {
    let clock = TestClock::new();
    let connection = Connection::new(Fake::korsbaek(), clock);
    let endpoint = "https://korsbaek.example/5".parse().unwrap();
    let service = CprService::new(connection, endpoint, Version::V5, authority()).audited(Auditing::none());
    let found = service.follow(cpr(AGNES), &call()).unwrap();
    let request = PersonQuestion::new(Version::V5, authority()).request(
        &"https://korsbaek.example/5".parse().unwrap(),
        cpr(AGNES),
        &call(),
    );
    let call = Call::new("ib", "sag", Uuid::from_u128(5)).unwrap();
    let shown = format!(
        "{found:?} {:?} {:?} {request:?} {call:?} {call} {:?} {:?}",
        found.answer.record.name,
        found.answer.record.addresses_on(found.answer.day()),
        key(),
        TOKEN.parse::<AccessKey>().unwrap(),
    );
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
