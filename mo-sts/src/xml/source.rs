//! [`Source`]: the one place that touches the XML parser. Turns its events into [`Token`]s under the [`Limits`] and its
//! errors into ours; knows nothing of what a message should hold.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use mo_core::quote;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceError, QName, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::{Limits, ReadErrorKind, forbidden};

/// What comes next in the document.
pub(crate) enum Token<'b> {
    /// A start tag; an empty element is a start and an end.
    Start(BytesStart<'b>),
    /// An end tag.
    End,
    /// Text, possibly only a part of the text up to the next tag.
    Text(Cow<'b, str>),
    /// A comment or the XML declaration: nothing to see.
    Nothing,
    /// The end of the document, outside every element.
    Eof,
}

/// A parser over `R` that keeps the limits.
#[derive(Debug)]
pub(crate) struct Source<R> {
    parser: NsReader<Counted<R>>,
    limits: Limits,
    depth: usize,
    /// Where the latest token begins: bytes before it and its line, from 1.
    pub(crate) at: (u64, u64),
}

impl<R: BufRead> Source<R> {
    pub(crate) fn new(input: R, limits: Limits) -> Source<R> {
        let mut parser =
            NsReader::from_reader(Counted { input, left: limits.max_bytes, lines: 1, exceeded: false });
        parser.config_mut().expand_empty_elements = true;
        parser.resolver_mut().set_max_namespace_bindings(limits.max_attributes.saturating_mul(2));
        Source { parser, limits, depth: 0, at: (0, 1) }
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// The next token, held in `buffer`.
    pub(crate) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Token<'b>, ReadErrorKind> {
        buffer.clear();
        self.at = (self.parser.buffer_position(), self.parser.get_ref().lines);
        match self.parser.read_event_into(buffer) {
            Ok(Event::Start(start)) => {
                self.enter(&start)?;
                Ok(Token::Start(start))
            }
            Ok(Event::End(_)) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Token::End)
            }
            Ok(Event::Text(text)) => checked(text.xml10_content()),
            Ok(Event::CData(text)) => checked(text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => resolved(&reference),
            Ok(Event::Comment(_)) => Ok(Token::Nothing),
            Ok(Event::Decl(declaration)) => self.declaration(&declaration),
            Ok(Event::DocType(name)) => Err(doctype(&name)),
            Ok(Event::Eof) if self.depth > 0 => Err(ReadErrorKind::Truncated),
            Ok(Event::Eof) => Ok(Token::Eof),
            // Empty elements come as start and end, see `expand_empty_elements`.
            Ok(Event::PI(_) | Event::Empty(_)) => Err(ReadErrorKind::ProcessingInstruction),
            Err(error) => Err(self.kind_of(error)),
        }
    }

    /// The namespace of an element, empty for none, and its local name.
    pub(crate) fn name<'s>(&'s self, start: &'s BytesStart<'_>) -> (Cow<'s, str>, &'s str) {
        let (namespace, local) = self.parser.resolver().resolve_element(start.name());
        (uri(&namespace), local.into_inner())
    }

    /// The attributes of an element that are no namespace declarations: namespace, local name, value.
    pub(crate) fn attributes(
        &self,
        start: &BytesStart<'_>,
    ) -> Result<Vec<(String, String, String)>, ReadErrorKind> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| syntax(&error))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, local) = self.parser.resolver().resolve_attribute(attribute.key);
            if matches!(namespace, ResolveResult::Unknown(_)) {
                return Err(ReadErrorKind::Syntax(
                    "an attribute with a prefix that is not declared".to_owned(),
                ));
            }
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| self.kind_of(error))?;
            if let Some(character) = forbidden(&value) {
                return Err(ReadErrorKind::Character(character));
            }
            attributes.push((
                uri(&namespace).into_owned(),
                local.into_inner().to_owned(),
                value.into_owned(),
            ));
        }
        Ok(attributes)
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<(), ReadErrorKind> {
        if self.depth >= self.limits.max_depth {
            return Err(ReadErrorKind::TooDeep { max: self.limits.max_depth });
        }
        self.depth += 1;
        if start.attributes_raw().is_empty() {
            return Ok(());
        }
        let max = self.limits.max_attributes;
        for (count, attribute) in start.attributes().enumerate() {
            if count >= max {
                return Err(ReadErrorKind::TooManyAttributes { max });
            }
            let attribute = attribute.map_err(|error| syntax(&error))?;
            if attribute.key.as_namespace_binding().is_some() && !is_plain(&attribute.value) {
                let uri = attribute.normalized_value(XmlVersion::Implicit1_0);
                let uri = uri.map_err(|error| self.kind_of(error))?;
                if let Some(character) = forbidden(&uri) {
                    return Err(ReadErrorKind::Character(character));
                }
            }
        }
        Ok(())
    }

    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<Token<'static>, ReadErrorKind> {
        const BYTE_ORDER_MARK: u64 = 3;
        if self.at.0 > BYTE_ORDER_MARK {
            return Err(ReadErrorKind::ProcessingInstruction);
        }
        match declaration.encoding() {
            None => Ok(Token::Nothing),
            Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii") => {
                Ok(Token::Nothing)
            }
            Some(_) => Err(ReadErrorKind::Encoding),
        }
    }

    fn kind_of(&self, error: Error) -> ReadErrorKind {
        if self.parser.get_ref().exceeded {
            return ReadErrorKind::TooLarge { max: self.limits.max_bytes };
        }
        match error {
            Error::Io(error) => ReadErrorKind::Io(error.kind()),
            Error::Syntax(SyntaxError::InvalidBangMarkup) => syntax(&SyntaxError::InvalidBangMarkup),
            // Every other syntax error of the parser is markup that is not closed when the input ends.
            Error::Syntax(_) => ReadErrorKind::Truncated,
            Error::Encoding(_) => ReadErrorKind::Encoding,
            Error::Escape(_) => ReadErrorKind::Entity,
            Error::Namespace(NamespaceError::TooManyBindings(_)) => {
                ReadErrorKind::TooManyAttributes { max: self.limits.max_attributes }
            }
            error => syntax(&error),
        }
    }
}

