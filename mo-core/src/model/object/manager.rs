//! [`Manager`]: leadership of a unit, filled or vacant.

object! {
    /// Leadership of a unit. Without a person it is vacant.
    Manager (ManagerId) = "manager", danish ["Leder"] {
        /// The unit that is led.
        UNIT unit ["Enhed"]: required UnitId;
        /// Who leads; vacant without.
        PERSON person: optional PersonId;
        /// The employment that carries the role.
        ENGAGEMENT engagement: optional EngagementId;
        /// What sort of manager.
        MANAGER_TYPE manager_type ["Ledertype"]: required ClassId => "manager_type";
        /// At what level.
        MANAGER_LEVEL manager_level ["Lederniveau"]: optional ClassId => "manager_level";
        /// For what: personnel, budget, …
        RESPONSIBILITIES responsibilities ["Lederansvar"]: set ClassId => "responsibility";
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Manager, PersonId, UnitId};
        /// use mo_core::start_set::class_id;
        /// # let (school, ida) = (UnitId::new(uuid::Uuid::nil()), PersonId::new(uuid::Uuid::nil()));
        ///
        /// let vacant = Manager::new(school, class_id("manager_type", "director"));
        /// assert_eq!(vacant.person, None);
        /// let filled = vacant.person(ida).responsibilities([class_id("responsibility", "personnel")]);
        /// assert_eq!(filled.person, Some(ida));
        /// ```
    }
}
