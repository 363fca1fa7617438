//! [`Instant`]: a moment of *known* time; [`Revision`]: the number of a registration; [`Clock`]: where now comes from.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::padded::padded;
use super::{Day, DayError};
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A UTC instant in whole microseconds, the grain of *known* time (registrering).
///
/// ```
/// use mo_core::time::Instant;
///
/// let at: Instant = "2024-01-01T09:00:00Z".parse()?;
/// assert_eq!(at.plus_micros(1).unwrap().to_string(), "2024-01-01T09:00:00.000001Z");
/// # Ok::<(), mo_core::time::InstantError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "registreringstidspunkt")]
pub struct Instant(i64);

/// Why a text is not an [`Instant`].
///
/// ```
/// use mo_core::time::{Instant, InstantError};
/// assert!(matches!("2024-01-01T09:00:00".parse::<Instant>(), Err(InstantError::Form(_)))); // no zone
/// assert!(Instant::MAX.plus_micros(1).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstantError {
    /// The text is not of the form `YYYY-MM-DDThh:mm:ssZ`, with six decimals or none.
    #[error("{0:?} is not an instant: write UTC as 2024-01-01T09:00:00Z, with six decimals or none")]
    Form(String),
    /// Outside the years 1 … 9998.
    #[error("an instant lies in the years 1 to 9998")]
    OutOfRange,
}

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Instant {
    /// The earliest instant, 0001-01-02T00:00:00Z.
    pub const MIN: Instant = Instant(-719_161 * MICROS_PER_DAY);
    /// The latest instant, 9998-12-31T23:59:59.999999Z.
    pub const MAX: Instant = Instant(2_932_532 * MICROS_PER_DAY - 1);

    /// The instant this many microseconds after 1970-01-01T00:00:00Z; `None` outside the range.
    pub fn from_epoch_micros(micros: i64) -> Option<Instant> {
        (Instant::MIN.0..=Instant::MAX.0).contains(&micros).then_some(Instant(micros))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn epoch_micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `micros`; `None` where that leaves the range.
    pub fn plus_micros(self, micros: i64) -> Option<Instant> {
        self.0.checked_add(micros).and_then(Instant::from_epoch_micros)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Instant, InstantError> {
        let form = || InstantError::Form(quote(text));
        let (date, time) = text.split_once('T').ok_or_else(form)?;
        let time = time.strip_suffix('Z').ok_or_else(form)?;
        let day: Day = date.parse().map_err(|e| match e {
            DayError::OutOfRange => InstantError::OutOfRange,
            _ => form(),
        })?;
        let (clock, fraction) = match time.split_once('.') {
            Some((clock, fraction)) if fraction.len() == 6 => (clock, digits(fraction).ok_or_else(form)?),
            Some(_) => return Err(form()),
            None => (time, 0),
        };
        let mut parts = clock.split(':').map(|part| if part.len() == 2 { digits(part) } else { None });
        let (Some(Some(hour)), Some(Some(minute)), Some(Some(second)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form());
        };
        if hour > 23 || minute > 59 || second > 59 {
            return Err(form());
        }
        let seconds = hour * 3600 + minute * 60 + second;
        Instant::from_epoch_micros(
            i64::from(day.epoch_days()) * MICROS_PER_DAY + seconds * 1_000_000 + fraction,
        )
        .ok_or(InstantError::OutOfRange)
    }
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().try_fold(0i64, |sum, c| c.is_ascii_digit().then(|| sum * 10 + i64::from(c - b'0')))
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(MICROS_PER_DAY);
        let micros = self.0.rem_euclid(MICROS_PER_DAY);
        let day = i32::try_from(days).ok().and_then(Day::from_epoch_days).unwrap_or(Day::MAX);
        let seconds = micros / 1_000_000;
        padded(f, |f| {
            write!(f, "{day}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
            match micros % 1_000_000 {
                0 => f.write_str("Z"),
                fraction => write!(f, ".{fraction:06}Z"),
            }
        })
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

serde_as_text!(Instant, "an instant");

/// The number of a registration in its registry: 1, 2, 3 … without gaps. 0 is the empty registry before the first.
///
/// ```
/// use mo_core::time::Revision;
/// assert_eq!(Revision::ZERO.next(), Some(Revision::new(1)));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[doc(alias = "registreringsnummer")]
pub struct Revision(u32);

impl Revision {
    /// Before the first registration.
    pub const ZERO: Revision = Revision(0);
    /// Above every registration a registry can hold; the end of what is still believed.
    pub const MAX: Revision = Revision(u32::MAX);

    /// The revision with this number.
    pub const fn new(number: u32) -> Revision {
        Revision(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The one after; `None` when a registry is full (about four thousand million registrations).
    pub fn next(self) -> Option<Revision> {
        self.0.checked_add(1).filter(|n| *n < u32::MAX).map(Revision)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

/// Where *now* comes from. The core has no clock of its own; a registry is given one.
///
/// A proposal may stand still or run backwards: the registry makes known time strictly increasing
/// (`max(proposed, previous + 1 µs)`).
///
/// ```
/// use mo_core::time::{Clock, Instant};
///
/// /// A clock for a replay: it always shows the moment at which the file was made.
/// struct Frozen(Instant);
///
/// impl Clock for Frozen {
///     fn now(&self) -> Instant {
///         self.0
///     }
/// }
///
/// let clock = Frozen("2024-01-01T09:00:00Z".parse()?);
/// assert_eq!(clock.now().to_string(), "2024-01-01T09:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Clock: Send + Sync {
    /// The instant the clock shows.
    fn now(&self) -> Instant;
}

/// A clock that shows what it was last set to, for tests, replays and reproducible runs.
///
/// ```
/// use mo_core::time::{Clock, SteppingClock};
///
/// let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// clock.set("2024-02-01T09:00:00Z".parse()?);
/// assert_eq!(clock.now().to_string(), "2024-02-01T09:00:00Z");
/// # Ok::<(), mo_core::time::InstantError>(())
/// ```
#[derive(Debug)]
pub struct SteppingClock(Mutex<Instant>);

impl SteppingClock {
    /// A clock showing `instant` until it is set.
    pub fn new(instant: Instant) -> SteppingClock {
        SteppingClock(Mutex::new(instant))
    }

    /// Makes the clock show `instant`, earlier or later.
    pub fn set(&self, instant: Instant) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = instant;
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Instant {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;

    fn any_instant() -> impl Strategy<Value = Instant> {
        (Instant::MIN.epoch_micros()..=Instant::MAX.epoch_micros())
            .prop_flat_map(|n| prop_oneof![Just(n), Just(n - n.rem_euclid(1_000_000))])
            .prop_map(|n| Instant::from_epoch_micros(n).unwrap())
    }

    proptest! {
        #[test]
        fn the_text_is_the_one_chrono_reads(instant in any_instant()) {
            let text = instant.to_string();
            let read: DateTime<Utc> = text.parse().unwrap();
            prop_assert_eq!(read.timestamp_micros(), instant.epoch_micros());
            prop_assert_eq!(text.parse(), Ok(instant));
            prop_assert_eq!(serde_json::from_value::<Instant>(text.into()).unwrap(), instant);
        }
    }

    #[test]
    fn the_fraction_has_six_digits_or_is_not_there() {
        for text in ["2024-01-01T09:00:00Z", "2024-01-01T09:00:00.000001Z", "2024-01-01T09:00:00.100000Z"] {
            assert_eq!(text.parse::<Instant>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused_and_quoted() {
        for text in [
            "",
            "2024-01-01",
            "2024-01-01T09:00Z",
            "2024-01-01T09:00:00",
            "2024-01-01T09:00:00.1Z",
            "2024-01-01T09:00:00+00:00",
            "2024-01-01T24:00:00Z",
            "2024-01-01T09:60:00Z",
            "2024-01-01T09:00:60Z",
            "2024-02-30T09:00:00Z",
            "2024-01-01t09:00:00z",
            "2024-01-01T9:00:00Z",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(InstantError::Form(text.into())), "{text}");
        }
    }

    #[test]
    fn instants_end_at_the_first_and_the_last_one() {
        assert_eq!(Instant::MIN.to_string(), "0001-01-02T00:00:00Z");
        assert_eq!(Instant::MAX.to_string(), "9998-12-31T23:59:59.999999Z");
        assert_eq!((Instant::MIN.plus_micros(-1), Instant::MAX.plus_micros(1)), (None, None));
    }

    #[test]
    fn a_full_registry_has_no_next_revision() {
        assert_eq!(Revision::new(u32::MAX - 2).next(), Some(Revision::new(u32::MAX - 1)));
        assert_eq!(Revision::new(u32::MAX - 1).next(), None);
    }
}
