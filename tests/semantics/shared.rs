//! Reference data that may not be passed on: it lies outside the repository, in a folder `shared` beside it.

use std::path::{Path, PathBuf};

/// The file or folder `path` in the folder `shared`. Where there is none, the test that asks says so and is skipped, unless
/// `MO_REQUIRE_SHARED` is set: then it fails.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if place.exists() {
        return Some(place);
    }
    assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} is required and missing", place.display());
    eprintln!("skipped: {} is not there", place.display());
    None
}
