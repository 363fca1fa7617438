//! Reads the tables of `examples/data/korsbaek` into dated commits and registers them. The column names are the field
//! names of the kinds, so that the declaration of each kind ([`Kind::spec`]) says how its table is read. Nothing is
//! registered before everything has been read.

use std::collections::HashMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use mo_core::model::value::Text;
use mo_core::model::{
    FieldChange, FieldSpec, Fields, Key, KeyType, Kind, ObjectRef, Shape, Slot, Value, ValueType,
};
use mo_core::registry::{Command, Commit, CommitError, Registry};
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};
use thiserror::Error;
use uuid::Uuid;

/// A commit and the moment it was, or is said to have been, made.
#[derive(Debug)]
pub struct Dated {
    pub registered_at: Instant,
    pub commit: Commit,
}

/// Something in a table that cannot be read.
#[derive(Debug, Error)]
#[error("{file}, line {line}, column {column}: {rule}")]
pub struct TableError {
    pub file: String,
    pub line: u64,
    pub column: String,
    pub rule: String,
}

/// Why the commits could not be registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    #[error(
        "the store holds another registry: its registration {0} is not that of the tables; give it a store of its own"
    )]
    Foreign(Revision),
    #[error("registration {number}: {reason}")]
    Commit { number: usize, reason: Box<CommitError> },
    #[error("registration {0} changes nothing: take it out of the tables")]
    Empty(usize),
}

/// The id behind a short key such as `u-skole`: the same in every run, and of nobody else's objects.
pub fn id<I: From<Uuid>>(key: &str) -> I {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"korsbaek.example");
    I::from(Uuid::new_v5(&namespace, key.as_bytes()))
}

/// Reads every table of the folder: one commit per line of `registrations.csv`, in that order.
pub fn read(folder: &Path) -> Result<Vec<Dated>, TableError> {
    let mut dated = Vec::new();
    for row in Table::open(folder, "registrations")?.rows() {
        dated.push(row.dated(dated.len() + 1)?);
    }
    let mut tables = Vec::new();
    let mut kinds = Keys::new();
    for kind in Kind::ALL {
        let table = Table::open(folder, kind.name())?;
        for row in table.rows() {
            if kinds.insert(row.cell("id")?.to_owned(), kind).is_some() {
                return Err(row.error("id", "this key stands in the tables twice"));
            }
        }
        tables.push((kind, table));
    }
    for (kind, table) in &tables {
        for row in table.rows() {
            let command = row.create(*kind, &kinds)?;
            row.commit(&mut dated)?.commands.push(command);
        }
    }
    for row in Table::open(folder, "changes")?.rows() {
        let command = row.change(&kinds)?;
        row.commit(&mut dated)?.commands.push(command);
    }
    Ok(dated)
}

/// Registers the commits that the registry does not hold yet, each at its own moment; tells `progress` how many of all
/// are in. An earlier run that was broken off is continued.
pub fn register(
    registry: &Registry,
    clock: &SteppingClock,
    all: &[Dated],
    mut progress: impl FnMut(usize),
) -> Result<usize, RegisterError> {
    let held = held(registry, all)?;
    for (index, Dated { registered_at, commit }) in all.iter().enumerate().skip(held) {
        let number = index + 1;
        clock.set(*registered_at);
        let outcome = registry
            .commit(commit)
            .map_err(|reason| RegisterError::Commit { number, reason: Box::new(reason) })?;
        if outcome.receipt().is_none() {
            return Err(RegisterError::Empty(number));
        }
        progress(number);
    }
    Ok(all.len().saturating_sub(held))
}

/// How many of the commits the registry holds already; an error where it holds something else in their place.
fn held(registry: &Registry, all: &[Dated]) -> Result<usize, RegisterError> {
    let mut held = 0;
    for (registration, dated) in registry.snapshot().registrations(Revision::ZERO).zip(all) {
        if registration.registered_at != dated.registered_at || registration.note != dated.commit.note {
            return Err(RegisterError::Foreign(registration.revision));
        }
        held += 1;
    }
    Ok(held)
}

/// The kind that each short key names an object of.
type Keys = HashMap<String, Kind>;

/// One file: UTF-8, semicolons between, the first line names the columns.
struct Table {
    file: String,
    header: StringRecord,
    records: Vec<StringRecord>,
}

impl Table {
    fn open(folder: &Path, name: &str) -> Result<Table, TableError> {
        let file = format!("{name}.csv");
        let error = |reason: csv::Error| TableError {
            file: file.clone(),
            line: reason.position().map_or(1, csv::Position::line),
            column: "1".to_owned(),
            rule: reason.to_string(),
        };
        let mut reader = ReaderBuilder::new().delimiter(b';').from_path(folder.join(&file)).map_err(error)?;
        let header = reader.headers().map_err(error)?.clone();
        let records = reader.records().collect::<Result<_, _>>().map_err(error)?;
        Ok(Table { file, header, records })
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { table: self, record })
    }
}

