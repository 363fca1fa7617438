//! [`OrganisationEnhed`]: a unit.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *OrganisationEnhed*: a unit in the tree of an organisation. Only the root has no `Overordnet` (rule E03).
    ///
    /// ```
    /// use mo_sts::oio::{Kind, OrganisationEnhed};
    /// assert_eq!(OrganisationEnhed::NAME, "OrganisationEnhed");
    /// ```
    #[doc(alias = "unit")]
    #[doc(alias = "Organisationsenhed")]
    pub struct OrganisationEnhed: aktoer, "OrganisationEnhed",
        Namespace::new("http://stoettesystemerne.dk/organisation/organisationenhed/6/"),
        "http://kombit.dk/sts/organisation/organisationenhed/";

    /// What a unit is called.
    ///
    /// ```
    /// let school = mo_sts::oio::OrganisationEnhedEgenskab {
    ///     enhed_navn: Some("Skole og Dagtilbud".into()),
    ///     ..Default::default()
    /// };
    /// ```
    pub struct OrganisationEnhedEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        enhed_navn: Option<String>,
    }

    /// What a unit points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::OrganisationEnhedRelationer::default().opgaver.is_empty());
    /// ```
    pub struct OrganisationEnhedRelationer {
        adresser: Vec<RolleRelation>,
        ansatte: Vec<Relation>,
        branche: Option<Relation>,
        enhedstype: Option<Relation>,
        opgaver: Vec<RolleRelation>,
        overordnet: Option<Relation>,
        produktionsenhed: Option<Relation>,
        skatteenhed: Option<Relation>,
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
