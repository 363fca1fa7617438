//! Search against a slow reading of its rule: every object that exists on the day is read whole and compared, one by one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use mo_core::danish;
use mo_core::model::value::Cpr;
use mo_core::model::{
    Address, AddressId, ClassId, CountedIds, Fields, ItAccount, ItAccountId, ItSystemId, Kind, ObjectRef,
    Patch, Person, PersonId, Slot, Unit, UnitId, Value,
};
use mo_core::registry::Registry;
use mo_core::rules::{Policies, Policy};
use mo_core::search::{Rank, SearchQuery};
use mo_core::state::View;
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const GIVEN: &[&str] = &["Åse", "Aase", "Søren", "Anne Marie", "Jens-Ole", "Zoé"];
const SURNAMES: &[&str] = &["Nørgård", "Noergaard", "Holm", "Åse", "Aagaard Holm"];
const UNITS: &[&str] = &["Ærø Skole", "Skole", "Aeroe skole nord", "Holm & Åse", "SKOLE"];
const KEYS: &[&str] = &["1330", "skole-1", "Skole 1", "12345678", "åse"];
const VALUES: &[&str] = &[
    "+45 12 34 56 78",
    "12345678",
    "aase@korsbaek.example",
    "Skolevej 1, 1. tv",
    "1003456789",
    "http://aero.example/",
];
const QUERIES: &[&str] = &[
    "åse",
    "AASE",
    "s",
    "skole",
    "skole 1",
    "skole-1",
    "anne m",
    "marie anne",
    "holm",
    "ol",
    "12345678",
    "+4512345678",
    "1234",
    "aase@korsbaek.example",
    "korsbaek",
    "0101701234",
    "010170-1234",
    "010170",
    "1330",
    "  ",
    "&",
    "zoe",
    "ærø skole",
    "nørg",
    "1",
];

fn day(year: i32) -> Day {
    Day::from_ymd(2000 + year, 1, 1).unwrap()
}

fn id(kind: Kind, n: u128) -> Uuid {
    Uuid::from_u128(0xabcd_ef00_0000_0000 << 64 | (kind as u128) << 32 | n)
}

