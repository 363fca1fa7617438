//! A plan worked out: the registry on one day without it and with it, compared.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Impact, Leadership, ManagerSpan, MovedPerson, NumberCover, Rebound, Unplaced};
use crate::hierarchy::ManagerQuery;
use crate::model::{
    Address, ClassId, Engagement, EngagementId, HierarchyId, ItAccount, Kind, KleAspect, KleTag, LinkUse,
    Manager, ObjectRef, PersonId, RoleBinding, Slot, Unit, UnitId, UnitLink, UnitLinkId, Value,
};
use crate::plan::{FieldEffect, Plan};
use crate::state::View;
use crate::state::cells::At;
use crate::state::tables::Ix;
impl Impact {
    pub(super) fn between(plan: &Plan, before: &View, after: &View) -> Impact {
        let of = |kind: Kind| plan.effects().iter().filter(move |effect| effect.object.kind == kind);
        let units = |wanted: &dyn Fn(&FieldEffect) -> bool| {
            let found: BTreeSet<UnitId> = of(Kind::Unit)
                .filter(|effect| wanted(effect))
                .map(|effect| effect.object.id.into())
                .collect();
            after_or_before(found, before, after)
        };
        let opened = units(&|effect| effect.slot.is_none() && effect.after.is_some());
        let closed = units(&|effect| effect.slot.is_none() && effect.after.is_none());
        let kept = |effect: &FieldEffect| effect.before.is_some();
        let renamed = units(&|e| kept(e) && e.slot == Some(Slot::one(Unit::NAME.index)));
        let place =
            |effect: &FieldEffect| effect.slot.as_ref().is_some_and(|s| s.field == Unit::PLACEMENTS.index);
        let moved = units(&|effect| kept(effect) && place(effect));

        let rebound = |kinds: &[(Kind, u8)]| -> Vec<Rebound> {
            let mut found: Vec<Rebound> =
                kinds.iter().flat_map(|(kind, field)| rebound(of(*kind), *field, before)).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let mut people: Vec<MovedPerson> = rebound(&[(Kind::Engagement, Engagement::UNIT.index)])
            .into_iter()
            .filter_map(|Rebound { object, from, to }| {
                let engagement = object.id.into();
                let timeline = before.snapshot().timeline::<EngagementId>(engagement);
                Some(MovedPerson { person: timeline.last()?.1.person, engagement, from, to })
            })
            .collect();
        people.sort_unstable();
        let payroll = |rebound: &Rebound| {
            let timeline = before.snapshot().timeline::<UnitLinkId>(rebound.object.id.into());
            timeline.last().is_some_and(|(_, link)| link.link_use == LinkUse::Payroll)
        };
        let mut payroll_links =
            rebound(&[(Kind::UnitLink, UnitLink::FROM.index), (Kind::UnitLink, UnitLink::TO.index)]);
        payroll_links.retain(payroll);
        // A link that ends lets go of both its units; it is told once.
        payroll_links.dedup_by_key(|link| link.object);

        let mut impact = Impact {
            day: before.day(),
            leadership: leadership(plan, before, after, &opened, &closed),
            spans: plan.hierarchy(after).map_or_else(Vec::new, |hierarchy| spans(hierarchy, before, after)),
            kle: kle(of(Kind::KleTag).map(|effect| effect.object), before, after),
            accounts: rebound(&[
                (Kind::ItAccount, ItAccount::UNIT.index),
                (Kind::RoleBinding, RoleBinding::UNIT.index),
            ]),
            addresses: rebound(&[(Kind::Address, Address::UNIT.index)]),
            payroll_links,
            unplaced: unplaced(&closed, before, after),
            med_uncovered: med_uncovered(
                of(Kind::UnitLink).next().is_some() || !closed.is_empty(),
                before,
                after,
            ),
            opened,
            closed,
            renamed,
            moved,
            people,
            names: BTreeMap::new(),
        };
        impact.names = impact.named(after.snapshot());
        impact
    }
}

/// Units by the name they have with the plan, else without it; then by id.
fn after_or_before(units: BTreeSet<UnitId>, before: &View, after: &View) -> Vec<UnitId> {
    let name = |unit: UnitId| after.field(unit, Unit::NAME).or_else(|| before.field(unit, Unit::NAME));
    let mut named: Vec<_> = units.into_iter().map(|unit| (name(unit), unit)).collect();
    named.sort_by(|(a, a_id), (b, b_id)| {
        let by_name = match (a, b) {
            (Some(a), Some(b)) => crate::danish::compare(a, b),
            _ => std::cmp::Ordering::Equal,
        };
        by_name.then_with(|| a_id.cmp(b_id))
    });
    named.into_iter().map(|(_, unit)| unit).collect()
}

/// The effects on one field that says to which unit an object is bound, and objects that end.
fn rebound<'a>(effects: impl Iterator<Item = &'a FieldEffect>, field: u8, before: &View) -> Vec<Rebound> {
    let unit = |value: &Option<Value>| match value {
        Some(Value::Id(id)) => Some(UnitId::new(*id)),
        _ => None,
    };
    let mut found = Vec::new();
    for effect in effects {
        let object = effect.object;
        match &effect.slot {
            Some(slot) if slot.field == field => {
                if let Some(from) = unit(&effect.before) {
                    found.push(Rebound { object, from, to: unit(&effect.after) });
                }
            }
            None if effect.after.is_none() => {
                let timeline = before.snapshot().fields_timeline(object).clip(effect.valid);
                let bound =
                    timeline.first().and_then(|(_, state)| unit(&state.get(&Slot::one(field)).cloned()));
                found.extend(bound.map(|from| Rebound { object, from, to: None }));
            }
            _ => {}
        }
    }
    found
}

