//! Made-up persons and SF1520's side of a conversation about them: the question judged, the answer written. The answer
//! has what a real one has besides (relatives, civil status, notes), so that a reader that keeps it is found out.

use http::Request;
use mo_core::model::value::Cpr;
use mo_core::time::Day;

use super::{NAMESPACES, Strictness, check_headers, day};
use crate::cpr::{Protection, Status, Version};
use crate::soap::{Element, Ns, Out, Reader, SOAP, XmlError, XmlLimits, envelope};

/// A made-up person. `Debug` shows everything, for nothing of it is real.
///
/// ```
/// use mo_serviceplatform::cpr::Status;
/// use mo_serviceplatform::fake::{Fake, FakePerson};
///
/// let person = FakePerson::new("0101505000".parse()?, "Agnes", "Eksempel")
///     .status(Status::Emigrated, "2025-06-01".parse()?)
///     .abroad(5120, "Exempelgatan 1, Malmö");
/// let fake = Fake::empty().with_person(person);
/// # let _ = fake;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FakePerson {
    /// The number.
    pub number: Cpr,
    /// The number now, if it is another.
    pub current_number: Option<Cpr>,
    /// Given name.
    pub given: String,
    /// Middle name; may be empty.
    pub middle: String,
    /// Surname.
    pub surname: String,
    /// Since when the name holds.
    pub name_since: Option<Day>,
    /// Birth date.
    pub born: Day,
    /// Status.
    pub status: Status,
    /// Since when the status holds.
    pub status_since: Option<Day>,
    /// Name-and-address protection; absent when the answer is silent about it.
    pub protection: Option<Protection>,
    /// Where the person lives.
    pub home: Option<FakeHome>,
    /// The country left for, and the address there.
    pub abroad: Option<(u16, String)>,
}

/// Where a made-up person lives.
///
/// ```
/// use mo_serviceplatform::fake::FakePerson;
///
/// let mut person = FakePerson::new("0101505000".parse()?, "Agnes", "Eksempel");
/// if let Some(home) = &mut person.home {
///     home.number = "012B".to_owned();
/// }
/// # Ok::<(), mo_core::model::value::CprError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct FakeHome {
    /// Street.
    pub street: String,
    /// Street code.
    pub street_code: u16,
    /// House number as CPR pads it, such as `012B`.
    pub number: String,
    /// Floor as CPR pads it, such as `02`; may be empty.
    pub floor: String,
    /// Door; may be empty.
    pub door: String,
}

impl FakePerson {
    /// A resident of Korsbæk with a name in two parts, born 1 May 1980, not protected.
    pub fn new(number: Cpr, given: &str, surname: &str) -> FakePerson {
        FakePerson {
            number,
            current_number: None,
            given: given.to_owned(),
            middle: String::new(),
            surname: surname.to_owned(),
            name_since: Some(day("1980-05-01")),
            born: day("1980-05-01"),
            status: Status::Resident,
            status_since: Some(day("1980-05-01")),
            protection: None,
            home: Some(FakeHome {
                street: "Torvet".to_owned(),
                street_code: 42,
                number: "001".to_owned(),
                floor: "02".to_owned(),
                door: "tv".to_owned(),
            }),
            abroad: None,
        }
    }

    /// With this status, since then.
    #[must_use]
    pub fn status(mut self, status: Status, since: Day) -> FakePerson {
        self.status = status;
        self.status_since = Some(since);
        self
    }

    /// Protected in this way.
    #[must_use]
    pub fn protected(mut self, protection: Protection) -> FakePerson {
        self.protection = Some(protection);
        self
    }

    /// With another number now.
    #[must_use]
    pub fn renumbered(mut self, current: Cpr) -> FakePerson {
        self.current_number = Some(current);
        self
    }

    /// Without a home.
    #[must_use]
    pub fn homeless(mut self) -> FakePerson {
        self.home = None;
        self
    }

    /// Gone abroad.
    #[must_use]
    pub fn abroad(mut self, country: u16, line: &str) -> FakePerson {
        self.home = None;
        self.abroad = Some((country, line.to_owned()));
        self
    }

