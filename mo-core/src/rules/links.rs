//! A link joins two units. Source: OS2mo refuses a relation of a unit to itself (`E_RELATED_TO_SELF`); here it is checked
//! on every day and so has a `V_` code.

use super::Code;
use super::same::SameRule;
use crate::model::{Kind, UnitLink};

/// The two ends of a link.
pub(super) const ENDS: SameRule = SameRule {
    kind: Kind::UnitLink,
    fields: [UnitLink::FROM.index, UnitLink::TO.index],
    code: Code::RelatedToSelf,
    sentence: |link, unit, days| {
        format!("{link} would join {unit} to itself: {days}. Name another unit at one end, or end the link.")
    },
};
