//! Commits and commands of a scenario file.

use super::names::Names;
use crate::journal::{At, Json, JsonError, fields_from, object_ref_from, patch_from, period_from};
use crate::model::value::Text;
use crate::model::{HierarchyId, Kind, Placement, UnitId};
use crate::registry::{Command, Commit};
use crate::rules::{Policies, Policy};
use crate::state::Dependents;
use crate::time::Instant;

pub(super) fn commit_from(at: &At, names: &Names) -> Result<(Instant, Commit), JsonError> {
    at.only(&["registered_at", "actor", "note", "cause", "policy", "commands"])?;
    let registered_at = at.required("registered_at")?.parse()?;
    let mut commit = Commit::new(at.required("actor")?.text()?);
    let text = |key| at.optional(key).map(|at| at.text().map(Text::from)).transpose();
    commit.note = text("note")?;
    commit.cause = text("cause")?;
    if let Some(policy) = at.optional("policy") {
        commit.policies = policies_from(&policy, names)?;
    }
    let commands = at.required("commands")?;
    for at in commands.items()? {
        commit.commands.push(command_from(&at, names)?);
    }
    Ok((registered_at, commit))
}

fn policies_from(at: &At, names: &Names) -> Result<Policies, JsonError> {
    let mut policies = Policies::new();
    for (key, at) in at.entries()? {
        let policy = policy_from(&at, names)?;
        let key = key.text();
        policies = if key == "*" {
            policies.otherwise(policy)
        } else {
            let (kind, field) = relation_from(&at, &key)?;
            policies.with_relation(kind, field, policy)
        };
    }
    Ok(policies)
}

/// Reads `<kind>.<field>`.
pub(super) fn relation_from(at: &At, text: &str) -> Result<(Kind, u8), JsonError> {
    let found = text.split_once('.').and_then(|(kind, field)| {
        let kind = Kind::from_name(kind)?;
        Some((kind, kind.spec().field(field)?.0))
    });
    found.ok_or_else(|| {
        at.error(format!(
            "{:?} is no relation: write <kind>.<field>, for example engagement.unit",
            crate::quote(text)
        ))
    })
}

fn policy_from(at: &At, names: &Names) -> Result<Policy, JsonError> {
    if matches!(at.json, Json::Object(_)) {
        at.only(&["fallback"])?;
        return Ok(Policy::Fallback(at.required("fallback")?.id(&|text| names.read(text))?));
    }
    match at.text()? {
        "refuse" => Ok(Policy::Refuse),
        "clip" => Ok(Policy::Clip),
        "vacate" => Ok(Policy::Vacate),
        "report" => Ok(Policy::Report),
        _ => Err(at.error("must be \"refuse\", \"clip\", \"vacate\", \"report\" or {\"fallback\": id}")),
    }
}

fn command_from(at: &At, names: &Names) -> Result<Command, JsonError> {
    let mut entries = at.entries()?;
    let (Some((verb, inner)), None) = (entries.next(), entries.next()) else {
        return Err(at.error("a command is an object with exactly one key, the verb"));
    };
    let verb = verb.text();
    let read = |text: &str| names.read(text);
    let at = &inner;
    let object = || object_ref_from(at, &read);
    let period = |key| period_from(&at.required(key)?);
    let patch = |kind| patch_from(kind, &at.required("patch")?, &read);
    let day = |key| at.required(key)?.day();
    Ok(match verb.as_str() {
        "create" => {
            at.only(&["kind", "id", "period", "state"])?;
            let object = object()?;
            let state = fields_from(object.kind, &at.required("state")?, &read)?;
            Command::Create { object, period: period("period")?, state }
        }
        "change" => {
            at.only(&["kind", "id", "from", "patch"])?;
            let object = object()?;
            Command::Change { object, from: day("from")?, patch: patch(object.kind)? }
        }
        "set" => {
            at.only(&["kind", "id", "period", "patch"])?;
            let object = object()?;
            Command::Set { object, period: period("period")?, patch: patch(object.kind)? }
        }
        "correct" => {
            at.only(&["kind", "id", "on", "patch"])?;
            let object = object()?;
            Command::Correct { object, on: day("on")?, patch: patch(object.kind)? }
        }
        "end" => {
            at.only(&["kind", "id", "from", "dependents"])?;
            Command::End { object: object()?, from: day("from")?, dependents: dependents(at)? }
        }
        "suspend" => {
            at.only(&["kind", "id", "period", "dependents"])?;
            Command::Suspend { object: object()?, period: period("period")?, dependents: dependents(at)? }
        }
        "extend" => {
            at.only(&["kind", "id", "period"])?;
            Command::Extend { object: object()?, period: period("period")? }
        }
        "shift" => {
            at.only(&["kind", "id", "old", "new", "dependents"])?;
            let (old, new) = (period("old")?, period("new")?);
            Command::Shift { object: object()?, old, new, dependents: dependents(at)? }
        }
        "replace" => {
            at.only(&["kind", "id", "timeline", "dependents"])?;
            let object = object()?;
            let pieces = at.required("timeline")?;
            let mut timeline = Vec::new();
            for piece in pieces.items()? {
                piece.only(&["valid", "state"])?;
                let state = fields_from(object.kind, &piece.required("state")?, &read)?;
                timeline.push((period_from(&piece.required("valid")?)?, state));
            }
            Command::Replace { object, timeline, dependents: dependents(at)? }
        }
        "delete" => {
            at.only(&["kind", "id", "dependents"])?;
            Command::Delete { object: object()?, dependents: dependents(at)? }
        }
        "move" | "leave" => placement_from(&verb, at, names)?,
        _ => {
            return Err(at.error(
                "unknown verb; the verbs are create, change, set, correct, end, suspend, extend, shift, replace, \
                 delete, move and leave",
            ));
        }
    })
}

fn placement_from(verb: &str, at: &At, names: &Names) -> Result<Command, JsonError> {
    let read = |text: &str| names.read(text);
    let unit = UnitId::new(at.required("unit")?.id(&read)?);
    let hierarchy = HierarchyId::new(at.required("hierarchy")?.id(&read)?);
    let from = at.required("from")?.day()?;
    let until = match at.optional("until") {
        Some(at) => {
            let until = at.day()?;
            if until <= from {
                return Err(at.error("must be later than \"from\""));
            }
            Some(until)
        }
        None => None,
    };
    if verb == "leave" {
        at.only(&["unit", "hierarchy", "from", "until"])?;
        return Ok(Command::Leave { unit, hierarchy, from, until });
    }
    at.only(&["unit", "hierarchy", "to", "from", "until"])?;
    let to = at.required("to")?;
    let to = match to.json {
        Json::Text(text) if text == "root" => Placement::Root,
        _ => Placement::Under(UnitId::new(to.id(&read)?)),
    };
    Ok(Command::Move { unit, hierarchy, to, from, until })
}

fn dependents(at: &At) -> Result<Option<Dependents>, JsonError> {
    let Some(at) = at.optional("dependents") else { return Ok(None) };
    match at.text()? {
        "refuse" => Ok(Some(Dependents::Refuse)),
        "cascade" => Ok(Some(Dependents::Cascade)),
        "vacate" => Ok(Some(Dependents::Vacate)),
        _ => Err(at.error("must be \"refuse\", \"cascade\" or \"vacate\"")),
    }
}
