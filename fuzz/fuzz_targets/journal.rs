//! The reader of the journal: one entry a line. Any bytes are read or refused; what is read is written back the same; a
//! registry that opens answers every question, and its journal written anew opens to the same beliefs.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use mo_core::journal::{Json, Registration};
use mo_core::registry::OpenError;
use mo_core::store::Entry;
use mo_core::time::{Instant, Revision};
use mo_fuzz::{ask_everything, assert_same_beliefs, mutate, opened};
use uuid::Uuid;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::document(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|bytes: &[u8]| {
    let entries = bytes.split(|byte| *byte == b'\n').zip(1..=MOST_ENTRIES).map(|(line, revision)| {
        if let Some(registration) = std::str::from_utf8(line).ok().and_then(read) {
            assert_eq!(read(&registration.to_json().to_string()).as_ref(), Some(&registration));
        }
        entry(revision, line.to_vec())
    });
    match opened(entries) {
        Ok(registry) => {
            let snapshot = registry.snapshot();
            ask_everything(&snapshot);
            let again = opened(snapshot.registrations(Revision::ZERO).map(|registration| {
                entry(registration.revision.number(), registration.to_json().to_string().into_bytes())
            }));
            assert_same_beliefs(&snapshot, &again.expect("what was written can be read").snapshot());
        }
        Err(OpenError::Journal(refusal)) => assert!(!refusal.to_string().is_empty()),
        Err(other) => panic!("a store in memory does not fail: {other}"),
    }
});

/// Enough for every way in which entries depend on those before them.
const MOST_ENTRIES: u32 = 16;

fn read(text: &str) -> Option<Registration> {
    Registration::from_json(&Json::parse(text).ok()?).ok()
}

/// An entry as a store would hold it. What the store knows of it is well-formed: only the text is from outside.
fn entry(revision: u32, bytes: Vec<u8>) -> Entry {
    let registered_at = Instant::MIN.plus_micros(revision.into()).expect("far from the end of time");
    Entry { revision: Revision::new(revision), registered_at, id: Uuid::from_u128(revision.into()), bytes }
}
