//! [`Command`]: one verb and what it is applied to. [`Commit`]: the commands that are registered together, with who, why
//! and what to do about dependents.

use uuid::Uuid;

use crate::model::value::Text;
use crate::model::{FieldChange, Fields, HierarchyId, Kind, ObjectRef, Placement, UnitId};
use crate::rules::Policies;
use crate::state::Dependents;
use crate::time::{Day, Period};

/// One verb of the registry, without Rust types for the kinds. [`Edit`](super::Edit) makes these from typed values.
///
/// L stands for the days of life as known now, earlier commands of the same commit included.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("command"));
/// use mo_core::registry::{Command, Commit};
///
/// let object = ObjectRef { kind: Kind::Unit, id: CountedIds::new("units").next_id() };
/// let state = Unit::new("Skole").into_fields(); // or, from a file, field by field
/// let mut commit = Commit::new("anna");
/// commit.commands.push(Command::Create { object, period: Period::ALWAYS, state });
/// registry.commit(&commit)?;
/// assert!(registry.snapshot().at("2026-01-01".parse()?).exists(object));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Command {
    /// The object exists on the period with this state. Its id must have no day.
    Create { object: ObjectRef, period: Period, state: Fields },
    /// From `from` on, per field until its next planned change.
    Change { object: ObjectRef, from: Day, patch: Vec<FieldChange> },
    /// On the days of L in the period, over planned changes.
    Set { object: ObjectRef, period: Period, patch: Vec<FieldChange> },
    /// Per field on all neighbouring days of L with the value it has on `on`: what was registered there was wrong.
    Correct { object: ObjectRef, on: Day, patch: Vec<FieldChange> },
    /// L ends before `from`, later stretches too.
    End { object: ObjectRef, from: Day, dependents: Option<Dependents> },
    /// L without the period.
    Suspend { object: ObjectRef, period: Period, dependents: Option<Dependents> },
    /// L and the period; new days get the state of the last day of L before them, else of the first after.
    Extend { object: ObjectRef, period: Period },
    /// The stretch `old` becomes `new`; changes inside keep their dates.
    Shift { object: ObjectRef, old: Period, new: Period, dependents: Option<Dependents> },
    /// The timeline becomes exactly these pieces, in any order; created if unknown.
    Replace { object: ObjectRef, timeline: Vec<(Period, Fields)>, dependents: Option<Dependents> },
    /// No day at all: registered in error.
    Delete { object: ObjectRef, dependents: Option<Dependents> },
    /// The unit stands elsewhere in the hierarchy from a day on until its next planned move, or until a day.
    Move { unit: UnitId, hierarchy: HierarchyId, to: Placement, from: Day, until: Option<Day> },
    /// The unit does not stand in the hierarchy from a day on.
    Leave { unit: UnitId, hierarchy: HierarchyId, from: Day, until: Option<Day> },
}

impl Command {
    /// The object it is applied to.
    pub fn object(&self) -> ObjectRef {
        match self {
            Command::Create { object, .. }
            | Command::Change { object, .. }
            | Command::Set { object, .. }
            | Command::Correct { object, .. }
            | Command::End { object, .. }
            | Command::Suspend { object, .. }
            | Command::Extend { object, .. }
            | Command::Shift { object, .. }
            | Command::Replace { object, .. }
            | Command::Delete { object, .. } => *object,
            Command::Move { unit, .. } | Command::Leave { unit, .. } => {
                ObjectRef { kind: Kind::Unit, id: Uuid::from(*unit) }
            }
        }
    }

    pub(crate) fn dependents(&self) -> Option<Dependents> {
        match self {
            Command::End { dependents, .. }
            | Command::Suspend { dependents, .. }
            | Command::Shift { dependents, .. }
            | Command::Replace { dependents, .. }
            | Command::Delete { dependents, .. } => *dependents,
            _ => None,
        }
    }
}

/// Commands that are registered together or not at all.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("commit"));
/// use mo_core::registry::Commit;
///
/// // An edit makes one; a dry run tells what it would do.
/// let mut edit = registry.edit("anna").note("startmøde");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// let commit: Commit = edit.as_commit().clone();
/// assert!(registry.dry_run(&commit)?.is_some());
/// assert_eq!(registry.snapshot().revision(), Revision::ZERO);
/// registry.commit(&commit)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Commit {
    /// Who.
    pub actor: Text,
    /// Why, in words.
    pub note: Option<Text>,
    /// What it is part of: a plan, an import.
    pub cause: Option<Text>,
    /// What to do about references that would break.
    pub policies: Policies,
    /// The commands, in order.
    pub commands: Vec<Command>,
}

impl Commit {
    /// A commit of `actor` without commands yet.
    pub fn new(actor: impl Into<Text>) -> Commit {
        Commit {
            actor: actor.into(),
            note: None,
            cause: None,
            policies: Policies::new(),
            commands: Vec::new(),
        }
    }

    /// With one more command.
    #[must_use]
    pub fn with(mut self, command: Command) -> Commit {
        self.commands.push(command);
        self
    }
}
