//! [`Limits`]: how much of a foreign document is read before it is refused. The limits that need no number (no DOCTYPE,
//! no processing instruction, no entity of one's own) cannot be switched off and so are not here.

/// What a [`Reader`](super::Reader) accepts from the other side at most.
///
/// ```
/// use mo_sts::xml::Limits;
///
/// let page = Limits { max_bytes: 4 << 20, ..Limits::default() };
/// assert_eq!(page.max_depth, 64);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document. A page of 500 units is about 5 MB; the default is 64 MiB.
    pub max_bytes: u64,
    /// Elements inside each other. An OIO answer in its envelope uses 11; the default is 64.
    pub max_depth: usize,
    /// Attributes and namespace declarations on one element. The default is 64.
    pub max_attributes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { max_bytes: 64 << 20, max_depth: 64, max_attributes: 64 }
    }
}
