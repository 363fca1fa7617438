//! [`FakeServer`]: a fake behind real mutual TLS on loopback, and the ways a server can misbehave. Just enough HTTP/1.1
//! for one question a connection.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, Response, Uri};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use socket2::SockRef;

use super::FakePki;
use crate::transport::{Request, Transport};

/// What the server does with a question.
///
/// ```
/// use std::sync::Arc;
/// use mo_serviceplatform::fake::{Behaviour, Fake, FakePki, FakeServer};
///
/// let pki = FakePki::new()?;
/// let server = FakeServer::new(&pki, Arc::new(Fake::korsbaek())).behaving(Behaviour::HalfBody).start()?;
/// assert_eq!(server.connections(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Behaviour {
    /// Answers.
    #[default]
    Answer,
    /// Answers one byte at a time with this pause, for at most 30 s.
    Drip(Duration),
    /// Says nothing for at most 30 s.
    Stall,
    /// Closes the connection without a word once the question is in.
    Close,
    /// Resets the connection (TCP `RST`) once the question is in.
    Reset,
    /// Sends half of the body it has announced.
    HalfBody,
    /// Sends a body of so many bytes, announced or (by chunks) not.
    Large {
        /// How many bytes.
        bytes: usize,
        /// Whether `Content-Length` says so.
        announced: bool,
    },
    /// Sends a web page with status 200.
    WebPage,
    /// Redirects to another host.
    Redirect,
    /// Sends gzip whether wanted or not: a thousandth of so many bytes, which unpacks to so many blanks.
    GzipBomb {
        /// How many bytes it unpacks to.
        bytes: usize,
    },
}

/// The versions of TLS the server speaks.
///
/// ```
/// use std::sync::Arc;
/// use mo_serviceplatform::fake::{Fake, FakePki, FakeServer, TlsVersions};
///
/// let pki = FakePki::new()?;
/// let server = FakeServer::new(&pki, Arc::new(Fake::korsbaek())).speaking(TlsVersions::V12).start()?;
/// # drop(server);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum TlsVersions {
    /// Only 1.2.
    V12,
    /// Only 1.3.
    V13,
}

/// A server on loopback that demands a client certificate of its authority. Ends when dropped.
///
/// ```
/// use std::sync::Arc;
/// use mo_serviceplatform::fake::{Fake, FakePki, FakeServer};
///
/// let pki = FakePki::new()?;
/// let server = FakeServer::new(&pki, Arc::new(Fake::korsbaek())).start()?;
/// println!("ask at {}", server.url("/service/CPR/PersonBaseDataExtended/5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    connections: Arc<AtomicU64>,
}

/// A [`FakeServer`] that is not running yet.
///
/// ```
/// use std::sync::Arc;
/// use mo_serviceplatform::fake::{Fake, FakePki, FakeServer};
///
/// let (ours, theirs) = (FakePki::new()?, FakePki::new()?);
/// // Our clients find an expired certificate, and are not trusted either.
/// let server = FakeServer::new(&ours, Arc::new(Fake::korsbaek())).expired().trusting(&theirs).start()?;
/// # drop(server);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FakeServerBuilder<'p> {
    pki: &'p FakePki,
    services: Arc<dyn Transport>,
    behaviour: Behaviour,
    versions: Vec<&'static SupportedProtocolVersion>,
    expired: bool,
    trusted: &'p FakePki,
}

impl std::fmt::Debug for FakeServerBuilder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeServerBuilder").field("behaviour", &self.behaviour).finish_non_exhaustive()
    }
}

