//! Scenario files: a language-neutral way to pin and exchange behaviour. A file is a JSON array of steps (commits, dry
//! runs, questions); [`Scenario::parse`] reads it, [`Scenario::run`] runs it and gives one JSON line per step.
//!
//! ```
//! use mo_core::registry::Registry;
//! use mo_core::scenario::Scenario;
//! use mo_core::time::{Instant, SteppingClock};
//! use std::sync::Arc;
//!
//! let scenario = Scenario::parse(r#"[
//!   {"commit": {"registered_at": "2024-01-01T09:00:00Z", "actor": "ib", "commands": [
//!     {"create": {"kind": "unit", "id": "@school", "period": {"from": "2020-01-01", "until": null},
//!                 "state": {"name": "Skole"}}}]}},
//!   {"ask": {"object": {"kind": "unit", "id": "@school"}, "valid": "2024-06-01"}}
//! ]"#)?;
//! let clock = Arc::new(SteppingClock::new(Instant::MIN));
//! let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
//! let lines: Vec<String> = scenario.run(&registry, &clock)?.into_iter().map(|line| line.text).collect();
//! assert_eq!(lines[1], r#"{"step":1,"answer":{"name":"Skole"}}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod ask;
mod command;
mod expect;
mod lines;
mod names;
mod schema;

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

pub use schema::schema;

use crate::journal::{At, Json, JsonError};
use crate::model::CountedIds;
use crate::model::value::Text;
use crate::plan::{ApprovalRule, Plan, Proposal};
use crate::registry::{About, CommitError, Outcome, Registry};
use crate::time::{Instant, SteppingClock};
use ask::Ask;
use command::Wanted;
use names::Names;

/// A scenario file that was read and found well-formed.
///
/// ```
/// use mo_core::registry::Registry;
/// use mo_core::scenario::Scenario;
/// use mo_core::time::SteppingClock;
/// use std::sync::Arc;
///
/// let scenario = Scenario::parse(
///     r#"[{"commit": {"registered_at": "2024-01-01T09:00:00Z", "actor": "ib", "commands": [
///            {"create": {"kind": "unit", "id": "@skole", "period": {"from": "2020-01-01", "until": null},
///                        "state": {"name": "Skole"}}}]}}]"#,
/// )?;
/// let clock = Arc::new(SteppingClock::new("2024-01-01T09:00:00Z".parse()?));
/// let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
/// let lines = scenario.run(&registry, &clock)?;
/// assert_eq!(lines[0].text, r#"{"step":0,"revision":1,"registered_at":"2024-01-01T09:00:00Z"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scenario {
    steps: Vec<Step>,
    names: Names,
}

#[derive(Debug)]
struct Step {
    action: Action,
    expect: Option<Json>,
}

#[derive(Debug)]
enum Action {
    Commit(Instant, Box<Wanted>),
    DryRun(Instant, Box<Wanted>),
    Ask(Box<Ask>),
    Plan { plan: Uuid, at: Instant, proposal: Box<Proposal> },
    Approve { plan: Uuid, actor: Text, at: Instant },
    Refresh { plan: Uuid, at: Instant },
    CommitPlan { plan: Uuid, registered_at: Instant, actor: Text, rule: ApprovalRule },
}

/// What is malformed in a scenario file; nothing of it runs.
///
/// ```
/// use mo_core::scenario::Scenario;
/// let error = Scenario::parse(r#"[{"ask": {"roots": {}}}]"#).unwrap_err(); // of which hierarchy, on which day?
/// assert_eq!(error.step, Some(0));
/// println!("{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{source}", step.map(|step| format!("step {step}: ")).unwrap_or_default())]
#[non_exhaustive]
pub struct ScenarioError {
    /// The step, from 0; `None` when the file as a whole is malformed.
    pub step: Option<usize>,
    /// The place in the file and the rule.
    pub source: JsonError,
}

