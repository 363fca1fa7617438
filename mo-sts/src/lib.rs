//! STS Organisation and STS Klassifikation for mo: OIO messages and KLE files.
//!
//! * [`oio`] has the objects and the messages of every operation, read and written exactly as KOMBIT's schemas have them.
//! * [`kle`] reads KL's plan of KLE numbers and loads it, edition after edition, into a registry.
//! * [`soap`] puts a message into its envelope and finds the fault in an answer.
//! * [`xml`] reads under limits and writes with a writer; the others stand on it.
//!
//! ```
//! use mo_sts::oio::{LaesOutput, OrganisationEnhed};
//! use mo_sts::soap::Envelope;
//!
//! let answer = br#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>
//!   <LaesOutput xmlns="http://stoettesystemerne.dk/organisation/organisationenhed/6/" xmlns:x="urn:oio:sagdok:3.0.0">
//!     <x:StandardRetur><x:StatusKode>44</x:StatusKode></x:StandardRetur>
//!   </LaesOutput></s:Body></s:Envelope>"#;
//! let answer = Envelope::<LaesOutput<OrganisationEnhed>>::from_xml(answer)?;
//! assert_eq!(answer.body.standard_retur.status_kode, 44);
//! # Ok::<(), mo_sts::xml::ReadError>(())
//! ```

pub mod kle;
pub mod oio;
pub mod soap;
pub mod xml;

/// The examples of the README are run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
