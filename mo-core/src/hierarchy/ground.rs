//! [`Ground`]: what a walk through a hierarchy stands on, on one day in one belief. Small questions are answered from it
//! step by step: from the forest of the registry, or, until its time has come, from the histories themselves.

use std::cell::Cell;
use std::collections::HashSet;

use super::held::Tree;
use super::slot;
use crate::model::{HierarchyId, Kind, Unit, UnitId};
use crate::state::View;
use crate::state::cells::{At, ROOT};
use crate::state::forest::cell::Levels;
use crate::state::forest::{Point, Standing};
use crate::state::tables::{Ix, Relation};
use crate::time::Period;
use crate::timeline::Days;

/// Units are numbers here; each ground has its own.
pub(super) enum Ground<'a> {
    Histories(Histories<'a>),
    Forest(Standing<'a>),
}

/// The tables as they are: every step looks into histories.
pub(super) struct Histories<'a> {
    view: &'a View,
    hierarchy: Ix,
    at: At,
    steps: Cell<usize>,
}

/// Above so many units a walk up looks whether it goes in a circle.
const DEEP: usize = 64;

impl Ground<'_> {
    /// The number of a unit that was ever registered.
    pub(super) fn number(&self, unit: UnitId) -> Option<u32> {
        match self {
            Ground::Histories(histories) => histories.view.ix(unit.into()).map(|ix| ix.0),
            Ground::Forest(standing) => standing.forest.number(unit.uuid()),
        }
    }

    pub(super) fn id(&self, unit: u32) -> UnitId {
        UnitId::new(match self {
            Ground::Histories(histories) => histories.view.tables().id(Ix(unit)),
            Ground::Forest(standing) => standing.id(unit),
        })
    }

    pub(super) fn ids(&self, units: impl IntoIterator<Item = u32>) -> Vec<UnitId> {
        units.into_iter().map(|unit| self.id(unit)).collect()
    }

    /// Under whom a unit is placed: a number or [`ROOT`].
    pub(super) fn above(&self, unit: u32) -> Option<u32> {
        match self {
            Ground::Histories(histories) => histories.state_at(unit, histories.at),
            Ground::Forest(standing) => standing.above(unit),
        }
    }

    /// The unit right above, when it exists.
    pub(super) fn parent(&self, unit: u32) -> Option<u32> {
        match self {
            Ground::Histories(histories) => {
                let parent = self.above(unit).filter(|above| *above != ROOT)?;
                histories.view.state_of(Ix(parent)).map(|_| parent)
            }
            Ground::Forest(standing) => standing.parent(unit),
        }
    }

    /// Adds the units right below, by name then id.
    pub(super) fn children_into(&self, unit: u32, out: &mut Vec<u32>) {
        match self {
            Ground::Histories(histories) => {
                let relation = Relation { kind: Kind::Unit, field: Unit::PLACEMENTS.index, in_key: false };
                histories.placed_under(unit, Ix(unit), relation, out);
            }
            Ground::Forest(standing) => standing.children_into(unit, out),
        }
    }

    pub(super) fn children(&self, unit: u32) -> Vec<u32> {
        let mut children = Vec::new();
        self.children_into(unit, &mut children);
        children
    }

    pub(super) fn roots(&self) -> Vec<u32> {
        let mut roots = Vec::new();
        match self {
            Ground::Histories(histories) => {
                let relation = Relation { kind: Kind::Unit, field: Unit::PLACEMENTS.index, in_key: true };
                histories.placed_under(ROOT, histories.hierarchy, relation, &mut roots);
            }
            Ground::Forest(standing) => standing.roots_into(&mut roots),
        }
        roots
    }

    /// The way up, nearest first. It ends where it would come back to a unit, which no commit allows but a foreign
    /// journal might hold.
    pub(super) fn ancestors(&self, unit: u32) -> Vec<u32> {
        let mut way = Vec::with_capacity(8);
        match self {
            Ground::Forest(standing) => standing.climb(unit, |above| {
                way.push(above);
                way.len() < DEEP
            }),
            Ground::Histories(_) => {
                way.extend(std::iter::successors(self.parent(unit), |unit| self.parent(*unit)).take(DEEP));
            }
        }
        if way.len() < DEEP { way } else { self.far_up(unit) }
    }

    fn far_up(&self, unit: u32) -> Vec<u32> {
        let mut seen = HashSet::from([unit]);
        let above = std::iter::successors(self.parent(unit), |unit| self.parent(*unit));
        above.take_while(|above| seen.insert(*above)).collect()
    }

    /// The unit and all above it, for those that stand.
    pub(super) fn way(&self, unit: UnitId) -> Option<Vec<u32>> {
        let unit = self.number(unit)?;
        self.above(unit)?;
        let mut way = vec![unit];
        way.append(&mut self.ancestors(unit));
        Some(way)
    }

    /// Whether the second is above the first.
    pub(super) fn is_below(&self, unit: u32, above: u32) -> bool {
        match self {
            Ground::Forest(standing) => {
                let (mut steps, mut found) = (0, false);
                standing.climb(unit, |next| {
                    steps += 1;
                    found = next == above;
                    !found && steps < DEEP
                });
                found && unit != above || steps == DEEP && self.far_up(unit).contains(&above)
            }
            Ground::Histories(_) => self.ancestors(unit).contains(&above),
        }
    }

    /// Everything at and below `units`, down to `limit` levels. Nothing is visited twice.
    pub(super) fn levels(&self, units: Vec<u32>, limit: usize) -> Levels {
        // Nothing is visited twice, but where units stand in a circle: there, what is above is no child.
        let most = match self {
            Ground::Histories(histories) => histories.view.tables().count_of(Kind::Unit),
            Ground::Forest(standing) => standing.units() as usize,
        };
        let levels = Levels::below(units.clone(), limit, most, |unit, out| self.children_into(unit, out));
        levels.unwrap_or_else(|| {
            let mut seen: HashSet<u32> = units.iter().copied().collect();
            let unseen = |unit, out: &mut Vec<u32>| {
                out.extend(self.children(unit).into_iter().filter(|child| seen.insert(*child)));
            };
            Levels::below(units, limit, usize::MAX, unseen).unwrap_or_default()
        })
    }
}

