//! The reader of CSV extracts and of the mapping that says what their columns are. Any bytes are read or refused; what was
//! imported is not imported again, and the registry it leaves answers every question. Parts of an input are separated by
//! form feeds: an extract each, the first a mapping where it begins with a brace.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use mo_core::import::{Extract, ExtractReader, Mapping, ORGANOGRAM};
use mo_core::model::CountedIds;
use mo_core::registry::{CommitError, Outcome, Registry};
use mo_core::time::{Instant, SteppingClock};
use mo_fuzz::ask_everything;

const FILES: [&str; 3] = ["korsbaek-2022-01-01.csv", "korsbaek-2024-01-01.csv", "korsbaek-2023-01-01.csv"];

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == 0x0c).peekable();
    let mapping = match parts.next_if(|part| part.starts_with(b"{")) {
        Some(part) => std::str::from_utf8(part).ok().and_then(|text| Mapping::parse(text).ok()),
        None => Some(Mapping::parse(ORGANOGRAM).expect("the crate's own mapping is one")),
    };
    let Some(mapping) = mapping else { return };

    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let registry = Registry::in_memory(clock, CountedIds::new("fuzz"));
    for (file, mut part) in FILES.into_iter().zip(parts) {
        let Some(covered) = mapping.covers(file) else { continue };
        let mut reader = ExtractReader::new(&mapping, covered);
        reader.read(file, &mut part);
        match reader.finish() {
            Ok(extract) => import(&registry, &extract),
            Err(problems) => assert!(!problems.to_string().is_empty()),
        }
    }
    ask_everything(&registry.snapshot());
});

fn import(registry: &Registry, extract: &Extract) {
    for report in extract.reports() {
        assert!(!report.to_string().is_empty());
    }
    let commit = |snapshot| extract.commit(&snapshot, "fuzz");
    match commit(registry.snapshot()).map(|commit| registry.commit(&commit)) {
        Ok(Ok(_)) => {
            let again = commit(registry.snapshot()).expect("what could be imported can be imported again");
            assert!(matches!(registry.commit(&again), Ok(Outcome::Unchanged)));
        }
        Ok(Err(CommitError::Refused(refusal))) => assert!(!refusal.to_string().is_empty()),
        Ok(Err(other)) => panic!("a store in memory does not fail: {other}"),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
}
