//! Reading `PersonLookupResponse` (SF1520, versions 4 and 5) as it streams by. What an organisation may not keep
//! (relatives, notes, guardianship, civil status, citizenship, sex, age, districts) is skipped, never held.

use mo_core::model::value::Cpr;
use mo_core::time::Day;

use super::person::{ContactAddress, CprAddress, Dated, Departure, PersonName, PersonRecord, Unreadable};
use super::protection::Protection;
use super::status::Status;
use crate::error::ProtocolError;
use crate::exchange::unexpected;
use crate::soap::{ENVELOPE_NS, Element, FAULT_NS, Ns, Reader};
use crate::xsd;

/// The namespaces of both versions, after those every SOAP answer has.
pub(super) const NAMESPACES: &[&str] = &[
    ENVELOPE_NS,
    FAULT_NS,
    "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/",
    "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/",
];
pub(super) const V4: Ns = Ns::at(2);
pub(super) const V5: Ns = Ns::at(3);

/// Reads the payload of an answer in the namespace `ns`.
pub(super) fn person<'a>(
    reader: &mut Reader<'a>,
    payload: &Element<'a>,
    ns: Ns,
) -> Result<PersonRecord, ProtocolError> {
    if payload.name() != (ns, "PersonLookupResponse") {
        return Err(unexpected("PersonLookupResponse", Some(payload)));
    }
    let mut read = Read { ns, record: PersonRecord::default() };
    while let Some(part) = reader.child(payload)? {
        if part.ns != ns {
            continue;
        }
        match part.local() {
            "persondata" => read.person_data(reader, &part)?,
            "adresse" => read.addresses(reader, &part)?,
            _ => {}
        }
    }
    Ok(read.record)
}

struct Read {
    ns: Ns,
    record: PersonRecord,
}

