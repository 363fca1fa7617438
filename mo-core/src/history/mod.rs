//! [`History`]: what was known of one object's timeline after each registration, as rectangles over both time axes.
//! This file holds the type and how registrations are applied; reads are in `read`, the index of long histories in
//! `index`, text in `text`. It knows revisions only; their instants, authors and notes are the journal's.

mod index;
mod read;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use thiserror::Error;

use crate::time::{Period, Revision};
use crate::timeline::{OverlapError, sort_disjoint};

use index::Index;

pub use read::{Believed, Rect};
pub use text::Table;

/// The timeline of one object as known after each registration, on both axes at once.
///
/// Held as *rectangles* in canonical form: a period of valid days × a period of revisions × the state. Each effect of
/// a registration (a maximal period of equal new state) opens one; an effect *absent* opens none. A later effect ends
/// the days it overlaps at its revision, and what is left of the older rectangle, left and right, stays believed
/// since it was first known. Nothing is merged afterwards. So one effect adds at most three rectangles, and after n
/// open-ended changes of one rectangle there are at most 2n + 1.
///
/// ```
/// use mo_core::history::History;
/// use mo_core::time::{Day, Period, Revision};
///
/// let day = |text: &str| text.parse::<Day>();
/// let (r1, r2) = (Revision::new(1), Revision::new(2));
/// let mut name = History::new();
/// name.apply(r1, [(Period::since(day("2020-01-01")?), Some("Skole"))])?;
/// name.apply(r2, [(Period::since(day("2025-01-01")?), Some("Dagtilbud"))])?;
///
/// assert_eq!(name.get(day("2026-05-01")?, r1), Some(&"Skole"));
/// assert_eq!(name.get(day("2026-05-01")?, r2), Some(&"Dagtilbud"));
/// assert_eq!(
///     name.table().to_string(),
///     "2020-01-01 … 2024-12-31  r1 …     Skole\n\
///      2025-01-01 …             r1 … r1  Skole\n\
///      2025-01-01 …             r2 …     Dagtilbud\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Complexity
/// One allocation, 16 bytes and a `T` per rectangle; cloning copies it. With n rectangles, of which b are still
/// believed: a read at the head is a binary search, O(log b). A read as known earlier scans the closed rectangles
/// while they are few, else it is O(log² n) through an index that clones share.
#[doc(alias = "Registrering")]
pub struct History<T> {
    /// Closed rectangles in order of the revision that ended them; behind them the still believed ones in order of
    /// valid days. Of one day, the closed ones are therefore in order of known time too.
    /// Shared by clones; a registration makes it anew. `None` while there is none.
    rects: Option<Arc<[Stored<T>]>>,
    /// How many of `rects` are closed.
    closed: usize,
    first: Revision,
    last: Revision,
    /// For the closed ones; absent while they are few.
    index: Option<Arc<Index>>,
}

/// A rectangle as stored: [`Revision::MAX`] ends what is still believed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stored<T> {
    valid: Period,
    from: Revision,
    until: Revision,
    value: T,
}

/// Why a registration cannot be applied to a [`History`]. The history is then as before.
///
/// ```
/// use mo_core::history::{History, HistoryError};
/// use mo_core::time::{Period, Revision};
///
/// let mut history = History::new();
/// history.apply(Revision::new(2), [(Period::ALWAYS, Some("Skole"))])?;
/// let refused = history.apply(Revision::new(1), [(Period::ALWAYS, None)]);
/// assert!(matches!(refused, Err(HistoryError::NotLater { .. }))); // what was registered stays as it was
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Registrations are applied in order; a registration is never changed afterwards.
    #[error(
        "registration {revision} comes after registration {last}: apply registrations in order, each once"
    )]
    NotLater {
        /// The revision given.
        revision: Revision,
        /// The last one applied, or 0 when none was.
        last: Revision,
    },
    /// [`Revision::MAX`] stands for the end of what is still believed and numbers no registration.
    #[error("{} numbers no registration: the last possible one is {}", Revision::MAX, Revision::MAX.number() - 1)]
    NoRegistration,
    /// Two effects of one registration say something about the same day.
    #[error("in registration {revision}: {overlap}")]
    Overlap {
        /// The registration.
        revision: Revision,
        /// The periods.
        #[source]
        overlap: OverlapError,
    },
}

impl<T> History<T> {
    /// A history without any registration.
    pub const fn new() -> History<T> {
        History { rects: None, closed: 0, first: Revision::ZERO, last: Revision::ZERO, index: None }
    }

