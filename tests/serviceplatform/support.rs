//! What the tests share: services in front of a fake, a clock that waiting moves, and the schemas beside the workspace.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Response;
use mo_core::model::value::Cpr;
use mo_core::time::{Clock, Instant, SteppingClock};
use mo_serviceplatform::audit::{Auditing, MemoryAudit, PseudonymKey};
use mo_serviceplatform::client::{Connection, Request, Transport, TransportError, Wait};
use mo_serviceplatform::cpr::{CprService, Version};
use mo_serviceplatform::fake::Fake;
use mo_serviceplatform::{Call, Context};
use uuid::Uuid;

pub const AGNES: &str = "0101505000";
pub const BERTEL: &str = "0202505001";

pub fn cpr(text: &str) -> Cpr {
    text.parse().unwrap()
}

pub fn call() -> Call {
    Call::new("ib@korsbaek.example", "afprøvning", Uuid::from_u128(0x4711)).unwrap()
}

pub fn key() -> PseudonymKey {
    PseudonymKey::new(*b"the-deployment's-own-secret-key!").unwrap()
}

pub fn authority() -> Context {
    Context::authority("99999993".parse().unwrap())
}

/// A clock that stands at 1 November 2026, 09:00 UTC until something waits on it.
#[derive(Clone)]
pub struct TestClock(Arc<SteppingClock>, Arc<Mutex<Vec<Duration>>>);

impl TestClock {
    pub fn new() -> TestClock {
        TestClock(Arc::new(SteppingClock::new("2026-11-01T09:00:00Z".parse().unwrap())), Arc::default())
    }

    pub fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        self.0.set(self.0.now().plus_micros(micros).unwrap());
    }

    pub fn waits(&self) -> Vec<Duration> {
        self.1.lock().unwrap().clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.0.now()
    }
}

impl Wait for TestClock {
    fn wait(&self, duration: Duration) {
        self.1.lock().unwrap().push(duration);
        self.advance(duration);
    }
}

/// SF1520 in front of a fake, with an audit sink and a clock to look at.
pub struct Register {
    pub fake: Arc<Fake>,
    pub clock: TestClock,
    pub audit: Arc<MemoryAudit>,
    pub service: CprService,
}

impl Register {
    pub fn new(fake: Fake) -> Register {
        Register::with(fake, |connection| connection, |service| service)
    }

    pub fn with(
        fake: Fake,
        connect: impl FnOnce(Connection) -> Connection,
        serve: impl FnOnce(CprService) -> CprService,
    ) -> Register {
        let (fake, clock, audit) = (Arc::new(fake), TestClock::new(), Arc::new(MemoryAudit::new()));
        let connection = Connection::new(Arc::clone(&fake), clock.clone()).waiting(clock.clone());
        let endpoint = "https://korsbaek.example/service/CPR/PersonBaseDataExtended/5".parse().unwrap();
        let service = CprService::new(connect(connection), endpoint, Version::V5, authority())
            .audited(Auditing::to(Arc::clone(&audit), key()));
        Register { fake, clock, audit, service: serve(service) }
    }
}

/// A transport that keeps what it is given to send, and answers as another does.
pub struct Overheard<T> {
    pub inner: T,
    pub sent: Mutex<Vec<http::Request<Vec<u8>>>>,
}

impl<T> Overheard<T> {
    pub fn new(inner: T) -> Arc<Overheard<T>> {
        Arc::new(Overheard { inner, sent: Mutex::default() })
    }

    /// The bodies sent so far.
    pub fn bodies(&self) -> Vec<String> {
        self.sent.lock().unwrap().iter().map(|r| String::from_utf8(r.body().clone()).unwrap()).collect()
    }
}

impl<T: Transport> Transport for Overheard<T> {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        self.sent.lock().unwrap().push(request.http().clone());
        self.inner.send(request)
    }
}

/// The folder of schemas, or `None` with a printed reason where it is missing; then CI, which has it, fails.
pub fn schemas() -> Option<PathBuf> {
    let folder = PathBuf::from("../shared/schemas/serviceplatformen");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} is missing", folder.display());
    eprintln!("skipped: {} is missing", folder.display());
    None
}

/// Whether `document` is valid by the schema in this file of the schemas' folder.
pub fn validate(schema: &str, document: &str) -> Result<(), String> {
    let Some(folder) = schemas() else { return Ok(()) };
    let mut xmllint = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(folder.join(schema))
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("xmllint: {error}"))?;
    std::io::Write::write_all(&mut xmllint.stdin.take().unwrap(), document.as_bytes()).unwrap();
    let output = xmllint.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{document}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// What is inside the SOAP body of a message; its elements declare their own namespaces.
pub fn payload(message: &str) -> &str {
    let (_, rest) = message.split_once("<soap:Body>").unwrap();
    rest.split_once("</soap:Body>").unwrap().0
}

/// A SOAP message around a payload.
pub fn soap(payload: &str) -> String {
    let payload = payload.trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{payload}</soap:Body></soap:Envelope>"
    )
}
