//! How one object points at another: [`Relation`], with a role and a type [`RolleRelation`], and their forms in version 7
//! of the classification, where references carry labels.

use std::io::{BufRead, Write};

use uuid::Uuid;

use super::declare::sequence;
use super::elements::element;
use super::namespace::SD;
use super::virkning::{UnikId, Virkning};
use crate::xml::{Content, Cursor, Element, ReadError, Reader, Shape, WriteError, Writer};

sequence! {
    /// A relation to another object and when it holds.
    ///
    /// ```
    /// use mo_core::time::Period;
    /// use mo_sts::oio::Relation;
    ///
    /// let parent = Relation::to(uuid::Uuid::from_u128(7), Period::since("2025-01-01".parse()?));
    /// assert_eq!(parent.reference_id, Some(uuid::Uuid::from_u128(7).into()));
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    #[doc(alias = "FlerRelation")]
    pub struct Relation {
        virkning: Option<Virkning>,
        reference_id: Option<UnikId>,
    }
}

impl Relation {
    /// A relation to the object `uuid` for the days of `period`, without actor and note.
    pub fn to(uuid: Uuid, period: mo_core::time::Period) -> Relation {
        Relation { virkning: Some(Virkning::of(period)), reference_id: Some(UnikId::Uuid(uuid)) }
    }
}

sequence! {
    /// A relation with a role, a type and an index: addresses, and the tasks of a unit.
    ///
    /// ```
    /// use mo_sts::oio::{Maerke, RolleRelation};
    ///
    /// let post: uuid::Uuid = "80b610c6-314b-485a-a014-a9a1d7070bc4".parse()?;
    /// let address = RolleRelation { rolle: Maerke::from(post), indeks: "1".into(), ..Default::default() };
    /// assert_eq!(address.rolle.label, None);
    /// # Ok::<(), uuid::Error>(())
    /// ```
    #[doc(alias = "DynamicFlerRelation")]
    pub struct RolleRelation {
        virkning: Option<Virkning>,
        reference_id: Option<UnikId>,
        rolle: Maerke,
        objekt_type: Maerke,
        indeks: String,
    }
}

sequence! {
    /// A relation in version 7 of the classification: the reference may carry a label.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::MaerketRelation::default().reference_id, None);
    /// ```
    pub struct MaerketRelation {
        virkning: Option<Virkning>,
        reference_id: Option<Maerke>,
    }
}

sequence! {
    /// A mapping of a class in version 7, with role, type and index, which are UUIDs there.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::MapningV7::default().indeks.uuid_identifikator, None);
    /// ```
    pub struct MapningV7 {
        virkning: Option<Virkning>,
        reference_id: Option<Maerke>,
        rolle: UuidMaerke,
        objekt_type: UuidMaerke,
        indeks: UuidIndeks,
    }
}

sequence! {
    /// A UUID with a label for people, in version 7.
    ///
    /// ```
    /// assert!(mo_sts::oio::UuidMaerke::default().uuid_identifikator.is_nil());
    /// ```
    pub struct UuidMaerke {
        uuid_identifikator: Uuid,
        /// `Label`: what it is called.
        label: Option<String> = Element::new(SD, "Label"),
    }
}

sequence! {
    /// The index of a mapping, in version 7.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::UuidIndeks::default().uuid_identifikator, None);
    /// ```
    pub struct UuidIndeks {
        uuid_identifikator: Option<Uuid>,
    }
}

/// A reference with a label for people.
///
/// ```
/// use mo_sts::oio::{Maerke, UnikId};
///
/// let klasse = Maerke { id: UnikId::Urn("urn:oio:kle:00.01.00".into()), label: Some("Kommunens styrelse".into()) };
/// assert_ne!(klasse, Maerke::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Maerke {
    /// The reference.
    pub id: UnikId,
    /// `Label`: what it is called.
    pub label: Option<String>,
}

impl From<Uuid> for Maerke {
    fn from(uuid: Uuid) -> Maerke {
        Maerke { id: UnikId::Uuid(uuid), label: None }
    }
}

const LABEL: Element = Element::new(SD, "Label").of::<Option<String>>();
const MAERKE: &[Element] = &[element!(uuid_identifikator), element!(urn_identifikator), LABEL];

impl Content for Maerke {
    const SHAPE: Shape = Shape::ChoiceThen(UnikId::ELEMENTS, &[LABEL]);

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Maerke, ReadError> {
        let mut cursor = Cursor::new(MAERKE).one_of_first(UnikId::ELEMENTS.len());
        let mut maerke = Maerke::default();
        while let Some((index, _)) = reader.child(&mut cursor)? {
            if index < UnikId::ELEMENTS.len() {
                UnikId::take(&mut maerke.id, index, reader)?;
            } else {
                maerke.label = Some(String::read(reader)?);
            }
        }
        Ok(maerke)
    }

    fn write<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        self.id.write(element, writer)?;
        self.label.iter().try_for_each(|label| writer.leaf(LABEL.name, label))
    }
}
