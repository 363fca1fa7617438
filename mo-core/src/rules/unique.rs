//! What may be held by one object only, per day: CPR numbers of persons.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Code, Policies, Policy, Violation};
use crate::model::{Kind, Person};
use crate::state::cells::{At, State};
use crate::state::draft::Draft;
use crate::state::tables::Ix;
use crate::timeline::{Days, Timeline};

/// Pairs of persons with one CPR number on the same day, where the commit makes or widens it. Source: OS2mo's
/// `V_EXISTING_CPR`, which it checks on create only.
pub(crate) fn cpr(draft: &Draft) -> Vec<Violation> {
    let at = At { field: Person::CPR.index, key: 0 };
    let changed: Vec<Ix> = draft
        .touched()
        .iter()
        .filter(|touched| touched.kind == Kind::Person && touched.is_changed())
        .map(|touched| touched.ix)
        .collect();
    // The tables know who had a number before the commit; this knows who gets one by it.
    let mut holders: HashMap<u32, Vec<Ix>> = HashMap::new();
    for ix in &changed {
        for number in numbers(&draft.now(*ix), at) {
            holders.entry(number).or_default().push(*ix);
        }
    }
    let mut pairs: BTreeMap<(Ix, Ix), Days> = BTreeMap::new();
    for ix in &changed {
        for number in numbers(&draft.now(*ix), at) {
            let others = draft.tables.by_key(Kind::Person, at, number);
            let others: BTreeSet<Ix> =
                others.chain(holders.get(&number).into_iter().flatten().copied()).collect();
            for other in others.into_iter().filter(|other| other != ix) {
                let now = shared(&draft.now(*ix), &draft.now(other), at, number);
                let days = now.subtract(&equal(&draft.before(*ix), &draft.before(other), at));
                if days.is_empty() {
                    continue;
                }
                let both_changed = draft.changed(other).is_some();
                let pair =
                    if both_changed && draft.id(other) < draft.id(*ix) { (other, *ix) } else { (*ix, other) };
                let noted = pairs.entry(pair).or_default();
                *noted = noted.union(&days);
            }
        }
    }
    pairs.into_iter().map(|(pair, days)| violation(draft, pair, &days)).collect()
}

fn numbers(timeline: &Timeline<State>, at: At) -> BTreeSet<u32> {
    timeline.iter().filter_map(|(_, state)| state.get(at)).collect()
}

/// The days on which both hold the value.
fn shared(a: &Timeline<State>, b: &Timeline<State>, at: At, value: u32) -> Days {
    let holds = |timeline: &Timeline<State>| {
        timeline.filter_map(|state| (state.get(at) == Some(value)).then_some(()))
    };
    holds(a).intersect(&holds(b))
}

/// The days on which both hold one value, whichever: what stood before is told apart by the persons, not the number.
fn equal(a: &Timeline<State>, b: &Timeline<State>, at: At) -> Days {
    let values = numbers(a, at);
    values.into_iter().fold(Days::new(), |days, value| days.union(&shared(a, b, at, value)))
}

fn violation(draft: &Draft, (person, other): (Ix, Ix), days: &Days) -> Violation {
    let message = format!(
        "{} and {} would have the same CPR number on the same days. Check whether they are one person; else correct the \
         number of one of them.",
        super::words::name(draft, person),
        super::words::name(draft, other),
    );
    let objects = [person, other].into_iter().filter_map(|ix| draft.object(ix)).collect();
    Violation::on_days(Code::ExistingCpr, objects, days, message)
}

/// Whether the policies admit what is not unique: uniqueness knows refuse and report.
pub(crate) fn is_reported(kind: Kind, field: u8, commit: &Policies, registry: &Policies) -> bool {
    commit.get(kind, field).or_else(|| registry.get(kind, field)) == Some(Policy::Report)
}
