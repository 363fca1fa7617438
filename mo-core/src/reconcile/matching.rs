//! Which object of the source's own each wish means: by id, by declared key, and the rest by the cheapest assignment.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use uuid::Uuid;

use super::assign::assign;
use super::work::{Masters, become_wished, lost};
use crate::model::{Kind, ObjectRef, Slot, Value, ValueType};
use crate::state::cells::State;
use crate::state::snapshot::effects_between;
use crate::state::tables::{Ix, Tables};
use crate::time::Period;
use crate::timeline::Timeline;

/// A wish in the numbers of the tables.
pub(super) struct Wished {
    pub(super) kind: Kind,
    pub(super) id: Option<Uuid>,
    pub(super) if_new: Uuid,
    pub(super) timeline: Timeline<State>,
}

/// One of the source's own objects.
pub(super) struct Candidate {
    pub(super) kind: Kind,
    pub(super) ix: Ix,
    pub(super) id: Uuid,
    pub(super) timeline: Timeline<State>,
}

/// The most pairs of which the cheapest assignment is looked for exactly.
const PAIRS: usize = 16_384;

/// Finds the pairs of one reconciliation.
pub(super) struct Matching<'a> {
    within: Period,
    masters: &'a HashMap<Kind, Masters>,
    keys: &'a BTreeMap<Kind, Vec<Slot>>,
    tables: &'a Tables,
}

/// Places of wishes and of mine that are still to be paired.
#[derive(Default)]
struct Open {
    wishes: Vec<usize>,
    mine: Vec<usize>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(
        within: Period,
        masters: &'a HashMap<Kind, Masters>,
        keys: &'a BTreeMap<Kind, Vec<Slot>>,
        tables: &'a Tables,
    ) -> Matching<'a> {
        Matching { within, masters, keys, tables }
    }

    /// For every wish the place of the object it means; an error names an id that two wishes have.
    pub(super) fn find(
        &self,
        wishes: &[Wished],
        mine: &[Candidate],
    ) -> Result<Vec<Option<usize>>, (ObjectRef, String)> {
        let mut pairs: Vec<Option<usize>> = vec![None; wishes.len()];
        let place: HashMap<Uuid, usize> = mine.iter().enumerate().map(|(at, own)| (own.id, at)).collect();
        let mut named: HashSet<Uuid> = HashSet::new();
        let mut taken: HashSet<usize> = HashSet::new();
        for (wish, pair) in wishes.iter().zip(&mut pairs) {
            let id = wish.id.unwrap_or(wish.if_new);
            if !named.insert(id) {
                let object = ObjectRef { kind: wish.kind, id };
                return Err((object, format!("{object} is wished for twice. Say once what it is to be.")));
            }
            // What a wish would be called were it new is its own object when a run before this one made it.
            *pair = place.get(&id).copied().filter(|at| mine.get(*at).is_some_and(|m| m.kind == wish.kind));
            taken.extend(*pair);
        }
        let mut open: BTreeMap<Kind, Open> = BTreeMap::new();
        for (at, wish) in wishes.iter().enumerate() {
            let says_nothing = wish.timeline.clip(self.within).is_empty();
            if wish.id.is_none() && !says_nothing && pairs.get(at).is_some_and(Option::is_none) {
                open.entry(wish.kind).or_default().wishes.push(at);
            }
        }
        for (at, own) in mine.iter().enumerate() {
            if !taken.contains(&at) {
                open.entry(own.kind).or_default().mine.push(at);
            }
        }
        for (kind, open) in open {
            let Some(masters) = self.masters.get(&kind) else { continue };
            let round = Round { matching: self, kind, masters, wishes, mine };
            let (keyed, mut rest) = round.by_key(open);
            // Only a key brings back what has no day among those the wish speaks of.
            rest.mine.retain(|at| round.own(*at).is_some_and(|own| !own.clip(self.within).is_empty()));
            for group in keyed {
                round.assign(group, &mut pairs);
            }
            round.assign(rest, &mut pairs);
        }
        Ok(pairs)
    }
}

/// The pairs of one kind.
struct Round<'a> {
    matching: &'a Matching<'a>,
    kind: Kind,
    masters: &'a Masters,
    wishes: &'a [Wished],
    mine: &'a [Candidate],
}

