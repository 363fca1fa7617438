//! [`Fault`]: what a service says when it does not answer, and [`FaultClasses`]: which error each one stands for.
//! There is no public list of Serviceplatformen's error codes, so codes are kept, and only what SOAP, WS-Security or
//! the caller defines is interpreted.

use std::collections::BTreeMap;
use std::fmt;

use mo_core::quote;

use super::{Element, Reader, SPF, XmlError};

/// A SOAP 1.1 fault with the detail of Serviceplatformen.
///
/// Texts are shortened and whatever may be a CPR number is masked, because services echo their input.
///
/// ```
/// use mo_serviceplatform::soap::Fault;
///
/// let fault = Fault::new("soap:Server", "PNR not found: 0101505000");
/// assert_eq!(fault.to_string(), "fault Server: PNR not found: **********");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// `faultcode` without its prefix, such as `Client` or `Server`.
    pub code: String,
    /// `faultstring`.
    pub text: String,
    /// The errors in `ServiceplatformFault`; there may be none or several.
    pub errors: Vec<FaultEntry>,
    not_found: bool,
}

/// One `Error` of a `ServiceplatformFault`.
///
/// ```
/// use mo_serviceplatform::soap::Fault;
///
/// let fault = Fault::new("soap:Server", "fejl").with_error("AgreementExpired", "aftalen er udløbet");
/// assert_eq!(fault.errors[0].code, "AgreementExpired");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultEntry {
    /// `ErrorCode`, such as `PNRNotFound`.
    pub code: String,
    /// `ErrorText`.
    pub text: String,
}

impl Fault {
    /// A fault without detail.
    pub fn new(code: &str, text: &str) -> Fault {
        let code = code.trim();
        let local = code.rsplit_once(':').map_or(code, |(_, local)| local);
        Fault {
            code: quote(local),
            text: quote(text.trim()),
            errors: Vec::new(),
            not_found: says_not_found(text),
        }
    }

    /// With one more error in its detail.
    #[must_use]
    pub fn with_error(mut self, code: &str, text: &str) -> Fault {
        self.not_found |= code.trim().eq_ignore_ascii_case("PNRNotFound") || says_not_found(text);
        self.errors.push(FaultEntry { code: quote(code.trim()), text: quote(text.trim()) });
        self
    }

    pub(crate) fn read<'a>(reader: &mut Reader<'a>, fault: &Element<'a>) -> Result<Fault, XmlError> {
        let (mut code, mut text, mut errors) = (String::new(), String::new(), Vec::new());
        while let Some(part) = reader.child(fault)? {
            // By SOAP 1.1 these have no namespace; some servers give them the envelope's.
            match part.local() {
                "faultcode" => code = reader.text(&part)?.into_owned(),
                "faultstring" => text = reader.text(&part)?.into_owned(),
                "detail" => {
                    while let Some(detail) = reader.child(&part)? {
                        if detail.name() == (SPF, "ServiceplatformFault") {
                            read_errors(reader, &detail, &mut errors)?;
                        }
                    }
                }
                _ => {}
            }
        }
        let fault = Fault::new(&code, &text);
        Ok(errors.into_iter().fold(fault, |fault, (code, text)| fault.with_error(&code, &text)))
    }

    /// Whether it says that there is no such person or company: an `ErrorCode` that is `PNRNotFound`, a text that says
    /// so, or SF1530's complaint about a back-end answer without a number. Texts elsewhere are not searched: they may
    /// be our own words echoed.
    pub fn is_not_found(&self) -> bool {
        self.not_found
    }
}

fn says_not_found(text: &str) -> bool {
    ["PNRNotFound", "PNR not found", "Required property '/virksomhed/CVRNummer' missing"]
        .iter()
        .any(|sign| text.contains(sign))
}

fn read_errors<'a>(
    reader: &mut Reader<'a>,
    detail: &Element<'a>,
    errors: &mut Vec<(String, String)>,
) -> Result<(), XmlError> {
    while let Some(list) = reader.child(detail)? {
        if list.name() != (SPF, "ErrorList") {
            continue;
        }
        while let Some(entry) = reader.child(&list)? {
            let mut error = (String::new(), String::new());
            while let Some(part) = reader.child(&entry)? {
                match part.name() {
                    (SPF, "ErrorCode") => error.0 = reader.text(&part)?.into_owned(),
                    (SPF, "ErrorText") => error.1 = reader.text(&part)?.into_owned(),
                    _ => {}
                }
            }
            errors.push(error);
        }
    }
    Ok(())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}: {}", self.code, self.text)?;
        for error in &self.errors {
            write!(f, " [{}: {}]", error.code, error.text)?;
        }
        Ok(())
    }
}

