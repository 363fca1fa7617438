//! Answers that are not what was asked for: each is refused with an error that says what and where, and no error repeats a
//! text that could be a CPR number.

use std::io::{self, Read};

use mo_sts::oio::{
    AttributListe, Bruger, BrugerEgenskab, BrugerRelationer, CprNummer, ImportInput, LaesOutput, ListInput,
    Message, OpretInput, OrganisationEnhed, Person, PersonEgenskab, Relation, UnikId,
    organisation_system::AnonymiserInput,
};
use mo_sts::soap::Envelope;
use mo_sts::xml::{Limits, ReadError, ReadErrorKind, Reader, WriteErrorKind};

use ReadErrorKind as Kind;

const ORG: &str = "http://stoettesystemerne.dk/organisation/organisationenhed/6/";

/// An answer about a unit in its envelope, with `body` inside the `LaesOutput`.
fn answer(body: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>
<LaesOutput xmlns="{ORG}" xmlns:sd="urn:oio:sagdok:3.0.0">{body}</LaesOutput></s:Body></s:Envelope>"#
    )
}

const OK: &str = "<sd:StandardRetur><sd:StatusKode>20</sd:StatusKode></sd:StandardRetur>";

/// A unit whose registration holds `lists`.
fn unit(lists: &str) -> String {
    answer(&format!(
        "{OK}<FiltreretOejebliksbillede><ObjektType><sd:UUIDIdentifikator>\
         00000000-0000-4000-8000-000000000001</sd:UUIDIdentifikator></ObjektType>\
         <Registrering>{lists}</Registrering></FiltreretOejebliksbillede>"
    ))
}

fn read_with(document: impl AsRef<[u8]>, limits: Limits) -> Result<(), ReadError> {
    let mut reader = Reader::new(document.as_ref(), limits);
    Envelope::<LaesOutput<OrganisationEnhed>>::read_from(&mut reader).map(|_| ())
}

fn kind(document: impl AsRef<[u8]>) -> ReadErrorKind {
    read_with(document, Limits::default()).unwrap_err().kind().clone()
}

/// Whether the error is of a kind.
type Is = fn(&ReadErrorKind) -> bool;

