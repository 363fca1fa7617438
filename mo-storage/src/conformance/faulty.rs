//! [`Faulty`]: any store behind a bad line. Requests and acknowledgements get lost, calls are refused and reads break
//! off, as a plan says; what the store inside holds is never harmed.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mo_core::store::{Entry, Head, Put, Side, SideRow, SideSpec, Store, StoreError};
use mo_core::time::Revision;
use uuid::Uuid;

/// A call to a store.
///
/// ```
/// use mo_storage::conformance::Call;
/// assert!(Call::Append.changes() && !Call::Read.changes());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// [`Store::head`]
    Head,
    /// [`Store::append`]
    Append,
    /// [`Store::read`]
    Read,
    /// [`Store::wait`]
    Wait,
    /// [`Store::rewrite`]
    Rewrite,
    /// [`Store::side`]
    Side,
    /// [`Store::held_about`]
    HeldAbout,
    /// [`Store::forget`]
    Forget,
    /// [`Side::get`]
    Get,
    /// [`Side::put`]
    Put,
    /// [`Side::scan`]
    Scan,
    /// [`Side::delete`]
    Delete,
}

impl Call {
    /// Whether the call changes what is stored.
    pub fn changes(self) -> bool {
        matches!(self, Call::Append | Call::Rewrite | Call::Side | Call::Forget | Call::Put | Call::Delete)
    }
}

/// What goes wrong with a call.
///
/// ```
/// use mo_core::store::{MemoryStore, Store, StoreErrorKind};
/// use mo_storage::conformance::{Fault, Faulty};
///
/// let away = Faulty::new(MemoryStore::new(), |_| Fault::Unavailable);
/// assert_eq!(away.head().unwrap_err().kind(), StoreErrorKind::Unavailable);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not reach the store, and the caller is told so: `Unavailable`.
    Unavailable,
    /// It does not reach the store, and the caller cannot tell: `Unknown`. For calls that change nothing, as
    /// [`Unavailable`](Fault::Unavailable).
    LostRequest,
    /// It is done, and the caller cannot tell: `Unknown`. For calls that change nothing, as
    /// [`Unavailable`](Fault::Unavailable).
    LostAcknowledgement,
    /// It breaks off with `Unavailable` after what was read first. For calls other than reads and scans, as
    /// [`Unavailable`](Fault::Unavailable).
    BrokenOff,
}

/// A store whose calls go wrong as a plan says.
///
/// ```
/// use mo_core::store::{Entry, MemoryStore, Store, StoreErrorKind, StoreExt};
/// use mo_core::time::Revision;
/// use mo_storage::conformance::{Call, Fault, Faulty};
/// use uuid::Uuid;
///
/// // Every append is done, and no writer ever hears of it.
/// let store = Faulty::new(MemoryStore::new(), |call| match call {
///     Call::Append => Fault::LostAcknowledgement,
///     _ => Fault::None,
/// });
/// let entry = Entry {
///     revision: Revision::new(1),
///     registered_at: "2024-01-01T09:00:00Z".parse()?,
///     id: Uuid::from_u128(1),
///     bytes: b"first".to_vec(),
/// };
/// let unknown = store.append(Revision::ZERO, &entry).unwrap_err();
/// assert_eq!(unknown.kind(), StoreErrorKind::Unknown);
/// store.append_once(Revision::ZERO, &entry, 1)?;
/// assert_eq!(store.entries(Revision::ZERO)?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Faulty<S> {
    inner: S,
    plan: Mutex<Box<dyn FnMut(Call) -> Fault + Send>>,
}

impl<S: Store> Faulty<S> {
    /// `inner` behind a line on which `plan` decides, call by call, what goes wrong.
    pub fn new(inner: S, plan: impl FnMut(Call) -> Fault + Send + 'static) -> Faulty<S> {
        Faulty { inner, plan: Mutex::new(Box::new(plan)) }
    }

