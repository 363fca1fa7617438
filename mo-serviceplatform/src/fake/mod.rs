//! [`Fake`]: the services without the services. A [`Transport`] in the process that reads real questions and gives real
//! answers about made-up persons, companies and addresses, so that everything but the network is what it is in
//! production. Strict or lenient about questions, and able to fail on demand.

mod address;
mod companies;
mod korsbaek;
mod persons;
#[cfg(feature = "fake-server")]
mod pki;
mod recording;
#[cfg(feature = "fake-server")]
mod server;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderValue, Response, StatusCode};
use mo_core::model::value::{Cpr, Cvr, PNumber};
use mo_core::time::Day;

pub use address::{FakeAddress, FakeNaming};
pub use companies::{FakeCompany, FakePlace};
pub use persons::{FakeHome, FakePerson};
#[cfg(feature = "fake-server")]
pub use pki::FakePki;
pub use recording::{Recorder, Recording};
#[cfg(feature = "fake-server")]
pub use server::{Behaviour, FakeServer, FakeServerBuilder, TlsVersions, serve_once};

use crate::soap::{ENVELOPE_NS, FAULT_NS, envelope};
use crate::transport::{Request, TlsRefusal, Transport, TransportError};

/// How a question is judged.
///
/// ```
/// use mo_serviceplatform::fake::{Fake, Strictness};
///
/// let fake = Fake::korsbaek().judging(Strictness::Lenient);
/// # let _ = fake;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums)]
pub enum Strictness {
    /// By the letter of the contract: headers, order of elements, one context, form of every value.
    #[default]
    Strict,
    /// As published clients that leave out `SOAPAction`, `Content-Type` or `level` are served.
    Lenient,
}

/// A failure to be had on demand.
///
/// ```
/// use mo_serviceplatform::fake::{Fake, Injected};
///
/// let fake = Fake::korsbaek();
/// fake.inject(Injected::timeout());
/// fake.inject(Injected::Status(503, Some(2)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Injected {
    /// The transport fails so.
    Transport(TransportError),
    /// An HTTP status with an empty body, and perhaps `Retry-After` in seconds.
    Status(u16, Option<u64>),
    /// A SOAP fault: HTTP status, `faultcode`, `faultstring`, and an `ErrorCode` with its `ErrorText`.
    Fault {
        /// HTTP status, normally 500.
        status: u16,
        /// `faultcode`, such as `soap:Server`.
        code: String,
        /// `faultstring`.
        text: String,
        /// `ErrorCode` and `ErrorText`, if there is detail.
        error: Option<(String, String)>,
    },
    /// A body of this type with this status.
    Body {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        content_type: String,
        /// The body.
        body: Vec<u8>,
    },
}

impl Injected {
    /// The refusal of a client certificate.
    pub fn certificate_refused() -> Injected {
        Injected::Transport(TransportError::Rejected(TlsRefusal("certificate_required".to_owned())))
    }

    /// A time-out.
    pub fn timeout() -> Injected {
        Injected::Transport(TransportError::Timeout { limit: Duration::from_secs(15) })
    }
}

/// The services in the process. Share it in an `Arc` to look at it or change it while it is used.
///
/// ```
/// use std::sync::Arc;
/// use mo_core::time::{Instant, SteppingClock};
/// use mo_serviceplatform::audit::Auditing;
/// use mo_serviceplatform::client::Connection;
/// use mo_serviceplatform::cpr::{CprService, PersonLookupExt, Version};
/// use mo_serviceplatform::fake::Fake;
/// use mo_serviceplatform::{Call, Context};
///
/// let now: Instant = "2026-11-01T09:00:00Z".parse()?;
/// let fake = Arc::new(Fake::korsbaek());
/// let register = CprService::new(
///     Connection::new(Arc::clone(&fake), SteppingClock::new(now)),
///     "https://korsbaek.example/5".parse()?,
///     Version::V5,
///     Context::authority("99999993".parse()?),
/// )
/// .audited(Auditing::none());
/// let call = Call::new("ib", "afprøvning", uuid::Uuid::from_u128(1))?;
/// let person = register.follow("0101505000".parse()?, &call)?;
/// assert_eq!(person.answer.record.name.unwrap().split().1, "Eksempel");
/// assert_eq!(fake.questions(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Fake {
    strictness: Strictness,
    persons: Mutex<BTreeMap<Cpr, Person>>,
    companies: BTreeMap<Cvr, FakeCompany>,
    addresses: Vec<FakeAddress>,
    injected: Mutex<VecDeque<Injected>>,
    asked: Mutex<u64>,
}

#[derive(Debug)]
enum Person {
    MadeUp(Box<FakePerson>),
    /// The body of an HTTP answer, whatever is in it.
    Recorded(Vec<u8>),
}

impl Fake {
    /// Knows nobody and nothing.
    pub fn empty() -> Fake {
        Fake::default()
    }

    /// Knows a handful of made-up persons, a company and addresses in Korsbæk. The CPR numbers are of birth dates in the
    /// 2050s, which no register has issued.
    pub fn korsbaek() -> Fake {
        korsbaek::fake()
    }

    /// Judging questions so.
    #[must_use]
    pub fn judging(mut self, strictness: Strictness) -> Fake {
        self.strictness = strictness;
        self
    }

    /// With one more person, or another by that number.
    #[must_use]
    pub fn with_person(self, person: FakePerson) -> Fake {
        self.put_person(person);
        self
    }

    /// With one more company.
    #[must_use]
    pub fn with_company(mut self, company: FakeCompany) -> Fake {
        self.companies.insert(company.cvr, company);
        self
    }

