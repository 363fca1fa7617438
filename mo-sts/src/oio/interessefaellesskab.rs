//! [`Interessefaellesskab`]: a community of interest.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *Interessefaellesskab*: a community of interest. The guidance does not use it at all (rule IF1).
    ///
    /// ```
    /// use mo_sts::oio::{Interessefaellesskab, Kind};
    /// assert_eq!(Interessefaellesskab::NAME, "Interessefaellesskab");
    /// ```
    #[doc(alias = "Interessefællesskab")]
    pub struct Interessefaellesskab: aktoer, "Interessefaellesskab",
        Namespace::new("http://stoettesystemerne.dk/organisation/interessefaellesskab/6/"),
        "http://kombit.dk/sts/organisation/interessefaellesskab/";

    /// What a community is called.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::InteressefaellesskabEgenskab::default().interessefaellesskab_navn, None);
    /// ```
    pub struct InteressefaellesskabEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        interessefaellesskab_navn: Option<String>,
        interessefaellesskab_type_tekst: Option<String>,
    }

    /// What a community points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::InteressefaellesskabRelationer::default().overordnet.is_none());
    /// ```
    pub struct InteressefaellesskabRelationer {
        adresser: Vec<RolleRelation>,
        branche: Option<Relation>,
        interessefaellesskabstype: Option<Relation>,
        tilknyttede_opgaver: Vec<Relation>,
        overordnet: Option<Relation>,
        tilhoerer: Option<Relation>,
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
