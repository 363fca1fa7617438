//! [`refresh_persons`]: the persons of a registry compared with the CPR register, batch by batch. Names, numbers and
//! protection become registrations; what somebody must decide is proposed.

use std::ops::ControlFlow;

use mo_core::model::value::{Cpr, CprForm, Text};
use mo_core::model::{Address, ClassId, Engagement, EngagementId, Patch, Person, PersonId};
use mo_core::registry::{CommitError, Edit, Registry};
use mo_core::state::Snapshot;
use mo_core::time::{Day, Period, Revision};
use mo_core::timeline::Timeline;
use uuid::Uuid;

use super::person::name;
use super::pool::ask_all;
use crate::context::Call;
use crate::cpr::{CprAddress, Followed, Guarded, PersonLookup, PersonLookupExt, Status};
use crate::error::LookupError;

/// What a refresh is asked to do.
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

/// What is registered of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Another name, from this day.
    Name(Day),
    /// Another CPR number, from this day; the old one stays in the past.
    Number(Day),
    /// Protected on these days.
    Protected(Period),
    /// Not protected (any more) on these days.
    Unprotected(Period),
    /// Another private address, from this day.
    Address(Day),
}

/// A person with changes.
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The one who was told the progress said so.
    Asked,
    /// The register does not answer, or does not let us ask. The batch is not done.
    Failed(LookupError),
}

/// What came of a refresh.
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
/// * A name is changed from the day the register says it holds, but not before the registry's own last change of it; planned
///   changes stay. Each person's changes are one registration with the cause `cpr`.
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
    let edit = registry.edit(wanted.call.actor().clone()).cause("cpr").note(wanted.call.purpose().clone());
    let mut comparison = Comparison { wanted, snapshot: &snapshot, person, edit, changes: Vec::new() };
    comparison.compare(&found);
    let Comparison { edit, changes, .. } = comparison;
    if changes.is_empty() {
        return;
    }
    let outcome = if wanted.dry_run {
        edit.dry_run().map(|_| None).map_err(CommitError::from)
    } else {
        edit.commit().map(|outcome| outcome.receipt().map(|receipt| receipt.stamp.revision))
    };
    match outcome {
        Ok(revision) => report.changed.push(Changed { person, changes, revision }),
        Err(error) => report.refused.push((person, error)),
    }
}

/// A person of the registry beside the register's answer.
struct Comparison<'a, 'r> {
    wanted: &'a RefreshPersons,
    snapshot: &'a Snapshot,
    person: PersonId,
    edit: Edit<'r>,
    changes: Vec<Change>,
}

impl Comparison<'_, '_> {
    fn compare(&mut self, found: &Followed) {
        let timeline = self.snapshot.timeline(self.person);
        let day = self.wanted.day;
        let Some((life, state)) = timeline.piece_at(day) else { return };
        if state.cpr != Some(found.number) {
            self.edit.change(self.person, day, Patch::new().set(Person::CPR, found.number));
            self.changes.push(Change::Number(day));
        }
        let record = &found.answer.record;
        if let Some((given, surname)) = name(record) {
            let since = record.name.as_ref().and_then(|name| name.since).map_or(day, |since| since.day);
            self.name(&timeline, Text::from(given), Text::from(surname), since);
        }
        self.protection(&timeline.map(|state| state.protected), found);
        if let (Some(address_type), Guarded::Open(addresses)) =
            (self.wanted.addresses, record.addresses_on(day))
            && let Some(home) = &addresses.current
        {
            self.address(address_type, &line(home), life);
        }
    }

    fn name(&mut self, timeline: &Timeline<Person>, given: Text, surname: Text, since: Day) {
        let names = timeline.map(|state| (state.given_name.clone(), state.surname.clone()));
        let day = self.wanted.day;
        let Some((run, (old_given, old_surname))) = names.piece_at(day) else { return };
        if (old_given, old_surname) == (&given, &surname) {
            return;
        }
        // Not before the registry's own last change: what was registered before it was meant for other days.
        let from = since.min(day);
        let from = run.from().map_or(from, |first| first.max(from));
        let mut patch = Patch::new();
        if *old_given != given {
            patch = patch.set(Person::GIVEN_NAME, given);
        }
        if *old_surname != surname {
            patch = patch.set(Person::SURNAME, surname);
        }
        self.edit.change(self.person, from, patch);
        self.changes.push(Change::Name(from));
    }

    fn protection(&mut self, protected: &Timeline<bool>, found: &Followed) {
        let answered = found.answer.day();
        let days = found.answer.record.protected_period(answered);
        if let Some(days) = days
            && protected.pieces_in(days).any(|(_, protected)| !protected)
        {
            self.edit.set(self.person, days, Patch::new().set(Person::PROTECTED, true));
            self.changes.push(Change::Protected(days));
        }
        // From the answer on, the days outside are known not to be.
        let open = match days {
            None => [Some(Period::since(answered)), None],
            Some(days) => [
                days.from().and_then(|from| Period::new(answered, from).ok()),
                days.until().map(|until| Period::since(until.max(answered))),
            ],
        };
        for open in open.into_iter().flatten() {
            if protected.pieces_in(open).any(|(_, protected)| *protected) {
                self.edit.set(self.person, open, Patch::new().clear(Person::PROTECTED));
                self.changes.push(Change::Unprotected(open));
            }
        }
    }

    fn address(&mut self, address_type: ClassId, text: &str, life: Period) {
        let day = self.wanted.day;
        let view = self.snapshot.at(day);
        let kept = view.referrers(self.person, Address::PERSON).into_iter().find(|id| {
            view.get(*id).is_some_and(|address| {
                address.address_type == address_type && address.source.as_deref() == Some("cpr")
            })
        });
        match kept {
            Some(id) if view.field(id, Address::VALUE).as_deref() == Some(text) => return,
            Some(id) => {
                self.edit.change(id, day, Patch::new().set(Address::VALUE, text));
            }
            None => {
                let Some(period) = life.starting(day) else { return };
                let address = Address::new(address_type, text).person(self.person).source("cpr");
                self.edit.create(period, address);
            }
        }
        self.changes.push(Change::Address(day));
    }
}

/// A private address in one line.
fn line(home: &CprAddress) -> String {
    let floor = home.floor.as_ref().map(|floor| format!("{floor}."));
    let street = [home.street.as_deref(), home.house_number.as_deref()];
    let unit = [floor.as_deref(), home.door.as_deref()];
    let place = [home.postcode.as_deref(), home.district.as_deref()];
    let joined = |parts: [Option<&str>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let town = home.town.clone().unwrap_or_default();
    let parts = [joined(street), joined(unit), town, joined(place)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
