//! [`Text`]: the string every text field holds. No collation and no search folding; those belong to `search`.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use crate::serde_text::deserialize_text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Text in Unicode normalisation form C, cheap to clone.
///
/// The same name typed on a Mac (`a` and a combining ring) and on a PC (`å`) is the same `Text`. Order and equality are
/// by code point, not by language. Clones share one allocation; 16 bytes.
///
/// ```
/// use mo_core::model::value::Text;
///
/// let name = Text::from("Skole pa\u{30a} Torvet");
/// assert_eq!(name, "Skole på Torvet");
/// assert!(name.starts_with("Skole"));
/// ```
///
/// A look-up by `&str` (`HashMap<Text, _>::get`) finds what is written in form C; turn foreign input into a `Text` first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "tekst")]
pub struct Text(Arc<str>);

impl Text {
    /// The text as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Form C of `text`, copied only where it differs.
fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(Arc::from(normal(text)))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::from(text.as_str())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Text {
        Text::from(&*text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.as_str().to_owned()
    }
}

impl FromStr for Text {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Text, Infallible> {
        Ok(Text::from(text))
    }
}

impl Default for Text {
    /// The empty text.
    fn default() -> Text {
        Text::from("")
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.0, f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserialize_text(deserializer, "a text")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn composed_and_decomposed_names_are_one_text() {
        for (typed, normal) in [
            ("a\u{30a}", "å"),
            ("A\u{30a}rhus", "Århus"),
            ("\u{212b}", "Å"),
            ("o\u{308}", "ö"),
            ("e\u{301}", "é"),
            ("Korsbæk", "Korsbæk"),
            ("", ""),
        ] {
            assert_eq!(Text::from(typed).as_str(), normal);
            assert_eq!(Text::from(typed.to_owned()), Text::from(normal));
            assert_eq!(serde_json::from_value::<Text>(typed.into()).unwrap(), normal);
        }
    }

    #[test]
    fn normal_text_is_not_copied_by_the_normaliser() {
        assert!(matches!(normal("Børne- og Ungeforvaltningen på Ærø"), Cow::Borrowed(_)));
        assert!(matches!(normal("a\u{30a}"), Cow::Owned(_)));
    }

    #[test]
    fn a_map_keyed_by_text_is_asked_by_str() {
        let map = HashMap::from([(Text::from("Ra\u{30a}dhus"), 1)]);
        assert_eq!(map.get("Rådhus"), Some(&1));
    }

    #[test]
    fn a_number_in_place_of_text_is_not_repeated() {
        let error = serde_json::from_str::<Text>("101505000").unwrap_err().to_string();
        assert!(!error.contains("101505000"), "{error}");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in any::<String>()) {
            let once = Text::from(text);
            prop_assert_eq!(Text::from(once.as_str()), once.clone());
            prop_assert!(is_nfc(&once));
        }

        #[test]
        fn order_is_by_code_point(a in any::<String>(), b in any::<String>()) {
            let (a, b) = (Text::from(a), Text::from(b));
            prop_assert_eq!(a.cmp(&b), a.chars().cmp(b.chars()));
        }
    }
}
