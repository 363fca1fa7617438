//! [`Hierarchy`]: one named way of organising units, such as the line, payroll or MED organisation.

use crate::model::field::choice;

choice! {
    /// What a hierarchy is for.
    ///
    /// ```
    /// use mo_core::model::HierarchyUse;
    /// assert_eq!(HierarchyUse::from_name("payroll"), Some(HierarchyUse::Payroll)); // as JSON writes it
    /// assert_eq!(HierarchyUse::NAMES.len(), 5);
    /// ```
    HierarchyUse {
        /// The line organisation: who leads whom.
        Line = "line" ("Linjeorganisation"),
        /// The payroll organisation.
        Payroll = "payroll" ("Lønorganisation"),
        /// Co-determination and working environment.
        Med = "med" ("MED-organisation", "MED/AM"),
        /// A project organisation.
        Project = "project" ("Projektorganisation"),
        /// Any other.
        Other = "other",
    }
}

object! {
    /// One named way of organising units. A unit may stand in several hierarchies at once, or in none.
    Hierarchy (HierarchyId) = "hierarchy", danish ["Hierarki", "Organisering", "Opmærkning"] {
        /// Its name, for example *Linje*.
        NAME name: required Text;
        /// What it is for.
        USE hierarchy_use as "use" ["Anvendelse"]: required HierarchyUse;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Hierarchy, HierarchyUse};
        ///
        /// let med = Hierarchy::new("MED", HierarchyUse::Med);
        /// assert_eq!(med.hierarchy_use.name(), "med");
        /// ```
    }
}