// Over a period, in the belief of the ground, whatever its day.
impl Ground<'_> {
    /// Under whom a unit is placed in a period, in any order, no two overlapping: numbers or [`ROOT`].
    pub(super) fn stays(&self, unit: u32, period: Period) -> Vec<(Period, u32)> {
        match self {
            Ground::Histories(histories) => histories.stays(unit, period).collect(),
            Ground::Forest(standing) => {
                let stays =
                    standing.stays(unit).filter_map(|(days, above)| Some((days.intersect(period)?, above)));
                stays.collect()
            }
        }
    }

    /// The days of a period on which a unit exists.
    pub(super) fn life(&self, unit: u32, period: Period) -> Days {
        match self {
            Ground::Histories(histories) => {
                let known = histories.view.known();
                let life = histories.view.tables().history(Ix(unit)).map(|history| history.life(known));
                life.unwrap_or_default().clip(period)
            }
            Ground::Forest(standing) => {
                standing.life(unit).filter_map(|days| days.intersect(period)).collect()
            }
        }
    }

    /// Who is placed under a unit in a period, and when. A unit may come several times.
    pub(super) fn stays_under(&self, unit: u32, period: Period) -> Vec<(Period, u32)> {
        match self {
            Ground::Histories(histories) => {
                let relation = Relation { kind: Kind::Unit, field: Unit::PLACEMENTS.index, in_key: false };
                // Who stood there in several hierarchies is listed several times.
                let mut candidates: Vec<Ix> = histories.view.tables().referrers(Ix(unit), relation).collect();
                candidates.sort_unstable();
                candidates.dedup();
                let stays = candidates.into_iter().flat_map(|child| {
                    let here = histories.stays(child.0, period).filter(move |(_, above)| *above == unit);
                    here.map(move |(days, _)| (days, child.0)).collect::<Vec<_>>()
                });
                stays.collect()
            }
            Ground::Forest(standing) => {
                let stays = standing.stays_under(unit);
                stays.filter_map(|(days, child)| Some((days.intersect(period)?, child))).collect()
            }
        }
    }
}

impl Histories<'_> {
    fn stays(&self, unit: u32, period: Period) -> impl Iterator<Item = (Period, u32)> + '_ {
        self.steps.set(self.steps.get() + 1);
        let history = self.view.tables().history(Ix(unit));
        let believed = history.into_iter().flat_map(|history| history.believed(self.view.known()));
        believed.filter_map(move |rect| Some((rect.valid.intersect(period)?, rect.value.get(self.at)?)))
    }
}

impl Histories<'_> {
    fn state_at(&self, unit: u32, at: At) -> Option<u32> {
        self.steps.set(self.steps.get() + 1);
        self.view.state_of(Ix(unit))?.get(at)
    }

    fn placed_under(&self, above: u32, target: Ix, relation: Relation, out: &mut Vec<u32>) {
        let candidates = self.view.tables().referrers(target, relation);
        let placed = candidates.filter(|unit| self.state_at(unit.0, self.at) == Some(above));
        out.extend(self.view.sorted(placed).into_iter().map(|ix| ix.0));
    }
}

impl View {
    pub(super) fn point(&self) -> Point {
        Point::new(self.day(), self.known())
    }

    /// Asks a question of what there is to stand on; `None` when the hierarchy was never registered.
    pub(super) fn on<T>(&self, hierarchy: HierarchyId, question: impl FnOnce(&Ground<'_>) -> T) -> Option<T> {
        let tables = self.tables();
        if let Some(forest) = tables.forests.get(tables) {
            let (id, point) = (hierarchy.uuid(), self.point());
            let nowhere = || self.ix(hierarchy.into()).map(|_| forest.nowhere(id, point));
            return Some(question(&Ground::Forest(forest.at(id, point).or_else(nowhere)?)));
        }
        let hierarchy = self.ix(hierarchy.into())?;
        let histories = Histories { view: self, hierarchy, at: slot(hierarchy), steps: Cell::new(0) };
        let ground = Ground::Histories(histories);
        let answer = question(&ground);
        if let Ground::Histories(histories) = ground {
            tables.forests.walked(histories.steps.get());
        }
        Some(answer)
    }

    /// Asks a question about one unit.
    pub(super) fn on_unit<T>(
        &self,
        hierarchy: HierarchyId,
        unit: UnitId,
        question: impl FnOnce(&Ground<'_>, u32) -> T,
    ) -> Option<T> {
        self.on(hierarchy, |ground| Some(question(ground, ground.number(unit)?)))?
    }

    /// The trees of the day for a question about many units: if a view of this cell has them already, or if the walks of
    /// this view have cost what making them does.
    pub(super) fn if_held(&self, hierarchy: HierarchyId) -> Option<Tree> {
        let tables = self.tables();
        let standing = tables.forests.get(tables)?.at(hierarchy.uuid(), self.point())?;
        let cell = match tables.forests.kept(standing) {
            Some(cell) => cell,
            None if self.walked() >= standing.units() / 2 => tables.forests.cell(standing, tables),
            None => return None,
        };
        Some(Tree::new(cell))
    }
}
