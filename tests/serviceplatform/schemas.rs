//! What mo sends is valid by the contracts' schemas, what the samples hold is read, and what the fakes answer is valid
//! too, so that a test against a fake says something about the real service.

use std::sync::Arc;

use mo_serviceplatform::audit::Auditing;
use mo_serviceplatform::client::{Connection, Request, Transport, TransportError};
use mo_serviceplatform::cpr::{CprService, PersonLookup, PersonQuestion, Status, Version};
use mo_serviceplatform::cvr::{CompanyLookup, CvrService};
use mo_serviceplatform::fake::{Fake, Strictness};
use mo_serviceplatform::{Call, Context, Invocation, SERVICE_CPR_4, SERVICE_CVR_2};
use uuid::Uuid;

use crate::support::{
    AGNES, Overheard, Register, TestClock, authority, call, cpr, payload, schemas, soap, validate,
};

pub const V4: &str = "sf1520-person-base-data-extended-4-xmllint/PersonBaseDataExtendedServiceMsg.xsd";
pub const V5: &str = "sf1520-person-base-data-extended-5-derived/PersonBaseDataExtendedServiceMsg.xsd";
const CVR: &str = "sf1530-cvr-online-2/OnlineServiceMsg.xsd";

fn agreement(service: Uuid) -> Invocation {
    Invocation {
        agreement: Uuid::from_u128(0xABCD_EF00),
        user_system: Uuid::from_u128(2),
        user: Uuid::from_u128(3),
        service,
    }
}

#[test]
fn the_validator_refuses_what_is_not_valid() {
    if schemas().is_some() {
        for schema in [V4, V5, CVR] {
            assert!(validate(schema, "<x/>").is_err());
        }
    }
}

/// A call with everything a call can have, in texts that XML must escape.
fn full_call() -> Call {
    Call::new("<ib> & \"co\"", "x", Uuid::from_u128(0xFEED))
        .unwrap()
        .on_behalf_of("Æse 'Ø' ]]> \u{1F3E0}")
        .unwrap()
        .accounted_to("a".repeat(255))
        .unwrap()
}

#[test]
fn questions_about_persons_are_valid_in_both_versions_and_all_contexts() {
    let contexts = [authority(), Context::Invocation(agreement(SERVICE_CPR_4)), Context::Token];
    for (version, schema) in [(Version::V4, V4), (Version::V5, V5)] {
        for context in contexts {
            for call in [call(), full_call()] {
                let overheard = Overheard::new(Fake::korsbaek());
                let connection = Connection::new(Arc::clone(&overheard), TestClock::new());
                let endpoint = "https://korsbaek.example/".parse().unwrap();
                let service =
                    CprService::new(connection, endpoint, version, context).audited(Auditing::none());
                service.look_up(cpr(AGNES), &call).unwrap();
                let body = &overheard.bodies()[0];
                validate(schema, payload(body)).unwrap();
            }
        }
    }
}

#[test]
fn a_question_carries_its_action_its_type_and_its_correlation() {
    let overheard = Overheard::new(Fake::korsbaek());
    let connection = Connection::new(Arc::clone(&overheard), TestClock::new());
    let endpoint = "https://korsbaek.example/4".parse().unwrap();
    let service = CprService::new(connection, endpoint, Version::V4, authority()).audited(Auditing::none());
    service.look_up(cpr(AGNES), &call()).unwrap();
    let sent = overheard.sent.lock().unwrap();
    let header = |name: &str| sent[0].headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        header("soapaction"),
        "\"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/PersonLookup\""
    );
    assert_eq!(header("content-type"), "text/xml; charset=utf-8");
    let body = String::from_utf8(sent[0].body().clone()).unwrap();
    assert!(body.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(body.contains(&call().correlation().to_string()));
    assert!(!sent[0].uri().to_string().contains(AGNES));
}

#[test]
fn a_token_comes_in_through_the_transport() {
    /// Puts a token into the head of every message, as a transport with a security token service behind it does.
    struct WithToken<T>(T);
    impl<T: Transport> Transport for WithToken<T> {
        fn send(&self, request: &Request) -> Result<http::Response<Vec<u8>>, TransportError> {
            let (parts, body) = request.http().clone().into_parts();
            let body = String::from_utf8(body).unwrap();
            let head =
                "<soap:Header><w:Security xmlns:w=\"urn:w\">token</w:Security></soap:Header><soap:Body>";
            let body = body.replace("<soap:Body>", head).into_bytes();
            self.0.send(&request.with_http(http::Request::from_parts(parts, body)))
        }
    }
    let overheard = Overheard::new(Fake::korsbaek());
    let connection = Connection::new(WithToken(Arc::clone(&overheard)), TestClock::new());
    let endpoint = "https://korsbaek.example/".parse().unwrap();
    let service =
        CprService::new(connection, endpoint, Version::V5, Context::Token).audited(Auditing::none());
    service.look_up(cpr(AGNES), &call()).unwrap();
    let body = &overheard.bodies()[0];
    assert!(body.contains("<w:Security") && !body.contains("AuthorityContext"), "{body}");
    validate(V5, payload(body)).unwrap();
}

#[test]
fn questions_about_companies_are_valid() {
    for agreement in [Some(agreement(SERVICE_CVR_2)), None] {
        let overheard = Overheard::new(Fake::korsbaek());
        let connection = Connection::new(Arc::clone(&overheard), TestClock::new());
        let service = CvrService::new(connection, "https://korsbaek.example/".parse().unwrap(), agreement);
        service.legal_unit("99999993".parse().unwrap(), &full_call()).unwrap();
        service.production_unit("1003123456".parse().unwrap(), &call()).unwrap();
        service.production_units_of("99999993".parse().unwrap(), &call()).unwrap();
        for body in overheard.bodies() {
            validate(CVR, payload(&body)).unwrap();
        }
    }
}

