//! The two-time domain model of a Danish municipality.

pub mod model;
mod quote;
pub mod time;

pub use quote::quote;

pub mod history;
pub mod time;
pub mod timeline;
