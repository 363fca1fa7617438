//! [`TagReader`]: the rows of a sheet of KLE tags, found in a registry, as a wish; or everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, Read};

use uuid::Uuid;

use super::TagSheet;
use super::names::{self, Names, Role};
use crate::import::encoding::Encoding;
use crate::import::problem::{ImportError, Problem, Rule};
use crate::import::sheet::{Column, FILE_LIMIT, Sheet, SheetRow};
use crate::model::value::Text;
use crate::model::{ClassId, Kind, KleAspect, KleTag, KleTagId, UnitId};
use crate::reconcile::{Reconcile, Scope};
use crate::rules;
use crate::state::View;
use crate::time::Period;
use crate::timeline::{Days, Timeline};

/// Reads sheets of KLE tags that speak from a view's day on; see [`TagSheet`].
///
/// A sheet is CSV with a header. Columns are known by their names, in any order and case; what divides cells is seen from
/// the header.
///
/// | column | names | a cell |
/// |---|---|---|
/// | unit | `Enhed`, `unit` | id, user key or name |
/// | number | `KLE-nummer`, `KLE`, `Nummer`, `number` | `28`, `28.06` or `28.06.12` |
/// | aspects | `Aspekter`, `aspects` | `Ansvarlig`, `Udførende`, `Indsigt` (or `responsible` …), with commas between |
/// | first day | `Fra`, `Gyldig fra`, `valid_from` | `2025-06-01` or `01-06-2025`; empty: the view's day |
/// | end | `Ophører`, `valid_until`: the first day on which it is no more; or `Til og med`, `last_day`: the last | empty: no end |
///
/// The last two may be missing. Several rows may name the same unit and number, for other aspects or other days. Of days
/// before the view's nothing is taken.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// use mo_core::import::{Encoding, TagReader};
///
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("tags"));
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// // As a Danish Excel writes it.
/// let reader = TagReader::new(&view).encoding(Encoding::Windows1252).source("regneark").complete();
/// let sheet = b"Enhed;KLE-nummer;Aspekt\n".as_slice();
/// assert_eq!(reader.read("kle.csv", &mut { sheet })?.rows(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TagReader<'v> {
    view: &'v View,
    encoding: Encoding,
    source: Text,
    complete: bool,
}

impl<'v> TagReader<'v> {
    /// Reads UTF-8, of tags of the source `local`, and of the units named alone.
    pub fn new(view: &'v View) -> TagReader<'v> {
        TagReader { view, encoding: Encoding::default(), source: Text::from("local"), complete: false }
    }

    /// Reads this encoding.
    #[must_use]
    pub fn encoding(self, encoding: Encoding) -> TagReader<'v> {
        TagReader { encoding, ..self }
    }

