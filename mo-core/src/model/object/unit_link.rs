//! [`UnitLink`]: two units of different hierarchies belong together.

use crate::model::field::choice;

choice! {
    /// What a link between units is for.
    LinkUse {
        /// A payroll unit and the line unit it stands for.
        Payroll = "payroll" ("Løn"),
        /// A MED unit and a workplace it covers.
        Med = "med" ("MED"),
        /// Related in another way.
        Related = "related" ("Relateret"),
    }
}

object! {
    /// Two units belong together, usually across hierarchies.
    UnitLink (UnitLinkId) = "unit_link", danish ["Relateret enhed", "Organisationssammenkobling"] {
        /// From this unit.
        FROM from ["Fra"]: required UnitId;
        /// To this unit.
        TO to ["Til"]: required UnitId;
        /// What the link is for.
        USE link_use as "use" ["Anvendelse"]: required LinkUse;
    }
}
