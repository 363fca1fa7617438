//! The JSON form of intents, proposals and plans, and its schema. Commands, wishes and reorganisations look as in scenario
//! files.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::intent::{Act, Selection};
use super::{Approval, FieldEffect, Intent, Plan, Proposal, Reorganisation, Unresolved};
use crate::classification::{Instead, ReplaceRetired};
use crate::journal::{
    At, Json, JsonError, ReadId, fields_from, object_json, object_ref_from, patch_from, patch_json,
    period_from, period_json, plain_id,
};
use crate::model::value::Text;
use crate::model::{ClassId, KleTagId, ObjectRef};
use crate::reconcile::Reconcile;
use crate::registry::{
    command_from, command_json, dependents, dependents_word, policies_from, policies_json,
};
use crate::rules::Policies;
use crate::time::Revision;

/// Reads an intent; `fresh` gives ids to wishes that have none.
pub(crate) fn intent_from(
    at: &At,
    read: ReadId,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Result<Intent, JsonError> {
    if let Some(at) = at.optional("each") {
        return Ok(Intent::Each(selection_from(&at, read)?));
    }
    if let Some(at) = at.optional("reconcile") {
        return Ok(Intent::Reconcile(Reconcile::from_json(&at, read, fresh)?));
    }
    if let Some(at) = at.optional("replace_retired") {
        return Ok(Intent::ReplaceRetired(replace_retired_from(&at, read)?));
    }
    if let Some(at) = at.optional("reorganise") {
        return Ok(Intent::Reorganise(Reorganisation::from_json(&at, read)?));
    }
    if let Some(at) = at.optional("compensate") {
        at.only(&["revision"])?;
        return Ok(Intent::Compensate(Revision::new(at.required("revision")?.number()?)));
    }
    Ok(Intent::Command(command_from(at, read)?))
}

fn intent_json(intent: &Intent) -> Json {
    match intent {
        Intent::Command(command) => command_json(command),
        Intent::Each(selection) => Json::object([("each", selection_json(selection))]),
        Intent::Reconcile(reconcile) => Json::object([("reconcile", reconcile.to_json())]),
        Intent::ReplaceRetired(wish) => Json::object([("replace_retired", replace_retired_json(wish))]),
        Intent::Reorganise(reorganisation) => Json::object([("reorganise", reorganisation.to_json())]),
        Intent::Compensate(revision) => {
            let revision = Json::object([("revision", Json::from(revision.number()))]);
            Json::object([("compensate", revision)])
        }
    }
}

fn replace_retired_from(at: &At, read: ReadId) -> Result<ReplaceRetired, JsonError> {
    at.only(&["since", "decided"])?;
    let mut wish = ReplaceRetired::since(at.required("since")?.day()?);
    let Some(decided) = at.optional("decided") else { return Ok(wish) };
    for at in decided.items()? {
        at.only(&["class", "tag", "instead"])?;
        let class = ClassId::new(at.required("class")?.id(read)?);
        let tag = at.optional("tag").map(|at| at.id(read).map(KleTagId::new)).transpose()?;
        let instead = at.required("instead")?;
        let instead = match instead.text() {
            Ok("end") => Instead::Nothing,
            Ok("leave") => Instead::Itself,
            _ => Instead::Class(ClassId::new(instead.id(read)?)),
        };
        wish = wish.decide(class, tag, instead);
    }
    Ok(wish)
}

fn replace_retired_json(wish: &ReplaceRetired) -> Json {
    let mut json = Json::object([("since", Json::Text(wish.from.to_string()))]);
    let decided = wish.decided.iter().map(|((class, tag), instead)| {
        let mut json = Json::object([("class", Json::Id(class.uuid()))]);
        if let Some(tag) = tag {
            json.push("tag", Json::Id(tag.uuid()));
        }
        json.push(
            "instead",
            match instead {
                Instead::Class(to) => Json::Id(to.uuid()),
                Instead::Nothing => "end".into(),
                Instead::Itself => "leave".into(),
            },
        );
        json
    });
    if !wish.decided.is_empty() {
        json.push("decided", Json::List(decided.collect()));
    }
    json
}

fn selection_from(at: &At, read: ReadId) -> Result<Selection, JsonError> {
    at.only(&["kind", "during", "having", "patch", "end"])?;
    let kind = at.required("kind")?.kind()?;
    let during = period_from(&at.required("during")?)?;
    let conditions = match at.optional("having") {
        Some(at) => {
            let fields = fields_from(kind, &at, read)?;
            fields.iter().map(|(slot, value)| (slot.clone(), value.clone())).collect()
        }
        None => Vec::new(),
    };
    let act = match (at.optional("patch"), at.optional("end")) {
        (Some(patch), None) => Act::Change(patch_from(kind, &patch, read)?),
        (None, Some(at)) => {
            at.only(&["dependents"])?;
            Act::End(dependents(&at)?)
        }
        _ => return Err(at.error("needs either \"patch\" or \"end\"")),
    };
    Ok(Selection { kind, during, conditions, act })
}

fn selection_json(selection: &Selection) -> Json {
    let kind = selection.kind;
    let mut json = Json::object([("kind", kind.name().into()), ("during", period_json(selection.during))]);
    if !selection.conditions.is_empty() {
        let mut fields = crate::model::Fields::new();
        for (slot, value) in &selection.conditions {
            fields.put(slot.clone(), value.clone());
        }
        json.push("having", crate::journal::fields_json(kind, &fields));
    }
    match &selection.act {
        Act::Change(patch) => json.push("patch", patch_json(kind, patch)),
        Act::End(dependents) => {
            let said = dependents.map(|said| ("dependents", Json::from(dependents_word(said))));
            json.push("end", Json::object::<&'static str>(said));
        }
    }
    json
}

const PROPOSAL_KEYS: [&str; 8] =
    ["name", "author", "note", "case_number", "decided", "effective", "policy", "commands"];

impl Proposal {
    /// Its JSON form.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object([
            ("name", Json::Text(self.name.to_string())),
            ("author", Json::Text(self.author.to_string())),
        ]);
        for (key, text) in [("note", &self.note), ("case_number", &self.case_number)] {
            if let Some(text) = text {
                json.push(key, Json::Text(text.to_string()));
            }
        }
        for (key, day) in [("decided", self.decided), ("effective", self.effective)] {
            if let Some(day) = day {
                json.push(key, Json::Text(day.to_string()));
            }
        }
        if self.policies != Policies::new() {
            json.push("policy", policies_json(&self.policies));
        }
        json.push("commands", Json::List(self.intents.iter().map(intent_json).collect()));
        json
    }

    /// Reads what stands under the keys of a proposal; others are for the caller to judge.
    pub(crate) fn from_json(
        at: &At,
        read: ReadId,
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Proposal, JsonError> {
        let text = |key| at.optional(key).map(|at| at.text().map(Text::from)).transpose();
        let day = |key| at.optional(key).map(|at| at.day()).transpose();
        let mut proposal = Proposal::new(at.required("name")?.text()?, at.required("author")?.text()?);
        (proposal.note, proposal.case_number) = (text("note")?, text("case_number")?);
        if let Some(policy) = at.optional("policy") {
            proposal.policies = policies_from(&policy, read)?;
        }
        for at in at.required("commands")?.items()? {
            proposal = proposal.with(intent_from(&at, read, fresh)?);
        }
        proposal.decided = day("decided")?.or(proposal.decided);
        proposal.effective = day("effective")?.or(proposal.effective);
        Ok(proposal)
    }
}

