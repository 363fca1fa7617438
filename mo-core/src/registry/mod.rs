//! [`Registry`]: takes edits, gives snapshots. Every commit passes the rules, is written to the store, and only then seen.

mod command;
mod edit;
mod evaluate;
mod form;
mod receipt;
mod schema;
mod verbs;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use thiserror::Error;

pub use command::{Command, Commit};
pub use edit::Edit;
pub(crate) use evaluate::{Evaluated, Working};
pub(crate) use form::{
    command_from, command_json, dependents, dependents_word, policies_from, policies_json, relation_from,
    to_from, to_json,
};
pub use receipt::{LeftOut, Outcome, Receipt, Replaced, SideEffects};
pub(crate) use schema::{command_definitions, commands, kinds, patch_name, policies, relations};
pub(crate) use verbs::extend;

use crate::journal::{Header, Json, JsonError, Marks, Registration, TextSink, write_change};
use crate::model::value::Text;
use crate::model::{IdSource, Kind, ObjectRef};
use crate::rules::{Policies, Refusal, Violation};
use crate::state::encode::{Held, Misfit};
use crate::state::tables::{Effects, Ix, RegistrationRow, Tables};
use crate::state::{Snapshot, Stamp};
use crate::store::{Entry, MemoryStore, Store, StoreError, StoreExt};
use crate::time::{Clock, Instant, Period, Revision};

/// A registry: everything one municipality has registered, on both time axes, in memory, with its journal in a store.
///
/// It takes edits ([`edit`](Registry::edit)) and gives snapshots ([`snapshot`](Registry::snapshot)). Readers never wait
/// for writers to think or to write; writers take turns.
///
/// ```
/// use mo_core::model::{CountedIds, Unit};
/// use mo_core::registry::Registry;
/// use mo_core::store::MemoryStore;
/// use mo_core::time::{Period, SteppingClock};
///
/// let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// let registry = Registry::open(MemoryStore::new(), clock, CountedIds::new("first"))?;
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// assert!(registry.snapshot().at("2026-01-01".parse()?).exists(school));
/// for odd in registry.check() {
///     println!("{odd}"); // here: the unit stands in no hierarchy
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Registry {
    store: Box<dyn Store>,
    clock: Box<dyn Clock>,
    pub(crate) ids: Box<dyn IdSource>,
    policies: Policies,
    head: RwLock<Arc<Tables>>,
    /// Held while a commit is worked out and written, so that writers of this process take turns.
    writing: Mutex<()>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("revision", &self.tables().head()).finish_non_exhaustive()
    }
}

/// Why a commit was not recorded.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("commit_error"));
/// use mo_core::registry::CommitError;
/// use mo_core::rules::Code;
///
/// let mut edit = registry.edit("anna");
/// edit.end(UnitId::new(uuid::Uuid::nil()), "2026-01-01".parse()?);
/// let Err(CommitError::Refused(refusal)) = edit.commit() else { panic!("there is no such unit") };
/// assert_eq!(refusal.violations[0].code, Code::Unknown);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommitError {
    /// It breaks rules; nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not take it.
    #[error("the store could not take the commit: {0}")]
    Store(#[from] StoreError),
    /// The journal holds an entry that cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There is no instant after the last registration's, or no revision.
    #[error("the registry is full: no later instant or revision exists")]
    Full,
}

/// An entry of the journal that cannot be read.
///
/// ```
/// use mo_core::model::CountedIds;
/// use mo_core::registry::{OpenError, Registry};
/// use mo_core::store::{Entry, MemoryStore, Store};
/// use mo_core::time::{Revision, SteppingClock};
///
/// let (store, now) = (MemoryStore::new(), "2025-03-01T09:00:00Z".parse()?);
/// let (revision, id) = (Revision::new(1), uuid::Uuid::nil());
/// store.append(Revision::ZERO, &Entry { revision, registered_at: now, id, bytes: b"{\"revision\":".to_vec() })?;
/// let refused = Registry::open(store, SteppingClock::new(now), CountedIds::new("broken"));
/// let Err(OpenError::Journal(error)) = refused else { panic!("the entry is cut off") };
/// assert!(error.to_string().starts_with("entry 1 of the journal cannot be read"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Error)]
#[error("entry {revision} of the journal cannot be read: {reason}")]
#[non_exhaustive]
pub struct JournalError {
    /// Which entry.
    pub revision: Revision,
    /// What is wrong with it.
    pub reason: JsonError,
}

