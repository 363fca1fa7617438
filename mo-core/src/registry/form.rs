//! The JSON forms of commands and policies, shared by scenario files and plans.

use crate::journal::{
    At, Json, JsonError, JsonKey, ReadId, fields_from, fields_json, object_json, object_ref_from, patch_from,
    patch_json, period_from, period_json,
};
use crate::model::{HierarchyId, Kind, ObjectRef, Placement, UnitId};
use crate::rules::{Policies, Policy};
use crate::state::Dependents;
use crate::time::Day;

use super::Command;

pub(crate) fn policies_from(at: &At, read: ReadId) -> Result<Policies, JsonError> {
    let mut policies = Policies::new();
    for (key, at) in at.entries()? {
        let policy = policy_from(&at, read)?;
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
pub(crate) fn relation_from(at: &At, text: &str) -> Result<(Kind, u8), JsonError> {
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

fn policy_from(at: &At, read: ReadId) -> Result<Policy, JsonError> {
    if matches!(at.json, Json::Object(_)) {
        at.only(&["fallback"])?;
        return Ok(Policy::Fallback(at.required("fallback")?.id(read)?));
    }
    match at.text()? {
        "refuse" => Ok(Policy::Refuse),
        "clip" => Ok(Policy::Clip),
        "vacate" => Ok(Policy::Vacate),
        "report" => Ok(Policy::Report),
        _ => Err(at.error("must be \"refuse\", \"clip\", \"vacate\", \"report\" or {\"fallback\": id}")),
    }
}

pub(crate) fn command_from(at: &At, read: ReadId) -> Result<Command, JsonError> {
    let mut entries = at.entries()?;
    let (Some((verb, inner)), None) = (entries.next(), entries.next()) else {
        return Err(at.error("a command is an object with exactly one key, the verb"));
    };
    let verb = verb.text();
    let at = &inner;
    let object = || object_ref_from(at, read);
    let period = |key| period_from(&at.required(key)?);
    let patch = |kind| patch_from(kind, &at.required("patch")?, read);
    let day = |key| at.required(key)?.day();
    Ok(match verb.as_str() {
        "create" => {
            at.only(&["kind", "id", "period", "state"])?;
            let object = object()?;
            let state = fields_from(object.kind, &at.required("state")?, read)?;
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
                let state = fields_from(object.kind, &piece.required("state")?, read)?;
                timeline.push((period_from(&piece.required("valid")?)?, state));
            }
            Command::Replace { object, timeline, dependents: dependents(at)? }
        }
        "delete" => {
            at.only(&["kind", "id", "dependents"])?;
            Command::Delete { object: object()?, dependents: dependents(at)? }
        }
        "move" | "leave" => placement_from(&verb, at, read)?,
        _ => {
            return Err(at.error(
                "unknown verb; the verbs are create, change, set, correct, end, suspend, extend, shift, replace, \
                 delete, move and leave",
            ));
        }
    })
}

fn placement_from(verb: &str, at: &At, read: ReadId) -> Result<Command, JsonError> {
    let unit = UnitId::new(at.required("unit")?.id(read)?);
    let hierarchy = HierarchyId::new(at.required("hierarchy")?.id(read)?);
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
    let to = to_from(&at.required("to")?, read)?;
    Ok(Command::Move { unit, hierarchy, to, from, until })
}

pub(crate) fn dependents(at: &At) -> Result<Option<Dependents>, JsonError> {
    let Some(at) = at.optional("dependents") else { return Ok(None) };
    match at.text()? {
        "refuse" => Ok(Some(Dependents::Refuse)),
        "cascade" => Ok(Some(Dependents::Cascade)),
        "vacate" => Ok(Some(Dependents::Vacate)),
        _ => Err(at.error("must be \"refuse\", \"cascade\" or \"vacate\"")),
    }
}

/// A command, as [`command_from`] reads it.
pub(crate) fn command_json(command: &Command) -> Json {
    let of = |object: &ObjectRef| object_json(*object);
    let day = |day: &Day| Json::Text(day.to_string());
    let with = |mut json: Json, dependents: &Option<Dependents>| {
        if let Some(dependents) = dependents {
            json.push("dependents", dependents_word(*dependents).into());
        }
        json
    };
    let (verb, json) = match command {
        Command::Create { object, period, state } => {
            let mut json = of(object);
            json.push("period", period_json(*period));
            json.push("state", fields_json(object.kind, state));
            ("create", json)
        }
        Command::Change { object, from, patch } => {
            let mut json = of(object);
            json.push("from", day(from));
            json.push("patch", patch_json(object.kind, patch));
            ("change", json)
        }
        Command::Set { object, period, patch } => {
            let mut json = of(object);
            json.push("period", period_json(*period));
            json.push("patch", patch_json(object.kind, patch));
            ("set", json)
        }
        Command::Correct { object, on, patch } => {
            let mut json = of(object);
            json.push("on", day(on));
            json.push("patch", patch_json(object.kind, patch));
            ("correct", json)
        }
        Command::End { object, from, dependents } => {
            let mut json = of(object);
            json.push("from", day(from));
            ("end", with(json, dependents))
        }
        Command::Suspend { object, period, dependents } => {
            let mut json = of(object);
            json.push("period", period_json(*period));
            ("suspend", with(json, dependents))
        }
        Command::Extend { object, period } => {
            let mut json = of(object);
            json.push("period", period_json(*period));
            ("extend", json)
        }
        Command::Shift { object, old, new, dependents } => {
            let mut json = of(object);
            json.push("old", period_json(*old));
            json.push("new", period_json(*new));
            ("shift", with(json, dependents))
        }
        Command::Replace { object, timeline, dependents } => {
            let mut json = of(object);
            let pieces = timeline.iter().map(|(valid, state)| {
                Json::object([("valid", period_json(*valid)), ("state", fields_json(object.kind, state))])
            });
            json.push("timeline", Json::List(pieces.collect()));
            ("replace", with(json, dependents))
        }
        Command::Delete { object, dependents } => ("delete", with(of(object), dependents)),
        Command::Move { unit, hierarchy, to, from, until } => {
            let mut json = placement_json(*unit, *hierarchy);
            json.push("to", to_json(*to));
            json.push("from", day(from));
            if let Some(until) = until {
                json.push("until", day(until));
            }
            ("move", json)
        }
        Command::Leave { unit, hierarchy, from, until } => {
            let mut json = placement_json(*unit, *hierarchy);
            json.push("from", day(from));
            if let Some(until) = until {
                json.push("until", day(until));
            }
            ("leave", json)
        }
    };
    Json::object([(verb, json)])
}

fn placement_json(unit: UnitId, hierarchy: HierarchyId) -> Json {
    Json::object([("unit", Json::Id(unit.uuid())), ("hierarchy", Json::Id(hierarchy.uuid()))])
}

/// A place: `root` or a unit.
pub(crate) fn to_json(to: Placement) -> Json {
    match to {
        Placement::Root => "root".into(),
        Placement::Under(unit) => Json::Id(unit.uuid()),
    }
}

/// Reads a place.
pub(crate) fn to_from(at: &At, read: ReadId) -> Result<Placement, JsonError> {
    Ok(match at.json {
        Json::Text(text) if text == "root" => Placement::Root,
        _ => Placement::Under(UnitId::new(at.id(read)?)),
    })
}

pub(crate) fn dependents_word(dependents: Dependents) -> &'static str {
    match dependents {
        Dependents::Refuse => "refuse",
        Dependents::Cascade => "cascade",
        Dependents::Vacate => "vacate",
    }
}

/// Policies, as [`policies_from`] reads them.
pub(crate) fn policies_json(policies: &Policies) -> Json {
    let policy = |policy: Policy| match policy {
        Policy::Refuse => "refuse".into(),
        Policy::Clip => "clip".into(),
        Policy::Vacate => "vacate".into(),
        Policy::Report => "report".into(),
        Policy::Fallback(id) => Json::object([("fallback", Json::Id(id))]),
    };
    let relations = policies.relations().map(|((kind, field), of)| {
        let name = kind.spec().fields.get(usize::from(field)).map_or("", |field| field.name);
        (JsonKey::Text(format!("{kind}.{name}")), policy(of))
    });
    let otherwise = policies.fallback_policy().map(|of| (JsonKey::Word("*"), policy(of)));
    Json::object(relations.chain(otherwise))
}
