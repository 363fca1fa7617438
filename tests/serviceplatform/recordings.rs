//! Recordings: what a service answered once is answered again without it, to the same questions only.

use std::sync::Arc;

use mo_serviceplatform::address::{AddressHistory, AddressLookup, Adressevaelger, Datafordeler, Search};
use mo_serviceplatform::audit::Auditing;
use mo_serviceplatform::client::{Connection, Retry, Transport};
use mo_serviceplatform::cpr::{CprService, PersonLookup, PersonLookupExt, Version};
use mo_serviceplatform::cvr::{CompanyLookup, CvrService};
use mo_serviceplatform::fake::{Fake, Injected, Recorder, Recording};
use mo_serviceplatform::{Call, LookupError};
use uuid::Uuid;

use crate::support::{AGNES, BERTEL, TestClock, authority, cpr};

const FLAT: &str = "0a3f50b4-2d3a-32b8-e044-0003ba298001";

fn register(transport: impl Transport + 'static, retry: Retry) -> CprService {
    let clock = TestClock::new();
    let connection = Connection::new(transport, clock.clone()).waiting(clock).retrying(retry);
    let endpoint = "https://korsbaek.example/service/CPR/PersonBaseDataExtended/5".parse().unwrap();
    CprService::new(connection, endpoint, Version::V5, authority()).audited(Auditing::none())
}

/// A conversation with every service, in words; nobody asks twice under the same name, id, moment or key.
fn conversation(transport: &Arc<impl Transport + 'static>, run: u128) -> String {
    let clock = TestClock::new();
    clock.advance(std::time::Duration::from_secs(u64::try_from(run).unwrap()));
    let connection = || Connection::new(Arc::clone(transport), clock.clone()).retrying(Retry::NEVER);
    let call = Call::new(format!("bruger {run}"), "afprøvning", Uuid::from_u128(run)).unwrap();
    let key = || format!("noegle-nummer-{run}").parse().unwrap();

    let followed = register(Arc::clone(transport), Retry::NEVER).follow(cpr("0505505004"), &call).unwrap();
    let nobody = register(Arc::clone(transport), Retry::NEVER).look_up(cpr("3112505011"), &call);
    let companies = CvrService::new(connection(), "https://korsbaek.example/cvr".parse().unwrap(), None);
    let company = companies.legal_unit("99999993".parse().unwrap(), &call).unwrap();
    let addresses = Adressevaelger::new(connection(), "https://adr.korsbaek.example".parse().unwrap(), key());
    let dar = Datafordeler::new(connection(), "https://dar.korsbaek.example/DAR/v3".parse().unwrap(), key());
    let ids = [FLAT.parse().unwrap()];
    let then = dar.by_ids_on(&ids, "2016-05-01".parse().unwrap(), None).unwrap();
    let now = dar.by_ids_on(&ids, "2026-05-01".parse().unwrap(), None).unwrap();
    format!(
        "{} {:?} {nobody:?} {company:?} {:?} {:?} {then:?} {now:?}",
        followed.number.reveal(),
        followed.answer.record.name.unwrap().split(),
        addresses.by_ids(&ids).unwrap(),
        addresses.search(&Search::new("Torvet")).unwrap(),
    )
}

#[test]
fn a_conversation_is_had_again_by_somebody_else_without_the_service() {
    let recorder = Arc::new(Recorder::new(Fake::korsbaek()));
    let first = conversation(&recorder, 1);
    assert!(first.contains("Gamle Torv") && first.contains("NotFound"), "{first}");
    let file = serde_json::to_string(&recorder.recording()).unwrap();
    for secret in ["noegle-nummer", "bruger", "afprøvning"] {
        assert!(!file.contains(secret), "{secret} is in the file");
    }
    let recording: Arc<Recording> = Arc::new(serde_json::from_str(&file).unwrap());
    for run in [2, 3] {
        assert_eq!(conversation(&recording, run), first);
    }
    let shown = format!("{recording:?} {recorder:?}");
    assert!(!shown.contains("Prøvesen") && !shown.contains("0505505004"), "{shown}");
}

#[test]
fn what_was_not_recorded_fails_and_is_not_taken_for_not_found() {
    let recorder = Arc::new(Recorder::new(Fake::korsbaek()));
    let call = crate::support::call();
    register(Arc::clone(&recorder), Retry::NEVER).look_up(cpr(AGNES), &call).unwrap();
    let recording = recorder.recording();
    let error = register(recording, Retry::NEVER).look_up(cpr(BERTEL), &call).unwrap_err();
    assert_eq!((error.class(), error.is_retryable()), ("protocol", false));
    assert!(error.to_string().contains("no answer to this question"), "{error}");
}

#[test]
fn several_answers_to_one_question_come_in_their_order() {
    let fake = Arc::new(Fake::korsbaek());
    fake.inject(Injected::Status(503, Some(2)));
    let recorder = Arc::new(Recorder::new(Arc::clone(&fake)));
    let call = crate::support::call();
    register(Arc::clone(&recorder), Retry::default()).look_up(cpr(AGNES), &call).unwrap();
    let recording = Arc::new(recorder.recording());
    let ask = || register(Arc::clone(&recording), Retry::NEVER).look_up(cpr(AGNES), &call);
    let Err(LookupError::Unavailable { retry_after, .. }) = ask() else { panic!("the outage comes first") };
    assert_eq!(retry_after, Some(std::time::Duration::from_secs(2)));
    assert!(ask().is_ok() && ask().is_ok(), "the last answer is given again and again");
}

#[test]
fn bodies_that_are_no_text_are_kept_byte_for_byte() {
    let fake = Fake::korsbaek();
    let latin1 = b"<a>\xe6</a>".to_vec();
    fake.inject(Injected::Body { status: 200, content_type: "text/xml".into(), body: latin1 });
    let recorder = Arc::new(Recorder::new(fake));
    let call = crate::support::call();
    let first = register(Arc::clone(&recorder), Retry::NEVER).look_up(cpr(AGNES), &call).unwrap_err();
    let file = serde_json::to_string(&recorder.recording()).unwrap();
    let recording: Recording = serde_json::from_str(&file).unwrap();
    assert_eq!(register(recording, Retry::NEVER).look_up(cpr(AGNES), &call).unwrap_err(), first);
}
