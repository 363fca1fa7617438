//! Rules about two objects of a kind on the same day: what one of them holds, no other may hold too. This file finds the
//! pairs, whichever rule it is; what objects hold and what is wrong with two of them is in `unique`, `accounts`,
//! `it_associations`, `primary` and `kle`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::{Code, Violation, words};
use crate::model::Kind;
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::{Days, Timeline};

/// A rule about two objects of one kind.
pub(super) trait PairRule {
    /// What two objects must have in common to be compared.
    type Key: Clone + Ord + Hash;
    /// What else is compared.
    type Detail: Clone + PartialEq;

    /// The kind of the objects.
    const KIND: Kind;

    /// What the object holds, period by period in order of time; days on which it holds nothing are left out.
    fn holds(&self, draft: &Draft, when: When, ix: Ix, hold: &mut dyn FnMut(Period, Self::Key, Self::Detail));

    /// The objects that may hold the key before the commit.
    fn holders(&self, draft: &Draft, key: &Self::Key) -> Vec<Ix>;

    /// Objects that the commit did not change but that may hold something else because of it.
    fn also_changed(&self, _draft: &Draft) -> Vec<Ix> {
        Vec::new()
    }

    /// What is wrong with two objects that hold the same key on the same day.
    fn conflict(&self, one: &Self::Detail, other: &Self::Detail) -> Option<Code>;

    /// The sentence about a pair, by their names.
    fn sentence(&self, code: Code, one: &str, other: &str, days: &str) -> String;
}

/// A period on which an object holds something.
struct Piece<D> {
    period: Period,
    ix: Ix,
    detail: D,
    /// Whether the object is one of those asked about.
    asked: bool,
}

/// Two objects and the days on which something is wrong with them.
type Conflicts = BTreeMap<(Code, Ix, Ix), Days>;

/// The pairs that are wrong by the commit on days on which they were not.
///
/// # Complexity
/// For every key that a changed object holds anew, the objects that ever held it.
pub(super) fn check<R: PairRule>(rule: &R, draft: &Draft) -> Vec<Violation> {
    let changed = draft.touched().iter().filter(|t| t.kind == R::KIND && t.is_changed()).map(|t| t.ix);
    let changed: BTreeSet<Ix> = changed.chain(rule.also_changed(draft)).collect();
    let mut holders: HashMap<R::Key, Vec<Ix>> = HashMap::new();
    let mut fresh: BTreeSet<R::Key> = BTreeSet::new();
    for ix in &changed {
        let (before, now) = (held(rule, draft, When::Before, *ix), held(rule, draft, When::Now, *ix));
        let new = before.diff(&now).into_iter().filter_map(|(_, _, now)| now);
        fresh.extend(new.map(|(key, _)| key.clone()));
        let keys: BTreeSet<&R::Key> = now.iter().map(|(_, (key, _))| key).collect();
        for key in keys {
            holders.entry(key.clone()).or_default().push(*ix);
        }
    }
    let mut conflicts = Conflicts::new();
    for key in fresh {
        let mut all: BTreeSet<Ix> = rule.holders(draft, &key).into_iter().collect();
        all.extend(holders.get(&key).into_iter().flatten());
        let mut pieces = Vec::new();
        for ix in all {
            let asked = changed.contains(&ix);
            rule.holds(draft, When::Now, ix, &mut |period, held, detail| {
                if held == key {
                    pieces.push(Piece { period, ix, detail, asked });
                }
            });
        }
        pieces.sort_by_key(|piece| piece.period.raw().0);
        meet(rule, pieces, &mut conflicts);
    }
    let new = |((code, one, other), days): ((Code, Ix, Ix), Days)| {
        let days = days.subtract(&stood(rule, draft, code, one, other));
        (!days.is_empty()).then(|| violation(rule, draft, code, (one, other), &days))
    };
    conflicts.into_iter().filter_map(new).collect()
}