/// Why a registry could not be opened.
///
/// ```
/// use mo_core::model::CountedIds;
/// use mo_core::registry::{OpenError, Registry};
/// use mo_core::store::{Entry, MemoryStore, Store};
/// use mo_core::time::{Revision, SteppingClock};
///
/// let (store, now) = (MemoryStore::new(), "2025-03-01T09:00:00Z".parse()?);
/// let entry = Entry {
///     revision: Revision::new(1),
///     registered_at: now,
///     id: uuid::Uuid::nil(),
///     bytes: b"not a registration".to_vec(),
/// };
/// store.append(Revision::ZERO, &entry)?;
/// let refused = Registry::open(store, SteppingClock::new(now), CountedIds::new("broken"));
/// assert!(matches!(refused, Err(OpenError::Journal(error)) if error.revision == Revision::new(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store could not be read.
    #[error("the journal could not be read: {0}")]
    Store(#[from] StoreError),
    /// The journal holds an entry that cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Registry {
    /// Opens the registry whose journal is in `store`, by replaying it. Effects are recorded, not commands, so replay
    /// needs no rules.
    ///
    /// # Errors
    /// [`OpenError`] when the store cannot be read or holds an entry this version cannot read.
    ///
    /// # Complexity
    /// O(n) in the registered changes.
    pub fn open(
        store: impl Store + 'static,
        clock: impl Clock + 'static,
        ids: impl IdSource + 'static,
    ) -> Result<Registry, OpenError> {
        Registry::open_boxed(Box::new(store), Box::new(clock), Box::new(ids))
    }

    /// As [`open`](Registry::open), for parts chosen at run time.
    ///
    /// # Errors
    /// As [`open`](Registry::open).
    pub fn open_boxed(
        store: Box<dyn Store>,
        clock: Box<dyn Clock>,
        ids: Box<dyn IdSource>,
    ) -> Result<Registry, OpenError> {
        let mut tables = Tables::default();
        follow(&*store, &mut tables)?;
        let head = RwLock::new(Arc::new(tables));
        Ok(Registry { store, clock, ids, policies: Policies::new(), head, writing: Mutex::new(()) })
    }

    /// An empty registry that is gone when it is dropped.
    pub fn in_memory(clock: impl Clock + 'static, ids: impl IdSource + 'static) -> Registry {
        Registry {
            store: Box::new(MemoryStore::new()),
            clock: Box::new(clock),
            ids: Box::new(ids),
            policies: Policies::new(),
            head: RwLock::default(),
            writing: Mutex::new(()),
        }
    }

    /// With policies that count wherever a commit says nothing.
    #[must_use]
    pub fn with_policies(mut self, policies: Policies) -> Registry {
        self.policies = policies;
        self
    }

    /// With so much memory, in bytes, for the trees that views keep for later views: 256 MiB if nothing is said, which is
    /// some seventy trees of 100,000 units. Those not asked for longest go first; without any, trees are built for whoever
    /// asks and dropped with him.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// let registry = Registry::in_memory(clock, CountedIds::new("room")).with_tree_memory(16 << 20);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_tree_memory(self, bytes: usize) -> Registry {
        self.tables().forests.set_room(bytes);
        self
    }

    fn tables(&self) -> Arc<Tables> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, tables: Tables) {
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tables);
    }

    /// Makes a registration the newest one. Tables that no snapshot shares are changed where they are, which spares copying
    /// the paths to what changes and counting a reference to every neighbour on them; readers who ask for a snapshot wait
    /// meanwhile, so this is for few objects only.
    fn enter(&self, mut tables: Tables, row: RegistrationRow, effects: Vec<(Kind, Ix, Effects)>) {
        if effects.len() <= FEW {
            let mut head = self.head.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(head) = Arc::get_mut(&mut head) {
                *head = tables;
                return head.apply(row, effects);
            }
        }
        tables.apply(row, effects);
        self.publish(tables);
    }

    /// What is believed now, pinned.
    ///
    /// # Complexity
    /// O(1). Never waits for a commit to be worked out or written; at most for one of few objects to be entered, which takes
    /// microseconds.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.tables())
    }

    /// Everything that is wrong as known now; see [`Snapshot::check`].
    pub fn check(&self) -> Vec<Violation> {
        self.snapshot().check()
    }

    /// Begins a commit of `actor`.
    pub fn edit(&self, actor: impl Into<Text>) -> Edit<'_> {
        Edit::new(self, actor.into())
    }

    /// The store the journal is in.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Takes in what other processes have registered since, and gives the snapshot of the new head.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&self) -> Result<Snapshot, OpenError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tables = Tables::clone(&self.tables());
        if follow(&*self.store, &mut tables)? {
            self.publish(tables);
        }
        Ok(self.snapshot())
    }

    /// Tells what committing would do now beside what it says, and records nothing; `None`: it would change nothing.
    ///
    /// # Errors
    /// The refusal that the commit would get.
    pub fn dry_run(&self, commit: &Commit) -> Result<Option<SideEffects>, Refusal> {
        let evaluated = evaluate::evaluate(&self.tables(), commit, &self.policies)?;
        Ok((!evaluated.effects.is_empty()).then_some(evaluated.side_effects))
    }

    /// Records a commit as one registration on the newest one there is; when another process was quicker, it is worked
    /// out again on top of that.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with every violation; [`CommitError::Store`] when the store cannot take it.
    pub fn commit(&self, commit: &Commit) -> Result<Outcome, CommitError> {
        let about = About { actor: &commit.actor, note: commit.note.as_ref(), cause: commit.cause.as_ref() };
        self.commit_with(about, &mut |tables| {
            Ok((evaluate::evaluate(tables, commit, &self.policies)?, Marks::default()))
        })
    }

    /// Records what `work` makes of the newest registration, as one more; when another process was quicker, `work` is done
    /// again on top of that.
    pub(crate) fn commit_with(&self, about: About<'_>, work: Work<'_>) -> Result<Outcome, CommitError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let base = self.tables();
            let answer = match work(&base) {
                Ok((evaluated, marks)) if !evaluated.effects.is_empty() => Ok((evaluated, marks)),
                Ok(_) => Err(Ok(Outcome::Unchanged)),
                Err(refusal) => Err(Err(refusal.into())),
            };
            let (evaluated, marks) = match answer {
                Ok(evaluated) => evaluated,
                // Nothing to record, so no append tells whether this was the newest registration.
                Err(_) if self.catch_up(&base)? => continue,
                Err(answer) => return answer,
            };
            let stamp = self.next_stamp(&base)?;
            let row = RegistrationRow {
                registered_at: stamp.registered_at,
                id: self.ids.next_id(),
                actor: about.actor.clone(),
                note: about.note.cloned(),
                cause: about.cause.cloned(),
                marks,
                touched: evaluated.effects.iter().map(|(_, ix, _)| *ix).collect(),
            };
            let entry = Entry {
                revision: stamp.revision,
                registered_at: stamp.registered_at,
                id: row.id,
                bytes: journal_text(&evaluated.tables, stamp.revision, &row, &evaluated.effects).into_bytes(),
            };
            match self.store.append_once(base.head(), &entry, APPEND_TRIES) {
                Ok(()) => {
                    drop(base);
                    self.enter(evaluated.tables, row, evaluated.effects);
                    return Ok(Outcome::Registered(Receipt { stamp, effects: evaluated.side_effects }));
                }
                Err(StoreError::Conflict { .. }) => {
                    self.catch_up(&base)?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }

    /// What the registry's clock shows.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Takes in what other processes registered after `base`; tells whether there was anything.
    fn catch_up(&self, base: &Tables) -> Result<bool, CommitError> {
        let mut tables = Tables::clone(base);
        let newer = follow(&*self.store, &mut tables).map_err(|e| match e {
            OpenError::Store(e) => CommitError::from(e),
            OpenError::Journal(e) => CommitError::from(e),
        })?;
        if newer {
            self.publish(tables);
        }
        Ok(newer)
    }

    /// The next revision, at the instant the clock proposes or, where that is not later, right after the last.
    fn next_stamp(&self, tables: &Tables) -> Result<Stamp, CommitError> {
        let proposed = self.clock.now();
        let registered_at = match tables.registered_at(tables.head()) {
            Some(last) => proposed.max(last.plus_micros(1).ok_or(CommitError::Full)?),
            None => proposed,
        };
        let revision = tables.head().next().ok_or(CommitError::Full)?;
        Ok(Stamp { revision, registered_at })
    }
}

