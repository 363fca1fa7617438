//! [`Reader`]: pulls one element after another out of a document, held against a table of [`Element`]s. Keeps the order,
//! finds what is missing, passes over what it does not know and remembers where.

use std::io::BufRead;

use mo_core::quote;

use super::source::{Source, Token};
use super::{Attribute, Element, Fragment, Limits, Name, Node, ReadError, ReadErrorKind};

/// Reads a document element by element, never holding more than one text of it.
///
/// A caller enters the outermost element with [`root`](Reader::root), asks for children with [`child`](Reader::child)
/// until there is none, takes the text of a leaf with [`text`](Reader::text), and ends with [`finish`](Reader::finish).
///
/// ```
/// use mo_sts::xml::{Cursor, Element, Limits, Namespace, Reader};
///
/// const NONE: Namespace = Namespace::new("");
/// const ROOT: &[Element] = &[Element::new(NONE, "unit")];
/// const UNIT: &[Element] = &[Element::new(NONE, "name").at_least_one(), Element::new(NONE, "key")];
///
/// let mut reader = Reader::new("<unit><name>Skole</name><extra/></unit>".as_bytes(), Limits::default());
/// reader.root(ROOT)?;
/// let mut cursor = Cursor::new(UNIT);
/// while let Some((_, element)) = reader.child(&mut cursor)? {
///     assert_eq!(element.name.local, "name");
///     assert_eq!(reader.text(|text| Ok(text.to_owned()))?, "Skole");
/// }
/// reader.finish()?;
/// assert_eq!(reader.unknown()[0].path, "/unit/extra");
/// # Ok::<(), mo_sts::xml::ReadError>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    source: Source<R>,
    /// The latest token of the document.
    buffer: Vec<u8>,
    /// The text of the element that is being read.
    text: String,
    path: Vec<Name>,
    any_order: bool,
    unknown: Vec<UnknownElement>,
}

/// An element that was passed over because no table knows it.
///
/// Before an answer is sent back changed (`ret` replaces whole lists), somebody must have looked at what was passed over.
///
/// ```
/// use mo_sts::xml::{Cursor, Element, Limits, Namespace, Reader};
///
/// const LOCAL: Namespace = Namespace::new("urn:example:local");
/// const ROOT: &[Element] = &[Element::new(LOCAL, "Farver")];
///
/// let document = r#"<Farver xmlns="urn:example:local"><Ny>7</Ny></Farver>"#; // of a newer version
/// let mut reader = Reader::new(document.as_bytes(), Limits::default());
/// reader.root(ROOT)?;
/// assert!(reader.child(&mut Cursor::new(&[]))?.is_none());
/// let unknown = &reader.unknown()[0]; // passed over, and remembered
/// assert!(unknown.path.ends_with("Ny"));
/// # Ok::<(), mo_sts::xml::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownElement {
    /// Where it stands, its own local name last.
    pub path: String,
    /// Bytes before it.
    pub offset: u64,
}

/// How far the children of one element have been read, against the table of what may stand there.
///
/// ```
/// use mo_sts::xml::{Cursor, Element, Limits, Namespace, Reader};
///
/// const LOCAL: Namespace = Namespace::new("urn:example:local");
/// const ROOT: &[Element] = &[Element::new(LOCAL, "Farver")];
/// const CHILDREN: &[Element] = &[Element::new(LOCAL, "Farve")];
///
/// let document = r#"<Farver xmlns="urn:example:local"><Farve>blå</Farve></Farver>"#;
/// let mut reader = Reader::new(document.as_bytes(), Limits::default());
/// reader.root(ROOT)?;
/// let mut cursor = Cursor::new(CHILDREN);
/// while let Some((_, element)) = reader.child(&mut cursor)? {
///     let text = reader.text(|text| Ok(text.to_owned()))?;
///     assert_eq!((element.name.local, text.as_str()), ("Farve", "blå"));
/// }
/// reader.finish()?;
/// # Ok::<(), mo_sts::xml::ReadError>(())
/// ```
#[derive(Debug)]
pub struct Cursor {
    elements: &'static [Element],
    /// Index of the latest child.
    at: usize,
    /// One bit for each element that was seen.
    seen: u64,
    /// How many rows at the start of the table exclude each other.
    choice: usize,
    /// Whether elements that are not in the table are worth remembering.
    closed: bool,
}

