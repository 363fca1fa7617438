//! [`Engagement`]: a person works in a unit. [`Fraction`]: how much of full time.

use crate::model::field::choice;

choice! {
    /// The ten free text slots of an engagement.
    ///
    /// ```
    /// use mo_core::model::{Engagement, ExtensionKey, PersonId, UnitId};
    /// use mo_core::start_set::class_id;
    /// # let (ida, school) = (PersonId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
    ///
    /// let work = Engagement::new(ida, school, class_id("engagement_type", "employee"));
    /// let work = work.extensions(ExtensionKey::One, "Lokale 12");
    /// assert_eq!(&*work.extensions[&ExtensionKey::One], "Lokale 12");
    /// ```
    ExtensionKey {
        /// The first.
        One = "1",
        /// The second.
        Two = "2",
        /// The third.
        Three = "3",
        /// The fourth.
        Four = "4",
        /// The fifth.
        Five = "5",
        /// The sixth.
        Six = "6",
        /// The seventh.
        Seven = "7",
        /// The eighth.
        Eight = "8",
        /// The ninth.
        Nine = "9",
        /// The tenth.
        Ten = "10",
    }
}

/// Part of full time, in parts per million: 1,000,000 is full time.
///
/// ```
/// use mo_core::model::Fraction;
/// assert_eq!(Fraction::new(810_811).unwrap().parts_per_million(), 810_811); // 30 of 37 hours
/// assert!(Fraction::new(1_000_001).is_none());
/// ```
#[doc(alias = "Beskæftigelsesgrad")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fraction(u32);

impl Fraction {
    /// Full time.
    pub const FULL: Fraction = Fraction(1_000_000);

    /// This many parts per million; `None` above full time.
    pub fn new(parts_per_million: u32) -> Option<Fraction> {
        (parts_per_million <= Fraction::FULL.0).then_some(Fraction(parts_per_million))
    }

    /// The parts per million.
    pub fn parts_per_million(self) -> u32 {
        self.0
    }
}

impl sealed::Sealed for Fraction {}
impl Scalar for Fraction {
    const TYPE: ValueType = ValueType::Number(Fraction::FULL.0);
    fn into_value(self) -> Option<Value> {
        Some(Value::Number(self.0))
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Fraction::new(*number),
            _ => None,
        }
    }
}

object! {
    /// A person works in a unit: the employment, or what stands in its place for consultants, volunteers and interns.
    Engagement (EngagementId) = "engagement", danish ["Ansættelse"] {
        /// Who.
        PERSON person: required PersonId;
        /// Where.
        UNIT unit ["Enhed"]: required UnitId;
        /// On what terms.
        ENGAGEMENT_TYPE engagement_type ["Engagementstype"]: required ClassId => "engagement_type";
        /// As what.
        JOB_FUNCTION job_function ["Stillingsbetegnelse"]: optional ClassId => "engagement_job_function";
        /// Whether it is the person's main engagement.
        PRIMARY primary ["Primær"]: optional ClassId => "primary_type";
        /// How much of full time.
        FRACTION fraction ["Beskæftigelsesgrad"]: optional Fraction;
        /// Its number in the payroll system.
        USER_KEY user_key ["Medarbejdernummer", "Tjenestenummer"]: optional Text, personal;
        /// Ten free texts whose meaning the municipality decides.
        EXTENSIONS extensions ["Udvidelser"]: map{ExtensionKey} Text, personal;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{Engagement, Fraction, PersonId, UnitId};
        /// use mo_core::start_set::class_id;
        /// # let (ida, school) = (PersonId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
        ///
        /// let thirty_hours = Fraction::new(30 * 1_000_000 / 37).ok_or("at most full time")?;
        /// let work = Engagement::new(ida, school, class_id("engagement_type", "employee")).fraction(thirty_hours);
        /// assert_eq!(work.unit, school);
        /// # Ok::<(), &str>(())
        /// ```
    }
}
