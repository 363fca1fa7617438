//! No unit stands above itself on any day, in any hierarchy. Looked for by climbing from every changed placement over the
//! days it holds, so that it costs what the commit touches, whatever else the registry holds.

use std::collections::{BTreeMap, HashMap};

use super::coverage::{When, placements};
use super::{Code, Violation};
use crate::model::Kind;
use crate::state::cells::{At, ROOT};
use crate::state::draft::Draft;
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::Days;

/// One violation per circle: its units by id, and the days on which they form it in any hierarchy.
pub(crate) fn check(draft: &Draft) -> Vec<Violation> {
    let mut circles: BTreeMap<Vec<Ix>, Days> = BTreeMap::new();
    let mut climbs: HashMap<u32, Climb<'_>> = HashMap::new();
    for touched in draft.touched().iter().filter(|touched| touched.kind == Kind::Unit && touched.is_changed())
    {
        for (period, before, now) in touched.before.diff(&touched.now) {
            for cell in now.into_iter().flat_map(|state| state.field(placements())) {
                if cell.value != ROOT && before.and_then(|state| state.get(cell.at)) != Some(cell.value) {
                    let climb = climbs.entry(cell.at.key).or_insert_with(|| Climb::new(draft, cell.at));
                    climb.from(touched.ix, period, &mut circles);
                }
            }
        }
    }
    circles.into_iter().map(|(units, days)| violation(draft, &units, &days)).collect()
}

/// The climbing in one hierarchy. Days over which a unit's way up was followed to its end are not followed again.
struct Climb<'a> {
    draft: &'a Draft,
    at: At,
    done: HashMap<Ix, Days>,
}

/// A unit on the way up, the days it is there for, and the parents still to be followed.
struct Step {
    unit: Ix,
    days: Period,
    parents: Vec<(Period, Ix)>,
}

impl<'a> Climb<'a> {
    fn new(draft: &'a Draft, at: At) -> Climb<'a> {
        Climb { draft, at, done: HashMap::new() }
    }

    fn from(&mut self, unit: Ix, days: Period, circles: &mut BTreeMap<Vec<Ix>, Days>) {
        let mut way: Vec<Step> = Vec::new();
        self.climb(unit, days, &mut way);
        while let Some(step) = way.last_mut() {
            let Some((period, parent)) = step.parents.pop() else {
                let (unit, days) = (step.unit, step.days);
                way.pop();
                self.done.entry(unit).or_default().insert(days, ());
                continue;
            };
            match way.iter().position(|step| step.unit == parent) {
                Some(start) => {
                    let mut units: Vec<Ix> = way.iter().skip(start).map(|step| step.unit).collect();
                    units.sort_by_key(|ix| self.draft.id(*ix));
                    circles.entry(units).or_default().insert(period, ());
                }
                None => self.climb(parent, period, &mut way),
            }
        }
    }

    /// Goes on to `unit` over the days not followed before.
    fn climb(&self, unit: Ix, days: Period, way: &mut Vec<Step>) {
        let new = match self.done.get(&unit) {
            Some(done) => done.holes_in(days),
            None => Days::from(days),
        };
        let timeline = self.draft.timeline_of(When::Now, Kind::Unit, unit);
        for days in new.periods() {
            let parents = timeline.pieces_in(days).filter_map(|(period, state)| {
                let parent = state.get(self.at).filter(|value| *value != ROOT)?;
                Some((period, Ix(parent)))
            });
            way.push(Step { unit, days, parents: parents.collect() });
        }
    }
}

fn violation(draft: &Draft, units: &[Ix], days: &Days) -> Violation {
    let names: Vec<String> = units.iter().map(|ix| super::words::name(draft, *ix)).collect();
    let message = match names.as_slice() {
        [only] => format!("{only} would stand under itself. Place it under another unit or at the root."),
        names => format!(
            "{} would stand above themselves, in a circle. Move one of them under a unit outside the circle, or move \
             the units in between away first.",
            names.join(", ")
        ),
    };
    let objects = units.iter().filter_map(|ix| draft.object(*ix)).collect();
    Violation::on_days(Code::MoveToChild, objects, days, message)
}
