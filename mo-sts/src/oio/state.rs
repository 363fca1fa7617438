//! The states of objects and the small values that stand in several of them: [`Gyldighed`], [`PubliceretStatus`],
//! [`LokalUdvidelse`], [`CprNummer`], and [`Ingen`] for what a kind of object does not have.

use std::fmt;
use std::io::{BufRead, Write};

use super::declare::{code, sequence};
use super::virkning::Virkning;
use crate::xml::{Content, Element, Fragment, ReadError, ReadErrorKind, Reader, Shape, WriteError, Writer};

code! {
    /// Whether an object is in use.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::GyldighedStatusKode::Aktiv.word(), "Aktiv");
    /// ```
    #[derive(Default)]
    pub enum GyldighedStatusKode ("Aktiv or Inaktiv") {
        /// In use.
        #[default]
        Aktiv = "Aktiv",
        /// Out of use; may come back.
        Inaktiv = "Inaktiv",
    }
}

sequence! {
    /// When an object of the organisation is in use or not.
    ///
    /// ```
    /// use mo_core::time::Period;
    /// use mo_sts::oio::{Gyldighed, GyldighedStatusKode, Virkning};
    ///
    /// let ended = Gyldighed {
    ///     virkning: Some(Virkning::of(Period::since("2026-01-01".parse()?))),
    ///     gyldighed_status_kode: GyldighedStatusKode::Inaktiv,
    /// };
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    pub struct Gyldighed {
        virkning: Option<Virkning>,
        gyldighed_status_kode: GyldighedStatusKode,
    }
}

sequence! {
    /// When an object of the classification is published or not.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::PubliceretStatus::default().er_publiceret_indikator, None);
    /// ```
    pub struct PubliceretStatus {
        virkning: Option<Virkning>,
        er_publiceret_indikator: Option<bool>,
    }
}

code! {
    /// What a registration did to the object. A change (`ret`) has no code of its own; the service sets one of these.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::LivscyklusKode::Importeret.word(), "Importeret");
    /// ```
    pub enum LivscyklusKode ("Opstaaet, Importeret, Passiveret or Slettet") {
        /// Created by the service.
        Opstaaet = "Opstaaet",
        /// A copy of data mastered elsewhere.
        Importeret = "Importeret",
        /// No longer offered to readers.
        Passiveret = "Passiveret",
        /// Deleted; the history is kept.
        Slettet = "Slettet",
    }
}

/// Elements of somebody's own, which must be of another namespace than `urn:oio:sagdok:3.0.0` and known to the service.
///
/// ```
/// use mo_sts::oio::LokalUdvidelse;
/// use mo_sts::xml::Fragment;
///
/// let udvidelse = LokalUdvidelse(vec![Fragment::leaf("urn:oio:sts:6", "NavnTekst", "Korsbæk")]);
/// assert_eq!(udvidelse.0.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LokalUdvidelse(pub Vec<Fragment>);

impl Content for LokalUdvidelse {
    const SHAPE: Shape = Shape::Any;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<LokalUdvidelse, ReadError> {
        reader.fragments().map(LokalUdvidelse)
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        self.0.iter().try_for_each(|fragment| writer.fragment(fragment))
    }
}

/// What a kind of object does not have: no value of this type exists, so an `Option` of it is `None` and a list empty.
///
/// ```
/// use mo_sts::oio::{Adresse, TilstandListe};
///
/// // An address has no state.
/// assert!(TilstandListe::<Adresse>::default().tilstand.is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingen {}

impl Content for Ingen {
    const SHAPE: Shape = Shape::Never;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Ingen, ReadError> {
        Err(reader.error(ReadErrorKind::NotHere))
    }

    fn write<W: Write>(&self, _: &Element, _: &mut Writer<W>) -> Result<(), WriteError> {
        match *self {}
    }
}

/// A CPR number as it stands in a message. `Debug` masks it and there is no `Display`.
///
/// Nothing is checked here: what the service sends is taken as it is (it may be empty), and ten digits are demanded when
/// it is written.
///
/// ```
/// use mo_sts::oio::CprNummer;
///
/// let number = CprNummer::new("0101001234");
/// assert_eq!(format!("{number:?}"), "**********");
/// assert_eq!(number.reveal(), "0101001234");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CprNummer(String);

impl CprNummer {
    /// The number with these digits.
    pub fn new(digits: impl Into<String>) -> CprNummer {
        CprNummer(digits.into())
    }

    /// The digits in clear.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CprNummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("**********")
    }
}

impl Content for CprNummer {
    const SHAPE: Shape = Shape::Text;

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<CprNummer, ReadError> {
        String::read(reader).map(CprNummer)
    }

    fn write<W: Write>(&self, element: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        self.0.write(element, writer)
    }
}
