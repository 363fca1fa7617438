//! [`AddressScope`]: which kind of value an address type takes, and whether a text is such a value. Nothing is looked
//! up: a DAR id is checked for its form only.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use super::{Ean, EanError, Email, EmailError, PNumber, PNumberError, Phone, PhoneError};
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// The scope of an address type: the kind of value its addresses hold. Names as in OS2mo.
///
/// ```
/// use mo_core::model::value::AddressScope;
///
/// let scope: AddressScope = "EMAIL".parse()?;
/// assert!(scope.check("borgerservice@korsbaek.example").is_ok());
/// assert!(scope.check("38 12 34 56").is_err());
/// # Ok::<(), mo_core::model::value::AddressScopeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[doc(alias = "omfang")]
#[doc(alias = "adressetype")]
pub enum AddressScope {
    /// The id of an address or an access address (husnummer) in Danmarks Adresseregister.
    Dar,
    /// An [`Email`].
    Email,
    /// A [`Phone`], in its lenient form.
    Phone,
    /// A [`PNumber`].
    PNumber,
    /// An [`Ean`]; the check digit is not demanded ([`Ean::check_digit_fits`] tells).
    Ean,
    /// An absolute `http` or `https` URL.
    Www,
    /// Any text.
    Text,
    /// Any text, with a second field beside it.
    MultifieldText,
    /// Any UUID.
    Uuid,
}

/// A text that names no [`AddressScope`].
///
/// ```
/// use mo_core::model::value::AddressScope;
/// let error = "TELEX".parse::<AddressScope>().unwrap_err();
/// assert!(error.to_string().starts_with("\"TELEX\" is not an address scope"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not an address scope: write DAR, EMAIL, PHONE, PNUMBER, EAN, WWW, TEXT, MULTIFIELD_TEXT or UUID"
)]
pub struct AddressScopeError(pub String);

/// Why a text is not a value of an [`AddressScope`].
///
/// ```
/// use mo_core::model::value::{AddressScope, AddressValueError};
/// assert!(matches!(AddressScope::Email.check("anna"), Err(AddressValueError::Email(_))));
/// assert!(matches!(AddressScope::Www.check("korsbaek"), Err(AddressValueError::Www(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressValueError {
    /// Scope `DAR` or `UUID`.
    #[error("{text:?} does not fit the address scope {scope}: write a UUID as 8-4-4-4-12 hexadecimal digits")]
    Uuid {
        /// [`AddressScope::Dar`] or [`AddressScope::Uuid`].
        scope: AddressScope,
        /// The text as given.
        text: String,
    },
    /// Scope `EMAIL`.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// Scope `PHONE`.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Scope `PNUMBER`.
    #[error(transparent)]
    PNumber(#[from] PNumberError),
    /// Scope `EAN`.
    #[error(transparent)]
    Ean(#[from] EanError),
    /// Scope `WWW`.
    #[error(
        "{0:?} does not fit the address scope WWW: write a whole URL such as https://korsbaek.example/, without white space"
    )]
    Www(String),
}

impl AddressScope {
    /// Every scope, in the order of its declaration.
    pub const ALL: [AddressScope; 9] = [
        AddressScope::Dar,
        AddressScope::Email,
        AddressScope::Phone,
        AddressScope::PNumber,
        AddressScope::Ean,
        AddressScope::Www,
        AddressScope::Text,
        AddressScope::MultifieldText,
        AddressScope::Uuid,
    ];

