//! What search reads of a state: which fields hold names, keys, numbers and contact points, and the forms in which two of
//! them are equal. Finding and ranking is done elsewhere.

use std::sync::OnceLock;

use uuid::Uuid;

use super::cells::State;
use super::tables::Tables;
use crate::danish;
use crate::model::value::Text;
use crate::model::{Kind, ValueType};

/// What a field is to someone who searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A name, or a part of one.
    Name,
    /// What users or systems call it.
    Key,
    /// A number that an authority gave, or a contact point: e-mail, phone, place. Digits are equal however they are grouped.
    Number,
    /// A CPR number: found by the whole number only, so that nobody tries out its digits.
    Secret,
}

/// The searched fields of a kind.
fn parts(kind: Kind) -> &'static [(u8, Part)] {
    static PARTS: OnceLock<Vec<Vec<(u8, Part)>>> = OnceLock::new();
    let all = PARTS.get_or_init(|| Kind::ALL.into_iter().map(declared).collect());
    all.get(kind as usize).map_or(&[], Vec::as_slice)
}

fn declared(kind: Kind) -> Vec<(u8, Part)> {
    let part = |name: &str, value: ValueType| match name {
        _ if value == ValueType::Cpr => Some(Part::Secret),
        "name" | "given_name" | "surname" | "nickname_given_name" | "nickname_surname" => Some(Part::Name),
        "user_key" | "external_ids" | "external_id" => Some(Part::Key),
        "cvr" | "municipality_code" | "value" | "value2" => Some(Part::Number),
        _ => None,
    };
    let fields = (0u8..).zip(kind.spec().fields);
    fields.filter_map(|(index, field)| Some((index, part(field.name, field.value)?))).collect()
}

/// The searched texts of a state, by their numbers in the tables.
pub(crate) fn texts(kind: Kind, state: &State) -> impl Iterator<Item = (Part, u32)> + '_ {
    let parts = parts(kind).iter();
    parts.flat_map(|(field, part)| state.field(*field).map(|cell| (*part, cell.value)))
}

/// Whether objects of this kind are called something.
pub(crate) fn has_name(kind: Kind) -> bool {
    parts(kind).iter().any(|(_, part)| *part == Part::Name)
}

/// What an object is called, in the form in which names are compared: its name, and for a person who goes by another
/// name that one too.
pub(crate) fn names(tables: &Tables, kind: Kind, state: &State) -> impl Iterator<Item = String> {
    let text = |name| kind.spec().field(name).and_then(|(field, _)| tables.text_of(state, field));
    let nickname = (kind == Kind::Person)
        .then(|| match (text("nickname_given_name"), text("nickname_surname")) {
            (None, None) => None,
            (given, surname) => {
                let given = given.or_else(|| text("given_name")).map_or("", Text::as_str);
                let surname = surname.or_else(|| text("surname")).map_or("", Text::as_str);
                Some(format!("{given} {surname}"))
            }
        })
        .flatten();
    tables.title(kind, state).into_iter().chain(nickname).map(|name| joined(&name))
}

/// The words of a text with one space between them.
pub(crate) fn joined(text: &str) -> String {
    danish::words(text).collect::<Vec<_>>().join(" ")
}

/// The form in which a whole key, number or contact point is compared.
pub(crate) fn whole(text: &str) -> String {
    danish::fold(text.trim())
}

/// The digits of a number that people group as they like, without the Danish country code: `+45 12 34 56 78` and
/// `12345678` are equal, `010150-1234` and `0101501234` too. `None` for whatever is no number of six digits or more.
pub(crate) fn digits(text: &str) -> Option<String> {
    let text = text.trim();
    let abroad = text.starts_with('+') || text.starts_with("00");
    let text = text.strip_prefix('+').unwrap_or(text);
    let mut digits = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' => {}
            _ => return None,
        }
    }
    let national = digits.strip_prefix("00").unwrap_or(&digits).strip_prefix("45");
    if let Some(national) = national.filter(|national| abroad && national.len() == 8) {
        return Some(national.to_owned());
    }
    (digits.len() >= 6).then_some(digits)
}

/// The beginning of a name's place in the Danish order; objects without a name come after all others, by kind and id.
///
/// It never disagrees with the order of names: where two are equal, the names decide.
pub(crate) type NameKey = [u8; 16];

/// What no key of a name begins with: after 0xFF a name has a code point, and these end at 0x10FFFF.
const NAMELESS: [u8; 2] = [0xFF, 0xFF];

pub(crate) fn name_key(tables: &Tables, kind: Kind, id: Uuid, state: &State) -> NameKey {
    let mut key = NameKey::default();
    let name = tables.title(kind, state).map(|name| danish::sort_key(&name));
    match &name {
        Some(name) => fill(&mut key, name.as_bytes().iter().copied()),
        None => fill(&mut key, NAMELESS.into_iter().chain([kind as u8]).chain(*id.as_bytes())),
    }
    key
}

fn fill(key: &mut NameKey, bytes: impl Iterator<Item = u8>) {
    key.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
}

/// Whether it is the key of an object without a name; so are all that come after it.
pub(crate) fn is_nameless(key: NameKey) -> bool {
    key.starts_with(&NAMELESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_grouped() {
        for (written, number) in [
            ("+45 12 34 56 78", Some("12345678")),
            ("0045 12345678", Some("12345678")),
            ("12 34 56 78", Some("12345678")),
            ("010150-1234", Some("0101501234")),
            ("4512345678", Some("4512345678")),
            ("+46 8 123 456 78", Some("46812345678")),
            ("12-34", None),
            ("12345678a", None),
            ("ane@korsbaek.example", None),
        ] {
            assert_eq!(digits(written).as_deref(), number, "{written}");
        }
    }

    #[test]
    fn every_named_kind_has_a_name_to_search_and_no_other_has() {
        for kind in Kind::ALL {
            let named = kind == Kind::Person || kind.spec().field("name").is_some();
            assert_eq!(has_name(kind), named, "{kind}");
        }
    }
}
