//! Tree questions over a period, answered as timelines: by change points, never day by day.

use std::collections::{BTreeMap, HashMap};

use super::ground::Ground;
use crate::model::{HierarchyId, Unit, UnitId};
use crate::state::Snapshot;
use crate::state::cells::ROOT;
use crate::time::{Day, Period};
use crate::timeline::{Days, Timeline};

impl Snapshot {
    /// The path of a unit (root to unit, both included) over a period. Days on which it does not stand in the hierarchy
    /// are left out.
    ///
    /// # Complexity
    /// O(p · d) in the pieces of the answer and the depth, each step with the placements of the unit climbed to.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("path"));
    /// let mut edit = registry.edit("anna");
    /// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    /// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    /// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
    /// let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
    /// edit.move_unit(school, line, culture, "2026-01-01".parse()?);
    /// edit.commit()?;
    ///
    /// let snapshot = registry.snapshot();
    /// let paths = snapshot.path_over(line, school, Period::ALWAYS);
    /// assert_eq!(paths.get("2025-06-01".parse()?), Some(&vec![town, school]));
    /// assert_eq!(paths.get("2026-06-01".parse()?), Some(&vec![town, culture, school]));
    ///
    /// let from_2026 = Period::since("2026-01-01".parse()?);
    /// assert!(snapshot.within_over(line, school, culture, Period::ALWAYS).periods().eq([from_2026]));
    /// assert_eq!(snapshot.count_over(line, culture, Period::ALWAYS).get("2025-06-01".parse()?), Some(&0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "organisatorisk sti")]
    pub fn path_over(&self, hierarchy: HierarchyId, unit: UnitId, period: Period) -> Timeline<Vec<UnitId>> {
        let mut pieces: Vec<(Period, Vec<UnitId>)> = Vec::new();
        self.ways(hierarchy, unit, period, |ground, days, way| {
            pieces.push((days, ground.ids(way.iter().rev().copied())));
        });
        Timeline::from_pieces(pieces).unwrap_or_default()
    }

    /// The days of a period on which `unit` is below `above`: whether it ever was, is whether there are any.
    ///
    /// # Complexity
    /// As [`path_over`](Snapshot::path_over).
    pub fn within_over(&self, hierarchy: HierarchyId, unit: UnitId, above: UnitId, period: Period) -> Days {
        let mut days = Vec::new();
        self.ways(hierarchy, unit, period, |ground, piece, way| {
            let above = ground.number(above);
            if way.iter().skip(1).any(|unit| Some(*unit) == above) {
                days.push(piece);
            }
        });
        days.into_iter().collect()
    }

    /// The nearest unit above, not the unit itself, that `fits` on the day, over a period: the nearest with a certain level,
    /// for example. Days without one are left out.
    ///
    /// # Complexity
    /// As [`path_over`](Snapshot::path_over), and one call for each state of each unit that was ever above.
    pub fn nearest_ancestor_over(
        &self,
        hierarchy: HierarchyId,
        unit: UnitId,
        period: Period,
        mut fits: impl FnMut(&Unit) -> bool,
    ) -> Timeline<UnitId> {
        let mut fitting: HashMap<UnitId, Days> = HashMap::new();
        let mut days_of = |unit: UnitId| -> Days {
            let states = || self.timeline(unit).filter_map(|state| fits(state).then_some(()));
            fitting.entry(unit).or_insert_with(states).clone()
        };
        let mut pieces: Vec<(Period, UnitId)> = Vec::new();
        self.ways(hierarchy, unit, period, |ground, piece, way| {
            let mut left = Days::from(piece);
            for above in ground.ids(way.iter().skip(1).copied()) {
                if left.is_empty() {
                    return;
                }
                let fit = days_of(above);
                pieces.extend(left.intersect(&fit).periods().map(|days| (days, above)));
                left = left.subtract(&fit);
            }
        });
        Timeline::from_pieces(pieces).unwrap_or_default()
    }

    /// How many units are below a unit, over a period. Days on which the unit does not exist are left out.
    ///
    /// # Complexity
    /// O(m log m) in the stays below it: each unit that was ever below counts once for every change of its way up.
    pub fn count_over(&self, hierarchy: HierarchyId, unit: UnitId, period: Period) -> Timeline<usize> {
        let view = self.at(Day::MIN);
        let changes = view.on_unit(hierarchy, unit, |ground, unit| {
            let mut changes: BTreeMap<i32, i64> = BTreeMap::new();
            let mut way = vec![unit];
            stays_below(ground, &mut way, period, &mut |days| {
                let (from, until) = days.raw();
                *changes.entry(from).or_default() += 1;
                *changes.entry(until).or_default() -= 1;
            });
            (ground.life(unit, period), changes)
        });
        let Some((life, changes)) = changes else { return Timeline::new() };
        let (first, last) = period.raw();
        let (mut from, mut count, mut pieces) = (first, 0_i64, Vec::new());
        for (day, change) in changes.into_iter().chain([(last, 0)]) {
            if let Some(days) = Period::from_raw(from, day) {
                pieces.push((days, usize::try_from(count).unwrap_or(0)));
                from = day;
            }
            count += change;
        }
        Timeline::from_pieces(pieces).unwrap_or_default().intersect(&life)
    }

    /// Calls `f` with every way up that the unit had in the period, and its days: from the unit up.
    fn ways(
        &self,
        hierarchy: HierarchyId,
        unit: UnitId,
        period: Period,
        mut f: impl FnMut(&Ground<'_>, Period, &[u32]),
    ) {
        let view = self.at(Day::MIN);
        view.on_unit(hierarchy, unit, |ground, unit| climb(ground, &mut vec![unit], period, &mut f));
    }
}

/// Climbs on from the last of `way` on the days on which what is below stands under it.
fn climb(
    ground: &Ground<'_>,
    way: &mut Vec<u32>,
    days: Period,
    f: &mut impl FnMut(&Ground<'_>, Period, &[u32]),
) {
    let Some(top) = way.last().copied() else { return };
    let stays = ground.stays(top, days);
    for (days, above) in &stays {
        if *above == ROOT || way.contains(above) {
            // At the top; or, in a foreign journal, in a circle.
            f(ground, *days, way);
        } else {
            way.push(*above);
            climb(ground, way, *days, f);
            way.pop();
        }
    }
    let lower = way.len() - 1;
    if lower == 0 || matches!(stays.as_slice(), [(all, _)] if *all == days) {
        return;
    }
    // Where one above does not stand, the way ends with it; where it does not exist, below it.
    let standing: Days = stays.into_iter().map(|(days, _)| days).collect();
    for gap in standing.holes_in(days).periods() {
        let life = ground.life(top, gap);
        life.periods().for_each(|days| f(ground, days, way));
        let below = way.get(..lower).unwrap_or_default();
        life.holes_in(gap).periods().for_each(|days| f(ground, days, below));
    }
}

/// Calls `f` with the days of every stay of a unit below the last of `way`.
fn stays_below(ground: &Ground<'_>, way: &mut Vec<u32>, days: Period, f: &mut impl FnMut(Period)) {
    let Some(top) = way.last().copied() else { return };
    for (days, child) in ground.stays_under(top, days) {
        if !way.contains(&child) {
            f(days);
            way.push(child);
            stays_below(ground, way, days, f);
            way.pop();
        }
    }
}