fn leadership(
    plan: &Plan,
    before: &View,
    after: &View,
    opened: &[UnitId],
    closed: &[UnitId],
) -> Vec<Leadership> {
    let mut units: BTreeSet<UnitId> = opened.iter().copied().collect();
    for effect in plan.effects().iter().filter(|effect| effect.object.kind == Kind::Manager) {
        for view in [before, after] {
            units.extend(view.field(effect.object.id.into(), Manager::UNIT));
        }
    }
    let any = ManagerQuery::default().vacant(true);
    let led = |view: &View, unit: UnitId| {
        // Seats of the unit itself do not depend on a hierarchy.
        let seats = view.managers(HierarchyId::new(uuid::Uuid::nil()), unit, any);
        let vacant = seats.iter().any(|seat| seat.person.is_none());
        let mut persons: Vec<PersonId> = seats.into_iter().filter_map(|seat| seat.person).collect();
        persons.sort_unstable();
        persons.dedup();
        (persons, vacant)
    };
    let changed = after_or_before(units, before, after).into_iter().filter_map(|unit| {
        let ((was, was_vacant), (is, vacant)) = (led(before, unit), led(after, unit));
        let ends = closed.contains(&unit);
        ((was != is || was_vacant != vacant) && !ends).then_some(Leadership {
            unit,
            before: was,
            after: is,
            vacant,
        })
    });
    changed.collect()
}

/// Keyed by numbers of the tables, which nobody chooses to collide.
type ByNumber<T> = HashMap<u32, T, foldhash::fast::FixedState>;
type NumberSet = HashSet<u32, foldhash::fast::FixedState>;

