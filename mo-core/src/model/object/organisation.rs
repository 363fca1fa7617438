//! [`Organisation`]: the municipality itself.

object! {
    /// The municipality as a legal body: its name and the numbers the authorities know it by.
    Organisation (OrganisationId) = "organisation", danish ["Kommune", "Myndighed"] {
        /// Its name, for example *Korsbæk Kommune*.
        NAME name ["Organisationsnavn"]: required Text;
        /// What users call it in keys.
        USER_KEY user_key ["Brugervendt nøgle"]: optional Text;
        /// Its number in the Central Business Register, eight digits.
        CVR cvr ["CVR-nummer"]: optional Text;
        /// Its three- or four-digit municipality code, with leading zeros as given.
        MUNICIPALITY_CODE municipality_code ["Kommunekode"]: optional Text;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::Organisation;
        ///
        /// let town = Organisation::new("Korsbæk Kommune").cvr("99999993").municipality_code("999");
        /// assert_eq!(town.cvr.as_deref(), Some("99999993"));
        /// ```
    }
}
