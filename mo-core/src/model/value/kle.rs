//! [`KleNumber`]: a place in KL's subject plan (emneplan). Titles, history and succession of the numbers are classes of
//! a classification; no KLE content is here.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::form::ascii_digits;
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// A number of the KLE subject plan: a main group `NN`, a group `NN.NN` or a topic `NN.NN.NN`.
///
/// Ordered as the printed plan: a group directly before its topics. Five bytes.
///
/// ```
/// use mo_core::model::value::{KleLevel, KleNumber};
///
/// let topic: KleNumber = "28.06.80".parse()?;
/// let group: KleNumber = "28.06".parse()?;
/// assert_eq!(topic.level(), KleLevel::Topic);
/// assert_eq!(topic.parent(), Some(group));
/// assert!(topic.is_local() && !group.is_local());
/// assert!(group < topic);
/// # Ok::<(), mo_core::model::value::KleNumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "KLE-nummer")]
#[doc(alias = "emnenummer")]
#[doc(alias = "KL Emnesystematik")]
pub struct KleNumber {
    main_group: u8,
    below: Below,
}

/// What follows the main group; a topic without a group cannot be built. The order of the variants is the order of the
/// plan only within one group, so `Ord` is written out.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Below {
    Nothing,
    Group(u8),
    Topic(u8, u8),
}

impl Below {
    fn key(self) -> (Option<u8>, Option<u8>) {
        match self {
            Below::Nothing => (None, None),
            Below::Group(group) => (Some(group), None),
            Below::Topic(group, topic) => (Some(group), Some(topic)),
        }
    }
}

impl PartialOrd for Below {
    fn partial_cmp(&self, other: &Below) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Below {
    fn cmp(&self, other: &Below) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// How deep a [`KleNumber`] lies.
///
/// ```
/// use mo_core::model::value::{KleLevel, KleNumber};
/// let topic: KleNumber = "17.01.01".parse()?;
/// assert_eq!(topic.level(), KleLevel::Topic);
/// assert_eq!(topic.parent().map(|group| group.level()), Some(KleLevel::Group));
/// # Ok::<(), mo_core::model::value::KleNumberError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KleLevel {
    /// `NN`
    #[doc(alias = "hovedgruppe")]
    MainGroup,
    /// `NN.NN`
    #[doc(alias = "gruppe")]
    Group,
    /// `NN.NN.NN`
    #[doc(alias = "emne")]
    Topic,
}

/// Why a text is not a [`KleNumber`].
///
/// ```
/// use mo_core::model::value::{KleNumber, KleNumberError};
/// assert_eq!("17.1.1".parse::<KleNumber>(), Err(KleNumberError::Form("17.1.1".to_owned()))); // without its zeros
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KleNumberError {
    /// Not one to three pairs of ASCII digits with full stops between.
    #[error("{0:?} is not a KLE number: write 00 (main group), 00.01 (group) or 00.01.00 (topic)")]
    Form(String),
}

impl KleNumber {
    /// Whether it is a main group, a group or a topic.
    pub fn level(self) -> KleLevel {
        match self.below {
            Below::Nothing => KleLevel::MainGroup,
            Below::Group(_) => KleLevel::Group,
            Below::Topic(..) => KleLevel::Topic,
        }
    }

    /// The number one level up: the group of a topic, the main group of a group.
    #[must_use]
    pub fn parent(self) -> Option<KleNumber> {
        let below = match self.below {
            Below::Nothing => return None,
            Below::Group(_) => Below::Nothing,
            Below::Topic(group, _) => Below::Group(group),
        };
        Some(KleNumber { below, ..self })
    }

    /// Whether this number is `other` or lies below it in the plan.
    pub fn is_within(self, other: KleNumber) -> bool {
        std::iter::successors(Some(self), |number| number.parent()).any(|number| number == other)
    }

