//! [`refresh_persons`]: the persons of a registry compared with the CPR register, batch by batch. What the register says
//! of names, numbers and protection becomes a wish that is reconciled; what somebody must decide is proposed.

use std::ops::ControlFlow;

use mo_core::model::value::{Cpr, CprForm};
use mo_core::model::{ClassId, Engagement, EngagementId, Person, PersonId};
use mo_core::plan::{self, ApprovalRule};
use mo_core::registry::{CommitError, Registry};
use mo_core::time::{Day, Revision};
use uuid::Uuid;

use super::compare::{Change, Comparison};
use super::person::name;
use super::pool::ask_all;
use crate::context::Call;
use crate::cpr::{Followed, PersonLookup, PersonLookupExt, Status};
use crate::error::LookupError;

/// What a refresh is asked to do.
///
/// ```
/// use mo_serviceplatform::Call;
/// use mo_serviceplatform::refresh::RefreshPersons;
///
/// let call = Call::new("nightly", "ajourføring", uuid::Uuid::from_u128(1))?;
/// let wanted = RefreshPersons::new(call, "2026-11-01".parse()?).in_batches_of(50).at_once(2).dry();
/// assert!(wanted.dry_run && wanted.addresses.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RefreshPersons {
    /// By whom and why. Each person's look-up has a correlation id of its own, made from the call's and the person's.
    pub call: Call,
    /// The persons who exist on this day are looked up: today.
    pub day: Day,
    /// Only those after this one, in the order of ids: the [`cursor`](PersonReport::cursor) of a refresh that stopped.
    pub after: Option<PersonId>,
    /// How many persons a batch has; after each batch what was found is registered and progress is told.
    pub batch: usize,
    /// How many look-ups are under way at once.
    pub workers: usize,
    /// Only tell what would be registered.
    pub dry_run: bool,
    /// Store private addresses of those who are not protected, as addresses of this type (with a scope that takes any
    /// text) and of source `cpr`. Not done unless asked for.
    pub addresses: Option<ClassId>,
}

impl RefreshPersons {
    /// Everybody of this day, in batches of a hundred, four at once, without addresses.
    pub fn new(call: Call, day: Day) -> RefreshPersons {
        RefreshPersons { call, day, after: None, batch: 100, workers: 4, dry_run: false, addresses: None }
    }

    /// Going on where a refresh stopped.
    #[must_use]
    pub fn after(mut self, cursor: Option<PersonId>) -> RefreshPersons {
        self.after = cursor;
        self
    }

    /// In batches of this size, at least one person.
    #[must_use]
    pub fn in_batches_of(mut self, persons: usize) -> RefreshPersons {
        self.batch = persons.max(1);
        self
    }

    /// With so many look-ups at once, at least one.
    #[must_use]
    pub fn at_once(mut self, look_ups: usize) -> RefreshPersons {
        self.workers = look_ups.max(1);
        self
    }

    /// Registering nothing.
    #[must_use]
    pub fn dry(mut self) -> RefreshPersons {
        self.dry_run = true;
        self
    }

    /// Storing private addresses as addresses of this type.
    #[must_use]
    pub fn storing_addresses(mut self, address_type: ClassId) -> RefreshPersons {
        self.addresses = Some(address_type);
        self
    }
}

/// A person with changes.
///
/// ```
/// use mo_serviceplatform::refresh::{Change, Changed};
///
/// fn has_a_new_name(changed: &Changed) -> bool {
///     changed.changes.iter().any(|change| matches!(change, Change::Name(_)))
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// Who.
    pub person: PersonId,
    /// What.
    pub changes: Vec<Change>,
    /// The registration; `None` in a dry run.
    pub revision: Option<Revision>,
}

/// Something for somebody to decide.
///
/// ```
/// use mo_serviceplatform::refresh::{Proposal, ProposalKind};
///
/// /// Engagements that somebody should look at ending.
/// fn to_end(proposal: &Proposal) -> usize {
///     if proposal.kind == ProposalKind::Dead { proposal.engagements.len() } else { 0 }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposal {
    /// About whom.
    pub person: PersonId,
    /// What it is about.
    pub kind: ProposalKind,
    /// Since when, where the register says so.
    pub since: Option<Day>,
    /// The person's engagements of the day: ending them is what is proposed for the dead.
    pub engagements: Vec<EngagementId>,
}

