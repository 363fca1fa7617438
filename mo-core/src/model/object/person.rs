//! [`Person`]: someone the organisation knows: employee, external consultant, volunteer, intern.

object! {
    /// Someone the organisation knows: an employee, an external consultant, a volunteer, an intern.
    Person (PersonId) = "person", danish ["Medarbejder", "Bruger"] {
        /// Given names.
        GIVEN_NAME given_name ["Fornavn"]: required Text, personal;
        /// Surname.
        SURNAME surname ["Efternavn"]: required Text, personal;
        /// Given name the person goes by.
        NICKNAME_GIVEN_NAME nickname_given_name ["Kaldenavn"]: optional Text, personal;
        /// Surname the person goes by.
        NICKNAME_SURNAME nickname_surname ["Kaldenavn"]: optional Text, personal;
        /// CPR number; no two persons have the same on the same day.
        CPR cpr ["Personnummer", "CPR-nummer"]: optional Cpr, personal;
        /// The day seniority counts from.
        SENIORITY seniority ["Anciennitetsdato"]: optional Day, personal;
        /// Whether name and address are protected.
        PROTECTED protected ["Navne- og adressebeskyttelse"]: flag bool, personal;
        /// What users call the person in keys.
        USER_KEY user_key ["Brugervendt nøgle"]: optional Text, personal;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::Person;
        ///
        /// let ida = Person::new("Ida", "Madsen").cpr("0101010001".parse::<mo_core::model::value::Cpr>()?).protected(true);
        /// assert!(!format!("{ida:?}").contains("0101010001")); // the number is always shown masked
        /// # Ok::<(), mo_core::model::value::CprError>(())
        /// ```
    }
}
