//! [`PersonRecord`]: what the CPR register says of a person, as far as an organisation may keep it, and the guard before
//! the addresses of protected persons. No reading; no relatives, guardianship, citizenship or civil status.

use std::fmt;

use mo_core::model::value::Cpr;
use mo_core::time::{Day, Period};

use super::protection::{Protection, WhenSilent};
use super::status::Status;

/// A day that may be marked uncertain.
///
/// ```
/// use mo_serviceplatform::cpr::Dated;
///
/// let dated = Dated { day: "2001-01-08".parse()?, uncertain: false };
/// assert_eq!(format!("{dated:?}"), "Dated(…)");
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // usikkerhedDatoType of the contract
pub struct Dated {
    /// The day.
    pub day: Day,
    /// Whether the register marks it as uncertain.
    pub uncertain: bool,
}

/// A person's name.
///
/// ```
/// use mo_serviceplatform::cpr::PersonName;
///
/// let mut name = PersonName::default();
/// name.addressing = "Agnes Ørum Eksempel".to_owned();
/// assert_eq!(name.split(), ("Agnes Ørum".to_owned(), "Eksempel".to_owned()));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PersonName {
    /// `personadresseringsnavn`: the name in one line, at most 34 characters, as on an envelope.
    pub addressing: String,
    /// Given name.
    pub given: Option<String>,
    /// Middle name.
    pub middle: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Since when.
    pub since: Option<Dated>,
}

impl PersonName {
    /// Given names and surname for a registry that has these two: middle names go with the given names. Where the parts
    /// are missing, the last word of the addressing name is the surname.
    pub fn split(&self) -> (String, String) {
        let present = |part: &Option<String>| {
            part.as_deref().map(str::trim).filter(|p| !p.is_empty()).map(ToOwned::to_owned)
        };
        let given =
            [present(&self.given), present(&self.middle)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        match (given.is_empty(), present(&self.surname)) {
            (false, Some(surname)) => (given, surname),
            _ => match self.addressing.trim().rsplit_once(char::is_whitespace) {
                Some((given, surname)) => (given.trim_end().to_owned(), surname.to_owned()),
                None => (String::new(), self.addressing.trim().to_owned()),
            },
        }
    }
}

/// A Danish address as CPR has it: by codes and in words, without an id of Danmarks Adresseregister.
///
/// ```
/// use mo_serviceplatform::address::Kvhx;
/// use mo_serviceplatform::cpr::CprAddress;
///
/// let mut home = CprAddress::default();
/// home.municipality_code = Some("0999".to_owned());
/// home.street_code = Some("9901".to_owned());
/// home.house_number = Some("1".to_owned());
/// assert!(home.is_nowhere());
/// assert_eq!(Kvhx::of_cpr(&home), None);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CprAddress {
    /// Municipality code, four digits with leading zeros.
    pub municipality_code: Option<String>,
    /// Street code, four digits with leading zeros. 9900–9999 are no streets.
    pub street_code: Option<String>,
    /// House number without leading zeros, such as `1A`.
    pub house_number: Option<String>,
    /// Floor in lower case without leading zeros, such as `2` or `st`.
    pub floor: Option<String>,
    /// Door in lower case without leading zeros, such as `tv` or `3`.
    pub door: Option<String>,
    /// Care of.
    pub care_of: Option<String>,
    /// Locality (`lokalitet`).
    pub locality: Option<String>,
    /// Supplementary town name (`bynavn`).
    pub town: Option<String>,
    /// Street name.
    pub street: Option<String>,
    /// Postcode, four digits.
    pub postcode: Option<String>,
    /// Postal district.
    pub district: Option<String>,
    /// The whole address in one line, as CPR writes it.
    pub standard: Option<String>,
    /// Supplementary address lines that are not empty.
    pub extra_lines: Vec<String>,
    /// Since when the person lives there.
    pub since: Option<Dated>,
}

impl CprAddress {
    /// Whether the street code is one of those that stand for no address (no fixed abode and the like).
    pub fn is_nowhere(&self) -> bool {
        self.street_code.as_deref().is_some_and(|code| code >= "9900")
    }
}

/// Where a person went who left the country.
///
/// ```
/// use mo_serviceplatform::cpr::PrivateAddresses;
///
/// fn has_left(addresses: &PrivateAddresses) -> bool {
///     addresses.departure.as_ref().is_some_and(|departure| departure.country_code.is_some())
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Departure {
    /// The country as CPR numbers it.
    pub country_code: Option<String>,
    /// Since when.
    pub since: Option<Dated>,
    /// The address abroad, the lines that are not empty.
    pub lines: Vec<String>,
}

