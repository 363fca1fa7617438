//! What every store promises and what the stores of this workspace add to it: the public suite, its negative controls,
//! and files in every state a user may meet.

mod backup;
mod broken;
mod erasure;
mod harness;
mod killed;
mod model;
mod places;
mod postgres;
#[path = "../postgres/mod.rs"]
mod postgres_server;
mod suite;
