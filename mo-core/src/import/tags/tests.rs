//! Sheets of tags on a small organisation: what they make of a registry, what they leave alone, and every message.

use super::*;
use crate::classification::KLE_FACET;
use crate::import::{Encoding, ImportError};
use crate::model::{Class, ClassId, CountedIds, Facet, KleAspect, KleTag, KleTagId, Unit};
use crate::plan::ApprovalRule;
use crate::registry::{CommitError, Outcome, Registry};
use crate::rules::{Code, Policy};
use crate::time::{Instant, Period, SteppingClock};

const ALWAYS: Period = Period::ALWAYS;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn period(from: &str, until: &str) -> Period {
    let end = |text: &str| (!text.is_empty()).then(|| day(text));
    Period::new(end(from), end(until)).unwrap()
}

/// Skole (key S1), Dagtilbud, two called Bo; 17.01 ended in 2020 and gave way to 17.02.
struct World {
    registry: Registry,
    school: UnitId,
    care: UnitId,
    old: ClassId,
    new: ClassId,
    other: ClassId,
}

impl World {
    fn new() -> World {
        let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("tag sheets"));
        let mut edit = registry.edit("test");
        let facet = edit.create(ALWAYS, Facet::new(KLE_FACET));
        let new = edit.create(ALWAYS, Class::new(facet, "17.02", "Undervisning"));
        let other = edit.create(ALWAYS, Class::new(facet, "28.06.12", "Madordning"));
        let old = Class::new(facet, "17.01", "Skolegang").replaced_by([new]);
        let old = edit.create(period("", "2020-01-01"), old);
        let school = edit.create(ALWAYS, Unit::new("Skole og Ungdom").user_key("S1"));
        let care = edit.create(period("", "2030-01-01"), Unit::new("Dagtilbud"));
        edit.create(ALWAYS, Unit::new("Bo").user_key("B1"));
        edit.create(ALWAYS, Unit::new("Bo"));
        edit.commit().unwrap();
        World { registry, school, care, old, new, other }
    }

    fn read(&self, on: &str, text: &str) -> Result<TagSheet, ImportError> {
        TagReader::new(&self.registry.snapshot().at(day(on))).read("kle.csv", &mut text.as_bytes())
    }

    fn take(&self, sheet: &TagSheet) -> Outcome {
        let plan = self.registry.plan(sheet.proposal("Opmærkning", "test")).unwrap();
        plan.commit(&self.registry, "test", ApprovalRule::None).unwrap()
    }

    /// The only problem of a sheet with this row.
    fn refused(&self, row: &str) -> String {
        let sheet = format!("Enhed;KLE-nummer;Aspekter;Fra;Til og med\n\n{row}\n");
        let error = self.read("2025-01-01", &sheet).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error}");
        let text = error.problems[0].to_string();
        text.strip_prefix("kle.csv:3: column ").unwrap_or(&text).to_owned()
    }

    fn tags(&self, unit: UnitId, on: &str) -> Vec<(String, Vec<KleAspect>)> {
        let numbers = self.registry.snapshot().at(day(on)).kle_numbers(unit, None).into_iter();
        numbers.map(|number| (number.number.into(), number.aspects.into_iter().collect())).collect()
    }
}

use KleAspect::{Insight, Performing, Responsible};

#[test]
fn a_sheet_tags_units_by_name_key_or_id_from_its_day_or_the_rows_own() {
    let world = World::new();
    let text = format!(
        "\u{feff}KLE;Titel;ENHED;Aspekt;Fra;Til og med\n\
         17.02;Undervisning;s1;Ansvarlig, udfoerende;;\n\
         28.06.12;Mad;skole og ungdom;I;01-02-2025;31.12.2025\n\
         28.06.12;Mad;{};responsible;2024-01-01;\n\
         28.06.12;Mad;S1;Indsigt;2020-01-01;2020-12-31\n",
        world.care
    );
    let text = text.replace("2024-01-01;\n", "2024-01-01;2029-12-31\n");
    let sheet = world.read("2025-01-01", &text).unwrap();
    assert_eq!((sheet.rows(), sheet.earlier_rows(), sheet.day()), (3, 1, day("2025-01-01")));
    assert_eq!(sheet.columns_passed_over(), ["Titel"]);
    assert_eq!(sheet.units(), &BTreeSet::from([world.school, world.care]));
    world.take(&sheet);
    assert_eq!(world.tags(world.school, "2024-12-31"), []);
    assert_eq!(
        world.tags(world.school, "2025-02-01"),
        [("17.02".to_owned(), vec![Responsible, Performing]), ("28.06.12".to_owned(), vec![Insight])]
    );
    assert_eq!(world.tags(world.school, "2026-01-01").len(), 1);
    assert_eq!(world.tags(world.care, "2025-01-01"), [("28.06.12".to_owned(), vec![Responsible])]);
    // A second time there is nothing to do.
    assert_eq!(world.take(&world.read("2025-01-01", &text).unwrap()), Outcome::Unchanged);
}