impl<'p> FakeServerBuilder<'p> {
    /// Behaving so.
    #[must_use]
    pub fn behaving(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Speaking this version of TLS only.
    #[must_use]
    pub fn speaking(mut self, version: TlsVersions) -> Self {
        self.versions = match version {
            TlsVersions::V12 => vec![&rustls::version::TLS12],
            TlsVersions::V13 => vec![&rustls::version::TLS13],
        };
        self
    }

    /// Showing a certificate that has expired.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// Trusting the clients of another authority.
    #[must_use]
    pub fn trusting(mut self, clients: &'p FakePki) -> Self {
        self.trusted = clients;
        self
    }

    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`io::Error`] when the port or the certificates cannot be had.
    pub fn start(self) -> io::Result<FakeServer> {
        let config = Arc::new(self.config()?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(AtomicU64::new(0));
        let (stop, count) = (Arc::clone(&stopping), Arc::clone(&connections));
        let (services, behaviour) = (self.services, self.behaviour);
        std::thread::Builder::new().name("fake-server".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                count.fetch_add(1, Ordering::SeqCst);
                let (config, services) = (Arc::clone(&config), Arc::clone(&services));
                std::thread::spawn(move || {
                    // A client that goes away, or is sent away, is what this server is for.
                    serve(stream, config, &*services, behaviour).ok();
                });
            }
        })?;
        Ok(FakeServer { address, stopping, connections })
    }

    fn config(&self) -> io::Result<ServerConfig> {
        let wrong = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
        let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|e| wrong(&e));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(certificate(self.trusted.ca_pem())?).map_err(|e| wrong(&e))?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|e| wrong(&e))?;
        let (chain, key) = self.pki.server(self.expired);
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|e| wrong(&e))?;
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .map_err(|e| wrong(&e))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate(chain)?], key)
            .map_err(|e| wrong(&e))
    }
}

impl FakeServer {
    /// A server of this authority in front of `services`, such as a [`Fake`](super::Fake). Speaks TLS 1.2 and 1.3.
    #[allow(clippy::new_ret_no_self)] // it has to be started
    pub fn new(pki: &FakePki, services: Arc<dyn Transport>) -> FakeServerBuilder<'_> {
        FakeServerBuilder {
            pki,
            services,
            behaviour: Behaviour::Answer,
            versions: vec![&rustls::version::TLS13, &rustls::version::TLS12],
            expired: false,
            trusted: pki,
        }
    }

    /// Its address with this path.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// How many connections were made to it, those that TLS ended among them.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection; when that fails it wakes with the next one.
        TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).ok();
    }
}

/// No connection lives longer without a byte.
const PATIENCE: Duration = Duration::from_secs(10);

fn serve(
    tcp: TcpStream,
    config: Arc<ServerConfig>,
    services: &dyn Transport,
    behaviour: Behaviour,
) -> io::Result<()> {
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let mut raw = tcp.try_clone()?;
    let session = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut tls = StreamOwned::new(session, tcp);
    let outcome = converse(&mut tls, services, behaviour);
    if behaviour == Behaviour::Close {
        return raw.shutdown(Shutdown::Both);
    }
    if behaviour == Behaviour::Reset {
        // A connection that lingers no time is reset when it is closed.
        return SockRef::from(&raw).set_linger(Some(Duration::ZERO));
    }
    if behaviour != Behaviour::HalfBody {
        tls.conn.send_close_notify();
    }
    // What TLS has still to say (an alert, the good-bye) must reach the client, and unread bytes would cut it off.
    tls.conn.write_tls(&mut tls.sock).ok();
    raw.shutdown(Shutdown::Write)?;
    let mut rest = [0; 4096];
    while raw.read(&mut rest)? > 0 {}
    outcome
}

fn converse(
    tls: &mut StreamOwned<ServerConnection, TcpStream>,
    services: &dyn Transport,
    behaviour: Behaviour,
) -> io::Result<()> {
    if behaviour == Behaviour::Answer {
        return serve_once(tls, services);
    }
    let request = read_request(tls)?;
    let answer = match behaviour {
        Behaviour::Close | Behaviour::Reset => return Ok(()),
        Behaviour::Stall => {
            // Until the client has gone.
            for _ in 0..30 {
                let mut rest = [0; 1];
                match tls.read(&mut rest) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    _ => return Ok(()),
                }
            }
            return Ok(());
        }
        Behaviour::WebPage => {
            page(200, "text/html", b"<html><body>Vedligeholdelse</body></html>".to_vec(), &[])
        }
        Behaviour::Redirect => {
            page(302, "text/html", Vec::new(), &[("location", "https://elsewhere.example/")])
        }
        Behaviour::GzipBomb { bytes } => {
            page(200, "text/xml", gzip_of_blanks(bytes)?, &[("content-encoding", "gzip")])
        }
        Behaviour::Large { bytes, announced } => return large(tls, bytes, announced),
        Behaviour::Answer | Behaviour::Drip(_) | Behaviour::HalfBody => {
            services.send(&request).map_err(|error| io::Error::other(error.to_string()))?
        }
    };
    let (head, body) = (head_of(&answer)?, answer.body());
    tls.write_all(&head)?;
    match behaviour {
        Behaviour::HalfBody => tls.write_all(body.get(..body.len() / 2).unwrap_or_default())?,
        Behaviour::Drip(pause) => {
            let most = 30_000 / pause.as_millis().max(1);
            for byte in body.iter().take(usize::try_from(most).unwrap_or(usize::MAX)) {
                tls.write_all(&[*byte])?;
                tls.flush()?;
                std::thread::sleep(pause);
            }
        }
        _ => tls.write_all(body)?,
    }
    tls.flush()
}

