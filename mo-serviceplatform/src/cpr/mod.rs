//! Persons from the CPR register: SF1520 *CPR replika opslag*, `PersonLookup`, versions 4 and 5. [`PersonLookup`] is the
//! seam, [`CprService`] the real thing. Nothing here changes a registry.

mod person;
mod protection;
mod read;
mod status;

use std::fmt;
use std::sync::Arc;

use http::Response;
use mo_core::model::value::{Cpr, CprForm};
use mo_core::time::{Day, Instant};

pub use person::{
    ContactAddress, CprAddress, Dated, Departure, Guarded, PersonName, PersonRecord, PrivateAddresses,
    Sealed, Unreadable,
};
pub use protection::{Protection, WhenSilent};
pub use status::Status;

use crate::audit::{Auditing, PseudonymKey};
use crate::client::{Cache, CacheLimits, Connection, Kept, Question, Stripes};
use crate::context::{Call, Context};
use crate::error::{LookupError, ProtocolError, Refusal, Service};
use crate::exchange::{Reading, soap_request};
use crate::recording::{Looked, recorded};
use crate::soap::{FaultClasses, Ns, XmlLimits, envelope};
use crate::transport::{Endpoint, Request};
use crate::zone::danish_day;

/// The version of the service contract. They differ in namespace, action and address only.
///
/// ```
/// use mo_serviceplatform::cpr::Version;
///
/// assert!(Version::V4 < Version::V5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// `PersonBaseDataExtended/4`.
    V4,
    /// `PersonBaseDataExtended/5`.
    V5,
}

impl Version {
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Version::V4 => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/",
            Version::V5 => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/",
        }
    }

    fn ns(self) -> Ns {
        match self {
            Version::V4 => read::V4,
            Version::V5 => read::V5,
        }
    }
}

/// What the register says, and when it said it.
///
/// ```
/// use mo_serviceplatform::cpr::{PersonAnswer, PersonRecord};
///
/// let answer = PersonAnswer::new(PersonRecord::default(), "2026-10-31T23:30:00Z".parse()?);
/// assert_eq!(answer.day(), "2026-11-01".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonAnswer {
    /// What it says.
    pub record: PersonRecord,
    /// When it answered; earlier than the look-up where the answer was kept.
    pub answered: Instant,
}

impl PersonAnswer {
    /// An answer of this moment.
    pub fn new(record: PersonRecord, answered: Instant) -> PersonAnswer {
        PersonAnswer { record, answered }
    }

    /// The Danish day on which the register answered.
    pub fn day(&self) -> Day {
        danish_day(self.answered)
    }
}

/// A person, also when the number asked for is not the person's any more.
///
/// ```
/// use mo_serviceplatform::cpr::Followed;
///
/// fn has_a_new_number(found: &Followed) -> bool {
///     !found.former.is_empty()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Followed {
    /// What the register says under the current number.
    pub answer: PersonAnswer,
    /// The number that answer was asked by.
    pub number: Cpr,
    /// The person's earlier numbers, in the order they were followed; empty when the first was current.
    pub former: Vec<Cpr>,
}

/// Looks persons up by CPR number.
///
/// ```
/// use mo_serviceplatform::cpr::PersonLookup;
/// use mo_serviceplatform::{Call, LookupError};
/// # use mo_core::model::value::Cpr;
///
/// fn is_protected(register: &dyn PersonLookup, number: Cpr, call: &Call) -> Result<bool, LookupError> {
///     let answer = register.look_up(number, call)?;
///     Ok(answer.record.is_protected_on(answer.day()))
/// }
/// ```
pub trait PersonLookup: Send + Sync {
    /// What the register says of exactly this number; a person with a new number is not followed.
    ///
    /// # Errors
    /// [`LookupError`]; [`Refusal::ReplacementNumber`] without asking for a number made locally.
    fn look_up(&self, number: Cpr, call: &Call) -> Result<PersonAnswer, LookupError>;
}

impl<L: PersonLookup + ?Sized> PersonLookup for Arc<L> {
    fn look_up(&self, number: Cpr, call: &Call) -> Result<PersonAnswer, LookupError> {
        (**self).look_up(number, call)
    }
}

