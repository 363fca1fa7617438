//! The quick way of comparing: a common beginning is passed over, and most names are then told apart by a letter among
//! A–Z, Æ, Ø, Å and a few more, so nothing is allocated. What that cannot decide is left to `order`.

use std::cmp::Ordering;

use super::table;

/// The two texts from a place on before which they are the same, and which parts no letter: comparing these parts is
/// comparing the texts.
pub(super) fn without_common_start<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y);
    // Any ASCII character begins anew what compares as one, except the second a of aa.
    let start =
        same.enumerate().filter(|(_, (byte, _))| byte.is_ascii() && !matches!(byte, b'a' | b'A')).last();
    let at = start.map_or(0, |(at, _)| at);
    (a.get(at..).unwrap_or(a), b.get(at..).unwrap_or(b))
}

/// What comes next in the UTF-8 bytes of a text.
enum Step<'a> {
    /// A character with this primary weight, and what follows it.
    Letter(u8, &'a [u8]),
    /// The end of the text.
    End,
    /// A character, or a neighbourhood, that needs the full rules.
    Unsure,
}

/// The order by primary weights, if they differ before a rare character is met.
pub(super) fn compare(mut a: &[u8], mut b: &[u8]) -> Option<Ordering> {
    loop {
        match (step(a), step(b)) {
            (Step::Letter(x, after_a), Step::Letter(y, after_b)) => {
                if x != y {
                    return Some(x.cmp(&y));
                }
                (a, b) = (after_a, after_b);
            }
            (Step::End, Step::Letter(..)) => return Some(Ordering::Less),
            (Step::Letter(..), Step::End) => return Some(Ordering::Greater),
            (Step::End, Step::End) | (Step::Unsure, _) | (_, Step::Unsure) => return None,
        }
    }
}

fn step(bytes: &[u8]) -> Step<'_> {
    let (weight, rest) = match bytes {
        [] => return Step::End,
        [b'a', b'a', rest @ ..] | [b'A', b'A' | b'a', rest @ ..] => (table::quick_weight('å'), rest),
        // These may belong together: a and the a of å, l and the middle dot.
        [b'a' | b'A', 0x80..=0xff, ..] | [b'l' | b'L', 0xc2, ..] => return Step::Unsure,
        [byte @ ..0x80, rest @ ..] => (table::quick_weight(char::from(*byte)), rest),
        [0xc3, byte, rest @ ..] => (table::quick_weight(char::from(byte | 0x40)), rest),
        _ => return Step::Unsure,
    };
    match (weight, rest) {
        // From U+0300 on the next may be an accent that makes another letter of this one.
        (0, _) | (_, [0xcc..=0xff, ..]) => Step::Unsure,
        _ => Step::Letter(weight, rest),
    }
}
