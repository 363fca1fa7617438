//! Made-up companies and SF1530's side of a conversation about them. The answer about a legal unit has a participant with
//! a CPR number, so that a reader that keeps it is found out.

use http::Request;
use mo_core::model::value::{Cvr, PNumber};

use super::persons::{Contexts, payload};
use super::{NAMESPACES, Strictness, check_headers};
use crate::soap::{Ns, Out, Reader, XmlError, XmlLimits, envelope};

/// A made-up legal unit.
///
/// ```
/// use mo_serviceplatform::fake::{Fake, FakeCompany};
///
/// let company = FakeCompany { cvr: "99999993".parse()?, name: "Korsbæk Brugs".to_owned(), places: Vec::new() };
/// let fake = Fake::empty().with_company(company);
/// # let _ = fake;
/// # Ok::<(), mo_core::model::value::CvrError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct FakeCompany {
    /// Its number.
    pub cvr: Cvr,
    /// Its name.
    pub name: String,
    /// Its places.
    pub places: Vec<FakePlace>,
}

/// A made-up production unit.
///
/// ```
/// use mo_serviceplatform::fake::FakePlace;
///
/// let place = FakePlace {
///     p_number: "1003123456".parse()?,
///     name: "Korsbæk Skole".to_owned(),
///     number: 7,
///     advertising_protection: false,
/// };
/// assert_eq!(place.number, 7);
/// # Ok::<(), mo_core::model::value::PNumberError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct FakePlace {
    /// Its number.
    pub p_number: PNumber,
    /// Its name.
    pub name: String,
    /// Its house number at Torvet.
    pub number: u16,
    /// Whether it may not be sent advertising.
    pub advertising_protection: bool,
}

/// A question about a company.
pub(super) enum Asked {
    LegalUnit(Cvr),
    Place(PNumber),
    Places(Cvr),
}

const MESSAGE: Ns = Ns::at(8);
const OPERATION: Ns = Ns::at(9);
const DATA: Ns = Ns::at(10);

impl Asked {
    pub(super) fn read(http: &Request<Vec<u8>>, strictness: Strictness) -> Result<Asked, &'static str> {
        let malformed = |_: XmlError| "the question is not well-formed";
        let mut r = Reader::new(http.body(), NAMESPACES, XmlLimits::default()).map_err(malformed)?;
        let payload = payload(&mut r)?;
        let operation = payload.local().to_owned();
        let (action, levelled) = match (payload.ns, &*operation) {
            (MESSAGE, "GetLegalUnitRequest") => ("getLegalUnit", true),
            (MESSAGE, "GetProductionUnitRequest") => ("getProductionUnit", true),
            (MESSAGE, "GetRelatedProductionUnitNameAndAddressRequest") => {
                ("getRelatedProductionUnitNameAndAddress", false)
            }
            _ => return Err("this operation is not known"),
        };
        if strictness == Strictness::Strict {
            check_headers(http, &format!("http://rep.oio.dk/eogs/xml.wsdl/2/{action}"))?;
        }
        let mut contexts = Contexts::default();
        while let Some(part) = r.child(&payload).map_err(malformed)? {
            if part.name() != (OPERATION, &*operation) {
                contexts.take(&mut r, &part, strictness)?;
                continue;
            }
            let level = part.attribute("level").map_err(malformed)?;
            let positive = level.as_deref().is_some_and(|level| level.parse::<u32>().is_ok_and(|l| l > 0));
            if strictness == Strictness::Strict && levelled && !positive {
                return Err("the attribute level is missing");
            }
            let Some(id) = r.child(&part).map_err(malformed)? else { return Err("the number is missing") };
            let (ns, name) = (id.ns, id.local().to_owned());
            let text = r.text(&id).map_err(malformed)?;
            let wrong = "the number is not one";
            return match (ns, &*name, action) {
                (DATA, "LegalUnitIdentifier", "getLegalUnit") => {
                    text.parse().map(Asked::LegalUnit).map_err(|_| wrong)
                }
                (DATA, "ProductionUnitIdentifier", "getProductionUnit") => {
                    text.parse().map(Asked::Place).map_err(|_| wrong)
                }
                (DATA, "LegalUnitIdentifier", "getRelatedProductionUnitNameAndAddress") => {
                    text.parse().map(Asked::Places).map_err(|_| wrong)
                }
                _ => Err("the number is another operation's"),
            };
        }
        Err("the operation is missing")
    }
}

