//! The reqwest transport against a real server on loopback with mutual TLS, and against every way a server can
//! misbehave. Needs the features `reqwest` and `fake-server`: `cargo test -p mo-serviceplatform --all-features`.

#![allow(clippy::panic, clippy::unwrap_used)] // this is a test from the first line to the last

use std::sync::Arc;
use std::time::Duration;

use mo_core::time::{Instant, SteppingClock};
use mo_serviceplatform::audit::Auditing;
use mo_serviceplatform::client::{
    ClientIdentity, Connection, IdentityError, ReqwestTransport, Retry, TrustedRoots,
};
use mo_serviceplatform::cpr::{CprService, PersonLookup, PersonLookupExt, Status, Version};
use mo_serviceplatform::fake::{Behaviour, Fake, FakePki, FakeServer, FakeServerBuilder, TlsVersions};
use mo_serviceplatform::{AccessRefusal, Call, Context, LookupError, Outage, ProtocolError};
use uuid::Uuid;

const PATH: &str = "/service/CPR/PersonBaseDataExtended/5";
const NUMBER: &str = "0101505000";

struct Setup {
    pki: FakePki,
    fake: Arc<Fake>,
}

impl Setup {
    fn new() -> Setup {
        Setup { pki: FakePki::new().unwrap(), fake: Arc::new(Fake::korsbaek()) }
    }

    fn server(&self) -> FakeServerBuilder<'_> {
        FakeServer::new(&self.pki, Arc::clone(&self.fake) as _)
    }

    /// A service that asks `server`, showing this certificate and trusting this authority, in half a second and once.
    fn service(server: &FakeServer, identity: Option<String>, ca: &str) -> CprService {
        let mut transport = ReqwestTransport::builder().roots(TrustedRoots::only(ca.as_bytes()).unwrap());
        if let Some(pem) = identity {
            transport = transport.identity(ClientIdentity::from_pem(pem.as_bytes()).unwrap());
        }
        let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>().unwrap());
        let connection = Connection::new(transport.build().unwrap(), clock)
            .retrying(Retry::NEVER)
            .timing_out(Duration::from_secs(2));
        let context = Context::authority("99999993".parse().unwrap());
        CprService::new(connection, server.url(PATH).parse().unwrap(), Version::V5, context)
            .audited(Auditing::none())
    }

    fn look_up(&self, server: &FakeServer) -> Result<Option<Status>, LookupError> {
        let service = Setup::service(server, Some(self.pki.client_pem()), self.pki.ca_pem());
        service.look_up(NUMBER.parse().unwrap(), &call()).map(|answer| answer.record.status)
    }

    fn behaving(&self, behaviour: Behaviour) -> Result<Option<Status>, LookupError> {
        let server = self.server().behaving(behaviour).start().unwrap();
        self.look_up(&server)
    }
}

fn call() -> Call {
    Call::new("ib", "afprøvning", Uuid::from_u128(1)).unwrap()
}

