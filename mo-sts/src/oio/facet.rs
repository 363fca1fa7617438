//! [`Facet`]: one side of a classification.

use super::declare::object;
use super::{Relation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *Facet*: one side of a classification, holding classes; KLE has topics and actions.
    ///
    /// ```
    /// use mo_sts::oio::{Facet, Kind};
    /// assert_eq!(Facet::NAME, "Facet");
    /// ```
    pub struct Facet: klassifikation, "Facet",
        Namespace::new("http://stoettesystemerne.dk/klassifikation/facet/6/"),
        "http://kombit.dk/sts/klassifikation/facet/";

    /// What a facet is called.
    ///
    /// ```
    /// let topics = mo_sts::oio::FacetEgenskab { titel_tekst: Some("Emneplan".into()), ..Default::default() };
    /// ```
    pub struct FacetEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        titel_tekst: Option<String>,
        beskrivelse_tekst: Option<String>,
        opbygning_tekst: Option<String>,
        ophavsret_tekst: Option<String>,
        plan_identifikator: Option<String>,
        supplement_tekst: Option<String>,
        retskilde_tekst: Option<String>,
    }

    /// What a facet points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::FacetRelationer::default().facet_tilhoerer.is_none());
    /// ```
    pub struct FacetRelationer {
        ansvarlig: Option<Relation>,
        ejer: Option<Relation>,
        facet_tilhoerer: Option<Relation>,
        redaktoerer: Vec<Relation>,
    }
}
