//! The JSON forms of periods, references, states and patches, shared by journal, scenario files and exports.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::json::{At, Json, JsonError, JsonKey};
use super::sink::{KeyRef, Sink, TreeSink};
use crate::model::value::{Cpr, Text};
use crate::model::{
    FieldChange, FieldSource, FieldSpec, Fields, Key, KeyType, Kind, ObjectRef, Shape, Slot, Value, ValueType,
};
use crate::time::{Day, Period};

/// How ids are written in a document: as UUIDs in journals, also as `@name` in scenario files.
pub(crate) type ReadId<'a> = &'a dyn Fn(&str) -> Result<Uuid, String>;

/// Reads a lower-case, hyphenated UUID and nothing else, so that every id has one form.
pub(crate) fn plain_id(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text)
        .ok()
        .filter(|id| id.to_string() == text)
        .ok_or_else(|| format!("{:?} is not an id: write a lower-case UUID with hyphens", crate::quote(text)))
}

impl At<'_> {
    pub(crate) fn id(&self, read: ReadId) -> Result<Uuid, JsonError> {
        if let Json::Id(id) = self.json {
            return Ok(*id);
        }
        read(self.text()?).map_err(|rule| self.error(rule))
    }

    pub(crate) fn kind(&self) -> Result<Kind, JsonError> {
        let name = self.text()?;
        Kind::from_name(name).ok_or_else(|| {
            let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            self.error(format!(
                "{:?} is no kind of object; the kinds are {}",
                crate::quote(name),
                known.join(", ")
            ))
        })
    }

    pub(crate) fn day(&self) -> Result<Day, JsonError> {
        self.parse()
    }
}

pub(crate) fn period_from(at: &At) -> Result<Period, JsonError> {
    at.only(&["from", "until"])?;
    let end = |key| {
        let end = at.required(key)?;
        if *end.json == Json::Null { Ok(None) } else { end.day().map(Some) }
    };
    Period::new(end("from")?, end("until")?).map_err(|e| at.error(e.to_string()))
}

pub(crate) fn write_period(sink: &mut impl Sink, period: Period) {
    sink.begin_object();
    for (key, end) in [("from", period.from()), ("until", period.until())] {
        sink.key(KeyRef::Word(key));
        match end {
            Some(day) => sink.plain(format_args!("{day}")),
            None => sink.null(),
        }
    }
    sink.end_object();
}

pub(crate) fn period_json(period: Period) -> Json {
    let mut sink = TreeSink::default();
    write_period(&mut sink, period);
    sink.finish()
}

pub(crate) fn object_ref_from(at: &At, read: ReadId) -> Result<ObjectRef, JsonError> {
    Ok(ObjectRef { kind: at.required("kind")?.kind()?, id: at.required("id")?.id(read)? })
}

pub(crate) fn object_json(object: ObjectRef) -> Json {
    Json::object([("kind", object.kind.name().into()), ("id", Json::Id(object.id))])
}

/// Writes a state: its fields in the order of the declaration, members and entries by key.
pub(crate) fn write_fields(sink: &mut impl Sink, kind: Kind, source: &dyn FieldSource) {
    sink.begin_object();
    for (index, field) in (0u8..).zip(kind.spec().fields) {
        if field.shape == Shape::One {
            if let Some(value) = source.value(index) {
                sink.key(KeyRef::Word(field.name));
                write_value(sink, &value);
            }
            continue;
        }
        let mut entries: Vec<(Key, Value)> = Vec::new();
        source.each(index, &mut |key, value| entries.push((key, value)));
        if entries.is_empty() {
            continue;
        }
        entries.sort_unstable();
        sink.key(KeyRef::Word(field.name));
        if field.shape == Shape::Set {
            sink.begin_list();
            for (key, _) in &entries {
                match key {
                    Key::Id(id) => sink.id(*id),
                    Key::Text(text) => sink.text(text),
                    Key::Choice(word) => sink.plain(format_args!("{word}")),
                }
            }
            sink.end_list();
        } else {
            sink.begin_object();
            for (key, value) in &entries {
                sink.key(match key {
                    Key::Id(id) => KeyRef::Id(*id),
                    Key::Text(text) => KeyRef::Text(text),
                    Key::Choice(word) => KeyRef::Word(word),
                });
                write_value(sink, value);
            }
            sink.end_object();
        }
    }
    sink.end_object();
}

