//! [`Organisation`]: the municipality itself.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *Organisation*: an authority or company as the owner of units, functions and users. The guidance asks for
    /// `Virksomhed` and, as `Overordnet`, the root unit (rules O01, O02).
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Organisation};
    /// assert_eq!(Organisation::NAME, "Organisation");
    /// ```
    #[doc(alias = "municipality")]
    pub struct Organisation: aktoer, "Organisation",
        Namespace::new("http://stoettesystemerne.dk/organisation/organisation/6/"),
        "http://kombit.dk/sts/organisation/organisation/";

    /// What an organisation is called.
    ///
    /// ```
    /// let korsbaek = mo_sts::oio::OrganisationEgenskab {
    ///     organisation_navn: Some("Korsbæk Kommune".into()),
    ///     ..Default::default()
    /// };
    /// ```
    pub struct OrganisationEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        organisation_navn: Option<String>,
    }

    /// What an organisation points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::OrganisationRelationer::default().overordnet.is_none());
    /// ```
    pub struct OrganisationRelationer {
        adresser: Vec<RolleRelation>,
        ansatte: Vec<Relation>,
        branche: Option<Relation>,
        organisationstype: Option<Relation>,
        myndighed: Option<Relation>,
        myndighedstype: Option<Relation>,
        tilknyttede_opgaver: Vec<Relation>,
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
        virksomhed: Option<Relation>,
        virksomhedstype: Option<Relation>,
        lokal_udvidelse: Option<LokalUdvidelse>,
    }
}