    pub(super) fn answer(&self, version: Version) -> Vec<u8> {
        envelope(|out| {
            out.element("c:PersonLookupResponse", &[("xmlns:c", version.namespace())], |out| {
                out.element("c:persondata", &[], |out| self.write_data(out));
                if self.home.is_some() || self.abroad.is_some() {
                    out.element("c:adresse", &[], |out| self.write_address(out));
                }
                out.element("c:relationer", &[], |out| {
                    out.element("c:mor", &[], |out| out.leaf("c:personnummer", RELATIVE));
                });
                out.element("c:notater", &[], |out| out.leaf("c:notatlinie", "et notat"));
            });
        })
    }

    fn write_data(&self, out: &mut Out) {
        out.leaf("c:personnummer", &self.number.reveal());
        out.leaf("c:gaeldendePersonnummer", &self.current_number.unwrap_or(self.number).reveal());
        out.element("c:navn", &[], |out| {
            let parts = [&*self.given, &*self.middle, &*self.surname];
            let full: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            out.leaf("c:personadresseringsnavn", &full.join(" "));
            out.leaf("c:fornavn", &self.given);
            out.optional("c:mellemnavn", Some(&*self.middle).filter(|m| !m.is_empty()));
            out.leaf("c:efternavn", &self.surname);
            moment(out, "c:navnestartdato", self.name_since);
        });
        out.element("c:foedselsdato", &[], |out| out.leaf("c:dato", &self.born.to_string()));
        out.leaf("c:alder", "46");
        out.leaf("c:koen", "K");
        out.leaf("c:antalBoernUnder18", "1");
        out.element("c:status", &[], |out| {
            out.leaf("c:status", &self.status.code().to_string());
            moment(out, "c:statusdato", self.status_since);
        });
        out.element("c:civilstand", &[], |out| out.leaf("c:civilstand", "G"));
        if let Some(protection) = self.protection {
            out.element("c:adressebeskyttelse", &[], |out| {
                out.optional("c:startdato", protection.from.map(|d| d.to_string()).as_deref());
                out.optional("c:slutdato", protection.until.map(|d| d.to_string()).as_deref());
                out.optional("c:beskyttet", protection.flag.map(|f| f.to_string()).as_deref());
            });
        }
    }

    fn write_address(&self, out: &mut Out) {
        if let Some(home) = &self.home {
            out.element("c:aktuelAdresse", &[], |out| {
                out.leaf("c:kommunekode", "999");
                out.leaf("c:vejkode", &home.street_code.to_string());
                out.leaf("c:husnummer", &home.number);
                out.optional("c:etage", Some(&*home.floor).filter(|t| !t.is_empty()));
                out.optional("c:sidedoer", Some(&*home.door).filter(|t| !t.is_empty()));
                out.leaf("c:postnummer", "4999");
                out.leaf("c:postdistrikt", "Korsbæk");
                out.leaf("c:vejnavn", &home.street);
                out.leaf("c:adr1-supladr", "");
            });
        }
        if let Some((country, line)) = &self.abroad {
            out.element("c:udrejseoplysninger", &[], |out| {
                out.leaf("c:udrejselandekode", &country.to_string());
                moment(out, "c:udrejsedato", self.status_since);
                out.leaf("c:udlandsadresse1", line);
            });
        }
    }
}

/// A number that must never be kept: a relative's.
const RELATIVE: &str = "3112505999";

fn moment(out: &mut Out, name: &'static str, day: Option<Day>) {
    if let Some(day) = day {
        out.element(name, &[], |out| out.leaf("c:dato", &format!("{day}T12:00:00")));
    }
}

/// A question about a person.
pub(super) struct Asked {
    pub(super) version: Version,
    pub(super) number: Cpr,
}

const CALL: Ns = Ns::at(2);
const AUTHORITY: Ns = Ns::at(3);
const INVOCATION: Ns = Ns::at(4);
const PNR: Ns = Ns::at(5);
const V4: Ns = Ns::at(6);
const V5: Ns = Ns::at(7);

