//! [`Breaker`]: leaves a service alone that fails again and again. Counts what the connection tells it; knows no HTTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mo_core::time::Instant;

/// After so many failures in a row a service is left alone for a while; then one question goes through, and its outcome
/// decides.
///
/// Failures are outages: no connection, time-outs, HTTP 5xx. A person who is not found, a refused question or a bad
/// certificate says nothing about the service's health and does not count.
///
/// ```
/// use std::time::Duration;
/// use mo_serviceplatform::client::Breaker;
///
/// let breaker = Breaker::new(5, Duration::from_secs(30));
/// # let _ = breaker;
/// ```
#[derive(Debug)]
pub struct Breaker {
    threshold: u32,
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    failures: u32,
    /// Closed to questions until then.
    until: Option<Instant>,
    /// One question is on its way to find out.
    probing: bool,
}

impl Breaker {
    /// Left alone for `rest` after `threshold` failures in a row (at least one).
    pub fn new(threshold: u32, rest: Duration) -> Breaker {
        let state = State { failures: 0, until: None, probing: false };
        Breaker { threshold: threshold.max(1), rest, state: Mutex::new(state) }
    }

    /// Whether a question may go out now; if not, when one may.
    pub(super) fn admit(&self, now: Instant) -> Result<(), Instant> {
        let mut state = self.lock();
        match state.until {
            None => Ok(()),
            Some(until) if now < until || state.probing => Err(until),
            Some(_) => {
                state.probing = true;
                Ok(())
            }
        }
    }

    /// Whether the service is left alone, or tried by one question only.
    pub(super) fn is_open(&self) -> bool {
        self.lock().until.is_some()
    }

    /// The service answered, whatever it said.
    pub(super) fn answered(&self) {
        *self.lock() = State { failures: 0, until: None, probing: false };
    }

    /// The service failed.
    pub(super) fn failed(&self, now: Instant) {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        state.probing = false;
        if state.failures >= self.threshold {
            state.until = Some(later(now, self.rest));
        }
    }

    /// The question told nothing about the service's health.
    pub(super) fn undecided(&self) {
        self.lock().probing = false;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Breaker {
    /// Five failures, thirty seconds.
    fn default() -> Breaker {
        Breaker::new(5, Duration::from_secs(30))
    }
}

/// `now` and this long, or the end of time.
pub(super) fn later(now: Instant, duration: Duration) -> Instant {
    i64::try_from(duration.as_micros())
        .ok()
        .and_then(|micros| now.plus_micros(micros))
        .unwrap_or(Instant::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_epoch_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_good_probe_closes_it() {
        let breaker = Breaker::new(2, Duration::from_secs(30));
        breaker.failed(at(0));
        assert_eq!(breaker.admit(at(0)), Ok(()));
        breaker.answered();
        breaker.failed(at(1));
        breaker.failed(at(2));
        assert_eq!(breaker.admit(at(3)), Err(at(32)));
        assert_eq!(breaker.admit(at(32)), Ok(()), "the probe");
        assert_eq!(breaker.admit(at(33)), Err(at(32)), "only one probe at a time");
        breaker.failed(at(34));
        assert_eq!(breaker.admit(at(35)), Err(at(64)));
        assert_eq!(breaker.admit(at(64)), Ok(()));
        breaker.undecided();
        assert_eq!(breaker.admit(at(64)), Ok(()), "an undecided probe makes way for another");
        breaker.answered();
        assert_eq!(breaker.admit(at(65)), Ok(()));
    }
}
