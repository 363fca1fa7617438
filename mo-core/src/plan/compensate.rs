//! Undoing a registration: the values it replaced come back, on the days and in the fields it changed, where what it left
//! still holds.

use std::collections::BTreeSet;

use super::attempt::Attempt;
use crate::model::{Kind, ObjectRef};
use crate::rules::{self, Code, Refusal, Violation};
use crate::state::cells::{At, State};
use crate::state::draft::Draft;
use crate::state::tables::{Ix, Tables};
use crate::time::{Period, Revision};
use crate::timeline::{Days, Timeline};

pub(super) fn run(revision: Revision, number: usize, attempt: &mut Attempt) -> Result<(), Refusal> {
    let tables = attempt.working.draft.tables.clone();
    let refused = |code, objects, message| Violation {
        command: Some(number),
        ..Violation::on_days(code, objects, &Timeline::new(), message)
    };
    let Some(row) = tables.registration(revision) else {
        let message = format!(
            "there is no registration {revision}; the last is {}. Look the number up in the journal.",
            tables.head()
        );
        return Err(Refusal::new(vec![refused(Code::Unknown, Vec::new(), message)]));
    };
    let mut conflicts = Vec::new();
    for ix in row.touched.iter().copied() {
        let Some(kind) = tables.kind(ix) else { continue };
        let (back, days) = undone(&attempt.working.draft, &tables, ix, revision);
        if days.is_empty() {
            attempt.working.put(number, kind, ix, back)?;
            continue;
        }
        let name = rules::name(&attempt.working.draft, ix);
        let message = format!(
            "{name} is no longer as registration {revision} left it: {}. {} Undo what came later first, the newest \
             first, or correct the rest by hand.",
            rules::days(&days),
            since(&tables, ix, revision, Some(&days))
        );
        conflicts.push(refused(Code::Conflict, vec![ObjectRef { kind, id: tables.id(ix) }], message));
    }
    if !conflicts.is_empty() {
        conflicts.sort_by(|a, b| a.objects.cmp(&b.objects));
        return Err(Refusal::new(conflicts));
    }
    attempt.marks.compensates = Some(revision);
    Ok(())
}

/// The timeline without what the registration did, and the days on which it is no longer as the registration left it.
fn undone(draft: &Draft, tables: &Tables, ix: Ix, revision: Revision) -> (Timeline<State>, Days) {
    let earlier = Revision::new(revision.number().saturating_sub(1));
    let before = tables.timeline_as_known(ix, earlier);
    let after = tables.timeline_as_known(ix, revision);
    let now = draft.now(ix);
    let mut back = now.clone().into_owned();
    let mut conflict = Days::new();
    for (period, old, new) in before.diff(&after) {
        let window = Timeline::single(period, ());
        for (days, _, held) in window.overlay(&now).filter(|(_, inside, _)| inside.is_some()) {
            match (old, new, held) {
                (None, Some(new), Some(held)) if held == new => back.remove(days),
                (Some(old), None, None) => back.insert(days, old.clone()),
                (Some(old), Some(new), Some(held)) => match restored(old, new, held) {
                    Some(state) => back.insert(days, state),
                    None => conflict.insert(days, ()),
                },
                _ => conflict.insert(days, ()),
            }
        }
    }
    (back, conflict)
}

/// What is held, with the old value in every slot that the registration changed; `None` where one has yet another value.
fn restored(old: &State, new: &State, held: &State) -> Option<State> {
    let mut slots: Vec<At> = old.cells().iter().chain(new.cells()).map(|cell| cell.at).collect();
    slots.sort_unstable();
    slots.dedup();
    let mut state = held.clone();
    for at in slots {
        if old.get(at) == new.get(at) {
            continue;
        }
        if held.get(at) != new.get(at) {
            return None;
        }
        state = state.with(at, old.get(at));
    }
    Some(state)
}

/// The registrations after `revision` that changed an object (on any of these days), as a sentence.
fn since(tables: &Tables, ix: Ix, revision: Revision, on: Option<&Days>) -> String {
    let Some(history) = tables.history(ix) else { return String::new() };
    let mut later: BTreeSet<Revision> = BTreeSet::new();
    for rect in history.iter() {
        later.extend(
            Some(rect.known_from).into_iter().chain(rect.known_until).filter(|known| *known > revision),
        );
    }
    let changed = |known: &Revision| {
        let earlier = Revision::new(known.number().saturating_sub(1));
        let (before, after) = (history.timeline(earlier), history.timeline(*known));
        let differ: Vec<Period> = before.diff(&after).into_iter().map(|(period, _, _)| period).collect();
        on.is_none_or(|on| differ.iter().any(|period| on.pieces_in(*period).next().is_some()))
    };
    let later: Vec<String> = later
        .into_iter()
        .filter(changed)
        .filter_map(|known| {
            let row = tables.registration(known)?;
            Some(format!("registration {known} ({}, {})", row.actor, row.registered_at))
        })
        .collect();
    match later.as_slice() {
        [] => String::new(),
        later => format!("It was changed since by {}.", later.join(", ")),
    }
}

/// A refusal by the rules, with the later registrations of the objects that stand in the way.
pub(super) fn explained(mut refusal: Refusal, revision: Revision, tables: &Tables) -> Refusal {
    for violation in &mut refusal.violations {
        let Some(ix) = violation.objects.first().and_then(|object: &ObjectRef| tables.ix(object.id)) else {
            continue;
        };
        if tables.kind(ix).is_some_and(|kind: Kind| violation.objects.first().is_some_and(|o| o.kind == kind))
        {
            let later = since(tables, ix, revision, None);
            if !later.is_empty() {
                violation.message = format!("{} {later}", violation.message);
            }
        }
    }
    refusal
}
