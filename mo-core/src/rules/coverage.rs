//! Reference coverage: on every day on which an object refers to another, that other exists; a class belongs to the facet
//! the field demands; a parent stands in the hierarchy, within the hierarchy's life. One generic rule, in both directions.
//!
//! Sources: OS2mo's range rules, kept for all days and both sides. A hole in the target counts, adjacent pieces are one.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::FixedState;

use super::Code;
use super::holds::holds;
use crate::model::{Class, Facet, Kind, Shape, ValueType};
use crate::state::cells::{At, Cell, State};
use crate::state::draft::{Draft, Touched, When};
use crate::state::tables::{Ix, Layout, Reference, Relation};
use crate::time::Period;
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

/// What a reference asks of its target.
#[derive(Debug, Clone, Copy)]
pub(super) enum Requirement {
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
    pub(super) fn of(relation: Relation) -> Requirement {
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
///
/// # Complexity
/// The references of the changed objects, and for those that lost something all objects that ever referred to them.
pub(crate) fn breaks(draft: &Draft) -> Vec<Break> {
    let changed: Vec<&Touched> = draft.touched().iter().filter(|touched| touched.is_changed()).collect();
    let new = Referrers::default();
    breaks_of(draft, &changed, |touched, look| losers(draft, touched, &new, look))
}

/// The references that objects settled in the last round break, as referers and as targets. All that refer to them are
/// looked at: another command may govern now what was broken before.
pub(crate) fn breaks_around(draft: &Draft, settled: &[&Touched], new: &Referrers) -> Vec<Break> {
    breaks_of(draft, settled, |touched, look| new.around(draft, touched, look))
}

fn breaks_of(
    draft: &Draft,
    changed: &[&Touched],
    around: impl Fn(&Touched, &mut dyn FnMut(Lost)),
) -> Vec<Break> {
    let mut found = Vec::new();
    for touched in changed {
        of_referer(draft, touched, &mut found);
    }
    let seen: HashSet<Ix, FixedState> = changed.iter().map(|touched| touched.ix).collect();
    let mut look: Vec<Lost> = Vec::new();
    for touched in changed {
        around(touched, &mut |lost| {
            if !seen.contains(&lost.referer) {
                look.push(lost);
            }
        });
    }
    look.sort_unstable();
    look.dedup();
    for lost in look {
        to_target(draft, lost, &mut found);
    }
    found
}

/// The broken references that a changed object holds.
fn of_referer(draft: &Draft, touched: &Touched, found: &mut Vec<Break>) {
    let layout = Layout::of(touched.kind);
    let mut doubtful: Vec<Reference> = Vec::new();
    for (period, state) in &touched.now {
        // What the object said on these days before, of targets that are as they were, is no worse than it was.
        let said = touched.before.iter().any(|(before, said)| before.covers(period) && said == state);
        let references = state.cells().iter().flat_map(|cell| layout.references(*cell));
        let open = references.filter(|reference| !said || may_differ(draft, *reference));
        doubtful.extend(open.filter(|reference| !holds(draft, When::Now, period, *reference)));
    }
    doubtful.sort_unstable();
    doubtful.dedup();
    for reference in doubtful {
        broken(draft, touched.ix, reference, found);
    }
}

/// Whether the draft may have changed what the reference asks of its target.
fn may_differ(draft: &Draft, reference: Reference) -> bool {
    let facet = || {
        draft.touches(Kind::Facet)
            && matches!(Requirement::of(reference.relation), Requirement::Class(Some(_)))
    };
    draft.place(reference.target).is_some() || facet()
}

/// All broken references that an object holds, as if they were new and it had changed.
pub(super) fn of_object(draft: &Draft, kind: Kind, ix: Ix, found: &mut Vec<Break>) {
    for reference in references(kind, &draft.now(ix)) {
        for (code, days) in broken_days(draft, When::Now, &demand(draft, When::Now, ix, reference), reference)
        {
            found.push(Break { referer: ix, reference, code, days, by_target: false });
        }
    }
}

/// A referer that must be looked at because its target, or the facet of its target, lost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lost {
    // First what tells two of them apart most often, for sorting.
    referer: Ix,
    target: Ix,
    relation: Relation,
}

/// Who refers to whom by what the commit itself makes, which no index lists yet.
#[derive(Debug, Default)]
pub(crate) struct Referrers(HashMap<Ix, BTreeSet<Lost>, FixedState>);

impl Referrers {
    /// Enters the references that the object has now and had not before the commit.
    pub(crate) fn enter(&mut self, touched: &Touched) {
        let layout = Layout::of(touched.kind);
        let had =
            |cell: &Cell| touched.before.iter().any(|(_, state)| state.get(cell.at) == Some(cell.value));
        for (_, state) in &touched.now {
            for cell in state.cells().iter().filter(|cell| !had(cell)) {
                for Reference { relation, target, .. } in layout.references(*cell) {
                    self.0.entry(target).or_default().insert(Lost { referer: touched.ix, target, relation });
                }
            }
        }
    }

