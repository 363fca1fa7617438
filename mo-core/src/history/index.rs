//! The index of long histories: which rectangle, of those that ended after a given revision, is the first to hold a
//! given day. Short histories have none; a plain scan is faster there.
//!
//! Closed rectangles are never changed and only ever appended, so full blocks of them are summed up once: the days in
//! any rectangle of the block, as a sorted list of periods. Four blocks make one of the next level, and so on. A
//! search skips the largest blocks that do not hold the day and scans only the one that does.

use super::Stored;
use crate::time::{Day, Period};
use crate::timeline::Days;

/// Below this many closed rectangles there is no index; also the number of rectangles in a block of the lowest level.
pub(super) const THRESHOLD: usize = 32;
/// How many blocks make one of the next level.
const FAN_OUT: usize = 4;

#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    levels: Vec<Level>,
}

/// The blocks of one size, each a set of days.
#[derive(Debug, Clone, Default)]
struct Level {
    /// The days of all blocks, one after the other.
    periods: Vec<Period>,
    /// Where in `periods` each block ends.
    ends: Vec<usize>,
}

impl Level {
    fn block(&self, at: usize) -> Option<&[Period]> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.periods.get(start..end)
    }

    fn holds(&self, block: usize, day: Day) -> bool {
        let periods = self.block(block).unwrap_or_default();
        let reached = periods.partition_point(|period| period.raw().1 <= day.epoch_days());
        periods.get(reached).is_some_and(|period| period.contains(day))
    }

    fn push(&mut self, days: &Days) {
        self.periods.extend(days.periods());
        self.ends.push(self.periods.len());
    }
}

impl Index {
    /// Whether `closed` rectangles fill a block that is not yet in the index.
    pub(super) fn wants(&self, closed: usize) -> bool {
        closed / THRESHOLD > self.levels.first().map_or(0, |level| level.ends.len())
    }

    /// Adds the blocks that `closed` rectangles fill, given the days of each.
    pub(super) fn extend(&mut self, closed: usize, valid: impl Fn(usize) -> Option<Period>) {
        let mut lower: Option<Level> = None;
        let mut blocks = closed / THRESHOLD;
        let mut levels = std::mem::take(&mut self.levels).into_iter();
        while blocks > 0 {
            let mut level = levels.next().unwrap_or_default();
            for at in level.ends.len()..blocks {
                let days: Days = match &lower {
                    None => (at * THRESHOLD..(at + 1) * THRESHOLD).filter_map(&valid).collect(),
                    Some(lower) => {
                        let parts = (at * FAN_OUT..(at + 1) * FAN_OUT).filter_map(|part| lower.block(part));
                        parts.flatten().copied().collect()
                    }
                };
                level.push(&days);
            }
            self.levels.extend(lower.replace(level));
            blocks /= FAN_OUT;
        }
        self.levels.extend(lower);
    }

    /// The first of the rectangles `closed[start..]` that holds `day`.
    ///
    /// At most three blocks per level are looked into on the way up and down, each with a binary search, and two
    /// scans of a block: O(log² n).
    pub(super) fn first_containing<'a, T>(
        &self,
        closed: &'a [Stored<T>],
        start: usize,
        day: Day,
    ) -> Option<&'a Stored<T>> {
        let mut at = start;
        while at < closed.len() {
            let absent = self.absent_from(at, day);
            if absent > 0 {
                at += absent;
                continue;
            }
            let end = ((at / THRESHOLD + 1) * THRESHOLD).min(closed.len());
            let found = closed.get(at..end)?.iter().find(|rect| rect.valid.contains(day));
            if found.is_some() {
                return found;
            }
            at = end;
        }
        None
    }

    /// How many rectangles from `at` on are known not to hold `day`: the largest block beginning there without it.
    fn absent_from(&self, at: usize, day: Day) -> usize {
        if !at.is_multiple_of(THRESHOLD) {
            return 0;
        }
        let first = at / THRESHOLD;
        let (mut levels, mut width) = (0, 1);
        while let Some(level) = self.levels.get(levels)
            && first.is_multiple_of(width)
            && first / width < level.ends.len()
        {
            levels += 1;
            width *= FAN_OUT;
        }
        // From the largest down, so that a block that holds the day is looked into once and not asked again.
        for level in self.levels.iter().take(levels).rev() {
            width /= FAN_OUT;
            if !level.holds(first / width, day) {
                return width * THRESHOLD;
            }
        }
        0
    }
}
