//! Typical mistakes and what is said about them, in one page for reading: `mistakes.txt`. Each message says what, where, by
//! which rule, and how to mend it; days in conflict are drawn. `MO_UPDATE=1` writes the page anew.

use std::fmt::Write as _;
use std::path::Path;

use mo_core::model::value::{Cpr, Ean, KleNumber};
use mo_core::model::{
    Class, ClassId, CountedIds, Engagement, Facet, Hierarchy, HierarchyId, HierarchyUse, Leave, Patch,
    Person, PersonId, Placement, Unit, UnitId,
};
use mo_core::registry::{Edit, Registry};
use mo_core::store::{Entry, MemoryStore, Store};
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};
use mo_core::timeline::Timeline;
use uuid::Uuid;

/// A small municipality to make mistakes in.
struct Town {
    registry: Registry,
    line: HierarchyId,
    school: UnitId,
    culture: UnitId,
    closed: UnitId,
    person: PersonId,
    library: UnitId,
    employee: ClassId,
    level: ClassId,
    parental: ClassId,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn since(text: &str) -> Period {
    Period::since(day(text))
}

fn between(from: &str, until: &str) -> Period {
    Period::new(day(from), day(until)).unwrap()
}

impl Town {
    fn new() -> Town {
        let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse().unwrap());
        let registry = Registry::in_memory(clock, CountedIds::new("mistakes"));
        let mut edit = registry.edit("anna");
        let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        let types = edit.create(Period::ALWAYS, Facet::new("engagement_type"));
        let levels = edit.create(Period::ALWAYS, Facet::new("org_unit_level"));
        let employee = edit.create(Period::ALWAYS, Class::new(types, "ansat", "Ansat"));
        let level = edit.create(Period::ALWAYS, Class::new(levels, "n1", "Niveau 1"));
        let from = since("2020-01-01");
        let town = edit.create(from, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
        let school = edit.create(from, Unit::new("Skole").placements(line, town));
        let culture = edit.create(from, Unit::new("Kultur").placements(line, school));
        let closed = edit
            .create(between("2020-01-01", "2022-01-01"), Unit::new("Svømmehallen").placements(line, town));
        let cpr = "0101701234".parse::<Cpr>().unwrap();
        let person = edit.create(from, Person::new("Åse", "Holm").cpr(cpr));
        let leaves = edit.create(Period::ALWAYS, Facet::new("leave_type"));
        let parental = edit.create(Period::ALWAYS, Class::new(leaves, "barsel", "Barsel"));
        let library = edit.create(from, Unit::new("Biblioteket").placements(line, town));
        edit.create(from, Engagement::new(person, library, employee));
        edit.commit().unwrap();
        Town { registry, line, school, culture, closed, person, library, employee, level, parental }
    }