    /// `inner` behind a line on which about one call in `one_in` goes wrong, in a way drawn from `seed`.
    pub fn seeded(inner: S, seed: u64, one_in: u64) -> Faulty<S> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Faulty::new(inner, move |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if !(state >> 32).is_multiple_of(one_in.max(1)) {
                return Fault::None;
            }
            match state % 4 {
                0 => Fault::Unavailable,
                1 => Fault::LostRequest,
                2 => Fault::LostAcknowledgement,
                _ => Fault::BrokenOff,
            }
        })
    }

    /// The store behind the line.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn fault(&self, call: Call) -> Fault {
        let fault = (self.plan.lock().unwrap_or_else(PoisonError::into_inner))(call);
        let reads = matches!(call, Call::Read | Call::Scan | Call::HeldAbout);
        match fault {
            Fault::LostRequest | Fault::LostAcknowledgement if !call.changes() => Fault::Unavailable,
            Fault::BrokenOff if !reads => Fault::Unavailable,
            fault => fault,
        }
    }

    /// A call, with what goes wrong with it; `unknown` makes the error of a caller who cannot tell.
    fn call<T>(
        &self,
        call: Call,
        unknown: impl FnOnce() -> StoreError,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.fault(call) {
            Fault::None | Fault::BrokenOff => work(),
            Fault::Unavailable => Err(unavailable()),
            Fault::LostRequest => Err(unknown()),
            Fault::LostAcknowledgement => match work() {
                Ok(_) => Err(unknown()),
                refused => refused,
            },
        }
    }
}

impl<S> fmt::Debug for Faulty<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").finish_non_exhaustive()
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { what: "the line is down".into(), source: None }
}

fn unknown_change() -> StoreError {
    StoreError::UnknownChange { what: "the change".into(), source: None }
}

/// Gives `each` half a dozen, then breaks off.
struct Breaking {
    left: u32,
    ended: bool,
}

impl Breaking {
    fn new() -> Breaking {
        Breaking { left: 6, ended: false }
    }

    fn step(&mut self, each: impl FnOnce() -> ControlFlow<()>) -> ControlFlow<()> {
        if self.left == 0 {
            return ControlFlow::Break(());
        }
        self.left -= 1;
        let flow = each();
        self.ended |= flow.is_break();
        flow
    }

    fn result(&self, done: Result<(), StoreError>) -> Result<(), StoreError> {
        if self.ended { done } else { done.and_then(|()| Err(unavailable())) }
    }
}

impl<S: Store> Store for Faulty<S> {
    fn head(&self) -> Result<Head, StoreError> {
        self.call(Call::Head, unavailable, || self.inner.head())
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        let unknown = || StoreError::Unknown {
            revision: entry.revision,
            id: entry.id,
            what: "the line went down".into(),
            source: None,
        };
        self.call(Call::Append, unknown, || self.inner.append(expected, entry))
    }

    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let Some(last) = entries.last() else { return self.inner.append_all(expected, entries) };
        let unknown = || StoreError::Unknown {
            revision: last.revision,
            id: last.id,
            what: "the line went down".into(),
            source: None,
        };
        self.call(Call::Append, unknown, || self.inner.append_all(expected, entries))
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.fault(Call::Read) {
            Fault::None => self.inner.read(after, each),
            Fault::BrokenOff => {
                let mut breaking = Breaking::new();
                let done = self.inner.read(after, &mut |entry| breaking.step(|| each(entry)));
                breaking.result(done)
            }
            _ => Err(unavailable()),
        }
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        self.call(Call::Wait, unavailable, || self.inner.wait(after, timeout))
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        self.call(Call::Rewrite, unknown_change, || self.inner.rewrite(replace))
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        let side = self.call(Call::Side, unknown_change, || self.inner.side(spec))?;
        Ok(Box::new(FaultySide { line: self, side }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.fault(Call::HeldAbout) {
            Fault::None => self.inner.held_about(object, each),
            Fault::BrokenOff => {
                let mut breaking = Breaking::new();
                let done = self.inner.held_about(object, &mut |name, row| breaking.step(|| each(name, row)));
                breaking.result(done)
            }
            _ => Err(unavailable()),
        }
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        self.call(Call::Forget, unknown_change, || self.inner.forget(object))
    }
}

struct FaultySide<'s, S> {
    line: &'s Faulty<S>,
    side: Box<dyn Side + 's>,
}

impl<S: Store> Side for FaultySide<'_, S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.line.call(Call::Get, unavailable, || self.side.get(key))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        self.line.call(Call::Put, unknown_change, || self.side.put(key, expected, value, about))
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.line.fault(Call::Scan) {
            Fault::None => self.side.scan(prefix, each),
            Fault::BrokenOff => {
                let mut breaking = Breaking::new();
                let done = self.side.scan(prefix, &mut |row| breaking.step(|| each(row)));
                breaking.result(done)
            }
            _ => Err(unavailable()),
        }
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.line.call(Call::Delete, unknown_change, || self.side.delete(key))
    }
}
