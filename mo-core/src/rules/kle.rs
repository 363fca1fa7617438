//! One unit is responsible for a KLE number; a second is noted, never refused.
//!
//! Source: OS2mo's guidance on KLE (one accountable unit per number, which it does not enforce). A KLE number is a class:
//! two editions of a number under two ids are two.

use super::Code;
use super::pairs::PairRule;
use crate::model::{Key, Kind, KleAspect, KleTag, Slot};
use crate::state::cells::At;
use crate::state::draft::{Draft, When};
use crate::state::tables::{Ix, Relation};
use crate::time::Period;

/// Two units that are responsible for one number.
pub(super) struct TwoResponsible {
    /// The slot of the aspect in a tag.
    responsible: Option<At>,
}

const UNIT: At = At { field: KleTag::UNIT.index, key: 0 };
const CLASS: At = At { field: KleTag::CLASS.index, key: 0 };

impl TwoResponsible {
    pub(super) fn new(draft: &Draft) -> TwoResponsible {
        let slot = Slot::keyed(KleTag::ASPECTS.index, Key::Choice(KleAspect::Responsible.name()));
        TwoResponsible { responsible: draft.tables.lookup(Kind::KleTag, &slot, None).map(|(at, _)| at) }
    }
}

impl PairRule for TwoResponsible {
    /// The class of the number.
    type Key = u32;
    /// The unit.
    type Detail = Option<u32>;
    const KIND: Kind = Kind::KleTag;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, u32, Option<u32>)) {
        draft.each_piece(when, ix, |period, state| {
            let responsible = self.responsible.is_some_and(|at| state.get(at).is_some());
            if let (true, Some(class)) = (responsible, state.get(CLASS)) {
                hold(period, class, state.get(UNIT));
            }
        });
    }

    fn holders(&self, draft: &Draft, class: &u32) -> Vec<Ix> {
        let relation = Relation { kind: Kind::KleTag, field: CLASS.field, in_key: false };
        draft.tables.referrers(Ix(*class), relation).collect()
    }

    fn conflict(&self, one: &Option<u32>, other: &Option<u32>) -> Option<Code> {
        (one != other).then_some(Code::TwoResponsible)
    }

    fn sentence(&self, _: Code, one: &str, other: &str, days: &str) -> String {
        format!(
            "{one} and {other} make two units responsible for the same KLE number: {days}. Let one of them perform or \
             have insight only."
        )
    }
}
