//! The laws of a delta, on random histories: its reasons are complete, it is symmetric, and it is composed at the corner.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{CountedIds, Patch, Unit, UnitId};
use crate::registry::Registry;
use crate::time::{Period, SteppingClock};

fn day(n: i32) -> Day {
    "2026-01-01".parse::<Day>().unwrap().plus(n).unwrap()
}

/// Verb, unit, day, length, name.
type Step = (u8, usize, i32, i32, u8);

fn registry(steps: &[Step]) -> Registry {
    let clock = Arc::new(SteppingClock::new("2025-06-01T09:00:00Z".parse().unwrap()));
    let registry = Registry::in_memory(clock, CountedIds::new("delta"));
    let mut edit = registry.edit("ib");
    let units: [UnitId; 2] = [
        edit.create(Period::ALWAYS, Unit::new("0")),
        edit.create(Period::since(day(3)), Unit::new("1").user_key("k")),
    ];
    edit.commit().unwrap();
    for (verb, unit, from, long, name) in steps {
        let unit = units[*unit];
        let mut edit = registry.edit("ib");
        let period = Period::new(day(*from), day(from + long)).unwrap();
        let patch = || Patch::new().set(Unit::NAME, name.to_string());
        match verb {
            0 => edit.change(unit, day(*from), patch()),
            1 => edit.set(unit, period, patch().clear(Unit::USER_KEY)),
            2 => edit.correct(unit, day(*from), patch()),
            3 => edit.suspend(unit, period),
            _ => edit.extend(unit, period),
        };
        // What is refused is not registered.
        let _ = edit.commit();
    }
    registry
}

/// The value before and after, and why.
type Differs = (Option<Value>, Option<Value>, Why);

/// Per object and slot (or existence) how it differs, in short.
fn flat(delta: &Delta) -> BTreeMap<(Uuid, Option<Slot>), Differs> {
    let mut flat = BTreeMap::new();
    for item in delta {
        let id = item.object.id;
        match &item.change {
            DeltaChange::Added(why) => drop(flat.insert((id, None), (None, Some(Value::True), *why))),
            DeltaChange::Removed(why) => drop(flat.insert((id, None), (Some(Value::True), None, *why))),
            DeltaChange::Changed(fields) => {
                for f in fields {
                    flat.insert((id, Some(f.slot.clone())), (f.before.clone(), f.after.clone(), f.why));
                }
            }
        }
    }
    flat
}

proptest! {
    #[test]
    fn reasons_are_complete_and_symmetric_and_compose_at_the_corner(
        steps in prop::collection::vec((0..5u8, 0..2usize, 0..9i32, 1..5i32, 0..3u8), 0..10),
        ((v1, k1), (v2, k2)) in ((0..10i32, 0..10u32), (0..10i32, 0..10u32)),
    ) {
        let head = registry(&steps).snapshot();
        let view = |v: i32, k: u32| head.as_known(Revision::new(k)).at(day(v));
        let (a, b) = (view(v1, k1), view(v2, k2));
        let (forth, back) = (flat(&a.delta_to(&b)), flat(&b.delta_to(&a)));
        // The corner: the first day in the later belief, or, going back in belief, the second day in the later one.
        let (k1, k2) = (a.snapshot().revision(), b.snapshot().revision());
        let corner = if k2 >= k1 { head.as_known(k2).at(day(v1)) } else { head.as_known(k1).at(day(v2)) };
        let value = |view: &View, (id, slot): &(Uuid, Option<Slot>)| {
            let fields = view.fields(ObjectRef { kind: Kind::Unit, id: *id });
            match slot {
                None => fields.map(|_| Value::True),
                Some(slot) => fields.and_then(|fields| fields.get(slot).cloned()),
            }
        };
        for (key, (before, after, why)) in &forth {
            prop_assert_ne!(before, after);
            let (other_before, other_after, other) = &back[key];
            prop_assert_eq!((before, after, why.reason), (other_after, other_before, other.reason));
            let legs = (value(&a, key) != value(&corner, key), value(&corner, key) != value(&b, key));
            let (knowledge, world) = if k2 >= k1 { legs } else { (legs.1, legs.0) };
            match why.reason {
                Reason::Knowledge => prop_assert!(knowledge && !world),
                Reason::World => prop_assert!(!knowledge && world),
                Reason::Both => prop_assert!(knowledge && world),
            }
            if v1 == v2 { prop_assert_eq!(why.reason, Reason::Knowledge); }
            if k1 == k2 { prop_assert_eq!(why.reason, Reason::World); }
        }
        prop_assert_eq!(forth.len(), back.len());
        // What differs only on the way to the corner, or only from there on, differs in all.
        let units: Vec<Uuid> = head.at(day(20)).all::<Unit>().into_iter().map(Into::into).collect();
        for key in units.into_iter().map(|id| (id, None)) {
            let (at_a, at_corner, at_b) = (value(&a, &key), value(&corner, &key), value(&b, &key));
            prop_assert_eq!(forth.contains_key(&key), at_a != at_b);
            prop_assert!((at_a != at_corner) == (at_corner != at_b) || forth.contains_key(&key));
        }
    }
}
