//! Classes by facet and key on any day. The one file of this module, beside `succession`, that reads the tables of a
//! snapshot directly: a retired class is on no view's day.

use crate::model::value::{KleNumber, Text};
use crate::model::{Class, ClassId, Facet, FacetId, Kind, ObjectRef, Slot, Value};
use crate::state::tables::Relation;
use crate::state::{Pick, Snapshot, View};

/// The key of the facet whose classes are KLE numbers; what a [`KleTag`](crate::model::KleTag) demands.
pub const KLE_FACET: &str = "kle_number";

impl Snapshot {
    /// The facets that on some day have this key, by id.
    ///
    /// # Complexity
    /// O(m) in the facets that ever had the key.
    pub fn facets_with_key(&self, key: &str) -> Vec<FacetId> {
        let had = |id: &FacetId| self.timeline(*id).iter().any(|(_, state)| &*state.user_key == key);
        self.with_user_key(Facet::USER_KEY.index, Kind::Facet, key).map(FacetId::new).filter(had).collect()
    }

    /// The classes that on some day have this key in a facet of this key, by id: also those that are retired or to come.
    ///
    /// # Complexity
    /// O(m) in the classes that ever had the key.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, time::*};
    /// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("keys"));
    /// let mut edit = registry.edit("anna");
    /// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    /// let retired = Period::new("1988-01-01".parse::<Day>()?, "2011-05-01".parse::<Day>()?)?;
    /// let topic = edit.create(retired, Class::new(facet, "28.06.12", "Madordning"));
    /// edit.commit()?;
    /// assert_eq!(registry.snapshot().classes_with_key("kle_number", "28.06.12"), [topic]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn classes_with_key(&self, facet: &str, key: &str) -> Vec<ClassId> {
        let facets = self.facets_with_key(facet);
        let had = |id: &ClassId| {
            let timeline = self.timeline(*id);
            timeline.iter().any(|(_, state)| &*state.user_key == key && facets.contains(&state.facet))
        };
        self.with_user_key(Class::USER_KEY.index, Kind::Class, key).map(ClassId::new).filter(had).collect()
    }

    fn with_user_key(&self, field: u8, kind: Kind, key: &str) -> impl Iterator<Item = uuid::Uuid> {
        let tables = self.tables();
        let value = Value::Text(Text::from(key));
        let mut found: Vec<uuid::Uuid> = match tables.lookup(kind, &Slot::one(field), Some(&value)) {
            Some((at, Some(value))) => tables.by_key(kind, at, value).map(|ix| tables.id(ix)).collect(),
            _ => Vec::new(),
        };
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }

    /// Every class that on some day belongs to a facet, by id: also those that are retired or to come.
    ///
    /// # Complexity
    /// O(n log n) in the classes that ever belonged to it.
    pub fn facet_classes(&self, facet: FacetId) -> Vec<ClassId> {
        let tables = self.tables();
        let relation = Relation { kind: Kind::Class, field: Class::FACET.index, in_key: false };
        let Some(ix) = tables.ix(facet.uuid()) else { return Vec::new() };
        let mut ever: Vec<ClassId> =
            tables.referrers(ix, relation).map(|ix| ClassId::new(tables.id(ix))).collect();
        ever.sort_unstable();
        ever.dedup();
        ever.retain(|class| self.timeline(*class).iter().any(|(_, state)| state.facet == facet));
        ever
    }

    /// Every object of a kind that was ever registered, by id.
    pub(super) fn ever(&self, kind: Kind) -> Vec<ObjectRef> {
        let tables = self.tables();
        let mut all: Vec<ObjectRef> =
            tables.of_kind(kind).map(|ix| ObjectRef { kind, id: tables.id(ix) }).collect();
        all.sort_unstable();
        all
    }
}

impl View {
    /// The class of the day with this key in a facet of this key; of several the one with the lowest id.
    ///
    /// # Complexity
    /// As [`Snapshot::classes_with_key`].
    #[doc(alias = "KLE-nummer")]
    pub fn class_with_key(&self, facet: &str, key: &str) -> Option<ClassId> {
        let found = self.snapshot().classes_with_key(facet, key);
        found.into_iter().find(|class| self.get(*class).is_some_and(|state| &*state.user_key == key))
    }

    /// The state of a class on the day, else the last before, else the first after: what a retired class was called.
    pub(super) fn nearest(&self, class: ClassId) -> Option<Class> {
        let found = self.pick(class, Pick::CurrentElseLast).or_else(|| self.pick(class, Pick::Next));
        found.map(|(_, state)| state)
    }

    /// The KLE number of a class, as [`nearest`](View::nearest) knows it; `None` where its key is none.
    pub(super) fn kle_number(&self, class: ClassId) -> Option<KleNumber> {
        self.nearest(class)?.user_key.parse().ok()
    }

    /// The KLE classes of the day with their numbers, by number, then id. Classes whose keys are no KLE numbers are left
    /// out.
    pub(super) fn kle_classes(&self) -> Vec<(KleNumber, ClassId, Class)> {
        let mut all: Vec<(KleNumber, ClassId, Class)> = Vec::new();
        for facet in self.snapshot().facets_with_key(KLE_FACET) {
            for class in self.referrers(facet, Class::FACET) {
                let Some(state) = self.get(class) else { continue };
                if let Ok(number) = state.user_key.parse() {
                    all.push((number, class, state));
                }
            }
        }
        all.sort_by_key(|(number, class, _)| (*number, *class));
        all
    }
}
