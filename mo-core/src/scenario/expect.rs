//! Whether a line is what its step expected: the whole object without `step`; `message` and `registered_at` count only
//! where they are given.

use uuid::Uuid;

use super::names::Names;
use crate::journal::{Json, JsonKey};

/// What was expected, as text, when the line is something else.
pub(super) fn differs(expected: &Json, line: &str, names: &Names) -> Option<String> {
    let expected = named(expected, names);
    let same = Json::parse(line).is_ok_and(|actual| match actual {
        Json::Object(entries) => {
            let rest = entries.into_iter().filter(|(key, _)| key.text() != "step").collect();
            fits(&expected, &Json::Object(rest))
        }
        _ => false,
    });
    (!same).then(|| expected.to_string())
}

fn fits(expected: &Json, actual: &Json) -> bool {
    match (expected, actual) {
        (Json::Object(wanted), Json::Object(entries)) => {
            let given =
                |(key, value): &(JsonKey, Json)| actual.get(&key.text()).is_some_and(|a| fits(value, a));
            let wanted_too = |(key, _): &(JsonKey, Json)| {
                let key = key.text();
                matches!(key.as_str(), "message" | "registered_at") || expected.get(&key).is_some()
            };
            wanted.iter().all(given) && entries.iter().all(wanted_too)
        }
        (Json::List(wanted), Json::List(items)) => {
            wanted.len() == items.len() && wanted.iter().zip(items).all(|(w, a)| fits(w, a))
        }
        (expected, actual) => expected == actual,
    }
}

/// The expectation with every id written as the file names it.
fn named(json: &Json, names: &Names) -> Json {
    let name = |text: &str| {
        Uuid::try_parse(text).ok().and_then(|id| names.name(id)).unwrap_or_else(|| text.to_owned())
    };
    match json {
        Json::Text(text) => Json::Text(name(text)),
        Json::List(items) => Json::List(items.iter().map(|item| named(item, names)).collect()),
        Json::Object(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (JsonKey::Text(name(&key.text())), named(value, names)))
                .collect(),
        ),
        other => other.clone(),
    }
}
