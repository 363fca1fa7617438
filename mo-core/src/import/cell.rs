//! The text of a cell as a value of the model, by the declaration of its field. References and places are not values of a
//! cell alone; they are resolved where all rows are known.

use super::mapping::{Origin, Word};
use super::sheet::{Column, SheetRow};
use crate::model::value::{Cpr, Text};
use crate::model::{FieldSpec, Value, ValueType};
use crate::time::Day;

/// The columns of an origin in one sheet.
#[derive(Debug)]
pub(super) struct Cells<'m> {
    pub(super) origin: &'m Origin,
    pub(super) columns: Vec<Column>,
}

/// A text and the column it came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellText<'a> {
    /// As it stands in the cell.
    pub(super) whole: &'a str,
    /// What of it counts; may be empty.
    pub(super) text: &'a str,
    pub(super) column: Option<&'a str>,
}

impl Cells<'_> {
    /// The text for this row: the constant one, or that of the first column that has one.
    pub(super) fn find<'a>(&'a self, row: &'a SheetRow) -> CellText<'a> {
        if let Some(value) = &self.origin.value {
            return CellText { whole: value, text: value, column: None };
        }
        let mut columns = self.columns.iter().zip(&self.origin.columns);
        let filled = columns.find(|(column, _)| !row.cell(**column).is_empty());
        let (whole, column) = match filled {
            Some((column, name)) => (row.cell(*column), Some(name.as_str())),
            None => ("", self.origin.columns.first().map(String::as_str)),
        };
        CellText { whole, text: self.words(whole), column }
    }

    fn words<'a>(&self, text: &'a str) -> &'a str {
        let (before, last) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
        match self.origin.word {
            None => text,
            Some(Word::Last) => last,
            Some(Word::ButLast) => before.trim_end(),
        }
    }
}

/// The value that `text`, which is not empty, stands for. `None` is a value that says nothing: a flag that is down.
///
/// # Errors
/// The rule it breaks, and how to mend it.
pub(super) fn value(spec: &FieldSpec, text: &str) -> Result<Option<Value>, String> {
    Ok(Some(match spec.value {
        ValueType::Cpr => Value::Cpr(text.parse::<Cpr>().map_err(|e| e.to_string())?),
        ValueType::Day => Value::Day(text.parse::<Day>().map_err(|e| e.to_string())?),
        ValueType::Number(limit) => match text.parse::<u32>() {
            Ok(number) if number <= limit => Value::Number(number),
            _ => return Err(format!("must be a whole number from 0 to {limit}")),
        },
        ValueType::Flag => match text.to_lowercase().as_str() {
            "true" | "1" | "ja" | "yes" | "x" => Value::True,
            "false" | "0" | "nej" | "no" => return Ok(None),
            _ => return Err("must be true or false (ja or nej, 1 or 0)".to_owned()),
        },
        ValueType::Choice(words) => Value::Choice(word(words, text)?),
        ValueType::Text | ValueType::Ref(_) | ValueType::Placement => Value::Text(Text::from(text)),
    }))
}

fn word(words: &'static [&'static str], text: &str) -> Result<&'static str, String> {
    words
        .iter()
        .find(|word| **word == text)
        .copied()
        .ok_or_else(|| format!("must be one of {}", words.join(", ")))
}
