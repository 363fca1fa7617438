//! The macros that declare OIO types from the dictionary of elements: `sequence!` (elements in order), `choice!` (one of
//! several), `code!` (one of some words) and `object!` (a kind of object with its attributes and relations). Nothing is declared here.

/// Declares a struct whose fields are elements, in the order of the schema. A field `name: Type` is the element of that name
/// in the dictionary of elements, a field `name: Type = element` another. How often it may stand there follows from the
/// type. A leading `of kind: K` adds the marker field that says which kind of object a message is for.
macro_rules! sequence {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(<$k:ident: $bound:ident>)? $(of $kind:ident: $kind_type:ident)? {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $element:expr)?, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name $(<$k: $bound>)? {
            $(
                /// Which kind of object it is for.
                pub $kind: $kind_type,
            )?
            $(
                $(#[$field_meta])*
                #[doc = $crate::oio::declare::sequence!(@doc $field $($element)?)]
                pub $field: $type,
            )*
        }

        // Not derived: a list or option of what has no default is empty all the same.
        #[allow(clippy::derivable_impls)]
        impl $(<$k: $bound>)? Default for $name $(<$k>)? {
            fn default() -> Self {
                $name {
                    $( $kind: $kind_type::default(), )?
                    $( $field: <$type as Default>::default(), )*
                }
            }
        }

        impl $(<$k: $bound>)? $crate::xml::Sequence for $name $(<$k>)? {
            const ELEMENTS: &'static [$crate::xml::Element] = &[$( $crate::oio::declare::sequence!(@element $field $($element)?).of::<$type>() ),*];

            #[allow(unused_variables, unused_mut)]
            fn take<R: std::io::BufRead>(
                &mut self,
                index: usize,
                reader: &mut $crate::xml::Reader<R>,
            ) -> Result<(), $crate::xml::ReadError> {
                let mut rows = 0..;
                $( if rows.next() == Some(index) {
                    return $crate::xml::Part::take(&mut self.$field, reader);
                } )*
                Ok(())
            }

            #[allow(unused_variables, unused_mut)]
            fn give<W: std::io::Write>(
                &self,
                writer: &mut $crate::xml::Writer<W>,
            ) -> Result<(), $crate::xml::WriteError> {
                let mut elements = Self::ELEMENTS.iter();
                $( if let Some(element) = elements.next() {
                    $crate::xml::Part::give(&self.$field, element, writer)?;
                } )*
                Ok(())
            }
        }

        impl $(<$k: $bound>)? $crate::xml::Content for $name $(<$k>)? {
            const SHAPE: $crate::xml::Shape =
                $crate::xml::Shape::Sequence(<Self as $crate::xml::Sequence>::ELEMENTS);

            fn read<R: std::io::BufRead>(
                reader: &mut $crate::xml::Reader<R>,
            ) -> Result<Self, $crate::xml::ReadError> {
                $crate::xml::read_sequence(reader)
            }

            fn write<W: std::io::Write>(
                &self,
                _: &$crate::xml::Element,
                writer: &mut $crate::xml::Writer<W>,
            ) -> Result<(), $crate::xml::WriteError> {
                $crate::xml::Sequence::give(self, writer)
            }
        }
    };
    (@element $field:ident) => { $crate::oio::elements::element!($field) };
    (@element $field:ident $element:expr) => { $element };
    (@doc $field:ident) => { $crate::oio::elements::element!(doc $field) };
    (@doc $field:ident $element:expr) => { "" };
}

/// Declares an enum of which exactly one variant's element stands in a message; a `Vec` variant's any number of times. Its
/// `Default` is written by hand: it is what an empty element means, where that is allowed.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident($type:ty) = $element:expr, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $( $(#[$variant_meta])* $variant($type), )* }

        impl $name {
            pub(crate) const ELEMENTS: &'static [$crate::xml::Element] = &[$( $element.of::<$type>() ),*];

            /// Takes the element just entered, row `index`, into `found`.
            pub(crate) fn take<R: std::io::BufRead>(
                found: &mut Self,
                index: usize,
                reader: &mut $crate::xml::Reader<R>,
            ) -> Result<(), $crate::xml::ReadError> {
                let mut rows = 0..;
                $( if rows.next() == Some(index) {
                    let mut value = match std::mem::take(found) {
                        $name::$variant(value) => value,
                        _ => <$type>::default(),
                    };
                    $crate::xml::Part::take(&mut value, reader)?;
                    *found = $name::$variant(value);
                } )*
                Ok(())
            }
        }

        impl $crate::xml::Content for $name {
            const SHAPE: $crate::xml::Shape = $crate::xml::Shape::Choice(Self::ELEMENTS);

            fn read<R: std::io::BufRead>(
                reader: &mut $crate::xml::Reader<R>,
            ) -> Result<Self, $crate::xml::ReadError> {
                let mut cursor = $crate::xml::Cursor::new(Self::ELEMENTS).one_of_first(Self::ELEMENTS.len());
                let mut found = Self::default();
                while let Some((index, _)) = reader.child(&mut cursor)? {
                    Self::take(&mut found, index, reader)?;
                }
                Ok(found)
            }

            fn write<W: std::io::Write>(
                &self,
                _: &$crate::xml::Element,
                writer: &mut $crate::xml::Writer<W>,
            ) -> Result<(), $crate::xml::WriteError> {
                let mut elements = Self::ELEMENTS.iter();
                $( if let (Some(element), $name::$variant(value)) = (elements.next(), self) {
                    return $crate::xml::Part::give(value, element, writer);
                } )*
                Ok(())
            }
        }
    };
}

