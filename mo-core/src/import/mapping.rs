//! [`Mapping`]: which columns of which files are which fields of which kind of object. Read from JSON and checked against
//! the declarations of the kinds; nothing here looks at a file.

use super::encoding::Encoding;
use super::pattern::Pattern;
use crate::journal::{At, Json, JsonError};
use crate::model::value::{AddressScope, Text};
use crate::model::{
    Field, FieldSpec, HierarchyId, HierarchyUse, Key, KeyType, Kind, Object, Shape, Unit, ValueType,
};
use crate::time::Day;

/// The mapping of the organograms that British departments publish: a file `SOURCE-YYYY-MM-DD….csv` per date, a row per
/// post, `Reports to Senior Post` its place. Other organisations whose staff lists name a superior need little more than
/// other column names.
pub const ORGANOGRAM: &str = include_str!("organogram.json");

/// Which columns of which files are which fields of which kind of object.
///
/// A mapping is a JSON document:
///
/// ```text
/// {
///   "source":    "lon"                 who masters what is imported; needed where file names hold no {source}
///   "day":       "2024-01-01"          from when it is valid; needed where file names hold no {day}
///   "encoding":  "utf-8"               default; or "windows-1252", which holds Latin-1
///   "delimiter": ","                   default; Danish spreadsheets write ";"
///   "hierarchy": {"name": "Linje", "use": "line", "id": "…"}     where units stand; default {"name": "{source}", "use": "line"};
///                                      an "id" that the registry knows is not made anew
///   "tables": [{
///     "file":  "{source}-{day}*.csv"   * is any text, {day} is YYYY-MM-DD
///     "kind":  "unit"                  any kind but hierarchies, classifications, facets and classes
///     "id":    "UUID"                  the column with the object's own UUID; or, without one:
///     "key":   "Enhedsnummer"          the column an id is made from, and by which other rows refer to this one
///     "part":  "email"                 tells objects of one kind apart that have the same key
///     "when":  "E-mail"                only rows with a value in this column count
///     "fields": {"name": FROM, …}      the fields of the kind; every mandatory one
///   }, …]
/// }
/// FROM  "Column"
///     | ["Column", "Other", …]         the first that has a value
///     | {"column": "Column" or […], …} with further keys
///     | {"value": "text", …}           the same in every row
/// keys  "word": "last" | "but_last"    the last word of the value, or all words before it
///       "split": ","                   for sets: between the members
///       "root": ["XX"]                 for placements: what stands for the top
///       "facet": "user_key"            for classes, where the field does not say which facet
///       "create": true                 for classes: one that the registry does not know is made
///       "scope": "EMAIL"               for address types: what the values look like; they are checked
/// ```
///
/// `placements` is the superior's key in the one hierarchy of the mapping. A reference to another kind (`person`, `unit`)
/// is the key of a row of that kind in the same extract; a reference to a class is its user key. The entries of a map
/// (`external_ids`, `extensions`) are given one by one: `{"extensions": {"1": "Afdeling"}}`. `source` is set by the import,
/// and so is, for objects without an `id` column, `external_ids` under the source's name: the original reference.
///
/// ```
/// use mo_core::import::Mapping;
///
/// let mapping = Mapping::parse(
///     r#"{"source": "lon", "day": "2024-01-01", "delimiter": ";", "tables": [{
///         "file": "enheder.csv", "kind": "unit", "key": "Nr",
///         "fields": {"name": "Navn", "user_key": "Nr", "placements": "Hører under"}}]}"#,
/// )?;
/// let of_file = mapping.covers("enheder.csv").unwrap();
/// assert_eq!(of_file.source, "lon");
/// assert_eq!(mapping.covers("personer.csv"), None);
///
/// let wrong = Mapping::parse(r#"{"source": "lon", "day": "2024-01-01", "tables": [{
///     "file": "enheder.csv", "kind": "unit", "key": "Nr", "fields": {"navn": "Navn"}}]}"#);
/// assert!(wrong.unwrap_err().to_string().starts_with("/tables/0/fields/navn: unit has no such field"));
/// # Ok::<(), mo_core::journal::JsonError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    source: Option<Text>,
    day: Option<Day>,
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    pub(super) hierarchy: MappedHierarchy,
    pub(super) tables: Vec<Table>,
}

/// What a file is part of: the extract of one source on one day. Files with equal ones belong together.
///
/// ```
/// use mo_core::import::{Mapping, ORGANOGRAM};
/// let covered = Mapping::parse(ORGANOGRAM)?.covers("korsbaek-2024-01-01.csv").ok_or("the name has no day")?;
/// assert_eq!(covered.day, "2024-01-01".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Covered {
    /// From when it is valid.
    pub day: Day,
    /// Whose extract it is.
    pub source: Text,
}

