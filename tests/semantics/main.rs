//! What the semantics page promises, by verb and question.

#[path = "../model/mod.rs"]
mod model;

mod commands;
mod history_model;
mod import;
mod journal;
mod mistakes;
mod pictures;
mod schema;
mod search;
mod shared;
mod snapshots;
mod verbs;
