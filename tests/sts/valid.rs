//! Ten thousand messages over every operation on every kind of object: read, written, accepted by KOMBIT's schemas, and
//! read again as the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use mo_sts::oio::{Message, Request};
use mo_sts::soap::Envelope;
use mo_sts::xml::Shape;

use crate::draw::{self, Random};
use crate::every::{self, Visitor};
use crate::shared::{shared, xmllint};

/// How many of each message are drawn; there are 234 messages and the test promises ten thousand documents.
const EACH: u64 = 48;

struct Drawn {
    folder: PathBuf,
    /// Documents to be held against the schemas of version 6, and of Klasse version 7.
    version_6: Vec<PathBuf>,
    version_7: Vec<PathBuf>,
    messages: u64,
}

impl Drawn {
    fn draw<M: Message>(&mut self) {
        let [root] = M::ROOT else { panic!("a message has one root") };
        for seed in 0..EACH {
            let drawn = draw::document(root, &mut Random::new(self.messages << 32 | seed));
            let message = M::from_xml(drawn.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{drawn}"));
            let written = message.to_xml().unwrap_or_else(|error| panic!("{error}\n{drawn}"));
            let again = M::from_xml(&written);
            assert_eq!(again.as_ref(), Ok(&message), "{}", String::from_utf8_lossy(&written));

            let file = self.folder.join(format!("{}-{seed}.xml", self.messages));
            std::fs::write(&file, &written).unwrap();
            let version_7 = root.name.namespace.uri().ends_with("/klasse/7/");
            if version_7 { &mut self.version_7 } else { &mut self.version_6 }.push(file);
        }
        self.messages += 1;
    }
}

impl Visitor for Drawn {
    fn visit<Q: Request>(&mut self) {
        self.draw::<Q>();
        self.draw::<Q::Reply>();
    }
}

/// Holds the documents against a schema, hundreds at a time; returns what xmllint says of those it refuses.
fn refused(schema: &Path, documents: &[PathBuf]) -> String {
    let mut refused = String::new();
    for batch in documents.chunks(500) {
        let out = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schema)
            .args(batch)
            .output()
            .unwrap();
        if !out.status.success() {
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            refused.extend(
                said.lines().filter(|line| !line.ends_with("validates")).map(|line| line.to_owned() + "\n"),
            );
        }
    }
    refused
}

#[test]
fn every_message_that_is_written_is_valid_and_reads_back_the_same() {
    let (Some(driver), true) = (shared("schemas/sts-v6/driver"), xmllint()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut drawn =
        Drawn { folder: folder.path().to_owned(), version_6: Vec::new(), version_7: Vec::new(), messages: 0 };
    every::request(&mut drawn);

    let documents = drawn.version_6.len() + drawn.version_7.len();
    assert_eq!(drawn.messages, 14 * 16 + 12);
    assert!(documents >= 10_000, "only {documents} documents");
    let (six, seven) = (driver.join("all-v6.xsd"), driver.join("klasse-v7.xsd"));
    let said = refused(&six, &drawn.version_6) + &refused(&seven, &drawn.version_7);
    assert!(said.is_empty(), "{}", said.lines().take(20).collect::<Vec<_>>().join("\n"));

    // The judge is awake: each schema refuses a document of the other.
    assert!(refused(&six, &drawn.version_7[..1]).contains("fails to validate"));
    assert!(refused(&seven, &drawn.version_6[..1]).contains("fails to validate"));
}

#[test]
fn every_message_is_valid_in_its_envelope_too() {
    let (Some(driver), true) = (shared("schemas/sts-v6/driver"), xmllint()) else { return };
    struct Wrapped(PathBuf, Vec<PathBuf>, Vec<PathBuf>);
    impl Visitor for Wrapped {
        fn visit<Q: Request>(&mut self) {
            let [root] = Q::ROOT else { panic!("a message has one root") };
            let drawn = draw::document(root, &mut Random::new(self.1.len() as u64));
            let body = Q::from_xml(drawn.as_bytes()).unwrap();
            let call = Envelope { transaction: Some(uuid::Uuid::from_u128(7)), body };
            let written = call.to_xml().unwrap();
            assert_eq!(Envelope::from_xml(&written), Ok(call));
            let version_7 = root.name.namespace.uri().ends_with("/klasse/7/");
            let (folder, files) = (&self.0, if version_7 { &mut self.2 } else { &mut self.1 });
            let file = folder.join(format!("{version_7}-{}.xml", files.len()));
            std::fs::write(&file, written).unwrap();
            files.push(file);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut wrapped = Wrapped(folder.path().to_owned(), Vec::new(), Vec::new());
    every::request(&mut wrapped);
    let refused = refused(&driver.join("soap12-v6.xsd"), &wrapped.1)
        + &refused(&driver.join("soap12-klasse-v7.xsd"), &wrapped.2);
    assert!(refused.is_empty(), "{}", refused.lines().take(20).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_is_drawn_reaches_every_element() {
    fn walk(element: &mo_sts::xml::Element, path: &str, document: &mut Vec<String>) {
        let path = format!("{path}/{}", element.name.local);
        match element.shape {
            Shape::Never => return,
            Shape::Sequence(rows) | Shape::Choice(rows) => {
                rows.iter().for_each(|row| walk(row, &path, document))
            }
            Shape::ChoiceThen(rows, then) => {
                rows.iter().chain(then).for_each(|row| walk(row, &path, document));
            }
            _ => {}
        }
        document.push(element.name.local.to_owned());
    }
    struct Reach;
    impl Visitor for Reach {
        fn visit<Q: Request>(&mut self) {
            let [root] = Q::ROOT else { panic!("a message has one root") };
            let mut names = Vec::new();
            walk(root, "", &mut names);
            let drawn: String = (0..EACH).map(|seed| draw::document(root, &mut Random::new(seed))).collect();
            for name in names {
                assert!(drawn.contains(&format!("{name} xmlns")), "{name} of {} is never drawn", root.name);
            }
        }
    }
    every::request(&mut Reach);
}