#[derive(Debug, Clone)]
pub(super) struct MappedHierarchy {
    pub(super) id: Option<HierarchyId>,
    pub(super) name: String,
    pub(super) used_for: HierarchyUse,
}

/// Rows of a file that become objects of one kind.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) file: Pattern,
    pub(super) kind: Kind,
    pub(super) id: Option<String>,
    pub(super) key: Option<String>,
    pub(super) part: Option<String>,
    pub(super) when: Option<String>,
    pub(super) fields: Vec<Mapped>,
}

/// A field, or one entry of a map, and where its value comes from.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub(super) field: u8,
    pub(super) spec: &'static FieldSpec,
    /// The entry of a map.
    pub(super) entry: Option<Key>,
    pub(super) from: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The first with a value counts.
    pub(super) columns: Vec<String>,
    /// The value of every row, instead of columns.
    pub(super) value: Option<String>,
    pub(super) word: Option<Word>,
    pub(super) split: Option<String>,
    pub(super) root: Vec<String>,
    pub(super) facet: Option<String>,
    pub(super) create: bool,
    pub(super) scope: Option<AddressScope>,
}

/// Which words of a value count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Last,
    ButLast,
}

impl Mapping {
    /// Reads a mapping from JSON text.
    ///
    /// # Errors
    /// The place in the document and the rule it breaks.
    pub fn parse(text: &str) -> Result<Mapping, JsonError> {
        Mapping::from_json(&Json::parse(text)?)
    }

    /// Reads a mapping from a JSON document.
    ///
    /// # Errors
    /// The place in the document and the rule it breaks.
    pub fn from_json(json: &Json) -> Result<Mapping, JsonError> {
        let at = At::top(json);
        at.only(&["source", "day", "encoding", "delimiter", "hierarchy", "tables"])?;
        let tables = at.required("tables")?;
        let mapping = Mapping {
            source: filled(&at, "source")?.map(Text::from),
            day: at.optional("day").map(|at| at.parse()).transpose()?,
            encoding: at.optional("encoding").map(|at| encoding(&at)).transpose()?.unwrap_or_default(),
            delimiter: at.optional("delimiter").map(|at| delimiter(&at)).transpose()?.unwrap_or(b','),
            hierarchy: MappedHierarchy::read(at.optional("hierarchy"))?,
            tables: tables.items()?.map(|at| Table::read(&at)).collect::<Result<_, _>>()?,
        };
        if mapping.source.as_ref().is_some_and(|source| *source == "local") {
            return Err(JsonError {
                pointer: "/source".to_owned(),
                rule: "local is the source of what is registered by hand; choose another name".to_owned(),
            });
        }
        if mapping.tables.is_empty() {
            return Err(tables.error("needs at least one table"));
        }
        for (n, table) in mapping.tables.iter().enumerate() {
            let at = |rule: String| JsonError { pointer: format!("/tables/{n}/file"), rule };
            if mapping.source.is_none() && !table.file.names_source() {
                return Err(at("holds no {source}: put it in, or add \"source\" to the mapping".to_owned()));
            }
            if mapping.day.is_none() && !table.file.names_day() {
                return Err(at("holds no {day}: put it in, or add \"day\" to the mapping".to_owned()));
            }
            let earlier = mapping.tables.iter().take(n);
            let same = |other: &Table| {
                other.file == table.file && other.kind == table.kind && other.part == table.part
            };
            if table.id.is_none() && earlier.filter(|other| other.id.is_none()).any(same) {
                let rule = format!("makes {} objects like another table: give each a \"part\"", table.kind);
                return Err(at(rule));
            }
        }
        Ok(mapping)
    }

    /// What the file of this name is part of; `None` when no table takes it.
    pub fn covers(&self, file: &str) -> Option<Covered> {
        self.tables.iter().find_map(|table| self.covered(table, file))
    }

    pub(super) fn covered(&self, table: &Table, file: &str) -> Option<Covered> {
        let said = table.file.read(file)?;
        let source = said.source.or_else(|| self.source.clone())?;
        // What is registered by hand is of source local; an import as local would end all of it.
        (source != "local").then_some(Covered { day: said.day.or(self.day)?, source })
    }
}

