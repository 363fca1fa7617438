//! Erasure: the journal and the side tables of a registry are written anew, so that what was replaced, overwritten or
//! deleted is in no file of theirs any more. One transaction: what stays is copied aside, the partitions are emptied
//! (which gives them new files), and it is copied back.

use std::sync::Arc;

use mo_core::store::Entry;
use mo_core::time::Revision;
use sqlx::AssertSqlSafe;
use sqlx::Executor as _;

use super::connections::Held;
use super::fault::{Fault, translate};
use super::journal::{Portion, Row, Server, checksum, portion_of};
use super::types::{At, Id};

/// So many entries are looked at at a time.
const PORTION: i64 = 256;

/// An erasure under way, with other writers held up. Rolled back when dropped.
pub(super) struct Rewrite {
    server: Arc<Server>,
    held: Held,
}

impl Rewrite {
    /// Holds up other writers and makes room for the copies. Readers go on until [`finish`](Rewrite::finish).
    pub(super) async fn begin(server: Arc<Server>) -> Result<Rewrite, Fault> {
        let held = server.connections.take().await?;
        let mut rewrite = Rewrite { server, held };
        let n = rewrite.server.number;
        rewrite.execute("BEGIN".into()).await?;
        rewrite.execute(format!("LOCK TABLE mo.entry_{n}, mo.side_row_{n} IN EXCLUSIVE MODE")).await?;
        rewrite.execute("CREATE TEMPORARY TABLE mo_entries (revision bigint, registered_at timestamptz, id uuid, crc integer, bytes bytea) ON COMMIT DROP".into()).await?;
        Ok(rewrite)
    }

    /// The next entries after `after`.
    pub(super) async fn portion(mut self, after: Revision) -> Result<(Rewrite, Portion), Fault> {
        const SQL: &str = "SELECT revision, registered_at, id, crc, bytes FROM (
                SELECT e.*, sum(length) OVER (ORDER BY revision) - length AS before FROM (
                    SELECT revision, registered_at, id, crc, bytes, length FROM mo.entry
                    WHERE registry = $1 AND revision > $2 ORDER BY revision LIMIT $3
                ) AS e
            ) AS w WHERE before < 8388608 ORDER BY revision";
        let rows: Vec<Row> = sqlx::query_as(SQL)
            .bind(&self.server.registry)
            .bind(i64::from(after.number()))
            .bind(PORTION)
            .fetch_all(&mut *self.held)
            .await
            .map_err(|error| self.fault(&error))?;
        let portion = portion_of(rows, after, PORTION, self.server.connections.place());
        Ok((self, portion))
    }

    /// Puts the entries after `after` up to `last` aside, those in `replaced` with the bytes they have there.
    pub(super) async fn keep(
        mut self,
        after: Revision,
        last: Revision,
        replaced: Vec<Entry>,
    ) -> Result<Rewrite, Fault> {
        let n = self.server.number;
        let numbers: Vec<i64> = replaced.iter().map(|entry| i64::from(entry.revision.number())).collect();
        let copy = format!(
            "INSERT INTO pg_temp.mo_entries SELECT revision, registered_at, id, crc, bytes FROM mo.entry_{n}
            WHERE revision > $1 AND revision <= $2 AND revision <> ALL ($3)"
        );
        sqlx::query(AssertSqlSafe(copy))
            .bind(i64::from(after.number()))
            .bind(i64::from(last.number()))
            .bind(&numbers)
            .execute(&mut *self.held)
            .await
            .map_err(|error| self.fault(&error))?;
        for entry in &replaced {
            sqlx::query("INSERT INTO pg_temp.mo_entries VALUES ($1, $2, $3, $4, $5)")
                .bind(i64::from(entry.revision.number()))
                .bind(At(entry.registered_at))
                .bind(Id(entry.id))
                .bind(checksum(entry))
                .bind(&entry.bytes)
                .execute(&mut *self.held)
                .await
                .map_err(|error| self.fault(&error))?;
        }
        Ok(self)
    }

    /// Puts the copies in the place of what was there, and commits.
    pub(super) async fn finish(mut self) -> Result<(), Fault> {
        let n = self.server.number;
        for statement in [
            format!("CREATE TEMPORARY TABLE mo_rows ON COMMIT DROP AS SELECT * FROM mo.side_row_{n}"),
            format!("TRUNCATE mo.entry_{n}, mo.side_row_{n}"),
            format!(
                "INSERT INTO mo.entry_{n} (registry, revision, registered_at, id, crc, bytes)
                SELECT '{}', revision, registered_at, id, crc, bytes FROM pg_temp.mo_entries ORDER BY revision",
                self.server.registry
            ),
            format!("INSERT INTO mo.side_row_{n} SELECT * FROM pg_temp.mo_rows"),
        ] {
            self.execute(statement).await?;
        }
        let committed = self.held.execute("COMMIT").await;
        match committed {
            Ok(_) => {
                self.held.give_back();
                Ok(())
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// Everything before the commit, if it fails, was not done.
    async fn execute(&mut self, statement: String) -> Result<(), Fault> {
        match sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *self.held).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fault(&error).not_done()),
        }
    }

    fn fault(&self, error: &sqlx::Error) -> Fault {
        translate(error, self.server.connections.place())
    }
}
