//! [`Intent`]: what a plan wants, as long as it is not known on which registration it will run: commands, commands for
//! whatever a condition selects, a wish to reconcile, retired numbers to be replaced, a reorganisation, an undo.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::attempt::{Attempt, Unresolved};
use super::compensate;
use super::reorganisation::Reorganisation;
use crate::classification::ReplaceRetired;
use crate::model::field::FieldShape;
use crate::model::{Field, FieldChange, Kind, Object, ObjectRef, Patch, Slot, Value};
use crate::reconcile::Reconcile;
use crate::registry::Command;
use crate::rules::Refusal;
use crate::state::Dependents;
use crate::state::cells::{At, State};
use crate::state::tables::{Ix, Layout};
use crate::time::{Period, Revision};
use crate::timeline::Timeline;

/// One thing a [`Proposal`](super::Proposal) wants. It is worked out anew on whatever registration is the newest when it is
/// previewed or committed.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("intent"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// registry.plan(move_all)?.commit(&registry, "anna", ApprovalRule::None)?;
/// let head = registry.snapshot().revision();
/// let undo = Proposal::new("Fortryd", "anna").with(Intent::Compensate(head));
/// registry.carry_out(&undo)?;
/// assert_eq!(registry.snapshot().at(january).get(work).unwrap().unit, school); // as before
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Intent {
    /// One command.
    Command(Command),
    /// The same for every object that a condition selects, such as everyone in a unit.
    Each(Selection),
    /// What a source wishes.
    Reconcile(Reconcile),
    /// Retired KLE numbers in tags give way to what took their place.
    ReplaceRetired(ReplaceRetired),
    /// A reorganisation.
    Reorganise(Reorganisation),
    /// The undoing of a registration: for each field and day it changed, the value before, where the value it left still
    /// holds; where it does not, `E_CONFLICT` names the registrations that built on it.
    Compensate(Revision),
}

impl From<Command> for Intent {
    fn from(command: Command) -> Intent {
        Intent::Command(command)
    }
}

impl From<Selection> for Intent {
    fn from(selection: Selection) -> Intent {
        Intent::Each(selection)
    }
}

impl From<Reconcile> for Intent {
    fn from(reconcile: Reconcile) -> Intent {
        Intent::Reconcile(reconcile)
    }
}

impl From<ReplaceRetired> for Intent {
    fn from(wish: ReplaceRetired) -> Intent {
        Intent::ReplaceRetired(wish)
    }
}

impl From<Reorganisation> for Intent {
    fn from(reorganisation: Reorganisation) -> Intent {
        Intent::Reorganise(reorganisation)
    }
}

impl Intent {
    /// Does it in an attempt, as the command with this number.
    pub(super) fn run(&self, number: usize, attempt: &mut Attempt) -> Result<(), Refusal> {
        match self {
            Intent::Command(command) => attempt.working.run(number, command),
            Intent::Each(selection) => selection.run(number, attempt),
            Intent::Reconcile(reconcile) => reconcile.run(number, &mut attempt.working, attempt.today),
            Intent::ReplaceRetired(wish) => replace_retired(wish, number, attempt),
            Intent::Reorganise(reorganisation) => reorganisation.run(number, attempt),
            Intent::Compensate(revision) => compensate::run(*revision, number, attempt),
        }
    }
}

/// Replaces what has one answer, on top of what ran before, and notes what has not.
fn replace_retired(wish: &ReplaceRetired, number: usize, attempt: &mut Attempt) -> Result<(), Refusal> {
    let snapshot = attempt.snapshot();
    let migration = wish.propose(&snapshot);
    for command in migration.commands() {
        attempt.working.run(number, command)?;
    }
    attempt.unresolved.extend(migration.unresolved.iter().map(|item| Unresolved {
        command: number,
        object: item.tag.into(),
        periods: vec![item.days],
        why: item.explain(&snapshot),
    }));
    Ok(())
}

