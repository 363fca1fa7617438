//! [`Period`]: a non-empty run of days, half-open, either end possibly open.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use super::Day;
use super::padded::padded;

/// A non-empty run of days, half-open `[from, until)`; either end may be open.
///
/// An empty period cannot be built: `from < until` always holds. Eight bytes.
///
/// ```
/// use mo_core::time::{Day, Period};
///
/// let from: Day = "2025-01-01".parse()?;
/// let until: Day = "2026-01-01".parse()?;
/// let year = Period::new(Some(from), Some(until))?;
/// assert_eq!(year.last_day().unwrap().to_string(), "2025-12-31");
/// assert!(!year.contains(until));
/// assert!(Period::new(Some(until), Some(from)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "periode")]
#[doc(alias = "virkning")]
pub struct Period {
    /// First day as days since the epoch; `OPEN_START` when open.
    lo: i32,
    /// First day after; `OPEN_END` when open.
    hi: i32,
}

/// The start of a period without a first day, below every day.
pub(crate) const OPEN_START: i32 = i32::MIN;
/// The end of a period without a last day, above every day.
pub(crate) const OPEN_END: i32 = i32::MAX;

/// Why two ends make no [`Period`].
///
/// ```
/// use mo_core::time::{Day, Period, PeriodError};
/// let (from, until): (Day, Day) = ("2026-01-01".parse()?, "2026-01-01".parse()?);
/// assert_eq!(Period::new(from, until), Err(PeriodError::Empty { from, until })); // half-open: `until` is the day after
/// assert_eq!(Period::new(from, until.next())?, Period::day(from));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// The period would hold no day.
    #[error(
        "the period from {from} until {until} holds no day: `until` is the first day after and must be later than `from`"
    )]
    Empty {
        /// First day as given.
        from: Day,
        /// First day after, as given.
        until: Day,
    },
}

impl Period {
    /// Every day there is.
    pub const ALWAYS: Period = Period { lo: OPEN_START, hi: OPEN_END };

    /// The days from `from` up to, not including, `until`; `None` leaves that end open.
    ///
    /// # Errors
    /// [`PeriodError::Empty`] unless `from < until`.
    pub fn new(from: impl Into<Option<Day>>, until: impl Into<Option<Day>>) -> Result<Period, PeriodError> {
        match (from.into(), until.into()) {
            (Some(from), Some(until)) if from >= until => Err(PeriodError::Empty { from, until }),
            (from, until) => Ok(Period {
                lo: from.map_or(OPEN_START, Day::epoch_days),
                hi: until.map_or(OPEN_END, Day::epoch_days),
            }),
        }
    }

    /// The days from `from` on.
    pub fn since(from: Day) -> Period {
        Period { lo: from.epoch_days(), hi: OPEN_END }
    }

    /// The days before `until`.
    pub fn before(until: Day) -> Period {
        Period { lo: OPEN_START, hi: until.epoch_days() }
    }

    /// This one day.
    pub fn day(day: Day) -> Period {
        Period { lo: day.epoch_days(), hi: day.next().map_or(OPEN_END, Day::epoch_days) }
    }

    /// The first day, or `None` when the start is open.
    pub fn from(self) -> Option<Day> {
        Day::from_epoch_days(self.lo)
    }

    /// The first day after, or `None` when the end is open.
    pub fn until(self) -> Option<Day> {
        Day::from_epoch_days(self.hi)
    }

    /// The last day, for display; `None` when the end is open.
    pub fn last_day(self) -> Option<Day> {
        if self.hi == OPEN_END { None } else { Day::from_epoch_days(self.hi - 1) }
    }

    /// Whether `day` lies in the period.
    pub fn contains(self, day: Day) -> bool {
        (self.lo..self.hi).contains(&day.epoch_days())
    }

    /// Whether every day of `other` lies in this period.
    pub fn covers(self, other: Period) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// Whether the periods have a day in common.
    pub fn overlaps(self, other: Period) -> bool {
        self.lo < other.hi && other.lo < self.hi
    }

    /// The days in both, if any.
    #[must_use]
    pub fn intersect(self, other: Period) -> Option<Period> {
        Period::from_raw(self.lo.max(other.lo), self.hi.min(other.hi))
    }

    /// Whether `other` begins on the very day this one ends.
    pub fn meets(self, other: Period) -> bool {
        self.hi == other.lo
    }

    /// The part of the period from `day` on, if any.
    #[must_use]
    pub fn starting(self, day: Day) -> Option<Period> {
        Period::from_raw(self.lo.max(day.epoch_days()), self.hi)
    }

    /// The part of the period before `day`, if any.
    #[must_use]
    pub fn ending(self, day: Day) -> Option<Period> {
        Period::from_raw(self.lo, self.hi.min(day.epoch_days()))
    }