#[test]
fn what_is_no_answer_is_refused_by_kind() {
    let lists = "<AttributListe/><TilstandListe/><RelationListe/>";
    assert!(read_with(unit(lists), Limits::default()).is_ok());
    let deep = format!("{}{}", "<x>".repeat(80), "</x>".repeat(80));
    let attributes: String = (0..80).map(|n| format!(" a{n}=''")).collect();
    let cases: &[(&str, String, Is)] = &[
        ("nothing", String::new(), |k| *k == Kind::Empty),
        ("only a comment", "<!-- nobody here -->".into(), |k| *k == Kind::Empty),
        ("JSON", r#"{"error": 503}"#.into(), |k| *k == Kind::StrayText),
        ("HTML page", "<!DOCTYPE html><html><body><br></html>".into(), |k| *k == Kind::Html),
        ("HTML without doctype", "\n<HTML><head>".into(), |k| *k == Kind::Html),
        ("XHTML", "<html xmlns='http://www.w3.org/1999/xhtml'/>".into(), |k| *k == Kind::Html),
        ("doctype", format!("<!DOCTYPE Envelope>{}", answer(OK)), |k| *k == Kind::Doctype),
        (
            "entities that grow",
            format!(r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{}"#, answer("&b;")),
            |k| *k == Kind::Doctype,
        ),
        ("an entity", answer("<sd:StandardRetur><sd:StatusKode>&twenty;"), |k| *k == Kind::Entity),
        ("an external entity", answer("&file;"), |k| *k == Kind::Entity),
        ("an impossible character", answer("<sd:StandardRetur><sd:StatusKode>&#0;"), |k| *k == Kind::Entity),
        ("a control character", answer("<sd:StandardRetur><sd:StatusKode>\u{1}"), |k| {
            *k == Kind::Character(1)
        }),
        ("the same by number", answer("<sd:StandardRetur><sd:StatusKode>&#1;"), |k| *k == Kind::Character(1)),
        ("processing instruction", format!("<?php x?>{}", answer(OK)), |k| *k == Kind::ProcessingInstruction),
        ("one inside", answer(&format!("{OK}<?go?>")), |k| *k == Kind::ProcessingInstruction),
        ("declaration inside", answer("<?xml version='1.0'?>"), |k| *k == Kind::ProcessingInstruction),
        ("another encoding", format!("<?xml version='1.0' encoding='ISO-8859-1'?>{}", answer(OK)), |k| {
            *k == Kind::Encoding
        }),
        ("too deep", answer(&deep), |k| *k == Kind::TooDeep { max: 64 }),
        ("many attributes", answer(&format!("<x{attributes}/>")), |k| {
            *k == Kind::TooManyAttributes { max: 64 }
        }),
        ("an attribute twice", answer("<x a='' a=''/>"), |k| matches!(k, Kind::Syntax(_))),
        ("cut in an element", answer(OK)[..200].into(), |k| *k == Kind::Truncated),
        ("cut in a tag", answer(OK)[..190].into(), |k| *k == Kind::Truncated),
        ("cut after the body", answer(OK).replace("</s:Envelope>", ""), |k| *k == Kind::Truncated),
        ("crossed tags", answer(&format!("{OK}<a><b></a></b>")), |k| matches!(k, Kind::Syntax(_))),
        ("text after the end", format!("{} 200 OK", answer(OK)), |k| *k == Kind::StrayText),
        ("two documents", format!("{0}{0}", answer(OK)), |k| *k == Kind::StrayElement),
        ("text between", answer(&format!("oops{OK}")), |k| *k == Kind::StrayText),
        ("a bare message", format!("<LaesOutput xmlns='{ORG}'/>"), |k| matches!(k, Kind::Root { .. })),
        ("another operation", answer(OK).replace("LaesOutput", "ListOutput"), |k| {
            matches!(k, Kind::Root { .. })
        }),
        (
            "the envelope of another namespace",
            answer(OK).replace("www.w3.org/2003/05", "evil.example"),
            |k| matches!(k, Kind::Root { .. }),
        ),
        (
            "version 5 of the service",
            answer(OK).replace("/6/", "/5/"),
            |k| matches!(k, Kind::Root { found, .. } if found.contains("/organisationenhed/5/")),
        ),
        (
            "no body",
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/></s:Envelope>".into(),
            |k| matches!(k, Kind::Missing(name) if name.local == "Body"),
        ),
        (
            "an empty body",
            answer(OK).replace("LaesOutput", "x").split("<x").next().unwrap().to_owned()
                + "</s:Body></s:Envelope>",
            |k| *k == Kind::Empty,
        ),
        (
            "an element in another namespace",
            answer(&OK.replace("sd:StatusKode", "StatusKode")),
            |k| matches!(k, Kind::WrongNamespace { local: "StatusKode", expected: "urn:oio:sagdok:3.0.0", found } if found == ORG),
        ),
        (
            "a prefix nobody declared",
            answer(&OK.replace("sd:StatusKode", "q:StatusKode")),
            |k| matches!(k, Kind::WrongNamespace { local: "StatusKode", found, .. } if found.is_empty()),
        ),
        ("shuffled lists", unit("<TilstandListe/><AttributListe/><RelationListe/>"), |k| {
            *k == Kind::Order { element: "AttributListe", after: "TilstandListe" }
        }),
        ("a list twice", unit("<AttributListe/><AttributListe/><TilstandListe/><RelationListe/>"), |k| {
            *k == Kind::Repeated("AttributListe")
        }),
        (
            "a list missing",
            unit("<AttributListe/><TilstandListe/>"),
            |k| matches!(k, Kind::Missing(name) if name.local == "RelationListe"),
        ),
        ("no status", answer(""), |k| matches!(k, Kind::Missing(name) if name.local == "StandardRetur")),
        ("a status in words", answer(&OK.replace("20", "twenty")), |k| *k == Kind::Value("a whole number")),
        ("an element in a text", answer(&OK.replace("20", "<b>20</b>")), |k| *k == Kind::StrayElement),
        ("no UUID", unit(lists).replace("00000000-0000-4000", "0-4000"), |k| matches!(k, Kind::Value(_))),
        ("no time", unit(&format!("<sd:Tidspunkt>2025-02-30T00:00:00Z</sd:Tidspunkt>{lists}")), |k| {
            matches!(k, Kind::Value(_))
        }),
        ("no life cycle", unit(&format!("<sd:LivscyklusKode>Rettet</sd:LivscyklusKode>{lists}")), |k| {
            matches!(k, Kind::Value(_))
        }),
        ("neither UUID nor URN", unit(&format!("<sd:BrugerRef/>{lists}")), |k| matches!(k, Kind::Choice(_))),
        (
            "both",
            unit(&format!(
                "<sd:BrugerRef><sd:URNIdentifikator>a</sd:URNIdentifikator><sd:UUIDIdentifikator>\
                 00000000-0000-4000-8000-000000000001</sd:UUIDIdentifikator></sd:BrugerRef>{lists}"
            )),
            |k| matches!(k, Kind::Choice(_)),
        ),
        (
            "the owner of data in version 6",
            unit(lists).replace("<Registrering>", "<DataEjer/><Registrering>"),
            |k| *k == Kind::NotHere,
        ),
    ];
    for (what, document, is) in cases {
        let error = read_with(document, Limits::default()).expect_err(what);
        assert!(is(error.kind()), "{what}: {error:?}");
        let shown = error.to_string();
        assert!(shown.starts_with("line ") && shown.contains(" at /"), "{what}: {shown}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let mut bytes = answer(OK).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'2').unwrap();
    bytes[at] = 0xE6;
    assert_eq!(kind(&bytes), Kind::Encoding);
    let utf16: Vec<u8> = answer(OK).encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(matches!(kind(utf16), Kind::Encoding | Kind::Character(0) | Kind::StrayText));
}

#[test]
fn an_answer_may_be_exactly_as_large_as_the_limit() {
    let document = answer(OK);
    let limits = |max_bytes| Limits { max_bytes, ..Limits::default() };
    assert!(read_with(&document, limits(document.len() as u64)).is_ok());
    for max in [0, 1, 100, document.len() as u64 - 1] {
        let error = read_with(&document, limits(max)).unwrap_err();
        assert_eq!(*error.kind(), Kind::TooLarge { max });
    }
}

#[test]
fn a_text_without_end_is_cut_off_at_the_limit() {
    struct Endless(usize);
    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            out.fill(b'a');
            self.0 += out.len();
            assert!(self.0 < 3 << 20, "read on after the limit");
            Ok(out.len())
        }
    }
    let head = answer("<sd:StandardRetur><sd:StatusKode>");
    let head = head.split("</LaesOutput>").next().unwrap().to_owned();
    let input = io::BufReader::new(io::Cursor::new(head).chain(Endless(0)));
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    let error =
        Envelope::<LaesOutput<OrganisationEnhed>>::read_from(&mut Reader::new(input, limits)).unwrap_err();
    assert_eq!(*error.kind(), Kind::TooLarge { max: 1 << 20 });
}

#[test]
fn a_failing_connection_is_told_from_a_bad_answer() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let input = io::BufReader::new(Broken);
    let mut reader = Reader::new(input, Limits::default());
    let error = Envelope::<LaesOutput<Bruger>>::read_from(&mut reader).unwrap_err();
    assert_eq!(*error.kind(), Kind::Io(io::ErrorKind::ConnectionReset));
}

#[test]
fn a_fault_tells_its_codes_and_reason_and_masks_what_may_be_a_cpr_number() {
    let version_12 = r#"<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header><x xmlns="urn:x"/></e:Header>
        <e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>wsse:FailedAuthentication</e:Value></e:Subcode></e:Code>
        <e:Reason><e:Text xml:lang="en">No access to 0101001234</e:Text></e:Reason><e:Detail><a>1</a></e:Detail></e:Fault></e:Body></e:Envelope>"#;
    let version_11 = r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>
        <faultcode>e:Client</faultcode><faultstring>No access to 0101001234</faultstring></e:Fault></e:Body></e:Envelope>"#;
    for (document, codes) in
        [(version_12, &["Sender", "FailedAuthentication"][..]), (version_11, &["Client"][..])]
    {
        let error = read_with(document, Limits::default()).unwrap_err();
        let Kind::Fault(fault) = error.kind() else { panic!("{error:?}") };
        assert_eq!(fault.codes(), codes);
        assert_eq!(fault.reason(), "No access to 0101001234");
        assert!(!format!("{error} {error:?}").contains("0101001234"), "{error}");
        assert!(error.to_string().contains("No access to **********"), "{error}");
    }
}

#[test]
fn an_error_says_line_byte_and_path() {
    let document = answer(&format!("\n  {}", OK.replace("20", "x")));
    let error = read_with(&document, Limits::default()).unwrap_err();
    assert_eq!(error.path(), "/Envelope/Body/LaesOutput/StandardRetur/StatusKode");
    assert_eq!(error.line(), 3);
    assert_eq!(&document[usize::try_from(error.offset()).unwrap()..][..2], "x<");

    let document = unit("<TilstandListe/>\n<AttributListe/><RelationListe/>");
    let error = read_with(&document, Limits::default()).unwrap_err();
    assert_eq!(&document[usize::try_from(error.offset()).unwrap()..][..15], "<AttributListe/");
    assert_eq!(error.line(), 3);
}

#[test]
fn an_element_nobody_knows_is_passed_over_and_remembered() {
    let document =
        unit("<AttributListe><Nyt><Deep>1</Deep></Nyt></AttributListe><TilstandListe/><RelationListe/>");
    let mut reader = Reader::new(document.as_bytes(), Limits::default());
    Envelope::<LaesOutput<OrganisationEnhed>>::read_from(&mut reader).unwrap();
    let [unknown] = reader.unknown() else { panic!("{:?}", reader.unknown()) };
    assert!(unknown.path.ends_with("/Registrering/AttributListe/Nyt"), "{}", unknown.path);
    assert_eq!(&document[usize::try_from(unknown.offset).unwrap()..][..5], "<Nyt>");
}

#[test]
fn a_namespace_is_what_its_declaration_stands_for() {
    let unit = |own: &str, extension: &str| {
        let document = format!(
            "<OpretInput xmlns=\"{own}\" xmlns:s=\"urn:oio:sagdok:3&#46;0.0\"><AttributListe><s:LokalUdvidelse>\
             <x xmlns=\"{extension}\">a</x></s:LokalUdvidelse></AttributListe><TilstandListe/><RelationListe/></OpretInput>"
        );
        OpretInput::<OrganisationEnhed>::from_xml(document.as_bytes())
    };
    let own = "http://stoettesystemerne.dk/organisation&#x2f;organisationenhed/6/";
    for (written, meant) in [
        ("urn:a", "urn:a"),
        ("urn:a&amp;b", "urn:a&b"),
        ("urn:a<b", "urn:a<b"),
        ("urn:a&#10;b\tc", "urn:a\nb c"),
    ] {
        let message = unit(own, written).unwrap();
        let extension = &message.attribut_liste.lokal_udvidelse.as_ref().unwrap().0[0];
        assert_eq!(extension.namespace, meant);
        assert_eq!(OpretInput::from_xml(&message.to_xml().unwrap()).unwrap(), message, "{written:?}");
    }
    for written in ["urn:&e;", "urn:&#1;", "urn:& b"] {
        assert!(unit(own, written).is_err(), "{written:?}");
    }
}

#[test]
fn no_error_repeats_a_cpr_number() {
    let person = |egenskab: &str| {
        format!(
            "<OpretInput xmlns='http://stoettesystemerne.dk/organisation/person/6/' xmlns:sd='urn:oio:sagdok:3.0.0' \
             xmlns:sts='urn:oio:sts:6'><AttributListe><Egenskab>{egenskab}</Egenskab></AttributListe>"
        )
    };
    for document in [
        person(
            "<sts:CPR-NummerTekst>0101001234</sts:CPR-NummerTekst><sts:CPR-NummerTekst>0101001234</sts:CPR-NummerTekst>",
        ),
        person("<sts:CPR-NummerTekst>0101001234<x/></sts:CPR-NummerTekst>"),
        person("0101001234"),
        person("<sts:CPR-NummerTekst>&c0101001234;</sts:CPR-NummerTekst>"),
        person("<sts:CPR-NummerTekst></c0101001234>"),
        person("<x a='0101001234' a='0101001234'/>"),
        person("<sts:CPR-NummerTekst></c010101010101001234>"),
        person("<sd:Virkning><sd:FraTidspunkt><sd:TidsstempelDatoTid>20250101010100123499"),
        person("<sd:Virkning><sd:FraTidspunkt><sd:TidsstempelDatoTid>0101001234"),
        "<c0101001234/>".to_owned(),
        "<OpretInput xmlns='urn:0101001234'/>".to_owned(),
    ] {
        let error = OpretInput::<Person>::from_xml(document.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0101001234"), "{error:?}");
    }
    let egenskab =
        PersonEgenskab { cpr_nummer_tekst: Some(CprNummer::new("010100-1234")), ..Default::default() };
    let attribut_liste = AttributListe { egenskab: vec![egenskab], lokal_udvidelse: None };
    let message = OpretInput::<Person> { attribut_liste, ..Default::default() };
    let error = message.to_xml().unwrap_err();
    assert!(matches!(error.kind(), WriteErrorKind::Pattern(_)));
    assert!(!format!("{error} {error:?} {message:?}").contains("010100"), "{error:?}");
}

#[test]
fn a_value_the_schema_would_refuse_is_not_written() {
    let user = |egenskab, relation_liste| OpretInput::<Bruger> {
        attribut_liste: AttributListe { egenskab: vec![egenskab], lokal_udvidelse: None },
        relation_liste,
        ..Default::default()
    };
    let name = |name: &str| BrugerEgenskab { bruger_navn: Some(name.to_owned()), ..Default::default() };
    assert!(user(name(&"æ".repeat(200)), BrugerRelationer::default()).to_xml().is_ok());
    let refusal = |message: OpretInput<Bruger>| {
        let error = message.to_xml().unwrap_err();
        (error.path().to_owned(), error.to_string())
    };

    let (path, said) = refusal(user(name(&"æ".repeat(201)), BrugerRelationer::default()));
    assert_eq!(path, "/OpretInput/AttributListe/Egenskab/BrugerNavn");
    assert!(said.contains("201 characters where the schema allows 200"), "{said}");

    let (path, said) = refusal(user(name("a\u{b}b"), BrugerRelationer::default()));
    assert_eq!(path, "/OpretInput/AttributListe/Egenskab/BrugerNavn");
    assert!(said.contains("U+000B"), "{said}");

    let urn = Relation { virkning: None, reference_id: Some(UnikId::Urn("u".repeat(256))) };
    let relations = BrugerRelationer { tilhoerer: Some(urn), ..Default::default() };
    let (path, _) = refusal(user(name("x"), relations));
    assert_eq!(path, "/OpretInput/RelationListe/Tilhoerer/ReferenceID/URNIdentifikator");

    for empty in [ListInput::<Bruger>::default().to_xml(), ImportInput::<Bruger>::default().to_xml()] {
        assert!(matches!(empty.unwrap_err().kind(), WriteErrorKind::Missing(_)));
    }
    assert!(AnonymiserInput::PersonCpr(CprNummer::new("123")).to_xml().is_err());
    assert!(AnonymiserInput::PersonCpr(CprNummer::new("0101001234")).to_xml().is_ok());
}
