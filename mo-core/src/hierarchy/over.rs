//! Tree questions over a period, answered as timelines: by change points, never day by day.

use super::slot;
use crate::model::{HierarchyId, UnitId};
use crate::state::Snapshot;
use crate::state::cells::{At, ROOT};
use crate::state::tables::Ix;
use crate::time::Period;
use crate::timeline::Timeline;

/// The way up from a unit on some days, followed as far as `top`.
struct Climb {
    days: Period,
    /// From the unit up.
    way: Vec<Ix>,
    top: Ix,
}

impl Snapshot {
    /// The path of a unit (root to unit, both included) over a period. Days on which it does not stand in the hierarchy
    /// are left out.
    ///
    /// # Complexity
    /// O(p · d) in the pieces of the answer and the depth, each step with the rectangles of the unit climbed to.
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
    /// let paths = registry.snapshot().path_over(line, school, Period::ALWAYS);
    /// assert_eq!(paths.get("2025-06-01".parse()?), Some(&vec![town, school]));
    /// assert_eq!(paths.get("2026-06-01".parse()?), Some(&vec![town, culture, school]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path_over(&self, hierarchy: HierarchyId, unit: UnitId, period: Period) -> Timeline<Vec<UnitId>> {
        let (Some((hierarchy, _)), Some((unit, _))) =
            (self.object(hierarchy.into()), self.object(unit.into()))
        else {
            return Timeline::new();
        };
        let mut pieces: Vec<(Period, Vec<UnitId>)> = Vec::new();
        let mut open = vec![Climb { days: period, way: vec![unit], top: unit }];
        while let Some(climb) = open.pop() {
            for (days, parent) in self.steps(slot(hierarchy), &climb) {
                match parent {
                    Some(parent) if !climb.way.contains(&parent) => {
                        let mut way = climb.way.clone();
                        way.push(parent);
                        open.push(Climb { days, way, top: parent });
                    }
                    _ => {
                        let path = climb.way.iter().rev().map(|ix| UnitId::new(self.tables().id(*ix)));
                        pieces.push((days, path.collect()));
                    }
                }
            }
        }
        Timeline::from_pieces(pieces).unwrap_or_default()
    }

    /// The days of a climb cut by who is next above; `None` where the way ends.
    fn steps(&self, at: At, climb: &Climb) -> Vec<(Period, Option<Ix>)> {
        let Some(history) = self.tables().history(climb.top) else { return Vec::new() };
        let first = climb.way.len() == 1;
        let mut steps = Vec::new();
        for (days, state) in history.timeline(self.revision()).pieces_in(climb.days) {
            match state.get(at) {
                Some(ROOT) => steps.push((days, None)),
                Some(parent) => {
                    let parent = Ix(parent);
                    let life =
                        self.tables().history(parent).map(|h| h.life(self.revision())).unwrap_or_default();
                    steps.extend(life.pieces_in(days).map(|(days, ())| (days, Some(parent))));
                    steps.extend(life.holes_in(days).periods().map(|days| (days, None)));
                }
                // Above the unit itself, one that stands nowhere ends the way.
                None if !first => steps.push((days, None)),
                None => {}
            }
        }
        steps
    }
}
