//! The eighteen kinds of object, one file each, and the one declaration ([`object!`]) that makes everything a kind needs:
//! struct, constructor, setters, field handles, the [`KindSpec`](super::KindSpec) that journal, schema and rules read.

use super::field::{FieldSource, ObjectId};
use super::fields::Fields;
use super::kind::{Kind, Privacy};

/// A struct that is the state of one kind of object on some day.
///
/// ```
/// use mo_core::model::{Kind, Object, Person, Unit};
/// use mo_core::state::View;
///
/// /// How many objects of a kind exist on the day of a view.
/// fn census<K: Object>(view: &View) -> (Kind, usize) {
///     (K::KIND, view.all::<K>().len())
/// }
/// # use mo_core::{model::CountedIds, registry::Registry, time::SteppingClock};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("object"));
/// let view = registry.snapshot().at("2026-01-01".parse()?);
/// assert_eq!([census::<Unit>(&view), census::<Person>(&view)], [(Kind::Unit, 0), (Kind::Person, 0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Object: Sized {
    /// The id newtype of the kind.
    type Id: ObjectId<Object = Self>;
    /// The kind.
    const KIND: Kind;

    /// The state as untyped fields.
    fn into_fields(self) -> Fields;

    /// The state from a source of untyped fields; `None` where a mandatory field is missing.
    fn from_fields(source: &dyn FieldSource) -> Option<Self>;
}

/// What other systems call a person, or something of a person's, is personal; what they call a unit is not.
const fn external_ids_privacy(kind: Kind) -> Privacy {
    match kind {
        Kind::Person
        | Kind::Engagement
        | Kind::Association
        | Kind::Manager
        | Kind::Leave
        | Kind::Address
        | Kind::ItAccount
        | Kind::Owner => Privacy::Personal,
        _ => Privacy::Open,
    }
}