/// All pairs that are wrong.
///
/// # Complexity
/// O(n log n) in the objects of the kind and what they hold, and O(1) per pair.
pub(super) fn check_all<R: PairRule>(rule: &R, draft: &Draft) -> Vec<Violation> {
    let mut pieces: Vec<(R::Key, Piece<R::Detail>)> = Vec::new();
    for ix in draft.tables.of_kind(R::KIND) {
        rule.holds(draft, When::Now, ix, &mut |period, key, detail| {
            pieces.push((key, Piece { period, ix, detail, asked: true }));
        });
    }
    pieces
        .sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.period.raw().0.cmp(&other.period.raw().0)));
    let mut conflicts = Conflicts::new();
    let mut group: Vec<Piece<R::Detail>> = Vec::new();
    let mut of: Option<R::Key> = None;
    for (key, piece) in pieces {
        if of.as_ref() != Some(&key) {
            meet(rule, std::mem::take(&mut group), &mut conflicts);
            of = Some(key);
        }
        group.push(piece);
    }
    meet(rule, group, &mut conflicts);
    conflicts
        .into_iter()
        .map(|((code, one, other), days)| violation(rule, draft, code, (one, other), &days))
        .collect()
}

fn held<R: PairRule>(rule: &R, draft: &Draft, when: When, ix: Ix) -> Timeline<(R::Key, R::Detail)> {
    let mut pieces = Vec::new();
    rule.holds(draft, when, ix, &mut |period, key, detail| pieces.push((period, (key, detail))));
    Timeline::from_sorted(pieces)
}

/// Compares the pieces of one key, which come in order of their first days, where they overlap and one of the two is asked
/// about.
fn meet<R: PairRule>(rule: &R, pieces: Vec<Piece<R::Detail>>, conflicts: &mut Conflicts) {
    let mut asked: Vec<Piece<R::Detail>> = Vec::new();
    let mut others: Vec<Piece<R::Detail>> = Vec::new();
    for piece in pieces {
        let begins = piece.period.raw().0;
        let goes_on = |earlier: &Piece<R::Detail>| earlier.period.raw().1 > begins;
        asked.retain(goes_on);
        others.retain(goes_on);
        let compared = if piece.asked { others.as_slice() } else { &[] };
        for earlier in asked.iter().chain(compared).filter(|earlier| earlier.ix != piece.ix) {
            if let Some(code) = rule.conflict(&earlier.detail, &piece.detail)
                && let Some(days) = earlier.period.intersect(piece.period)
            {
                let (one, other) = (earlier.ix.min(piece.ix), earlier.ix.max(piece.ix));
                conflicts.entry((code, one, other)).or_default().insert(days, ());
            }
        }
        if piece.asked { asked.push(piece) } else { others.push(piece) }
    }
}

/// The days on which the same was wrong with the two before, whatever they had in common then.
fn stood<R: PairRule>(rule: &R, draft: &Draft, code: Code, one: Ix, other: Ix) -> Days {
    let (one, other) = (held(rule, draft, When::Before, one), held(rule, draft, When::Before, other));
    let wrong = |(a, one): &(R::Key, R::Detail), (b, other): &(R::Key, R::Detail)| {
        (a == b && rule.conflict(one, other) == Some(code)).then_some(())
    };
    one.merge(&other, |one, other| wrong(one?, other?))
}

/// The changed object of the two first, else by id.
fn violation<R: PairRule>(
    rule: &R,
    draft: &Draft,
    code: Code,
    (one, other): (Ix, Ix),
    days: &Days,
) -> Violation {
    let mut pair = [one, other];
    pair.sort_by_key(|ix| (!draft.by_command(*ix), draft.id(*ix)));
    let [one, other] = pair.map(|ix| words::name(draft, ix));
    let message = rule.sentence(code, &one, &other, &words::days(days));
    let objects = pair.iter().filter_map(|ix| draft.object(*ix)).collect();
    Violation::on_days(code, objects, days, message).drawn(words::lives(draft, &pair))
}
