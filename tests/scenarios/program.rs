//! The program `scenario` as a user runs it: its exit codes, and what it prints where.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::files;

/// The program that `cargo test` has built beside this test, or `None` with a printed reason when it built only tests.
fn scenario(arguments: &[&str]) -> Option<Output> {
    let tests = std::env::current_exe().unwrap();
    let path: PathBuf = tests.parent()?.parent()?.join("examples/scenario");
    if path.exists() {
        return Some(Command::new(path).args(arguments).output().unwrap());
    }
    assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} was not built", path.display());
    eprintln!("skipped: {} was not built; `cargo test --workspace` builds it", path.display());
    None
}

fn path(name: &str) -> String {
    files::folder().join(name).to_str().unwrap().to_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn it_prints_a_line_per_step_and_exits_with_0() {
    let Some(output) = scenario(&[&path("tour.json")]) else { return };
    assert_eq!(output.status.code(), Some(0));
    let expected: Vec<String> =
        files::run(&files::folder().join("tour.json")).into_iter().map(|line| line.text).collect();
    assert_eq!(stdout(&output).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn lines_of_several_files_begin_with_the_file_and_each_has_a_registry_of_its_own() {
    let (tour, other) = (path("tour.json"), path("verbs/delete/twice-is-unchanged.json"));
    let Some(output) = scenario(&[&tour, &other]) else { return };
    assert_eq!(output.status.code(), Some(0));
    let printed = stdout(&output);
    assert!(printed.starts_with(&format!("{{\"file\":\"{tour}\",\"step\":0,\"revision\":1,")), "{printed}");
    assert!(printed.contains(&format!("\n{{\"file\":\"{other}\",\"step\":0,\"revision\":1,")), "{printed}");
}

#[test]
fn a_store_in_a_file_prints_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("tour.redb");
    let Some(memory) = scenario(&[&path("tour.json")]) else { return };
    let Some(file) = scenario(&["--store", store.to_str().unwrap(), &path("tour.json")]) else { return };
    assert_eq!((file.status.code(), stdout(&file)), (Some(0), stdout(&memory)));
}

#[test]
fn an_expectation_that_fails_exits_with_1_after_all_steps_ran() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.json");
    let ask = r#"{"ask":{"registrations":{"after":0}},"expect":{"answer":["wrong"]}}"#;
    std::fs::write(&file, format!("[{ask},{ask}]")).unwrap();
    let Some(output) = scenario(&[file.to_str().unwrap()]) else { return };
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "{\"step\":0,\"answer\":[]}\n{\"step\":1,\"answer\":[]}\n");
}

#[test]
fn a_malformed_file_exits_with_1_says_where_and_does_not_run_and_the_others_do() {
    let (bad, good) =
        (path("malformed/state/unknown-field.json"), path("verbs/delete/twice-is-unchanged.json"));
    let Some(output) = scenario(&[&bad, &good]) else { return };
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    let place = "step 1: /1/commit/commands/0/create/state/colour: unit has no such field";
    assert!(told.contains(&bad) && told.contains(place), "{told}");
    assert!(stdout(&output).lines().all(|line| line.starts_with(&format!("{{\"file\":\"{good}\""))));
    assert!(!output.stdout.is_empty());
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [&[][..], &["--verbose"], &["--store"]] {
        let Some(output) = scenario(arguments) else { return };
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}
