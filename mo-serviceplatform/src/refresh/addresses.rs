//! [`refresh_addresses`]: the DAR ids a registry holds, looked up: how they read today, and which are gone. The registry
//! holds ids, not texts, so nothing is registered.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use mo_core::model::value::AddressScope;
use mo_core::model::{Address, AddressId, Class};
use mo_core::registry::Registry;
use mo_core::time::Day;

use super::Stopped;
use super::pool::ask_all;
use crate::address::{AddressLookup, DarAddress, DarId};

/// What a refresh of addresses is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefreshAddresses {
    /// The addresses of this day: today.
    pub day: Day,
    /// Only ids after this one: the cursor of a refresh that stopped.
    pub after: Option<DarId>,
    /// How many ids one question has, at most a hundred.
    pub batch: usize,
    /// How many questions are under way at once.
    pub workers: usize,
}

impl RefreshAddresses {
    /// All addresses of a day, a hundred a question, two questions at once.
    pub fn new(day: Day) -> RefreshAddresses {
        RefreshAddresses { day, after: None, batch: 100, workers: 2 }
    }

    /// Going on where a refresh stopped.
    #[must_use]
    pub fn after(mut self, cursor: Option<DarId>) -> RefreshAddresses {
        self.after = cursor;
        self
    }
}

/// What came of a refresh of addresses.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AddressReport {
    /// The addresses found, by id.
    pub found: BTreeMap<DarId, DarAddress>,
    /// Addresses of the registry whose id the service does not know (any more): closed, or wrong. Somebody must look.
    pub gone: Vec<(AddressId, DarId)>,
    /// Addresses of the registry whose value is no id at all.
    pub no_id: Vec<AddressId>,
    /// The last id done; where to go on.
    pub cursor: Option<DarId>,
    /// Why it ended early, if it did.
    pub stopped: Option<Stopped>,
}

/// Looks up every address of a registry whose type has the scope `DAR`. `progress` is told how many ids of how many are
/// done, after each round of questions.
///
/// ```
/// use std::ops::ControlFlow;
/// use mo_core::registry::Registry;
/// use mo_core::time::Day;
/// use mo_serviceplatform::address::AddressLookup;
/// use mo_serviceplatform::refresh::{RefreshAddresses, refresh_addresses};
///
/// fn gone(registry: &Registry, addresses: &dyn AddressLookup, today: Day) -> usize {
///     let wanted = RefreshAddresses::new(today);
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
    let view = registry.snapshot().at(wanted.day);
    let mut holders: BTreeMap<DarId, Vec<AddressId>> = BTreeMap::new();
    for id in view.all::<Address>() {
        let Some(address) = view.get(id) else { continue };
        let scope = view.field(address.address_type, Class::SCOPE);
        if scope.as_deref() != Some(AddressScope::Dar.name()) {
            continue;
        }
        match address.value.parse() {
            Ok(dar) => holders.entry(dar).or_default().push(id),
            Err(_) => report.no_id.push(id),
        }
    }
    let ids: Vec<DarId> =
        holders.keys().copied().filter(|id| wanted.after.is_none_or(|after| *id > after)).collect();
    let batches: Vec<&[DarId]> = ids.chunks(wanted.batch.clamp(1, 100)).collect();
    let mut done = 0;
    for round in batches.chunks(wanted.workers.max(1)) {
        for (batch, answer) in
            round.iter().zip(ask_all(round, wanted.workers, |batch| addresses.by_ids(batch)))
        {
            match answer {
                Ok(resolved) => {
                    for missing in resolved.missing {
                        let gone = holders.get(&missing).into_iter().flatten();
                        report.gone.extend(gone.map(|id| (*id, missing)));
                    }
                    report.found.extend(resolved.found);
                }
                Err(error) => {
                    report.stopped = Some(Stopped::Failed(error));
                    return report;
                }
            }
            done += batch.len();
            report.cursor = batch.last().copied();
        }
        if progress(done, ids.len()).is_break() && done < ids.len() {
            report.stopped = Some(Stopped::Asked);
            return report;
        }
    }
    report
}