fn write_value(sink: &mut impl Sink, value: &Value) {
    match value {
        Value::Text(text) => sink.text(text),
        Value::Cpr(cpr) => sink.text(&cpr.reveal()),
        Value::Day(day) => sink.plain(format_args!("{day}")),
        Value::Number(number) => sink.number(*number),
        Value::True => sink.bool(true),
        Value::Choice(word) => sink.plain(format_args!("{word}")),
        Value::Id(id) => sink.id(*id),
        Value::Root => sink.plain(format_args!("root")),
    }
}

pub(crate) fn fields_json(kind: Kind, fields: &Fields) -> Json {
    let mut sink = TreeSink::default();
    write_fields(&mut sink, kind, fields);
    sink.finish()
}

pub(crate) fn value_json(value: &Value) -> Json {
    let mut sink = TreeSink::default();
    write_value(&mut sink, value);
    sink.finish()
}

/// A slot by name: `name`, or for a member or entry `field.key`.
pub(crate) fn slot_path(kind: Kind, slot: &Slot) -> JsonKey {
    let name = kind.spec().fields.get(usize::from(slot.field)).map_or("", |field| field.name);
    match &slot.key {
        None => JsonKey::Word(name),
        Some(Key::Id(id)) => JsonKey::Path(name, *id),
        Some(Key::Text(key)) => JsonKey::Text(format!("{name}.{key}")),
        Some(Key::Choice(key)) => JsonKey::Text(format!("{name}.{key}")),
    }
}

/// Reads a slot by name: `field`, or for one entry of a map or member of a set `field.key`.
pub(crate) fn slot_from(kind: Kind, at: &At, read: ReadId) -> Result<Slot, JsonError> {
    let text = at.text()?;
    let (name, key) = text.split_once('.').map_or((text, None), |(name, key)| (name, Some(key)));
    let (index, field) = field_named(kind, at, &JsonKey::Text(name.to_owned()))?;
    match (key, field.shape) {
        (None, _) => Ok(Slot::one(index)),
        (Some(key), Shape::Map(key_type)) => Ok(Slot::keyed(index, key_from(key_type, at, key, read)?)),
        (Some(key), Shape::Set) => Ok(Slot::keyed(index, key_from(member_type(field), at, key, read)?)),
        _ => Err(at.error(format!("{name} has one value, so it has no entries to name"))),
    }
}

fn field_named<'a>(kind: Kind, at: &At, name: &JsonKey) -> Result<(u8, &'a FieldSpec), JsonError> {
    kind.spec().field(&name.text()).ok_or_else(|| {
        let known: Vec<_> = kind.spec().fields.iter().map(|field| field.name).collect();
        at.error(format!("{kind} has no such field; it has {}", known.join(", ")))
    })
}

/// Reads a state; unknown fields and values of another type are errors, missing mandatory fields are not.
pub(crate) fn fields_from(kind: Kind, at: &At, read: ReadId) -> Result<Fields, JsonError> {
    let mut fields = Fields::new();
    for (name, at) in at.entries()? {
        let (index, field) = field_named(kind, &at, name)?;
        match field.shape {
            Shape::One => {
                if let Some(value) = value_from(field, &at, read)? {
                    fields.put(Slot::one(index), value);
                }
            }
            Shape::Set => {
                for member in members_from(field, &at, read)? {
                    fields.put(Slot::keyed(index, member), Value::True);
                }
            }
            Shape::Map(key_type) => {
                for (key, at) in at.entries()? {
                    let key = key_from(key_type, &at, &key.text(), read)?;
                    if let Some(value) = value_from(field, &at, read)? {
                        fields.put(Slot::keyed(index, key), value);
                    }
                }
            }
        }
    }
    Ok(fields)
}

