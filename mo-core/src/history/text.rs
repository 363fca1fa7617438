//! A history as text: its rectangles as rows, for messages and failing tests.

use std::fmt;

use super::{History, Rect};
use crate::time::Revision;
use crate::timeline::Columns;

/// The rectangles of a history as rows of text in canonical order; made by [`History::table`].
///
/// One line per rectangle, each ended by a line break: first and last valid day, first and last revision that knew it
/// (both included), the state. What is open is blank.
///
/// ```
/// use mo_core::history::History;
/// use mo_core::time::{Period, Revision};
///
/// let mut history = History::new();
/// history.apply(Revision::new(1), [(Period::ALWAYS, Some("Skoel"))])?;
/// history.apply(Revision::new(2), [(Period::ALWAYS, Some("Skole"))])?;
/// let table = history.table().to_string();
/// assert_eq!(table.lines().count(), 2);
/// assert!(table.lines().next().unwrap().ends_with("Skoel"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Table<'a, T> {
    history: &'a History<T>,
}

impl<T> History<T> {
    /// The rectangles as rows of text.
    pub fn table(&self) -> Table<'_, T> {
        Table { history: self }
    }
}

impl<T: fmt::Display> fmt::Display for Table<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.history.last_revision().map_or(0, |last| format!("{last:?}").len());
        for Rect { valid, known_from, known_until, value } in self.history.rectangles() {
            let from = format!("{known_from:?}");
            let last = known_until.map(|until| Revision::new(until.number().saturating_sub(1)));
            let last = last.map_or_else(String::new, |last| format!("{last:?}"));
            writeln!(f, "{}  {from:>width$} … {last:<width$}  {value}", Columns(valid))?;
        }
        Ok(())
    }
}

impl<T: fmt::Debug> fmt::Debug for Table<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.history.rectangles()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for History<T> {
    /// The rectangles in canonical order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
