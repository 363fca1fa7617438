//! The folder `shared` beside the repository, whose files may be read here but not passed on; and the programs that tests
//! call. What is missing skips a test and says so, or fails it where `MO_REQUIRE_SHARED` is set.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The file or folder `path` in the shared folder; `None` when it is missing and may be.
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    present(found.exists(), &format!("../shared/{path}")).then_some(found)
}

/// Whether xmllint can be run.
pub fn xmllint() -> bool {
    let runs = Command::new("xmllint").arg("--version").output().is_ok_and(|out| out.status.success());
    present(runs, "xmllint (Debian package libxml2-utils)")
}

fn present(there: bool, what: &str) -> bool {
    if !there {
        assert!(
            std::env::var_os("MO_REQUIRE_SHARED").is_none(),
            "{what} is missing, and MO_REQUIRE_SHARED is set"
        );
        println!("SKIPPED: {what} is missing");
    }
    there
}
