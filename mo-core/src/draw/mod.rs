//! Pictures of timelines, histories and trees, as text and as SVG, and reports, as text and as HTML. A picture is data first:
//! it is built from timelines or names, prints itself with `Display`, and gives its SVG with `to_svg`. Thirty rows are drawn
//! unless it is told otherwise, the rest is counted.
//!
//! It knows nothing of registries; [`Snapshot`](crate::state::Snapshot) and [`View`](crate::state::View) make the usual
//! pictures.

mod gantt;
mod rectangles;
mod report;
mod svg;
mod tree;

pub use gantt::Gantt;
pub use rectangles::RectanglePicture;
pub use report::Report;
pub use tree::TreePicture;

/// How many rows a picture draws that is not told otherwise; the rest is counted.
pub const ROWS: usize = 30;

/// The widest a label is drawn as text, in characters: a revision and its instant to the microsecond fit.
const LABEL: usize = 36;

/// The beginning of a text in at most `width` characters, an ellipsis where something is left out.
fn fitted(text: &str, width: usize) -> String {
    let text = text.replace(char::is_control, " ");
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// A text filled up with spaces to `width` characters.
fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}
