//! [`Classification`]: a named system of classes, such as KLE or the municipality's own code lists.

object! {
    /// A named system of classes. KLE is one; the municipality's own code lists are another.
    Classification (ClassificationId) = "classification", danish ["Klassifikation"] {
        /// Its name, for example *KLE*.
        NAME name: required Text;
        /// What users call it in keys.
        USER_KEY user_key ["Brugervendt nøgle"]: optional Text;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::Classification;
        ///
        /// let kle = Classification::new("KLE-Emneplan").user_key("KLE").source("kl");
        /// assert_eq!(kle.source.as_deref(), Some("kl")); // who masters it
        /// ```
    }
}