fn protocol(outcome: Result<Option<Status>, LookupError>) -> ProtocolError {
    match outcome {
        Err(LookupError::Protocol { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

fn outage(outcome: Result<Option<Status>, LookupError>) -> Outage {
    match outcome {
        Err(LookupError::Unavailable { outage, .. }) => outage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_is_looked_up_over_mutual_tls_of_both_versions() {
    let setup = Setup::new();
    for version in [TlsVersions::V12, TlsVersions::V13] {
        let server = setup.server().speaking(version).start().unwrap();
        assert_eq!(setup.look_up(&server), Ok(Some(Status::Resident)), "{version:?}");
    }
}

#[test]
fn a_fault_comes_through_as_what_it_means() {
    let setup = Setup::new();
    let server = setup.server().start().unwrap();
    let service = Setup::service(&server, Some(setup.pki.client_pem()), setup.pki.ca_pem());
    let unknown = service.look_up("3112505011".parse().unwrap(), &call());
    assert!(matches!(unknown, Err(LookupError::NotFound { .. })), "{unknown:?}");
    let followed = service.follow("0505505004".parse().unwrap(), &call()).unwrap();
    assert_eq!(followed.number.reveal(), "0505505012");
}

#[test]
fn a_missing_expired_or_foreign_client_certificate_is_no_access_and_not_an_outage() {
    let (setup, other) = (Setup::new(), Setup::new());
    for version in [TlsVersions::V12, TlsVersions::V13] {
        let server = setup.server().speaking(version).start().unwrap();
        for (identity, alerts) in [
            // TLS 1.2 has no alert of its own for it.
            (None, &["certificate_required", "handshake_failure"][..]),
            (Some(setup.pki.expired_client_pem()), &["certificate_expired"][..]),
            (Some(other.pki.client_pem()), &["unknown_ca"][..]),
        ] {
            let service = Setup::service(&server, identity, setup.pki.ca_pem());
            let error = service.look_up(NUMBER.parse().unwrap(), &call()).unwrap_err();
            assert!(!error.is_retryable());
            match &error {
                LookupError::NoAccess { refusal: AccessRefusal::Tls(alert), .. } => {
                    assert!(alerts.contains(&alert.0.as_str()), "{version:?} {alert}");
                }
                other => panic!("{version:?} {other:?}"),
            }
        }
    }
}

#[test]
fn a_server_that_cannot_be_trusted_is_told_apart() {
    let (setup, other) = (Setup::new(), Setup::new());
    for version in [TlsVersions::V12, TlsVersions::V13] {
        let honest = setup.server().speaking(version).start().unwrap();
        let expired = setup.server().speaking(version).expired().start().unwrap();
        for (server, ca, why) in
            [(&honest, other.pki.ca_pem(), "issuer is unknown"), (&expired, setup.pki.ca_pem(), "expired")]
        {
            let service = Setup::service(server, Some(setup.pki.client_pem()), ca);
            match service.look_up(NUMBER.parse().unwrap(), &call()) {
                Err(LookupError::NoAccess { refusal: AccessRefusal::ServerCertificate(said), .. }) => {
                    assert!(said.contains(why), "{said}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn nobody_listening_is_an_outage() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>().unwrap());
    let connection =
        Connection::new(ReqwestTransport::builder().build().unwrap(), clock).retrying(Retry::NEVER);
    let endpoint = format!("https://127.0.0.1:{port}/5").parse().unwrap();
    let context = Context::authority("99999993".parse().unwrap());
    let service = CprService::new(connection, endpoint, Version::V5, context).audited(Auditing::none());
    let outcome = service.look_up(NUMBER.parse().unwrap(), &call()).map(|answer| answer.record.status);
    assert!(matches!(outage(outcome), Outage::Connect(_)));
}

#[test]
fn an_answer_that_drips_or_never_comes_ends_at_the_time_limit() {
    let setup = Setup::new();
    for behaviour in [Behaviour::Drip(Duration::from_millis(100)), Behaviour::Stall] {
        let limit = Duration::from_secs(2);
        assert_eq!(outage(setup.behaving(behaviour)), Outage::Timeout { limit }, "{behaviour:?}");
    }
}

#[test]
fn a_connection_that_breaks_is_an_outage_and_half_a_body_no_answer() {
    let setup = Setup::new();
    for behaviour in [Behaviour::Reset, Behaviour::HalfBody] {
        assert_eq!(outage(setup.behaving(behaviour)), Outage::Broken, "{behaviour:?}");
    }
}

#[test]
fn ten_megabytes_are_not_read_announced_or_not() {
    let setup = Setup::new();
    for announced in [true, false] {
        let error = protocol(setup.behaving(Behaviour::Large { bytes: 10 << 20, announced }));
        assert_eq!(error, ProtocolError::TooLarge { limit: 2 << 20 });
    }
}

#[test]
fn pages_redirects_and_compression_are_told_for_what_they_are() {
    let setup = Setup::new();
    assert!(matches!(
        protocol(setup.behaving(Behaviour::WebPage)),
        ProtocolError::ContentType { expected: "XML", .. }
    ));
    assert_eq!(protocol(setup.behaving(Behaviour::Redirect)), ProtocolError::Redirect(302));
    assert_eq!(protocol(setup.behaving(Behaviour::Gzip)), ProtocolError::Compressed("gzip".into()));
}

#[test]
fn it_works_inside_an_async_runtime_too() {
    let setup = Setup::new();
    let server = setup.server().start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(async { setup.look_up(&server) }), Ok(Some(Status::Resident)));
}

#[test]
fn pem_that_is_none_is_refused_with_what_to_do() {
    let pki = FakePki::new().unwrap();
    let read = |pem: &str| ClientIdentity::from_pem(pem.as_bytes()).map(drop);
    let pem = pki.client_pem();
    let (certificate, key) = pem.split_once("-----BEGIN PRIVATE").unwrap();
    assert_eq!(read(certificate), Err(IdentityError::NoKey));
    assert_eq!(read(&format!("-----BEGIN PRIVATE{key}")), Err(IdentityError::NoCertificate));
    assert_eq!(read("\u{30}\u{82}\n\u{3}"), Err(IdentityError::NotPem));
    let error = ClientIdentity::from_pem(b"0\x82").unwrap_err().to_string();
    assert!(error.contains("openssl pkcs12"), "{error}");
    // A key that is another certificate's.
    let other = FakePki::new().unwrap().client_pem();
    let mixed =
        format!("{certificate}-----BEGIN PRIVATE{}", other.split_once("-----BEGIN PRIVATE").unwrap().1);
    let identity = ClientIdentity::from_pem(mixed.as_bytes()).unwrap();
    assert!(!format!("{identity:?}").contains("PRIVATE"));
    assert!(ReqwestTransport::builder().identity(identity).build().is_err());
}
