//! What a municipality's registry holds: the eighteen kinds of object, their ids, their fields and value types.
//!
//! Each kind is declared once, in `object/`; struct, setters, field handles, JSON, schema and rules all come from that
//! declaration. [`Kind::spec`] shows it at run time.

pub(crate) mod field;
mod fields;
mod kind;
mod object;
pub mod value;

pub use field::{
    AddressId, AssociationId, ClassId, ClassificationId, CountedIds, EngagementId, FacetId, Field,
    FieldSource, HierarchyId, IdSource, ItAccountId, ItSystemId, Keyed, KleTagId, LeaveId, ManagerId, Map,
    ObjectId, One, OrganisationId, OwnerId, PersonId, RoleBindingId, Scalar, Set, UnitId, UnitLinkId,
};
pub use fields::{FieldChange, Fields, Key, Patch, Slot, Value};
pub use kind::{FieldSpec, KeyType, Kind, KindSpec, ObjectRef, Privacy, Shape, ValueType};
pub use object::{
    Object,
    address::Address,
    association::Association,
    class::Class,
    classification::Classification,
    engagement::{Engagement, ExtensionKey, Fraction},
    facet::Facet,
    hierarchy::{Hierarchy, HierarchyUse},
    it_account::ItAccount,
    it_system::ItSystem,
    kle_tag::{KleAspect, KleTag},
    leave::Leave,
    manager::Manager,
    organisation::Organisation,
    owner::Owner,
    person::Person,
    role_binding::RoleBinding,
    unit::{Placement, Unit},
    unit_link::{LinkUse, UnitLink},
};
