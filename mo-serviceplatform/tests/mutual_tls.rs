//! The reqwest transport against a real server on loopback with mutual TLS, and against every way a server can
//! misbehave. Needs the features `pkcs12` and `fake-server`: `cargo test -p mo-serviceplatform --all-features`.

#![allow(clippy::panic, clippy::print_stderr, clippy::unwrap_used)] // this is a test from the first line to the last

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mo_core::time::{Clock, Instant, SteppingClock};
use mo_serviceplatform::address::{AddressLookup, Adressevaelger};
use mo_serviceplatform::audit::Auditing;
use mo_serviceplatform::client::{
    Breaker, ClientIdentity, Connection, IdentityError, ReqwestTransport, Retry, TrustedRoots, Wait,
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

    /// A transport that shows the client certificate of this authority and trusts it.
    fn transport(pki: &FakePki) -> ReqwestTransport {
        ReqwestTransport::builder()
            .roots(TrustedRoots::only(pki.ca_pem().as_bytes()).unwrap())
            .identity(ClientIdentity::from_pem(pki.client_pem().as_bytes()).unwrap())
            .build()
            .unwrap()
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
    for behaviour in [Behaviour::Close, Behaviour::Reset, Behaviour::HalfBody] {
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
}

#[test]
fn a_gzip_bomb_is_refused_packed() {
    let setup = Setup::new();
    // A thousandth of it travels, well below the limit of an answer, so that it is not its size that gives it away.
    let bomb = Behaviour::GzipBomb { bytes: 256 << 20 };
    assert_eq!(protocol(setup.behaving(bomb)), ProtocolError::Compressed("gzip".into()));
}

#[test]
fn outages_over_the_network_are_tried_again_and_open_the_circuit() {
    let setup = Setup::new();
    let server = setup.server().behaving(Behaviour::Reset).start().unwrap();
    let (service, clock) = {
        let clock = Arc::new(SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>().unwrap()));
        let connection = Connection::new(Setup::transport(&setup.pki), Arc::clone(&clock))
            .waiting(Moving(Arc::clone(&clock)))
            .breaking(Breaker::new(3, Duration::from_secs(30)));
        let context = Context::authority("99999993".parse().unwrap());
        let endpoint = server.url(PATH).parse().unwrap();
        let service = CprService::new(connection, endpoint, Version::V5, context);
        (service.audited(Auditing::none()), clock)
    };
    let ask = || service.look_up(NUMBER.parse().unwrap(), &call()).map(|answer| answer.record.status);
    assert_eq!(outage(ask()), Outage::Broken, "three attempts, and the third opens the circuit");
    assert!(matches!(outage(ask()), Outage::CircuitOpen { .. }));
    clock.set(clock.now().plus_micros(31_000_000).unwrap());
    assert_eq!(outage(ask()), Outage::Broken, "the probe");
    assert!(matches!(outage(ask()), Outage::CircuitOpen { .. }));
    assert_eq!(
        server.connections(),
        4,
        "every attempt was a connection, and none was made while it was open"
    );
}

/// Moves its clock instead of waiting.
struct Moving(Arc<SteppingClock>);

impl Wait for Moving {
    fn wait(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        self.0.set(self.0.now().plus_micros(micros).unwrap());
    }
}

#[test]
fn a_pkcs12_file_opens_with_its_password_and_serves_as_client_certificate() {
    let setup = Setup::new();
    let server = setup.server().start().unwrap();
    for legacy in [false, true] {
        let Some(file) = pkcs12(&setup.pki.client_pem(), "hemmeligt ord", legacy) else { return };
        let identity = ClientIdentity::from_pkcs12(&file, "hemmeligt ord").unwrap();
        let transport = ReqwestTransport::builder()
            .roots(TrustedRoots::only(setup.pki.ca_pem().as_bytes()).unwrap())
            .identity(identity);
        let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>().unwrap());
        let context = Context::authority("99999993".parse().unwrap());
        let endpoint = server.url(PATH).parse().unwrap();
        let connection = Connection::new(transport.build().unwrap(), clock);
        let service = CprService::new(connection, endpoint, Version::V5, context).audited(Auditing::none());
        let person = service.look_up(NUMBER.parse().unwrap(), &call()).unwrap();
        assert_eq!(person.record.status, Some(Status::Resident));

        let wrong = |bytes: &[u8], password: &str| {
            let error = ClientIdentity::from_pkcs12(bytes, password).map(drop).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hemmeligt"), "{error}");
            error
        };
        assert_eq!(wrong(&file, "hemmeligt"), IdentityError::Password);
        assert_eq!(wrong(&file[..file.len() / 2], "hemmeligt ord"), IdentityError::NotPkcs12);
        assert_eq!(wrong(setup.pki.client_pem().as_bytes(), "hemmeligt ord"), IdentityError::NotPkcs12);
        assert_eq!(ClientIdentity::from_pem(&file).map(drop), Err(IdentityError::NotPem));
    }
}

