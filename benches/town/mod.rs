//! The town that the benches build: units with five versions each, and numbers that look drawn.

#![allow(dead_code)] // each bench uses its part

use mo_core::model::{CountedIds, Hierarchy, HierarchyId, HierarchyUse, IdSource, Placement, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::time::{Day, Instant, Period, SteppingClock};
use mo_core::timeline::Timeline;

pub const VERSIONS: usize = 5;

/// Units with five versions each: renames on both axes of the calendar, one move each, fan-out eight or nine.
pub struct Town {
    pub units: Vec<UnitId>,
    pub timelines: Vec<Timeline<Unit>>,
    pub hierarchy: HierarchyId,
    pub text_bytes: usize,
}

pub fn day(year: usize) -> Day {
    Day::from_ymd(i32::try_from(year).unwrap(), 1, 1).unwrap()
}

impl Town {
    pub fn new(size: usize) -> Town {
        let ids = CountedIds::new("bench");
        let hierarchy = HierarchyId::new(ids.next_id());
        let units: Vec<UnitId> = (0..size).map(|_| UnitId::new(ids.next_id())).collect();
        let mut text_bytes = 0;
        let timelines = (0..size)
            .map(|n| {
                let mut timeline = Timeline::new();
                for version in 0..VERSIONS {
                    let parent = n.checked_sub(1).map(|n| n / if version < 3 { 8 } else { 9 });
                    let placement = parent.map_or(Placement::Root, |n| Placement::Under(units[n]));
                    let name = format!("Enhed {n} nr. {version}");
                    text_bytes += name.len();
                    let state = Unit::new(name).placements(hierarchy, placement);
                    timeline.insert(Period::since(day(2000 + 4 * version)), state);
                }
                timeline
            })
            .collect();
        Town { units, timelines, hierarchy, text_bytes }
    }

    pub fn empty(&self) -> Registry {
        let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("registry"));
        let mut edit = registry.edit("bench");
        edit.create_as(self.hierarchy, Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        edit.commit().unwrap();
        registry
    }

    /// In as many commits as it takes: an entry of the journal has a largest size.
    pub fn load(&self, registry: &Registry) {
        let units: Vec<_> = self.units.iter().zip(&self.timelines).collect();
        for units in units.chunks(100_000) {
            let mut edit = registry.edit("bench");
            for (unit, timeline) in units {
                edit.replace(**unit, timeline);
            }
            edit.commit().unwrap();
        }
    }

    pub fn full(&self) -> Registry {
        let registry = self.empty();
        self.load(&registry);
        registry
    }
}

/// Numbers that look drawn, the same in every run.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
