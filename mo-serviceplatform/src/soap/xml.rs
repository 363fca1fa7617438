//! [`Reader`]: the XML of an answer, read forward only and with limits, by namespace and local name. Not a general
//! reader: a document type or a processing instruction is refused, and whatever its caller does not ask for is skipped
//! without being kept.

use std::borrow::Cow;

use mo_core::quote;
use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use thiserror::Error;

/// How much XML is read at most.
///
/// ```
/// use mo_serviceplatform::soap::XmlLimits;
///
/// let mut limits = XmlLimits::default();
/// limits.bytes = 64 << 10;
/// assert_eq!(limits.depth, 64);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct XmlLimits {
    /// The most bytes a document may have; 2 MiB unless said. A SOAP answer has a few kilobytes.
    pub bytes: usize,
    /// The most elements that may stand inside each other; 64 unless said.
    pub depth: usize,
}

impl Default for XmlLimits {
    fn default() -> XmlLimits {
        XmlLimits { bytes: 2 << 20, depth: 64 }
    }
}

/// Why bytes are not read as XML. Holds nothing of the document but element names.
///
/// ```
/// use mo_serviceplatform::soap::XmlError;
///
/// assert_eq!(XmlError::DocType.to_string(), "the answer has a DOCTYPE, which SOAP forbids");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlError {
    /// More bytes than allowed.
    #[error("the answer has {bytes} bytes and at most {limit} are read")]
    TooLarge {
        /// Bytes it has.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Another encoding than UTF-8 is declared.
    #[error("the answer is declared to be {0:?}; only UTF-8 is read")]
    Encoding(String),
    /// The bytes are not UTF-8.
    #[error("the answer is not UTF-8 from byte {at} on")]
    NotUtf8 {
        /// Offset of the first byte that is not.
        at: usize,
    },
    /// A character that XML does not allow.
    #[error("the answer has a control character at byte {at}, which XML forbids")]
    Control {
        /// Its offset, or that of the reference to it.
        at: u64,
    },
    /// `<!DOCTYPE`: entities could be declared in it, so it is refused unread.
    #[error("the answer has a DOCTYPE, which SOAP forbids")]
    DocType,
    /// `<?…?>` other than the XML declaration.
    #[error("the answer has a processing instruction, which SOAP forbids")]
    ProcessingInstruction,
    /// Elements nested deeper than allowed.
    #[error("the answer nests elements deeper than {limit}")]
    TooDeep {
        /// Depth allowed.
        limit: usize,
    },
    /// The document ends before its root does.
    #[error("the answer ends in the middle: it was cut off on its way")]
    Truncated,
    /// Not well-formed.
    #[error("the answer is not well-formed XML at byte {at}")]
    Syntax {
        /// Offset near the error.
        at: u64,
    },
    /// An element that should hold text holds elements.
    #[error("the element {0:?} holds elements where a text was expected")]
    NotText(String),
    /// Something follows the root.
    #[error("something follows the root element of the answer")]
    AfterRoot,
}

/// A namespace by its place in the list the reader was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ns(usize);

impl Ns {
    /// No namespace at all.
    pub(crate) const NONE: Ns = Ns(usize::MAX);
    /// A namespace that is not in the list.
    const OTHER: Ns = Ns(usize::MAX - 1);

    /// The one at this place of the list.
    pub(crate) const fn at(index: usize) -> Ns {
        Ns(index)
    }
}

/// An element whose start has been read.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    start: BytesStart<'a>,
    /// Its namespace.
    pub(crate) ns: Ns,
    level: usize,
}

