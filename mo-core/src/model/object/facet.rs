//! [`Facet`]: a code list; its classes are the values.

object! {
    /// A code list: the classes that belong to it are the values a field may take.
    Facet (FacetId) = "facet", danish ["Kodeliste"] {
        /// The key that fields demand, for example `org_unit_type`.
        USER_KEY user_key ["Brugervendt nøgle"]: required Text;
        /// What the list is for.
        DESCRIPTION description ["Beskrivelse"]: optional Text;
        /// The facet this one is a part of.
        PARENT parent ["Facettilhører"]: optional FacetId;
        /// The classification it belongs to.
        CLASSIFICATION classification ["Klassifikation"]: optional ClassificationId;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Class, CountedIds, Facet};
        /// use mo_core::registry::Registry;
        /// use mo_core::time::{Period, SteppingClock};
        ///
        /// let registry = Registry::in_memory(SteppingClock::new("2025-03-01T09:00:00Z".parse()?), CountedIds::new("facet"));
        /// let mut edit = registry.edit("anna");
        /// let leave_types = edit.create(Period::ALWAYS, Facet::new("leave_type").description("Orlovstyper"));
        /// let parental = edit.create(Period::ALWAYS, Class::new(leave_types, "parental", "Barselsorlov"));
        /// edit.commit()?;
        /// let view = registry.snapshot().at("2026-01-01".parse()?);
        /// assert_eq!(view.referrers(leave_types, Class::FACET), [parental]);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
    }
}
