//! XML as the municipal services speak it: read one element at a time, under [`Limits`], by namespace and local name;
//! written element by element, checked against the schema's rules on the way out.
//!
//! What a message looks like is declared once, as a table of [`Element`]s per type ([`Sequence`]); reading, writing and
//! the comparison with the schemas all follow that table. Parser types of the XML library never show.

mod content;
mod element;
mod error;
mod fault;
mod fragment;
mod limits;
mod name;
mod reader;
mod source;
mod writer;

pub use content::{Content, Part, Sequence};
pub use element::{Element, Rule, Shape};
pub use error::{ReadError, ReadErrorKind, WriteError, WriteErrorKind};
pub use fault::Fault;
pub use fragment::{Attribute, Fragment, Node};
pub use limits::Limits;
pub use name::{Name, Namespace};
pub use reader::{Cursor, Reader, UnknownElement};
pub use writer::Writer;

pub(crate) use content::read_sequence;
pub(crate) use source::{Source, Token};

/// The first character of `text` that XML 1.0 does not allow, if any.
///
/// Source: XML 1.0, section 2.2, production `Char`.
fn forbidden(text: &str) -> Option<u32> {
    // Almost every text has only ordinary bytes; only those that could begin a forbidden character are decoded.
    if text.bytes().all(|byte| byte >= 0x20 && byte != 0xEF) {
        return None;
    }
    text.chars()
        .find(|c| (*c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .map(u32::from)
}
