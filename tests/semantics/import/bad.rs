//! Files and mappings that cannot be used: what the refusal says.

use mo_core::import::{Mapping, Problem};

use super::{Desk, organogram, posts, read};

fn problems(bytes: &[u8]) -> Vec<Problem> {
    read(&organogram(), &[("post-2024-01-01.csv", bytes)]).unwrap_err().problems
}

fn told(bytes: &[u8]) -> String {
    let problems = problems(bytes);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].to_string()
}

const HEADER: &str = "Post Unique Reference,Job Title,Reports to Senior Post\n";

#[test]
fn a_file_that_is_no_text_says_on_which_line() {
    assert_eq!(
        told(&[HEADER.as_bytes(), b"1,Direkt\xf8r,XX\n"].concat()),
        "post-2024-01-01.csv:2: is not utf-8; save it as UTF-8, or name its encoding in the mapping \
         (\"encoding\": \"windows-1252\")"
    );
    assert_eq!(told(b"\xff\xfeP\0"), "post-2024-01-01.csv: is UTF-16; save it as \"CSV UTF-8\"");
    assert_eq!(told(b"\n \n"), "post-2024-01-01.csv: has no header: its first line must name the columns");
}

#[test]
fn a_quote_that_is_never_closed_swallows_nothing() {
    let rows = format!("{HEADER}1,Direktør,XX\n2,\"Skolechef,1\n3,Kulturchef,1\n4,Biblioteksleder,3\n");
    assert!(
        told(rows.as_bytes()).starts_with("post-2024-01-01.csv:3: has a double quote that is opened here")
    );
}

#[test]
fn a_row_with_a_cell_too_many_is_named() {
    let rows = format!("{HEADER}1,Direktør,XX,,\n2,Skole, kultur og fritid,1\n");
    assert!(told(rows.as_bytes()).starts_with("post-2024-01-01.csv:3: has 4 cells under a header of 3"));
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    let problems = problems(b"Post Unique Reference;Job Title;Reports to Senior Post\n");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        lines[0].starts_with(
            "post-2024-01-01.csv: column \"Post Unique Reference\": is no column of the file, which has \
             Post Unique Reference;Job Title;Reports to Senior Post"
        ),
        "{lines:?}"
    );
    assert!(
        told(b"Post Unique Reference,Job Title,Job Title,Reports to Senior Post\n").contains("two columns")
    );
}

#[test]
fn a_missing_file_ends_nothing() {
    let mapping = Mapping::parse(
        r#"{"tables": [
            {"file": "u-{source}-{day}.csv", "kind": "unit", "key": "nr", "fields": {"name": "navn"}},
            {"file": "p-{source}-{day}.csv", "kind": "person", "key": "nr",
             "fields": {"given_name": "navn", "surname": "navn"}}]}"#,
    )
    .unwrap();
    let missing = read(&mapping, &[("u-lon-2024-01-01.csv", b"nr,navn\n1,Skole\n")]).unwrap_err();
    assert!(
        missing.problems[0]
            .to_string()
            .starts_with("p-{source}-{day}.csv: is named in the mapping and missing")
    );
}

#[test]
fn no_id_is_made_from_a_cpr_number() {
    let mapping = |key: &str, cpr: &str| {
        Mapping::parse(&format!(
            r#"{{"source": "lon", "day": "2024-01-01", "tables": [{{"file": "p.csv", "kind": "person", "key": "{key}",
                "fields": {{"given_name": "navn", "surname": "navn", "cpr": "{cpr}"}}}}]}}"#
        ))
    };
    let refused = mapping("cpr", "cpr").unwrap_err();
    assert!(
        refused.to_string().starts_with("/tables/0/fields: no id is made from a CPR number"),
        "{refused}"
    );
    let bytes = "nr,navn,cpr\n010150-5000,Anna,\n".as_bytes();
    let refused = read(&mapping("nr", "cpr").unwrap(), &[("p.csv", bytes)]).unwrap_err();
    let text = format!("{refused} {refused:?}");
    assert!(text.contains("p.csv:2: column \"nr\": \"**********\": may be a CPR number"), "{text}");
    assert!(!text.contains("5000"));
}

