//! Settling: what the policies of a commit do about broken references, round by round until nothing changes; and what is
//! left to refuse or to report.

use std::collections::BTreeMap;

use super::coverage::{self, Break, Referrers};
use super::{Code, Policies, Policy};
use crate::model::{Kind, ObjectRef, Shape};
use crate::state::cells::State;
use crate::state::draft::{Draft, Governs, Touched, When};
use crate::state::tables::{Ix, Reference, Relation};
use crate::time::Period;
use crate::timeline::{Days, Timeline, sweep};

/// What a policy did to an object.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("settled"));
/// use mo_core::rules::{Policy, SettledAction};
/// use mo_core::start_set::{self, class_id};
///
/// let mut edit = registry.edit("anna");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Madsen"));
/// let seat = Manager::new(school, class_id("manager_type", "director")).person(ida);
/// let seat = edit.create(Period::ALWAYS, seat);
/// edit.commit()?;
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut edit = registry.edit("anna").policy(Manager::PERSON, Policy::Vacate);
/// edit.end(ida, day);
/// let outcome = edit.commit()?;
/// let settled = &outcome.receipt().unwrap().effects.settled[0];
/// assert_eq!((settled.object, settled.action), (seat.into(), SettledAction::Vacated));
/// assert_eq!(settled.periods, [Period::since(day)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use mo_core::rules::SettledAction;
/// assert_eq!(SettledAction::Vacated.name(), "vacated"); // as receipts and scenario files write it
/// ```
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
    let left = loop {
        let Round { changed, left, mended } = round(draft, &policies, found, &mut done);
        if changed.is_empty() {
            break (done.0.is_empty() && !mended).then_some(left);
        }
        // Also those that settling made what they were before the commit: others of the commit may refer to them.
        let changed: Vec<&Touched> = changed.iter().filter_map(|ix| draft.place(*ix)).collect();
        for touched in &changed {
            new.enter(touched);
        }
        found = coverage::breaks_around(draft, &changed, &new);
    };
    let mut outcome = Outcome { settled: done.receipt(draft), ..Outcome::default() };
    // Where nothing was settled all breaks are known already.
    let left = left.unwrap_or_else(|| {
        coverage::breaks(draft).into_iter().flat_map(|found| policies.cases(draft, found)).collect()
    });
    for case in left {
        match case.policy {
            Policy::Report => outcome.reported.push(case.found),
            // What the others could mend is mended; what is left they could not.
            _ => outcome.refused.push(case.found),
        }
    }
    outcome
}

/// What was settled so far: on which days each action was done.
#[derive(Debug, Default)]
struct Done(BTreeMap<(Ix, SettledAction), Days>);

impl Done {
    /// Of an object that is gone only that is told. Each of its days was clipped, sooner or later, so these are its life
    /// after the last command.
    fn receipt(self, draft: &Draft) -> Vec<Settled> {
        let mut settled: Vec<Settled> = Vec::with_capacity(self.0.len());
        for ((ix, action), days) in self.0 {
            let action = match action {
                _ if !draft.now(ix).is_empty() => action,
                SettledAction::Clipped => SettledAction::Deleted,
                _ => continue,
            };
            let periods = days.into_iter().map(|(period, ())| period).collect();
            settled.extend(draft.object(ix).map(|object| Settled { object, action, periods }));
        }
        settled.sort_unstable_by_key(|settled| {
            (settled.object.kind, settled.object.id.as_u128(), settled.action)
        });
        settled
    }
}

/// An object after a round.
struct Mended {
    kind: Kind,
    ix: Ix,
    was: Timeline<State>,
    now: Timeline<State>,
    inherited: Timeline<Governs>,
}

/// What a round came to.
struct Round {
    /// The objects that it changed.
    changed: Vec<Ix>,
    /// What no policy mends.
    left: Vec<Case>,
    /// Whether policies tried to mend anything.
    mended: bool,
}

