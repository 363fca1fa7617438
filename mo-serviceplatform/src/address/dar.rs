//! What an address of Danmarks Adresseregister (DAR) is: its id, status, parts and text. No looking up.

use std::fmt;
use std::str::FromStr;

use mo_core::quote;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::position::Utm32;

/// The id of an address in DAR: any UUID, whatever its version bits (many are `0a3f50xx-xxxx-32b8-e044-0003ba298018`).
/// It names a unit address (adresse) or a house number (husnummer, adgangsadresse); the id does not tell which.
///
/// ```
/// use mo_serviceplatform::address::DarId;
///
/// let id: DarId = "0A3F50B4-2D3A-32B8-E044-0003BA298018".parse()?;
/// assert_eq!(id.to_string(), "0a3f50b4-2d3a-32b8-e044-0003ba298018");
/// assert!("Torvet 1".parse::<DarId>().is_err());
/// # Ok::<(), mo_serviceplatform::address::DarIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[doc(alias = "id_lokalId")]
pub struct DarId(Uuid);

/// A text that is no [`DarId`].
///
/// ```
/// use mo_serviceplatform::address::DarId;
///
/// let error = "Torvet 1, 010150-5000".parse::<DarId>().unwrap_err();
/// assert!(!error.to_string().contains("5000"), "what may be a CPR number is masked");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not the id of an address: write 8-4-4-4-12 hexadecimal digits")]
pub struct DarIdError(pub String);

impl DarId {
    /// The id with this UUID.
    pub const fn new(uuid: Uuid) -> DarId {
        DarId(uuid)
    }

    /// Its UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for DarId {
    type Err = DarIdError;

    fn from_str(text: &str) -> Result<DarId, DarIdError> {
        // `Uuid` reads braces, URNs and 32 bare digits too; the hyphenated form is the only one of this length.
        Some(text)
            .filter(|text| text.len() == 36)
            .and_then(|text| Uuid::try_parse(text).ok())
            .map(DarId)
            .ok_or_else(|| DarIdError(quote(text)))
    }
}

impl fmt::Display for DarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for DarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Which of the two an id names.
///
/// ```
/// use mo_serviceplatform::address::{DarAddress, DarKind};
///
/// fn has_a_door(address: &DarAddress) -> bool {
///     address.kind == DarKind::UnitAddress && address.door.is_some()
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)] // DAR has these two
pub enum DarKind {
    /// An address with floor and door, or the only one at its house number.
    #[doc(alias = "enhedsadresse")]
    UnitAddress,
    /// A house number: a way in, with one or more unit addresses.
    #[doc(alias = "adgangsadresse")]
    #[doc(alias = "husnummer")]
    HouseNumber,
}

/// Status in DAR. Beware: in the closed DAWA the digit 3 meant the opposite.
///
/// ```
/// use mo_serviceplatform::address::DarStatus;
///
/// assert_eq!(DarStatus::from_code(3), DarStatus::Current);
/// assert_eq!(DarStatus::Closed.code(), 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DarStatus {
    /// 2: foreløbig.
    Preliminary,
    /// 3: gældende.
    Current,
    /// 4: nedlagt.
    Closed,
    /// 5: henlagt.
    Abandoned,
    /// Another value.
    Other(i64),
}

impl DarStatus {
    /// The status with this value.
    pub fn from_code(code: i64) -> DarStatus {
        match code {
            2 => DarStatus::Preliminary,
            3 => DarStatus::Current,
            4 => DarStatus::Closed,
            5 => DarStatus::Abandoned,
            other => DarStatus::Other(other),
        }
    }

    /// Its value.
    pub fn code(self) -> i64 {
        match self {
            DarStatus::Preliminary => 2,
            DarStatus::Current => 3,
            DarStatus::Closed => 4,
            DarStatus::Abandoned => 5,
            DarStatus::Other(code) => code,
        }
    }
}

