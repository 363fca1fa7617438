//! [`Leave`]: leave from an engagement.

object! {
    /// Leave from an engagement; it lies within the engagement's life.
    Leave (LeaveId) = "leave", danish ["Orlov"] {
        /// The engagement that rests.
        ENGAGEMENT engagement: required EngagementId;
        /// Why.
        LEAVE_TYPE leave_type ["Orlovstype"]: required ClassId => "leave_type", sensitive;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{EngagementId, Leave};
        /// use mo_core::start_set::class_id;
        /// # let work = EngagementId::new(uuid::Uuid::nil());
        ///
        /// let leave = Leave::new(work, class_id("leave_type", "parental"));
        /// assert_eq!(leave.engagement, work); // it lies within the life of the engagement
        /// ```
    }
}
