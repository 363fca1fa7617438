//! [`Extract`]: what a source says on a day, ready for a registry, and what is odd about it. How it becomes a commit is in
//! `commit`.

use std::collections::BTreeSet;

use super::mapping::Covered;
use super::report::Report;
use crate::model::value::{AddressScope, Text};
use crate::model::{ClassId, FacetId, Fields, Hierarchy, HierarchyId, Kind, ObjectRef, Slot};
use crate::time::Day;

/// All objects of one source as they are on one day: what an [`ExtractReader`](super::ExtractReader) read.
///
/// [`commit`](Extract::commit) makes of it the commit after which the registry says the same.
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).ok_or("the name has no day")?);
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("extract"));
/// reader.read(file, &mut "Post Unique Reference,Job Title,Reports to Senior Post\n1,Direktør,XX\n".as_bytes());
/// let extract = reader.finish()?;
/// assert_eq!(extract.count(Kind::Unit), 1);
/// registry.commit(&extract.commit(&registry.snapshot(), "import")?)?;
/// let again = registry.commit(&extract.commit(&registry.snapshot(), "import")?)?;
/// assert!(again.receipt().is_none()); // what was imported once is not imported again
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "Udtræk")]
#[doc(alias = "Øjebliksbillede")]
pub struct Extract {
    pub(super) covered: Covered,
    pub(super) files: Vec<String>,
    /// The kinds of the tables: what the extract does not name of these does not exist.
    pub(super) kinds: BTreeSet<Kind>,
    /// By the number of the table.
    pub(super) mastered: Vec<Vec<Mastered>>,
    pub(super) hierarchy: Option<(HierarchyId, Hierarchy)>,
    pub(super) classes: Vec<WantedClass>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) reports: Vec<Report>,
}

/// An object as a row says it is.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The number of its table.
    pub(super) table: usize,
    pub(super) object: ObjectRef,
    /// What the row says. References to classes are to those of [`Extract::classes`].
    pub(super) fields: Fields,
    /// The key, when the id is made from it.
    pub(super) external: Option<Text>,
    pub(super) file: String,
    pub(super) line: u64,
}

/// A class that rows refer to by user key.
#[derive(Debug, Clone)]
pub(super) struct WantedClass {
    /// Its id, unless the registry knows the class by another.
    pub(super) id: ClassId,
    /// The id of its facet, unless the registry knows it by another.
    pub(super) facet_id: FacetId,
    pub(super) facet: String,
    pub(super) key: Text,
    /// Whether it may be made.
    pub(super) create: bool,
    pub(super) scope: Option<AddressScope>,
    /// The first row that refers to it.
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) field: (Kind, &'static str),
}

/// Something the source says of every object of a table, be it nothing. All else of an object is left to others.
#[derive(Debug, Clone)]
pub(super) enum Mastered {
    Slot(Slot),
    Set(u8),
}

impl Extract {
    /// Whose extract it is: the `source` of its objects.
    pub fn source(&self) -> &Text {
        &self.covered.source
    }

    /// The day from which it is valid.
    pub fn day(&self) -> Day {
        self.covered.day
    }

    /// The files it was read from, in the order of reading.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The hierarchy its units stand in, when the mapping says where they stand.
    pub fn hierarchy(&self) -> Option<HierarchyId> {
        self.hierarchy.as_ref().map(|(id, _)| *id)
    }

    /// The kinds of object the mapping reads, in order.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.kinds.iter().copied()
    }

    /// How many objects of a kind it holds.
    pub fn count(&self, kind: Kind) -> usize {
        self.wanted.iter().filter(|wanted| wanted.object.kind == kind).count()
    }

    /// What is odd about its rows, by file and line.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }
}
