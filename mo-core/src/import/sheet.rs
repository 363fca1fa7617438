//! [`Sheet`]: the rows of a CSV file under its header, each with its line. What the columns mean is not known here.

use std::io::{BufRead, Read};

use super::encoding::{Encoding, NotText};
use super::problem::{ImportError, Problem, Rule};

/// The largest file that is read: 256 MiB.
pub(super) const FILE_LIMIT: u64 = 256 << 20;

/// Follows the last line of a file. A quote that is never closed swallows it, by which that is seen.
const END: &str = "\u{1}end";

/// How many lines end in the text: with a line feed, a carriage return, or both.
fn line_ends(text: &[u8]) -> u64 {
    let next = text.iter().skip(1).map(Some).chain([None]);
    let ends = text.iter().zip(next).filter(|(byte, next)| match byte {
        b'\n' => true,
        b'\r' => *next != Some(&b'\n'),
        _ => false,
    });
    ends.fold(0, |lines, _| lines + 1)
}

/// A row and the line it begins on.
#[derive(Debug)]
pub(super) struct SheetRow {
    pub(super) line: u64,
    cells: csv::StringRecord,
}

/// The rows of a CSV file under its header.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<SheetRow>,
}

impl Sheet {
    /// Reads a file to its end. Rows without any value are left out; white space around values is not part of them.
    pub(super) fn read(
        file: &str,
        from: &mut dyn BufRead,
        encoding: Encoding,
        delimiter: u8,
    ) -> Result<Sheet, ImportError> {
        let mut bytes = Vec::new();
        let read = from.take(FILE_LIMIT + 1).read_to_end(&mut bytes);
        read.map_err(|e| Problem::of_file(file, Rule::Unreadable(e)))?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(Problem::of_file(file, Rule::TooLarge { limit: FILE_LIMIT }).into());
        }
        let mut text = match encoding.decode(bytes) {
            Ok(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
            Err(NotText::Utf16) => return Err(Problem::of_file(file, Rule::Utf16).into()),
            Err(NotText::After(good)) => {
                return Err(Problem::of_row(file, 1 + line_ends(&good), Rule::Encoding(encoding)).into());
            }
        };
        text.push('\n');
        text.push_str(END);

        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut lines = Lines { text: text.as_bytes(), seen: 0, line: 1 };
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        let mut cells = csv::StringRecord::new();
        loop {
            let begins = reader.position().byte();
            match reader.read_record(&mut cells) {
                Ok(true) => {}
                // The end mark came inside another row.
                Ok(false) => return Err(Problem::of_row(file, lines.line, Rule::OpenQuote).into()),
                Err(e) => return Err(Problem::of_file(file, Rule::Unreadable(e.into())).into()),
            }
            if cells.len() == 1 && cells.get(0) == Some(END) {
                break;
            }
            let line = lines.at_row_after(begins);
            // Spreadsheets end rows with empty cells.
            let used =
                (1..).zip(&cells).filter(|(_, cell)| !cell.is_empty()).map(|(n, _)| n).last().unwrap_or(0);
            if used == 0 {
                continue;
            }
            match &header {
                None => header = Some(cells.iter().map(str::to_owned).collect()),
                Some(header) if used > header.len() => {
                    let rule = Rule::TooManyCells { cells: used, columns: header.len() };
                    problems.push(Problem::of_row(file, line, rule));
                }
                Some(_) => rows.push(SheetRow { line, cells: cells.clone() }),
            }
        }
        let header = header.ok_or_else(|| Problem::of_file(file, Rule::NoHeader))?;
        if problems.is_empty() {
            Ok(Sheet { file: file.to_owned(), header, rows })
        } else {
            Err(ImportError { problems })
        }
    }

    /// Where a column stands.
    pub(super) fn column(&self, name: &str) -> Result<Column, Rule> {
        let mut found = (0..).zip(&self.header).filter(|(_, header)| *header == name).map(|(n, _)| n);
        let column = found.next().ok_or_else(|| {
            let has: Vec<String> = self.header.iter().map(|name| crate::quote(name)).collect();
            Rule::NoColumn { has: has.join(", ") }
        })?;
        if found.next().is_some() { Err(Rule::ColumnTwice) } else { Ok(Column(column)) }
    }
}

/// The place of a column in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column(usize);

impl SheetRow {
    /// The value in a column; empty where the row ends before it.
    pub(super) fn cell(&self, column: Column) -> &str {
        self.cells.get(column.0).unwrap_or_default()
    }
}

/// Counts lines. The reader's own count is that of the place where it began to look for a row, before empty lines.
struct Lines<'a> {
    text: &'a [u8],
    seen: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that begins at or, after empty lines, behind `byte`.
    fn at_row_after(&mut self, byte: u64) -> u64 {
        let rest = |from: usize| self.text.get(from..).unwrap_or_default();
        let begins = usize::try_from(byte).unwrap_or(usize::MAX);
        let empty = rest(begins).iter().take_while(|byte| **byte == b'\n').count();
        let begins = begins.saturating_add(empty);
        let passed = self.text.get(self.seen..begins).unwrap_or_default();
        self.line += line_ends(passed);
        self.seen = begins;
        self.line
    }
}
