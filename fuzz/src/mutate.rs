//! A mutator for JSON documents. Changing bytes breaks the JSON nearly always, and the forms inside it are hardly reached;
//! this one moves, copies, drops and replaces whole values, so that most of what it makes is read to the end.

use serde_json::Value;

/// Texts that sit on an edge of what the readers know.
const TEXTS: [&str; 20] = [
    "0001-01-02",
    "9998-12-31",
    "2025-01-01",
    "2024-02-29",
    "9998-12-31T23:59:59.999999Z",
    "0001-01-02T00:00:00Z",
    "2024-01-01T09:00:00Z",
    "00000000-0000-0000-0000-00000000000a",
    "00000000-0000-0000-0000-00000000000b",
    "@a",
    "@b",
    "@line",
    "root",
    "clear",
    "refuse",
    "clip",
    "cascade",
    "vacate",
    "a\u{30a}",
    "",
];

/// Changes the document in `data[..size]` and gives its new size. Where that is no JSON, one of its lines is changed; where
/// that is none either, or now and then, `bytes` changes it byte by byte.
pub fn document(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytes: fn(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut dice = Dice(u64::from(seed) | 1 << 40);
    let text = std::str::from_utf8(&data[..size]).ok().filter(|_| dice.roll(8) > 0);
    match text.and_then(|text| changed(text, &mut dice)) {
        Some(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => bytes(data, size, max_size),
    }
}

fn changed(text: &str, dice: &mut Dice) -> Option<String> {
    if let Ok(mut value) = serde_json::from_str(text) {
        change_one(&mut value, dice);
        return Some(value.to_string());
    }
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let chosen = lines.get_mut(dice.roll(text.lines().count()))?;
    let mut value = serde_json::from_str(chosen).ok()?;
    change_one(&mut value, dice);
    *chosen = value.to_string();
    Some(lines.join("\n"))
}

/// Changes one value, mostly for one of the same meaning: the value another object has under the same key, a text of the
/// same shape, another order or number of the same items. What differs in meaning is refused early and teaches little.
fn change_one(document: &mut Value, dice: &mut Dice) {
    let mut known = Known::default();
    known.collect(document);
    let Some(chosen) = nth(document, &mut dice.roll(known.values)) else { return };
    match (chosen, dice.roll(8)) {
        (Value::Array(items), 0..3) if !items.is_empty() => {
            items.remove(dice.roll(items.len()));
        }
        (Value::Array(items), 3..6) if !items.is_empty() => {
            let new = items[dice.roll(items.len())].clone();
            items.insert(dice.roll(items.len() + 1), new);
        }
        (Value::Array(items), _) if !items.is_empty() => {
            let chosen = dice.roll(items.len());
            items.swap(chosen, 0);
        }
        (Value::Object(entries), 0) if !entries.is_empty() => {
            let key = entries.keys().nth(dice.roll(entries.len())).cloned();
            key.map(|key| entries.remove(&key));
        }
        (Value::Object(entries), 1) if !known.entries.is_empty() => {
            let (key, value) = &known.entries[dice.roll(known.entries.len())];
            entries.insert(key.clone(), value.clone());
        }
        (Value::Object(entries), _) if !entries.is_empty() => {
            let chosen = dice.roll(entries.len());
            let Some((key, value)) = entries.iter_mut().nth(chosen) else { return };
            let same: Vec<_> = known.entries.iter().filter(|(other, _)| other == key).collect();
            *value = same[dice.roll(same.len())].1.clone();
        }
        (Value::Number(number), _) => *number = dice.roll(5).into(),
        (Value::Bool(flag), _) => *flag = !*flag,
        (Value::String(text), 1..) => {
            let texts = known.texts.iter().map(String::as_str).chain(TEXTS);
            let same: Vec<_> = texts.filter(|other| shape(other) == shape(text)).collect();
            *text = same[dice.roll(same.len())].to_owned();
        }
        (chosen, 0) => *chosen = Value::Null,
        (chosen, _) => *chosen = TEXTS[dice.roll(TEXTS.len())].into(),
    }
}

/// What a document holds.
#[derive(Default)]
struct Known {
    values: usize,
    entries: Vec<(String, Value)>,
    texts: Vec<String>,
}

impl Known {
    fn collect(&mut self, value: &Value) {
        self.values += 1;
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(entries) => {
                for (key, value) in entries {
                    self.entries.push((key.clone(), value.clone()));
                    self.collect(value);
                }
            }
            Value::String(text) => self.texts.push(text.clone()),
            _ => {}
        }
    }
}

/// The value with this number, counted from the outermost inwards.
fn nth<'a>(value: &'a mut Value, number: &mut usize) -> Option<&'a mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, number)),
        Value::Object(entries) => entries.values_mut().find_map(|item| nth(item, number)),
        _ => None,
    }
}

/// What a text looks like: a day, an instant, an id or a name, anything else.
fn shape(text: &str) -> (usize, Option<u8>) {
    match text.as_bytes() {
        [b'@', ..] => (0, Some(b'@')),
        bytes @ ([_, _, _, _, b'-', ..] | [_, _, _, _, _, _, _, _, b'-', ..]) => {
            (bytes.len().min(20), Some(b'-'))
        }
        _ => (0, None),
    }
}

/// Numbers that follow from the fuzzer's seed (xorshift), so that a run can be repeated.
struct Dice(u64);

impl Dice {
    /// A number below `sides`; 0 when there are none.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % sides.max(1)
    }
}
