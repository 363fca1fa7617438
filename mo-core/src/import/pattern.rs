//! [`Pattern`]: which file names a table of a mapping takes, and what a name says of its source and its day. Names only;
//! nothing here opens a file.

use crate::model::value::Text;
use crate::time::Day;

/// A file name with `{source}`, `{day}` (`YYYY-MM-DD`) and `*` (anything, also nothing) in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Exactly(String),
    Anything,
    Source,
    Day,
}

/// What a matching name says; `None` where the pattern does not ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) source: Option<Text>,
    pub(super) day: Option<Day>,
}

/// Matching tries every split of a name, so the number of places to split at is bounded.
const WILD: usize = 4;

impl Pattern {
    /// # Errors
    /// The rule that the text breaks.
    pub(super) fn parse(text: &str) -> Result<Pattern, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = if let Some(after) = rest.strip_prefix('*') {
                (Part::Anything, after.trim_start_matches('*'))
            } else if let Some(inside) = rest.strip_prefix('{') {
                match inside.split_once('}').ok_or("a brace is not closed")? {
                    ("source", after) => (Part::Source, after),
                    ("day", after) => (Part::Day, after),
                    _ => return Err("braces stand around source or day only".to_owned()),
                }
            } else {
                let (literal, after) = rest.split_at(rest.find(['*', '{']).unwrap_or(rest.len()));
                (Part::Exactly(literal.to_owned()), after)
            };
            if part == Part::Day && parts.contains(&Part::Day)
                || part == Part::Source && parts.contains(&Part::Source)
            {
                return Err("{source} and {day} may stand in a file name once each".to_owned());
            }
            parts.push(part);
            rest = after;
        }
        if parts.is_empty() {
            return Err("a file name is not empty".to_owned());
        }
        if parts.iter().filter(|part| matches!(part, Part::Anything | Part::Source)).count() > WILD {
            return Err(format!("at most {WILD} of * and {{source}} may stand in a file name"));
        }
        Ok(Pattern { text: text.to_owned(), parts })
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn names_source(&self) -> bool {
        self.parts.contains(&Part::Source)
    }

    pub(super) fn names_day(&self) -> bool {
        self.parts.contains(&Part::Day)
    }

    /// What `name` says, when it matches. The source is the shortest text that lets the rest match.
    pub(super) fn read(&self, name: &str) -> Option<Said> {
        let mut said = Said::default();
        matches(&self.parts, name, &mut said).then_some(said)
    }
}

fn matches(parts: &[Part], name: &str, said: &mut Said) -> bool {
    let Some((part, parts)) = parts.split_first() else { return name.is_empty() };
    match part {
        Part::Exactly(literal) => {
            name.strip_prefix(literal.as_str()).is_some_and(|rest| matches(parts, rest, said))
        }
        Part::Day => {
            let Some((date, rest)) = name.split_at_checked("YYYY-MM-DD".len()) else { return false };
            let Ok(day) = date.parse::<Day>() else { return false };
            said.day = Some(day);
            matches(parts, rest, said)
        }
        Part::Anything => splits(name).any(|(_, rest)| matches(parts, rest, said)),
        Part::Source => splits(name).skip(1).any(|(source, rest)| {
            let found = matches(parts, rest, said);
            if found {
                said.source = Some(Text::from(source));
            }
            found
        }),
    }
}

/// Every way to cut a name in two, the shortest beginning first.
fn splits(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
    ends.filter_map(|at| name.split_at_checked(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pattern: &str, name: &str) -> Option<(Option<String>, Option<String>)> {
        let said = Pattern::parse(pattern).unwrap().read(name)?;
        Some((said.source.map(String::from), said.day.map(|day| day.to_string())))
    }

    #[test]
    fn a_name_says_its_source_and_its_day() {
        let both = |source: &str, day: &str| Some((Some(source.to_owned()), Some(day.to_owned())));
        assert_eq!(
            said("{source}-{day}*.csv", "skole-og-kultur-2024-01-01-ledere.csv"),
            both("skole-og-kultur", "2024-01-01")
        );
        assert_eq!(said("{source}-{day}*.csv", "a-2024-01-01.csv"), both("a", "2024-01-01"));
        assert_eq!(said("{source}-{day}*.csv", "a-2024-01-01-2025-01-01.csv"), both("a", "2024-01-01"));
        assert_eq!(said("*{day}*", "æ2024-02-29ø"), Some((None, Some("2024-02-29".to_owned()))));
        assert_eq!(said("Enheder.csv", "Enheder.csv"), Some((None, None)));
    }

    #[test]
    fn other_names_are_not_taken() {
        for name in
            ["-2024-01-01.csv", "a-2024-02-30.csv", "a-2024-01-01.xlsx", "a-2024-01-0æ.csv", "a.csv", ""]
        {
            assert_eq!(said("{source}-{day}*.csv", name), None, "{name}");
        }
        assert_eq!(said("Enheder.csv", "enheder.csv"), None);
    }

    #[test]
    fn a_pattern_that_cannot_be_meant_is_refused() {
        for text in ["", "{dag}.csv", "{day", "{day}{day}", "{source}*a*b*c*"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