/// An address at which the person wants mail.
///
/// ```
/// use mo_serviceplatform::cpr::ContactAddress;
///
/// let mut contact = ContactAddress::default();
/// contact.lines.push("c/o Eksempel".to_owned());
/// assert_eq!(format!("{contact:?}"), "ContactAddress(…)");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ContactAddress {
    /// The lines that are not empty.
    pub lines: Vec<String>,
    /// The first day.
    pub from: Option<Day>,
    /// The first day without.
    pub until: Option<Day>,
}

/// All addresses of a person.
///
/// ```
/// use mo_serviceplatform::cpr::PrivateAddresses;
///
/// fn postcode(addresses: &PrivateAddresses) -> Option<&str> {
///     addresses.current.as_ref()?.postcode.as_deref()
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PrivateAddresses {
    /// Where the person lives.
    pub current: Option<CprAddress>,
    /// Where the person went.
    pub departure: Option<Departure>,
    /// Where the person wants mail.
    pub contact: Option<ContactAddress>,
}

/// A value in the answer that its contract does not allow; the field it belongs to is left empty.
///
/// ```
/// use mo_serviceplatform::cpr::Unreadable;
///
/// let unreadable = Unreadable { element: "statusdato", rule: "a date of XML Schema" };
/// assert_eq!(unreadable.to_string(), "the value of \"statusdato\" cannot be read: a date of XML Schema");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value of {element:?} cannot be read: {rule}")]
#[allow(clippy::exhaustive_structs)]
pub struct Unreadable {
    /// The element.
    pub element: &'static str,
    /// What it should be.
    pub rule: &'static str,
}

/// What the register says of a person.
///
/// `Debug` shows status and protection, never name, number or address.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::cpr::{Guarded, PersonRecord};
///
/// /// What a phone book may print: nothing of those who are protected on the day.
/// fn street(record: &PersonRecord, on: Day) -> Option<&str> {
///     match record.addresses_on(on) {
///         Guarded::Open(addresses) => addresses.current.as_ref()?.street.as_deref(),
///         Guarded::Protected(_) => None,
///     }
/// }
/// assert_eq!(street(&PersonRecord::default(), Day::MIN), None);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PersonRecord {
    /// The number asked for, as the answer repeats it.
    pub number: Option<Cpr>,
    /// The person's number now; another than [`number`](PersonRecord::number) after a change of number.
    pub current_number: Option<Cpr>,
    /// The name.
    pub name: Option<PersonName>,
    /// The birth date; it wins over the one the number tells.
    pub birth_date: Option<Dated>,
    /// Status and since when.
    pub status: Option<Status>,
    /// Since when the status holds.
    pub status_since: Option<Dated>,
    /// The first day of the record (`startdato`).
    pub from: Option<Dated>,
    /// The last day of the record (`slutdato`).
    pub until: Option<Dated>,
    /// Since when the person is missing.
    pub missing_since: Option<Dated>,
    /// Name-and-address protection.
    #[doc(alias = "adressebeskyttelse")]
    pub protection: Option<Protection>,
    /// Protection against local directories.
    #[doc(alias = "vejviserbeskyttelse")]
    pub directory_protection: Option<Protection>,
    /// Protection against marketing.
    #[doc(alias = "markedsfoeringsbeskyttelse")]
    pub marketing_protection: Option<Protection>,
    /// Whether the person takes Digital Post.
    pub digital_post: Option<bool>,
    /// Whether the person takes `NemSMS`.
    pub nem_sms: Option<bool>,
    /// Values that could not be read.
    pub unreadable: Vec<Unreadable>,
    pub(super) has_person_data: bool,
    pub(super) addresses: PrivateAddresses,
    pub(super) silent: WhenSilent,
}

impl PersonRecord {
    /// Whether name and address are protected on `day`. An answer without person data tells nothing, so it is
    /// protected.
    pub fn is_protected_on(&self, day: Day) -> bool {
        if !self.has_person_data {
            return true;
        }
        match (self.protection, self.silent) {
            (Some(protection), _) => protection.holds_on(day),
            (None, WhenSilent::Protected) => true,
            (None, WhenSilent::Unprotected) => false,
        }
    }

    /// The days on which name and address are protected, as known from an answer of this day; `None` when on none.
    pub fn protected_period(&self, answered: Day) -> Option<Period> {
        if !self.has_person_data {
            return Some(Period::since(answered));
        }
        match (self.protection, self.silent) {
            (Some(protection), _) => protection.period(answered),
            (None, WhenSilent::Protected) => Some(Period::since(answered)),
            (None, WhenSilent::Unprotected) => None,
        }
    }