/// Every object of kind `K`, on the days of a period on which it fulfils a condition: the beginning of a [`Selection`].
///
/// ```
/// use mo_core::model::{Engagement, Patch, UnitId};
/// use mo_core::plan::Each;
/// use mo_core::time::Period;
///
/// # let (a, b) = (UnitId::new(uuid::Uuid::from_u128(1)), UnitId::new(uuid::Uuid::from_u128(2)));
/// let since = Period::since("2027-01-01".parse()?);
/// // Everyone in a, from 2027 on, whoever that turns out to be.
/// let everyone = Each::<Engagement>::during(since)
///     .having(Engagement::UNIT, a)
///     .change(Patch::new().set(Engagement::UNIT, b));
/// # let _ = everyone;
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Each<K> {
    during: Period,
    conditions: Vec<(Slot, Value)>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Object> Each<K> {
    /// On the days of this period; without conditions every object of the kind that exists on one of them.
    pub fn during(during: Period) -> Each<K> {
        Each { during, conditions: Vec::new(), kind: PhantomData }
    }

    /// On days on which the field has this value too; for a set, on which it has this member.
    #[must_use]
    pub fn having<S: FieldShape<V>, V>(mut self, field: Field<K, S>, value: V) -> Each<K> {
        self.conditions.extend(S::slot_value(field.index, value));
        self
    }

    /// Sets fields on those days.
    #[must_use]
    pub fn change(self, patch: Patch<K>) -> Selection {
        self.then(Act::Change(patch.into_changes()))
    }

    /// Takes those days out of the objects' lives.
    #[must_use]
    pub fn end(self) -> Selection {
        self.then(Act::End(None))
    }

    /// As [`end`](Each::end), and says what becomes of everything that breaks.
    #[must_use]
    pub fn end_with(self, dependents: Dependents) -> Selection {
        self.then(Act::End(Some(dependents)))
    }

    fn then(self, act: Act) -> Selection {
        Selection { kind: K::KIND, during: self.during, conditions: self.conditions, act }
    }
}

/// What is to be done to whatever a condition selects, on just the days on which it does; see [`Each`].
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("selection"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone: Selection = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .end();
/// let plan = registry.plan(Proposal::new("Lukning", "anna").with(everyone))?;
/// assert_eq!(plan.effects()[0].object, work.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub(super) kind: Kind,
    pub(super) during: Period,
    pub(super) conditions: Vec<(Slot, Value)>,
    pub(super) act: Act,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Change(Vec<FieldChange>),
    End(Option<Dependents>),
}

impl Selection {
    fn run(&self, number: usize, attempt: &mut Attempt) -> Result<(), Refusal> {
        let tables = &attempt.working.draft.tables;
        let mut wanted: Vec<(At, u32)> = Vec::new();
        for (slot, value) in &self.conditions {
            match tables.lookup(self.kind, slot, Some(value)) {
                Some((at, Some(value))) => wanted.push((at, value)),
                // No object ever had what the tables do not know.
                _ => return Ok(()),
            }
        }
        for ix in self.candidates(attempt, &wanted) {
            let timeline = attempt.working.draft.now(ix);
            let fits = |state: &State| wanted.iter().all(|(at, value)| state.get(*at) == Some(*value));
            let days: Timeline<()> = timeline.clip(self.during).filter_map(|state| fits(state).then_some(()));
            let left = !timeline.subtract(&days).is_empty();
            let object = ObjectRef { kind: self.kind, id: attempt.working.draft.id(ix) };
            for period in days.periods() {
                let command = match &self.act {
                    Act::Change(patch) => Command::Set { object, period, patch: patch.clone() },
                    Act::End(dependents) if left => {
                        Command::Suspend { object, period, dependents: *dependents }
                    }
                    Act::End(dependents) => Command::Delete { object, dependents: *dependents },
                };
                attempt.working.run(number, &command)?;
            }
        }
        Ok(())
    }

    /// The objects that may fulfil the conditions, by id.
    fn candidates(&self, attempt: &Attempt, wanted: &[(At, u32)]) -> Vec<Ix> {
        let draft = &attempt.working.draft;
        let layout = Layout::of(self.kind);
        let narrow = wanted.iter().find_map(|(at, value)| {
            let cell = crate::state::cells::Cell { at: *at, value: *value };
            layout.references(cell).next()
        });
        let found: BTreeSet<Ix> = match narrow {
            Some(reference) => draft
                .tables
                .referrers(reference.target, reference.relation)
                .chain(draft.touched().iter().filter(|t| t.kind == self.kind).map(|t| t.ix))
                .collect(),
            None => draft.of_kind(self.kind).into_iter().collect(),
        };
        let mut found: Vec<Ix> = found.into_iter().collect();
        found.sort_by_cached_key(|ix| draft.id(*ix));
        found
    }
}
