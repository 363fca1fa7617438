//! [`Adressevaelger`]: the address services of Klimadatastyrelsen, `https://adressevaelger.dk`: by id in batches, search,
//! and washing. Current addresses only; history is Datafordeler's.

use std::collections::BTreeSet;
use std::fmt;

use http::{Method, Response};
use mo_core::quote;
use serde::Deserialize;
use uuid::Uuid;

use super::wash::WashAnswer;
use super::{
    AccessKey, AddressLookup, DarAddress, DarId, DarKind, DarStatus, Resolved, Search, Suggestion, Utm32,
    Washed,
};
use crate::audit::Auditing;
use crate::client::{Cache, CacheLimits, Connection, Kept, Question};
use crate::context::Call;
use crate::error::{Complaint, LookupError, Service};
use crate::exchange::{JSON_LIMIT, json as read_json};
use crate::recording::{Looked, recorded};
use crate::transport::{Endpoint, Request};
use crate::zone::danish_day;

/// How many characters of a search are sent; Klimadatastyrelsen's own component sends no more.
const LONGEST_SEARCH: usize = 73;

/// How many ids go into one question; a head of more than 16 KB is refused with status 431.
const BATCH: usize = 100;

/// Adressevælger and Adressevask at an endpoint. Answers by id may be kept in memory.
///
/// ```no_run
/// # fn example(connection: mo_serviceplatform::client::Connection) -> Result<(), Box<dyn std::error::Error>> {
/// use mo_serviceplatform::address::{AccessKey, AddressLookup, Adressevaelger, Search};
///
/// let addresses = Adressevaelger::new(
///     connection,
///     "https://adressevaelger.dk".parse()?,
///     AccessKey::adressevaelger_demo(),
/// );
/// for suggestion in addresses.search(&Search::new("Rådhuspladsen 1"))? {
///     println!("{}", suggestion.title());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Adressevaelger {
    connection: Connection,
    endpoint: Endpoint,
    key: AccessKey,
    recorded: Option<(Auditing, Call)>,
    cache: Option<Cache<DarAddress>>,
}

impl fmt::Debug for Adressevaelger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adressevaelger").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Adressevaelger {
    /// The service at `endpoint`, such as `https://adressevaelger.dk`.
    pub fn new(connection: Connection, endpoint: Endpoint, key: AccessKey) -> Adressevaelger {
        Adressevaelger { connection, endpoint, key, recorded: None, cache: None }
    }

    /// Recording every question as made by `call`. Addresses are no persons, so none is refused without.
    #[must_use]
    pub fn audited(mut self, auditing: Auditing, call: Call) -> Adressevaelger {
        self.recorded = Some((auditing, call));
        self
    }

    /// Keeping answers by id for a while in memory.
    #[must_use]
    pub fn cached(mut self, limits: CacheLimits) -> Adressevaelger {
        self.cache = Some(Cache::new(limits));
        self
    }

    fn ask<T>(
        &self,
        service: Service,
        path: &str,
        query: &[(&str, &str)],
        read: impl FnOnce(&Response<Vec<u8>>) -> Result<T, LookupError>,
    ) -> Result<T, LookupError> {
        let query: Vec<_> =
            std::iter::once(("token", self.key.reveal())).chain(query.iter().copied()).collect();
        let headers = [("accept", "application/json".to_owned()), ("accept-encoding", "identity".to_owned())];
        let request = Request::new(Method::GET, self.endpoint.uri(path, &query), &headers, Vec::new());
        let call = self.recorded.as_ref().map(|(_, call)| call);
        let look_up = || {
            let exchange = self.connection.ask(&Question {
                service,
                correlation: call.map_or(Uuid::nil(), Call::correlation),
                response_limit: JSON_LIMIT,
                passing: None,
                request: &request,
            });
            Looked::asked(exchange.attempts, exchange.answer.and_then(|response| read(&response)))
        };
        let unrecorded = Auditing::default();
        let auditing = self.recorded.as_ref().map_or(&unrecorded, |(auditing, _)| auditing);
        recorded(auditing, &**self.connection.clock(), service, call, None, look_up)
    }

    /// One batch of one kind; those not there are left out.
    fn batch(&self, ids: &[DarId], kind: DarKind) -> Result<Vec<DarAddress>, LookupError> {
        let list = ids.iter().map(DarId::to_string).collect::<Vec<_>>().join(",");
        let path = match kind {
            DarKind::UnitAddress => "/adresser",
            DarKind::HouseNumber => "/husnumre",
        };
        let service = Service::Adressevaelger;
        self.ask(service, path, &[("id_lokalids", &list)], |response| {
            if response.status() == 404 {
                return Ok(Vec::new());
            }
            let answer: Answer = read_json(service, response, &[])?;
            answer.checked(service)?;
            let units = answer.adresser.into_iter().filter_map(UnitAddress::read);
            let numbers = answer.husnumre.into_iter().filter_map(HouseNumber::read_alone);
            Ok(units.chain(numbers).collect())
        })
    }

    fn kept(&self, id: DarId) -> Option<Kept<DarAddress>> {
        self.cache.as_ref()?.get(&cache_key(id), self.connection.clock().now())
    }

    fn keep(&self, id: DarId, address: Option<&DarAddress>) {
        if let Some(cache) = &self.cache {
            cache.put(
                cache_key(id),
                address.cloned().map_or(Kept::Missing, Kept::Found),
                self.connection.clock().now(),
            );
        }
    }
}

