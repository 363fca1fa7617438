//! [`ImportError`]: why files cannot be imported, as a list of [`Problem`]s, each with file, line, column, value, the
//! [`Rule`] and a way to mend it. What is odd but importable is a [`Report`](super::Report).

use std::fmt;
use std::io;

use thiserror::Error;

use super::encoding::Encoding;
use crate::model::{Kind, ObjectRef, ValueType};
use crate::quote::{MASK, masked, quote};

/// Why files cannot be imported: every problem found. Nothing of the extract is imported.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// reader.read(file, &mut "Post,Title\n3,Kulturchef\n".as_bytes());
/// let error = reader.finish().unwrap_err();
/// assert!(!error.problems.is_empty());
/// println!("{error}"); // every problem, a line each; nothing was imported
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub struct ImportError {
    /// The problems, in the order in which they were met; never none.
    pub problems: Vec<Problem>,
}

/// How many problems are written out; a file in the wrong form has one in every line.
const SHOWN: usize = 20;

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this extract cannot be imported, and nothing of it was:")?;
        for problem in self.problems.iter().take(SHOWN) {
            write!(f, "\n  {problem}")?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more like these"),
        }
    }
}

impl From<Problem> for ImportError {
    fn from(problem: Problem) -> ImportError {
        ImportError { problems: vec![problem] }
    }
}

/// One thing that cannot be imported. `Display` is one line: `file:line: column "…": "value": rule`.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// reader.read(file, &mut "Post,Title\n3,Kulturchef\n".as_bytes());
/// let error = reader.finish().unwrap_err();
/// let problem = &error.problems[0];
/// assert_eq!(problem.file, file);
/// assert!(problem.to_string().starts_with(file)); // file, line, column, value, rule
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The line on which the row begins, from 1; `None` when it is the file as a whole.
    pub line: Option<u64>,
    /// The column by its header.
    pub column: Option<String>,
    /// The field of the model the column is mapped to, as `kind.field`.
    pub field: Option<String>,
    /// The value, shortened, with what may be a CPR number masked.
    pub value: Option<String>,
    /// What rule it breaks and how to mend it.
    pub rule: Rule,
}

impl Problem {
    pub(super) fn of_file(file: &str, rule: Rule) -> Problem {
        Problem { file: file.to_owned(), line: None, column: None, field: None, value: None, rule }
    }

    pub(super) fn of_row(file: &str, line: u64, rule: Rule) -> Problem {
        Problem { line: Some(line), ..Problem::of_file(file, rule) }
    }

    pub(super) fn in_column(self, column: Option<&str>, kind: Kind, field: &str) -> Problem {
        Problem { column: column.map(str::to_owned), field: Some(format!("{kind}.{field}")), ..self }
    }

    pub(super) fn with_value(self, value: &str) -> Problem {
        Problem { value: Some(quote(value)), ..self }
    }

    /// With the value of a field of this type: of what stands where a CPR number should, nothing is told.
    pub(super) fn with_value_of(self, value_type: ValueType, value: &str) -> Problem {
        match value_type {
            ValueType::Cpr => Problem { value: Some(MASK.to_owned()), ..self },
            _ => self.with_value(value),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", masked(&self.file))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        match (&self.column, &self.field) {
            (Some(column), Some(field)) => write!(f, " column {:?} ({field}):", quote(column))?,
            (Some(column), None) => write!(f, " column {:?}:", quote(column))?,
            (None, Some(field)) => write!(f, " {field}:")?,
            (None, None) => {}
        }
        if let Some(value) = &self.value {
            write!(f, " {value:?}:")?;
        }
        write!(f, " {}", self.rule)
    }
}

/// What keeps a file, a row or a value from being imported, and how to mend it.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// use mo_core::import::Rule;
///
/// reader.read(file, &mut "Post,Title\n3,Kulturchef\n".as_bytes()); // not the columns of the mapping
/// let error = reader.finish().unwrap_err();
/// assert!(error.problems.iter().any(|problem| matches!(problem.rule, Rule::NoColumn { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Rule {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The file is larger than an import takes.
    #[error("has more than {limit} bytes; split it")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are not text in the encoding of the mapping.
    #[error(
        "is not {0}; save it as UTF-8, or name its encoding in the mapping (\"encoding\": \"windows-1252\")"
    )]
    Encoding(Encoding),
    /// The bytes are UTF-16.
    #[error("is UTF-16; save it as \"CSV UTF-8\"")]
    Utf16,
    /// There is no first line with the names of the columns.
    #[error("has no header: its first line must name the columns")]
    NoHeader,
    /// The mapping names a column the file does not have.
    #[error("is no column of the file, which has {has}; correct the mapping, its delimiter, or the file")]
    NoColumn {
        /// The columns there are.
        has: String,
    },
    /// The mapping names a column the file has twice.
    #[error("is the name of two columns; rename one of them")]
    ColumnTwice,
    /// A row has more cells than the header.
    #[error(
        "has {cells} cells under a header of {columns}; put a value that holds the delimiter in double quotes"
    )]
    TooManyCells {
        /// Cells of the row.
        cells: usize,
        /// Cells of the header.
        columns: usize,
    },
    /// A double quote is opened and not closed before the end of the file.
    #[error(
        "has a double quote that is opened here and never closed; close it, or write it twice inside a quoted value"
    )]
    OpenQuote,
    /// A file that the mapping names is not there.
    #[error(
        "is named in the mapping and missing; without it everything it held would end. Add it, even with a header only"
    )]
    MissingFile,
    /// A mandatory field has no value.
    #[error("must have a value; fill it in, or let the mapping fall back on another column")]
    Empty,
    /// Two fields of which exactly one must have a value have none or both.
    #[error("exactly one of {one} and {other} must have a value; fill in or empty one of them")]
    ExactlyOne {
        /// One field.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// The value does not fit its field.
    #[error("{0}")]
    Value(String),
    /// The id is no UUID.
    #[error("is no UUID; map the column as \"key\", from which an id is made")]
    NotAnId,
    /// An id made from a CPR number would give the number away.
    #[error("may be a CPR number, from which no id is made; map another column as \"key\" or \"id\"")]
    CprAsKey,
    /// One id stands for objects of two kinds.
    #[error("is the id of another kind of object, {other}; one id names one object")]
    OtherKind {
        /// What it already is.
        other: ObjectRef,
    },
    /// No row has this key.
    #[error("is the key of no {kind} in these files; correct it, or add the {kind}")]
    NoSuch {
        /// The kind looked for.
        kind: Kind,
    },
    /// Several rows have this key.
    #[error("is the key of several {kind} rows in these files; give each a key of its own")]
    Ambiguous {
        /// The kind looked for.
        kind: Kind,
    },
    /// The registry has no class with this key.
    #[error(
        "is the user key of no class in facet {facet}; register it first, or let the mapping say \"create\": true"
    )]
    NoSuchClass {
        /// The facet, by user key.
        facet: String,
    },
    /// The object is mastered by another source.
    #[error("{object} is mastered by {source_name}; change it there, or give the row another id")]
    Foreign {
        /// The object.
        object: ObjectRef,
        /// Who masters it.
        source_name: String,
    },
}
