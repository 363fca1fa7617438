//! What the registry holds. So far the value types; identifiers and the kinds of object stand beside them in files of
//! their own.

pub mod value;
