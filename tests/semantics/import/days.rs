//! What each extract does to the days: until the next one, holes, corrections, extracts that come late; and to what others
//! have registered.

use mo_core::import::imported_days;
use mo_core::model::{Engagement, Hierarchy, HierarchyUse, Patch, Person, Placement, Unit, UnitId};
use mo_core::registry::{CommitError, Outcome};
use mo_core::rules::{Policies, Policy};
use mo_core::time::{Copenhagen, Period, Revision, Zone};
use proptest::prelude::*;

use super::{Desk, day, line, oracle, posts, tree};

fn unit(desk: &Desk, key: &str) -> UnitId {
    let snapshot = desk.registry.snapshot();
    let days = imported_days(&snapshot, "post");
    days.iter().find_map(|day| snapshot.at(*day).find(Unit::USER_KEY, key).first().copied()).unwrap()
}

#[test]
fn each_extract_holds_until_the_next_and_was_believed_to_go_on() {
    let desk = Desk::new();
    let first = posts("2022-01-01", "a,A,XX\nb,B,a\n");
    let line_of = first.hierarchy().unwrap();
    desk.import(&first);
    desk.import(&posts("2023-01-01", "a,A,XX\nb,Ny B,XX\nc,C,b\n"));

    let seen = |day: &str| line(&tree(&desk.at(day), line_of));
    assert_eq!(seen("2021-12-31"), "");
    assert_eq!(seen("2022-12-31"), "a(-) A, b(a) B");
    assert_eq!(seen("2023-01-01"), "a(-) A, b(-) Ny B, c(b) C");
    let snapshot = desk.registry.snapshot();
    let then = snapshot.as_known(Copenhagen.midnight(day("2022-06-01"))).at(day("2024-01-01"));
    assert_eq!(line(&tree(&then, line_of)), "a(-) A, b(a) B");

    let registration = snapshot.registration(Revision::new(2)).unwrap();
    assert_eq!(registration.registered_at, Copenhagen.midnight(day("2023-01-01")));
    assert_eq!(registration.cause.as_deref(), Some("import post 2023-01-01"));
    assert_eq!(registration.note.as_deref(), Some("post-2023-01-01.csv"));
    assert_eq!(registration.changes.len(), 2, "a did not change");
}

#[test]
fn a_post_that_is_missing_once_has_a_hole() {
    let desk = Desk::new();
    for (date, rows) in [
        ("2022-01-01", "a,A,XX\nb,B,a\nc,C,b\n"),
        ("2023-01-01", "a,A,XX\n"),
        ("2024-01-01", "a,A,XX\nb,B,a\nc,C,b\n"),
    ] {
        desk.import(&posts(date, rows));
    }
    let life = desk.registry.snapshot().timeline(unit(&desk, "c")).coverage();
    let periods: Vec<String> = life.periods().map(|period| period.to_string()).collect();
    assert_eq!(periods, ["2022-01-01 … 2022-12-31", "2024-01-01 …"]);
}

#[test]
fn what_was_imported_is_not_imported_again() {
    let desk = Desk::new();
    let extracts = [
        posts("2022-01-01", "a,A,XX\nb,B,a\n"),
        posts("2023-01-01", "a,A,XX\n"),
        posts("2024-01-01", "a,Ny A,XX\nb,B,a\n"),
    ];
    assert!(extracts.iter().all(|extract| desk.import(extract) != Outcome::Unchanged));
    assert!(extracts.iter().all(|extract| desk.import(extract) == Outcome::Unchanged));
    assert_eq!(desk.registry.snapshot().revision(), Revision::new(3));
}

#[test]
fn a_corrected_file_corrects_its_days_only() {
    let desk = Desk::new();
    let first = posts("2022-01-01", "a,A,XX\nb,B,a\nonly,Fejl,a\n");
    desk.import(&first);
    desk.import(&posts("2023-01-01", "a,A,XX\nb,B,a\n"));
    desk.import(&posts("2022-01-01", "a,A,XX\nb,Rettet,a\n"));

    let seen = |day: &str| line(&tree(&desk.at(day), first.hierarchy().unwrap()));
    assert_eq!(seen("2022-06-01"), "a(-) A, b(a) Rettet");
    assert_eq!(seen("2023-06-01"), "a(-) A, b(a) B");
}

