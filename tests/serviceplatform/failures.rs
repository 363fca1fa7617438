//! Failures: which are tried again, which open the circuit, and which error each becomes.

use std::time::Duration;

use mo_serviceplatform::client::{Breaker, Pace, Retry, TransportError};
use mo_serviceplatform::cpr::PersonLookup;
use mo_serviceplatform::fake::{Fake, Injected};
use mo_serviceplatform::soap::{FaultClass, FaultClasses};
use mo_serviceplatform::{AccessRefusal, Complaint, LookupError, Outage, ProtocolError};

use crate::support::{AGNES, Overheard, Register, call, cpr};

fn fault(code: &str, text: &str, error: Option<(&str, &str)>) -> Injected {
    let error = error.map(|(code, text)| (code.to_owned(), text.to_owned()));
    Injected::Fault { status: 500, code: code.into(), text: text.into(), error }
}

fn page(status: u16, content_type: &str, body: &str) -> Injected {
    Injected::Body { status, content_type: content_type.into(), body: body.as_bytes().to_vec() }
}

fn outcome(failure: Injected) -> LookupError {
    let register = Register::with(Fake::korsbaek(), |c| c.retrying(Retry::NEVER), |s| s);
    register.fake.inject(failure);
    register.service.look_up(cpr(AGNES), &call()).unwrap_err()
}

#[test]
fn each_failure_becomes_what_can_be_done_about_it() {
    for (failure, class, retryable) in [
        (Injected::timeout(), "unavailable", true),
        (Injected::Transport(TransportError::Broken), "unavailable", true),
        (Injected::Transport(TransportError::Connect("x".into())), "unavailable", true),
        (Injected::Transport(TransportError::TooLarge { limit: 1 }), "protocol", false),
        (Injected::Transport(TransportError::Other("x".into())), "protocol", false),
        (Injected::Transport(TransportError::ServerCertificate("x".into())), "no_access", false),
        (Injected::certificate_refused(), "no_access", false),
        (Injected::Status(401, None), "no_access", false),
        (Injected::Status(403, None), "no_access", false),
        (Injected::Status(400, None), "bad_request", false),
        (Injected::Status(404, None), "bad_request", false),
        (Injected::Status(431, None), "bad_request", false),
        (Injected::Status(429, None), "unavailable", true),
        (Injected::Status(500, None), "unavailable", true),
        (Injected::Status(503, None), "unavailable", true),
        (Injected::Status(302, None), "protocol", false),
        (Injected::Status(200, None), "protocol", false),
        (page(200, "text/html", "<html/>"), "protocol", false),
        (page(503, "text/html", "<html>nede</html>"), "unavailable", true),
        (page(500, "text/xml", "<ikke-soap/>"), "unavailable", true),
        (page(200, "text/xml", "<ikke-soap/>"), "protocol", false),
        (page(200, "application/json", "{}"), "protocol", false),
        (fault("soap:Server", "PNRNotFound", None), "not_found", false),
        (fault("soap:Server", "fejl", Some(("PNRNotFound", "PNR not found"))), "not_found", false),
        (fault("soap:Client", "skema", None), "bad_request", false),
        (fault("soap:Server", "bagved", Some(("X123", "nede"))), "unavailable", false),
        (fault("wsse:InvalidSecurityToken", "udløbet", None), "no_access", false),
        (fault("noget:Andet", "?", None), "protocol", false),
        // A fault may come with status 200.
        (
            Injected::Fault {
                status: 200,
                code: "soap:Server".into(),
                text: "PNRNotFound".into(),
                error: None,
            },
            "not_found",
            false,
        ),
    ] {
        let error = outcome(failure.clone());
        assert_eq!((error.class(), error.is_retryable()), (class, retryable), "{failure:?} {error:?}");
        assert!(error.to_string().len() > 20, "{error}");
    }
}

