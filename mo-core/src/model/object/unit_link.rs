//! [`UnitLink`]: two units of different hierarchies belong together.

use crate::model::field::choice;

choice! {
    /// What a link between units is for.
    ///
    /// ```
    /// use mo_core::model::LinkUse;
    /// assert_eq!(LinkUse::from_name("med"), Some(LinkUse::Med));
    /// assert_eq!(LinkUse::from_name("line"), None); // the line organisation is a hierarchy, not a link
    /// ```
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
    example {
        ///
        /// ```
        /// use mo_core::model::{LinkUse, UnitId, UnitLink};
        /// # let (payroll, school) = (UnitId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
        ///
        /// let link = UnitLink::new(payroll, school, LinkUse::Payroll); // the payroll unit pays the people of the school
        /// assert_eq!((link.from, link.to), (payroll, school));
        /// ```
    }
}