impl Read {
    fn person_data<'a>(&mut self, r: &mut Reader<'a>, data: &Element<'a>) -> Result<(), ProtocolError> {
        self.record.has_person_data = true;
        while let Some(part) = r.child(data)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "personnummer" => self.record.number = self.number(r, &part, "personnummer")?,
                "gaeldendePersonnummer" => {
                    self.record.current_number = self.number(r, &part, "gaeldendePersonnummer")?;
                }
                "navn" => self.record.name = Some(self.name(r, &part)?),
                "foedselsdato" => self.record.birth_date = self.dated(r, &part, "foedselsdato", xsd::date)?,
                "startdato" => self.record.from = self.dated(r, &part, "startdato", xsd::date)?,
                "slutdato" => self.record.until = self.dated(r, &part, "slutdato", xsd::date)?,
                "status" => self.status(r, &part)?,
                "forsvindingsdato" => {
                    self.record.missing_since =
                        self.dated(r, &part, "forsvindingsdato", xsd::date_time_day)?;
                }
                "adressebeskyttelse" => self.record.protection = Some(self.protection(r, &part)?),
                "vejviserbeskyttelse" => self.record.directory_protection = Some(self.protection(r, &part)?),
                "markedsfoeringsbeskyttelse" => {
                    self.record.marketing_protection = Some(self.protection(r, &part)?);
                }
                "tilmeldtDigitalpost" => {
                    self.record.digital_post = self.flag(r, &part, "tilmeldtDigitalpost")?;
                }
                "tilmeldtNemsms" => self.record.nem_sms = self.flag(r, &part, "tilmeldtNemsms")?,
                _ => {}
            }
        }
        Ok(())
    }

    fn name<'a>(&mut self, r: &mut Reader<'a>, name: &Element<'a>) -> Result<PersonName, ProtocolError> {
        let mut read = PersonName::default();
        while let Some(part) = r.child(name)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "personadresseringsnavn" => read.addressing = text(r, &part)?.unwrap_or_default(),
                "fornavn" => read.given = text(r, &part)?,
                "mellemnavn" => read.middle = text(r, &part)?,
                "efternavn" => read.surname = text(r, &part)?,
                "navnestartdato" => {
                    read.since = self.dated(r, &part, "navnestartdato", xsd::date_time_day)?;
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn status<'a>(&mut self, r: &mut Reader<'a>, status: &Element<'a>) -> Result<(), ProtocolError> {
        while let Some(part) = r.child(status)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "status" => {
                    let code = xsd::integer(&r.text(&part)?);
                    self.record.status = code.map(Status::from_code);
                    if !matches!(self.record.status, Some(known) if !matches!(known, Status::Other(_))) {
                        self.unreadable("status", "one of 1, 3, 5, 7, 20, 30, 50, 60, 70, 80, 90");
                    }
                }
                "statusdato" => {
                    self.record.status_since = self.dated(r, &part, "statusdato", xsd::date_time_day)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Anything in it that cannot be read is as if it were not there, and only a clear `false` opens.
    fn protection<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<Protection, ProtocolError> {
        let mut read = Protection::default();
        while let Some(part) = r.child(element)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "startdato" => read.from = self.day(r, &part, "startdato")?,
                "slutdato" => read.until = self.day(r, &part, "slutdato")?,
                "beskyttet" => read.flag = self.flag(r, &part, "beskyttet")?,
                _ => {}
            }
        }
        Ok(read)
    }

    fn addresses<'a>(&mut self, r: &mut Reader<'a>, data: &Element<'a>) -> Result<(), ProtocolError> {
        while let Some(part) = r.child(data)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "aktuelAdresse" => self.record.addresses.current = self.address(r, &part)?,
                "udrejseoplysninger" => self.record.addresses.departure = Some(self.departure(r, &part)?),
                "kontaktAdresse" => self.record.addresses.contact = Some(self.contact(r, &part)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// `None` for an element without content, which the contract allows.
    fn address<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<Option<CprAddress>, ProtocolError> {
        let mut read = CprAddress::default();
        while let Some(part) = r.child(element)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "kommunekode" => read.municipality_code = self.code(r, &part, "kommunekode")?,
                "vejkode" => read.street_code = self.code(r, &part, "vejkode")?,
                "husnummer" => read.house_number = unpadded(text(r, &part)?),
                "etage" => read.floor = unpadded(text(r, &part)?).map(|t| t.to_lowercase()),
                "sidedoer" => read.door = unpadded(text(r, &part)?).map(|t| t.to_lowercase()),
                "conavn" => read.care_of = text(r, &part)?,
                "lokalitet" => read.locality = text(r, &part)?,
                "bynavn" => read.town = text(r, &part)?,
                "vejnavn" => read.street = text(r, &part)?,
                "postnummer" => read.postcode = text(r, &part)?,
                "postdistrikt" => read.district = text(r, &part)?,
                "standardadresse" => read.standard = text(r, &part)?,
                "tilflytningsdato" => {
                    read.since = self.dated(r, &part, "tilflytningsdato", xsd::date_time_day)?;
                }
                "adr1-supladr" | "adr2-supladr" | "adr3-supladr" | "adr4-supladr" | "adr5-supladr" => {
                    read.extra_lines.extend(text(r, &part)?);
                }
                _ => {}
            }
        }
        Ok(Some(read).filter(|read| *read != CprAddress::default()))
    }

    fn departure<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<Departure, ProtocolError> {
        let mut read = Departure::default();
        while let Some(part) = r.child(element)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "udrejselandekode" => read.country_code = self.code(r, &part, "udrejselandekode")?,
                "udrejsedato" => read.since = self.dated(r, &part, "udrejsedato", xsd::date_time_day)?,
                "udlandsadresse1" | "udlandsadresse2" | "udlandsadresse3" | "udlandsadresse4"
                | "udlandsadresse5" => read.lines.extend(text(r, &part)?),
                _ => {}
            }
        }
        Ok(read)
    }

    fn contact<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<ContactAddress, ProtocolError> {
        let mut read = ContactAddress::default();
        while let Some(part) = r.child(element)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "kontaktAdr1" | "kontaktAdr2" | "kontaktAdr3" | "kontaktAdr4" | "kontaktAdr5" => {
                    read.lines.extend(text(r, &part)?);
                }
                "startdato" => read.from = self.day(r, &part, "startdato")?,
                "slettedato" => read.until = self.day(r, &part, "slettedato")?,
                _ => {}
            }
        }
        Ok(read)
    }

    /// `usikkerhedDatoType` or `usikkerhedDatoTidType`: a day in `dato`, perhaps marked uncertain.
    fn dated<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
        name: &'static str,
        parse: fn(&str) -> xsd::DayRead,
    ) -> Result<Option<Dated>, ProtocolError> {
        let (mut day, mut uncertain) = (None, false);
        while let Some(part) = r.child(element)? {
            if part.ns != self.ns {
                continue;
            }
            match part.local() {
                "dato" => match parse(&r.text(&part)?) {
                    Ok(read) => day = read,
                    Err(xsd::NotADate) => self.unreadable(name, "a date of XML Schema"),
                },
                "usikkerhedsmarkering" => uncertain = text(r, &part)?.is_some(),
                _ => {}
            }
        }
        Ok(day.map(|day| Dated { day, uncertain }))
    }

    fn day<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
        name: &'static str,
    ) -> Result<Option<Day>, ProtocolError> {
        let read = xsd::date(&r.text(element)?);
        if read.is_err() {
            self.unreadable(name, "a date of XML Schema");
        }
        Ok(read.unwrap_or_default())
    }

    fn flag<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
        name: &'static str,
    ) -> Result<Option<bool>, ProtocolError> {
        let read = xsd::boolean(&r.text(element)?);
        if read.is_none() {
            self.unreadable(name, "true, false, 1 or 0");
        }
        Ok(read)
    }

    fn number<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
        name: &'static str,
    ) -> Result<Option<Cpr>, ProtocolError> {
        let read = r.text(element)?;
        let number = read.trim().parse().ok();
        if number.is_none() && !read.trim().is_empty() {
            self.unreadable(name, "a CPR number");
        }
        Ok(number)
    }

    /// A code that came as an integer, with the leading zeros it lost.
    fn code<'a>(
        &mut self,
        r: &mut Reader<'a>,
        element: &Element<'a>,
        name: &'static str,
    ) -> Result<Option<String>, ProtocolError> {
        let read = xsd::integer(&r.text(element)?).filter(|code| (0..=9999).contains(code));
        if read.is_none() {
            self.unreadable(name, "a whole number of at most four digits");
        }
        Ok(read.map(|code| format!("{code:04}")))
    }

    fn unreadable(&mut self, element: &'static str, rule: &'static str) {
        self.record.unreadable.push(Unreadable { element, rule });
    }
}

/// The text of an element without white space around; `None` when there is none.
fn text<'a>(r: &mut Reader<'a>, element: &Element<'a>) -> Result<Option<String>, ProtocolError> {
    let text = r.text(element)?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// CPR pads its fields with zeros and blanks: `001A`, `02`, ` TV`, `0003`.
fn unpadded(text: Option<String>) -> Option<String> {
    let text = text?;
    let bare = text.trim().trim_start_matches('0');
    (!bare.is_empty()).then(|| bare.to_owned())
}
