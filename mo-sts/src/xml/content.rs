//! What may stand in an element ([`Content`]), how often it may stand in a field ([`Part`]), and the types that are a
//! table of elements ([`Sequence`]); and the contents that XML Schema itself has.

use std::io::{BufRead, Write};

use uuid::Uuid;

use super::{Cursor, Element, ReadError, Reader, Shape, WriteError, WriteErrorKind, Writer};

/// A value that stands in an element: a text of some type, or elements.
///
/// Implemented by the types of this crate; there is no need to implement it elsewhere.
///
/// ```
/// use mo_sts::oio::Virkning;
/// use mo_sts::xml::{Content, Shape};
/// assert_eq!(<String as Content>::SHAPE, Shape::Text);
/// assert!(matches!(<Virkning as Content>::SHAPE, Shape::Sequence(_)));
/// ```
pub trait Content: Sized {
    /// What the element holds, as data.
    const SHAPE: Shape;

    /// Reads the content of the element just entered, and closes it.
    ///
    /// # Errors
    /// When the content is not of this type.
    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Self, ReadError>;

    /// Writes the content into the open element.
    ///
    /// # Errors
    /// When the schema would refuse it, or the output fails.
    fn write<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError>;
}

/// A field of a [`Sequence`]: a content (exactly one), an `Option` (at most one) or a `Vec` (any number).
///
/// ```
/// use mo_sts::xml::Part;
/// assert!(<String as Part>::REQUIRED && !<Option<String> as Part>::REQUIRED);
/// assert!(<Vec<String> as Part>::REPEATS);
/// ```
pub trait Part {
    /// Whether the element must stand there.
    const REQUIRED: bool;
    /// Whether it may stand there more than once.
    const REPEATS: bool;
    /// What it holds.
    const SHAPE: Shape;

    /// Takes in the element just entered, and closes it.
    ///
    /// # Errors
    /// As [`Content::read`].
    fn take<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), ReadError>;

    /// Writes the elements the field holds, with their tags.
    ///
    /// # Errors
    /// As [`Content::write`], and [`WriteErrorKind::Missing`] for an empty list that must not be empty.
    fn give<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError>;
}

fn write_one<C: Content, W: Write>(
    content: &C,
    element: &Element,
    writer: &mut Writer<W>,
) -> Result<(), WriteError> {
    writer.start(element.name, &[])?;
    content.write(element, writer)?;
    writer.end()
}

impl<C: Content> Part for C {
    const REQUIRED: bool = true;
    const REPEATS: bool = false;
    const SHAPE: Shape = C::SHAPE;

    fn take<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), ReadError> {
        *self = C::read(reader)?;
        Ok(())
    }

    fn give<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        write_one(self, element, writer)
    }
}

impl<C: Content> Part for Option<C> {
    const REQUIRED: bool = false;
    const REPEATS: bool = false;
    const SHAPE: Shape = C::SHAPE;

    fn take<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), ReadError> {
        *self = Some(C::read(reader)?);
        Ok(())
    }

    fn give<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        self.iter().try_for_each(|content| write_one(content, element, writer))
    }
}

impl<C: Content> Part for Vec<C> {
    const REQUIRED: bool = false;
    const REPEATS: bool = true;
    const SHAPE: Shape = C::SHAPE;

    fn take<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), ReadError> {
        self.push(C::read(reader)?);
        Ok(())
    }

    fn give<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        if element.required && self.is_empty() {
            return Err(writer.error(WriteErrorKind::Missing(element.name.local)));
        }
        self.iter().try_for_each(|content| write_one(content, element, writer))
    }
}

/// A type that is a table of elements in a fixed order, one field each.
///
/// Declared by a macro of this crate; the table is public so that tests and documents can be made from it.
///
/// ```
/// use mo_sts::oio::Virkning;
/// use mo_sts::xml::Sequence;
///
/// // What a document may hold, for a table in one's own documentation.
/// for element in Virkning::ELEMENTS {
///     println!("{} {}", element.name.local, if element.required { "must stand there" } else { "may" });
/// }
/// assert!(!Virkning::ELEMENTS.is_empty());
/// ```
pub trait Sequence: Default {
    /// The elements in their order.
    const ELEMENTS: &'static [Element];

    /// Takes the element just entered, row `index` of the table, into its field.
    ///
    /// # Errors
    /// As [`Content::read`].
    fn take<R: BufRead>(&mut self, index: usize, reader: &mut Reader<R>) -> Result<(), ReadError>;

    /// Writes all fields in order.
    ///
    /// # Errors
    /// As [`Content::write`].
    fn give<W: Write>(&self, writer: &mut Writer<W>) -> Result<(), WriteError>;
}

/// Reads the children of the element just entered into a new `S`, and closes the element.
pub(crate) fn read_sequence<S: Sequence, R: BufRead>(reader: &mut Reader<R>) -> Result<S, ReadError> {
    let mut sequence = S::default();
    let mut cursor = Cursor::new(S::ELEMENTS);
    while let Some((index, _)) = reader.child(&mut cursor)? {
        sequence.take(index, reader)?;
    }
    Ok(sequence)
}

impl Content for String {
    const SHAPE: Shape = Shape::Text;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<String, ReadError> {
        reader.text(|text| Ok(text.to_owned()))
    }

    fn write<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        element.rule.check(self).map_err(|kind| writer.error(kind))?;
        writer.text(self)
    }
}

impl Content for Uuid {
    const SHAPE: Shape = Shape::Uuid;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Uuid, ReadError> {
        reader.text(|text| {
            let text = text.trim();
            let hyphenated = (text.len() == uuid::fmt::Hyphenated::LENGTH).then_some(text);
            hyphenated.and_then(|text| Uuid::try_parse(text).ok()).ok_or("a UUID of the form 8-4-4-4-12")
        })
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        writer.plain(self.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl Content for bool {
    const SHAPE: Shape = Shape::Boolean;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<bool, ReadError> {
        reader.text(|text| match text.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("true or false"),
        })
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        writer.plain(if *self { "true" } else { "false" })
    }
}

impl Content for i64 {
    const SHAPE: Shape = Shape::Integer;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<i64, ReadError> {
        reader.text(|text| text.trim().parse().map_err(|_| "a whole number"))
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        writer.plain(&self.to_string())
    }
}
