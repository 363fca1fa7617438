//! Just enough of XML Schema to lay KOMBIT's files out as tables: what stands in an element, in which order, how often, and
//! what its text must obey. Reads the files with the crate's own reader.

use std::collections::HashMap;
use std::path::Path;

use mo_sts::xml::{Element, Fragment, Limits, Namespace, Reader, Rule};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
const SCHEMA: &[Element] = &[Element::new(Namespace::new(XS), "schema")];

/// A namespace and a name in it.
pub type Name = (String, String);

/// An element that may stand inside another.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: Name,
    pub required: bool,
    pub repeats: bool,
    /// Whether it stands in a choice.
    pub choice: bool,
    pub holds: Holds,
}

/// What an element holds.
#[derive(Debug, Clone)]
pub enum Holds {
    /// Elements: those of this complex type, looked up when needed.
    Elements(Type),
    /// Text of this built-in type, with facets: the rule, the words it may be, the only value it may have.
    Text { base: String, rule: Rule, words: Vec<String>, fixed: Option<String> },
}

/// A complex type, by its definition and the file it stands in.
#[derive(Debug, Clone)]
pub struct Type(Fragment, usize);

/// A set of schema files.
#[derive(Default)]
pub struct Schemas {
    files: Vec<File>,
    elements: HashMap<Name, (Fragment, usize)>,
    types: HashMap<Name, (Fragment, usize)>,
}

struct File {
    target: String,
    prefixes: HashMap<String, String>,
}

impl Schemas {
    /// Takes in every `.xsd` file of a folder.
    pub fn add(&mut self, folder: &Path) {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "xsd")) {
            let bytes = std::fs::read(path).unwrap();
            let text = String::from_utf8(bytes.clone()).unwrap();
            let head = &text[text.find("schema").unwrap()..];
            let head = &head[..head.find('>').unwrap()];
            let file = File {
                target: attributes(head, "targetNamespace").next().unwrap().1,
                prefixes: attributes(head, "xmlns").collect(),
            };
            let mut reader = Reader::new(bytes.as_slice(), Limits::default());
            reader.root(SCHEMA).unwrap();
            for part in reader.fragments().unwrap() {
                let Some(name) = part.attribute("name") else { continue };
                let key = (file.target.clone(), name.to_owned());
                let here = (part.clone(), self.files.len());
                match part.name.as_str() {
                    "element" => self.elements.insert(key, here),
                    _ => self.types.insert(key, here),
                };
            }
            self.files.push(file);
        }
    }

    /// The global element of this name.
    pub fn root(&self, name: &Name) -> Row {
        let (element, file) = self.elements.get(name).unwrap_or_else(|| panic!("no element {name:?}"));
        self.row(element, *file, false)
    }

    /// The elements that stand in a complex type.
    pub fn rows(&self, Type(definition, file): &Type) -> Vec<Row> {
        let mut rows = Vec::new();
        self.collect(definition, *file, false, &mut rows);
        rows
    }

    fn collect(&self, part: &Fragment, file: usize, choice: bool, rows: &mut Vec<Row>) {
        for inner in part.elements() {
            match inner.name.as_str() {
                "sequence" | "complexContent" => self.collect(inner, file, choice, rows),
                "choice" => self.collect(inner, file, true, rows),
                "extension" => {
                    let base = self.resolve(inner.attribute("base").unwrap(), file);
                    let (definition, there) = &self.types[&base];
                    self.collect(definition, *there, choice, rows);
                    self.collect(inner, file, choice, rows);
                }
                "element" => rows.push(self.row(inner, file, choice)),
                // A wildcard is told by its type having no rows; see LokalUdvidelse.
                "any" => {}
                other => panic!("{other} is not expected in a type"),
            }
        }
    }

    fn row(&self, element: &Fragment, file: usize, choice: bool) -> Row {
        let required = element.attribute("minOccurs") != Some("0");
        let repeats = element.attribute("maxOccurs") == Some("unbounded");
        if let Some(reference) = element.attribute("ref") {
            let name = self.resolve(reference, file);
            return Row { required, repeats, choice, ..self.root(&name) };
        }
        let name = (self.files[file].target.clone(), element.attribute("name").unwrap().to_owned());
        let mut holds = match (element.attribute("type"), element.elements().next()) {
            (Some(type_name), _) => self.holds(&self.resolve(type_name, file)),
            (None, Some(inner)) => simple(inner),
            (None, None) => panic!("{name:?} has no type"),
        };
        if let (Holds::Text { fixed, .. }, Some(value)) = (&mut holds, element.attribute("fixed")) {
            *fixed = Some(value.to_owned());
        }
        Row { name, required, repeats, choice, holds }
    }

    fn holds(&self, type_name: &Name) -> Holds {
        match self.types.get(type_name) {
            Some((definition, file)) if definition.name == "complexType" => {
                Holds::Elements(Type(definition.clone(), *file))
            }
            Some((definition, _)) => simple(definition),
            None if type_name.0 == XS => {
                Holds::Text { base: type_name.1.clone(), rule: Rule::Free, words: Vec::new(), fixed: None }
            }
            None => panic!("no type {type_name:?}"),
        }
    }

    fn resolve(&self, qualified: &str, file: usize) -> Name {
        let (prefix, local) = qualified.split_once(':').unwrap_or(("", qualified));
        (self.files[file].prefixes[prefix].clone(), local.to_owned())
    }
}

/// A simple type with the facets these schemas use.
fn simple(definition: &Fragment) -> Holds {
    let restriction = definition.elements().find(|part| part.name == "restriction").unwrap();
    let base = restriction.attribute("base").unwrap().rsplit(':').next().unwrap().to_owned();
    let mut rule = Rule::Free;
    let mut words = Vec::new();
    for facet in restriction.elements() {
        let value = facet.attribute("value").unwrap();
        match (facet.name.as_str(), value) {
            ("maxLength", most) => rule = Rule::Longest(most.parse().unwrap()),
            ("enumeration", word) => words.push(word.to_owned()),
            ("pattern", r"(100)|[1-9]\d?" | r"100|[1-9][0-9]?") => rule = Rule::OneToHundred,
            ("pattern", "[0-9]{3}|[0-9]{4}") => rule = Rule::Digits { least: 3, most: 4, words: "" },
            ("pattern", pattern) if pattern.starts_with("[a-fA-F0-9]{8}-") => {
                return Holds::Text { base: "uuid".to_owned(), rule, words, fixed: None };
            }
            ("pattern", pattern) => {
                let count = pattern.strip_prefix("[0-9]{").and_then(|rest| rest.strip_suffix('}'));
                let count = count.unwrap_or_else(|| panic!("pattern {pattern}")).parse().unwrap();
                rule = Rule::Digits { least: count, most: count, words: "" };
            }
            (facet, value) => panic!("facet {facet}={value}"),
        }
    }
    Holds::Text { base, rule, words, fixed: None }
}

/// The attributes `name` and `name:suffix` of a start tag: suffix and value.
fn attributes<'a>(tag: &'a str, name: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
    tag.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" = ", "=")
        .split(' ')
        .filter_map(move |pair| {
            let (key, value) = pair.split_once('=')?;
            let suffix = key.strip_prefix(name)?;
            let suffix = if suffix.is_empty() { "" } else { suffix.strip_prefix(':')? };
            Some((suffix.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        })
        .collect::<Vec<_>>()
        .into_iter()
}
