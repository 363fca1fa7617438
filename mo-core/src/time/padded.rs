//! How days, periods and instants keep to the width that a format string asks for.

use std::fmt::{Formatter, Result, Write};

/// Prints what `write` writes, filled up to the width of `f`; straight through where none is asked for.
pub(super) fn padded(f: &mut Formatter<'_>, write: impl Fn(&mut dyn Write) -> Result) -> Result {
    if f.width().is_none() {
        return write(f);
    }
    let mut text = String::new();
    write(&mut text)?;
    f.pad(&text)
}
