//! What an answer of Adressevask means, and whether it may be taken without asking anybody. Codes that are not known to
//! be safe are doubtful.

use mo_core::quote;
use mo_core::time::Day;
use serde::Deserialize;

use super::adressevaelger::Code;
use super::{DarId, DarStatus};
use crate::xsd;

/// The one address a text means, or why there is none that may be taken.
///
/// ```
/// use mo_serviceplatform::address::{DarId, Washed};
///
/// /// The id to store, or what to ask a person.
/// fn judged(washed: Washed) -> Result<DarId, String> {
///     match washed {
///         Washed::Accepted { id, .. } => Ok(id),
///         Washed::Doubtful { text, doubt, .. } => Err(format!("{text:?}? {doubt:?}")),
///         Washed::Rejected { reason } => Err(format!("{reason:?}")),
///         _ => Err("look at it".to_owned()),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Washed {
    /// Safe to take: an exact match, or one with the street's spelling corrected, that is current.
    Accepted {
        /// The address.
        id: DarId,
        /// Its text today.
        text: String,
        /// How exact the match is.
        exactness: Exactness,
        /// The text that matched, where it is an earlier one of the same address.
        historical_text: Option<String>,
    },
    /// An address was found, but a person should look at it.
    Doubtful {
        /// The address, where the service names one; it may be closed, so that it is found by no look-up.
        id: Option<DarId>,
        /// Its text.
        text: Option<String>,
        /// What is doubtful.
        doubt: Doubt,
    },
    /// No address.
    Rejected {
        /// Why.
        reason: Rejection,
    },
}

/// How exactly a text matched.
///
/// ```
/// use mo_serviceplatform::address::{Exactness, Washed};
///
/// fn is_as_written(washed: &Washed) -> bool {
///     matches!(washed, Washed::Accepted { exactness: Exactness::Exact, .. })
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exactness {
    /// Code 1000: street, number and postcode as written; also when the text is an earlier one.
    Exact,
    /// Code 900: another spelling of the street, number and postcode exact.
    SpellingOfStreet,
}

/// What is doubtful about an address that was found.
///
/// ```
/// use mo_serviceplatform::address::{Doubt, Washed};
///
/// /// Closed addresses are worth a look in the register's history.
/// fn is_closed(washed: &Washed) -> bool {
///     matches!(washed, Washed::Doubtful { doubt: Doubt::NotCurrent { .. }, .. })
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Codes 800 and 700: the text has an interval of numbers, and this is its first or last.
    Interval,
    /// A match, but the address is closed, abandoned or not yet current.
    NotCurrent {
        /// Its status.
        status: Option<DarStatus>,
    },
    /// A positive code that is not known.
    UnknownCode(i64),
    /// A match without an id that could be read.
    NoId,
}

/// Why a text is no address.
///
/// ```
/// use mo_serviceplatform::address::{Rejection, Washed};
///
/// /// The house may be there though the door is not.
/// fn worth_another_try(washed: &Washed) -> bool {
///     matches!(washed, Washed::Rejected { reason: Rejection::NoSuchDoor | Rejection::NoSuchFloor })
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// −300: no postcode.
    NoPostcode,
    /// −500: no such door at the house number, which may exist.
    NoSuchDoor,
    /// −600: no such floor at the house number, which may exist.
    NoSuchFloor,
    /// −700: closed.
    Closed,
    /// −800: no such street in the postcode.
    NoSuchStreet,
    /// −1000: not recognisable as an address; also an empty text.
    Unrecognisable,
    /// Another code, with the service's words.
    Other {
        /// The code.
        code: i64,
        /// Its words.
        message: String,
    },
}

impl Washed {
    /// The address, if it is safe to take.
    pub fn accepted(&self) -> Option<DarId> {
        match self {
            Washed::Accepted { id, .. } => Some(*id),
            _ => None,
        }
    }

    pub(super) fn nothing() -> Washed {
        Washed::Rejected { reason: Rejection::Unrecognisable }
    }
}

#[derive(Deserialize)]
pub(super) struct WashAnswer {
    vaskestatus: WashStatus,
    #[serde(default)]
    vaskeresultat: Option<WashResult>,
    #[serde(default)]
    vaskeresultat_historisk: Option<Historical>,
}

#[derive(Deserialize)]
struct WashStatus {
    kode: i64,
    #[serde(default)]
    tekst: Option<String>,
}

#[derive(Deserialize, Default)]
struct WashResult {
    adresse_id_lokalid: Option<String>,
    adressebetegnelse: Option<String>,
    status: Option<Code>,
    virkningtil: Option<String>,
}

#[derive(Deserialize)]
struct Historical {
    adressebetegnelse: Option<String>,
}