    /// Whose tags the sheet masters: their `source`.
    #[must_use]
    pub fn source(self, source: impl Into<Text>) -> TagReader<'v> {
        TagReader { source: source.into(), ..self }
    }

    /// The sheet has the tags of every unit: tags of units that it does not name end too.
    #[must_use]
    pub fn complete(self) -> TagReader<'v> {
        TagReader { complete: true, ..self }
    }

    /// Reads a sheet; `file` is what messages call it.
    ///
    /// # Errors
    /// Every cell that means nothing or cannot hold, with its line, column and what may have been meant: units and numbers
    /// that are not there, or not on all the days (with what took a number's place), words that are no aspects, days that
    /// are none, rows that say the same. Also what keeps the file as a whole from being read.
    ///
    /// # Complexity
    /// O(r · n) in the rows with an unknown name and the names there are; else O(r log r) in the rows and O(t) in the tags
    /// ever registered.
    pub fn read(&self, file: &str, from: &mut dyn BufRead) -> Result<TagSheet, ImportError> {
        let mut bytes = Vec::new();
        let read = from.take(FILE_LIMIT + 1).read_to_end(&mut bytes);
        read.map_err(|e| Problem::of_file(file, Rule::Unreadable(e)))?;
        let sheet = Sheet::read(file, &mut bytes.as_slice(), self.encoding, delimiter(&bytes))?;
        let (columns, passed_over) = Columns::of(&sheet)?;
        let mut rows = Rows {
            names: Names::of(self.view),
            since: Period::since(self.view.day()),
            file,
            problems: Vec::new(),
            units: BTreeSet::new(),
            lines: BTreeMap::new(),
            said: HashMap::new(),
            earlier: 0,
        };
        let mut said = 0;
        for row in &sheet.rows {
            said += usize::from(rows.row(self.view, &columns, row));
        }
        if !rows.problems.is_empty() {
            return Err(ImportError { problems: rows.problems });
        }
        let wish = self.wish(&rows.units, &rows.lines);
        let Rows { units, earlier, .. } = rows;
        Ok(TagSheet { day: self.view.day(), wish, units, rows: said, earlier, passed_over })
    }

    /// The tags of the registry that mean the lines, and new ones for the rest.
    fn wish(&self, units: &BTreeSet<UnitId>, lines: &Lines) -> Reconcile {
        let snapshot = self.view.snapshot();
        let since = Period::since(self.view.day());
        let spoken_of = |unit: UnitId| self.complete || units.contains(&unit);
        let mut wishes: BTreeMap<KleTagId, Timeline<KleTag>> = BTreeMap::new();
        let mut of_pair: HashMap<(UnitId, ClassId), Vec<(KleTagId, Period)>> = HashMap::new();
        let tables = snapshot.tables();
        for tag in tables.of_kind(Kind::KleTag).map(|ix| KleTagId::new(tables.id(ix))) {
            let timeline = snapshot.timeline(tag);
            let mine =
                timeline.iter().all(|(_, state)| state.source.as_deref().unwrap_or("local") == &*self.source);
            if !mine || !timeline.iter().any(|(_, state)| spoken_of(state.unit)) {
                continue;
            }
            // What it says of other units stays.
            let mut kept = timeline.clip(since);
            for (period, state) in &timeline {
                if spoken_of(state.unit) {
                    kept.remove(period);
                    of_pair.entry((state.unit, state.class)).or_default().push((tag, period));
                }
            }
            wishes.insert(tag, kept);
        }
        let scope =
            if self.complete { Scope::kinds([Kind::KleTag]) } else { Scope::objects(wishes.keys().copied()) };
        let mut new: BTreeMap<KleTagId, Timeline<KleTag>> = BTreeMap::new();
        for (pair, line) in lines {
            let mut known = of_pair.remove(pair).unwrap_or_default();
            known.sort_unstable_by_key(|(tag, period)| (*tag, period.from()));
            for (period, aspects) in line {
                let state = KleTag::new(pair.0, pair.1).aspects(aspects.iter().copied());
                let state = state.source(self.source.clone());
                let mut put = |tag: KleTagId, period: Period| {
                    let free = |wish: &&mut Timeline<KleTag>| wish.pieces_in(period).next().is_none();
                    let wish = wishes.get_mut(&tag).filter(free);
                    wish.map(|wish| wish.insert(period, state.clone())).is_some()
                };
                // The days on which a tag says it already are that tag's.
                let mut rest = Days::from(period);
                for (tag, said) in &known {
                    let said: Vec<Period> = rest.clip(*said).periods().collect();
                    for said in said.into_iter().filter(|said| put(*tag, *said)) {
                        rest.remove(said);
                    }
                }
                // The others go to one that says it on other days, now before earlier, else to a new one.
                let now = known.iter().filter(|(_, said)| said.overlaps(since));
                let known: Vec<KleTagId> = now.chain(&known).map(|(tag, _)| *tag).collect();
                for period in rest.periods() {
                    if !known.iter().any(|tag| put(*tag, period)) {
                        let tag = new.entry(self.new_id(pair.0, pair.1)).or_default();
                        tag.insert(period, state.clone());
                    }
                }
            }
        }
        let mut wish = Reconcile::new(self.source.clone(), scope)
            .within(since)
            .masters(KleTag::UNIT)
            .masters(KleTag::CLASS)
            .masters(KleTag::ASPECTS)
            .key(KleTag::UNIT)
            .key(KleTag::CLASS);
        for (tag, timeline) in wishes.iter().filter(|(_, timeline)| !timeline.is_empty()) {
            wish = wish.wish(*tag, timeline);
        }
        for (tag, timeline) in &new {
            wish = wish.wish_new(*tag, timeline);
        }
        wish
    }

    /// An id that names nothing yet, made from unit and class: the same in every registry.
    fn new_id(&self, unit: UnitId, class: ClassId) -> KleTagId {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"mo KLE tags");
        let mut name = format!("{} {unit} {class}", self.source);
        loop {
            let id = Uuid::new_v5(&namespace, name.as_bytes());
            if self.view.snapshot().kind_of(id).is_none() {
                return KleTagId::new(id);
            }
            name.push_str(" again");
        }
    }
}

