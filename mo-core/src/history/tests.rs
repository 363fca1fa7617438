//! Histories against an oracle that keeps every whole timeline after each registration.

use proptest::prelude::*;

use super::{History, HistoryError, Rect, index};
use crate::time::{Day, Period, Revision};
use crate::timeline::oracle::{self, Slots, WINDOW, day, period, slots};

/// What one registration says, slot by slot: nothing, absent, or a state.
type Said = Slots<Option<u16>>;

/// The states of all slots after each registration, the empty registry first.
struct Oracle {
    known: Vec<(Revision, Slots<u16>)>,
}

impl Oracle {
    fn new(slots: usize) -> Oracle {
        Oracle { known: vec![(Revision::ZERO, vec![None; slots])] }
    }

    fn apply(&mut self, revision: Revision, said: &Said) {
        let mut slots = self.known.last().unwrap().1.clone();
        for (slot, said) in slots.iter_mut().zip(said) {
            *slot = said.unwrap_or(*slot);
        }
        self.known.push((revision, slots));
    }

    fn at(&self, revision: Revision) -> &Slots<u16> {
        &self.known.iter().rev().find(|(known, _)| *known <= revision).unwrap().1
    }

    /// Every revision worth asking for: each, those between, and those beyond.
    fn revisions(&self) -> impl Iterator<Item = Revision> + use<> {
        let last = self.known.last().unwrap().0.number();
        (0..=last + 1).map(Revision::new).chain([Revision::MAX])
    }
}

fn effects(said: &Said) -> Vec<(Period, Option<u16>)> {
    oracle::runs(said)
}

/// Registrations on a window, and how far each revision lies above the one before.
fn registrations(most: usize, width: usize) -> impl Strategy<Value = Vec<(u32, Said)>> {
    let said = slots(prop::option::weighted(0.8, 0..3_u16), width);
    prop::collection::vec((1..4_u32, said), 0..most)
}

fn check(history: &History<u16>, oracle: &Oracle, revision: Revision) {
    let expected = oracle.at(revision);
    for (slot, value) in expected.iter().enumerate() {
        assert_eq!(
            history.get(day(slot), revision),
            value.as_ref(),
            "{} at {revision:?}\n{}",
            day(slot),
            history.table()
        );
        let rect = history.rect_at(day(slot), revision);
        assert_eq!(rect.map(|rect| rect.value), value.as_ref());
        assert!(rect.is_none_or(|rect| holds(&rect, day(slot), revision)), "{rect:?}");
    }
    assert_eq!(history.get(Day::MIN, revision), expected[0].as_ref());
    assert_eq!(history.get(Day::MAX, revision), expected[expected.len() - 1].as_ref());
    let timeline = history.timeline(revision);
    oracle::assert_is(&timeline, expected);
    assert_eq!(history.life(revision), timeline.coverage());
    let believed: Vec<_> = history.believed(revision).collect();
    assert!(believed.is_sorted_by(|a, b| a.valid.raw().1 <= b.valid.raw().0));
}

fn holds(rect: &Rect<'_, u16>, day: Day, revision: Revision) -> bool {
    rect.valid.contains(day)
        && rect.known_from <= revision
        && rect.known_until.is_none_or(|until| revision < until)
}

/// Fails unless exactly one rectangle holds where there is a state, and none where there is none.
fn check_rectangles(history: &History<u16>, oracle: &Oracle) {
    let rects = history.rectangles();
    assert_eq!(rects.len(), history.len());
    assert!(rects.is_sorted_by(|a, b| (a.known_from, a.valid.raw().0) < (b.known_from, b.valid.raw().0)));
    for revision in oracle.revisions() {
        for (slot, value) in oracle.at(revision).iter().enumerate() {
            let held: Vec<_> =
                rects.iter().filter(|rect| holds(rect, day(slot), revision)).map(|r| r.value).collect();
            assert_eq!(held, Vec::from_iter(value), "{} at {revision:?}", day(slot));
        }
    }
}

