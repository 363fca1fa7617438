//! [`ClassNotes`]: what a class says beside its title (guidance, legal sources, keywords, preservation …), in the form in
//! which its description holds it. The model has one field for all of it, so the form is fixed here and read back.

use std::fmt::{self, Write};

use crate::model::Class;
use crate::time::Day;

/// What a class says beside its title.
///
/// A class has one field for it, its description. There the guidance stands first; below a line `--` follows one line for
/// each other note, with a Danish label, so that people can read it in any program. Within a line parts are divided by
/// ` | `; `\|`, `\\` and `\n` stand for a bar, a backslash and a line break. A description in no such form is all guidance.
///
/// ```
/// use mo_core::classification::{ClassNotes, Keyword, LegalSource};
///
/// let notes = ClassNotes {
///     guidance: "Madordninger i dagtilbud.".to_owned(),
///     legal_sources: vec![LegalSource::new("Dagtilbudsloven").section("§ 16 a")],
///     keywords: vec![Keyword::new("frokost")],
///     preservation: Some("K5".to_owned()),
///     ..ClassNotes::default()
/// };
/// let text = notes.to_string();
/// assert_eq!(
///     text,
///     "Madordninger i dagtilbud.\n--\nRetskilde: Dagtilbudsloven | § 16 a\nStikord: frokost\nBevaring: K5"
/// );
/// assert_eq!(ClassNotes::parse(&text), notes);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // made by those who know other forms of the same
pub struct ClassNotes {
    /// What belongs to the class and what does not.
    #[doc(alias = "Vejledning")]
    pub guidance: String,
    /// The law behind it.
    #[doc(alias = "Retskilde")]
    pub legal_sources: Vec<LegalSource>,
    /// The words under which people look for it.
    #[doc(alias = "Stikord")]
    #[doc(alias = "Søgeord")]
    pub keywords: Vec<Keyword>,
    /// What becomes of its files in the end, as the archives' code: `B` kept, `K`, `K5`, `K10` discarded (after years).
    #[doc(alias = "BevaringJaevnfoerArkivloven")]
    pub preservation: Option<String>,
    /// How long after the closing of a case personal data is deleted, as an ISO 8601 duration.
    #[doc(alias = "SletningJaevnfoerPersondataloven")]
    pub deletion: Option<String>,
    /// The selections of the plan that it is part of.
    #[doc(alias = "Delplan")]
    #[doc(alias = "Filter")]
    pub selections: Vec<String>,
    /// The days on which its publisher changed it.
    #[doc(alias = "RettetDato")]
    pub changed: Vec<Day>,
    /// The keys of successors that no class has.
    #[doc(alias = "AfloestAf")]
    pub unknown_successors: Vec<String>,
}

/// A law or part of one.
///
/// ```
/// use mo_core::classification::LegalSource;
/// let law = LegalSource::new("Dagtilbudsloven").section("§ 16 a");
/// assert_eq!((law.title.as_str(), law.section.as_deref()), ("Dagtilbudsloven", Some("§ 16 a")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct LegalSource {
    /// Its title.
    pub title: String,
    /// Section or chapter.
    #[doc(alias = "ParagrafEllerKapitel")]
    pub section: Option<String>,
    /// Its accession number in Retsinformation.
    #[doc(alias = "RetsinfoAccessionsNr")]
    pub accession: Option<String>,
    /// Where it can be read.
    #[doc(alias = "RetsinfoURL")]
    pub url: Option<String>,
}

impl LegalSource {
    /// A law by its title.
    pub fn new(title: impl Into<String>) -> LegalSource {
        LegalSource { title: title.into(), section: None, accession: None, url: None }
    }

    /// With section or chapter; an empty one is none.
    #[must_use]
    pub fn section(self, section: impl Into<String>) -> LegalSource {
        LegalSource { section: some(section), ..self }
    }

    /// With the accession number; an empty one is none.
    #[must_use]
    pub fn accession(self, number: impl Into<String>) -> LegalSource {
        LegalSource { accession: some(number), ..self }
    }

