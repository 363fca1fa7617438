//! [`Kind`]: the kinds of OIO object, and what all of them are made of: [`Objekt`], [`Registrering`] and its three lists.
//! Each kind is declared in its own file with the macro `object!`.

use std::fmt::Debug;

use mo_core::time::Instant;
use uuid::Uuid;

use super::declare::sequence;
use super::state::LivscyklusKode;
use super::virkning::UnikId;
use crate::xml::{Content, Element, Namespace, Sequence};

/// A kind of OIO object: [`Bruger`](super::Bruger), [`Klasse`](super::Klasse) and so on, each a type without content that
/// stands for its kind in [`Objekt`], [`Registrering`] and the messages.
///
/// The set is closed: the kinds are those of the schemas.
///
/// ```
/// use mo_sts::oio::{Bruger, Kind};
///
/// assert_eq!(Bruger::NAME, "Bruger");
/// assert_eq!(Bruger::NAMESPACE.uri(), "http://stoettesystemerne.dk/organisation/bruger/6/");
/// ```
pub trait Kind: Copy + Debug + Default + Eq + Send + Sync + 'static {
    /// The name of the object's element.
    const NAME: &'static str;
    /// The namespace of the object and its messages.
    const NAMESPACE: Namespace;
    /// What the SOAP actions of its operations begin with.
    const ACTION: &'static str;
    /// The element of a state.
    const TILSTAND: Element;
    /// The element that names the object in a snapshot.
    const OBJEKT: &'static str;
    /// Whether elements are read in any order, because what is in service differs from the schema.
    const LENIENT: bool;

    /// The attributes of an object of this kind.
    type Egenskab: Content + Clone + Debug + Default + Eq + Send + Sync;
    /// Its states.
    type Tilstand: Content + Clone + Debug + Eq + Send + Sync;
    /// Its relations.
    type Relationer: Content + Sequence + Clone + Debug + Default + Eq + Send + Sync;
    /// Elements of somebody's own, where the schema has room for them.
    type Udvidelse: Content + Clone + Debug + Eq + Send + Sync;
    /// The owner of the data, where messages name it.
    type DataEjer: Content + Clone + Debug + Eq + Send + Sync;
}

sequence! {
    /// An object with its registrations.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, Objekt, Registrering};
    ///
    /// let user = Objekt::<Bruger> {
    ///     uuid_identifikator: uuid::Uuid::from_u128(1),
    ///     registrering: vec![Registrering::default()],
    /// };
    /// assert_eq!(user.registrering.len(), 1);
    /// ```
    pub struct Objekt<K: Kind> {
        uuid_identifikator: Uuid,
        /// `Registrering`: what is known of it, at least one.
        registrering: Vec<Registrering<K>> = Element::new(K::NAMESPACE, "Registrering").at_least_one(),
    }
}

sequence! {
    /// What was registered about an object at one moment: its attributes, states and relations with all their periods.
    ///
    /// ```
    /// use mo_sts::oio::{LivscyklusKode, OrganisationEnhed, Registrering};
    ///
    /// let registered = Registrering::<OrganisationEnhed> {
    ///     tidspunkt: Some("2025-01-01T09:00:00Z".parse()?),
    ///     livscyklus_kode: Some(LivscyklusKode::Importeret),
    ///     ..Default::default()
    /// };
    /// # Ok::<(), mo_core::time::InstantError>(())
    /// ```
    pub struct Registrering<K: Kind> {
        note_tekst: Option<String>,
        tidspunkt: Option<Instant>,
        livscyklus_kode: Option<LivscyklusKode>,
        bruger_ref: Option<UnikId>,
        /// `AttributListe`: what it is called and the like.
        attribut_liste: AttributListe<K> = Element::new(K::NAMESPACE, "AttributListe"),
        /// `TilstandListe`: in which state it is.
        tilstand_liste: TilstandListe<K> = Element::new(K::NAMESPACE, "TilstandListe"),
        /// `RelationListe`: what it points at.
        relation_liste: K::Relationer = Element::new(K::NAMESPACE, "RelationListe"),
    }
}

sequence! {
    /// The attributes of an object, one [`Egenskab`](Kind::Egenskab) for each period; also those a search asks for.
    ///
    /// ```
    /// use mo_sts::oio::{AttributListe, Person};
    ///
    /// assert!(AttributListe::<Person>::default().egenskab.is_empty());
    /// ```
    pub struct AttributListe<K: Kind> {
        /// `Egenskab`: the attributes, period by period.
        egenskab: Vec<K::Egenskab> = Element::new(K::NAMESPACE, "Egenskab"),
        lokal_udvidelse: Option<K::Udvidelse>,
    }
}

sequence! {
    /// The states of an object, one for each period: `Gyldighed` for the organisation, `PubliceretStatus` for the
    /// classification, none for addresses, persons, authorities and enterprises.
    ///
    /// ```
    /// use mo_sts::oio::{Gyldighed, OrganisationEnhed, TilstandListe};
    ///
    /// let mut states = TilstandListe::<OrganisationEnhed>::default();
    /// states.tilstand.push(Gyldighed::default());
    /// ```
    pub struct TilstandListe<K: Kind> {
        /// The states, period by period.
        tilstand: Vec<K::Tilstand> = K::TILSTAND,
        lokal_udvidelse: Option<K::Udvidelse>,
    }
}
