//! [`Email`]: an e-mail address by its form. Whether somebody reads it is not known here.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Text;
use crate::quote::quote;
use crate::serde_text::serde_as_text;

/// An e-mail address, kept as written.
///
/// Deliberately pragmatic: one `@`, something before it, a domain of at least two labels after it, no white space, at
/// most 254 bytes. Letters beyond ASCII are allowed on both sides. The quoted local parts and comments of RFC 5322 are
/// refused. Equality is as written; [`same_mailbox`](Email::same_mailbox) ignores case.
///
/// ```
/// use mo_core::model::value::Email;
///
/// let mail: Email = "Borgerservice@korsbæk.example".parse()?;
/// assert_eq!(mail.domain(), "korsbæk.example");
/// assert!(mail.same_mailbox(&"borgerservice@KORSBÆK.example".parse()?));
/// assert!("borgerservice@korsbæk".parse::<Email>().is_err());
/// # Ok::<(), mo_core::model::value::EmailError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "e-mailadresse")]
#[doc(alias = "mailadresse")]
pub struct Email(Text);

/// Why a text is not an [`Email`].
///
/// ```
/// use mo_core::model::value::{Email, EmailError};
/// assert!(matches!("anna".parse::<Email>(), Err(EmailError::Form(_))));
/// assert!(matches!("anna @korsbaek.example".parse::<Email>(), Err(EmailError::Space(_))));
/// assert!(matches!("anna@korsbaek".parse::<Email>(), Err(EmailError::Domain(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EmailError {
    /// Not exactly one `@` with something before it.
    #[error("{0:?} is not an e-mail address: write name@domain, with exactly one @")]
    Form(String),
    /// White space or a control character.
    #[error("{0:?} is not an e-mail address: it holds white space or a control character; remove it")]
    Space(String),
    /// The part after the `@` is not at least two labels of letters, digits and hyphens with full stops between.
    #[error(
        "{0:?} is not an e-mail address: the part after the @ must be a domain such as korsbaek.example, of letters, digits and hyphens"
    )]
    Domain(String),
    /// Longer than 254 bytes, which no mail server need accept (RFC 5321 §4.5.3.1.3).
    #[error("an e-mail address has at most 254 bytes, this has {0}")]
    TooLong(usize),
}

impl Email {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, as written.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both name the same mailbox as mail servers in practice see it: alike but for upper and lower case.
    pub fn same_mailbox(&self, other: &Email) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Email, EmailError> {
        if text.len() > 254 {
            return Err(EmailError::TooLong(text.len()));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(EmailError::Space(quote(text)));
        }
        let form = || EmailError::Form(quote(text));
        let (local, domain) = text.split_once('@').ok_or_else(form)?;
        if local.is_empty() || domain.contains('@') {
            return Err(form());
        }
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        // Form C first: a combining accent is no letter by itself.
        let domain = Text::from(domain);
        if domain.contains('.') && domain.split('.').all(label) {
            Ok(Email(Text::from(text)))
        } else {
            Err(EmailError::Domain(quote(text)))
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

serde_as_text!(Email, "an e-mail address");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_use_are_kept_as_written() {
        for text in [
            "a@b.dk",
            "Borgerservice@korsbaek.example",
            "første.sidste+mærke@korsbæk.example",
            "kultur_og-fritid@xn--korsbk-sua.example",
            "o'neil@mail.korsbaek.example",
        ] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn each_refusal_names_its_rule() {
        let long = format!("{}@b.example", "a".repeat(254));
        for (text, error) in [
            ("", EmailError::Form(String::new())),
            ("korsbaek.example", EmailError::Form("korsbaek.example".into())),
            ("@korsbaek.example", EmailError::Form("@korsbaek.example".into())),
            ("a@b@c.dk", EmailError::Form("a@b@c.dk".into())),
            ("a b@c.dk", EmailError::Space("a b@c.dk".into())),
            ("a@c.dk\n", EmailError::Space("a@c.dk\n".into())),
            ("a@korsbaek", EmailError::Domain("a@korsbaek".into())),
            ("a@.dk", EmailError::Domain("a@.dk".into())),
            ("a@b.dk.", EmailError::Domain("a@b.dk.".into())),
            ("a@-b.dk", EmailError::Domain("a@-b.dk".into())),
            ("a@b_c.dk", EmailError::Domain("a@b_c.dk".into())),
            ("a@b.dk>", EmailError::Domain("a@b.dk>".into())),
            (&long, EmailError::TooLong(264)),
        ] {
            assert_eq!(text.parse::<Email>(), Err(error));
        }
    }

    #[test]
    fn a_decomposed_address_is_the_composed_one() {
        let typed: Email = "pa\u{30a}@a\u{30a}rup.example".parse().unwrap();
        assert_eq!(typed.as_str(), "på@årup.example");
    }
}
