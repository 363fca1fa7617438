//! The journal of a registry as rows of `mo.entry`: the head, appending, reading in portions, waiting.

use std::sync::Arc;
use std::time::Duration;

use super::clock::ServerClock;
use super::connections::Connections;
use super::fault::{Fault, unavailable};
use super::types::{At, Id};
use mo_core::store::{Entry, Head, StoreError, within_entry_limit};
use mo_core::time::Revision;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant as Moment, timeout_at};

/// A portion of a read is about this large, in bytes.
const PORTION_BYTES: i64 = 8 << 20;
/// And has at most so many entries.
const PORTION_ENTRIES: i64 = 8192;
/// Whoever waits looks at the head this often, for the case that the announcement of an append is lost.
const LOOK: Duration = Duration::from_secs(1);

/// One registry on its server, as seen from the store's own thread.
pub(super) struct Server {
    pub(super) connections: Arc<Connections>,
    /// Where journals are read first, if there is such a server.
    pub(super) replica: Option<Arc<Connections>>,
    pub(super) registry: String,
    /// Names the partitions and the channel.
    pub(super) number: i32,
    pub(super) clock: ServerClock,
    /// The furthest revision heard of.
    pub(super) heard: watch::Sender<u32>,
    /// Told when this process appended, so that others are told.
    pub(super) appended: Notify,
}

/// Some entries, and what comes after them.
pub(super) struct Portion {
    pub(super) entries: Vec<Entry>,
    pub(super) then: Then,
}

pub(super) enum Then {
    /// There may be more.
    More,
    /// There were no more.
    End,
    /// The next one is missing or not as it was written.
    Damage(StoreError),
}

pub(super) type Row = (i64, At, Id, i32, Vec<u8>);

impl Server {
    pub(super) async fn head(self: Arc<Self>) -> Result<Head, Fault> {
        const SQL: &str = "SELECT h.revision, h.registered_at, clock_timestamp()
            FROM (SELECT 1) AS one LEFT JOIN LATERAL
            (SELECT revision, registered_at FROM mo.entry WHERE registry = $1 ORDER BY revision DESC LIMIT 1) AS h ON true";
        let mut held = self.connections.take().await?;
        let asked = async {
            let row = sqlx::query_as(SQL).bind(&self.registry).fetch_one(&mut *held).await;
            (held, row)
        };
        let row: (Option<i64>, Option<At>, At) = self.connections.answer(asked).await?;
        Ok(self.head_of(row))
    }

    fn head_of(&self, (revision, registered_at, now): (Option<i64>, Option<At>, At)) -> Head {
        self.clock.set(now.0);
        let revision = revision.and_then(|revision| u32::try_from(revision).ok()).unwrap_or(0);
        self.hear(revision);
        Head {
            revision: Revision::new(revision),
            registered_at: registered_at.map(|at| at.0),
            now: Some(now.0),
        }
    }

    /// Wakes those who wait for this revision or an earlier one.
    pub(super) fn hear(&self, revision: u32) {
        self.heard.send_if_modified(|heard| {
            let news = revision > *heard;
            *heard = revision.max(*heard);
            news
        });
    }