    /// The person's addresses, behind a seal where they are protected on `day`.
    pub fn addresses_on(&self, day: Day) -> Guarded<'_> {
        if self.is_protected_on(day) {
            Guarded::Protected(Sealed(&self.addresses))
        } else {
            Guarded::Open(&self.addresses)
        }
    }

    /// The number that leads on from this record, if the person has another now.
    pub fn new_number(&self) -> Option<Cpr> {
        self.current_number.filter(|current| self.number.is_some_and(|number| number != *current))
    }

    /// Whether the answer had person data at all.
    pub fn has_person_data(&self) -> bool {
        self.has_person_data
    }
}

/// Addresses, open or protected; a `match` cannot overlook it.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::cpr::PersonRecord;
///
/// // Nothing is known of this person, so nothing is open.
/// assert!(PersonRecord::default().addresses_on(Day::MIN).open().is_none());
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_enums)]
pub enum Guarded<'r> {
    /// Not protected.
    Open(&'r PrivateAddresses),
    /// Protected.
    Protected(Sealed<'r>),
}

impl<'r> Guarded<'r> {
    /// The addresses if they are open.
    pub fn open(self) -> Option<&'r PrivateAddresses> {
        match self {
            Guarded::Open(addresses) => Some(addresses),
            Guarded::Protected(_) => None,
        }
    }
}

/// Addresses of a protected person.
///
/// ```
/// use mo_serviceplatform::cpr::{Guarded, PrivateAddresses};
///
/// /// For a letter of the authority itself, which protection does not forbid.
/// fn to_write_to(addresses: Guarded<'_>) -> &PrivateAddresses {
///     match addresses {
///         Guarded::Open(addresses) => addresses,
///         Guarded::Protected(sealed) => sealed.for_a_task_of_the_authority(),
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Sealed<'r>(&'r PrivateAddresses);

impl<'r> Sealed<'r> {
    /// The addresses, for a task of the authority itself. They may not be disclosed to private parties, not even to a
    /// phone book (§ 28 of the CPR act).
    pub fn for_a_task_of_the_authority(self) -> &'r PrivateAddresses {
        self.0
    }
}

impl fmt::Debug for Sealed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// `Debug` without content, for types that hold personal data.
macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
hidden!(Dated, PersonName, CprAddress, Departure, ContactAddress, PrivateAddresses);

impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRecord")
            .field("status", &self.status)
            .field("protection", &self.protection)
            .field("renumbered", &self.new_number().is_some())
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_a_registry_needs_them() {
        let name = |given: &str, middle: &str, surname: &str, addressing: &str| {
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            PersonName {
                given: part(given),
                middle: part(middle),
                surname: part(surname),
                addressing: addressing.into(),
                since: None,
            }
        };
        for (name, given, surname) in [
            (name("Æse", "Ørum", "Åkjær", "Æse Ørum Åkjær"), "Æse Ørum", "Åkjær"),
            (name("Æse", "", "Åkjær", "x"), "Æse", "Åkjær"),
            (name("", "", "", "Æse Ørum Åkjær"), "Æse Ørum", "Åkjær"),
            (name("Æse", "", "", "Æse Åkjær"), "Æse", "Åkjær"),
            (name("", "", "", "Æse"), "", "Æse"),
        ] {
            assert_eq!(name.split(), (given.to_owned(), surname.to_owned()));
        }
    }

    #[test]
    fn nothing_personal_is_shown_by_debug() {
        let record = PersonRecord {
            number: Some("0101505000".parse().unwrap()),
            name: Some(PersonName { addressing: "Æse".into(), ..PersonName::default() }),
            addresses: PrivateAddresses {
                current: Some(CprAddress { street: Some("Torvet".into()), ..CprAddress::default() }),
                ..PrivateAddresses::default()
            },
            ..PersonRecord::default()
        };
        let shown = format!(
            "{record:?} {:?} {:?} {:?}",
            record.name,
            record.addresses,
            record.addresses_on("2026-01-01".parse().unwrap())
        );
        for secret in ["0101505000", "Æse", "Torvet"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn an_answer_without_person_data_is_protected() {
        let day = "2026-01-01".parse().unwrap();
        let mut record = PersonRecord::default();
        assert!(record.is_protected_on(day));
        assert!(record.addresses_on(day).open().is_none());
        record.has_person_data = true;
        assert!(!record.is_protected_on(day));
        assert!(record.addresses_on(day).open().is_some());
        record.silent = WhenSilent::Protected;
        assert!(record.is_protected_on(day));
    }
}
