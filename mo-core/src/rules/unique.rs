//! A CPR number belongs to one person on a day. Source: OS2mo's `V_EXISTING_CPR`, which it checks on create only.

use super::Code;
use super::pairs::PairRule;
use crate::model::{Kind, Person};
use crate::state::cells::At;
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;

/// Two persons with one CPR number.
pub(super) struct SameCpr;

const CPR: At = At { field: Person::CPR.index, key: 0 };

impl PairRule for SameCpr {
    type Key = u32;
    type Detail = ();
    const KIND: Kind = Kind::Person;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, u32, ())) {
        draft.each_piece(when, ix, |period, state| {
            if let Some(number) = state.get(CPR) {
                hold(period, number, ());
            }
        });
    }

    fn holders(&self, draft: &Draft, number: &u32) -> Vec<Ix> {
        draft.tables.by_key(Kind::Person, CPR, *number).collect()
    }

    fn conflict(&self, (): &(), (): &()) -> Option<Code> {
        Some(Code::ExistingCpr)
    }

    fn sentence(&self, _: Code, one: &str, other: &str, days: &str) -> String {
        format!(
            "{one} and {other} would have the same CPR number on the same days: {days}. Check whether they are one \
             person; else correct the number of one of them."
        )
    }
}
