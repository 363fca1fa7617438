//! [`Kind`]: the eighteen kinds of object, and what is declared about each: its fields, their types, shapes and privacy.
//! The declarations themselves stand beside the structs, in `object/`.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::object;

/// A kind of object the registry holds.
///
/// The order of the variants is the order in which mixed lists are sorted.
///
/// ```
/// use mo_core::model::Kind;
/// assert_eq!(Kind::ItAccount.name(), "it_account");
/// assert_eq!(Kind::from_name("unit"), Some(Kind::Unit));
/// assert!(Kind::Unit < Kind::Person);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Kind {
    Organisation,
    Hierarchy,
    Classification,
    Facet,
    Class,
    Unit,
    Person,
    Engagement,
    Association,
    Manager,
    Leave,
    Address,
    ItSystem,
    RoleBinding,
    ItAccount,
    KleTag,
    UnitLink,
    Owner,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Kind; 18] = [
        Kind::Organisation,
        Kind::Hierarchy,
        Kind::Classification,
        Kind::Facet,
        Kind::Class,
        Kind::Unit,
        Kind::Person,
        Kind::Engagement,
        Kind::Association,
        Kind::Manager,
        Kind::Leave,
        Kind::Address,
        Kind::ItSystem,
        Kind::RoleBinding,
        Kind::ItAccount,
        Kind::KleTag,
        Kind::UnitLink,
        Kind::Owner,
    ];

    /// What is declared about this kind.
    pub fn spec(self) -> &'static KindSpec {
        match self {
            Kind::Organisation => &object::organisation::SPEC,
            Kind::Hierarchy => &object::hierarchy::SPEC,
            Kind::Classification => &object::classification::SPEC,
            Kind::Facet => &object::facet::SPEC,
            Kind::Class => &object::class::SPEC,
            Kind::Unit => &object::unit::SPEC,
            Kind::Person => &object::person::SPEC,
            Kind::Engagement => &object::engagement::SPEC,
            Kind::Association => &object::association::SPEC,
            Kind::Manager => &object::manager::SPEC,
            Kind::Leave => &object::leave::SPEC,
            Kind::Address => &object::address::SPEC,
            Kind::ItSystem => &object::it_system::SPEC,
            Kind::RoleBinding => &object::role_binding::SPEC,
            Kind::ItAccount => &object::it_account::SPEC,
            Kind::KleTag => &object::kle_tag::SPEC,
            Kind::UnitLink => &object::unit_link::SPEC,
            Kind::Owner => &object::owner::SPEC,
        }
    }

    /// Its name in JSON and messages, `snake_case`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One object, by kind and id.
///
/// ```
/// use mo_core::model::{Kind, ObjectRef, UnitId};
/// let school = UnitId::new(uuid::Uuid::from_u128(1));
/// let object = ObjectRef::from(school);
/// assert_eq!((object.kind, object.id), (Kind::Unit, school.uuid()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct ObjectRef {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: Uuid,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

/// The declaration of one kind.
///
/// ```
/// use mo_core::model::Kind;
///
/// // What a form for a kind must ask for.
/// let spec = Kind::Manager.spec();
/// let mandatory: Vec<&str> = spec.fields.iter().filter(|field| field.mandatory).map(|field| field.name).collect();
/// assert_eq!(mandatory, ["unit", "manager_type"]);
/// assert_eq!(spec.danish, ["Leder"]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// Its name in JSON.
    pub name: &'static str,
    /// What Danish standards and colleagues call it.
    pub danish: &'static [&'static str],
    /// What it is, in a sentence or two.
    pub doc: &'static str,
    /// Its fields in the order they print.
    pub fields: &'static [FieldSpec],
    /// Two fields of which exactly one must have a value.
    pub exactly_one: Option<(u8, u8)>,
}

