//! The made-up municipality of `examples/data` and the example that loads it: it loads without a refusal, holds what its
//! README says, and is told as the example's users read it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mo_core::model::value::{AddressScope, Cpr, CprForm};
use mo_core::model::{
    AddressId, Class, ClassId, CountedIds, Engagement, Hierarchy, HierarchyId, HierarchyUse, Kind, Object,
    Person, PersonId, Unit,
};
use mo_core::registry::{Command, Registry};
use mo_core::time::{Day, Instant, Period, Revision, SteppingClock};

// The example itself, without its command line.
#[path = "../../examples/municipality/load.rs"]
pub(crate) mod load;
#[path = "../../examples/municipality/reorganise.rs"]
mod reorganise;
#[path = "../../examples/municipality/story.rs"]
mod story;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/korsbaek")
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn empty() -> (Registry, Arc<SteppingClock>) {
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    (Registry::in_memory(Arc::clone(&clock), CountedIds::new("korsbaek")), clock)
}

pub(crate) fn loaded() -> Registry {
    let (registry, clock) = empty();
    let commits = load::read(&folder()).unwrap();
    load::register(&registry, &clock, &commits, |_| ()).unwrap();
    registry
}

#[test]
fn the_readme_counts_what_the_tables_hold() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let lines = |name: &str| {
        let text = std::fs::read_to_string(folder().join(format!("{name}.csv"))).unwrap();
        text.lines().skip(1).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    for kind in Kind::ALL {
        let row = format!("| `{kind}.csv` | {} |", lines(kind.name()).len());
        assert!(readme.contains(&row), "README.md should say {row}");
    }
    for name in ["registrations", "changes"] {
        let (begin, end) = (format!("### `{name}.csv`"), format!("({} lines)", lines(name).len()));
        let told = readme.lines().any(|line| line.starts_with(&begin) && line.ends_with(&end));
        assert!(told, "README.md should say {begin} … {end}");
    }
    let mut verbs: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines("changes") {
        *verbs.entry(line.split(';').nth(1).unwrap().to_owned()).or_default() += 1;
    }
    for (verb, count) in verbs {
        let row = format!("| `{verb}` | {count} |");
        assert!(readme.contains(&row), "README.md should say {row}");
    }
}

#[test]
fn it_loads_as_one_registration_per_line_each_at_its_own_moment() {
    let registry = loaded();
    let commits = load::read(&folder()).unwrap();
    let held: Vec<Instant> = registry
        .snapshot()
        .registrations(Revision::ZERO)
        .map(|registration| registration.registered_at)
        .collect();
    let wished: Vec<Instant> = commits.iter().map(|dated| dated.registered_at).collect();
    assert_eq!(held, wished);
    assert_eq!(held.len(), 348);
}

#[test]
fn the_people_are_of_the_sorts_that_the_readme_says() {
    let mut came_as: BTreeMap<PersonId, ClassId> = BTreeMap::new();
    let mut without_cpr = 0;
    for command in load::read(&folder()).unwrap().into_iter().flat_map(|dated| dated.commit.commands) {
        let Command::Create { object, state, .. } = command else { continue };
        match object.kind {
            Kind::Engagement => {
                let engagement = Engagement::from_fields(&state).unwrap();
                came_as.entry(engagement.person).or_insert(engagement.engagement_type);
            }
            Kind::Person => without_cpr += usize::from(Person::from_fields(&state).unwrap().cpr.is_none()),
            _ => {}
        }
    }
    let count = |terms: &str| came_as.values().filter(|came| **came == load::id(terms)).count();
    let sorts = ["c-eng-ansat", "c-eng-ekstern", "c-eng-frivillig", "c-eng-elev"].map(count);
    assert_eq!((sorts, came_as.len(), without_cpr), ([251, 14, 21, 14], 300, 34));

    let last = loaded().snapshot().at(day("2026-01-01"));
    let persons: Vec<Person> =
        last.all::<Person>().into_iter().map(|person| last.get(person).unwrap()).collect();
    assert_eq!(persons.len(), 300);
    assert_eq!(persons.iter().filter(|person| person.cpr.is_none()).count(), 34 - 5);
}