    /// With a place to read it; an empty one is none.
    #[must_use]
    pub fn url(self, url: impl Into<String>) -> LegalSource {
        LegalSource { url: some(url), ..self }
    }
}

/// A word under which people look for a class.
///
/// ```
/// use mo_core::classification::Keyword;
/// let keyword = Keyword::new("frokost i børnehave").action("G01");
/// assert_eq!(keyword.action.as_deref(), Some("G01"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Keyword {
    /// The word or words.
    pub text: String,
    /// The action facet it also points to, such as `G01`.
    #[doc(alias = "HandlingsfacetNr")]
    pub action: Option<String>,
}

impl Keyword {
    /// A keyword.
    pub fn new(text: impl Into<String>) -> Keyword {
        Keyword { text: text.into(), action: None }
    }

    /// With the action facet it also points to; an empty one is none.
    #[must_use]
    pub fn action(self, action: impl Into<String>) -> Keyword {
        Keyword { action: some(action), ..self }
    }
}

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

/// Between the guidance and the labelled lines.
const DIVIDER: &str = "--";

const LEGAL_SOURCE: &str = "Retskilde";
const KEYWORD: &str = "Stikord";
const PRESERVATION: &str = "Bevaring";
const DELETION: &str = "Sletning";
const SELECTION: &str = "Delplan";
const CHANGED: &str = "Rettet";
const SUCCESSOR: &str = "Afløst af";

impl ClassNotes {
    /// The notes of a class.
    pub fn of(class: &Class) -> ClassNotes {
        class.description.as_deref().map(ClassNotes::parse).unwrap_or_default()
    }

    /// Reads a description. What is in no form of this type is guidance, so nothing is lost.
    pub fn parse(description: &str) -> ClassNotes {
        let lines: Vec<&str> = description.split('\n').collect();
        let divider = lines.iter().rposition(|line| *line == DIVIDER);
        let (guidance, labelled) = match divider {
            Some(divider) => (lines.get(..divider), lines.get(divider + 1..)),
            None => (Some(&*lines), None),
        };
        let guidance = guidance.unwrap_or_default().join("\n");
        let mut notes = ClassNotes { guidance, ..ClassNotes::default() };
        for line in labelled.unwrap_or_default() {
            if notes.line(line).is_none() {
                return ClassNotes { guidance: description.to_owned(), ..ClassNotes::default() };
            }
        }
        notes
    }

    /// Takes in a labelled line; `None` where it is none.
    fn line(&mut self, line: &str) -> Option<()> {
        let (label, value) = line.split_once(": ")?;
        let mut parts = parts(value)?.into_iter();
        let first = parts.next()?;
        let mut next = || parts.next().unwrap_or_default();
        match label {
            LEGAL_SOURCE => {
                let source = LegalSource::new(first).section(next()).accession(next()).url(next());
                self.legal_sources.push(source);
            }
            KEYWORD => self.keywords.push(Keyword::new(first).action(next())),
            PRESERVATION if self.preservation.is_none() => self.preservation = Some(first),
            DELETION if self.deletion.is_none() => self.deletion = Some(first),
            SELECTION => self.selections.push(first),
            CHANGED => self.changed.push(first.parse().ok()?),
            SUCCESSOR => self.unknown_successors.push(first),
            _ => return None,
        }
        parts.next().is_none().then_some(())
    }
}

/// The parts of a value; `None` where a backslash stands for nothing.
fn parts(value: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut rest = value;
    while let Some(next) = rest.chars().next() {
        let last = parts.last_mut()?;
        if let Some(after) = rest.strip_prefix(" | ") {
            parts.push(String::new());
            rest = after;
            continue;
        }
        let (c, length) = match (next, rest.chars().nth(1)) {
            ('\\', Some('n')) => ('\n', 2),
            ('\\', Some(c @ ('\\' | '|'))) => (c, 2),
            ('\\' | '|', _) => return None,
            (c, _) => (c, c.len_utf8()),
        };
        last.push(c);
        rest = rest.get(length..)?;
    }
    Some(parts)
}

