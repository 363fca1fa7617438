//! The readers of mappings and of CSV extracts, and the commits they lead to. Any bytes are read or refused with a reason;
//! two files in organogram form can always be imported one after the other, and neither a second time.
//!
//! An input is a mapping (empty: organogram form) and the files of two days, apart by a byte 0.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use mo_core::import::{Covered, Extract, ExtractReader, Mapping, ORGANOGRAM};
use mo_core::model::{CountedIds, Kind};
use mo_core::registry::{CommitError, Outcome, Registry};
use mo_core::time::{Copenhagen, Instant, SteppingClock, Zone};
use mo_fuzz::ask_everything;

/// Names that a mapping may take, of two days where it reads the day from the name.
const NAMES: [[&str; 2]; 2] = [["s-2024-01-01.csv", "s-2025-01-01.csv"], ["a.csv", "a.csv"]];

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == 0);
    let text = std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or("{");
    let organogram = text.is_empty();
    let mapping = match Mapping::parse(if organogram { ORGANOGRAM } else { text }) {
        Ok(mapping) => mapping,
        Err(refusal) => return assert!(!refusal.to_string().is_empty()),
    };
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("fuzz"));
    let Some(names) = NAMES.into_iter().find(|names| mapping.covers(names[0]).is_some()) else { return };
    for (name, bytes) in names.into_iter().zip(parts) {
        let Some(covered) = mapping.covers(name) else { return };
        let Some(extract) = extract(&mapping, covered, name, bytes) else { return };
        clock.set(Copenhagen.midnight(extract.day()));
        let import = || match extract.commit(&registry.snapshot(), "fuzz") {
            Ok(commit) => registry.commit(&commit).map(Some),
            Err(refusal) => {
                assert!(!refusal.problems.is_empty() && !organogram, "{refusal}");
                Ok(None)
            }
        };
        match import() {
            Ok(None) => return,
            Ok(Some(_)) => assert_eq!(import().expect("what was imported can be"), Some(Outcome::Unchanged)),
            Err(CommitError::Refused(refusal)) if !organogram => {
                return assert!(!refusal.violations.is_empty());
            }
            Err(e) => panic!("{e}"),
        }
        if let (true, Some(hierarchy)) = (organogram, extract.hierarchy()) {
            let view = registry.snapshot().at(extract.day());
            let in_tree: usize =
                view.roots(hierarchy).iter().map(|root| 1 + view.count(hierarchy, *root)).sum();
            assert_eq!(in_tree, extract.count(Kind::Unit), "every post stands in the tree");
        }
    }
    ask_everything(&registry.snapshot());
});

fn extract(mapping: &Mapping, covered: Covered, name: &str, bytes: &[u8]) -> Option<Extract> {
    let mut reader = ExtractReader::new(mapping, covered);
    assert!(reader.read(name, &mut &*bytes));
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
    match reader.finish() {
        Ok(extract) => {
            assert!(extract.reports().iter().all(|report| (2..=lines).contains(&report.line)));
            Some(extract)
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            assert!(refusal.problems.iter().all(|problem| problem.line.is_none_or(|line| line <= lines)));
            None
        }
    }
}