#[derive(Debug, Clone)]
enum Act {
    Person(u128, &'static str, &'static str, Option<&'static str>),
    Unit(u128, &'static str, Option<&'static str>),
    Address(u128, &'static str, u128, bool),
    Account(u128, &'static str, u128),
    End(Kind, u128),
    Delete(Kind, u128),
}

fn acts() -> impl Strategy<Value = Vec<(i32, Act)>> {
    let n = || 0..4u128;
    let maybe = |from: &'static [&'static str]| prop::option::of(select(from));
    let kind = || select(vec![Kind::Person, Kind::Unit, Kind::Address, Kind::ItAccount]);
    let act = prop_oneof![
        4 => (n(), select(GIVEN), select(SURNAMES), maybe(GIVEN)).prop_map(|(n, a, b, c)| Act::Person(n, a, b, c)),
        4 => (n(), select(UNITS), maybe(KEYS)).prop_map(|(n, a, b)| Act::Unit(n, a, b)),
        3 => (n(), select(VALUES), n(), any::<bool>()).prop_map(|(n, a, b, c)| Act::Address(n, a, b, c)),
        2 => (n(), select(KEYS), n()).prop_map(|(n, a, b)| Act::Account(n, a, b)),
        1 => (kind(), n()).prop_map(|(kind, n)| Act::End(kind, n)),
        1 => (kind(), n()).prop_map(|(kind, n)| Act::Delete(kind, n)),
    ];
    prop::collection::vec((0..6, act), 1..24)
}

/// Performs one act in a commit of its own, where it makes sense.
fn perform(registry: &Registry, from: i32, act: &Act) {
    let snapshot = registry.snapshot();
    let period = Period::since(day(from));
    let mut edit = registry.edit("test");
    macro_rules! put {
        ($id:expr, $state:expr, $patch:expr) => {
            match snapshot.timeline($id).is_empty() {
                true => edit.create_as($id, period, $state),
                false => edit.change($id, day(from), $patch),
            }
        };
    }
    match act {
        Act::Person(n, given, surname, nickname) => {
            let cpr: Cpr =
                format!("010{}701234", n + 1).parse().unwrap_or_else(|_| "0101701234".parse().unwrap());
            let person = Person::new(*given, *surname).cpr(cpr);
            let (state, patch) = match nickname {
                Some(name) => {
                    (person.nickname_given_name(*name), Patch::new().set(Person::NICKNAME_GIVEN_NAME, *name))
                }
                None => (person, Patch::new()),
            };
            let patch = patch.set(Person::GIVEN_NAME, *given).set(Person::SURNAME, *surname);
            put!(PersonId::new(id(Kind::Person, *n)), state, patch)
        }
        Act::Unit(n, name, key) => {
            let unit = Unit::new(*name);
            let patch = Patch::new().set(Unit::NAME, *name);
            let (state, patch) = match key {
                Some(key) => (unit.user_key(*key).known_as("løn", *key), patch.set(Unit::USER_KEY, *key)),
                None => (unit, patch),
            };
            put!(UnitId::new(id(Kind::Unit, *n)), state, patch)
        }
        Act::Address(n, value, owner, of_person) => {
            let address = Address::new(ClassId::new(id(Kind::Class, 0)), *value);
            let state = match of_person {
                true => address.person(PersonId::new(id(Kind::Person, *owner))),
                false => address.unit(UnitId::new(id(Kind::Unit, *owner))),
            };
            put!(AddressId::new(id(Kind::Address, *n)), state, Patch::new().set(Address::VALUE, *value))
        }
        Act::Account(n, key, owner) => {
            let account = ItAccount::new(ItSystemId::new(id(Kind::ItSystem, 0)), *key);
            let state = account.person(PersonId::new(id(Kind::Person, *owner)));
            put!(
                ItAccountId::new(id(Kind::ItAccount, *n)),
                state,
                Patch::new().set(ItAccount::USER_KEY, *key)
            )
        }
        Act::End(Kind::Person, n) => edit.end(PersonId::new(id(Kind::Person, *n)), day(from)),
        Act::End(Kind::Unit, n) => edit.end(UnitId::new(id(Kind::Unit, *n)), day(from)),
        Act::End(Kind::Address, n) => edit.end(AddressId::new(id(Kind::Address, *n)), day(from)),
        Act::End(_, n) => edit.end(ItAccountId::new(id(Kind::ItAccount, *n)), day(from)),
        Act::Delete(Kind::Person, n) => edit.delete(PersonId::new(id(Kind::Person, *n))),
        Act::Delete(Kind::Unit, n) => edit.delete(UnitId::new(id(Kind::Unit, *n))),
        Act::Delete(Kind::Address, n) => edit.delete(AddressId::new(id(Kind::Address, *n))),
        Act::Delete(_, n) => edit.delete(ItAccountId::new(id(Kind::ItAccount, *n))),
    };
    // What makes no sense is refused, and changes nothing.
    drop(edit.commit());
}

/// One object as the slow reading sees it.
struct Read {
    object: ObjectRef,
    fields: BTreeMap<&'static str, Vec<String>>,
}

impl Read {
    fn new(object: ObjectRef, fields: &Fields) -> Read {
        let mut texts: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (slot, value) in fields.iter() {
            let text = match value {
                Value::Text(text) => text.to_string(),
                Value::Cpr(cpr) => cpr.reveal(),
                Value::Id(id) => id.to_string(),
                _ => continue,
            };
            texts.entry(object.kind.spec().fields[usize::from(slot.field)].name).or_default().push(text);
        }
        Read { object, fields: texts }
    }

    fn of(&self, names: &[&str]) -> Vec<String> {
        names.iter().flat_map(|name| self.fields.get(name).cloned().unwrap_or_default()).collect()
    }

    fn name(&self) -> Option<String> {
        match self.object.kind {
            Kind::Person => Some(self.of(&["given_name", "surname"]).join(" ")),
            _ => self.of(&["name"]).pop(),
        }
    }

    fn names(&self) -> Vec<String> {
        let nickname = self.of(&["nickname_given_name"]);
        let nickname =
            nickname.into_iter().map(|given| format!("{given} {}", self.of(&["surname"]).join("")));
        self.name().into_iter().chain(nickname).collect()
    }

    fn rank(&self, query: &str) -> Option<Rank> {
        let words: Vec<String> = danish::words(query).collect();
        if words.is_empty() {
            return None;
        }
        let numbers = self.of(&["value", "value2", "cvr", "municipality_code"]);
        let keys = self.of(&["user_key", "external_ids", "external_id"]);
        let is_number = |text: &String| number(text).is_some() && number(text) == number(query);
        let exact = numbers.iter().chain(&keys).any(|text| danish::fold(text) == danish::fold(query.trim()))
            || numbers.iter().any(is_number)
            || self.of(&["cpr"]).iter().any(is_number)
            || self.object.id.to_string() == query;
        if exact {
            return Some(Rank::Exact);
        }
        let spaced = |text: &str| danish::words(text).collect::<Vec<_>>().join(" ");
        let names = self.names();
        if names.iter().any(|name| spaced(name) == spaced(query)) {
            return Some(Rank::Name);
        }
        if names.iter().any(|name| spaced(name).starts_with(&spaced(query))) {
            return Some(Rank::NameBegins);
        }
        let found_in =
            [names, keys, numbers.clone(), numbers.iter().filter_map(|text| number(text)).collect()].concat();
        let all: BTreeSet<String> =
            found_in.iter().flat_map(|text| danish::words(text).collect::<Vec<_>>()).collect();
        if words.iter().all(|word| all.iter().any(|w| w.starts_with(word)))
            || query.len() >= 8 && self.object.id.to_string().starts_with(query)
        {
            return Some(Rank::WordBegins);
        }
        words.iter().all(|word| all.iter().any(|w| w.contains(word))).then_some(Rank::Contains)
    }
}

/// The digits of what is a number of six digits or more, without 45 abroad.
fn number(text: &str) -> Option<String> {
    let compact: String = text.trim().chars().filter(|c| !" -.".contains(*c)).collect();
    let national = compact.strip_prefix("+45").filter(|rest| rest.len() == 8).unwrap_or(&compact);
    let digits = national.strip_prefix('+').unwrap_or(national);
    (digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

fn slowly(view: &View, query: &str, kinds: Option<&[Kind]>) -> Vec<(Rank, ObjectRef)> {
    let all: Vec<Read> = Kind::ALL
        .into_iter()
        .flat_map(|kind| {
            view.find_fields(kind, &[] as &[(Slot, Option<Value>)])
                .into_iter()
                .map(move |id| ObjectRef { kind, id })
        })
        .map(|object| Read::new(object, &view.fields(object).unwrap()))
        .collect();
    let mut ranks: BTreeMap<ObjectRef, Rank> = BTreeMap::new();
    for read in &all {
        if let Some(rank) = read.rank(query) {
            let best = ranks.entry(read.object).or_insert(rank);
            *best = rank.min(*best);
            if rank == Rank::Exact
                && [Kind::Address, Kind::ItAccount, Kind::Engagement].contains(&read.object.kind)
            {
                let owners = read.of(&["person", "unit"]);
                for owner in all.iter().filter(|other| owners.contains(&other.object.id.to_string())) {
                    ranks.insert(owner.object, Rank::Exact);
                }
            }
        }
    }
    let mut found: Vec<(Rank, &Read)> =
        all.iter().filter_map(|read| Some((*ranks.get(&read.object)?, read))).collect();
    found.retain(|(_, read)| kinds.is_none_or(|kinds| kinds.contains(&read.object.kind)));
    found.sort_by(|(a_rank, a), (b_rank, b)| {
        let by_name = match (a.name(), b.name()) {
            (Some(a), Some(b)) => danish::compare(&a, &b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        a_rank.cmp(b_rank).then(by_name).then((a.object.kind, a.object.id).cmp(&(b.object.kind, b.object.id)))
    });
    found.into_iter().map(|(rank, read)| (rank, read.object)).collect()
}

fn agree(view: &View, query: &str) {
    let quickly = |query: SearchQuery| -> Vec<(Rank, ObjectRef)> {
        view.search(query).into_iter().map(|hit| (hit.rank, hit.object)).collect()
    };
    let all = slowly(view, query, None);
    assert_eq!(quickly(query.into()), all, "{query:?} on {}", view.day());
    let kinds = [Kind::Person, Kind::Address];
    let few = slowly(view, query, Some(&kinds));
    for limit in [0, 1, 2, 5] {
        assert_eq!(
            quickly(SearchQuery::new(query).limit(limit)),
            all[..limit.min(all.len())],
            "{query:?}, {limit} hits"
        );
        let limited = SearchQuery::new(query).kinds(kinds).limit(limit);
        assert_eq!(quickly(limited), few[..limit.min(few.len())], "{query:?}, {limit} persons and addresses");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn search_finds_what_a_reading_of_every_object_finds_in_the_same_order(
        acts in acts(),
        queries in prop::collection::vec(select(QUERIES), 3),
        asked_between in any::<bool>(),
        year in 0..6i32,
        known in 0..24u32,
    ) {
        let clock = SteppingClock::new(Instant::MIN);
        let registry = Registry::in_memory(clock, CountedIds::new("search"))
            .with_policies(Policies::new().otherwise(Policy::Report));
        for (from, act) in &acts {
            perform(&registry, *from, act);
            if asked_between {
                registry.snapshot().at(day(year)).search("s");
            }
        }
        let snapshot = registry.snapshot();
        for query in queries.into_iter().chain(["abcdef00", "abcdef00-0000-0000-0000-000600000001"]) {
            agree(&snapshot.at(day(year)), query);
            agree(&snapshot.as_known(Revision::new(known)).at(day(year)), query);
        }
    }
}

#[test]
fn a_snapshot_taken_before_a_commit_finds_what_it_held_after_it() {
    let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("search"));
    let commit = |name: &str| {
        let mut edit = registry.edit("anna");
        let unit = edit.create(Period::ALWAYS, Unit::new(name));
        edit.commit().unwrap();
        unit
    };
    let first = commit("Nordskolen");
    let before = registry.snapshot().at(day(25));
    let second = commit("Nordlys");
    let after = registry.snapshot().at(day(25));
    let found = |view: &View| view.search("nord").into_iter().map(|hit| hit.object).collect::<Vec<_>>();
    assert_eq!(found(&after), [second.into(), first.into()]);
    assert_eq!(found(&before), [first.into()]);
}

#[test]
fn a_cpr_number_finds_the_person_and_is_shown_nowhere() {
    let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("search"));
    let mut edit = registry.edit("anna");
    let person =
        edit.create(Period::ALWAYS, Person::new("Åse", "Holm").cpr("0101701234".parse::<Cpr>().unwrap()));
    edit.commit().unwrap();
    let view = registry.snapshot().at(day(25));
    for text in ["0101701234", "010170-1234", " 010170 1234 "] {
        let hits = view.search(text);
        assert_eq!((hits.len(), hits[0].object, hits[0].rank), (1, person.into(), Rank::Exact));
        let shown = format!("{hits:?} {:?} {view:?}", SearchQuery::new(text));
        assert!(!shown.contains("1234"), "{shown}");
    }
    for part in ["010170", "01017012", "1234", "701234"] {
        assert!(view.search(part).is_empty(), "{part}");
    }
}
