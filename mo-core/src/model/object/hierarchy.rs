//! [`Hierarchy`]: one named way of organising units, such as the line, payroll or MED organisation.

use crate::model::field::choice;

choice! {
    /// What a hierarchy is for.
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
}
