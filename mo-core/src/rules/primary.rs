//! Of several only one is the main one: of a person's accounts in a system, of an account's associations.
//!
//! Source: OS2mo's `V_MORE_THAN_ONE_PRIMARY`, for all days. What is primary is told by the rank of the class in `primary`:
//! 3000 in its scope and above. The rank is that of the day, so a class that changes it can make two primaries of objects
//! that nobody touched. OS2mo does not ask this of engagements, and neither does this rule.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Code;
use super::it_associations::{ACCOUNT, of_account};
use super::pairs::PairRule;
use crate::model::{Association, Class, ItAccount, Kind};
use crate::state::cells::At;
use crate::state::draft::{Draft, When};
use crate::state::tables::{Ix, Relation};
use crate::time::Period;
use crate::timeline::Days;

/// The least rank of a primary.
const RANK: i64 = 3000;

const SCOPE: u8 = Class::SCOPE.index;

/// The days on which classes rank as primary, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Ranks(RefCell<HashMap<(When, Ix), Days>>);

impl Ranks {
    /// The days of the period on which the class ranks as primary.
    fn primary(&self, draft: &Draft, when: When, class: Ix, period: Period, f: &mut dyn FnMut(Period)) {
        let mut ranks = self.0.borrow_mut();
        let days = ranks.entry((when, class)).or_insert_with(|| ranked(draft, when, class));
        days.pieces_in(period).for_each(|(period, ())| f(period));
    }
}

fn ranked(draft: &Draft, when: When, class: Ix) -> Days {
    let mut days = Days::new();
    if draft.kind(class) == Some(Kind::Class) {
        draft.each_piece(when, class, |period, state| {
            let rank = draft.tables.text_of(state, SCOPE).and_then(|scope| scope.parse::<i64>().ok());
            if rank.is_some_and(|rank| rank >= RANK) {
                days.insert(period, ());
            }
        });
    }
    days
}

/// The objects of a kind whose primary class changed its rank.
fn of_changed_classes(draft: &Draft, kind: Kind, field: u8) -> Vec<Ix> {
    let relation = Relation { kind, field, in_key: false };
    let classes =
        draft.touched().iter().filter(|touched| touched.kind == Kind::Class && touched.is_changed());
    let changed =
        classes.filter(|class| ranked(draft, When::Before, class.ix) != ranked(draft, When::Now, class.ix));
    changed.flat_map(|class| draft.tables.referrers(class.ix, relation)).collect()
}

/// Two main accounts of one person in one system.
#[derive(Default)]
pub(super) struct MainAccounts(Ranks);

const PERSON: At = At { field: ItAccount::PERSON.index, key: 0 };
const SYSTEM: At = At { field: ItAccount::IT_SYSTEM.index, key: 0 };
const MAIN_ACCOUNT: At = At { field: ItAccount::PRIMARY.index, key: 0 };

impl PairRule for MainAccounts {
    /// Person and system.
    type Key = (u32, u32);
    type Detail = ();
    const KIND: Kind = Kind::ItAccount;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, (u32, u32), ())) {
        draft.each_piece(when, ix, |period, state| {
            let (person, system) = (state.get(PERSON), state.get(SYSTEM));
            if let (Some(key), Some(class)) = (person.zip(system), state.get(MAIN_ACCOUNT)) {
                self.0.primary(draft, when, Ix(class), period, &mut |period| hold(period, key, ()));
            }
        });
    }

    fn holders(&self, draft: &Draft, (person, _): &(u32, u32)) -> Vec<Ix> {
        let relation = Relation { kind: Kind::ItAccount, field: PERSON.field, in_key: false };
        draft.tables.referrers(Ix(*person), relation).collect()
    }

    fn also_changed(&self, draft: &Draft) -> Vec<Ix> {
        of_changed_classes(draft, Kind::ItAccount, MAIN_ACCOUNT.field)
    }

    fn conflict(&self, (): &(), (): &()) -> Option<Code> {
        Some(Code::MoreThanOnePrimary)
    }

    fn sentence(&self, _: Code, one: &str, other: &str, days: &str) -> String {
        format!(
            "{one} and {other} would both be the main account of the same person in the same system: {days}. Choose one."
        )
    }
}

/// Two main associations of one account.
#[derive(Default)]
pub(super) struct MainAssociations(Ranks);

const MAIN_ASSOCIATION: At = At { field: Association::PRIMARY.index, key: 0 };

impl PairRule for MainAssociations {
    /// The account.
    type Key = u32;
    type Detail = ();
    const KIND: Kind = Kind::Association;

    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, u32, ())) {
        draft.each_piece(when, ix, |period, state| {
            if let (Some(account), Some(class)) = (state.get(ACCOUNT), state.get(MAIN_ASSOCIATION)) {
                self.0.primary(draft, when, Ix(class), period, &mut |period| hold(period, account, ()));
            }
        });
    }

    fn holders(&self, draft: &Draft, account: &u32) -> Vec<Ix> {
        of_account(draft, *account)
    }

    fn also_changed(&self, draft: &Draft) -> Vec<Ix> {
        of_changed_classes(draft, Kind::Association, MAIN_ASSOCIATION.field)
    }

    fn conflict(&self, (): &(), (): &()) -> Option<Code> {
        Some(Code::MoreThanOnePrimary)
    }

    fn sentence(&self, _: Code, one: &str, other: &str, days: &str) -> String {
        format!(
            "{one} and {other} would both be the main association of the same account: {days}. Choose one."
        )
    }
}
