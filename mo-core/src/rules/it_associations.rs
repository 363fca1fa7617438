//! An IT association (an account placed in a unit) is there once: not twice with the same person, unit and account.
//!
//! Source: OS2mo's `V_MORE_THAN_ONE_ASSOCIATION`, for all days. Associations without an account may repeat.

use super::Code;
use super::pairs::PairRule;
use crate::model::{Association, Kind};
use crate::state::cells::At;
use crate::state::draft::{Draft, When};
use crate::state::tables::{Ix, Relation};
use crate::time::Period;

/// Two placements of one account.
pub(super) struct SamePlacement;

pub(super) const ACCOUNT: At = At { field: Association::IT_ACCOUNT.index, key: 0 };
const UNIT: At = At { field: Association::UNIT.index, key: 0 };
const PERSON: At = At { field: Association::PERSON.index, key: 0 };

/// Account, unit and, where there is one, person.
type Placement = (u32, Option<u32>, Option<u32>);

impl PairRule for SamePlacement {
    type Key = Placement;
    type Detail = ();
    const KIND: Kind = Kind::Association;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, Placement, ())) {
        draft.each_piece(when, ix, |period, state| {
            if let Some(account) = state.get(ACCOUNT) {
                hold(period, (account, state.get(UNIT), state.get(PERSON)), ());
            }
        });
    }

    fn holders(&self, draft: &Draft, (account, _, _): &Placement) -> Vec<Ix> {
        of_account(draft, *account)
    }

    fn conflict(&self, (): &(), (): &()) -> Option<Code> {
        Some(Code::MoreThanOneAssociation)
    }

    fn sentence(&self, _: Code, one: &str, other: &str, days: &str) -> String {
        format!(
            "{one} and {other} would place the same account in the same unit for the same person: {days}. Keep one of \
             them."
        )
    }
}

/// The associations that ever placed an account.
pub(super) fn of_account(draft: &Draft, account: u32) -> Vec<Ix> {
    let relation = Relation { kind: Kind::Association, field: ACCOUNT.field, in_key: false };
    draft.tables.referrers(Ix(account), relation).collect()
}
