//! The committed JSON Schemas are those of the types, and what the program writes and reads fits them.

use std::path::{Path, PathBuf};

use mo_core::journal::{self, Json, Registration};
use mo_core::scenario;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn committed_is_current(file: &str, schema: &Json) {
    let path = root().join("docs/schema").join(file);
    let value: serde_json::Value = serde_json::from_str(&schema.to_string()).unwrap();
    let current = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    if std::env::var_os("MO_UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "{} differs from the declarations; write it anew with MO_UPDATE=1 and look at the change",
        path.display()
    );
}

fn validator(schema: &Json) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(&schema.to_string()).unwrap()).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, text: &str, what: &Path) {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).take(3).collect();
    assert!(errors.is_empty(), "{}: {}", what.display(), errors.join("; "));
}

#[test]
fn the_committed_schemas_are_those_of_the_declarations() {
    committed_is_current("journal-v1.schema.json", &journal::schema());
    committed_is_current("scenario.schema.json", &scenario::schema());
    committed_is_current("plan-v1.schema.json", &mo_core::plan::schema());
}

#[test]
fn every_scenario_file_fits_the_scenario_schema() {
    let validator = validator(&scenario::schema());
    let mut files = 0;
    let folder = root().join("tests/scenarios");
    for entry in walk(&folder).into_iter().filter(|path| !path.starts_with(folder.join("malformed"))) {
        assert_valid(&validator, &std::fs::read_to_string(&entry).unwrap(), &entry);
        files += 1;
    }
    assert!(files > 0);
}

#[test]
fn the_sample_journal_fits_the_journal_schema_and_reads_back_byte_for_byte() {
    let validator = validator(&journal::schema());
    let path = root().join("tests/fixtures/journal-v1.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    for line in text.lines() {
        assert_valid(&validator, line, &path);
        let registration = Registration::from_json(&Json::parse(line).unwrap()).unwrap();
        assert_eq!(registration.to_json().to_string(), line);
    }
    assert!(text.lines().count() > 3);
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}
