//! Trees that do not hold together, and files as spreadsheets write them.

use mo_core::import::{Found, Mapping};

use super::{Desk, Tree, line, organogram, posts, read, tree};

/// The tree that the rows become, and the reports, each as `line: what`.
fn loaded(rows: &str) -> (Tree, Vec<String>) {
    let extract = posts("2024-01-01", rows);
    let desk = Desk::new();
    desk.import(&extract);
    let reports = extract.reports().iter().map(|report| format!("{}: {}", report.line, report.found));
    (tree(&desk.at("2024-01-01"), extract.hierarchy().unwrap()), reports.collect())
}

#[test]
fn the_first_row_of_a_repeated_key_counts() {
    let (tree, reports) = loaded("a,Direktør,XX\nb,Skolechef,a\nb,Kulturchef,a\n a ,Borgmester,XX\n");
    assert_eq!(line(&tree), "a(-) Direktør, b(a) Skolechef");
    assert_eq!(
        reports,
        [
            "2: names \"XX\" as its superior; it stands at the root",
            "4: repeats the key of post-2024-01-01.csv:3; it is left out",
            "5: repeats the key of post-2024-01-01.csv:2; it is left out",
        ]
    );
}

#[test]
fn a_post_without_a_superior_to_follow_stands_at_the_root() {
    let (tree, reports) = loaded("a,A,\nb,B,XX\nc,C,c\nd,D,nobody\ne,E,d\n,F,a\n");
    assert_eq!(line(&tree), "a(-) A, b(-) B, c(-) C, d(-) D, e(d) E");
    assert_eq!(
        reports,
        [
            "2: names no superior; it stands at the root",
            "3: names \"XX\" as its superior; it stands at the root",
            "4: is its own superior; it stands at the root",
            "5: names a superior that no row has, \"nobody\"; it stands at the root",
            "7: has no key; it is left out",
        ]
    );
}

#[test]
fn the_lowest_line_of_a_circle_stands_at_the_root() {
    let (tree, reports) = loaded("x,X,c\nb,B,c\nc,C,a\na,A,b\n");
    assert_eq!(line(&tree), "a(b) A, b(-) B, c(a) C, x(c) X");
    assert_eq!(reports, ["3: stands above itself (b under c under a under b); it stands at the root"]);
}

#[test]
fn lines_are_those_an_editor_shows() {
    let rows = "\r\n\r\na,\"Direktør,\r\nkst.\",XX\r\n\r\n,,\r\nb,Chef,zz\r\n";
    let (tree, reports) = loaded(rows);
    assert_eq!(line(&tree), "a(-) Direktør,\nkst., b(-) Chef");
    assert_eq!(reports[0].split(' ').next(), Some("4:"));
    assert_eq!(reports[1].split(' ').next(), Some("8:"));
}

#[test]
fn every_line_end_in_use_ends_a_line() {
    for end in ["\n", "\r\n", "\r"] {
        let (tree, reports) = loaded(&"a,A,XX\nb,B,a\nb,C,a\n".replace('\n', end));
        assert_eq!(line(&tree), "a(-) A, b(a) B");
        assert_eq!(reports[1], "4: repeats the key of post-2024-01-01.csv:3; it is left out");
    }
}

#[test]
fn a_file_as_a_danish_spreadsheet_writes_it_is_read() {
    let mapping = Mapping::parse(
        r#"{"source": "lon", "day": "2024-01-01", "encoding": "windows-1252", "delimiter": ";", "tables": [{
            "file": "enheder.csv", "kind": "unit", "key": "Nr",
            "fields": {"name": "Navn", "user_key": "Nr", "placements": "Hører under"}}]}"#,
    )
    .unwrap();
    let bytes = b"Nr;Navn;H\xf8rer under;;\r\n1;K\xf8ge \x96 \xc6r\xf8;;;\r\n2;\"Skole; SFO\";1;;\r\n";
    let extract = read(&mapping, &[("enheder.csv", bytes)]).unwrap();
    let desk = Desk::new();
    desk.import(&extract);
    let tree = tree(&desk.at("2024-01-01"), extract.hierarchy().unwrap());
    assert_eq!(line(&tree), "1(-) Køge – Ærø, 2(1) Skole; SFO");
}

#[test]
fn a_byte_order_mark_and_a_file_with_a_header_only_are_no_trouble() {
    let text = "\u{feff}Post Unique Reference,Job Title,Reports to Senior Post";
    let extract = read(&organogram(), &[("post-2024-01-01.csv", text.as_bytes())]).unwrap();
    assert_eq!((extract.reports().len(), extract.kinds().count()), (0, 1));
}

#[test]
fn a_key_that_may_be_a_cpr_number_is_masked_in_a_report() {
    let extract = posts("2024-01-01", "0101505000,Direktør,010150-5000\n");
    let report = &extract.reports()[0];
    assert!(matches!(&report.found, Found::UnknownSuperior(key) if key == "**********"));
    assert!(!format!("{report} {report:?}").contains("5000"));
}
