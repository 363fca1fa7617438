//! The recorded messages: each is read without anything being passed over, written, and read again as the same; and what is
//! written holds every element and text of the recording.

use std::path::PathBuf;

use mo_sts::oio::{KlasseV7, LaesOutput, Message, OrganisationEnhed, RetInput};
use mo_sts::soap::Envelope;
use mo_sts::xml::{Element, Fragment, Limits, Namespace, Node, ReadErrorKind, Reader};

use crate::every::{self, Visitor};
use crate::shared::shared;

const SOAP: Namespace = Namespace::new("http://www.w3.org/2003/05/soap-envelope");
const ENVELOPE: &[Element] = &[Element::new(SOAP, "Envelope")];

fn samples() -> Option<Vec<PathBuf>> {
    let folder = shared("schemas/sts-v6/samples")?;
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 33, "samples are missing");
    Some(paths)
}

/// Tries one recording as every type of message.
struct Recording<'a> {
    bytes: &'a [u8],
    read_as: Vec<String>,
}

impl Recording<'_> {
    fn as_message<M: Message>(&mut self) {
        let mut reader = Reader::new(self.bytes, Limits::default());
        let call = match Envelope::<M>::read_from(&mut reader) {
            Err(error) if matches!(error.kind(), ReadErrorKind::Root { .. }) => return,
            call => call.unwrap(),
        };
        assert_eq!(reader.unknown(), []);
        let written = call.to_xml().unwrap();
        assert_eq!(Envelope::from_xml(&written), Ok(call));
        assert_eq!(tree(self.bytes), tree(&written));
        self.read_as.extend(M::ROOT.iter().map(|root| root.name.to_string()));
    }
}

impl Visitor for Recording<'_> {
    fn visit<Q: mo_sts::oio::Request>(&mut self) {
        self.as_message::<Q>();
        self.as_message::<Q::Reply>();
    }
}

/// The elements and texts of an envelope, without white space between elements; times and UUIDs brought to one form.
fn tree(envelope: &[u8]) -> Vec<Fragment> {
    let mut reader = Reader::new(envelope, Limits::default());
    reader.root(ENVELOPE).unwrap();
    let mut parts = reader.fragments().unwrap();
    parts.iter_mut().for_each(tidy);
    parts
}

fn tidy(fragment: &mut Fragment) {
    if fragment.elements().next().is_some() {
        fragment.content.retain(|node| matches!(node, Node::Element(_)));
    }
    for node in &mut fragment.content {
        match node {
            Node::Element(element) => tidy(element),
            // Times are compared by what they mean, when the messages are.
            Node::Text(text) if fragment.name.starts_with("Tid") => *text = "a time".to_owned(),
            Node::Text(text) if fragment.name.ends_with("UUID") || fragment.name.starts_with("UUID") => {
                *text = text.to_lowercase();
            }
            Node::Text(_) => {}
        }
    }
}

#[test]
fn every_recording_is_read_and_written_without_loss() {
    let Some(samples) = samples() else { return };
    for path in samples.iter().filter(|path| path.to_string_lossy().contains("os2sync")) {
        let bytes = std::fs::read(path).unwrap();
        let mut recording = Recording { bytes: &bytes, read_as: Vec::new() };
        every::request(&mut recording);
        assert_eq!(recording.read_as.len(), 1, "{} is {:?}", path.display(), recording.read_as);
    }
}

#[test]
fn a_class_of_version_7_keeps_labels_mappings_owner_and_both_parents() {
    let Some(samples) = samples() else { return };
    let path = samples.iter().find(|path| path.to_string_lossy().contains("klasse-v7")).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let mut reader = Reader::new(bytes.as_slice(), Limits::default());
    let answer = LaesOutput::<KlasseV7>::read_from(&mut reader).unwrap();
    assert_eq!(reader.unknown(), []);
    assert_eq!(LaesOutput::<KlasseV7>::from_xml(&answer.to_xml().unwrap()).as_ref(), Ok(&answer));

    let class = answer.filtreret_oejebliksbillede.unwrap();
    assert_eq!(class.data_ejer.unwrap().cvr.as_deref(), Some("19435075"));
    let [registered] = class.registrering.as_slice() else { panic!("one registration") };
    assert_eq!(registered.attribut_liste.egenskab.len(), 2);
    assert_eq!(registered.tilstand_liste.tilstand.len(), 3);
    let relations = &registered.relation_liste;
    assert_eq!(relations.overordnet_klasse.len(), 2);
    let labels: Vec<_> =
        relations.mapninger.iter().map(|m| m.reference_id.clone().unwrap().label.unwrap()).collect();
    assert_eq!(labels, ["K", "A21"]);
    let since = registered.attribut_liste.egenskab[0].virkning.as_ref().unwrap().period().unwrap();
    assert_eq!(format!("{since:?}"), "[1988-01-01, 2001-09-11)");
}

#[test]
fn a_class_of_version_7_is_read_in_any_order() {
    let document = r#"<LaesOutput xmlns="http://stoettesystemerne.dk/klassifikation/klasse/7/" xmlns:s="urn:oio:sagdok:3.0.0">
        <FiltreretOejebliksbillede>
          <Registrering><RelationListe/><TilstandListe/><AttributListe><Egenskab>
            <s:TitelTekst>Emne</s:TitelTekst><s:BrugervendtNoegleTekst>00.01.00</s:BrugervendtNoegleTekst>
          </Egenskab></AttributListe></Registrering>
          <ObjektID><s:UUIDIdentifikator>00000000-0000-4000-8000-000000000001</s:UUIDIdentifikator></ObjektID>
        </FiltreretOejebliksbillede>
        <s:StandardRetur><s:StatusKode>20</s:StatusKode></s:StandardRetur>
      </LaesOutput>"#;
    let answer = LaesOutput::<KlasseV7>::from_xml(document.as_bytes()).unwrap();
    let class = answer.filtreret_oejebliksbillede.unwrap();
    assert_eq!(
        class.registrering[0].attribut_liste.egenskab[0].brugervendt_noegle_tekst.as_deref(),
        Some("00.01.00")
    );
}

#[test]
fn a_move_in_a_recording_is_a_relation_from_midnight() {
    let Some(samples) = samples() else { return };
    let path =
        samples.iter().find(|path| path.ends_with("os2sync-raw-4.2-OrganisationEnhed-ret-request.xml"));
    let bytes = std::fs::read(path.unwrap()).unwrap();
    let call = Envelope::<RetInput<OrganisationEnhed>>::from_xml(&bytes).unwrap();
    let parent = call.body.relation_liste.unwrap().overordnet.unwrap();
    let period = parent.virkning.unwrap().period().unwrap();
    assert!(period.from().is_some() && period.until().is_none(), "{period:?}");
}
