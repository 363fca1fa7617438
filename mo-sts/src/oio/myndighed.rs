//! [`Myndighed`]: a public authority.

use super::Virkning;
use super::declare::object;
use crate::xml::Namespace;

object! {
    /// The kind *Myndighed*: a public authority with its code. It has no state and points at nothing.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Myndighed};
    /// assert_eq!(Myndighed::NAME, "Myndighed");
    /// ```
    #[doc(alias = "authority")]
    pub struct Myndighed: part, "Myndighed",
        Namespace::new("http://stoettesystemerne.dk/organisation/myndighed/6/"),
        "http://kombit.dk/sts/organisation/myndighed/";

    /// Who an authority is.
    ///
    /// ```
    /// let korsbaek = mo_sts::oio::MyndighedEgenskab { myndigheds_kode: Some("999".into()), ..Default::default() };
    /// ```
    pub struct MyndighedEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        cvr_nummer_tekst: Option<String>,
        navn_tekst: Option<String>,
        myndigheds_kode: Option<String>,
    }

    /// An authority points at nothing.
    ///
    /// ```
    /// let nothing = mo_sts::oio::MyndighedRelationer::default();
    /// ```
    pub struct MyndighedRelationer {}
}