/// Declares an enum whose variants are the words a schema allows.
macro_rules! code {
    (
        $(#[$meta:meta])*
        pub enum $name:ident ($expected:literal) { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$variant_meta])* $variant, )* }

        impl $name {
            /// The word as it stands in a message.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl $crate::xml::Content for $name {
            const SHAPE: $crate::xml::Shape = $crate::xml::Shape::Code(&[$( $word ),*]);

            fn read<R: std::io::BufRead>(
                reader: &mut $crate::xml::Reader<R>,
            ) -> Result<Self, $crate::xml::ReadError> {
                reader.text(|text| match text.trim() {
                    $( $word => Ok($name::$variant), )*
                    _ => Err($expected),
                })
            }

            fn write<W: std::io::Write>(
                &self,
                _: &$crate::xml::Element,
                writer: &mut $crate::xml::Writer<W>,
            ) -> Result<(), $crate::xml::WriteError> {
                writer.plain(self.word())
            }
        }
    };
}

/// Declares a kind of object: the type that stands for it, its attributes and its relations, each a list of names from
/// the dictionary of elements with the type that says how often they may stand there.
///
/// The family says what else the kind has: `aktoer` (Gyldighed, own elements), `part` (no state), `klassifikation`
/// (`PubliceretStatus`), `klassifikation_7` (the same in version 7).
macro_rules! object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $family:ident, $xml:literal, $namespace:expr, $action:literal;
        $(#[$egenskab_meta:meta])*
        pub struct $egenskab:ident { $( $attribute:ident: $attribute_type:ty, )* }
        $(#[$relationer_meta:meta])*
        pub struct $relationer:ident { $( $relation:ident: $relation_type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name;

        impl $crate::oio::Kind for $name {
            const NAME: &'static str = $xml;
            const NAMESPACE: $crate::xml::Namespace = $namespace;
            const ACTION: &'static str = $action;
            type Egenskab = $egenskab;
            type Relationer = $relationer;
            $crate::oio::declare::object! { @family $family }
        }

        $crate::oio::declare::sequence! {
            $(#[$egenskab_meta])*
            pub struct $egenskab {
                $( $attribute: $attribute_type, )*
            }
        }

        $crate::oio::declare::sequence! {
            $(#[$relationer_meta])*
            pub struct $relationer {
                $( $relation: $relation_type, )*
            }
        }
    };

    (@family aktoer) => {
        const TILSTAND: $crate::xml::Element = $crate::oio::elements::element!(gyldighed);
        type Tilstand = $crate::oio::Gyldighed;
        type Udvidelse = $crate::oio::LokalUdvidelse;
        $crate::oio::declare::object! { @version_6 }
    };
    (@family part) => {
        const TILSTAND: $crate::xml::Element = $crate::oio::elements::element!(gyldighed);
        type Tilstand = $crate::oio::Ingen;
        type Udvidelse = $crate::oio::Ingen;
        $crate::oio::declare::object! { @version_6 }
    };
    (@family klassifikation) => {
        const TILSTAND: $crate::xml::Element =
            $crate::xml::Element::new(Self::NAMESPACE, "PubliceretStatus");
        type Tilstand = $crate::oio::PubliceretStatus;
        type Udvidelse = $crate::oio::Ingen;
        $crate::oio::declare::object! { @version_6 }
    };
    (@family klassifikation_7) => {
        const TILSTAND: $crate::xml::Element =
            $crate::xml::Element::new(Self::NAMESPACE, "PubliceretStatus");
        const OBJEKT: &'static str = "ObjektID";
        const LENIENT: bool = true;
        type Tilstand = $crate::oio::PubliceretStatus;
        type Udvidelse = $crate::oio::Ingen;
        type DataEjer = $crate::oio::DataEjer;
    };
    (@version_6) => {
        const OBJEKT: &'static str = "ObjektType";
        const LENIENT: bool = false;
        type DataEjer = $crate::oio::Ingen;
    };
}

pub(crate) use {choice, code, object, sequence};
