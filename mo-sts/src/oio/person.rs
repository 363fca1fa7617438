//! [`Person`]: a human being behind a user account.

use super::declare::object;
use super::{CprNummer, Virkning};

object! {
    /// The kind *Person*: name and CPR number, pointed at by a [`Bruger`](super::Bruger). It has no state and points at
    /// nothing.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, Person};
    /// assert_eq!(Person::NAME, "Person");
    /// ```
    pub struct Person: part, "Person",
        super::namespace::PERSON,
        "http://kombit.dk/sts/organisation/person/";

    /// Who a person is. The key is never a CPR number (rule P02).
    ///
    /// ```
    /// let pia = mo_sts::oio::PersonEgenskab { person_navn_tekst: Some("Pia Prøve".into()), ..Default::default() };
    /// ```
    pub struct PersonEgenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        cpr_nummer_tekst: Option<CprNummer>,
        person_navn_tekst: Option<String>,
    }

    /// A person points at nothing.
    ///
    /// ```
    /// let nothing = mo_sts::oio::PersonRelationer::default();
    /// ```
    pub struct PersonRelationer {}
}
