//! The machine's own clock and randomness, for a registry to be given: [`SystemClock`] and [`RandomIds`]. The only
//! place where either is asked.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mo_core::model::IdSource;
use mo_core::time::{Clock, Instant};
use uuid::Uuid;

/// The clock of the machine, in whole microseconds.
///
/// It may stand still or run backwards; the registry makes known time increase.
///
/// ```
/// use mo_core::time::Clock;
/// use mo_storage::SystemClock;
///
/// assert!(SystemClock.now() > "2024-01-01T00:00:00Z".parse()?);
/// # Ok::<(), mo_core::time::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is given to whoever asks for one")]
    fn now(&self) -> Instant {
        let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => micros(since),
            Err(before) => -micros(before.duration()),
        };
        let outside = if micros < 0 { Instant::MIN } else { Instant::MAX };
        Instant::from_epoch_micros(micros).unwrap_or(outside)
    }
}

/// Random ids (UUID version 4), from the randomness of the operating system.
///
/// ```
/// use mo_core::model::IdSource;
/// use mo_storage::RandomIds;
///
/// assert_ne!(RandomIds.next_id(), RandomIds.next_id());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
