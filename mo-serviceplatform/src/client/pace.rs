//! [`Wait`]: the seam through which the client waits, and [`Pace`]: so many questions a second and no more.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mo_core::time::{Clock, Instant};

use super::breaker::later;

/// Waits. The program's own is [`SystemWait`]; a test's moves its clock instead.
///
/// ```
/// use std::time::Duration;
/// use mo_serviceplatform::client::Wait;
///
/// /// For a program that must not sleep.
/// struct Spin;
///
/// impl Wait for Spin {
///     fn wait(&self, duration: Duration) {
///         let begun = std::time::Instant::now();
///         while begun.elapsed() < duration {
///             std::thread::yield_now();
///         }
///     }
/// }
/// ```
pub trait Wait: Send + Sync {
    /// Returns after this long.
    fn wait(&self, duration: Duration);
}

impl<W: Wait + ?Sized> Wait for std::sync::Arc<W> {
    fn wait(&self, duration: Duration) {
        (**self).wait(duration);
    }
}

/// Waits by putting the thread to sleep.
///
/// ```
/// use mo_serviceplatform::client::{SystemWait, Wait};
///
/// SystemWait.wait(std::time::Duration::from_millis(1));
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct SystemWait;

impl Wait for SystemWait {
    fn wait(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// At most so many questions a second, evenly, over all threads that share it.
///
/// ```
/// use mo_serviceplatform::client::Pace;
///
/// let pace = Pace::per_second(10);
/// # let _ = pace;
/// ```
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// This many questions a second; at least one.
    pub fn per_second(questions: u32) -> Pace {
        Pace { gap: Duration::from_secs(1) / questions.max(1), next: Mutex::new(Instant::MIN) }
    }

    /// Waits for this caller's turn.
    pub(super) fn take_turn(&self, clock: &dyn Clock, wait: &dyn Wait) {
        let now = clock.now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(now);
            *next = later(turn, self.gap);
            turn
        };
        let micros = turn.epoch_micros().saturating_sub(now.epoch_micros());
        if micros > 0 {
            wait.wait(Duration::from_micros(micros.unsigned_abs()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mo_core::time::SteppingClock;

    struct Recorded(Mutex<Vec<Duration>>);

    impl Wait for Recorded {
        fn wait(&self, duration: Duration) {
            self.0.lock().unwrap().push(duration);
        }
    }

    #[test]
    fn turns_are_evenly_spaced_and_unused_ones_are_not_saved_up() {
        let clock = SteppingClock::new(Instant::from_epoch_micros(0).unwrap());
        let wait = Recorded(Mutex::new(Vec::new()));
        let pace = Pace::per_second(4);
        for _ in 0..3 {
            pace.take_turn(&clock, &wait);
        }
        clock.set(Instant::from_epoch_micros(60_000_000).unwrap());
        for _ in 0..2 {
            pace.take_turn(&clock, &wait);
        }
        assert_eq!(*wait.0.lock().unwrap(), [250, 500, 250].map(Duration::from_millis));
    }
}