impl Element<'_> {
    /// Its name without the prefix.
    pub(crate) fn local(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Namespace and name, to match on.
    pub(crate) fn name(&self) -> (Ns, &str) {
        (self.ns, self.local())
    }

    /// The value of an attribute without namespace.
    pub(crate) fn attribute(&self, name: &str) -> Result<Option<String>, XmlError> {
        for attribute in self.start.attributes() {
            let attribute = attribute.map_err(|_| XmlError::Syntax { at: 0 })?;
            if attribute.key.as_ref() == name {
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .map_err(|_| XmlError::Syntax { at: 0 })?;
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }
}

/// Reads one document.
pub(crate) struct Reader<'a> {
    xml: NsReader<&'a [u8]>,
    known: &'static [&'static str],
    depth: usize,
    limit: usize,
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    /// A reader of `bytes` that tells the namespaces of `known` apart.
    pub(crate) fn new(
        bytes: &'a [u8],
        known: &'static [&'static str],
        limits: XmlLimits,
    ) -> Result<Reader<'a>, XmlError> {
        if bytes.len() > limits.bytes {
            return Err(XmlError::TooLarge { bytes: bytes.len(), limit: limits.bytes });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            // What is not UTF-8 is most often another encoding that says so.
            declared_encoding(bytes).map_or(XmlError::NotUtf8 { at: error.valid_up_to() }, |name| {
                XmlError::Encoding(quote(&name))
            })
        })?;
        if let Some(at) = bytes.iter().position(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) {
            return Err(XmlError::Control { at: at as u64 });
        }
        let mut xml = NsReader::from_str(text);
        xml.config_mut().expand_empty_elements = true;
        Ok(Reader { xml, known, depth: 0, limit: limits.depth })
    }

    /// The root element.
    pub(crate) fn root(&mut self) -> Result<Element<'a>, XmlError> {
        loop {
            match self.next()? {
                Event::Start(start) => return self.enter(start),
                Event::Text(text) if text.as_ref().trim().is_empty() => {}
                Event::Decl(_) | Event::Comment(_) => {}
                Event::Eof => return Err(XmlError::Truncated),
                _ => return Err(XmlError::Syntax { at: self.xml.buffer_position() }),
            }
        }
    }

    /// The next element directly inside `parent`, or `None` when it has no more. What was left unread of the one before
    /// is skipped, and text between elements is passed over.
    pub(crate) fn child(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>, XmlError> {
        while self.depth >= parent.level {
            match self.next()? {
                Event::Start(start) if self.depth == parent.level => return self.enter(start).map(Some),
                Event::Start(_) => self.deeper()?,
                Event::End(_) => self.depth -= 1,
                Event::Eof => return Err(XmlError::Truncated),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The text of `element`, of which nothing has been read yet, with references and CDATA resolved and comments left
    /// out.
    pub(crate) fn text(&mut self, element: &Element<'a>) -> Result<Cow<'a, str>, XmlError> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(piece) => join(&mut text, piece.xml10_content()),
                Event::CData(piece) => join(&mut text, piece.xml10_content()),
                Event::GeneralRef(reference) => text.to_mut().push(self.referred(&reference)?),
                Event::Comment(_) => {}
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(text);
                }
                Event::Start(_) => return Err(XmlError::NotText(quote(element.local()))),
                Event::Eof => return Err(XmlError::Truncated),
                _ => return Err(XmlError::Syntax { at: self.xml.buffer_position() }),
            }
        }
    }

    /// Reads to the end of the document and finds nothing more in it than the end of what was begun.
    pub(crate) fn finish(mut self) -> Result<(), XmlError> {
        loop {
            match self.next()? {
                Event::Text(text) if self.depth == 0 && text.as_ref().trim().is_empty() => {}
                Event::Start(_) | Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)
                    if self.depth == 0 =>
                {
                    return Err(XmlError::AfterRoot);
                }
                Event::Start(_) => self.deeper()?,
                Event::End(_) => self.depth -= 1,
                Event::Eof if self.depth == 0 => return Ok(()),
                Event::Eof => return Err(XmlError::Truncated),
                _ => {}
            }
        }
    }

    fn enter(&mut self, start: BytesStart<'a>) -> Result<Element<'a>, XmlError> {
        self.deeper()?;
        let ns = match self.xml.resolver().resolve_element(start.name()).0 {
            ResolveResult::Bound(found) => {
                let found: &str = found.into_inner();
                self.known.iter().position(|known| *known == found).map_or(Ns::OTHER, Ns)
            }
            ResolveResult::Unbound => Ns::NONE,
            ResolveResult::Unknown(_) => return Err(XmlError::Syntax { at: self.xml.buffer_position() }),
        };
        Ok(Element { start, ns, level: self.depth })
    }

    fn deeper(&mut self) -> Result<(), XmlError> {
        self.depth += 1;
        if self.depth > self.limit {
            return Err(XmlError::TooDeep { limit: self.limit });
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Event<'a>, XmlError> {
        use quick_xml::Error;
        use quick_xml::errors::{IllFormedError, SyntaxError};
        match self.xml.read_event() {
            Ok(Event::DocType(_)) | Err(Error::Syntax(SyntaxError::UnclosedDoctype)) => {
                Err(XmlError::DocType)
            }
            Ok(Event::PI(_)) => Err(XmlError::ProcessingInstruction),
            Ok(Event::Decl(declaration)) => match declaration.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => {
                    Err(XmlError::Encoding(quote(&name)))
                }
                Some(Err(_)) => Err(XmlError::Syntax { at: 0 }),
                _ => Ok(Event::Decl(declaration)),
            },
            Ok(event) => Ok(event),
            Err(Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_))) => {
                // Markup that is begun and not ended: at the end of the input the rest is missing.
                Err(XmlError::Truncated)
            }
            Err(_) => Err(XmlError::Syntax { at: self.xml.error_position() }),
        }
    }

    fn referred(&self, reference: &BytesRef<'_>) -> Result<char, XmlError> {
        let at = self.xml.buffer_position();
        let char = match reference.resolve_char_ref() {
            Ok(Some(char)) => char,
            Ok(None) => match reference.as_ref() {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "apos" => '\'',
                "quot" => '"',
                _ => return Err(XmlError::Syntax { at }),
            },
            Err(_) => return Err(XmlError::Syntax { at }),
        };
        let forbidden = char < ' ' && !matches!(char, '\t' | '\n' | '\r');
        if forbidden || matches!(char, '\u{fffe}' | '\u{ffff}') {
            return Err(XmlError::Control { at });
        }
        Ok(char)
    }
}

