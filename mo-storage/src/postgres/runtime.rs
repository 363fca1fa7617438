//! The store's own thread with its asynchronous runtime. Calls hand their work over and wait for the answer, so they
//! work from synchronous and asynchronous programs alike, and what was begun is finished whatever becomes of the caller.

use std::fmt;
use std::future::Future;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use mo_core::store::StoreError;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::fault::Fault;

pub(super) struct Runtime {
    handle: Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Runtime {
    pub(super) fn start() -> Result<Runtime, StoreError> {
        let failed = |error: std::io::Error| StoreError::Unavailable {
            what: "the thread of the PostgreSQL store could not be started".into(),
            source: Some(Box::new(error)),
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("mo-postgres".into())
            .spawn(move || {
                // Whether it is told or the sender is gone, this is the end.
                let _ = runtime.block_on(ended);
            })
            .map_err(failed)?;
        Ok(Runtime { handle, end: Some(end), thread: Some(thread) })
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Does `work` on the store's thread and waits for it, with a lock that no runtime knows: the asynchronous waiting
    /// of tokio refuses to run on a thread of the caller's runtime.
    pub(super) fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            // Nobody may be waiting any more; the work is done all the same.
            let _ = answer.send(work.await);
        });
        answered.recv().unwrap_or_else(|_| Err(Fault::Lost("the thread of the store has ended".into())))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing to say that its callers were not told.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
