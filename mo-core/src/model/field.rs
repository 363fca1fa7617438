//! Typed handles on the fields of a kind ([`Field`]) and the conversions between Rust values and [`Value`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use uuid::Uuid;

use super::fields::{Fields, Key, Slot, Value};
use super::kind::{FieldSpec, KeyType, Kind, ValueType};
use super::object::Object;
use super::value::{Cpr, Text};
use crate::time::Day;

/// A handle on one field of the kind `K`, such as `Unit::NAME`; `S` says its shape: [`One`], [`Set`] or [`Map`].
///
/// Patches, single-field reads and policies take these handles instead of names in strings.
///
/// ```
/// use mo_core::model::{Patch, Unit};
/// let patch = Patch::new().set(Unit::NAME, "Skole og Dagtilbud").clear(Unit::UNIT_TYPE);
/// assert_eq!(Unit::NAME.name(), "name");
/// # let _ = patch;
/// ```
pub struct Field<K, S> {
    pub(crate) index: u8,
    marker: PhantomData<fn() -> (K, S)>,
}

impl<K, S> Clone for Field<K, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, S> Copy for Field<K, S> {}

impl<K: Object, S> fmt::Debug for Field<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", K::KIND, self.name())
    }
}

impl<K: Object, S> Field<K, S> {
    pub(crate) const fn at(index: u8) -> Self {
        Field { index, marker: PhantomData }
    }

    /// What is declared about the field.
    pub fn spec(self) -> &'static FieldSpec {
        #[allow(clippy::indexing_slicing)] // the index comes from the declaration itself
        &K::KIND.spec().fields[usize::from(self.index)]
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

/// Shape of a field with at most one value.
///
/// ```
/// use mo_core::model::value::Text;
/// use mo_core::model::{Field, One, Patch, Unit};
/// let name: Field<Unit, One<Text>> = Unit::NAME;
/// let patch = Patch::new().set(name, "Skole");
/// # assert!(!patch.is_empty());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct One<T>(PhantomData<T>);

/// Shape of a field with a set of values.
///
/// ```
/// use mo_core::model::{ClassId, Field, Manager, Patch, Set};
/// # let budget = ClassId::new(uuid::Uuid::nil());
/// let responsibilities: Field<Manager, Set<ClassId>> = Manager::RESPONSIBILITIES;
/// let patch = Patch::new().add(responsibilities, budget); // the other members stay
/// # assert!(!patch.is_empty());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Set<T>(PhantomData<T>);

/// Shape of a field with a value per key.
///
/// ```
/// use mo_core::model::{Field, HierarchyId, Map, Patch, Placement, Unit};
/// # let line = HierarchyId::new(uuid::Uuid::nil());
/// let placements: Field<Unit, Map<HierarchyId, Placement>> = Unit::PLACEMENTS;
/// let patch = Patch::new().put(placements, line, Placement::Root); // other hierarchies are left alone
/// # assert!(!patch.is_empty());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Map<Q, T>(PhantomData<(Q, T)>);

/// A Rust type that one value of a field can have. Implemented by the types of this crate only.
///
/// ```
/// use mo_core::model::{Field, Object, One, Scalar, Unit};
/// use mo_core::state::View;
///
/// /// One column of a report, for any single field of any kind.
/// fn column<K: Object, T: Scalar>(view: &View, field: Field<K, One<T>>) -> Vec<Option<T>> {
///     view.all::<K>().into_iter().map(|id| view.field(id, field)).collect()
/// }
/// # use mo_core::{model::CountedIds, registry::Registry, time::{Period, SteppingClock}};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("scalar"));
/// # let mut edit = registry.edit("anna");
/// # edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # edit.commit()?;
/// let names = column(&registry.snapshot().at("2026-01-01".parse()?), Unit::NAME);
/// assert_eq!(names, [Some("Skole".into())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Scalar: Clone + Ord + sealed::Sealed {
    #[doc(hidden)]
    const TYPE: ValueType;
    #[doc(hidden)]
    fn into_value(self) -> Option<Value>;
    #[doc(hidden)]
    fn from_value(value: &Value) -> Option<Self>;
}

