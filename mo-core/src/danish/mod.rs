//! Danish text: the order of names, and the form in which search compares words.
//!
//! [`compare`] and [`sort_key`] give the order in which people expect lists: … z, æ, ø, å, with aa as å. [`fold`] and
//! [`words`] give the form in which a search finds a name however it is spelt. Neither depends on the locale of the
//! process.
//!
//! ```
//! use mo_core::danish;
//!
//! let mut units = ["Ærø", "Aars", "Anlæg", "Ørsted"];
//! units.sort_by(|a, b| danish::compare(a, b));
//! assert_eq!(units, ["Anlæg", "Ærø", "Ørsted", "Aars"]);
//!
//! let hit = units.iter().find(|name| danish::fold(name).starts_with(&danish::fold("ørs")));
//! assert_eq!(hit, Some(&"Ørsted"));
//! ```

mod fold;
mod order;
mod quick;
mod table;

#[cfg(test)]
mod tests;

pub use fold::{fold, folded, words};
pub use order::{SortKey, compare, sort_key};
