//! The history of one object by the rule of page *Semantics* §2, from the whole timeline kept for each revision: which
//! rectangles there are, day by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Line, State};

/// A rectangle: days, the revision that made it known, the one that ended it, the state.
#[derive(Debug, Clone, PartialEq)]
pub struct Believed {
    pub valid: (usize, usize),
    pub from: u32,
    pub until: Option<u32>,
    pub state: Arc<State>,
}

/// The rectangles of an object whose line after revision n is `lines[n]`, by known from, then valid from.
pub fn rectangles(lines: &[Line]) -> Vec<Believed> {
    let days = lines[0].len();
    let mut ended: Vec<Believed> = Vec::new();
    // What is still believed: rectangles by number, and which of them each day lies in.
    let mut open: BTreeMap<usize, Believed> = BTreeMap::new();
    let mut on: Vec<Option<usize>> = vec![None; days];
    let mut next = 0;
    for (revision, (before, now)) in (1u32..).zip(lines.iter().zip(&lines[1..])) {
        // Each effect: a maximal period of equal new state among the days that changed.
        let mut effects: Vec<(usize, usize)> = Vec::new();
        for day in (0..days).filter(|day| before[*day] != now[*day]) {
            match effects.last_mut() {
                Some((_, until)) if *until == day && now[day - 1] == now[day] => *until += 1,
                _ => effects.push((day, day + 1)),
            }
        }
        for (from, until) in effects {
            // It ends the overlapped days of each rectangle and splits the rest.
            let mut overlapped: Vec<usize> = on[from..until].iter().flatten().copied().collect();
            overlapped.dedup();
            for number in overlapped {
                let old = open.remove(&number).unwrap();
                let (start, end) = old.valid;
                ended.push(Believed {
                    valid: (start.max(from), end.min(until)),
                    until: Some(revision),
                    ..old.clone()
                });
                for rest in [(start, from), (until, end)].into_iter().filter(|(start, end)| start < end) {
                    on[rest.0..rest.1].fill(Some(next));
                    open.insert(next, Believed { valid: rest, ..old.clone() });
                    next += 1;
                }
            }
            on[from..until].fill(None);
            if let Some(state) = &now[from] {
                on[from..until].fill(Some(next));
                let valid = (from, until);
                open.insert(next, Believed { valid, from: revision, until: None, state: Arc::clone(state) });
                next += 1;
            }
        }
    }
    let mut all: Vec<Believed> = ended.into_iter().chain(open.into_values()).collect();
    all.sort_by_key(|rect| (rect.from, rect.valid));
    all
}
