//! Runs every scenario file of this folder and holds each step to its `expect`.

mod municipality;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mo_core::registry::Registry;
use mo_core::scenario::Scenario;
use mo_core::time::{Instant, SteppingClock};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn files() -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&folder(), &mut files);
    files.sort();
    files
}

/// What went other than expected, by step.
fn failures(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let scenario = Scenario::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
    let lines = scenario.run(&registry, &clock).unwrap();
    let failed = lines.into_iter().enumerate().filter_map(|(step, line)| {
        let expected = line.failed?;
        Some(format!("{}: step {step}\n    was      {}\n    expected {expected}", path.display(), line.text))
    });
    failed.collect()
}

#[test]
fn every_step_answers_as_expected() {
    let failures: Vec<String> = files().iter().flat_map(|path| failures(path)).collect();
    assert!(failures.is_empty(), "{} steps differ:\n{}", failures.len(), failures.join("\n"));
}
