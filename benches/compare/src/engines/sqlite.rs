//! SQLite in memory: rectangles as rows with covering indexes, recursive queries, prepared once. No ANALYZE: with its
//! statistics the planner builds a filter over the whole table at every step, which is many times slower.

use rusqlite::{Connection, params};

use super::Engine;
use crate::town::{Row, Town};
use crate::workload::{Point, Question, Way, Workload};

pub struct Sqlite<'a> {
    town: &'a Town,
    db: Connection,
    points: Vec<Point>,
}

/// What holds on day ?2 as known after registration ?3.
const HOLDS: &str = "kf <= ?3 AND kt > ?3 AND vf <= ?2 AND vt > ?2";

impl<'a> Sqlite<'a> {
    pub fn new(town: &'a Town) -> rusqlite::Result<Sqlite<'a>> {
        let mut db = Connection::open_in_memory()?;
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(
            "CREATE TABLE state (unit INTEGER, kt INTEGER, kf INTEGER, vf INTEGER, vt INTEGER, name TEXT);
             CREATE TABLE edge (child INTEGER, parent INTEGER, kt INTEGER, kf INTEGER, vf INTEGER, vt INTEGER);
             CREATE TABLE engagement (unit INTEGER, kt INTEGER, kf INTEGER, vf INTEGER, vt INTEGER, person INTEGER);
             CREATE TABLE manager (unit INTEGER, kt INTEGER, kf INTEGER, vf INTEGER, vt INTEGER, manager INTEGER);",
        )?;
        let filling = db.transaction()?;
        {
            let mut add = filling.prepare("INSERT INTO state VALUES (?, ?, ?, ?, ?, ?)")?;
            for Row { object, valid, known, value } in &town.names {
                add.execute(params![object, known.1, known.0, valid.0, valid.1, value])?;
            }
            let mut add = filling.prepare("INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?)")?;
            for Row { object, valid, known, value } in &town.edges {
                add.execute(params![object, value, known.1, known.0, valid.0, valid.1])?;
            }
            let mut add = filling.prepare("INSERT INTO engagement VALUES (?, ?, ?, ?, ?, ?)")?;
            for Row { valid, known, value, .. } in &town.engagements {
                add.execute(params![value.0, known.1, known.0, valid.0, valid.1, value.1.cast_signed()])?;
            }
            let mut add = filling.prepare("INSERT INTO manager VALUES (?, ?, ?, ?, ?, ?)")?;
            for Row { valid, known, value, .. } in town.managers.iter().filter(|row| row.value.2) {
                add.execute(params![value.0, known.1, known.0, valid.0, valid.1, value.1.cast_signed()])?;
            }
        }
        filling.commit()?;
        db.execute_batch(
            "CREATE INDEX state_of ON state (unit, kt, kf, vf, vt, name);
             CREATE INDEX up ON edge (child, kt, kf, vf, vt, parent);
             CREATE INDEX down ON edge (parent, kt, kf, vf, vt, child);
             CREATE INDEX engaged ON engagement (unit, kt, kf, vf, vt, person);
             CREATE INDEX led ON manager (unit, kt, kf, vf, vt, manager);",
        )?;
        Ok(Sqlite { town, db, points: Vec::new() })
    }

    pub fn connection(&self) -> &Connection {
        &self.db
    }

    /// Runs a query and folds its rows of one integer.
    fn each(
        &self,
        sql: &str,
        question: Question,
        other: bool,
        mut f: impl FnMut(i64),
    ) -> rusqlite::Result<()> {
        let point = self.points[question.point as usize];
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = if other {
            statement.query(params![question.unit, point.day, point.known, question.other])?
        } else {
            statement.query(params![question.unit, point.day, point.known])?
        };
        while let Some(row) = rows.next()? {
            f(row.get(0)?);
        }
        Ok(())
    }

    fn sum(&self, sql: &str, question: Question, other: bool) -> Option<u64> {
        let mut sum = 0_u64;
        let add = |unit: i64| sum = sum.wrapping_add(self.town.keys[unit as usize]);
        self.each(sql, question, other, add).expect("a query of this file");
        Some(sum)
    }

    fn number(&self, sql: &str, question: Question, other: bool) -> Option<u64> {
        let mut found = 0;
        self.each(sql, question, other, |n| found = n.cast_unsigned()).expect("a query of this file");
        Some(found)
    }

    fn keys(&self, sql: &str, question: Question) -> Option<u64> {
        let mut sum = 0_u64;
        let add = |key: i64| sum = sum.wrapping_add(key.cast_unsigned());
        self.each(sql, question, false, add).expect("a query of this file");
        Some(sum)
    }
}

/// The ways up from ?1 and, where a query asks for it, ?4, with the distance.
fn up(name: &str, start: &str) -> String {
    format!(
        "{name}(u, d) AS (SELECT {start}, 0 UNION ALL
           SELECT parent, d + 1 FROM {name} JOIN edge ON child = u WHERE {HOLDS})"
    )
}

