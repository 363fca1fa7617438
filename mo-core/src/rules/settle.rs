//! Settling: what the policies of a commit do about broken references, round by round until nothing changes; and what is
//! left to refuse or to report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::coverage::{self, Break, Lost, When};
use super::{Code, Policies, Policy};
use crate::model::{Kind, ObjectRef, Shape};
use crate::state::Dependents;
use crate::state::cells::{At, State};
use crate::state::draft::Draft;
use crate::state::tables::{Ix, Reference, Relation};
use crate::time::Period;
use crate::timeline::{Days, Timeline};

/// What a policy did to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settled {
    /// Which object.
    pub object: ObjectRef,
    /// What was done.
    pub action: SettledAction,
    /// On which days; for a deleted object its life after the last command.
    pub periods: Vec<Period>,
}

/// The kinds of settling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SettledAction {
    /// It lost the days, or on the days a placement or member.
    Clipped,
    /// No day was left.
    Deleted,
    /// A reference became the fallback.
    Moved,
    /// A field was cleared.
    Vacated,
}

impl SettledAction {
    /// Its word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            SettledAction::Clipped => "clipped",
            SettledAction::Deleted => "deleted",
            SettledAction::Moved => "moved",
            SettledAction::Vacated => "vacated",
        }
    }
}

/// How a broken reference was handled: broken days under one policy, and what to say about their dependents.
struct Case {
    found: Break,
    policy: Policy,
    inherits: Option<Dependents>,
}

/// What is left after settling.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) settled: Vec<Settled>,
    pub(crate) refused: Vec<Break>,
    pub(crate) reported: Vec<Break>,
}

pub(crate) fn settle(draft: &mut Draft, commit: &Policies, registry: &Policies) -> Outcome {
    let policies = Ranked { commit, registry };
    let mut actions: BTreeMap<(Ix, SettledAction), Days> = BTreeMap::new();
    let mut lives: HashMap<Ix, Days> = HashMap::new();
    let mut found = coverage::breaks(draft);
    let mut new_referrers: Option<HashMap<Ix, Vec<Lost>>> = None;
    loop {
        let changed = round(draft, &policies, found, &mut actions, &mut lives);
        if changed.is_empty() {
            break;
        }
        let referrers = new_referrers.get_or_insert_with(|| referrers_in(draft));
        found = breaks_around(draft, &changed, referrers);
    }
    let mut outcome = Outcome { settled: receipt(draft, actions, &lives), ..Outcome::default() };
    for found in coverage::breaks(draft) {
        for case in policies.cases(draft, &found) {
            match case.policy {
                Policy::Report => outcome.reported.push(case.found),
                // What the others could mend is mended; what is left they could not.
                _ => outcome.refused.push(case.found),
            }
        }
    }
    outcome
}

/// Applies every mending policy once; tells which objects changed.
fn round(
    draft: &mut Draft,
    policies: &Ranked<'_>,
    found: Vec<Break>,
    actions: &mut BTreeMap<(Ix, SettledAction), Days>,
    lives: &mut HashMap<Ix, Days>,
) -> BTreeSet<Ix> {
    let mut cases: Vec<Case> = found.into_iter().flat_map(|found| policies.cases(draft, &found)).collect();
    cases.sort_by_key(|case| {
        let Break { referer, reference, .. } = &case.found;
        (draft.kind(*referer), draft.id(*referer), reference.at)
    });
    let mut changed = BTreeSet::new();
    for case in cases {
        let referer = case.found.referer;
        let Some(kind) = draft.kind(referer) else { continue };
        let before = draft.now(referer).into_owned();
        let Some((now, action)) = mended(draft, kind, &before, &case) else { continue };
        let days = changed_days(&before, &now);
        if days.is_empty() {
            continue;
        }
        lives.entry(referer).or_insert_with(|| before.coverage());
        draft.touch(kind, referer).set_now(now, case.inherits);
        let noted = actions.entry((referer, action)).or_default();
        *noted = noted.union(&days);
        changed.insert(referer);
    }
    changed
}

fn changed_days(before: &Timeline<State>, now: &Timeline<State>) -> Days {
    let mut days = Days::new();
    for (period, _, _) in before.diff(now) {
        days.insert(period, ());
    }
    days
}

/// The referer's timeline after the policy did its work; `None` for policies that mend nothing.
fn mended(
    draft: &mut Draft,
    kind: Kind,
    timeline: &Timeline<State>,
    case: &Case,
) -> Option<(Timeline<State>, SettledAction)> {
    let Break { reference, days, .. } = &case.found;
    let field = reference.relation.field;
    let spec = kind.spec();
    let single = spec.fields.get(usize::from(field))?.shape == Shape::One;
    let clear = |at: At| on_days(timeline, days, |state| Some(state.with(at, None)));
    match case.policy {
        Policy::Refuse | Policy::Report => None,
        Policy::Clip | Policy::Vacate if !single => {
            let drop_unplaced =
                case.policy == Policy::Clip && field == coverage::placements() && kind == Kind::Unit;
            let timeline = if drop_unplaced {
                on_days(timeline, days, |state| {
                    let state = state.with(reference.at, None);
                    let stands = state.field(field).next().is_some();
                    stands.then_some(state)
                })
            } else {
                clear(reference.at)
            };
            Some((timeline, SettledAction::Clipped))
        }
        Policy::Vacate if !spec.mandatory(field) => Some((clear(reference.at), SettledAction::Vacated)),
        Policy::Clip | Policy::Vacate => Some((timeline.subtract(days), SettledAction::Clipped)),
        Policy::Fallback(id) => {
            let target = draft.tables.intern_id(id);
            if target == reference.target {
                return None;
            }
            let moved = moved_to(*reference, target);
            let mut fitting = days.clone();
            for (_, broken) in coverage::broken_days(draft, When::Now, days, moved) {
                fitting = fitting.subtract(&broken);
            }
            let timeline = on_days(timeline, &fitting, |state| {
                let value = state.get(reference.at)?;
                let value = if reference.relation.in_key { value } else { target.0 };
                Some(state.with(reference.at, None).with(moved.at, Some(value)))
            });
            Some((timeline, SettledAction::Moved))
        }
    }
}

