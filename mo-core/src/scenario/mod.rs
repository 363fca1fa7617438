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

use std::sync::Arc;

use thiserror::Error;

pub use schema::schema;

use crate::journal::{At, Json, JsonError};
use crate::model::CountedIds;
use crate::registry::{Commit, CommitError, Registry};
use crate::time::{Instant, SteppingClock};
use ask::Ask;
use names::Names;

/// A scenario file that was read and found well-formed.
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
    Commit(Instant, Box<Commit>),
    DryRun(Box<Commit>),
    Ask(Box<Ask>),
}

/// What is malformed in a scenario file; nothing of it runs.
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
        self.steps
            .iter()
            .enumerate()
            .map(|(number, step)| self.run_step(number, step, registry, clock))
            .collect()
    }

    fn run_step(
        &self,
        number: usize,
        step: &Step,
        registry: &Registry,
        clock: &SteppingClock,
    ) -> Result<Line, CommitError> {
        let mut line = Json::object([("step", Json::Number(number as u64))]);
        match &step.action {
            Action::Commit(registered_at, commit) => {
                clock.set(*registered_at);
                match registry.commit(commit) {
                    Ok(outcome) => lines::outcome(&mut line, &outcome),
                    Err(CommitError::Refused(refusal)) => lines::refused(&mut line, &refusal),
                    Err(other) => return Err(other),
                }
            }
            Action::DryRun(commit) => {
                line.push("dry_run", Json::Bool(true));
                match registry.dry_run(commit) {
                    Ok(Some(effects)) => lines::side_effects(&mut line, &effects),
                    Ok(None) => line.push("unchanged", Json::Bool(true)),
                    Err(refusal) => lines::refused(&mut line, &refusal),
                }
            }
            Action::Ask(ask) => line.push("answer", answer::answer(ask, &registry.snapshot())),
        }
        let mut text = String::new();
        line.write(&mut text, &|id| self.names.name(id));
        let failed = step.expect.as_ref().and_then(|expected| expect::differs(expected, &text, &self.names));
        Ok(Line { text, failed })
    }
}

fn read_step(at: &At, names: &Names) -> Result<Step, JsonError> {
    at.only(&["commit", "dry_run", "ask", "expect"])?;
    let actions: Vec<&str> =
        ["commit", "dry_run", "ask"].into_iter().filter(|key| at.optional(key).is_some()).collect();
    let &[action] = actions.as_slice() else {
        return Err(at.error("a step is exactly one of \"commit\", \"dry_run\" and \"ask\""));
    };
    let inner = at.required(action)?;
    let action = match action {
        "commit" => {
            let (registered_at, commit) = command::commit_from(&inner, names)?;
            Action::Commit(registered_at, Box::new(commit))
        }
        "dry_run" => Action::DryRun(Box::new(command::commit_from(&inner, names)?.1)),
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