impl WashAnswer {
    /// What it means on this day.
    pub(super) fn judge(self, today: Day) -> Washed {
        let code = self.vaskestatus.kode;
        if code <= 0 {
            let reason = match code {
                -300 => Rejection::NoPostcode,
                -500 => Rejection::NoSuchDoor,
                -600 => Rejection::NoSuchFloor,
                -700 => Rejection::Closed,
                -800 => Rejection::NoSuchStreet,
                -1000 => Rejection::Unrecognisable,
                code => {
                    let message = quote(self.vaskestatus.tekst.as_deref().unwrap_or_default());
                    Rejection::Other { code, message }
                }
            };
            return Washed::Rejected { reason };
        }
        let result = self.vaskeresultat.unwrap_or_default();
        let id = result.adresse_id_lokalid.as_deref().and_then(|id| id.parse().ok());
        let status = result.status.as_ref().and_then(Code::status);
        // A day or a moment, by the service's mood; what cannot be read has ended.
        let ended = result.virkningtil.as_deref().filter(|text| !text.is_empty()).is_some_and(|text| {
            let until = xsd::date_time_day(text).or_else(|_| xsd::date(text)).unwrap_or(Some(Day::MIN));
            until.is_some_and(|until| until <= today)
        });
        let doubt = match code {
            1000 | 900 if status != Some(DarStatus::Current) || ended => Doubt::NotCurrent { status },
            1000 | 900 => match id {
                Some(id) => {
                    let exactness = if code == 1000 { Exactness::Exact } else { Exactness::SpellingOfStreet };
                    let text = result.adressebetegnelse.unwrap_or_default();
                    let historical_text =
                        self.vaskeresultat_historisk.and_then(|h| h.adressebetegnelse).filter(|t| *t != text);
                    return Washed::Accepted { id, text, exactness, historical_text };
                }
                None => Doubt::NoId,
            },
            800 | 700 => Doubt::Interval,
            code => Doubt::UnknownCode(code),
        };
        Washed::Doubtful { id, text: result.adressebetegnelse, doubt }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(json: &str) -> Washed {
        serde_json::from_str::<WashAnswer>(json).unwrap().judge("2026-11-01".parse().unwrap())
    }

    fn found(code: i64, status: &str, until: &str) -> Washed {
        judged(&format!(
            r#"{{"vaskestatus":{{"kode":{code},"tekst":"t"}},"vaskeresultat":{{"adresse_id_lokalid":"0a3f50b4-2d3a-32b8-e044-0003ba298018",
            "adressebetegnelse":"Torvet 1, 4999 Korsbæk","status":{status},"virkningtil":{until}}},"vaskeresultat_historisk":{{"adressebetegnelse":"Gamle Torv 1, 4999 Korsbæk"}}}}"#
        ))
    }

    #[test]
    fn only_exact_and_respelled_matches_of_current_addresses_are_accepted() {
        for (washed, accepted) in [
            (found(1000, "3", "null"), true),
            (found(900, "3", "null"), true),
            (found(1000, "\"3\"", "\"\""), true),
            (found(1000, "3", "\"2099-01-01T00:00:00Z\""), true),
            (found(1000, "3", "\"9999-12-31\""), true),
            (found(1000, "3", "\"2026-10-01T00:00:00Z\""), false),
            (found(1000, "3", "\"2026-11-01\""), false),
            (found(1000, "3", "\"snart\""), false),
            (found(1000, "4", "null"), false),
            (found(900, "5", "null"), false),
            (found(1000, "2", "null"), false),
            (found(1000, "null", "null"), false),
            (found(800, "3", "null"), false),
            (found(700, "3", "null"), false),
            (found(950, "3", "null"), false),
            (found(-500, "3", "null"), false),
        ] {
            assert_eq!(washed.accepted().is_some(), accepted, "{washed:?}");
        }
        let Washed::Accepted { historical_text, exactness, .. } = found(1000, "3", "null") else { panic!() };
        assert_eq!(historical_text.as_deref(), Some("Gamle Torv 1, 4999 Korsbæk"));
        assert_eq!(exactness, Exactness::Exact);
    }

    #[test]
    fn every_code_has_its_meaning() {
        for (code, expected) in [
            (-300, Rejection::NoPostcode),
            (-500, Rejection::NoSuchDoor),
            (-600, Rejection::NoSuchFloor),
            (-700, Rejection::Closed),
            (-800, Rejection::NoSuchStreet),
            (-1000, Rejection::Unrecognisable),
            (-900, Rejection::Other { code: -900, message: "t".into() }),
            (0, Rejection::Other { code: 0, message: "t".into() }),
        ] {
            assert_eq!(found(code, "3", "null"), Washed::Rejected { reason: expected });
        }
        let bare = judged(r#"{"vaskestatus":{"kode":1000},"vaskeresultat":{"status":3}}"#);
        assert!(matches!(bare, Washed::Doubtful { doubt: Doubt::NoId, .. }));
        let nothing = judged(r#"{"vaskestatus":{"kode":-400},"vaskeresultat":null}"#);
        assert!(matches!(nothing, Washed::Rejected { reason: Rejection::Other { code: -400, .. } }));
    }
}
