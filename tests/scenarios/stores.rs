//! Every scenario file on every store: each step answers as expected, the lines are equal byte for byte, and a registry
//! that is opened again believes what it believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mo_core::registry::Registry;
use mo_core::scenario::{Line, Scenario};
use mo_storage::open_store;
use serde_json::{Value, json};

use crate::{files, postgres_server};

#[test]
fn every_step_answers_as_expected() {
    let files = files::all();
    assert!(files.len() > 300, "only {} files were found", files.len());
    let mut failures: Vec<String> = Vec::new();
    for path in &files {
        for (step, line) in files::run(path).into_iter().enumerate() {
            if let Some(expected) = line.failed {
                let path = path.display();
                failures.push(format!(
                    "{path}: step {step}\n    was      {}\n    expected {expected}",
                    line.text
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} steps differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_file_store_answers_as_memory_does_also_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    on_every_file(|number| folder.path().join(format!("{number}.redb")).display().to_string());
}

#[test]
fn a_registry_on_a_server_answers_as_memory_does_also_when_it_is_opened_again() {
    if let Some(server) = postgres_server::server() {
        on_every_file(|_| server.place());
    }
}

/// Compares memory and a store of another kind, at a new place for every scenario file.
fn on_every_file(place: impl Fn(usize) -> String + Sync) {
    let files: Vec<(usize, PathBuf)> = files::all().into_iter().enumerate().collect();
    // A commit waits for the disk: several files wait at once.
    std::thread::scope(|scope| {
        for part in files.chunks(files.len().div_ceil(8)) {
            let place = &place;
            scope.spawn(move || {
                for (number, path) in part {
                    compare_stores(path, &place(*number));
                }
            });
        }
    });
}

fn compare_stores(path: &Path, place: &str) {
    let (lines, before) = at(place, Some(path));
    assert_eq!(texts(&files::run(path)), texts(&lines), "{}: memory and {place}", path.display());
    let (_, after) = at(place, None);
    assert_eq!(before, after, "{}: before and after {place} was opened again", path.display());
}

/// Runs a scenario file, if one is given, on a store; its lines, and all that is believed afterwards.
fn at(place: &str, scenario: Option<&Path>) -> (Vec<Line>, Vec<String>) {
    let clock = files::clock();
    let store = open_store(place).unwrap();
    let registry =
        Registry::open_boxed(store, Box::new(Arc::clone(&clock)), Box::new(Scenario::ids())).unwrap();
    let lines = match scenario {
        Some(path) => files::read(path).run(&registry, &clock).unwrap(),
        None => Vec::new(),
    };
    let ask = |questions: Vec<Value>| {
        let steps: Vec<Value> = questions.into_iter().map(|question| json!({ "ask": question })).collect();
        let scenario = Scenario::parse(&Value::from(steps).to_string()).unwrap();
        texts(&scenario.run(&registry, &clock).unwrap())
    };
    let mut believed = ask(vec![json!({ "registrations": { "after": 0 } })]);
    let journal: Value = serde_json::from_str(&believed[0]).unwrap();
    let entries = journal["answer"].as_array().unwrap().iter();
    let changes = entries.flat_map(|entry| entry["changes"].as_array().unwrap());
    let histories =
        changes.map(|change| json!({ "history": { "kind": change["kind"], "id": change["id"] } })).collect();
    believed.extend(ask(histories));
    (lines, believed)
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.clone()).collect()
}