/// Declares one kind, once.
///
/// ```text
/// object! {
///     /// Docs of the struct.
///     Unit(UnitId) = "unit", danish ["Enhed"] {
///         /// Docs of the field.
///         NAME name ["Navn"]: required Text;                       required | optional | set | map{Key} | flag
///         LEVEL level: optional ClassId => "org_unit_level";       a class of this facet
///         CPR cpr: optional Cpr, personal;                         open (default) | personal | sensitive
///     }
///     example {
///         /// More docs of the struct, which the schema does not repeat.
///     }
///     exactly one of unit, person                                  optional
/// }
/// ```
/// Every kind also gets `source` and `external_ids`.
macro_rules! object {
    (
        $(#[doc = $doc:literal])+
        $name:ident ($id:ident) = $text:literal, danish [$($danish:literal),*] {
            $(
                $(#[doc = $field_doc:literal])+
                $constant:ident $field:ident $(as $json:literal)? $([$($field_danish:literal),+])? :
                $shape:ident $({ $key:ty })? $value:ty $(=> $facet:literal)? $(, $privacy:ident)?;
            )+
        }
        example { $(#[doc = $example:literal])+ }
        $(exactly one of $one:ident, $other:ident)?
    ) => {
        #[allow(unused_imports)]
        use $crate::model::{field::*, fields::*, kind::*, value::*};
        #[allow(unused_imports)]
        use $crate::time::Day;
        use super::external_ids_privacy;

        $(#[doc = $doc])+
        $(#[doc = $example])+
        $(#[doc(alias = $danish)])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $field_doc])+
                $($(#[doc(alias = $field_danish)])+)?
                pub $field: object!(@type $shape ($($key)?) $value),
            )+
            /// Which system masters the object; `None` is `local`.
            pub source: Option<Text>,
            /// What other systems call the object, by system.
            pub external_ids: std::collections::BTreeMap<Text, Text>,
        }

        #[allow(non_camel_case_types)]
        #[repr(u8)]
        enum Index { $($field,)+ source, external_ids }

        #[allow(clippy::used_underscore_items)]
        impl $name {
            $(
                #[doc = concat!("Handle on [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                pub const $constant: Field<$name, object!(@shape $shape ($($key)?) $value)> =
                    Field::at(Index::$field as u8);
            )+
            /// Handle on [`source`](Self::source).
            pub const SOURCE: Field<$name, One<Text>> = Field::at(Index::source as u8);
            /// Handle on [`external_ids`](Self::external_ids).
            pub const EXTERNAL_IDS: Field<$name, Map<Text, Text>> = Field::at(Index::external_ids as u8);
        }

        object!(@new $name [] [] $($field : $shape ($($key)?) $value;)+);

        impl $name {
            $(object!(@setter $field $shape ($($key)?) $value);)+

            /// Says which system masters the object.
            #[must_use]
            pub fn source(mut self, source: impl Into<Text>) -> Self {
                self.source = Some(source.into());
                self
            }

            /// Says what another system calls the object.
            #[must_use]
            pub fn known_as(mut self, system: impl Into<Text>, id: impl Into<Text>) -> Self {
                self.external_ids.insert(system.into(), id.into());
                self
            }
        }

        impl $crate::model::Object for $name {
            type Id = $id;
            const KIND: Kind = Kind::$name;

            fn into_fields(self) -> Fields {
                let mut fields = Fields::new();
                $(self.$field.write(Index::$field as u8, &mut fields);)+
                self.source.filter(|source| &**source != "local").write(Index::source as u8, &mut fields);
                self.external_ids.write(Index::external_ids as u8, &mut fields);
                fields
            }

            fn from_fields(fields: &dyn FieldSource) -> Option<Self> {
                Some($name {
                    $($field: object!(@read $shape $field fields),)+
                    source: Option::<Text>::read(Index::source as u8, fields)?,
                    external_ids: std::collections::BTreeMap::read(Index::external_ids as u8, fields)?,
                })
            }
        }

        pub(crate) static SPEC: KindSpec = KindSpec {
            kind: Kind::$name,
            name: $text,
            danish: &[$($danish),*],
            doc: concat!($($doc, "\n"),+),
            fields: &[
                $(FieldSpec {
                    name: object!(@name $field $($json)?),
                    danish: &[$($($field_danish),+)?],
                    doc: concat!($($field_doc, "\n"),+),
                    shape: object!(@shape_spec $shape ($($key)?) $value),
                    value: object!(@value_spec $shape $value),
                    mandatory: object!(@mandatory $shape),
                    facet: object!(@facet $($facet)?),
                    privacy: object!(@privacy $($privacy)?),
                },)+
                FieldSpec {
                    name: "source",
                    danish: &["Kildesystem"],
                    doc: " Which system masters the object; absent is `local`.\n",
                    shape: Shape::One,
                    value: ValueType::Text,
                    mandatory: false,
                    facet: None,
                    privacy: Privacy::Open,
                },
                FieldSpec {
                    name: "external_ids",
                    danish: &["Eksterne id'er"],
                    doc: " What other systems call the object, by system.\n",
                    shape: Shape::Map(KeyType::Text),
                    value: ValueType::Text,
                    mandatory: false,
                    facet: None,
                    privacy: external_ids_privacy(Kind::$name),
                },
            ],
            exactly_one: object!(@exactly_one $($one $other)?),
        };
    };

    // The Rust type of a struct field.
    (@type required () $value:ty) => { $value };
    (@type optional () $value:ty) => { Option<$value> };
    (@type required_set () $value:ty) => { std::collections::BTreeSet<$value> };
    (@type set () $value:ty) => { std::collections::BTreeSet<$value> };
    (@type map ($key:ty) $value:ty) => { std::collections::BTreeMap<$key, $value> };
    (@type flag () $value:ty) => { $value };

    // The marker type of a field handle.
    (@shape required_set () $value:ty) => { Set<$value> };
    (@shape set () $value:ty) => { Set<$value> };
    (@shape map ($key:ty) $value:ty) => { Map<$key, $value> };
    (@shape $single:ident () $value:ty) => { One<$value> };

    (@shape_spec required_set () $value:ty) => { Shape::Set };
    (@shape_spec set () $value:ty) => { Shape::Set };
    (@shape_spec map ($key:ty) $value:ty) => { Shape::Map(<$key as Keyed>::KEY) };
    (@shape_spec $single:ident () $value:ty) => { Shape::One };

    (@value_spec $shape:ident $value:ty) => { <$value as Scalar>::TYPE };

    (@mandatory required) => { true };
    (@mandatory required_set) => { true };
    (@mandatory $other:ident) => { false };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $json:literal) => { $json };

    (@facet) => { None };
    (@facet $facet:literal) => { Some($facet) };

    (@privacy) => { Privacy::Open };
    (@privacy personal) => { Privacy::Personal };
    (@privacy sensitive) => { Privacy::Sensitive };

    (@exactly_one) => { None };
    (@exactly_one $one:ident $other:ident) => { Some((Index::$one as u8, Index::$other as u8)) };

    (@read required $field:ident $fields:ident) => { Stored::read(Index::$field as u8, $fields)? };
    (@read flag $field:ident $fields:ident) => { bool::read(Index::$field as u8, $fields).unwrap_or(false) };
    (@read $other:ident $field:ident $fields:ident) => { Stored::read(Index::$field as u8, $fields)? };

    // The constructor takes the mandatory fields; all others start empty.
    (@new $name:ident [$($must:ident $must_type:ty;)*] [$($rest:ident)*]
        $field:ident : required () $value:ty; $($more:tt)*) => {
        object!(@new $name [$($must $must_type;)* $field $value;] [$($rest)*] $($more)*);
    };
    (@new $name:ident [$($must:ident $must_type:ty;)*] [$($rest:ident)*]
        $field:ident : $shape:ident ($($key:ty)?) $value:ty; $($more:tt)*) => {
        object!(@new $name [$($must $must_type;)*] [$($rest)* $field] $($more)*);
    };
    (@new $name:ident [$($must:ident $must_type:ty;)*] [$($rest:ident)*]) => {
        impl $name {
            /// A state with the mandatory fields; add the others with the setters of the same names.
            #[allow(clippy::new_without_default, clippy::too_many_arguments)]
            pub fn new($($must: impl Into<$must_type>),*) -> Self {
                $name {
                    $($must: $must.into(),)*
                    $($rest: Default::default(),)*
                    source: None,
                    external_ids: Default::default(),
                }
            }
        }
    };

    (@setter $field:ident required () $value:ty) => {};
    (@setter $field:ident optional () $value:ty) => {
        #[doc = concat!("With this [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, value: impl Into<$value>) -> Self {
            self.$field = Some(value.into());
            self
        }
    };
    (@setter $field:ident flag () $value:ty) => {
        #[doc = concat!("With [`", stringify!($field), "`](Self#structfield.", stringify!($field), ") up or down.")]
        #[must_use]
        pub fn $field(mut self, value: bool) -> Self {
            self.$field = value;
            self
        }
    };
    (@setter $field:ident map ($key:ty) $value:ty) => {
        #[doc = concat!("With this entry in [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, key: impl Into<$key>, value: impl Into<$value>) -> Self {
            self.$field.insert(key.into(), value.into());
            self
        }
    };
    (@setter $field:ident $set:ident () $value:ty) => {
        #[doc = concat!("With these [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, members: impl IntoIterator<Item = $value>) -> Self {
            self.$field.extend(members);
            self
        }
    };
}

pub(crate) mod address;
pub(crate) mod association;
pub(crate) mod class;
pub(crate) mod classification;
pub(crate) mod engagement;
pub(crate) mod facet;
pub(crate) mod hierarchy;
pub(crate) mod it_account;
pub(crate) mod it_system;
pub(crate) mod kle_tag;
pub(crate) mod leave;
pub(crate) mod manager;
pub(crate) mod organisation;
pub(crate) mod owner;
pub(crate) mod person;
pub(crate) mod role_binding;
pub(crate) mod unit;
pub(crate) mod unit_link;