#[test]
fn the_echo_of_a_question_is_not_taken_for_its_answer() {
    // The words stand in the body, but not where they would mean something.
    let error =
        outcome(fault("soap:Client", "kunne ikke læses", Some(("Schema", "xml: PNR found, not valid"))));
    assert_eq!(error.class(), "bad_request");
}

#[test]
fn the_detail_of_a_fault_may_have_no_list_or_several_errors() {
    let told = |detail: &str| {
        outcome(page(
            500,
            "text/xml",
            &crate::support::soap(&format!(
                "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>fejl</faultstring><detail>{detail}</detail></soap:Fault>"
            )),
        ))
    };
    let ns = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/";
    let error = |code: &str| format!("<Error><ErrorCode>{code}</ErrorCode><ErrorText>t</ErrorText></Error>");
    for (errors, class, kept) in [
        (String::new(), "unavailable", 0),
        ("<ErrorList/>".to_owned(), "unavailable", 0),
        (format!("<ErrorList>{}{}</ErrorList>", error("A"), error("B")), "unavailable", 2),
        (format!("<ErrorList>{}{}</ErrorList>", error("A"), error("pnrnotfound")), "not_found", 0),
        (format!("<Andet>{}</Andet>", error("PNRNotFound")), "unavailable", 0),
    ] {
        let fault = told(&format!("<ServiceplatformFault xmlns=\"{ns}\">{errors}</ServiceplatformFault>"));
        assert_eq!(fault.class(), class, "{errors}");
        if let LookupError::Unavailable { outage: Outage::Fault(fault), .. } = &fault {
            assert_eq!(fault.errors.len(), kept, "{errors}");
        }
    }
    // Detail of another vendor's says nothing.
    assert_eq!(told("<x xmlns=\"urn:x\"><ErrorCode>PNRNotFound</ErrorCode></x>").class(), "unavailable");
}

#[test]
fn faults_keep_their_codes_and_may_be_given_a_meaning() {
    let error = outcome(fault("soap:Server", "fejl", Some(("AgreementExpired", "aftalen er udløbet"))));
    let LookupError::Unavailable { outage: Outage::Fault(kept), .. } = error else { panic!() };
    assert_eq!((&*kept.errors[0].code, &*kept.errors[0].text), ("AgreementExpired", "aftalen er udløbet"));

    let known = FaultClasses::new().with("agreementexpired", FaultClass::NoAccess);
    let register = Register::with(Fake::korsbaek(), |c| c, |service| service.knowing_faults(known));
    register.fake.inject(fault("soap:Server", "fejl", Some(("AgreementExpired", "aftalen er udløbet"))));
    let error = register.service.look_up(cpr(AGNES), &call()).unwrap_err();
    assert!(matches!(error, LookupError::NoAccess { refusal: AccessRefusal::Fault(_), .. }), "{error:?}");
}

#[test]
fn outages_are_tried_again_with_the_same_correlation_and_every_attempt_is_counted() {
    let register = Register::new(Fake::korsbaek());
    register.fake.inject(Injected::timeout());
    register.fake.inject(Injected::Status(503, Some(2)));
    assert!(register.service.look_up(cpr(AGNES), &call()).is_ok());
    assert_eq!(register.fake.questions(), 3);
    let [first, second] = register.clock.waits()[..] else { panic!("{:?}", register.clock.waits()) };
    assert!(first <= Duration::from_millis(250));
    assert_eq!(second, Duration::from_secs(2), "as the service asked");
    let [record] = &register.audit.records()[..] else { panic!() };
    assert_eq!(record.end.as_ref().unwrap().attempts, 3);
}

