//! Rules about two fields of one object that must not name the same. Which fields they are is in `deputies` and `links`.

use std::collections::BTreeMap;

use super::{Code, Violation, words};
use crate::model::{Kind, ValueType};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::Days;

/// Two fields of one kind that must not name the same object.
pub(super) struct SameRule {
    pub(super) kind: Kind,
    pub(super) fields: [u8; 2],
    pub(super) code: Code,
    /// The sentence, by the names of the object and of what it names twice, and the days.
    pub(super) sentence: fn(&str, &str, &str) -> String,
}

impl SameRule {
    /// What the commit makes or widens: the object, what it names twice, the days.
    pub(super) fn check(&self, draft: &Draft) -> Vec<Violation> {
        let mut found = Vec::new();
        for touched in draft.touched().iter().filter(|t| t.kind == self.kind && t.is_changed()) {
            let before = self.twice(touched.before.iter());
            for (named, days) in self.twice(touched.now.iter()) {
                let days = match before.get(&named) {
                    Some(stood) => days.subtract(stood),
                    None => days,
                };
                if !days.is_empty() {
                    found.push(self.violation(draft, touched.ix, named, &days));
                }
            }
        }
        found
    }

    /// Every object that is wrong.
    pub(super) fn check_all(&self, draft: &Draft) -> Vec<Violation> {
        let mut found = Vec::new();
        for ix in draft.tables.of_kind(self.kind) {
            let mut pieces = Vec::new();
            draft.each_piece(When::Now, ix, |period, state| {
                if self.named_twice(state).is_some() {
                    pieces.push((period, state.clone()));
                }
            });
            for (named, days) in self.twice(pieces.iter().map(|(period, state)| (*period, state))) {
                found.push(self.violation(draft, ix, named, &days));
            }
        }
        found
    }

    fn named_twice(&self, state: &State) -> Option<Ix> {
        let [one, other] = self.fields.map(|field| state.get(At { field, key: 0 }));
        one.filter(|one| other == Some(*one)).map(Ix)
    }

    fn twice<'s>(&self, pieces: impl Iterator<Item = (Period, &'s State)>) -> BTreeMap<Ix, Days> {
        let mut twice: BTreeMap<Ix, Days> = BTreeMap::new();
        for (period, state) in pieces {
            if let Some(named) = self.named_twice(state) {
                twice.entry(named).or_default().insert(period, ());
            }
        }
        twice
    }

    fn violation(&self, draft: &Draft, ix: Ix, named: Ix, days: &Days) -> Violation {
        let message =
            (self.sentence)(&words::name(draft, ix), &words::name(draft, named), &words::days(days));
        let target = self.kind.spec().fields.get(usize::from(self.fields[0]));
        let target = match target.map(|field| field.value) {
            Some(ValueType::Ref(kind)) => kind,
            _ => self.kind,
        };
        let objects = [(ix, self.kind), (named, target)];
        let objects = objects.map(|(ix, kind)| words::object(draft, ix, kind)).into();
        Violation::on_days(self.code, objects, days, message).drawn(words::lives(draft, &[ix, named]))
    }
}