#[test]
fn a_file_that_comes_late_fills_the_days_up_to_the_next() {
    let desk = Desk::new();
    let first = posts("2022-01-01", "a,A,XX\nb,B,a\n");
    desk.import(&first);
    desk.import(&posts("2024-01-01", "a,A,XX\nb,B,a\nd,D,a\n"));
    let late = posts("2023-01-01", "a,A 2023,XX\nc,C,a\n");
    assert_eq!(
        late.period(&desk.registry.snapshot()),
        Period::new(day("2023-01-01"), day("2024-01-01")).unwrap()
    );
    desk.import(&late);

    let seen = |day: &str| line(&tree(&desk.at(day), first.hierarchy().unwrap()));
    assert_eq!(seen("2022-12-31"), "a(-) A, b(a) B");
    assert_eq!(seen("2023-12-31"), "a(-) A 2023, c(a) C");
    assert_eq!(seen("2024-01-01"), "a(-) A, b(a) B, d(a) D");
}

#[test]
fn what_the_source_does_not_say_is_left_alone() {
    let desk = Desk::new();
    desk.import(&posts("2022-01-01", "a,A,XX\nb,B,a\n"));
    let b = unit(&desk, "b");
    let mut edit = desk.registry.edit("anna");
    let payroll = edit.create(Period::ALWAYS, Hierarchy::new("Løn", HierarchyUse::Payroll));
    let own = edit.create(Period::ALWAYS, Unit::new("Egen").placements(payroll, Placement::Root));
    edit.change(b, day("2022-03-01"), Patch::new().put(Unit::PLACEMENTS, payroll, own));
    edit.change(b, day("2025-01-01"), Patch::new().put(Unit::EXTERNAL_IDS, "ad", "42"));
    edit.commit().unwrap();

    desk.import(&posts("2023-01-01", "a,A,XX\nb,Ny B,XX\n"));
    let view = desk.at("2025-01-01");
    let state = view.get(b).unwrap();
    assert_eq!((&*state.name, &*state.external_ids["ad"]), ("Ny B", "42"));
    assert_eq!(view.placement(payroll, b), Some(Placement::Under(own)));
    assert!(view.exists(own), "what is registered by hand does not end");
}

#[test]
fn ending_what_others_refer_to_is_refused_unless_the_commit_says_what_to_do() {
    let desk = Desk::new();
    desk.import(&posts("2022-01-01", "a,A,XX\nb,B,a\n"));
    let mut edit = desk.registry.edit("anna");
    let since = Period::since(day("2022-01-01"));
    let own = edit.create(
        since,
        Unit::new("Egen").placements(posts("2022-01-01", "").hierarchy().unwrap(), unit(&desk, "b")),
    );
    edit.commit().unwrap();

    let next = posts("2023-01-01", "a,A,XX\n");
    let refused = desk.try_import(&next).unwrap_err();
    assert!(matches!(&refused, CommitError::Refused(_)), "{refused}");
    assert_eq!(desk.registry.snapshot().revision(), Revision::new(2), "nothing is half imported");

    let mut commit = next.commit(&desk.registry.snapshot(), "test").unwrap();
    commit.policies = Policies::new().with(Unit::PLACEMENTS, Policy::Clip);
    desk.registry.commit(&commit).unwrap();
    assert!(!desk.at("2023-01-01").exists(own));
}

#[test]
fn two_sources_with_the_same_keys_stand_side_by_side() {
    let desk = Desk::new();
    let header = "Post Unique Reference,Job Title,Reports to Senior Post\n";
    let mapping = super::organogram();
    let of = |source: &str, rows: &str| {
        let text = format!("{header}{rows}");
        super::read(&mapping, &[(&format!("{source}-2024-01-01.csv"), text.as_bytes())]).unwrap()
    };
    let (one, other) = (of("skole", "1,Skolechef,XX\n"), of("kultur", "1,Kulturchef,XX\n"));
    desk.import(&one);
    desk.import(&other);
    let view = desk.at("2024-01-01");
    assert_eq!(line(&tree(&view, one.hierarchy().unwrap())), "1(-) Skolechef");
    assert_eq!(line(&tree(&view, other.hierarchy().unwrap())), "1(-) Kulturchef");
    let skole = view.get(view.roots(one.hierarchy().unwrap())[0]).unwrap();
    assert_eq!((skole.source.as_deref(), &*skole.external_ids["skole"]), (Some("skole"), "1"));
}

