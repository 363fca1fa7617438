//! Reading the answers of SF1530. Elements of thirteen namespaces; participants, contacts and finances are skipped.

use std::str::FromStr;

use mo_core::time::Day;

use super::unit::{CompanyAddress, Dated, LegalUnit, Lifecycle, ProductionUnit};
use crate::error::ProtocolError;
use crate::exchange::unexpected;
use crate::soap::{ENVELOPE_NS, Element, FAULT_NS, Ns, Reader};
use crate::xsd;

pub(super) const NAMESPACES: &[&str] = &[
    ENVELOPE_NS,
    FAULT_NS,
    "http://rep.oio.dk/eogs/xml/2/",
    "http://rep.oio.dk/eogs/xml.wsdl/",
    "http://rep.oio.dk/eogs/xml.schema/",
    "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/",
    "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/",
    "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/05/13/",
    "http://rep.oio.dk/xkom.dk/xml/schemas/2005/03/15/",
    "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/",
    "http://rep.oio.dk/itst.dk/xml/schemas/2005/06/24/",
];
const MESSAGE: Ns = Ns::at(2);
const OPERATION: Ns = Ns::at(3);
const DATA: Ns = Ns::at(4);
const DKCC_2003: Ns = Ns::at(5);
const DKCC_2005: Ns = Ns::at(6);
const DKCC_2005_5: Ns = Ns::at(7);
const XKOM: Ns = Ns::at(8);
const CPR: Ns = Ns::at(9);
const ITST: Ns = Ns::at(10);

/// The one unit in the answer to `operation`, or `None` when it names none.
fn within<'a, T>(
    r: &mut Reader<'a>,
    payload: &Element<'a>,
    operation: &'static str,
    unit: &'static str,
    read: impl FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
) -> Result<Option<T>, ProtocolError> {
    if payload.name() != (MESSAGE, operation) {
        return Err(unexpected(operation, Some(payload)));
    }
    while let Some(inner) = r.child(payload)? {
        if inner.name() != (OPERATION, operation) {
            continue;
        }
        while let Some(found) = r.child(&inner)? {
            if found.local() == unit && (found.ns == DATA || found.ns == OPERATION) {
                return read(r, &found).map(Some);
            }
        }
        return Ok(None);
    }
    Err(unexpected(operation, None))
}

pub(super) fn legal_unit<'a>(
    r: &mut Reader<'a>,
    payload: &Element<'a>,
) -> Result<Option<LegalUnit>, ProtocolError> {
    within(r, payload, "GetLegalUnitResponse", "LegalUnit", |r, unit| {
        let mut common = Common::default();
        let (mut cvr, mut production_units) = (None, Vec::new());
        while let Some(part) = r.child(unit)? {
            match part.name() {
                (DATA, "LegalUnitIdentifier") => cvr = Some(number(r, &part, "LegalUnitIdentifier")?),
                (DATA, "ProductionUnitAffiliationCollection") => {
                    while let Some(entry) = r.child(&part)? {
                        let (valid_from, valid_to) = validity(&entry)?;
                        while let Some(id) = r.child(&entry)? {
                            if id.name() == (DATA, "ProductionUnitIdentifier") {
                                let value = number(r, &id, "ProductionUnitIdentifier")?;
                                production_units.push(Dated { value, valid_from, valid_to });
                            }
                        }
                    }
                }
                _ => common.take(r, &part)?,
            }
        }
        Ok(LegalUnit {
            cvr: cvr.ok_or_else(|| unexpected("LegalUnitIdentifier", None))?,
            name: common.name,
            lifecycle: common.lifecycle,
            advertising_protection: common.advertising_protection,
            address: common.address,
            postal_address: common.postal_address,
            production_units,
        })
    })
}

pub(super) fn production_unit<'a>(
    r: &mut Reader<'a>,
    payload: &Element<'a>,
) -> Result<Option<ProductionUnit>, ProtocolError> {
    within(r, payload, "GetProductionUnitResponse", "ProductionUnit", one_production_unit)
}

pub(super) fn production_units<'a>(
    r: &mut Reader<'a>,
    payload: &Element<'a>,
) -> Result<Option<Vec<ProductionUnit>>, ProtocolError> {
    within(
        r,
        payload,
        "GetRelatedProductionUnitNameAndAddressResponse",
        "ProductionUnitNameAndAddressCollection",
        |r, list| {
            let mut units = Vec::new();
            while let Some(entry) = r.child(list)? {
                if entry.name() == (OPERATION, "ProductionUnitNameAndAddress") {
                    units.push(one_production_unit(r, &entry)?);
                }
            }
            Ok(units)
        },
    )
}

fn one_production_unit<'a>(r: &mut Reader<'a>, unit: &Element<'a>) -> Result<ProductionUnit, ProtocolError> {
    let mut common = Common::default();
    let (mut p_number, mut legal_unit) = (None, None);
    while let Some(part) = r.child(unit)? {
        match part.name() {
            (DATA, "ProductionUnitIdentifier") => {
                p_number = Some(number(r, &part, "ProductionUnitIdentifier")?);
            }
            (DATA, "LegalUnitAffiliation") => {
                let (valid_from, valid_to) = validity(&part)?;
                while let Some(id) = r.child(&part)? {
                    if id.name() == (DATA, "LegalUnitIdentifier") {
                        let value = number(r, &id, "LegalUnitIdentifier")?;
                        legal_unit = Some(Dated { value, valid_from, valid_to });
                    }
                }
            }
            _ => common.take(r, &part)?,
        }
    }
    Ok(ProductionUnit {
        p_number: p_number.ok_or_else(|| unexpected("ProductionUnitIdentifier", None))?,
        name: common.name,
        lifecycle: common.lifecycle,
        advertising_protection: common.advertising_protection,
        address: common.address,
        postal_address: common.postal_address,
        legal_unit,
    })
}