/// What an error code stands for.
///
/// ```
/// use mo_serviceplatform::soap::{FaultClass, FaultClasses};
///
/// let known = [("AgreementExpired", FaultClass::NoAccess), ("SchemaError", FaultClass::BadRequest)];
/// let classes = known.into_iter().fold(FaultClasses::new(), |classes, (code, class)| classes.with(code, class));
/// # let _ = classes;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultClass {
    /// Nobody by that number.
    NotFound,
    /// Agreement or authorisation.
    NoAccess,
    /// The question is wrong.
    BadRequest,
    /// The service or what is behind it is down.
    Unavailable,
}

/// Which class the error codes of Serviceplatformen stand for, as far as the caller knows them from its agreement.
///
/// Without an entry a fault is judged by `faultcode`: WS-Security's codes are no access, `Client` is a bad request,
/// `Server` is unavailable.
///
/// ```
/// use mo_serviceplatform::soap::{FaultClass, FaultClasses};
///
/// let classes = FaultClasses::new().with("AgreementExpired", FaultClass::NoAccess);
/// # let _ = classes;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultClasses(BTreeMap<String, FaultClass>);

impl FaultClasses {
    /// No code known but those of the standards.
    pub fn new() -> FaultClasses {
        FaultClasses::default()
    }

    /// With the class of one more `ErrorCode`, compared without regard to case.
    #[must_use]
    pub fn with(mut self, code: &str, class: FaultClass) -> FaultClasses {
        self.0.insert(code.to_ascii_lowercase(), class);
        self
    }

    /// The class that a fault has; `None` for codes that neither SOAP 1.1 nor the caller knows.
    pub(crate) fn class(&self, fault: &Fault) -> Option<FaultClass> {
        if fault.is_not_found() {
            return Some(FaultClass::NotFound);
        }
        let listed = fault.errors.iter().find_map(|error| self.0.get(&error.code.to_ascii_lowercase()));
        listed.copied().or(match &*fault.code {
            // WS-Security: SOAP Message Security 1.0, section 12.
            "FailedAuthentication"
            | "FailedCheck"
            | "InvalidSecurity"
            | "InvalidSecurityToken"
            | "SecurityTokenUnavailable"
            | "UnsupportedSecurityToken"
            | "UnsupportedAlgorithm" => Some(FaultClass::NoAccess),
            // SOAP 1.1, section 4.4.1. Codes may be refined by a full stop.
            code if code.split('.').next() == Some("Client") => Some(FaultClass::BadRequest),
            code if code.split('.').next() == Some("Server") => Some(FaultClass::Unavailable),
            "MustUnderstand" | "VersionMismatch" => Some(FaultClass::BadRequest),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(fault: &Fault) -> Option<FaultClass> {
        FaultClasses::new().with("KnownToUs", FaultClass::NoAccess).class(fault)
    }

    #[test]
    fn nobody_is_told_by_code_or_text_and_nothing_else() {
        for (fault, expected) in [
            (Fault::new("soap:Server", "PNRNotFound"), Some(FaultClass::NotFound)),
            (Fault::new("Server", &format!("{} PNR not found", "x".repeat(100))), Some(FaultClass::NotFound)),
            (Fault::new("Server", "fejl").with_error("pnrnotfound", ""), Some(FaultClass::NotFound)),
            (
                Fault::new("Server", "fejl").with_error("X", "").with_error("Y", "PNR not found"),
                Some(FaultClass::NotFound),
            ),
            (
                Fault::new("Server", "Required property '/virksomhed/CVRNummer' missing. Path: ''"),
                Some(FaultClass::NotFound),
            ),
            (Fault::new("Server", "not found"), Some(FaultClass::Unavailable)),
            (Fault::new("soap:Server.Timeout", ""), Some(FaultClass::Unavailable)),
            (Fault::new("ns:Client", "skema"), Some(FaultClass::BadRequest)),
            (Fault::new("wsse:FailedAuthentication", ""), Some(FaultClass::NoAccess)),
            (Fault::new("Server", "").with_error("knowntous", ""), Some(FaultClass::NoAccess)),
            (Fault::new("VersionMismatch", ""), Some(FaultClass::BadRequest)),
            (Fault::new("Sender", ""), None),
            (Fault::new("", ""), None),
        ] {
            assert_eq!(class(&fault), expected, "{fault}");
        }
    }

    #[test]
    fn an_echoed_cpr_number_is_masked() {
        let fault = Fault::new("Client", "PNR 010150-5000 er forkert").with_error("0101505000", "0101505000");
        assert!(!format!("{fault} {fault:?}").contains("5000"));
    }
}
