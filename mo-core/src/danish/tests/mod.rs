//! The order against CLDR's (`icu_collator`, locale `da`), its laws.

mod order;