/// What an element found in a document is to the table.
enum Found {
    Child(usize, &'static Element),
    Unknown,
    Wrong(ReadErrorKind),
}

impl Cursor {
    /// A cursor before the first of `elements`, of which there are at most 64.
    pub fn new(elements: &'static [Element]) -> Cursor {
        Cursor { elements, at: 0, seen: 0, choice: 0, closed: true }
    }

    /// The same where exactly one of the first `count` elements must stand (several times if it may repeat, and then also
    /// never).
    #[must_use]
    pub fn one_of_first(self, count: usize) -> Cursor {
        Cursor { choice: count, ..self }
    }

    /// The same where anything may stand between the elements (as in a SOAP header), so that it is not remembered as
    /// unknown.
    #[must_use]
    pub fn among_others(self) -> Cursor {
        Cursor { closed: false, ..self }
    }

    fn find(&mut self, namespace: &str, local: &str, any_order: bool) -> Found {
        // The next child is nearly always at the cursor or after it.
        let later = self.elements.iter().enumerate().skip(self.at);
        let earlier = self.elements.iter().enumerate().take(self.at);
        let mut elsewhere = None;
        for (index, element) in later.chain(earlier) {
            if element.name.is(namespace, local) {
                return self.accept(index, element, any_order);
            }
            if element.name.local == local {
                elsewhere = Some(element.name);
            }
        }
        match elsewhere {
            Some(name) => Found::Wrong(ReadErrorKind::WrongNamespace {
                local: name.local,
                expected: name.namespace.uri(),
                found: shortened(namespace),
            }),
            None => Found::Unknown,
        }
    }

    fn accept(&mut self, index: usize, element: &'static Element, any_order: bool) -> Found {
        let bit = 1u64 << (index & 63);
        let others = self.chosen() & !bit;
        if index < self.choice && (others != 0 || (self.seen & bit != 0 && !element.repeats)) {
            return Found::Wrong(self.choice_error());
        }
        if self.seen & bit != 0 && !element.repeats {
            return Found::Wrong(ReadErrorKind::Repeated(element.name.local));
        }
        if index < self.at && !any_order {
            let after = self.elements.get(self.at).map_or("", |latest| latest.name.local);
            return Found::Wrong(ReadErrorKind::Order { element: element.name.local, after });
        }
        self.at = index;
        self.seen |= bit;
        Found::Child(index, element)
    }

    /// What the end of the element reveals to be missing.
    fn missing(&self) -> Option<ReadErrorKind> {
        let choices = self.elements.iter().take(self.choice);
        if self.choice > 0 && self.chosen() == 0 && !choices.clone().any(|element| element.repeats) {
            return Some(self.choice_error());
        }
        let absent = |index: usize| self.seen & (1u64 << (index & 63)) == 0;
        let mut rows = self.elements.iter().enumerate().skip(self.choice);
        let (_, element) = rows.find(|(index, element)| element.required && absent(*index))?;
        Some(ReadErrorKind::Missing(element.name))
    }

    /// The bits of the rows that exclude each other, as far as seen.
    fn chosen(&self) -> u64 {
        self.seen & ((1u64 << (self.choice & 63)) - 1)
    }

    fn choice_error(&self) -> ReadErrorKind {
        let names: Vec<&str> = self.elements.iter().take(self.choice).map(|e| e.name.local).collect();
        ReadErrorKind::Choice(names.join(" or "))
    }
}

impl<R: BufRead> Reader<R> {
    /// A reader at the start of `input`.
    pub fn new(input: R, limits: Limits) -> Reader<R> {
        Reader {
            source: Source::new(input, limits),
            buffer: Vec::new(),
            text: String::new(),
            path: Vec::new(),
            any_order: false,
            unknown: Vec::new(),
        }
    }

    /// From here on, children may come in any order.
    pub(crate) fn allow_any_order(&mut self) {
        self.any_order = true;
    }