/// Comfort on every [`PersonLookup`]. Not for implementing.
///
/// ```
/// use mo_core::model::value::Cpr;
/// use mo_serviceplatform::cpr::{PersonLookup, PersonLookupExt};
/// use mo_serviceplatform::{Call, LookupError};
///
/// /// The number the person has today.
/// fn current(register: &dyn PersonLookup, number: Cpr, call: &Call) -> Result<Cpr, LookupError> {
///     Ok(register.follow(number, call)?.number)
/// }
/// ```
pub trait PersonLookupExt: PersonLookup {
    /// The person behind a number, following changes of number to the current one. Each step is a look-up of its own.
    ///
    /// # Errors
    /// Those of [`PersonLookup::look_up`], and [`Refusal::NumberChain`] for numbers that lead nowhere.
    fn follow(&self, number: Cpr, call: &Call) -> Result<Followed, LookupError> {
        const MOST: usize = 5;
        let mut number = number;
        let mut former = Vec::new();
        loop {
            let answer = self.look_up(number, call)?;
            let Some(next) = answer.record.new_number() else {
                return Ok(Followed { answer, number, former });
            };
            former.push(number);
            if former.contains(&next) || former.len() > MOST {
                return Err(Refusal::NumberChain { hops: former.len() }.into());
            }
            number = next;
        }
    }
}

impl<L: PersonLookup + ?Sized> PersonLookupExt for L {}

/// The question and the reading of its answer, for programs that carry messages themselves.
///
/// ```
/// use mo_serviceplatform::cpr::{PersonQuestion, Version};
/// use mo_serviceplatform::{Call, Context};
/// # use uuid::Uuid;
///
/// let call = Call::new("ib", "Ansættelse", Uuid::from_u128(1))?;
/// let question = PersonQuestion::new(Version::V5, Context::authority("99999993".parse()?));
/// let request = question.request(&"https://korsbaek.example/5".parse()?, "0101505000".parse()?, &call);
/// assert_eq!(request.http().method(), "POST");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PersonQuestion {
    version: Version,
    context: Context,
    faults: FaultClasses,
    limits: XmlLimits,
    silent: WhenSilent,
}

impl PersonQuestion {
    /// A question of this version by this right.
    pub fn new(version: Version, context: Context) -> PersonQuestion {
        PersonQuestion {
            version,
            context,
            faults: FaultClasses::new(),
            limits: XmlLimits::default(),
            silent: WhenSilent::default(),
        }
    }

    /// The question about `number` as HTTP.
    pub fn request(&self, endpoint: &Endpoint, number: Cpr, call: &Call) -> Request {
        let namespace = self.version.namespace();
        let body = envelope(|out| {
            out.element("cpr:PersonLookupRequest", &[("xmlns:cpr", namespace)], |out| {
                call.write(self.context, out);
                out.element("pnr:PNR", &[("xmlns:pnr", PNR_NS)], |out| out.text(&number.reveal()));
            });
        });
        soap_request(endpoint, &format!("\"{namespace}PersonLookup\""), body)
    }

    /// Reads the answer to the question about `number`.
    ///
    /// # Errors
    /// [`LookupError`] but never [`Refused`](LookupError::Refused).
    pub fn read(&self, number: Cpr, response: &Response<Vec<u8>>) -> Result<PersonRecord, LookupError> {
        let ns = self.version.ns();
        let reading = Reading {
            service: Service::Cpr,
            namespaces: read::NAMESPACES,
            limits: self.limits,
            faults: &self.faults,
        };
        let mut record = reading.answer(response, |reader, payload| read::person(reader, payload, ns))?;
        if record.number.is_some_and(|echoed| echoed != number) {
            return Err(LookupError::Protocol { service: Service::Cpr, error: ProtocolError::OtherSubject });
        }
        record.number = Some(number);
        record.silent = self.silent;
        Ok(record)
    }
}

const PNR_NS: &str = "http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/";

/// SF1520 at an endpoint.
///
/// Every look-up is recorded ([`Auditing`]); without a choice about that, none is made. `Send + Sync`; share it.
///
/// ```no_run
/// # fn example(transport: impl mo_serviceplatform::client::Transport + 'static, clock: impl mo_core::time::Clock + Clone + 'static)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use mo_serviceplatform::audit::{Auditing, MemoryAudit, PseudonymKey};
/// use mo_serviceplatform::client::{CacheLimits, Connection};
/// use mo_serviceplatform::cpr::{CprService, PersonLookupExt, Version};
/// use mo_serviceplatform::{Call, Context};
///
/// let key = PseudonymKey::new(std::fs::read("pseudonym.key")?)?;
/// let service = CprService::new(
///     Connection::new(transport, clock),
///     "https://exttest.serviceplatformen.dk/service/CPR/PersonBaseDataExtended/5".parse()?,
///     Version::V5,
///     Context::authority("99999993".parse()?),
/// )
/// .audited(Auditing::to(MemoryAudit::new(), key.clone()))
/// .cached(CacheLimits::PERSONS, key);
///
/// let call = Call::new("ib", "Ansættelse", uuid::Uuid::from_u128(1))?;
/// let person = service.follow("0101505000".parse()?, &call)?;
/// println!("{:?}", person.answer.record.status);
/// # Ok(())
/// # }
/// ```
pub struct CprService {
    connection: Connection,
    endpoint: Endpoint,
    question: PersonQuestion,
    auditing: Auditing,
    memory: Option<Memory>,
}

