//! [`Edition`]: a KLE file as a value, its rows compared with each other, and what is odd about them.

use std::collections::HashMap;
use std::io::BufRead;

use mo_core::time::{Day, Period};
use mo_core::timeline::Days;
use uuid::Uuid;

use super::document::{self, Document};
use super::error::{KleError, Problem, ProblemKind};
use super::grammar;
use super::report::{Finding, Report};
use super::row::{Form, Level, Row};
use crate::xml::Limits;

/// One edition of KLE as KL published it: the plan, or the action facets.
///
/// ```no_run
/// use std::fs::File;
/// use std::io::BufReader;
/// use mo_sts::kle::{Edition, Level};
/// use mo_sts::xml::Limits;
///
/// let edition = Edition::read(BufReader::new(File::open("emneplan.xml")?), Limits::default())?;
/// println!("{} topics in the edition of {}", edition.count(Level::Topic), edition.published());
/// for report in edition.reports() {
///     println!("{report}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Edition {
    published: Day,
    form: Form,
    actions: bool,
    rows: Vec<Row>,
    reports: Vec<Report>,
}

impl Edition {
    /// Reads a file to its end, an element at a time, under limits.
    ///
    /// # Errors
    /// [`KleError::Refused`] with every place that KL's schema refuses; [`KleError::Xml`] when it is no XML, no KLE file or
    /// beyond the limits.
    ///
    /// # Complexity
    /// O(b) in its bytes; held are the rows, never the document.
    pub fn read(input: impl BufRead, limits: Limits) -> Result<Edition, KleError> {
        let Document { published, form, actions, rows, reports } = document::read(input, limits)?;
        uuids_are_different(&rows)?;
        let mut edition = Edition { published, form, actions, rows, reports };
        let found = edition.compare();
        edition.reports.extend(found);
        edition.reports.sort_by_key(|report| report.line);
        Ok(edition)
    }

    /// The day of the edition.
    #[doc(alias = "UdgivelsesDato")]
    pub fn published(&self) -> Day {
        self.published
    }

    /// What its file looks like.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether it holds the action facets and not the plan.
    #[doc(alias = "Handlingsfacetter")]
    pub fn is_actions(&self) -> bool {
        self.actions
    }

    /// Its rows, in the order of the file: a row directly before those in it.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Its levels, from the top.
    pub fn levels(&self) -> &'static [Level] {
        if self.actions {
            &[Level::ActionCategory, Level::Action]
        } else {
            &[Level::MainGroup, Level::Group, Level::Topic]
        }
    }

    /// How many rows of a level the file has.
    pub fn count(&self, level: Level) -> usize {
        self.rows.iter().filter(|row| row.level == level).count()
    }

    /// How many of them have no day.
    pub fn count_without_day(&self, level: Level) -> usize {
        self.rows.iter().filter(|row| row.level == level && row.days().is_none()).count()
    }

    /// How many of them are valid on a day.
    pub fn count_on(&self, level: Level, day: Day) -> usize {
        let valid = |row: &&Row| row.level == level && row.days().is_some_and(|days| days.contains(day));
        self.rows.iter().filter(valid).count()
    }

    /// What is odd about it, in the order of the file. What is odd only beside what a registry holds is told when it is
    /// [loaded](Edition::load).
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// A text as a number of some level, plan or action facet, white space around it removed.
    ///
    /// # Errors
    /// What a number looks like, when it is none.
    ///
    /// ```
    /// use mo_sts::kle::Edition;
    ///
    /// assert_eq!(Edition::number(" 28.06.12").as_deref(), Ok("28.06.12"));
    /// assert!(Edition::number("28.6").is_err());
    /// ```
    pub fn number(text: &str) -> Result<String, &'static str> {
        let text = text.trim();
        let fits = (0..5).any(|level| grammar::number(level, text).is_ok());
        let expected = "a number looks like 28, 28.06, 28.06.12, G or G01";
        if fits { Ok(text.to_owned()) } else { Err(expected) }
    }

    /// The rows of a number, in the order of the file.
    pub(super) fn by_number(&self) -> HashMap<&str, Vec<usize>> {
        let mut by_number: HashMap<&str, Vec<usize>> = HashMap::with_capacity(self.rows.len());
        for (place, row) in self.rows.iter().enumerate() {
            by_number.entry(&row.number).or_default().push(place);
        }
        by_number
    }

    fn compare(&self) -> Vec<Report> {
        let by_number = self.by_number();
        let mut reports = Vec::new();
        for (place, row) in self.rows.iter().enumerate() {
            let mut report = |finding| reports.push(Report::of(row, finding));
            if let Some(parent) =
                row.parent.as_ref().filter(|parent| !row.number.starts_with(parent.as_str()))
            {
                report(Finding::Misplaced { under: parent.clone() });
            }
            let Some(days) = row.days() else {
                reports.extend(row.end.map(|end| Report::without_day(row, end)));
                continue;
            };
            if self.form != Form::V2_0 && row.uuid.is_none() {
                report(Finding::WithoutUuid);
            }
            for (parent, outside) in self.outside_parent(row, days) {
                // A period without a first day has none before the first day of all.
                let from = outside.from().unwrap_or(Day::MIN);
                report(Finding::OutsideParent { parent, from, until: outside.until() });
            }
            let same =
                by_number.get(row.number.as_str()).into_iter().flatten().take_while(|other| **other < place);
            for other in same.filter_map(|other| self.rows.get(*other)) {
                if other.days().is_some_and(|other| other.overlaps(days)) {
                    report(Finding::NumberTwice { line: other.line });
                }
            }
            for successor in &row.successors {
                // Action facets are in a file of their own; they are looked for when the edition is loaded.
                let here = by_number.get(successor.as_str()).into_iter().flatten();
                let mut here = here.filter_map(|place| self.rows.get(*place));
                if grammar::number(4, successor).is_err() && !here.any(|row| row.days().is_some()) {
                    report(Finding::UnknownSuccessor(successor.clone()));
                }
            }
            if matches!(row.end, Some(super::End::Moved(_))) && row.successors.is_empty() {
                report(Finding::MovedWithoutSuccessor);
            }
        }
        reports
    }

    /// The parent of a row and the days of the row on which the parent is not valid, a period at a time.
    fn outside_parent(&self, row: &Row, days: Period) -> Vec<(String, Period)> {
        let Some(above) = row.above.and_then(|above| self.rows.get(above)) else { return Vec::new() };
        let life = above.days().map(Days::from).unwrap_or_default();
        let outside = Days::from(days).subtract(&life);
        outside.periods().map(|period| (above.number.clone(), period)).collect()
    }
}

fn uuids_are_different(rows: &[Row]) -> Result<(), KleError> {
    let mut lines: HashMap<Uuid, u64> = HashMap::new();
    let mut problems = Vec::new();
    for row in rows {
        if let Some(line) = row.uuid.and_then(|uuid| lines.insert(uuid, row.line)) {
            let path = format!("the row {}", row.number);
            problems.push(Problem { line: row.line, path, kind: ProblemKind::UuidTwice { line } });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(KleError::Refused(problems)) }
}
