//! The scenario files of this folder, and running one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mo_core::registry::Registry;
use mo_core::scenario::{Line, Scenario};
use mo_core::time::{Instant, SteppingClock};

/// The folder of this test.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Every JSON file in a folder and the folders in it, by path.
pub fn within(folder: &Path) -> Vec<PathBuf> {
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
    collect(folder, &mut files);
    files.sort();
    files
}

/// Every scenario file that can be read: all but those that are malformed on purpose.
pub fn all() -> Vec<PathBuf> {
    let malformed = folder().join("malformed");
    within(&folder()).into_iter().filter(|path| !path.starts_with(&malformed)).collect()
}

/// Reads a file that must not be malformed.
pub fn read(path: &Path) -> Scenario {
    let text = std::fs::read_to_string(path).unwrap();
    Scenario::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The clock a scenario sets.
pub fn clock() -> Arc<SteppingClock> {
    Arc::new(SteppingClock::new(Instant::MIN))
}

/// Runs a file in memory.
pub fn run(path: &Path) -> Vec<Line> {
    let clock = clock();
    let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
    read(path).run(&registry, &clock).unwrap()
}
