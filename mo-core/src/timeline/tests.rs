//! Every operation on timelines against the same done day by day.

use proptest::prelude::*;

use super::oracle::{self, Slots, WINDOW, assert_is, day, ends, period, slots, timeline, window};
use super::{Days, OverlapError, Timeline, sweep};
use crate::time::{Day, Period};

fn span_of(from: usize, until: usize) -> Period {
    period(from, until, WINDOW + 2)
}

/// The run of equal slots around one with a value.
fn run_around(slots: &Slots<u8>, slot: usize) -> (Period, &u8) {
    let same = |other: &&Option<u8>| **other == slots[slot];
    let before = slots[..slot].iter().rev().take_while(same).count();
    let after = slots[slot..].iter().take_while(same).count();
    (span_of(slot - before, slot + after), slots[slot].as_ref().unwrap())
}

fn days_of<T>(slots: &Slots<T>) -> Slots<()> {
    slots.iter().map(|value| value.as_ref().map(|_| ())).collect()
}

fn each<A, B, C>(a: &Slots<A>, b: &Slots<B>, f: impl Fn(Option<&A>, Option<&B>) -> Option<C>) -> Slots<C> {
    a.iter().zip(b).map(|(a, b)| f(a.as_ref(), b.as_ref())).collect()
}

fn only(slots: &Slots<u8>, (from, until): (usize, usize)) -> Slots<u8> {
    slots.iter().enumerate().map(|(i, value)| value.filter(|_| (from..until).contains(&i))).collect()
}

