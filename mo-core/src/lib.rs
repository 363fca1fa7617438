//! The two-time domain model of a Danish municipality.

pub mod time;
