//! [`Bruger`]: an account that logs in. Who the person behind it is, is in `person`.

use super::declare::object;
use super::{LokalUdvidelse, Relation, RolleRelation, Virkning};
use crate::xml::Namespace;

object! {
    /// The kind *Bruger*: a user account, not a person. Its UUID is the one in the login token (rule B02).
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, Kind};
    /// assert_eq!(Bruger::NAME, "Bruger");
    /// ```
    #[doc(alias = "user")]
    #[doc(alias = "account")]
    pub struct Bruger: aktoer, "Bruger",
        Namespace::new("http://stoettesystemerne.dk/organisation/bruger/6/"),
        "http://kombit.dk/sts/organisation/bruger/";

    /// What a user is called.
    ///
    /// ```
    /// let user = mo_sts::oio::BrugerEgenskab { bruger_navn: Some("PIASTE".into()), ..Default::default() };
    /// ```
    pub struct BrugerEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        bruger_navn: Option<String>,
        bruger_type_tekst: Option<String>,
    }

    /// What a user points at.
    ///
    /// ```
    /// assert!(mo_sts::oio::BrugerRelationer::default().tilknyttede_personer.is_empty());
    /// ```
    pub struct BrugerRelationer {
        adresser: Vec<RolleRelation>,
        bruger_typer: Vec<Relation>,
        tilknyttede_opgaver: Vec<Relation>,
        tilhoerer: Option<Relation>,
        tilknyttede_enheder: Vec<Relation>,
        tilknyttede_funktioner: Vec<Relation>,
        tilknyttede_interessefaellesskaber: Vec<Relation>,
        tilknyttede_organisationer: Vec<Relation>,
        tilknyttede_personer: Vec<Relation>,
        tilknyttede_it_systemer: Vec<Relation>,
        lokal_udvidelse: Option<LokalUdvidelse>,
    }
}
