//! Journals of released versions open, and give the same answers.

use std::path::PathBuf;

use mo_core::journal::{Json, Registration};
use mo_core::model::{CountedIds, HierarchyId, ObjectRef, UnitId};
use mo_core::registry::Registry;
use mo_core::store::{Entry, MemoryStore, Store};
use mo_core::time::{Instant, Revision, SteppingClock};
use uuid::Uuid;

fn named(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

fn fixture() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal-v1.jsonl");
    std::fs::read_to_string(path).unwrap()
}

fn open(lines: &str) -> Registry {
    let store = MemoryStore::new();
    for line in lines.lines() {
        let registration = Registration::from_json(&Json::parse(line).unwrap()).unwrap();
        let before = Revision::new(registration.revision.number() - 1);
        let entry = Entry {
            revision: registration.revision,
            registered_at: registration.registered_at,
            id: registration.id,
            bytes: line.as_bytes().to_vec(),
        };
        store.append(before, &entry).unwrap();
    }
    Registry::open(store, SteppingClock::new(Instant::MIN), CountedIds::new("journal")).unwrap()
}

#[test]
fn a_journal_of_version_1_opens_and_answers_as_when_it_was_written() {
    let registry = open(&fixture());
    let snapshot = registry.snapshot();
    let (line, school) = (HierarchyId::new(named("line")), UnitId::new(named("skole")));
    let day = "2026-05-01".parse().unwrap();
    assert_eq!(&*snapshot.at(day).get(school).unwrap().name, "Skoleafdelingen");
    let path: Vec<UnitId> = ["kk", "kultur", "skole"].map(|name| UnitId::new(named(name))).into();
    assert_eq!(snapshot.at(day).path(line, school), path);
    let earlier = snapshot.as_known("2024-03-01T00:00:00Z".parse::<Instant>().unwrap());
    assert_eq!(earlier.revision(), Revision::new(2));
    assert_eq!(&*earlier.at(day).get(school).unwrap().name, "Skole og Dagtilbud");
}

#[test]
fn what_is_replayed_is_written_again_byte_for_byte() {
    let text = fixture();
    let snapshot = open(&text).snapshot();
    let again: Vec<String> = snapshot
        .registrations(Revision::ZERO)
        .map(|registration| registration.to_json().to_string())
        .collect();
    assert_eq!(again, text.lines().collect::<Vec<_>>());
}

#[test]
fn an_entry_that_cannot_be_read_is_named_with_its_place_and_rule() {
    let store = MemoryStore::new();
    let text = fixture();
    let first = text.lines().next().unwrap().replace("\"name\":\"Linje\"", "\"title\":\"Linje\"");
    let entry = Entry {
        revision: Revision::new(1),
        registered_at: "2024-01-01T09:00:00Z".parse().unwrap(),
        id: named("entry"),
        bytes: first.into_bytes(),
    };
    store.append(Revision::ZERO, &entry).unwrap();
    let clock = SteppingClock::new(Instant::MIN);
    let error = Registry::open(store, clock, CountedIds::new("journal")).unwrap_err().to_string();
    assert!(error.contains("entry 1 of the journal"), "{error}");
    assert!(error.contains("/changes/0/effects/0/state/title"), "{error}");
    assert!(error.contains("hierarchy has no such field"), "{error}");
}

#[test]
fn an_object_keeps_its_kind_for_ever() {
    let registry = open(&fixture());
    assert!(registry.snapshot().kind_of(named("skole")).is_some());
    let unit: ObjectRef = UnitId::new(named("line")).into();
    assert!(registry.snapshot().fields_timeline(unit).is_empty());
}

#[test]
fn an_object_that_stands_twice_in_a_registration_is_refused() {
    let text = fixture();
    let first = text.lines().next().unwrap();
    let id = named("line");
    for kind in ["hierarchy", "facet"] {
        let again = format!(r#"{{"kind":"{kind}","id":"{id}","effects":[]}}]}}"#);
        let twice = format!("{},{again}", first.strip_suffix("]}").unwrap());
        let error = Registration::from_json(&Json::parse(&twice).unwrap()).unwrap_err();
        assert!(error.rule.contains("for the second time"), "{error}");
        assert_eq!(error.pointer, "/changes/4");
    }
}
