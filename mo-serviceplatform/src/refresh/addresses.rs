//! [`refresh_addresses`]: the street addresses a registry holds, looked up in DAR. Texts that stand where an id belongs
//! become ids where that is safe, the text of every address is kept beside its id, and what is gone is told.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use mo_core::model::value::{AddressScope, Text};
use mo_core::model::{Address, AddressId, Class, ClassId};
use mo_core::plan::{ApprovalRule, Proposal};
use mo_core::reconcile::{Reconcile, Scope};
use mo_core::registry::{CommitError, Registry};
use mo_core::state::Snapshot;
use mo_core::time::{Day, Period, Revision};
use mo_core::timeline::Timeline;

use super::persons::Stopped;
use super::pool::ask_all;
use super::wish::rewrite;
use crate::address::{AddressLookup, DarAddress, DarId, Resolved, Washed};
use crate::error::LookupError;

/// What a refresh of addresses is asked to do.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::refresh::RefreshAddresses;
///
/// let wanted = RefreshAddresses::new("nightly", "2026-11-01".parse::<Day>()?).without_texts();
/// assert_eq!((wanted.batch, wanted.workers), (100, 2));
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefreshAddresses {
    /// Who registers what is found.
    pub actor: Text,
    /// The addresses of this day and the planned ones after it: today.
    pub day: Day,
    /// Only addresses after this one, in the order of ids: the [`cursor`](AddressReport::cursor) of a refresh that
    /// stopped.
    pub after: Option<AddressId>,
    /// How many addresses one question is about, at most a hundred.
    pub batch: usize,
    /// How many questions are under way at once; so many batches are registered together.
    pub workers: usize,
    /// Whether the text of each address is kept in `value2`, so that it can be read without asking.
    pub texts: bool,
    /// Only tell what would be registered.
    pub dry_run: bool,
}

impl RefreshAddresses {
    /// All addresses of a day with their texts, a hundred a question, two questions at once.
    pub fn new(actor: impl Into<Text>, day: Day) -> RefreshAddresses {
        let (after, batch, workers) = (None, 100, 2);
        RefreshAddresses { actor: actor.into(), day, after, batch, workers, texts: true, dry_run: false }
    }

    /// Going on where a refresh stopped.
    #[must_use]
    pub fn after(mut self, cursor: Option<AddressId>) -> RefreshAddresses {
        self.after = cursor;
        self
    }

    /// In batches of this size, from one to a hundred.
    #[must_use]
    pub fn in_batches_of(mut self, addresses: usize) -> RefreshAddresses {
        self.batch = addresses.clamp(1, 100);
        self
    }

    /// Leaving `value2` as it is.
    #[must_use]
    pub fn without_texts(mut self) -> RefreshAddresses {
        self.texts = false;
        self
    }

    /// Registering nothing.
    #[must_use]
    pub fn dry(mut self) -> RefreshAddresses {
        self.dry_run = true;
        self
    }
}

/// What came of a refresh of addresses.
///
/// ```
/// use mo_serviceplatform::refresh::AddressReport;
///
/// /// Whether somebody must look.
/// fn needs_a_look(report: &AddressReport) -> bool {
///     !report.gone.is_empty() || !report.doubtful.is_empty() || !report.refused.is_empty()
/// }
/// assert!(!needs_a_look(&AddressReport::default()));
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AddressReport {
    /// The addresses found, by id.
    pub found: BTreeMap<DarId, DarAddress>,
    /// Addresses of the registry that get another text or an id.
    pub changed: Vec<AddressId>,
    /// The registrations, in order; none in a dry run.
    pub revisions: Vec<Revision>,
    /// Addresses of the registry whose id the service does not know (any more): closed, or wrong. What to do is proposed
    /// to a person: nothing is changed.
    pub gone: Vec<(AddressId, DarId)>,
    /// Addresses of the registry whose value is no id, and what the text may mean; it is not safe to take.
    pub doubtful: Vec<(AddressId, Washed)>,
    /// What the registry refused: addresses that another source masters on some days, for example.
    pub refused: Vec<(Vec<AddressId>, CommitError)>,
    /// The last address done; where to go on.
    pub cursor: Option<AddressId>,
    /// Why it ended early, if it did.
    pub stopped: Option<Stopped>,
}