#[test]
fn no_cpr_number_can_be_that_of_a_person() {
    let snapshot = loaded().snapshot();
    let persons = snapshot.at(day("2026-01-01")).all::<Person>();
    let numbers: Vec<Cpr> = persons
        .into_iter()
        .flat_map(|person| snapshot.history(person))
        .filter_map(|rectangle| rectangle.state.cpr)
        .collect();
    assert!(numbers.len() > 250);
    assert!(numbers.iter().all(|cpr| cpr.form() == CprForm::Replacement));
}

#[test]
fn every_address_is_one_of_its_type() {
    let snapshot = loaded().snapshot();
    for number in 1..=285 {
        let address: AddressId = load::id(&format!("d-{number:03}"));
        let rectangles = snapshot.history(address);
        assert!(!rectangles.is_empty());
        for state in rectangles.into_iter().map(|rectangle| rectangle.state) {
            let scope = snapshot.at(day("2016-01-01")).field(state.address_type, Class::SCOPE).unwrap();
            scope.parse::<AddressScope>().unwrap().check(&state.value).unwrap();
        }
    }
}

#[test]
fn units_stand_in_four_hierarchies_and_some_in_several() {
    let view = loaded().snapshot().at(day("2019-06-01"));
    let below = |key| {
        let hierarchy: HierarchyId = load::id(key);
        let roots = view.roots(hierarchy);
        assert_eq!(roots.len(), 1, "{key}");
        roots.len() + view.count(hierarchy, roots[0])
    };
    assert_eq!(["h-line", "h-lon", "h-med", "h-pro"].map(below), [47, 27, 7, 4]);
    let several = view.all::<Unit>().into_iter().filter(|unit| view.get(*unit).unwrap().placements.len() > 1);
    assert_eq!(several.count(), 21);
}

#[test]
fn a_run_that_was_broken_off_is_continued_and_a_whole_one_is_left_alone() {
    let commits = load::read(&folder()).unwrap();
    let (registry, clock) = empty();
    assert_eq!(load::register(&registry, &clock, &commits[..100], |_| ()).unwrap(), 100);
    assert_eq!(load::register(&registry, &clock, &commits, |_| ()).unwrap(), 248);
    let whole = registry.snapshot().revision();
    assert_eq!(load::register(&registry, &clock, &commits, |_| ()).unwrap(), 0);
    assert_eq!(registry.snapshot().revision(), whole);
}

#[test]
fn a_store_with_another_registry_is_left_alone() {
    let (registry, clock) = empty();
    let mut edit = registry.edit("ib");
    edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    edit.commit().unwrap();
    let refused = load::register(&registry, &clock, &load::read(&folder()).unwrap(), |_| ()).unwrap_err();
    assert!(matches!(refused, load::RegisterError::Foreign(_)), "{refused}");
    assert_eq!(registry.snapshot().revision(), Revision::new(1));
}

#[test]
fn a_wrong_cell_is_named_by_file_line_and_column_and_a_cpr_number_is_not_repeated() {
    for (table, from, to, expected) in [
        (
            "unit",
            ";c-enh-kommune;",
            ";c-enh-komune;",
            "unit.csv, line 16, column unit_type: must be the key of a class; no table has a line c-enh-komune",
        ),
        (
            "unit",
            ";c-enh-kommune;",
            ";u-skole;",
            "unit.csv, line 16, column unit_type: must be the key of a class; u-skole is that of a unit",
        ),
        (
            "unit",
            "placements.h-med",
            "placements.h-mde",
            "unit.csv, line 2, column placements.h-mde: must be the key of a hierarchy; no table has a line h-mde",
        ),
        ("person", "8103840001", "8113840001", "person.csv, line 2, column cpr: this is not a CPR number"),
        (
            "changes",
            ";correct;",
            ";amend;",
            "column verb: is change, set, correct, end, suspend, extend or delete",
        ),
    ] {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(folder()).unwrap() {
            let path = entry.unwrap().path();
            let mut text = std::fs::read_to_string(&path).unwrap();
            if path.file_stem().unwrap() == table {
                assert!(text.contains(from), "{table} has no {from}");
                text = text.replacen(from, to, 1);
            }
            std::fs::write(copy.path().join(path.file_name().unwrap()), text).unwrap();
        }
        let refused = load::read(copy.path()).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
        assert!(!refused.contains("8113840001"));
    }
}

