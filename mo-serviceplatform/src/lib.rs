#![doc = include_str!("../README.md")]

pub mod address;
pub mod audit;
pub mod client;
mod context;
pub mod cpr;
pub mod cvr;
mod error;
mod exchange;
#[cfg(feature = "fake")]
pub mod fake;
mod recording;
pub mod refresh;
pub mod soap;
mod transport;
mod xsd;
mod zone;

pub use context::{Call, CallError, Context, Invocation, SERVICE_CPR_4, SERVICE_CVR_2};
pub use error::{AccessRefusal, Complaint, LookupError, Outage, ProtocolError, Refusal, Service};
