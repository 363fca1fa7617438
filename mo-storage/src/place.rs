//! [`open`]: the registry in the store a text names; [`open_store`]: the store alone.

use mo_core::registry::{OpenError, Registry};
use mo_core::store::{MemoryStore, Store, StoreError};
use mo_core::time::Clock;

use crate::{RandomIds, SystemClock};

/// Opens the registry that `place` names, making it when there is none, with random ids and the system's clock (on
/// PostgreSQL the server's, since several machines may share the registry).
///
/// `place` is `memory:`, the path of a file, or `postgres:URL[#registry]`, as for [`open_store`]. For another clock or
/// other ids, give the store to [`Registry::open_boxed`].
///
/// ```
/// use mo_core::model::{Hierarchy, HierarchyUse, Placement, Unit};
/// use mo_core::time::Period;
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("korsbaek.redb");
/// let place = file.to_str().ok_or("a path in UTF-8")?;
///
/// let registry = mo_storage::open(place)?;
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
/// edit.commit()?;
/// drop(registry);
///
/// let again = mo_storage::open(place)?;
/// assert_eq!(again.snapshot().at("2026-01-01".parse()?).roots(line), [town]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`OpenError`] when the place names no store of this build, the store cannot be opened, or its journal cannot be read.
pub fn open(place: &str) -> Result<Registry, OpenError> {
    let (store, clock) = store_and_clock(place)?;
    Registry::open_boxed(store, clock, Box::new(RandomIds))
}

/// Opens the store that `place` names, making it when there is none:
///
/// | text | store |
/// |---|---|
/// | `memory:` | a new one in memory, gone with the process |
/// | `postgres:URL` or `postgres:URL#registry` | a registry on a PostgreSQL server (`PostgresStore`, feature `postgres`); without a name the one called `default` |
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
/// let refused = mo_storage::open_store("postgres:mysql://db.example/mo").err().unwrap();
/// assert_eq!(refused.kind(), StoreErrorKind::Invalid);
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
///
/// # Errors
/// [`StoreError::Setup`] when the text names none, or one this build has no feature for; and what opening it gives.
/// The text of a database URL is in no error, since it may hold a password.
pub fn open_store(place: &str) -> Result<Box<dyn Store>, StoreError> {
    Ok(store_and_clock(place)?.0)
}

/// A store, and the clock that suits it.
type Opened = (Box<dyn Store>, Box<dyn Clock>);

fn store_and_clock(place: &str) -> Result<Opened, StoreError> {
    match place.split_once(':') {
        _ if place.is_empty() => Err(setup(
            "a store is named memory:, postgres:URL or by the path of a file, not by an empty text",
        )),
        Some(("memory", "")) => Ok((Box::new(MemoryStore::new()), Box::new(SystemClock))),
        Some(("memory", _)) => Err(setup(
            "memory: names a new store and takes nothing after the colon; for a file of that name write ./memory:…",
        )),
        // The URL itself begins with postgres: or postgresql: as well.
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => postgres(place),
        Some(("postgres" | "postgresql", url)) => postgres(url),
        _ => Ok((file(place)?, Box::new(SystemClock))),
    }
}

#[cfg(feature = "postgres")]
fn postgres(place: &str) -> Result<Opened, StoreError> {
    use crate::postgres::{PostgresOptions, PostgresStore};

    let (url, registry) = place.split_once('#').map_or((place, None), |(url, name)| (url, Some(name)));
    let mut options = PostgresOptions::new(url)?;
    if let Some(name) = registry {
        options = options.registry(name)?;
    }
    let store = PostgresStore::open(options)?;
    let clock = store.clock();
    Ok((Box::new(store), Box::new(clock)))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_place: &str) -> Result<Opened, StoreError> {
    Err(setup("this build has no PostgreSQL store: enable the feature postgres of mo-storage"))
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

#[cfg(all(test, not(feature = "postgres")))]
mod tests {
    #[test]
    fn without_the_feature_a_server_is_refused_with_what_to_do() {
        let error =
            super::open_store("postgres:postgresql://ib:hemmelig@db.example/mo#korsbaek").err().unwrap();
        assert!(error.to_string().contains("enable the feature postgres"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
    }
}