/// What one step answered.
///
/// ```
/// use mo_core::registry::Registry;
/// use mo_core::scenario::Scenario;
/// use mo_core::time::SteppingClock;
/// use std::sync::Arc;
///
/// let clock = Arc::new(SteppingClock::new("2024-01-01T09:00:00Z".parse()?));
/// let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
/// let lines = Scenario::parse(r#"[{"ask": {"check": {}}, "expect": {"answer": [1]}}]"#)?.run(&registry, &clock)?;
/// assert_eq!(lines[0].text, r#"{"step":0,"answer":[]}"#);
/// assert!(lines[0].failed.is_some()); // nothing is wrong, though something was expected to be
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Line {
    /// The compact JSON line.
    pub text: String,
    /// What was expected instead, when the step's `expect` failed.
    pub failed: Option<String>,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError`] with step, JSON pointer and rule for the first thing that is malformed: unknown keys, kinds or
    /// fields, keys that come twice, values of another type.
    pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        let whole = |source| ScenarioError { step: None, source };
        let json = Json::parse(text).map_err(whole)?;
        let top = At::top(&json);
        let names = Names::default();
        let mut steps = Vec::new();
        for (number, at) in top.items().map_err(whole)?.enumerate() {
            let step =
                read_step(&at, &names).map_err(|source| ScenarioError { step: Some(number), source })?;
            steps.push(step);
        }
        Ok(Scenario { steps, names })
    }

    /// The ids of the registrations a scenario makes: the same in every run and on every store.
    pub fn ids() -> CountedIds {
        CountedIds::new("scenario")
    }

    /// Runs the steps in order on a fresh, empty registry that reads `clock`; one line per step.
    ///
    /// A refused commit is an answer, and the run goes on.
    ///
    /// # Errors
    /// When the store fails.
    pub fn run(&self, registry: &Registry, clock: &Arc<SteppingClock>) -> Result<Vec<Line>, CommitError> {
        let mut plans = HashMap::new();
        self.steps
            .iter()
            .enumerate()
            .map(|(number, step)| self.run_step(number, step, registry, clock, &mut plans))
            .collect()
    }

    fn run_step(
        &self,
        number: usize,
        step: &Step,
        registry: &Registry,
        clock: &SteppingClock,
        plans: &mut HashMap<Uuid, Plan>,
    ) -> Result<Line, CommitError> {
        let mut line = Json::object([("step", Json::Number(number as u64))]);
        match &step.action {
            Action::Commit(registered_at, wanted) => {
                clock.set(*registered_at);
                lines::answered(&mut line, commit(registry, wanted))?;
            }
            Action::DryRun(registered_at, wanted) => {
                clock.set(*registered_at);
                line.push("dry_run", Json::Bool(true));
                let rehearsed = if wanted.intents.is_empty() {
                    registry.dry_run(&wanted.commit)
                } else {
                    registry.rehearse(&wanted.commit.policies, &wanted.intents)
                };
                match rehearsed {
                    Ok(Some(effects)) => lines::side_effects(&mut line, &effects),
                    Ok(None) => line.push("unchanged", Json::Bool(true)),
                    Err(refusal) => lines::refused(&mut line, &refusal),
                }
            }
            Action::Ask(ask) => line.push("answer", answer::answer(ask, &registry.snapshot())),
            Action::Plan { plan, at, proposal } => {
                clock.set(*at);
                match registry.plan((**proposal).clone()) {
                    Ok(worked) => {
                        lines::plan(&mut line, &worked);
                        plans.insert(*plan, worked);
                    }
                    Err(refusal) => lines::refused(&mut line, &refusal),
                }
            }
            Action::Approve { plan, actor, at } => {
                line.push("approved", Json::Bool(plans.contains_key(plan)));
                if let Some(plan) = plans.get_mut(plan) {
                    plan.approve(actor.clone(), *at);
                }
            }
            Action::Refresh { plan, at } => {
                clock.set(*at);
                match plans.get_mut(plan).map(|plan| plan.refresh(registry).map(|found| (found, plan))) {
                    Some(Ok((found, plan))) => {
                        lines::differences(&mut line, &found);
                        lines::plan(&mut line, plan);
                    }
                    Some(Err(refusal)) => lines::refused(&mut line, &refusal),
                    None => line.push("plan", Json::Null),
                }
            }
            Action::CommitPlan { plan, registered_at, actor, rule } => {
                clock.set(*registered_at);
                match plans.get(plan) {
                    Some(plan) => {
                        lines::answered(&mut line, plan.commit(registry, actor.clone(), *rule))?;
                    }
                    None => line.push("plan", Json::Null),
                }
            }
        }
        let mut text = String::new();
        line.write(&mut text, &|id| self.names.name(id));
        let failed = step.expect.as_ref().and_then(|expected| expect::differs(expected, &text, &self.names));
        Ok(Line { text, failed })
    }
}

/// Commits what a step wants.
fn commit(registry: &Registry, wanted: &Wanted) -> Result<Outcome, CommitError> {
    let Wanted { commit, intents } = wanted;
    if intents.is_empty() {
        return registry.commit(commit);
    }
    let about = About { actor: &commit.actor, note: commit.note.as_ref(), cause: commit.cause.as_ref() };
    registry.carry_out_as(about, &commit.policies, intents)
}

const ACTIONS: [&str; 7] = ["commit", "dry_run", "ask", "plan", "approve", "refresh", "commit_plan"];

fn read_step(at: &At, names: &Names) -> Result<Step, JsonError> {
    at.only(&[ACTIONS.as_slice(), &["expect"]].concat())?;
    let actions: Vec<&str> = ACTIONS.into_iter().filter(|key| at.optional(key).is_some()).collect();
    let &[action] = actions.as_slice() else {
        return Err(at.error("a step is exactly one of \"commit\", \"dry_run\", \"ask\", \"plan\", \"approve\", \"refresh\" and \"commit_plan\""));
    };
    let inner = at.required(action)?;
    let plan = || inner.required("plan")?.id(&|text: &str| names.read(text));
    let instant = |key| inner.required(key)?.parse();
    let actor = || inner.required("actor")?.text().map(Text::from);
    let action = match action {
        "commit" => {
            let (registered_at, wanted) = command::commit_from(&inner, names)?;
            Action::Commit(registered_at, Box::new(wanted))
        }
        "dry_run" => {
            let (registered_at, wanted) = command::commit_from(&inner, names)?;
            Action::DryRun(registered_at, Box::new(wanted))
        }
        "plan" => {
            let (plan, at, proposal) = command::plan_from(&inner, names)?;
            Action::Plan { plan, at, proposal: Box::new(proposal) }
        }
        "approve" => {
            inner.only(&["plan", "actor", "at"])?;
            Action::Approve { plan: plan()?, actor: actor()?, at: instant("at")? }
        }
        "refresh" => {
            inner.only(&["plan", "at"])?;
            Action::Refresh { plan: plan()?, at: instant("at")? }
        }
        "commit_plan" => {
            inner.only(&["plan", "registered_at", "actor", "approval"])?;
            let rule = match inner.optional("approval") {
                None => ApprovalRule::None,
                Some(at) => match at.text()? {
                    "by_another" => ApprovalRule::ByAnother,
                    _ => return Err(at.error("must be \"by_another\", or left out")),
                },
            };
            Action::CommitPlan {
                plan: plan()?,
                registered_at: instant("registered_at")?,
                actor: actor()?,
                rule,
            }
        }
        _ => Action::Ask(Box::new(ask::ask_from(&inner, names)?)),
    };
    let expect = match at.optional("expect") {
        Some(expect) => {
            let _ = expect.entries()?;
            Some(expect.json.clone())
        }
        None => None,
    };
    Ok(Step { action, expect })
}
