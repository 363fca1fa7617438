//! [`Connection`]: every question's way out, with retries, circuit breaker and pace. Knows HTTP statuses, not what the
//! answers mean.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use mo_core::time::Clock;
use uuid::Uuid;

use super::{Breaker, Pace, SystemWait, Wait};
use crate::error::{LookupError, Outage, Service};
use crate::transport::{Request, Transport, TransportError, content_type, header};

/// How often a question is asked again, and how long one waits between. Retries are only made where they are safe and
/// may help: no connection, a time-out, a broken connection, HTTP 429, 502, 503 and 504. Never on a fault, a TLS alert
/// or an answer that cannot be read.
///
/// ```
/// use mo_serviceplatform::client::Retry;
/// assert_eq!(Retry::default().attempts, 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How often in all; 1 for never again.
    pub attempts: u32,
    /// The longest first wait; it doubles each time. The wait itself is drawn between nothing and that (*full jitter*),
    /// from the correlation id, so that many callers do not come back at once.
    pub base: Duration,
    /// The longest wait, also when the service asks for a longer one: then the caller is told at once.
    pub longest: Duration,
    /// No retry begins later than this after the first attempt.
    pub deadline: Duration,
}

impl Retry {
    /// No retries.
    pub const NEVER: Retry =
        Retry { attempts: 1, base: Duration::ZERO, longest: Duration::ZERO, deadline: Duration::ZERO };
}

impl Default for Retry {
    /// Three attempts; 250 ms, doubling, at most 5 s; 40 s in all.
    fn default() -> Retry {
        Retry {
            attempts: 3,
            base: Duration::from_millis(250),
            longest: Duration::from_secs(5),
            deadline: Duration::from_secs(40),
        }
    }
}

/// The way to one endpoint: a transport with retries, circuit breaker and pace.
///
/// Make one per endpoint and share it: breaker and pace are the endpoint's. `Send + Sync`.
///
/// ```no_run
/// # fn example(transport: impl mo_serviceplatform::client::Transport + 'static, clock: impl mo_core::time::Clock + 'static) {
/// use mo_serviceplatform::client::{Connection, Pace};
///
/// let connection = Connection::new(transport, clock).paced(Pace::per_second(10));
/// # let _ = connection;
/// # }
/// ```
#[derive(Clone)]
pub struct Connection {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    wait: Arc<dyn Wait>,
    retry: Retry,
    breaker: Arc<Breaker>,
    pace: Option<Arc<Pace>>,
    timeout: Duration,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("retry", &self.retry)
            .field("breaker", &self.breaker)
            .field("pace", &self.pace)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A question and what is asked of the way.
pub(crate) struct Question<'q> {
    pub(crate) service: Service,
    /// Draws the waits.
    pub(crate) correlation: Uuid,
    pub(crate) response_limit: usize,
    /// A status that is tried again besides those that always are.
    pub(crate) passing: Option<u16>,
    pub(crate) request: &'q Request,
}

/// An answer, or why there is none, and how often was asked.
pub(crate) struct Exchange {
    pub(crate) answer: Result<Response<Vec<u8>>, LookupError>,
    pub(crate) attempts: u32,
}

impl Connection {
    /// A way over `transport`, on this clock, with the default retries and breaker, 15 s for each attempt, and no pace.
    pub fn new(transport: impl Transport + 'static, clock: impl Clock + 'static) -> Connection {
        Connection {
            transport: Arc::new(transport),
            clock: Arc::new(clock),
            wait: Arc::new(SystemWait),
            retry: Retry::default(),
            breaker: Arc::new(Breaker::default()),
            pace: None,
            timeout: Duration::from_secs(15),
        }
    }

