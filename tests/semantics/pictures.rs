//! The pictures of the documentation are those the library draws.

use std::path::PathBuf;

use mo_core::draw::Gantt;
use mo_core::model::{
    CountedIds, Engagement, EngagementId, Hierarchy, HierarchyUse, Patch, Person, Placement, Unit, UnitId,
};
use mo_core::registry::Registry;
use mo_core::start_set;
use mo_core::state::Snapshot;
use mo_core::time::{Day, Instant, Period, SteppingClock};
use mo_core::timeline::Timeline;
use std::sync::Arc;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The registry of README's thirty lines, registered over three months.
fn tour() -> (Registry, UnitId) {
    told(["2025-03-01T09:00:00Z", "2025-04-01T09:00:00Z", "2025-05-01T09:00:00Z"])
}

/// The same, its registrations made at these moments.
fn told(moments: [&str; 3]) -> (Registry, UnitId) {
    let [start, rename, moving] = moments.map(|moment| moment.parse::<Instant>().unwrap());
    let clock = Arc::new(SteppingClock::new(start));
    let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("tour"));
    let mut edit = registry.edit("anna").note("start");
    let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    let since = Period::since(day("2020-01-01"));
    let town = edit.create(since, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
    let school = edit.create(since, Unit::new("Skole").placements(line, town));
    let culture = edit.create(since, Unit::new("Kultur").placements(line, town));
    edit.commit().unwrap();
    clock.set(rename);
    let mut edit = registry.edit("anna");
    edit.change(school, day("2026-01-01"), Patch::new().set(Unit::NAME, "Skole og Dagtilbud"));
    edit.commit().unwrap();
    clock.set(moving);
    let mut edit = registry.edit("ib");
    edit.move_unit(school, line, culture, day("2025-06-01"));
    edit.commit().unwrap();
    (registry, school)
}

#[test]
fn the_picture_of_readme_is_the_one_the_library_draws() {
    let (registry, school) = tour();
    let svg = format!("{}\n", registry.snapshot().draw_history(school).to_svg());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/history.svg");
    if std::env::var_os("MO_UPDATE").is_some() {
        std::fs::write(&path, &svg).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), svg, "MO_UPDATE=1 draws it anew");
}

#[test]
fn a_history_in_text_shows_what_was_believed_of_which_days() {
    let (registry, school) = tour();
    let text = registry.snapshot().draw_history(school).to_string();
    let expected = "                         2020-01-01  2025-06-01  2026-01-01
1  2025-03-01T09:00:00Z  A …
2  2025-04-01T09:00:00Z  A ───────────────────── B …
3  2025-05-01T09:00:00Z  A ───────── C ───────── D …
A  name: Skole, placements Linje: Korsbæk Kommune
B  name: Skole og Dagtilbud, placements Linje: Korsbæk Kommune
C  name: Skole, placements Linje: Kultur
D  name: Skole og Dagtilbud, placements Linje: Kultur
";
    assert_eq!(text, expected);
}

#[test]
fn a_tree_of_many_units_is_cut_and_counted() {
    let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse().unwrap());
    let registry = Registry::in_memory(clock, CountedIds::new("many"));
    let mut edit = registry.edit("anna");
    let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
    for n in 0..40 {
        edit.create(Period::ALWAYS, Unit::new(format!("Hold {n:02}")).placements(line, town));
    }
    edit.commit().unwrap();
    let text = registry.snapshot().at(day("2025-01-01")).draw_tree(line).to_string();
    assert_eq!(text.lines().count(), 31);
    assert!(text.ends_with("… and 11 more\n"), "{text}");
}

#[test]
fn a_history_of_many_registrations_is_cut_and_counted_in_text_and_svg() {
    let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("many"));
    let mut edit = registry.edit("anna");
    let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
    edit.commit().unwrap();
    for n in 0..40 {
        let mut edit = registry.edit("anna");
        edit.change(school, day("2025-01-01"), Patch::new().set(Unit::NAME, format!("Skole {n}")));
        edit.commit().unwrap();
    }
    let picture = registry.snapshot().draw_history(school);
    let (text, svg) = (picture.to_string(), picture.to_svg());
    assert_eq!(text.lines().count(), 1 + 30 + 1 + 30 + 1);
    for said in ["… and 11 more rows", "… and 11 more states"] {
        assert!(text.contains(said) && svg.contains(said), "{text}");
    }
}