/// A Rust type that a key of a map, or a member of a set, can have. Implemented by the types of this crate only.
///
/// ```
/// use mo_core::model::{Field, Keyed, Manager, Object, Patch, Set};
///
/// /// Adds several members at once, for any set field of any kind.
/// fn add_all<K: Object, T: Keyed>(field: Field<K, Set<T>>, members: &[T]) -> Patch<K> {
///     members.iter().fold(Patch::new(), |patch, member| patch.add(field, member.clone()))
/// }
///
/// let classes = [1, 2].map(|n| mo_core::model::ClassId::new(uuid::Uuid::from_u128(n)));
/// assert_eq!(add_all(Manager::RESPONSIBILITIES, &classes).into_changes().len(), 2);
/// ```
pub trait Keyed: Clone + Ord + sealed::Sealed {
    #[doc(hidden)]
    const KEY: KeyType;
    #[doc(hidden)]
    fn into_key(self) -> Key;
    #[doc(hidden)]
    fn from_key(key: &Key) -> Option<Self>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

macro_rules! scalar {
    ($rust:ty, $type:expr, $variant:ident) => {
        impl sealed::Sealed for $rust {}
        impl Scalar for $rust {
            const TYPE: ValueType = $type;
            fn into_value(self) -> Option<Value> {
                Some(Value::$variant(self))
            }
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }
        }
    };
}

scalar!(Text, ValueType::Text, Text);
scalar!(Cpr, ValueType::Cpr, Cpr);
scalar!(Day, ValueType::Day, Day);

impl sealed::Sealed for bool {}
impl Scalar for bool {
    const TYPE: ValueType = ValueType::Flag;
    fn into_value(self) -> Option<Value> {
        self.then_some(Value::True)
    }
    fn from_value(value: &Value) -> Option<Self> {
        matches!(value, Value::True).then_some(true)
    }
}