impl Plan {
    /// Its JSON form, version 1. CPR numbers stand in it in clear, as in the journal.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object([("v", Json::Number(1))]);
        if let Json::Object(entries) = self.proposal.to_json() {
            for (key, value) in entries {
                json.push(key, value);
            }
        }
        json.push("base", self.base.number().into());
        json.push("effects", Json::List(self.effects.iter().map(FieldEffect::to_json).collect()));
        let unresolved = self.unresolved.iter().map(|item| {
            let mut json = object_json(item.object);
            json.push("command", Json::Number(item.command as u64));
            json.push(
                "periods",
                Json::List(item.periods.iter().map(|period| period_json(*period)).collect()),
            );
            json.push("why", Json::Text(item.why.clone()));
            json
        });
        json.push("unresolved", Json::List(unresolved.collect()));
        json.push("warnings", Json::List(self.warnings.iter().cloned().map(Json::Text).collect()));
        let names = self.names.iter().map(|(object, name)| {
            let mut json = object_json(*object);
            json.push("name", Json::Text(name.clone()));
            json
        });
        json.push("names", Json::List(names.collect()));
        let approvals = self.approvals.iter().map(|approval| {
            Json::object([
                ("actor", Json::Text(approval.actor.to_string())),
                ("at", Json::Text(approval.at.to_string())),
            ])
        });
        json.push("approvals", Json::List(approvals.collect()));
        json
    }

    /// Reads the JSON form, version 1.
    ///
    /// # Errors
    /// Where a key is missing, unknown or comes twice, or a value is not of its type, with its place in the document.
    pub fn from_json(json: &Json) -> Result<Plan, JsonError> {
        let at = At::top(json);
        let own = ["v", "base", "effects", "unresolved", "warnings", "names", "approvals"];
        at.only(&[own.as_slice(), PROPOSAL_KEYS.as_slice()].concat())?;
        let version = at.required("v")?;
        if version.number()? != 1 {
            return Err(
                version.error("this program reads version 1 of plans; a newer program wrote this one")
            );
        }
        // Wishes of a plan have ids already; one that has not is malformed.
        let mut missing = false;
        let proposal = Proposal::from_json(&at, &plain_id, &mut || {
            missing = true;
            Uuid::nil()
        })?;
        if missing {
            return Err(at.error("a wish without an id needs \"if_new\" in a plan"));
        }
        let mut unresolved = Vec::new();
        for at in at.required("unresolved")?.items()? {
            at.only(&["kind", "id", "command", "periods", "why"])?;
            let periods = at.required("periods")?;
            unresolved.push(Unresolved {
                command: at.required("command")?.number()? as usize,
                object: object_ref_from(&at, &plain_id)?,
                periods: periods.items()?.map(|at| period_from(&at)).collect::<Result<_, _>>()?,
                why: at.required("why")?.text()?.to_owned(),
            });
        }
        let mut names: BTreeMap<ObjectRef, String> = BTreeMap::new();
        for at in at.required("names")?.items()? {
            at.only(&["kind", "id", "name"])?;
            names.insert(object_ref_from(&at, &plain_id)?, at.required("name")?.text()?.to_owned());
        }
        let mut approvals = Vec::new();
        for at in at.required("approvals")?.items()? {
            at.only(&["actor", "at"])?;
            let (actor, instant) = (at.required("actor")?.text()?, at.required("at")?.parse()?);
            approvals.push(Approval { actor: actor.into(), at: instant });
        }
        let effects = at.required("effects")?;
        let warnings = at.required("warnings")?;
        Ok(Plan {
            proposal,
            base: Revision::new(at.required("base")?.number()?),
            effects: effects.items()?.map(|at| FieldEffect::from_json(&at)).collect::<Result<_, _>>()?,
            unresolved,
            warnings: warnings.items()?.map(|at| at.text().map(str::to_owned)).collect::<Result<_, _>>()?,
            names,
            approvals,
        })
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Plan, D::Error> {
        Plan::from_json(&Json::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