#[test]
fn what_another_source_masters_is_refused() {
    let by_id = |source: &str| {
        Mapping::parse(&format!(
            r#"{{"source": "{source}", "day": "2024-01-01", "tables": [{{"file": "e.csv", "kind": "unit", "id": "uuid",
                "fields": {{"name": "navn"}}}}]}}"#
        ))
        .unwrap()
    };
    let bytes = "uuid,navn\n7d3c5a80-0000-4000-8000-000000000001,Skole\n".as_bytes();
    let desk = Desk::new();
    desk.import(&read(&by_id("lon"), &[("e.csv", bytes)]).unwrap());
    let refused = read(&by_id("ad"), &[("e.csv", bytes)])
        .unwrap()
        .commit(&desk.registry.snapshot(), "test")
        .unwrap_err();
    assert_eq!(
        refused.problems[0].to_string(),
        "e.csv:2: unit 7d3c5a80-0000-4000-8000-000000000001 is mastered by lon; change it there, or give the row \
         another id"
    );
    let bytes = "uuid,navn\nskole,Skole\n".as_bytes();
    let refused = read(&by_id("ad"), &[("e.csv", bytes)]).unwrap_err().to_string();
    assert!(refused.contains("e.csv:2: column \"uuid\": \"skole\": is no UUID"), "{refused}");
}

#[test]
fn a_mapping_that_cannot_be_meant_is_refused_with_its_place() {
    let table = |inside: &str| {
        format!(r#"{{"source": "s", "day": "2024-01-01", "tables": [{{"file": "f.csv", {inside}}}]}}"#)
    };
    for (mapping, expected) in [
        (r#"{"tables": []}"#.to_owned(), "/tables: needs at least one table"),
        (r#"{"source": "local", "tables": []}"#.to_owned(), "/source: local is the source of what is registered by hand"),
        (
            r#"{"day": "2024-01-01", "tables": [{"file": "f.csv", "kind": "unit", "key": "k", "fields": {"name": "n"}}]}"#
                .to_owned(),
            "/tables/0/file: holds no {source}",
        ),
        (table(r#""kind": "unit", "fields": {"name": "n"}"#), "/tables/0: needs an \"id\" or a \"key\" column"),
        (table(r#""kind": "unit", "key": "k", "fields": {}"#), "/tables/0/fields: needs name"),
        (table(r#""kind": "facet", "key": "k", "fields": {}"#), "/tables/0/kind: objects of kind facet are not read"),
        (
            table(r#""kind": "unit", "key": "k", "fields": {"name": "n", "source": "s"}"#),
            "/tables/0/fields/source: is set by the import",
        ),
        (
            table(r#""kind": "unit", "key": "k", "fields": {"name": {"column": "n", "root": ["XX"]}}"#),
            "/tables/0/fields/name: \"root\" has its place at placements only",
        ),
        (
            table(r#""kind": "address", "key": "k", "fields": {"value": "v", "unit": "u", "address_type": "t"}"#),
            "/tables/0/fields/address_type: needs \"facet\"",
        ),
        (
            table(r#""kind": "address", "key": "k", "fields": {"value": "v", "address_type": {"value": "t", "facet": "f"}}"#),
            "/tables/0/fields: needs unit or person",
        ),
        (
            table(r#""kind": "engagement", "key": "k", "fields": {"extensions": {"11": "c"}}"#),
            "/tables/0/fields/extensions/11: has no such entry",
        ),
        (
            r#"{"source": "s", "day": "2024-01-01", "tables": [
                {"file": "f.csv", "kind": "unit", "key": "k", "fields": {"name": "n"}},
                {"file": "f.csv", "kind": "unit", "key": "l", "fields": {"name": "n"}}]}"#
                .to_owned(),
            "/tables/1/file: makes unit objects like another table",
        ),
        (r#"{"delimiter": "||", "tables": []}"#.to_owned(), "/delimiter: must be one ASCII character"),
    ] {
        let refused = Mapping::parse(&mapping).unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}\n{expected}");
    }
}

#[test]
fn a_list_of_problems_says_how_many_it_leaves_out() {
    let rows: String = (0..30).map(|n| format!("{n},,XX,,,x\n")).collect();
    let refused =
        read(&organogram(), &[("post-2024-01-01.csv", format!("{HEADER}{rows}").as_bytes())]).unwrap_err();
    let text = refused.to_string();
    assert!(text.ends_with("\n  and 10 more like these"), "{text}");
    assert_eq!(refused.problems.len(), 30);
    assert_eq!(posts("2024-01-01", "1,,XX\n").reports().len(), 1, "a post without a title goes by its key");
}
