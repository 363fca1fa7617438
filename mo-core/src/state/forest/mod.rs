//! [`Forest`]: where every unit stood, on every day and in every belief, in columns made for climbing and descending.
//! It is a second form of what the histories say of placements, names and life; it answers nothing that they do not.
//! How it grows with the registrations is in `grow`, when it is made in `shared`, the trees of one day in `cell`.

pub(crate) mod cell;
mod columns;
mod grow;
mod patch;
pub(crate) mod shared;
mod span;

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::cells::ROOT;
use super::paged::Paged;
use crate::time::{Period, Revision};

use columns::{Lists, Numbers};
pub(crate) use span::Point;
use span::Span;

/// The placements of all units of a registry up to one registration, hierarchy by hierarchy. A later version shares what
/// did not change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forest {
    upto: Revision,
    /// How many changes of units it has taken in.
    changes: u64,
    numbers: Arc<Numbers>,
    /// When each unit existed, and what it was called.
    names: Lists<Named>,
    hierarchies: Vec<(Uuid, Arc<Placements>)>,
    /// The hierarchy in which nobody stands.
    empty: Arc<Placements>,
}

/// One hierarchy.
#[derive(Debug, Clone, Default)]
struct Placements {
    /// Under whom each unit stood: the still believed last.
    up: Lists<Up>,
    /// Who stood under each unit, by name then id, so that those of a day come out in order.
    down: Lists<Down>,
    /// Who stood at the top, likewise.
    roots: Arc<[Down]>,
    /// The days on which, in any belief, something begins or ends, and for which units.
    days: Arc<BTreeMap<i32, Arc<Vec<u32>>>>,
    /// The registrations that changed something, in order.
    registrations: Paged<u32, 64>,
}

#[derive(Debug, Clone, Copy)]
struct Named {
    span: Span,
    /// The number of the text.
    name: u32,
}

#[derive(Debug, Clone, Copy)]
struct Up {
    span: Span,
    /// A unit's number, or [`ROOT`].
    above: u32,
}

#[derive(Debug, Clone, Copy)]
struct Down {
    span: Span,
    child: u32,
    /// The text number of its name, which its place in the list goes by.
    name: u32,
}

impl Forest {
    /// The number of a unit that was ever registered; some have one that were only spoken of.
    #[inline]
    pub(crate) fn number(&self, unit: Uuid) -> Option<u32> {
        self.numbers.find(unit).filter(|number| !self.names.get(*number).is_empty())
    }

    /// The ids of units, and of what was only spoken of.
    pub(crate) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Adds the units that, in any belief, begin or cease to stand otherwise in a hierarchy on one of the days.
    pub(crate) fn changed_in(&self, hierarchy: Uuid, days: Period, out: &mut Vec<u32>) {
        let placements = self.hierarchies.iter().find(|(id, _)| *id == hierarchy);
        let (from, until) = days.raw();
        for units in placements.into_iter().flat_map(|(_, placements)| placements.days.range(from..until)) {
            out.extend_from_slice(units.1);
        }
    }

    /// The trees of a hierarchy at a point; `None` when no unit ever stood in it.
    pub(crate) fn at(&self, hierarchy: Uuid, point: Point) -> Option<Standing<'_>> {
        let (_, placements) = self.hierarchies.iter().find(|(id, _)| *id == hierarchy)?;
        Some(Standing { forest: self, placements, hierarchy, point })
    }

    /// A hierarchy in which no unit ever stood.
    pub(crate) fn nowhere(&self, hierarchy: Uuid, point: Point) -> Standing<'_> {
        Standing { forest: self, placements: &self.empty, hierarchy, point }
    }
}

/// One hierarchy of a forest at one point: the questions that need nothing but the columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) forest: &'a Forest,
    placements: &'a Placements,
    hierarchy: Uuid,
    point: Point,
}

impl<'a> Standing<'a> {
    /// Under whom a unit is placed: a number or [`ROOT`]; whether that one exists is another question.
    #[inline]
    pub(crate) fn above(self, unit: u32) -> Option<u32> {
        self.placements.up.get(unit).iter().rev().find(|up| up.span.holds(self.point)).map(|up| up.above)
    }

    #[inline]
    pub(crate) fn exists(self, unit: u32) -> bool {
        self.name(unit).is_some()
    }

    /// The text number of what a unit is called, if it exists.
    #[inline]
    pub(crate) fn name(self, unit: u32) -> Option<u32> {
        let names = self.forest.names.get(unit).iter().rev();
        names.filter(|named| named.span.holds(self.point)).map(|named| named.name).next()
    }

    /// The unit right above, when it exists.
    #[inline]
    pub(crate) fn parent(self, unit: u32) -> Option<u32> {
        let parent = self.above(unit).filter(|above| *above != ROOT)?;
        (self.above(parent).is_some() || self.exists(parent)).then_some(parent)
    }

    /// Calls `f` with the units above, nearest first, until it says stop. A circle is not noticed.
    #[inline]
    pub(crate) fn climb(self, unit: u32, mut f: impl FnMut(u32) -> bool) {
        let mut above = self.above(unit);
        while let Some(parent) = above.filter(|above| *above != ROOT) {
            above = self.above(parent);
            if (above.is_none() && !self.exists(parent)) || !f(parent) {
                return;
            }
        }
    }

    /// Adds the units placed under one, by name then id.
    #[inline]
    pub(crate) fn children_into(self, unit: u32, out: &mut Vec<u32>) {
        self.holding(self.placements.down.get(unit), out);
    }

    /// Adds the units at the top, by name then id.
    pub(crate) fn roots_into(self, out: &mut Vec<u32>) {
        self.holding(&self.placements.roots, out);
    }

    /// The children of those edges that hold, without a branch on what holds.
    #[inline]
    fn holding(self, edges: &'a [Down], out: &mut Vec<u32>) {
        let before = out.len();
        out.resize(before + edges.len(), 0);
        let mut kept = before;
        for edge in edges {
            if let Some(place) = out.get_mut(kept) {
                *place = edge.child;
            }
            kept += usize::from(edge.span.holds(self.point));
        }
        out.truncate(kept);
    }

    #[inline]
    pub(crate) fn id(self, unit: u32) -> Uuid {
        self.forest.numbers.id(unit)
    }

    /// How many units ever stood anywhere: no walk visits more.
    pub(crate) fn units(self) -> u32 {
        self.forest.numbers.len()
    }
}

// Over all days, in the belief of the point.
impl<'a> Standing<'a> {
    /// Under whom a unit is placed, and when.
    pub(crate) fn stays(self, unit: u32) -> impl Iterator<Item = (Period, u32)> + 'a {
        let up = self.placements.up.get(unit).iter().filter(move |up| up.span.known_at(self.point));
        up.filter_map(|up| Some((up.span.days()?, up.above)))
    }

    /// Who is placed under a unit, and when; once for each of its names.
    pub(crate) fn stays_under(self, unit: u32) -> impl Iterator<Item = (Period, u32)> + 'a {
        let down = self.placements.down.get(unit).iter().filter(move |down| down.span.known_at(self.point));
        down.filter_map(|down| Some((down.span.days()?, down.child)))
    }

    /// When a unit exists; meeting periods may come apart.
    pub(crate) fn life(self, unit: u32) -> impl Iterator<Item = Period> + 'a {
        let named = self.forest.names.get(unit).iter().filter(move |named| named.span.known_at(self.point));
        named.filter_map(|named| named.span.days())
    }
}
