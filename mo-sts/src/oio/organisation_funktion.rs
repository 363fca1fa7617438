//! [`OrganisationFunktion`]: positions, managers, contact places, paying units and the like.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *OrganisationFunktion*: ties users, units, tasks and IT systems together. What the tie means is its
    /// `Funktionstype`: a position, a manager, a contact place, a paying unit, the use of a system.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, OrganisationFunktion};
    /// assert_eq!(OrganisationFunktion::NAME, "OrganisationFunktion");
    /// ```
    #[doc(alias = "engagement")]
    #[doc(alias = "manager")]
    #[doc(alias = "Organisatorisk funktion")]
    pub struct OrganisationFunktion: aktoer, "OrganisationFunktion",
        Namespace::new("http://stoettesystemerne.dk/organisation/organisationfunktion/6/"),
        "http://kombit.dk/sts/organisation/organisationfunktion/";

    /// What a function is called.
    ///
    /// ```
    /// let clerk = mo_sts::oio::OrganisationFunktionEgenskab {
    ///     funktion_navn: Some("Assistent".into()),
    ///     ..Default::default()
    /// };
    /// ```
    pub struct OrganisationFunktionEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        funktion_navn: Option<String>,
    }

    /// What a function points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::OrganisationFunktionRelationer::default().funktionstype.is_none());
    /// ```
    pub struct OrganisationFunktionRelationer {
        adresser: Vec<RolleRelation>,
        funktionstype: Option<Relation>,
        tilknyttede_opgaver: Vec<Relation>,
        tilknyttede_brugere: Vec<Relation>,
        tilknyttede_enheder: Vec<Relation>,
        tilknyttede_interessefaellesskaber: Vec<Relation>,
        tilknyttede_organisationer: Vec<Relation>,
        tilknyttede_personer: Vec<Relation>,
        tilknyttede_it_systemer: Vec<Relation>,
        lokal_udvidelse: Option<LokalUdvidelse>,
    }
}
