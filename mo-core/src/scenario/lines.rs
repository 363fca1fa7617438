//! The lines that commits and dry runs print.

use crate::journal::{Json, JsonKey, object_json, period_json, slot_path, value_json};
use crate::plan::{Difference, FieldEffect, Plan};
use crate::registry::{CommitError, Outcome, SideEffects};
use crate::rules::{Refusal, Violation};
use crate::time::Period;

pub(super) fn outcome(line: &mut Json, outcome: &Outcome) {
    match outcome {
        Outcome::Registered(receipt) => {
            line.push("revision", receipt.stamp.revision.number().into());
            line.push("registered_at", Json::Text(receipt.stamp.registered_at.to_string()));
            side_effects(line, &receipt.effects);
        }
        Outcome::Unchanged => line.push("unchanged", Json::Bool(true)),
    }
}

/// What a commit answered; an error only where the store failed.
pub(super) fn answered(line: &mut Json, answer: Result<Outcome, CommitError>) -> Result<(), CommitError> {
    match answer {
        Ok(registered) => outcome(line, &registered),
        Err(CommitError::Refused(refusal)) => refused(line, &refusal),
        Err(other) => return Err(other),
    }
    Ok(())
}

/// What a plan says: its base, its effects, and what is undecided.
pub(super) fn plan(line: &mut Json, plan: &Plan) {
    line.push("base", plan.base().number().into());
    line.push("effects", Json::List(plan.effects().iter().map(FieldEffect::to_json).collect()));
    if !plan.unresolved().is_empty() {
        let unresolved = plan.unresolved().iter().map(|item| {
            let mut json = object_json(item.object);
            json.push("periods", periods(&item.periods));
            json
        });
        line.push("unresolved", Json::List(unresolved.collect()));
    }
}

/// How a plan's effects are no longer what they were.
pub(super) fn differences(line: &mut Json, found: &[Difference]) {
    let items = found.iter().map(|difference| {
        let (word, effect) = match difference {
            Difference::Gone(effect) => ("gone", effect),
            Difference::New(effect) => ("new", effect),
        };
        Json::object([(word, effect.to_json())])
    });
    line.push("differs", Json::List(items.collect()));
}

pub(super) fn refused(line: &mut Json, refusal: &Refusal) {
    line.push("refused", refusal.to_json());
}

pub(super) fn violations(violations: &[Violation]) -> Json {
    Json::List(violations.iter().map(Violation::to_json).collect())
}

pub(super) fn side_effects(line: &mut Json, effects: &SideEffects) {
    let mut push = |key: &'static str, items: Vec<Json>| {
        if !items.is_empty() {
            line.push(key, Json::List(items));
        }
    };
    let replaced = effects.replaced.iter().map(|replaced| {
        let mut json = object_json(replaced.object);
        let field = match slot_path(replaced.object.kind, &replaced.slot) {
            JsonKey::Path(field, id) => Json::Path(field, id),
            other => Json::Text(other.text()),
        };
        json.push("field", field);
        json.push("valid", period_json(replaced.valid));
        json.push("value", replaced.value.as_ref().map_or(Json::Null, value_json));
        json
    });
    push("replaced", replaced.collect());
    let left_out = effects.left_out.iter().map(|left| {
        Json::object([("command", Json::Number(left.command as u64)), ("periods", periods(&left.periods))])
    });
    push("left_out", left_out.collect());
    let settled = effects.settled.iter().map(|settled| {
        let mut json = object_json(settled.object);
        json.push("action", settled.action.name().into());
        json.push("periods", periods(&settled.periods));
        json
    });
    push("settled", settled.collect());
    push("reported", effects.reported.iter().map(Violation::to_json).collect());
}

fn periods(periods: &[Period]) -> Json {
    Json::List(periods.iter().map(|period| period_json(*period)).collect())
}