/// Applies every mending policy once, all on what the round before left.
fn round(draft: &mut Draft, policies: &Ranked<'_>, found: Vec<Break>, done: &mut Done) -> Round {
    let mut mends: Vec<(Ix, Mend)> = Vec::with_capacity(found.len());
    let mut left = Vec::new();
    for found in found {
        let referer = found.referer;
        for case in policies.cases(draft, found) {
            match Mend::of(draft, case) {
                Ok(mend) => mends.push((referer, mend)),
                Err(case) => left.push(case),
            }
        }
    }
    mends.sort_by_key(|(ix, _)| *ix);
    let mut mended: Vec<Mended> = Vec::with_capacity(mends.len());
    for of_object in mends.chunk_by_mut(|(one, _), (other, _)| one == other) {
        mended.extend(object_mended(draft, of_object, done));
    }
    let mut changed = Vec::with_capacity(mended.len());
    for Mended { kind, ix, was, now, inherited } in mended {
        draft.settle(kind, ix, was, now, inherited);
        changed.push(ix);
    }
    Round { changed, left, mended: !mends.is_empty() }
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
    /// The case again for a policy that mends nothing here.
    fn of(draft: &mut Draft, case: Case) -> Result<Mend, Case> {
        let Break { reference, .. } = case.found;
        let Relation { kind, field, .. } = reference.relation;
        let spec = kind.spec();
        let single = spec.fields.get(usize::from(field)).is_some_and(|field| field.shape == Shape::One);
        let what = match case.policy {
            Policy::Refuse | Policy::Report => return Err(case),
            Policy::Clip if kind == Kind::Unit && field == coverage::placements() => What::LosePlacement,
            Policy::Clip | Policy::Vacate if !single => What::LoseEntry,
            Policy::Vacate if !spec.mandatory(field) => What::Clear,
            Policy::Clip | Policy::Vacate => What::LoseDay,
            Policy::Fallback(id) => {
                let target = draft.tables.intern_id(id);
                if target == reference.target {
                    return Err(case);
                }
                // Where the fallback is not what the reference asks for, nothing moves.
                let moved = reference.to(target);
                let broken = coverage::broken_days(draft, When::Now, &case.found.days, moved);
                let days = broken.fold(case.found.days.clone(), |days, (_, broken)| days.subtract(&broken));
                if days.is_empty() {
                    return Err(case);
                }
                return Ok(Mend { reference, days, what: What::MoveTo(target), governs: case.governs });
            }
        };
        Ok(Mend { reference, days: case.found.days, what, governs: case.governs })
    }
}

/// An object with all its breaks of a round mended; `None` when that changes nothing.
fn object_mended(draft: &Draft, mends: &mut [(Ix, Mend)], done: &mut Done) -> Option<Mended> {
    let ix = mends.first()?.0;
    let kind = draft.kind(ix)?;
    let was = draft.now(ix).into_owned();
    let mut mending = Mending::default();
    if let [(_, mend)] = &*mends {
        for (period, state, acts) in was.overlay(&mend.days) {
            match (state, acts) {
                (Some(state), Some(())) => mending.mended(period, state, &[mend]),
                (Some(state), None) => mending.now.append_cloned(period, state),
                (None, _) => {}
            }
        }
    } else {
        // Where two references move to one key the first in the order of slots does.
        mends.sort_by_cached_key(|(_, mend)| {
            (draft.tables.decode_slot(kind, mend.reference.at), mend.reference.relation.in_key)
        });
        let days: Vec<&Days> = mends.iter().map(|(_, mend)| &mend.days).collect();
        let acting = sweep(&days, |held| Some(held.iter().map(Option::is_some).collect::<Vec<bool>>()));
        for (period, state, acting) in was.overlay(&acting) {
            let Some(state) = state else { continue };
            let Some(acting) = acting else {
                mending.now.append_cloned(period, state);
                continue;
            };
            let acting = mends.iter().zip(acting).filter(|(_, acts)| **acts);
            let acting: Vec<&Mend> = acting.map(|((_, mend), _)| mend).collect();
            mending.mended(period, state, &acting);
        }
    }
    if mending.actions.is_empty() {
        return None;
    }
    for (action, period) in mending.actions {
        done.0.entry((ix, action)).or_default().insert(period, ());
    }
    Some(Mended { kind, ix, was, now: mending.now, inherited: mending.inherited })
}

