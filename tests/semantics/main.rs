//! What the semantics page promises, by verb and question.

mod commands;
mod import;
mod journal;
mod pictures;
mod schema;
mod shared;
