//! What the contract leaves to the core: settling lost acknowledgements, the rule of what may follow a head, and what
//! errors say. The stores themselves are tested by the public suite.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::time::Instant;

fn entry(revision: u32, writer: u128) -> Entry {
    Entry {
        revision: Revision::new(revision),
        registered_at: Instant::from_epoch_micros(1_700_000_000_000_000 + i64::from(revision)).unwrap(),
        id: Uuid::from_u128(writer << 32 | u128::from(revision)),
        bytes: b"{}".to_vec(),
    }
}

/// What happens to one append on its way.
#[derive(Clone, Copy)]
enum Way {
    Through,
    AcknowledgementLost,
    RequestLost,
    /// The caller cannot tell, and it arrives only when the next call does.
    Late,
    Unavailable,
    Full,
    /// Somebody else's entry arrives first.
    Overtaken,
}

/// A store whose appends go the ways of a script, then through, and whose reads fail at first.
struct Scripted {
    inner: MemoryStore,
    ways: Mutex<VecDeque<Way>>,
    late: Mutex<Option<Entry>>,
    failing_reads: Mutex<u32>,
    appends: Mutex<u32>,
}

impl Scripted {
    fn new(ways: &[Way]) -> Scripted {
        Scripted {
            inner: MemoryStore::new(),
            ways: Mutex::new(ways.iter().copied().collect()),
            late: Mutex::new(None),
            failing_reads: Mutex::new(0),
            appends: Mutex::new(0),
        }
    }

    fn writers(&self) -> Vec<u128> {
        let entries = self.inner.entries(Revision::ZERO).unwrap();
        entries.iter().map(|entry| entry.id.as_u128() >> 32).collect()
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { what: "down".into(), source: None }
}

impl Store for Scripted {
    fn head(&self) -> Result<Head, StoreError> {
        self.inner.head()
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        *self.appends.lock().unwrap() += 1;
        if let Some(late) = self.late.lock().unwrap().take() {
            self.inner.append(Revision::new(late.revision.number() - 1), &late).unwrap();
        }
        let unknown = StoreError::Unknown {
            revision: entry.revision,
            id: entry.id,
            what: "the line went down".into(),
            source: None,
        };
        match self.ways.lock().unwrap().pop_front().unwrap_or(Way::Through) {
            Way::Through => self.inner.append(expected, entry),
            Way::AcknowledgementLost => self.inner.append(expected, entry).and(Err(unknown)),
            Way::RequestLost => Err(unknown),
            Way::Late => {
                *self.late.lock().unwrap() = Some(entry.clone());
                Err(unknown)
            }
            Way::Unavailable => Err(unavailable()),
            Way::Full => Err(StoreError::Full { what: "full".into(), source: None }),
            Way::Overtaken => {
                self.inner.append(expected, &self::entry(entry.revision.number(), 9))?;
                Err(unknown)
            }
        }
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut failing = self.failing_reads.lock().unwrap();
        if *failing > 0 {
            *failing -= 1;
            return Err(unavailable());
        }
        self.inner.read(after, each)
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        self.inner.wait(after, timeout)
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        self.inner.rewrite(replace)
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        self.inner.side(spec)
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.inner.held_about(object, each)
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        self.inner.forget(object)
    }
}

/// Appends entry 1 along the ways, with so many tries; what came of it and how many appends it took.
fn along(ways: &[Way], tries: u32) -> (Result<(), StoreErrorKind>, u32, Vec<u128>) {
    let store = Scripted::new(ways);
    let result = store.append_once(Revision::ZERO, &entry(1, 1), tries).map_err(|error| error.kind());
    let appends = *store.appends.lock().unwrap();
    (result, appends, store.writers())
}

#[test]
fn an_append_whose_acknowledgement_was_lost_is_found() {
    assert_eq!(along(&[Way::AcknowledgementLost], 3), (Ok(()), 1, vec![1]));
}

#[test]
fn an_append_that_did_not_arrive_is_repeated() {
    assert_eq!(along(&[Way::RequestLost, Way::RequestLost], 3), (Ok(()), 3, vec![1]));
    assert_eq!(along(&[Way::RequestLost, Way::Unavailable], 3), (Ok(()), 3, vec![1]));
}

#[test]
fn an_append_that_arrives_late_is_recorded_once() {
    assert_eq!(along(&[Way::Late], 2), (Ok(()), 2, vec![1]));
}

#[test]
fn an_append_that_was_overtaken_conflicts() {
    assert_eq!(along(&[Way::Overtaken], 3), (Err(StoreErrorKind::Conflict), 1, vec![9]));
}

#[test]
fn what_cannot_be_settled_stays_unknown() {
    assert_eq!(along(&[Way::RequestLost; 3], 3), (Err(StoreErrorKind::Unknown), 3, vec![]));
    assert_eq!(along(&[Way::RequestLost, Way::Full], 3), (Err(StoreErrorKind::Unknown), 2, vec![]));
    assert_eq!(along(&[Way::Late, Way::Unavailable], 2), (Err(StoreErrorKind::Unknown), 2, vec![1]));
    assert_eq!(along(&[Way::AcknowledgementLost], 0), (Ok(()), 1, vec![1]));
}

#[test]
fn what_surely_did_not_happen_is_not_repeated() {
    assert_eq!(along(&[Way::Unavailable], 3), (Err(StoreErrorKind::Unavailable), 1, vec![]));
    assert_eq!(along(&[Way::Full], 3), (Err(StoreErrorKind::Full), 1, vec![]));
}

#[test]
fn a_conflict_is_only_believed_once_its_entry_was_seen() {
    let store = Scripted::new(&[Way::AcknowledgementLost]);
    *store.failing_reads.lock().unwrap() = 2;
    store.append_once(Revision::ZERO, &entry(1, 1), 3).unwrap();
    assert_eq!(store.writers(), [1]);
    *store.failing_reads.lock().unwrap() = 2;
    let unknown = store.append_once(Revision::ZERO, &entry(1, 2), 2).unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::Unknown);
    let conflict = store.append_once(Revision::ZERO, &entry(1, 2), 2).unwrap_err();
    assert_eq!(conflict.kind(), StoreErrorKind::Conflict);
}

