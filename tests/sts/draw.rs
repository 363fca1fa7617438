//! Documents drawn at random from the table of a message, by a seed: every element present or absent as the table allows,
//! every text within its rule, and all the freedom that XML leaves a sender: prefixes, white space, comments, references.

use std::fmt::Write;

use mo_sts::xml::{Element, Rule, Shape};

/// A small generator of random numbers (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap())).collect()
    }
}

/// A document with `root` as its outermost element.
pub fn document(root: &Element, random: &mut Random) -> String {
    let mut out = String::new();
    if random.one_in(2) {
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }
    element(root, random, &mut out, 0);
    out
}

fn element(element: &Element, random: &mut Random, out: &mut String, depth: usize) {
    let (uri, local) = (element.name.namespace.uri(), element.name.local);
    // Every element declares its own namespace, by default or under some prefix, whatever is in force.
    let name = match random.pick(&["", "ns0", "sd", "x.y-z"]) {
        "" => {
            write!(out, "<{local} xmlns=\"{uri}\">").unwrap();
            local.to_owned()
        }
        prefix => {
            write!(out, "<{prefix}:{local} xmlns:{prefix}='{uri}'>").unwrap();
            format!("{prefix}:{local}")
        }
    };
    content(element, random, out, depth);
    write!(out, "</{name}>").unwrap();
}

fn content(row: &Element, random: &mut Random, out: &mut String, depth: usize) {
    match row.shape {
        Shape::Sequence(rows) => rows.iter().for_each(|row| several(row, random, out, depth)),
        Shape::Choice(rows) => one_of(rows, random, out, depth),
        Shape::ChoiceThen(rows, then) => {
            one_of(rows, random, out, depth);
            then.iter().for_each(|row| several(row, random, out, depth));
        }
        Shape::Any => {
            for _ in 0..random.below(3) {
                out.push_str("<t:NavnTekst xmlns:t='urn:oio:sts:6'>");
                text(200, random, out);
                out.push_str("</t:NavnTekst>");
            }
        }
        Shape::Text => match row.rule {
            Rule::Free => text(40, random, out),
            Rule::Longest(most) => text(most, random, out),
            Rule::Digits { least, most, .. } => {
                let count = least + random.below(most - least + 1);
                out.push_str(&random.digits(count));
            }
            Rule::OneToHundred => write!(out, "{}", 1 + random.below(100)).unwrap(),
        },
        Shape::Uuid => {
            let bits = u128::from(random.next()) << 64 | u128::from(random.next());
            let uuid = uuid::Uuid::from_u128(bits);
            if random.one_in(2) { write!(out, "{uuid:X}") } else { write!(out, "{uuid}") }.unwrap();
        }
        Shape::Boolean => out.push_str(random.pick(&["true", "false", "1", "0"])),
        Shape::True => out.push_str("true"),
        Shape::Integer => write!(out, "{}", random.next().cast_signed() >> random.below(64)).unwrap(),
        Shape::DateTime => date_time(random, out),
        Shape::Code(words) => out.push_str(random.pick(words)),
        Shape::Never => unreachable!("nothing of this kind is drawn"),
    }
}

/// The elements of one row, as often as the table allows.
fn several(row: &Element, random: &mut Random, out: &mut String, depth: usize) {
    // Version 7's schema has at most one parent, its answers several; what is drawn is held against the schema.
    let repeats = row.repeats && row.name.local != "OverordnetKlasse";
    let least = usize::from(row.required);
    // Deeper down less is drawn, so that documents stay small.
    let most = if repeats { 3usize.saturating_sub(depth / 3).max(1) } else { 1 };
    let count = if row.shape == Shape::Never { 0 } else { least + random.below(most - least + 1) };
    for _ in 0..count {
        between(random, out);
        element(row, random, out, depth + 1);
        between(random, out);
    }
}

fn one_of(rows: &[Element], random: &mut Random, out: &mut String, depth: usize) {
    let row = &rows[random.below(rows.len())];
    let count = if row.repeats { random.below(3) } else { 1 };
    for _ in 0..count {
        element(row, random, out, depth + 1);
    }
}

/// What may stand between elements without meaning anything.
fn between(random: &mut Random, out: &mut String) {
    match random.below(8) {
        0 => out.push_str("\n\t "),
        1 => out.push_str("\r\n"),
        2 => out.push_str("<!-- <Egenskab> & æøå -->"),
        _ => {}
    }
}

/// Text of at most `most` characters in all the ways XML has to write one.
fn text(most: usize, random: &mut Random, out: &mut String) {
    let most = if random.one_in(20) { most } else { random.below(most.min(30) + 1) };
    for _ in 0..most {
        match random.below(24) {
            0 => out.push_str("&lt;"),
            1 => out.push_str("&#13;"),
            2 => out.push_str("&amp;"),
            3 => out.push_str("&#x1F600;"),
            4 => out.push_str("<![CDATA[<]]>"),
            5 => out.push_str("&quot;"),
            6 => out.push_str(
                random.pick(&["Æ", "ø", "å", "é", "\u{a0}", "\u{85}", "\u{2028}", "𝔄", "\u{fffd}"]),
            ),
            7 => out.push_str(random.pick(&[" ", "\n", "\t", "'", "]]&gt;x", "-"]).get(..1).unwrap_or(" ")),
            _ => out.push(char::from(b'a' + u8::try_from(random.below(26)).unwrap())),
        }
    }
}

fn date_time(random: &mut Random, out: &mut String) {
    let year = if random.one_in(10) { 1 + random.below(9998) } else { 1950 + random.below(150) };
    write!(
        out,
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        1 + random.below(12),
        1 + random.below(28),
        random.below(24),
        random.below(60),
        random.below(60)
    )
    .unwrap();
    if random.one_in(2) {
        let count = 1 + random.below(9);
        let digits = random.digits(count);
        write!(out, ".{digits}").unwrap();
    }
    out.push_str(random.pick(&["", "Z", "+01:00", "+02:00", "-11:30", "+14:00"]));
}
