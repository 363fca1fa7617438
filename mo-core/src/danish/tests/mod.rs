//! The order against CLDR's (`icu_collator`, locale `da`), its laws, and a large corpus of names.

mod corpus;
mod order;
