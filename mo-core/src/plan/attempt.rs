//! [`Attempt`]: intents being worked out on one registration. [`Unresolved`]: what nobody has decided yet.

use std::sync::Arc;

use uuid::Uuid;

use crate::journal::Marks;
use crate::model::ObjectRef;
use crate::model::value::Text;
use crate::registry::{Evaluated, Working};
use crate::rules::{Code, Policies, Refusal, Violation};
use crate::state::Snapshot;
use crate::state::tables::{RegistrationRow, Tables};
use crate::time::{Day, Instant, Period};
use crate::timeline::Timeline;

use super::Intent;
use super::compensate;

/// Something that would be left behind, and that the intent does not say what to do about.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("unresolved"));
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
/// let closing = Reorganisation::new("Lukning", line, january).close(school); // where does Bo go?
/// let plan = registry.plan(Proposal::new("Lukning", "anna").with(closing))?;
/// assert!(plan.unresolved().iter().any(|left| left.object == work.into()));
/// assert!(plan.commit(&registry, "anna", ApprovalRule::None).is_err()); // until somebody says
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unresolved {
    /// The place of the intent that leaves it, from 0.
    pub command: usize,
    /// What.
    pub object: ObjectRef,
    /// On which days.
    pub periods: Vec<Period>,
    /// What is undecided, and what would decide it.
    pub why: String,
}

/// Intents that have run on a registration and are not judged yet.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(super) working: Working,
    /// The day it is, in Copenhagen.
    pub(super) today: Day,
    pub(super) unresolved: Vec<Unresolved>,
    pub(super) marks: Marks,
}

impl Attempt {
    /// Runs the intents in order.
    pub(crate) fn new(tables: &Tables, intents: &[Intent], today: Day) -> Result<Attempt, Refusal> {
        let mut attempt =
            Attempt { working: Working::new(tables), today, unresolved: Vec::new(), marks: Marks::default() };
        for (number, intent) in intents.iter().enumerate() {
            intent.run(number, &mut attempt)?;
        }
        attempt.unresolved.sort_by_key(|item| item.object);
        Ok(attempt)
    }

    /// What there would be if the intents so far were registered: for intents that ask before they act.
    pub(super) fn snapshot(&self) -> Snapshot {
        let effects = self.working.draft.effects();
        let mut tables = self.working.draft.tables.clone();
        if !effects.is_empty() {
            let row = RegistrationRow {
                registered_at: Instant::MAX,
                id: Uuid::nil(),
                actor: Text::from(""),
                note: None,
                cause: None,
                marks: Marks::default(),
                touched: Vec::new(),
            };
            tables.part_ways();
            tables.apply(row, effects);
        }
        Snapshot::new(Arc::new(tables))
    }

    /// Judges what they leave; nothing may be unresolved.
    pub(crate) fn finish(
        self,
        policies: &Policies,
        registry: &Policies,
    ) -> Result<(Evaluated, Marks), Refusal> {
        refuse_unresolved(&self.unresolved)?;
        let compensates = self.marks.compensates;
        let head = compensates.map(|revision| (revision, self.working.draft.tables.clone()));
        let evaluated = self.working.finish(policies, registry).map_err(|refusal| match head {
            Some((revision, tables)) => compensate::explained(refusal, revision, &tables),
            None => refusal,
        })?;
        Ok((evaluated, self.marks))
    }

    /// Judges what they leave as if everything that is unresolved were accepted, for a preview.
    pub(super) fn preview(
        self,
        policies: &Policies,
        registry: &Policies,
    ) -> Result<(Evaluated, Marks), Refusal> {
        if self.unresolved.is_empty() {
            return self.finish(policies, registry);
        }
        let accepting = policies.clone().otherwise(crate::rules::Policy::Report);
        Ok((self.working.finish(&accepting, registry)?, self.marks))
    }
}

/// `E_UNRESOLVED`, once per object.
pub(super) fn refuse_unresolved(unresolved: &[Unresolved]) -> Result<(), Refusal> {
    if unresolved.is_empty() {
        return Ok(());
    }
    let mut violations: Vec<Violation> = Vec::new();
    for item in unresolved {
        match violations.last_mut() {
            Some(last) if last.objects.first() == Some(&item.object) => {
                last.message = format!("{} {}", last.message, item.why);
            }
            _ => violations.push(Violation {
                command: Some(item.command),
                ..Violation::on_days(Code::Unresolved, vec![item.object], &Timeline::new(), item.why.clone())
            }),
        }
    }
    Err(Refusal::new(violations))
}
