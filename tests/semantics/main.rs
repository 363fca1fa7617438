//! What the semantics page promises, by verb and question.

mod journal;
mod pictures;
mod schema;
