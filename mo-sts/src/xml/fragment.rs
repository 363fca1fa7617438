//! [`Fragment`]: a small tree of elements nobody has declared, for the places where a schema lets anything stand
//! (`LokalUdvidelse`).

use std::fmt;

/// An element with everything in it, kept as it was found.
///
/// Names are expanded: prefixes are not kept, so a text or attribute value that itself uses a prefix (as `xsi:type` does)
/// loses its meaning. `Debug` shows the names and leaves out the texts.
///
/// ```
/// use mo_sts::xml::{Fragment, Node};
///
/// let colour = Fragment::leaf("urn:example:local", "Farve", "blå");
/// assert_eq!(colour.content, [Node::Text("blå".into())]);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Fragment {
    /// Its namespace; empty for none.
    pub namespace: String,
    /// Its name inside the namespace.
    pub name: String,
    /// Its attributes, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// What stands in it.
    pub content: Vec<Node>,
}

/// An attribute of a [`Fragment`].
///
/// ```
/// use mo_sts::xml::{Attribute, Fragment};
///
/// let mut colour = Fragment::leaf("urn:example:local", "Farve", "blå");
/// let code = Attribute { namespace: String::new(), name: "kode".to_owned(), value: "7".to_owned() };
/// colour.attributes.push(code);
/// assert_eq!(colour.attribute("kode"), Some("7"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its namespace; empty for none.
    pub namespace: String,
    /// Its name inside the namespace.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Something that stands in a [`Fragment`].
///
/// ```
/// use mo_sts::xml::{Fragment, Node};
///
/// let mut local = Fragment { name: "Lokal".to_owned(), ..Fragment::default() };
/// local.content = vec![Node::Element(Fragment::leaf("", "Farve", "blå")), Node::Text(" ".to_owned())];
/// assert_eq!(local.elements().count(), 1);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Fragment),
    /// Text.
    Text(String),
}

impl Fragment {
    /// An element with nothing but text in it.
    pub fn leaf(namespace: &str, name: &str, text: &str) -> Fragment {
        Fragment {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            attributes: Vec::new(),
            content: vec![Node::Text(text.to_owned())],
        }
    }

    /// The elements that stand directly in it.
    pub fn elements(&self) -> impl Iterator<Item = &Fragment> {
        self.content.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The value of the attribute without namespace called `name`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes.find(|a| a.namespace.is_empty() && a.name == name).map(|a| a.value.as_str())
    }

    pub(super) fn push_text(&mut self, text: &str) {
        match self.content.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.content.push(Node::Text(text.to_owned())),
        }
    }
}

impl From<(String, String, String)> for Attribute {
    fn from((namespace, name, value): (String, String, String)) -> Attribute {
        Attribute { namespace, name, value }
    }
}

impl fmt::Debug for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}{}", self.namespace, self.name)?;
        f.debug_list().entries(&self.attributes).entries(&self.content).finish()
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{{{}}}{}", self.namespace, self.name)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Element(element) => fmt::Debug::fmt(element, f),
            Node::Text(text) => write!(f, "text of {} bytes", text.len()),
        }
    }
}