/// The value of a single field or map entry; `None` for `false`, which is no value.
pub(crate) fn value_from(field: &FieldSpec, at: &At, read: ReadId) -> Result<Option<Value>, JsonError> {
    Ok(Some(match field.value {
        ValueType::Text => Value::Text(Text::from(at.text()?)),
        ValueType::Cpr => Value::Cpr(at.parse::<Cpr>()?),
        ValueType::Day => Value::Day(at.day()?),
        ValueType::Number(_) => Value::Number(at.number()?),
        ValueType::Flag if at.bool()? => Value::True,
        ValueType::Flag => return Ok(None),
        ValueType::Choice(words) => Value::Choice(word(words, at, at.text()?)?),
        ValueType::Placement if matches!(at.json, Json::Text(text) if text == "root") => Value::Root,
        ValueType::Ref(_) | ValueType::Placement => Value::Id(at.id(read)?),
    }))
}

/// What the members of a set are.
fn member_type(field: &FieldSpec) -> KeyType {
    match field.value {
        ValueType::Ref(kind) => KeyType::Ref(kind),
        ValueType::Choice(words) => KeyType::Choice(words),
        _ => KeyType::Text,
    }
}

pub(crate) fn members_from(field: &FieldSpec, at: &At, read: ReadId) -> Result<BTreeSet<Key>, JsonError> {
    let key_type = member_type(field);
    let mut members = BTreeSet::new();
    for item in at.items()? {
        let key = match (key_type, item.json) {
            (KeyType::Ref(_), Json::Id(id)) => Key::Id(*id),
            _ => key_from(key_type, &item, item.text()?, read)?,
        };
        if !members.insert(key) {
            return Err(item.error("stands twice in the set"));
        }
    }
    Ok(members)
}

fn key_from(key_type: KeyType, at: &At, text: &str, read: ReadId) -> Result<Key, JsonError> {
    Ok(match key_type {
        KeyType::Text if text.is_empty() => return Err(at.error("a key may not be empty")),
        KeyType::Text => Key::Text(Text::from(text)),
        KeyType::Ref(_) => Key::Id(read(text).map_err(|rule| at.error(rule))?),
        KeyType::Choice(words) => Key::Choice(word(words, at, text)?),
    })
}

fn word(words: &'static [&'static str], at: &At, text: &str) -> Result<&'static str, JsonError> {
    words
        .iter()
        .find(|word| **word == text)
        .copied()
        .ok_or_else(|| at.error(format!("{:?} is not one of {}", crate::quote(text), words.join(", "))))
}

/// Reads a patch: per field `{"set": …}`, `"clear"`, for sets also `{"add": […]}` and `{"remove": […]}`; for maps per key.
pub(crate) fn patch_from(kind: Kind, at: &At, read: ReadId) -> Result<Vec<FieldChange>, JsonError> {
    let mut changes = Vec::new();
    for (name, at) in at.entries()? {
        let (index, field) = field_named(kind, &at, name)?;
        match field.shape {
            Shape::One => changes.push(slot_change(field, Slot::one(index), &at, read)?),
            Shape::Map(key_type) => {
                for (key, at) in at.entries()? {
                    let key = key_from(key_type, &at, &key.text(), read)?;
                    changes.push(slot_change(field, Slot::keyed(index, key), &at, read)?);
                }
            }
            Shape::Set if is_clear(&at) => changes.push(FieldChange::Members(index, BTreeSet::new())),
            Shape::Set => {
                at.only(&["set", "add", "remove"])?;
                let parts = at.entries()?.count();
                if parts == 0 {
                    return Err(at.error("needs \"set\", \"add\" or \"remove\""));
                }
                if let Some(set) = at.optional("set") {
                    if parts > 1 {
                        return Err(at.error("\"set\" stands alone"));
                    }
                    changes.push(FieldChange::Members(index, members_from(field, &set, read)?));
                }
                if let Some(add) = at.optional("add") {
                    let members = members_from(field, &add, read)?;
                    changes.extend(
                        members.into_iter().map(|key| FieldChange::Put(Slot::keyed(index, key), Value::True)),
                    );
                }
                if let Some(remove) = at.optional("remove") {
                    let members = members_from(field, &remove, read)?;
                    changes
                        .extend(members.into_iter().map(|key| FieldChange::Clear(Slot::keyed(index, key))));
                }
            }
        }
    }
    Ok(changes)
}