/// Looks up every address of a registry whose type has the scope `DAR`, and registers what follows: the id of a text that
/// Adressevask is sure of, and the text as the address reads today, both from the day on and for planned addresses
/// too. Each is the wish of the source that masters the address, planned by [`Reconcile`] and committed with the cause `dar`;
/// doing it again finds nothing to change. `progress` is told how many addresses of how many are done, after each
/// round of questions.
///
/// Addresses that are gone are told and stay. An outage stops it; [`after`](RefreshAddresses::after) goes on.
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_core::registry::Registry;
/// use mo_core::time::Day;
/// use mo_serviceplatform::address::AddressLookup;
/// use mo_serviceplatform::refresh::{RefreshAddresses, refresh_addresses};
///
/// fn gone(registry: &Registry, addresses: &dyn AddressLookup, today: Day) -> usize {
///     let wanted = RefreshAddresses::new("nightly", today);
///     refresh_addresses(registry, addresses, &wanted, &mut |_, _| ControlFlow::Continue(())).gone.len()
/// }
/// ```
pub fn refresh_addresses(
    registry: &Registry,
    addresses: &dyn AddressLookup,
    wanted: &RefreshAddresses,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> AddressReport {
    let mut report = AddressReport { cursor: wanted.after, ..AddressReport::default() };
    let held = held(&registry.snapshot(), wanted);
    let batches: Vec<&[Held]> = held.chunks(wanted.batch.clamp(1, 100)).collect();
    let mut done = 0;
    for round in batches.chunks(wanted.workers.max(1)) {
        let answers = ask_all(round, wanted.workers, |batch| look_up(addresses, batch));
        let mut answered = Answered::default();
        let mut begun: Vec<&Held> = Vec::new();
        for (batch, answer) in round.iter().zip(answers) {
            match answer {
                Ok(more) => answered.take(more),
                Err(error) => {
                    report.stopped = Some(Stopped::Failed(error));
                    break;
                }
            }
            begun.extend(*batch);
        }
        register(registry, wanted, &begun, &answered, &mut report);
        answered.tell(&begun, &mut report);
        done += begun.len();
        report.cursor = begun.last().map(|held| held.id).or(report.cursor);
        if report.stopped.is_some() {
            return report;
        }
        if progress(done, held.len()).is_break() && done < held.len() {
            report.stopped = Some(Stopped::Asked);
            return report;
        }
    }
    report
}

/// An address of the registry and what it says from the day on: ids, and texts where ids belong.
struct Held {
    id: AddressId,
    /// Those of its types that have the scope `DAR`.
    types: BTreeSet<ClassId>,
    ids: BTreeSet<DarId>,
    texts: BTreeSet<Text>,
}

/// The addresses of the registry to look up, in the order of their ids.
fn held(snapshot: &Snapshot, wanted: &RefreshAddresses) -> Vec<Held> {
    let view = snapshot.at(wanted.day);
    let mut held = Vec::new();
    for id in view.all::<Address>() {
        if wanted.after.is_some_and(|after| id <= after) {
            continue;
        }
        let mut one = Held { id, types: BTreeSet::new(), ids: BTreeSet::new(), texts: BTreeSet::new() };
        for (days, address) in snapshot.timeline(id).pieces_in(Period::since(wanted.day)) {
            // A class that is only planned is asked for its scope on the day the address has it.
            let on = days.from().unwrap_or(wanted.day);
            let scope = snapshot.at(on).field(address.address_type, Class::SCOPE);
            if scope.as_deref() != Some(AddressScope::Dar.name()) {
                continue;
            }
            one.types.insert(address.address_type);
            match address.value.parse() {
                Ok(dar) => drop(one.ids.insert(dar)),
                Err(_) => drop(one.texts.insert(address.value.clone())),
            }
        }
        if !one.types.is_empty() {
            held.push(one);
        }
    }
    held.sort_unstable_by_key(|held| held.id);
    held
}

/// What the services say of some addresses.
#[derive(Default)]
struct Answered {
    resolved: Resolved,
    washed: BTreeMap<Text, Washed>,
}

fn look_up(addresses: &dyn AddressLookup, batch: &[Held]) -> Result<Answered, LookupError> {
    let texts: BTreeSet<&Text> = batch.iter().flat_map(|held| &held.texts).collect();
    let mut washed = BTreeMap::new();
    for text in texts {
        washed.insert(text.clone(), addresses.wash(text)?);
    }
    let ids: BTreeSet<DarId> = batch.iter().flat_map(|held| held.ids.iter().copied()).collect();
    let ids: Vec<DarId> = ids.into_iter().collect();
    Ok(Answered { resolved: addresses.by_ids(&ids)?, washed })
}

impl Answered {
    fn take(&mut self, more: Answered) {
        self.resolved.found.extend(more.resolved.found);
        self.resolved.missing.extend(more.resolved.missing);
        self.washed.extend(more.washed);
    }

    /// Into the report: what was found, and what a person must look at.
    fn tell(self, begun: &[&Held], report: &mut AddressReport) {
        for held in begun {
            let missing = held.ids.intersection(&self.resolved.missing);
            report.gone.extend(missing.map(|dar| (held.id, *dar)));
            let unsafe_texts = held.texts.iter().filter_map(|text| self.washed.get(text));
            let doubtful = unsafe_texts.filter(|washed| washed.accepted().is_none());
            report.doubtful.extend(doubtful.map(|washed| (held.id, washed.clone())));
        }
        report.found.extend(self.resolved.found);
    }

    /// What an address should say, given what it says.
    fn mend(&self, wanted: &RefreshAddresses, held: &Held, address: &mut Address) {
        if !held.types.contains(&address.address_type) {
            return;
        }
        let mut text = None;
        if let Some(Washed::Accepted { id, text: now, .. }) = self.washed.get(&address.value) {
            address.value = id.to_string().into();
            text = Some(now.clone());
        } else if let Some(found) = address.value.parse().ok().and_then(|id| self.resolved.found.get(&id)) {
            text = Some(found.text());
        }
        if let Some(text) = text.filter(|text| wanted.texts && !text.is_empty()) {
            address.value2 = Some(text.into());
        }
    }
}

/// Registers what the answers change, all of a round at once.
fn register(
    registry: &Registry,
    wanted: &RefreshAddresses,
    begun: &[&Held],
    answered: &Answered,
    report: &mut AddressReport,
) {
    loop {
        let snapshot = registry.snapshot();
        let mut by_source: BTreeMap<Text, Vec<(AddressId, Timeline<Address>)>> = BTreeMap::new();
        for held in begun {
            let timeline = snapshot.timeline(held.id).clip(Period::since(wanted.day));
            let mut wished = timeline.clone();
            rewrite(&mut wished, Period::ALWAYS, |address| answered.mend(wanted, held, address));
            let Some((_, state)) = timeline.first().filter(|_| wished != timeline) else { continue };
            let source = state.source.clone().unwrap_or_else(|| "local".into());
            by_source.entry(source).or_default().push((held.id, wished));
        }
        let changed: Vec<AddressId> = by_source.values().flatten().map(|(id, _)| *id).collect();
        if changed.is_empty() {
            return;
        }
        let mut proposal = Proposal::new("dar", wanted.actor.clone());
        for (source, wishes) in by_source {
            let scope = Scope::objects(wishes.iter().map(|(id, _)| *id));
            let wish = Reconcile::new(source, scope)
                .within(Period::since(wanted.day))
                .masters(Address::VALUE)
                .masters(Address::VALUE2);
            proposal =
                proposal.with(wishes.iter().fold(wish, |wish, (id, timeline)| wish.wish(*id, timeline)));
        }
        let outcome = registry.plan(proposal).map_err(CommitError::from).and_then(|plan| {
            if plan.base() != snapshot.revision() {
                // Somebody registered something in between, and the wish is whole timelines.
                return Ok(None);
            }
            if wanted.dry_run {
                return Ok(Some(None));
            }
            let outcome = plan.commit(registry, wanted.actor.clone(), ApprovalRule::None)?;
            Ok(Some(outcome.receipt().map(|receipt| receipt.stamp.revision)))
        });
        match outcome {
            Ok(None) => continue,
            Ok(Some(revision)) => {
                report.changed.extend(changed);
                report.revisions.extend(revision);
            }
            Err(CommitError::Refused(_)) if changed.len() > 1 => {
                // One that is refused does not hold the others back.
                for one in begun {
                    register(registry, wanted, &[*one], answered, report);
                }
            }
            Err(error) => report.refused.push((changed, error)),
        }
        return;
    }
}