    /// The name, as OS2mo writes it.
    pub fn name(self) -> &'static str {
        match self {
            AddressScope::Dar => "DAR",
            AddressScope::Email => "EMAIL",
            AddressScope::Phone => "PHONE",
            AddressScope::PNumber => "PNUMBER",
            AddressScope::Ean => "EAN",
            AddressScope::Www => "WWW",
            AddressScope::Text => "TEXT",
            AddressScope::MultifieldText => "MULTIFIELD_TEXT",
            AddressScope::Uuid => "UUID",
        }
    }

    /// Whether `text` is a value of this scope, by its form.
    ///
    /// # Errors
    /// [`AddressValueError`], with the rule the text breaks.
    pub fn check(self, text: &str) -> Result<(), AddressValueError> {
        match self {
            AddressScope::Dar | AddressScope::Uuid => {
                // `Uuid` reads braces, URNs and 32 bare digits too; the hyphenated form is the only one of this length.
                if text.len() == 36 && Uuid::try_parse(text).is_ok() {
                    Ok(())
                } else {
                    Err(AddressValueError::Uuid { scope: self, text: quote(text) })
                }
            }
            AddressScope::Email => text.parse::<Email>().map(drop).map_err(Into::into),
            AddressScope::Phone => text.parse::<Phone>().map(drop).map_err(Into::into),
            AddressScope::PNumber => text.parse::<PNumber>().map(drop).map_err(Into::into),
            AddressScope::Ean => Ean::lenient(text).map(drop).map_err(Into::into),
            AddressScope::Www if is_web_url(text) => Ok(()),
            AddressScope::Www => Err(AddressValueError::Www(quote(text))),
            AddressScope::Text | AddressScope::MultifieldText => Ok(()),
        }
    }
}

/// `http` or `https`, `://`, a host, and no white space or control character anywhere.
fn is_web_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        && !host.is_empty()
        && !host.starts_with(':')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

impl FromStr for AddressScope {
    type Err = AddressScopeError;

    fn from_str(text: &str) -> Result<AddressScope, AddressScopeError> {
        AddressScope::ALL
            .into_iter()
            .find(|scope| scope.name() == text)
            .ok_or_else(|| AddressScopeError(quote(text)))
    }
}

impl fmt::Display for AddressScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

serde_as_text!(AddressScope, "an address scope");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_printed_by_their_os2mo_names() {
        for scope in AddressScope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
        }
        assert_eq!("email".parse::<AddressScope>(), Err(AddressScopeError("email".into())));
    }

    #[test]
    fn each_scope_takes_its_own_values_only() {
        use AddressScope as S;
        let uuid = "0a3f50c4-379f-32b8-e044-0003ba298018";
        for (scope, text, fits) in [
            (S::Dar, uuid, true),
            (S::Dar, "0A3F50C4-379F-32B8-E044-0003BA298018", true),
            (S::Dar, "{0a3f50c4-379f-32b8-e044-0003ba298018}", false),
            (S::Dar, "0a3f50c4379f32b8e0440003ba298018", false),
            (S::Dar, "Torvet 1", false),
            (S::Uuid, uuid, true),
            (S::Uuid, "urn:uuid:0a3f50c4-379f-32b8-e044-0003ba298018", false),
            (S::Email, "a@b.dk", true),
            (S::Email, "a@b", false),
            (S::Phone, "+45 38 12 34 56", true),
            (S::Phone, "spørg i receptionen", false),
            (S::PNumber, "1003123456", true),
            (S::PNumber, "100312345", false),
            (S::Ean, "5798000420526", true),
            (S::Ean, "5798000000000", true),
            (S::Ean, "579800000000", false),
            (S::Www, "https://korsbaek.example", true),
            (S::Www, "HTTP://korsbæk.example:8080/a?b#c", true),
            (S::Www, "korsbaek.example", false),
            (S::Www, "ftp://korsbaek.example", false),
            (S::Www, "https://", false),
            (S::Www, "https:///sti", false),
            (S::Www, "https://:80/", false),
            (S::Www, "https://korsbaek.example/en side", false),
            (S::Text, "", true),
            (S::Text, "Mandag 10–12", true),
            (S::MultifieldText, "Lokale 2", true),
        ] {
            assert_eq!(scope.check(text).is_ok(), fits, "{scope} {text:?}");
        }
    }

    #[test]
    fn a_cpr_number_in_an_address_is_not_repeated() {
        for scope in AddressScope::ALL {
            for text in ["010150-5000", "0101505000"] {
                if let Err(error) = scope.check(text) {
                    assert!(!format!("{error} {error:?}").contains("5000"), "{error}");
                }
            }
        }
    }
}