/// What a [`Proposal`] is about.
///
/// ```
/// use mo_serviceplatform::refresh::{PersonReport, ProposalKind};
///
/// fn dead(report: &PersonReport) -> usize {
///     report.proposals.iter().filter(|proposal| proposal.kind == ProposalKind::Dead).count()
/// }
/// assert_eq!(dead(&PersonReport::default()), 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProposalKind {
    /// The person is dead.
    Dead,
    /// The person has left the country, and may work here all the same.
    Emigrated,
    /// The person is missing.
    Missing,
    /// The number is annulled and must not be used.
    NumberAnnulled,
    /// The register knows nobody by the number.
    NumberUnknown,
    /// The answer has no name that could be compared.
    NoName,
}

/// How far a refresh is.
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_serviceplatform::refresh::Progress;
///
/// /// Stops after a thousand persons; the cursor leads on.
/// fn a_thousand(progress: Progress) -> ControlFlow<()> {
///     if progress.done >= 1000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Persons done in this run.
    pub done: usize,
    /// Persons in this run.
    pub of: usize,
    /// Where to go on if it stops here.
    pub cursor: PersonId,
}

/// Why a refresh ended before the last person.
///
/// ```
/// use mo_serviceplatform::refresh::{PersonReport, Stopped};
///
/// /// Whether trying again later may do.
/// fn later(report: &PersonReport) -> bool {
///     matches!(&report.stopped, Some(Stopped::Failed(error)) if error.is_retryable())
/// }
/// assert!(!later(&PersonReport::default()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The one who was told the progress said so.
    Asked,
    /// The register does not answer, or does not let us ask. The batch is not done.
    Failed(LookupError),
}

/// What came of a refresh.
///
/// ```
/// use mo_serviceplatform::refresh::PersonReport;
///
/// fn summary(report: &PersonReport) -> String {
///     format!("{} looked up, {} changed, {} to decide", report.looked_up, report.changed.len(), report.proposals.len())
/// }
/// assert_eq!(summary(&PersonReport::default()), "0 looked up, 0 changed, 0 to decide");
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PersonReport {
    /// How many were looked up.
    pub looked_up: usize,
    /// How many were not, because they have no number or a replacement number.
    pub without_number: usize,
    /// Those with changes, by id.
    pub changed: Vec<Changed>,
    /// What somebody must decide, by person.
    pub proposals: Vec<Proposal>,
    /// Those whose answer could not be read.
    pub failed: Vec<(PersonId, LookupError)>,
    /// Those whose changes the registry refused, for example because another person has the new number.
    pub refused: Vec<(PersonId, CommitError)>,
    /// The last person done; where to go on.
    pub cursor: Option<PersonId>,
    /// Why it ended early, if it did.
    pub stopped: Option<Stopped>,
}

