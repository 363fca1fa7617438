//! [`Status`]: where a person stands in the CPR register. Says what each means; what follows from it for an
//! organisation is proposed elsewhere.

use std::fmt;

/// A person's status in CPR.
///
/// Values 1, 3, 5, 7, 20, 30, 50, 60, 70, 80, 90 of the contract of SF1520. Only 90 is death.
///
/// ```
/// use mo_serviceplatform::cpr::Status;
///
/// assert_eq!(Status::from_code(80), Status::Emigrated);
/// assert!(Status::Emigrated.may_be_employed());
/// assert_eq!(Status::from_code(42), Status::Other(42));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Status {
    /// 1: lives in Denmark.
    #[doc(alias = "Aktiv, bopæl i dansk folkeregister")]
    Resident,
    /// 3: in the Danish register with a special street code (9900–9999), such as no fixed abode: no address.
    ResidentWithoutAddress,
    /// 5: lives in Greenland.
    ResidentInGreenland,
    /// 7: in the Greenlandic register with a special street code: no address.
    ResidentInGreenlandWithoutAddress,
    /// 20: never resident; the number was issued for tax. May well be employed.
    #[doc(alias = "administrativt personnummer")]
    Administrative,
    /// 30: the number is annulled and must not be used.
    #[doc(alias = "Annulleret")]
    Annulled,
    /// 50: the number was one of two for the same person and is deleted; the current number is another.
    #[doc(alias = "Slettet dobbeltnummer")]
    DeletedDouble,
    /// 60: the person has a new number.
    #[doc(alias = "Ændret personnummer")]
    Renumbered,
    /// 70: missing.
    #[doc(alias = "Forsvundet")]
    Missing,
    /// 80: has left the country. May be employed.
    #[doc(alias = "Udrejst")]
    Emigrated,
    /// 90: dead.
    #[doc(alias = "Død")]
    Dead,
    /// A value that this version of the contract does not have.
    Other(i64),
}

const CODES: [(i64, Status); 11] = [
    (1, Status::Resident),
    (3, Status::ResidentWithoutAddress),
    (5, Status::ResidentInGreenland),
    (7, Status::ResidentInGreenlandWithoutAddress),
    (20, Status::Administrative),
    (30, Status::Annulled),
    (50, Status::DeletedDouble),
    (60, Status::Renumbered),
    (70, Status::Missing),
    (80, Status::Emigrated),
    (90, Status::Dead),
];

impl Status {
    /// The status with this value.
    pub fn from_code(code: i64) -> Status {
        CODES.iter().find(|(known, _)| *known == code).map_or(Status::Other(code), |(_, status)| *status)
    }

    /// Its value.
    pub fn code(self) -> i64 {
        match self {
            Status::Other(code) => code,
            known => CODES.iter().find(|(_, status)| *status == known).map_or(0, |(code, _)| *code),
        }
    }

    /// Whether someone with it may be an employee: everyone but the dead and the missing, and not under a number that is
    /// not (any more) a person's.
    pub fn may_be_employed(self) -> bool {
        !matches!(
            self,
            Status::Annulled | Status::DeletedDouble | Status::Renumbered | Status::Missing | Status::Dead
        )
    }

    /// Whether the person has another number now.
    pub fn is_replaced(self) -> bool {
        matches!(self, Status::DeletedDouble | Status::Renumbered)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Status::Resident => "resident in Denmark",
            Status::ResidentWithoutAddress => "in the Danish register without an address",
            Status::ResidentInGreenland => "resident in Greenland",
            Status::ResidentInGreenlandWithoutAddress => "in the Greenlandic register without an address",
            Status::Administrative => "never resident, number issued for tax",
            Status::Annulled => "number annulled",
            Status::DeletedDouble => "number deleted, it was one of two",
            Status::Renumbered => "has a new number",
            Status::Missing => "missing",
            Status::Emigrated => "emigrated",
            Status::Dead => "dead",
            Status::Other(code) => return write!(f, "status {code}"),
        };
        f.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_contract_has_one_status() {
        for code in [1, 3, 5, 7, 20, 30, 50, 60, 70, 80, 90, 42, -1] {
            assert_eq!(Status::from_code(code).code(), code);
        }
    }
}
