//! [`Writer`]: writes a document element by element and declares namespaces where they begin. Everything goes through the
//! XML library's writer, which escapes; nothing is put together as text.

use std::fmt;
use std::io::Write;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Fragment, Name, Namespace, Node, WriteError, WriteErrorKind, forbidden};

/// Writes elements to `W`, one after another, holding none of them.
///
/// ```
/// use mo_sts::xml::{Name, Namespace, Writer};
///
/// const UNIT: Name = Name::new(Namespace::new("urn:example"), "unit");
/// const NOTE: Name = Name::new(Namespace::with_prefix("urn:example:note", "n"), "note");
///
/// let mut out = Vec::new();
/// let mut writer = Writer::new(&mut out);
/// writer.start(UNIT, &[])?;
/// writer.leaf(NOTE, "Børn & Unge")?;
/// writer.end()?;
/// let text = r#"<unit xmlns="urn:example"><n:note xmlns:n="urn:example:note">Børn &amp; Unge</n:note></unit>"#;
/// assert_eq!(String::from_utf8(out)?, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Writer<W: Write> {
    output: quick_xml::Writer<W>,
    open: Vec<Name>,
    /// Namespaces in force and how many elements were open when they were declared.
    declared: Vec<(usize, Namespace)>,
    /// The name being written, with its prefix.
    qualified: String,
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("open", &self.open).finish_non_exhaustive()
    }
}

impl<W: Write> Writer<W> {
    /// A writer at the start of `output`.
    pub fn new(output: W) -> Writer<W> {
        Writer {
            output: quick_xml::Writer::new(output),
            open: Vec::new(),
            declared: Vec::new(),
            qualified: String::new(),
        }
    }

    /// The XML declaration, which says that the document is UTF-8.
    ///
    /// # Errors
    /// When the output fails.
    pub fn declaration(&mut self) -> Result<(), WriteError> {
        self.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
    }

    /// Opens an element, declaring its namespace and those of `also` where they are not in force.
    ///
    /// # Errors
    /// When the output fails.
    pub fn start(&mut self, name: Name, also: &[Namespace]) -> Result<(), WriteError> {
        self.open.push(name);
        qualify(&mut self.qualified, name);
        let mut tag = BytesStart::new(self.qualified.as_str());
        for namespace in std::iter::once(&name.namespace).chain(also) {
            if in_force(&self.declared, *namespace) {
                continue;
            }
            match namespace.prefix() {
                None => tag.push_attribute(("xmlns", namespace.uri())),
                Some(prefix) => tag.push_attribute(([XMLNS, prefix].concat().as_str(), namespace.uri())),
            }
            self.declared.push((self.open.len(), *namespace));
        }
        let written = self.output.write_event(Event::Start(tag));
        written.map_err(|error| self.error(error.into()))
    }

    /// Text in the open element.
    ///
    /// # Errors
    /// [`WriteErrorKind::Character`] for a character XML does not allow, or when the output fails.
    pub fn text(&mut self, text: &str) -> Result<(), WriteError> {
        if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
            return self.plain(text);
        }
        self.check_text(text)?;
        self.event(Event::Text(BytesText::new(text)))
    }

    /// Text known to need no escaping: digits, words of the schema.
    pub(crate) fn plain(&mut self, text: &str) -> Result<(), WriteError> {
        self.event(Event::Text(BytesText::from_escaped(text)))
    }

    /// Closes the open element.
    ///
    /// # Errors
    /// When the output fails.
    pub fn end(&mut self) -> Result<(), WriteError> {
        let Some(name) = self.open.last() else { return Ok(()) };
        qualify(&mut self.qualified, *name);
        let written = self.output.write_event(Event::End(BytesEnd::new(self.qualified.as_str())));
        written.map_err(|error| self.error(error.into()))?;
        while self.declared.pop_if(|(depth, _)| *depth >= self.open.len()).is_some() {}
        self.open.pop();
        Ok(())
    }

    /// An element with nothing but text in it.
    ///
    /// # Errors
    /// As [`text`](Writer::text).
    pub fn leaf(&mut self, name: Name, text: &str) -> Result<(), WriteError> {
        self.start(name, &[])?;
        self.text(text)?;
        self.end()
    }

    /// A tree of elements.
    ///
    /// # Errors
    /// As [`text`](Writer::text).
    pub fn fragment(&mut self, fragment: &Fragment) -> Result<(), WriteError> {
        self.check_name(&fragment.name)?;
        self.check_text(&fragment.namespace)?;
        let mut tag = BytesStart::new(fragment.name.as_str());
        tag.push_attribute(("xmlns", fragment.namespace.as_str()));
        for (index, attribute) in fragment.attributes.iter().enumerate() {
            self.check_name(&attribute.name)?;
            self.check_text(&attribute.namespace)?;
            self.check_text(&attribute.value)?;
            let prefix = match attribute.namespace.as_str() {
                "" => String::new(),
                XML => "xml:".to_owned(),
                namespace => {
                    let prefix = ["a", index.to_string().as_str()].concat();
                    tag.push_attribute(([XMLNS, &prefix].concat().as_str(), namespace));
                    prefix + ":"
                }
            };
            tag.push_attribute(((prefix + &attribute.name).as_str(), attribute.value.as_str()));
        }
        self.event(Event::Start(tag))?;
        for node in &fragment.content {
            match node {
                Node::Element(element) => self.fragment(element)?,
                Node::Text(text) => self.text(text)?,
            }
        }
        self.event(Event::End(BytesEnd::new(fragment.name.as_str())))
    }

    /// The error of this kind at the open element.
    pub fn error(&self, kind: WriteErrorKind) -> WriteError {
        let mut path = String::new();
        for name in &self.open {
            path.push('/');
            path.push_str(name.local);
        }
        WriteError { kind, path }
    }

    fn check_text(&self, text: &str) -> Result<(), WriteError> {
        match forbidden(text) {
            Some(character) => Err(self.error(WriteErrorKind::Character(character))),
            None => Ok(()),
        }
    }

    /// Names are checked more narrowly than XML would: letters, digits, `_`, `-` and `.`, beginning with a letter or `_`.
    fn check_name(&self, name: &str) -> Result<(), WriteError> {
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts_well && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            return Ok(());
        }
        Err(self.error(WriteErrorKind::Pattern("the name of an XML element or attribute")))
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), WriteError> {
        let written = self.output.write_event(event);
        written.map_err(|error| self.error(error.into()))
    }
}

const XMLNS: &str = "xmlns:";
/// The namespace that only the prefix `xml` may stand for.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Whether a byte stands for itself in every text: no markup, nothing XML forbids, and no beginning of what it forbids.
const fn is_plain(byte: u8) -> bool {
    byte >= b' ' && !matches!(byte, b'<' | b'>' | b'&' | b'\'' | b'"' | 0xEF)
}

fn qualify(qualified: &mut String, name: Name) {
    qualified.clear();
    if let Some(prefix) = name.namespace.prefix() {
        qualified.push_str(prefix);
        qualified.push(':');
    }
    qualified.push_str(name.local);
}

/// Whether the prefix of `namespace` (or none, for the default namespace) stands for it at this place.
fn in_force(declared: &[(usize, Namespace)], namespace: Namespace) -> bool {
    let same_prefix = declared.iter().rev().find(|(_, other)| other.prefix() == namespace.prefix());
    match same_prefix {
        Some((_, other)) => *other == namespace,
        None => namespace.prefix().is_none() && namespace.uri().is_empty(),
    }
}
