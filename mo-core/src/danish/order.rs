//! Comparing texts in the Danish order, and keys for sorting many. What comes before what is in `table`.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::quick;
use super::table::{self, Element, OTHER, PLAIN};

/// Compares two texts in the Danish order (CLDR, locale `da`, default strength).
///
/// Letters decide first, over the whole text; then accents; then case, capitals first:
///
/// * … x < y = ü < z < æ = ä < ø = ö < å = aa (also `Aa` and `AA`, anywhere in a word), v and w apart;
/// * é, á, ñ, ł, đ and ð are e, a, n, l and d with an accent; þ is th, œ is oe, ß is ss;
/// * white space < punctuation < symbols < digits < letters: all of them count, digits one by one (`10` < `9`).
///
/// The order covers Latin letters up to Latin Extended-A and whatever decomposes into these and the accents
/// U+0300–U+0362, and the common punctuation and symbols. Characters outside that come last, by code point.
/// Texts that differ only in control characters, or only in normalisation form, are equal: break ties by id.
///
/// ```
/// use mo_core::danish;
///
/// let mut names = ["Aagaard", "Zeuthen", "Ørsted", "anders", "Ærø", "Müller", "Anders", "Åberg", "Mygind"];
/// names.sort_by(|a, b| danish::compare(a, b));
/// assert_eq!(names, ["Anders", "anders", "Mygind", "Müller", "Zeuthen", "Ærø", "Ørsted", "Åberg", "Aagaard"]);
/// ```
///
/// # Complexity
/// Linear in the shorter text. Allocates only where the letters alone do not decide, or are rare ones.
#[doc(alias = "sammenlign")]
#[doc(alias = "alfabetisk")]
#[doc(alias = "collation")]
pub fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (a, b) = quick::without_common_start(a, b);
    quick::compare(a.as_bytes(), b.as_bytes()).unwrap_or_else(|| by_elements(&elements(a), &elements(b)))
}

/// A text's place in the Danish order, worked out once: keys compare as [`compare`] does, but as plain bytes.
///
/// Keys hold for this version of the crate only; do not store them.
///
/// ```
/// use mo_core::danish;
///
/// let mut units = ["Børn og Unge", "Ældre", "Arbejdsmarked", "Aarhus Afdeling"];
/// units.sort_by_cached_key(|name| danish::sort_key(name));
/// assert_eq!(units, ["Arbejdsmarked", "Børn og Unge", "Ældre", "Aarhus Afdeling"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "sorteringsnøgle")]
pub struct SortKey(Box<[u8]>);

impl SortKey {
    /// The key as bytes, whose order is the order of the texts.
    ///
    /// ```
    /// use mo_core::danish::sort_key;
    ///
    /// assert!(sort_key("Zeuthen").as_bytes() < sort_key("Aagaard").as_bytes());
    /// ```
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The key of a text, for sorting many; see [`SortKey`].
///
/// ```
/// use mo_core::danish::sort_key;
///
/// assert!(sort_key("Zeuthen") < sort_key("Ærø"));
/// assert_eq!(sort_key("Åse"), sort_key("A\u{30a}se"));
/// ```
pub fn sort_key(text: &str) -> SortKey {
    let elements = elements(text);
    let mut key = Vec::with_capacity(elements.len() * 3 + 2);
    for element in elements.iter().filter(|e| e.primary > 0) {
        match element.primary.checked_sub(OTHER) {
            None => key.extend(element.primary.to_le_bytes().first()),
            Some(code) => {
                let [_, high, middle, low] = code.to_be_bytes();
                key.extend([u8::MAX, high, middle, low]);
            }
        }
    }
    key.push(0);
    key.extend(elements.iter().map(|e| e.secondary));
    // The plain weight is the lowest, so plain letters at the end can go.
    key.truncate(key.iter().rposition(|&byte| byte != PLAIN).map_or(0, |last| last + 1));
    key.push(0);
    key.extend(elements.iter().map(|e| e.tertiary));
    SortKey(key.into_boxed_slice())
}

/// Level by level: letters, then accents, then case.
pub(super) fn by_elements(a: &[Element], b: &[Element]) -> Ordering {
    let a_primaries = a.iter().map(|e| e.primary).filter(|&p| p > 0);
    let b_primaries = b.iter().map(|e| e.primary).filter(|&p| p > 0);
    a_primaries
        .cmp(b_primaries)
        .then_with(|| a.iter().map(|e| e.secondary).cmp(b.iter().map(|e| e.secondary)))
        .then_with(|| a.iter().map(|e| e.tertiary).cmp(b.iter().map(|e| e.tertiary)))
}

/// The collation elements of a text, in order.
pub(super) fn elements(text: &str) -> Vec<Element> {
    let mut chars: Vec<char> = text.nfd().collect();
    let mut out = Vec::with_capacity(chars.len() + 2);
    let mut rest = chars.as_mut_slice();
    while let Some((&mut lead, tail)) = rest.split_first_mut() {
        rest = tail;
        match take_second(lead, rest) {
            Some((elements, at)) => {
                out.extend_from_slice(elements);
                // The accents that were passed over move up one place, and stay.
                if let Some(passed) = rest.get_mut(..=at) {
                    passed.rotate_right(1);
                }
                rest = rest.split_first_mut().map_or(&mut [], |(_, tail)| tail);
            }
            None => table::push_elements(lead, &mut out),
        }
    }
    out
}

/// What `lead` becomes together with a later character, and where that one stands: the next one, or an accent with
/// only accents of lower combining classes between (they are sorted by class).
fn take_second(lead: char, rest: &[char]) -> Option<(&'static [Element], usize)> {
    if !table::leads_pair(lead) {
        return None;
    }
    let mut class_before = 0;
    for (at, &second) in rest.iter().enumerate() {
        let class = canonical_combining_class(second);
        if at > 0 && class == 0 {
            return None;
        }
        if (at == 0 || class != class_before)
            && let Some(elements) = table::pair(lead, second)
        {
            return Some((elements, at));
        }
        if class == 0 {
            return None;
        }
        class_before = class;
    }
    None
}