    /// The smallest period that covers both: from the earlier start to the later end, days between them included.
    #[must_use]
    pub fn hull(self, other: Period) -> Period {
        Period { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// Ends as day numbers, open ends as [`OPEN_START`] and [`OPEN_END`]; for the interval algorithms.
    pub(crate) fn raw(self) -> (i32, i32) {
        (self.lo, self.hi)
    }

    /// The inverse of [`Period::raw`]; `None` when it holds no day.
    pub(crate) fn from_raw(lo: i32, hi: i32) -> Option<Period> {
        (lo < hi).then_some(Period { lo, hi })
    }
}

impl fmt::Display for Period {
    /// `2020-01-01 … 2024-12-31` with the last day included, an open end left blank.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        padded(f, |f| match (self.from(), self.last_day()) {
            (None, None) => f.write_str("always"),
            (Some(from), None) => write!(f, "{from} …"),
            (None, Some(last)) => write!(f, "… {last}"),
            (Some(from), Some(last)) => write!(f, "{from} … {last}"),
        })
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), |d| d.to_string());
        write!(f, "[{}, {})", end(self.from()), end(self.until()))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodForm {
    // Named functions make serde demand the key: a forgotten end must not read as an open one.
    #[serde(deserialize_with = "Option::deserialize")]
    from: Option<Day>,
    #[serde(deserialize_with = "Option::deserialize")]
    until: Option<Day>,
}

impl Serialize for Period {
    /// `{"from": day|null, "until": day|null}`
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PeriodForm { from: self.from(), until: self.until() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        let form = PeriodForm::deserialize(deserializer)?;
        Period::new(form.from, form.until).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The days the oracle looks at; periods end inside it or are open.
    const WINDOW: std::ops::Range<i32> = -3..19;

    fn day(n: i32) -> Day {
        Day::from_epoch_days(n).unwrap()
    }

    fn days(period: Period) -> BTreeSet<i32> {
        WINDOW.filter(|n| period.contains(day(*n))).collect()
    }

    fn end() -> impl Strategy<Value = Option<Day>> {
        prop_oneof![1 => Just(None), 4 => (0..16).prop_map(|n| Some(day(n)))]
    }

    fn period() -> impl Strategy<Value = Period> {
        (end(), end()).prop_filter_map("holds a day", |(from, until)| Period::new(from, until).ok())
    }

    proptest! {
        #[test]
        fn a_period_holds_the_days_from_its_first_to_the_one_before_its_end(from in end(), until in end()) {
            let inside = |n: &i32| from.is_none_or(|d| d.epoch_days() <= *n) && until.is_none_or(|d| *n < d.epoch_days());
            let expected: BTreeSet<i32> = WINDOW.filter(inside).collect();
            match Period::new(from, until) {
                Ok(period) => {
                    prop_assert_eq!(days(period), expected);
                    prop_assert_eq!((period.from(), period.until()), (from, until));
                    prop_assert_eq!(period.last_day(), until.and_then(Day::previous));
                }
                Err(PeriodError::Empty { .. }) => prop_assert_eq!(expected.len(), 0),
            }
        }

        #[test]
        fn set_operations_agree_with_sets_of_days(a in period(), b in period(), n in 0..16) {
            let (in_a, in_b) = (days(a), days(b));
            prop_assert_eq!(a.covers(b), in_b.is_subset(&in_a));
            prop_assert_eq!(a.overlaps(b), !in_a.is_disjoint(&in_b));
            prop_assert_eq!(a.intersect(b).map(days).unwrap_or_default(), &in_a & &in_b);
            prop_assert_eq!(a.meets(b), a.until().is_some() && a.until() == b.from());
            let starting = in_a.iter().copied().filter(|d| *d >= n).collect::<BTreeSet<_>>();
            prop_assert_eq!(a.starting(day(n)).map(days).unwrap_or_default(), starting);
            let ending = in_a.iter().copied().filter(|d| *d < n).collect::<BTreeSet<_>>();
            prop_assert_eq!(a.ending(day(n)).map(days).unwrap_or_default(), ending);
        }

        #[test]
        fn the_json_form_is_read_back(period in period()) {
            let json = serde_json::to_string(&period).unwrap();
            prop_assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
        }
    }

    #[test]
    fn days_periods_and_instants_fill_the_column_they_are_printed_in() {
        let day: Day = "2024-01-01".parse().unwrap();
        let instant: crate::time::Instant = "2024-01-01T09:00:00Z".parse().unwrap();
        assert_eq!(format!("{day:>12}|{day:-<12}|{day:4}|"), "  2024-01-01|2024-01-01--|2024-01-01|");
        assert_eq!(
            format!("{:<14}|{:>24}|", Period::since(day), Period::day(day)),
            "2024-01-01 …  | 2024-01-01 … 2024-01-01|"
        );
        assert_eq!(format!("{instant:>22}|"), "  2024-01-01T09:00:00Z|");
    }

    #[test]
    fn the_days_of_the_constructors() {
        assert_eq!(days(Period::ALWAYS), WINDOW.collect());
        assert_eq!(days(Period::since(day(5))), (5..WINDOW.end).collect());
        assert_eq!(days(Period::before(day(5))), (WINDOW.start..5).collect());
        assert_eq!(days(Period::day(day(5))), BTreeSet::from([5]));
        assert_eq!(Period::day(Day::MAX), Period::since(Day::MAX));
    }

    #[test]
    fn both_keys_of_the_json_form_are_demanded_and_no_other_taken() {
        let read = serde_json::from_str::<Period>;
        assert_eq!(read(r#"{"from":null,"until":null}"#).unwrap(), Period::ALWAYS);
        for json in [
            "{}",
            r#"{"from":"2025-01-01"}"#,
            r#"{"until":null}"#,
            r#"{"from":null,"until":null,"to":null}"#,
            r#"{"from":"2025-01-01","until":"2025-01-01"}"#,
            r#"{"from":"2025-01-01T00:00:00Z","until":null}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
