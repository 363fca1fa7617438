//! [`Svg`]: the few shapes the pictures need, written with an XML writer.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// An SVG document being written.
pub(super) struct Svg {
    writer: Writer<Vec<u8>>,
}

/// The fill of a box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Color(&'static str);

/// Light enough for black text, and told apart by most eyes.
const PALETTE: [&str; 8] =
    ["#cfe2f3", "#fce5cd", "#d9ead3", "#f4cccc", "#d9d2e9", "#fff2cc", "#d0e0e3", "#ead1dc"];

impl Color {
    /// The colour with this number; there are eight.
    pub(super) fn number(number: usize) -> Color {
        Color(PALETTE.get(number % PALETTE.len()).copied().unwrap_or("#ffffff"))
    }

    /// A colour for a text, the same wherever it stands.
    pub(super) fn of(text: &str) -> Color {
        Color::number(
            text.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))),
        )
    }
}

/// About how many pixels a text of this many characters takes.
pub(super) fn width(characters: usize) -> i32 {
    i32::try_from(characters.saturating_mul(13) / 2).unwrap_or(i32::MAX / 4)
}

impl Svg {
    pub(super) fn new(width: i32, height: i32) -> Svg {
        let mut svg = Svg { writer: Writer::new(Vec::new()) };
        let (width, height) = (width.to_string(), height.to_string());
        let mut start = BytesStart::new("svg");
        for (name, value) in [
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", width.as_str()),
            ("height", height.as_str()),
            ("font-family", "sans-serif"),
            ("font-size", "12"),
        ] {
            start.push_attribute((name, value));
        }
        svg.write(Event::Start(start));
        svg.empty("rect", &[("width", &width), ("height", &height), ("fill", "#ffffff")]);
        svg
    }

    // Writing to a vector cannot fail.
    fn write(&mut self, event: Event<'_>) {
        let written = self.writer.write_event(event);
        debug_assert!(written.is_ok());
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let mut element = BytesStart::new(name);
        for (name, value) in attributes {
            element.push_attribute((*name, *value));
        }
        self.write(Event::Empty(element));
    }

    pub(super) fn rect(&mut self, x: i32, y: i32, width: i32, height: i32, fill: Color) {
        let [x, y, width, height] = [x, y, width, height].map(|n| n.to_string());
        self.empty(
            "rect",
            &[
                ("x", &x),
                ("y", &y),
                ("width", &width),
                ("height", &height),
                ("fill", fill.0),
                ("stroke", "#888888"),
            ],
        );
    }

    pub(super) fn line(&mut self, x1: i32, y1: i32, x2: i32, y2: i32) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(|n| n.to_string());
        self.empty("line", &[("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2), ("stroke", "#bbbbbb")]);
    }

    pub(super) fn text(&mut self, x: i32, y: i32, text: &str) {
        let (x, y) = (x.to_string(), y.to_string());
        let mut start = BytesStart::new("text");
        start.push_attribute(("x", x.as_str()));
        start.push_attribute(("y", y.as_str()));
        self.write(Event::Start(start));
        self.write(Event::Text(BytesText::new(text)));
        self.write(Event::End(BytesEnd::new("text")));
    }

    pub(super) fn finish(mut self) -> String {
        self.write(Event::End(BytesEnd::new("svg")));
        String::from_utf8(self.writer.into_inner()).unwrap_or_default()
    }
}
