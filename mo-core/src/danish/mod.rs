//! Danish text: the order of names, and the form in which search compares words.

mod order;
mod quick;
mod table;

#[cfg(test)]
mod tests;

pub use order::{SortKey, compare, sort_key};
