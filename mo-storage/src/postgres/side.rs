//! The side tables of a registry as rows of `mo.side_row`. Every change is one statement.

use std::ops::ControlFlow;
use std::sync::Arc;

use mo_core::store::{Put, Side, SideRow, SideSpec, StoreError};
use uuid::Uuid;

use super::PostgresStore;
use super::fault::Fault;
use super::journal::Server;
use super::types::Id;

/// A portion of a scan is about this large, in bytes, and has at most so many rows.
const PORTION_BYTES: i64 = 8 << 20;
const PORTION_ROWS: i64 = 1024;

/// A row with the name of its table.
type Named = (String, Vec<u8>, Vec<u8>, Vec<Id>);

impl Server {
    /// How the table is declared, after declaring it where it is new.
    async fn declared(self: Arc<Self>, name: String, personal: bool) -> Result<bool, Fault> {
        let mut held = self.connections.take().await?;
        let asked = async {
            let answer = async {
                let look = "SELECT personal FROM mo.side WHERE registry = $1 AND name = $2";
                let declare = "INSERT INTO mo.side (registry, name, personal) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                let found = sqlx::query_scalar(look).bind(&self.registry).bind(&name);
                if let Some(found) = found.fetch_optional(&mut *held).await? {
                    return Ok(found);
                }
                sqlx::query(declare).bind(&self.registry).bind(&name).bind(personal).execute(&mut *held).await?;
                sqlx::query_scalar(look).bind(&self.registry).bind(&name).fetch_one(&mut *held).await
            }
            .await;
            (held, answer)
        };
        self.connections.answer(asked).await
    }

    async fn row(self: Arc<Self>, name: String, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        const SQL: &str = "SELECT value FROM mo.side_row WHERE registry = $1 AND name = $2 AND key = $3";
        let mut held = self.connections.take().await?;
        let asked = async {
            let query = sqlx::query_scalar(SQL).bind(&self.registry).bind(name).bind(key);
            let answer = query.fetch_optional(&mut *held).await;
            (held, answer)
        };
        self.connections.answer(asked).await
    }

    /// Sets the row if its value is the expected one; whether it was.
    async fn set(
        self: Arc<Self>,
        name: String,
        key: Vec<u8>,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
        about: Vec<Id>,
    ) -> Result<bool, Fault> {
        const INSERT: &str = "INSERT INTO mo.side_row (registry, name, key, value, about)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        const UPDATE: &str = "UPDATE mo.side_row SET value = $4, about = $5
            WHERE registry = $1 AND name = $2 AND key = $3 AND value = $6";
        let mut held = self.connections.take().await?;
        let asked = async {
            let query = sqlx::query(if expected.is_some() { UPDATE } else { INSERT });
            let query = query.bind(&self.registry).bind(name).bind(key).bind(value).bind(about);
            let query = match expected {
                Some(expected) => query.bind(expected),
                None => query,
            };
            let answer = query.execute(&mut *held).await;
            (held, answer)
        };
        Ok(self.connections.answer(asked).await?.rows_affected() == 1)
    }

    async fn delete(self: Arc<Self>, name: String, key: Vec<u8>) -> Result<bool, Fault> {
        const SQL: &str = "DELETE FROM mo.side_row WHERE registry = $1 AND name = $2 AND key = $3";
        let mut held = self.connections.take().await?;
        let asked = async {
            let query = sqlx::query(SQL).bind(&self.registry).bind(name).bind(key);
            let answer = query.execute(&mut *held).await;
            (held, answer)
        };
        Ok(self.connections.answer(asked).await?.rows_affected() == 1)
    }