/// The namespaces of an answer.
const PREFIXES: &[(&str, &str)] = &[
    ("xmlns:m", "http://rep.oio.dk/eogs/xml/2/"),
    ("xmlns:w", "http://rep.oio.dk/eogs/xml.wsdl/"),
    ("xmlns:s", "http://rep.oio.dk/eogs/xml.schema/"),
    ("xmlns:c5", "http://rep.oio.dk/cvr.dk/xml/schemas/2005/03/22/"),
    ("xmlns:d3", "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"),
    ("xmlns:d5", "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/"),
    ("xmlns:x5", "http://rep.oio.dk/xkom.dk/xml/schemas/2005/03/15/"),
    ("xmlns:cpr", "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"),
    ("xmlns:cpr7", "http://rep.oio.dk/cpr.dk/xml/schemas/2007/01/02/"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
];
const VALID: (&str, &str) = ("validFromDate", "2007-01-01");

pub(super) fn legal_unit(company: Option<&FakeCompany>) -> Vec<u8> {
    message("m:GetLegalUnitResponse", "w:GetLegalUnitResponse", |out| {
        let Some(company) = company else { return };
        out.element("s:LegalUnit", &[("versionIdentifier", "1")], |out| {
            out.leaf("s:LegalUnitIdentifier", &company.cvr.to_string());
            name(out, "s:LegalUnitName", &company.name);
            out.leaf("s:AdvertisingProtectionIndicator", "true");
            out.leaf("c5:ExporterIndicator", "false");
            out.leaf("c5:ImporterIndicator", "false");
            out.element("s:Lifecycle", &[], |out| out.leaf("s:StartDate", "2007-01-01"));
            address(out, "s:AddressOfficial", 1);
            out.element("s:ParticipantCollection", &[], |out| {
                let kind = [("xsi:type", "s:ParticipantDanishPersonType"), VALID];
                out.element("s:Participant", &kind, |out| {
                    out.leaf("s:ParticipantIdentifier", "4000000001");
                    out.leaf("s:ParticipantName", "Deltager Eksempel");
                    out.leaf("cpr7:PersonCivilregistrationIdentifier", "3112505999");
                });
            });
            out.element("s:ProductionUnitAffiliationCollection", &[], |out| {
                for place in &company.places {
                    out.element("s:ProductionUnitAffiliation", &[VALID], |out| {
                        out.leaf("s:ProductionUnitIdentifier", &place.p_number.to_string());
                    });
                }
            });
        });
    })
}

pub(super) fn place(found: Option<(&FakeCompany, &FakePlace)>) -> Vec<u8> {
    message("m:GetProductionUnitResponse", "w:GetProductionUnitResponse", |out| {
        let Some((company, place)) = found else { return };
        out.element("s:ProductionUnit", &[("versionIdentifier", "1")], |out| {
            out.leaf("s:ProductionUnitIdentifier", &place.p_number.to_string());
            name(out, "s:ProductionUnitName", &place.name);
            out.leaf("s:AdvertisingProtectionIndicator", &place.advertising_protection.to_string());
            out.leaf("s:AncillaryUnitIndicator", "false");
            out.leaf("s:MainDivisionIndicator", "true");
            out.element("s:Lifecycle", &[], |out| out.leaf("s:StartDate", "2007-01-01"));
            address(out, "s:AddressLocation", place.number);
            out.element("s:LegalUnitAffiliation", &[VALID], |out| {
                out.leaf("s:LegalUnitIdentifier", &company.cvr.to_string());
            });
        });
    })
}

pub(super) fn places(company: Option<&FakeCompany>) -> Vec<u8> {
    let (outer, inner) = (
        "m:GetRelatedProductionUnitNameAndAddressResponse",
        "w:GetRelatedProductionUnitNameAndAddressResponse",
    );
    message(outer, inner, |out| {
        let Some(company) = company else { return };
        out.element("w:ProductionUnitNameAndAddressCollection", &[], |out| {
            for place in &company.places {
                out.element("w:ProductionUnitNameAndAddress", &[], |out| {
                    out.leaf("s:ProductionUnitIdentifier", &place.p_number.to_string());
                    name(out, "s:ProductionUnitName", &place.name);
                    address(out, "w:AddressLocation", place.number);
                    let protected = place.advertising_protection.to_string();
                    out.leaf("s:AdvertisingProtectionIndicator", &protected);
                });
            }
        });
    })
}

fn message(outer: &'static str, inner: &'static str, content: impl FnOnce(&mut Out)) -> Vec<u8> {
    envelope(|out| out.element(outer, PREFIXES, |out| out.element(inner, &[], content)))
}

fn name(out: &mut Out, element: &'static str, name: &str) {
    out.element(element, &[("sequenceNumber", "0"), VALID], |out| out.leaf("s:name", name));
}

fn address(out: &mut Out, element: &'static str, number: u16) {
    let number = number.to_string();
    out.element(element, &[VALID], |out| {
        out.element("x5:AddressAccess", &[], |out| {
            out.leaf("cpr:MunicipalityCode", "0999");
            out.leaf("cpr:StreetCode", "0042");
            out.leaf("d3:StreetBuildingIdentifier", &number);
        });
        out.element("s:AddressPostalExtended", &[], |out| {
            out.leaf("d5:StreetName", "Torvet");
            out.leaf("d3:StreetBuildingIdentifier", &number);
            out.leaf("d5:PostCodeIdentifier", "4999");
            out.leaf("d5:DistrictName", "Korsbæk");
        });
        let scheme = [("scheme", "iso3166-alpha2")];
        out.element("d3:CountryIdentificationCode", &scheme, |out| out.text("DK"));
    });
}
