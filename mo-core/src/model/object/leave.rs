//! [`Leave`]: leave from an engagement.

object! {
    /// Leave from an engagement; it lies within the engagement's life.
    Leave (LeaveId) = "leave", danish ["Orlov"] {
        /// The engagement that rests.
        ENGAGEMENT engagement: required EngagementId;
        /// Why.
        LEAVE_TYPE leave_type ["Orlovstype"]: required ClassId => "leave_type", sensitive;
    }
}
