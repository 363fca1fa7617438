//! Trees as of a view and over time: roots, parents, children, ancestors, paths, descendants, what is rolled up from the
//! leaves, and what is inherited along them.
//!
//! Order is defined everywhere: trees in pre-order, siblings by name in Danish order, then id; ancestors nearest first;
//! paths from the root to the unit. `descendants` and `ancestors` leave the unit itself out. A unit whose parent does not
//! exist on the day is no root: its ancestors stop there.
//!
//! # Three ways to ask
//!
//! * **A question here and there**, each of another day or belief: ask the [`View`](crate::state::View). A step up or down
//!   reads where the unit stood at that point; nothing of the size of the organisation is made for it.
//! * **Much of one day**: take its [`Tree`], and within it know units by their [`Node`]. Most questions are then a look into
//!   an array. A tree is made once for all days and registrations between which nothing in the hierarchy changes, and later
//!   views are given the same one while there is
//!   [room](crate::registry::Registry::with_tree_memory). A view that is asked about many units more than once takes it
//!   by itself.
//! * **The past** is no other than the present: both work alike on any day, as known at any moment.
//!
//! * **A period**: the same questions as timelines ([`path_over`](crate::state::Snapshot::path_over) and its neighbours), labels
//!   that follow from other facts ([`Derived`]), and two trees compared ([`TreeChange`]); none of them goes day by day.
//!
//! What the view climbs on is an index of where every unit stood, over both times. It is made when the questions asked so
//! far have cost as much as making it does, and then kept up to the newest registration by whoever asks; commits never
//! wait for it.

mod changes;
mod derive;
mod graph;
mod ground;
mod held;
mod inherited;
mod over;
mod roll_up;
#[cfg(test)]
mod tests;
mod tree;

use crate::model::Unit;
use crate::state::cells::At;
use crate::state::tables::Ix;

pub use changes::{Stands, TreeChange};
pub use derive::{Derived, Reads};
pub use graph::{Link, ViewGraph};
pub use held::{Ancestors, Children, Node, Tree};
pub use inherited::{ManagerQuery, ManagerSeat};

/// Where a unit stands: its slot in one hierarchy.
fn slot(hierarchy: Ix) -> At {
    At { field: Unit::PLACEMENTS.index, key: hierarchy.0 }
}
