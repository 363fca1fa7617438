//! [`Sink`]: where a JSON form is written, as text or as a tree, so that each form is described once.

use std::fmt::Write as _;

use uuid::Uuid;

use super::json::{Json, JsonKey, write_text};

/// Takes the parts of a JSON document in order.
pub(crate) trait Sink {
    fn null(&mut self);
    fn bool(&mut self, value: bool);
    fn number(&mut self, value: u32);
    fn text(&mut self, text: &str);
    /// Text that is known to need no escapes: days, instants, words.
    fn plain(&mut self, text: std::fmt::Arguments<'_>);
    fn id(&mut self, id: Uuid);
    fn key(&mut self, key: KeyRef<'_>);
    fn begin_object(&mut self);
    fn end_object(&mut self);
    fn begin_list(&mut self);
    fn end_list(&mut self);
}

/// A key of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyRef<'a> {
    Word(&'static str),
    Text(&'a str),
    Id(Uuid),
}

/// Writes compact JSON text.
#[derive(Debug, Default)]
pub(crate) struct TextSink {
    out: String,
    /// Whether the next part follows another in its object or list.
    follows: bool,
}

impl TextSink {
    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn part(&mut self) {
        if self.follows {
            self.out.push(',');
        }
        self.follows = true;
    }

    fn push_id(&mut self, id: Uuid) {
        let mut buffer = Uuid::encode_buffer();
        self.out.push('"');
        self.out.push_str(id.hyphenated().encode_lower(&mut buffer));
        self.out.push('"');
    }
}

impl Sink for TextSink {
    fn null(&mut self) {
        self.part();
        self.out.push_str("null");
    }

    fn bool(&mut self, value: bool) {
        self.part();
        self.out.push_str(if value { "true" } else { "false" });
    }

    fn number(&mut self, value: u32) {
        self.part();
        let _ = write!(self.out, "{value}");
    }

    fn text(&mut self, text: &str) {
        self.part();
        write_text(&mut self.out, text);
    }

    fn plain(&mut self, text: std::fmt::Arguments<'_>) {
        self.part();
        self.out.push('"');
        let _ = self.out.write_fmt(text);
        self.out.push('"');
    }

    fn id(&mut self, id: Uuid) {
        self.part();
        self.push_id(id);
    }

    fn key(&mut self, key: KeyRef<'_>) {
        self.part();
        match key {
            KeyRef::Word(word) => {
                self.out.push('"');
                self.out.push_str(word);
                self.out.push('"');
            }
            KeyRef::Text(text) => write_text(&mut self.out, text),
            KeyRef::Id(id) => self.push_id(id),
        }
        self.out.push(':');
        self.follows = false;
    }

    fn begin_object(&mut self) {
        self.part();
        self.out.push('{');
        self.follows = false;
    }

    fn end_object(&mut self) {
        self.out.push('}');
        self.follows = true;
    }

    fn begin_list(&mut self) {
        self.part();
        self.out.push('[');
        self.follows = false;
    }

    fn end_list(&mut self) {
        self.out.push(']');
        self.follows = true;
    }
}

/// Builds a [`Json`] tree.
#[derive(Debug, Default)]
pub(crate) struct TreeSink {
    /// The objects and lists that are open, outermost first, with the key each waits for.
    open: Vec<(Option<JsonKey>, Json)>,
    key: Option<JsonKey>,
    done: Option<Json>,
}

impl TreeSink {
    /// The document; null when nothing was written.
    pub(crate) fn finish(self) -> Json {
        self.done.unwrap_or(Json::Null)
    }

    fn put(&mut self, value: Json) {
        match (self.open.last_mut(), self.key.take()) {
            (Some((_, Json::Object(entries))), Some(key)) => entries.push((key, value)),
            (Some((_, Json::List(items))), _) => items.push(value),
            _ => self.done = Some(value),
        }
    }

    fn begin(&mut self, empty: Json) {
        let key = self.key.take();
        self.open.push((key, empty));
    }

    fn end(&mut self) {
        if let Some((key, value)) = self.open.pop() {
            self.key = key;
            self.put(value);
        }
    }
}

impl Sink for TreeSink {
    fn null(&mut self) {
        self.put(Json::Null);
    }

    fn bool(&mut self, value: bool) {
        self.put(Json::Bool(value));
    }

    fn number(&mut self, value: u32) {
        self.put(value.into());
    }

    fn text(&mut self, text: &str) {
        self.put(Json::Text(text.to_owned()));
    }

    fn plain(&mut self, text: std::fmt::Arguments<'_>) {
        self.put(Json::Text(text.to_string()));
    }

    fn id(&mut self, id: Uuid) {
        self.put(Json::Id(id));
    }

    fn key(&mut self, key: KeyRef<'_>) {
        self.key = Some(match key {
            KeyRef::Word(word) => JsonKey::Word(word),
            KeyRef::Text(text) => JsonKey::Text(text.to_owned()),
            KeyRef::Id(id) => JsonKey::Id(id),
        });
    }

    fn begin_object(&mut self) {
        self.begin(Json::Object(Vec::new()));
    }

    fn end_object(&mut self) {
        self.end();
    }

    fn begin_list(&mut self) {
        self.begin(Json::List(Vec::new()));
    }

    fn end_list(&mut self) {
        self.end();
    }
}
