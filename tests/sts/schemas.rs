//! The tables from which messages are read and written are those of KOMBIT's schemas, element by element; and the SOAP
//! actions are those of the service descriptions.

use mo_sts::oio::Request;
use mo_sts::xml::{Element, Rule, Shape};

use crate::every::{self, Visitor};
use crate::shared::shared;
use crate::xsd::{Holds, Row, Schemas};

/// Where the tables knowingly differ from the schemas.
fn differs_knowingly(path: &str) -> bool {
    // Answers of version 7 hold one parent for each period, which its schema does not allow.
    (path.contains("/klasse/7/") && path.ends_with("/OverordnetKlasse"))
        // A list that is absent when an object is created is read as empty for all kinds, not only for two.
        || (path.contains("OpretInput/") && path.ends_with("Liste") && path.matches("OpretInput/").count() == 1)
}

struct Compare {
    version_6: Schemas,
    version_7: Schemas,
    differences: Vec<String>,
    elements: usize,
}

impl Visitor for Compare {
    fn visit<Q: Request>(&mut self) {
        for root in [Q::ROOT, <Q::Reply as mo_sts::oio::Message>::ROOT] {
            let [root] = root else { panic!("a message has one root") };
            let name = (root.name.namespace.uri().to_owned(), root.name.local.to_owned());
            let version_7 = name.0.ends_with("/klasse/7/");
            let schemas = if version_7 { &self.version_7 } else { &self.version_6 };
            let mut found = Vec::new();
            let path = format!("{}{}", name.0, name.1);
            self.elements += same(schemas, root, &schemas.root(&name), &path, &mut found);
            self.differences.extend(
                found
                    .into_iter()
                    .filter(|difference| !differs_knowingly(difference.split(": ").next().unwrap())),
            );
        }
    }
}

/// Compares what an element holds with the schema; returns how many elements were compared.
fn same(schemas: &Schemas, ours: &Element, theirs: &Row, path: &str, found: &mut Vec<String>) -> usize {
    let mut differ = |what: String| found.push(format!("{path}: {what}"));
    match (&theirs.holds, ours.shape) {
        (Holds::Elements(type_), Shape::Sequence(_) | Shape::Choice(_) | Shape::ChoiceThen(..)) => {
            let (choice, rest): (&[Element], &[Element]) = match ours.shape {
                Shape::Choice(rows) => (rows, &[]),
                Shape::ChoiceThen(rows, then) => (rows, then),
                Shape::Sequence(rows) => (&[], rows),
                _ => unreachable!(),
            };
            let table: Vec<(&Element, bool)> = choice
                .iter()
                .map(|row| (row, true))
                .chain(rest.iter().map(|row| (row, false)))
                .filter(|(row, _)| row.shape != Shape::Never)
                .collect();
            let rows = schemas.rows(type_);
            let names = |found: Vec<String>| found.join(" ");
            let ours = names(table.iter().map(|(row, _)| row.name.to_string()).collect());
            let schema = names(rows.iter().map(|row| format!("{{{}}}{}", row.name.0, row.name.1)).collect());
            if ours != schema {
                differ(format!("{ours}\n   schema: {schema}"));
                return 1;
            }
            let mut compared = 1;
            for ((element, in_choice), row) in table.iter().zip(&rows) {
                let path = format!("{path}/{}", row.name.1);
                // Of a choice one must stand anyway.
                let required = element.required == row.required || *in_choice;
                if !required || element.repeats != row.repeats || *in_choice != row.choice {
                    found.push(format!(
                        "{path}: required {} repeats {} choice {in_choice}\n   schema: {} {} {}",
                        element.required, element.repeats, row.required, row.repeats, row.choice
                    ));
                }
                compared += same(schemas, element, row, &path, found);
            }
            compared
        }
        (Holds::Elements(type_), Shape::Any) => {
            if !schemas.rows(type_).is_empty() {
                differ("has elements in the schema".to_owned());
            }
            1
        }
        (Holds::Text { base, rule, words, fixed }, shape) => {
            let schema = match (base.as_str(), fixed) {
                ("uuid", None) => Shape::Uuid,
                ("boolean", Some(_)) => Shape::True,
                ("boolean", None) => Shape::Boolean,
                ("integer", None) => Shape::Integer,
                ("dateTime", None) => Shape::DateTime,
                ("string", None) => Shape::Text,
                other => panic!("{other:?}"),
            };
            let agrees = match shape {
                Shape::Code(ours) => ours.iter().eq(words),
                shape => shape == schema && words.is_empty(),
            };
            let rules = match (ours.rule, *rule) {
                (Rule::Digits { least, most, .. }, Rule::Digits { least: low, most: high, .. }) => {
                    (least, most) == (low, high)
                }
                (ours, theirs) => ours == theirs,
            };
            if !agrees || !rules {
                differ(format!("{shape:?} {:?}\n   schema: {schema:?} {rule:?} {words:?}", ours.rule));
            }
            1
        }
        (Holds::Elements(_), shape) => {
            differ(format!("{shape:?}\n   schema: elements"));
            1
        }
    }
}

#[test]
fn every_table_is_that_of_the_schema() {
    let Some(folder) = shared("schemas/sts-v6") else { return };
    let (mut version_6, mut version_7) = (Schemas::default(), Schemas::default());
    version_6.add(&folder.join("orig/xsd/common"));
    version_6.add(&folder.join("orig/xsd/6.0.STS-0"));
    version_7.add(&folder.join("v7-klasse-patched"));
    let mut compare = Compare { version_6, version_7, differences: Vec::new(), elements: 0 };
    every::request(&mut compare);
    assert!(compare.differences.is_empty(), "{}", compare.differences.join("\n"));
    assert!(compare.elements > 18_000, "only {} elements compared", compare.elements);
}

#[test]
fn every_soap_action_is_that_of_the_service_description() {
    let Some(folder) = shared("schemas/sts-v6") else { return };
    struct Actions(Vec<(String, bool)>);
    impl Visitor for Actions {
        fn visit<Q: Request>(&mut self) {
            let version_7 = Q::ROOT.iter().any(|root| root.name.namespace.uri().ends_with("/klasse/7/"));
            self.0.push((Q::action(), version_7));
        }
    }
    let mut ours = Actions(Vec::new());
    every::request(&mut ours);
    for (version_7, descriptions) in [(false, "orig/wsdl"), (true, "v7-klasse")] {
        let mut theirs = Vec::new();
        for entry in std::fs::read_dir(folder.join(descriptions)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wsdl") {
                let text = std::fs::read_to_string(path).unwrap();
                theirs.extend(
                    text.split("soapAction=\"")
                        .skip(1)
                        .map(|rest| rest.split('"').next().unwrap().to_owned()),
                );
            }
        }
        let mut ours: Vec<String> = ours
            .0
            .iter()
            .filter(|(_, seven)| *seven == version_7)
            .map(|(action, _)| action.clone())
            .collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{descriptions}");
    }
}
