//! The way to a service: [`Connection`] is what every question goes through (retries, circuit breaker, pace) and
//! [`Transport`] what carries it. What is asked and how an answer is read belongs to the services.

mod breaker;
mod cache;
mod connection;
mod pace;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "reqwest")]
mod tls;

pub use breaker::Breaker;
pub use cache::CacheLimits;
pub(crate) use cache::{Cache, Kept, Stripes};
pub(crate) use connection::Question;
pub use connection::{Connection, Retry};
pub use pace::{Pace, SystemWait, Wait};

pub use crate::transport::{Endpoint, EndpointError, Request, TlsRefusal, Transport, TransportError};

#[cfg(feature = "reqwest")]
pub use self::reqwest::{ReqwestTransport, ReqwestTransportBuilder, SetupError};
#[cfg(feature = "reqwest")]
pub use tls::{ClientIdentity, IdentityError, TrustedRoots};
