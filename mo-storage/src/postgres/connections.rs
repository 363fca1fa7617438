//! Connections to the server, kept for the next call. Not sqlx's pool, which hides why a connection failed and knows one
//! server only: here a connection that was not expressly given back is closed, so a call that is cut off anywhere leaves
//! nothing behind, and of several servers the one that takes changes is found.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::fault::{Fault, translate, unavailable};

/// A connection that lay idle for longer is tried before it is used.
const FRESH: Duration = Duration::from_secs(1);
/// Between two attempts to reach a server.
const PAUSE: Duration = Duration::from_millis(100);

/// What a session must have whatever the server's settings are, and whether the server is a standby. A commit may be
/// acknowledged only once it is durable; and a statement that is cancelled by a timeout while it waits for a synchronous
/// standby is acknowledged although the standby lacks it, so there is no such timeout: the caller's patience closes the
/// connection instead.
const SESSION: &str = "SELECT pg_is_in_recovery(),
    set_config('statement_timeout', '0', false),
    set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END,
        false)";

pub(super) struct Connections {
    place: String,
    servers: Vec<PgConnectOptions>,
    /// Which of them answered last.
    last: AtomicUsize,
    /// Whether a standby will do.
    reading: bool,
    patience: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
}

impl Connections {
    pub(super) fn new(
        place: String,
        servers: Vec<PgConnectOptions>,
        reading: bool,
        most: u32,
        patience: Duration,
    ) -> Connections {
        let permits = Arc::new(Semaphore::new(most as usize));
        let (last, idle) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        Connections { place, servers, last, reading, patience, permits, idle }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The server that answered last, for a connection beside these.
    pub(super) fn server(&self) -> Option<&PgConnectOptions> {
        self.servers.get(self.last.load(Ordering::SeqCst))
    }

    /// A connection to a server that takes changes (or, for reading, any).
    pub(super) async fn take(self: &Arc<Self>) -> Result<Held, Fault> {
        let end = Instant::now() + self.patience;
        let permit = timeout_at(end, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| unavailable(format!("all connections to {} are in use", self.place)))?
            .map_err(|_| unavailable(format!("the store on {} is closed", self.place)))?;
        let held = |connection| Held { connection, of: Arc::clone(self), permit };
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((mut connection, since)) = idle else { break };
            if since.elapsed() < FRESH || matches!(timeout(FRESH, connection.ping()).await, Ok(Ok(()))) {
                return Ok(held(connection));
            }
        }
        // A replica that is away is not waited for: the server has everything it has.
        self.connect(if self.reading { Instant::now() } else { end }).await.map(held)
    }

    /// The first connection: where there is no server, this is said at once.
    pub(super) async fn first(self: &Arc<Self>) -> Result<Held, Fault> {
        let connection = self.connect(Instant::now()).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
        self.take().await
    }

    /// Tries the servers in turn, and again until `end`, unless the reason is one that waiting does not mend.
    async fn connect(&self, end: Instant) -> Result<PgConnection, Fault> {
        loop {
            let first = self.last.load(Ordering::SeqCst);
            let mut why = Fault::Standby(format!("no server of {} takes changes", self.place));
            for at in (first..self.servers.len()).chain(0..first) {
                let Some(server) = self.servers.get(at) else { continue };
                match timeout(self.patience, self.open(server)).await {
                    Ok(Ok(connection)) => {
                        self.last.store(at, Ordering::SeqCst);
                        return Ok(connection);
                    }
                    Ok(Err(Fault::Standby(_))) => {}
                    Ok(Err(fault)) => why = fault,
                    Err(_) => why = unavailable(format!("{} does not answer", self.place)),
                }
            }
            let lasting = match &why {
                Fault::NotDone(error) => !error.is_retryable(),
                Fault::Standby(_) | Fault::Lost(_) | Fault::Doubled => false,
            };
            if lasting || Instant::now() + PAUSE >= end {
                return Err(why.not_done());
            }
            sleep(PAUSE).await;
        }
    }

    async fn open(&self, server: &PgConnectOptions) -> Result<PgConnection, Fault> {
        let fault = |error| translate(&error, &self.place);
        let mut connection = server.connect().await.map_err(fault)?;
        let (standby, ..): (bool, String, String) =
            sqlx::query_as(SESSION).fetch_one(&mut connection).await.map_err(fault)?;
        if standby && !self.reading {
            return Err(Fault::Standby(format!("{} is a standby", self.place)));
        }
        Ok(connection)
    }

    /// Waits for the answer to something asked over `held`, and keeps the connection unless it is spoilt.
    pub(super) async fn answer<T>(
        &self,
        asked: impl Future<Output = (Held, Result<T, sqlx::Error>)>,
    ) -> Result<T, Fault> {
        let Ok((held, answer)) = timeout(self.patience, asked).await else {
            let seconds = self.patience.as_secs_f32();
            return Err(Fault::Lost(format!("{} gave no answer within {seconds} s", self.place)));
        };
        let answer = answer.map_err(|error| translate(&error, &self.place));
        if matches!(&answer, Err(fault) if fault.spoils_connection()) {
            // Those that lie idle were lost with it, most likely: whoever tries again shall not meet one after the other.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        } else {
            held.give_back();
        }
        answer
    }

    /// Closes what lies idle; connections in use are closed when they come back.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for (connection, _) in idle {
            // A server that does not say goodbye is left without.
            let _ = timeout(FRESH, connection.close()).await;
        }
    }
}

/// A connection in use. Closed when dropped, unless it was [given back](Held::give_back).
pub(super) struct Held {
    connection: PgConnection,
    of: Arc<Connections>,
    /// Returned when the connection is given back or closed.
    #[expect(dead_code, reason = "held for its end")]
    permit: OwnedSemaphorePermit,
}

impl Held {
    pub(super) fn give_back(self) {
        if !self.of.permits.is_closed() {
            let mut idle = self.of.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((self.connection, Instant::now()));
        }
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
