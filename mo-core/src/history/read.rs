//! Reading a [`History`]: one state, a whole timeline as known at a revision, the rectangles themselves.

use std::iter::FusedIterator;

use super::{History, Stored};
use crate::time::{Day, Period, Revision};
use crate::timeline::{Days, Timeline};

/// One rectangle of a [`History`]: on the days of `valid`, `value` was what the registry knew from `known_from` up to,
/// not including, `known_until`.
///
/// ```
/// use mo_core::history::History;
/// use mo_core::time::{Period, Revision};
///
/// let mut history = History::new();
/// history.apply(Revision::new(1), [(Period::ALWAYS, Some("Skoel"))])?;
/// history.apply(Revision::new(2), [(Period::ALWAYS, Some("Skole"))])?; // a typing error, corrected
/// let rects = history.rectangles();
/// assert_eq!((*rects[0].value, rects[0].known_until), ("Skoel", Some(Revision::new(2))));
/// assert_eq!((*rects[1].value, rects[1].known_until), ("Skole", None)); // still believed
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect<'a, T> {
    /// The days on which it holds.
    pub valid: Period,
    /// The registration that made it known.
    pub known_from: Revision,
    /// The first registration that no longer knew it; `None` while it is believed.
    pub known_until: Option<Revision>,
    /// The state.
    pub value: &'a T,
}

impl<T> Stored<T> {
    fn rect(&self) -> Rect<'_, T> {
        Rect {
            valid: self.valid,
            known_from: self.from,
            known_until: (self.until != Revision::MAX).then_some(self.until),
            value: &self.value,
        }
    }
}

/// What was believed at one revision, in order of valid days; see [`History::believed`].
///
/// ```
/// use mo_core::history::History;
/// use mo_core::time::{Day, Period, Revision};
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut history = History::new();
/// history.apply(Revision::new(1), [(Period::ALWAYS, Some("Skole"))])?;
/// history.apply(Revision::new(2), [(Period::since(day), Some("Dagtilbud"))])?;
/// let names = |revision| history.believed(revision).map(|rect| *rect.value).collect::<Vec<_>>();
/// assert_eq!(names(Revision::new(1)), ["Skole", "Skole"]); // the second registration split the rectangle
/// assert_eq!(names(Revision::new(2)), ["Skole", "Dagtilbud"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Believed<'a, T> {
    rects: Source<'a, T>,
}

#[derive(Debug)]
enum Source<'a, T> {
    Head(std::slice::Iter<'a, Stored<T>>),
    Past(std::vec::IntoIter<&'a Stored<T>>),
}

impl<'a, T> Iterator for Believed<'a, T> {
    type Item = Rect<'a, T>;

    fn next(&mut self) -> Option<Rect<'a, T>> {
        match &mut self.rects {
            Source::Head(rects) => rects.next(),
            Source::Past(rects) => rects.next(),
        }
        .map(Stored::rect)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.rects {
            Source::Head(rects) => rects.size_hint(),
            Source::Past(rects) => rects.size_hint(),
        }
    }
}

impl<T> ExactSizeIterator for Believed<'_, T> {}
impl<T> FusedIterator for Believed<'_, T> {}

impl<T> History<T> {
    /// The state on `day` as known after registration `revision`; a revision above the last one is the last one.
    ///
    /// # Complexity
    /// At the head O(log b) for b still believed rectangles. Earlier: a scan while the closed ones are few, else
    /// O(log² n).
    pub fn get(&self, day: Day, revision: Revision) -> Option<&T> {
        self.stored_at(day, revision).map(|stored| &stored.value)
    }

