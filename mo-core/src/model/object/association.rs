//! [`Association`]: a person belongs to a unit without working there: a committee seat, a MED role, a project.

object! {
    /// A person belongs to a unit without an employment there: a MED seat, a committee, a project.
    Association (AssociationId) = "association", danish ["Tilknytning", "MED-plads"] {
        /// Where.
        UNIT unit ["Enhed"]: required UnitId;
        /// Who; a seat without a person is vacant.
        PERSON person: optional PersonId;
        /// In what role.
        ASSOCIATION_TYPE association_type ["Tilknytningsrolle"]: optional ClassId => "association_type";
        /// Who steps in.
        SUBSTITUTE substitute ["Stedfortræder", "Suppleant"]: optional PersonId;
        /// The trade union the seat belongs to.
        TRADE_UNION trade_union ["Faglig organisation"]: optional ClassId, sensitive;
        /// Whether it is the person's main association.
        PRIMARY primary ["Primær"]: optional ClassId => "primary_type";
        /// The account that is placed in the unit (an IT association).
        IT_ACCOUNT it_account ["It-tilknytning"]: optional ItAccountId;
        /// What the account is used as there.
        JOB_FUNCTION job_function ["Stillingsbetegnelse"]: optional ClassId => "engagement_job_function";
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Association, PersonId, UnitId};
        /// use mo_core::start_set::class_id;
        /// # let [committee, ida, bo] = [1, 2, 3].map(uuid::Uuid::from_u128);
        /// # let (committee, ida, bo) = (UnitId::new(committee), PersonId::new(ida), PersonId::new(bo));
        ///
        /// let seat = Association::new(committee)
        ///     .person(ida)
        ///     .substitute(bo)
        ///     .association_type(class_id("association_type", "med_employee"));
        /// assert_eq!(seat.substitute, Some(bo));
        /// ```
    }
}
