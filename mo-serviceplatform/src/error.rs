//! What a look-up can end in besides an answer: [`LookupError`], by what the caller can do about it. What went wrong
//! below it (transport, XML, faults, audit) has its own type beside the code that finds it.

use std::fmt;
use std::time::Duration;

use mo_core::time::Instant;
use thiserror::Error;

use crate::audit::AuditError;
use crate::soap::{Fault, XmlError};
use crate::transport::{TlsRefusal, TransportError};

/// The services that are asked.
///
/// ```
/// use mo_serviceplatform::Service;
///
/// assert_eq!(Service::Cpr.to_string(), "SF1520");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// SF1520, `PersonBaseDataExtended`: persons from the CPR replica of Serviceplatformen.
    Cpr,
    /// SF1530, CVR-Online: legal units and production units.
    Cvr,
    /// Adressevælger: addresses by id, and search.
    Adressevaelger,
    /// Adressevask: text to address.
    Adressevask,
    /// Datafordeler, GraphQL, Danmarks Adresseregister.
    Datafordeler,
}

impl Service {
    /// Its name in messages and audit records.
    pub fn name(self) -> &'static str {
        match self {
            Service::Cpr => "SF1520",
            Service::Cvr => "SF1530",
            Service::Adressevaelger => "Adressevælger",
            Service::Adressevask => "Adressevask",
            Service::Datafordeler => "Datafordeler DAR",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a look-up has no answer.
///
/// The variants are what a caller treats differently: nobody there, no right to ask, a question that is wrong, a
/// service that is down, an answer that cannot be read, and a question that was not sent at all. An outage is never
/// told as "not found". No variant holds a CPR number, a name, a key, a token or a URL.
///
/// ```
/// use mo_serviceplatform::{LookupError, Outage, Service};
///
/// let down = LookupError::Unavailable { service: Service::Cpr, outage: Outage::Status(503), retry_after: None };
/// assert!(down.is_retryable());
/// assert!(!LookupError::NotFound { service: Service::Cpr }.is_retryable());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LookupError {
    /// The service knows nobody and nothing by that number, id or text.
    #[error("{service} knows nothing by that number or id")]
    NotFound {
        /// Who was asked.
        service: Service,
    },
    /// The service does not let us ask: certificate, agreement or token.
    #[error("{service} gives no access: {refusal}")]
    NoAccess {
        /// Who was asked.
        service: Service,
        /// What it says.
        refusal: AccessRefusal,
    },
    /// The service finds the question wrong; asking it again gives the same.
    #[error("{service} refuses the question: {complaint}")]
    BadRequest {
        /// Who was asked.
        service: Service,
        /// What it says.
        complaint: Complaint,
    },
    /// The service cannot be reached or cannot answer now.
    #[error("{service} is not available: {outage}")]
    Unavailable {
        /// Who was asked.
        service: Service,
        /// What happened.
        outage: Outage,
        /// How long the service asks to be left alone, where it says so.
        retry_after: Option<Duration>,
    },
    /// The answer is not what the contract says.
    #[error("{service} answers something else than its contract says: {error}")]
    Protocol {
        /// Who was asked.
        service: Service,
        /// What is wrong with it.
        error: ProtocolError,
    },
    /// The question was not sent.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl LookupError {
    /// Whether the same question may be answered at another time without anybody mending anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            LookupError::Unavailable { outage, .. } => !matches!(outage, Outage::Fault(_)),
            _ => false,
        }
    }

    /// The class in one word, for audit records and counters.
    pub fn class(&self) -> &'static str {
        match self {
            LookupError::NotFound { .. } => "not_found",
            LookupError::NoAccess { .. } => "no_access",
            LookupError::BadRequest { .. } => "bad_request",
            LookupError::Unavailable { .. } => "unavailable",
            LookupError::Protocol { .. } => "protocol",
            LookupError::Refused(_) => "refused",
        }
    }

    /// What a failed transport means for the one who asked `service`.
    pub(crate) fn from_transport(service: Service, error: TransportError) -> LookupError {
        let down = |outage| LookupError::Unavailable { service, outage, retry_after: None };
        let strange = |error| LookupError::Protocol { service, error };
        let closed = |refusal| LookupError::NoAccess { service, refusal };
        match error {
            TransportError::Rejected(refusal) => closed(AccessRefusal::Tls(refusal)),
            TransportError::ServerCertificate(why) => closed(AccessRefusal::ServerCertificate(why)),
            TransportError::Connect(why) => down(Outage::Connect(why)),
            TransportError::Timeout { limit } => down(Outage::Timeout { limit }),
            TransportError::Broken => down(Outage::Broken),
            TransportError::TooLarge { limit } => strange(ProtocolError::TooLarge { limit }),
            TransportError::Other(why) => strange(ProtocolError::Transport(why)),
        }
    }
}