/// Answers kept for a while.
struct Memory {
    cache: Cache<PersonAnswer>,
    key: PseudonymKey,
    under_way: Stripes,
}

impl fmt::Debug for CprService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CprService")
            .field("endpoint", &self.endpoint)
            .field("question", &self.question)
            .field("auditing", &self.auditing)
            .field("cached", &self.memory.is_some())
            .finish_non_exhaustive()
    }
}

impl CprService {
    /// The service of this version at `endpoint`, asked by the right that `context` tells. No look-up is made before
    /// [`audited`](CprService::audited) has said where it is recorded.
    pub fn new(connection: Connection, endpoint: Endpoint, version: Version, context: Context) -> CprService {
        CprService {
            connection,
            endpoint,
            question: PersonQuestion::new(version, context),
            auditing: Auditing::default(),
            memory: None,
        }
    }

    /// Recording look-ups there.
    #[must_use]
    pub fn audited(mut self, auditing: Auditing) -> CprService {
        self.auditing = auditing;
        self
    }

    /// Keeping answers for a while in memory, under hashes keyed by `key`. A look-up that is answered so is recorded like
    /// any other. Outages and faults are never kept, and whether a person is protected is asked of the kept answer anew
    /// for every day.
    #[must_use]
    pub fn cached(mut self, limits: CacheLimits, key: PseudonymKey) -> CprService {
        self.memory = Some(Memory { cache: Cache::new(limits), key, under_way: Stripes::new() });
        self
    }

    /// With what is known of the service's error codes.
    #[must_use]
    pub fn knowing_faults(mut self, faults: FaultClasses) -> CprService {
        self.question.faults = faults;
        self
    }

    /// Taking an answer that is silent about protection so.
    #[must_use]
    pub fn when_silent(mut self, silent: WhenSilent) -> CprService {
        self.question.silent = silent;
        self
    }

    /// Reading answers within these limits.
    #[must_use]
    pub fn limited(mut self, limits: XmlLimits) -> CprService {
        self.question.limits = limits;
        self
    }

    /// Drops the kept answer about a number, for example because an event says that it changed.
    pub fn forget(&self, number: Cpr) {
        if let Some(memory) = &self.memory {
            memory.cache.forget(&self.cache_key(memory, number));
        }
    }

    fn cache_key(&self, memory: &Memory, number: Cpr) -> [u8; 32] {
        memory.key.hash(self.question.version.namespace(), number.reveal().as_bytes())
    }

    fn ask(&self, number: Cpr, call: &Call) -> Looked<PersonAnswer> {
        let exchange = self.connection.ask(&Question {
            service: Service::Cpr,
            correlation: call.correlation(),
            response_limit: self.question.limits.bytes,
            passing: None,
            request: &self.question.request(&self.endpoint, number, call),
        });
        let answered = self.connection.clock().now();
        let record = exchange.answer.and_then(|response| self.question.read(number, &response));
        Looked::asked(exchange.attempts, record.map(|record| PersonAnswer { record, answered }))
    }

    fn ask_or_recall(&self, number: Cpr, call: &Call) -> Looked<PersonAnswer> {
        let Some(memory) = &self.memory else { return self.ask(number, call) };
        let key = self.cache_key(memory, number);
        let _under_way = memory.under_way.lock(&key);
        match memory.cache.get(&key, self.connection.clock().now()) {
            Some(Kept::Found(answer)) => return Looked::kept(Ok(answer)),
            Some(Kept::Missing) => {
                return Looked::kept(Err(LookupError::NotFound { service: Service::Cpr }));
            }
            None => {}
        }
        let looked = self.ask(number, call);
        match &looked.result {
            Ok(answer) => memory.cache.put(key, Kept::Found(answer.clone()), answer.answered),
            Err(LookupError::NotFound { .. }) => {
                memory.cache.put(key, Kept::Missing, self.connection.clock().now());
            }
            Err(_) => {}
        }
        looked
    }
}

impl PersonLookup for CprService {
    fn look_up(&self, number: Cpr, call: &Call) -> Result<PersonAnswer, LookupError> {
        if number.form() != CprForm::Ordinary {
            return Err(Refusal::ReplacementNumber.into());
        }
        let clock = &**self.connection.clock();
        recorded(&self.auditing, clock, Service::Cpr, Some(call), Some(number), || {
            self.ask_or_recall(number, call)
        })
    }
}