    /// The rectangle of this day and revision.
    ///
    /// Its days are those of one effect as far as later ones left it, so a neighbour may hold an equal state; the
    /// maximal period is [`timeline`](History::timeline)'s.
    ///
    /// # Complexity
    /// As [`get`](History::get).
    pub fn rect_at(&self, day: Day, revision: Revision) -> Option<Rect<'_, T>> {
        self.stored_at(day, revision).map(Stored::rect)
    }

    fn stored_at(&self, day: Day, revision: Revision) -> Option<&Stored<T>> {
        let raw = day.epoch_days();
        let open = self.open();
        // Few are counted rather than searched: nothing then hangs on a guess of where the day is.
        let at = match open.len() {
            0..=8 => open.iter().map(|rect| usize::from(rect.valid.raw().1 <= raw)).sum(),
            _ => open.partition_point(|rect| rect.valid.raw().1 <= raw),
        };
        if let Some(rect) = open.get(at).filter(|rect| rect.valid.contains(day))
            && rect.from <= revision
        {
            return Some(rect);
        }
        if revision >= self.last {
            return None;
        }
        // The closed rectangles of one day are in order of known time, so the first that ended after `revision`
        // decides: it was known then, or nothing was.
        let closed = self.closed();
        let found = match &self.index {
            None => closed.iter().find(|rect| rect.until > revision && rect.valid.contains(day)),
            Some(index) => {
                let start = closed.partition_point(|rect| rect.until <= revision);
                index.first_containing(closed, start, day)
            }
        };
        found.filter(|rect| rect.from <= revision)
    }

    /// The still believed rectangles in order of valid days.
    pub fn current(&self) -> Believed<'_, T> {
        Believed { rects: Source::Head(self.open().iter()) }
    }

    /// The rectangles believed after registration `revision`, in order of valid days. As they are held now: what a
    /// later effect has split comes in its parts.
    ///
    /// # Complexity
    /// At the head O(1) to the first and to each next; earlier O(n log n), the sort included.
    pub fn believed(&self, revision: Revision) -> Believed<'_, T> {
        if revision >= self.last {
            return self.current();
        }
        let ended = self.closed();
        let (_, later) =
            ended.split_at_checked(ended.partition_point(|rect| rect.until <= revision)).unwrap_or_default();
        let mut known: Vec<&Stored<T>> =
            later.iter().chain(self.open()).filter(|rect| rect.from <= revision).collect();
        known.sort_unstable_by_key(|rect| rect.valid.raw().0);
        Believed { rects: Source::Past(known.into_iter()) }
    }

    /// The whole timeline as known after registration `revision`, equal neighbours joined.
    ///
    /// # Complexity
    /// As [`believed`](History::believed), and a clone per piece.
    pub fn timeline(&self, revision: Revision) -> Timeline<T>
    where
        T: Clone + PartialEq,
    {
        let mut timeline = Timeline::new();
        for rect in self.believed(revision) {
            timeline.append_cloned(rect.valid, rect.value);
        }
        timeline
    }

    /// The days on which the object was known to exist after registration `revision`: its *life*.
    ///
    /// # Complexity
    /// As [`believed`](History::believed).
    pub fn life(&self, revision: Revision) -> Days {
        let mut life = Days::new();
        for rect in self.believed(revision) {
            life.append(rect.valid, ());
        }
        life
    }

    /// All rectangles in canonical order: by the revision that made them known, then by valid days.
    ///
    /// # Complexity
    /// O(n log n).
    pub fn rectangles(&self) -> Vec<Rect<'_, T>> {
        let mut rects: Vec<_> = self.iter().collect();
        sort_canonically(&mut rects);
        rects
    }

    /// The rectangles in canonical order as they were after registration `revision`, before any later one split or
    /// ended them.
    ///
    /// # Complexity
    /// O(n log n).
    pub fn rectangles_as_known(&self, revision: Revision) -> Vec<Rect<'_, T>>
    where
        T: PartialEq,
    {
        let mut rects: Vec<_> = self
            .iter()
            .filter(|rect| rect.known_from <= revision)
            .map(|rect| Rect { known_until: rect.known_until.filter(|until| *until <= revision), ..rect })
            .collect();
        sort_canonically(&mut rects);
        // Parts that meet, were made known together and were both believed then come from one effect: two effects of
        // one registration that meet differ in state.
        rects.dedup_by(|later, earlier| {
            let one = earlier.known_from == later.known_from
                && earlier.known_until.is_none()
                && later.known_until.is_none()
                && earlier.valid.meets(later.valid)
                && earlier.value == later.value;
            if one {
                earlier.valid = earlier.valid.hull(later.valid);
            }
            one
        });
        rects
    }

    /// All rectangles in no particular order; cheaper than [`rectangles`](History::rectangles).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Rect<'_, T>> + Clone {
        self.rects().iter().map(Stored::rect)
    }

    /// The rectangles, in no particular order, whose state `holds`: whether something was ever so, and when.
    ///
    /// # Complexity
    /// O(n).
    pub fn ever<'a>(&'a self, mut holds: impl FnMut(&T) -> bool + 'a) -> impl Iterator<Item = Rect<'a, T>> {
        self.iter().filter(move |rect| holds(rect.value))
    }

    /// The number of rectangles.
    pub fn len(&self) -> usize {
        self.rects().len()
    }

    /// Whether there is no rectangle: no state was ever known.
    pub fn is_empty(&self) -> bool {
        self.rects().is_empty()
    }

    /// The first registration that said something.
    pub fn first_known(&self) -> Option<Revision> {
        (self.first != Revision::ZERO).then_some(self.first)
    }

    /// The last registration that said something.
    pub fn last_revision(&self) -> Option<Revision> {
        (self.last != Revision::ZERO).then_some(self.last)
    }

    /// The same rectangles with each state replaced by `f` of it, as erasure does.
    ///
    /// # Complexity
    /// O(n).
    #[must_use]
    pub fn map<U>(&self, mut f: impl FnMut(&T) -> U) -> History<U> {
        let stored = |rect: &Stored<T>| Stored {
            valid: rect.valid,
            from: rect.from,
            until: rect.until,
            value: f(&rect.value),
        };
        History {
            rects: self.rects.as_deref().map(|rects| rects.iter().map(stored).collect()),
            closed: self.closed,
            first: self.first,
            last: self.last,
            index: self.index.clone(),
        }
    }
}

fn sort_canonically<T>(rects: &mut [Rect<'_, T>]) {
    // Rectangles made known together share no day, so the order is total.
    rects.sort_unstable_by_key(|rect| (rect.known_from, rect.valid.raw().0));
}
