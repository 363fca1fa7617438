//! [`ReqwestTransport`]: a [`Transport`] over reqwest and rustls. It runs a small runtime of its own on a thread of its
//! own, so it works from synchronous and asynchronous programs alike.

use std::error::Error;
use std::fmt;
use std::sync::mpsc;
use std::time::Duration;

use http::Response;
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use thiserror::Error as ThisError;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::tls::{self, ClientIdentity, TrustedRoots};
use crate::transport::{Request, Transport, TransportError};

/// Sends questions with reqwest: HTTP/1.1 over TLS 1.2 or 1.3, no redirects, no decompression, no proxy but one that is
/// named.
///
/// Cheap to share, not to make: it keeps connections open. For another certificate make another transport; the old
/// one's questions finish first.
///
/// ```no_run
/// use mo_serviceplatform::client::{ClientIdentity, ReqwestTransport};
///
/// let identity = ClientIdentity::from_pem(&std::fs::read("municipality.pem")?)?;
/// let transport = ReqwestTransport::builder().identity(identity).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ReqwestTransport {
    client: Client,
    runtime: Handle,
    /// Dropping it ends the runtime's thread.
    _stop: oneshot::Sender<()>,
}

/// Why there is no [`ReqwestTransport`].
///
/// ```
/// use mo_serviceplatform::client::{ReqwestTransport, SetupError};
///
/// let outcome = ReqwestTransport::builder().proxy("not a URL").build();
/// assert!(matches!(outcome, Err(SetupError::Proxy)));
/// ```
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum SetupError {
    /// The certificates or the key do not fit.
    #[error("the certificates cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// The proxy's address.
    #[error("the proxy's address is not a URL")]
    Proxy,
    /// The client could not be made.
    #[error("the HTTP client could not be set up: {0}")]
    Client(String),
    /// The thread could not be started.
    #[error("the client's thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Makes a [`ReqwestTransport`].
///
/// ```
/// use std::time::Duration;
/// use mo_serviceplatform::client::{ReqwestTransport, TrustedRoots};
///
/// let transport = ReqwestTransport::builder()
///     .roots(TrustedRoots::system())
///     .connect_timeout(Duration::from_secs(2))
///     .build()?;
/// # Ok::<(), mo_serviceplatform::client::SetupError>(())
/// ```
#[derive(Debug, Default)]
pub struct ReqwestTransportBuilder {
    identity: Option<ClientIdentity>,
    roots: TrustedRoots,
    proxy: Option<String>,
    connect_timeout: Option<Duration>,
}

impl ReqwestTransportBuilder {
    /// Showing this client certificate.
    #[must_use]
    pub fn identity(mut self, identity: ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Trusting these authorities; the operating system's unless said.
    #[must_use]
    pub fn roots(mut self, roots: TrustedRoots) -> Self {
        self.roots = roots;
        self
    }

    /// Through this proxy. What the environment says about proxies is not heeded.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// With so much time for connecting; 5 s unless said. The whole exchange has the time its connection gives it.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn build(self) -> Result<ReqwestTransport, SetupError> {
        let config = tls::config(self.identity.as_ref(), self.roots)?;
        let mut client = Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(self.connect_timeout.unwrap_or(Duration::from_secs(5)))
            .user_agent(concat!("mo-serviceplatform/", env!("CARGO_PKG_VERSION")));
        if let Some(url) = &self.proxy {
            client = client.proxy(Proxy::all(url).map_err(|_| SetupError::Proxy)?);
        }
        let client = client.build().map_err(|error| SetupError::Client(error.without_url().to_string()))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::Builder::new().name("mo-serviceplatform".to_owned()).spawn(move || {
            // Ends when the sender is dropped; there is nothing to be sent.
            runtime.block_on(stopped).ok();
        })?;
        Ok(ReqwestTransport { client, runtime: handle, _stop: stop })
    }
}

impl ReqwestTransport {
    /// A transport without client certificate that trusts the operating system's authorities; say more before building.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::default()
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport(…)")
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        let (timeout, limit) = (request.timeout(), request.response_limit());
        let mut outgoing = reqwest::Request::try_from(request.http().clone())
            .map_err(|_| TransportError::Other("the address cannot be used".to_owned()))?;
        *outgoing.timeout_mut() = Some(timeout);
        let client = self.client.clone();
        let (answer, answered) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let outcome = exchange(&client, outgoing, limit).await;
            // Nobody waits any more when the caller's thread is gone.
            answer.send(outcome).ok();
        });
        let outcome =
            answered.recv().map_err(|_| TransportError::Other("the client has stopped".to_owned()))?;
        outcome.map_err(|failure| match failure {
            Failure::TooLarge => TransportError::TooLarge { limit },
            Failure::Reqwest(error) => meaning(&error, timeout),
        })
    }
}

enum Failure {
    TooLarge,
    Reqwest(reqwest::Error),
}

async fn exchange(
    client: &Client,
    request: reqwest::Request,
    limit: usize,
) -> Result<Response<Vec<u8>>, Failure> {
    let mut incoming = client.execute(request).await.map_err(Failure::Reqwest)?;
    if incoming.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Failure::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = incoming.chunk().await.map_err(Failure::Reqwest)? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(body);
    *response.status_mut() = incoming.status();
    *response.headers_mut() = std::mem::take(incoming.headers_mut());
    Ok(response)
}

/// What an error of reqwest means. Its own text is not used: it holds the address.
fn meaning(error: &reqwest::Error, timeout: Duration) -> TransportError {
    if let Some(failure) = tls::failure(error) {
        return failure;
    }
    if error.is_timeout() && error.is_connect() {
        return TransportError::Connect("no connection in time".to_owned());
    }
    if error.is_timeout() {
        return TransportError::Timeout { limit: timeout };
    }
    if error.is_builder() {
        return TransportError::Other("the question cannot be sent as HTTP".to_owned());
    }
    if error.is_connect() {
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                return TransportError::Connect(io.kind().to_string());
            }
            source = inner.source();
        }
        return TransportError::Connect("the host cannot be reached".to_owned());
    }
    TransportError::Broken
}
