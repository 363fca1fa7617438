//! [`ServerClock`]: the clock of a database server, read along with its answers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use mo_core::time::{Clock, Instant};
use tokio::time::Instant as Moment;

/// The clock of the server that a [`PostgresStore`](super::PostgresStore) is on, for a registry that several machines
/// share: their own clocks may differ, the server's does not.
///
/// Every answer about the head carries the server's time; in between this machine only counts how long ago that was. So
/// it costs no round trip, and the machine's idea of the date does not matter. It is never ahead of the server's clock by
/// more than the two machines' seconds differ in length, and behind by at most the time an answer takes.
///
/// ```no_run
/// use mo_core::registry::Registry;
/// use mo_storage::RandomIds;
/// use mo_storage::postgres::{PostgresOptions, PostgresStore};
///
/// let store = PostgresStore::open(PostgresOptions::new("postgresql://mo@db.example/mo")?)?;
/// let clock = store.clock(); // the same for every machine that has the registry open
/// let registry = Registry::open(store, clock, RandomIds)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ServerClock {
    last: Arc<Mutex<(Instant, Moment)>>,
}

impl ServerClock {
    pub(super) fn new() -> ServerClock {
        ServerClock { last: Arc::new(Mutex::new((Instant::MIN, Moment::now()))) }
    }

    /// Takes in what the server's clock showed just now.
    pub(super) fn set(&self, now: Instant) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (now, Moment::now());
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Instant {
        let (shown, then) = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let since = i64::try_from(then.elapsed().as_micros()).unwrap_or(i64::MAX);
        shown.plus_micros(since).unwrap_or(Instant::MAX)
    }
}

impl fmt::Debug for ServerClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerClock").field("now", &self.now()).finish()
    }
}
