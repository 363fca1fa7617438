//! [`Element`], [`Rule`] and [`Shape`]: the rows of the tables that declare what a message holds. Data only; the work is
//! done by `content`, `reader` and `writer`.

use std::fmt;

use super::content::Part;
use super::error::WriteErrorKind;
use super::{Name, Namespace};

/// One row of a table: an element that may stand inside another.
///
/// ```
/// use mo_sts::oio::OrganisationEnhedEgenskab;
/// use mo_sts::xml::{Rule, Sequence};
///
/// let names: Vec<_> = OrganisationEnhedEgenskab::ELEMENTS.iter().map(|e| e.name.local).collect();
/// assert_eq!(names, ["Virkning", "BrugervendtNoegleTekst", "EnhedNavn"]);
/// assert_eq!(OrganisationEnhedEgenskab::ELEMENTS[2].rule, Rule::Longest(200));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Element {
    /// Its name.
    pub name: Name,
    /// What its text must obey when written.
    pub rule: Rule,
    /// Whether it must stand there at least once.
    pub required: bool,
    /// Whether it may stand there more than once.
    pub repeats: bool,
    /// What it holds.
    pub shape: Shape,
    /// Whether it must stand there, where that does not follow from the type of its field.
    presence: Option<bool>,
}

/// What an element holds. `Debug` shows the names of the elements inside, not what these hold in turn.
///
/// ```
/// use mo_sts::oio::OrganisationEnhedEgenskab;
/// use mo_sts::xml::{Sequence, Shape};
///
/// let elements = OrganisationEnhedEgenskab::ELEMENTS;
/// assert_eq!(elements[2].shape, Shape::Text);
/// assert!(matches!(elements[0].shape, Shape::Sequence(_))); // Virkning has elements of its own
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Free text, within the element's [`Rule`].
    Text,
    /// A UUID.
    Uuid,
    /// `true` or `false`.
    Boolean,
    /// Nothing but `true`.
    True,
    /// A whole number.
    Integer,
    /// `xs:dateTime`.
    DateTime,
    /// One of these words.
    Code(&'static [&'static str]),
    /// These elements, in this order.
    Sequence(&'static [Element]),
    /// Exactly one of these elements.
    Choice(&'static [Element]),
    /// Exactly one of the elements of the first list, then those of the second.
    ChoiceThen(&'static [Element], &'static [Element]),
    /// Elements of any other namespace.
    Any,
    /// Nothing: the element belongs to another version or kind.
    Never,
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |elements: &[Element]| elements.iter().map(|e| e.name.local).collect::<Vec<_>>().join(" ");
        match self {
            Shape::Text => f.write_str("Text"),
            Shape::Uuid => f.write_str("Uuid"),
            Shape::Boolean => f.write_str("Boolean"),
            Shape::True => f.write_str("True"),
            Shape::Integer => f.write_str("Integer"),
            Shape::DateTime => f.write_str("DateTime"),
            Shape::Code(words) => write!(f, "Code({})", words.join(" | ")),
            Shape::Sequence(elements) => write!(f, "Sequence({})", names(elements)),
            Shape::Choice(elements) => write!(f, "Choice({})", names(elements)),
            Shape::ChoiceThen(elements, then) => write!(f, "Choice({}), {}", names(elements), names(then)),
            Shape::Any => f.write_str("Any"),
            Shape::Never => f.write_str("Never"),
        }
    }
}

/// What a text must obey to be accepted by the schema. Checked when writing; when reading, what the service sent is taken
/// as it is.
///
/// ```
/// use mo_sts::xml::Rule;
/// assert!(Rule::Longest(5).check("Skole").is_ok());
/// assert!(Rule::Longest(4).check("Skole").is_err());
/// assert!(Rule::OneToHundred.check("007").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anything.
    Free,
    /// At most this many characters.
    Longest(usize),
    /// Only ASCII digits, this many.
    Digits {
        /// Fewest digits.
        least: usize,
        /// Most digits.
        most: usize,
        /// The rule in words, for the error.
        words: &'static str,
    },
    /// A whole number from 1 to 100 without leading zeros.
    OneToHundred,
}

impl Rule {
    /// Whether `text` obeys the rule.
    ///
    /// # Errors
    /// [`WriteErrorKind::TooLong`] or [`WriteErrorKind::Pattern`].
    pub fn check(self, text: &str) -> Result<(), WriteErrorKind> {
        match self {
            Rule::Free => Ok(()),
            // A text has at least as many bytes as characters, so most texts need no counting.
            Rule::Longest(most) if text.len() <= most => Ok(()),
            Rule::Longest(most) => match text.chars().count() {
                found if found > most => Err(WriteErrorKind::TooLong { most, found }),
                _ => Ok(()),
            },
            Rule::Digits { least, most, words } => {
                let digits = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                if digits { Ok(()) } else { Err(WriteErrorKind::Pattern(words)) }
            }
            Rule::OneToHundred => match text.as_bytes() {
                b"100" | [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => Ok(()),
                _ => Err(WriteErrorKind::Pattern("a whole number from 1 to 100")),
            },
        }
    }
}

impl Element {
    /// An optional element with free text.
    pub const fn new(namespace: Namespace, local: &'static str) -> Element {
        Element {
            name: Name::new(namespace, local),
            rule: Rule::Free,
            required: false,
            repeats: false,
            shape: Shape::Text,
            presence: None,
        }
    }

    /// The same with a rule for its text.
    #[must_use]
    pub const fn rule(self, rule: Rule) -> Element {
        Element { rule, ..self }
    }

    /// The same holding something else than text.
    #[must_use]
    pub const fn holding(self, shape: Shape) -> Element {
        Element { shape, ..self }
    }

    /// The same, but it must stand there at least once.
    #[must_use]
    pub const fn at_least_one(self) -> Element {
        Element { required: true, presence: Some(true), ..self }
    }

    /// The same, but it may be absent when read, which means the same as empty.
    #[must_use]
    pub const fn may_be_absent(self) -> Element {
        Element { required: false, presence: Some(false), ..self }
    }

    /// The same for a field of type `P`, which says how often it may stand there and what it holds.
    #[must_use]
    pub const fn of<P: Part>(self) -> Element {
        let required = match self.presence {
            Some(presence) => presence,
            None => P::REQUIRED,
        };
        Element { required, repeats: P::REPEATS, shape: P::SHAPE, ..self }
    }
}
