//! Classifications and what is done with them: trees of classes, who answers for a KLE number, what replaced it, and the
//! classes as SKOS, CSV and JSON. Nothing here reads KL's files (that is `mo-sts`) or changes a registry by itself.
//!
//! A *class* belongs to a *facet*, a facet to a *classification*. KLE is the facet with the key [`KLE_FACET`]; its classes
//! have [`KleNumber`](crate::model::value::KleNumber)s for keys, and a [`KleTag`](crate::model::KleTag) ties one to a unit
//! for one or more [aspects](crate::model::KleAspect). All of it has both times, so every question is asked of a
//! [`View`](crate::state::View) or a [`Snapshot`](crate::state::Snapshot):
//!
//! * [`responsible`](crate::state::View::responsible): who answers for a number: exactly, else for its group, else for its
//!   main group; everywhere, or up or down the unit tree from a unit; with an [`Explanation`] on request.
//! * [`kle_numbers`](crate::state::View::kle_numbers), [`unanswered`](crate::state::View::unanswered),
//!   [`shared_numbers`](crate::state::View::shared_numbers), [`retired_in_use`](crate::state::Snapshot::retired_in_use).
//! * [`class_successors_on`](crate::state::Snapshot::class_successors_on) and back, and [`migrate`]: tags on retired numbers
//!   moved to what replaced them, or as part of a plan [`ReplaceRetired`].
//! * [`ClassIndex`]: text search in titles, keywords, guidance and legal sources.
//! * [`ClassNotes`]: what a class says beside its title, in the form in which its description holds it.
//! * [`add_local_class`]: a municipality's own numbers under shared ones.
//! * [`ClassExport`]: the classes of a facet as SKOS, CSV and JSON.
//!
//! ```
//! use mo_core::classification::KleQuery;
//! use mo_core::model::{Class, CountedIds, Facet, KleAspect, KleTag, Unit};
//! use mo_core::registry::Registry;
//! use mo_core::time::{Period, SteppingClock};
//!
//! let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
//! let registry = Registry::in_memory(clock, CountedIds::new("kle"));
//! let mut edit = registry.edit("anna");
//! let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
//! let group = edit.create(Period::ALWAYS, Class::new(facet, "28.06", "Dagtilbud"));
//! let topic = edit.create(Period::ALWAYS, Class::new(facet, "28.06.12", "Madordning").parent(group));
//! let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud og Skole"));
//! edit.create(Period::ALWAYS, KleTag::new(unit, group).aspects([KleAspect::Responsible]));
//! edit.commit()?;
//!
//! let view = registry.snapshot().at("2025-06-01".parse()?);
//! let query = KleQuery::new("28.06.12".parse()?, KleAspect::Responsible);
//! let answer = view.responsible(&query);
//! assert_eq!((answer[0].unit, answer[0].number.to_string()), (unit, "28.06".to_owned()));
//! assert_eq!(
//!     view.explain_responsible(&query).to_string(),
//!     "28.06.12 Madordning: no unit is responsible\n\
//!      28.06 Dagtilbud: Dagtilbud og Skole is responsible\n"
//! );
//! # let _ = topic;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod coverage;
mod decided;
mod export;
mod index;
mod keys;
mod local;
mod migrate;
mod notes;
mod responsible;
mod skos;
mod succession;
mod tree;

#[cfg(test)]
mod tests;

pub use coverage::{Gap, RetiredUse, SharedNumber, UnitNumber};
pub(crate) use decided::Instead;
pub use decided::ReplaceRetired;
pub use export::ClassExport;
pub(crate) use index::{ALIKE, likeness};
pub use index::{ClassHit, ClassIndex, HitPlace};
pub use keys::KLE_FACET;
pub use local::{LocalClassError, add_local_class};
pub use migrate::{Ending, Migration, Replacement, Unresolved, UnresolvedReason, migrate};
pub use notes::{ClassNotes, Keyword, LegalSource};
pub use responsible::{Explanation, KleQuery, Reach, Responsible, Step};
