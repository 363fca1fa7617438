//! [`Span`]: a rectangle of days and registrations in sixteen bytes, and the joining of those that hold the same.

use crate::history::Rect;
use crate::time::{Day, Period, Revision};

/// A day and a belief: where a question looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    day: i32,
    known: u32,
}

impl Point {
    pub(crate) fn new(day: Day, known: Revision) -> Point {
        Point { day: day.epoch_days(), known: known.number() }
    }

    pub(super) fn day(self) -> i32 {
        self.day
    }

    pub(super) fn known(self) -> u32 {
        self.known
    }
}

/// A rectangle, both sides half-open. Starts and lengths, so that one comparison a side decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    from: i32,
    days: u32,
    known_from: u32,
    knowns: u32,
}

impl Span {
    #[inline]
    pub(super) fn holds(self, at: Point) -> bool {
        let days = at.day.wrapping_sub(self.from).cast_unsigned() < self.days;
        let known = at.known.wrapping_sub(self.known_from) < self.knowns;
        // Both are computed: what a question looks for is as good as drawn, and a wrong guess costs more than a comparison.
        days & known
    }

    /// Whether it is believed at the point, whatever its days.
    #[inline]
    pub(super) fn known_at(self, at: Point) -> bool {
        at.known.wrapping_sub(self.known_from) < self.knowns
    }

    pub(super) fn days(self) -> Option<Period> {
        Period::from_raw(self.from, self.from.wrapping_add_unsigned(self.days))
    }
}

/// A rectangle with what holds in it, as it is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<V> {
    days: (i32, i32),
    known: (u32, u32),
    pub(super) value: V,
}

impl<V: Copy + Ord> Piece<V> {
    pub(super) fn new<T>(rect: &Rect<'_, T>, value: V) -> Piece<V> {
        let until = rect.known_until.unwrap_or(Revision::MAX);
        Piece { days: rect.valid.raw(), known: (rect.known_from.number(), until.number()), value }
    }

    pub(super) fn map<W>(self, value: W) -> Piece<W> {
        Piece { days: self.days, known: self.known, value }
    }

    pub(super) fn span(&self) -> Span {
        Span {
            from: self.days.0,
            days: self.days.1.wrapping_sub(self.days.0).cast_unsigned(),
            known_from: self.known.0,
            knowns: self.known.1 - self.known.0,
        }
    }

    /// The days and registrations at which something begins or ends here; open ends are none.
    pub(super) fn borders(&self) -> ([i32; 2], [u32; 2]) {
        (self.days.into(), self.known.into())
    }
}

/// The pieces with neighbours of one value joined, the still believed ones last, in order of days.
///
/// A history splits where any field changes; what only looks at some of them needs fewer pieces.
pub(super) fn joined<V: Copy + Ord>(mut pieces: Vec<Piece<V>>) -> Vec<Piece<V>> {
    loop {
        let before = pieces.len();
        if before < 2 {
            return pieces;
        }
        pieces.sort_unstable_by_key(|piece| (piece.value, piece.days, piece.known));
        pieces.dedup_by(|later, piece| {
            let one =
                later.value == piece.value && later.days == piece.days && later.known.0 == piece.known.1;
            if one {
                piece.known.1 = later.known.1;
            }
            one
        });
        pieces.sort_unstable_by_key(|piece| (piece.value, piece.known, piece.days));
        pieces.dedup_by(|later, piece| {
            let one =
                later.value == piece.value && later.known == piece.known && later.days.0 == piece.days.1;
            if one {
                piece.days.1 = later.days.1;
            }
            one
        });
        if pieces.len() == before {
            pieces.sort_unstable_by_key(|piece| (piece.known.1, piece.days));
            return pieces;
        }
    }
}