/// Per unit and number which aspects on which days.
type Lines = BTreeMap<(UnitId, ClassId), Timeline<BTreeSet<KleAspect>>>;

/// What divides the cells: the character of these that the first line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
    let cells = |delimiter: u8| header.unwrap_or_default().split(|byte| *byte == delimiter).count();
    [b'\t', b',', b';'].into_iter().max_by_key(|delimiter| cells(*delimiter)).unwrap_or(b';')
}

/// The columns that mean something, with their headers.
struct Columns {
    unit: Named,
    number: Named,
    aspects: Named,
    from: Option<Named>,
    /// And whether it is the last day.
    until: Option<(Named, bool)>,
}

struct Named {
    column: Column,
    header: String,
}

impl Columns {
    /// # Errors
    /// Every column that is missing, comes twice, or is nearly one that means something.
    fn of(sheet: &Sheet) -> Result<(Columns, Vec<String>), ImportError> {
        let mut problems = Vec::new();
        let mut passed_over = Vec::new();
        let mut found: Vec<(Role, Named)> = Vec::new();
        let mut nearly: Vec<(String, &'static str)> = Vec::new();
        for header in &sheet.header {
            match names::role(header) {
                Ok(role) => match sheet.column(header) {
                    Ok(_) if found.iter().any(|(other, _)| *other == role) => {
                        problems.push(of_column(sheet, header, "says what another column says; keep one"));
                    }
                    Ok(place) => found.push((role, Named { column: place, header: header.clone() })),
                    Err(twice) => {
                        let problem = Problem::of_file(&sheet.file, twice);
                        problems.push(Problem { column: Some(header.clone()), ..problem });
                    }
                },
                Err(Some(name)) => nearly.push((header.clone(), name)),
                Err(None) if header.is_empty() => {}
                Err(None) => passed_over.push(header.clone()),
            }
        }
        for (header, name) in nearly {
            let meant = names::role(name).ok();
            if found.iter().any(|(role, _)| Some(*role) == meant) {
                passed_over.push(header);
            } else {
                let rule = format!("means nothing here; did you mean {name}?");
                problems.push(of_column(sheet, &header, &rule));
            }
        }
        let mut take = |role: Role| {
            let place = found.iter().position(|(other, _)| *other == role)?;
            Some(found.remove(place).1)
        };
        let (unit, number, aspects) = (take(Role::Unit), take(Role::Number), take(Role::Aspects));
        let (from, until, last_day) = (take(Role::From), take(Role::Until), take(Role::LastDay));
        if let (Some(_), Some(last_day)) = (&until, &last_day) {
            let rule = "says what the column of the first day after it says; keep one";
            problems.push(of_column(sheet, &last_day.header, rule));
        }
        for (missing, name) in
            [(unit.is_none(), "Enhed"), (number.is_none(), "KLE-nummer"), (aspects.is_none(), "Aspekter")]
        {
            if missing && problems.is_empty() {
                let has: Vec<String> = sheet.header.iter().map(|name| crate::quote(name)).collect();
                let rule = format!("has no column {name}; it has {}", has.join(", "));
                problems.push(Problem::of_file(&sheet.file, Rule::Value(rule)));
            }
        }
        match (unit, number, aspects) {
            (Some(unit), Some(number), Some(aspects)) if problems.is_empty() => {
                let until = until.map(|named| (named, false));
                let until = until.or_else(|| last_day.map(|named| (named, true)));
                Ok((Columns { unit, number, aspects, from, until }, passed_over))
            }
            _ => Err(ImportError { problems }),
        }
    }
}

fn of_column(sheet: &Sheet, header: &str, rule: &str) -> Problem {
    let problem = Problem::of_file(&sheet.file, Rule::Value(rule.to_owned()));
    Problem { column: Some(header.to_owned()), ..problem }
}

/// The rows so far.
struct Rows<'a> {
    names: Names<'a>,
    since: Period,
    file: &'a str,
    problems: Vec<Problem>,
    units: BTreeSet<UnitId>,
    lines: Lines,
    /// Which line said what.
    said: HashMap<(UnitId, ClassId, KleAspect), Vec<(Period, u64)>>,
    earlier: usize,
}

