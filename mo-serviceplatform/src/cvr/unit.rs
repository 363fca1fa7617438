//! What CVR says of legal units and production units, as far as an organisation needs it: number, name, address, life,
//! advertising protection, and which belongs to which. No participants (they may be persons), no finances.

use mo_core::model::value::{Cvr, PNumber};
use mo_core::time::Day;

/// A value with the days the register gives it. The contract does not say whether the last day is in or out, so it is
/// told as it came.
///
/// ```
/// use mo_serviceplatform::cvr::Dated;
///
/// let name = Dated { value: "Korsbæk Kommune", valid_from: Some("2007-01-01".parse()?), valid_to: None };
/// assert_eq!(name.value, "Korsbæk Kommune");
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Dated<T> {
    /// The value.
    pub value: T,
    /// `validFromDate`.
    pub valid_from: Option<Day>,
    /// `validToDate`.
    pub valid_to: Option<Day>,
}

/// When a unit began and ended.
///
/// ```
/// use mo_serviceplatform::cvr::Lifecycle;
///
/// assert_eq!(Lifecycle::default().ceased, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs)] // LifecycleType of the contract
pub struct Lifecycle {
    /// `StartDate`.
    pub started: Option<Day>,
    /// `CessationDate`.
    pub ceased: Option<Day>,
}

/// An address of CVR. All parts are as the register writes them.
///
/// ```
/// use mo_serviceplatform::cvr::CompanyAddress;
///
/// let mut address = CompanyAddress::default();
/// address.line = Some("Exempelgatan 1, Malmö".to_owned());
/// assert!(!address.protected);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CompanyAddress {
    /// Municipality code, four digits with leading zeros.
    pub municipality_code: Option<String>,
    /// Street code, four digits with leading zeros.
    pub street_code: Option<String>,
    /// Street name.
    pub street: Option<String>,
    /// House number, such as `12B`.
    pub house_number: Option<String>,
    /// The last house number where the address is an interval.
    pub house_number_to: Option<String>,
    /// Floor.
    pub floor: Option<String>,
    /// Door.
    pub door: Option<String>,
    /// Supplementary town name.
    pub town: Option<String>,
    /// Post-office box.
    pub post_box: Option<String>,
    /// Postcode, four digits.
    pub postcode: Option<String>,
    /// Postal district.
    pub district: Option<String>,
    /// Care of.
    pub care_of: Option<String>,
    /// The whole address in one line, where the register has only that (foreign addresses).
    pub line: Option<String>,
    /// The country, in the scheme the register chose, most often ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Whether the address is protected.
    pub protected: bool,
}

/// A legal unit: a company, an association, an authority.
///
/// ```
/// use mo_serviceplatform::cvr::LegalUnit;
///
/// fn name(unit: &LegalUnit) -> &str {
///     unit.name.as_ref().map_or("", |name| &name.value)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "juridisk enhed")]
#[doc(alias = "virksomhed")]
pub struct LegalUnit {
    /// Its number.
    pub cvr: Cvr,
    /// Its name.
    pub name: Option<Dated<String>>,
    /// Its life.
    pub lifecycle: Lifecycle,
    /// Whether it may not be sent advertising (reklamebeskyttelse).
    pub advertising_protection: bool,
    /// The official address.
    pub address: Option<Dated<CompanyAddress>>,
    /// The postal address, where it is another.
    pub postal_address: Option<Dated<CompanyAddress>>,
    /// Its production units.
    pub production_units: Vec<Dated<PNumber>>,
}

/// A production unit: a place where a legal unit works.
///
/// ```
/// use mo_serviceplatform::cvr::ProductionUnit;
///
/// fn is_open(place: &ProductionUnit) -> bool {
///     place.lifecycle.ceased.is_none()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "produktionsenhed")]
pub struct ProductionUnit {
    /// Its number.
    pub p_number: PNumber,
    /// Its name.
    pub name: Option<Dated<String>>,
    /// Its life; unknown (both ends absent) in lists.
    pub lifecycle: Lifecycle,
    /// Whether it may not be sent advertising (reklamebeskyttelse).
    pub advertising_protection: bool,
    /// Where it is.
    pub address: Option<Dated<CompanyAddress>>,
    /// The postal address, where it is another.
    pub postal_address: Option<Dated<CompanyAddress>>,
    /// The legal unit it belongs to; absent in lists, which are of one legal unit.
    pub legal_unit: Option<Dated<Cvr>>,
}
