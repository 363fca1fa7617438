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
}
