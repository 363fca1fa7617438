//! [`Report`]: what in the rows of an extract is odd and was imported all the same, and as what. What cannot be imported
//! is a [`Problem`](super::Problem).

use std::fmt;

use crate::quote::masked;

/// A row that was not taken as it stands. `Display` is one line: `file:line: key: what, and what was made of it`.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// reader.read(file, &mut "Post Unique Reference,Job Title,Reports to Senior Post\n3,Kulturchef,9\n".as_bytes());
/// let extract = reader.finish()?;
/// let report = &extract.reports()[0];
/// assert_eq!((report.line, report.key.as_str()), (2, "3"));
/// assert!(report.to_string().ends_with("it stands at the root"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The name of the file.
    pub file: String,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The key of the row, shortened, with what may be a CPR number masked.
    pub key: String,
    /// What is odd.
    pub found: Found,
}

/// What can be odd about a row. Texts are shortened, with what may be a CPR number masked.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// use mo_core::import::Found;
///
/// reader.read(file, &mut "Post Unique Reference,Job Title,Reports to Senior Post\n3,Kulturchef,9\n".as_bytes());
/// let extract = reader.finish()?;
/// assert!(matches!(&extract.reports()[0].found, Found::UnknownSuperior(key) if key == "9"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// It has no key: it was left out.
    NoKey,
    /// An earlier row has the same key: it was left out.
    Repeated {
        /// The file of the earlier row.
        file: String,
        /// The line of the earlier row.
        line: u64,
    },
    /// It names no superior: it stands at the root.
    NoSuperior,
    /// Its superior is a word that stands for the top: it stands at the root.
    Top(String),
    /// It is its own superior: it stands at the root.
    OwnSuperior,
    /// Its superior is in no row: it stands at the root.
    UnknownSuperior(String),
    /// Its superior could be several rows: it stands at the root.
    AmbiguousSuperior(String),
    /// It stands above itself, and no row of the circle stands earlier in the files: it stands at the root, the others
    /// below it.
    Circle(Vec<String>),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {:?} ", masked(&self.file), self.line, self.key)?;
        match &self.found {
            Found::Repeated { file, line } if *file == self.file => {
                write!(f, "repeats the key of line {line}; it is left out")
            }
            found => fmt::Display::fmt(found, f),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::NoKey => f.write_str("has no key; it is left out"),
            Found::Repeated { file, line } => {
                write!(f, "repeats the key of {}:{line}; it is left out", masked(file))
            }
            Found::NoSuperior => f.write_str("names no superior; it stands at the root"),
            Found::Top(mark) => write!(f, "names {mark:?} as its superior; it stands at the root"),
            Found::OwnSuperior => f.write_str("is its own superior; it stands at the root"),
            Found::UnknownSuperior(key) => {
                write!(f, "names a superior that no row has, {key:?}; it stands at the root")
            }
            Found::AmbiguousSuperior(key) => {
                write!(f, "names a superior that several rows have, {key:?}; it stands at the root")
            }
            Found::Circle(keys) => {
                write!(f, "stands above itself ({}); it stands at the root", keys.join(" under "))
            }
        }
    }
}
