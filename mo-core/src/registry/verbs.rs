//! The verbs as functions from timeline to timeline (page *Semantics* §4). They know no ids, kinds or rules.

use crate::state::cells::{At, State};
use crate::time::{Day, Period};
use crate::timeline::{Days, Timeline};

/// One slot and the value it gets.
pub(crate) type SlotChange = (At, Option<u32>);

/// What a patch verb made of a timeline.
pub(crate) struct Patched {
    pub(crate) timeline: Timeline<State>,
    /// Days the verb named on which the object does not live.
    pub(crate) left_out: Days,
    /// Runs of old values that were written over: which slot, which days, which value.
    pub(crate) replaced: Vec<(At, Period, Option<u32>)>,
}

impl Patched {
    /// What becomes of a timeline without an addressed day.
    fn nothing(timeline: &Timeline<State>) -> Patched {
        Patched { timeline: timeline.clone(), left_out: Days::new(), replaced: Vec::new() }
    }
}

/// Per slot, the new value from the first day of life at or after `from` to the first whose old value is another.
pub(crate) fn change(timeline: &Timeline<State>, from: Day, changes: &[SlotChange]) -> Patched {
    let mut addressed = pieces(&timeline.clip(Period::since(from)));
    let Some((first, state)) = addressed.first() else { return Patched::nothing(timeline) };
    let (first, state) = (*first, state.clone());
    for (at, value) in changes {
        let old = state.get(*at);
        for (_, state) in addressed.iter_mut().take_while(|(_, state)| state.get(*at) == old) {
            *state = state.with(*at, *value);
        }
    }
    let left_out = first.from().and_then(|first| Period::new(from, first).ok());
    Patched {
        timeline: joined(&timeline.clip(Period::before(from)), addressed),
        left_out: left_out.map(Days::from).unwrap_or_default(),
        replaced: Vec::new(),
    }
}

/// The new values on every day of life in the period.
pub(crate) fn set(timeline: &Timeline<State>, period: Period, changes: &[SlotChange]) -> Patched {
    let mut addressed = pieces(&timeline.clip(period));
    let Some((_, first)) = addressed.first().cloned() else { return Patched::nothing(timeline) };
    let mut replaced = Vec::new();
    for (at, value) in changes {
        let mut run = first.get(*at);
        let mut open: Option<(At, Period, Option<u32>)> = None;
        for (piece, state) in &mut addressed {
            let old = state.get(*at);
            if old != run {
                run = old;
                replaced.extend(open.take());
                open = Some((*at, *piece, old));
            }
            if let Some((_, period, _)) = &mut open {
                *period = Period::from_raw(period.raw().0, piece.raw().1).unwrap_or(*period);
            }
            *state = state.with(*at, *value);
        }
        replaced.extend(open);
    }
    let patched = Timeline::from_sorted(addressed);
    Patched {
        timeline: timeline.subtract(&Days::from(period)).or_else(&patched),
        left_out: timeline.holes_in(period),
        replaced,
    }
}

/// Per slot, the new value on the run of neighbouring days of life with the old value of `on`, across holes.
pub(crate) fn correct(timeline: &Timeline<State>, on: Day, changes: &[SlotChange]) -> Patched {
    let mut all = pieces(timeline);
    let found = all.iter().enumerate().find(|(_, (period, _))| period.contains(on));
    let Some((middle, state)) = found.map(|(middle, (_, state))| (middle, state.clone())) else {
        return Patched::nothing(timeline);
    };
    for (at, value) in changes {
        let old = state.get(*at);
        let (earlier, later) = all.split_at_mut(middle);
        let same = |(_, state): &&mut (Period, State)| state.get(*at) == old;
        for (_, state) in later.iter_mut().take_while(same) {
            *state = state.with(*at, *value);
        }
        for (_, state) in earlier.iter_mut().rev().take_while(same) {
            *state = state.with(*at, *value);
        }
    }
    Patched { timeline: Timeline::from_sorted(all), left_out: Days::new(), replaced: Vec::new() }
}

/// Life and the period: new days get the state of the last day of life before them, else of the first after.
pub(crate) fn extend(timeline: &Timeline<State>, period: Period) -> Timeline<State> {
    let mut extended = timeline.clone();
    for hole in timeline.holes_in(period).periods() {
        let before = hole.from().and_then(|day| timeline.last_before(day));
        let after = || hole.last_day().and_then(|day| timeline.next_after(day));
        if let Some((_, state)) = before.or_else(after) {
            extended.insert(hole, state.clone());
        }
    }
    extended
}

/// Why a stretch cannot be shifted.
pub(crate) enum ShiftError {
    NotOneStretch,
    Overlap(Days),
}

/// The stretch `old` becomes `new`; the state on a day of `new` is the old one on that day clamped into `old`.
pub(crate) fn shift(
    timeline: &Timeline<State>,
    old: Period,
    new: Period,
) -> Result<Timeline<State>, ShiftError> {
    let life = timeline.coverage();
    if !life.periods().any(|stretch| stretch == old) {
        return Err(ShiftError::NotOneStretch);
    }
    let others = timeline.subtract(&Days::from(old));
    let overlap = others.coverage().intersect(&Days::from(new));
    if !overlap.is_empty() {
        return Err(ShiftError::Overlap(overlap));
    }
    let stretch = timeline.clip(old);
    let (Some((_, first)), Some((_, last))) = (stretch.first(), stretch.last()) else {
        return Err(ShiftError::NotOneStretch);
    };
    let ((old_lo, old_hi), (new_lo, new_hi)) = (old.raw(), new.raw());
    let mut shifted = stretch.clip(new);
    if let Some(early) = Period::from_raw(new_lo, new_hi.min(old_lo)) {
        shifted.insert(early, first.clone());
    }
    if let Some(late) = Period::from_raw(new_lo.max(old_hi), new_hi) {
        shifted.insert(late, last.clone());
    }
    Ok(others.or_else(&shifted))
}

fn pieces(timeline: &Timeline<State>) -> Vec<(Period, State)> {
    timeline.as_slice().to_vec()
}

fn joined(earlier: &Timeline<State>, later: Vec<(Period, State)>) -> Timeline<State> {
    let mut all = pieces(earlier);
    all.extend(later);
    Timeline::from_sorted(all)
}