#[test]
fn retries_repeat_the_question_byte_for_byte() {
    let fake = Fake::korsbaek();
    fake.inject(Injected::timeout());
    let overheard = Overheard::new(fake);
    let clock = crate::support::TestClock::new();
    let connection =
        mo_serviceplatform::client::Connection::new(std::sync::Arc::clone(&overheard), clock.clone())
            .waiting(clock);
    let service = mo_serviceplatform::cpr::CprService::new(
        connection,
        "https://korsbaek.example/".parse().unwrap(),
        mo_serviceplatform::cpr::Version::V5,
        crate::support::authority(),
    )
    .audited(mo_serviceplatform::audit::Auditing::none());
    service.look_up(cpr(AGNES), &call()).unwrap();
    let bodies = overheard.bodies();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn what_will_not_change_is_not_tried_again() {
    for failure in [
        fault("soap:Server", "bagved", None),
        Injected::certificate_refused(),
        Injected::Status(400, None),
        Injected::Status(500, None),
        page(200, "text/html", "<html/>"),
        Injected::Status(503, Some(3600)),
    ] {
        let register = Register::new(Fake::korsbaek());
        register.fake.inject(failure.clone());
        let error = register.service.look_up(cpr(AGNES), &call()).unwrap_err();
        assert_eq!(register.fake.questions(), 1, "{failure:?}");
        if let Injected::Status(503, _) = failure {
            let LookupError::Unavailable { retry_after, .. } = error else { panic!() };
            assert_eq!(retry_after, Some(Duration::from_hours(1)));
        }
    }
}

#[test]
fn a_service_that_fails_again_and_again_is_left_alone_and_then_tried_once() {
    let register = Register::with(
        Fake::korsbaek(),
        |c| c.retrying(Retry::NEVER).breaking(Breaker::new(3, Duration::from_secs(30))),
        |s| s,
    );
    let ask = || register.service.look_up(cpr(AGNES), &call());
    for _ in 0..3 {
        register.fake.inject(Injected::timeout());
        ask().unwrap_err();
    }
    let error = ask().unwrap_err();
    assert!(
        matches!(error, LookupError::Unavailable { outage: Outage::CircuitOpen { until }, .. } if until.to_string() == "2026-11-01T09:00:30Z")
    );
    assert!(error.is_retryable());
    assert_eq!(register.fake.questions(), 3);
    register.clock.advance(Duration::from_secs(30));
    register.fake.inject(Injected::timeout());
    ask().unwrap_err();
    ask().unwrap_err();
    assert_eq!(register.fake.questions(), 4, "the probe failed");
    register.clock.advance(Duration::from_secs(30));
    assert!(ask().is_ok());
    assert!(ask().is_ok());
}

#[test]
fn nobody_found_and_faults_do_not_open_the_circuit() {
    let register = Register::with(
        Fake::korsbaek(),
        |c| c.retrying(Retry::NEVER).breaking(Breaker::new(1, Duration::from_secs(30))),
        |s| s,
    );
    for failure in [
        fault("soap:Server", "PNRNotFound", None),
        fault("soap:Server", "bagved", None),
        Injected::Status(404, None),
        Injected::Status(401, None),
        Injected::certificate_refused(),
    ] {
        register.fake.inject(failure);
        register.service.look_up(cpr(AGNES), &call()).unwrap_err();
    }
    assert!(register.service.look_up(cpr(AGNES), &call()).is_ok());
}

#[test]
fn questions_keep_their_pace() {
    let register = Register::with(Fake::korsbaek(), |c| c.paced(Pace::per_second(5)), |s| s);
    for _ in 0..3 {
        register.service.look_up(cpr(AGNES), &call()).unwrap();
    }
    assert_eq!(register.clock.waits(), [Duration::from_millis(200); 2]);
}

#[test]
fn more_than_the_limit_is_not_read() {
    let register = Register::new(Fake::empty());
    register.fake.record(cpr(AGNES), vec![b' '; (2 << 20) + 1]);
    let error = register.service.look_up(cpr(AGNES), &call()).unwrap_err();
    assert!(matches!(error, LookupError::Protocol { error: ProtocolError::Xml(_), .. }), "{error:?}");
    let complaint = outcome(Injected::Status(404, None));
    assert!(matches!(complaint, LookupError::BadRequest { complaint: Complaint::Status(404), .. }));
}