impl Round<'_> {
    fn wish(&self, at: usize) -> Option<&Timeline<State>> {
        self.wishes.get(at).map(|wish| &wish.timeline)
    }

    fn own(&self, at: usize) -> Option<&Timeline<State>> {
        self.mine.get(at).map(|own| &own.timeline)
    }

    /// Those with one key each, and those without.
    fn by_key(&self, open: Open) -> (Vec<Open>, Open) {
        let tables = self.matching.tables;
        let slots: Vec<Option<_>> = match self.matching.keys.get(&self.kind) {
            None => return (Vec::new(), open),
            Some(slots) => slots
                .iter()
                .map(|slot| tables.lookup(self.kind, slot, None::<&Value>).map(|(at, _)| at))
                .collect(),
        };
        let key = |timeline: Option<&Timeline<State>>| -> Option<Vec<u32>> {
            let (_, state) = timeline?.last()?;
            slots.iter().map(|at| state.get((*at)?)).collect()
        };
        split(open, |at| key(self.wish(at)), |at| key(self.own(at)))
    }

    /// Pairs as many as there are, as cheaply as can be.
    fn assign(&self, open: Open, pairs: &mut [Option<usize>]) {
        if open.wishes.is_empty() || open.mine.is_empty() {
            return;
        }
        if open.wishes.len().saturating_mul(open.mine.len()) <= PAIRS {
            self.exactly(open, pairs);
            return;
        }
        // Too many to compare all with all: what is as wished already stays, then what belongs to the same person or unit
        // is compared, and of the others any pair saves creating one and ending another.
        let clipped = |timeline: Option<&Timeline<State>>| {
            let timeline = timeline?.clip(self.matching.within);
            Some(timeline.iter().map(|(p, s)| (p, self.masters.mastered(s))).collect::<Vec<_>>())
        };
        let (equal, mut rest) = split(open, |at| clipped(self.wish(at)), |at| clipped(self.own(at)));
        for group in equal {
            pair_in_order(group, pairs, &mut rest);
        }
        let anchor = |timeline: Option<&Timeline<State>>| self.anchor(timeline?);
        let (anchored, mut rest) = split(rest, |at| anchor(self.wish(at)), |at| anchor(self.own(at)));
        for group in anchored {
            if group.wishes.len().saturating_mul(group.mine.len()) <= PAIRS {
                let before: HashSet<usize> = pairs.iter().flatten().copied().collect();
                let (wishes, mine) = (group.wishes.clone(), group.mine.clone());
                self.exactly(group, pairs);
                let paired: HashSet<usize> = pairs.iter().flatten().copied().collect();
                rest.wishes
                    .extend(wishes.into_iter().filter(|at| pairs.get(*at).is_some_and(Option::is_none)));
                rest.mine.extend(mine.into_iter().filter(|at| !paired.contains(at) && !before.contains(at)));
            } else {
                pair_in_order(group, pairs, &mut rest);
            }
        }
        rest.wishes.sort_unstable();
        rest.mine.sort_by_key(|at| self.mine.get(*at).map(|own| own.id));
        let mut left = Open::default();
        pair_in_order(rest, pairs, &mut left);
    }

    /// The person or unit that an object belongs to, on its last day.
    fn anchor(&self, timeline: &Timeline<State>) -> Option<(u8, u32)> {
        let (_, state) = timeline.last()?;
        let refers = |wanted: Kind| {
            let fields = (0u8..).zip(self.kind.spec().fields);
            let mut found = fields.filter(|(_, field)| field.value == ValueType::Ref(wanted));
            found.find_map(|(field, _)| state.field(field).next().map(|cell| (field, cell.value)))
        };
        refers(Kind::Person).or_else(|| refers(Kind::Unit))
    }

    fn exactly(&self, mut open: Open, pairs: &mut [Option<usize>]) {
        open.mine.sort_by_key(|at| self.mine.get(*at).map(|own| own.id));
        let within = self.matching.within;
        let count =
            |before: &Timeline<State>, now: &Timeline<State>| effects_between(before, now).len() as u64;
        let nothing = Timeline::new();
        let becomes = |own: &Timeline<State>, wish: Option<&Timeline<State>>| match wish {
            Some(wish) => count(own, &become_wished(self.masters, within, own, wish)),
            None => count(own, &lost(within, own)),
        };
        // Rows are wishes and, as far as there are fewer of them, mine that go; columns mine and wishes that are made.
        let n = open.wishes.len().max(open.mine.len());
        let cost: Vec<Vec<u64>> = (0..n)
            .map(|row| {
                let wish = open.wishes.get(row).and_then(|at| self.wish(*at));
                let of = |column| open.mine.get(column).and_then(|at| self.own(*at)).unwrap_or(&nothing);
                (0..n).map(|column| becomes(of(column), wish)).collect()
            })
            .collect();
        for (wish, column) in open.wishes.iter().zip(assign(&cost)) {
            if let Some(pair) = pairs.get_mut(*wish) {
                *pair = open.mine.get(column).copied();
            }
        }
    }
}

/// Groups of wishes and mine that have something in common; those that have nothing to be grouped by are the rest.
fn split<T: Eq + Hash>(
    open: Open,
    of_wish: impl Fn(usize) -> Option<T>,
    of_mine: impl Fn(usize) -> Option<T>,
) -> (Vec<Open>, Open) {
    let mut groups: HashMap<T, usize> = HashMap::new();
    let mut found: Vec<Open> = Vec::new();
    let mut rest = Open::default();
    let mut place = |key: T, found: &mut Vec<Open>| {
        *groups.entry(key).or_insert_with(|| {
            found.push(Open::default());
            found.len() - 1
        })
    };
    for at in open.wishes {
        match of_wish(at).map(|key| place(key, &mut found)).and_then(|place| found.get_mut(place)) {
            Some(group) => group.wishes.push(at),
            None => rest.wishes.push(at),
        }
    }
    for at in open.mine {
        match of_mine(at).map(|key| place(key, &mut found)).and_then(|place| found.get_mut(place)) {
            Some(group) => group.mine.push(at),
            None => rest.mine.push(at),
        }
    }
    (found, rest)
}

/// Pairs the first with the first, and so on; what is over goes to the rest.
fn pair_in_order(group: Open, pairs: &mut [Option<usize>], rest: &mut Open) {
    let both = group.wishes.len().min(group.mine.len());
    for (wish, own) in group.wishes.iter().zip(&group.mine) {
        if let Some(pair) = pairs.get_mut(*wish) {
            *pair = Some(*own);
        }
    }
    rest.wishes.extend(group.wishes.into_iter().skip(both));
    rest.mine.extend(group.mine.into_iter().skip(both));
}