/// The URI that a namespace declaration stands for. The parser keeps it as written, so references in it are resolved
/// here; that they can be was seen where it was declared.
fn uri<'n>(namespace: &ResolveResult<'n>) -> Cow<'n, str> {
    let written: &'n str = match namespace {
        ResolveResult::Bound(namespace) => namespace.into_inner(),
        // A prefix that was never declared: in no namespace that anybody expects.
        ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
    };
    if is_plain(written) {
        return Cow::Borrowed(written);
    }
    let declared = Attribute { key: QName("xmlns"), value: Cow::Borrowed(written) };
    let uri = declared.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned);
    uri.map_or(Cow::Borrowed(written), Cow::Owned)
}

/// Whether the value of an attribute is what it looks like: without references and white space that become something else.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte >= b' ' && byte != b'&')
}

/// The parser's words, which repeat names of the document.
fn syntax(error: &impl ToString) -> ReadErrorKind {
    ReadErrorKind::Syntax(quote(&error.to_string()))
}

fn doctype(name: &str) -> ReadErrorKind {
    let html = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("html"));
    if html { ReadErrorKind::Html } else { ReadErrorKind::Doctype }
}

fn checked(text: Cow<'_, str>) -> Result<Token<'_>, ReadErrorKind> {
    match forbidden(&text) {
        Some(character) => Err(ReadErrorKind::Character(character)),
        None => Ok(Token::Text(text)),
    }
}

/// The text of a reference: a character by its number, or one of the five entities of XML itself.
fn resolved<'b>(reference: &BytesRef<'_>) -> Result<Token<'b>, ReadErrorKind> {
    if reference.is_char_ref() {
        return match reference.resolve_char_ref() {
            Ok(Some(character)) => checked(Cow::Owned(character.to_string())),
            _ => Err(ReadErrorKind::Entity),
        };
    }
    let text = match &**reference {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(ReadErrorKind::Entity),
    };
    Ok(Token::Text(Cow::Borrowed(text)))
}

/// An input that counts lines and ends with an error when more bytes are asked for than allowed.
#[derive(Debug)]
struct Counted<R> {
    input: R,
    left: u64,
    lines: u64,
    exceeded: bool,
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.input.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            self.exceeded = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let allowed = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.get(..allowed).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        // The bytes are in the buffer still, so this reads nothing.
        if let Some(used) = self.input.fill_buf().ok().and_then(|bytes| bytes.get(..amount)) {
            self.lines += used.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        }
        self.left = self.left.saturating_sub(amount as u64);
        self.input.consume(amount);
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(out)?;
        self.consume(amount);
        Ok(amount)
    }
}
