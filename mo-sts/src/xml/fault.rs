//! [`Fault`]: what a service says when it refuses a call outright. How it is read from an envelope is in `soap`.

use std::fmt;

/// A SOAP fault, 1.1 or 1.2. Business errors do not come this way: they are a `StandardRetur` in an ordinary answer.
///
/// Details are not kept, and runs of ten digits in the reason are masked, so that a fault may be logged.
///
/// ```
/// use mo_sts::xml::Fault;
///
/// let fault = Fault::new(["Sender", "FailedAuthentication"], "no agreement for 010203-1234");
/// assert_eq!(fault.to_string(), "Sender/FailedAuthentication: no agreement for **********");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    codes: Vec<String>,
    reason: String,
}

impl Fault {
    /// A fault with its code and subcodes, outermost first and without prefixes, and its reason.
    pub fn new<C: Into<String>>(codes: impl IntoIterator<Item = C>, reason: &str) -> Fault {
        Fault { codes: codes.into_iter().map(Into::into).collect(), reason: masked(reason) }
    }

    /// Code and subcodes, outermost first: `["Sender", "FailedAuthentication"]`.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The reason, for people.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.codes.join("/"), self.reason)
    }
}

/// `text` with every run of ten digits, also with a hyphen or space after the sixth, replaced by stars.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = number_length(rest);
        if length > 0 && !out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push_str("**********");
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Bytes of the ten-digit number `text` begins with; 0 when it begins with none.
fn number_length(text: &str) -> usize {
    let mut digits = 0;
    let mut length = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if digits < 10 => digits += 1,
            b'-' | b' ' if digits == 6 && length == 6 => {}
            b'0'..=b'9' => return 0,
            _ => break,
        }
        length += 1;
    }
    if digits == 10 { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_ten_digits_are_masked_and_longer_and_shorter_ones_are_not() {
        for (text, shown) in [
            ("0102031234", "**********"),
            ("a 010203-1234, b", "a **********, b"),
            ("010203 1234.", "**********."),
            ("12345678", "12345678"),
            ("12345678901", "12345678901"),
            ("æ0102031234ø", "æ**********ø"),
            ("010203-", "010203-"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
