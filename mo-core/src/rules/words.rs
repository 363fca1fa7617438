//! The sentences of violations: what an object is called, and what is wrong with a reference and how to mend it.

use super::coverage::{self, Break};
use super::{Code, Violation};
use crate::model::{Facet, Kind, ObjectRef, ValueType};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::{Days, Timeline};
use std::collections::BTreeMap;

/// An object as a sentence calls it: its kind and its last name; without a name whose it is, and its id.
pub(crate) fn name(draft: &Draft, ix: Ix) -> String {
    let Some(kind) = draft.kind(ix) else { return format!("unknown object {}", draft.id(ix)) };
    let word = kind.name().replace('_', " ");
    let Some(state) = last_state(draft, ix) else { return format!("{word} {}", draft.id(ix)) };
    if let Some(title) = title(draft, kind, &state) {
        return format!("{word} “{title}”");
    }
    match whose(draft, kind, &state, STEPS) {
        Some(whose) => format!("{word} of “{whose}” ({})", draft.id(ix)),
        None => format!("{word} {}", draft.id(ix)),
    }
}

/// Steps from an object without a name to somebody with one: from a binding over an account and an engagement to a person.
/// What is refused may refer in circles, so the steps are counted.
const STEPS: u8 = 3;

/// Whom an object without a name belongs to, directly or through what it belongs to.
fn whose(draft: &Draft, kind: Kind, state: &State, steps: u8) -> Option<String> {
    let further = steps.checked_sub(1)?;
    let of = |field| {
        let (field, _) = kind.spec().field(field)?;
        let ix = Ix(state.get(At { field, key: 0 })?);
        let (kind, state) = (draft.kind(ix)?, last_state(draft, ix)?);
        title(draft, kind, &state).or_else(|| whose(draft, kind, &state, further))
    };
    ["person", "unit", "from", "engagement", "it_account"].into_iter().find_map(of)
}

/// What an object is called; a facet by its key.
fn title(draft: &Draft, kind: Kind, state: &State) -> Option<String> {
    let key = || draft.tables.text_of(state, Facet::USER_KEY.index).map(ToString::to_string);
    draft.tables.title(kind, state).or_else(|| (kind == Kind::Facet).then(key).flatten())
}

fn last_state(draft: &Draft, ix: Ix) -> Option<State> {
    let now = draft.now(ix);
    let timeline = if now.is_empty() { draft.before(ix) } else { now };
    timeline.last().map(|(_, state)| state.clone())
}

/// Days as a sentence tells them: at most four periods, then how many more.
pub(crate) fn days(days: &Days) -> String {
    let mut text: Vec<String> = days.periods().take(4).map(|period| period.to_string()).collect();
    let more = days.len().saturating_sub(4);
    if more > 0 {
        text.push(format!("and {more} more"));
    }
    text.join(", ")
}

/// Broken references as violations: one per code and objects, over all fields.
pub(crate) fn violations(draft: &Draft, breaks: &[Break]) -> Vec<Violation> {
    let mut joined: BTreeMap<(String, Ix, Ix), (Break, Days)> = BTreeMap::new();
    for found in breaks {
        let key = (found.code.to_string(), found.referer, found.reference.target);
        let entry = joined.entry(key).or_insert_with(|| (found.clone(), Timeline::new()));
        entry.1 = entry.1.union(&found.days);
    }
    joined
        .into_values()
        .map(|(found, on)| {
            let objects = [found.referer, found.reference.target];
            let message = sentence(draft, &found, &on);
            let objects = objects.map(|ix| object(draft, ix, found.reference.target_kind()));
            Violation::on_days(found.code, objects.into(), &on, message).drawn(rows(draft, &found))
        })
        .collect()
}

/// The object an id names; of the kind it should be where it names none.
pub(super) fn object(draft: &Draft, ix: Ix, expected: Kind) -> ObjectRef {
    draft.object(ix).unwrap_or(ObjectRef { kind: expected, id: draft.id(ix) })
}

/// The lives of objects, as rows.
pub(super) fn lives(draft: &Draft, objects: &[Ix]) -> Vec<(String, Vec<Period>)> {
    objects.iter().map(|ix| (name(draft, *ix), draft.now(*ix).coverage().periods().collect())).collect()
}

/// What was compared, as rows: the days of the reference and the life of its target.
fn rows(draft: &Draft, found: &Break) -> Vec<(String, Vec<Period>)> {
    let target = found.reference.target;
    let demanded = coverage::demand(draft, When::Now, found.referer, found.reference);
    let life = draft.now(target);
    vec![
        (name(draft, found.referer), demanded.periods().collect()),
        (name(draft, target), life.iter().map(|(period, _)| period).collect()),
    ]
}

fn sentence(draft: &Draft, found: &Break, on: &Days) -> String {
    let (referer, target) = (name(draft, found.referer), name(draft, found.reference.target));
    let relation = found.reference.relation;
    let field = relation.kind.spec().fields.get(usize::from(relation.field));
    let placed = field.is_some_and(|field| field.value == ValueType::Placement);
    let field = field.map_or("", |field| field.name).replace('_', " ");
    let (refers, would_refer) = match (placed, relation.in_key) {
        (true, true) => ("stands in it".to_owned(), format!("stand in {target}")),
        (true, false) => ("stands under it".to_owned(), format!("stand under {target}")),
        (false, _) => (format!("has it as its {field}"), format!("have {target} as its {field}")),
    };
    let word = found.reference.target_kind().name().replace('_', " ");
    let days = days(on);
    match found.code {
        Code::Terminate(..) => format!(
            "{target} would not exist on days on which {referer} {refers}: {days}. End, move or vacate {referer} \
             first, or say what shall happen to dependents (cascade, vacate)."
        ),
        Code::NoActiveEngagement => format!(
            "{referer} would lie outside its {target}: {days}. Shorten the leave or extend the engagement."
        ),
        Code::ClassNotValid => format!(
            "{target}, the {field} of {referer}, is not published on these days: {days}. Choose a class that is, or \
             publish it for those days."
        ),
        Code::ClassWrongFacet => {
            let facet = relation.kind.spec().fields.get(usize::from(relation.field)).and_then(|f| f.facet);
            format!(
                "{target}, the {field} of {referer}, does not belong to the facet {} on these days: {days}. Choose a \
                 class of that facet.",
                facet.unwrap_or("demanded")
            )
        }
        Code::ParentNotInHierarchy => format!(
            "{target} does not stand in the hierarchy on days on which {referer} is placed under it: {days}. Place \
             {target} there first, or choose another parent."
        ),
        _ => format!(
            "{referer} would {would_refer} on days on which that does not exist: {days}. Extend {target}, shorten \
             {referer}, or choose another {word} for those days."
        ),
    }
}
