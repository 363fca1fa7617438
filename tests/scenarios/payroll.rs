//! The three payroll examples do their work on the made-up data, do nothing the second time, and stay short. What is shorter
//! than sixty lines is the job itself: the command line and the printing are in the `main.rs` beside it.

use std::path::{Path, PathBuf};

use mo_core::model::{
    CountedIds, Engagement, EngagementId, LinkUse, Manager, ManagerId, Patch, Person, PersonId, UnitId,
    UnitLink,
};
use mo_core::plan::ApprovalRule;
use mo_core::registry::{Outcome, Registry};
use mo_core::start_set;
use mo_core::time::{Day, Period, SteppingClock};

use super::municipality::{load, loaded};

#[path = "../../examples/payroll_managers/job.rs"]
mod managers;
#[path = "../../examples/payroll_opus/job.rs"]
mod opus;
#[path = "../../examples/payroll_units/job.rs"]
mod units;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A registry for the files of one system, at noon of the second day.
fn empty() -> Registry {
    let clock = SteppingClock::new("2026-03-02T12:00:00Z".parse().unwrap());
    let registry = Registry::in_memory(clock, CountedIds::new("payroll"));
    let mut edit = registry.edit("opus");
    start_set::add(&mut edit, Period::ALWAYS);
    edit.commit().unwrap();
    registry
}

fn opus_file(day: &str) -> PathBuf {
    root().join(format!("examples/data/payroll/ZLPE{day}_delta.xml"))
}

/// The file with one text in place of another, under the name of another day.
fn altered(name: &str, change: impl Fn(String) -> String) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    let text = std::fs::read_to_string(opus_file("20260302")).unwrap();
    std::fs::write(&file, change(text)).unwrap();
    (folder, file)
}

fn register(registry: &Registry, file: &Path) -> Outcome {
    let plan = opus::plan(registry, file).unwrap();
    plan.commit(registry, "opus", ApprovalRule::None).unwrap()
}

#[test]
fn no_job_has_more_than_sixty_lines_and_each_says_what_it_leaves_out() {
    for name in ["opus", "units", "managers"] {
        let text = std::fs::read_to_string(root().join(format!("examples/payroll_{name}/job.rs"))).unwrap();
        let head = text.lines().take_while(|line| line.starts_with("//!"));
        assert!(head.collect::<Vec<_>>().join("\n").contains("Left out"), "{name}");
        let mut import = false;
        let counted = text.lines().map(str::trim).filter(|line| {
            import |= line.starts_with("use ");
            let counts = !import && !line.is_empty() && !line.starts_with("//");
            import &= !line.ends_with(';');
            counts
        });
        let lines = counted.count();
        assert!(lines <= 60, "payroll_{name} has {lines} lines");
    }
}

#[test]
fn the_second_day_of_opus_changes_what_differs_and_nothing_else() {
    let registry = empty();
    register(&registry, &opus_file("20260301"));
    let first = registry.snapshot();
    let plan = opus::plan(&registry, &opus_file("20260302")).unwrap();
    assert_eq!(plan.summary(), "OPUS 2026-03-02: + 2 objects, ~ 2, − 2");
    plan.commit(&registry, "opus", ApprovalRule::None).unwrap();

    let at = |text| registry.snapshot().at(day(text));
    let engaged = |number: &str, text| at(text).find(Engagement::USER_KEY, number);
    // One has left, one has come, one has moved; two employments of one person are one person.
    assert_eq!((engaged("2003", "2026-03-01").len(), engaged("2003", "2026-03-02").len()), (1, 0));
    assert_eq!((engaged("2007", "2026-03-01").len(), engaged("2007", "2026-03-02").len()), (0, 1));
    let unit_of = |text| {
        let unit = at(text).get(engaged("2002", text)[0]).unwrap().unit;
        at(text).get(unit).unwrap().name.to_string()
    };
    assert_eq!(["2026-03-01", "2026-03-02"].map(unit_of), ["Løn: Skoler", "Løn: Hjemmepleje og Træning"]);
    let person = |number| at("2026-03-02").get(engaged(number, "2026-03-02")[0]).unwrap().person;
    assert_eq!(person("2005"), person("2006"));
    assert_eq!(at("2026-03-02").all::<Person>().len(), 5);
    // What the first file told is still believed of the days before, and was believed then.
    assert_eq!(first.at(day("2020-02-01")).all::<Engagement>().len(), 6);
    assert_eq!(at("2020-02-01").all::<Engagement>().len(), 6);

    assert_eq!(register(&registry, &opus_file("20260302")), Outcome::Unchanged);
}

#[test]
fn half_a_file_is_stopped_and_leaves_no_trace() {
    let registry = empty();
    register(&registry, &opus_file("20260301"));
    let (_folder, half) = altered("ZLPE20260302_delta.xml", |text| {
        let cut = text.find(" <employee id=\"2004\"").unwrap();
        format!("{}</kmd>", &text[..cut])
    });
    let refused = opus::plan(&registry, &half).unwrap_err().to_string();
    assert!(refused.contains("E_GUARD"), "{refused}");
    assert!(!refused.contains("6309630004"));
    assert_eq!(registry.snapshot().revision().number(), 2);
}

