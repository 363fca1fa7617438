//! The readers of what the services answer: SOAP about persons and companies, JSON about addresses. Any bytes get an
//! answer or an error, and an error repeats no number. Whether an answer is the *right* one is judged by the tests.

#![no_main]

use http::Response;
use libfuzzer_sys::fuzz_target;
use mo_core::time::SteppingClock;
use mo_serviceplatform::address::{
    AccessKey, AddressHistory, AddressLookup, Adressevaelger, DarId, Datafordeler, Search,
};
use mo_serviceplatform::client::{Connection, Request, Retry, Transport, TransportError};
use mo_serviceplatform::cpr::{PersonQuestion, Version};
use mo_serviceplatform::cvr::{CompanyLookup, CvrService};
use mo_serviceplatform::{Call, Context, LookupError};
use uuid::Uuid;

/// Answers everything with these bytes.
struct Fixed(Vec<u8>);

impl Transport for Fixed {
    fn send(&self, _: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        Ok(Response::new(self.0.clone()))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, body)) = bytes.split_first() else { return };
    let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse().expect("an instant"));
    let connection = Connection::new(Fixed(body.to_vec()), clock).retrying(Retry::NEVER);
    let endpoint = "https://korsbaek.example/".parse().expect("an endpoint");
    let call = Call::new("ib", "fuzz", Uuid::nil()).expect("a call");
    let id = DarId::new(Uuid::from_u128(1));
    let day = "2020-01-01".parse().expect("a day");
    match which % 8 {
        0 | 1 => {
            let version = if which % 8 == 0 { Version::V4 } else { Version::V5 };
            let question = PersonQuestion::new(version, Context::Token);
            let number = "0101505000".parse().expect("a number");
            let read = question.read(number, &Response::new(body.to_vec()));
            if let Ok(record) = &read {
                let answered = day;
                // Two ways to the same answer must agree.
                let open = record.addresses_on(answered).open().is_some();
                assert_eq!(open, !record.is_protected_on(answered));
                let listed = record.protected_period(answered).is_some_and(|days| days.contains(answered));
                assert_eq!(listed, record.is_protected_on(answered));
            }
            check(read);
        }
        2 => {
            let service = CvrService::new(connection, endpoint, None);
            check(service.legal_unit("99999993".parse().expect("a number"), &call));
        }
        3 => {
            let service = CvrService::new(connection, endpoint, None);
            check(service.production_unit("1003123456".parse().expect("a number"), &call));
            check(service.production_units_of("99999993".parse().expect("a number"), &call));
        }
        4 => check(adresses(connection, endpoint).by_ids(&[id])),
        5 => check(adresses(connection, endpoint).search(&Search::new("Torvet"))),
        6 => check(adresses(connection, endpoint).wash("Torvet 1")),
        _ => check(Datafordeler::new(connection, endpoint, AccessKey::adressevaelger_demo()).by_ids_on(
            &[id],
            day,
            None,
        )),
    }
});

fn adresses(connection: Connection, endpoint: mo_serviceplatform::client::Endpoint) -> Adressevaelger {
    Adressevaelger::new(connection, endpoint, AccessKey::adressevaelger_demo())
}

/// What is shown of an outcome never has ten digits on end, as a CPR number is written, not even among more digits.
fn check<T>(outcome: Result<T, LookupError>) {
    if let Err(error) = outcome {
        let shown = format!("{error} {error:?}");
        let longest = shown.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
        assert!(longest < Some(10), "{shown}");
    }
}
