//! Integrity: what must hold on every day of every object's life, checked for every commit in both directions.
//!
//! [`Violation`] says what is broken, [`Policy`] what to do about it; one file holds the generic rule of references
//! (`coverage`), one each the special ones, with their sources. OS2mo's rule against the same responsibility twice
//! (`V_DUPLICATED_RESPONSIBILITY`) has no file: the responsibilities of a manager are a set, on every day. Checked is the net result of a commit, so the order of its commands never
//! decides.

mod accounts;
mod check;
mod code;
mod coverage;
mod cycle;
mod deputies;
mod holds;
mod it_associations;
mod kle;
mod links;
mod pairs;
mod policy;
mod primary;
mod same;
mod settle;
mod unique;
mod violation;
mod words;

pub use code::Code;
pub use policy::{Policies, Policy};
pub use settle::{Settled, SettledAction};
pub use violation::{Refusal, Violation};
pub(crate) use words::{days, name};

use crate::model::{Association, ItAccount, Kind, Person, UnitLink};
use crate::state::draft::Draft;
use same::SameRule;

/// The rules about two fields of one object.
const SPECIAL_SAME: [SameRule; 2] = [deputies::DEPUTY, links::ENDS];

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
    for violation in special(draft) {
        let reported = match admitted_by(&violation) {
            None => true,
            Some((kind, field)) => {
                commit.reports(kind, field).or_else(|| registry.reports(kind, field)).unwrap_or(false)
            }
        };
        if reported { judgement.reported.push(violation) } else { judgement.refused.push(violation) }
    }
    violation::sort(&mut judgement.refused);
    violation::sort(&mut judgement.reported);
    judgement
}

/// What the commit makes or widens by the rules of single kinds.
fn special(draft: &Draft) -> Vec<Violation> {
    let mut found = pairs::check(&unique::SameCpr, draft);
    found.extend(pairs::check(&accounts::SameAccount, draft));
    found.extend(pairs::check(&it_associations::SamePlacement, draft));
    found.extend(pairs::check(&primary::MainAccounts::default(), draft));
    found.extend(pairs::check(&primary::MainAssociations::default(), draft));
    found.extend(pairs::check(&kle::TwoResponsible::new(draft), draft));
    found.extend(SPECIAL_SAME.iter().flat_map(|rule| rule.check(draft)));
    found
}

/// The relation whose policy [`Policy::Report`] admits a violation of these rules; `None` for what is always admitted.
fn admitted_by(violation: &Violation) -> Option<(Kind, u8)> {
    let kind = violation.objects.first().map(|object| object.kind);
    Some(match violation.code {
        Code::ExistingCpr => (Kind::Person, Person::CPR.index),
        Code::DuplicatedItUser => (Kind::ItAccount, ItAccount::USER_KEY.index),
        Code::MoreThanOnePrimary if kind == Some(Kind::ItAccount) => {
            (Kind::ItAccount, ItAccount::PRIMARY.index)
        }
        Code::MoreThanOnePrimary => (Kind::Association, Association::PRIMARY.index),
        Code::MoreThanOneAssociation => (Kind::Association, Association::IT_ACCOUNT.index),
        Code::CannotSubstituteSelf => (Kind::Association, Association::SUBSTITUTE.index),
        Code::RelatedToSelf => (Kind::UnitLink, UnitLink::TO.index),
        _ => return None,
    })
}