#[test]
fn timelines_of_many_rows_are_cut_and_counted_in_text_and_svg() {
    let always = Timeline::single(Period::ALWAYS, "Skole");
    let picture = (0..40).fold(Gantt::new(), |gantt, n| gantt.row(format!("row {n}"), &always));
    assert_eq!(picture.to_string().lines().count(), 1 + 30 + 1);
    assert!(
        picture.to_string().contains("… and 10 more rows") && picture.to_svg().contains("… and 10 more rows")
    );
}

/// How many engagements a unit has, over time, as a snapshot believes.
fn headcount(snapshot: &Snapshot, engagements: &[EngagementId]) -> Timeline<usize> {
    engagements.iter().fold(Timeline::new(), |sum, engagement| {
        let works = snapshot.timeline(*engagement).map(|_| 1);
        sum.merge(&works, |sum: Option<&usize>, one| Some(sum.unwrap_or(&0) + one.unwrap_or(&0)))
    })
}

#[test]
fn the_picture_of_one_day_with_two_numbers_is_the_one_the_library_draws() {
    let clock = Arc::new(SteppingClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
    let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("headcount"));
    let mut edit = registry.edit("anna");
    start_set::add(&mut edit, Period::ALWAYS);
    let staff = start_set::class_id("engagement_type", "employee");
    let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
    let [bo, ida, eva] =
        ["Bo", "Ida", "Eva"].map(|name| edit.create(Period::ALWAYS, Person::new(name, "Madsen")));
    let works = |person| Engagement::new(person, school, staff);
    let bos = edit.create(Period::since(day("2026-01-01")), works(bo));
    let idas = edit.create(Period::since(day("2026-01-01")), works(ida));
    edit.commit().unwrap();
    clock.set("2026-06-01T09:00:00Z".parse().unwrap());
    let mut edit = registry.edit("payroll");
    let evas = edit.create(Period::since(day("2026-04-01")), works(eva));
    edit.end(idas, day("2026-07-01"));
    edit.commit().unwrap();

    let june = registry.snapshot();
    let may = june.as_known("2026-05-02T00:00:00Z".parse::<Instant>().unwrap());
    let engagements = [bos, idas, evas];
    let picture = Gantt::new()
        .row("headcount, as known in May", &headcount(&may, &engagements))
        .row("headcount, as known in June", &headcount(&june, &engagements));
    let svg = format!("{}\n", picture.to_svg());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/headcount.svg");
    if std::env::var_os("MO_UPDATE").is_some() {
        std::fs::write(&path, &svg).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), svg, "MO_UPDATE=1 draws it anew");
    let docs = include_str!("../../mo-core/src/delta.rs");
    for line in picture.to_string().lines() {
        assert!(docs.contains(&format!("//! {line}\n")), "the docs of delta lack {line:?}");
    }
}

/// The first block of code of a page.
fn first_code<'p>(page: &'p str, fence: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("\n{fence}\n")).unwrap();
    rest.split_once("\n```\n").unwrap().0
}

#[test]
fn readme_and_the_front_page_of_the_documentation_begin_with_the_same_thirty_lines() {
    let readme = include_str!("../../README.md");
    let docs: String = include_str!("../../mo-core/src/lib.rs")
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let code = first_code(readme, "```rust");
    assert_eq!(code, first_code(&docs, "```"), "the front page's is run as a test of the documentation");
    assert_eq!(code.lines().filter(|line| !line.is_empty()).count(), 30);

    let (registry, school) = told(["2025-03-01T09:00:00Z"; 3]);
    let printed = registry.snapshot().draw_history(school).to_string();
    assert_eq!(first_code(&docs, "```text"), printed.trim_end(), "what the thirty lines print");
}
