//! [`Endpoint`]: the address of a service, checked once. Knows no service's paths.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use thiserror::Error;

/// The address of a service: `https`, or `http` to this very machine (for tests).
///
/// Holds no query and no credentials; tokens are given apart, so that an address may be shown.
///
/// ```
/// use mo_serviceplatform::client::Endpoint;
///
/// let endpoint: Endpoint = "https://exttest.serviceplatformen.dk/service/CPR/PersonBaseDataExtended/5".parse()?;
/// assert!("http://serviceplatformen.dk/".parse::<Endpoint>().is_err());
/// assert!("http://127.0.0.1:8080/".parse::<Endpoint>().is_ok());
/// # let _ = endpoint;
/// # Ok::<(), mo_serviceplatform::client::EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(Uri);

/// Why a text is no [`Endpoint`]. Does not repeat the text, which may hold a token.
///
/// ```
/// use mo_serviceplatform::client::{Endpoint, EndpointError};
///
/// let with_a_token = "https://korsbaek.example/?token=hemmelig".parse::<Endpoint>();
/// assert_eq!(with_a_token.err(), Some(EndpointError::Secrets));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Not a whole URL.
    #[error("the endpoint is not a whole URL such as https://host/path")]
    Form,
    /// Not `https`.
    #[error("the endpoint must be https: questions hold personal data (http only to localhost, for tests)")]
    NotHttps,
    /// It has a user name or a query.
    #[error("the endpoint may hold no user name and no query: give tokens and keys apart")]
    Secrets,
}

impl Endpoint {
    /// The address with `path` behind it and this query, whose values are encoded.
    pub(crate) fn uri(&self, path: &str, query: &[(&str, &str)]) -> Uri {
        let mut target = self.0.path().trim_end_matches('/').to_owned();
        target.push_str(path);
        if target.is_empty() {
            target.push('/');
        }
        for (index, (name, value)) in query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(name);
            target.push('=');
            target.push_str(&percent_encoded(value));
        }
        let mut parts = self.0.clone().into_parts();
        parts.path_and_query = target.parse().ok();
        Uri::from_parts(parts).unwrap_or_else(|_| self.0.clone())
    }

    /// The address as it is, with this query.
    pub(crate) fn uri_itself(&self, query: &[(&str, &str)]) -> Uri {
        if query.is_empty() { self.0.clone() } else { self.uri("", query) }
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Endpoint, EndpointError> {
        let uri: Uri = text.parse().map_err(|_| EndpointError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EndpointError::Form);
        };
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(EndpointError::Secrets);
        }
        match scheme {
            "https" => Ok(Endpoint(uri)),
            "http" if is_loopback(authority.host()) => Ok(Endpoint(uri)),
            _ => Err(EndpointError::NotHttps),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_query(&self.0))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An address fit to be shown: no user name, no query.
pub(super) fn without_query(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", uri.scheme_str().unwrap_or_default(), mo_core::quote(uri.path()))
}

/// `text` with everything but letters, digits and `-._~` as `%XX` (RFC 3986, section 2.3).
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(half), 16).unwrap_or_default().to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        for (text, expected) in [
            ("https://korsbaek.example/a/b", Ok(())),
            ("http://localhost:80/", Ok(())),
            ("http://127.8.9.1/", Ok(())),
            ("http://[::1]:8080/x", Ok(())),
            ("http://korsbaek.example/", Err(EndpointError::NotHttps)),
            ("http://127.0.0.1.example/", Err(EndpointError::NotHttps)),
            ("ftp://korsbaek.example/", Err(EndpointError::NotHttps)),
            ("https://a:b@korsbaek.example/", Err(EndpointError::Secrets)),
            ("https://korsbaek.example/?token=hemmelig", Err(EndpointError::Secrets)),
            ("korsbaek.example", Err(EndpointError::Form)),
            ("/sti", Err(EndpointError::Form)),
            ("", Err(EndpointError::Form)),
        ] {
            assert_eq!(text.parse::<Endpoint>().map(drop), expected, "{text}");
        }
    }

    #[test]
    fn queries_are_encoded_and_never_shown() {
        let endpoint: Endpoint = "https://korsbaek.example/vask/".parse().unwrap();
        let uri = endpoint.uri("/", &[("token", "hemmelig"), ("adresse", "Ærøgade 1, 2. tv & #")]);
        assert_eq!(
            uri.to_string(),
            "https://korsbaek.example/vask/?token=hemmelig&adresse=%C3%86r%C3%B8gade%201%2C%202.%20tv%20%26%20%23"
        );
        assert_eq!(without_query(&uri), "https://korsbaek.example/vask/");
        let bare: Endpoint = "https://korsbaek.example".parse().unwrap();
        assert_eq!(
            bare.uri("/adresser/soeg", &[("a", "b")]).to_string(),
            "https://korsbaek.example/adresser/soeg?a=b"
        );
        assert_eq!(bare.uri_itself(&[]).to_string(), "https://korsbaek.example/");
    }
}
