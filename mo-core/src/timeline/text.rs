//! Timelines as text: one row per piece, for messages, examples and failing tests. No parsing, no drawing.

use std::fmt;

use super::Timeline;
use crate::time::{Day, Period};

/// A timeline as rows of text; made by [`Timeline::rows`].
///
/// One line per piece, each ended by a line break: the first day, `…`, the last day (included), two spaces and the
/// value. An open end is blank, so that the columns stay in line.
///
/// ```
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut hours = Timeline::single(Period::before(day), 37);
/// hours.insert(Period::since(day), 30);
/// let text = hours.rows(|hours| format!("{hours} hours")).to_string();
/// assert_eq!(text, "           … 2025-12-31  37 hours\n2026-01-01 …             30 hours\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Rows<'a, T, F> {
    timeline: &'a Timeline<T>,
    show: F,
}

impl<T: fmt::Debug, F> fmt::Debug for Rows<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("timeline", &self.timeline).finish_non_exhaustive()
    }
}

impl<T> Timeline<T> {
    /// The timeline as rows of text, each value shown by `show`; for values with `Display` the timeline itself can
    /// be displayed.
    ///
    /// ```
    /// use mo_core::time::{Day, Period};
    /// use mo_core::timeline::Timeline;
    ///
    /// let until: Day = "2025-01-01".parse()?;
    /// let parent = Timeline::single(Period::before(until), ("Skole", 7));
    /// assert_eq!(parent.rows(|(name, _)| name).to_string(), "           … 2024-12-31  Skole\n");
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    pub fn rows<'a, D: fmt::Display, F: Fn(&'a T) -> D>(&'a self, show: F) -> Rows<'a, T, F> {
        Rows { timeline: self, show }
    }
}

impl<'a, T, D: fmt::Display, F: Fn(&'a T) -> D> fmt::Display for Rows<'a, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (period, value) in self.timeline {
            let row = format!("{}  {}", Columns(period), (self.show)(value));
            writeln!(f, "{}", row.trim_end())?;
        }
        Ok(())
    }
}

impl<T: fmt::Display> fmt::Display for Timeline<T> {
    /// One line per piece; see [`Rows`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.rows(|value| value), f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Timeline<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// A period in two columns of fixed width.
pub(crate) struct Columns(pub(crate) Period);

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        end(f, self.0.from())?;
        f.write_str(" … ")?;
        end(f, self.0.last_day())
    }
}

fn end(f: &mut fmt::Formatter<'_>, day: Option<Day>) -> fmt::Result {
    match day {
        Some(day) => write!(f, "{day}"),
        None => f.write_str("          "),
    }
}
