//! [`Unit`]: a place in the organisation, and [`Placement`]: where it stands in one hierarchy.

use std::fmt;

/// Where a unit stands in one hierarchy.
///
/// ```
/// use mo_core::model::{Placement, UnitId};
/// let town = UnitId::new(uuid::Uuid::from_u128(1));
/// assert_eq!(Placement::from(town), Placement::Under(town)); // so setters and patches take the unit itself
/// assert_eq!(Placement::Root.to_string(), "root");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum Placement {
    /// At the top.
    Root,
    /// Right under this unit.
    #[doc(alias = "Overordnet")]
    Under(UnitId),
}

impl From<UnitId> for Placement {
    fn from(unit: UnitId) -> Placement {
        Placement::Under(unit)
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Placement::Root => f.write_str("root"),
            Placement::Under(unit) => fmt::Display::fmt(unit, f),
        }
    }
}

impl sealed::Sealed for Placement {}
impl Scalar for Placement {
    const TYPE: ValueType = ValueType::Placement;
    fn into_value(self) -> Option<Value> {
        Some(match self {
            Placement::Root => Value::Root,
            Placement::Under(unit) => Value::Id(unit.uuid()),
        })
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Root => Some(Placement::Root),
            Value::Id(unit) => Some(Placement::Under(UnitId::new(*unit))),
            _ => None,
        }
    }
}

object! {
    /// A place in the organisation: the municipality, a department, an institution, a team, a MED committee.
    Unit (UnitId) = "unit", danish ["Enhed", "Organisationsenhed"] {
        /// What it is called.
        NAME name ["Enhedsnavn"]: required Text;
        /// What users call it in keys; often its number in the payroll system.
        USER_KEY user_key ["Brugervendt nøgle", "Enhedsnummer", "Kortnavn"]: optional Text;
        /// What sort of unit it is.
        UNIT_TYPE unit_type ["Enhedstype"]: optional ClassId => "org_unit_type";
        /// How high it stands.
        LEVEL level ["Enhedsniveau"]: optional ClassId => "org_unit_level";
        /// How its people register time.
        TIME_PLANNING time_planning ["Tidsregistrering"]: optional ClassId => "time_planning";
        /// Where it stands, per hierarchy; no entry where it does not stand.
        PLACEMENTS placements ["Overordnet"]: map{HierarchyId} Placement;
    }
    example {
        ///
        /// ```
        /// use mo_core::model::{HierarchyId, Placement, Unit, UnitId};
        /// use mo_core::start_set::class_id;
        /// # let (line, town) = (HierarchyId::new(uuid::Uuid::nil()), UnitId::new(uuid::Uuid::nil()));
        ///
        /// let school = Unit::new("Skole")
        ///     .user_key("1043")
        ///     .unit_type(class_id("org_unit_type", "institution"))
        ///     .placements(line, town);
        /// assert_eq!(school.placements[&line], Placement::Under(town));
        /// ```
    }
}
