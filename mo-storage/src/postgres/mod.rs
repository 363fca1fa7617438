//! [`PostgresStore`]: a registry on a PostgreSQL server, shared by as many processes as there are, with sqlx underneath.
//! This file holds the store; its options, connections, schema, journal, side tables and clock have a file each.

mod clock;
mod connections;
mod fault;
mod journal;
mod listen;
mod options;
mod rewrite;
mod runtime;
mod schema;
mod side;
mod types;

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mo_core::store::{Entry, Head, Side, SideRow, SideSpec, Store, StoreError, within_entry_limit};
use mo_core::time::Revision;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use clock::ServerClock;
pub use options::PostgresOptions;

use connections::Connections;
use fault::Fault;
use journal::{Server, Then, next_portion};
use rewrite::Rewrite;
use runtime::Runtime;

/// A registry in a PostgreSQL database, in the schema `mo`, which is made when it is not there.
///
/// Any number of processes may have the same registry open, append and follow. An append is one statement that commits
/// by itself; of several on the same head the key (registry, revision) lets one succeed. What is acknowledged is durable
/// as the server is set up: on its disk, and where it has synchronous standbys, on theirs.
///
/// The calls are synchronous. Their work is done on a thread of the store's own, so they may come from a synchronous or an
/// asynchronous program (there, best through its `spawn_blocking`), and what was begun is finished even when the caller's
/// future is dropped. Clones share connections and thread; the last one dropped ends them.
///
/// A connection that is lost is made again by the next call. A call that only reads is repeated once; a change whose
/// answer was lost is [`StoreError::Unknown`] or [`StoreError::UnknownChange`].
///
/// ```no_run
/// use mo_core::store::Store;
/// use mo_storage::postgres::{PostgresOptions, PostgresStore};
///
/// let options = PostgresOptions::new("postgresql://mo@db.example/mo")?.registry("korsbaek")?;
/// let store = PostgresStore::open(options)?;
/// println!("{} entries", store.head()?.revision);
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
}

struct Shared {
    server: Arc<Server>,
    /// Announcing and hearing; the second once somebody waits.
    tasks: Mutex<Vec<JoinHandle<()>>>,
    runtime: Runtime,
}

impl PostgresStore {
    /// Opens the registry, after making the schema and the registry where they are not there.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when the server refuses the user, the database or the certificate, or a right is missing.
    /// [`StoreError::Newer`] when a newer version made the schema. Of kind `Unavailable` when there is no server.
    pub fn open(options: PostgresOptions) -> Result<PostgresStore, StoreError> {
        let runtime = Runtime::start()?;
        let place = options.place();
        let PostgresOptions { servers, replicas, registry, connections: most, patience, existing_only } =
            options;
        let connections =
            |servers, reading| Arc::new(Connections::new(place.clone(), servers, reading, most, patience));
        let replica = (!replicas.is_empty()).then(|| connections(replicas, true));
        let connections = connections(servers, false);
        let opening = async move {
            let mut held = connections.first().await?;
            let number = schema::prepare(&mut held, &registry, existing_only, &place).await?;
            held.give_back();
            let server = Arc::new(Server {
                connections,
                replica,
                registry,
                number,
                clock: ServerClock::new(),
                heard: watch::Sender::new(0),
                appended: Notify::new(),
            });
            // So that the clock shows something from the beginning.
            Arc::clone(&server).head().await?;
            Ok(server)
        };
        let server = runtime.run(opening).map_err(Fault::of_reading)?;
        let announcing = runtime.handle().spawn(listen::announce(Arc::clone(&server)));
        Ok(PostgresStore {
            shared: Arc::new(Shared { server, tasks: Mutex::new(vec![announcing]), runtime }),
        })
    }

    /// The server's clock, for [`Registry::open`](mo_core::registry::Registry::open).
    pub fn clock(&self) -> ServerClock {
        self.shared.server.clock.clone()
    }

    /// Does what changes nothing; once more where the connection was lost.
    fn look<T, F>(&self, work: impl Fn(Arc<Server>) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let attempt = || self.shared.runtime.run(work(Arc::clone(&self.shared.server)));
        match attempt() {
            Err(Fault::Lost(_) | Fault::Standby(_)) => attempt(),
            done => done,
        }
        .map_err(Fault::of_reading)
    }