/// How access was refused.
///
/// ```
/// use mo_serviceplatform::{AccessRefusal, LookupError};
///
/// /// Whether to look at our own certificate first.
/// fn is_about_our_certificate(error: &LookupError) -> bool {
///     matches!(error, LookupError::NoAccess { refusal: AccessRefusal::Tls(_), .. })
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AccessRefusal {
    /// By a TLS alert: the client certificate is missing, expired, revoked or not registered.
    #[error(
        "the TLS handshake was refused ({0}); see that the client certificate is valid and registered with the service"
    )]
    Tls(TlsRefusal),
    /// By us: the server's own certificate is not trusted.
    #[error("the server's certificate is not trusted ({0}); check the address and the CA")]
    ServerCertificate(String),
    /// By HTTP status 401, 403 or 407.
    #[error("HTTP status {0}; check the agreement, the token or the key")]
    Status(u16),
    /// By a fault that says so.
    #[error("{0}")]
    Fault(Fault),
}

/// What the service finds wrong with a question.
///
/// ```
/// use mo_serviceplatform::Complaint;
///
/// assert_eq!(Complaint::Status(404).to_string(), "HTTP status 404; check the endpoint's address and version");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Complaint {
    /// Told by an HTTP status.
    #[error("HTTP status {0}; check the endpoint's address and version")]
    Status(u16),
    /// Told by a fault.
    #[error("{0}")]
    Fault(Fault),
    /// Told in words or codes of the service, numbers in them masked.
    #[error("{0:?}")]
    Message(String),
}

/// Why a service has no answer now.
///
/// ```
/// use std::time::Duration;
/// use mo_serviceplatform::Outage;
///
/// let outage = Outage::Timeout { limit: Duration::from_secs(15) };
/// assert_eq!(outage.to_string(), "no whole answer within 15 s");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Outage {
    /// No connection.
    #[error("no connection ({0})")]
    Connect(String),
    /// No answer, or not all of it, in time.
    #[error("no whole answer within {} s", limit.as_secs_f64())]
    Timeout {
        /// The time allowed.
        limit: Duration,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole")]
    Broken,
    /// Told by HTTP status 429 or 5xx.
    #[error("HTTP status {0}")]
    Status(u16),
    /// Told by a fault of the service's own.
    #[error("{0}")]
    Fault(Fault),
    /// It failed several times in a row and is left alone for a while.
    #[error("it failed several times in a row and is left alone until {until}")]
    CircuitOpen {
        /// When it is tried again.
        until: Instant,
    },
}

/// What is wrong with an answer.
///
/// ```
/// use mo_serviceplatform::ProtocolError;
///
/// let error = ProtocolError::TooLarge { limit: 2 << 20 };
/// assert_eq!(error.to_string(), "it is larger than the 2097152 bytes that are read");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// It is not XML or JSON but, say, a web page.
    #[error("it is {content_type:?}, not {expected}")]
    ContentType {
        /// What was expected: `XML` or `JSON`.
        expected: &'static str,
        /// What the header says; empty without a header.
        content_type: String,
    },
    /// It cannot be read as XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// It cannot be read as the JSON expected.
    #[error("its JSON cannot be read: {0}")]
    Json(String),
    /// It is XML with another element where the contract has this one.
    #[error("it has {found:?} where {expected:?} belongs")]
    Element {
        /// What the contract says.
        expected: &'static str,
        /// What is there; empty when nothing is.
        found: String,
    },
    /// It is about another number or id than was asked for.
    #[error("it is about something else than what was asked for")]
    OtherSubject,
    /// It sends us elsewhere. Redirects are not followed: they would carry personal data with them.
    #[error("it redirects (HTTP status {0}), which is not followed; check the endpoint's address")]
    Redirect(u16),
    /// It is compressed though that was not asked for; it is not unpacked.
    #[error("it is compressed ({0:?}) though that was not asked for")]
    Compressed(String),
    /// It is larger than is read.
    #[error("it is larger than the {limit} bytes that are read")]
    TooLarge {
        /// Bytes that are read at most.
        limit: usize,
    },
    /// A fault of a kind that SOAP 1.1 does not have.
    #[error("{0}")]
    Fault(Fault),
    /// The transport failed in a way of its own.
    #[error("the transport failed: {0}")]
    Transport(String),
}

/// Why a question was not sent.
///
/// ```
/// use mo_serviceplatform::{LookupError, Refusal};
///
/// let error = LookupError::from(Refusal::ReplacementNumber);
/// assert_eq!(error.class(), "refused");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A replacement number (day 61–91): made locally, so no register knows it.
    #[error("a replacement number is not looked up: the CPR register does not know it")]
    ReplacementNumber,
    /// No audit sink was given and going without was not chosen.
    #[error(
        "a look-up of a person needs an audit sink: give the service one, or choose `Auditing::none` where another system keeps the record"
    )]
    NoAudit,
    /// The audit sink did not take the record, so the look-up was not made or its answer is held back.
    #[error("the look-up could not be recorded: {0}")]
    Audit(#[from] AuditError),
    /// New numbers lead on and on, or in a circle.
    #[error("the person's new numbers lead to each other without end ({hops} followed)")]
    NumberChain {
        /// How many were followed.
        hops: usize,
    },
}
