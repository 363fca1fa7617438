//! From model values to the numbers of the tables and back: states encoded and decoded, and [`Held`], a state read where it
//! lies. What the numbers stand for is in `tables`.

use super::cells::{At, Cell, ROOT, State};
use super::tables::{Ix, Layout, Tables};
use crate::model::value::{Cpr, Text};
use crate::model::{FieldSource, Fields, Key, KeyType, Kind, Privacy, Shape, Slot, Value, ValueType};
use crate::time::Day;

/// Why a value does not fit its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// The kind has no field with this index.
    NoSuchField,
    /// The value, key or shape is of another type than declared.
    WrongType { field: u8 },
    /// A number above its limit.
    TooLarge { field: u8, limit: u32 },
    /// A key of a map that is empty.
    EmptyKey { field: u8 },
}

impl Tables {
    /// The compact form of a state, its ids and texts entered into the tables.
    pub(crate) fn encode(&mut self, kind: Kind, fields: &Fields) -> Result<State, Misfit> {
        let mut cells = Vec::new();
        for (slot, value) in fields.iter() {
            let at = self.encode_slot(kind, slot)?;
            if let Some(value) = self.encode_value(kind, at.field, value)? {
                cells.push(Cell { at, value });
            }
        }
        Ok(State::new(cells))
    }

    pub(crate) fn encode_slot(&mut self, kind: Kind, slot: &Slot) -> Result<At, Misfit> {
        let field = slot.field;
        let layout = Layout::of(kind).field(field).ok_or(Misfit::NoSuchField)?;
        let wrong = Misfit::WrongType { field };
        let key_type = match (layout.shape, layout.value) {
            (Shape::One, _) => None,
            (Shape::Map(key), _) => Some(key),
            (Shape::Set, ValueType::Ref(kind)) => Some(KeyType::Ref(kind)),
            (Shape::Set, ValueType::Choice(words)) => Some(KeyType::Choice(words)),
            (Shape::Set, _) => Some(KeyType::Text),
        };
        let key = match (key_type, &slot.key) {
            (None, None) => 0,
            (Some(KeyType::Text), Some(Key::Text(text))) if text.is_empty() => {
                return Err(Misfit::EmptyKey { field });
            }
            (Some(KeyType::Text), Some(Key::Text(text))) => self.intern_text(text),
            (Some(KeyType::Ref(_)), Some(Key::Id(id))) => self.intern_id(*id).0,
            (Some(KeyType::Choice(words)), Some(Key::Choice(word))) => ordinal(words, word).ok_or(wrong)?,
            _ => return Err(wrong),
        };
        Ok(At { field, key })
    }

    /// The number of a value; `None` for a value equal to the field's default.
    pub(crate) fn encode_value(
        &mut self,
        kind: Kind,
        field: u8,
        value: &Value,
    ) -> Result<Option<u32>, Misfit> {
        let layout = Layout::of(kind).field(field).ok_or(Misfit::NoSuchField)?;
        let wrong = Misfit::WrongType { field };
        if layout.shape == Shape::Set {
            return if *value == Value::True { Ok(Some(1)) } else { Err(wrong) };
        }
        Ok(Some(match (layout.value, value) {
            (ValueType::Text, Value::Text(text)) => {
                if is_default(kind, field, text) {
                    return Ok(None);
                }
                self.intern_text(text)
            }
            (ValueType::Cpr, Value::Cpr(cpr)) => self.intern_text(&Text::from(cpr.reveal())),
            (ValueType::Day, Value::Day(day)) => day.epoch_days().cast_unsigned(),
            (ValueType::Number(limit), Value::Number(number)) if *number > limit => {
                return Err(Misfit::TooLarge { field, limit });
            }
            (ValueType::Number(_), Value::Number(number)) => *number,
            (ValueType::Flag, Value::True) => 1,
            (ValueType::Choice(words), Value::Choice(word)) => ordinal(words, word).ok_or(wrong)?,
            (ValueType::Ref(_) | ValueType::Placement, Value::Id(id)) => self.intern_id(*id).0,
            (ValueType::Placement, Value::Root) => ROOT,
            _ => return Err(wrong),
        }))
    }

    /// The state as model values.
    pub(crate) fn decode(&self, kind: Kind, state: &State) -> Fields {
        let mut fields = Fields::new();
        for cell in state.cells() {
            if let Some((slot, value)) = self.decode_cell(kind, *cell) {
                fields.put(slot, value);
            }
        }
        fields
    }

