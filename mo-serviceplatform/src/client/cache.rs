//! [`Cache`]: answers kept for a while in memory, under keyed hashes. Knows nothing of what it keeps, and nothing is
//! written to disk.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mo_core::time::Instant;

use super::breaker::later;

/// How long answers are kept, and how many.
///
/// ```
/// use mo_serviceplatform::client::CacheLimits;
/// assert!(CacheLimits::PERSONS.missing < CacheLimits::PERSONS.found);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct CacheLimits {
    /// How long an answer is kept.
    pub found: Duration,
    /// How long "not found" is kept.
    pub missing: Duration,
    /// How many are kept; the one that would go first makes room.
    pub entries: usize,
}

impl CacheLimits {
    /// For persons: the CPR replica is renewed daily, so six hours cost no freshness; five minutes for numbers that do not
    /// exist yet.
    pub const PERSONS: CacheLimits =
        CacheLimits { found: Duration::from_hours(6), missing: Duration::from_mins(5), entries: 10_000 };
    /// For addresses: three days, four hours for those not found.
    pub const ADDRESSES: CacheLimits =
        CacheLimits { found: Duration::from_hours(72), missing: Duration::from_hours(4), entries: 100_000 };
}

/// A keyed hash, or another key that says nothing about what it stands for.
pub(crate) type CacheKey = [u8; 32];

/// What is kept: an answer, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept<V> {
    Found(V),
    Missing,
}

pub(crate) struct Cache<V> {
    limits: CacheLimits,
    shelf: Mutex<Shelf<V>>,
}

struct Shelf<V> {
    entries: HashMap<CacheKey, (Instant, Kept<V>)>,
    by_end: BTreeSet<(Instant, CacheKey)>,
}

impl<V: Clone> Cache<V> {
    pub(crate) fn new(limits: CacheLimits) -> Cache<V> {
        Cache { limits, shelf: Mutex::new(Shelf { entries: HashMap::new(), by_end: BTreeSet::new() }) }
    }

    /// What is kept under `key`, if anything.
    pub(crate) fn get(&self, key: &CacheKey, now: Instant) -> Option<Kept<V>> {
        self.lock().entries.get(key).filter(|(until, _)| now < *until).map(|(_, value)| value.clone())
    }

    /// Keeps an answer, or that there is none.
    pub(crate) fn put(&self, key: CacheKey, value: Kept<V>, now: Instant) {
        let kept_for = match value {
            Kept::Found(_) => self.limits.found,
            Kept::Missing => self.limits.missing,
        };
        let until = later(now, kept_for);
        let mut guard = self.lock();
        guard.remove(&key);
        while guard.entries.len() >= self.limits.entries {
            let Some((_, first)) = guard.by_end.first().copied() else { return };
            guard.remove(&first);
        }
        guard.entries.insert(key, (until, value));
        guard.by_end.insert((until, key));
    }

    /// Forgets what is kept under `key`.
    pub(crate) fn forget(&self, key: &CacheKey) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, Shelf<V>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Shelf<V> {
    fn remove(&mut self, key: &CacheKey) {
        if let Some((until, _)) = self.entries.remove(key) {
            self.by_end.remove(&(until, *key));
        }
    }
}

impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Locks by key, so that the same question is on its way only once: who comes second waits and then finds the answer
/// kept. Other keys may share a lock and then wait too, which costs time and nothing else.
#[derive(Debug)]
pub(crate) struct Stripes([Mutex<()>; 64]);

impl Stripes {
    pub(crate) fn new() -> Stripes {
        Stripes(std::array::from_fn(|_| Mutex::new(())))
    }

    pub(crate) fn lock(&self, key: &CacheKey) -> MutexGuard<'_, ()> {
        let [first, ..] = key;
        #[allow(clippy::indexing_slicing)] // taken modulo the length
        self.0[usize::from(*first) % self.0.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_epoch_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn answers_and_their_absence_are_kept_for_their_time_and_the_first_to_go_makes_room() {
        let limits =
            CacheLimits { found: Duration::from_secs(10), missing: Duration::from_secs(2), entries: 2 };
        let cache = Cache::new(limits);
        let keys = [[1; 32], [2; 32], [3; 32]];
        cache.put(keys[0], Kept::Found("a"), at(0));
        cache.put(keys[1], Kept::Missing, at(0));
        assert_eq!(cache.get(&keys[0], at(9)), Some(Kept::Found("a")));
        assert_eq!(cache.get(&keys[0], at(10)), None);
        assert_eq!(cache.get(&keys[1], at(1)), Some(Kept::Missing));
        assert_eq!(cache.get(&keys[1], at(2)), None);
        cache.put(keys[2], Kept::Found("c"), at(1));
        assert_eq!(cache.get(&keys[1], at(1)), None, "made room");
        cache.put(keys[0], Kept::Found("b"), at(2));
        assert_eq!(cache.get(&keys[0], at(11)), Some(Kept::Found("b")));
        cache.forget(&keys[0]);
        assert_eq!(cache.get(&keys[0], at(2)), None);
        assert_eq!(cache.get(&keys[2], at(2)), Some(Kept::Found("c")));
    }
}