/// Answers one question on a connection, whatever carries it: for a test's own server without TLS.
///
/// # Errors
/// [`io::Error`] when the connection breaks, the question is not HTTP/1.1, or `services` has no answer.
pub fn serve_once(stream: &mut (impl Read + Write), services: &dyn Transport) -> io::Result<()> {
    let request = read_request(stream)?;
    let answer = services.send(&request).map_err(|error| io::Error::other(error.to_string()))?;
    stream.write_all(&head_of(&answer)?)?;
    stream.write_all(answer.body())?;
    stream.flush()
}

fn large(tls: &mut impl Write, bytes: usize, announced: bool) -> io::Result<()> {
    let length =
        if announced { format!("content-length: {bytes}") } else { "transfer-encoding: chunked".to_owned() };
    write!(tls, "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n{length}\r\n\r\n")?;
    let block = [b' '; 8192];
    let mut left = bytes;
    while left > 0 {
        let some = left.min(block.len());
        if !announced {
            write!(tls, "{some:x}\r\n")?;
        }
        tls.write_all(block.get(..some).unwrap_or_default())?;
        if !announced {
            tls.write_all(b"\r\n")?;
        }
        left -= some;
    }
    if !announced {
        tls.write_all(b"0\r\n\r\n")?;
    }
    tls.flush()
}

fn gzip_of_blanks(bytes: usize) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = u64::try_from(bytes).unwrap_or(u64::MAX);
    io::copy(&mut io::repeat(b' ').take(blanks), &mut gzip)?;
    gzip.finish()
}

fn page(
    status: u16,
    content_type: &str,
    body: Vec<u8>,
    headers: &[(&'static str, &str)],
) -> Response<Vec<u8>> {
    let mut response = super::answer(status, content_type, body);
    for (name, value) in headers {
        if let Ok(value) = http::HeaderValue::from_str(value) {
            response.headers_mut().insert(*name, value);
        }
    }
    response
}

fn head_of(answer: &Response<Vec<u8>>) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    write!(head, "HTTP/1.1 {}\r\n", answer.status())?;
    for (name, value) in answer.headers() {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default())?;
    }
    write!(head, "content-length: {}\r\nconnection: close\r\n\r\n", answer.body().len())?;
    Ok(head)
}

/// One question: its head up to 16 KB, a body as long as it says up to 1 MiB.
fn read_request(tls: &mut impl Read) -> io::Result<Request> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "not HTTP");
    let mut bytes = Vec::new();
    let mut block = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let read = tls.read(&mut block)?;
        if read == 0 || bytes.len() > 16 << 10 {
            return Err(malformed());
        }
        bytes.extend_from_slice(block.get(..read).unwrap_or_default());
    };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
    let mut body = bytes.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method: Method = first.next().and_then(|m| m.parse().ok()).ok_or_else(malformed)?;
    let uri: Uri = first.next().and_then(|u| u.parse().ok()).ok_or_else(malformed)?;
    let mut headers = Vec::new();
    let mut length = 0;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        match &*name {
            "content-length" => length = value.parse::<usize>().map_err(|_| malformed())?,
            "content-type" => headers.push(("content-type", value)),
            "soapaction" => headers.push(("soapaction", value)),
            _ => {}
        }
    }
    if length > 1 << 20 {
        return Err(malformed());
    }
    while body.len() < length {
        let read = tls.read(&mut block)?;
        if read == 0 {
            return Err(malformed());
        }
        body.extend_from_slice(block.get(..read).unwrap_or_default());
    }
    Ok(Request::new(method, uri, &headers, body))
}
