//! [`Fault`]: what a service says when it refuses a call outright. How it is read from an envelope is in `soap`.

use std::fmt;

use mo_core::quote;

/// A SOAP fault, 1.1 or 1.2. Business errors do not come this way: they are a `StandardRetur` in an ordinary answer.
///
/// `Display` and `Debug` quote the beginning of the reason with anything that may be a CPR number masked, so a fault may be
/// logged. Details are not kept.
///
/// ```
/// use mo_sts::xml::Fault;
///
/// let fault = Fault::new(["Sender", "FailedAuthentication"], "no agreement for 010203-1234");
/// assert_eq!(fault.to_string(), "Sender/FailedAuthentication: no agreement for **********");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    codes: Vec<String>,
    reason: String,
}

impl Fault {
    /// A fault with its code and subcodes, outermost first and without prefixes, and its reason.
    pub fn new<C: Into<String>>(codes: impl IntoIterator<Item = C>, reason: impl Into<String>) -> Fault {
        Fault { codes: codes.into_iter().map(Into::into).collect(), reason: reason.into() }
    }

    /// Code and subcodes, outermost first: `["Sender", "FailedAuthentication"]`.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The reason as the service gave it, which may name a person: not for logs.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<String> = self.codes.iter().map(|code| quote(code)).collect();
        write!(f, "{}: {}", codes.join("/"), quote(&self.reason))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}
