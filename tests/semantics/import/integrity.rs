//! Imports pass the rules as any commit does: what is refused, what is admitted, repaired and checked again.

use mo_core::import::{Extract, Mapping};
use mo_core::model::value::Cpr;
use mo_core::model::{Patch, Person};
use mo_core::registry::{CommitError, Outcome};
use mo_core::rules::{Policies, Policy, Violation};
use mo_core::time::Period;

use super::{Desk, day, read};

/// An extract of persons on a day; each row is `nr,navn,cpr`.
fn persons(date: &str, rows: &str) -> Extract {
    let mapping = format!(
        r#"{{"source": "lon", "day": "{date}", "tables": [{{"file": "personer.csv", "kind": "person", "key": "nr",
             "fields": {{"given_name": {{"column": "navn", "word": "but_last"}},
                         "surname": {{"column": "navn", "word": "last"}}, "cpr": "cpr", "user_key": "nr"}}}}]}}"#
    );
    let mapping = Mapping::parse(&mapping).unwrap_or_else(|e| panic!("{e}"));
    let text = format!("nr,navn,cpr\n{rows}");
    read(&mapping, &[("personer.csv", text.as_bytes())]).unwrap_or_else(|e| panic!("{e}"))
}

fn told(violations: &[Violation]) -> Vec<(String, usize, Vec<Period>)> {
    let told = violations.iter().map(|v| (v.code.to_string(), v.objects.len(), v.periods.clone()));
    told.collect()
}

#[test]
fn a_number_that_another_person_has_is_refused_and_not_told() {
    let desk = Desk::new();
    let mut edit = desk.registry.edit("ib");
    edit.create(Period::ALWAYS, Person::new("Ib", "Holm").cpr("0101505000".parse::<Cpr>().unwrap()));
    edit.commit().unwrap();
    let extract =
        persons("2024-01-01", "1,Anna Madsen,010150-5000\n2,Bo Bro,010150-5001\n3,Ida Bro,0101505001\n");
    let Err(CommitError::Refused(refusal)) = desk.try_import(&extract) else {
        panic!("two persons, one number")
    };
    let from = vec![Period::since(day("2024-01-01"))];
    let equal = ("V_EXISTING_CPR".to_owned(), 2, from);
    assert_eq!(told(&refusal.violations), [equal.clone(), equal]);
    let all = format!("{refusal} {refusal:?} {}", refusal.to_json());
    assert!(all.contains("Anna Madsen") && all.contains("Ib Holm"), "{all}");
    for number in ["010150", "5000", "5001"] {
        assert!(!all.contains(number), "{all}");
    }
}

#[test]
fn a_dirty_import_is_admitted_repaired_and_checked_again() {
    let desk = Desk::new();
    let dirty = persons("2024-01-01", "1,Anna Madsen,010150-5000\n2,Bo Bro,010150-5000\n");
    let mut commit = dirty.commit(&desk.registry.snapshot(), "test").unwrap();
    commit.policies = Policies::new().with(Person::CPR, Policy::Report);
    let outcome = desk.registry.commit(&commit).unwrap();
    let equal = |period| [("V_EXISTING_CPR".to_owned(), 2, vec![period])];
    let since = |text| Period::since(day(text));
    assert_eq!(told(&outcome.receipt().unwrap().effects.reported), equal(since("2024-01-01")));
    assert_eq!(told(&desk.registry.check()), equal(since("2024-01-01")));

    // The next extract has the right number. What was believed of the days before it stays wrong, and nothing refuses.
    desk.import(&persons("2024-02-01", "1,Anna Madsen,010150-5000\n2,Bo Bro,010150-5001\n"));
    let january = Period::new(day("2024-01-01"), day("2024-02-01")).unwrap();
    assert_eq!(told(&desk.registry.check()), equal(january));

    let view = desk.at("2024-06-01");
    let bo = view.all::<Person>().into_iter().find(|id| view.get(*id).unwrap().given_name == "Bo").unwrap();
    let mut edit = desk.registry.edit("ib");
    let patch = Patch::new().set(Person::CPR, "0101505001".parse::<Cpr>().unwrap());
    edit.correct(bo, day("2024-01-01"), patch);
    assert!(matches!(edit.commit().unwrap(), Outcome::Registered(_)));
    assert_eq!(told(&desk.registry.check()), []);
}
