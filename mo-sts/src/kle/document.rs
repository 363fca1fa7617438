//! From the bytes of a KLE file to its rows, in one pass. Holds the file against the tables of `grammar`, goes on after a
//! wrong place so that all of them are told, and leaves what rows have to do with each other to `edition`.

mod markup;

use std::io::BufRead;

use mo_core::classification::{ClassNotes, Keyword, LegalSource};
use mo_core::quote;
use mo_core::time::Day;
use uuid::Uuid;

use super::error::{KleError, Problem, ProblemKind};
use super::grammar::{self, Need, Often, Part, Slot};
use super::report::{Finding, Report};
use super::row::{End, Form, Level, Row};
use crate::xml::{Limits, ReadError, ReadErrorKind, Source, Token};

/// What a file says, before its rows are compared.
pub(super) struct Document {
    pub(super) published: Day,
    pub(super) form: Form,
    pub(super) actions: bool,
    pub(super) rows: Vec<Row>,
    pub(super) reports: Vec<Report>,
}

/// At most so many wrong places of a sort are remembered.
const PROBLEMS: usize = 1000;

/// A day for what has none because its place is wrong; never seen, since then the file is refused.
const NO_DAY: Day = Day::MIN;

const LEVELS: [Level; 5] =
    [Level::MainGroup, Level::Group, Level::Topic, Level::ActionCategory, Level::Action];

pub(super) fn read(input: impl BufRead, limits: Limits) -> Result<Document, KleError> {
    let mut parser = Parser {
        source: Source::new(input, limits),
        buffer: Vec::new(),
        path: Vec::new(),
        opened: 1,
        problems: Vec::new(),
        tolerable: Vec::new(),
        hidden: Vec::new(),
        passed_over: Vec::new(),
        more_passed_over: 0,
        rows: Vec::new(),
        latest: String::new(),
        has_uuids: false,
        has_urls: false,
    };
    let (actions, slots) = parser.root()?;
    let mut published = None;
    parser.children(slots, Cursor::Sequence, &mut |parser, slot| match slot.part {
        Part::Child(level) => parser.row(level, None),
        _ => parser.day().map(|day| published = day),
    })?;
    parser.finish()?;
    let form = match (parser.has_uuids, parser.has_urls) {
        (false, _) => Form::V2_0,
        (true, false) => Form::Rest1_2,
        (true, true) => Form::Rest1_3,
    };
    // The REST form may grow, and of action facets there is no schema.
    let strict = form == Form::V2_0 && !actions;
    let (mut problems, mut reports) = (parser.problems, Vec::new());
    problems.extend(if strict { parser.tolerable } else { parser.hidden });
    problems.sort_by_key(|problem| problem.line);
    if let (true, Some(published)) = (problems.is_empty(), published) {
        if !strict {
            reports = parser.passed_over;
            reports.extend((parser.more_passed_over > 0).then(|| {
                let finding = Finding::MorePassedOver { count: parser.more_passed_over };
                Report { line: 0, number: String::new(), finding }
            }));
        }
        return Ok(Document {
            published,
            form,
            actions,
            rows: parser.rows.into_iter().flatten().collect(),
            reports,
        });
    }
    Err(KleError::Refused(problems))
}

struct Parser<R> {
    source: Source<R>,
    buffer: Vec<u8>,
    path: Vec<&'static str>,
    /// The line on which the latest element began.
    opened: u64,
    /// Wrong places; from `PROBLEMS` on the file is refused anyway, and rows are read past.
    problems: Vec<Problem>,
    /// Wrong places that only version 2.0 refuses.
    tolerable: Vec<Problem>,
    /// Wrong places that are not told beside one that only version 2.0 refuses: where that is tolerated, they are.
    hidden: Vec<Problem>,
    passed_over: Vec<Report>,
    more_passed_over: usize,
    rows: Vec<Option<Row>>,
    /// The latest number that was read.
    latest: String,
    has_uuids: bool,
    has_urls: bool,
}

/// How the children of an element follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cursor {
    /// One after the other.
    Sequence,
    /// The whole sequence again and again.
    Repeated,
    /// Exactly one of them.
    Choice(&'static str),
}

/// Which children of an element were there.
#[derive(Default)]
struct Seen {
    mask: u32,
    at: usize,
    /// Whether a child was wrong: then what follows from it is not told too.
    wrong: bool,
    /// Whether a wrong place was told that every version refuses.
    refused: bool,
}

