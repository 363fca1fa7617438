//! [`Adresse`]: a postal address, telephone number, e-mail address and the like.

use super::Virkning;
use super::declare::object;
use crate::xml::Namespace;

object! {
    /// The kind *Adresse*: one text; what it is for is said by the relation that points at it. It has no state and points
    /// at nothing. A postal address has the UUID of the national address register (rule A03).
    ///
    /// ```
    /// use mo_sts::oio::{Adresse, Kind};
    /// assert_eq!(Adresse::NAME, "Adresse");
    /// ```
    #[doc(alias = "address")]
    pub struct Adresse: part, "Adresse",
        Namespace::new("http://stoettesystemerne.dk/organisation/adresse/6/"),
        "http://kombit.dk/sts/organisation/adresse/";

    /// What an address says.
    ///
    /// ```
    /// let mail = mo_sts::oio::AdresseEgenskab {
    ///     adresse_tekst: Some("skole@korsbaek.example".into()),
    ///     ..Default::default()
    /// };
    /// ```
    pub struct AdresseEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        adresse_tekst: Option<String>,
    }

    /// An address points at nothing.
    ///
    /// ```
    /// let nothing = mo_sts::oio::AdresseRelationer::default();
    /// ```
    pub struct AdresseRelationer {}
}
