//! Nobody is their own deputy. Source: OS2mo's `V_CANNOT_SUBSTITUTE_SELF`, for all days. Which types of association may
//! have a deputy at all is configuration there and no rule here.

use super::Code;
use super::same::SameRule;
use crate::model::{Association, Kind};

/// The person of an association and its substitute.
pub(super) const DEPUTY: SameRule = SameRule {
    kind: Kind::Association,
    fields: [Association::PERSON.index, Association::SUBSTITUTE.index],
    code: Code::CannotSubstituteSelf,
    sentence: |association, person, days| {
        format!("{person} would be their own deputy in {association}: {days}. Name another person, or none.")
    },
};
