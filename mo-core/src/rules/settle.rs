//! Settling: what the policies of a commit do about broken references, round by round until nothing changes; and what is
//! left to refuse or to report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::coverage::{self, Break, Referrers};
use super::{Code, Policies, Policy};
use crate::model::{Kind, ObjectRef, Shape};
use crate::state::cells::State;
use crate::state::draft::{Draft, Governs, Touched, When};
use crate::state::tables::{Ix, Reference, Relation};
use crate::time::Period;
use crate::timeline::{Days, Timeline, sweep};

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

/// Broken days under one policy, and the command that governs them.
struct Case {
    found: Break,
    policy: Policy,
    governs: Option<Governs>,
}

/// What is left after settling.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) settled: Vec<Settled>,
    pub(crate) refused: Vec<Break>,
    pub(crate) reported: Vec<Break>,
}

/// Settles what policies can mend, in rounds: all breaks of a round are mended at the same time, until none can be.
///
/// # Complexity
/// Each round costs what the round before changed, and who refers to that.
pub(crate) fn settle(draft: &mut Draft, commit: &Policies, registry: &Policies) -> Outcome {
    let policies = Ranked { commit, registry };
    let mut done = Done::default();
    let mut new = Referrers::default();
    for touched in draft.touched() {
        new.enter(touched);
    }
    let mut found = coverage::breaks(draft);
    loop {
        let changed = round(draft, &policies, &found, &mut done);
        if changed.is_empty() {
            break;
        }
        let changed: Vec<&Touched> = changed.iter().filter_map(|ix| draft.changed(*ix)).collect();
        for touched in &changed {
            new.enter(touched);
        }
        found = coverage::breaks_around(draft, &changed, &new);
    }
    let mut outcome = Outcome { settled: done.receipt(draft), ..Outcome::default() };
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

/// What was settled so far.
#[derive(Debug, Default)]
struct Done {
    actions: BTreeMap<(Ix, SettledAction), Days>,
    /// The lives of settled objects after the last command.
    lives: HashMap<Ix, Days>,
}

impl Done {
    fn receipt(self, draft: &Draft) -> Vec<Settled> {
        let gone = |ix: &Ix| draft.now(*ix).is_empty();
        let deleted = self.lives.into_iter().filter(|(ix, _)| gone(ix));
        let deleted = deleted.map(|(ix, life)| ((ix, SettledAction::Deleted), life));
        let kept = self.actions.into_iter().filter(|((ix, _), _)| !gone(ix));
        let mut settled: Vec<Settled> = kept
            .chain(deleted)
            .filter_map(|((ix, action), days)| {
                Some(Settled { object: draft.object(ix)?, action, periods: days.periods().collect() })
            })
            .collect();
        settled.sort_by_key(|settled| (settled.object, settled.action));
        settled
    }
}

/// An object after a round.
struct Mended {
    ix: Ix,
    now: Timeline<State>,
    inherited: Timeline<Governs>,
}

/// Applies every mending policy once, all on what the round before left; tells which objects changed.
fn round(draft: &mut Draft, policies: &Ranked<'_>, found: &[Break], done: &mut Done) -> BTreeSet<Ix> {
    let mut cases: BTreeMap<Ix, Vec<Mend>> = BTreeMap::new();
    for found in found {
        for case in policies.cases(draft, found) {
            if let Some(mend) = Mend::of(draft, case) {
                cases.entry(found.referer).or_default().push(mend);
            }
        }
    }
    let mended: Vec<Mended> =
        cases.into_iter().filter_map(|(ix, mends)| object_mended(draft, ix, mends, done)).collect();
    let mut changed = BTreeSet::new();
    for Mended { ix, now, inherited } in mended {
        let Some(kind) = draft.kind(ix) else { continue };
        draft.touch(kind, ix).settle(now, &inherited);
        changed.insert(ix);
    }
    changed
}

/// One break with what is done about it.
struct Mend {
    reference: Reference,
    days: Days,
    what: What,
    governs: Option<Governs>,
}

/// What is done about a break on its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    LoseDay,
    /// A member or an entry goes.
    LoseEntry,
    /// A placement goes, and the day with the last of them.
    LosePlacement,
    Clear,
    MoveTo(Ix),
}

impl Mend {
    /// `None` for a policy that mends nothing here.
    fn of(draft: &mut Draft, case: Case) -> Option<Mend> {
        let Break { reference, days, .. } = case.found;
        let Relation { kind, field, .. } = reference.relation;
        let spec = kind.spec();
        let single = spec.fields.get(usize::from(field))?.shape == Shape::One;
        let mut days = days;
        let what = match case.policy {
            Policy::Refuse | Policy::Report => return None,
            Policy::Clip if kind == Kind::Unit && field == coverage::placements() => What::LosePlacement,
            Policy::Clip | Policy::Vacate if !single => What::LoseEntry,
            Policy::Vacate if !spec.mandatory(field) => What::Clear,
            Policy::Clip | Policy::Vacate => What::LoseDay,
            Policy::Fallback(id) => {
                let target = draft.tables.intern_id(id);
                if target == reference.target {
                    return None;
                }
                // Where the fallback is not what the reference asks for, nothing moves.
                for (_, broken) in
                    coverage::broken_days(draft, When::Now, &days.clone(), reference.to(target))
                {
                    days = days.subtract(&broken);
                }
                What::MoveTo(target)
            }
        };
        (!days.is_empty()).then_some(Mend { reference, days, what, governs: case.governs })
    }
}

