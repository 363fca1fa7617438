//! No unit stands above itself on any day, in any hierarchy. Source: OS2mo's `V_ORG_UNIT_MOVE_TO_CHILD`, which it asks on
//! the day of the move only, so that planned moves can form a circle there. Looked for by climbing from every changed
//! placement over the days it holds, so that it costs what the commit touches, whatever else the registry holds.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::coverage::placements;
use super::{Code, Violation, words};
use crate::model::Kind;
use crate::state::cells::{At, ROOT, State};
use crate::state::draft::{Draft, When};
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::Days;

/// One violation per circle that the draft makes or keeps for longer: its units by id, and the days on which they form it
/// in any hierarchy and did not before in any.
///
/// # Complexity
/// O(d) in the days and units above the changed placements, each followed once however many lie below.
pub(crate) fn check(draft: &Draft) -> Vec<Violation> {
    let mut climbs = Climbs::new(draft);
    for touched in draft.touched().iter().filter(|touched| touched.kind == Kind::Unit && touched.is_changed())
    {
        for (period, before, now) in touched.before.diff(&touched.now) {
            for (at, _) in now.into_iter().flat_map(parents) {
                if before.and_then(|state| state.get(at)) != now.and_then(|state| state.get(at)) {
                    climbs.from(touched.ix, period, at);
                }
            }
        }
    }
    let new = |(units, days): (Vec<Ix>, Days)| {
        let days = days.subtract(&stood(draft, &units));
        (!days.is_empty()).then(|| violation(draft, &units, &days))
    };
    climbs.circles.into_iter().filter_map(new).collect()
}

/// Every circle there is.
///
/// # Complexity
/// O(n) in the units and their periods.
pub(crate) fn check_all(draft: &Draft) -> Vec<Violation> {
    let mut climbs = Climbs::new(draft);
    for unit in draft.tables.of_kind(Kind::Unit) {
        draft.each_piece(When::Now, unit, |period, state| {
            parents(state).for_each(|(at, _)| climbs.from(unit, period, at));
        });
    }
    climbs.circles.into_iter().map(|(units, days)| violation(draft, &units, &days)).collect()
}

/// Under whom a state stands, and in which slot.
fn parents(state: &State) -> impl Iterator<Item = (At, Ix)> + '_ {
    state.field(placements()).filter(|cell| cell.value != ROOT).map(|cell| (cell.at, Ix(cell.value)))
}

/// The climbing in all hierarchies. Days over which a unit's way up was followed to its end are not followed again.
struct Climbs<'a> {
    draft: &'a Draft,
    done: HashMap<(At, Ix), Days>,
    /// Units by id, and the days on which they form a circle.
    circles: BTreeMap<Vec<Ix>, Days>,
    /// The way up that is being followed, and where on it each unit is; empty between two climbs.
    way: Vec<Step>,
    places: HashMap<Ix, usize>,
}

/// A unit on the way up, the days it is there for, and the parents still to be followed.
struct Step {
    unit: Ix,
    days: Days,
    parents: Vec<(Period, Ix)>,
}

impl<'a> Climbs<'a> {
    fn new(draft: &'a Draft) -> Climbs<'a> {
        Climbs {
            draft,
            done: HashMap::new(),
            circles: BTreeMap::new(),
            way: Vec::new(),
            places: HashMap::new(),
        }
    }

    fn from(&mut self, unit: Ix, days: Period, at: At) {
        let mut next = Some((days, unit));
        loop {
            if let Some((days, unit)) = next.take() {
                if let Some(start) = self.places.get(&unit) {
                    self.circle(*start, days);
                } else if let Some(step) = self.step(unit, days, at) {
                    self.places.insert(unit, self.way.len());
                    self.way.push(step);
                }
            }
            let Some(step) = self.way.last_mut() else { break };
            next = step.parents.pop();
            if next.is_none()
                && let Some(step) = self.way.pop()
            {
                self.places.remove(&step.unit);
                match self.done.entry((at, step.unit)) {
                    Entry::Occupied(mut done) => *done.get_mut() = done.get().union(&step.days),
                    Entry::Vacant(done) => drop(done.insert(step.days)),
                }
            }
        }
    }

    /// The unit and its parents over the days not followed before; `None` when all were.
    fn step(&self, unit: Ix, days: Period, at: At) -> Option<Step> {
        let days = match self.done.get(&(at, unit)) {
            Some(done) => done.holes_in(days),
            None => Days::from(days),
        };
        if days.is_empty() || self.draft.kind(unit) != Some(Kind::Unit) {
            return None;
        }
        let mut parents = Vec::new();
        self.draft.each_piece(When::Now, unit, |period, state| {
            if let Some(parent) = state.get(at).filter(|value| *value != ROOT) {
                parents.extend(days.pieces_in(period).map(|(period, ())| (period, Ix(parent))));
            }
        });
        Some(Step { unit, days, parents })
    }

    fn circle(&mut self, start: usize, days: Period) {
        let mut units: Vec<Ix> = self.way.iter().skip(start).map(|step| step.unit).collect();
        units.sort_by_key(|ix| self.draft.id(*ix));
        let known = self.circles.entry(units).or_default();
        known.insert(days, ());
    }
}

/// The days on which just these units formed a circle before, in any hierarchy.
fn stood(draft: &Draft, units: &[Ix]) -> Days {
    let Some(start) = units.first() else { return Days::new() };
    let members: HashSet<Ix> = units.iter().copied().collect();
    let mut stood = Days::new();
    let mut open: Vec<(At, Period, Ix, usize)> = Vec::new();
    draft.each_piece(When::Before, *start, |period, state| {
        open.extend(parents(state).map(|(at, parent)| (at, period, parent, 1)));
    });
    while let Some((at, days, unit, steps)) = open.pop() {
        if unit == *start {
            if steps == units.len() {
                stood.insert(days, ());
            }
        } else if steps < units.len() && members.contains(&unit) {
            draft.each_piece(When::Before, unit, |period, state| {
                let common = days.intersect(period);
                let parent = state.get(at).filter(|value| *value != ROOT);
                open.extend(common.zip(parent).map(|(days, parent)| (at, days, Ix(parent), steps + 1)));
            });
        }
    }
    stood
}

/// How many units of a circle a sentence names.
const NAMED: usize = 5;

fn violation(draft: &Draft, units: &[Ix], days: &Days) -> Violation {
    let names: Vec<String> = units.iter().take(NAMED).map(|ix| words::name(draft, *ix)).collect();
    let message = match names.as_slice() {
        [only] if units.len() == 1 => {
            format!("{only} would stand under itself. Place it under another unit or at the root.")
        }
        names => {
            let more = units.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "{}{more} would stand above themselves, in a circle. Move one of them under a unit outside the circle, \
                 or move the units in between away first.",
                names.join(", ")
            )
        }
    };
    let objects = units.iter().filter_map(|ix| draft.object(*ix)).collect();
    let row = |ix: &Ix| (words::name(draft, *ix), under(draft, *ix, units).periods().collect());
    let rows = units.iter().take(NAMED).map(row).collect();
    Violation::on_days(Code::MoveToChild, objects, days, message).drawn(rows)
}

/// The days on which a unit stands under one of the circle, in any hierarchy.
fn under(draft: &Draft, unit: Ix, circle: &[Ix]) -> Days {
    let members: HashSet<Ix> = circle.iter().copied().collect();
    let mut days = Days::new();
    draft.each_piece(When::Now, unit, |period, state| {
        if parents(state).any(|(_, parent)| members.contains(&parent)) {
            days.insert(period, ());
        }
    });
    days
}
