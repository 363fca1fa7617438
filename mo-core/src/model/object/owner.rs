//! [`Owner`]: who may edit a unit or a person.

object! {
    /// Who may edit a unit or a person; without an owning person it is vacant. Of exactly one: a unit or a person.
    Owner (OwnerId) = "owner", danish ["Ejer"] {
        /// The unit that is owned.
        UNIT unit ["Enhed"]: optional UnitId;
        /// The person that is owned.
        PERSON person: optional PersonId;
        /// Who owns.
        OWNER owner ["Ejer"]: optional PersonId;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Owner, PersonId, UnitId};
        /// # let (school, ida) = (UnitId::new(uuid::Uuid::nil()), PersonId::new(uuid::Uuid::nil()));
        ///
        /// let owner = Owner::new().unit(school).owner(ida); // Ida may edit the school
        /// assert_eq!((owner.unit, owner.owner), (Some(school), Some(ida)));
        /// ```
    }
    exactly one of unit, person
}
