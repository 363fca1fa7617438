//! Reference coverage: on every day on which an object refers to another, that other exists; a class belongs to the facet
//! the field demands; a parent stands in the hierarchy, within the hierarchy's life. One generic rule, in both directions.
//!
//! Sources: OS2mo's range rules, kept for all days and both sides. A hole in the target counts, adjacent pieces are one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Code;
use crate::model::{Kind, Shape, ValueType};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, Touched};
use crate::state::tables::{Ix, Layout, Reference, Relation};
use crate::timeline::{Days, Timeline};

/// A reference that is broken on some days on which it was not broken before.
#[derive(Debug, Clone)]
pub(crate) struct Break {
    pub(crate) referer: Ix,
    pub(crate) reference: Reference,
    pub(crate) code: Code,
    pub(crate) days: Days,
    /// Whether the target alone changed (it ended, shrank, or left a facet or hierarchy).
    pub(crate) by_target: bool,
}

/// Which belief a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    Now,
}

/// What a reference asks of its target.
#[derive(Debug, Clone, Copy)]
enum Requirement {
    /// An object of this kind that exists on the days.
    Life(Kind),
    /// A class that exists on the days and, if said, belongs to the facet of this user key.
    Class(Option<&'static str>),
    /// A class that exists on some day.
    ClassEver,
    /// A unit that exists and stands in the same hierarchy.
    Parent,
    /// A hierarchy that exists.
    Hierarchy,
    /// An engagement that exists, for leave.
    LeaveEngagement,
}

impl Requirement {
    fn of(relation: Relation) -> Requirement {
        let Some(field) = relation.kind.spec().fields.get(usize::from(relation.field)) else {
            return Requirement::Life(relation.kind);
        };
        match (field.shape, field.value) {
            (Shape::Map(_), ValueType::Placement) if relation.in_key => Requirement::Hierarchy,
            (_, ValueType::Placement) => Requirement::Parent,
            (Shape::Set, ValueType::Ref(Kind::Class)) if relation.kind == Kind::Class => {
                Requirement::ClassEver
            }
            (_, ValueType::Ref(Kind::Class)) => Requirement::Class(field.facet),
            (_, ValueType::Ref(Kind::Engagement)) if relation.kind == Kind::Leave => {
                Requirement::LeaveEngagement
            }
            (_, ValueType::Ref(kind)) => Requirement::Life(kind),
            // Other values refer to nothing.
            _ => Requirement::Life(relation.kind),
        }
    }
}

/// Every reference that the draft breaks or breaks on more days.
pub(crate) fn breaks(draft: &Draft) -> Vec<Break> {
    let mut found = Vec::new();
    for touched in draft.touched().iter().filter(|touched| touched.is_changed()) {
        of_referer(draft, touched, &mut found);
        for lost in lost_referrers(draft, touched) {
            if draft.changed(lost.referer).is_none() {
                to_target(draft, lost, &mut found);
            }
        }
    }
    found
}

/// The broken references that a changed object holds.
pub(crate) fn of_referer(draft: &Draft, touched: &Touched, found: &mut Vec<Break>) {
    for reference in references(touched.kind, &touched.now) {
        broken(draft, touched.ix, &touched.before, &touched.now, reference, found);
    }
}

/// A referer that must be looked at because its target, or the facet of its target, lost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lost {
    pub(crate) relation: Relation,
    pub(crate) referer: Ix,
    pub(crate) target: Ix,
}

/// The broken references of one referer to one target through one relation.
pub(crate) fn to_target(draft: &Draft, lost: Lost, found: &mut Vec<Break>) {
    let (before, now) = (draft.before(lost.referer), draft.now(lost.referer));
    for reference in references(lost.relation.kind, &now) {
        if reference.relation == lost.relation && reference.target == lost.target {
            broken(draft, lost.referer, &before, &now, reference, found);
        }
    }
}