fn down() -> String {
    format!(
        "b(u) AS (SELECT child FROM edge WHERE parent = ?1 AND {HOLDS} UNION ALL
           SELECT child FROM b JOIN edge ON parent = u WHERE {HOLDS})"
    )
}

/// The statement of each workload, worked out once.
struct Statements {
    lookup: String,
    parent: String,
    ancestors: String,
    path: String,
    depth: String,
    children: String,
    descendants: String,
    count: String,
    within: String,
    lca: String,
    people: String,
    manager: String,
}

static STATEMENTS: std::sync::LazyLock<Statements> = std::sync::LazyLock::new(|| {
    let (a, other, b) = (up("a", "?1"), up("o", "?4"), down());
    Statements {
        lookup: format!("SELECT name FROM state WHERE unit = ?1 AND {HOLDS}"),
        parent: format!("SELECT parent FROM edge WHERE child = ?1 AND parent >= 0 AND {HOLDS}"),
        ancestors: format!("WITH RECURSIVE {a} SELECT u FROM a WHERE d > 0 AND u >= 0"),
        path: format!("WITH RECURSIVE {a} SELECT u FROM a WHERE u >= 0"),
        depth: format!("WITH RECURSIVE {a} SELECT count(*) - 1 FROM a WHERE u >= 0"),
        children: format!("SELECT child FROM edge WHERE parent = ?1 AND {HOLDS}"),
        descendants: format!("WITH RECURSIVE {b} SELECT u FROM b"),
        count: format!("WITH RECURSIVE {b} SELECT count(*) FROM b"),
        within: format!("WITH RECURSIVE {a} SELECT EXISTS (SELECT 1 FROM a WHERE u = ?4 AND d > 0)"),
        lca: format!(
            "WITH RECURSIVE {a}, {other}
             SELECT a.u FROM a JOIN o ON a.u = o.u WHERE a.u >= 0 ORDER BY a.d LIMIT 1"
        ),
        people: format!(
            "WITH RECURSIVE {b} SELECT DISTINCT person FROM (SELECT ?1 AS u UNION ALL SELECT u FROM b)
             JOIN engagement ON unit = u WHERE {HOLDS}"
        ),
        manager: format!(
            "WITH RECURSIVE {a} SELECT manager FROM a JOIN manager ON unit = u WHERE {HOLDS} ORDER BY d LIMIT 1"
        ),
    }
});

impl Engine for Sqlite<'_> {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn prepare(&mut self, _: Way, points: &[Point], _: &[Question]) {
        self.points = points.to_vec();
    }

    fn answer(&mut self, workload: Workload, _: usize, question: Question) -> Option<u64> {
        let sql = &*STATEMENTS;
        match workload {
            Workload::Lookup => {
                let point = self.points[question.point as usize];
                let mut statement = self.db.prepare_cached(&sql.lookup).expect("a query of this file");
                let mut rows =
                    statement.query(params![question.unit, point.day, point.known]).expect("a query");
                let row = rows.next().expect("a row")?;
                Some(row.get_ref(0).expect("a column").as_str().expect("a text").len() as u64)
            }
            Workload::Parent => self.sum(&sql.parent, question, false),
            Workload::Ancestors => self.sum(&sql.ancestors, question, false),
            Workload::Path => self.sum(&sql.path, question, false),
            Workload::Depth => self.number(&sql.depth, question, false),
            Workload::Children => self.sum(&sql.children, question, false),
            Workload::DescendantsMid | Workload::DescendantsRoot => {
                self.sum(&sql.descendants, question, false)
            }
            Workload::Count => self.number(&sql.count, question, false),
            Workload::Within => self.number(&sql.within, question, true),
            Workload::Lca => self.sum(&sql.lca, question, true),
            Workload::People => self.keys(&sql.people, question),
            Workload::Manager => self.keys(&sql.manager, question),
            _ => None,
        }
    }
}
