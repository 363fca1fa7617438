//! What page *Semantics* §6 promises: no broken day, past or planned, unless it was admitted; and what policies do about
//! those that would break.

#[path = "../model/mod.rs"]
mod model;

mod broken;
mod cases;
mod drawn;
mod judge;
mod random;