    /// With these retries.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Connection {
        self.retry = retry;
        self
    }

    /// With this circuit breaker.
    #[must_use]
    pub fn breaking(mut self, breaker: Breaker) -> Connection {
        self.breaker = Arc::new(breaker);
        self
    }

    /// With no more questions than this.
    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Connection {
        self.pace = Some(Arc::new(pace));
        self
    }

    /// With so much time for each attempt, from connecting to the last byte.
    #[must_use]
    pub fn timing_out(mut self, timeout: Duration) -> Connection {
        self.timeout = timeout;
        self
    }

    /// Waiting by these means.
    #[must_use]
    pub fn waiting(mut self, wait: impl Wait + 'static) -> Connection {
        self.wait = Arc::new(wait);
        self
    }

    /// The clock that waits, caches and audit records go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn ask(&self, question: &Question<'_>) -> Exchange {
        let service = question.service;
        let request = question.request.clone().within(self.timeout, question.response_limit);
        let begun = self.clock.now();
        let mut attempts = 0;
        loop {
            if let Err(until) = self.breaker.admit(self.clock.now()) {
                let outage = Outage::CircuitOpen { until };
                let answer = Err(LookupError::Unavailable { service, outage, retry_after: None });
                return Exchange { answer, attempts };
            }
            if let Some(pace) = &self.pace {
                pace.take_turn(&*self.clock, &*self.wait);
            }
            attempts += 1;
            let (answer, again, asked_wait) = self.attempt(question, &request);
            let wait = asked_wait.unwrap_or_else(|| self.jitter(question.correlation, attempts));
            let gone = self.clock.now().epoch_micros().saturating_sub(begun.epoch_micros());
            let spent = Duration::from_micros(gone.max(0).unsigned_abs());
            if !again
                || attempts >= self.retry.attempts
                || self.breaker.is_open()
                || wait > self.retry.longest
                || spent + wait > self.retry.deadline
            {
                return Exchange { answer, attempts };
            }
            self.wait.wait(wait);
        }
    }

    /// One attempt: the answer, whether another may help, and how long the service asks to be left alone.
    fn attempt(
        &self,
        question: &Question<'_>,
        request: &Request,
    ) -> (Result<Response<Vec<u8>>, LookupError>, bool, Option<Duration>) {
        let service = question.service;
        let response = match self.transport.send(request) {
            Ok(response) => response,
            Err(error) => {
                let again = error.is_retryable();
                match &error {
                    TransportError::TooLarge { .. } => self.breaker.answered(),
                    _ if again => self.breaker.failed(self.clock.now()),
                    _ => self.breaker.undecided(),
                }
                return (Err(LookupError::from_transport(service, error)), again, None);
            }
        };
        let status = response.status().as_u16();
        // A SOAP fault comes with status 500 and is an answer; a gateway's page with that status is an outage.
        let fault = status == 500 && content_type(&response).contains("xml");
        if status >= 500 && !fault {
            self.breaker.failed(self.clock.now());
        } else {
            self.breaker.answered();
        }
        if !matches!(status, 429 | 502 | 503 | 504) {
            return (Ok(response), question.passing == Some(status), None);
        }
        // Only the form in seconds is read; the form with a date would need the server's clock to agree with ours.
        let retry_after =
            header(&response, "retry-after").and_then(|s| s.trim().parse().ok()).map(Duration::from_secs);
        let outage = Outage::Status(status);
        (Err(LookupError::Unavailable { service, outage, retry_after }), true, retry_after)
    }

    /// Between nothing and the base doubled for each attempt before, drawn from the correlation id.
    fn jitter(&self, correlation: Uuid, attempt: u32) -> Duration {
        let ceiling = self
            .retry
            .base
            .saturating_mul(1u32.checked_shl(attempt - 1).unwrap_or(u32::MAX))
            .min(self.retry.longest);
        let (high, low) = correlation.as_u64_pair();
        // SplitMix64 (Steele, Lea, Flood 2014): spreads neighbouring ids over the whole range.
        let mut draw = (high ^ low).wrapping_add(u64::from(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        draw = (draw ^ (draw >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        draw = (draw ^ (draw >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        draw ^= draw >> 31;
        let micros = u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(draw % micros.saturating_add(1).max(1))
    }
}
