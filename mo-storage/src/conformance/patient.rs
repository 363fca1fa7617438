//! [`Patient`]: a store as a program that follows the contract sees it, with calls repeated where the contract allows
//! and decides what became of them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mo_core::store::{Entry, Head, Put, Side, SideRow, SideSpec, Store, StoreError, StoreExt};
use mo_core::time::Revision;
use uuid::Uuid;

/// So many times a call is repeated at most.
const TRIES: u32 = 200;

pub(super) struct Patient<S> {
    store: S,
    /// Whether an acknowledgement of something that is counted was lost, so that its count means nothing.
    unsure: AtomicBool,
}

impl<S: Store> Patient<S> {
    pub(super) fn new(store: S) -> Patient<S> {
        Patient { store, unsure: AtomicBool::new(false) }
    }

    pub(super) fn into_inner(self) -> S {
        self.store
    }

    /// Whether counts are to be believed.
    pub(super) fn is_sure(&self) -> bool {
        !self.unsure.load(Ordering::SeqCst)
    }
}

fn repeat<T>(unsure: &AtomicBool, mut call: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut left = TRIES;
    loop {
        left -= 1;
        match call() {
            Err(error) if error.is_retryable() && left > 0 => {
                if matches!(error, StoreError::UnknownChange { .. }) {
                    unsure.store(true, Ordering::SeqCst);
                }
            }
            done => return done,
        }
    }
}

impl<S: Store> Store for Patient<S> {
    fn head(&self) -> Result<Head, StoreError> {
        repeat(&self.unsure, || self.store.head())
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        repeat(&self.unsure, || self.store.append_once(expected, entry, TRIES))
    }

    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        repeat(&self.unsure, || self.store.append_all_once(expected, entries, TRIES))
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut after = after;
        repeat(&self.unsure, || {
            self.store.read(after, &mut |entry| {
                after = entry.revision;
                each(entry)
            })
        })
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        repeat(&self.unsure, || self.store.wait(after, timeout))
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        repeat(&self.unsure, || self.store.rewrite(replace))
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        let side = repeat(&self.unsure, || self.store.side(spec))?;
        Ok(Box::new(PatientSide { side, unsure: &self.unsure }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        // Rows come by table and key, so what was given before a failure is known.
        let mut last: Option<(String, Vec<u8>)> = None;
        repeat(&self.unsure, || {
            let given = last.clone();
            self.store.held_about(object, &mut |name, row| {
                let at = (name.to_owned(), row.key.clone());
                if given.as_ref().is_some_and(|given| at <= *given) {
                    return ControlFlow::Continue(());
                }
                last = Some(at);
                each(name, row)
            })
        })
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        repeat(&self.unsure, || self.store.forget(object))
    }
}

struct PatientSide<'s> {
    side: Box<dyn Side + 's>,
    unsure: &'s AtomicBool,
}

impl Side for PatientSide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        repeat(self.unsure, || self.side.get(key))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        let mut lost = false;
        repeat(self.unsure, || match self.side.put(key, expected, value, about) {
            Ok(Put::Differs(Some(found))) if lost && found == value => Ok(Put::Done),
            Err(error) => {
                lost |= matches!(error, StoreError::UnknownChange { .. });
                Err(error)
            }
            done => done,
        })
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut last: Option<Vec<u8>> = None;
        repeat(self.unsure, || {
            let given = last.clone();
            self.side.scan(prefix, &mut |row| {
                if given.as_ref().is_some_and(|given| row.key <= *given) {
                    return ControlFlow::Continue(());
                }
                last = Some(row.key.clone());
                each(row)
            })
        })
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        repeat(self.unsure, || self.side.delete(key))
    }
}
