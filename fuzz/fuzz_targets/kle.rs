//! The reader of KLE files: any bytes get an edition or an error, and an error is one short line a place. An edition adds
//! up, goes into a registry, and is there unchanged the second time. What a file *should* say is judged by the tests.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mo_core::classification::{ClassExport, ClassNotes};
use mo_core::model::{Class, CountedIds};
use mo_core::registry::Registry;
use mo_core::time::{Instant, SteppingClock};
use mo_sts::kle::{Edition, KleError};
use mo_sts::xml::Limits;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    match Edition::read(bytes, limits) {
        Ok(edition) => is_loaded(&edition),
        Err(KleError::Refused(problems)) => {
            assert!(!problems.is_empty(), "refused without a reason");
            assert!(problems.is_sorted_by_key(|problem| problem.line));
            for problem in problems {
                let shown = problem.to_string();
                assert!(shown.starts_with("line ") && shown.len() < 8192, "{shown}");
            }
        }
        Err(error) => assert!(error.to_string().len() < 8192),
    }
});

fn is_loaded(edition: &Edition) {
    let rows: usize = edition.levels().iter().map(|level| edition.count(*level)).sum();
    assert_eq!(rows, edition.rows().len());
    for report in edition.reports() {
        assert!(!report.to_string().contains('\n'), "{report}");
    }
    let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("fuzz"));
    let loaded = edition.load(&registry, "fuzz").expect("an edition is loaded");
    let again = edition.load(&registry, "fuzz").expect("an edition is loaded");
    assert!(again.outcome.receipt().is_none(), "the second time something changed");

    let valid = |level| edition.count_on(level, edition.published());
    let valid: usize = edition.levels().iter().map(|level| valid(*level)).sum();
    let view = registry.snapshot().at(edition.published());
    assert_eq!(view.all::<Class>().len(), valid);
    for class in view.all::<Class>() {
        view.class_path(class);
        registry.snapshot().class_successors_on(class, edition.published());
        let state = view.get(class).expect("it was listed");
        let notes = ClassNotes::of(&state);
        assert_eq!(ClassNotes::of(&state.description(notes.to_string())), notes);
    }
    let export = ClassExport::new(&view, loaded.facet).with_retired();
    export.skos(&mut Vec::new()).expect("memory takes everything");
    export.csv(&mut Vec::new()).expect("memory takes everything");
}