#[test]
fn the_story_tells_days_beliefs_and_leaders() {
    let mut told = Vec::new();
    story::tell(&loaded().snapshot(), &mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    for line in [
        // Two days side by side.
        "2016-06-01 as known now                           2025-12-01 as known now",
        "│     │  └─ SFO Nordstjernen                      │     ├─ Sydvestskolen",
        // One day as believed earlier: the school's move was still planned, the merger not yet.
        "│  └─ Vestskolen                                  │  └─ Ungdomsskolen",
        // Two views compared: what happened as planned, what happened otherwise, what was learned late.
        "  Børn og Unge, name: Børn og Unge → Børn, Kultur og Fritid (world, foreseen)",
        "  Svømmehallen, placements: Kultur og Fritid → Byggeri og Ejendomme (world)",
        "  Sundhedsplejen, placements: Børn og Unge → Familieafdelingen (knowledge)",
        "- Kultur og Fritid (world, foreseen)",
        // Several hierarchies.
        "Lønorganisation: Korsbæk Kommune, løn / Løn: Skoler / Nordskolen",
        // Rectangles.
        "2019-01-01 …                2018-06-14    2018-11-20    Sundhed og Omsorg",
        "2026-01-01 …                2025-09-02                  Sundhed og Ældre",
        // Leaders, inherited where the seat is vacant.
        "  Sydvestskolen                   Kasper Sørensen, of Skoleafdelingen",
        "2023-03-01 … 2023-07-31  vacant",
    ] {
        assert!(told.lines().any(|told| told == line), "not told: {line}\n{told}");
    }
}

#[test]
fn its_pictures_show_the_line_the_beliefs_and_the_leaders() {
    let pictures = story::pictures(&loaded().snapshot()).unwrap();
    for ((name, svg), (expected, text)) in pictures.iter().zip([
        ("line", "Stabe og Borgerservice"),
        ("beliefs", "Sundhed og Omsorg"),
        ("leaders", "vacant"),
    ]) {
        assert_eq!(*name, expected);
        assert!(svg.starts_with("<svg") && svg.contains(text), "{name} does not show {text}");
    }
}

#[test]
fn the_reorganisation_is_refused_mended_approved_committed_and_undone() {
    let registry = loaded();
    let before = registry.snapshot();
    let mut told = Vec::new();
    let plan = reorganise::tell(&registry, &mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    for line in [
        // Refused, with the days drawn.
        "It cannot be done like that, for 19 reasons; the first two:",
        "in question                                                               × …",
        // Mended, and what it means.
        "Kulturhuset 2027: + 1 objects, ~ 26, − 2, from 2027-01-01",
        "  effective      2027-01-01",
        "  unit “Kulturhuset”  nobody  person “Mette Aaen”, person “Kristoffer Kristensen”  gained",
        "  class “Bøger”                 unit “Korsbæk Bibliotek”  unit “Kulturhuset”",
        // Not without another's approval.
        "Approved by direktionen and registered as number 349.",
        // Both days, side by side.
        "│  ├─ Korsbæk Bibliotek                           │  ├─ Pædagogisk Psykologisk Rådgivning",
        "│  ├─ Jobcenter Korsbæk                           ├─ Kulturhuset",
        "Musikskolen is now called Kulturhuset.",
        "29 objects are again what they were, 0 are not. What was believed from March to May can still be read.",
    ] {
        assert!(told.lines().any(|told| told == line), "not told: {line}\n{told}");
    }
    assert!(told.contains("E_ACCESS: the plan “Kulturhuset 2027” lacks an approval"));
    assert!(!told.contains("Hierarchies that lose a unit"), "{told}");
    assert!(plan.to_html().contains("<svg"));
    assert_eq!(registry.snapshot().revision(), before.revision(), "the store stays as it is");
}
