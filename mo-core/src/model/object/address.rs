//! [`Address`]: a typed contact point of a unit or a person.

object! {
    /// A typed contact point: a street address, a phone number, a mailbox. Of exactly one: a unit or a person.
    Address (AddressId) = "address", danish ["Adresse", "Kontaktpunkt"] {
        /// The unit it is an address of.
        UNIT unit ["Enhed"]: optional UnitId;
        /// The person it is an address of.
        PERSON person: optional PersonId;
        /// What sort of address; the scope of the class says what its value looks like.
        ADDRESS_TYPE address_type ["Adressetype"]: required ClassId;
        /// The value; for a street address (scope DAR) its UUID.
        VALUE value ["Værdi"]: required Text, personal;
        /// The second text of scope `MULTIFIELD_TEXT`; of a street address (scope DAR) its text, where that is kept.
        VALUE2 value2: optional Text, personal;
        /// Who may see it.
        VISIBILITY visibility ["Synlighed"]: optional ClassId => "visibility";
        /// The engagement it belongs to.
        ENGAGEMENT engagement: optional EngagementId;
        /// The account it belongs to.
        IT_ACCOUNT it_account: optional ItAccountId;
        /// What users call it in keys.
        USER_KEY user_key ["Brugervendt nøgle"]: optional Text, personal;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Address, UnitId};
        /// use mo_core::start_set::class_id;
        /// # let school = UnitId::new(uuid::Uuid::nil());
        ///
        /// let phone = Address::new(class_id("org_unit_address_type", "phone"), "+4599000001")
        ///     .unit(school)
        ///     .visibility(class_id("visibility", "public"));
        /// assert_eq!((phone.unit, phone.person), (Some(school), None)); // of exactly one of the two
        /// ```
    }
    exactly one of unit, person
}
