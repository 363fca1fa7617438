//! Journals that leave one store and enter another: byte for byte the same, every answer equal, and every way in which a
//! file can be wrong said with its line.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use mo_core::registry::Registry;
use mo_core::scenario::Scenario;
use mo_core::store::{Entry, MemoryStore, Store, StoreExt};
use mo_core::time::{Instant, Revision, SteppingClock};
use mo_storage::backup::{BackupError, Moved, Progress, copy, export, import};
use mo_storage::conformance::{Faulty, Harness as _};
use mo_storage::redb::RedbStore;

use crate::harness::{InFiles, OnServer, entry, fill};

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the steps of a scenario, or only its questions, on what is in a store; the lines printed.
fn lines(store: MemoryStore, scenario: &Path, only_questions: bool) -> Vec<String> {
    let text = fs::read_to_string(scenario).unwrap();
    let mut steps: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    steps.retain(|step| !only_questions || step.get("ask").is_some());
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let registry = Registry::open(store, Arc::clone(&clock), Scenario::ids()).unwrap();
    let scenario = Scenario::parse(&serde_json::Value::from(steps).to_string()).unwrap();
    scenario.run(&registry, &clock).unwrap().into_iter().map(|line| line.text).collect()
}

/// A store with a journal of real registrations.
fn tour() -> MemoryStore {
    let store = MemoryStore::new();
    lines(store.clone(), &root().join("tests/scenarios/tour.json"), false);
    store
}

fn exported(store: &dyn Store) -> String {
    let mut file = Vec::new();
    export(store, &mut file, &mut on).unwrap();
    String::from_utf8(file).unwrap()
}

#[test]
fn what_is_exported_and_imported_gives_equal_answers_on_every_store() {
    let source = tour();
    let file = exported(&source);
    let asked = root().join("tests/scenarios/tour.json");
    let expected = lines(source.clone(), &asked, true);
    let mut stores: Vec<Box<dyn Store>> = vec![Box::new(MemoryStore::new()), InFiles::new().fresh()];
    stores.extend(OnServer::new().map(|mut harness| harness.fresh()));
    for store in stores {
        let moved = import(&*store, &mut file.as_bytes(), &mut on).unwrap();
        assert_eq!(moved.entries, 5);
        assert_eq!(store.entries(Revision::ZERO).unwrap(), source.entries(Revision::ZERO).unwrap());
        assert_eq!(exported(&*store), file);
        let back = MemoryStore::new();
        copy(&*store, &back, &mut on).unwrap();
        assert_eq!(lines(back, &asked, true), expected);
    }
}

#[test]
fn the_journal_of_version_1_is_imported_and_exported_unchanged() {
    let fixture = fs::read_to_string(root().join("tests/fixtures/journal-v1.jsonl")).unwrap();
    let store = MemoryStore::new();
    let unfinished = import(&store, &mut fixture.as_bytes(), &mut on).unwrap_err();
    assert!(matches!(unfinished, BackupError::CutOff { .. }), "{unfinished}");
    let back = exported(&store);
    let (registrations, last) = back.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(registrations, fixture.trim_end());
    assert!(last.starts_with("{\"exported\":{\"registrations\":"), "{last}");
}

