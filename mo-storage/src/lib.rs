#![doc = include_str!("../README.md")]

pub mod backup;
#[cfg(feature = "conformance")]
pub mod conformance;
mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "redb")]
pub mod redb;
mod seams;

pub use place::{open, open_store};
pub use seams::{RandomIds, SystemClock};
