//! The OIO objects of STS Organisation and STS Klassifikation and the messages of every operation on them.
//!
//! A [`Kind`] stands for a kind of object: [`OrganisationEnhed`], [`Bruger`], [`Klasse`] and so on. What all kinds share is
//! generic over it: an [`Objekt`] has [`Registrering`]s, a registration has attributes, states and relations, each with the
//! periods in which they hold ([`Virkning`]). The messages are generic too: [`LaesInput<Bruger>`](LaesInput) asks for a
//! user and [`LaesOutput<Bruger>`](LaesOutput) answers.
//!
//! Names are those of the schemas, in the spelling of Rust: `EnhedNavn` is `enhed_navn`. Every message that can be written
//! is accepted by the schema: a value it would refuse is an error. Two things are left to the caller: what
//! [`LokalUdvidelse`] holds, and that a [`KlasseV7`] which is sent has one parent at most.
//!
//! ```
//! use mo_core::time::Period;
//! use mo_sts::oio::{Message, Objekt, ImportInput, OrganisationEnhed, OrganisationEnhedEgenskab, Registrering, Virkning};
//!
//! let mut registered = Registrering::<OrganisationEnhed>::default();
//! registered.attribut_liste.egenskab.push(OrganisationEnhedEgenskab {
//!     virkning: Some(Virkning::of(Period::since("2025-01-01".parse()?))),
//!     brugervendt_noegle_tekst: Some("Skole".into()),
//!     enhed_navn: Some("Skole og Dagtilbud".into()),
//! });
//! let unit = Objekt { uuid_identifikator: uuid::Uuid::from_u128(1), registrering: vec![registered] };
//! let document = ImportInput { objekt: unit }.to_xml()?;
//! assert!(String::from_utf8(document)?.contains("<sd:EnhedNavn>Skole og Dagtilbud</sd:EnhedNavn>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod date_time;
mod declare;
mod elements;
mod kind;
mod message;
mod namespace;
mod relation;
mod state;
mod virkning;

mod adresse;
mod bruger;
mod facet;
mod interessefaellesskab;
mod it_system;
mod klasse;
mod klasse_v7;
mod klassifikation;
mod myndighed;
mod organisation;
mod organisation_enhed;
mod organisation_funktion;
mod person;
mod virksomhed;

pub mod klassifikation_system;
pub mod organisation_system;

pub use adresse::{Adresse, AdresseEgenskab, AdresseRelationer};
pub use bruger::{Bruger, BrugerEgenskab, BrugerRelationer};
pub use facet::{Facet, FacetEgenskab, FacetRelationer};
pub use interessefaellesskab::{
    Interessefaellesskab, InteressefaellesskabEgenskab, InteressefaellesskabRelationer,
};
pub use it_system::{ItSystem, ItSystemEgenskab, ItSystemRelationer};
pub use klasse::{Klasse, KlasseEgenskab, KlasseRelationer, Soegeord};
pub use klasse_v7::{DataEjer, KlasseV7, KlasseV7Egenskab, KlasseV7Relationer};
pub use klassifikation::{Klassifikation, KlassifikationEgenskab, KlassifikationRelationer};
pub use myndighed::{Myndighed, MyndighedEgenskab, MyndighedRelationer};
pub use organisation::{Organisation, OrganisationEgenskab, OrganisationRelationer};
pub use organisation_enhed::{OrganisationEnhed, OrganisationEnhedEgenskab, OrganisationEnhedRelationer};
pub use organisation_funktion::{
    OrganisationFunktion, OrganisationFunktionEgenskab, OrganisationFunktionRelationer,
};
pub use person::{Person, PersonEgenskab, PersonRelationer};
pub use virksomhed::{Virksomhed, VirksomhedEgenskab, VirksomhedRelationer};

pub use kind::{AttributListe, Kind, Objekt, Registrering, TilstandListe};
pub use message::{
    FiltreretOejebliksbillede, IdListe, ImportInput, ImportOutput, LaesInput, LaesOutput, ListInput,
    ListOutput, Message, OpretInput, OpretOutput, PassiverInput, PassiverOutput, Request, RetInput,
    RetOutput, SagDokObjekt, SletInput, SletOutput, SoegInput, SoegOutput, SoegRegistrering, StandardRetur,
    UnikRetur,
};
pub use relation::{Maerke, MaerketRelation, MapningV7, Relation, RolleRelation, UuidIndeks, UuidMaerke};
pub use state::{
    CprNummer, Gyldighed, GyldighedStatusKode, Ingen, LivscyklusKode, LokalUdvidelse, PubliceretStatus,
};
pub use virkning::{AktoerTypeKode, Tidspunkt, UnikId, Virkning};
