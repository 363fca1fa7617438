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
}
