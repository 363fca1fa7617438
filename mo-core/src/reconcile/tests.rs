//! Reconciling against a slow reading of its rule: all ways of pairing up to six wishes with up to six objects, day by day.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::model::{Address, AddressId, CountedIds, IdSource, Person, PersonId};
use crate::registry::{CommitError, Outcome, Registry};
use crate::rules::{Policies, Policy};
use crate::time::{Day, SteppingClock};

const DAYS: usize = 8;

/// The value of an address on each day of the window.
type Line = Vec<Option<u8>>;

fn day(n: usize) -> Day {
    Day::from_epoch_days(20_000 + i32::try_from(n).unwrap()).unwrap()
}

fn line() -> impl Strategy<Value = Line> {
    prop::collection::vec(prop::option::weighted(0.75, 0..2u8), DAYS)
        .prop_filter("some day", |l| l.iter().any(Option::is_some))
}

fn timeline(line: &Line, person: PersonId, phone: crate::model::ClassId) -> Timeline<Address> {
    let pieces = line.iter().enumerate().filter_map(|(n, value)| {
        let state = Address::new(phone, format!("10 00 00 0{}", (*value)?)).person(person).source("exchange");
        Some((Period::day(day(n)), state))
    });
    Timeline::from_pieces(pieces).unwrap()
}

/// The maximal runs of days that change and have one new value.
fn effects(before: &Line, now: &Line) -> usize {
    let changed = |n: usize| before[n] != now[n];
    (0..DAYS).filter(|n| changed(*n) && !(*n > 0 && changed(n - 1) && now[n - 1] == now[*n])).count()
}

struct Desk {
    registry: Registry,
    bo: PersonId,
    phone: crate::model::ClassId,
    ids: CountedIds,
}

impl Desk {
    fn new() -> Desk {
        let clock = SteppingClock::new("2024-10-04T09:00:00Z".parse().unwrap());
        let registry = Registry::in_memory(clock, CountedIds::new("reconcile"));
        let registry = registry.with_policies(Policies::new().otherwise(Policy::Report));
        let mut edit = registry.edit("anna");
        let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
        edit.commit().unwrap();
        Desk { registry, bo, phone: Uuid::from_u128(7).into(), ids: CountedIds::new("addresses") }
    }

    fn wish(&self, lines: &[Line]) -> Reconcile {
        lines.iter().fold(Reconcile::new("exchange", Scope::kinds([Kind::Address])), |wish, line| {
            wish.wish_new(self.ids.next_id().into(), &timeline(line, self.bo, self.phone))
        })
    }

    fn work(&self, wish: &Reconcile) -> Result<Reconciliation, Refusal> {
        wish.against(&self.registry.snapshot(), day(0))
    }

    fn commit(&self, wish: &Reconcile) -> Result<Outcome, CommitError> {
        let mut edit = self.registry.edit("ib");
        for command in self.work(wish)?.commands() {
            edit.push(command.clone());
        }
        edit.commit()
    }
}

use crate::rules::Refusal;

