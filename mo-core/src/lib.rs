//! The two-time domain model of a Danish municipality: its organisation, the people in it, and the classifications that
//! say who does what.
//!
//! A [`Registry`](registry::Registry) takes *edits* and gives *snapshots*; a [`Snapshot`](state::Snapshot) seen on a day is
//! a [`View`](state::View). Every fact has two times: the days it holds in the world (*valid*, virkning) and the moment
//! from which the registry knew it (*known*, registrering). Nothing is overwritten: the past, next January's plan and
//! "what did we believe in May" are the same question with other arguments.
//!
//! ```
//! use mo_core::model::{CountedIds, Hierarchy, HierarchyUse, Patch, Placement, Unit};
//! use mo_core::registry::Registry;
//! use mo_core::time::{Day, Period, SteppingClock};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let day = |text: &str| text.parse::<Day>();
//!     let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
//!     let registry = Registry::in_memory(clock, CountedIds::new("tour"));
//!
//!     // What we know in March 2025.
//!     let mut edit = registry.edit("anna").note("start");
//!     let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
//!     let since = Period::since(day("2020-01-01")?);
//!     let town = edit.create(since, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
//!     let school = edit.create(since, Unit::new("Skole").placements(line, town));
//!     let culture = edit.create(since, Unit::new("Kultur").placements(line, town));
//!     edit.commit()?;
//!
//!     // A rename is planned for next January, and a move from June on leaves it alone.
//!     let mut edit = registry.edit("anna");
//!     edit.change(school, day("2026-01-01")?, Patch::new().set(Unit::NAME, "Skole og Dagtilbud"));
//!     edit.commit()?;
//!     let before_the_move = registry.snapshot();
//!     let mut edit = registry.edit("ib").note("omorganisering");
//!     edit.move_unit(school, line, culture, day("2025-06-01")?);
//!     edit.commit()?;
//!
//!     let view = registry.snapshot().at(day("2026-05-01")?);
//!     assert_eq!(&*view.get(school).unwrap().name, "Skole og Dagtilbud");
//!     assert_eq!(view.path(line, school), [town, culture, school]);
//!     assert_eq!(before_the_move.at(view.day()).path(line, school), [town, school]);
//!     println!("{}", registry.snapshot().draw_history(school));
//!     Ok(())
//! }
//! ```
//!
//! It prints what was believed of which days, a row for each registration:
//!
//! ```text
//!                                 2020-01-01  2025-06-01  2026-01-01
//! 1  2025-03-01T09:00:00Z         A …
//! 2  2025-03-01T09:00:00.000001Z  A ───────────────────── B …
//! 3  2025-03-01T09:00:00.000002Z  A ───────── C ───────── D …
//! A  name: Skole, placements Linje: Korsbæk Kommune
//! B  name: Skole og Dagtilbud, placements Linje: Korsbæk Kommune
//! C  name: Skole, placements Linje: Kultur
//! D  name: Skole og Dagtilbud, placements Linje: Kultur
//! ```
//!
//! On disk it is `mo_storage::open("korsbaek.redb")?`, from the crate `mo-storage`, with the machine's clock and random ids.
//!
//! # What is refused
//!
//! A commit that would break a rule on *any* day, past or planned, is refused as a whole. The refusal says what, where, by
//! which rule and how to mend it, and draws the days; a [`Policy`](rules::Policy) settles it instead, where one is given.
//!
//! ```
//! # use mo_core::model::{CountedIds, Hierarchy, HierarchyUse, Placement, Unit};
//! # use mo_core::registry::Registry;
//! # use mo_core::time::{Period, SteppingClock};
//! # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
//! # let registry = Registry::in_memory(clock, CountedIds::new("tour"));
//! # let mut edit = registry.edit("anna");
//! # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
//! # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, Placement::Root));
//! # edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, culture));
//! # edit.commit()?;
//! let mut edit = registry.edit("ib");
//! edit.end(culture, "2027-01-01".parse()?); // a school stands under it
//! let refusal = edit.commit().unwrap_err().to_string();
//! assert!(refusal.contains("V_TERMINATE_UNIT_WITH_CHILDREN"), "{refusal}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where next
//!
//! * [`time`]: days, periods, instants; [`timeline`]: values on periods, useful on its own; [`history`]: timelines as known
//!   over time.
//! * [`model`]: the eighteen kinds of object, their fields, patches and value types.
//! * [`registry`]: the verbs and what they answer; [`rules`]: what is refused, and the policies that mend it.
//! * [`plan`]: reorganisations and other change in the large, previewed and undone; [`reconcile`]: agreeing with a source;
//!   [`feed`]: what followers read.
//! * [`state`]: snapshots and views; [`hierarchy`]: trees; [`classification`]: KLE, who answers for what and what replaced
//!   it; [`search`]: finding by name, key or number; [`delta`]: two views compared, with reasons.
//! * [`generate`]: made-up municipalities of any size, for benchmarks and demonstrations.
//! * [`draw`]: pictures of timelines, histories and trees, as text and SVG.
//! * [`journal`] and [`store`]: what is kept, and where; [`scenario`]: behaviour pinned in files.
//!
//! The crate is pure: it does no I/O of its own, and time and ids come in through [`Clock`](time::Clock) and
//! [`IdSource`](model::IdSource). The crate `mo-storage` brings a clock, ids and stores on disk.
//!
//! # Features
//!
//! `chrono` (default): conversions between [`Day`](time::Day), [`Instant`](time::Instant) and chrono's types.

pub mod classification;
pub mod danish;
pub mod delta;
pub mod draw;
pub mod feed;
pub mod generate;
pub mod hierarchy;
pub mod history;
pub mod import;
pub mod journal;
pub mod model;
pub mod plan;
mod quote;
pub mod reconcile;
pub mod registry;
pub mod rules;
pub mod scenario;
pub mod search;
mod serde_text;
pub mod start_set;
pub mod state;
pub mod store;
pub mod time;
pub mod timeline;

pub use quote::quote;
