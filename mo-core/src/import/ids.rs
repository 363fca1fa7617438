//! [`Ids`]: the ids an import gives to what has none of its own, the same in every run.

use uuid::Uuid;

use crate::model::{ClassId, FacetId, HierarchyId, Kind};

/// Ids made from a source and its keys (UUID version 5). The namespace is the id of the source's name in the namespace of
/// OIDs; the name is `<kind>[.<part>]/<key>`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids(Uuid);

impl Ids {
    pub(super) fn of(source: &str) -> Ids {
        Ids(Uuid::new_v5(&Uuid::NAMESPACE_OID, source.as_bytes()))
    }

    fn named(self, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, name.as_bytes())
    }

    pub(super) fn object(self, kind: Kind, part: Option<&str>, key: &str) -> Uuid {
        match part {
            Some(part) => self.named(&format!("{kind}.{part}/{key}")),
            None => self.named(&format!("{kind}/{key}")),
        }
    }

    pub(super) fn hierarchy(self) -> HierarchyId {
        HierarchyId::new(self.named("hierarchy/"))
    }

    pub(super) fn facet(self, facet: &str) -> FacetId {
        FacetId::new(self.named(&format!("facet/{facet}")))
    }

    /// A user key of a facet holds no line end, so the two parts stay apart.
    pub(super) fn class(self, facet: &str, key: &str) -> ClassId {
        ClassId::new(self.named(&format!("class/{facet}\n{key}")))
    }
}
