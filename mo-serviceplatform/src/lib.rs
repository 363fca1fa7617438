#![doc = include_str!("../README.md")]

pub mod address;
pub mod audit;
pub mod client;
mod context;
pub mod cpr;
pub mod cvr;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
mod json;
pub mod refresh;
pub mod soap;
mod xsd;
mod zone;

pub use context::{Call, CallError, Context, Invocation, SERVICE_CPR_4, SERVICE_CVR_2};
pub use error::{AccessRefusal, Complaint, LookupError, Outage, ProtocolError, Refusal, Service};