/// The encoding that the XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let declaration = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value.get(1..)?.split_once(mark)?.0.to_owned()).filter(|name| !name.eq_ignore_ascii_case("utf-8"))
}

fn join<'a>(text: &mut Cow<'a, str>, piece: Cow<'a, str>) {
    if text.is_empty() {
        *text = piece;
    } else {
        text.to_mut().push_str(&piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ns = Ns::at(0);

    fn read(document: &[u8]) -> Result<Vec<(Ns, String, String)>, XmlError> {
        let limits = XmlLimits { bytes: 2000, depth: 5 };
        let mut reader = Reader::new(document, &["urn:a"], limits)?;
        let root = reader.root()?;
        let mut found = Vec::new();
        while let Some(child) = reader.child(&root)? {
            if child.local() != "skip" {
                let text = reader.text(&child)?.into_owned();
                found.push((child.ns, child.local().to_owned(), text));
            }
        }
        reader.finish()?;
        Ok(found)
    }

    #[test]
    fn children_are_told_apart_by_namespace_and_name_whatever_the_prefix() {
        let found = read(
            b"<?xml version='1.0' encoding='utf-8'?><!-- c --><r xmlns='urn:a' xmlns:b='urn:b'><x>1</x><b:x>2</b:x><x xmlns=''>3</x><y xmlns:q='urn:a'/></r> ",
        )
        .unwrap();
        let names: Vec<_> = found.iter().map(|(ns, name, text)| (*ns, &**name, &**text)).collect();
        assert_eq!(names, [(A, "x", "1"), (Ns::OTHER, "x", "2"), (Ns::NONE, "x", "3"), (A, "y", "")]);
    }

    #[test]
    fn text_is_whole_across_references_cdata_and_comments() {
        let found =
            read("<r><x>Bang &amp; Ol<!-- -->uf<![CDATA[<sen>]]> &#xe6;&#248;\r\n&quot;</x></r>".as_bytes());
        assert_eq!(found.unwrap()[0].2, "Bang & Oluf<sen> æø\n\"");
    }

    #[test]
    fn what_is_not_asked_for_is_skipped_with_all_below_it() {
        let found = read(b"<r><skip><x>1</x><z><x/></z></skip><x>2</x><skip/></r>").unwrap();
        assert_eq!(found, [(Ns::NONE, "x".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(read(b"\xef\xbb\xbf<r/>"), Ok(vec![]));
    }

    #[test]
    fn each_limit_and_each_forbidden_construct_has_its_error() {
        let deep = "<skip>".repeat(6);
        for (document, error) in [
            (&b"<!DOCTYPE r><r/>"[..], XmlError::DocType),
            (b"<!DOCTYPE r [<!ENTITY e 'x'>]><r>&e;</r>", XmlError::DocType),
            (b"<!DOCTYPE", XmlError::DocType),
            (b"<r><?php x?></r>", XmlError::ProcessingInstruction),
            (deep.as_bytes(), XmlError::TooDeep { limit: 5 }),
            (b"<r><x><a><a><a><a/></a></a></a></x></r>", XmlError::NotText("x".into())),
            (b"<r><skip><a><a><a><a/></a></a></a></skip></r>", XmlError::TooDeep { limit: 5 }),
            (b"", XmlError::Truncated),
            (b"<r>", XmlError::Truncated),
            (b"<r><x>1", XmlError::Truncated),
            (b"<r><x>1</x", XmlError::Truncated),
            (b"<r/><r/>", XmlError::AfterRoot),
            (b"<r/>x", XmlError::AfterRoot),
            (b"<r>\x01</r>", XmlError::Control { at: 3 }),
            (b"<r><x>&#1;</x></r>", XmlError::Control { at: 10 }),
            (b"<r>\xe6</r>", XmlError::NotUtf8 { at: 3 }),
            (
                b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>\xe6</r>",
                XmlError::Encoding("ISO-8859-1".into()),
            ),
            (b"<?xml version=\"1.0\" encoding='latin1'?><r/>", XmlError::Encoding("latin1".into())),
            (&[b' '; 2001], XmlError::TooLarge { bytes: 2001, limit: 2000 }),
        ] {
            assert_eq!(read(document), Err(error), "{}", String::from_utf8_lossy(document));
        }
        for document in [&b"<r></s>"[..], b"<r><x>&e;</x></r>", b"<p:r/>", b"r", b"<r><x>&#xD800;</x></r>"] {
            assert!(
                matches!(read(document), Err(XmlError::Syntax { .. })),
                "{} {:?}",
                String::from_utf8_lossy(document),
                read(document)
            );
        }
    }

    #[test]
    fn attributes_are_read_by_name_and_a_repeated_one_is_an_error() {
        let mut reader =
            Reader::new(b"<r a='1 &amp; 2' b:a='3' xmlns:b='urn:b'/>", &[], XmlLimits::default()).unwrap();
        let root = reader.root().unwrap();
        assert_eq!(root.attribute("a").unwrap().as_deref(), Some("1 & 2"));
        assert_eq!(root.attribute("c").unwrap(), None);
        let mut reader = Reader::new(b"<r a='1' a='2'/>", &[], XmlLimits::default()).unwrap();
        let root = reader.root().unwrap();
        assert!(root.attribute("c").is_err());
    }
}
