//! Accounts in an IT system: no owner has the same account twice, and an account name with two owners is noted.
//!
//! Source: OS2mo's `V_DUPLICATED_IT_USER` (person, system, user key, engagements and external id), for all days and for
//! accounts of units too; `W_ACCOUNT_SHARED` is our own.

use super::Code;
use super::pairs::PairRule;
use crate::model::{ItAccount, Kind};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;

/// Two accounts with one name in one system.
pub(super) struct SameAccount;

const SYSTEM: At = At { field: ItAccount::IT_SYSTEM.index, key: 0 };
const USER_KEY: At = At { field: ItAccount::USER_KEY.index, key: 0 };
const OWNER: [At; 2] =
    [At { field: ItAccount::PERSON.index, key: 0 }, At { field: ItAccount::UNIT.index, key: 0 }];
const EXTERNAL_ID: At = At { field: ItAccount::EXTERNAL_ID.index, key: 0 };

impl PairRule for SameAccount {
    /// System and user key.
    type Key = (u32, u32);
    type Detail = State;
    const KIND: Kind = Kind::ItAccount;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, (u32, u32), State)) {
        draft.each_piece(when, ix, |period, state| {
            if let (Some(system), Some(key)) = (state.get(SYSTEM), state.get(USER_KEY)) {
                hold(period, (system, key), state.clone());
            }
        });
    }

    fn holders(&self, draft: &Draft, (_, user_key): &(u32, u32)) -> Vec<Ix> {
        draft.tables.by_key(Kind::ItAccount, USER_KEY, *user_key).collect()
    }

    fn conflict(&self, one: &State, other: &State) -> Option<Code> {
        let equal = |at: &At| one.get(*at) == other.get(*at);
        if !OWNER.iter().all(equal) {
            return Some(Code::AccountShared);
        }
        let engagements = ItAccount::ENGAGEMENTS.index;
        let same = equal(&EXTERNAL_ID) && one.field(engagements).eq(other.field(engagements));
        same.then_some(Code::DuplicatedItUser)
    }

    fn sentence(&self, code: Code, one: &str, other: &str, days: &str) -> String {
        match code {
            Code::AccountShared => format!(
                "{one} and {other} have the same name in the same system and different owners: {days}. Give one of \
                 them another name, unless they share the account."
            ),
            _ => format!(
                "{one} and {other} would be the same account of the same owner twice: {days}. Keep one of them, or \
                 tell them apart by external id or engagements."
            ),
        }
    }
}