proptest! {
    #[test]
    fn every_day_of_every_belief_is_answered(registrations in registrations(12, WINDOW + 2)) {
        let (mut history, mut oracle) = (History::new(), Oracle::new(WINDOW + 2));
        let mut revision = 0;
        let mut said_something = Vec::new();
        for (step, said) in &registrations {
            revision += step;
            let effects = effects(said);
            let (before, count) = (history.len(), effects.len());
            if count > 0 {
                said_something.push(Revision::new(revision));
            }
            history.apply(Revision::new(revision), effects).unwrap();
            oracle.apply(Revision::new(revision), said);
            prop_assert!(history.len() <= before + 3 * count);
        }
        prop_assert_eq!(history.first_known(), said_something.first().copied());
        prop_assert_eq!(history.last_revision(), said_something.last().copied());
        for revision in oracle.revisions() {
            check(&history, &oracle, revision);
        }
        check_rectangles(&history, &oracle);
        let current: Vec<_> = history.current().collect();
        prop_assert!(current.iter().all(|rect| rect.known_until.is_none()));
        prop_assert_eq!(current, history.believed(Revision::MAX).collect::<Vec<_>>());
        prop_assert_eq!(history.ever(|value| *value == 1).count(), history.iter().filter(|r| *r.value == 1).count());
    }

    #[test]
    fn the_rectangles_as_once_known_are_those_of_the_registrations_so_far(
        registrations in registrations(8, WINDOW + 2),
    ) {
        let mut history = History::new();
        let mut earlier = vec![(Revision::ZERO, history.clone())];
        let mut revision = 0;
        for (step, said) in &registrations {
            revision += step;
            history.apply(Revision::new(revision), effects(said)).unwrap();
            earlier.push((Revision::new(revision), history.clone()));
        }
        for (revision, then) in earlier {
            prop_assert_eq!(history.rectangles_as_known(revision), then.rectangles());
        }
    }

    #[test]
    fn the_order_of_effects_in_one_registration_does_not_matter(
        registrations in registrations(8, WINDOW + 2),
    ) {
        let (mut forwards, mut backwards) = (History::new(), History::new());
        let mut revision = 0;
        for (step, said) in &registrations {
            revision += step;
            forwards.apply(Revision::new(revision), effects(said)).unwrap();
            backwards.apply(Revision::new(revision), effects(said).into_iter().rev()).unwrap();
        }
        prop_assert_eq!(forwards, backwards);
    }

    #[test]
    fn open_ended_changes_leave_at_most_two_rectangles_each(
        starts in prop::collection::vec(1..=WINDOW, 0..40),
    ) {
        let mut history = History::new();
        history.apply(Revision::new(1), [(period(1, WINDOW + 2, WINDOW + 2), Some(0))]).unwrap();
        for (n, start) in (1_u16..).zip(starts) {
            let change = (Period::since(day(start)), Some(n));
            history.apply(Revision::new(u32::from(n) + 1), [change]).unwrap();
            prop_assert!(history.len() <= 2 * usize::from(n) + 1, "{}", history.table());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Many narrow effects on a wide window: the index is used, on several levels, and blocks without a day skipped.
    #[test]
    fn long_histories_are_answered_through_the_index(
        effects in prop::collection::vec((0..80_usize, 1..6_usize, prop::option::weighted(0.8, 0..100_u16)), 700..1200),
    ) {
        const WIDE: usize = 80;
        let (mut history, mut oracle) = (History::new(), Oracle::new(WIDE));
        for (n, (from, length, value)) in (1..).zip(effects) {
            let mut said: Said = vec![None; WIDE];
            let until = (from + length).min(WIDE);
            said[from..until].fill(Some(value));
            history.apply(Revision::new(n), [(period(from, until, WIDE), value)]).unwrap();
            oracle.apply(Revision::new(n), &said);
        }
        prop_assert!(history.closed >= 4 * index::THRESHOLD * 4);
        prop_assert!(history.index.is_some());
        for revision in oracle.revisions() {
            check(&history, &oracle, revision);
        }
    }
}

#[test]
fn a_day_untouched_for_long_is_found_behind_all_that_was_closed_since() {
    let mut history = History::new();
    let busy = period(20, 21, 30);
    history.apply(Revision::new(1), [(Period::ALWAYS, Some(0))]).unwrap();
    for n in 2..=5_000 {
        history.apply(Revision::new(n), [(busy, Some(n))]).unwrap();
    }
    history.apply(Revision::new(5_001), [(Period::ALWAYS, None)]).unwrap();
    for revision in [1, 2, 40, 2_500, 5_000] {
        assert_eq!(history.get(day(3), Revision::new(revision)), Some(&0));
        let expected = if revision == 1 { 0 } else { revision };
        assert_eq!(history.get(day(20), Revision::new(revision)), Some(&expected));
    }
    assert_eq!(history.get(day(3), Revision::new(5_001)), None);
}

#[test]
fn an_effect_ends_the_days_it_overlaps_and_leaves_the_rest_as_known_before() {
    let mut history = History::new();
    history.apply(Revision::new(1), [(period(1, 9, 16), Some('a'))]).unwrap();
    history.apply(Revision::new(2), [(period(3, 5, 16), Some('b'))]).unwrap();
    let rect = |from, until, known_from, known_until: Option<u32>, value| Rect {
        valid: period(from, until, 16),
        known_from: Revision::new(known_from),
        known_until: known_until.map(Revision::new),
        value,
    };
    assert_eq!(
        history.rectangles(),
        [
            rect(1, 3, 1, None, &'a'),
            rect(3, 5, 1, Some(2), &'a'),
            rect(5, 9, 1, None, &'a'),
            rect(3, 5, 2, None, &'b')
        ]
    );
    assert_eq!(
        history.table().to_string(),
        "2024-01-01 … 2024-01-02  r1 …     a\n\
         2024-01-03 … 2024-01-04  r1 … r1  a\n\
         2024-01-05 … 2024-01-08  r1 …     a\n\
         2024-01-03 … 2024-01-04  r2 …     b\n"
    );
}

#[test]
fn an_object_deleted_and_created_again_was_absent_between() {
    let mut history = History::new();
    history.apply(Revision::new(1), [(Period::ALWAYS, Some('a'))]).unwrap();
    history.apply(Revision::new(4), [(Period::ALWAYS, None)]).unwrap();
    history.apply(Revision::new(7), [(Period::ALWAYS, Some('a'))]).unwrap();
    let states = (0..9).map(|n| history.get(day(1), Revision::new(n)).copied()).collect::<Vec<_>>();
    assert_eq!(states, [None, Some('a'), Some('a'), Some('a'), None, None, None, Some('a'), Some('a')]);
}

#[test]
fn a_registration_out_of_order_or_at_odds_with_itself_changes_nothing() {
    let mut history = History::new();
    let (early, late) = (Revision::new(3), Revision::new(5));
    history.apply(late, [(Period::ALWAYS, Some('a'))]).unwrap();
    let before = history.clone();
    for revision in [Revision::ZERO, early, late] {
        let refused = history.apply(revision, [(Period::ALWAYS, Some('b'))]);
        assert_eq!(refused, Err(HistoryError::NotLater { revision, last: late }));
    }
    assert_eq!(history.apply(Revision::MAX, [(Period::ALWAYS, None)]), Err(HistoryError::NoRegistration));
    let overlapping = [(period(3, 9, 16), Some('b')), (period(1, 4, 16), None)];
    let refused = history.apply(Revision::new(6), overlapping).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "in registration 6: 2024-01-01 … 2024-01-03 and 2024-01-03 … 2024-01-08 overlap: \
         on any day there is one value; end the earlier piece before the later begins"
    );
    history.apply(Revision::new(6), []).unwrap();
    assert_eq!(history, before);
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut history = History::new();
    for n in 1..200 {
        history.apply(Revision::new(n), [(period(1, 5, 16), Some(n))]).unwrap();
    }
    let earlier = history.clone();
    for n in 200..400 {
        history.apply(Revision::new(n), [(period(1, 5, 16), Some(n))]).unwrap();
    }
    assert_eq!(earlier.get(day(2), Revision::MAX), Some(&199));
    assert_eq!(history.get(day(2), Revision::MAX), Some(&399));
    assert_eq!(history.get(day(2), Revision::new(300)), Some(&300));
    assert_eq!(history.map(|n| n * 2).get(day(2), Revision::new(300)), Some(&600));
}
