//! Imports of CSV extracts: dirty trees, what each file does to the days, what is refused, and real data against a reader
//! of its own.

mod bad;
mod days;
mod dirty;
mod integrity;
mod kinds;
mod oracle;
mod real;

use std::collections::BTreeMap;
use std::sync::Arc;

use mo_core::import::{Extract, ExtractReader, ImportError, Mapping, ORGANOGRAM};
use mo_core::model::{CountedIds, HierarchyId, Placement, Unit, UnitId};
use mo_core::registry::{CommitError, Outcome, Registry};
use mo_core::state::View;
use mo_core::time::{Copenhagen, Day, Instant, SteppingClock, Zone};

/// By key: the title and the superior's key.
pub(crate) type Tree = BTreeMap<String, (String, Option<String>)>;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn organogram() -> Mapping {
    Mapping::parse(ORGANOGRAM).unwrap()
}

/// A registry and the clock it follows.
struct Desk {
    registry: Registry,
    clock: Arc<SteppingClock>,
}

impl Desk {
    fn new() -> Desk {
        let clock = Arc::new(SteppingClock::new(Instant::MIN));
        Desk { registry: Registry::in_memory(Arc::clone(&clock), CountedIds::new("imports")), clock }
    }

    /// Commits an extract at midnight of its day.
    fn try_import(&self, extract: &Extract) -> Result<Outcome, CommitError> {
        self.clock.set(Copenhagen.midnight(extract.day()));
        self.registry.commit(&extract.commit(&self.registry.snapshot(), "test").unwrap())
    }

    fn import(&self, extract: &Extract) -> Outcome {
        self.try_import(extract).unwrap_or_else(|e| panic!("{e}"))
    }

    fn at(&self, text: &str) -> View {
        self.registry.snapshot().at(day(text))
    }
}

fn read(mapping: &Mapping, files: &[(&str, &[u8])]) -> Result<Extract, ImportError> {
    let mut reader = ExtractReader::new(mapping, mapping.covers(files[0].0).unwrap());
    for (name, bytes) in files {
        assert!(reader.read(name, &mut &**bytes), "{name}");
    }
    reader.finish()
}

/// An extract in organogram form of source `post`; each row is `key,title,superior`.
fn posts(date: &str, rows: &str) -> Extract {
    let text = format!("Post Unique Reference,Job Title,Reports to Senior Post\n{rows}");
    read(&organogram(), &[(&format!("post-{date}.csv"), text.as_bytes())]).unwrap_or_else(|e| panic!("{e}"))
}

/// The tree of one source on the view's day.
fn tree(view: &View, hierarchy: HierarchyId) -> Tree {
    let key = |unit: UnitId| view.field(unit, Unit::USER_KEY).unwrap().to_string();
    let units = view.all::<Unit>().into_iter();
    let posts = units.filter_map(|unit| {
        let superior = match view.placement(hierarchy, unit)? {
            Placement::Root => None,
            Placement::Under(superior) => Some(key(superior)),
        };
        Some((key(unit), (view.field(unit, Unit::NAME)?.to_string(), superior)))
    });
    posts.collect()
}

/// The tree in one line: `key(superior) title`, the root as `-`.
fn line(tree: &Tree) -> String {
    let post = |(key, (title, superior)): (&String, &(String, Option<String>))| {
        format!("{key}({}) {title}", superior.as_deref().unwrap_or("-"))
    };
    tree.iter().map(post).collect::<Vec<_>>().join(", ")
}