/// One line of a table.
#[derive(Clone, Copy)]
struct Row<'t> {
    table: &'t Table,
    record: &'t StringRecord,
}

impl<'t> Row<'t> {
    fn error(self, column: &str, rule: impl ToString) -> TableError {
        let line = self.record.position().map_or(0, csv::Position::line);
        TableError { file: self.table.file.clone(), line, column: column.to_owned(), rule: rule.to_string() }
    }

    fn cell(self, column: &str) -> Result<&'t str, TableError> {
        let place = self.table.header.iter().position(|name| name == column);
        place
            .and_then(|place| self.record.get(place))
            .ok_or_else(|| self.error(column, "the table has no such column"))
    }

    /// A cell that may be empty, read by `read`.
    fn optional<T, E: ToString>(
        self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, TableError> {
        let text = self.cell(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        read(text).map(Some).map_err(|rule| self.error(column, rule))
    }

    fn required<T, E: ToString>(
        self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, TableError> {
        self.optional(column, read)?.ok_or_else(|| self.error(column, "may not be empty here"))
    }

    /// A line of `registrations.csv`.
    fn dated(self, number: usize) -> Result<Dated, TableError> {
        if self.cell("number")? != number.to_string() {
            return Err(self.error("number", format!("registrations are numbered 1, 2, 3 …; here {number}")));
        }
        let mut commit = Commit::new(self.cell("actor")?);
        commit.note = self.optional("note", str::parse::<Text>)?;
        commit.cause = self.optional("cause", str::parse::<Text>)?;
        Ok(Dated { registered_at: self.required("registered_at", str::parse)?, commit })
    }

    /// The commit that the line belongs to.
    fn commit(self, dated: &mut [Dated]) -> Result<&mut Commit, TableError> {
        let number: usize = self.required("registration", str::parse)?;
        match number.checked_sub(1).and_then(|index| dated.get_mut(index)) {
            Some(dated) => Ok(&mut dated.commit),
            None => Err(self.error("registration", "no line of registrations.csv has this number")),
        }
    }

    fn object(self, keys: &Keys) -> Result<ObjectRef, TableError> {
        self.required("id", |key| match keys.get(key) {
            Some(kind) => Ok(ObjectRef { kind: *kind, id: id(key) }),
            None => Err("no table has a line with this key"),
        })
    }

    fn period(self) -> Result<Period, TableError> {
        let from: Option<Day> = self.optional("valid_from", str::parse)?;
        let until: Option<Day> = self.optional("valid_until", str::parse)?;
        Period::new(from, until).map_err(|rule| self.error("valid_until", rule))
    }

    /// A line of the table of a kind.
    fn create(self, kind: Kind, keys: &Keys) -> Result<Command, TableError> {
        let mut state = Fields::new();
        for column in self.table.header.iter().skip(COLUMNS_OF_EVERY_TABLE) {
            let column = Column::of(kind, column, keys).map_err(|rule| self.error(column, rule))?;
            let entries = self.optional(column.name, |text| column.entries(text, keys))?;
            for (slot, value) in entries.into_iter().flatten() {
                state.put(slot, value);
            }
        }
        Ok(Command::Create { object: self.object(keys)?, period: self.period()?, state })
    }

    /// A line of `changes.csv`.
    fn change(self, keys: &Keys) -> Result<Command, TableError> {
        let object = self.object(keys)?;
        let from = || self.required("valid_from", str::parse::<Day>);
        Ok(match self.cell("verb")? {
            "change" => Command::Change { object, from: from()?, patch: self.patch(object.kind, keys)? },
            "set" => Command::Set { object, period: self.period()?, patch: self.patch(object.kind, keys)? },
            "correct" => Command::Correct { object, on: from()?, patch: self.patch(object.kind, keys)? },
            "end" => Command::End { object, from: from()?, dependents: None },
            "suspend" => Command::Suspend { object, period: self.period()?, dependents: None },
            "extend" => Command::Extend { object, period: self.period()? },
            "delete" => Command::Delete { object, dependents: None },
            _ => {
                let verbs = "change, set, correct, end, suspend, extend or delete";
                return Err(self.error("verb", format!("is {verbs}")));
            }
        })
    }

    /// What a change does to its field: an empty value clears it; in a set, `+key` adds and `-key` removes a member.
    fn patch(self, kind: Kind, keys: &Keys) -> Result<Vec<FieldChange>, TableError> {
        let name = self.cell("field")?;
        let column = Column::of(kind, name, keys).map_err(|rule| self.error("field", rule))?;
        let error = |rule| self.error("value", rule);
        let value = self.cell("value")?;
        if column.spec.shape == Shape::Set {
            let sign = value.get(..1).unwrap_or_default();
            let slot = column.member(value.get(1..).unwrap_or_default(), keys).map_err(error)?;
            return match sign {
                "+" => Ok(vec![FieldChange::Put(slot, Value::True)]),
                "-" => Ok(vec![FieldChange::Clear(slot)]),
                _ => Err(self.error("value", "of a set is +key to add or -key to remove a member")),
            };
        }
        if value.is_empty() {
            return Ok(vec![FieldChange::Clear(column.slot)]);
        }
        let entries = column.entries(value, keys).map_err(error)?;
        Ok(entries.into_iter().map(|(slot, value)| FieldChange::Put(slot, value)).collect())
    }
}

/// `registration`, `id`, `valid_from`, `valid_until`; the fields of the kind follow.
const COLUMNS_OF_EVERY_TABLE: usize = 4;

/// A column that holds a field: `name`, or `placements.h-line` for one entry of a map.
struct Column<'t> {
    name: &'t str,
    spec: &'static FieldSpec,
    /// Of a single field or map entry; of a set, the field without its members.
    slot: Slot,
}

impl<'t> Column<'t> {
    fn of(kind: Kind, name: &'t str, keys: &Keys) -> Result<Column<'t>, String> {
        let (field, key) = name.split_once('.').map_or((name, None), |(field, key)| (field, Some(key)));
        let (index, spec) = kind.spec().field(field).ok_or_else(|| format!("{kind} has no field {field}"))?;
        let slot = match (spec.shape, key) {
            (Shape::Map(key_type), Some(key)) => Slot::keyed(index, map_key(key_type, key, keys)?),
            (Shape::One | Shape::Set, None) => Slot::one(index),
            _ => {
                return Err(format!(
                    "{name} must name an entry, as in placements.h-line, exactly if it is a map"
                ));
            }
        };
        Ok(Column { name, spec, slot })
    }

    /// What a filled cell says: one value, or the members of a set with spaces between.
    fn entries(&self, text: &str, keys: &Keys) -> Result<Vec<(Slot, Value)>, String> {
        if self.spec.shape == Shape::Set {
            let members = text.split(' ').map(|member| Ok((self.member(member, keys)?, Value::True)));
            return members.collect();
        }
        Ok(vec![(self.slot.clone(), value(self.spec.value, text, keys)?)])
    }

    fn member(&self, text: &str, keys: &Keys) -> Result<Slot, String> {
        let key = match value(self.spec.value, text, keys)? {
            Value::Id(id) => Key::Id(id),
            Value::Choice(word) => Key::Choice(word),
            _ => return Err("no such set can be read from a table".to_owned()),
        };
        Ok(Slot::keyed(self.slot.field, key))
    }
}

fn map_key(key_type: KeyType, text: &str, keys: &Keys) -> Result<Key, String> {
    match key_type {
        KeyType::Text => Ok(Key::Text(text.into())),
        KeyType::Ref(kind) => Ok(Key::Id(reference(text, kind, keys)?)),
        KeyType::Choice(words) => Ok(Key::Choice(word(text, words)?)),
        _ => Err("no such map can be read from a table".to_owned()),
    }
}

fn value(value_type: ValueType, text: &str, keys: &Keys) -> Result<Value, String> {
    Ok(match value_type {
        ValueType::Text => Value::Text(text.into()),
        ValueType::Cpr => Value::Cpr(text.parse().map_err(|e| format!("{e}"))?),
        ValueType::Day => Value::Day(text.parse().map_err(|e| format!("{e}"))?),
        ValueType::Number(_) => Value::Number(text.parse().map_err(|e| format!("{e}"))?),
        ValueType::Flag if text == "yes" => Value::True,
        ValueType::Flag => return Err("is yes or empty".to_owned()),
        ValueType::Choice(words) => Value::Choice(word(text, words)?),
        ValueType::Placement if text == "root" => Value::Root,
        ValueType::Placement => Value::Id(reference(text, Kind::Unit, keys)?),
        ValueType::Ref(kind) => Value::Id(reference(text, kind, keys)?),
        _ => return Err("no such value can be read from a table".to_owned()),
    })
}

fn reference(key: &str, wanted: Kind, keys: &Keys) -> Result<Uuid, String> {
    match keys.get(key) {
        Some(kind) if *kind == wanted => Ok(id(key)),
        Some(kind) => Err(format!("must be the key of a {wanted}; {key} is that of a {kind}")),
        None => Err(format!("must be the key of a {wanted}; no table has a line {}", mo_core::quote(key))),
    }
}

fn word(text: &str, words: &'static [&'static str]) -> Result<&'static str, String> {
    words.iter().find(|word| **word == text).copied().ok_or_else(|| format!("is one of {}", words.join(", ")))
}