#[test]
fn a_second_call_goes_on_where_the_first_was_interrupted() {
    let source = MemoryStore::new();
    fill(&source, 1..=4500);
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::create(folder.path().join("copy.mo")).unwrap();
    let mut told = Vec::new();
    let stopped = copy(&source, &store, &mut |progress| {
        told.push((progress.done.number(), progress.of.unwrap().number()));
        if told.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(BackupError::Stopped { after }) if after.number() == 4000), "{stopped:?}");
    assert_eq!(told, [(2000, 4500), (4000, 4500)]);
    assert_eq!(store.head().unwrap().revision.number(), 4000);
    let moved = copy(&source, &store, &mut on).unwrap();
    let bytes = (1..=4500).map(|revision| entry(revision).bytes.len() as u64).sum();
    assert_eq!(moved, Moved { entries: 4500, already_there: 4000, bytes });
    assert_eq!(store.entries(Revision::ZERO).unwrap(), source.entries(Revision::ZERO).unwrap());
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn a_bad_line_between_the_stores_doubles_and_loses_nothing() {
    let source = MemoryStore::new();
    fill(&source, 1..=9000);
    for seed in 1..40 {
        let target = MemoryStore::new();
        let line = Faulty::seeded(target.clone(), seed, 3);
        let mut tries = 0;
        while let Err(error) = copy(&source, &line, &mut on) {
            assert!(matches!(&error, BackupError::Store(error) if error.is_retryable()), "{error}");
            tries += 1;
            assert!(tries < 100);
        }
        assert!(
            target.entries(Revision::ZERO).unwrap() == source.entries(Revision::ZERO).unwrap(),
            "seed {seed}"
        );
    }
}

#[test]
fn another_journal_is_not_mixed_with_the_one_there() {
    let file = exported(&tour());
    let other = MemoryStore::new();
    fill(&other, 1..=2);
    let error = import(&other, &mut file.as_bytes(), &mut on).unwrap_err();
    assert!(matches!(error, BackupError::Differs { revision } if revision.number() == 1), "{error}");
    let longer = tour();
    longer.append(Revision::new(5), &Entry { registered_at: Instant::MAX, ..entry(6) }).unwrap();
    let moved = import(&longer, &mut file.as_bytes(), &mut on).unwrap();
    assert_eq!((moved.entries, moved.already_there), (5, 5));
}

#[test]
fn a_file_that_was_cut_changed_or_mixed_up_is_refused_with_its_line() {
    let file = exported(&tour());
    let lines: Vec<&str> = file.lines().collect();
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let changed = file.replace("Kultur og Fritid", "Kultur og Sport");
    let cases: [(String, &str); 8] = [
        (String::new(), "the file was cut off after registration 0"),
        (joined(&lines[..3]), "the file was cut off after registration 3"),
        (file[..file.len() - 300].to_owned(), "the file was cut off after registration 4"),
        (joined(&[&lines[..2], &lines[3..]].concat()), "line 3 holds registration 4 where 3 follows"),
        (joined(&[lines[0], lines[0]]), "line 2 holds registration 1 where 2 follows"),
        (joined(&[&lines[..4], &lines[5..]].concat()), "the file was changed after it was exported"),
        (changed, "the file was changed after it was exported"),
        ("not json\n".to_owned(), "line 1 is no registration"),
    ];
    for (text, says) in cases {
        let error = import(&MemoryStore::new(), &mut text.as_bytes(), &mut on).unwrap_err();
        assert!(error.to_string().starts_with(says), "{error}\ninstead of {says}");
    }
    let windows = file.replace('\n', "\r\n");
    assert_eq!(import(&MemoryStore::new(), &mut windows.as_bytes(), &mut on).unwrap().entries, 5);
}

#[test]
fn what_is_no_line_is_not_exported_but_copied() {
    let store = MemoryStore::new();
    store.append(Revision::ZERO, &Entry { bytes: b"{\n}".to_vec(), ..entry(1) }).unwrap();
    let error = export(&store, &mut Vec::new(), &mut on).unwrap_err();
    assert!(matches!(error, BackupError::NotALine { revision } if revision.number() == 1), "{error}");
    let other = MemoryStore::new();
    assert_eq!(copy(&store, &other, &mut on).unwrap().entries, 1);
}

/// The program `backup` as a user runs it, or `None` with a printed reason where only tests were built.
fn program(arguments: &[&str]) -> Option<(i32, String, String)> {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent()?.parent()?.join("examples/backup");
    if !path.exists() {
        assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} was not built", path.display());
        eprintln!("skipped: {} was not built; `cargo test --workspace` builds it", path.display());
        return None;
    }
    let output = Command::new(path).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some((output.status.code().unwrap(), text(&output.stdout), text(&output.stderr)))
}

#[test]
fn the_program_moves_a_registry_from_file_to_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let store = RedbStore::create(path("a.mo")).unwrap();
    copy(&tour(), &store, &mut on).unwrap();
    drop(store);
    let bytes: usize = exported(&tour()).lines().take(5).map(str::len).sum();
    let Some(done) = program(&["export", "--store", &path("a.mo"), "--out", &path("a.jsonl")]) else {
        return;
    };
    assert_eq!(done, (0, format!("5 registrations, 0 there already, {bytes} bytes\n"), String::new()));
    assert_eq!(fs::read_to_string(path("a.jsonl")).unwrap(), exported(&tour()));
    let done = program(&["import", "--store", &path("b.mo"), &path("a.jsonl")]).unwrap();
    assert_eq!((done.0, done.2.as_str()), (0, ""));
    let done = program(&["copy", "--from", &path("b.mo"), "--to", &path("a.mo")]).unwrap();
    assert_eq!(done.1, format!("5 registrations, 5 there already, {bytes} bytes\n"));
    fs::write(path("cut.jsonl"), &exported(&tour())[..100]).unwrap();
    let (code, out, says) = program(&["import", "--store", "memory:", &path("cut.jsonl")]).unwrap();
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(says.contains("cut off"), "{says}");
    assert_eq!(program(&["export"]).unwrap().0, 2);
    assert_eq!(program(&["--help"]).unwrap().0, 0);
}
