//! [`Violation`]: one thing that is wrong, and [`Refusal`]: all that is wrong with a commit.

use std::fmt;

use super::Code;
use crate::draw::Gantt;
use crate::journal::{Json, object_json, period_json};
use crate::model::ObjectRef;
use crate::time::Period;
use crate::timeline::{Days, Timeline};

/// One thing that is wrong: which rule, which objects, which days, in a sentence that also says how to mend it.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("violation"));
/// use mo_core::rules::Policy;
///
/// let mut edit = registry.edit("anna").policy(Unit::PLACEMENTS, Policy::Report);
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = Unit::new("Korsbæk").placements(line, Placement::Root);
/// let town = edit.create(Period::before("2026-01-01".parse()?), town);
/// edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// edit.commit()?; // accepted, and told by `check` until it is mended
///
/// let violation = &registry.check()[0];
/// assert_eq!(violation.periods, [Period::since("2026-01-01".parse()?)]);
/// println!("{}: {}\n{}", violation.code.name(), violation.message, violation.picture());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Which rule.
    pub code: Code,
    /// For preconditions (`E_`), the index of the command in its commit.
    pub command: Option<usize>,
    /// The objects, first the one that breaks the rule.
    pub objects: Vec<ObjectRef>,
    /// The days, maximal and in order; empty for preconditions.
    pub periods: Vec<Period>,
    /// A sentence with the reason and a way to mend it. It never holds a CPR number.
    pub message: String,
    /// What was compared, as labelled rows of periods, for a picture; not part of the JSON form.
    pub rows: Vec<(String, Vec<Period>)>,
}

impl Violation {
    pub(crate) fn on_days(code: Code, objects: Vec<ObjectRef>, days: &Days, message: String) -> Violation {
        Violation {
            code,
            command: None,
            objects,
            periods: days.periods().collect(),
            message,
            rows: Vec::new(),
        }
    }

    pub(crate) fn of_command(code: Code, object: ObjectRef, message: String) -> Violation {
        Violation {
            code,
            command: None,
            objects: vec![object],
            periods: Vec::new(),
            message,
            rows: Vec::new(),
        }
    }

    pub(crate) fn drawn(self, rows: Vec<(String, Vec<Period>)>) -> Violation {
        Violation { rows, ..self }
    }

    /// The compared periods and the days in question, as rows over one axis.
    pub fn picture(&self) -> Gantt {
        let rows = self
            .rows
            .iter()
            .fold(Gantt::new(), |gantt, (label, periods)| gantt.mark(label, "exists", periods));
        rows.mark("in question", "×", &self.periods)
    }

    /// Its JSON form: `{"code", "command"?, "objects", "periods", "message"}`.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object([("code", Json::Text(self.code.to_string()))]);
        if let Some(command) = self.command {
            json.push("command", Json::Number(command as u64));
        }
        json.push("objects", Json::List(self.objects.iter().map(|o| object_json(*o)).collect()));
        json.push("periods", Json::List(self.periods.iter().map(|p| period_json(*p)).collect()));
        json.push("message", Json::Text(self.message.clone()));
        json
    }

    /// The days as a set.
    pub fn days(&self) -> Days {
        Timeline::from_pieces(self.periods.iter().map(|period| (*period, ()))).unwrap_or_default()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// Why a commit was refused: every violation. Nothing was recorded.
///
/// For people it reads as sentences, each with the conflicting periods drawn as rows; for machines it is a list of
/// violations, or its JSON form.
///
/// ```
/// # use mo_core::{model::*, registry::{CommitError, Registry}, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("refusal"));
/// let mut edit = registry.edit("anna");
/// let unit = edit.create(Period::before("2030-01-01".parse()?), Unit::new("Skole"));
/// edit.create(Period::ALWAYS, Owner::new().unit(unit));
///
/// let Err(CommitError::Refused(refusal)) = edit.commit() else { panic!("Skole ends in 2030") };
/// assert_eq!(refusal.violations[0].code.to_string(), "V_DATE_OUTSIDE_ORG_UNIT_RANGE");
/// assert_eq!(refusal.violations[0].periods, [Period::since("2030-01-01".parse()?)]);
/// assert!(refusal.to_json().to_string().starts_with("[{\"code\":\"V_DATE_OUTSIDE_ORG_UNIT_RANGE\""));
/// let told = refusal.to_string();
/// assert!(told.contains("unit “Skole”") && told.contains("in question"));
/// assert!(refusal.violations[0].picture().to_svg().starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// All of them, by code, objects and first day.
    pub violations: Vec<Violation>,
}

impl Refusal {
    pub(crate) fn new(violations: Vec<Violation>) -> Refusal {
        Refusal { violations }
    }

    /// Its JSON form: the list of the violations, each as [`Violation::to_json`] tells it.
    pub fn to_json(&self) -> Json {
        Json::List(self.violations.iter().map(Violation::to_json).collect())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the commit was refused and nothing was recorded:")?;
        for violation in &self.violations {
            match violation.command {
                // People count from one.
                Some(command) => {
                    write!(f, "\n  {}, command {}: {}", violation.code, command + 1, violation.message)?;
                }
                None => write!(f, "\n  {violation}")?,
            }
            if !violation.periods.is_empty() {
                for line in violation.picture().to_string().lines() {
                    write!(f, "\n    {line}")?;
                }
            }
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// By code, objects, first day.
pub(crate) fn sort(violations: &mut [Violation]) {
    violations.sort_by_cached_key(|v| (v.code.name(), v.objects.clone(), v.periods.first().copied()));
}
