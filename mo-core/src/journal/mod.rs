//! The journal: what a registration records ([`Registration`]) and its one JSON form, version 1, which scenario files
//! and exports share. Effects are recorded, not commands, so that replay needs no business rules.

mod form;
mod json;
mod registration;
pub(crate) mod schema;
mod sink;

pub use json::{Json, JsonError, JsonKey};
pub use registration::{Change, Effect, Registration, Succession};
pub use schema::schema;

pub(crate) use form::{
    ReadId, fields_from, fields_json, object_json, object_ref_from, patch_from, patch_json, period_from,
    period_json, plain_id, slot_from, slot_path, value_from, value_json,
};
pub(crate) use json::At;
pub(crate) use registration::{Header, Marks, write_change};
pub(crate) use sink::TextSink;
