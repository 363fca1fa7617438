//! The reader of scenario files, and what it starts. Any text is read or refused; what is read runs to its end, prints the
//! same lines when it runs again, and leaves a journal that opens to the same registry.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use mo_core::journal::Json;
use mo_core::registry::{CommitError, Registry};
use mo_core::scenario::Scenario;
use mo_core::store::StoreExt;
use mo_core::time::{Instant, Revision, SteppingClock};
use mo_fuzz::{ask_everything, assert_same_beliefs, mutate, objects, opened};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::document(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|text: &str| {
    let scenario = match Scenario::parse(text) {
        Ok(scenario) => scenario,
        Err(refusal) => return assert!(!refusal.to_string().is_empty()),
    };
    let (registry, lines) = run(&scenario);
    assert_eq!(run(&scenario).1, lines);
    for line in &lines {
        assert!(Json::parse(line).is_ok(), "a line is JSON: {line}");
    }

    let entries = registry.store().entries(Revision::ZERO).expect("a store in memory does not fail");
    let snapshot = registry.snapshot();
    assert_eq!(snapshot.revision().number() as usize, entries.len());
    for (registration, entry) in snapshot.registrations(Revision::ZERO).zip(&entries) {
        assert_eq!(registration.to_json().to_string().as_bytes(), entry.bytes);
    }
    let again = opened(entries).expect("what was written can be read").snapshot();
    assert_same_beliefs(&snapshot, &again);
    for object in objects(&snapshot) {
        assert_eq!(snapshot.fields_history(object), again.fields_history(object));
    }
    ask_everything(&again);
});

/// The registry after the run and the lines it printed; none where the registry ran full, which ends a run.
fn run(scenario: &Scenario) -> (Registry, Vec<String>) {
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let registry = Registry::in_memory(Arc::clone(&clock), Scenario::ids());
    let lines = match scenario.run(&registry, &clock) {
        Ok(lines) => lines.into_iter().map(|line| line.text).collect(),
        Err(CommitError::Full) => Vec::new(),
        Err(other) => panic!("a store in memory does not fail: {other}"),
    };
    (registry, lines)
}
