//! [`ExtractReader`]: the files of one extract to the objects a mapping makes of their rows. What rows refer to is resolved
//! when all are read; the registry is not known here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;

use uuid::Uuid;

use super::cell::{self, Cells};
use super::extract::{Extract, Mastered, Wanted, WantedClass};
use super::ids::Ids;
use super::mapping::{Covered, Mapped, Mapping, Origin, Table};
use super::problem::{ImportError, Problem, Rule};
use super::report::{Found, Report};
use super::sheet::{Column, Sheet, SheetRow};
use super::tree::{self, Lead, Post};
use crate::model::value::{Cpr, Text};
use crate::model::{
    Address, Fields, Hierarchy, HierarchyId, Key, Kind, Object, ObjectRef, Placement, Privacy, Scalar, Shape,
    Slot, Unit, UnitId, Value, ValueType,
};
use crate::quote;

/// Reads the files of one extract. Files may come in any order; all problems of all files are told at the end, by
/// [`finish`](ExtractReader::finish).
///
/// ```
/// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
///
/// let mapping = Mapping::parse(ORGANOGRAM)?;
/// let file = "korsbaek-2024-01-01.csv";
/// let text = "Post Unique Reference,Job Title,Reports to Senior Post\n\
///             1,Kommunaldirektør,XX\n\
///             2,Skolechef,1\n\
///             3,Kulturchef,9\n";
/// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).unwrap());
/// reader.read(file, &mut text.as_bytes());
/// let extract = reader.finish()?;
/// assert_eq!(
///     extract.reports()[1].to_string(),
///     "korsbaek-2024-01-01.csv:4: \"3\" names a superior that no row has, \"9\"; it stands at the root"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "what was read is in what `finish` gives"]
pub struct ExtractReader<'m> {
    mapping: &'m Mapping,
    covered: Covered,
    ids: Ids,
    files: Vec<String>,
    /// The numbers of the tables that a file was read for.
    filled: BTreeSet<usize>,
    rows: Vec<Row<'m>>,
    by_id: HashMap<Uuid, usize>,
    classes: BTreeMap<(String, String), WantedClass>,
    reports: Vec<(usize, Report)>,
    problems: Vec<Problem>,
}

/// A row that is going to be an object.
#[derive(Debug)]
struct Row<'m> {
    file: usize,
    key: Text,
    wanted: Wanted,
    references: Vec<Reference<'m>>,
    /// What it says of its superior, and whether that stands for the top.
    superior: Option<(String, bool)>,
}

/// What a row refers to, by key.
#[derive(Debug)]
struct Reference<'m> {
    mapped: &'m Mapped,
    target: Kind,
    key: Text,
    column: Option<String>,
}

/// The columns of a table in one sheet.
struct Columns<'m> {
    id: Option<Column>,
    key: Option<Column>,
    when: Option<Column>,
    fields: Vec<(&'m Mapped, Cells<'m>)>,
}

