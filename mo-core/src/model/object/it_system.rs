//! [`ItSystem`]: an IT system that people have accounts in.

object! {
    /// An IT system that people and units have accounts in.
    ItSystem (ItSystemId) = "it_system", danish ["It-system"] {
        /// Its name.
        NAME name ["It-systemnavn"]: required Text;
        /// What users call it in keys.
        USER_KEY user_key ["Brugervendt nøgle"]: optional Text;
        /// What sort of system.
        SYSTEM_TYPE system_type ["It-systemtype"]: optional Text;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::ItSystem;
        ///
        /// let directory = ItSystem::new("Active Directory").user_key("ad");
        /// assert_eq!(&*directory.name, "Active Directory");
        /// ```
    }
}