#[test]
fn what_a_sheet_does_not_say_of_its_units_ends_on_its_day_and_all_else_stays() {
    let world = World::new();
    let mut edit = world.registry.edit("test");
    let tag = |unit, class| KleTag::new(unit, class).aspects([Responsible]);
    let gone = edit.create(ALWAYS, tag(world.school, world.other));
    let changed = edit.create(ALWAYS, tag(world.school, world.new).known_as("x", "7"));
    let foreign = edit.create(ALWAYS, tag(world.school, world.other).source("fk"));
    let elsewhere = edit.create(period("", "2030-01-01"), tag(world.care, world.other));
    edit.commit().unwrap();
    let sheet = world.read("2025-06-01", "unit,number,aspects\nS1,17.02,insight\n").unwrap();
    world.take(&sheet);
    let snapshot = world.registry.snapshot();
    let (before, after) = (snapshot.at(day("2025-05-31")), snapshot.at(day("2025-06-01")));
    for tag in [gone, changed, foreign, elsewhere] {
        assert!(before.get(tag).unwrap().aspects.contains(&Responsible), "the past is left alone");
    }
    assert_eq!(
        (after.get(gone), after.get(foreign).is_some(), after.get(elsewhere).is_some()),
        (None, true, true)
    );
    let changed = after.get(changed).unwrap();
    assert_eq!((changed.aspects, &*changed.external_ids["x"]), (BTreeSet::from([Insight]), "7"));

    // A complete sheet speaks of every unit.
    let view = snapshot.at(day("2025-06-01"));
    let sheet = "unit,number,aspects\nS1,17.02,insight\n";
    let sheet = TagReader::new(&view).complete().read("kle.csv", &mut sheet.as_bytes()).unwrap();
    let few = Guard { share: 0.1, count: 0, allow: false };
    let refused = world.registry.carry_out(&sheet.clone().guard(few).proposal("hele", "test"));
    let Err(CommitError::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.violations[0].code, Code::Guard);
    world.take(&sheet);
    let view = world.registry.snapshot().at(day("2025-06-01"));
    assert_eq!((view.get(elsewhere), view.get(foreign).is_some()), (None, true));
}

#[test]
fn a_written_sheet_changes_nothing_when_it_is_read_whatever_the_tags_look_like() {
    let world = World::new();
    let mut edit = world.registry.edit("test").policy(KleTag::CLASS, Policy::Report);
    let tag = |unit, class| KleTag::new(unit, class).aspects([Responsible]);
    // A hole, another aspect later, a unit that changes, and a number that does.
    let holed = edit.create(period("2020-01-01", ""), tag(world.school, world.other));
    edit.commit().unwrap();
    let mut edit = world.registry.edit("test");
    edit.suspend(holed, period("2026-01-01", "2027-01-01"));
    let both = crate::model::Patch::new().add(KleTag::ASPECTS, Insight);
    edit.change(holed, day("2028-01-01"), both);
    let moved = edit.create(period("2021-01-01", "2030-01-01"), tag(world.care, world.new));
    edit.set(
        moved,
        period("2027-01-01", "2029-01-01"),
        crate::model::Patch::new().set(KleTag::UNIT, world.school),
    );
    let renumbered = edit.create(period("", "2027-01-01"), tag(world.school, world.old));
    edit.set(renumbered, period("2020-01-01", ""), crate::model::Patch::new().set(KleTag::CLASS, world.new));
    edit.commit().unwrap();
    for on in ["2015-01-01", "2025-01-01", "2026-06-01", "2028-06-01", "2031-01-01"] {
        let view = world.registry.snapshot().at(day(on));
        let mut out = Vec::new();
        write_tags(&view, &mut out).unwrap();
        let sheet =
            TagReader::new(&view).read("out.csv", &mut out.as_slice()).unwrap_or_else(|e| panic!("{e}"));
        let plan = world.registry.plan(sheet.proposal("igen", "test")).unwrap();
        assert!(plan.effects().is_empty(), "{on}: {plan}\n{}", String::from_utf8_lossy(&out));
    }
    let ids: Vec<KleTagId> = vec![holed, moved, renumbered];
    assert!(ids.iter().all(|tag| !world.registry.snapshot().timeline(*tag).is_empty()));
}

#[test]
fn two_tags_that_say_the_same_are_one_line_and_become_one_tag() {
    let world = World::new();
    let mut edit = world.registry.edit("test");
    let tag = |aspect| KleTag::new(world.school, world.other).aspects([aspect]);
    let [one, two] = [Responsible, Insight].map(|aspect| edit.create(ALWAYS, tag(aspect)));
    edit.commit().unwrap();
    let view = world.registry.snapshot().at(day("2025-01-01"));
    let mut out = Vec::new();
    write_tags(&view, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with(",Skole og Ungdom,28.06.12,Madordning,\"responsible, insight\",,\n"), "{text}");
    world.take(&world.read("2025-01-01", &text).unwrap());
    let view = world.registry.snapshot().at(day("2025-01-01"));
    assert_eq!(view.get(one.min(two)).unwrap().aspects.len(), 2);
    assert_eq!(view.get(one.max(two)), None);
}

