//! [`KleTag`]: a unit has to do with a KLE number, in one or more ways.

use crate::model::field::choice;

choice! {
    /// How a unit has to do with a KLE number.
    ///
    /// ```
    /// use mo_core::model::KleAspect;
    /// assert_eq!(KleAspect::NAMES, ["responsible", "performing", "insight"]);
    /// assert_eq!(KleAspect::Performing.to_string(), "performing");
    /// ```
    KleAspect {
        /// Decides and answers for it.
        Responsible = "responsible" ("Ansvarlig"),
        /// Does the work.
        Performing = "performing" ("Udførende"),
        /// May look.
        Insight = "insight" ("Indsigt"),
    }
}

object! {
    /// A unit has to do with a KLE number. It always has at least one aspect.
    KleTag (KleTagId) = "kle_tag", danish ["KLE-opmærkning"] {
        /// The unit.
        UNIT unit ["Enhed"]: required UnitId;
        /// The KLE number, as a class.
        CLASS class ["KLE-nummer"]: required ClassId => "kle_number";
        /// In which ways; at least one.
        ASPECTS aspects ["KLE-aspekt"]: required_set KleAspect;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{ClassId, KleAspect, KleTag, UnitId};
        /// # let (school, topic) = (UnitId::new(uuid::Uuid::nil()), ClassId::new(uuid::Uuid::nil()));
        ///
        /// let tag = KleTag::new(school, topic).aspects([KleAspect::Responsible, KleAspect::Performing]);
        /// assert!(!tag.aspects.contains(&KleAspect::Insight));
        /// ```
    }
}