proptest! {
    #[test]
    fn pieces_in_any_order_make_one_form(
        (slots, order) in window().prop_flat_map(|slots| {
            let single: Vec<usize> = (0..slots.len()).filter(|i| slots[*i].is_some()).collect();
            (Just(slots), Just(single).prop_shuffle())
        }),
    ) {
        let pieces = order.into_iter().map(|i| (span_of(i, i + 1), slots[i].unwrap()));
        let timeline = Timeline::from_pieces(pieces).unwrap();
        assert_is(&timeline, &slots);
        prop_assert_eq!(timeline.len(), oracle::runs(&slots).len());
        prop_assert_eq!(timeline.is_empty(), slots.iter().all(Option::is_none));
        let back = Timeline::from_pieces(timeline.clone().into_iter().rev()).unwrap();
        prop_assert_eq!(back, timeline);
    }

    #[test]
    fn overlapping_pieces_are_refused_and_both_named(a in ends(), b in ends(), same: bool) {
        let (a, b) = (span_of(a.0, a.1), span_of(b.0, b.1));
        match Timeline::from_pieces([(a, 1), (b, if same { 1 } else { 2 })]) {
            Ok(_) => prop_assert!(!a.overlaps(b)),
            Err(OverlapError { first, second }) => {
                prop_assert!(a.overlaps(b));
                prop_assert!((first, second) == (a, b) || (first, second) == (b, a));
                prop_assert!(first.raw().0 <= second.raw().0);
            }
        }
    }

    #[test]
    fn a_piece_is_the_maximal_period_around_its_day(slots in window()) {
        let timeline = timeline(&slots);
        for slot in 0..slots.len() {
            let expected = slots[slot].is_some().then(|| run_around(&slots, slot));
            prop_assert_eq!(timeline.piece_at(day(slot)), expected);
        }
        let with_value: Vec<usize> = (0..slots.len()).filter(|i| slots[*i].is_some()).collect();
        let (first, last) = (with_value.first().copied(), with_value.last().copied());
        prop_assert_eq!(timeline.first(), first.map(|slot| run_around(&slots, slot)));
        prop_assert_eq!(timeline.last(), last.map(|slot| run_around(&slots, slot)));
        prop_assert_eq!(timeline.span(), first.zip(last).map(|(first, last)| span_of(first, last + 1)));
    }

    #[test]
    fn next_and_last_are_the_nearest_days_with_a_value(slots in window()) {
        let timeline = timeline(&slots);
        let outer = slots.len() - 1;
        for slot in 0..slots.len() {
            // Beyond the day that stands for an outer slot there are more days of that slot.
            let next = (slot + 1..=outer).chain([outer]).find(|i| slots[*i].is_some());
            prop_assert_eq!(timeline.next_after(day(slot)), next.map(|slot| run_around(&slots, slot)));
            let last = (0..slot).rev().chain([0]).find(|i| slots[*i].is_some());
            prop_assert_eq!(timeline.last_before(day(slot)), last.map(|slot| run_around(&slots, slot)));
        }
    }

    #[test]
    fn inserting_and_removing_change_those_days_only(
        start in window(),
        edits in prop::collection::vec((ends(), prop::option::weighted(0.7, 0..3_u8)), 1..12),
    ) {
        let (mut slots, mut timeline) = (start.clone(), timeline(&start));
        for ((from, until), value) in edits {
            slots[from..until].fill(value);
            match value {
                Some(value) => timeline.insert(span_of(from, until), value),
                None => timeline.remove(span_of(from, until)),
            }
            assert_is(&timeline, &slots);
        }
    }

    #[test]
    fn mapping_joins_what_becomes_equal(slots in window()) {
        let timeline = timeline(&slots);
        let mapped = slots.iter().map(|value| value.map(|value| value / 2)).collect();
        assert_is(&timeline.map(|value| value / 2), &mapped);
        let kept = slots.iter().map(|value| value.filter(|value| *value != 1).map(|_| 'x')).collect();
        assert_is(&timeline.filter_map(|value| (*value != 1).then_some('x')), &kept);
        assert_is(&timeline.try_map(|value| Ok::<u8, ()>(value / 2)).unwrap(), &mapped);
        let first_one = timeline.iter().find(|(_, value)| **value == 1);
        let failed = timeline.try_map(|value| if *value == 1 { Err(*value) } else { Ok(*value) });
        prop_assert_eq!(failed.is_err(), first_one.is_some());
    }

    #[test]
    fn two_timelines_combine_as_their_days_do(a in window(), b in window()) {
        let (left, right) = (timeline(&a), timeline(&b));
        assert_is(&left.zip(&right), &each(&a, &b, |a, b| a.copied().zip(b.copied())));
        assert_is(&left.zip_with(&right, |a, b| a + b), &each(&a, &b, |a, b| Some(a? + b?)));
        let sum = |a: Option<&u8>, b: Option<&u8>| match (a, b) {
            (None, None) | (Some(2), _) => None,
            _ => Some(a.unwrap_or(&0) + b.unwrap_or(&0)),
        };
        assert_is(&left.merge(&right, sum), &each(&a, &b, sum));
        assert_is(&left.or_else(&right), &each(&a, &b, |a, b| a.or(b).copied()));
        assert_is(&left.intersect(&right), &each(&a, &b, |a, b| a.filter(|_| b.is_some()).copied()));
        assert_is(&left.subtract(&right), &each(&a, &b, |a, b| a.filter(|_| b.is_none()).copied()));
        let union = left.coverage().union(&right.coverage());
        assert_is(&union, &each(&a, &b, |a, b| a.or(b).map(|_| ())));
    }

    #[test]
    fn an_overlay_gives_each_period_without_change_once(a in window(), b in window()) {
        let (left, right) = (timeline(&a), timeline(&b));
        let pairs: Slots<_> =
            a.iter().zip(&b).map(|(a, b)| (a.is_some() || b.is_some()).then_some((*a, *b))).collect();
        let overlay: Vec<_> =
            left.overlay(&right).map(|(period, a, b)| (period, (a.copied(), b.copied()))).collect();
        prop_assert_eq!(overlay, oracle::runs(&pairs));
    }

    #[test]
    fn a_difference_is_a_maximal_period_of_equal_before_and_after(a in window(), b in window()) {
        let (before, after) = (timeline(&a), timeline(&b));
        let differing: Slots<_> = a.iter().zip(&b).map(|(a, b)| (a != b).then_some((*a, *b))).collect();
        let diff: Vec<_> =
            before.diff(&after).into_iter().map(|(period, a, b)| (period, (a.copied(), b.copied()))).collect();
        prop_assert_eq!(diff, oracle::runs(&differing));
    }

    #[test]
    fn days_with_and_without_a_value(slots in window(), (from, until) in ends()) {
        let timeline = timeline(&slots);
        let within = span_of(from, until);
        let days = days_of(&slots);
        assert_is(&timeline.clip(within), &only(&slots, (from, until)));
        let pieces: Vec<_> = timeline.pieces_in(within).map(|(period, value)| (period, *value)).collect();
        prop_assert_eq!(pieces, oracle::runs(&only(&slots, (from, until))));
        assert_is(&timeline.coverage(), &days);
        let stretches: Vec<_> = timeline.stretches().map(|period| (period, ())).collect();
        prop_assert_eq!(stretches, oracle::runs(&days));

        let missing = |from: usize, until: usize| -> Slots<()> {
            (0..slots.len())
                .map(|i| ((from..until).contains(&i) && slots[i].is_none()).then_some(()))
                .collect()
        };
        assert_is(&timeline.holes_in(within), &missing(from, until));
        let first = slots.iter().position(Option::is_some).unwrap_or(0);
        let last = slots.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        assert_is(&timeline.holes(), &missing(first, last));
        prop_assert_eq!(timeline.covers(within), slots[from..until].iter().all(Option::is_some));
        prop_assert_eq!(timeline.coverage().covers(within), timeline.covers(within));
    }

    #[test]
    fn sets_of_days_answer_as_sets(a in window(), b in window()) {
        let (left, right) = (timeline(&a), timeline(&b));
        let covers = a.iter().zip(&b).all(|(a, b)| a.is_some() || b.is_none());
        prop_assert_eq!(left.covers_all(&right), covers);
        prop_assert_eq!(left.coverage().covers_all(&right.coverage()), covers);
        prop_assert_eq!(left.overlaps(&right), a.iter().zip(&b).any(|(a, b)| a.is_some() && b.is_some()));
        for (slot, value) in a.iter().enumerate() {
            prop_assert_eq!(left.contains(day(slot)), value.is_some());
        }
    }

    #[test]
    fn periods_in_any_order_and_overlapping_make_a_set_of_days(all in prop::collection::vec(ends(), 0..8)) {
        let mut slots: Slots<()> = vec![None; WINDOW + 2];
        for (from, until) in &all {
            slots[*from..*until].fill(Some(()));
        }
        let days: Days = all.iter().map(|(from, until)| span_of(*from, *until)).collect();
        assert_is(&days, &slots);
        prop_assert!(days.periods().eq(days.stretches()));
    }

    #[test]
    fn a_sweep_sees_all_timelines_on_every_day(all in prop::collection::vec(window(), 0..6)) {
        let timelines: Vec<_> = all.iter().map(timeline).collect();
        let borrowed: Vec<_> = timelines.iter().collect();
        let seen = |held: &[Option<&u8>]| -> Option<Vec<Option<u8>>> {
            assert!(held.iter().any(Option::is_some), "asked only where something holds");
            // Some days are left out on purpose.
            (held.iter().flatten().count() != 2).then(|| held.iter().map(|value| value.copied()).collect())
        };
        let expected: Slots<_> = (0..WINDOW + 2)
            .map(|slot| {
                let held: Vec<_> = all.iter().map(|slots| slots[slot].as_ref()).collect();
                if held.iter().any(Option::is_some) { seen(&held) } else { None }
            })
            .collect();
        assert_is(&sweep(&borrowed, seen), &expected);
    }

    #[test]
    fn a_sweep_asks_once_per_period_without_change(a in window(), b in window()) {
        let (left, right) = (timeline(&a), timeline(&b));
        let mut asked = 0;
        let _ = sweep(&[&left, &right], |_| { asked += 1; Some(()) });
        prop_assert_eq!(asked, left.overlay(&right).count());
    }

    #[test]
    fn through_a_key_each_day_has_what_its_key_has(
        keys in slots(0..5_usize, WINDOW + 2),
        values in prop::collection::vec(window(), 4),
    ) {
        let timelines: Vec<_> = values.iter().map(timeline).collect();
        let reached = (0..WINDOW + 2).map(|slot| values.get(keys[slot]?)?[slot]).collect();
        assert_is(&timeline(&keys).through(|key| timelines.get(*key)), &reached);
    }
}

