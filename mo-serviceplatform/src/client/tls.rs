//! [`ClientIdentity`] and [`TrustedRoots`]: who we are and whom we trust in TLS, and what a failed handshake means.
//! rustls with ring, given explicitly: no process-wide provider is installed or needed.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use thiserror::Error as ThisError;
use zeroize::Zeroize;

use crate::transport::{TlsRefusal, TransportError};

/// The municipality's client certificate with its chain and private key. The key is wiped from memory when dropped and
/// never shown.
///
/// ```no_run
/// use mo_serviceplatform::client::ClientIdentity;
///
/// let identity = ClientIdentity::from_pem(&std::fs::read("municipality.pem")?)?;
/// # let _ = identity;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ClientIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why bytes are no [`ClientIdentity`] or no CA. Repeats none of them.
///
/// ```
/// use mo_serviceplatform::client::{ClientIdentity, IdentityError};
///
/// assert_eq!(ClientIdentity::from_pem(b"\x30\x82").err(), Some(IdentityError::NotPem));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum IdentityError {
    /// Binary, most likely PKCS#12.
    #[error(
        "this is not PEM; a .p12 file is read by `ClientIdentity::from_pkcs12` (feature `pkcs12`), or turned into PEM with: openssl pkcs12 -in certificate.p12 -out certificate.pem -nodes"
    )]
    NotPem,
    /// The password does not open the PKCS#12 file, or the file was changed: its seal tells the two not apart.
    #[error("the password does not open the PKCS#12 file, or the file is damaged")]
    Password,
    /// Not PKCS#12, or of a kind that is not read.
    #[error(
        "this is not PKCS#12 as it is read here; turn it into PEM with: openssl pkcs12 -in certificate.p12 -out certificate.pem -nodes"
    )]
    NotPkcs12,
    /// No private key with a certificate of its own in the PKCS#12 file.
    #[error("the PKCS#12 file holds no private key together with its certificate")]
    NoPair,
    /// No `CERTIFICATE` section.
    #[error("the PEM holds no certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// No private key.
    #[error(
        "the PEM holds no private key that is not encrypted (-----BEGIN PRIVATE KEY-----): certificate and key go into one file"
    )]
    NoKey,
    /// A section that cannot be read.
    #[error("the PEM is damaged")]
    Damaged,
}

impl ClientIdentity {
    /// Reads one PEM text with the certificate first, then its chain, and anywhere a private key in PKCS#8, PKCS#1 or
    /// SEC1 form, not encrypted.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn from_pem(pem: &[u8]) -> Result<ClientIdentity, IdentityError> {
        let chain = certificates(pem)?;
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
            rustls::pki_types::pem::Error::NoItemsFound => IdentityError::NoKey,
            _ => IdentityError::Damaged,
        })?;
        Ok(ClientIdentity { chain, key })
    }

    /// Reads a PKCS#12 file (`.p12`, `.pfx`) as the authority issues it, in today's encryption or the old one: the first
    /// private key with its certificate and the chain above it.
    ///
    /// ```no_run
    /// use mo_serviceplatform::client::ClientIdentity;
    ///
    /// let password = std::fs::read_to_string("municipality.password")?;
    /// let identity = ClientIdentity::from_pkcs12(&std::fs::read("municipality.p12")?, password.trim_end())?;
    /// # let _ = identity;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentityError`].
    #[cfg(feature = "pkcs12")]
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<ClientIdentity, IdentityError> {
        use p12_keystore::{KeyStore, Pkcs12ImportPolicy, error::Error};
        let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Strict).map_err(|error| {
            match error {
                // Without a seal a wrong password shows as a failed decryption.
                Error::MacError(_) | Error::Pkcs5Error(_) | Error::UnpadError => IdentityError::Password,
                _ => IdentityError::NotPkcs12,
            }
        })?;
        let (_, pair) = store.private_key_chain().ok_or(IdentityError::NoPair)?;
        let chain = pair.certs().iter().map(|certificate| certificate.as_der().to_vec().into()).collect();
        let key = PrivateKeyDer::Pkcs8(pair.key().as_der().to_vec().into());
        Ok(ClientIdentity { chain, key })
    }
}

impl Drop for ClientIdentity {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    if !pem.windows(11).any(|window| window == b"-----BEGIN ") {
        return Err(IdentityError::NotPem);
    }
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| IdentityError::Damaged)?;
    if found.is_empty() { Err(IdentityError::NoCertificate) } else { Ok(found) }
}

/// Which authorities may vouch for a server.
///
/// ```
/// use mo_serviceplatform::client::{IdentityError, TrustedRoots};
///
/// assert_eq!(TrustedRoots::only(b"").err(), Some(IdentityError::NotPem));
/// # let _ = TrustedRoots::system();
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustedRoots(Option<Vec<CertificateDer<'static>>>);

impl TrustedRoots {
    /// Those the operating system trusts. Serviceplatformen's certificate is from a public CA.
    pub fn system() -> TrustedRoots {
        TrustedRoots(None)
    }

    /// Only those in this PEM text, for tests and for gateways with a CA of their own.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn only(pem: &[u8]) -> Result<TrustedRoots, IdentityError> {
        certificates(pem).map(|roots| TrustedRoots(Some(roots)))
    }
}

/// The configuration of rustls: TLS 1.2 and 1.3.
pub(super) fn config(
    identity: Option<&ClientIdentity>,
    roots: TrustedRoots,
) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
    let builder = match roots.0 {
        None => builder.with_platform_verifier()?,
        Some(roots) => {
            let mut store = RootCertStore::empty();
            for root in roots {
                store.add(root)?;
            }
            builder.with_root_certificates(store)
        }
    };
    match identity {
        Some(identity) => builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key()),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// What TLS says in a chain of errors, if it is TLS that failed.
pub(super) fn failure(error: &(dyn Error + 'static)) -> Option<TransportError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(meaning(tls));
        }
        // An io::Error tells as its source what is behind the error it wraps, and shows that one by get_ref only.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn meaning(error: &rustls::Error) -> TransportError {
    match error {
        rustls::Error::AlertReceived(alert) => TransportError::Rejected(TlsRefusal(alert_name(*alert))),
        rustls::Error::InvalidCertificate(reason) => {
            let why = match reason {
                CertificateError::UnknownIssuer => "its issuer is unknown",
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it is expired",
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    "it is not valid yet"
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "it is for another host"
                }
                CertificateError::Revoked => "it is revoked",
                CertificateError::BadSignature => "its signature is wrong",
                _ => "it is not acceptable",
            };
            TransportError::ServerCertificate(why.to_owned())
        }
        _ => TransportError::Connect("the TLS handshake failed".to_owned()),
    }
}

fn alert_name(alert: AlertDescription) -> String {
    let name = match alert {
        AlertDescription::CertificateRequired => "certificate_required",
        AlertDescription::HandshakeFailure => "handshake_failure",
        AlertDescription::BadCertificate => "bad_certificate",
        AlertDescription::UnsupportedCertificate => "unsupported_certificate",
        AlertDescription::CertificateRevoked => "certificate_revoked",
        AlertDescription::CertificateExpired => "certificate_expired",
        AlertDescription::CertificateUnknown => "certificate_unknown",
        AlertDescription::UnknownCA => "unknown_ca",
        AlertDescription::AccessDenied => "access_denied",
        other => return format!("alert {}", u8::from(other)),
    };
    name.to_owned()
}