/// Everything that can be chosen: for each wish an object or none, in order of preference.
fn pairings(wishes: usize, mine: usize) -> Vec<Vec<Option<usize>>> {
    let mut all: Vec<Vec<Option<usize>>> = vec![Vec::new()];
    for _ in 0..wishes {
        all = all
            .into_iter()
            .flat_map(|chosen| {
                let free =
                    (0..mine).filter(|own| !chosen.contains(&Some(*own))).map(Some).collect::<Vec<_>>();
                free.into_iter()
                    .chain([None])
                    .map(move |next| {
                        let mut longer = chosen.clone();
                        longer.push(next);
                        longer
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_changes_the_least_of_all_pairings_and_the_second_time_nothing(
        (mine, wished) in (prop::collection::vec(line(), 0..=6), prop::collection::vec(line(), 0..=6))
            .prop_map(|(mut mine, mut wished)| {
                // Six by six has 13,327 pairings; nearly all of the time goes there.
                mine.truncate(6);
                wished.truncate(6);
                (mine, wished)
            })
    ) {
        let desk = Desk::new();
        let nothing: Line = vec![None; DAYS];
        let mut own: Vec<(AddressId, &Line)> = mine.iter().map(|l| (desk.ids.next_id().into(), l)).collect();
        own.sort_by_key(|(id, _)| *id);
        let mut edit = desk.registry.edit("ib");
        for (id, line) in &own {
            edit.replace(*id, &timeline(line, desk.bo, desk.phone));
        }
        edit.commit().unwrap();

        let measure = |chosen: &Vec<Option<usize>>| {
            let made = chosen.iter().filter(|pair| pair.is_none()).count();
            let left = (0..own.len()).filter(|at| !chosen.contains(&Some(*at)));
            let gone = left.clone().count();
            let changed: usize = chosen
                .iter()
                .zip(&wished)
                .map(|(pair, wish)| effects(pair.map_or(&nothing, |at| own[at].1), wish))
                .chain(left.map(|at| effects(own[at].1, &nothing)))
                .sum();
            let order: Vec<usize> = chosen.iter().map(|pair| pair.unwrap_or(usize::MAX)).collect();
            (made + gone, changed, order)
        };
        let best = pairings(wished.len(), own.len()).into_iter().min_by_key(measure).unwrap();
        let (objects, changed, _) = measure(&best);

        let wish = desk.wish(&wished);
        let worked = desk.work(&wish).unwrap();
        prop_assert_eq!(worked.created.len() + worked.ended.len(), objects);
        prop_assert_eq!(worked.effects, changed);
        desk.commit(&wish).unwrap();
        let snapshot = desk.registry.snapshot();
        for (pair, line) in best.iter().zip(&wished) {
            if let Some(at) = pair {
                prop_assert_eq!(snapshot.timeline(own[*at].0), timeline(line, desk.bo, desk.phone));
            }
        }
        prop_assert_eq!(desk.commit(&wish).unwrap(), Outcome::Unchanged);
        prop_assert!(desk.work(&desk.wish(&wished)).unwrap().is_empty(), "also with other ids for new ones");
    }
}

fn always(value: u8) -> Line {
    vec![Some(value); DAYS]
}

#[test]
fn what_others_master_and_what_is_not_named_stays() {
    let desk = Desk::new();
    let (mine, theirs): (AddressId, AddressId) = (desk.ids.next_id().into(), desk.ids.next_id().into());
    let state = Address::new(desk.phone, "10 00 00 09").person(desk.bo);
    let mut edit = desk.registry.edit("anna");
    edit.create_as(theirs, Period::ALWAYS, state.clone());
    edit.create_as(mine, Period::ALWAYS, state.user_key("keep").source("exchange"));
    edit.commit().unwrap();
    let wish = desk.wish(&[always(1)]).masters(Address::VALUE);
    desk.commit(&wish).unwrap();
    let view = desk.registry.snapshot().at(day(3));
    let address = view.get(mine).unwrap();
    assert_eq!((&*address.value, address.user_key.as_deref()), ("10 00 00 01", Some("keep")));
    assert_eq!(&*view.get(theirs).unwrap().value, "10 00 00 09");
    assert!(view.at(day(20)).get(mine).is_none(), "holes are part of the wish");
    let foreign = Reconcile::new("exchange", Scope::kinds([Kind::Address]))
        .wish(theirs, &timeline(&always(1), desk.bo, desk.phone));
    assert_eq!(desk.work(&foreign).unwrap_err().violations[0].code.to_string(), "E_EXISTS");
}

#[test]
fn a_key_tells_objects_apart_and_another_key_is_another_object() {
    let desk = Desk::new();
    let with_key = |value, key: &str| {
        timeline(&always(value), desk.bo, desk.phone).map(|state| state.clone().user_key(key))
    };
    let keyed = |wish: Reconcile| wish.key(Address::USER_KEY);
    let base = || keyed(Reconcile::new("exchange", Scope::kinds([Kind::Address])));
    let next = || desk.ids.next_id().into();
    desk.commit(&base().wish_new(next(), &with_key(0, "a")).wish_new(next(), &with_key(1, "b"))).unwrap();
    let worked =
        desk.work(&base().wish_new(next(), &with_key(0, "b")).wish_new(next(), &with_key(0, "c"))).unwrap();
    assert_eq!((worked.created.len(), worked.changed.len(), worked.ended.len()), (1, 1, 1));
}

#[test]
fn a_guard_stops_a_half_empty_file_but_not_a_first_load() {
    let desk = Desk::new();
    let lines: Vec<Line> = (0..10).map(|n| always(n % 2)).collect();
    let guard = Guard { share: 0.2, count: 100, allow: false };
    desk.commit(&desk.wish(&lines).guard(guard)).unwrap();
    let half = desk.wish(&lines[..5]);
    let refusal = desk.work(&half.clone().guard(guard)).unwrap_err();
    assert_eq!(refusal.violations[0].code.to_string(), "E_GUARD");
    assert!(refusal.violations[0].message.contains("5 of the 10"), "{refusal}");
    assert_eq!(desk.work(&half.clone().guard(Guard { allow: true, ..guard })).unwrap().losing, 5);
    let yesterday_is_history = half.guard(guard).against(&desk.registry.snapshot(), day(DAYS));
    assert_eq!(yesterday_is_history.unwrap().losing, 0);
}

#[test]
fn many_alike_keep_what_is_as_wished_and_create_as_few_as_can_be() {
    let desk = Desk::new();
    let lines: Vec<Line> = (0..200)
        .map(|n| {
            let mut line = always(u8::try_from(n % 2).unwrap());
            line[n % DAYS] = None;
            line
        })
        .collect();
    desk.commit(&desk.wish(&lines)).unwrap();
    let mut later = lines;
    later[3] = always(0);
    later.push(always(1));
    let worked = desk.work(&desk.wish(&later)).unwrap();
    assert_eq!((worked.created.len(), worked.changed.len(), worked.kept), (1, 1, 199));
}
