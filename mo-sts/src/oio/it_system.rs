//! [`ItSystem`]: a logical IT system.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *ItSystem*: a logical IT system, created by KOMBIT (rule I01).
    ///
    /// ```
    /// use mo_sts::oio::{ItSystem, Kind};
    /// assert_eq!(ItSystem::NAME, "ItSystem");
    /// ```
    pub struct ItSystem: aktoer, "ItSystem",
        Namespace::new("http://stoettesystemerne.dk/organisation/itsystem/6/"),
        "http://kombit.dk/sts/organisation/itsystem/";

    /// What an IT system is called.
    ///
    /// ```
    /// assert!(mo_sts::oio::ItSystemEgenskab::default().konfiguration_reference.is_empty());
    /// ```
    pub struct ItSystemEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        it_system_navn: Option<String>,
        it_system_type_tekst: Option<String>,
        konfiguration_reference: Vec<String>,
    }

    /// What an IT system points at. It may belong to several organisations.
    ///
    /// ```
    /// assert!(mo_sts::oio::ItSystemRelationer::default().tilhoerer.is_empty());
    /// ```
    pub struct ItSystemRelationer {
        adresser: Vec<RolleRelation>,
        tilknyttede_opgaver: Vec<Relation>,
        system_typer: Vec<Relation>,
        tilhoerer: Vec<Relation>,
        tilknyttede_brugere: Vec<Relation>,
        tilknyttede_enheder: Vec<Relation>,
        tilknyttede_funktioner: Vec<Relation>,
        tilknyttede_interessefaellesskaber: Vec<Relation>,
        tilknyttede_organisationer: Vec<Relation>,
        tilknyttede_personer: Vec<Relation>,
        tilknyttede_it_systemer: Vec<Relation>,
        lokal_udvidelse: Option<LokalUdvidelse>,
    }
}
