//! Scenario files: every file of this folder, held to its `expect` on every store, and files that are malformed. One file
//! is one case, and its name says the behaviour.

mod files;
mod lines;
mod malformed;
mod municipality;
mod payroll;
#[path = "../postgres/mod.rs"]
mod postgres_server;
mod program;
mod situations;
mod stores;