#[test]
fn an_open_end_is_blank_and_the_columns_stay_in_line() {
    let days = |from: &str, until: &str| {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse::<Day>().unwrap());
        Period::new(end(from), end(until)).unwrap()
    };
    let name = Timeline::from_pieces([
        (days("", "2020-01-01"), "Skole"),
        (days("2020-01-01", "2025-01-01"), "Børn og Skole"),
        (days("2026-01-01", ""), "Dagtilbud"),
    ])
    .unwrap();
    assert_eq!(
        name.to_string(),
        "           … 2019-12-31  Skole\n\
         2020-01-01 … 2024-12-31  Børn og Skole\n\
         2026-01-01 …             Dagtilbud\n"
    );
    assert_eq!(
        name.coverage().rows(|()| "").to_string(),
        "           … 2024-12-31\n\
         2026-01-01 …\n"
    );
}

#[test]
fn the_first_and_the_last_day_there_are_have_neighbours_only_in_open_ends() {
    let first = Timeline::single(Period::new(Day::MIN, Day::MIN.next()).unwrap(), 'a');
    assert_eq!(first.last_before(Day::MIN), None);
    assert_eq!(first.next_after(Day::MIN), None);
    assert!(!first.holes_in(Period::ALWAYS).contains(Day::MIN));
    let open = Timeline::single(Period::since(Day::MAX), 'b');
    assert!(open.next_after(Day::MAX).is_some());
    assert!(open.last_before(Day::MAX).is_none());
}
