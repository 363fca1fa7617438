//! [`open_store`]: the store a text names.

use mo_core::store::{MemoryStore, Store, StoreError};

/// Opens the store that `place` names, making it when there is none:
///
/// | text | store |
/// |---|---|
/// | `memory:` | a new one in memory, gone with the process |
/// | `postgres:URL` or `postgres:URL#registry` | a database server; not part of this build |
/// | anything else | the path of a file ([`RedbStore`](crate::redb::RedbStore), feature `redb`) |
///
/// A path that begins like one of the others is written with a folder: `./memory:`.
///
/// ```
/// use mo_core::store::{Head, StoreErrorKind};
///
/// let store = mo_storage::open_store("memory:")?;
/// assert_eq!(store.head()?, Head::EMPTY);
///
/// let refused = mo_storage::open_store("postgres:postgresql://db.example/mo").err().unwrap();
/// assert_eq!(refused.kind(), StoreErrorKind::Invalid);
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
///
/// # Errors
/// [`StoreError::Setup`] when the text names none, or one this build has no feature for; and what opening it gives.
/// The text of a database URL is in no error, since it may hold a password.
pub fn open_store(place: &str) -> Result<Box<dyn Store>, StoreError> {
    match place.split_once(':') {
        _ if place.is_empty() => Err(setup(
            "a store is named memory:, postgres:URL or by the path of a file, not by an empty text",
        )),
        Some(("memory", "")) => Ok(Box::new(MemoryStore::new())),
        Some(("memory", _)) => Err(setup(
            "memory: names a new store and takes nothing after the colon; for a file of that name write ./memory:…",
        )),
        Some(("postgres" | "postgresql", _)) => {
            Err(setup("this build has no PostgreSQL store: enable the feature postgres of mo-storage"))
        }
        _ => file(place),
    }
}

#[cfg(feature = "redb")]
fn file(path: &str) -> Result<Box<dyn Store>, StoreError> {
    Ok(Box::new(crate::redb::RedbStore::open(path)?))
}

#[cfg(not(feature = "redb"))]
fn file(_path: &str) -> Result<Box<dyn Store>, StoreError> {
    Err(setup("this build has no store in a file: enable the feature redb of mo-storage"))
}

fn setup(what: &str) -> StoreError {
    StoreError::Setup { what: what.to_owned(), source: None }
}
