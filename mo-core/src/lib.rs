//! The two-time domain model of a Danish municipality.

pub mod danish;
pub mod history;
pub mod model;
mod quote;
pub mod store;
pub mod time;
pub mod timeline;

pub use quote::quote;