    /// Rows of a table from `from` on and before `end`, by key.
    async fn rows(
        self: Arc<Self>,
        name: String,
        from: Vec<u8>,
        end: Option<Vec<u8>>,
    ) -> Result<Vec<Named>, Fault> {
        const SQL: &str = "SELECT name, key, value, about FROM (
                SELECT r.*, sum(octet_length(value)) OVER (ORDER BY key) - octet_length(value) AS before FROM (
                    SELECT name, key, value, about FROM mo.side_row
                    WHERE registry = $1 AND name = $2 AND key >= $3 AND ($4::bytea IS NULL OR key < $4)
                    ORDER BY key LIMIT $5
                ) AS r
            ) AS w WHERE before < $6 ORDER BY key";
        let mut held = self.connections.take().await?;
        let asked = async {
            let query = sqlx::query_as(SQL).bind(&self.registry).bind(name).bind(from).bind(end);
            let answer = query.bind(PORTION_ROWS).bind(PORTION_BYTES).fetch_all(&mut *held).await;
            (held, answer)
        };
        self.connections.answer(asked).await
    }

    /// Rows about an object from a table and key on, by table and key.
    async fn about(self: Arc<Self>, object: Uuid, from: (String, Vec<u8>)) -> Result<Vec<Named>, Fault> {
        const SQL: &str = "SELECT name, key, value, about FROM (
                SELECT r.*, sum(octet_length(value)) OVER (ORDER BY name, key) - octet_length(value) AS before FROM (
                    SELECT name, key, value, about FROM mo.side_row
                    WHERE registry = $1 AND about @> ARRAY[$2] AND (name, key) >= ($3, $4)
                    ORDER BY name, key LIMIT $5
                ) AS r
            ) AS w WHERE before < $6 ORDER BY name, key";
        let mut held = self.connections.take().await?;
        let asked = async {
            let query = sqlx::query_as(SQL).bind(&self.registry).bind(Id(object)).bind(from.0).bind(from.1);
            let answer = query.bind(PORTION_ROWS).bind(PORTION_BYTES).fetch_all(&mut *held).await;
            (held, answer)
        };
        self.connections.answer(asked).await
    }

    async fn forget(self: Arc<Self>, object: Uuid) -> Result<u64, Fault> {
        const SQL: &str = "DELETE FROM mo.side_row WHERE registry = $1 AND about @> ARRAY[$2]";
        let mut held = self.connections.take().await?;
        let asked = async {
            let answer = sqlx::query(SQL).bind(&self.registry).bind(Id(object)).execute(&mut *held).await;
            (held, answer)
        };
        Ok(self.connections.answer(asked).await?.rows_affected())
    }
}

pub(super) fn open<'s>(
    store: &'s PostgresStore,
    spec: SideSpec<'s>,
) -> Result<Box<dyn Side + 's>, StoreError> {
    spec.check()?;
    let name = spec.name.to_owned();
    let declared = store.look(|server| server.declared(name.clone(), spec.personal))?;
    spec.check_declared(declared)?;
    Ok(Box::new(PostgresSide { store, spec }))
}

pub(super) fn held_about(
    store: &PostgresStore,
    object: Uuid,
    each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut from = (String::new(), Vec::new());
    loop {
        let rows = store.look(|server| server.about(object, from.clone()))?;
        let Some((name, key, ..)) = rows.last() else { return Ok(()) };
        from = (name.clone(), after(key));
        for (name, key, value, about) in rows {
            if each(&name, row(key, value, &about)).is_break() {
                return Ok(());
            }
        }
    }
}

pub(super) fn forget(store: &PostgresStore, object: Uuid) -> Result<u64, StoreError> {
    store.change("forgetting an object", |server| server.forget(object))
}

struct PostgresSide<'s> {
    store: &'s PostgresStore,
    spec: SideSpec<'s>,
}

impl PostgresSide<'_> {
    fn name(&self) -> String {
        self.spec.name.to_owned()
    }
}

impl Side for PostgresSide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.look(|server| server.row(self.name(), key.to_vec()))
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        let about = self.spec.check_row(key, value, about)?;
        let about: Vec<Id> = about.into_iter().map(Id).collect();
        loop {
            let (expected, about) = (expected.map(<[u8]>::to_vec), about.clone());
            let done = self.store.change("the change of a side row", |server| {
                server.set(self.name(), key.to_vec(), expected.clone(), value.to_vec(), about.clone())
            })?;
            if done {
                return Ok(Put::Done);
            }
            let found = self.get(key)?;
            // Where it has become the expected value since, setting is tried again.
            if found != expected {
                return Ok(Put::Differs(found));
            }
        }
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let end = end_of(prefix);
        let mut from = prefix.to_vec();
        loop {
            let rows = self.store.look(|server| server.rows(self.name(), from.clone(), end.clone()))?;
            let Some((_, key, ..)) = rows.last() else { return Ok(()) };
            from = after(key);
            for (_, key, value, about) in rows {
                if each(row(key, value, &about)).is_break() {
                    return Ok(());
                }
            }
        }
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.store.change("the deletion of a side row", |server| server.delete(self.name(), key.to_vec()))
    }
}

fn row(key: Vec<u8>, value: Vec<u8>, about: &[Id]) -> SideRow {
    SideRow { key, value, about: about.iter().map(|id| id.0).collect() }
}

/// The first key after `key`.
fn after(key: &[u8]) -> Vec<u8> {
    let mut next = key.to_vec();
    next.push(0);
    next
}

/// The first key after all that begin with `prefix`; `None` where none is.
fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix.get(..=kept)?.to_vec();
    *end.last_mut()? += 1;
    Some(end)
}
