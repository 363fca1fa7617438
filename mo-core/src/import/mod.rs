//! Text formats from a reader: CSV extracts of other systems become registrations.
//!
//! A source system hands out, now and then, files that say how everything is on a day. A [`Mapping`] says which column is
//! which field. An [`ExtractReader`] reads the files that belong together to an [`Extract`]; [`Extract::commit`] makes of
//! it one commit, after which the registry says the same from that day until the next extract's. So dated files become a
//! history that can be asked about any day, and, since each is a registration of its own, about any earlier belief.
//!
//! * What was imported once is not imported again: an equal extract changes nothing. A corrected file corrects its days, and
//!   one that comes late fills the days up to the next.
//! * A tree that does not hold together (several roots, superiors that are missing, repeated keys, circles) is imported with
//!   what holds, and each odd row is [reported](Report) with its line. What cannot be imported is a [`Problem`] with file,
//!   line, column, value, rule and a way to mend it; then nothing of the extract is imported.
//! * Objects carry the `source` of their files. An import touches only what its source masters, and of that only the mapped
//!   fields.
//! * Ids come from a column of the files, or are made from source and key, the same in every run; never from a CPR number.
//!
//! Sheets of KLE tags, which people fill in, are read by a [`TagReader`] to a [`TagSheet`] for a plan.
//!
//! Nothing here opens a file or asks a clock: the caller hands in the text, and commits with whatever clock the registry has.

mod cell;
mod commit;
mod encoding;
mod extract;
mod ids;
mod mapping;
mod pattern;
mod problem;
mod reader;
mod report;
mod sheet;
mod tags;
mod tree;

pub use commit::imported_days;
pub use encoding::Encoding;
pub use extract::Extract;
pub use mapping::{Covered, Mapping, ORGANOGRAM};
pub use problem::{ImportError, Problem, Rule};
pub use reader::ExtractReader;
pub use report::{Found, Report};
pub use tags::{TagReader, TagSheet, write_tags};