fn moved_to(reference: Reference, target: Ix) -> Reference {
    let at = if reference.relation.in_key { At { key: target.0, ..reference.at } } else { reference.at };
    Reference { at, target, ..reference }
}

/// The timeline with `f` applied on some of its days; days for which it gives nothing are lost.
fn on_days(timeline: &Timeline<State>, days: &Days, f: impl Fn(&State) -> Option<State>) -> Timeline<State> {
    timeline.merge(days, |state, chosen| match (state, chosen) {
        (Some(state), Some(())) => f(state),
        (state, _) => state.cloned(),
    })
}

/// What the objects changed in the last round break, as referers and as targets.
fn breaks_around(
    draft: &Draft,
    changed: &BTreeSet<Ix>,
    new_referrers: &HashMap<Ix, Vec<Lost>>,
) -> Vec<Break> {
    let mut found = Vec::new();
    let mut look: BTreeSet<Lost> = BTreeSet::new();
    for touched in changed.iter().filter_map(|ix| draft.changed(*ix)) {
        coverage::of_referer(draft, touched, &mut found);
        look.extend(coverage::lost_referrers(draft, touched));
        look.extend(new_referrers.get(&touched.ix).into_iter().flatten());
    }
    for lost in look {
        if !changed.contains(&lost.referer) {
            coverage::to_target(draft, lost, &mut found);
        }
    }
    found
}

/// References that the commit itself makes and that no index lists yet.
fn referrers_in(draft: &Draft) -> HashMap<Ix, Vec<Lost>> {
    let mut referrers: HashMap<Ix, Vec<Lost>> = HashMap::new();
    for touched in draft.touched().iter().filter(|touched| touched.is_changed()) {
        for reference in coverage::references(touched.kind, &touched.now) {
            let (relation, target) = (reference.relation, reference.target);
            referrers.entry(target).or_default().push(Lost { relation, referer: touched.ix, target });
        }
    }
    referrers
}

fn receipt(
    draft: &Draft,
    actions: BTreeMap<(Ix, SettledAction), Days>,
    lives: &HashMap<Ix, Days>,
) -> Vec<Settled> {
    let gone: BTreeSet<Ix> = lives.keys().copied().filter(|ix| draft.now(*ix).is_empty()).collect();
    let deleted =
        gone.iter().map(|ix| ((*ix, SettledAction::Deleted), lives.get(ix).cloned().unwrap_or_default()));
    let kept = actions.into_iter().filter(|((ix, _), _)| !gone.contains(ix));
    let mut settled: Vec<Settled> = kept
        .chain(deleted)
        .filter_map(|((ix, action), days)| {
            Some(Settled { object: draft.object(ix)?, action, periods: days.periods().collect() })
        })
        .collect();
    settled.sort_by_key(|settled| (settled.object, settled.action));
    settled
}

/// The policies by precedence: what the command said, the commit, the registry, the rule itself.
struct Ranked<'a> {
    commit: &'a Policies,
    registry: &'a Policies,
}

impl Ranked<'_> {
    /// The break cut by the policies that count on its days.
    fn cases(&self, draft: &Draft, found: &Break) -> Vec<Case> {
        let governed = governed(draft, found);
        let otherwise = self.relation(found.reference.relation, found.code, found.by_target);
        let mut cases: Vec<Case> = Vec::new();
        let mut rest = found.days.clone();
        for (period, said) in &governed {
            let policy = said.map_or(otherwise, Policy::from);
            let days = Days::from(period);
            rest = rest.subtract(&days);
            match cases.iter_mut().find(|case| case.policy == policy && case.inherits == *said) {
                Some(case) => case.found.days = case.found.days.union(&days),
                None => cases.push(Case { found: Break { days, ..found.clone() }, policy, inherits: *said }),
            }
        }
        if !rest.is_empty() {
            cases.push(Case {
                found: Break { days: rest, ..found.clone() },
                policy: otherwise,
                inherits: None,
            });
        }
        cases
    }

    fn relation(&self, relation: Relation, code: Code, by_target: bool) -> Policy {
        let said = |policies: &Policies| policies.get(relation.kind, relation.field);
        // A new edition of KLE must load although units are still tagged with what it retires.
        let default = if code == Code::ClassNotValid && by_target { Policy::Report } else { Policy::Refuse };
        said(self.commit).or_else(|| said(self.registry)).unwrap_or(default)
    }
}

/// What the commands that broke the reference said about dependents, on the broken days. They changed the target; where a
/// class is in the wrong facet, perhaps only the facet behind it.
fn governed(draft: &Draft, found: &Break) -> Timeline<Option<Dependents>> {
    let said = |ix: Ix, days: &Days| match draft.changed(ix) {
        Some(touched) => touched.governs.intersect(days),
        None => Timeline::new(),
    };
    let mut governed = said(found.reference.target, &found.days);
    if found.code == Code::ClassWrongFacet {
        for (period, facet) in &coverage::facets_of(draft, found.reference.target) {
            let behind = said(*facet, &found.days.intersect(&Days::from(period)));
            governed = governed.or_else(&behind);
        }
    }
    governed
}
