//! [`Forests`]: the forest of one registry, shared by all its snapshots: made when the questions asked have cost what it
//! costs, then brought up to the newest snapshot that asks. Neither a commit nor a reader waits for one being made.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use super::cell::{Cell, Cells};
use super::{Forest, Standing};
use crate::state::tables::Tables;

/// What one version of the tables has of the shared forest. A clone, which becomes another version, has none yet.
#[derive(Default)]
pub(crate) struct Forests {
    shared: Arc<Shared>,
    own: OnceLock<Arc<Forest>>,
}

impl Clone for Forests {
    fn clone(&self) -> Forests {
        Forests { shared: Arc::clone(&self.shared), own: OnceLock::new() }
    }
}

impl fmt::Debug for Forests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forests { … }")
    }
}

#[derive(Default)]
struct Shared {
    latest: Mutex<Arc<Forest>>,
    /// Held while the forest grows.
    growing: Mutex<()>,
    /// Steps taken through the histories that a forest would have saved.
    steps: AtomicU64,
    cells: Mutex<Cells>,
}

/// So few changes are taken in at once, whoever asks.
const FEW: u64 = 64;

impl Forests {
    /// The forest, when it is there or its time has come; `None` while it is cheaper to read the histories.
    ///
    /// A forest is made when the steps through the histories since the last time are as many as the changes to take in:
    /// then waiting longer could at most have halved the work, and no small question pays for the whole organisation.
    #[inline]
    pub(crate) fn get(&self, tables: &Tables) -> Option<&Forest> {
        match self.own.get() {
            Some(forest) => Some(forest),
            None => self.arrived(tables, false),
        }
    }

    /// The forest, made now if need be.
    pub(crate) fn made(&self, tables: &Tables) -> Option<&Forest> {
        match self.own.get() {
            Some(forest) => Some(forest),
            None => self.arrived(tables, true),
        }
    }

    #[cold]
    fn arrived(&self, tables: &Tables, wanted: bool) -> Option<&Forest> {
        let latest = Arc::clone(&lock(&self.shared.latest));
        let forest = if latest.upto >= tables.head() {
            latest
        } else {
            let changes = tables.unit_changes().saturating_sub(latest.changes);
            let earned =
                changes <= FEW.min(latest.changes) || self.shared.steps.load(Ordering::Relaxed) >= changes;
            if !wanted && !earned {
                return None;
            }
            self.grow(tables, wanted)?
        };
        Some(self.own.get_or_init(|| forest))
    }

    fn grow(&self, tables: &Tables, wait: bool) -> Option<Arc<Forest>> {
        let growing = match self.shared.growing.try_lock() {
            Ok(growing) => growing,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if wait => lock(&self.shared.growing),
            Err(TryLockError::WouldBlock) => return None,
        };
        let latest = Arc::clone(&lock(&self.shared.latest));
        if latest.upto >= tables.head() {
            return Some(latest);
        }
        let forest = Arc::new(latest.grown(tables));
        self.shared.steps.store(0, Ordering::Relaxed);
        *lock(&self.shared.latest) = Arc::clone(&forest);
        drop(growing);
        Some(forest)
    }

    /// For tables that become their own next version: what they have is of the one before.
    pub(crate) fn outlived(&mut self) {
        self.own.take();
    }

    /// For tables that become another future than the registry's: what is common so far is kept.
    pub(crate) fn forked(&self, tables: &Tables) -> Forests {
        let latest = Arc::clone(&lock(&self.shared.latest));
        let common = if latest.upto <= tables.head() { latest } else { Arc::default() };
        let shared = Shared { latest: Mutex::new(common), ..Shared::default() };
        Forests { shared: Arc::new(shared), own: OnceLock::new() }
    }

    /// Counts steps that went through the histories.
    pub(crate) fn walked(&self, steps: usize) {
        self.shared.steps.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// The cell of a point, if it is kept.
    pub(crate) fn kept(&self, standing: Standing<'_>) -> Option<Arc<Cell>> {
        lock(&self.shared.cells).get(standing.key())
    }

    /// The cell of a point, made now unless it is kept: from a neighbour's where that is less work.
    pub(crate) fn cell(&self, standing: Standing<'_>, tables: &Tables) -> Arc<Cell> {
        if let Some(cell) = self.kept(standing) {
            return cell;
        }
        let neighbour = lock(&self.shared.cells).neighbour(standing.key());
        let patched = neighbour.and_then(|old| {
            let changed = standing.changed_since(&old, tables)?;
            Some(standing.patched(&old, &changed))
        });
        let cell = Arc::new(patched.unwrap_or_else(|| standing.build()));
        lock(&self.shared.cells).keep(&cell);
        cell
    }

    /// How much memory the kept cells may take, in bytes.
    pub(crate) fn set_room(&self, bytes: usize) {
        lock(&self.shared.cells).set_room(bytes);
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        lock(&self.shared.cells).held()
    }
}

/// What a panic left behind is whole: every value is replaced at once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
