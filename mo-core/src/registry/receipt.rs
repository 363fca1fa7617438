//! What a commit answers: [`Receipt`] when something was registered, and what of the wish fell elsewhere.

use crate::model::{ObjectRef, Slot, Value};
use crate::rules::{Settled, Violation};
use crate::state::Stamp;
use crate::time::Period;

/// What came of a commit that was not refused.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Outcome {
    /// It was registered.
    Registered(Receipt),
    /// Everything was so already; nothing was registered.
    Unchanged,
}

impl Outcome {
    /// The receipt, when something was registered.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Outcome::Registered(receipt) => Some(receipt),
            Outcome::Unchanged => None,
        }
    }
}

/// The receipt of a registration.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its number and instant.
    pub stamp: Stamp,
    /// What the commit did beside what it said.
    pub effects: SideEffects,
}

/// What a commit does beside what it says; the same in a dry run.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SideEffects {
    /// Planned values that a `set` wrote over.
    pub replaced: Vec<Replaced>,
    /// Days a command named on which the object does not live.
    pub left_out: Vec<LeftOut>,
    /// What policies did to dependents.
    pub settled: Vec<Settled>,
    /// Violations that were accepted.
    pub reported: Vec<Violation>,
}

/// A planned value that `set` wrote over.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Replaced {
    /// Of which object.
    pub object: ObjectRef,
    /// In which field, member or entry.
    pub slot: Slot,
    /// From its first day to its last addressed one.
    pub valid: Period,
    /// The value that is gone; `None`: there was none.
    pub value: Option<Value>,
}

/// Days a command named on which the object does not live.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Index of the command in its commit.
    pub command: usize,
    /// The days.
    pub periods: Vec<Period>,
}