/// Who must be looked at because the target lost days, placements, its facet or its key, or came to live on days on which
/// its state counts: all that ever referred to it.
///
/// # Complexity
/// Nothing when neither happened; else O(m) in the objects that ever referred to it.
pub(crate) fn lost_referrers(draft: &Draft, target: &Touched) -> Vec<Lost> {
    let of = |target: Ix| {
        draft.tables.referring(target).map(move |(relation, referer)| Lost { relation, referer, target })
    };
    if of(target.ix).next().is_none() {
        return Vec::new();
    }
    let lost_life = || !target.before.coverage().subtract(&target.now).is_empty();
    // A reference to nothing is one violation; to a parent out of the hierarchy or a class of another facet, another.
    let new_life = || !target.now.coverage().subtract(&target.before).is_empty();
    let counts = match target.kind {
        Kind::Unit => lost_life() || lost_placement(target) || new_life(),
        Kind::Class => lost_life() || changed_field(target, "facet") || new_life(),
        Kind::Facet => lost_life() || changed_field(target, "user_key"),
        _ => lost_life(),
    };
    if !counts {
        return Vec::new();
    }
    let mut lost: Vec<Lost> = of(target.ix).collect();
    if target.kind == Kind::Facet {
        // What demands classes of this facet is one step further.
        let classes: BTreeSet<Ix> =
            lost.iter().filter(|l| l.relation.kind == Kind::Class).map(|l| l.referer).collect();
        lost.extend(classes.into_iter().flat_map(of));
    }
    lost
}

fn lost_placement(unit: &Touched) -> bool {
    let field = placements();
    unit.before.diff(&unit.now).into_iter().any(|(_, before, now)| {
        before.is_some_and(|before| {
            before.field(field).any(|cell| now.is_none_or(|now| now.get(cell.at).is_none()))
        })
    })
}

fn changed_field(touched: &Touched, name: &str) -> bool {
    let Some((field, _)) = touched.kind.spec().field(name) else { return false };
    let at = At { field, key: 0 };
    let difference = |(_, before, now): (_, Option<&State>, Option<&State>)| {
        before.is_some_and(|before| now.is_some_and(|now| before.get(at) != now.get(at)))
    };
    touched.before.diff(&touched.now).into_iter().any(difference)
}

/// The field that holds where a unit stands.
pub(crate) fn placements() -> u8 {
    crate::model::Unit::PLACEMENTS.index
}

/// Every different reference in a timeline.
pub(crate) fn references(kind: Kind, timeline: &Timeline<State>) -> BTreeSet<Reference> {
    let layout = Layout::of(kind);
    let mut references = BTreeSet::new();
    for (_, state) in timeline {
        for cell in state.cells() {
            references.extend(layout.references(*cell));
        }
    }
    references
}

/// The days on which the reference stands in the timeline.
pub(crate) fn demand(timeline: &Timeline<State>, reference: Reference) -> Days {
    let value = if reference.relation.in_key { None } else { Some(reference.target.0) };
    timeline.filter_map(|state| {
        let held = state.get(reference.at)?;
        value.is_none_or(|value| held == value).then_some(())
    })
}

fn broken(
    draft: &Draft,
    referer: Ix,
    before: &Timeline<State>,
    now: &Timeline<State>,
    reference: Reference,
    found: &mut Vec<Break>,
) {
    for (code, days) in broken_days(draft, When::Now, &demand(now, reference), reference) {
        let days = days.subtract(&standing(draft, before, reference, code));
        if !days.is_empty() {
            let by_target = draft.changed(referer).is_none_or(|touched| !touched.by_command);
            let code = code_by_side(code, reference.relation, by_target);
            found.push(Break { referer, reference, code, days, by_target });
        }
    }
}

/// On which days the referer and the target broke the rule before, through whichever field: violations are told apart by
/// rule, objects and days.
fn standing(draft: &Draft, before: &Timeline<State>, reference: Reference, code: Code) -> Days {
    let mut standing = Days::new();
    for earlier in references(reference.relation.kind, before) {
        if earlier.target == reference.target {
            let broken = broken_days(draft, When::Before, &demand(before, earlier), earlier);
            for (_, days) in broken.into_iter().filter(|(broken, _)| *broken == code) {
                standing = standing.union(&days);
            }
        }
    }
    standing
}