impl Keyed for Text {
    const KEY: KeyType = KeyType::Text;
    fn into_key(self) -> Key {
        Key::Text(self)
    }
    fn from_key(key: &Key) -> Option<Self> {
        match key {
            Key::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// Something the fields of a state can be read from: [`Fields`], or a state as the registry holds it.
///
/// ```
/// use mo_core::model::{FieldSource, Key, Kind, Object, Unit, Value};
///
/// /// A row of somebody else's table, read without a copy.
/// struct Row<'a>(&'a [(&'a str, &'a str)]);
///
/// impl FieldSource for Row<'_> {
///     fn value(&self, field: u8) -> Option<Value> {
///         let spec = Kind::Unit.spec().fields.get(usize::from(field))?;
///         let (_, value) = self.0.iter().find(|(column, _)| *column == spec.name)?;
///         Some(Value::Text((*value).into()))
///     }
///     fn each(&self, _: u8, _: &mut dyn FnMut(Key, Value)) {} // no column for sets and maps
/// }
///
/// let row = Row(&[("user_key", "1043"), ("name", "Skole")]);
/// assert_eq!(Unit::from_fields(&row), Some(Unit::new("Skole").user_key("1043")));
/// ```
pub trait FieldSource {
    /// The value of a single field.
    fn value(&self, field: u8) -> Option<Value>;

    /// Every member of a set or entry of a map; the order is not defined.
    fn each(&self, field: u8, f: &mut dyn FnMut(Key, Value));
}

impl FieldSource for Fields {
    fn value(&self, field: u8) -> Option<Value> {
        self.get(&Slot::one(field)).cloned()
    }

    fn each(&self, field: u8, f: &mut dyn FnMut(Key, Value)) {
        for (key, value) in self.keyed(field) {
            f(key.clone(), value.clone());
        }
    }
}

/// How a field is kept in a struct and how it is written into [`Fields`] and read back; used by the declarations.
pub(crate) trait Stored: Sized {
    fn write(self, field: u8, fields: &mut Fields);
    fn read(field: u8, source: &dyn FieldSource) -> Option<Self>;
}

impl<T: Scalar> Stored for T {
    fn write(self, field: u8, fields: &mut Fields) {
        if let Some(value) = self.into_value() {
            fields.put(Slot::one(field), value);
        }
    }
    fn read(field: u8, source: &dyn FieldSource) -> Option<Self> {
        T::from_value(&source.value(field)?)
    }
}

impl<T: Scalar> Stored for Option<T> {
    fn write(self, field: u8, fields: &mut Fields) {
        if let Some(value) = self {
            value.write(field, fields);
        }
    }
    fn read(field: u8, source: &dyn FieldSource) -> Option<Self> {
        Some(T::read(field, source))
    }
}

impl<T: Keyed> Stored for BTreeSet<T> {
    fn write(self, field: u8, fields: &mut Fields) {
        for member in self {
            fields.put(Slot::keyed(field, member.into_key()), Value::True);
        }
    }
    fn read(field: u8, source: &dyn FieldSource) -> Option<Self> {
        let mut members = BTreeSet::new();
        source.each(field, &mut |key, _| members.extend(T::from_key(&key)));
        Some(members)
    }
}

impl<Q: Keyed, T: Scalar> Stored for BTreeMap<Q, T> {
    fn write(self, field: u8, fields: &mut Fields) {
        for (key, value) in self {
            if let Some(value) = value.into_value() {
                fields.put(Slot::keyed(field, key.into_key()), value);
            }
        }
    }
    fn read(field: u8, source: &dyn FieldSource) -> Option<Self> {
        let mut entries = BTreeMap::new();
        source.each(field, &mut |key, value| entries.extend(Q::from_key(&key).zip(T::from_value(&value))));
        Some(entries)
    }
}

/// Declares an enumeration of words used as a field value or member, with its names in JSON.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal $(($($alias:literal),+))?,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $doc])+ $($(#[doc(alias = $alias)])+)? $variant,)+
        }

        impl $name {
            /// The words in JSON, in order.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// Its word in JSON.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The value with this word in JSON.
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl $crate::model::field::sealed::Sealed for $name {}
        impl $crate::model::field::Scalar for $name {
            const TYPE: $crate::model::ValueType = $crate::model::ValueType::Choice($name::NAMES);
            fn into_value(self) -> Option<$crate::model::Value> {
                Some($crate::model::Value::Choice(self.name()))
            }
            fn from_value(value: &$crate::model::Value) -> Option<Self> {
                match value {
                    $crate::model::Value::Choice(name) => $name::from_name(name),
                    _ => None,
                }
            }
        }
        impl $crate::model::field::Keyed for $name {
            const KEY: $crate::model::KeyType = $crate::model::KeyType::Choice($name::NAMES);
            fn into_key(self) -> $crate::model::Key {
                $crate::model::Key::Choice(self.name())
            }
            fn from_key(key: &$crate::model::Key) -> Option<Self> {
                match key {
                    $crate::model::Key::Choice(name) => $name::from_name(name),
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use choice;

/// Declares the id newtypes, one per kind.
macro_rules! ids {
    ($($name:ident = $kind:ident $(($($alias:literal),+))?;)+) => {$(
        #[doc = concat!("The id of ", stringify!($kind), " objects: a UUID that names one object of that kind for ever.")]
        ///
        #[doc = concat!(
            "```\nuse mo_core::model::{Kind, ObjectRef, ", stringify!($name), "};\n",
            "let id = ", stringify!($name), "::new(uuid::Uuid::from_u128(7));\n",
            "assert_eq!(id.to_string(), \"00000000-0000-0000-0000-000000000007\");\n",
            "assert_eq!(ObjectRef::from(id).kind, Kind::", stringify!($kind), ");\n```",
        )]
        $($(#[doc(alias = $alias)])+)?
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this UUID.
            pub const fn new(uuid: Uuid) -> Self {
                $name(uuid)
            }

            /// Its UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                $name(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl From<$name> for super::ObjectRef {
            fn from(id: $name) -> super::ObjectRef {
                super::ObjectRef { kind: Kind::$kind, id: id.0 }
            }
        }

        impl ObjectId for $name {
            type Object = super::$kind;
            const KIND: Kind = Kind::$kind;
        }

        impl sealed::Sealed for $name {}
        impl Scalar for $name {
            const TYPE: ValueType = ValueType::Ref(Kind::$kind);
            fn into_value(self) -> Option<Value> {
                Some(Value::Id(self.0))
            }
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Id(id) => Some($name(*id)),
                    _ => None,
                }
            }
        }
        impl Keyed for $name {
            const KEY: KeyType = KeyType::Ref(Kind::$kind);
            fn into_key(self) -> Key {
                Key::Id(self.0)
            }
            fn from_key(key: &Key) -> Option<Self> {
                match key {
                    Key::Id(id) => Some($name(*id)),
                    _ => None,
                }
            }
        }
    )+};
}

/// The id newtype of one kind.
///
/// ```
/// use mo_core::model::{ObjectId, UnitId};
/// use mo_core::state::Snapshot;
///
/// /// On how many stretches of days an object of any kind exists.
/// fn lives<I: ObjectId>(snapshot: &Snapshot, id: I) -> usize
/// where
///     I::Object: Clone + PartialEq,
/// {
///     snapshot.timeline(id).stretches().count()
/// }
/// # use mo_core::{model::CountedIds, registry::Registry, time::SteppingClock};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("object id"));
/// assert_eq!(lives(&registry.snapshot(), UnitId::new(uuid::Uuid::from_u128(1))), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ObjectId:
    Copy + Ord + fmt::Display + From<Uuid> + Into<Uuid> + Into<super::ObjectRef> + sealed::Sealed
{
    /// The struct that is the state of such an object.
    type Object: Object<Id = Self>;
    /// The kind it names objects of.
    const KIND: Kind;
}

ids! {
    OrganisationId = Organisation;
    HierarchyId = Hierarchy ("Hierarki");
    ClassificationId = Classification ("Klassifikation");
    FacetId = Facet ("Facet");
    ClassId = Class ("Klasse");
    UnitId = Unit ("Enhed", "Organisationsenhed");
    PersonId = Person;
    EngagementId = Engagement ("Ansættelse");
    AssociationId = Association ("Tilknytning");
    ManagerId = Manager ("Leder");
    LeaveId = Leave ("Orlov");
    AddressId = Address ("Adresse");
    ItSystemId = ItSystem;
    RoleBindingId = RoleBinding ("Rollebinding");
    ItAccountId = ItAccount ("It-konto", "It-bruger");
    KleTagId = KleTag ("KLE-opmærkning");
    UnitLinkId = UnitLink ("Relateret enhed");
    OwnerId = Owner ("Ejer");
}

/// Where new ids come from. The core makes none of its own; a registry is given a source.
///
/// ```
/// use mo_core::model::IdSource;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Ids from a sequence of the program's own.
/// struct Sequence(AtomicU64);
///
/// impl IdSource for Sequence {
///     fn next_id(&self) -> uuid::Uuid {
///         uuid::Uuid::from_u64_pair(0x6d6f, self.0.fetch_add(1, Ordering::Relaxed))
///     }
/// }
///
/// let ids = Sequence(AtomicU64::new(1));
/// assert_ne!(ids.next_id(), ids.next_id());
/// ```
pub trait IdSource: Send + Sync {
    /// A UUID that was never given before.
    fn next_id(&self) -> Uuid;
}

/// Ids counted from a seed, the same in every run: for tests, scenario files and reproducible data.
///
/// ```
/// use mo_core::model::{CountedIds, IdSource};
/// let (a, b) = (CountedIds::new("demo"), CountedIds::new("demo"));
/// assert_eq!(a.next_id(), b.next_id());
/// assert_ne!(a.next_id(), a.next_id());
/// ```
#[derive(Debug)]
pub struct CountedIds {
    seed: Uuid,
    count: std::sync::atomic::AtomicU64,
}

impl CountedIds {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: &str) -> CountedIds {
        CountedIds { seed: Uuid::new_v5(&Uuid::NAMESPACE_OID, seed.as_bytes()), count: 0.into() }
    }
}

impl IdSource for CountedIds {
    fn next_id(&self) -> Uuid {
        let n = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Uuid::new_v5(&self.seed, &n.to_be_bytes())
    }
}

impl<S: IdSource + ?Sized> IdSource for std::sync::Arc<S> {
    fn next_id(&self) -> Uuid {
        (**self).next_id()
    }
}

/// What a field of this shape can be asked for: a value, a member, or an entry.
pub trait FieldShape<V>: sealed::Sealed {
    #[doc(hidden)]
    fn slot_value(field: u8, value: V) -> Option<(Slot, Value)>;
}

impl<T> sealed::Sealed for One<T> {}
impl<T> sealed::Sealed for Set<T> {}
impl<Q, T> sealed::Sealed for Map<Q, T> {}

impl<T: Scalar, V: Into<T>> FieldShape<V> for One<T> {
    fn slot_value(field: u8, value: V) -> Option<(Slot, Value)> {
        Some((Slot::one(field), value.into().into_value()?))
    }
}

impl<T: Keyed> FieldShape<T> for Set<T> {
    fn slot_value(field: u8, member: T) -> Option<(Slot, Value)> {
        Some((Slot::keyed(field, member.into_key()), Value::True))
    }
}

impl<Q: Keyed, T: Scalar, A: Into<Q>, B: Into<T>> FieldShape<(A, B)> for Map<Q, T> {
    fn slot_value(field: u8, (key, value): (A, B)) -> Option<(Slot, Value)> {
        Some((Slot::keyed(field, key.into().into_key()), value.into().into_value()?))
    }
}
