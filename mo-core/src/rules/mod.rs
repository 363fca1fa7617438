//! Integrity: what must hold on every day of every object's life, checked for every commit in both directions.
//!
//! [`Violation`] says what is broken, [`Policy`] what to do about it; one file holds the generic rule of references
//! (`coverage`), one each the special ones. Checked is the net result of a commit, so the order of its commands never
//! decides.

mod code;
mod coverage;
mod cycle;
mod policy;
mod settle;
mod unique;
mod violation;
mod words;

pub use code::Code;
pub use policy::{Policies, Policy};
pub use settle::{Settled, SettledAction};
pub use violation::{Refusal, Violation};
pub(crate) use words::name;

use crate::model::{Kind, Person};
use crate::state::draft::Draft;

/// What the rules make of a draft.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// What policies mended.
    pub(crate) settled: Vec<Settled>,
    /// What refuses the commit.
    pub(crate) refused: Vec<Violation>,
    /// What is accepted and listed.
    pub(crate) reported: Vec<Violation>,
}

/// Settles the draft by the policies and judges what is left: every violation it makes or widens, by code, objects and
/// first day.
pub(crate) fn judge(draft: &mut Draft, commit: &Policies, registry: &Policies) -> Judgement {
    for touched in draft.touched_mut() {
        touched.by_command = touched.is_changed();
    }
    let outcome = settle::settle(draft, commit, registry);
    let mut judgement = Judgement {
        settled: outcome.settled,
        refused: words::violations(draft, &outcome.refused),
        reported: words::violations(draft, &outcome.reported),
    };
    judgement.refused.extend(cycle::check(draft));
    let same_cpr = unique::cpr(draft);
    if unique::is_reported(Kind::Person, Person::CPR.index, commit, registry) {
        judgement.reported.extend(same_cpr);
    } else {
        judgement.refused.extend(same_cpr);
    }
    violation::sort(&mut judgement.refused);
    violation::sort(&mut judgement.reported);
    judgement
}
