//! The tree of classes on a view's day, by their parents. A class whose parent does not exist on the day is a root:
//! `check()` tells that its reference is broken.

use std::collections::HashSet;

use crate::model::{Class, ClassId, FacetId};
use crate::state::View;

impl View {
    /// The class right above, when there is one and it exists on the day.
    ///
    /// # Complexity
    /// O(log k) in the rectangles of the two classes.
    #[doc(alias = "Overordnet klasse")]
    pub fn class_parent(&self, class: ClassId) -> Option<ClassId> {
        let parent = self.field(class, Class::PARENT)?;
        self.exists(parent).then_some(parent)
    }

    /// The classes of a facet without a parent on the day, by name then id: those at the top, and those whose parent does
    /// not exist on the day.
    ///
    /// # Complexity
    /// O(n log n) in the classes that ever belonged to the facet.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, rules::Policy, time::*};
    /// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("roots"));
    /// let mut edit = registry.edit("anna").policy(Class::PARENT, Policy::Report);
    /// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    /// let from_2000 = Period::since("2000-01-01".parse()?);
    /// let group = edit.create(from_2000, Class::new(facet, "28.06", "Dagtilbud"));
    /// let topic = edit.create(Period::ALWAYS, Class::new(facet, "28.06.12", "Madordning").parent(group));
    /// edit.commit()?;
    ///
    /// let snapshot = registry.snapshot();
    /// assert_eq!(snapshot.at("1990-01-01".parse()?).class_roots(facet), [topic]);
    /// assert_eq!(snapshot.at("2010-01-01".parse()?).class_roots(facet), [group]);
    /// assert_eq!(snapshot.check().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn class_roots(&self, facet: FacetId) -> Vec<ClassId> {
        let mut all: Vec<ClassId> = self.referrers(facet, Class::FACET);
        all.retain(|class| self.class_parent(*class).is_none());
        all
    }

    /// The classes right below, by name then id.
    ///
    /// # Complexity
    /// O(c log c) in the classes that ever had the class as parent.
    #[doc(alias = "Underordnede klasser")]
    pub fn class_children(&self, class: ClassId) -> Vec<ClassId> {
        if self.exists(class) { self.referrers(class, Class::PARENT) } else { Vec::new() }
    }

    /// Every class above, nearest first, without the class itself.
    ///
    /// # Complexity
    /// O(d²) in the depth.
    pub fn class_ancestors(&self, class: ClassId) -> Vec<ClassId> {
        let mut ancestors: Vec<ClassId> = Vec::new();
        let mut current = class;
        while let Some(parent) = self.class_parent(current) {
            // No rule forbids a circle of classes, so it must not trap anybody.
            if parent == class || ancestors.contains(&parent) {
                break;
            }
            ancestors.push(parent);
            current = parent;
        }
        ancestors
    }

    /// The way from the root to the class, both included; empty where the class does not exist.
    ///
    /// # Complexity
    /// As [`class_ancestors`](View::class_ancestors).
    pub fn class_path(&self, class: ClassId) -> Vec<ClassId> {
        if !self.exists(class) {
            return Vec::new();
        }
        let mut path = self.class_ancestors(class);
        path.reverse();
        path.push(class);
        path
    }

    /// Every class below in pre-order, without the class itself.
    ///
    /// # Complexity
    /// O(s log c) in the classes below and the fan-out.
    pub fn class_descendants(&self, class: ClassId) -> Vec<ClassId> {
        let mut found = Vec::new();
        let mut seen: HashSet<ClassId> = HashSet::from([class]);
        let mut open = self.class_children(class);
        open.reverse();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                found.push(next);
                open.extend(self.class_children(next).into_iter().rev());
            }
        }
        found
    }
}