impl Rows<'_> {
    /// Takes a row; tells whether it says something.
    fn row(&mut self, view: &View, columns: &Columns, row: &SheetRow) -> bool {
        let before = self.problems.len();
        let unit = row.cell(columns.unit.column);
        let unit = self.names.unit(unit).map_err(|rule| self.problem(row, &columns.unit, rule)).ok();
        let number = row.cell(columns.number.column);
        let classes = self.names.number(number);
        let classes = classes.map_err(|rule| self.problem(row, &columns.number, rule)).unwrap_or_default();
        let aspects = names::aspects(row.cell(columns.aspects.column));
        let aspects = aspects.map_err(|rule| self.problem(row, &columns.aspects, rule)).unwrap_or_default();
        let period = self.period(columns, row);
        let (Some(unit), Some(period), true) = (unit, period, before == self.problems.len()) else {
            return false;
        };
        self.units.insert(unit);
        let Some(period) = period.intersect(self.since) else {
            self.earlier += 1;
            return false;
        };
        let snapshot = view.snapshot();
        let missing = Days::from(period).subtract(&snapshot.timeline(unit));
        if !missing.is_empty() {
            let rule = format!("does not exist {}; let the row begin and end with it", rules::days(&missing));
            self.problem(row, &columns.unit, rule);
        }
        let missing = |class: &ClassId| Days::from(period).subtract(&snapshot.timeline(*class));
        let class = classes.iter().find(|class| missing(class).is_empty());
        let class = class.or_else(|| {
            classes.iter().find(|class| snapshot.timeline(**class).pieces_in(period).next().is_some())
        });
        let Some(class) = class.or(classes.first()).copied() else { return false };
        let missing = missing(&class);
        if !missing.is_empty() {
            let successors = snapshot.class_successors(class);
            let successors: Vec<String> =
                successors.into_iter().map(|class| self.names.class(class)).collect();
            let mend = match successors.as_slice() {
                [] => "choose another number, or let the row begin and end with it".to_owned(),
                some => format!("it was replaced by {}", some.join(" and by ")),
            };
            let rule = format!("{} is not valid {}; {mend}", self.names.class(class), rules::days(&missing));
            self.problem(row, &columns.number, rule);
        }
        for aspect in aspects {
            let said = self.said.entry((unit, class, aspect)).or_default();
            if let Some((_, line)) = said.iter().find(|(other, _)| other.overlaps(period)) {
                let rule =
                    format!("{aspect} is what line {line} says for the same unit, number and days; keep one");
                self.problem(row, &columns.aspects, rule);
                continue;
            }
            said.push((period, row.line));
            let line = self.lines.entry((unit, class)).or_default();
            let both = |one: Option<&BTreeSet<KleAspect>>, other: Option<&KleAspect>| {
                let all: BTreeSet<KleAspect> = one.into_iter().flatten().chain(other).copied().collect();
                Some(all)
            };
            *line = line.merge(&Timeline::single(period, aspect), both);
        }
        true
    }

    fn period(&mut self, columns: &Columns, row: &SheetRow) -> Option<Period> {
        let mut day = |named: &Named| match row.cell(named.column) {
            "" => Some(None),
            text => names::day(text).map(Some).map_err(|rule| self.problem(row, named, rule)).ok(),
        };
        let from = columns.from.as_ref().map_or(Some(None), &mut day)?;
        let until = columns.until.as_ref().map_or(Some(None), |(named, _)| day(named))?;
        let Some((named, is_last)) = &columns.until else { return Period::new(from, None).ok() };
        // After the last day of all there is none: the period is open.
        let until = if *is_last { until.and_then(crate::time::Day::next) } else { until };
        let period = Period::new(from, until);
        period.map_err(|_| self.problem(row, named, "is before the first day of the row".to_owned())).ok()
    }

    fn problem(&mut self, row: &SheetRow, named: &Named, rule: String) {
        let problem =
            Problem::of_row(self.file, row.line, Rule::Value(rule)).with_value(row.cell(named.column));
        self.problems.push(Problem { column: Some(named.header.clone()), ..problem });
    }
}