impl<'m> ExtractReader<'m> {
    /// A reader for the files that are part of `covered`.
    pub fn new(mapping: &'m Mapping, covered: Covered) -> ExtractReader<'m> {
        ExtractReader {
            mapping,
            ids: Ids::of(&covered.source),
            covered,
            files: Vec::new(),
            filled: BTreeSet::new(),
            rows: Vec::new(),
            by_id: HashMap::new(),
            classes: BTreeMap::new(),
            reports: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Reads the file of this name (without folder) to its end, for every table that takes it; tells whether one does.
    pub fn read(&mut self, file: &str, from: &mut dyn BufRead) -> bool {
        let mapping = self.mapping;
        let tables = mapping.tables.iter().enumerate();
        let tables: Vec<(usize, &'m Table)> = tables
            .filter(|(_, table)| mapping.covered(table, file).as_ref() == Some(&self.covered))
            .collect();
        if tables.is_empty() {
            return false;
        }
        self.filled.extend(tables.iter().map(|(number, _)| *number));
        let sheet = match Sheet::read(file, from, mapping.encoding, mapping.delimiter) {
            Ok(sheet) => sheet,
            Err(e) => {
                self.problems.extend(e.problems);
                return true;
            }
        };
        self.files.push(file.to_owned());
        for (number, table) in tables {
            match Columns::of(table, &sheet) {
                Ok(columns) => {
                    for row in &sheet.rows {
                        self.row(number, table, &sheet, &columns, row);
                    }
                }
                Err(e) => self.problems.extend(e.problems),
            }
        }
        true
    }

    fn row(&mut self, number: usize, table: &'m Table, sheet: &Sheet, columns: &Columns<'m>, row: &SheetRow) {
        if columns.when.is_some_and(|when| row.cell(when).is_empty()) {
            return;
        }
        let file = self.files.len().saturating_sub(1);
        let report = |key: &str, found| {
            (file, Report { file: sheet.file.clone(), line: row.line, key: quote(key), found })
        };
        let (id, key) = match self.identity(table, sheet, columns, row) {
            Ok(Some(identity)) => identity,
            Ok(None) => return self.reports.push(report("", Found::NoKey)),
            Err(e) => return self.problems.extend(e.problems),
        };
        let object = ObjectRef { kind: table.kind, id };
        if let Some(earlier) = self.by_id.get(&id).and_then(|n| self.rows.get(*n)) {
            if earlier.wanted.object == object {
                let found = Found::Repeated { file: earlier.wanted.file.clone(), line: earlier.wanted.line };
                self.reports.push(report(&key, found));
            } else {
                let rule = Rule::OtherKind { other: earlier.wanted.object };
                self.problems.push(Problem::of_row(&sheet.file, row.line, rule).with_value(&id.to_string()));
            }
            return;
        }
        self.by_id.insert(id, self.rows.len());
        let external = table.id.is_none().then(|| key.clone());
        let wanted = Wanted {
            table: number,
            object,
            fields: Fields::new(),
            external,
            file: sheet.file.clone(),
            line: row.line,
        };
        let mut new = Row { file, key, wanted, references: Vec::new(), superior: None };
        self.fields(table, columns, row, &mut new);
        self.rows.push(new);
    }

    /// The id and the key of a row; `None` without.
    fn identity(
        &self,
        table: &Table,
        sheet: &Sheet,
        columns: &Columns,
        row: &SheetRow,
    ) -> Result<Option<(Uuid, Text)>, ImportError> {
        let cell = |column: Option<Column>| column.map(|column| row.cell(column)).unwrap_or_default();
        let problem = |column: &Option<String>, value: &str, rule| Problem {
            column: column.clone(),
            ..Problem::of_row(&sheet.file, row.line, rule).with_value(value)
        };
        let (id, key) = (cell(columns.id), Text::from(cell(columns.key)));
        if columns.id.is_some() {
            if id.is_empty() {
                return Ok(None);
            }
            let parsed = Uuid::try_parse(id).map_err(|_| problem(&table.id, id, Rule::NotAnId))?;
            let key = if key.is_empty() { Text::from(parsed.to_string()) } else { key };
            return Ok(Some((parsed, key)));
        }
        if key.is_empty() {
            return Ok(None);
        }
        // An id made from one of ten thousand million numbers is as good as the number.
        if is_about_people(table.kind) && key.parse::<Cpr>().is_ok() {
            return Err(problem(&table.key, &key, Rule::CprAsKey).into());
        }
        Ok(Some((self.ids.object(table.kind, table.part.as_deref(), &key), key)))
    }

    fn fields(&mut self, table: &'m Table, columns: &Columns<'m>, row: &SheetRow, new: &mut Row<'m>) {
        let mut given: Vec<u8> = Vec::new();
        let file = new.wanted.file.clone();
        for (mapped, cells) in &columns.fields {
            let found = cells.find(row);
            let problem = |rule| {
                Problem::of_row(&file, row.line, rule).in_column(found.column, table.kind, mapped.spec.name)
            };
            if mapped.spec.value == ValueType::Placement {
                let top = cells.origin.root.iter().any(|mark| mark == found.text);
                new.superior = Some((found.text.to_owned(), top));
                continue;
            }
            let texts: Vec<&str> = match &cells.origin.split {
                Some(between) => found.text.split(between.as_str()).map(str::trim).collect(),
                None => vec![found.text],
            };
            let mut empty = true;
            for text in texts.into_iter().filter(|text| !text.is_empty()) {
                empty = false;
                let value = match mapped.spec.value {
                    ValueType::Ref(Kind::Class) => Ok(Some(Value::Id(self.class(
                        &file,
                        row.line,
                        cells.origin,
                        mapped,
                        table.kind,
                        text,
                    )))),
                    ValueType::Ref(target) => {
                        let (key, column) = (Text::from(text), found.column.map(str::to_owned));
                        new.references.push(Reference { mapped, target, key, column });
                        Ok(None)
                    }
                    _ => cell_value(table, mapped, text),
                };
                match value {
                    Ok(Some(value)) => put(&mut new.wanted.fields, mapped, value),
                    Ok(None) => {}
                    Err(rule) => {
                        self.problems.push(problem(Rule::Value(rule)).with_value_of(mapped.spec.value, text));
                    }
                }
            }
            if empty && mapped.spec.mandatory {
                let problem = problem(Rule::Empty);
                self.problems.push(if found.whole.is_empty() {
                    problem
                } else {
                    problem.with_value(found.whole)
                });
            }
            if !empty {
                given.push(mapped.field);
            }
        }
        let spec = table.kind.spec();
        if let Some((one, other)) = spec.exactly_one
            && given.contains(&one) == given.contains(&other)
        {
            let name = |field: u8| spec.fields.get(usize::from(field)).map_or("", |field| field.name);
            let rule = Rule::ExactlyOne { one: name(one), other: name(other) };
            self.problems.push(Problem::of_row(&file, row.line, rule));
        }
    }

    /// The id that stands for a class until the registry is asked.
    fn class(
        &mut self,
        file: &str,
        line: u64,
        origin: &Origin,
        mapped: &Mapped,
        kind: Kind,
        key: &str,
    ) -> Uuid {
        let facet = origin.facet.clone().unwrap_or_default();
        let key = Text::from(key);
        let id = self.ids.class(&facet, &key);
        let wanted = self.classes.entry((facet.clone(), key.to_string())).or_insert_with(|| WantedClass {
            id,
            facet_id: self.ids.facet(&facet),
            facet,
            key,
            create: false,
            scope: None,
            file: file.to_owned(),
            line,
            field: (kind, mapped.spec.name),
        });
        wanted.create |= origin.create;
        wanted.scope = wanted.scope.or(origin.scope);
        id.uuid()
    }

    /// Everything that was read, with what its rows refer to.
    ///
    /// # Errors
    /// Every problem of every file, also a file that the mapping names and nobody read.
    pub fn finish(mut self) -> Result<Extract, ImportError> {
        for (number, table) in self.mapping.tables.iter().enumerate() {
            if !self.filled.contains(&number) {
                self.problems.push(Problem::of_file(table.file.text(), Rule::MissingFile));
            }
        }
        let hierarchy = self.hierarchy();
        let keys = Keys::of(&self.rows);
        let places = self.places(&keys);
        let resolved: Vec<Vec<Result<Uuid, Rule>>> = self
            .rows
            .iter()
            .map(|row| row.references.iter().map(|reference| keys.resolve(reference)).collect())
            .collect();
        for (row, resolved) in self.rows.iter_mut().zip(resolved) {
            for (reference, id) in row.references.iter().zip(resolved) {
                match id {
                    Ok(id) => put(&mut row.wanted.fields, reference.mapped, Value::Id(id)),
                    Err(rule) => self.problems.push(
                        Problem::of_row(&row.wanted.file, row.wanted.line, rule)
                            .in_column(
                                reference.column.as_deref(),
                                row.wanted.object.kind,
                                reference.mapped.spec.name,
                            )
                            .with_value(&reference.key),
                    ),
                }
            }
        }
        if let Some((hierarchy, _)) = &hierarchy {
            for (number, place) in places {
                if let (Some(row), Some(value)) = (self.rows.get_mut(number), place.into_value()) {
                    row.wanted.fields.put(placement(*hierarchy), value);
                }
            }
        }
        if !self.problems.is_empty() {
            return Err(ImportError { problems: self.problems });
        }
        self.reports.sort_by_key(|(file, report)| (*file, report.line));
        let mapping = self.mapping;
        Ok(Extract {
            mastered: mapping.tables.iter().map(|table| mastered(table, hierarchy.as_ref())).collect(),
            kinds: mapping.tables.iter().map(|table| table.kind).collect(),
            covered: self.covered,
            files: self.files,
            hierarchy,
            classes: self.classes.into_values().collect(),
            wanted: self.rows.into_iter().map(|row| row.wanted).collect(),
            reports: self.reports.into_iter().map(|(_, report)| report).collect(),
        })
    }

    /// The hierarchy in which units stand, when the mapping places any.
    fn hierarchy(&self) -> Option<(HierarchyId, Hierarchy)> {
        self.mapping.tables.iter().any(Table::places_units).then(|| {
            let mapped = &self.mapping.hierarchy;
            let name = mapped.name.replace("{source}", &self.covered.source);
            let state = Hierarchy::new(name, mapped.used_for).source(self.covered.source.clone());
            (mapped.id.unwrap_or(self.ids.hierarchy()), state)
        })
    }

    /// Where the rows stand that say something of a superior; reports those that cannot stand there.
    fn places(&mut self, keys: &Keys) -> Vec<(usize, Placement)> {
        let rows: Vec<(usize, &Row)> =
            self.rows.iter().enumerate().filter(|(_, row)| row.superior.is_some()).collect();
        let post_of: HashMap<usize, usize> =
            rows.iter().enumerate().map(|(post, (number, _))| (*number, post)).collect();
        let posts: Vec<Post> = rows
            .iter()
            .filter_map(|(_, row)| {
                let (superior, top) = row.superior.as_ref()?;
                Some(Post { key: &row.key, superior, top: *top })
            })
            .collect();
        let (above, odd) = tree::place(&posts, |key| match keys.find(Kind::Unit, key) {
            // A unit of a table that places none cannot have units below it.
            Some(KeyOf::One(row)) => post_of.get(&row).map_or(Lead::Nowhere, |post| Lead::To(*post)),
            Some(KeyOf::Several) => Lead::Several,
            None => Lead::Nowhere,
        });
        for (post, found) in odd {
            if let Some((_, row)) = rows.get(post) {
                let (file, line) = (row.wanted.file.clone(), row.wanted.line);
                self.reports.push((row.file, Report { file, line, key: quote(&row.key), found }));
            }
        }
        let unit = |post: usize| rows.get(post).map(|(_, row)| UnitId::new(row.wanted.object.id));
        rows.iter()
            .zip(above)
            .map(|((number, _), above)| {
                (*number, above.and_then(unit).map_or(Placement::Root, Placement::Under))
            })
            .collect()
    }
}

impl<'m> Columns<'m> {
    /// # Errors
    /// Every column that is missing.
    fn of(table: &'m Table, sheet: &Sheet) -> Result<Columns<'m>, ImportError> {
        let mut problems = Vec::new();
        let mut column = |name: &String| match sheet.column(name) {
            Ok(column) => Some(column),
            Err(rule) => {
                let column = Some(name.clone());
                problems.push(Problem { column, ..Problem::of_file(&sheet.file, rule) });
                None
            }
        };
        let columns = Columns {
            id: table.id.as_ref().and_then(&mut column),
            key: table.key.as_ref().and_then(&mut column),
            when: table.when.as_ref().and_then(&mut column),
            fields: table
                .fields
                .iter()
                .map(|mapped| {
                    let columns = mapped.from.columns.iter().filter_map(&mut column).collect();
                    (mapped, Cells { origin: &mapped.from, columns })
                })
                .collect(),
        };
        if problems.is_empty() { Ok(columns) } else { Err(ImportError { problems }) }
    }
}

/// The rows by what other rows call them.
struct Keys(HashMap<(Kind, Text), KeyOf>, Vec<Uuid>);

#[derive(Debug, Clone, Copy)]
enum KeyOf {
    One(usize),
    Several,
}

impl Keys {
    fn of(rows: &[Row]) -> Keys {
        let mut keys: HashMap<(Kind, Text), KeyOf> = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            keys.entry((row.wanted.object.kind, row.key.clone()))
                .and_modify(|of| *of = KeyOf::Several)
                .or_insert(KeyOf::One(number));
        }
        Keys(keys, rows.iter().map(|row| row.wanted.object.id).collect())
    }

    fn find(&self, kind: Kind, key: &str) -> Option<KeyOf> {
        self.0.get(&(kind, Text::from(key))).copied()
    }

    fn resolve(&self, reference: &Reference) -> Result<Uuid, Rule> {
        let kind = reference.target;
        match self.find(kind, &reference.key) {
            Some(KeyOf::One(row)) => self.1.get(row).copied().ok_or(Rule::NoSuch { kind }),
            Some(KeyOf::Several) => Err(Rule::Ambiguous { kind }),
            None => Err(Rule::NoSuch { kind }),
        }
    }
}

fn placement(hierarchy: HierarchyId) -> Slot {
    Slot::keyed(Unit::PLACEMENTS.index, Key::Id(hierarchy.uuid()))
}

/// Whether what other systems call an object of this kind is personal data.
fn is_about_people(kind: Kind) -> bool {
    let external_ids = kind.spec().field("external_ids");
    external_ids.is_some_and(|(_, field)| field.privacy != Privacy::Open)
}

/// The value of a cell that is no reference; an address must fit its type.
fn cell_value(table: &Table, mapped: &Mapped, text: &str) -> Result<Option<Value>, String> {
    if table.kind == Address::KIND && mapped.field == Address::VALUE.index {
        let scope = table.mapped(Address::ADDRESS_TYPE).and_then(|address_type| address_type.from.scope);
        if let Some(scope) = scope {
            scope.check(text).map_err(|e| e.to_string())?;
        }
    }
    cell::value(mapped.spec, text)
}

/// Puts a value where its field keeps it: as the value, as a member of a set, or under the entry of a map.
fn put(fields: &mut Fields, mapped: &Mapped, value: Value) {
    match (mapped.spec.shape, &mapped.entry) {
        (Shape::Set, _) => {
            let member = match value {
                Value::Id(id) => Key::Id(id),
                Value::Choice(word) => Key::Choice(word),
                Value::Text(text) => Key::Text(text),
                _ => return,
            };
            fields.put(Slot::keyed(mapped.field, member), Value::True);
        }
        (_, Some(entry)) => fields.put(Slot::keyed(mapped.field, entry.clone()), value),
        (_, None) => fields.put(Slot::one(mapped.field), value),
    }
}

/// What the table says of each of its objects, also by saying nothing.
fn mastered(table: &Table, hierarchy: Option<&(HierarchyId, Hierarchy)>) -> Vec<Mastered> {
    let of = |mapped: &Mapped| match (mapped.spec.value, mapped.spec.shape, &mapped.entry) {
        (ValueType::Placement, ..) => hierarchy.map(|(id, _)| Mastered::Slot(placement(*id))),
        (_, Shape::Set, _) => Some(Mastered::Set(mapped.field)),
        (_, _, Some(entry)) => Some(Mastered::Slot(Slot::keyed(mapped.field, entry.clone()))),
        (_, _, None) => Some(Mastered::Slot(Slot::one(mapped.field))),
    };
    table.fields.iter().filter_map(of).collect()
}
