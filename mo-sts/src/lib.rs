//! STS Organisation and STS Klassifikation for mo: OIO messages and KLE files.
//!
//! * [`oio`] has the objects and the messages of every operation, read and written exactly as KOMBIT's schemas have them.
//! * [`kle`] reads KL's plan of KLE numbers and loads it, edition after edition, into a registry.
//! * [`soap`] puts a message into its envelope and finds the fault in an answer.
//! * [`xml`] reads under limits and writes with a writer; the others stand on it.
//!
//! # What a service answered
//!
//! A message is a value; its envelope reads it from bytes, under limits. What stands in it has the names of the schemas.
//!
//! ```
//! use mo_sts::oio::{LaesOutput, OrganisationEnhed};
//! use mo_sts::soap::Envelope;
//!
//! let answer = br#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>
//!   <LaesOutput xmlns="http://stoettesystemerne.dk/organisation/organisationenhed/6/"
//!               xmlns:x="urn:oio:sagdok:3.0.0">
//!     <x:StandardRetur><x:StatusKode>44</x:StatusKode></x:StandardRetur>
//!   </LaesOutput></s:Body></s:Envelope>"#;
//! let answer = Envelope::<LaesOutput<OrganisationEnhed>>::from_xml(answer)?;
//! assert_eq!(answer.body.standard_retur.status_kode, 44);
//! # Ok::<(), mo_sts::xml::ReadError>(())
//! ```
//!
//! # What it is asked
//!
//! A value that the schema would refuse is an error that says where and why, before anything is sent.
//!
//! ```
//! use mo_sts::oio::{LaesInput, OrganisationEnhed};
//! use mo_sts::soap::Envelope;
//! use uuid::Uuid;
//!
//! let question = LaesInput { kind: OrganisationEnhed, uuid_identifikator: Uuid::from_u128(2), ..Default::default() };
//! let question = Envelope { transaction: Some(Uuid::from_u128(3)), body: question };
//! let document: Vec<u8> = question.to_xml()?;
//! assert!(String::from_utf8(document)?.contains("LaesInput"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # KLE
//!
//! [`kle::Edition`] reads a file of KL; [`load`](kle::Edition::load) makes classes of it that later editions change rather
//! than replace, so that the history of a number can be asked about with [`mo_core::classification`].
//!
//! # Who carries it
//!
//! Nothing here opens a connection: bytes go out and come in, and the program says what carries them. Not here yet: the
//! mapping between these objects and a registry, planned publishing, tokens and signatures. The README says what is proved
//! and what only a municipality with a certificate can prove.

pub mod kle;
pub mod oio;
pub mod soap;
pub mod xml;

/// The examples of the README are run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