fn is_clear(at: &At) -> bool {
    matches!(at.json, Json::Text(text) if text == "clear")
}

fn slot_change(field: &FieldSpec, slot: Slot, at: &At, read: ReadId) -> Result<FieldChange, JsonError> {
    if is_clear(at) {
        return Ok(FieldChange::Clear(slot));
    }
    if !matches!(at.json, Json::Object(_)) {
        return Err(at.error("must be {\"set\": value} or \"clear\""));
    }
    at.only(&["set"])?;
    Ok(match value_from(field, &at.required("set")?, read)? {
        Some(value) => FieldChange::Put(slot, value),
        None => FieldChange::Clear(slot),
    })
}

/// A patch, as [`patch_from`] reads it.
pub(crate) fn patch_json(kind: Kind, patch: &[FieldChange]) -> Json {
    // Changes of one set or map stand under one key, in the order in which the fields are first named.
    let mut fields: Vec<(&'static str, Vec<&FieldChange>)> = Vec::new();
    for change in patch {
        let index = match change {
            FieldChange::Put(slot, _) | FieldChange::Clear(slot) => slot.field,
            FieldChange::Members(field, _) => *field,
        };
        let name = kind.spec().fields.get(usize::from(index)).map_or("", |field| field.name);
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, changes)) => changes.push(change),
            None => fields.push((name, vec![change])),
        }
    }
    Json::object(fields.into_iter().map(|(name, changes)| {
        let shape = kind.spec().field(name).map_or(Shape::One, |(_, field)| field.shape);
        (name, field_patch_json(shape, &changes))
    }))
}

fn field_patch_json(shape: Shape, changes: &[&FieldChange]) -> Json {
    let key_json = |key: &Key| match key {
        Key::Id(id) => Json::Id(*id),
        Key::Text(text) => Json::Text(text.to_string()),
        Key::Choice(word) => Json::from(*word),
    };
    let one = |change: &FieldChange| match change {
        FieldChange::Put(_, value) => Json::object([("set", value_json(value))]),
        _ => Json::from("clear"),
    };
    match shape {
        Shape::One => changes.last().map_or(Json::Null, |change| one(change)),
        Shape::Map(_) => Json::object(changes.iter().filter_map(|change| {
            let (FieldChange::Put(slot, _) | FieldChange::Clear(slot)) = change else { return None };
            let key = match slot.key.as_ref()? {
                Key::Id(id) => JsonKey::Id(*id),
                Key::Text(text) => JsonKey::Text(text.to_string()),
                Key::Choice(word) => JsonKey::Word(word),
            };
            Some((key, one(change)))
        })),
        Shape::Set => {
            let mut json = Json::object::<JsonKey>([]);
            let (mut add, mut remove) = (Vec::new(), Vec::new());
            for change in changes {
                match change {
                    FieldChange::Members(_, members) => {
                        json.push("set", Json::List(members.iter().map(key_json).collect()));
                    }
                    FieldChange::Put(slot, _) => add.extend(slot.key.as_ref().map(key_json)),
                    FieldChange::Clear(slot) => remove.extend(slot.key.as_ref().map(key_json)),
                }
            }
            for (key, members) in [("add", add), ("remove", remove)] {
                if !members.is_empty() {
                    json.push(key, Json::List(members));
                }
            }
            json
        }
    }
}
