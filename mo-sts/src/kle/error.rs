//! [`KleError`]: why a file is no edition. It names every place that KL's schema refuses.

use std::fmt;

use thiserror::Error;

use crate::xml::ReadError;

/// Why a file is no edition; nothing of it is used.
///
/// ```
/// use mo_sts::kle::{Edition, KleError};
/// use mo_sts::xml::Limits;
///
/// let refused = Edition::read(&b"<KLE-Emneplan><Hovedgruppe/></KLE-Emneplan>"[..], Limits::default());
/// assert!(matches!(refused, Err(KleError::Refused(places)) if !places.is_empty()));
/// let refused = Edition::read(&b"not XML"[..], Limits::default());
/// assert!(matches!(refused, Err(KleError::Xml(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KleError {
    /// It is no XML, no KLE file, or larger than the limits.
    #[error("this is no file of KLE: {0}")]
    Xml(#[from] ReadError),
    /// It breaks the rules of its form, in these places.
    #[error("{}", refused(.0))]
    Refused(Vec<Problem>),
}

/// How many problems are written out.
const SHOWN: usize = 20;

fn refused(problems: &[Problem]) -> String {
    let mut text = String::from("this edition of KLE is refused, and nothing of it is used:");
    for problem in problems.iter().take(SHOWN) {
        text.push_str("\n  ");
        text.push_str(&problem.to_string());
    }
    match problems.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text}\n  and {more} more"),
    }
}

/// One place that breaks the rules of the form.
///
/// ```
/// use mo_sts::kle::{Edition, KleError};
/// use mo_sts::xml::Limits;
///
/// let file = &b"<KLE-Emneplan><Hovedgruppe/></KLE-Emneplan>"[..];
/// let Err(KleError::Refused(places)) = Edition::read(file, Limits::default()) else { panic!("it has no day") };
/// for place in &places {
///     println!("line {}, in {}: {}", place.line, place.path, place.kind);
/// }
/// # assert!(!places.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, {path}: {kind}")]
#[non_exhaustive]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// The open elements at the place, outermost first.
    pub path: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong in one place.
///
/// ```
/// use mo_sts::kle::{Edition, KleError, ProblemKind};
/// use mo_sts::xml::Limits;
///
/// let file = &b"<KLE-Emneplan><Hovedgruppe/></KLE-Emneplan>"[..];
/// let Err(KleError::Refused(places)) = Edition::read(file, Limits::default()) else { panic!("it has no day") };
/// assert!(matches!(places[0].kind, ProblemKind::Missing { .. } | ProblemKind::Unexpected { .. }), "{}", places[0]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// An element that the form does not have here.
    Unexpected {
        /// Its name, shortened.
        element: String,
        /// What could stand there.
        expected: String,
    },
    /// A mandatory element is not there.
    Missing {
        /// The element.
        element: &'static str,
        /// The element that stands where it should.
        before: Option<&'static str>,
    },
    /// A second element where there is at most one.
    Repeated(&'static str),
    /// An element that comes too late.
    Order(&'static str),
    /// Not exactly one of these elements.
    Choice(&'static str),
    /// A text that is not what it should be.
    Value {
        /// What it should be, with an example.
        expected: &'static str,
        /// The text, shortened.
        found: String,
    },
    /// Text where only elements stand.
    StrayText,
    /// An element where only text stands.
    StrayElement(String),
    /// A UUID that another row has.
    UuidTwice {
        /// The line of the other row.
        line: u64,
    },
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProblemKind::Unexpected { element, expected } if expected.is_empty() => {
                write!(f, "{element} may not stand here; take it out")
            }
            ProblemKind::Unexpected { element, expected } => {
                write!(f, "{element} may not stand here; {expected} may")
            }
            ProblemKind::Missing { element, before: Some(before) } => {
                write!(f, "{element} is missing before {before}; put it in")
            }
            ProblemKind::Missing { element, before: None } => write!(f, "{element} is missing; put it in"),
            ProblemKind::Repeated(element) => write!(f, "a second {element}; leave one"),
            ProblemKind::Order(element) => write!(f, "{element} comes too late; move it up"),
            ProblemKind::Choice(elements) => write!(f, "exactly one of {elements} must stand here"),
            ProblemKind::Value { expected, found } => write!(f, "{found:?} is not {expected}"),
            ProblemKind::StrayText => f.write_str("text between elements; take it out"),
            ProblemKind::StrayElement(element) => {
                write!(f, "{element} stands where only text may; take it out")
            }
            ProblemKind::UuidTwice { line } => {
                write!(f, "the UUID is that of the row on line {line} too; one UUID names one number")
            }
        }
    }
}