fn cache_key(id: DarId) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().zip(id.uuid().into_bytes()).for_each(|(to, from)| *to = from);
    key
}

impl AddressLookup for Adressevaelger {
    fn by_ids(&self, ids: &[DarId]) -> Result<Resolved, LookupError> {
        let mut resolved = Resolved::default();
        let mut open = BTreeSet::new();
        for id in ids {
            match self.kept(*id) {
                Some(Kept::Found(address)) => drop(resolved.found.insert(*id, address)),
                Some(Kept::Missing) => drop(resolved.missing.insert(*id)),
                None => drop(open.insert(*id)),
            }
        }
        // An id does not tell what it names; most name unit addresses.
        for kind in [DarKind::UnitAddress, DarKind::HouseNumber] {
            let asked: Vec<DarId> = open.iter().copied().collect();
            for chunk in asked.chunks(BATCH) {
                for address in self.batch(chunk, kind)? {
                    if open.remove(&address.id) {
                        self.keep(address.id, Some(&address));
                        resolved.found.insert(address.id, address);
                    }
                }
            }
        }
        for id in open {
            self.keep(id, None);
            resolved.missing.insert(id);
        }
        Ok(resolved)
    }

    fn search(&self, search: &Search) -> Result<Vec<Suggestion>, LookupError> {
        let text = search.text.trim();
        if text.chars().count() < 2 {
            return Ok(Vec::new());
        }
        let text =
            text.char_indices().nth(LONGEST_SEARCH).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
        let path = match search.kind {
            DarKind::UnitAddress => "/adresser/soeg",
            DarKind::HouseNumber => "/husnumre/soeg",
        };
        let limit = search.limit.to_string();
        let mut query = vec![("tekst", text), ("maksimum", &limit)];
        query.extend(search.municipality_code.as_deref().map(|code| ("kommuneKode", code)));
        query.extend(search.postcode.as_deref().map(|code| ("postnummer", code)));
        if search.preliminary {
            query.push(("medtagForeloebige", "true"));
        }
        let service = Service::Adressevaelger;
        self.ask(service, path, &query, |response| {
            let answer: Answer = read_json(service, response, &[])?;
            answer.checked(service)?;
            Ok(answer.fund.into_iter().map(Hit::read).collect())
        })
    }

