//! The two-time domain model of a Danish municipality.

pub mod danish;
pub mod delta;
pub mod hierarchy;
pub mod history;
pub mod journal;
pub mod model;
mod quote;
pub mod registry;
pub mod rules;
pub mod scenario;
mod serde_text;
pub mod state;
pub mod store;
pub mod time;
pub mod timeline;

pub use quote::quote;