#[test]
fn a_wrong_cpr_number_stops_a_file_and_is_not_repeated() {
    let (_folder, wrong) = altered("ZLPE20260302_delta.xml", |text| text.replace("6101650001", "6199650001"));
    let refused = opus::plan(&empty(), &wrong).unwrap_err().to_string();
    assert!(!refused.contains("6199650001") && refused.contains("CPR"), "{refused}");
}

#[test]
fn the_files_of_the_format_description_are_read() {
    let folder = root().join("../shared/data/formats");
    if !folder.exists() {
        assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} is missing", folder.display());
        println!("skipped: {} is missing", folder.display());
        return;
    }
    let registry = empty();
    register(&registry, &folder.join("ZLPE20200101_delta.xml"));
    let plan = opus::plan(&registry, &folder.join("ZLPE20200102_delta.xml")).unwrap();
    assert_eq!(plan.summary(), "OPUS 2020-01-02: + 2 objects, ~ 1, − 2");
}

#[test]
fn employees_stand_where_the_link_of_their_payroll_unit_leads_on_each_day() {
    let registry = loaded();
    let rows = root().join("examples/data/payroll/units.csv");
    let (plan, silent) = units::plan(&registry, &rows).unwrap();
    // Administration is linked to many units, so nobody is moved for it.
    assert_eq!(silent, ["20109"]);
    plan.commit(&registry, "løn", ApprovalRule::None).unwrap();
    let unit_of = |number: &str, text| {
        let view = registry.snapshot().at(day(text));
        view.get(view.find(Engagement::USER_KEY, number)[0]).unwrap().unit
    };
    let (culture, library, schools): (UnitId, UnitId, UnitId) =
        (load::id("u-kultur"), load::id("u-bib"), load::id("u-skole"));
    // The link of Løn: Kultur og fritid led elsewhere before 2021.
    assert_eq!([unit_of("21026", "2020-07-01"), unit_of("21026", "2021-01-01")], [culture, library]);
    assert_eq!(unit_of("21498", "2026-05-01"), schools);
    // Nordskolen has no link of its own; the payroll unit above it has.
    assert_eq!(unit_of("20446", "2026-08-01"), schools);
    assert_eq!(units::plan(&registry, &rows).unwrap().0.effects(), []);

    // When the link is moved, whoever is paid there moves with it.
    let link =
        registry.snapshot().at(day("2026-06-01")).find(UnitLink::FROM, load::id::<UnitId>("u-lon-skole"))[0];
    let mut edit = registry.edit("organisationsteam");
    edit.change(link, day("2027-01-01"), Patch::new().set(UnitLink::TO, load::id::<UnitId>("u-dag")));
    edit.commit().unwrap();
    assert_eq!(registry.snapshot().at(day("2027-01-01")).get(link).unwrap().link_use, LinkUse::Payroll);
    let (plan, _) = units::plan(&registry, &rows).unwrap();
    let moved: Vec<Period> = plan.effects().iter().map(|effect| effect.valid).collect();
    assert_eq!(moved, [Period::since(day("2027-01-01")); 2]);
}

#[test]
fn a_seat_ends_with_the_last_engagement_of_its_holder_and_not_before() {
    let registry = loaded();
    let (seat, holder): (ManagerId, PersonId) = (load::id("m-gaard"), load::id("p-168"));
    let rows = root().join("examples/data/payroll/leavers.csv");
    let plan = managers::plan(&registry, &rows).unwrap();
    let last = |registry: &Registry| registry.snapshot().timeline(seat).span().unwrap().last_day();
    plan.commit(&registry, "løn", ApprovalRule::None).unwrap();
    assert_eq!(last(&registry), Some(day("2026-06-30")));
    let seats = |text| registry.snapshot().at(day(text)).all::<Manager>().len();
    assert_eq!(seats("2026-06-30"), seats("2026-07-31") + 1, "and no other");
    assert_eq!(managers::plan(&registry, &rows).unwrap().effects(), []);

    // With another engagement the holder leads on, with it or without.
    let registry = loaded();
    let first: EngagementId = load::id("e-168");
    let state = registry.snapshot().at(day("2026-01-01")).get(first).unwrap();
    let mut edit = registry.edit("personaleteam");
    let second = Engagement::new(holder, state.unit, state.engagement_type).user_key("29999");
    edit.create(Period::since(day("2026-06-01")), second);
    edit.commit().unwrap();
    let plan = managers::plan(&registry, &rows).unwrap();
    plan.commit(&registry, "løn", ApprovalRule::None).unwrap();
    assert_eq!(last(&registry), None);
    let after = registry.snapshot().at(day("2026-07-01")).get(seat).unwrap();
    assert_eq!((after.person, after.engagement), (Some(holder), None));
}