    /// Does what changes something; once more where it led to a server that takes no changes.
    fn attempt<T, F>(&self, work: impl Fn(Arc<Server>) -> F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let attempt = || self.shared.runtime.run(work(Arc::clone(&self.shared.server)));
        match attempt() {
            Err(Fault::Standby(_)) => attempt(),
            done => done,
        }
    }

    fn change<T, F>(&self, what: &str, work: impl Fn(Arc<Server>) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        self.attempt(work).map_err(|fault| fault.of_changing(what))
    }

    /// Gives `each` what there is after `after` on one server; where that ended, or nothing once `each` broke.
    fn read_from(
        &self,
        from: &Arc<Connections>,
        mut after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> (Option<Revision>, Result<(), StoreError>) {
        let mut most = 16;
        loop {
            let portion = match self.look(|server| server.portion(Arc::clone(from), after, most)) {
                Ok(portion) => portion,
                Err(error) => return (Some(after), Err(error)),
            };
            for entry in portion.entries {
                after = entry.revision;
                if each(entry).is_break() {
                    return (None, Ok(()));
                }
            }
            match portion.then {
                Then::More => most = next_portion(most),
                Then::End => return (Some(after), Ok(())),
                Then::Damage(error) => return (Some(after), Err(error)),
            }
        }
    }
}

impl Store for PostgresStore {
    fn head(&self) -> Result<Head, StoreError> {
        self.look(Server::head)
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        self.attempt(|server| server.append(expected, entry.clone())).map_err(|fault| match fault {
            Fault::Lost(what) => {
                StoreError::Unknown { revision: entry.revision, id: entry.id, what, source: None }
            }
            fault => fault.of_reading(),
        })
    }

    /// All of them or none.
    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let Some(last) = entries.last() else { return Ok(()) };
        let entries: Arc<[Entry]> = entries.into();
        self.attempt(|server| server.append_all(expected, Arc::clone(&entries))).map_err(
            |fault| match fault {
                Fault::Lost(what) => {
                    StoreError::Unknown { revision: last.revision, id: last.id, what, source: None }
                }
                fault => fault.of_reading(),
            },
        )
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let server = &self.shared.server;
        let mut after = after;
        if let Some(replica) = &server.replica {
            // A replica that lags, lacks something or cannot be reached is no reason to fail: the server has it all.
            match self.read_from(replica, after, each) {
                (Some(last), _) => after = last,
                (None, _) => return Ok(()),
            }
        }
        self.read_from(&server.connections, after, each).1
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        let mut tasks = self.shared.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.len() == 1 && !timeout.is_zero() {
            let server = Arc::clone(&self.shared.server);
            tasks.push(self.shared.runtime.handle().spawn(listen::listen(server)));
        }
        drop(tasks);
        self.look(|server| server.wait(after, timeout))
    }

    /// Beyond the reach of this are the server's write-ahead log until it is recycled, archives and backups made before,
    /// and standbys until they have followed.
    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        // Until the commit nothing is done, whatever fails.
        let step = |fault: Fault| fault.not_done().of_reading();
        let run = &self.shared.runtime;
        let mut work = self.attempt(Rewrite::begin).map_err(step)?;
        let (mut after, mut count) = (Revision::ZERO, 0);
        loop {
            let (moved, portion) = run.run(work.portion(after)).map_err(step)?;
            work = moved;
            if let Then::Damage(error) = portion.then {
                return Err(error);
            }
            let Some(last) = portion.entries.last().map(|entry| entry.revision) else { break };
            let mut replaced = Vec::new();
            for entry in portion.entries {
                if let Some(bytes) = replace(&entry) {
                    within_entry_limit(&bytes)?;
                    replaced.push(Entry { bytes, ..entry });
                    count += 1;
                }
            }
            work = run.run(work.keep(after, last, replaced)).map_err(step)?;
            after = last;
        }
        run.run(work.finish()).map_err(|fault| fault.of_changing("the erasure"))?;
        Ok(count)
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        side::open(self, spec)
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        side::held_about(self, object, each)
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        side::forget(self, object)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let server = Arc::clone(&self.server);
        // There is nobody left to tell how it went.
        let _ = self.runtime.run(async move {
            for task in tasks {
                task.abort();
                let _ = task.await;
            }
            if let Some(replica) = &server.replica {
                replica.close().await;
            }
            server.connections.close().await;
            Ok(())
        });
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("place", &self.shared.server.connections.place())
            .finish_non_exhaustive()
    }
}
