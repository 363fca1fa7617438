//! What the registry holds in memory, in persistent tables, and how it is read: [`Snapshot`], a belief, and [`View`], a
//! belief seen on a day.

pub(crate) mod cells;
pub(crate) mod draft;
pub(crate) mod encode;
pub(crate) mod forest;
mod paged;
mod picture;
pub(crate) mod searched;
pub(crate) mod snapshot;
pub(crate) mod tables;
mod trie;
mod view;
pub(crate) mod words;

pub use draft::Dependents;
pub(crate) use picture::{slot_text, value_text};
pub use snapshot::{Known, Rectangle, Snapshot, Stamp};
pub use view::{Pick, View};