    fn wash(&self, text: &str) -> Result<Washed, LookupError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Washed::nothing());
        }
        let service = Service::Adressevask;
        let today = danish_day(self.connection.clock().now());
        self.ask(service, "/vask/", &[("adresse", text)], |response| {
            Ok(read_json::<WashAnswer>(service, response, &[])?.judge(today))
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    status: String,
    #[serde(default)]
    beskrivelse: Option<String>,
    #[serde(default)]
    adresser: Vec<UnitAddress>,
    #[serde(default)]
    husnumre: Vec<HouseNumber>,
    #[serde(default)]
    fund: Vec<Hit>,
}

impl Answer {
    fn checked(&self, service: Service) -> Result<(), LookupError> {
        if self.status == "fejl" {
            let message = quote(self.beskrivelse.as_deref().unwrap_or("fejl"));
            return Err(LookupError::BadRequest { service, complaint: Complaint::Message(message) });
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct UnitAddress {
    id_lokalid: String,
    adressebetegnelse: Option<String>,
    etagebetegnelse: Option<String>,
    doerbetegnelse: Option<String>,
    status: Option<Code>,
    husnummer: Option<HouseNumber>,
}

impl UnitAddress {
    fn read(self) -> Option<DarAddress> {
        let mut address = DarAddress::new(self.id_lokalid.parse().ok()?, DarKind::UnitAddress);
        address.registered_text = text(self.adressebetegnelse);
        address.floor = text(self.etagebetegnelse);
        address.door = text(self.doerbetegnelse);
        address.status = self.status.as_ref().and_then(Code::status);
        if let Some(number) = self.husnummer {
            address.house_number_id = number.id_lokalid.parse().ok();
            number.fill(&mut address);
        }
        Some(address)
    }
}

#[derive(Deserialize)]
struct HouseNumber {
    id_lokalid: String,
    husnummertekst: Option<String>,
    adgangsadressebetegnelse: Option<String>,
    vejnavn: Option<String>,
    status: Option<Code>,
    adgangspunkt: Option<AccessPoint>,
    postnummer: Option<Postcode>,
    navngivenvej: Option<NamedStreet>,
    navngivenvejkommunedel: Option<StreetPart>,
    supplerendebynavn: Option<Town>,
}

impl HouseNumber {
    fn read_alone(self) -> Option<DarAddress> {
        let mut address = DarAddress::new(self.id_lokalid.parse().ok()?, DarKind::HouseNumber);
        address.status = self.status.as_ref().and_then(Code::status);
        address.registered_text = text(self.adgangsadressebetegnelse.clone());
        self.fill(&mut address);
        Some(address)
    }

    fn fill(self, address: &mut DarAddress) {
        address.house_number = text(self.husnummertekst);
        address.street = text(self.vejnavn).or_else(|| text(self.navngivenvej.and_then(|s| s.vejnavn)));
        if let Some(postcode) = self.postnummer {
            address.postcode = text(postcode.postnr);
            address.district = text(postcode.navn);
        }
        if let Some(part) = self.navngivenvejkommunedel {
            address.municipality_code = text(part.kommune);
            address.street_code = text(part.vejkode);
        }
        address.town = text(self.supplerendebynavn.and_then(|town| town.navn));
        address.position = self.adgangspunkt.and_then(AccessPoint::place);
    }
}

#[derive(Deserialize)]
struct AccessPoint {
    geometri: Option<Geometry>,
    koordinater: Option<Coordinates>,
}

impl AccessPoint {
    fn place(self) -> Option<Utm32> {
        if let Some([east, north, ..]) = self.geometri.as_ref().map(|g| g.coordinates.as_slice()) {
            return Utm32::known(*east, *north);
        }
        self.koordinater.and_then(|point| Utm32::known(point.x?, point.y?))
    }
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(default)]
    coordinates: Vec<f64>,
}

#[derive(Deserialize)]
struct Coordinates {
    x: Option<f64>,
    y: Option<f64>,
}

#[derive(Deserialize)]
struct Postcode {
    postnr: Option<String>,
    navn: Option<String>,
}

#[derive(Deserialize)]
struct NamedStreet {
    vejnavn: Option<String>,
}

#[derive(Deserialize)]
struct StreetPart {
    kommune: Option<String>,
    vejkode: Option<String>,
}

#[derive(Deserialize)]
struct Town {
    navn: Option<String>,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "type", default)]
    kind: String,
    id: Option<String>,
    #[serde(default)]
    titel: String,
    #[serde(rename = "husnummerId")]
    house_number: Option<String>,
}

impl Hit {
    /// What is not known to be an address is searched for again, which does no harm.
    fn read(self) -> Suggestion {
        let id = self.id.and_then(|id| id.parse().ok());
        match (&*self.kind, id) {
            ("adresse", Some(id)) => Suggestion::Address {
                id,
                house_number: self.house_number.and_then(|id| id.parse().ok()),
                title: self.titel,
            },
            ("husnummer", Some(id)) => Suggestion::HouseNumber { id, title: self.titel },
            _ => Suggestion::Narrower { title: self.titel },
        }
    }
}

/// A status, a text in look-ups and a number in Adressevask.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Code {
    Number(i64),
    Text(String),
}

impl Code {
    pub(super) fn status(&self) -> Option<DarStatus> {
        match self {
            Code::Number(code) => Some(DarStatus::from_code(*code)),
            Code::Text(text) => text.trim().parse().ok().map(DarStatus::from_code),
        }
    }
}

/// A text that is there and not empty.
fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
