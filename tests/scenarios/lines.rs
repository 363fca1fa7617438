//! What the lines look like beyond what `expect` compares: the order of keys, the tour of the format as its page prints
//! it, and that no message holds a CPR number.

use std::path::Path;

use crate::files;

/// The lines of a file, each message told as `…`.
fn lines(path: &Path) -> Vec<String> {
    files::run(path).into_iter().map(|line| without_messages(&line.text)).collect()
}

fn without_messages(line: &str) -> String {
    let mut pieces = line.split("\"message\":\"");
    let mut out = pieces.next().unwrap().to_owned();
    for piece in pieces {
        out.push_str("\"message\":\"…");
        out.push_str(&piece[end_of_text(piece)..]);
    }
    out
}

/// Where the quotation mark is that ends a JSON text.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.unwrap().0
}

#[test]
fn a_file_with_lines_beside_it_prints_exactly_them() {
    let mut found = 0;
    for path in files::all() {
        let Ok(expected) = std::fs::read_to_string(path.with_extension("lines")) else { continue };
        let expected: Vec<&str> = expected.lines().collect();
        assert_eq!(lines(&path), expected, "{}", path.display());
        found += 1;
    }
    assert!(found > 0);
}

#[test]
fn the_tour_prints_what_its_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/design/07-scenarios.md");
    let Ok(page) = std::fs::read_to_string(&page) else {
        assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} is missing", page.display());
        eprintln!("skipped: {} is not there", page.display());
        return;
    };
    let mut blocks = page.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let (steps, printed) = (blocks.next().unwrap(), blocks.next().unwrap());
    let own = std::fs::read_to_string(files::folder().join("tour.json")).unwrap();
    let mut own: serde_json::Value = serde_json::from_str(&own).unwrap();
    for step in own.as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("expect");
    }
    assert_eq!(own, serde_json::from_str::<serde_json::Value>(steps).unwrap());
    let printed: Vec<&str> = printed.lines().collect();
    assert_eq!(lines(&files::folder().join("tour.json")), printed);
}

#[test]
fn no_message_holds_a_cpr_number() {
    let mut messages = 0;
    for path in files::all() {
        for line in files::run(&path) {
            for piece in line.text.split("\"message\":\"").skip(1) {
                let message = &piece[..end_of_text(piece)];
                // A place in a UUID is no number by itself.
                let words = message.split(|c: char| !c.is_alphanumeric() && c != '-');
                let number = |word: &&str| word.len() == 10 && word.chars().all(|c| c.is_ascii_digit());
                assert!(words.into_iter().find(number).is_none(), "{}: {message}", path.display());
                messages += 1;
            }
        }
    }
    assert!(messages > 100);
}