    /// The elements passed over so far because no table knows them; the first 32 of them.
    pub fn unknown(&self) -> &[UnknownElement] {
        &self.unknown
    }

    /// Enters the outermost element, which must be one of `elements`; tells which.
    ///
    /// # Errors
    /// [`ReadErrorKind::Root`] for any other element, [`ReadErrorKind::Html`] for a web page, and whatever the limits say.
    pub fn root(&mut self, elements: &'static [Element]) -> Result<(usize, &'static Element), ReadError> {
        self.one_of(elements, &[])
    }

    /// As [`root`](Reader::root), for the one child of the open element; rows of `otherwise` are numbered after those of
    /// `elements` and not named in the error.
    pub(crate) fn one_of(
        &mut self,
        elements: &'static [Element],
        otherwise: &'static [Element],
    ) -> Result<(usize, &'static Element), ReadError> {
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Err(kind) => kind,
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) if blank(&text) => continue,
                Ok(Token::Eof | Token::End) => ReadErrorKind::Empty,
                Ok(Token::Text(_)) => ReadErrorKind::StrayText,
                Ok(Token::Start(start)) => {
                    let (namespace, local) = self.source.name(&start);
                    let mut rows = elements.iter().chain(otherwise).enumerate();
                    match rows.find(|(_, element)| element.name.is(&namespace, local)) {
                        Some((index, element)) => {
                            self.path.push(element.name);
                            return Ok((index, element));
                        }
                        None if local.eq_ignore_ascii_case("html") => ReadErrorKind::Html,
                        None => ReadErrorKind::Root {
                            expected: alternatives(elements),
                            found: format!("{{{}}}{}", shortened(&namespace), quote(local)),
                        },
                    }
                }
            };
            return Err(self.error(kind));
        }
    }

    /// Enters the next child of the open element and tells which row of the cursor's table it is; `None` when there is no
    /// further child, and then the element is closed.
    ///
    /// What was entered must be read to its end, with `child` or [`text`](Reader::text), before the next call.
    ///
    /// # Errors
    /// [`ReadErrorKind::Order`], [`ReadErrorKind::Repeated`], [`ReadErrorKind::WrongNamespace`], or at the end
    /// [`ReadErrorKind::Missing`]; and whatever the limits say.
    pub fn child(&mut self, cursor: &mut Cursor) -> Result<Option<(usize, &'static Element)>, ReadError> {
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Ok(Token::Start(start)) => {
                    let (namespace, local) = self.source.name(&start);
                    match cursor.find(&namespace, local, self.any_order) {
                        Found::Child(index, element) => {
                            self.path.push(element.name);
                            return Ok(Some((index, element)));
                        }
                        Found::Unknown => {
                            if cursor.closed && self.unknown.len() < 32 {
                                let path = path_to(&self.path, &quote(local));
                                self.unknown.push(UnknownElement { path, offset: self.source.at.0 });
                            }
                            self.skip()?;
                            continue;
                        }
                        Found::Wrong(kind) => kind,
                    }
                }
                Ok(Token::End) => match cursor.missing() {
                    None => {
                        self.path.pop();
                        return Ok(None);
                    }
                    Some(kind) => kind,
                },
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) if blank(&text) => continue,
                Ok(Token::Text(_) | Token::Eof) => ReadErrorKind::StrayText,
                Err(kind) => kind,
            };
            return Err(self.error(kind));
        }
    }

    /// The text of the open element, as `parse` understands it; the element is closed. `parse` says in words what was
    /// expected (`"a UUID"`) when it does not understand.
    ///
    /// # Errors
    /// [`ReadErrorKind::Value`] when `parse` refuses, [`ReadErrorKind::StrayElement`] when there is an element inside.
    pub fn text<T>(&mut self, parse: impl FnOnce(&str) -> Result<T, &'static str>) -> Result<T, ReadError> {
        self.text.clear();
        let mut begins = None;
        loop {
            let token = self.source.next(&mut self.buffer);
            let at = *begins.get_or_insert(self.source.at);
            let kind = match token {
                Ok(Token::Text(text)) => {
                    self.text.push_str(&text);
                    continue;
                }
                Ok(Token::Nothing) => continue,
                Ok(Token::End) => match parse(&self.text) {
                    Ok(value) => {
                        self.path.pop();
                        return Ok(value);
                    }
                    Err(expected) => {
                        self.source.at = at;
                        ReadErrorKind::Value(expected)
                    }
                },
                Ok(Token::Start(_) | Token::Eof) => ReadErrorKind::StrayElement,
                Err(kind) => kind,
            };
            return Err(self.error(kind));
        }
    }

    /// The children of the open element as trees, whatever they are called; the element is closed. Text between them is
    /// not allowed, text inside them is kept.
    ///
    /// # Errors
    /// Whatever the limits say; the depth limit bounds the trees.
    pub fn fragments(&mut self) -> Result<Vec<Fragment>, ReadError> {
        let mut roots = Vec::new();
        let mut open: Vec<Fragment> = Vec::new();
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Ok(Token::Start(start)) => match self.source.attributes(&start) {
                    Ok(attributes) => {
                        let (namespace, name) = self.source.name(&start);
                        open.push(Fragment {
                            namespace: namespace.into_owned(),
                            name: name.to_owned(),
                            attributes: attributes.into_iter().map(Attribute::from).collect(),
                            content: Vec::new(),
                        });
                        continue;
                    }
                    Err(kind) => kind,
                },
                Ok(Token::End) => match (open.pop(), open.last_mut()) {
                    (Some(done), Some(parent)) => {
                        parent.content.push(Node::Element(done));
                        continue;
                    }
                    (Some(done), None) => {
                        roots.push(done);
                        continue;
                    }
                    (None, _) => {
                        self.path.pop();
                        return Ok(roots);
                    }
                },
                Ok(Token::Text(text)) => match open.last_mut() {
                    Some(parent) => {
                        parent.push_text(&text);
                        continue;
                    }
                    None if blank(&text) => continue,
                    None => ReadErrorKind::StrayText,
                },
                Ok(Token::Nothing) => continue,
                Ok(Token::Eof) => ReadErrorKind::Truncated,
                Err(kind) => kind,
            };
            return Err(self.error(kind));
        }
    }

    /// Reads to the end of the document, in which nothing more may stand.
    ///
    /// # Errors
    /// [`ReadErrorKind::StrayText`] or [`ReadErrorKind::StrayElement`] when something does.
    pub fn finish(&mut self) -> Result<(), ReadError> {
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Ok(Token::Eof) => return Ok(()),
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) if blank(&text) => continue,
                Ok(Token::Text(_)) => ReadErrorKind::StrayText,
                Ok(Token::Start(_) | Token::End) => ReadErrorKind::StrayElement,
                Err(kind) => kind,
            };
            return Err(self.error(kind));
        }
    }

    /// The error of this kind at the latest token.
    pub fn error(&self, kind: ReadErrorKind) -> ReadError {
        let (offset, line) = self.source.at;
        ReadError { kind, offset, line, path: path_to(&self.path, "") }
    }

    /// Reads past the end tag of the element whose start tag was the latest token.
    fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.source.depth().saturating_sub(1);
        while self.source.depth() > outside {
            if let Err(kind) = self.source.next(&mut self.buffer) {
                return Err(self.error(kind));
            }
        }
        Ok(())
    }
}

fn path_to(open: &[Name], last: &str) -> String {
    let mut path = String::new();
    for local in open.iter().map(|name| name.local).chain((!last.is_empty()).then_some(last)) {
        path.push('/');
        path.push_str(local);
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// A namespace of the document, fit to be repeated in an error: its segments shortened and masked one by one, so that the
/// version at the end stays readable.
fn shortened(namespace: &str) -> String {
    let segments: Vec<String> = namespace.split('/').take(12).map(quote).collect();
    segments.join("/")
}

fn blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))
}

fn alternatives(elements: &[Element]) -> String {
    let names: Vec<String> = elements.iter().map(|element| element.name.to_string()).collect();
    names.join(" or ")
}
