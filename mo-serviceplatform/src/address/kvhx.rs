//! [`Kvhx`]: the key by which an address of CPR, which has no id, is compared with one of DAR.

use std::fmt;

use super::dar::DarAddress;
use crate::cpr::CprAddress;

/// Municipality, street, house number, floor and door: `04201074__12B__2__tv`. Fixed width, padded with `_`.
///
/// Both sides are brought to one form first: codes with leading zeros, house numbers without, floor and door in lower
/// case.
///
/// ```
/// use mo_serviceplatform::address::Kvhx;
///
/// let key = Kvhx::new("751", "7005", "001a", Some("02"), Some("TV")).unwrap();
/// assert_eq!(key.to_string(), "07517005__1A__2__tv");
/// assert_eq!(Kvhx::new("751", "9901", "1", None, None), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kvhx(String);

impl Kvhx {
    /// The key of these parts; `None` where one is missing or does not fit, and for the street codes 9900–9999, which
    /// are no streets.
    pub fn new(
        municipality: &str,
        street: &str,
        number: &str,
        floor: Option<&str>,
        door: Option<&str>,
    ) -> Option<Kvhx> {
        let code = |text: &str| {
            let text = text.trim();
            ((1..=4).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit()))
                .then(|| format!("{text:0>4}"))
        };
        let part = |text: Option<&str>, width: usize| {
            let text = text.unwrap_or_default().trim().trim_start_matches('0').to_lowercase();
            (text.chars().count() <= width).then_some(text)
        };
        let (municipality, street) = (code(municipality)?, code(street)?);
        let number = part(Some(number), 4)?.to_uppercase();
        let (floor, door) = (part(floor, 3)?, part(door, 4)?);
        if number.is_empty() || street.as_str() >= "9900" {
            return None;
        }
        Some(Kvhx(format!("{municipality}{street}{number:_>4}{floor:_>3}{door:_>4}")))
    }

    /// The key of an address of CPR.
    pub fn of_cpr(address: &CprAddress) -> Option<Kvhx> {
        Kvhx::new(
            address.municipality_code.as_deref()?,
            address.street_code.as_deref()?,
            address.house_number.as_deref()?,
            address.floor.as_deref(),
            address.door.as_deref(),
        )
    }

    /// The key of an address of DAR.
    pub fn of_dar(address: &DarAddress) -> Option<Kvhx> {
        Kvhx::new(
            address.municipality_code.as_deref()?,
            address.street_code.as_deref()?,
            address.house_number.as_deref()?,
            address.floor.as_deref(),
            address.door.as_deref(),
        )
    }

    /// The part that tells the house number (KVH).
    pub fn house_number(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Kvhx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_of_one_form() {
        for (parts, key) in [
            (("0420", "1074", "6", Some("st"), Some("tv")), Some("04201074___6_st__tv")),
            (("420", "1074", "0006", Some("ST"), Some(" TV")), Some("04201074___6_st__tv")),
            (("0101", "0001", "123a", None, None), Some("01010001123A_______")),
            (("0101", "0001", "1", Some("01"), Some("0003")), Some("01010001___1__1___3")),
            (("0101", "9900", "1", None, None), None),
            (("0101", "0001", "", None, None), None),
            (("01012", "0001", "1", None, None), None),
            (("", "0001", "1", None, None), None),
            (("0101", "0001", "12345", None, None), None),
        ] {
            let (municipality, street, number, floor, door) = parts;
            let made = Kvhx::new(municipality, street, number, floor, door);
            assert_eq!(made.map(|k| k.to_string()).as_deref(), key);
        }
    }
}