impl KindSpec {
    /// The field of this name with its index.
    pub fn field(&self, name: &str) -> Option<(u8, &'static FieldSpec)> {
        (0u8..).zip(self.fields).find(|(_, field)| field.name == name)
    }

    /// Whether the field may never be without a value: declared so, or one half of an exactly-one pair.
    pub(crate) fn mandatory(&self, field: u8) -> bool {
        self.fields.get(usize::from(field)).is_some_and(|f| f.mandatory)
            || self.exactly_one.is_some_and(|(a, b)| field == a || field == b)
    }
}

/// The declaration of one field.
///
/// ```
/// use mo_core::model::Engagement;
/// let spec = Engagement::ENGAGEMENT_TYPE.spec();
/// assert_eq!((spec.name, spec.mandatory), ("engagement_type", true));
/// assert_eq!(spec.facet, Some("engagement_type")); // the class must belong to this facet
/// assert_eq!(spec.danish, ["Engagementstype"]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct FieldSpec {
    /// Its name in JSON.
    pub name: &'static str,
    /// What Danish standards and colleagues call it.
    pub danish: &'static [&'static str],
    /// What it means.
    pub doc: &'static str,
    /// Single, set or map.
    pub shape: Shape,
    /// What one value is.
    pub value: ValueType,
    /// Whether every state must have it.
    pub mandatory: bool,
    /// The facets (by user key) a class must belong to; empty when any will do.
    pub facet: Option<&'static str>,
    /// Who may see it.
    pub privacy: Privacy,
}

/// How many values a field holds, and how they are told apart.
///
/// ```
/// use mo_core::model::{Manager, Shape, Unit};
/// assert_eq!(Unit::NAME.spec().shape, Shape::One);
/// assert_eq!(Manager::RESPONSIBILITIES.spec().shape, Shape::Set);
/// assert!(matches!(Unit::PLACEMENTS.spec().shape, Shape::Map(_)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// At most one value.
    One,
    /// Any number of different values; each member is a field of its own in time.
    Set,
    /// A value per key; each key is a field of its own in time.
    Map(KeyType),
}

/// What the keys of a map are.
///
/// ```
/// use mo_core::model::{KeyType, Kind, Shape, Unit};
/// assert_eq!(Unit::PLACEMENTS.spec().shape, Shape::Map(KeyType::Ref(Kind::Hierarchy)));
/// assert_eq!(Unit::EXTERNAL_IDS.spec().shape, Shape::Map(KeyType::Text));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyType {
    /// Free text, not empty.
    Text,
    /// The id of an object of this kind.
    Ref(Kind),
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// What one value is.
///
/// ```
/// use mo_core::model::{Engagement, Kind, Person, ValueType};
/// assert_eq!(Engagement::PERSON.spec().value, ValueType::Ref(Kind::Person));
/// assert_eq!(Engagement::FRACTION.spec().value, ValueType::Number(1_000_000));
/// assert_eq!(Person::PROTECTED.spec().value, ValueType::Flag);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
    /// Text in NFC.
    Text,
    /// A CPR number, shown masked.
    Cpr,
    /// A civil day.
    Day,
    /// A whole number from 0 up to and including the limit.
    Number(u32),
    /// True; false is the same as no value.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The id of an object of this kind.
    Ref(Kind),
    /// A place in a hierarchy: its root, or under a unit.
    Placement,
}

/// Who may see a field.
///
/// ```
/// use mo_core::model::{Leave, Person, Privacy, Unit};
/// assert_eq!(Unit::NAME.spec().privacy, Privacy::Open);
/// assert_eq!(Person::SURNAME.spec().privacy, Privacy::Personal);
/// assert_eq!(Leave::LEAVE_TYPE.spec().privacy, Privacy::Sensitive);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Privacy {
    /// Anyone who may see the object.
    Open,
    /// Personal data: redacted by erasure, hidden from those without the right.
    Personal,
    /// Personal data of the special categories (trade union, leave).
    Sensitive,
}
