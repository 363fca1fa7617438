//! The JSON Schema (draft 2020-12) of the forms, made from the declarations of the kinds, so that it cannot differ from
//! them. The committed files in `docs/schema` are this; a test keeps them equal.

use super::json::{Json, JsonKey};
use crate::model::{FieldSpec, KeyType, Kind, Shape, ValueType};

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/// How ids look and how complete states are in one document.
pub(crate) struct Dialect {
    /// Whether `@name` stands for an id.
    pub(crate) names: bool,
    /// Whether states must have their mandatory fields; a scenario may leave them out to see the refusal.
    pub(crate) complete: bool,
}

/// The schema of a journal entry: one registration, version 1.
pub fn schema() -> Json {
    let dialect = Dialect { names: false, complete: true };
    let changes = Kind::ALL.into_iter().map(|kind| {
        let effect = object(
            [
                ("valid", reference("period")),
                ("state", any_of([of_type("null"), reference(&state_name(kind))])),
            ],
            &["valid", "state"],
        );
        object(
            [("kind", constant(kind.name())), ("id", reference("id")), ("effects", list(effect))],
            &["kind", "id", "effects"],
        )
    });
    let succession = object(
        [("from", reference("id")), ("to", reference("id")), ("day", reference("day"))],
        &["from", "to", "day"],
    );
    let registration = object(
        [
            ("v", Json::object([("const", Json::Number(1))])),
            ("revision", Json::object([("type", "integer".into()), ("minimum", Json::Number(1))])),
            ("registered_at", reference("instant")),
            ("id", reference("id")),
            ("actor", string()),
            ("note", string()),
            ("cause", string()),
            ("compensates", Json::object([("type", "integer".into()), ("minimum", Json::Number(1))])),
            ("succession", list(succession)),
            ("changes", list(Json::object([("oneOf", Json::List(changes.collect()))]))),
        ],
        &["v", "revision", "registered_at", "id", "actor", "changes"],
    );
    document("mo journal entry, version 1", registration, definitions(&dialect))
}

/// A schema document.
pub(crate) fn document(title: &str, root: Json, definitions: Vec<(String, Json)>) -> Json {
    let mut schema = Json::object([
        ("$schema", "https://json-schema.org/draft/2020-12/schema".into()),
        ("title", Json::from(title)),
    ]);
    if let Json::Object(entries) = root {
        for (key, value) in entries {
            schema.push(key, value);
        }
    }
    let definitions = definitions.into_iter().map(|(name, value)| (JsonKey::Text(name), value)).collect();
    schema.push("$defs", Json::Object(definitions));
    schema
}

/// The definitions that every document shares.
pub(crate) fn definitions(dialect: &Dialect) -> Vec<(String, Json)> {
    let id = if dialect.names { format!("^({UUID}|@[a-z0-9_]+)$") } else { format!("^{UUID}$") };
    let nullable_day = || any_of([of_type("null"), reference("day")]);
    let mut definitions = vec![
        ("day".to_owned(), pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
        (
            "instant".to_owned(),
            pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{6})?Z$"),
        ),
        ("id".to_owned(), pattern(&id)),
        (
            "period".to_owned(),
            object([("from", nullable_day()), ("until", nullable_day())], &["from", "until"]),
        ),
    ];
    definitions.extend(Kind::ALL.into_iter().map(|kind| (state_name(kind), state(kind, dialect))));
    definitions
}

/// The name of the definition of a kind's state.
pub(crate) fn state_name(kind: Kind) -> String {
    format!("{}_state", kind.name())
}

fn state(kind: Kind, dialect: &Dialect) -> Json {
    let spec = kind.spec();
    let properties =
        spec.fields.iter().map(|field| (field.name, described(field, field_value(field, dialect))));
    let required: Vec<&str> = if dialect.complete {
        spec.fields.iter().filter(|field| field.mandatory).map(|field| field.name).collect()
    } else {
        Vec::new()
    };
    let mut schema = object(properties, &required);
    schema.push("description", Json::Text(tidy(spec.doc)));
    if let (true, Some((one, other))) = (dialect.complete, spec.exactly_one) {
        let name = |field: u8| spec.fields.get(usize::from(field)).map_or("", |field| field.name);
        let needs = |field| Json::object([("required", Json::List(vec![name(field).into()]))]);
        schema.push("oneOf", Json::List(vec![needs(one), needs(other)]));
    }
    schema
}

