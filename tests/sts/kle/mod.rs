//! KLE: KL's files against what is counted and worked out from them in other ways, and editions of a made-up plan one after
//! another.

mod editions;
mod plan;
mod program;
mod refused;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use mo_core::model::CountedIds;
use mo_core::registry::Registry;
use mo_core::time::{Day, Instant, SteppingClock};
use mo_sts::kle::{Edition, KleError};
use mo_sts::xml::Limits;

/// KL's plan of 2015, if it is there.
fn plan_of_2015() -> Option<PathBuf> {
    crate::shared::shared("data/kle/KLE-Emneplan_Version2-0_2015-08-01.xml")
}

/// A file of the made-up plan.
fn made_up(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/kle").join(name)
}

fn read(path: &Path) -> Result<Edition, KleError> {
    Edition::read(BufReader::new(File::open(path).unwrap()), Limits::default())
}

fn registry() -> Registry {
    Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("kle"))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}