#[test]
fn a_lenient_fake_serves_what_a_strict_one_refuses() {
    let question = PersonQuestion::new(Version::V4, authority());
    let request = question.request(&"https://korsbaek.example/".parse().unwrap(), cpr(AGNES), &call());
    // As one published client sends it.
    let mut http = request.http().clone();
    http.headers_mut().remove("soapaction");
    let bare = request.with_http(http);
    for (strictness, asked, class) in [
        (Strictness::Strict, &request, None),
        (Strictness::Strict, &bare, Some("bad_request")),
        (Strictness::Lenient, &bare, None),
    ] {
        let response = Fake::korsbaek().judging(strictness).send(asked).unwrap();
        assert_eq!(question.read(cpr(AGNES), &response).err().map(|error| error.class()), class);
    }
}

#[test]
fn the_fakes_answers_are_valid_by_the_contract() {
    for (version, schema) in [(Version::V4, V4), (Version::V5, V5)] {
        let question = PersonQuestion::new(version, authority());
        let fake = Fake::korsbaek();
        for number in [
            AGNES,
            "0202505001",
            "0303505002",
            "0404505003",
            "0505505004",
            "0606505005",
            "0707505006",
            "0808505007",
        ] {
            let request =
                question.request(&"https://korsbaek.example/".parse().unwrap(), cpr(number), &call());
            let response = fake.send(&request).unwrap();
            let body = String::from_utf8(response.into_body()).unwrap();
            validate(schema, payload(&body)).unwrap();
        }
    }
}

#[test]
fn the_fakes_answers_about_companies_are_valid_by_the_contract() {
    /// Answers as the fake does and keeps the answers.
    struct Kept(Fake, std::sync::Mutex<Vec<String>>);
    impl Transport for Kept {
        fn send(&self, request: &Request) -> Result<http::Response<Vec<u8>>, TransportError> {
            let response = self.0.send(request)?;
            self.1.lock().unwrap().push(String::from_utf8(response.body().clone()).unwrap());
            Ok(response)
        }
    }
    let kept = Arc::new(Kept(Fake::korsbaek(), std::sync::Mutex::default()));
    let connection = Connection::new(Arc::clone(&kept), TestClock::new());
    let service = CvrService::new(connection, "https://korsbaek.example/".parse().unwrap(), None);
    service.legal_unit("99999993".parse().unwrap(), &call()).unwrap();
    service.production_unit("1003123457".parse().unwrap(), &call()).unwrap();
    service.production_units_of("99999993".parse().unwrap(), &call()).unwrap();
    for body in kept.1.lock().unwrap().iter() {
        validate(CVR, payload(body)).unwrap();
    }
}

#[test]
fn the_samples_of_the_contract_are_read() {
    let Some(folder) = schemas() else { return };
    let sample = |name: &str| std::fs::read_to_string(folder.join("samples").join(name)).unwrap();
    // Their namespace is version 4's.
    let read = |name: &str, number: &str| {
        let fake = Fake::empty();
        fake.record(cpr(number), soap(&sample(name)));
        let connection = Connection::new(fake, TestClock::new());
        let endpoint = "https://korsbaek.example/".parse().unwrap();
        let service =
            CprService::new(connection, endpoint, Version::V4, authority()).audited(Auditing::none());
        service.look_up(cpr(number), &call()).unwrap().record
    };
    let full = read("sf1520-response-full.xml", "0101010101");
    assert_eq!(full.status, Some(Status::Resident));
    assert_eq!(full.name.as_ref().unwrap().split(), ("Æse Ørum".to_owned(), "Åkjær".to_owned()));
    assert_eq!(full.name.as_ref().unwrap().since.unwrap().day.to_string(), "2001-01-08");
    assert!(full.unreadable.is_empty());
    let day = "2026-11-01".parse().unwrap();
    assert!(full.is_protected_on(day));
    let guarded = full.addresses_on(day);
    assert!(guarded.open().is_none());
    let mo_serviceplatform::cpr::Guarded::Protected(sealed) = guarded else { panic!() };
    let home = sealed.for_a_task_of_the_authority().current.clone().unwrap();
    assert_eq!(home.municipality_code.as_deref(), Some("0751"));
    assert_eq!(home.house_number.as_deref(), Some("1"));
    assert_eq!((home.floor.as_deref(), home.door.as_deref()), (Some("2"), Some("tv")));
    assert_eq!(home.street.as_deref(), Some("Rådhuspladsen"));
    assert!(home.extra_lines.is_empty());

    let emigrated = read("sf1520-response-emigrated.xml", "0101010101");
    assert_eq!(emigrated.status, Some(Status::Emigrated));
    let gone = emigrated.addresses_on(day).open().unwrap().departure.clone().unwrap();
    assert_eq!((gone.country_code.as_deref(), &*gone.lines), (Some("5120"), &["Gatan 1".to_owned()][..]));
}

#[test]
fn the_register_reads_its_own_version_only() {
    let register = Register::new(Fake::empty());
    let v4 = "<p:PersonLookupResponse xmlns:p=\"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/\"/>";
    register.fake.record(cpr(AGNES), soap(v4));
    let error = register.service.look_up(cpr(AGNES), &call()).unwrap_err();
    assert_eq!(error.class(), "protocol");
    let foreign = "<p:PersonLookupResponse xmlns:p=\"urn:evil\"/>";
    register.fake.record(cpr(AGNES), soap(foreign));
    assert_eq!(register.service.look_up(cpr(AGNES), &call()).unwrap_err().class(), "protocol");
}