/// What both kinds of unit have.
#[derive(Default)]
struct Common {
    name: Option<Dated<String>>,
    lifecycle: Lifecycle,
    advertising_protection: bool,
    address: Option<Dated<CompanyAddress>>,
    postal_address: Option<Dated<CompanyAddress>>,
}

impl Common {
    fn take<'a>(&mut self, r: &mut Reader<'a>, part: &Element<'a>) -> Result<(), ProtocolError> {
        match part.name() {
            (DATA, "LegalUnitName" | "ProductionUnitName") => {
                let (valid_from, valid_to) = validity(part)?;
                while let Some(inner) = r.child(part)? {
                    if inner.name() == (DATA, "name") {
                        let value = r.text(&inner)?.trim().to_owned();
                        self.name = Some(Dated { value, valid_from, valid_to });
                    }
                }
            }
            (DATA, "AdvertisingProtectionIndicator") => {
                // Unreadable means protected.
                self.advertising_protection = xsd::boolean(&r.text(part)?).unwrap_or(true);
            }
            (DATA, "Lifecycle") => {
                while let Some(inner) = r.child(part)? {
                    match inner.name() {
                        (DATA, "StartDate") => self.lifecycle.started = date(r, &inner)?,
                        (DATA, "CessationDate") => self.lifecycle.ceased = date(r, &inner)?,
                        _ => {}
                    }
                }
            }
            // Declared inside types of the data namespace, or of the operations' for the list.
            (DATA | OPERATION, "AddressOfficial" | "AddressLocation") => {
                self.address = Some(address(r, part)?);
            }
            (DATA, "AddressPostal") => self.postal_address = Some(address(r, part)?),
            _ => {}
        }
        Ok(())
    }
}

fn address<'a>(r: &mut Reader<'a>, element: &Element<'a>) -> Result<Dated<CompanyAddress>, ProtocolError> {
    let (valid_from, valid_to) = validity(element)?;
    let mut read = CompanyAddress::default();
    while let Some(part) = r.child(element)? {
        match part.name() {
            (XKOM, "AddressAccess") => {
                while let Some(inner) = r.child(&part)? {
                    match inner.name() {
                        (CPR, "MunicipalityCode") => read.municipality_code = text(r, &inner)?,
                        (CPR, "StreetCode") => read.street_code = text(r, &inner)?,
                        (DKCC_2003, "StreetBuildingIdentifier") => read.house_number = text(r, &inner)?,
                        _ => {}
                    }
                }
            }
            (DATA, "AddressPostalExtended") => {
                while let Some(inner) = r.child(&part)? {
                    match inner.name() {
                        (DKCC_2005, "StreetName") => read.street = text(r, &inner)?,
                        (DKCC_2003, "StreetBuildingIdentifier") => read.house_number = text(r, &inner)?,
                        (DATA, "StreetBuildingIdentifierTo") => read.house_number_to = text(r, &inner)?,
                        (DKCC_2003, "FloorIdentifier") => read.floor = text(r, &inner)?,
                        (DKCC_2003, "SuiteIdentifier") => read.door = text(r, &inner)?,
                        (DKCC_2005, "DistrictSubdivisionIdentifier") => read.town = text(r, &inner)?,
                        (DKCC_2005, "PostCodeIdentifier") => read.postcode = text(r, &inner)?,
                        (DKCC_2005, "DistrictName") => read.district = text(r, &inner)?,
                        (DKCC_2005_5, "PostOfficeBoxIdentifier") => read.post_box = text(r, &inner)?,
                        (ITST, "CareOfName") => read.care_of = text(r, &inner)?,
                        _ => {}
                    }
                }
            }
            (DATA, "AddressLineText") => read.line = text(r, &part)?,
            (DKCC_2003, "CountryIdentificationCode") => read.country = text(r, &part)?,
            (DATA, "AddressProtectionIndicator") => {
                read.protected = xsd::boolean(&r.text(&part)?).unwrap_or(true);
            }
            _ => {}
        }
    }
    Ok(Dated { value: read, valid_from, valid_to })
}

fn validity(element: &Element<'_>) -> Result<(Option<Day>, Option<Day>), ProtocolError> {
    let day = |name| -> Result<Option<Day>, ProtocolError> {
        Ok(element.attribute(name)?.and_then(|text| xsd::date(&text).unwrap_or_default()))
    };
    Ok((day("validFromDate")?, day("validToDate")?))
}

fn date<'a>(r: &mut Reader<'a>, element: &Element<'a>) -> Result<Option<Day>, ProtocolError> {
    Ok(xsd::date(&r.text(element)?).unwrap_or_default())
}

fn text<'a>(r: &mut Reader<'a>, element: &Element<'a>) -> Result<Option<String>, ProtocolError> {
    let text = r.text(element)?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn number<'a, T: FromStr>(
    r: &mut Reader<'a>,
    element: &Element<'a>,
    expected: &'static str,
) -> Result<T, ProtocolError> {
    r.text(element)?.trim().parse().map_err(|_| unexpected(expected, Some(element)))
}
