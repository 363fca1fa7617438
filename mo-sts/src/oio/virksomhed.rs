//! [`Virksomhed`]: an enterprise in CVR.

use super::Virkning;
use super::declare::object;
use crate::xml::Namespace;

object! {
    /// The kind *Virksomhed*: an enterprise with its CVR number; by it, calls are limited to a municipality's own data. It
    /// has no state and points at nothing.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Virksomhed};
    /// assert_eq!(Virksomhed::NAME, "Virksomhed");
    /// ```
    #[doc(alias = "enterprise")]
    pub struct Virksomhed: part, "Virksomhed",
        Namespace::new("http://stoettesystemerne.dk/organisation/virksomhed/6/"),
        "http://kombit.dk/sts/organisation/virksomhed/";

    /// Which enterprise it is.
    ///
    /// ```
    /// let cvr = mo_sts::oio::VirksomhedEgenskab { cvr_nummer_tekst: Some("00000000".into()), ..Default::default() };
    /// ```
    pub struct VirksomhedEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        cvr_nummer_tekst: Option<String>,
        se_nummer_tekst: Option<String>,
        p_nummer_tekst: Option<String>,
        navn_tekst: Option<String>,
    }

    /// An enterprise points at nothing.
    ///
    /// ```
    /// let nothing = mo_sts::oio::VirksomhedRelationer::default();
    /// ```
    pub struct VirksomhedRelationer {}
}
