//! [`Klasse`]: a class, such as a number of KLE, as version 6 of the service has it. The version in service is 7, see
//! `klasse_v7`; version 6 is the one that the import of a whole classification takes.

use super::declare::{object, sequence};
use super::{Relation, Virkning};

object! {
    /// The kind *Klasse*: a class of a facet, in a tree through `OverordnetKlasse`.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Klasse};
    /// assert_eq!(Klasse::NAME, "Klasse");
    /// ```
    #[doc(alias = "class")]
    pub struct Klasse: klassifikation, "Klasse",
        super::namespace::KLASSE,
        "http://kombit.dk/sts/klassifikation/klasse/";

    /// What a class is called and means.
    ///
    /// ```
    /// let topic = mo_sts::oio::KlasseEgenskab {
    ///     brugervendt_noegle_tekst: Some("00.01.00".into()),
    ///     ..Default::default()
    /// };
    /// ```
    pub struct KlasseEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        beskrivelse_tekst: Option<String>,
        eksempel_tekst: Option<String>,
        omfang_tekst: Option<String>,
        titel_tekst: Option<String>,
        retskilde_tekst: Option<String>,
        aendringsnotat_tekst: Option<String>,
        soegeord: Vec<Soegeord>,
    }

    /// What a class points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::KlasseRelationer::default().overordnet_klasse.is_none());
    /// ```
    pub struct KlasseRelationer {
        ansvarlig: Option<Relation>,
        ejer: Option<Relation>,
        erstatter: Vec<Relation>,
        facet: Option<Relation>,
        lovlige_kombinationer: Vec<Relation>,
        mapninger: Vec<Relation>,
        overordnet_klasse: Option<Relation>,
        redaktoerer: Vec<Relation>,
        sideordnede: Vec<Relation>,
        tilfoejelser: Vec<Relation>,
    }
}

sequence! {
    /// A keyword by which a class is found.
    ///
    /// ```
    /// let word = mo_sts::oio::Soegeord { soegeord_identifikator: Some("Byråd".into()), ..Default::default() };
    /// ```
    #[doc(alias = "Søgeord")]
    pub struct Soegeord {
        soegeord_identifikator: Option<String>,
        beskrivelse_tekst: Option<String>,
        soegeord_kategori_tekst: Option<String>,
    }
}
