//! KLE, the municipalities' common subject plan (KL Emnesystematik): reads the files in which KL publishes it, and loads them,
//! edition after edition, into a registry as classes. The questions about them are in [`mo_core::classification`].
//!
//! [`Edition::read`] takes a plan (emneplan) in version 2.0 or in the REST form "fuld" 1.2 and 1.3, or action facets
//! (handlingsfacetter), from a stream and under limits. A file that KL's schema refuses is refused as a whole, with every
//! place. What is odd but readable is told in [`reports`](Edition::reports): nothing is dropped without a word.
//!
//! [`Edition::load`] makes the registry say what the edition says: see there for how editions in a row become a history.
//! The content of KLE belongs to KL; there is none of it here.
//!
//! ```
//! use mo_core::model::CountedIds;
//! use mo_core::registry::Registry;
//! use mo_core::time::SteppingClock;
//! use mo_sts::kle::{Edition, Level};
//! use mo_sts::xml::Limits;
//!
//! let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
//!   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
//!   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
//!   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
//!   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
//!     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
//!     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
//!       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
//!       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
//! let edition = Edition::read(file.as_bytes(), Limits::default())?;
//! assert_eq!(edition.count(Level::Topic), 1);
//!
//! let registry = Registry::in_memory(SteppingClock::new("2025-05-02T09:00:00Z".parse()?), CountedIds::new("kle"));
//! edition.load(&registry, "anna")?;
//! let view = registry.snapshot().at("2010-01-01".parse()?);
//! let topic = view.class_with_key("kle_number", "17.01.01").unwrap();
//! assert_eq!(view.class_path(topic).len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod edition;
mod error;
mod grammar;
mod guidance;
mod load;
mod matching;
mod report;
mod row;

pub use edition::Edition;
pub use error::{KleError, Problem, ProblemKind};
pub use load::{ACTION_FACET, CLASSIFICATION, Loaded, Loading, PLAN_FACET, SOURCE, UUID_SYSTEM};
pub use report::{Finding, Report};
pub use row::{End, Form, Level, Row};