/// On which of the demanded days the target is not what the reference asks for, by code.
///
/// Codes that differ by side are given as the referer's.
pub(crate) fn broken_days(
    draft: &Draft,
    when: When,
    demand: &Days,
    reference: Reference,
) -> Vec<(Code, Days)> {
    if demand.is_empty() {
        return Vec::new();
    }
    let target = reference.target;
    let outside = |kind: Kind| demand.subtract(&*draft.timeline_of(when, kind, target));
    let mut broken = match Requirement::of(reference.relation) {
        Requirement::Life(kind) => vec![(Code::DateOutside(kind), outside(kind))],
        Requirement::Hierarchy => vec![(Code::DateOutside(Kind::Hierarchy), outside(Kind::Hierarchy))],
        Requirement::LeaveEngagement => vec![(Code::NoActiveEngagement, outside(Kind::Engagement))],
        Requirement::ClassEver => {
            let exists = !draft.timeline_of(when, Kind::Class, target).is_empty();
            vec![(Code::ClassNotValid, if exists { Days::new() } else { demand.clone() })]
        }
        Requirement::Class(facet) => {
            let class = draft.timeline_of(when, Kind::Class, target);
            let mut broken = vec![(Code::ClassNotValid, demand.subtract(&*class))];
            if let Some(facet) = facet {
                let fitting = days_in_facet(draft, when, &class, facet);
                broken.push((Code::ClassWrongFacet, demand.intersect(&*class).subtract(&fitting)));
            }
            broken
        }
        Requirement::Parent => {
            let parent = draft.timeline_of(when, Kind::Unit, target);
            let placed = parent.filter_map(|state| state.get(reference.at).map(|_| ()));
            vec![
                (Code::DateOutside(Kind::Unit), demand.subtract(&*parent)),
                (Code::ParentNotInHierarchy, demand.intersect(&*parent).subtract(&placed)),
            ]
        }
    };
    broken.retain(|(_, days)| !days.is_empty());
    broken
}

/// The facets a class belongs to now, and when.
pub(crate) fn facets_of(draft: &Draft, class: Ix) -> Timeline<Ix> {
    let facet = At { field: crate::model::Class::FACET.index, key: 0 };
    draft.timeline_of(When::Now, Kind::Class, class).filter_map(|state| state.get(facet).map(Ix))
}

/// The days on which the class belongs to a facet with this user key.
fn days_in_facet(draft: &Draft, when: When, class: &Timeline<State>, facet: &str) -> Days {
    let class_facet = At { field: crate::model::Class::FACET.index, key: 0 };
    let user_key = crate::model::Facet::USER_KEY.index;
    let mut days = Days::new();
    for (period, state) in class {
        let Some(target) = state.get(class_facet) else { continue };
        let facets = draft.timeline_of(when, Kind::Facet, Ix(target));
        for (piece, state) in facets.pieces_in(period) {
            if draft.tables.text_of(state, user_key).is_some_and(|key| &**key == facet) {
                days.insert(piece, ());
            }
        }
    }
    days
}

impl Draft {
    /// The timeline of an object if the id names one of this kind, else none.
    pub(crate) fn timeline_of(&self, when: When, kind: Kind, ix: Ix) -> Cow<'_, Timeline<State>> {
        if self.kind(ix) != Some(kind) {
            return Cow::Owned(Timeline::new());
        }
        match when {
            When::Before => self.before(ix),
            When::Now => self.now(ix),
        }
    }
}

/// The code as the side that changed sees it. Hierarchies, classes and the engagement of a leave have one for both sides.
pub(crate) fn code_by_side(code: Code, relation: Relation, by_target: bool) -> Code {
    match code {
        Code::DateOutside(kind) if by_target && kind != Kind::Hierarchy => {
            Code::Terminate(kind, relation.kind)
        }
        other => other,
    }
}