impl MappedHierarchy {
    fn read(at: Option<At>) -> Result<MappedHierarchy, JsonError> {
        let Some(at) = at else {
            let name = "{source}".to_owned();
            return Ok(MappedHierarchy { id: None, name, used_for: HierarchyUse::Line });
        };
        at.only(&["name", "use", "id"])?;
        let used_for = at.required("use")?;
        let word = used_for.text()?;
        Ok(MappedHierarchy {
            id: at
                .optional("id")
                .map(|at| at.id(&crate::journal::plain_id))
                .transpose()?
                .map(HierarchyId::new),
            name: required_text(&at, "name")?,
            used_for: HierarchyUse::from_name(word).ok_or_else(|| {
                used_for.error(format!("must be one of {}", HierarchyUse::NAMES.join(", ")))
            })?,
        })
    }
}

impl Table {
    fn read(at: &At) -> Result<Table, JsonError> {
        at.only(&["file", "kind", "id", "key", "part", "when", "fields"])?;
        let file = at.required("file")?;
        let kind = at.required("kind")?;
        let table = Table {
            file: Pattern::parse(file.text()?).map_err(|rule| file.error(rule))?,
            kind: kind.kind()?,
            id: filled(at, "id")?,
            key: filled(at, "key")?,
            part: filled(at, "part")?,
            when: filled(at, "when")?,
            fields: Vec::new(),
        };
        if matches!(table.kind, Kind::Hierarchy | Kind::Classification | Kind::Facet | Kind::Class) {
            return Err(kind.error(format!(
                "objects of kind {} are not read from tables; classes are made where a field says \"create\": true",
                table.kind
            )));
        }
        if table.id.is_none() && table.key.is_none() {
            return Err(at.error("needs an \"id\" or a \"key\" column, to know the object again"));
        }
        let part =
            |part: &str| part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        if let (Some(text), Some(at)) = (&table.part, at.optional("part"))
            && !part(text)
        {
            return Err(at.error("must be a word of a–z, 0–9 and _"));
        }
        let fields = at.required("fields")?;
        let table = Table { fields: table.read_fields(&fields)?, ..table };
        table.check(&fields)?;
        Ok(table)
    }

    fn read_fields(&self, at: &At) -> Result<Vec<Mapped>, JsonError> {
        let mut fields = Vec::new();
        for (name, at) in at.entries()? {
            let Some((field, spec)) = self.kind.spec().field(&name.text()) else {
                let known: Vec<_> = self.kind.spec().fields.iter().map(|field| field.name).collect();
                return Err(at.error(format!(
                    "{} has no such field; it has {}",
                    self.kind,
                    known.join(", ")
                )));
            };
            if spec.name == "source" {
                return Err(at.error("is set by the import to the source of the files"));
            }
            match spec.shape {
                Shape::Map(key @ (KeyType::Text | KeyType::Choice(_))) => {
                    for (entry, at) in at.entries()? {
                        let entry = Some(entry_key(key, &entry.text()).map_err(|rule| at.error(rule))?);
                        fields.push(Mapped { field, spec, entry, from: Origin::read(&at, spec)? });
                    }
                }
                _ => fields.push(Mapped { field, spec, entry: None, from: Origin::read(&at, spec)? }),
            }
        }
        Ok(fields)
    }

    /// That an object can be made of a row, and that its id does not give a CPR number away.
    fn check(&self, fields: &At) -> Result<(), JsonError> {
        let mapped = |field: u8| self.fields.iter().any(|mapped| mapped.field == field);
        let spec = self.kind.spec();
        for (index, field) in (0u8..).zip(spec.fields) {
            if field.mandatory && !mapped(index) {
                return Err(fields.error(format!("needs {}: every {} has one", field.name, self.kind)));
            }
        }
        if let Some((one, other)) = spec.exactly_one
            && !mapped(one)
            && !mapped(other)
        {
            let name = |field: u8| spec.fields.get(usize::from(field)).map_or("", |field| field.name);
            return Err(fields.error(format!("needs {} or {}", name(one), name(other))));
        }
        let secret = self.fields.iter().filter(|mapped| mapped.spec.value == ValueType::Cpr);
        let mut secret = secret.flat_map(|mapped| &mapped.from.columns);
        if self.id.is_none() && secret.any(|column| Some(column) == self.key.as_ref()) {
            return Err(
                fields.error("no id is made from a CPR number: take another column as \"key\" or \"id\"")
            );
        }
        Ok(())
    }

    /// The fields of the table that the mapping maps to `field`.
    pub(super) fn mapped<K: Object, S>(&self, field: Field<K, S>) -> Option<&Mapped> {
        self.fields.iter().find(|mapped| K::KIND == self.kind && mapped.field == field.index)
    }

    pub(super) fn places_units(&self) -> bool {
        self.mapped(Unit::PLACEMENTS).is_some()
    }
}