impl Seen {
    fn has(&self, place: usize) -> bool {
        self.mask & (1 << place) != 0
    }

    /// The first row that every version demands and that is not there.
    fn lacks(&self, slots: &'static [Slot]) -> Option<&'static Slot> {
        let mut rows = slots.iter().enumerate();
        rows.find(|(place, slot)| slot.need == Need::Always && !self.has(*place)).map(|(_, slot)| slot)
    }

    /// The first mandatory row among these that is not there.
    fn missing(&self, slots: &'static [Slot], among: std::ops::Range<usize>) -> Option<&'static Slot> {
        let mut rows = slots.iter().enumerate().take(among.end).skip(among.start);
        rows.find(|(place, slot)| slot.need != Need::Never && !self.has(*place)).map(|(_, slot)| slot)
    }
}

/// Whether KLE has its elements in this namespace: none, or that of the REST service.
fn ours(namespace: &str) -> bool {
    namespace.is_empty() || namespace.starts_with("http://www.kle-online.dk/rest/resources/")
}

impl<R: BufRead> Parser<R> {
    fn fatal(&self, kind: ReadErrorKind) -> ReadError {
        ReadError::new(kind, self.source.at, self.shown_path(None))
    }

    fn shown_path(&self, last: Option<&str>) -> String {
        let mut path = String::new();
        for name in self.path.iter().copied().chain(last) {
            path.push('/');
            path.push_str(name);
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }

    fn problem(&mut self, line: u64, kind: ProblemKind, tolerable: bool) {
        let path = self.shown_path(None);
        let told = if tolerable { &mut self.tolerable } else { &mut self.problems };
        if told.len() < PROBLEMS {
            told.push(Problem { line, path, kind });
        }
    }

    /// A wrong place of an element of which one was told perhaps already.
    fn problem_in(&mut self, seen: &mut Seen, line: u64, kind: ProblemKind, tolerable: bool) {
        if !seen.wrong {
            self.problem(line, kind, tolerable);
        } else if !tolerable && !seen.refused && self.hidden.len() < PROBLEMS {
            let path = self.shown_path(None);
            self.hidden.push(Problem { line, path, kind });
        }
        seen.refused |= !tolerable;
    }

    /// What is wrong with a whole element (or a round of one that repeats): what it must have and has not.
    fn is_whole(&mut self, seen: &mut Seen, line: u64, slots: &'static [Slot]) {
        if let Some(slot) = seen.lacks(slots).filter(|_| !seen.refused) {
            seen.wrong = true;
            self.problem_in(seen, line, ProblemKind::Missing { element: slot.name, before: None }, false);
        }
    }

    /// Enters the outermost element.
    fn root(&mut self) -> Result<(bool, &'static [Slot]), ReadError> {
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Err(kind) => kind,
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) if text.trim().is_empty() => continue,
                Ok(Token::Text(_)) => ReadErrorKind::StrayText,
                Ok(Token::Eof | Token::End) => ReadErrorKind::Empty,
                Ok(Token::Start(start)) => {
                    let (namespace, local) = self.source.name(&start);
                    let mut roots = grammar::ROOTS.iter().enumerate();
                    match roots.find(|(_, (name, _))| ours(&namespace) && *name == local) {
                        Some((place, (name, slots))) => {
                            self.opened = self.source.at.1;
                            self.path.push(name);
                            return Ok((place > 0, slots));
                        }
                        None if local.eq_ignore_ascii_case("html") => ReadErrorKind::Html,
                        None => ReadErrorKind::Root {
                            expected: grammar::ROOTS
                                .iter()
                                .map(|(name, _)| *name)
                                .collect::<Vec<_>>()
                                .join(" or "),
                            found: quote(local),
                        },
                    }
                }
            };
            return Err(self.fatal(kind));
        }
    }

