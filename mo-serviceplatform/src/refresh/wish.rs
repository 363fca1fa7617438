//! Timelines as a source would have them: a value changed on some days, everything else as it was. Knows no service.

use mo_core::time::{Day, Period};
use mo_core::timeline::Timeline;

/// Changes the states on the days of a period that have one.
pub(super) fn rewrite<T: Clone + PartialEq>(
    timeline: &mut Timeline<T>,
    period: Period,
    mut alter: impl FnMut(&mut T),
) {
    let pieces: Vec<(Period, T)> =
        timeline.pieces_in(period).map(|(days, state)| (days, state.clone())).collect();
    for (days, mut state) in pieces {
        alter(&mut state);
        timeline.insert(days, state);
    }
}

/// Gives a field another value from a day on, up to the next day on which it has another than that day's: as the verb
/// `change` does, so plans stay.
pub(super) fn change<T: Clone + PartialEq, V: Clone + PartialEq>(
    timeline: &mut Timeline<T>,
    from: Day,
    mut field: impl FnMut(&mut T) -> &mut V,
    value: &V,
) {
    let rest = Period::since(from);
    let mut first: Option<V> = None;
    let mut until = None;
    for (days, state) in timeline.pieces_in(rest) {
        let here = field(&mut state.clone()).clone();
        if first.as_ref().is_some_and(|first| *first != here) {
            until = days.from();
            break;
        }
        first.get_or_insert(here);
    }
    let days = until.map_or(Some(rest), |until| Period::new(from, until).ok());
    if let Some(days) = days {
        rewrite(timeline, days, |state| *field(state) = value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_ends_where_the_field_changes_and_leaves_the_others_alone() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let piece =
            |from: &str, until: &str, value: (u8, u8)| (Period::new(day(from), day(until)).unwrap(), value);
        let mut timeline = Timeline::from_pieces([
            piece("2020-01-01", "2021-01-01", (1, 1)),
            piece("2021-01-01", "2022-01-01", (1, 2)),
            piece("2023-01-01", "2024-01-01", (1, 2)),
            piece("2024-01-01", "2025-01-01", (3, 2)),
        ])
        .unwrap();
        change(&mut timeline, day("2020-07-01"), |state| &mut state.0, &9);
        let expected = Timeline::from_pieces([
            piece("2020-01-01", "2020-07-01", (1, 1)),
            piece("2020-07-01", "2021-01-01", (9, 1)),
            piece("2021-01-01", "2022-01-01", (9, 2)),
            piece("2023-01-01", "2024-01-01", (9, 2)),
            piece("2024-01-01", "2025-01-01", (3, 2)),
        ]);
        assert_eq!(Ok(timeline), expected);
    }
}