    /// What is said about a commit that must be refused.
    fn refused(&self, commands: impl FnOnce(&mut Edit<'_>)) -> String {
        let mut edit = self.registry.edit("ib");
        commands(&mut edit);
        edit.commit().unwrap_err().to_string()
    }

    fn employed(&self) -> Engagement {
        Engagement::new(self.person, self.school, self.employee)
    }
}

fn said<T, E: ToString>(result: Result<T, E>) -> String {
    result.err().unwrap().to_string()
}

/// Mistakes about days, texts and numbers, before any registry is asked.
fn values() -> Vec<(&'static str, String)> {
    vec![
        ("a day written the Danish way", said("31-12-2025".parse::<Day>())),
        ("a day that no calendar has", said("2025-02-30".parse::<Day>())),
        ("the end before the start", said(Period::new(day("2026-01-01"), day("2025-01-01")))),
        (
            "pieces of a timeline that overlap",
            said(Timeline::from_pieces([
                (between("2020-01-01", "2025-01-01"), "Skole"),
                (since("2024-12-31"), "Skole og Dagtilbud"),
            ])),
        ),
        ("the year 9999 for an open end", said("9999-12-31".parse::<Day>())),
        ("an instant without its zone", said("2025-01-01T09:00:00".parse::<Instant>())),
        ("a CPR number with a digit too few", said("010170123".parse::<Cpr>())),
        ("a CPR number of a day that is none", said("3113701234".parse::<Cpr>())),
        ("a location number with a mistyped digit", said("5790000000001".parse::<Ean>())),
        ("a KLE number without its zeros", said("0.1.0".parse::<KleNumber>())),
    ]
}

/// Mistakes that a commit is refused for.
fn commits() -> Vec<(&'static str, String)> {
    let town = Town::new();
    let nobody = UnitId::new(Uuid::from_u128(0x4e0b_0d19));
    let from = day("2025-06-01");
    let rename = || Patch::new().set(Unit::NAME, "Skole og Dagtilbud");
    vec![
        (
            "an id that was never registered",
            town.refused(|edit| {
                edit.change(nobody, from, rename());
            }),
        ),
        (
            "the id of a person used as that of a unit",
            town.refused(|edit| {
                edit.change(UnitId::new(town.person.uuid()), from, rename());
            }),
        ),
        (
            "creating what exists",
            town.refused(|edit| {
                edit.create_as(town.school, since("2025-01-01"), Unit::new("Skole"));
            }),
        ),
        (
            "a correction on a day on which it does not exist",
            town.refused(|edit| {
                edit.correct(town.closed, from, rename());
            }),
        ),
        (
            "a change after the end",
            town.refused(|edit| {
                edit.change(town.closed, from, rename());
            }),
        ),
        (
            "ending before it began",
            town.refused(|edit| {
                edit.end(town.school, day("2019-01-01"));
            }),
        ),
        (
            "an empty name",
            town.refused(|edit| {
                edit.change(town.school, from, Patch::new().set(Unit::NAME, ""));
            }),
        ),
        (
            "moving a unit under itself",
            town.refused(|edit| {
                edit.move_unit(town.school, town.line, town.culture, from);
            }),
        ),
        (
            "placing a unit under one that has closed",
            town.refused(|edit| {
                edit.create(since("2021-01-01"), Unit::new("Livredderne").placements(town.line, town.closed));
            }),
        ),
        (
            "closing a unit that others stand under",
            town.refused(|edit| {
                edit.end(town.school, day("2026-01-01"));
            }),
        ),
        (
            "leaving the hierarchy while others stand under it",
            town.refused(|edit| {
                edit.leave(town.school, town.line, from);
            }),
        ),
        (
            "two persons with one CPR number",
            town.refused(|edit| {
                let cpr = "0101701234".parse::<Cpr>().unwrap();
                edit.create(since("2024-01-01"), Person::new("Bo", "Dam").cpr(cpr));
            }),
        ),
        (
            "an engagement before the person is there",
            town.refused(|edit| {
                edit.create(since("2019-01-01"), town.employed());
            }),
        ),
        (
            "a class of another facet",
            town.refused(|edit| {
                edit.create(since("2020-01-01"), Engagement::new(town.person, town.school, town.level));
            }),
        ),
        (
            "leave longer than the engagement",
            town.refused(|edit| {
                let engagement = edit.create(between("2020-01-01", "2024-01-01"), town.employed());
                edit.create(since("2023-01-01"), Leave::new(engagement, town.parental));
            }),
        ),
        (
            "deleting a unit that somebody works in",
            town.refused(|edit| {
                edit.delete(town.library);
            }),
        ),
        (
            "moving a stretch of life that is none",
            town.refused(|edit| {
                edit.shift(town.closed, since("2020-01-01"), since("2021-01-01"));
            }),
        ),
        (
            "a stretch of life laid over the next",
            town.refused(|edit| {
                edit.suspend(town.person, between("2022-01-01", "2023-01-01"));
                edit.shift(
                    town.person,
                    between("2020-01-01", "2022-01-01"),
                    between("2020-01-01", "2024-01-01"),
                );
            }),
        ),
    ]
}

/// Mistakes about where the registry is kept.
fn stores() -> Vec<(&'static str, String)> {
    let folder = tempfile::tempdir().unwrap();
    let here = |text: String| text.replace(&folder.path().display().to_string(), "FOLDER");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let held = mo_storage::open_store(&path("korsbaek.redb")).unwrap();
    let in_use = said(mo_storage::open_store(&path("korsbaek.redb")));
    drop(held);
    std::fs::write(path("brev.docx"), "Dear diary, this is no registry.").unwrap();
    let foreign = said(mo_storage::open_store(&path("brev.docx")));
    let newer = MemoryStore::new();
    let registered_at = "2025-03-01T09:00:00Z".parse::<Instant>().unwrap();
    let bytes = br#"{"v":2,"revision":1,"registered_at":"2025-03-01T09:00:00Z","effects":[]}"#.to_vec();
    newer
        .append(Revision::ZERO, &Entry { revision: Revision::new(1), registered_at, id: Uuid::nil(), bytes })
        .unwrap();
    let newer = said(Registry::open(newer, SteppingClock::new(registered_at), CountedIds::new("newer")));
    vec![
        ("a file that another program has open", here(in_use)),
        ("a file that is no registry", here(foreign)),
        ("a journal that a newer version wrote", newer),
    ]
}

#[test]
fn typical_mistakes_are_told_so_that_they_can_be_mended() {
    let mut page = String::new();
    for (mistake, message) in [values(), commits(), stores()].concat() {
        assert!(
            !message.contains("0101701234") && !message.contains("0101701234".split_at(6).1),
            "{message}"
        );
        writeln!(page, "## {mistake}\n\n{message}\n").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/semantics/mistakes.txt");
    if std::env::var_os("MO_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "MO_UPDATE=1 writes it anew");
}
