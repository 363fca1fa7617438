//! [`Code`]: the names of everything that can be wrong with a commit, OS2mo's where the meaning is the same.

use std::borrow::Cow;
use std::fmt;

use crate::model::Kind;

/// What is wrong, for machines. `E_` codes are preconditions of one command, `V_` codes integrity, `W_` codes warnings.
///
/// ```
/// use mo_core::model::Kind;
/// use mo_core::rules::Code;
/// assert_eq!(Code::DateOutside(Kind::Unit).to_string(), "V_DATE_OUTSIDE_ORG_UNIT_RANGE");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `E_UNKNOWN`: the id was never registered, or names another kind.
    Unknown,
    /// `E_EXISTS`: the id is taken.
    Exists,
    /// `E_NOT_ALIVE`: the object has no day to address.
    NotAlive,
    /// `E_NOTHING_LEFT`: no day of life would be left.
    NothingLeft,
    /// `E_NOT_ONE_STRETCH`: the period is not one maximal stretch of life.
    NotOneStretch,
    /// `E_OVERLAP`: pieces or stretches overlap.
    Overlap,
    /// `E_FIELD`: a field misses its value or its value does not fit.
    Field,
    /// `E_CONFLICT`: the registry has moved on.
    Conflict,
    /// `E_UNRESOLVED`: something is left to decide.
    Unresolved,
    /// `E_GUARD`: more would go than the guard allows.
    Guard,
    /// `E_ACCESS`: a grant is missing.
    Access,
    /// `V_DATE_OUTSIDE_…_RANGE`: a reference on days on which its target (of this kind) does not exist; the referer
    /// changed.
    DateOutside(Kind),
    /// `V_TERMINATE_…`: the target (of the first kind) does not exist on days on which something of the second kind
    /// refers to it; only the target changed.
    Terminate(Kind, Kind),
    /// `V_PARENT_NOT_IN_HIERARCHY`: the parent does not stand in the hierarchy.
    ParentNotInHierarchy,
    /// `V_ORG_UNIT_MOVE_TO_CHILD`: units stand above themselves.
    MoveToChild,
    /// `V_NO_ACTIVE_ENGAGEMENT`: leave outside its engagement.
    NoActiveEngagement,
    /// `V_CLASS_NOT_VALID`: a class on days on which it is not published.
    ClassNotValid,
    /// `V_CLASS_WRONG_FACET`: a class of another facet than the field demands.
    ClassWrongFacet,
    /// `V_EXISTING_CPR`: two persons have the same CPR number on the same day.
    ExistingCpr,
    /// `V_DUPLICATED_IT_USER`: two equal accounts.
    DuplicatedItUser,
    /// `V_MORE_THAN_ONE_PRIMARY`: two main accounts of a person in a system, or two main associations of an account.
    MoreThanOnePrimary,
    /// `V_MORE_THAN_ONE_ASSOCIATION`: an account is placed twice in a unit for a person.
    MoreThanOneAssociation,
    /// `V_CANNOT_SUBSTITUTE_SELF`: somebody is their own deputy.
    CannotSubstituteSelf,
    /// `V_RELATED_TO_SELF`: a link from a unit to itself.
    RelatedToSelf,
    /// `W_ACCOUNT_SHARED`: one account name of a system with two owners.
    AccountShared,
    /// `W_TWO_RESPONSIBLE`: two units are responsible for one KLE number.
    TwoResponsible,
    /// `W_UNIT_IN_NO_HIERARCHY`: a unit stands nowhere; only noted when everything is checked.
    UnitInNoHierarchy,
}

impl Code {
    /// Its name.
    pub fn name(self) -> Cow<'static, str> {
        let kind_name = |kind: Kind| match kind {
            Kind::Unit => "ORG_UNIT".to_owned(),
            Kind::Person => "EMPL".to_owned(),
            other => other.name().to_uppercase(),
        };
        Cow::Borrowed(match self {
            Code::Unknown => "E_UNKNOWN",
            Code::Exists => "E_EXISTS",
            Code::NotAlive => "E_NOT_ALIVE",
            Code::NothingLeft => "E_NOTHING_LEFT",
            Code::NotOneStretch => "E_NOT_ONE_STRETCH",
            Code::Overlap => "E_OVERLAP",
            Code::Field => "E_FIELD",
            Code::Conflict => "E_CONFLICT",
            Code::Unresolved => "E_UNRESOLVED",
            Code::Guard => "E_GUARD",
            Code::Access => "E_ACCESS",
            Code::DateOutside(kind) => return format!("V_DATE_OUTSIDE_{}_RANGE", kind_name(kind)).into(),
            Code::Terminate(Kind::Unit, Kind::Unit) => "V_TERMINATE_UNIT_WITH_CHILDREN",
            Code::Terminate(Kind::ItAccount, Kind::RoleBinding) => "V_TERMINATE_ITUSER_WITH_ROLEBINDINGS",
            Code::Terminate(kind, _) => {
                return format!("V_TERMINATE_{}_WITH_ROLES", kind.name().to_uppercase()).into();
            }
            Code::ParentNotInHierarchy => "V_PARENT_NOT_IN_HIERARCHY",
            Code::MoveToChild => "V_ORG_UNIT_MOVE_TO_CHILD",
            Code::NoActiveEngagement => "V_NO_ACTIVE_ENGAGEMENT",
            Code::ClassNotValid => "V_CLASS_NOT_VALID",
            Code::ClassWrongFacet => "V_CLASS_WRONG_FACET",
            Code::ExistingCpr => "V_EXISTING_CPR",
            Code::DuplicatedItUser => "V_DUPLICATED_IT_USER",
            Code::MoreThanOnePrimary => "V_MORE_THAN_ONE_PRIMARY",
            Code::MoreThanOneAssociation => "V_MORE_THAN_ONE_ASSOCIATION",
            Code::CannotSubstituteSelf => "V_CANNOT_SUBSTITUTE_SELF",
            Code::RelatedToSelf => "V_RELATED_TO_SELF",
            Code::AccountShared => "W_ACCOUNT_SHARED",
            Code::TwoResponsible => "W_TWO_RESPONSIBLE",
            Code::UnitInNoHierarchy => "W_UNIT_IN_NO_HIERARCHY",
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