/// Compares the persons of a registry with the CPR register and registers what changed.
///
/// * What the register says is a wish of the source that masters the person, for name, number and protection only; it is
///   planned by [`Reconcile`](mo_core::reconcile::Reconcile) and committed, one registration a person, with the cause
///   `cpr`. Private addresses are the wish of the source `cpr`.
/// * A name is changed from the day the register says it holds, but not before the registry's own last change of it; planned
///   changes stay.
/// * Protection is registered for the days the register tells; days before the answer that the registry has as protected
///   stay so.
/// * Deaths, departures and the like are proposed and change nothing. Doing it again finds nothing to change.
///
/// An outage stops the refresh; [`after`](RefreshPersons::after) goes on where it stopped. Pace, cache and record of the
/// look-ups are the register's ([`CprService`](crate::cpr::CprService)).
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_core::registry::Registry;
/// use mo_core::time::Day;
/// use mo_serviceplatform::Call;
/// use mo_serviceplatform::cpr::PersonLookup;
/// use mo_serviceplatform::refresh::{PersonReport, RefreshPersons, refresh_persons};
///
/// fn nightly(registry: &Registry, register: &dyn PersonLookup, call: Call, today: Day) -> PersonReport {
///     refresh_persons(registry, register, &RefreshPersons::new(call, today), &mut |progress| {
///         println!("{} of {}", progress.done, progress.of);
///         ControlFlow::Continue(())
///     })
/// }
/// ```
pub fn refresh_persons(
    registry: &Registry,
    register: &dyn PersonLookup,
    wanted: &RefreshPersons,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> PersonReport {
    let mut report = PersonReport { cursor: wanted.after, ..PersonReport::default() };
    let view = registry.snapshot().at(wanted.day);
    let mut persons: Vec<PersonId> = view.all::<Person>();
    persons.sort_unstable();
    persons.retain(|id| wanted.after.is_none_or(|after| *id > after));
    let of = persons.len();
    for (number, batch) in persons.chunks(wanted.batch).enumerate() {
        let asked: Vec<(PersonId, Cpr)> = batch
            .iter()
            .filter_map(|id| view.field(*id, Person::CPR).map(|number| (*id, number)))
            .filter(|(_, number)| number.form() == CprForm::Ordinary)
            .collect();
        let answers = ask_all(&asked, wanted.workers, |(id, number)| {
            let correlation = Uuid::new_v5(&wanted.call.correlation(), id.uuid().as_bytes());
            register.follow(*number, &wanted.call.clone().correlated(correlation).about(*id))
        });
        let closed = answers.iter().find_map(|answer| match answer {
            Err(
                error @ (LookupError::Unavailable { .. }
                | LookupError::NoAccess { .. }
                | LookupError::BadRequest { .. }
                | LookupError::Refused(_)),
            ) => Some(error.clone()),
            _ => None,
        });
        if let Some(error) = closed {
            report.stopped = Some(Stopped::Failed(error));
            return report;
        }
        report.without_number += batch.len() - asked.len();
        report.looked_up += asked.len();
        for ((person, _), answer) in asked.into_iter().zip(answers) {
            take(registry, wanted, person, answer, &mut report);
        }
        let Some(last) = batch.last() else { continue };
        report.cursor = Some(*last);
        let done = (number * wanted.batch + batch.len()).min(of);
        if progress(Progress { done, of, cursor: *last }).is_break() && done < of {
            report.stopped = Some(Stopped::Asked);
            return report;
        }
    }
    report
}

/// One person's answer into the registry and the report.
fn take(
    registry: &Registry,
    wanted: &RefreshPersons,
    person: PersonId,
    answer: Result<Followed, LookupError>,
    report: &mut PersonReport,
) {
    let snapshot = registry.snapshot();
    let mut propose = |kind, since| {
        let engagements = snapshot.at(wanted.day).referrers(person, Engagement::PERSON);
        report.proposals.push(Proposal { person, kind, since, engagements });
    };
    let found = match answer {
        Ok(found) => found,
        Err(LookupError::NotFound { .. }) => return propose(ProposalKind::NumberUnknown, None),
        Err(error) => return report.failed.push((person, error)),
    };
    let record = &found.answer.record;
    let since = record.status_since.map(|since| since.day);
    match record.status {
        Some(Status::Dead) => propose(ProposalKind::Dead, since),
        Some(Status::Emigrated) => propose(ProposalKind::Emigrated, since),
        Some(Status::Missing) => {
            propose(ProposalKind::Missing, record.missing_since.map(|d| d.day).or(since));
        }
        Some(Status::Annulled) => propose(ProposalKind::NumberAnnulled, since),
        _ => {}
    }
    if record.has_person_data() && name(record).is_none() {
        propose(ProposalKind::NoName, None);
    }
    match register_what_changed(registry, wanted, person, &found) {
        Ok(None) => {}
        Ok(Some(changed)) => report.changed.push(changed),
        Err(error) => report.refused.push((person, error)),
    }
}

/// Plans what the register's words change, and commits it unless it is only to be told; `None` when that is nothing.
fn register_what_changed(
    registry: &Registry,
    wanted: &RefreshPersons,
    person: PersonId,
    found: &Followed,
) -> Result<Option<Changed>, CommitError> {
    loop {
        let snapshot = registry.snapshot();
        let compared = Comparison::new(wanted.day, wanted.addresses, &snapshot, person).compare(found);
        if compared.changes.is_empty() {
            return Ok(None);
        }
        let mut proposal =
            plan::Proposal::new("cpr", wanted.call.actor().clone()).note(wanted.call.purpose().clone());
        for wish in compared.wishes {
            proposal = proposal.with(wish);
        }
        let plan = registry.plan(proposal)?;
        if plan.base() != snapshot.revision() {
            // Somebody registered something in between, and the wish is whole timelines.
            continue;
        }
        let revision = if wanted.dry_run {
            None
        } else {
            let outcome = plan.commit(registry, wanted.call.actor().clone(), ApprovalRule::None)?;
            outcome.receipt().map(|receipt| receipt.stamp.revision)
        };
        return Ok(Some(Changed { person, changes: compared.changes, revision }));
    }
}
