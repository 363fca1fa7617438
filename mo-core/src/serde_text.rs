//! The serde form of every type that is written as a text: one reader that never repeats a misplaced number. No type of
//! its own.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// Reads a value from its text. A number in place of the text is refused without being repeated, which serde's own
/// message would do: it may be a CPR number without its quotation marks.
pub(crate) fn deserialize_text<'de, D, T>(deserializer: D, expected: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let visitor = TextVisitor { expected, value: PhantomData };
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

struct TextVisitor<T> {
    expected: &'static str,
    value: PhantomData<T>,
}

impl<T> TextVisitor<T> {
    fn not_a_number<E: Error>(&self) -> E {
        E::custom(format_args!("expected {} as a text in quotation marks, found a number", self.expected))
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<T, E> {
        Err(self.not_a_number())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Err(self.not_a_number())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<T, E> {
        Err(self.not_a_number())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<T, E> {
        Err(self.not_a_number())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Err(self.not_a_number())
    }
}

/// `Serialize` as the text `Display` writes, `Deserialize` by [`deserialize_text`] of what `FromStr` reads.
macro_rules! serde_as_text {
    ($type:ty, $expected:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::serde_text::deserialize_text(deserializer, $expected)
            }
        }
    };
}
pub(crate) use serde_as_text;