    /// Compares the head and appends, in one statement that commits by itself. The head is only looked at to keep the
    /// revisions without gaps; which of several appends wins is decided by the key (registry, revision).
    pub(super) async fn append(self: Arc<Self>, expected: Revision, entry: Entry) -> Result<(), Fault> {
        const SQL: &str = "WITH head AS (
                SELECT revision, registered_at FROM mo.entry WHERE registry = $1 ORDER BY revision DESC LIMIT 1
            ), recorded AS (
                INSERT INTO mo.entry (registry, revision, registered_at, id, crc, bytes)
                SELECT $1, $3, $4, $5, $6, $7
                WHERE coalesce((SELECT revision FROM head), 0) = $2
                    AND coalesce((SELECT registered_at FROM head) < $4, true)
                ON CONFLICT (registry, revision) DO NOTHING
                RETURNING true
            )
            SELECT EXISTS (SELECT FROM recorded), (SELECT revision FROM head), (SELECT registered_at FROM head),
                clock_timestamp()";
        within_entry_limit(&entry.bytes)?;
        if expected.next() != Some(entry.revision) {
            return Err(StoreError::NotNext { expected, revision: entry.revision }.into());
        }
        let crc = checksum(&entry);
        for _ in 0..3 {
            let mut taken = self.connections.take().await?;
            let asked = async {
                let row = sqlx::query_as(SQL)
                    .bind(&self.registry)
                    .bind(i64::from(expected.number()))
                    .bind(i64::from(entry.revision.number()))
                    .bind(At(entry.registered_at))
                    .bind(Id(entry.id))
                    .bind(crc)
                    .bind(&entry.bytes)
                    .fetch_one(&mut *taken)
                    .await;
                (taken, row)
            };
            let row: (bool, Option<i64>, Option<At>, At) = self.connections.answer(asked).await?;
            let (recorded, revision, registered_at, now) = row;
            let before = self.head_of((revision, registered_at, now));
            if recorded {
                self.hear(entry.revision.number());
                self.appended.notify_one();
                return Ok(());
            }
            before.admits(expected, &entry)?;
            // Somebody was quicker in the very moment; the statement did not see them yet.
            let head = Arc::clone(&self).head().await.map_err(Fault::not_done)?;
            head.admits(expected, &entry)?;
        }
        Err(unavailable(format!("{} could not decide between several appends", self.connections.place())))
    }

    /// As [`append`](Server::append) for several entries, in one statement. One that somebody else was quicker to record
    /// fails it as a whole: leaving out that one would leave a gap.
    pub(super) async fn append_all(
        self: Arc<Self>,
        expected: Revision,
        entries: Arc<[Entry]>,
    ) -> Result<(), Fault> {
        const SQL: &str = "WITH head AS (
                SELECT revision, registered_at FROM mo.entry WHERE registry = $1 ORDER BY revision DESC LIMIT 1
            ), recorded AS (
                INSERT INTO mo.entry (registry, revision, registered_at, id, crc, bytes)
                SELECT $1, e.revision, e.registered_at, e.id, e.crc, e.bytes
                FROM unnest($3::bigint[], $4::timestamptz[], $5::uuid[], $6::integer[], $7::bytea[])
                    AS e (revision, registered_at, id, crc, bytes)
                WHERE coalesce((SELECT revision FROM head), 0) = $2
                    AND coalesce((SELECT registered_at FROM head) < $8, true)
                RETURNING true
            )
            SELECT EXISTS (SELECT FROM recorded), (SELECT revision FROM head), (SELECT registered_at FROM head),
                clock_timestamp()";
        let Some((first, last)) = entries.first().zip(entries.last()) else { return Ok(()) };
        // All but the comparison with the head can be told without asking.
        let before = Head { revision: expected, ..Head::EMPTY };
        before.admits_all(expected, &entries)?;
        let numbers: Vec<i64> = entries.iter().map(|entry| i64::from(entry.revision.number())).collect();
        let instants: Vec<At> = entries.iter().map(|entry| At(entry.registered_at)).collect();
        let ids: Vec<Id> = entries.iter().map(|entry| Id(entry.id)).collect();
        let sums: Vec<i32> = entries.iter().map(checksum).collect();
        let bytes: Vec<&[u8]> = entries.iter().map(|entry| entry.bytes.as_slice()).collect();
        let mut taken = self.connections.take().await?;
        let asked = async {
            let row = sqlx::query_as(SQL)
                .bind(&self.registry)
                .bind(i64::from(expected.number()))
                .bind(&numbers)
                .bind(&instants)
                .bind(&ids)
                .bind(&sums)
                .bind(&bytes)
                .bind(At(first.registered_at))
                .fetch_one(&mut *taken)
                .await;
            (taken, row)
        };
        let row: (bool, Option<i64>, Option<At>, At) = match self.connections.answer(asked).await {
            Ok(row) => row,
            Err(Fault::Doubled) => {
                let head = Arc::clone(&self).head().await.map_err(Fault::not_done)?;
                head.admits_all(expected, &entries)?;
                return Err(unavailable(format!("{} was being written to", self.connections.place())));
            }
            Err(fault) => return Err(fault),
        };
        let (recorded, revision, registered_at, now) = row;
        let before = self.head_of((revision, registered_at, now));
        if recorded {
            self.hear(last.revision.number());
            self.appended.notify_one();
            return Ok(());
        }
        before.admits_all(expected, &entries)?;
        Err(unavailable(format!("{} was being written to", self.connections.place())))
    }

    /// Up to `most` entries after `after`, in order.
    pub(super) async fn portion(
        self: Arc<Self>,
        from: Arc<Connections>,
        after: Revision,
        most: i64,
    ) -> Result<Portion, Fault> {
        const SQL: &str = "SELECT revision, registered_at, id, crc, bytes FROM (
                SELECT e.*, sum(length) OVER (ORDER BY revision) - length AS before FROM (
                    SELECT revision, registered_at, id, crc, bytes, length FROM mo.entry
                    WHERE registry = $1 AND revision > $2 ORDER BY revision LIMIT $3
                ) AS e
            ) AS w WHERE before < $4 ORDER BY revision";
        let mut held = from.take().await?;
        let asked = async {
            let rows = sqlx::query_as(SQL)
                .bind(&self.registry)
                .bind(i64::from(after.number()))
                .bind(most)
                .bind(PORTION_BYTES)
                .fetch_all(&mut *held)
                .await;
            (held, rows)
        };
        let rows: Vec<Row> = from.answer(asked).await?;
        Ok(portion_of(rows, after, most, from.place()))
    }

    /// The head when it is beyond `after`, or at the end of `timeout`.
    pub(super) async fn wait(self: Arc<Self>, after: Revision, timeout: Duration) -> Result<Head, Fault> {
        let mut news = self.heard.subscribe();
        let end = Moment::now().checked_add(timeout);
        loop {
            let head = Arc::clone(&self).head().await?;
            let now = Moment::now();
            if head.revision > after || end.is_some_and(|end| now >= end) {
                return Ok(head);
            }
            let next = end.map_or(now + LOOK, |end| end.min(now + LOOK));
            // Whether something was heard or not, the head says.
            let _ = timeout_at(next, news.wait_for(|heard| *heard > after.number())).await;
        }
    }
}

