//! The program `kle` as a user runs it.

use std::process::{Command, Output};

use super::{made_up, plan_of_2015};

/// The program that `cargo test` has built beside this test, or `None` with a printed reason when it built only tests.
fn kle(arguments: &[&str]) -> Option<Output> {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent()?.parent()?.join("examples/kle");
    if path.exists() {
        return Some(Command::new(path).args(arguments).output().unwrap());
    }
    assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} was not built", path.display());
    eprintln!("skipped: {} was not built; `cargo test --workspace` builds it", path.display());
    None
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn it_prints_three_lines_of_counts_and_every_report() {
    let Some(path) = plan_of_2015() else { return };
    let Some(output) = kle(&[path.to_str().unwrap()]) else { return };
    let printed = stdout(&output);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[..3],
        ["in file 41 691 3457", "without a day 0 24 95", "valid on 2015-08-01 36 480 2136"]
    );
    assert_eq!((output.status.code(), lines.len()), (Some(0), 3 + 119 + 6 + 1 + 2));
}

#[test]
fn a_number_is_told_with_title_history_and_successor() {
    let plan = made_up("korsbaek-emneplan-2015-02-01.xml");
    let Some(output) = kle(&[plan.to_str().unwrap(), "--at", "1998-12-31", "--number", "61.01.05"]) else {
        return;
    };
    let printed = stdout(&output);
    for line in ["valid on 1998-12-31 2 3 7", "61.01.05 Lampeolie", "replaced by 61.01.10 Lyskilder"] {
        assert!(printed.lines().any(|printed| printed.trim() == line), "{line} in\n{printed}");
    }
    assert!(printed.contains("1988-01-01"), "{printed}");
}

#[test]
fn a_store_holds_editions_in_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kle.redb");
    let store = store.to_str().unwrap();
    let [first, second] =
        ["2015-02-01", "2025-05-01"].map(|day| made_up(&format!("korsbaek-emneplan-{day}.xml")));
    if kle(&[first.to_str().unwrap(), "--store", store]).is_none() {
        return;
    }
    let output = kle(&[second.to_str().unwrap(), "--store", store, "--number", "61.01"]).unwrap();
    let printed = stdout(&output);
    assert!(printed.contains("Fyr og tågehorn") && printed.contains("2020-05-01"), "{printed}");
}

#[test]
fn a_broken_file_exits_with_1_and_wrong_usage_with_2() {
    let Some(none) = kle(&[]) else { return };
    assert_eq!(none.status.code(), Some(2));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.xml");
    std::fs::write(&file, "<KLE-Emneplan/>").unwrap();
    let broken = kle(&[file.to_str().unwrap()]).unwrap();
    assert_eq!((broken.status.code(), broken.stdout.is_empty()), (Some(1), true));
    assert!(String::from_utf8(broken.stderr).unwrap().contains("UdgivelsesDato is missing"));
    assert_eq!(kle(&["--help"]).unwrap().status.code(), Some(0));
    assert_eq!(kle(&["x.xml", "--number", "1"]).unwrap().status.code(), Some(2));
}
