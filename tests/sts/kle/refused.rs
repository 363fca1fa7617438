//! Files that are refused: KL's own broken one, and made-up ones next to what KL's schema says of them.

use std::process::Command;

use mo_sts::kle::{Edition, KleError, ProblemKind};
use mo_sts::xml::{Limits, ReadErrorKind};

use super::{made_up, read};
use crate::shared::{shared, xmllint};

/// The lines on which a file is refused.
fn lines(text: &str) -> Vec<u64> {
    match Edition::read(text.as_bytes(), Limits::default()) {
        Ok(_) => Vec::new(),
        Err(KleError::Refused(problems)) => problems.iter().map(|problem| problem.line).collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn kls_broken_file_is_refused_as_a_whole_with_its_four_places() {
    let Some(path) = shared("data/kle/KLE-error-data.xml") else { return };
    let Err(KleError::Refused(problems)) = read(&path) else { panic!("it was read") };
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [14, 66, 91, 134]);
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(said[0].ends_with("div may not stand here; p may"), "{said:?}");
    assert!(said[1].ends_with("NyOprettetDato may not stand here; OprettetDato may"), "{said:?}");
    assert!(said[2].contains("\"00.01.00.42\" is not the number of a topic"), "{said:?}");
    assert!(said[3].ends_with("EmneNr is missing before EmneTitel; put it in"), "{said:?}");
    assert!(said[3].contains("/KLE-Emneplan/Hovedgruppe/Gruppe/Emne"), "{said:?}");
}

#[test]
fn kls_small_valid_file_is_read() {
    let Some(path) = shared("data/kle/KLE-valid-data.xml") else { return };
    let edition = read(&path).unwrap();
    assert!(!edition.rows().is_empty());
    edition.load(&super::registry(), "test").unwrap();
}

/// Changes to the made-up plan of 2015: what is replaced by what, in its first place.
const BREAKS: &[(&str, &str)] = &[
    ("<HovedgruppeNr>61</HovedgruppeNr>", "<HovedgruppeNr>6</HovedgruppeNr>"),
    ("<GruppeNr>61.01</GruppeNr>", "<GruppeNr>61.01 </GruppeNr>"),
    ("<EmneTitel>Lyskilder</EmneTitel>", ""),
    ("<EmneTitel>Lyskilder</EmneTitel>", "<EmneTitel>Lyskilder</EmneTitel><EmneTitel>Lys</EmneTitel>"),
    ("<EmneTitel>Lyskilder</EmneTitel>", "<EmneTitel>Lys<b>kilder</b></EmneTitel>"),
    ("<p>Omfatter:</p>", "<h1>Omfatter:</h1>"),
    ("<p>Omfatter:</p>", "<p>Omfatter: <u>alt</u></p>"),
    ("<p>Omfatter:</p>", "Omfatter:"),
    ("<li>pærer,</li>", "pærer"),
    ("<p>Alt om fyr, der ikke har et emne for sig.</p>", ""),
    ("<ul><li>pærer,</li><li>reserve<b>strøm</b>.</li></ul>", "<ul/>"),
    ("<BevaringJaevnfoerArkivloven>B</BevaringJaevnfoerArkivloven>", ""),
    (
        "<BevaringJaevnfoerArkivloven>B</BevaringJaevnfoerArkivloven>",
        "<BevaringJaevnfoerArkivloven>K7</BevaringJaevnfoerArkivloven>",
    ),
    ("P1825D", "1825 dage"),
    ("<OprettetDato>1999-01-01</OprettetDato>", "<OprettetDato>1999-13-01</OprettetDato>"),
    ("<OprettetDato>1999-01-01</OprettetDato>", "<OprettetDato></OprettetDato>"),
    ("<RettetDato>2011-05-01</RettetDato>", "<Rettet>2011-05-01</Rettet>"),
    ("<UdgaaetDato>2003-01-01</UdgaaetDato>", ""),
    ("<FlyttetDato>1999-01-01</FlyttetDato>", ""),
    ("<EmneNr>61.01.10</EmneNr></AfloestAf>", "</AfloestAf>"),
    ("<RetskildeTitel>Fyrtårnsloven</RetskildeTitel>", ""),
    ("<RetsinfoAccessionsNr>A19000000001</RetsinfoAccessionsNr>", ""),
    ("<UdgivelsesDato>2015-02-01</UdgivelsesDato>", ""),
    (
        "<HovedgruppeVejledning><VejledningTekst><p>Havnen, fyret og bådene.</p></VejledningTekst></HovedgruppeVejledning>",
        "",
    ),
    ("<EmneNr>61.01.12</EmneNr>", "<EmneNr>61.01.12</EmneNr><Farve>rød</Farve>"),
];

#[test]
fn what_kls_schema_refuses_is_refused_on_the_same_line() {
    let Some(schema) = shared("data/kle/KLE-Emneplan-version-2-0.xsd") else { return };
    if !xmllint() {
        return;
    }
    let plan = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.xml");
    let refused_lines = |text: &str| -> Vec<u64> {
        std::fs::write(&file, text).unwrap();
        let run = Command::new("xmllint").arg("--noout").arg("--schema").arg(&schema).arg(&file).output();
        let said = String::from_utf8(run.unwrap().stderr).unwrap();
        let number = |line: &str| line.split_once("plan.xml:")?.1.split(':').next()?.parse().ok();
        let mut lines: Vec<u64> = said.lines().filter_map(number).collect();
        lines.dedup();
        lines
    };
    assert!(refused_lines(&plan).is_empty() && lines(&plan).is_empty());
    let mut wrong = Vec::new();
    for (old, new) in BREAKS {
        assert!(plan.contains(old), "{old}");
        let broken = plan.replacen(old, new, 1);
        let mut ours = lines(&broken);
        ours.dedup();
        let theirs = refused_lines(&broken);
        if ours != theirs {
            wrong.push(format!("{old} → {new}: {ours:?} and not {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn text_between_elements_is_refused_where_it_stands() {
    // The schema's checker tells the line of the element around it.
    let plan = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    let broken = plan.replacen("</EmneTitel>", "</EmneTitel>\nhov", 1);
    let line = 1 + plan.split("</EmneTitel>").next().unwrap().lines().count() as u64;
    assert_eq!(lines(&broken), [line - 1]);
}

#[test]
fn what_is_no_file_of_kle_says_so() {
    let kind = |text: &str| match Edition::read(text.as_bytes(), Limits::default()) {
        Err(KleError::Xml(error)) => error.kind().clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(""), ReadErrorKind::Empty);
    assert!(matches!(kind("<Stikord/>"), ReadErrorKind::Root { .. }));
    assert!(matches!(kind("<html/>"), ReadErrorKind::Html));
    assert_eq!(kind("<KLE-Emneplan>"), ReadErrorKind::Truncated);
    assert_eq!(kind("<!DOCTYPE a><KLE-Emneplan/>"), ReadErrorKind::Doctype);
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let large = Edition::read("<KLE-Emneplan></KLE-Emneplan>".as_bytes(), limits).unwrap_err();
    assert!(matches!(large, KleError::Xml(error) if matches!(error.kind(), ReadErrorKind::TooLarge { .. })));
}

#[test]
fn beyond_a_limit_nothing_is_read() {
    let plan = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    let refused = |text: &str, limits: Limits| match Edition::read(text.as_bytes(), limits) {
        Err(KleError::Xml(error)) => error.kind().clone(),
        other => panic!("{other:?}"),
    };
    let all = Limits::default();
    assert!(matches!(refused(&plan, Limits { max_bytes: 1000, ..all }), ReadErrorKind::TooLarge { .. }));
    assert!(matches!(refused(&plan, Limits { max_depth: 6, ..all }), ReadErrorKind::TooDeep { .. }));
    let deep = plan.replacen("<p>Omfatter:</p>", &"<p>".repeat(100), 1);
    assert!(matches!(refused(&deep, all), ReadErrorKind::TooDeep { .. }));
    let attributes: String = (0..100).map(|n| format!(" a{n}=\"\"")).collect();
    let many = plan.replacen("<Hovedgruppe>", &format!("<Hovedgruppe{attributes}>"), 1);
    assert!(matches!(refused(&many, all), ReadErrorKind::TooManyAttributes { .. }));
    // A file that is nothing but mistakes is told of in so many words and no more.
    let broken = format!("<KLE-Emneplan>{}</KLE-Emneplan>", "<Hovedgruppe/>".repeat(100_000));
    let Err(KleError::Refused(problems)) = Edition::read(broken.as_bytes(), all) else { panic!() };
    assert!((1000..=2000).contains(&problems.len()), "{}", problems.len());
}

#[test]
fn one_uuid_of_two_rows_is_refused() {
    let plan = std::fs::read_to_string(made_up("korsbaek-emneplan-2025-05-01.xml")).unwrap();
    let uuids: Vec<&str> = plan.split("<UUID>").skip(1).map(|rest| &rest[..36]).collect();
    let broken = plan.replace(uuids[1], uuids[0]);
    let Err(KleError::Refused(problems)) = Edition::read(broken.as_bytes(), Limits::default()) else {
        panic!()
    };
    assert!(matches!(problems[0].kind, ProblemKind::UuidTwice { .. }));
}