/// An object while its breaks are being mended, piece by piece in order of time.
#[derive(Default)]
struct Mending {
    now: Timeline<State>,
    inherited: Timeline<Governs>,
    actions: Vec<(SettledAction, Period)>,
}

impl Mending {
    fn mended(&mut self, period: Period, state: &State, acting: &[&Mend]) {
        let (new, did) = day_mended(state, acting);
        if new.as_ref() != Some(state) {
            self.actions.extend(did.actions().map(|action| (action, period)));
            if let Some(last) = acting.iter().filter_map(|mend| mend.governs).max_by_key(|by| by.command) {
                self.inherited.append(period, last);
            }
        }
        if let Some(new) = new {
            self.now.append(period, new);
        }
    }
}

/// What mends did to a state.
#[derive(Default)]
struct Did {
    clipped: bool,
    moved: bool,
    vacated: bool,
}

impl Did {
    fn actions(&self) -> impl Iterator<Item = SettledAction> {
        let all = [
            (self.clipped, SettledAction::Clipped),
            (self.moved, SettledAction::Moved),
            (self.vacated, SettledAction::Vacated),
        ];
        all.into_iter().filter_map(|(did, action)| did.then_some(action))
    }
}

/// A state after mends, and what they did to it; `None`: the days are lost.
fn day_mended(state: &State, mends: &[&Mend]) -> (Option<State>, Did) {
    let lost = (None, Did { clipped: true, ..Did::default() });
    if mends.iter().any(|mend| mend.what == What::LoseDay) {
        return lost;
    }
    let mut new = state.clone();
    let mut did = Did::default();
    for mend in mends {
        match mend.what {
            What::LoseDay | What::MoveTo(_) => continue,
            What::LoseEntry | What::LosePlacement => did.clipped = true,
            What::Clear => did.vacated = true,
        }
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
        did.moved = true;
    }
    let unplaced = || new.field(coverage::placements()).next().is_none();
    if mends.iter().any(|mend| mend.what == What::LosePlacement) && unplaced() {
        return lost;
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
    fn cases(&self, draft: &Draft, found: Break) -> Vec<Case> {
        let otherwise = self.relation(found.reference.relation, found.code, found.by_target);
        let policy = |by: Governs| by.said.map_or(otherwise, Policy::from);
        if let Some(by) = only_governing(draft, &found) {
            return vec![Case { policy: policy(by), governs: Some(by), found }];
        }
        let governed = governed(draft, &found);
        let rest = found.days.subtract(&governed);
        if let Some((_, by)) = governed.first().filter(|(_, by)| {
            let same = |(_, other): (Period, &Governs)| other == *by;
            rest.is_empty() && governed.iter().all(same)
        }) {
            return vec![Case { policy: policy(*by), governs: Some(*by), found }];
        }
        let part = |days: Days| Break { days, ..found.clone() };
        let mut cases: Vec<Case> = Vec::new();
        for (period, by) in &governed {
            if let Some(case) = cases.iter_mut().find(|case| case.governs == Some(*by)) {
                case.found.days.insert(period, ());
            } else {
                let found = part(Days::from(period));
                cases.push(Case { found, policy: policy(*by), governs: Some(*by) });
            }
        }
        if !rest.is_empty() {
            cases.push(Case { found: part(rest), policy: otherwise, governs: None });
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

/// The command that governs all days of a break, where a look tells: one command changed the target, on all of them.
fn only_governing(draft: &Draft, found: &Break) -> Option<Governs> {
    let [(changed, by)] = draft.governs(found.reference.target)?.as_slice() else { return None };
    let days = found.days.span()?;
    (found.code != Code::ClassWrongFacet && changed.intersect(days) == Some(days)).then_some(*by)
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