    /// With one more address.
    #[must_use]
    pub fn with_address(mut self, address: FakeAddress) -> Fake {
        self.addresses.push(address);
        self
    }

    /// Adds or replaces a person while the fake is in use.
    pub fn put_person(&self, person: FakePerson) {
        lock(&self.persons).insert(person.number, Person::MadeUp(Box::new(person)));
    }

    /// Answers look-ups of `number` with this body, whatever is in it. [`Recording`] is for whole conversations.
    pub fn record(&self, number: Cpr, body: impl Into<Vec<u8>>) {
        lock(&self.persons).insert(number, Person::Recorded(body.into()));
    }

    /// Fails the next question so; several are used up in order, one a question.
    pub fn inject(&self, failure: Injected) {
        lock(&self.injected).push_back(failure);
    }

    /// How many questions came in.
    pub fn questions(&self) -> u64 {
        *lock(&self.asked)
    }

    fn company_of(&self, place: PNumber) -> Option<(&FakeCompany, &FakePlace)> {
        self.companies
            .values()
            .find_map(|company| company.places.iter().find(|p| p.p_number == place).map(|p| (company, p)))
    }
}

impl Transport for Fake {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        *lock(&self.asked) += 1;
        if let Some(failure) = lock(&self.injected).pop_front() {
            return injected(failure);
        }
        let http = request.http();
        let is_soap = http.body().trim_ascii_start().starts_with(b"<");
        let answer = if is_soap { self.soap(http) } else { self.answer_address(http) };
        Ok(answer)
    }
}

impl Fake {
    /// A question to SF1520 or SF1530, told apart by its payload.
    fn soap(&self, http: &http::Request<Vec<u8>>) -> Response<Vec<u8>> {
        let judged = persons::Asked::read(http, self.strictness);
        let outcome = match judged {
            Ok(Some(asked)) => match lock(&self.persons).get(&asked.number) {
                Some(Person::Recorded(body)) => return xml(200, body.clone()),
                Some(Person::MadeUp(person)) => Ok(person.answer(asked.version)),
                None => return not_found(),
            },
            Ok(None) => companies::Asked::read(http, self.strictness).map(|asked| match asked {
                companies::Asked::LegalUnit(cvr) => companies::legal_unit(self.companies.get(&cvr)),
                companies::Asked::Place(number) => companies::place(self.company_of(number)),
                companies::Asked::Places(cvr) => companies::places(self.companies.get(&cvr)),
            }),
            Err(complaint) => Err(complaint),
        };
        match outcome {
            Ok(body) => xml(200, body),
            Err(complaint) => fault(500, "soap:Client", complaint, None),
        }
    }
}

/// Today, as far as the made-up data care.
const TODAY: &str = "2026-11-01";

fn day(text: &str) -> Day {
    text.parse().unwrap_or(Day::MIN)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_found() -> Response<Vec<u8>> {
    fault(500, "soap:Server", "PNR not found", Some(("PNRNotFound", "PNR not found")))
}

fn injected(failure: Injected) -> Result<Response<Vec<u8>>, TransportError> {
    match failure {
        Injected::Transport(error) => Err(error),
        Injected::Status(status, retry_after) => {
            let mut response = answer(status, "", Vec::new());
            if let Some(seconds) = retry_after {
                response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
            }
            Ok(response)
        }
        Injected::Fault { status, code, text, error } => {
            let error = error.as_ref().map(|(code, text)| (&**code, &**text));
            Ok(fault(status, &code, &text, error))
        }
        Injected::Body { status, content_type, body } => Ok(answer(status, &content_type, body)),
    }
}

fn fault(status: u16, code: &str, text: &str, error: Option<(&str, &str)>) -> Response<Vec<u8>> {
    let body = envelope(|out| {
        out.element("soap:Fault", &[], |out| {
            out.leaf("faultcode", code);
            out.leaf("faultstring", text);
            if let Some((code, text)) = error {
                out.element("detail", &[], |out| {
                    out.element("f:ServiceplatformFault", &[("xmlns:f", FAULT_NS)], |out| {
                        out.element("f:ErrorList", &[], |out| {
                            out.element("f:Error", &[], |out| {
                                out.leaf("f:ErrorCode", code);
                                out.leaf("f:ErrorText", text);
                            });
                        });
                    });
                });
            }
        });
    });
    xml(status, body)
}

fn xml(status: u16, body: Vec<u8>) -> Response<Vec<u8>> {
    answer(status, "text/xml; charset=utf-8", body)
}

fn answer(status: u16, content_type: &str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(content_type)
        && !content_type.is_empty()
    {
        response.headers_mut().insert("content-type", value);
    }
    response
}

/// Headers of a SOAP question: the action demanded and the content type.
fn check_headers(http: &http::Request<Vec<u8>>, action: &str) -> Result<(), &'static str> {
    let header = |name| http.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if http.method() != http::Method::POST {
        return Err("SOAP is sent by POST");
    }
    if !header("content-type").starts_with("text/xml") {
        return Err("Content-Type must be text/xml");
    }
    if header("soapaction") != format!("\"{action}\"") {
        return Err("SOAPAction is missing or is another operation's");
    }
    Ok(())
}

/// The namespaces a question may use; the first two as in every list.
const NAMESPACES: &[&str] = &[
    ENVELOPE_NS,
    FAULT_NS,
    crate::context::CALL_NS,
    crate::context::AUTHORITY_NS,
    crate::context::INVOCATION_NS,
    "http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/",
    "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/",
    "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/",
    "http://rep.oio.dk/eogs/xml/2/",
    "http://rep.oio.dk/eogs/xml.wsdl/",
    "http://rep.oio.dk/eogs/xml.schema/",
];