/// Per person who leads: the people whose nearest manager that is, by climbing the hierarchy, the manager left out.
fn reports(view: &View, hierarchy: HierarchyId) -> ByNumber<NumberSet> {
    let tables = view.tables();
    let Some(key) = tables.ix(hierarchy.uuid()) else { return ByNumber::default() };
    let placed = At { field: Unit::PLACEMENTS.index, key: key.0 };
    let single = |field| At { field, key: 0 };
    let mut own: ByNumber<Vec<u32>> = ByNumber::default();
    for manager in tables.of_kind(Kind::Manager) {
        let Some(state) = view.state_of(manager) else { continue };
        if let (Some(unit), Some(person)) =
            (state.get(single(Manager::UNIT.index)), state.get(single(Manager::PERSON.index)))
        {
            own.entry(unit).or_default().push(person);
        }
    }
    let mut nearest: ByNumber<Option<u32>> = ByNumber::default();
    let mut leader_of = |unit: u32| -> Option<u32> {
        let mut way = Vec::new();
        let mut current = Some(unit);
        let found = loop {
            let Some(at) = current else { break None };
            if let Some(known) = nearest.get(&at) {
                break *known;
            }
            if own.contains_key(&at) {
                break Some(at);
            }
            if way.contains(&at) {
                break None;
            }
            way.push(at);
            current = view.state_of(Ix(at)).and_then(|state| state.get(placed));
        };
        for at in way {
            nearest.insert(at, found);
        }
        found
    };
    let mut reports: ByNumber<NumberSet> = ByNumber::default();
    for engagement in tables.of_kind(Kind::Engagement) {
        let Some(state) = view.state_of(engagement) else { continue };
        let of = |field| state.get(single(field));
        let (Some(unit), Some(person)) = (of(Engagement::UNIT.index), of(Engagement::PERSON.index)) else {
            continue;
        };
        let Some(leading) = leader_of(unit) else { continue };
        for manager in own.get(&leading).into_iter().flatten().filter(|manager| **manager != person) {
            reports.entry(*manager).or_default().insert(person);
        }
    }
    reports
}

fn spans(hierarchy: HierarchyId, before: &View, after: &View) -> Vec<ManagerSpan> {
    let (was, is) = (reports(before, hierarchy), reports(after, hierarchy));
    let managers: HashSet<u32> = was.keys().chain(is.keys()).copied().collect();
    let of = |reports: &ByNumber<NumberSet>, manager| reports.get(&manager).map_or(0, HashSet::len);
    let mut spans: Vec<ManagerSpan> = managers
        .into_iter()
        .map(|manager| ManagerSpan {
            manager: PersonId::new(after.tables().id(Ix(manager))),
            before: of(&was, manager),
            after: of(&is, manager),
        })
        .filter(|span| span.before != span.after)
        .collect();
    spans.sort_by_key(|span| span.manager);
    spans
}

fn kle(tags: impl Iterator<Item = ObjectRef>, before: &View, after: &View) -> Vec<NumberCover> {
    let mut classes: BTreeSet<ClassId> = BTreeSet::new();
    for tag in tags {
        for view in [before, after] {
            classes.extend(view.field(tag.id.into(), KleTag::CLASS));
        }
    }
    let responsible = |view: &View, class| {
        let units: BTreeSet<UnitId> = view
            .referrers(class, KleTag::CLASS)
            .into_iter()
            .filter_map(|tag| view.get(tag))
            .filter(|tag| tag.aspects.contains(&KleAspect::Responsible))
            .map(|tag| tag.unit)
            .collect();
        units.into_iter().collect::<Vec<UnitId>>()
    };
    classes
        .into_iter()
        .map(|class| NumberCover {
            class,
            before: responsible(before, class),
            after: responsible(after, class),
        })
        .filter(|cover| cover.before != cover.after)
        .collect()
}

/// Where a unit stood that ends, and nothing that takes over from it stands.
fn unplaced(closed: &[UnitId], before: &View, after: &View) -> Vec<Unplaced> {
    let mut found = Vec::new();
    for unit in closed.iter().copied() {
        let heirs = after.heirs(unit);
        let places = before.get(unit).map(|state| state.placements).unwrap_or_default();
        for hierarchy in places.into_keys() {
            if !heirs.is_empty() && heirs.iter().all(|heir| after.placement(hierarchy, *heir).is_none()) {
                found.push(Unplaced { unit, hierarchy });
            }
        }
    }
    found
}

/// The units that have a MED link before and still exist without one after.
fn med_uncovered(may_be: bool, before: &View, after: &View) -> Vec<UnitId> {
    if !may_be {
        return Vec::new();
    }
    let covered = |view: &View| -> BTreeSet<UnitId> {
        let links = view.find(UnitLink::USE, LinkUse::Med).into_iter().filter_map(|link| view.get(link));
        links.flat_map(|link| [link.from, link.to]).collect()
    };
    let still = covered(after);
    let lost = covered(before).into_iter().filter(|unit| !still.contains(unit) && after.exists(*unit));
    after_or_before(lost.collect(), before, after)
}