    /// Everything that ever referred to the target or does by the commit.
    fn of<'a>(&'a self, draft: &'a Draft, target: Ix) -> impl Iterator<Item = Lost> + 'a {
        let known = draft.tables.referring(target);
        let known = known.map(move |(relation, referer)| Lost { referer, target, relation });
        known.chain(self.0.get(&target).into_iter().flatten().copied())
    }

    /// As [`of`](Referrers::of); for a facet also what refers to its classes and may demand that they belong to it.
    fn around(&self, draft: &Draft, target: &Touched, look: &mut dyn FnMut(Lost)) {
        self.of(draft, target.ix).for_each(&mut *look);
        if target.kind == Kind::Facet {
            let classes = self.of(draft, target.ix).filter(|lost| lost.relation.kind == Kind::Class);
            let classes: BTreeSet<Ix> = classes.map(|lost| lost.referer).collect();
            classes.into_iter().flat_map(|class| self.of(draft, class)).for_each(look);
        }
    }
}

/// The broken references of one referer to one target through one relation.
fn to_target(draft: &Draft, lost: Lost, found: &mut Vec<Break>) {
    let layout = Layout::of(lost.relation.kind);
    let mut doubtful: Vec<Reference> = Vec::new();
    draft.each_piece(When::Now, lost.referer, |period, state| {
        let references = state.cells().iter().flat_map(|cell| layout.references(*cell));
        let meant = references.filter(|r| r.relation == lost.relation && r.target == lost.target);
        doubtful.extend(meant.filter(|reference| !holds(draft, When::Now, period, *reference)));
    });
    doubtful.sort_unstable();
    doubtful.dedup();
    for reference in doubtful {
        broken(draft, lost.referer, reference, found);
    }
}

/// Who must be looked at because the target changed: all that ever referred to it when it lost days, placements, its facet
/// or its key. When it gained days, those of whom it asks more than to exist: what was no target at all may now be a wrong
/// one.
///
/// # Complexity
/// Nothing when it lost and gained none of these; else O(m) in the objects that ever referred to it.
fn losers(draft: &Draft, target: &Touched, new: &Referrers, look: &mut dyn FnMut(Lost)) {
    let lost_life = !target.now.covers_all(&target.before);
    let lost_state = match target.kind {
        Kind::Unit => lost_placement(target),
        Kind::Class => changed_field(target, Class::FACET.index),
        Kind::Facet => changed_field(target, Facet::USER_KEY.index),
        _ => false,
    };
    if lost_life || lost_state {
        return new.around(draft, target, look);
    }
    let asks_more = |relation: Relation| {
        matches!(Requirement::of(relation), Requirement::Parent | Requirement::Class(Some(_)))
    };
    let gained = || !target.before.covers_all(&target.now);
    if matches!(target.kind, Kind::Unit | Kind::Class) && gained() {
        new.of(draft, target.ix).filter(|lost| asks_more(lost.relation)).for_each(look);
    }
}

fn lost_placement(unit: &Touched) -> bool {
    let field = placements();
    unit.before.diff(&unit.now).into_iter().any(|(_, before, now)| {
        before.is_some_and(|before| {
            before.field(field).any(|cell| now.is_none_or(|now| now.get(cell.at).is_none()))
        })
    })
}

fn changed_field(touched: &Touched, field: u8) -> bool {
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

/// The days on which the object holds the reference.
pub(crate) fn demand(draft: &Draft, when: When, ix: Ix, reference: Reference) -> Days {
    let value = if reference.relation.in_key { None } else { Some(reference.target.0) };
    let mut days = Days::new();
    draft.each_piece(when, ix, |period, state| {
        if state.get(reference.at).is_some_and(|held| value.is_none_or(|value| held == value)) {
            days.append(period, ());
        }
    });
    days
}

/// Notes the days on which a reference is broken and its rule and objects were not wrong before.
fn broken(draft: &Draft, referer: Ix, reference: Reference, found: &mut Vec<Break>) {
    let demanded = demand(draft, When::Now, referer, reference);
    for (code, mut days) in broken_days(draft, When::Now, &demanded, reference) {
        let stood = standing(draft, referer, reference, code);
        if !stood.is_empty() {
            days = days.subtract(&stood);
        }
        if !days.is_empty() {
            let by_target = !draft.by_command(referer);
            let code = code_by_side(code, reference.relation, by_target);
            found.push(Break { referer, reference, code, days, by_target });
        }
    }
}

/// The days on which some reference of the object to the same target was wrong by the same rule before.
fn standing(draft: &Draft, referer: Ix, reference: Reference, code: Code) -> Days {
    let layout = Layout::of(reference.relation.kind);
    let mut doubtful: BTreeSet<Reference> = BTreeSet::new();
    draft.each_piece(When::Before, referer, |period, state| {
        let references = state.cells().iter().flat_map(|cell| layout.references(*cell));
        let same = references.filter(|stood| stood.target == reference.target);
        doubtful.extend(same.filter(|stood| !holds(draft, When::Before, period, *stood)));
    });
    let mut standing = Days::new();
    for stood in doubtful {
        let demanded = demand(draft, When::Before, referer, stood);
        for (_, days) in
            broken_days(draft, When::Before, &demanded, stood).filter(|(stood, _)| *stood == code)
        {
            standing = standing.union(&days);
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
) -> impl Iterator<Item = (Code, Days)> + use<> {
    let target = reference.target;
    let outside = |kind: Kind| demand.subtract(&*draft.timeline_of(when, kind, target));
    let one = |code: Code, days: Days| (Some((code, days)), None);
    let (first, second) = match Requirement::of(reference.relation) {
        _ if demand.is_empty() => (None, None),
        Requirement::Life(kind) => one(Code::DateOutside(kind), outside(kind)),
        Requirement::Hierarchy => one(Code::DateOutside(Kind::Hierarchy), outside(Kind::Hierarchy)),
        Requirement::LeaveEngagement => one(Code::NoActiveEngagement, outside(Kind::Engagement)),
        Requirement::ClassEver => {
            let exists = !draft.timeline_of(when, Kind::Class, target).is_empty();
            one(Code::ClassNotValid, if exists { Days::new() } else { demand.clone() })
        }
        Requirement::Class(facet) => {
            let class = draft.timeline_of(when, Kind::Class, target);
            let wrong_facet = facet.map(|facet| {
                let fitting = days_in_facet(draft, when, &class, facet);
                (Code::ClassWrongFacet, demand.intersect(&*class).subtract(&fitting))
            });
            (Some((Code::ClassNotValid, demand.subtract(&*class))), wrong_facet)
        }
        Requirement::Parent => {
            let parent = draft.timeline_of(when, Kind::Unit, target);
            let placed = parent.filter_map(|state| state.get(reference.at).map(|_| ()));
            let not_placed = demand.intersect(&*parent).subtract(&placed);
            (
                Some((Code::DateOutside(Kind::Unit), demand.subtract(&*parent))),
                Some((Code::ParentNotInHierarchy, not_placed)),
            )
        }
    };
    first.into_iter().chain(second).filter(|(_, days)| !days.is_empty())
}

/// The days on which the class belongs to a facet with this user key.
pub(super) fn days_in_facet(draft: &Draft, when: When, class: &Timeline<State>, facet: &str) -> Days {
    let mut days = Days::new();
    for (period, target) in facets_of(class) {
        let facets = draft.timeline_of(when, Kind::Facet, target);
        for (piece, state) in facets.pieces_in(period) {
            if draft.tables.text_of(state, Facet::USER_KEY.index).is_some_and(|key| &**key == facet) {
                days.insert(piece, ());
            }
        }
    }
    days
}

/// The facets a class belongs to, and when.
pub(super) fn facets_of(class: &Timeline<State>) -> impl Iterator<Item = (Period, Ix)> + '_ {
    let at = At { field: Class::FACET.index, key: 0 };
    class.iter().filter_map(move |(period, state)| Some((period, Ix(state.get(at)?))))
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
