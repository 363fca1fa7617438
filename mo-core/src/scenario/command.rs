//! Commits of a scenario file: who, when and why, and commands or one thing in the large.

use uuid::Uuid;

use super::names::Names;
use crate::journal::{At, JsonError};
use crate::model::value::Text;
use crate::plan::{Intent, Proposal, intent_from};
use crate::registry::{Commit, policies_from};
use crate::time::Instant;

/// What a step registers, or would register.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Who, why, by which policies; and the commands, where there is nothing else.
    pub(super) commit: Commit,
    /// Everything, in order, where not all of it is commands.
    pub(super) intents: Vec<Intent>,
}

/// What may not stand with others in a commit.
const ALONE: [&str; 3] = ["compensate", "reconcile", "reorganise"];

/// Ids for wishes that have none: the same in every run.
pub(super) fn fresh(names: &Names) -> impl FnMut() -> Uuid + '_ {
    move || Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("scenario wish {}", names.next_number()).as_bytes())
}

pub(super) fn commit_from(at: &At, names: &Names) -> Result<(Instant, Wanted), JsonError> {
    at.only(&["registered_at", "actor", "note", "cause", "policy", "commands"])?;
    let registered_at = at.required("registered_at")?.parse()?;
    let mut commit = Commit::new(at.required("actor")?.text()?);
    let text = |key| at.optional(key).map(|at| at.text().map(Text::from)).transpose();
    commit.note = text("note")?;
    commit.cause = text("cause")?;
    let read = |text: &str| names.read(text);
    if let Some(policy) = at.optional("policy") {
        commit.policies = policies_from(&policy, &read)?;
    }
    let commands = at.required("commands")?;
    let number = commands.items()?.len();
    let mut intents = Vec::new();
    for at in commands.items()? {
        if at.optional("each").is_some() {
            return Err(at.error("a commit has no selecting commands; they stand in plans"));
        }
        let stands_alone = ALONE.iter().any(|key| at.optional(key).is_some());
        if stands_alone && number > 1 {
            return Err(at.error("compensate, reconcile and reorganise stand alone in their commit"));
        }
        intents.push(intent_from(&at, &read, &mut fresh(names))?);
    }
    if let ([Intent::Reorganise(reorganisation)], None) = (intents.as_slice(), &commit.cause) {
        commit.cause = Some(reorganisation.name().clone());
    }
    let command = |intent: &Intent| match intent {
        Intent::Command(command) => Some(command.clone()),
        _ => None,
    };
    if let Some(commands) = intents.iter().map(command).collect() {
        commit.commands = commands;
        intents.clear();
    }
    Ok((registered_at, Wanted { commit, intents }))
}

/// Reads a plan: a proposal and the name the file gives it.
pub(super) fn plan_from(at: &At, names: &Names) -> Result<(Uuid, Instant, Proposal), JsonError> {
    let keys =
        ["plan", "at", "name", "author", "note", "case_number", "decided", "effective", "policy", "commands"];
    at.only(&keys)?;
    let read = |text: &str| names.read(text);
    let plan = at.required("plan")?.id(&read)?;
    let instant = at.required("at")?.parse()?;
    Ok((plan, instant, Proposal::from_json(at, &read, &mut fresh(names))?))
}