/// The PKCS#12 file that openssl makes of a PEM, in today's encryption or that of old files; `None` with a printed reason
/// where there is no openssl, which CI has.
fn pkcs12(pem: &str, password: &str, legacy: bool) -> Option<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs12", "-export", "-passout", "env:PASSWORD"]).env("PASSWORD", password);
    if legacy {
        openssl.arg("-legacy");
    }
    let Ok(output) = openssl.arg("-in").arg(file.path()).output() else {
        assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "openssl is missing");
        eprintln!("skipped: openssl is missing");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// Takes everything that anything in this program logs.
struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut kept = self.0.lock().unwrap();
        writeln!(kept, "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

#[test]
fn neither_errors_nor_the_logs_of_what_is_below_hold_a_number_a_token_or_a_key() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let setup = Setup::new();
    let token = "hemmeligt-token";
    let mut shown = String::new();
    for behaviour in [
        Behaviour::Answer,
        Behaviour::Close,
        Behaviour::Reset,
        Behaviour::HalfBody,
        Behaviour::WebPage,
        Behaviour::Redirect,
        Behaviour::GzipBomb { bytes: 1 << 20 },
        Behaviour::Large { bytes: 10 << 20, announced: true },
    ] {
        let server = setup.server().behaving(behaviour).start().unwrap();
        for (identity, ca) in [
            (Some(setup.pki.client_pem()), setup.pki.ca_pem()),
            (None, setup.pki.ca_pem()),
            (Some(setup.pki.client_pem()), FakePki::new().unwrap().ca_pem()),
        ] {
            let service = Setup::service(&server, identity, ca);
            writeln!(shown, "{:?}", service.look_up("3112505011".parse().unwrap(), &call())).unwrap();
            if let Err(error) = service.look_up(NUMBER.parse().unwrap(), &call()) {
                writeln!(shown, "{error} {error:?}").unwrap();
            }
        }
        let transport = Setup::transport(&setup.pki);
        let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>().unwrap());
        let connection = Connection::new(transport, clock).retrying(Retry::NEVER);
        let addresses =
            Adressevaelger::new(connection, server.url("").parse().unwrap(), token.parse().unwrap());
        writeln!(shown, "{:?}", addresses.wash("Torvet 1, 2. tv, 4999 Korsbæk")).unwrap();
    }
    let logged = LOG.0.lock().unwrap().clone();
    assert!(logged.contains("reqwest"), "the libraries below do log");
    let key = setup.pki.client_pem();
    let key = key.split_once("PRIVATE KEY-----\n").unwrap().1.lines().next().unwrap();
    for secret in ["3112505011", NUMBER, token, key, "Torvet%201"] {
        assert!(!logged.contains(secret), "{secret} is logged");
        assert!(!shown.contains(secret), "{secret} is shown");
    }
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