fn described(field: &FieldSpec, mut schema: Json) -> Json {
    schema.push("description", Json::Text(tidy(field.doc)));
    schema
}

/// The doc comment of a declaration as one line.
fn tidy(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a field holds in a state.
fn field_value(field: &FieldSpec, dialect: &Dialect) -> Json {
    match field.shape {
        Shape::One => value(field, dialect.complete),
        Shape::Set => {
            let mut set = list(value(field, dialect.complete));
            set.push("uniqueItems", Json::Bool(true));
            if field.mandatory && dialect.complete {
                set.push("minItems", Json::Number(1));
            }
            set
        }
        Shape::Map(key) => Json::object([
            ("type", "object".into()),
            ("propertyNames", map_key(key)),
            ("additionalProperties", value(field, dialect.complete)),
        ]),
    }
}

/// The keys of a map.
pub(crate) fn map_key(key: KeyType) -> Json {
    match key {
        KeyType::Text => Json::object([("minLength", Json::Number(1))]),
        KeyType::Ref(_) => reference("id"),
        KeyType::Choice(words) => choice(words),
    }
}

/// One value: a single field, a member, or the value of a map entry.
///
/// A mandatory text is not empty and a number within its limit only where states are `complete`: a scenario may say
/// otherwise, to see the refusal.
pub(crate) fn value(field: &FieldSpec, complete: bool) -> Json {
    match field.value {
        ValueType::Text if field.mandatory && complete => {
            Json::object([("type", "string".into()), ("minLength", Json::Number(1))])
        }
        ValueType::Text => string(),
        ValueType::Cpr => pattern("^[0-9]{10}$"),
        ValueType::Day => reference("day"),
        ValueType::Number(limit) => {
            let mut number = Json::object([("type", "integer".into()), ("minimum", Json::Number(0))]);
            if complete {
                number.push("maximum", Json::Number(limit.into()));
            }
            number
        }
        ValueType::Flag => of_type("boolean"),
        ValueType::Choice(words) => choice(words),
        ValueType::Ref(_) => reference("id"),
        ValueType::Placement => any_of([constant("root"), reference("id")]),
    }
}

/// An object with these properties and no others.
pub(crate) fn object(properties: impl IntoIterator<Item = (&'static str, Json)>, required: &[&str]) -> Json {
    let mut schema = Json::object([("type", "object".into()), ("properties", Json::object(properties))]);
    if !required.is_empty() {
        schema.push("required", Json::List(required.iter().map(|key| Json::from(*key)).collect()));
    }
    schema.push("additionalProperties", Json::Bool(false));
    schema
}

/// A list of such items.
pub(crate) fn list(items: Json) -> Json {
    Json::object([("type", "array".into()), ("items", items)])
}

/// One of these schemas.
pub(crate) fn any_of(schemas: impl IntoIterator<Item = Json>) -> Json {
    Json::object([("anyOf", Json::List(schemas.into_iter().collect()))])
}

/// A definition of the same document.
pub(crate) fn reference(name: &str) -> Json {
    Json::object([("$ref", Json::Text(format!("#/$defs/{name}")))])
}

/// Exactly this text.
pub(crate) fn constant(text: &str) -> Json {
    Json::object([("const", Json::from(text))])
}

/// One of these words.
pub(crate) fn choice(words: &[&str]) -> Json {
    Json::object([("enum", Json::List(words.iter().map(|word| Json::from(*word)).collect()))])
}

/// Any text.
pub(crate) fn string() -> Json {
    of_type("string")
}

/// Any value of this JSON type.
pub(crate) fn of_type(name: &str) -> Json {
    Json::object([("type", Json::from(name))])
}

fn pattern(pattern: &str) -> Json {
    Json::object([("type", "string".into()), ("pattern", Json::from(pattern))])
}
