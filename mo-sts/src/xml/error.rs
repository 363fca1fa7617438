//! [`ReadError`] and [`WriteError`]: where in a document, what, and how to mend it. Neither ever quotes the text of an
//! element, which may be a CPR number; names of elements are quoted.

use std::io;

use thiserror::Error;

use super::{Fault, Name};

/// Why a document could not be read: the place and the [kind](ReadErrorKind).
///
/// ```
/// use mo_sts::oio::{Bruger, LaesOutput, Message};
/// use mo_sts::xml::ReadErrorKind;
///
/// let error = LaesOutput::<Bruger>::from_xml(b"<html><body>503</body></html>").unwrap_err();
/// assert_eq!(*error.kind(), ReadErrorKind::Html);
/// assert_eq!((error.line(), error.offset()), (1, 0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, byte {offset}, at {path}: {kind}")]
pub struct ReadError {
    pub(super) kind: ReadErrorKind,
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) path: String,
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind, (offset, line): (u64, u64), path: String) -> ReadError {
        ReadError { kind, offset, line, path }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }

    /// Bytes before the place, from the start of the document.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The line of the place, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The open elements at the place, outermost first, as `/LaesOutput/StandardRetur`; `/` before the root.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// What is wrong with a document that was read.
///
/// ```
/// use mo_sts::oio::{ImportOutput, OrganisationEnhed};
/// use mo_sts::soap::Envelope;
/// use mo_sts::xml::ReadErrorKind;
///
/// let error = Envelope::<ImportOutput<OrganisationEnhed>>::from_xml(b"<!DOCTYPE x><x/>").unwrap_err();
/// assert!(matches!(error.kind(), ReadErrorKind::Doctype), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The connection or file failed.
    #[error("the input failed ({0}): ask again")]
    Io(io::ErrorKind),
    /// No element at all.
    #[error("the document is empty: the service answered without a body; look at the HTTP status")]
    Empty,
    /// The input ends inside an element.
    #[error("the document ends too early: the connection was cut; ask again")]
    Truncated,
    /// More bytes than [`Limits::max_bytes`](super::Limits::max_bytes).
    #[error("the document is larger than {max} bytes: ask for smaller pages or raise max_bytes")]
    TooLarge {
        /// The limit.
        max: u64,
    },
    /// Deeper than [`Limits::max_depth`](super::Limits::max_depth).
    #[error("elements are nested more than {max} deep: this is no OIO message")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// More attributes on one element than [`Limits::max_attributes`](super::Limits::max_attributes).
    #[error("an element has more than {max} attributes: this is no OIO message")]
    TooManyAttributes {
        /// The limit.
        max: usize,
    },
    /// A document type declaration.
    #[error("the document has a DOCTYPE, which is refused whatever it says: ask the sender to leave it out")]
    Doctype,
    /// A processing instruction, or an XML declaration that is not at the start.
    #[error("the document has a processing instruction, which is refused: ask the sender to leave it out")]
    ProcessingInstruction,
    /// A reference to an entity other than the five of XML itself.
    #[error("the document refers to an entity of its own, which is refused: ask the sender to write it out")]
    Entity,
    /// Not UTF-8.
    #[error("the document is not UTF-8: ask the sender to encode it so")]
    Encoding,
    /// A character that XML does not allow.
    #[error("the text holds U+{0:04X}, which XML does not allow: the sender must leave it out")]
    Character(u32),
    /// Not well formed.
    #[error("not well-formed XML ({0})")]
    Syntax(String),
    /// An HTML page: a gateway, a proxy or a login page answered.
    #[error(
        "an HTML page and not a message: a proxy or gateway answered; check the endpoint and look at the page"
    )]
    Html,
    /// A SOAP fault.
    #[error("the service refused the call: {0}")]
    Fault(Box<Fault>),
    /// The outermost element is another than the expected.
    #[error("the document is a {found}, expected {expected}: check which operation was called")]
    Root {
        /// Names that would have been read.
        expected: String,
        /// The name found, with its namespace.
        found: String,
    },
    /// An element that belongs here, but in another namespace.
    #[error("{local} is in namespace {found:?}, expected {expected:?}: check the version of the service")]
    WrongNamespace {
        /// Local name.
        local: &'static str,
        /// Namespace of the schema.
        expected: &'static str,
        /// Namespace found, empty for none.
        found: String,
    },
    /// Elements in another order than the schema's.
    #[error("{element} comes after {after}: the schema has it before; the sender must follow the order")]
    Order {
        /// The element that comes too late.
        element: &'static str,
        /// The element it should precede.
        after: &'static str,
    },
    /// A second element where the schema has at most one.
    #[error("a second {0} where the schema has at most one")]
    Repeated(&'static str),
    /// A mandatory element is missing.
    #[error("{0} is missing")]
    Missing(Name),
    /// An element that only other objects or versions have.
    #[error(
        "this element belongs to another kind of object or another version: check the version of the service"
    )]
    NotHere,
    /// None or several of the elements of a choice.
    #[error("exactly one of {0} must stand here")]
    Choice(String),
    /// Text where only elements may stand, or after the end of the document.
    #[error("text between elements: the sender must leave it out")]
    StrayText,
    /// An element where only text may stand, or after the end of the document.
    #[error("an element where only text may stand")]
    StrayElement,
    /// A text that is not of its type.
    #[error("the text is not {0}")]
    Value(&'static str),
}

/// Why a value cannot be written as a message the schema accepts: the place and the [kind](WriteErrorKind).
///
/// ```
/// use mo_sts::oio::{Message, OpretInput, OrganisationEnhed, OrganisationEnhedEgenskab};
/// use mo_sts::xml::WriteErrorKind;
///
/// let mut message = OpretInput::<OrganisationEnhed>::default();
/// message.attribut_liste.egenskab.push(OrganisationEnhedEgenskab {
///     enhed_navn: Some("æ".repeat(201)),
///     ..Default::default()
/// });
/// let error = message.to_xml().unwrap_err();
/// assert!(matches!(error.kind(), WriteErrorKind::TooLong { most: 200, found: 201 }));
/// assert_eq!(error.path(), "/OpretInput/AttributListe/Egenskab/EnhedNavn");
/// ```
#[derive(Debug, Error)]
#[error("at {path}: {kind}")]
pub struct WriteError {
    pub(super) kind: WriteErrorKind,
    pub(super) path: String,
}

impl WriteError {
    /// What is wrong.
    pub fn kind(&self) -> &WriteErrorKind {
        &self.kind
    }

    /// The open elements at the place, outermost first.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// What is wrong with a value that was to be written.
///
/// ```
/// use mo_sts::xml::{Rule, WriteErrorKind};
/// let error = Rule::Longest(4).check("Skole").unwrap_err();
/// assert!(matches!(error, WriteErrorKind::TooLong { most: 4, found: 5 }), "{error}");
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// The output failed.
    #[error("the output failed: {0}")]
    Io(#[from] io::Error),
    /// Longer than the schema allows.
    #[error("{found} characters where the schema allows {most}: shorten it first")]
    TooLong {
        /// Characters the schema allows.
        most: usize,
        /// Characters of the text.
        found: usize,
    },
    /// Not what the schema's pattern asks for.
    #[error("the text is not {0}")]
    Pattern(&'static str),
    /// A character that XML does not allow.
    #[error("the text holds U+{0:04X}, which XML does not allow: remove it first")]
    Character(u32),
    /// A list that must have an entry has none.
    #[error("at least one {0} must be given")]
    Missing(&'static str),
}
