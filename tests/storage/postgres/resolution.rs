//! A program may hold mo's PostgreSQL store and a current rusqlite at once. Both could link SQLite, which only one crate in
//! a program may; cargo then finds no versions at all, whether SQLite is used or not.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn resolve(dependencies: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let storage = Path::new(env!("CARGO_MANIFEST_DIR")).join("mo-storage");
    let manifest = format!(
        "[package]\nname = \"vendor\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
        mo-storage = {{ path = {storage:?}, features = [\"postgres\"] }}\n{dependencies}\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/lib.rs"), "").unwrap();
    let output =
        Command::new(env!("CARGO")).arg("generate-lockfile").current_dir(folder.path()).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_store_resolves_beside_a_current_rusqlite() {
    let (alone, says) = resolve("");
    if !alone {
        assert!(env::var_os("MO_REQUIRE_SHARED").is_none(), "{says}");
        println!("skipped: cargo cannot reach its registry:\n{says}");
        return;
    }
    let (resolved, says) = resolve("rusqlite = \"0.43\"");
    assert!(resolved, "{says}");
    // The control: with one feature more it does not.
    let (resolved, _) = resolve(
        "rusqlite = \"0.43\"\nsqlx = { version = \"0.9\", default-features = false, features = [\"migrate\"] }",
    );
    assert!(!resolved, "the control resolves: look at the features that sqlx is taken with again");
}