#[test]
fn ids_are_the_same_in_every_registry_and_those_written_down() {
    let one = Desk::new();
    one.import(&posts("2024-01-01", "a,A,XX\n"));
    // UUIDv5 of "unit/a" in the namespace UUIDv5 of "post" in that of OIDs.
    assert_eq!(unit(&one, "a").to_string(), ID_OF_A);
}

/// Worked out with another program: `uuid5(uuid5(NAMESPACE_OID, "post"), "unit/a")`.
const ID_OF_A: &str = "66def6ca-e347-503a-8609-9b2bec892784";

#[test]
fn an_employee_of_an_imported_post_stays_when_the_post_is_renamed() {
    let desk = Desk::new();
    desk.import(&posts("2022-01-01", "a,A,XX\n"));
    let a = unit(&desk, "a");
    let mut edit = desk.registry.edit("anna");
    let facet = edit.create(Period::ALWAYS, mo_core::model::Facet::new("engagement_type"));
    let staff = edit.create(Period::ALWAYS, mo_core::model::Class::new(facet, "ansat", "Ansat"));
    let anna = edit.create(Period::ALWAYS, Person::new("Anna", "Andersen"));
    let post = edit.create(Period::since(day("2022-02-01")), Engagement::new(anna, a, staff));
    edit.commit().unwrap();
    desk.import(&posts("2023-01-01", "a,Ny A,XX\n"));
    let view = desk.at("2023-06-01");
    assert_eq!(view.get(view.get(post).unwrap().unit).unwrap().name, "Ny A");
}

/// Rows of a small dirty file.
fn some_rows() -> impl Strategy<Value = Vec<[String; 3]>> {
    let key = prop::sample::select(vec!["a", "b", "c", "d", "e"]);
    let title = prop::sample::select(vec!["T", "U"]);
    let superior = prop::sample::select(vec!["a", "b", "c", "d", "e", "XX", "", "gone"]);
    prop::collection::vec((key, title, superior).prop_map(|(k, t, s)| [k, t, s].map(str::to_owned)), 0..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Folders that grow and are mended between runs: after each run the tree on any day is that of the file in force, and
    /// another run finds nothing new.
    #[test]
    fn the_tree_on_any_day_is_that_of_the_file_in_force(
        files in prop::collection::vec((some_rows(), some_rows(), any::<bool>(), any::<bool>()), 1..6),
    ) {
        let desk = Desk::new();
        let date = |n: usize| format!("202{n}-07-01");
        let text = |rows: &[[String; 3]]| rows.iter().map(|row| row.join(",") + "\n").collect::<String>();
        let mut in_force: Vec<Option<Vec<[String; 3]>>> = vec![None; files.len()];
        for run in 0..3 {
            for (n, (rows, mended, late, has_fault)) in files.iter().enumerate() {
                let there = run > 0 || !late;
                let rows = if run > 0 && *has_fault { mended } else { rows };
                in_force[n] = there.then(|| rows.clone());
            }
            for (n, rows) in in_force.iter().enumerate() {
                let Some(rows) = rows else { continue };
                let outcome = desk.import(&posts(&date(n), &text(rows)));
                prop_assert!(run < 2 || outcome == Outcome::Unchanged);
            }
            let hierarchy = posts("2020-07-01", "").hierarchy().unwrap();
            for (n, _) in files.iter().enumerate() {
                let expected = in_force[..=n].iter().rev().find_map(Option::as_ref);
                let expected = expected.map(|rows| oracle::place(rows.clone())).unwrap_or_default();
                for day in [day(&date(n)), day(&format!("202{}-06-30", n + 1))] {
                    let found = tree(&desk.registry.snapshot().at(day), hierarchy);
                    prop_assert_eq!(line(&found), line(&expected), "on {} after run {}", day, run);
                }
            }
        }
    }
}
