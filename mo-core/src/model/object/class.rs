//! [`Class`]: one value of a code list. Its life is its publication; a retired class has ended.

object! {
    /// One value of a code list. Its life is its publication: a class that is retired has ended.
    Class (ClassId) = "class", danish ["Klasse", "Emne"] {
        /// The list it belongs to.
        FACET facet: required FacetId;
        /// The key users know it by; for a KLE class its number, such as `00.01.00`.
        USER_KEY user_key ["Brugervendt nøgle", "KLE-nummer"]: required Text;
        /// Its title.
        NAME name ["Titel"]: required Text;
        /// What its values look like or count for: an address scope, a visibility, a rank.
        SCOPE scope ["Omfang"]: optional Text;
        /// The class above it.
        PARENT parent ["Overordnet klasse"]: optional ClassId;
        /// The unit that owns this local value.
        OWNER owner ["Ejer"]: optional UnitId;
        /// The IT system a role class belongs to.
        IT_SYSTEM it_system: optional ItSystemId;
        /// What it means.
        DESCRIPTION description ["Beskrivelse"]: optional Text;
        /// The classes that take its place when it is retired; they need only exist on some day.
        REPLACED_BY replaced_by ["Afløst af", "Erstatter"]: set ClassId;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Class, ClassId, FacetId};
        /// # let (kle, successor) = (FacetId::new(uuid::Uuid::nil()), ClassId::new(uuid::Uuid::nil()));
        ///
        /// let topic = Class::new(kle, "17.01.01", "Lektier").replaced_by([successor]);
        /// assert!(topic.replaced_by.contains(&successor));
        /// ```
    }
}