    pub(crate) fn decode_cell(&self, kind: Kind, cell: Cell) -> Option<(Slot, Value)> {
        let slot = self.decode_slot(kind, cell.at)?;
        Some((slot, self.decode_value(kind, cell.at.field, cell.value)?))
    }

    pub(crate) fn decode_slot(&self, kind: Kind, at: At) -> Option<Slot> {
        let layout = Layout::of(kind).field(at.field)?;
        let key = match (layout.shape, layout.value) {
            (Shape::One, _) => return Some(Slot::one(at.field)),
            (Shape::Map(KeyType::Ref(_)), _) | (Shape::Set, ValueType::Ref(_)) => {
                Key::Id(self.id(Ix(at.key)))
            }
            (Shape::Map(KeyType::Choice(words)), _) | (Shape::Set, ValueType::Choice(words)) => {
                Key::Choice(words.get(at.key as usize)?)
            }
            (Shape::Map(KeyType::Text) | Shape::Set, _) => Key::Text(self.text(at.key)?.clone()),
        };
        Some(Slot::keyed(at.field, key))
    }

    pub(crate) fn decode_value(&self, kind: Kind, field: u8, value: u32) -> Option<Value> {
        let layout = Layout::of(kind).field(field)?;
        Some(match layout.value {
            _ if layout.shape == Shape::Set => Value::True,
            ValueType::Text => Value::Text(self.text(value)?.clone()),
            ValueType::Cpr => Value::Cpr(self.text(value)?.parse::<Cpr>().ok()?),
            ValueType::Day => Value::Day(Day::from_epoch_days(value.cast_signed())?),
            ValueType::Number(_) => Value::Number(value),
            ValueType::Flag => Value::True,
            ValueType::Choice(words) => Value::Choice(words.get(value as usize)?),
            ValueType::Placement if value == ROOT => Value::Root,
            ValueType::Ref(_) | ValueType::Placement => Value::Id(self.id(Ix(value))),
        })
    }

    /// The text of a text cell, for order and search.
    pub(crate) fn text_of(&self, state: &State, field: u8) -> Option<&Text> {
        self.text(state.get(At { field, key: 0 })?)
    }

    /// What an object in this state is called: its name, for a person given name and surname.
    pub(crate) fn title(&self, kind: Kind, state: &State) -> Option<String> {
        let text = |name| self.text_of(state, kind.spec().field(name)?.0);
        match kind {
            Kind::Person => Some(format!("{} {}", text("given_name")?, text("surname")?)),
            _ => text("name").map(ToString::to_string),
        }
    }

    /// The slot and value as numbers if both are already in the tables; what is not there no object ever had.
    pub(crate) fn lookup(&self, kind: Kind, slot: &Slot, value: Option<&Value>) -> Option<(At, Option<u32>)> {
        // Encoding into a clone, which shares everything, gives new numbers only to what is unknown.
        let known = self.numbered();
        let mut scratch = self.clone();
        let at = scratch.encode_slot(kind, slot).ok()?;
        let value = match value {
            Some(value) => scratch.encode_value(kind, at.field, value).ok()?,
            None => None,
        };
        (known == scratch.numbered()).then_some((at, value))
    }
}

/// A state as the tables hold it, read as model values.
pub(crate) struct Held<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) kind: Kind,
    pub(crate) state: &'a State,
}

impl FieldSource for Held<'_> {
    fn value(&self, field: u8) -> Option<Value> {
        self.tables.decode_value(self.kind, field, self.state.get(At { field, key: 0 })?)
    }

    fn each(&self, field: u8, f: &mut dyn FnMut(Key, Value)) {
        for cell in self.state.field(field) {
            if let Some((Slot { key: Some(key), .. }, value)) = self.tables.decode_cell(self.kind, cell) {
                f(key, value);
            }
        }
    }
}

fn ordinal(words: &[&str], word: &str) -> Option<u32> {
    words.iter().position(|w| *w == word).and_then(|n| u32::try_from(n).ok())
}

/// `source: local` says nothing.
fn is_default(kind: Kind, field: u8, text: &Text) -> bool {
    &**text == "local"
        && kind
            .spec()
            .fields
            .get(usize::from(field))
            .is_some_and(|f| f.name == "source" && f.privacy == Privacy::Open)
}
