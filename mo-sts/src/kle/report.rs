//! [`Report`]: what is odd in an edition and did not keep it from being loaded.

use std::fmt;

use mo_core::time::Day;

use super::row::{End, Row};

/// One odd thing in an edition. `Display` is one line: `line 12: 06.04 …`.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato><Historisk><UdgaaetDato>2004-02-01</UdgaaetDato></Historisk></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// let report = &edition.reports()[0];
/// assert_eq!((report.line, report.number.as_str()), (7, "17.01.01"));
/// println!("{report}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The line of the file; 0 for a number that the file does not have.
    pub line: u64,
    /// The number it is about; empty where it is about none.
    pub number: String,
    /// What is odd, and what is done with it.
    pub finding: Finding,
}

/// What is odd, and what is done with it.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato><Historisk><UdgaaetDato>2004-02-01</UdgaaetDato></Historisk></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// use mo_sts::kle::Finding;
///
/// let odd = &edition.reports()[0];
/// assert!(matches!(odd.finding, Finding::WithoutDay { .. }), "{odd}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// It ended on the day it was created, or before. It is not stored.
    WithoutDay {
        /// The first day.
        created: Day,
        /// The first day on which it is no more.
        ended: Day,
        /// Its title.
        title: String,
        /// The numbers that took its place.
        successors: Vec<String>,
    },
    /// The number above it is not valid on some of its days. On those it is a root of the tree, and `check()` tells of it.
    OutsideParent {
        /// The number above.
        parent: String,
        /// A period of the days.
        from: Day,
        /// The first day after it; `None`: it never ends.
        until: Option<Day>,
    },
    /// A number took its place that is not in the edition, or has no day. It is kept as a number.
    UnknownSuccessor(String),
    /// It was moved, and nothing is said of where.
    MovedWithoutSuccessor,
    /// It stands under a number that it does not begin with. It is stored under that number all the same.
    Misplaced {
        /// The number it stands under.
        under: String,
    },
    /// Another row has the same number on some of the same days. Both are stored.
    NumberTwice {
        /// The line of the other row.
        line: u64,
    },
    /// Other rows have UUIDs, and this has none. Its id is made from the number.
    WithoutUuid,
    /// An element that this version does not know was passed over.
    PassedOver {
        /// Where it stands.
        path: String,
    },
    /// So many more elements were passed over than are told one by one.
    MorePassedOver {
        /// How many.
        count: usize,
    },
    /// The registry has it from an earlier edition, and this one does not have it. It ends on the day of the edition.
    Gone {
        /// The first day on which it is no more.
        from: Day,
    },
    /// The municipality has a number of its own that is the same. Both are stored.
    LocalNumber,
    /// The UUID names something else in the registry. Its id is made from the number.
    UuidTaken,
}

impl Report {
    pub(super) fn of(row: &Row, finding: Finding) -> Report {
        Report { line: row.line, number: row.number.clone(), finding }
    }

    pub(super) fn without_day(row: &Row, end: End) -> Report {
        Report::of(
            row,
            Finding::WithoutDay {
                created: row.created,
                ended: end.day(),
                title: row.title.clone(),
                successors: row.successors.clone(),
            },
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.number.is_empty() {
            write!(f, "{} ", self.number)?;
        }
        match &self.finding {
            Finding::WithoutDay { created, ended, title, successors } => {
                write!(f, "({title}) was created on {created} and ended on {ended}; it is not stored")?;
                if successors.is_empty() {
                    Ok(())
                } else {
                    write!(f, "; replaced by {}", successors.join(", "))
                }
            }
            Finding::OutsideParent { parent, from, until: Some(until) } => {
                write!(f, "is valid from {from} until {until}, when {parent} is not; there it is a root")
            }
            Finding::OutsideParent { parent, from, until: None } => {
                write!(f, "is valid from {from}, when {parent} is not; there it is a root")
            }
            Finding::UnknownSuccessor(number) => {
                write!(f, "was replaced by {number}, which is no number of this edition; kept as a number")
            }
            Finding::MovedWithoutSuccessor => f.write_str("was moved, and nothing is said of where"),
            Finding::Misplaced { under } => write!(f, "stands under {under}, which it does not begin with"),
            Finding::NumberTwice { line } => {
                write!(f, "is also the number of line {line}, on some of the same days; both are stored")
            }
            Finding::WithoutUuid => f.write_str("has no UUID; its id is made from the number"),
            Finding::PassedOver { path } => write!(f, "{path} is not known here and was passed over"),
            Finding::MorePassedOver { count } => {
                write!(f, "{count} more elements are not known here and were passed over")
            }
            Finding::Gone { from } => {
                write!(f, "was in an earlier edition and is not in this one; it ends on {from}")
            }
            Finding::LocalNumber => {
                f.write_str("is also a number of the municipality's own; both are stored")
            }
            Finding::UuidTaken => {
                f.write_str("has a UUID that names something else here; its id is made from the number")
            }
        }
    }
}
