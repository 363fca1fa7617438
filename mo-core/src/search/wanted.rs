//! [`Wanted`]: a query in the forms it is compared in, and how well a state fits it.

use uuid::Uuid;

use super::Rank;
use crate::danish;
use crate::model::Kind;
use crate::state::cells::State;
use crate::state::searched::{self, Part};
use crate::state::tables::Tables;

/// How many characters of an id are enough to mean it.
const ID_PREFIX: usize = 8;

/// A query, taken apart.
pub(super) struct Wanted {
    /// Its words, folded; at least one.
    pub(super) words: Vec<String>,
    /// The words as a name is compared.
    pub(super) joined: String,
    /// All of it, as a key is compared.
    pub(super) whole: String,
    /// All of it, as a number is compared.
    pub(super) digits: Option<String>,
    /// The first and the last id that begin so.
    pub(super) ids: Option<(Uuid, Uuid)>,
}

impl Wanted {
    /// `None` for a text without a word.
    pub(super) fn new(text: &str) -> Option<Wanted> {
        let words: Vec<String> = danish::words(text).collect();
        let joined = words.join(" ");
        (!words.is_empty()).then(|| Wanted {
            words,
            joined,
            whole: searched::whole(text),
            digits: searched::digits(text),
            ids: ids_beginning(text.trim()),
        })
    }

    pub(super) fn rank(&self, tables: &Tables, kind: Kind, id: Uuid, state: &State) -> Option<Rank> {
        let ids = self.ids.filter(|(from, to)| (*from..=*to).contains(&id));
        if ids.is_some_and(|(from, to)| from == to) {
            return Some(Rank::Exact);
        }
        // What the words are looked for in.
        let mut folded: Vec<String> = Vec::with_capacity(4);
        for (part, number) in searched::texts(kind, state) {
            let Some(text) = tables.text(number) else { continue };
            let digits = || searched::digits(text);
            match part {
                Part::Name => folded.push(danish::fold(text)),
                Part::Key => {
                    let key = searched::whole(text);
                    if key == self.whole {
                        return Some(Rank::Exact);
                    }
                    folded.push(key);
                }
                Part::Number => {
                    let (value, digits) = (searched::whole(text), digits());
                    if value == self.whole || (digits.is_some() && digits == self.digits) {
                        return Some(Rank::Exact);
                    }
                    folded.push(value);
                    folded.extend(digits);
                }
                Part::Secret if self.digits.is_some() && digits() == self.digits => return Some(Rank::Exact),
                Part::Secret => {}
            }
        }
        let all_contained =
            self.words.iter().all(|word| folded.iter().any(|text| text.contains(word.as_str())));
        if !all_contained {
            return ids.map(|_| Rank::WordBegins);
        }
        let mut name_begins = false;
        for name in searched::names(tables, kind, state) {
            if name == self.joined {
                return Some(Rank::Name);
            }
            name_begins |= name.starts_with(&self.joined);
        }
        if name_begins {
            return Some(Rank::NameBegins);
        }
        let all_begin = self.words.iter().all(|word| folded.iter().any(|text| begins_a_word(text, word)));
        Some(if all_begin || ids.is_some() { Rank::WordBegins } else { Rank::Contains })
    }
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|c| !c.is_alphanumeric())
    })
}

/// The range of ids that begin with a text of eight hexadecimal characters or more, hyphens where they belong or nowhere.
fn ids_beginning(text: &str) -> Option<(Uuid, Uuid)> {
    let hyphens_fit = !text.contains('-')
        || text.char_indices().all(|(at, c)| (c == '-') == matches!(at, 8 | 13 | 18 | 23));
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hyphens_fit || !is_hex || !(ID_PREFIX..=32).contains(&digits.len()) {
        return None;
    }
    let filled = |with: char| {
        let rest: String = std::iter::repeat_n(with, 32 - digits.len()).collect();
        u128::from_str_radix(&format!("{digits}{rest}"), 16).ok().map(Uuid::from_u128)
    };
    Some((filled('0')?, filled('f')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_counts_from_eight_characters() {
        let id: Uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301".parse().unwrap();
        for text in [
            "3f2504e0",
            "3F2504E0",
            "3f2504e0-4f8",
            "3f2504e04f89",
            &id.to_string(),
            &id.simple().to_string(),
        ] {
            let (from, to) = ids_beginning(text).unwrap();
            assert!((from..=to).contains(&id), "{text}");
        }
        let whole = ids_beginning(&id.to_string()).unwrap();
        assert_eq!(whole, (id, id));
        for text in ["3f2504e", "3f25-04e0", "skolerne", "3f2504e0-4f89-41d3-9a0c-0305e82c33011"] {
            assert_eq!(ids_beginning(text), None, "{text}");
        }
    }
}
