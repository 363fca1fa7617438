//! [`FakePki`]: certificates for a test, made when it runs. Their authority is trusted by nobody else.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority and the certificates it made: one for a server on this machine, one for a client, and one for a client
/// that has expired. Keys are drawn anew every time.
///
/// ```
/// use mo_serviceplatform::client::ClientIdentity;
/// use mo_serviceplatform::fake::FakePki;
///
/// let pki = FakePki::new()?;
/// # #[cfg(feature = "reqwest")]
/// assert!(ClientIdentity::from_pem(pki.client_pem().as_bytes()).is_ok());
/// # Ok::<(), rcgen::Error>(())
/// ```
#[derive(Debug)]
pub struct FakePki {
    ca_pem: String,
    server: Signed,
    expired_server: Signed,
    client: Signed,
    expired_client: Signed,
}

struct Signed {
    certificate: String,
    key: String,
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signed(…)")
    }
}

impl FakePki {
    /// A new authority with its certificates.
    ///
    /// # Errors
    /// [`rcgen::Error`] when keys cannot be made.
    pub fn new() -> Result<FakePki, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        // Two authorities of one name would be told apart by a wrong signature instead of an unknown issuer.
        let own = u32::from_be_bytes(key.public_key_raw().last_chunk().copied().unwrap_or_default());
        params.distinguished_name.push(DnType::CommonName, format!("Korsbæk test authority {own:08x}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let server = ExtendedKeyUsagePurpose::ServerAuth;
        let client = ExtendedKeyUsagePurpose::ClientAuth;
        Ok(FakePki {
            ca_pem: certificate.pem(),
            server: sign(&issuer, "localhost", server.clone(), 4096)?,
            expired_server: sign(&issuer, "localhost", server, 2020)?,
            client: sign(&issuer, "Korsbæk Kommune (test)", client.clone(), 4096)?,
            expired_client: sign(&issuer, "Korsbæk Kommune (test)", client, 2020)?,
        })
    }

    /// The authority's certificate.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A client's certificate and key in one PEM text.
    pub fn client_pem(&self) -> String {
        self.client.pem()
    }

    /// The same for a certificate that ended with the year 2019.
    pub fn expired_client_pem(&self) -> String {
        self.expired_client.pem()
    }

    /// Certificate and key of a server on this machine.
    pub(super) fn server(&self, expired: bool) -> (&str, &str) {
        let signed = if expired { &self.expired_server } else { &self.server };
        (&signed.certificate, &signed.key)
    }
}

impl Signed {
    fn pem(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

/// A certificate from 2019 until the beginning of the year `until`.
fn sign(
    issuer: &Issuer<'_, KeyPair>,
    name: &str,
    usage: ExtendedKeyUsagePurpose,
    until: i32,
) -> Result<Signed, rcgen::Error> {
    let key = KeyPair::generate()?;
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![usage];
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, issuer)?;
    Ok(Signed { certificate: certificate.pem(), key: key.serialize_pem() })
}
