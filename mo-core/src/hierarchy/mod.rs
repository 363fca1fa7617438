//! Trees as of a view and over time: roots, parents, children, ancestors, paths, descendants, and what is inherited along
//! them.
//!
//! Order is defined everywhere: trees in pre-order, siblings by name in Danish order, then id; ancestors nearest first;
//! paths from the root to the unit. `descendants` and `ancestors` leave the unit itself out. A unit whose parent does not
//! exist on the day is no root: its ancestors stop there.

mod inherited;
mod over;
mod tree;

pub use inherited::{ManagerQuery, ManagerSeat};
