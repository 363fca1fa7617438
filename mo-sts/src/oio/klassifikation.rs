//! [`Klassifikation`]: a classification such as KLE.

use super::declare::object;
use super::{Relation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *Klassifikation*: a classification, divided into facets.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Klassifikation};
    /// assert_eq!(Klassifikation::NAME, "Klassifikation");
    /// ```
    #[doc(alias = "classification")]
    pub struct Klassifikation: klassifikation, "Klassifikation",
        Namespace::new("http://stoettesystemerne.dk/klassifikation/klassifikation/6/"),
        "http://kombit.dk/sts/klassifikation/klassifikation/";

    /// What a classification is called.
    ///
    /// ```
    /// let local = mo_sts::oio::KlassifikationEgenskab { titel_tekst: Some("Lokal".into()), ..Default::default() };
    /// ```
    pub struct KlassifikationEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        titel_tekst: Option<String>,
        beskrivelse_tekst: Option<String>,
        kaldenavn_tekst: Option<String>,
        ophavsret_tekst: Option<String>,
    }

    /// What a classification points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::KlassifikationRelationer::default().ejer.is_none());
    /// ```
    pub struct KlassifikationRelationer {
        ansvarlig: Option<Relation>,
        ejer: Option<Relation>,
    }
}
