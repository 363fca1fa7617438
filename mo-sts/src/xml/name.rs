//! [`Namespace`] and [`Name`]: what an element is called. A prefix is a suggestion for writing and never looked at when
//! reading.

use std::fmt;

/// An XML namespace: its URI, and the prefix it is written with.
///
/// Two namespaces are equal when their URIs are. Elements of a namespace without a prefix are written without one, by
/// making it the default namespace where it begins.
///
/// ```
/// use mo_sts::xml::Namespace;
///
/// let sd = Namespace::with_prefix("urn:oio:sagdok:3.0.0", "sd");
/// assert_eq!(sd, Namespace::new("urn:oio:sagdok:3.0.0"));
/// ```
#[derive(Clone, Copy)]
pub struct Namespace {
    uri: &'static str,
    prefix: Option<&'static str>,
}

impl Namespace {
    /// A namespace written as the default namespace. An empty URI stands for no namespace.
    pub const fn new(uri: &'static str) -> Namespace {
        Namespace { uri, prefix: None }
    }

    /// A namespace written with this prefix.
    pub const fn with_prefix(uri: &'static str, prefix: &'static str) -> Namespace {
        Namespace { uri, prefix: Some(prefix) }
    }

    /// The URI.
    pub const fn uri(self) -> &'static str {
        self.uri
    }

    /// The prefix it is written with, if any.
    pub const fn prefix(self) -> Option<&'static str> {
        self.prefix
    }
}

impl PartialEq for Namespace {
    fn eq(&self, other: &Namespace) -> bool {
        // The same constant, nearly always.
        std::ptr::eq(self.uri, other.uri) || self.uri == other.uri
    }
}

impl Eq for Namespace {}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.uri, f)
    }
}

/// The name of an element: namespace and local name.
///
/// ```
/// use mo_sts::xml::{Name, Namespace};
///
/// let name = Name::new(Namespace::new("urn:oio:sagdok:3.0.0"), "Virkning");
/// assert_eq!(name.to_string(), "{urn:oio:sagdok:3.0.0}Virkning");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// The namespace.
    pub namespace: Namespace,
    /// The name inside it.
    pub local: &'static str,
}

impl Name {
    /// The name `local` in `namespace`.
    pub const fn new(namespace: Namespace, local: &'static str) -> Name {
        Name { namespace, local }
    }

    /// Whether an element found in a document has this name.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace.uri == namespace
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}{}", self.namespace.uri, self.local)
    }
}