/// An object with all its breaks of a round mended; `None` when that changes nothing.
fn object_mended(draft: &Draft, ix: Ix, mut mends: Vec<Mend>, done: &mut Done) -> Option<Mended> {
    let kind = draft.kind(ix)?;
    if mends.len() > 1 {
        // Where two references move to one key the first in the order of slots does.
        mends.sort_by_cached_key(|mend| {
            (draft.tables.decode_slot(kind, mend.reference.at), mend.reference.relation.in_key)
        });
    }
    let before = draft.now(ix).into_owned();
    let days: Vec<Days> = mends.iter().map(|mend| mend.days.clone()).collect();
    let days: Vec<&Days> = days.iter().collect();
    let acting = sweep(&days, |held| Some(held.iter().map(Option::is_some).collect::<Vec<bool>>()));
    let mut now = Timeline::new();
    let mut inherited: Timeline<Governs> = Timeline::new();
    let mut actions: BTreeMap<SettledAction, Vec<Period>> = BTreeMap::new();
    for (period, state, acting) in before.overlay(&acting) {
        let Some(state) = state else { continue };
        let Some(acting) = acting else {
            now.append(period, state.clone());
            continue;
        };
        let acting: Vec<&Mend> =
            mends.iter().zip(acting).filter(|(_, acts)| **acts).map(|(m, _)| m).collect();
        let (new, did) = day_mended(state, &acting);
        if new.as_ref() != Some(state) {
            for action in did {
                actions.entry(action).or_default().push(period);
            }
            if let Some(last) = acting.iter().filter_map(|mend| mend.governs).max_by_key(|by| by.command) {
                inherited.append(period, last);
            }
        }
        if let Some(new) = new {
            now.append(period, new);
        }
    }
    if actions.is_empty() {
        return None;
    }
    done.lives.entry(ix).or_insert_with(|| before.coverage());
    for (action, periods) in actions {
        let noted = done.actions.entry((ix, action)).or_default();
        *noted = noted.union(&periods.into_iter().collect());
    }
    Some(Mended { ix, now, inherited })
}

/// A state after mends, and what they did to it; `None`: the days are lost.
fn day_mended(state: &State, mends: &[&Mend]) -> (Option<State>, BTreeSet<SettledAction>) {
    let mut new = state.clone();
    let mut did = BTreeSet::new();
    for mend in mends {
        did.insert(match mend.what {
            What::LoseDay => return (None, BTreeSet::from([SettledAction::Clipped])),
            What::LoseEntry | What::LosePlacement => SettledAction::Clipped,
            What::Clear => SettledAction::Vacated,
            What::MoveTo(_) => continue,
        });
        new = new.with(mend.reference.at, None);
    }
    for mend in mends {
        let What::MoveTo(target) = mend.what else { continue };
        let at = mend.reference.at;
        // What another mend took away is not moved.
        let Some(value) = new.get(at) else { continue };
        if mend.reference.relation.in_key {
            let moved = mend.reference.to(target).at;
            // What stands under the new key already stays.
            let value = new.get(moved).unwrap_or(value);
            new = new.with(at, None).with(moved, Some(value));
        } else {
            new = new.with(at, Some(target.0));
        }
        did.insert(SettledAction::Moved);
    }
    let unplaced = || new.field(coverage::placements()).next().is_none();
    if mends.iter().any(|mend| mend.what == What::LosePlacement) && unplaced() {
        return (None, BTreeSet::from([SettledAction::Clipped]));
    }
    (Some(new), did)
}

/// The policies by precedence: what the command said, the commit, the registry, the rule itself.
struct Ranked<'a> {
    commit: &'a Policies,
    registry: &'a Policies,
}

impl Ranked<'_> {
    /// The break cut by the policies that count on its days.
    fn cases(&self, draft: &Draft, found: &Break) -> Vec<Case> {
        let otherwise = self.relation(found.reference.relation, found.code, found.by_target);
        let governed = governed(draft, found);
        let mut cases: Vec<Case> = Vec::new();
        for (period, by) in &governed {
            let policy = by.said.map_or(otherwise, Policy::from);
            let days = Days::from(period);
            match cases.iter_mut().find(|case| case.governs == Some(*by)) {
                Some(case) => case.found.days = case.found.days.union(&days),
                None => {
                    cases.push(Case { found: Break { days, ..found.clone() }, policy, governs: Some(*by) });
                }
            }
        }
        let rest = found.days.subtract(&governed);
        if !rest.is_empty() {
            let found = Break { days: rest, ..found.clone() };
            cases.push(Case { found, policy: otherwise, governs: None });
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

/// The commands that govern the days of a break: the last that changed the target on the day; where a class belongs to a
/// wrong facet and did not change itself, the last that changed the facet.
fn governed(draft: &Draft, found: &Break) -> Timeline<Governs> {
    let target = found.reference.target;
    let of = |ix: Ix, days: &Days| draft.governs(ix).map(|by| by.intersect(days)).unwrap_or_default();
    let mut governed = of(target, &found.days);
    if found.code == Code::ClassWrongFacet {
        for (period, facet) in coverage::facets_of(&draft.timeline_of(When::Now, Kind::Class, target)) {
            governed = governed.or_else(&of(facet, &found.days.clip(period)));
        }
    }
    governed
}