#[test]
fn a_cell_that_means_nothing_is_told_with_what_may_have_been_meant() {
    let world = World::new();
    for (row, message) in [
        (
            "Skole og Ungdm;17.02;Ansvarlig",
            "\"Enhed\": \"Skole og Ungdm\": is no unit on 2025-01-01 or later; did you mean Skole og Ungdom?",
        ),
        ("Xyz;17.02;Ansvarlig", "\"Enhed\": \"Xyz\": is no unit on 2025-01-01 or later"),
        (
            "S1;17.03;Ansvarlig",
            "\"KLE-nummer\": \"17.03\": is no number of KLE; did you mean 17.02 Undervisning?",
        ),
        (
            "S1;Undervisnig;Ansvarlig",
            "\"KLE-nummer\": \"Undervisnig\": is not a KLE number, such as 28, 28.06 or 28.06.12 (a spreadsheet may have \
             cut zeros off: format the column as text); did you mean 17.02 Undervisning?",
        ),
        (
            "S1;17.01;Ansvarlig",
            "\"KLE-nummer\": \"17.01\": 17.01 Skolegang is not valid 2025-01-01 …; it was replaced by 17.02 Undervisning",
        ),
        (
            "S1;17.02;Ansvalig",
            "\"Aspekter\": \"Ansvalig\": \"Ansvalig\" is no aspect; write Ansvarlig, Udførende or Indsigt, with commas \
             between; did you mean Ansvarlig?",
        ),
        ("S1;17.02;", "\"Aspekter\": \"\": must name at least one aspect"),
        (
            "S1;17.02;Ansvarlig;31-02-2025",
            "\"Fra\": \"31-02-2025\": is no day; write it as 2025-06-01 or 01-06-2025",
        ),
        (
            "S1;17.02;Ansvarlig;2025-06-01;2025-05-31",
            "\"Til og med\": \"2025-05-31\": is before the first day of the row",
        ),
        (
            "Dagtilbud;17.02;Ansvarlig",
            "\"Enhed\": \"Dagtilbud\": does not exist 2030-01-01 …; let the row begin and end with it",
        ),
    ] {
        assert_eq!(world.refused(row), message);
    }
    let several = world.refused("bo;17.02;Ansvarlig");
    assert!(several.contains("is what several units are called; write the id of one: "), "{several}");
    assert!(several.contains("(key B1)"), "{several}");
    assert_eq!(world.registry.snapshot().revision().number(), 1, "nothing was registered");
}

#[test]
fn every_problem_is_told_with_its_line_and_nothing_is_taken() {
    let world = World::new();
    let sheet = "Enhed;KLE;Aspekt\nS1;17.02;Ansvarlig\nS2;17.02;Ansvarlig\n\nS1;17.2;Ejer\nSkole og Ungdom;17.02;a, Indsigt\n";
    let error = world.read("2025-01-01", sheet).unwrap_err();
    let lines: Vec<u64> = error.problems.iter().filter_map(|problem| problem.line).collect();
    assert_eq!(lines, [3, 5, 5, 6], "{error}");
    let last = error.problems[3].to_string();
    assert!(
        last.ends_with("responsible is what line 2 says for the same unit, number and days; keep one"),
        "{last}"
    );
}

#[test]
fn columns_that_are_missing_doubled_or_nearly_right_are_told() {
    let world = World::new();
    for (header, message) in [
        ("Enhed;Aspekter", "kle.csv: has no column KLE-nummer; it has Enhed, Aspekter"),
        (
            "Enhed;KLE-numer;Aspekter",
            "kle.csv: column \"KLE-numer\": means nothing here; did you mean KLE-nummer?",
        ),
        (
            "Enhed;KLE;Aspekter;Gyldig fr",
            "kle.csv: column \"Gyldig fr\": means nothing here; did you mean gyldig fra?",
        ),
        ("Enhed;KLE;Nummer;Aspekter", "kle.csv: column \"Nummer\": says what another column says; keep one"),
        (
            "Enhed;KLE;Aspekter;Ophører;Til og med",
            "kle.csv: column \"Til og med\": says what the column of the first day after it says; keep one",
        ),
        (
            "Enhed;Enhed;KLE;Aspekter",
            "kle.csv: column \"Enhed\": is the name of two columns; rename one of them",
        ),
    ] {
        let error = world.read("2025-01-01", &format!("{header}\n")).unwrap_err();
        assert_eq!(error.problems[0].to_string(), message);
    }
    let view = world.registry.snapshot().at(day("2025-01-01"));
    let reader = TagReader::new(&view).encoding(Encoding::Windows1252);
    let sheet = reader.read("kle.csv", &mut b"Enhed\tKLE\tAspekter\tOph\xf8rer\n".as_slice()).unwrap();
    assert_eq!((sheet.rows(), sheet.columns_passed_over().len()), (0, 0));
}

#[test]
fn no_message_repeats_a_cpr_number() {
    let world = World::new();
    let sheet = "Enhed;KLE;Aspekter;Fra\n010150-5000;0101505000;010150-5000;0101505000\n";
    let error = world.read("2025-01-01", sheet).unwrap_err();
    assert_eq!(error.problems.len(), 4);
    assert!(!format!("{error} {error:?}").contains("5000"), "{error}");
}