/// The form in which the description of a class holds the notes; empty for none.
impl fmt::Display for ClassNotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines { text: String::new() };
        for source in &self.legal_sources {
            let rest = [&source.section, &source.accession, &source.url];
            lines.add(LEGAL_SOURCE, &source.title, &rest);
        }
        for keyword in &self.keywords {
            lines.add(KEYWORD, &keyword.text, &[&keyword.action]);
        }
        for (label, value) in [(PRESERVATION, &self.preservation), (DELETION, &self.deletion)] {
            if let Some(value) = value {
                lines.add(label, value, &[]);
            }
        }
        for selection in &self.selections {
            lines.add(SELECTION, selection, &[]);
        }
        for day in &self.changed {
            lines.add(CHANGED, &day.to_string(), &[]);
        }
        for number in &self.unknown_successors {
            lines.add(SUCCESSOR, number, &[]);
        }
        f.write_str(&self.guidance)?;
        // Where the guidance itself has such a line, the last one says where it ends.
        let divided = self.guidance.split('\n').any(|line| line == DIVIDER);
        if lines.text.is_empty() && !divided {
            return Ok(());
        }
        if !self.guidance.is_empty() {
            f.write_char('\n')?;
        }
        f.write_str(DIVIDER)?;
        f.write_str(&lines.text)
    }
}

struct Lines {
    text: String,
}

impl Lines {
    fn add(&mut self, label: &str, first: &str, rest: &[&Option<String>]) {
        self.text.push('\n');
        self.text.push_str(label);
        self.text.push_str(": ");
        let used = rest.iter().rposition(|part| part.is_some()).map_or(0, |last| last + 1);
        let rest = rest.iter().take(used).map(|part| part.as_deref().unwrap_or_default());
        for (place, part) in std::iter::once(first).chain(rest).enumerate() {
            if place > 0 {
                self.text.push_str(" | ");
            }
            for c in part.chars() {
                match c {
                    '\n' => self.text.push_str("\\n"),
                    '\\' | '|' => {
                        self.text.push('\\');
                        self.text.push(c);
                    }
                    c => self.text.push(c),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        "[a-zæøå |:\\\\\n-]{1,12}"
    }

    fn notes() -> impl Strategy<Value = ClassNotes> {
        let part = || proptest::option::of(text());
        let source = (text(), part(), part(), part())
            .prop_map(|(title, section, accession, url)| LegalSource { title, section, accession, url });
        let keyword = (text(), part()).prop_map(|(text, action)| Keyword { text, action });
        let guidance = prop_oneof![Just(String::new()), text(), "(--\n|a\n|\n){0,4}(--)?"];
        let day = (0..20_000i32).prop_map(|n| Day::from_epoch_days(n).unwrap());
        let lists = (
            proptest::collection::vec(source, 0..3),
            proptest::collection::vec(keyword, 0..3),
            proptest::collection::vec(text(), 0..2),
            proptest::collection::vec(day, 0..2),
            proptest::collection::vec(text(), 0..2),
        );
        (guidance, lists, part(), part()).prop_map(|(guidance, lists, preservation, deletion)| ClassNotes {
            guidance,
            legal_sources: lists.0,
            keywords: lists.1,
            preservation,
            deletion,
            selections: lists.2,
            changed: lists.3,
            unknown_successors: lists.4,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(notes in notes()) {
            prop_assert_eq!(ClassNotes::parse(&notes.to_string()), notes);
        }

        #[test]
        fn any_text_is_read_and_nothing_of_it_is_lost(text in "(--|\n|: |Stikord|Bevaring|[a |\\\\]){0,12}") {
            let notes = ClassNotes::parse(&text);
            if notes.guidance != text {
                prop_assert_eq!(ClassNotes::parse(&notes.to_string()), notes);
            }
        }
    }

    #[test]
    fn a_description_in_another_form_is_all_guidance() {
        for text in
            ["Blandet post", "a\n--\nb", "Stikord: a", "--\nBevaring: B\nBevaring: K", "--\nRettet: i går"]
        {
            let expected = ClassNotes { guidance: text.to_owned(), ..ClassNotes::default() };
            assert_eq!(ClassNotes::parse(text), expected, "{text:?}");
        }
    }
}