    /// Records what registration `revision` changed: on the days of each period the state is from now on this one,
    /// or, with `None`, absent. Without effects nothing is recorded.
    ///
    /// The effects may come in any order. Each is to be maximal: of two that meet, the states differ.
    ///
    /// # Errors
    /// [`HistoryError`] when `revision` is not later than every one before, or when two effects overlap; nothing is
    /// recorded then.
    ///
    /// # Complexity
    /// O(log b + b′ + e log e) for e effects, b still believed rectangles and the b′ of them between the first and the
    /// last day concerned, and copying the n rectangles there are: clones of a history share them.
    pub fn apply(
        &mut self,
        revision: Revision,
        effects: impl IntoIterator<Item = (Period, Option<T>)>,
    ) -> Result<(), HistoryError>
    where
        T: Clone,
    {
        if revision <= self.last {
            return Err(HistoryError::NotLater { revision, last: self.last });
        }
        if revision == Revision::MAX {
            return Err(HistoryError::NoRegistration);
        }
        let mut effects: Vec<(Period, Option<T>)> = effects.into_iter().collect();
        sort_disjoint(&mut effects).map_err(|overlap| HistoryError::Overlap { revision, overlap })?;
        let (Some((first, _)), Some((last, _))) = (effects.first(), effects.last()) else {
            return Ok(());
        };
        let (start, end) = self.reached_by(first.hull(*last));
        let (before, old, after) = {
            let (before, rest) = self.open().split_at_checked(start).unwrap_or_default();
            let (old, after) = rest.split_at_checked(end - start).unwrap_or_default();
            (before, old, after)
        };
        let mut made = Made::with_capacity(old.len(), effects.len());
        made.overwrite(revision, old.iter().cloned(), effects);
        let kept = self.closed().iter().cloned();
        let closed = self.closed + made.closed.len();
        let open = before.iter().cloned().chain(made.open).chain(after.iter().cloned());
        let rects: Vec<Stored<T>> = kept.chain(made.closed).chain(open).collect();
        self.rects = Some(rects.into());
        self.closed = closed;
        if self.first == Revision::ZERO {
            self.first = revision;
        }
        self.last = revision;
        self.extend_index();
        Ok(())
    }

    fn rects(&self) -> &[Stored<T>] {
        self.rects.as_deref().unwrap_or_default()
    }

    /// The closed rectangles, in order of the revision that ended them.
    fn closed(&self) -> &[Stored<T>] {
        self.rects().split_at_checked(self.closed).unwrap_or_default().0
    }

    /// The still believed rectangles, in order of valid days.
    fn open(&self) -> &[Stored<T>] {
        self.rects().split_at_checked(self.closed).unwrap_or_default().1
    }

    /// Which of the still believed rectangles reach into `period`.
    fn reached_by(&self, period: Period) -> (usize, usize) {
        let (lo, hi) = period.raw();
        let open = self.open();
        let start = open.partition_point(|rect| rect.valid.raw().1 <= lo);
        let end = open.partition_point(|rect| rect.valid.raw().0 < hi);
        (start, end.max(start))
    }

    fn extend_index(&mut self) {
        if self.closed >= index::THRESHOLD {
            let index = self.index.get_or_insert_default();
            if index.wants(self.closed) {
                let rects = self.rects.as_deref().unwrap_or_default();
                Arc::make_mut(index).extend(self.closed, |at| rects.get(at).map(|rect| rect.valid));
            }
        }
    }
}

/// What becomes of the still believed rectangles under the effects of one registration.
struct Made<T> {
    closed: Vec<Stored<T>>,
    open: Vec<Stored<T>>,
}

impl<T: Clone> Made<T> {
    fn with_capacity(old: usize, effects: usize) -> Made<T> {
        Made { closed: Vec::with_capacity(old), open: Vec::with_capacity(old + effects) }
    }

    /// One pass over both, sorted by days: `old` is what is believed, `effects` what overwrites it.
    fn overwrite(
        &mut self,
        revision: Revision,
        mut old: impl Iterator<Item = Stored<T>>,
        effects: Vec<(Period, Option<T>)>,
    ) {
        let mut rest = None;
        for (period, value) in effects {
            let (lo, hi) = period.raw();
            while let Some(rect) = rest.take().or_else(|| old.next()) {
                let (from, until) = rect.valid.raw();
                if until <= lo {
                    self.open.push(rect);
                    continue;
                }
                if from >= hi {
                    rest = Some(rect);
                    break;
                }
                if let Some(left) = Period::from_raw(from, lo) {
                    self.open.push(Stored { valid: left, value: rect.value.clone(), ..rect });
                }
                if let Some(right) = Period::from_raw(hi, until) {
                    rest = Some(Stored { valid: right, value: rect.value.clone(), ..rect });
                }
                if let Some(ended) = rect.valid.intersect(period) {
                    self.closed.push(Stored { valid: ended, until: revision, ..rect });
                }
                if rest.is_some() {
                    break;
                }
            }
            if let Some(value) = value {
                self.open.push(Stored { valid: period, from: revision, until: Revision::MAX, value });
            }
        }
        self.open.extend(rest);
        self.open.extend(old);
    }
}

impl<T> Clone for History<T> {
    fn clone(&self) -> History<T> {
        History { rects: self.rects.clone(), index: self.index.clone(), ..*self }
    }
}

impl<T> Default for History<T> {
    fn default() -> History<T> {
        History::new()
    }
}

/// Equal when every rectangle is, and so every answer.
impl<T: PartialEq> PartialEq for History<T> {
    fn eq(&self, other: &History<T>) -> bool {
        (self.first, self.last) == (other.first, other.last) && self.rects() == other.rects()
    }
}

impl<T: Eq> Eq for History<T> {}
