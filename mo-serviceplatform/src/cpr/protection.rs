//! [`Protection`]: name-and-address protection as an answer tells it, and on which days it holds. Fails closed: what is
//! not clearly unprotected is protected.

use mo_core::time::{Day, Period};

/// What an answer says of one kind of protection: an element that is there, with up to three parts.
///
/// Protection under § 28 of the Danish CPR act lapses after a year unless it is renewed, so it has days. Rules, in this
/// order: `beskyttet` false: not protected; `beskyttet` true: protected; else protected on its days, an absent end
/// being open.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::cpr::Protection;
///
/// let until: Day = "2027-02-01".parse()?;
/// let protection = Protection { flag: None, from: None, until: Some(until) };
/// assert!(protection.holds_on("2027-01-31".parse()?));
/// assert!(!protection.holds_on(until));
/// assert!(Protection { flag: Some(true), ..protection }.holds_on(until));
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)] // beskyttelseType of the contract
pub struct Protection {
    /// `beskyttet`: what the register itself says on the day it answers.
    pub flag: Option<bool>,
    /// `startdato`: the first day.
    pub from: Option<Day>,
    /// `slutdato`: the first day without.
    pub until: Option<Day>,
}

impl Protection {
    /// Whether the person is protected on `day`.
    pub fn holds_on(self, day: Day) -> bool {
        self.flag.unwrap_or_else(|| self.days().is_some_and(|days| days.contains(day)))
    }

    /// The days on which the person is protected, as known from an answer of this day; `None` when on none.
    ///
    /// A `beskyttet` that is true while the days say otherwise is believed: protected from the day of the answer on,
    /// without an end.
    pub fn period(self, answered: Day) -> Option<Period> {
        match (self.flag, self.days()) {
            (Some(false), _) => None,
            (Some(true), Some(days)) if days.contains(answered) => Some(days),
            (Some(true), _) => Some(Period::since(answered)),
            (None, days) => days,
        }
    }

    fn days(self) -> Option<Period> {
        Period::new(self.from, self.until).ok()
    }
}

/// Whether someone is protected when the answer has person data but no element about it. The contract does not say; the
/// register leaves the element out for people without protection.
///
/// ```
/// use mo_serviceplatform::cpr::WhenSilent;
///
/// assert_eq!(WhenSilent::default(), WhenSilent::Unprotected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums)]
pub enum WhenSilent {
    /// Not protected.
    #[default]
    Unprotected,
    /// Protected all the same.
    Protected,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn protection_by_table() {
        let (s, e) = (Some(day("2026-02-01")), Some(day("2027-02-01")));
        let answered = day("2026-06-01");
        for (flag, from, until, on_answer, period) in [
            (Some(true), s, e, true, "2026-02-01 … 2027-01-31"),
            (Some(true), None, None, true, "always"),
            (Some(true), None, Some(day("2026-03-01")), true, "2026-06-01 …"),
            (Some(true), e, None, true, "2026-06-01 …"),
            (Some(true), e, s, true, "2026-06-01 …"),
            (Some(false), s, e, false, "-"),
            (Some(false), None, None, false, "-"),
            (None, s, e, true, "2026-02-01 … 2027-01-31"),
            (None, s, None, true, "2026-02-01 …"),
            (None, e, None, false, "2027-02-01 …"),
            (None, None, s, false, "… 2026-01-31"),
            (None, None, None, true, "always"),
            (None, e, s, false, "-"),
        ] {
            let protection = Protection { flag, from, until };
            assert_eq!(protection.holds_on(answered), on_answer, "{protection:?}");
            let shown = protection.period(answered).map_or("-".into(), |p| p.to_string());
            assert_eq!(shown, period, "{protection:?}");
        }
    }
}