impl Asked {
    /// `Ok(None)` when the question is to another service.
    pub(super) fn read(
        http: &Request<Vec<u8>>,
        strictness: Strictness,
    ) -> Result<Option<Asked>, &'static str> {
        let malformed = |_: XmlError| "the question is not well-formed";
        let mut r = Reader::new(http.body(), NAMESPACES, XmlLimits::default()).map_err(malformed)?;
        let payload = payload(&mut r)?;
        let version = match payload.name() {
            (V4, "PersonLookupRequest") => Version::V4,
            (V5, "PersonLookupRequest") => Version::V5,
            _ => return Ok(None),
        };
        if strictness == Strictness::Strict {
            check_headers(http, &format!("{}PersonLookup", version.namespace()))?;
        }
        // The sequence of the schema: each at most once, the number exactly once and last.
        let mut contexts = Contexts::default();
        let mut number = None;
        while let Some(part) = r.child(&payload).map_err(malformed)? {
            if number.is_some() {
                return Err("nothing follows PNR");
            }
            if part.name() == (PNR, "PNR") {
                let text = r.text(&part).map_err(malformed)?.into_owned();
                number = Some(text.parse().map_err(|_| "PNR must be ten digits")?);
            } else {
                contexts.take(&mut r, &part, strictness)?;
            }
        }
        let number = number.ok_or("PNR is missing")?;
        Ok(Some(Asked { version, number }))
    }
}

/// The payload of the envelope.
pub(super) fn payload<'a>(r: &mut Reader<'a>) -> Result<Element<'a>, &'static str> {
    let malformed = |_: XmlError| "the question is not well-formed";
    let root = r.root().map_err(malformed)?;
    if root.name() != (SOAP, "Envelope") {
        return Err("the question is not in a SOAP 1.1 envelope");
    }
    while let Some(part) = r.child(&root).map_err(malformed)? {
        if part.name() == (SOAP, "Body") {
            return r.child(&part).map_err(malformed)?.ok_or("the SOAP body is empty");
        }
    }
    Err("the question has no SOAP body")
}

/// The contexts of a question, in their order.
#[derive(Default)]
pub(super) struct Contexts {
    stage: u8,
    rights: u8,
}

impl Contexts {
    pub(super) fn take<'a>(
        &mut self,
        r: &mut Reader<'a>,
        part: &Element<'a>,
        strictness: Strictness,
    ) -> Result<(), &'static str> {
        let malformed = |_: XmlError| "the question is not well-formed";
        let stage = match part.name() {
            (CALL, "CallContext") => 1,
            (AUTHORITY, "AuthorityContext") => 2,
            (INVOCATION, "InvocationContext") => 3,
            _ => return Err("an element does not belong here"),
        };
        if stage <= self.stage {
            return Err("the contexts are out of order");
        }
        self.stage = stage;
        let mut values = Vec::new();
        while let Some(inner) = r.child(part).map_err(malformed)? {
            if inner.ns != part.ns {
                return Err("a context holds an element of another namespace");
            }
            let name = inner.local().to_owned();
            values.push((name, r.text(&inner).map_err(malformed)?.into_owned()));
        }
        match stage {
            2 => {
                let [(name, cvr)] = &*values else { return Err("AuthorityContext holds MunicipalityCVR") };
                if name != "MunicipalityCVR" || cvr.len() != 8 || !cvr.bytes().all(|c| c.is_ascii_digit()) {
                    return Err("MunicipalityCVR is eight digits");
                }
                self.rights += 1;
            }
            3 => {
                for wanted in ["ServiceAgreementUUID", "UserSystemUUID", "UserUUID", "ServiceUUID"] {
                    let good = values.iter().any(|(name, id)| name == wanted && is_lower_uuid(id));
                    if !good {
                        return Err("InvocationContext holds four UUIDs in lower case");
                    }
                }
                self.rights += 1;
            }
            _ if values.iter().any(|(_, text)| text.chars().count() > 255) => {
                return Err("a text of CallContext has at most 255 characters");
            }
            _ => {}
        }
        if strictness == Strictness::Strict && self.rights > 1 {
            return Err("there are two contexts");
        }
        Ok(())
    }
}

fn is_lower_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
        })
}
