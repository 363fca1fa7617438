//! Persons, addresses and companies from outside: questions against the schemas, answers with all their oddities,
//! failures, secrecy. In the process, against the fakes; real TLS is tested in the crate itself.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // tests throughout

mod addresses;
mod companies;
mod failures;
mod oddities;
mod persons;
mod programs;
mod recordings;
mod refresh;
mod schemas;
mod secrecy;
mod support;
