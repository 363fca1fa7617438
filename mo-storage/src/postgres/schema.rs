//! The schema `mo` of a database: its versions, and the registries in it. A migration is a numbered file that is run once,
//! by one process, whole or not at all; sqlx's own migrations would share a table with the host's.

use mo_core::store::StoreError;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use super::fault::{Fault, setup, translate};

/// What changed the schema, in order; the position is the version it leads to.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_journal.sql")];

/// The oldest server the statements are written for and tested on.
const OLDEST_SERVER: i32 = 13;

/// The number of the registry, after making whatever is not there yet.
pub(super) async fn prepare(
    connection: &mut PgConnection,
    registry: &str,
    existing_only: bool,
    place: &str,
) -> Result<i32, Fault> {
    let fault = |error| translate(&error, place);
    let server: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::integer / 10000")
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)?;
    if server < OLDEST_SERVER {
        return Err(setup(format!("{place} runs PostgreSQL {server}; mo needs {OLDEST_SERVER} or later")));
    }
    let known = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    let found = version(connection, place).await?;
    if found > known {
        return Err(Fault::NotDone(StoreError::Newer {
            what: format!("the schema mo of {place}"),
            found: found.unsigned_abs(),
            known: known.unsigned_abs(),
        }));
    }
    if found < known {
        if existing_only {
            return Err(setup(format!("{place} has no schema mo of this version")));
        }
        migrate(connection, place).await?;
    }
    let number = sqlx::query_scalar("SELECT number FROM mo.registry WHERE name = $1")
        .bind(registry)
        .fetch_optional(&mut *connection)
        .await
        .map_err(fault)?;
    match number {
        Some(number) => Ok(number),
        None if existing_only => Err(setup(format!("there is no {place}"))),
        None => sqlx::query_scalar("SELECT mo.make_registry($1)")
            .bind(registry)
            .fetch_one(&mut *connection)
            .await
            .map_err(fault),
    }
}

/// The version of the schema; 0 when there is none.
async fn version(connection: &mut PgConnection, place: &str) -> Result<i32, Fault> {
    let fault = |error| translate(&error, place);
    let there: bool = sqlx::query_scalar("SELECT to_regclass('mo.migration') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)?;
    if !there {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM mo.migration")
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)
}

/// Brings the schema to the version of this build. Others who want the same wait and find it done.
async fn migrate(connection: &mut PgConnection, place: &str) -> Result<(), Fault> {
    let fault = |error| translate(&error, place);
    let mut transaction = connection.begin().await.map_err(fault)?;
    transaction.execute("SELECT pg_advisory_xact_lock(7237, 0)").await.map_err(fault)?;
    let there: bool = sqlx::query_scalar("SELECT to_regnamespace('mo') IS NOT NULL")
        .fetch_one(&mut *transaction)
        .await
        .map_err(fault)?;
    if !there {
        transaction.execute("CREATE SCHEMA mo").await.map_err(fault)?;
    }
    transaction
        .execute(
            "CREATE TABLE IF NOT EXISTS mo.migration
                (version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())",
        )
        .await
        .map_err(fault)?;
    let found = version(&mut transaction, place).await?;
    for (version, text) in (1..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        sqlx::raw_sql(text).execute(&mut *transaction).await.map_err(fault)?;
        sqlx::query("INSERT INTO mo.migration (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
    }
    transaction.commit().await.map_err(fault)
}
