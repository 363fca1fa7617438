//! The public suite on every store there is.

use mo_storage::conformance::{Harness, Outcome, cases, run};

use crate::harness::{BehindABadLine, InFiles, InMemory, OnServer};

fn passes(name: &str, mut harness: impl Harness) {
    let report = run(&mut harness);
    let kept = report.outcomes().filter(|(_, outcome)| **outcome == Outcome::Kept).count();
    println!("reliability: conformance {name} tried={} survived={kept}\n{report}", cases().count());
    assert!(report.is_kept(), "{name}:\n{report}");
}

#[test]
fn the_memory_store_keeps_every_promise() {
    passes("memory", InMemory);
}

#[test]
fn the_redb_store_keeps_every_promise() {
    passes("redb", InFiles::new());
}

#[test]
fn the_postgres_store_keeps_every_promise() {
    if let Some(harness) = OnServer::new() {
        passes("postgres", harness);
    }
}

#[test]
fn a_memory_store_behind_a_bad_line_keeps_every_promise() {
    for (seed, one_in) in [(1, 2), (1000, 3), (2000, 10)] {
        passes("memory behind a bad line", BehindABadLine { harness: InMemory, seed, one_in });
    }
}

#[test]
fn a_redb_store_behind_a_bad_line_keeps_every_promise() {
    passes("redb behind a bad line", BehindABadLine { harness: InFiles::new(), seed: 1, one_in: 4 });
}

#[test]
fn a_postgres_store_behind_a_bad_line_keeps_every_promise() {
    if let Some(harness) = OnServer::new() {
        passes("postgres behind a bad line", BehindABadLine { harness, seed: 1, one_in: 4 });
    }
}

#[test]
fn cases_have_names_of_their_own() {
    let mut names: Vec<&str> = cases().map(|case| case.name()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}
