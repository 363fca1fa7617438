//! [`Report`]: a title, sentences and tables, as text and as HTML.

use std::fmt;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::padded;

/// A report: a summary line, then sections with sentences and tables.
///
/// ```
/// use mo_core::draw::Report;
/// let report = Report::new("2 people move")
///     .section("People")
///     .table(["who", "to"], [["Bo", "Kultur"], ["Åse", "Kultur & Fritid"]]);
/// assert_eq!(report.to_string(), "2 people move\n\nPeople\n  who  to\n  Bo   Kultur\n  Åse  Kultur & Fritid\n");
/// assert!(report.to_html().contains("<td>Kultur &amp; Fritid</td>"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    summary: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Section(String),
    Line(String),
    Table { header: Vec<String>, rows: Vec<Vec<String>> },
    Picture { text: String, svg: String },
}

impl Report {
    /// With its summary line alone.
    pub fn new(summary: impl Into<String>) -> Report {
        Report { summary: summary.into(), parts: Vec::new() }
    }

    /// Begins a section.
    #[must_use]
    pub fn section(self, heading: impl Into<String>) -> Report {
        self.with(Part::Section(heading.into()))
    }

    /// With a sentence.
    #[must_use]
    pub fn line(self, line: impl Into<String>) -> Report {
        self.with(Part::Line(line.into()))
    }

    /// With a table; a header without any text is left out.
    #[must_use]
    pub fn table<const N: usize, H: Into<String>, C: Into<String>>(
        self,
        header: [H; N],
        rows: impl IntoIterator<Item = [C; N]>,
    ) -> Report {
        let header = header.into_iter().map(Into::into).collect();
        let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
        self.with(Part::Table { header, rows })
    }

    /// With a picture that has a form as text and one as SVG.
    #[must_use]
    pub fn picture(self, text: impl Into<String>, svg: impl Into<String>) -> Report {
        self.with(Part::Picture { text: text.into(), svg: svg.into() })
    }

    fn with(mut self, part: Part) -> Report {
        self.parts.push(part);
        self
    }

    /// The report as an HTML document that needs nothing beside it.
    pub fn to_html(&self) -> String {
        let mut html = Html { writer: Writer::new(Vec::new()) };
        html.writer.get_mut().extend_from_slice(b"<!DOCTYPE html>\n");
        html.begin("html");
        html.begin("head");
        let mut charset = BytesStart::new("meta");
        charset.push_attribute(("charset", "utf-8"));
        html.event(Event::Empty(charset));
        html.element("title", &self.summary);
        html.element("style", STYLE);
        html.end("head");
        html.begin("body");
        html.element("h1", &self.summary);
        for part in &self.parts {
            match part {
                Part::Section(heading) => html.element("h2", heading),
                Part::Line(line) => html.element("p", line),
                Part::Table { header, rows } => {
                    html.begin("table");
                    if has_text(header) {
                        html.row("th", header);
                    }
                    for row in rows {
                        html.row("td", row);
                    }
                    html.end("table");
                }
                // A picture of this crate is well-formed XML already.
                Part::Picture { svg, .. } => html.writer.get_mut().extend_from_slice(svg.as_bytes()),
            }
        }
        html.end("body");
        html.end("html");
        String::from_utf8(html.writer.into_inner()).unwrap_or_default()
    }
}

/// Whether a header says anything.
fn has_text(header: &[String]) -> bool {
    header.iter().any(|cell| !cell.is_empty())
}

const STYLE: &str = "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}\
                     th,td{border:1px solid #888;padding:0.2em 0.6em;text-align:left}td:last-child{white-space:nowrap}";

struct Html {
    writer: Writer<Vec<u8>>,
}

impl Html {
    // Writing to a vector cannot fail.
    fn event(&mut self, event: Event<'_>) {
        let written = self.writer.write_event(event);
        debug_assert!(written.is_ok());
    }

    fn begin(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    fn end(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn element(&mut self, name: &str, text: &str) {
        self.begin(name);
        self.event(Event::Text(BytesText::new(text)));
        self.end(name);
    }

    fn row(&mut self, cell: &str, texts: &[String]) {
        self.begin("tr");
        for text in texts {
            self.element(cell, text);
        }
        self.end("tr");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        for part in &self.parts {
            match part {
                Part::Section(heading) => writeln!(f, "\n{heading}")?,
                Part::Line(line) => writeln!(f, "  {line}")?,
                Part::Picture { text, .. } => {
                    for line in text.lines() {
                        writeln!(f, "  {line}")?;
                    }
                }
                Part::Table { header, rows } => {
                    let all = || [header].into_iter().filter(|header| has_text(header)).chain(rows);
                    let width = |column: usize| {
                        let cells = all().filter_map(|row| row.get(column));
                        cells.map(|cell| cell.chars().count()).max().unwrap_or(0) + 2
                    };
                    let widths: Vec<usize> = (0..header.len()).map(width).collect();
                    for row in all() {
                        let line: String =
                            row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
                        writeln!(f, "  {}", line.trim_end())?;
                    }
                }
            }
        }
        Ok(())
    }
}
