//! [`Json`]: a small JSON tree in which ids are told apart from texts, objects keep their order and no key comes twice.
//! Reading is by [`At`], which knows where it is, so that every complaint can point at its place (RFC 6901).

use std::fmt::{self, Write as _};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use thiserror::Error;
use uuid::Uuid;

/// A JSON value.
///
/// ```
/// use mo_core::journal::Json;
///
/// let json = Json::parse(r#"{"kind": "unit", "count": 3}"#)?;
/// assert_eq!(json.get("count"), Some(&Json::Number(3)));
/// assert_eq!(json.to_string(), r#"{"kind":"unit","count":3}"#); // keys stay in their order
/// # Ok::<(), mo_core::journal::JsonError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number from 0 on.
    Number(u64),
    /// Any other number: a share, for example.
    OtherNumber(f64),
    /// A string.
    Text(String),
    /// An id, written as a string.
    Id(Uuid),
    /// A field and the id that is its key, written `field.id`.
    Path(&'static str, Uuid),
    /// An array.
    List(Vec<Json>),
    /// An object, its keys in order of appearance.
    Object(Vec<(JsonKey, Json)>),
}

/// A key of a JSON object.
///
/// ```
/// use mo_core::journal::{Json, JsonKey};
/// let json = Json::object([("name", Json::Text("Skole".to_owned()))]);
/// let Json::Object(entries) = &json else { panic!("it is an object") };
/// assert_eq!(entries[0].0, JsonKey::Word("name"));
/// assert_eq!(entries[0].0.text(), "name");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum JsonKey {
    /// A fixed word of a form.
    Word(&'static str),
    /// Free text.
    Text(String),
    /// An id.
    Id(Uuid),
    /// A field and the id that is its key, written `field.id`.
    Path(&'static str, Uuid),
}

impl From<&'static str> for JsonKey {
    fn from(word: &'static str) -> Self {
        JsonKey::Word(word)
    }
}

impl JsonKey {
    /// The key as text.
    pub fn text(&self) -> String {
        match self {
            JsonKey::Word(word) => (*word).to_owned(),
            JsonKey::Text(text) => text.clone(),
            JsonKey::Id(id) => id.to_string(),
            JsonKey::Path(field, id) => format!("{field}.{id}"),
        }
    }

    fn is(&self, text: &str) -> bool {
        match self {
            JsonKey::Word(word) => *word == text,
            JsonKey::Text(own) => own == text,
            JsonKey::Id(_) | JsonKey::Path(..) => self.text() == text,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_owned())
    }
}

impl From<Uuid> for Json {
    fn from(id: Uuid) -> Json {
        Json::Id(id)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Json {
        Json::Number(value.into())
    }
}

impl Json {
    /// Reads one JSON document.
    ///
    /// # Errors
    /// Where the text is not JSON, nests deeper than 128 levels, or repeats a key in an object; with line and column.
    pub fn parse(text: &str) -> Result<Json, JsonError> {
        serde_json::from_str(text).map_err(|e| JsonError {
            pointer: String::new(),
            rule: format!("not JSON: {}", crate::quote(&e.to_string())),
        })
    }

    /// An object with these entries.
    pub fn object<K: Into<JsonKey>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
        Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Adds an entry, when this is an object.
    pub fn push(&mut self, key: impl Into<JsonKey>, value: Json) {
        if let Json::Object(entries) = self {
            entries.push((key.into(), value));
        }
    }

    /// The value under a key, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(entries) => entries.iter().find(|(k, _)| k.is(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Writes it compactly, non-ASCII as it is; `name` may give an id another name.
    pub fn write(&self, out: &mut String, name: &dyn Fn(Uuid) -> Option<String>) {
        match self {
            Json::Null => out.push_str("null"),
            Json::OtherNumber(number) => {
                let _ = write!(out, "{number}");
            }
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Json::Text(text) => write_text(out, text),
            Json::Id(id) => write_id(out, *id, name),
            Json::Path(field, id) => write_path(out, field, *id, name),
            Json::List(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    item.write(out, name);
                }
                out.push(']');
            }
            Json::Object(entries) => {
                out.push('{');
                for (n, (key, value)) in entries.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    match key {
                        JsonKey::Word(word) => write_text(out, word),
                        JsonKey::Text(text) => write_text(out, text),
                        JsonKey::Id(id) => write_id(out, *id, name),
                        JsonKey::Path(field, id) => write_path(out, field, *id, name),
                    }
                    out.push(':');
                    value.write(out, name);
                }
                out.push('}');
            }
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, &|_| None);
        f.write_str(&out)
    }
}

fn write_id(out: &mut String, id: Uuid, name: &dyn Fn(Uuid) -> Option<String>) {
    match name(id) {
        Some(name) => write_text(out, &name),
        None => {
            let _ = write!(out, "\"{id}\"");
        }
    }
}

fn write_path(out: &mut String, field: &str, id: Uuid, name: &dyn Fn(Uuid) -> Option<String>) {
    let id = name(id).unwrap_or_else(|| id.to_string());
    write_text(out, &format!("{field}.{id}"));
}

pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        struct Tree;

        impl<'de> Visitor<'de> for Tree {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(value))
            }
            #[allow(clippy::cast_precision_loss)] // no form has a negative number; it is only told apart
            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::OtherNumber(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::OtherNumber(value))
            }
            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Json, E> {
                Ok(Json::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Json::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut entries: Vec<(JsonKey, Json)> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                while let Some((key, value)) = map.next_entry::<String, Json>()? {
                    // A scan is quicker than a set while an object is small, as nearly all are.
                    let repeated = if entries.len() < 16 {
                        entries.iter().any(|(k, _)| k.is(&key))
                    } else {
                        if seen.is_empty() {
                            seen.extend(entries.iter().map(|(k, _)| k.text()));
                        }
                        !seen.insert(key.clone())
                    };
                    if repeated {
                        return Err(de::Error::custom(format!(
                            "the key {:?} comes twice",
                            crate::quote(&key)
                        )));
                    }
                    entries.push((JsonKey::Text(key), value));
                }
                Ok(Json::Object(entries))
            }
        }

        deserializer.deserialize_any(Tree)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Number(number) => serializer.serialize_u64(*number),
            Json::OtherNumber(number) => serializer.serialize_f64(*number),
            Json::Text(text) => serializer.serialize_str(text),
            Json::Id(id) => serializer.collect_str(id),
            Json::Path(field, id) => serializer.collect_str(&format_args!("{field}.{id}")),
            Json::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Json::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(&key.text(), value)?;
                }
                map.end()
            }
        }
    }
}

/// What is wrong with a JSON form, and where.
///
/// ```
/// use mo_core::journal::{Json, Registration};
/// let error = Registration::from_json(&Json::parse(r#"{"revision": "one"}"#)?).unwrap_err();
/// println!("{error}"); // the place as a JSON pointer, and the rule
/// assert!(!error.rule.is_empty());
/// # Ok::<(), mo_core::journal::JsonError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {rule}", if pointer.is_empty() { "the document" } else { pointer })]
#[non_exhaustive]
pub struct JsonError {
    /// The place, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// Which rule it breaks, and how to mend it.
    pub rule: String,
}

/// A value of a document and the way to it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) json: &'a Json,
    up: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Top,
    Key(&'a JsonKey),
    Index(usize),
}

impl<'a> At<'a> {
    pub(crate) fn top(json: &'a Json) -> At<'a> {
        At { json, up: None, step: Step::Top }
    }

    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.up.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Top => {}
            Step::Key(key) => {
                pointer.push('/');
                pointer.push_str(&crate::quote(&key.text()).replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(n) => {
                let _ = write!(pointer, "/{n}");
            }
        }
        pointer
    }

    pub(crate) fn error(&self, rule: impl Into<String>) -> JsonError {
        JsonError { pointer: self.pointer(), rule: rule.into() }
    }

    pub(crate) fn entries(&'a self) -> Result<impl Iterator<Item = (&'a JsonKey, At<'a>)>, JsonError> {
        match self.json {
            Json::Object(entries) => Ok(entries
                .iter()
                .map(move |(key, json)| (key, At { json, up: Some(self), step: Step::Key(key) }))),
            _ => Err(self.error("must be an object")),
        }
    }

    pub(crate) fn items(&'a self) -> Result<impl ExactSizeIterator<Item = At<'a>>, JsonError> {
        match self.json {
            Json::List(items) => Ok(items.iter().enumerate().map(move |(n, json)| At {
                json,
                up: Some(self),
                step: Step::Index(n),
            })),
            _ => Err(self.error("must be an array")),
        }
    }

    pub(crate) fn optional(&'a self, key: &str) -> Option<At<'a>> {
        let Json::Object(entries) = self.json else { return None };
        let (key, json) = entries.iter().find(|(k, _)| k.is(key))?;
        Some(At { json, up: Some(self), step: Step::Key(key) })
    }

    pub(crate) fn required(&'a self, key: &str) -> Result<At<'a>, JsonError> {
        let _ = self.entries()?;
        self.optional(key).ok_or_else(|| self.error(format!("needs the key \"{key}\"")))
    }

    /// Checks that this is an object with no other keys than these.
    pub(crate) fn only(&self, keys: &[&str]) -> Result<(), JsonError> {
        for (key, at) in self.entries()? {
            if !keys.iter().any(|known| key.is(known)) {
                return Err(at.error(format!("unknown key; known here: {}", keys.join(", "))));
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self) -> Result<&'a str, JsonError> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.error("must be a string")),
        }
    }

    pub(crate) fn number(&self) -> Result<u32, JsonError> {
        match self.json {
            Json::Number(number) => {
                u32::try_from(*number).map_err(|_| self.error("must be a whole number below 4,294,967,296"))
            }
            _ => Err(self.error("must be a whole number from 0 on")),
        }
    }

    pub(crate) fn bool(&self) -> Result<bool, JsonError> {
        match self.json {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.error("must be true or false")),
        }
    }

    /// The value parsed by a type's own rules, which word the complaint.
    pub(crate) fn parse<T: std::str::FromStr<Err: fmt::Display>>(&self) -> Result<T, JsonError> {
        self.text()?.parse().map_err(|e: T::Err| self.error(e.to_string()))
    }
}