/// Who makes a registration, and why.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) actor: &'a Text,
    pub(crate) note: Option<&'a Text>,
    pub(crate) cause: Option<&'a Text>,
}

/// What is to be registered on these tables.
type Work<'a> = &'a mut dyn FnMut(&Arc<Tables>) -> Result<(Evaluated, Marks), Refusal>;

/// So many objects are entered while readers wait.
const FEW: usize = 64;

/// How often a lost acknowledgement is looked after before the commit fails.
const APPEND_TRIES: u32 = 3;

/// The journal entry of a registration, version 1.
fn journal_text(
    tables: &Tables,
    revision: Revision,
    row: &RegistrationRow,
    effects: &[(Kind, Ix, Effects)],
) -> String {
    let header = Header {
        revision,
        registered_at: row.registered_at,
        id: row.id,
        actor: &row.actor,
        note: row.note.as_ref(),
        cause: row.cause.as_ref(),
        compensates: row.marks.compensates,
        succession: &row.marks.succession,
    };
    let mut sink = TextSink::default();
    header.write(&mut sink, |sink| {
        for (kind, ix, effects) in effects {
            let held: Vec<(Period, Option<Held<'_>>)> = effects
                .iter()
                .map(|(valid, state)| {
                    (*valid, state.as_ref().map(|state| Held { tables, kind: *kind, state }))
                })
                .collect();
            let object = ObjectRef { kind: *kind, id: tables.id(*ix) };
            write_change(sink, object, held.iter().map(|(valid, state)| (*valid, state.as_ref())));
        }
    });
    sink.finish()
}

fn row(registration: &Registration, touched: Vec<Ix>) -> RegistrationRow {
    RegistrationRow {
        registered_at: registration.registered_at,
        id: registration.id,
        actor: registration.actor.clone(),
        note: registration.note.clone(),
        cause: registration.cause.clone(),
        marks: Marks { compensates: registration.compensates, succession: registration.succession.clone() },
        touched,
    }
}

/// Replays what the store holds beyond the head of the tables; tells whether there was anything.
fn follow(store: &dyn Store, tables: &mut Tables) -> Result<bool, OpenError> {
    let before = tables.head();
    let mut failed = None;
    store.read(before, &mut |entry| match replay(tables, &entry) {
        Ok(()) => ControlFlow::Continue(()),
        Err(reason) => {
            failed = Some(JournalError { revision: entry.revision, reason });
            ControlFlow::Break(())
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(tables.head() != before),
    }
}

fn replay(tables: &mut Tables, entry: &Entry) -> Result<(), JsonError> {
    let error = |rule: String| JsonError { pointer: String::new(), rule };
    let text = std::str::from_utf8(&entry.bytes).map_err(|e| error(format!("not UTF-8: {e}")))?;
    let registration = Registration::from_json(&Json::parse(text)?)?;
    let expected = Revision::new(tables.head().number().saturating_add(1));
    if registration.revision != expected || entry.revision != expected {
        return Err(error(format!(
            "says it is revision {}, where {expected} follows",
            registration.revision
        )));
    }
    let last: Option<Instant> = tables.registered_at(tables.head());
    if last.is_some_and(|last| registration.registered_at <= last) {
        return Err(error("was registered no later than the entry before it".to_owned()));
    }
    let mut effects: Vec<(Kind, Ix, Effects)> = Vec::with_capacity(registration.changes.len());
    for change in &registration.changes {
        let kind = change.object.kind;
        let ix = tables.intern_id(change.object.id);
        if tables.kind(ix).is_some_and(|known| known != kind) {
            return Err(error(format!("{} was registered as another kind", change.object)));
        }
        let mut of_object = Effects::with_capacity(change.effects.len());
        for effect in &change.effects {
            let state = match &effect.state {
                Some(state) => {
                    Some(tables.encode(kind, state).map_err(|misfit| error(misfit_rule(kind, &misfit)))?)
                }
                None => None,
            };
            of_object.push((effect.valid, state));
        }
        effects.push((kind, ix, of_object));
    }
    let touched = effects.iter().map(|(_, ix, _)| *ix).collect();
    tables.apply(row(&registration, touched), effects);
    Ok(())
}

fn misfit_rule(kind: Kind, misfit: &Misfit) -> String {
    format!("holds a {kind} with a value that does not fit its field: {misfit:?}")
}
