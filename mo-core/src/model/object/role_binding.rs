//! [`RoleBinding`]: a role granted to an IT account.

object! {
    /// A role granted to an IT account, perhaps for one unit only.
    RoleBinding (RoleBindingId) = "role_binding", danish ["Rollebinding", "Rolle"] {
        /// The account.
        IT_ACCOUNT it_account: required ItAccountId;
        /// The role.
        ROLE role ["Rolle"]: required ClassId => "role";
        /// The unit it counts for.
        UNIT unit ["Enhed"]: optional UnitId;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{ClassId, ItAccountId, RoleBinding, UnitId};
        /// # let [account, case_worker, school] = [1, 2, 3].map(uuid::Uuid::from_u128);
        /// # let (account, case_worker) = (ItAccountId::new(account), ClassId::new(case_worker));
        /// # let school = UnitId::new(school);
        ///
        /// let binding = RoleBinding::new(account, case_worker).unit(school);
        /// assert_eq!((binding.role, binding.unit), (case_worker, Some(school)));
        /// ```
    }
}
