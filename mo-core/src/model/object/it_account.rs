//! [`ItAccount`]: an account of a person or a unit in an IT system.

object! {
    /// An account in an IT system. Of exactly one: a person or a unit.
    ItAccount (ItAccountId) = "it_account", danish ["It-konto", "It-bruger", "Brugerkonto"] {
        /// The system.
        IT_SYSTEM it_system: required ItSystemId;
        /// The person who has it.
        PERSON person: optional PersonId;
        /// The unit that has it.
        UNIT unit ["Enhed"]: optional UnitId;
        /// The account name.
        USER_KEY user_key ["Brugernavn"]: required Text, personal;
        /// Its id in the system itself, such as an object GUID.
        EXTERNAL_ID external_id: optional Text, personal;
        /// How it is bound.
        BINDING_TYPE binding_type: optional Text;
        /// The engagements it serves.
        ENGAGEMENTS engagements: set EngagementId;
        /// Whether it is the owner's main account in the system.
        PRIMARY primary ["Primær"]: optional ClassId => "primary_type";
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{ItAccount, ItSystemId, PersonId};
        /// # let (directory, ida) = (ItSystemId::new(uuid::Uuid::nil()), PersonId::new(uuid::Uuid::nil()));
        ///
        /// let account = ItAccount::new(directory, "idma").person(ida).external_id("S-1-5-21-99");
        /// assert_eq!(&*account.user_key, "idma");
        /// ```
    }
    exactly one of person, unit
}