/// An address. Codes are texts with their leading zeros.
///
/// ```
/// use mo_serviceplatform::address::{DarAddress, DarStatus};
///
/// /// A line for a letter, unless nobody lives there any more.
/// fn envelope(address: &DarAddress) -> Option<String> {
///     (address.status == Some(DarStatus::Current)).then(|| address.text())
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DarAddress {
    /// Its id.
    pub id: DarId,
    /// What the id names.
    pub kind: DarKind,
    /// The house number it belongs to; itself for a house number.
    pub house_number_id: Option<DarId>,
    /// The text the register has for it (adressebetegnelse).
    pub registered_text: Option<String>,
    /// Its status.
    pub status: Option<DarStatus>,
    /// Street name.
    pub street: Option<String>,
    /// House number, such as `12B`.
    pub house_number: Option<String>,
    /// Floor, such as `2`, `st` or `kl`.
    pub floor: Option<String>,
    /// Door, such as `tv` or `3`.
    pub door: Option<String>,
    /// Supplementary town name.
    pub town: Option<String>,
    /// Postcode, four digits.
    pub postcode: Option<String>,
    /// Postal district.
    pub district: Option<String>,
    /// Municipality code, four digits.
    pub municipality_code: Option<String>,
    /// Street code, four digits.
    pub street_code: Option<String>,
    /// Where its access point is, if the register knows.
    pub position: Option<Utm32>,
}

impl DarAddress {
    pub(super) fn new(id: DarId, kind: DarKind) -> DarAddress {
        DarAddress {
            id,
            kind,
            house_number_id: (kind == DarKind::HouseNumber).then_some(id),
            registered_text: None,
            status: None,
            street: None,
            house_number: None,
            floor: None,
            door: None,
            town: None,
            postcode: None,
            district: None,
            municipality_code: None,
            street_code: None,
            position: None,
        }
    }

    /// The address in one line, `Torvet 12B, 2. tv, Ny Korsbæk, 4999 Korsbæk`, from its parts; the register's own text
    /// where the street is not known.
    pub fn text(&self) -> String {
        let Some(street) = &self.street else { return self.registered_text.clone().unwrap_or_default() };
        let mut text = street.clone();
        if let Some(number) = &self.house_number {
            text.push(' ');
            text.push_str(number);
        }
        let floor = self.floor.as_ref().map(|floor| format!("{floor}."));
        let unit: Vec<&str> = floor.as_deref().into_iter().chain(self.door.as_deref()).collect();
        let place: Vec<&str> = self.postcode.as_deref().into_iter().chain(self.district.as_deref()).collect();
        for part in [unit.join(" "), self.town.clone().unwrap_or_default(), place.join(" ")] {
            if !part.is_empty() {
                text.push_str(", ");
                text.push_str(&part);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_on_an_envelope_whatever_parts_it_has() {
        let mut address = DarAddress::new(DarId::new(Uuid::nil()), DarKind::UnitAddress);
        address.registered_text = Some("Torvet 1, 4999 Korsbæk".into());
        assert_eq!(address.text(), "Torvet 1, 4999 Korsbæk");
        address.street = Some("Torvet".into());
        address.house_number = Some("12B".into());
        address.postcode = Some("4999".into());
        address.district = Some("Korsbæk".into());
        assert_eq!(address.text(), "Torvet 12B, 4999 Korsbæk");
        address.door = Some("tv".into());
        assert_eq!(address.text(), "Torvet 12B, tv, 4999 Korsbæk");
        address.floor = Some("st".into());
        address.town = Some("Ny Korsbæk".into());
        assert_eq!(address.text(), "Torvet 12B, st. tv, Ny Korsbæk, 4999 Korsbæk");
        address.door = None;
        assert_eq!(address.text(), "Torvet 12B, st., Ny Korsbæk, 4999 Korsbæk");
    }

    #[test]
    fn status_keeps_its_value() {
        for code in 0..8 {
            assert_eq!(DarStatus::from_code(code).code(), code);
        }
    }
}
