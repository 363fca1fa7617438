//! The seam to the network: [`Transport`] carries a [`Request`] to an [`Endpoint`] and brings back the answer. What is
//! asked, how often, and what an answer means is decided elsewhere.

mod endpoint;

use std::fmt;
use std::time::Duration;

use http::{Method, Response};
use thiserror::Error;

pub use endpoint::{Endpoint, EndpointError};

/// Carries one question to a service and brings back its answer.
///
/// Synchronous and dyn-compatible, so that it serves programs with and without an async runtime. The feature `reqwest`
/// has an implementation; a vendor's own HTTP client, an ESB or a gateway is another. An implementation follows no
/// redirects, unpacks no compression, keeps [`Request::timeout`] for the whole exchange and stops reading at
/// [`Request::response_limit`]. It does not retry: [`Connection`](crate::client::Connection) does.
///
/// A program that speaks HTTP some other way needs no transport: the services also give their questions as values
/// and read answers from values.
///
/// ```
/// use http::Response;
/// use mo_serviceplatform::client::{Request, Transport, TransportError};
///
/// /// Adds a header to every question, before another transport sends it.
/// struct Labelled<T>(T);
///
/// impl<T: Transport> Transport for Labelled<T> {
///     fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
///         let mut http = request.http().clone();
///         http.headers_mut().insert("x-municipality", http::HeaderValue::from_static("korsbaek"));
///         self.0.send(&request.with_http(http))
///     }
/// }
/// ```
pub trait Transport: Send + Sync {
    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`TransportError`] when there is no whole answer.
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError>;
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        (**self).send(request)
    }
}

/// One question as HTTP. `Debug` shows the address without its query and the size of the body, because queries hold
/// tokens and bodies hold CPR numbers.
///
/// ```
/// use mo_serviceplatform::cpr::{PersonQuestion, Version};
/// use mo_serviceplatform::{Call, Context};
///
/// let question = PersonQuestion::new(Version::V5, Context::Token);
/// let call = Call::new("ib", "Ansættelse", uuid::Uuid::nil())?;
/// let request = question.request(&"https://korsbaek.example/5".parse()?, "0101505000".parse()?, &call);
/// assert!(!format!("{request:?}").contains("0101505000"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Request {
    http: http::Request<Vec<u8>>,
    timeout: Duration,
    response_limit: usize,
}

impl Request {
    pub(crate) fn new(
        method: Method,
        uri: http::Uri,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Request {
        let mut http = http::Request::new(body);
        *http.method_mut() = method;
        *http.uri_mut() = uri;
        for (name, value) in headers {
            // The names are ours and the values ASCII.
            if let Ok(value) = http::HeaderValue::from_str(value) {
                http.headers_mut().insert(*name, value);
            }
        }
        Request { http, timeout: Duration::from_secs(15), response_limit: 2 << 20 }
    }

    pub(crate) fn within(mut self, timeout: Duration, response_limit: usize) -> Request {
        self.timeout = timeout;
        self.response_limit = response_limit;
        self
    }

    /// Method, address, headers and body. The address may hold a token and the body a CPR number: neither belongs in a
    /// log.
    pub fn http(&self) -> &http::Request<Vec<u8>> {
        &self.http
    }

    /// Another message with the same limits, for a transport in front of another that adds a security header or signs.
    #[must_use]
    pub fn with_http(&self, http: http::Request<Vec<u8>>) -> Request {
        Request { http, timeout: self.timeout, response_limit: self.response_limit }
    }

    /// How long the whole exchange may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many bytes of the answer's body are read at most.
    pub fn response_limit(&self) -> usize {
        self.response_limit
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.http.method())
            .field("address", &format_args!("{}", endpoint::without_query(self.http.uri())))
            .field("body", &format_args!("{} bytes", self.http.body().len()))
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Why there is no whole answer. Texts in it come from the transport and hold no address.
///
/// ```
/// use mo_serviceplatform::client::TransportError;
///
/// assert!(TransportError::Broken.is_retryable());
/// assert!(!TransportError::TooLarge { limit: 1 }.is_retryable());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The server refused the TLS handshake.
    #[error("the server refused the TLS handshake: {0}")]
    Rejected(TlsRefusal),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted: {0}")]
    ServerCertificate(String),
    /// No connection could be made.
    #[error("no connection: {0}")]
    Connect(String),
    /// It took too long.
    #[error("no whole answer within {} s", limit.as_secs_f64())]
    Timeout {
        /// The time allowed.
        limit: Duration,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole")]
    Broken,
    /// The answer is larger than is read.
    #[error("the answer is larger than the {limit} bytes that are read")]
    TooLarge {
        /// Bytes read at most.
        limit: usize,
    },
    /// Something else; trying again does not help.
    #[error("{0}")]
    Other(String),
}

impl TransportError {
    /// Whether the same question may go through another time. Asking again is safe: all questions here are reads.
    pub fn is_retryable(&self) -> bool {
        matches!(self, TransportError::Connect(_) | TransportError::Timeout { .. } | TransportError::Broken)
    }
}

/// The TLS alert by which a server refused us, by its name in RFC 8446, such as `certificate_required`.
///
/// ```
/// use mo_serviceplatform::client::TlsRefusal;
///
/// assert_eq!(TlsRefusal("certificate_required".to_owned()).to_string(), "certificate_required");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRefusal(pub String);

impl fmt::Display for TlsRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of a header, where it is text.
pub(crate) fn header<'r>(response: &'r Response<Vec<u8>>, name: &str) -> Option<&'r str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The content type of an answer, empty without one.
pub(crate) fn content_type(response: &Response<Vec<u8>>) -> &str {
    header(response, "content-type").unwrap_or_default()
}