/// How many entries a read asks for after it got a portion of `last`.
pub(super) fn next_portion(last: i64) -> i64 {
    (last * 8).min(PORTION_ENTRIES)
}

/// The statement behind `rows` gave at most `most` of those after `after`, and ended with the portion.
pub(super) fn portion_of(rows: Vec<Row>, after: Revision, most: i64, place: &str) -> Portion {
    let bytes: usize = rows.iter().map(|row| row.4.len()).sum();
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= most)
        || i64::try_from(bytes).is_ok_and(|bytes| bytes >= PORTION_BYTES);
    let mut entries = Vec::with_capacity(rows.len());
    for (next, (revision, registered_at, id, stored, bytes)) in (i64::from(after.number()) + 1..).zip(rows) {
        let damage = |what: &str| {
            let entry = u32::try_from(next).ok().map(Revision::new);
            Then::Damage(StoreError::Corrupt {
                entry,
                what: format!("{what} in {place}; those before it are sound"),
            })
        };
        let Some(number) = u32::try_from(revision).ok().filter(|_| revision == next) else {
            return Portion { entries, then: damage(&format!("it is missing, entry {revision} follows,")) };
        };
        let entry =
            Entry { revision: Revision::new(number), registered_at: registered_at.0, id: id.0, bytes };
        if checksum(&entry) != stored {
            return Portion { entries, then: damage("it does not have the checksum it was written with") };
        }
        entries.push(entry);
    }
    Portion { entries, then: if full { Then::More } else { Then::End } }
}

/// The checksum that is kept with an entry.
pub(super) fn checksum(entry: &Entry) -> i32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&entry.revision.number().to_be_bytes());
    crc.update(&entry.registered_at.epoch_micros().to_be_bytes());
    crc.update(entry.id.as_bytes());
    crc.update(&entry.bytes);
    crc.finalize().cast_signed()
}
