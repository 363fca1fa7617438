//! [`Edit`]: a commit being written, in the types of the model.

use super::command::{Command, Commit};
use super::{CommitError, Outcome, Registry, SideEffects};
use crate::model::value::Text;
use crate::model::{Field, HierarchyId, Object, ObjectId, Patch, Placement, UnitId};
use crate::rules::{Policies, Policy, Refusal};
use crate::state::Dependents;
use crate::time::{Day, Period};
use crate::timeline::Timeline;

/// A commit being written. Its commands are recorded together, as one registration, or not at all.
///
/// Commands see the registry as it will be when they run: at [`commit`](Edit::commit), on the newest registration, after
/// the commands before them. Nothing is refused before that.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("edit"));
/// let mut edit = registry.edit("anna").note("to enheder, én registrering");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Dagtilbud"));
/// edit.commit()?;
/// assert_eq!(registry.snapshot().revision(), Revision::new(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "an edit does nothing until it is committed"]
pub struct Edit<'r> {
    registry: &'r Registry,
    commit: Commit,
}

impl<'r> Edit<'r> {
    pub(super) fn new(registry: &'r Registry, actor: Text) -> Edit<'r> {
        Edit { registry, commit: Commit::new(actor) }
    }

    /// Says why, in words. Notes go when a person is erased whom the registration touched; keep personal data out of
    /// `cause`.
    pub fn note(mut self, note: impl Into<Text>) -> Edit<'r> {
        self.commit.note = Some(note.into());
        self
    }

    /// Says what the commit is part of: a plan, an import.
    pub fn cause(mut self, cause: impl Into<Text>) -> Edit<'r> {
        self.commit.cause = Some(cause.into());
        self
    }

    /// Says what to do about references through `field` that would break.
    pub fn policy<K: Object, S>(mut self, field: Field<K, S>, policy: Policy) -> Edit<'r> {
        self.commit.policies = std::mem::take(&mut self.commit.policies).with(field, policy);
        self
    }

    /// Says what to do about references that would break, relation by relation.
    pub fn policies(mut self, policies: Policies) -> Edit<'r> {
        self.commit.policies = policies;
        self
    }

    /// Adds an untyped command.
    pub fn push(&mut self, command: Command) -> &mut Self {
        self.commit.commands.push(command);
        self
    }

    /// Creates an object under a new id and gives the id.
    pub fn create<K: Object>(&mut self, period: Period, state: K) -> K::Id {
        let id = K::Id::from(self.registry.ids.next_id());
        self.create_as(id, period, state);
        id
    }

    /// Creates an object under an id that has no day.
    pub fn create_as<K: Object>(&mut self, id: K::Id, period: Period, state: K) -> &mut Self {
        self.push(Command::Create { object: id.into(), period, state: state.into_fields() })
    }

    /// Changes fields from `from` on, each until its next planned change: a move today keeps next year's rename.
    #[doc(alias = "ret")]
    pub fn change<K: Object>(&mut self, id: K::Id, from: Day, patch: Patch<K>) -> &mut Self {
        self.push(Command::Change { object: id.into(), from, patch: patch.into_changes() })
    }

    /// Sets fields on every day of life in the period, over planned changes; the receipt lists what was replaced.
    pub fn set<K: Object>(&mut self, id: K::Id, period: Period, patch: Patch<K>) -> &mut Self {
        self.push(Command::Set { object: id.into(), period, patch: patch.into_changes() })
    }

    /// Corrects what was registered wrongly: on all neighbouring days with the value that `on` has.
    pub fn correct<K: Object>(&mut self, id: K::Id, on: Day, patch: Patch<K>) -> &mut Self {
        self.push(Command::Correct { object: id.into(), on, patch: patch.into_changes() })
    }

    /// Ends an object: `from` is the first day on which it is no more.
    #[doc(alias = "passiver")]
    pub fn end<I: ObjectId>(&mut self, id: I, from: Day) -> &mut Self {
        self.push(Command::End { object: id.into(), from, dependents: None })
    }

    /// Ends an object and says what becomes of everything that breaks.
    pub fn end_with<I: ObjectId>(&mut self, id: I, from: Day, dependents: Dependents) -> &mut Self {
        self.push(Command::End { object: id.into(), from, dependents: Some(dependents) })
    }

    /// Takes a period out of an object's life.
    pub fn suspend<I: ObjectId>(&mut self, id: I, period: Period) -> &mut Self {
        self.push(Command::Suspend { object: id.into(), period, dependents: None })
    }

    /// Adds a period to an object's life, with the state it had before it, else the one it has after.
    pub fn extend<I: ObjectId>(&mut self, id: I, period: Period) -> &mut Self {
        self.push(Command::Extend { object: id.into(), period })
    }

    /// Gives one stretch of life other ends; changes inside keep their dates.
    pub fn shift<I: ObjectId>(&mut self, id: I, old: Period, new: Period) -> &mut Self {
        self.push(Command::Shift { object: id.into(), old, new, dependents: None })
    }

    /// Gives an object exactly this timeline; creates it if it is unknown.
    pub fn replace<K: Object + Clone>(&mut self, id: K::Id, timeline: &Timeline<K>) -> &mut Self {
        let timeline = timeline.iter().map(|(period, state)| (period, state.clone().into_fields())).collect();
        self.push(Command::Replace { object: id.into(), timeline, dependents: None })
    }

    /// Takes every day from an object: it was registered in error. Earlier beliefs still show it.
    #[doc(alias = "slet")]
    pub fn delete<I: ObjectId>(&mut self, id: I) -> &mut Self {
        self.push(Command::Delete { object: id.into(), dependents: None })
    }

    /// Moves a unit in a hierarchy from a day on, until its next planned move.
    #[doc(alias = "flyt")]
    pub fn move_unit(
        &mut self,
        unit: UnitId,
        hierarchy: HierarchyId,
        to: impl Into<Placement>,
        from: Day,
    ) -> &mut Self {
        self.push(Command::Move { unit, hierarchy, to: to.into(), from, until: None })
    }

    /// Takes a unit out of a hierarchy from a day on, until its next planned placement there.
    pub fn leave(&mut self, unit: UnitId, hierarchy: HierarchyId, from: Day) -> &mut Self {
        self.push(Command::Leave { unit, hierarchy, from, until: None })
    }

    /// The commit as it stands, as data.
    pub fn as_commit(&self) -> &Commit {
        &self.commit
    }

    /// Records the commands as one registration, on the newest one there is.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with every violation, when it would break a rule: nothing is recorded.
    /// [`CommitError::Store`] when the store cannot take it.
    ///
    /// # Complexity
    /// What it touches: the timelines of the addressed objects, the references they hold, and, where they lose days, the
    /// objects that refer to them. Not what the registry holds.
    pub fn commit(self) -> Result<Outcome, CommitError> {
        self.registry.commit(&self.commit)
    }

    /// Tells what [`commit`](Edit::commit) would do now beside what it says, and records nothing; `None`: it would change
    /// nothing.
    ///
    /// # Errors
    /// The refusal that the commit would get.
    pub fn dry_run(&self) -> Result<Option<SideEffects>, Refusal> {
        self.registry.dry_run(&self.commit)
    }
}