    /// Nothing may follow the outermost element.
    fn finish(&mut self) -> Result<(), ReadError> {
        loop {
            let kind = match self.source.next(&mut self.buffer) {
                Ok(Token::Eof) => return Ok(()),
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) if text.trim().is_empty() => continue,
                Ok(Token::Text(_)) => ReadErrorKind::StrayText,
                Ok(Token::Start(_) | Token::End) => ReadErrorKind::StrayElement,
                Err(kind) => kind,
            };
            return Err(self.fatal(kind));
        }
    }

    /// Reads past the end of the element that was just entered.
    fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.source.depth().saturating_sub(1);
        while self.source.depth() > outside {
            if let Err(kind) = self.source.next(&mut self.buffer) {
                return Err(self.fatal(kind));
            }
        }
        Ok(())
    }

    /// Reads the children of the open element to its end; `each` reads one to its end.
    fn children(
        &mut self,
        slots: &'static [Slot],
        cursor: Cursor,
        each: &mut dyn FnMut(&mut Self, &'static Slot) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let line = self.opened;
        let mut seen = Seen::default();
        loop {
            let found = match self.source.next(&mut self.buffer) {
                Err(kind) => return Err(self.fatal(kind)),
                Ok(Token::Eof) => return Err(self.fatal(ReadErrorKind::Truncated)),
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) => {
                    if !text.trim().is_empty() && !seen.wrong {
                        seen.wrong = true;
                        self.problem(self.source.at.1, ProblemKind::StrayText, true);
                    }
                    continue;
                }
                Ok(Token::End) => break,
                Ok(Token::Start(start)) => {
                    let (namespace, local) = self.source.name(&start);
                    let place = slots.iter().position(|slot| slot.name == local && ours(&namespace));
                    place.ok_or_else(|| quote(local))
                }
            };
            self.opened = self.source.at.1;
            match found.map(|place| (place, slots.get(place))) {
                Ok((place, Some(slot))) => {
                    self.accept(slots, cursor, &mut seen, place, slot);
                    self.path.push(slot.name);
                    each(self, slot)?;
                    self.path.pop();
                }
                Ok((_, None)) => self.skip()?,
                Err(element) => {
                    self.unexpected(slots, &mut seen, element);
                    self.skip()?;
                }
            }
        }
        match cursor {
            Cursor::Choice(names) => {
                if seen.mask.count_ones() != 1 {
                    self.problem_in(&mut seen, line, ProblemKind::Choice(names), false);
                }
            }
            Cursor::Sequence | Cursor::Repeated => {
                let missing = seen.missing(slots, seen.at..slots.len());
                if let Some(slot) = missing.filter(|_| !seen.wrong) {
                    self.missing(&mut seen, line, slot, None);
                }
                self.is_whole(&mut seen, line, slots);
            }
        }
        Ok(())
    }

    fn unexpected(&mut self, slots: &'static [Slot], seen: &mut Seen, element: String) {
        if self.passed_over.len() < PROBLEMS {
            let (line, number) = (self.opened, self.latest.clone());
            let finding = Finding::PassedOver { path: self.shown_path(Some(&element)) };
            self.passed_over.push(Report { line, number, finding });
        } else {
            self.more_passed_over += 1;
        }
        if !seen.wrong {
            seen.wrong = true;
            let expected = match seen.missing(slots, seen.at..slots.len()) {
                Some(slot) => slot.name.to_owned(),
                None => String::new(),
            };
            self.problem(self.opened, ProblemKind::Unexpected { element, expected }, true);
        }
    }

    fn missing(&mut self, seen: &mut Seen, line: u64, slot: &'static Slot, before: Option<&'static str>) {
        let kind = ProblemKind::Missing { element: slot.name, before };
        self.problem_in(seen, line, kind, slot.need != Need::Always);
    }

    /// Holds a child that was found against the order and number of the table.
    fn accept(
        &mut self,
        slots: &'static [Slot],
        cursor: Cursor,
        seen: &mut Seen,
        place: usize,
        slot: &'static Slot,
    ) {
        let line = self.opened;
        if cursor == Cursor::Repeated && place == 0 && seen.has(0) {
            if let (false, Some(missing)) = (seen.wrong, seen.missing(slots, seen.at..slots.len())) {
                self.missing(seen, line, missing, Some(slot.name));
                seen.wrong = true;
            }
            self.is_whole(seen, line, slots);
            *seen = Seen { wrong: seen.wrong, refused: seen.refused, ..Seen::default() };
        }
        let missing = seen.missing(slots, seen.at..place);
        if seen.has(place) && slot.often != Often::Any {
            let tolerable = slot.often == Often::OnceInV2_0;
            self.problem_in(seen, line, ProblemKind::Repeated(slot.name), tolerable);
            seen.wrong |= !tolerable;
        } else if place < seen.at && !seen.wrong && !matches!(cursor, Cursor::Choice(_)) {
            self.problem(line, ProblemKind::Order(slot.name), true);
        } else if let (false, Some(missing)) = (seen.wrong, missing) {
            self.missing(seen, line, missing, Some(slot.name));
            // What only version 2.0 demands says nothing of the rest.
            seen.wrong = missing.need == Need::Always;
        }
        seen.at = seen.at.max(place);
        seen.mask |= 1 << place;
    }

    /// The text of the open element, which is closed; white space is joined.
    fn text(&mut self) -> Result<String, ReadError> {
        let text = self.raw_text()?;
        let mut words = text.split_whitespace();
        let mut joined = words.next().unwrap_or_default().to_owned();
        for word in words {
            joined.push(' ');
            joined.push_str(word);
        }
        Ok(joined)
    }

    /// The text of the open element as it stands, which is closed.
    fn raw_text(&mut self) -> Result<String, ReadError> {
        let mut text = String::new();
        loop {
            match self.source.next(&mut self.buffer) {
                Err(kind) => return Err(self.fatal(kind)),
                Ok(Token::Eof) => return Err(self.fatal(ReadErrorKind::Truncated)),
                Ok(Token::Nothing) => {}
                Ok(Token::Text(part)) => text.push_str(&part),
                Ok(Token::End) => break,
                Ok(Token::Start(start)) => {
                    let element = quote(self.source.name(&start).1);
                    let line = self.source.at.1;
                    self.problem(line, ProblemKind::StrayElement(element), false);
                    self.skip()?;
                }
            }
        }
        Ok(text)
    }

    fn wrong_value(&mut self, line: u64, expected: &'static str, found: &str) {
        self.problem(line, ProblemKind::Value { expected, found: quote(found) }, false);
    }

    /// A day; a time zone behind it says nothing here.
    fn day(&mut self) -> Result<Option<Day>, ReadError> {
        let line = self.opened;
        let text = self.text()?;
        let zone = text.get(10..).unwrap_or_default();
        let plain = zone.is_empty() || zone == "Z" || (zone.len() == 6 && zone.starts_with(['+', '-']));
        let day = text.get(..10).and_then(|day| day.parse::<Day>().ok()).filter(|_| plain);
        if day.is_none() {
            self.wrong_value(line, "a day, such as 2015-08-01", &text);
        }
        Ok(day)
    }

    /// A number of a level.
    fn number(&mut self, level: usize) -> Result<String, ReadError> {
        let line = self.opened;
        let text = self.raw_text()?;
        if let Err(expected) = grammar::number(level, &text) {
            self.wrong_value(line, expected, &text);
        }
        Ok(text)
    }

    fn row(&mut self, level: usize, above: Option<(usize, String)>) -> Result<(), ReadError> {
        if self.problems.len() >= PROBLEMS {
            return self.skip();
        }
        let slots = grammar::LEVELS.get(level).copied().unwrap_or_default();
        let place = self.rows.len();
        // Holds the place before the rows in it.
        self.rows.push(None);
        let (above, parent) = above.unzip();
        let mut row = Row {
            line: self.opened,
            level: LEVELS.get(level).copied().unwrap_or(Level::MainGroup),
            number: String::new(),
            parent,
            title: String::new(),
            uuid: None,
            created: NO_DAY,
            end: None,
            successors: Vec::new(),
            notes: ClassNotes::default(),
            above,
        };
        self.children(slots, Cursor::Sequence, &mut |parser, slot| match slot.part {
            Part::Child(level) => parser.row(level, Some((place, row.number.clone()))),
            _ => parser.part(level, slot, &mut row),
        })?;
        if let Some(held) = self.rows.get_mut(place) {
            *held = Some(row);
        }
        Ok(())
    }

    fn part(&mut self, level: usize, slot: &'static Slot, row: &mut Row) -> Result<(), ReadError> {
        match slot.part {
            Part::Number => {
                row.number = self.number(level)?;
                self.latest.clone_from(&row.number);
            }
            Part::Title => row.title = self.text()?,
            Part::Guidance => row.notes.guidance = self.guidance()?,
            Part::LegalSource => self.legal_sources(&mut row.notes.legal_sources)?,
            Part::Dates => self.dates(row)?,
            Part::Preservation => row.notes.preservation = self.preservation()?,
            Part::Deletion => row.notes.deletion = self.deletion()?,
            Part::Selection => self.children(grammar::SELECTION, Cursor::Sequence, &mut |parser, _| {
                let title = parser.text()?;
                row.notes.selections.push(title);
                Ok(())
            })?,
            Part::Keyword | Part::ActionKeyword => row.notes.keywords.push(self.keyword()?),
            Part::Uuid => row.uuid = self.uuid()?,
            Part::Published | Part::Child(_) | Part::Text(_) => self.skip()?,
        }
        Ok(())
    }

    fn uuid(&mut self) -> Result<Option<Uuid>, ReadError> {
        self.has_uuids = true;
        let text = self.text()?;
        Ok(Uuid::try_parse(&text).ok().filter(|uuid| !uuid.is_nil()))
    }

    fn preservation(&mut self) -> Result<Option<String>, ReadError> {
        let line = self.opened;
        let code = self.raw_text()?;
        match code.as_str() {
            "B" | "K" | "K5" | "K10" => return Ok(Some(code)),
            // Topics retired before 2007 have no code.
            "tom" => {}
            _ => self.wrong_value(line, "a code of preservation: B, K, K5, K10 or tom", &code),
        }
        Ok(None)
    }

    fn deletion(&mut self) -> Result<Option<String>, ReadError> {
        let line = self.opened;
        let text = self.text()?;
        if !grammar::is_duration(&text) {
            self.wrong_value(line, "a duration, such as P1825D", &text);
        }
        Ok(Some(text))
    }

    fn keyword(&mut self) -> Result<Keyword, ReadError> {
        let mut keyword = Keyword::new("");
        self.children(grammar::KEYWORD, Cursor::Sequence, &mut |parser, slot| {
            match slot.part {
                Part::Text(1) => keyword.text = parser.text()?,
                Part::Text(2) => keyword.action = Some(parser.number(4)?),
                // Their order among themselves is the order in which they stand.
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(keyword)
    }

    fn legal_sources(&mut self, sources: &mut Vec<LegalSource>) -> Result<(), ReadError> {
        self.children(grammar::LEGAL_SOURCE, Cursor::Repeated, &mut |parser, slot| {
            let text = parser.text()?;
            let last = sources.pop().unwrap_or_else(|| LegalSource::new(""));
            match slot.part {
                Part::Text(0) => {
                    sources.extend(Some(last).filter(|last| !last.title.is_empty()));
                    sources.push(LegalSource::new(text));
                }
                Part::Text(1) => sources.push(last.section(text)),
                Part::Text(2) => sources.push(last.accession(text)),
                _ => {
                    parser.has_urls = true;
                    sources.push(last.url(text));
                }
            }
            Ok(())
        })
    }

    fn dates(&mut self, row: &mut Row) -> Result<(), ReadError> {
        self.children(grammar::DATES, Cursor::Sequence, &mut |parser, slot| match slot.part {
            Part::Text(0) => parser.day().map(|day| row.created = day.unwrap_or(NO_DAY)),
            Part::Text(1) => parser.day().map(|day| row.notes.changed.extend(day)),
            _ => parser.history(row),
        })
    }

    fn history(&mut self, row: &mut Row) -> Result<(), ReadError> {
        let choice = Cursor::Choice("UdgaaetDato or Flyttet");
        self.children(grammar::HISTORY, choice, &mut |parser, slot| match slot.part {
            Part::Text(0) => parser.day().map(|day| row.end = day.map(End::Retired)),
            _ => parser.children(grammar::MOVED, Cursor::Sequence, &mut |parser, slot| match slot.part {
                Part::Text(0) => parser.day().map(|day| row.end = day.map(End::Moved)),
                _ => parser.successor(row),
            }),
        })
    }

    fn successor(&mut self, row: &mut Row) -> Result<(), ReadError> {
        let choice = Cursor::Choice("HovedgruppeNr, GruppeNr, EmneNr or HandlingsfacetNr");
        self.children(grammar::SUCCESSOR, choice, &mut |parser, slot| {
            let Part::Text(level) = slot.part else { return parser.skip() };
            let number = parser.number(level)?;
            row.successors.push(number);
            Ok(())
        })
    }
}