#[test]
fn a_head_that_is_not_reached_conflicts() {
    let store = MemoryStore::new();
    store.append_once(Revision::ZERO, &entry(1, 1), 3).unwrap();
    let error = store.append_once(Revision::new(5), &entry(6, 1), 3).unwrap_err();
    assert!(
        matches!(error, StoreError::Conflict { expected, head } if (expected.number(), head.number()) == (5, 1))
    );
}

#[test]
fn a_full_registry_takes_no_more() {
    let last = Revision::new(u32::MAX - 1);
    let head = Head { revision: last, registered_at: Some(Instant::MIN), now: None };
    let refused = head.admits(last, &entry(u32::MAX, 1));
    assert!(matches!(refused, Err(StoreError::NotNext { .. })), "{refused:?}");
}

#[test]
fn the_largest_entry_is_admitted_and_one_byte_more_is_not() {
    let of = |length| Entry { bytes: vec![0; length], ..entry(1, 1) };
    assert!(Head::EMPTY.admits(Revision::ZERO, &of(ENTRY_LIMIT)).is_ok());
    let refused = Head::EMPTY.admits(Revision::ZERO, &of(ENTRY_LIMIT + 1)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "an entry of 268435457 bytes is above the limit of 268435456 bytes: split it"
    );
}

#[test]
fn a_wait_without_end_ends_with_an_append() {
    let store = MemoryStore::new();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| store.wait(Revision::ZERO, Duration::MAX).unwrap());
        store.append(Revision::ZERO, &entry(1, 1)).unwrap();
        assert_eq!(waiting.join().unwrap().revision, Revision::new(1));
    });
}

#[test]
fn a_callback_that_panics_leaves_the_store_usable() {
    let store = MemoryStore::new();
    store.append(Revision::ZERO, &entry(1, 1)).unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = store.rewrite(&mut |_| panic!("a callback fails"));
    }));
    assert!(panicked.is_err());
    assert_eq!(store.entries(Revision::ZERO).unwrap(), [entry(1, 1)]);
}

#[test]
fn stores_work_behind_every_pointer() {
    let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(MemoryStore::new());
    let boxed: Box<dyn Store> = Box::new(store.clone());
    boxed.append(Revision::ZERO, &entry(1, 1)).unwrap();
    boxed.side(SideSpec::personal("p")).unwrap().set(b"k", b"v", &[Uuid::nil()]).unwrap();
    let borrowed: &dyn Store = &store;
    assert_eq!((&borrowed).head().unwrap().revision, Revision::new(1));
    assert_eq!(borrowed.forget(Uuid::nil()).unwrap(), 1);
}

#[test]
fn errors_say_what_to_do_and_whether_to_try_again() {
    let unknown = StoreError::Unknown {
        revision: Revision::new(5),
        id: Uuid::nil(),
        what: "the line went down".into(),
        source: Some(Box::new(unavailable())),
    };
    assert!(unknown.is_retryable() && unknown.to_string().contains("look whether it carries that id"));
    assert!(std::error::Error::source(&unknown).is_some());
    let conflict = StoreError::Conflict { expected: Revision::ZERO, head: Revision::new(1) };
    assert!(!conflict.is_retryable());
    let in_use = StoreError::InUse { place: "korsbaek.mo".into() };
    assert!(in_use.is_retryable() && in_use.kind() == StoreErrorKind::Unavailable);
    let corrupt = StoreError::Corrupt { entry: Some(Revision::new(8)), what: "it is missing".into() };
    assert_eq!(corrupt.to_string(), "the store is damaged at entry 8: it is missing");
    let corrupt = StoreError::Corrupt { entry: None, what: "the first page".into() };
    assert_eq!(corrupt.to_string(), "the store is damaged: the first page");
    let declared = StoreError::SideDeclared { name: "receipts".into(), personal: true };
    assert!(declared.to_string().contains("was declared as holding personal content"));
}

#[test]
fn content_is_in_no_debug_output() {
    let secret = b"0107909995";
    let entry = Entry { bytes: secret.to_vec(), ..entry(1, 1) };
    let row = SideRow { key: secret.to_vec(), value: secret.to_vec(), about: vec![] };
    let put = Put::Differs(Some(secret.to_vec()));
    let shown = format!("{entry:?} {row:?} {put:?} {:?}", MemoryStore::new());
    assert!(!shown.contains("0107") && !shown.contains("48, 49"), "{shown}");
}