impl Origin {
    fn read(at: &At, spec: &FieldSpec) -> Result<Origin, JsonError> {
        let mut from = Origin {
            columns: Vec::new(),
            value: None,
            word: None,
            split: None,
            root: Vec::new(),
            facet: spec.facet.map(str::to_owned),
            create: false,
            scope: None,
        };
        if !matches!(at.json, Json::Object(_)) {
            from.columns = columns(at)?;
            return from.checked(at, spec);
        }
        at.only(&["column", "value", "word", "split", "root", "facet", "create", "scope"])?;
        match (at.optional("column"), filled(at, "value")?) {
            (Some(at), None) => from.columns = columns(&at)?,
            (None, Some(value)) => from.value = Some(value),
            _ => return Err(at.error("needs either \"column\" or \"value\"")),
        }
        if let Some(at) = at.optional("word") {
            from.word = Some(match at.text()? {
                "last" => Word::Last,
                "but_last" => Word::ButLast,
                _ => return Err(at.error("must be last or but_last")),
            });
        }
        from.split = filled(at, "split")?;
        if let Some(at) = at.optional("root") {
            for at in at.items()? {
                from.root.push(at.text()?.to_owned());
            }
        }
        if let Some(at) = at.optional("facet") {
            if spec.facet.is_some_and(|facet| at.text() != Ok(facet)) {
                return Err(
                    at.error(format!("the classes of this field are of facet {}", spec.facet.unwrap_or("")))
                );
            }
            from.facet = Some(at.text()?.to_owned());
        }
        from.create = at.optional("create").map(|at| at.bool()).transpose()?.unwrap_or_default();
        from.scope = at.optional("scope").map(|at| at.parse()).transpose()?;
        from.checked(at, spec)
    }

    /// That the keys fit the field.
    fn checked(self, at: &At, spec: &FieldSpec) -> Result<Origin, JsonError> {
        let class = spec.value == ValueType::Ref(Kind::Class);
        if class && self.facet.is_none() {
            return Err(at.error("needs \"facet\": the user key of the facet its classes belong to"));
        }
        let misplaced = [
            ("facet", "classes", self.facet.is_some() && !class),
            ("create", "classes", self.create && !class),
            ("scope", "address types", self.scope.is_some() && spec.name != "address_type"),
            ("root", "placements", !self.root.is_empty() && spec.value != ValueType::Placement),
            ("split", "sets", self.split.is_some() && spec.shape != Shape::Set),
        ];
        match misplaced.into_iter().find(|(.., misplaced)| *misplaced) {
            Some((key, place, _)) => Err(at.error(format!("\"{key}\" has its place at {place} only"))),
            None => Ok(self),
        }
    }
}

fn columns(at: &At) -> Result<Vec<String>, JsonError> {
    let name = |at: &At| match at.text()?.trim() {
        "" => Err(at.error("a column has a name")),
        name => Ok(name.to_owned()),
    };
    let columns = match at.json {
        Json::List(_) => at.items()?.map(|at| name(&at)).collect::<Result<Vec<_>, _>>()?,
        Json::Text(_) => vec![name(at)?],
        _ => return Err(at.error("must be the name of a column, an array of names, or an object")),
    };
    if columns.is_empty() { Err(at.error("needs at least one column")) } else { Ok(columns) }
}

fn entry_key(key: KeyType, text: &str) -> Result<Key, String> {
    match key {
        KeyType::Choice(words) => match words.iter().find(|word| **word == text) {
            Some(word) => Ok(Key::Choice(word)),
            None => Err(format!("has no such entry; it has {}", words.join(", "))),
        },
        _ if text.is_empty() => Err("an entry has a key".to_owned()),
        _ => Ok(Key::Text(Text::from(text))),
    }
}

fn encoding(at: &At) -> Result<Encoding, JsonError> {
    Encoding::from_name(at.text()?).ok_or_else(|| at.error("must be utf-8 or windows-1252"))
}

fn delimiter(at: &At) -> Result<u8, JsonError> {
    match at.text()?.as_bytes() {
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\r' | b'\n') => Ok(*one),
        _ => Err(at.error("must be one ASCII character, such as \",\", \";\" or \"\\t\"")),
    }
}

/// A text that is not empty, when the key is there.
fn filled(at: &At, key: &str) -> Result<Option<String>, JsonError> {
    let Some(at) = at.optional(key) else { return Ok(None) };
    match at.text()?.trim() {
        "" => Err(at.error("must not be empty")),
        text => Ok(Some(text.to_owned())),
    }
}

fn required_text(at: &At, key: &str) -> Result<String, JsonError> {
    at.required(key)?;
    Ok(filled(at, key)?.unwrap_or_default())
}