    /// Whether a municipality gave the number itself: its group or its topic is 80 or above, the numbers KL keeps free for
    /// that. Main groups are always KL's own. (A few topics that KL retired in 1992 also have such numbers.)
    pub fn is_local(self) -> bool {
        match self.below {
            Below::Nothing => false,
            Below::Group(group) => group >= 80,
            Below::Topic(group, topic) => group >= 80 || topic >= 80,
        }
    }
}

impl FromStr for KleNumber {
    type Err = KleNumberError;

    /// Reads `NN`, `NN.NN` or `NN.NN.NN`, ASCII digits only, nothing before or after.
    fn from_str(text: &str) -> Result<KleNumber, KleNumberError> {
        let form = || KleNumberError::Form(quote(text));
        let mut pairs =
            text.split('.').map(|pair| ascii_digits::<2>(pair).map(|[tens, ones]| tens * 10 + ones));
        let main_group = pairs.next().flatten().ok_or_else(form)?;
        let below = match (pairs.next(), pairs.next(), pairs.next()) {
            (None, ..) => Below::Nothing,
            (Some(Some(group)), None, _) => Below::Group(group),
            (Some(Some(group)), Some(Some(topic)), None) => Below::Topic(group, topic),
            _ => return Err(form()),
        };
        Ok(KleNumber { main_group, below })
    }
}

impl fmt::Display for KleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.main_group)?;
        match self.below {
            Below::Nothing => Ok(()),
            Below::Group(group) => write!(f, ".{group:02}"),
            Below::Topic(group, topic) => write!(f, ".{group:02}.{topic:02}"),
        }
    }
}

impl fmt::Debug for KleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

serde_as_text!(KleNumber, "a KLE number");

#[cfg(test)]
mod tests {
    use super::*;

    fn kle(text: &str) -> KleNumber {
        text.parse().unwrap()
    }

    #[test]
    fn each_level_is_read_printed_and_knows_its_parent() {
        for (text, level, parent) in [
            ("00", KleLevel::MainGroup, None),
            ("99", KleLevel::MainGroup, None),
            ("00.01", KleLevel::Group, Some("00")),
            ("00.01.00", KleLevel::Topic, Some("00.01")),
            ("85.99.99", KleLevel::Topic, Some("85.99")),
        ] {
            assert_eq!(kle(text).to_string(), text);
            assert_eq!(kle(text).level(), level);
            assert_eq!(kle(text).parent(), parent.map(kle));
            assert_eq!(serde_json::from_value::<KleNumber>(text.into()).unwrap(), kle(text));
        }
    }

    #[test]
    fn numbers_sort_as_in_the_printed_plan() {
        let plan =
            ["00", "00.01", "00.01.00", "00.01.10", "00.02", "00.02.00", "01", "01.00", "01.00.00", "10"];
        let mut numbers: Vec<_> = plan.iter().rev().map(|text| kle(text)).collect();
        numbers.sort();
        assert_eq!(numbers, plan.map(kle));
    }

    #[test]
    fn groups_and_topics_from_80_are_local_and_main_groups_never() {
        for (text, local) in [
            ("79", false),
            ("80", false),
            ("99", false),
            ("80.79", false),
            ("00.80", true),
            ("00.79.79", false),
            ("00.01.80", true),
            ("00.80.01", true),
            ("85.02.02", false),
        ] {
            assert_eq!(kle(text).is_local(), local, "{text}");
        }
    }

    #[test]
    fn a_number_is_within_itself_and_everything_above_it() {
        for (number, other, within) in [
            ("00.01.02", "00.01.02", true),
            ("00.01.02", "00.01", true),
            ("00.01.02", "00", true),
            ("00.01", "00.01.02", false),
            ("00.01.02", "00.02", false),
            ("10.01", "01", false),
        ] {
            assert_eq!(kle(number).is_within(kle(other)), within, "{number} in {other}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "0",
            "000",
            "0.1",
            "00.",
            "00.1",
            "00.01.",
            "00.01.0",
            "00.01.00.00",
            " 00",
            "00-01",
            "٠٠.٠١",
        ] {
            assert_eq!(text.parse::<KleNumber>(), Err(KleNumberError::Form(text.into())));
        }
    }
}
