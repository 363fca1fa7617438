//! [`Datafordeler`]: Danmarks Adresseregister through Datafordeler's GraphQL, on both its times. An address is put
//! together from its parts as they were on the day: unit address, house number, street, postcode, town.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use http::{Method, Response};
use mo_core::quote;
use mo_core::time::{Day, Instant};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::adressevaelger::Code;
use super::{AccessKey, AddressHistory, DarAddress, DarId, DarKind, DarStatus, Resolved};
use crate::audit::Auditing;
use crate::client::{Connection, Question};
use crate::context::Call;
use crate::error::{AccessRefusal, Complaint, LookupError, ProtocolError, Service};
use crate::exchange::{JSON_LIMIT, json as read_json};
use crate::recording::{Looked, recorded};
use crate::transport::{Endpoint, Request};

/// How many ids an `in` may have (DAF-GQL-0016).
const BATCH: usize = 100;

/// Danmarks Adresseregister at Datafordeler's GraphQL endpoint, such as `https://graphql.datafordeler.dk/DAR/v3`.
///
/// A hundred addresses take five or six questions, whatever their number, because the service answers one kind of
/// object at a time (DAF-GQL-0010).
///
/// ```no_run
/// # fn example(connection: mo_serviceplatform::client::Connection) -> Result<(), Box<dyn std::error::Error>> {
/// use mo_serviceplatform::address::{AddressHistory, Datafordeler};
///
/// let register =
///     Datafordeler::new(connection, "https://graphql.datafordeler.dk/DAR/v3".parse()?, "an-api-key-of-ours".parse()?);
/// let id = "0a3f50b4-2d3a-32b8-e044-0003ba298018".parse()?;
/// let then = register.by_ids_on(&[id], "2016-05-01".parse()?, None)?;
/// # Ok(())
/// # }
/// ```
pub struct Datafordeler {
    connection: Connection,
    endpoint: Endpoint,
    key: AccessKey,
    recorded: Option<(Auditing, Call)>,
    new_key: bool,
}

impl fmt::Debug for Datafordeler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datafordeler").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A point on both time axes, as the service writes it.
struct At {
    valid: String,
    known: String,
}

impl Datafordeler {
    /// The register at `endpoint`.
    pub fn new(connection: Connection, endpoint: Endpoint, key: AccessKey) -> Datafordeler {
        Datafordeler { connection, endpoint, key, recorded: None, new_key: false }
    }

    /// Recording every question as made by `call`. Addresses are no persons, so none is refused without.
    #[must_use]
    pub fn audited(mut self, auditing: Auditing, call: Call) -> Datafordeler {
        self.recorded = Some((auditing, call));
        self
    }

    /// With a key that was made a moment ago: in its first hour the service refuses about every third question
    /// (DAF-AUTH-0005), so those are asked again like an outage. Not for longer, or a key that was withdrawn is asked by
    /// again and again.
    #[must_use]
    pub fn with_a_new_key(mut self) -> Datafordeler {
        self.new_key = true;
        self
    }

    /// The objects of one kind with these ids at a point, by id.
    fn nodes(
        &self,
        entity: &'static Entity,
        ids: &BTreeSet<DarId>,
        at: &At,
    ) -> Result<BTreeMap<DarId, Node>, LookupError> {
        let mut found: BTreeMap<DarId, Node> = BTreeMap::new();
        let ids: Vec<String> = ids.iter().map(DarId::to_string).collect();
        for chunk in ids.chunks(BATCH) {
            for node in self.ask(entity, chunk, at)? {
                let Ok(id) = node.id.parse() else { continue };
                // One version holds at a point; should there be more, the current one does.
                let current = |node: &Node| node.status() == Some(DarStatus::Current);
                match found.get(&id) {
                    Some(kept) if current(kept) || !current(&node) => {}
                    _ => drop(found.insert(id, node)),
                }
            }
        }
        Ok(found)
    }

    fn ask(&self, entity: &'static Entity, ids: &[String], at: &At) -> Result<Vec<Node>, LookupError> {
        let service = Service::Datafordeler;
        let query = format!(
            "query($ids:[String!],$valid:DafDateTime!,$known:DafDateTime!){{{}(first:1000,virkningstid:$valid,registreringstid:$known,where:{{id_lokalId:{{in:$ids}}}}){{nodes{{id_lokalId {}}}pageInfo{{hasNextPage}}}}}}",
            entity.name, entity.fields
        );
        let body = json!({
            "query": query,
            "variables": {"ids": ids, "valid": at.valid, "known": at.known},
        });
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("accept", "application/json".to_owned()),
            ("accept-encoding", "identity".to_owned()),
        ];
        let uri = self.endpoint.uri_itself(&[("apiKey", self.key.reveal())]);
        let request = Request::new(Method::POST, uri, &headers, body.to_string().into_bytes());
        let call = self.recorded.as_ref().map(|(_, call)| call);
        let look_up = || {
            let exchange = self.connection.ask(&Question {
                service,
                correlation: call.map_or(Uuid::nil(), Call::correlation),
                response_limit: JSON_LIMIT,
                passing: self.new_key.then_some(401),
                request: &request,
            });
            Looked::asked(exchange.attempts, exchange.answer.and_then(|response| read(entity, &response)))
        };
        let unrecorded = Auditing::default();
        let auditing = self.recorded.as_ref().map_or(&unrecorded, |(auditing, _)| auditing);
        recorded(auditing, &**self.connection.clock(), service, call, None, look_up)
    }
}

impl AddressHistory for Datafordeler {
    fn by_ids_on(&self, ids: &[DarId], day: Day, known: Option<Instant>) -> Result<Resolved, LookupError> {
        let known = known.unwrap_or_else(|| self.connection.clock().now());
        // Noon in UTC lies in the Danish day of the same date all year.
        let at = At { valid: format!("{day}T12:00:00Z"), known: known.to_string() };
        let asked: BTreeSet<DarId> = ids.iter().copied().collect();
        let mut units = self.nodes(&ADDRESS, &asked, &at)?;
        let mut numbers: BTreeSet<DarId> =
            asked.iter().filter(|id| !units.contains_key(id)).copied().collect();
        numbers.extend(units.values().filter_map(|unit| Node::link(unit.husnummer.as_ref())));
        let numbers = self.nodes(&HOUSE_NUMBER, &numbers, &at)?;
        let linked = |link: fn(&Node) -> Option<&String>| -> BTreeSet<DarId> {
            numbers.values().filter_map(|number| Node::link(link(number))).collect()
        };
        let streets = self.nodes(&STREET, &linked(|n| n.navngiven_vej.as_ref()), &at)?;
        let postcodes = self.nodes(&POSTCODE, &linked(|n| n.postnummer.as_ref()), &at)?;
        let towns = self.nodes(&TOWN, &linked(|n| n.supplerende_bynavn.as_ref()), &at)?;

        let mut resolved = Resolved::default();
        for id in asked {
            let (mut address, number) = if let Some(unit) = units.remove(&id) {
                let mut address = DarAddress::new(id, DarKind::UnitAddress);
                address.house_number_id = Node::link(unit.husnummer.as_ref());
                address.status = unit.status();
                address.registered_text = text(unit.adressebetegnelse);
                address.floor = text(unit.etagebetegnelse);
                address.door = text(unit.doerbetegnelse);
                let number = address.house_number_id.and_then(|id| numbers.get(&id));
                (address, number)
            } else if let Some(number) = numbers.get(&id) {
                let mut address = DarAddress::new(id, DarKind::HouseNumber);
                address.status = number.status();
                address.registered_text = text(number.adgangsadressebetegnelse.clone());
                (address, Some(number))
            } else {
                resolved.missing.insert(id);
                continue;
            };
            if let Some(number) = number {
                let part = |nodes: &BTreeMap<DarId, Node>,
                            link: Option<&String>,
                            field: fn(&Node) -> &Option<String>| {
                    Node::link(link).and_then(|id| nodes.get(&id)).and_then(|node| text(field(node).clone()))
                };
                address.house_number = text(number.husnummertekst.clone());
                address.street = part(&streets, number.navngiven_vej.as_ref(), |n| &n.vejnavn);
                address.postcode = part(&postcodes, number.postnummer.as_ref(), |n| &n.postnr);
                address.district = part(&postcodes, number.postnummer.as_ref(), |n| &n.navn);
                address.town = part(&towns, number.supplerende_bynavn.as_ref(), |n| &n.navn);
                if let Some((municipality, street)) =
                    number.vejmidte.as_deref().and_then(|v| v.split_once('-'))
                {
                    address.municipality_code = Some(format!("{municipality:0>4}"));
                    address.street_code = Some(format!("{street:0>4}"));
                }
            }
            resolved.found.insert(id, address);
        }
        Ok(resolved)
    }
}

struct Entity {
    name: &'static str,
    fields: &'static str,
}

const ADDRESS: Entity = Entity {
    name: "DAR_Adresse",
    fields: "adressebetegnelse etagebetegnelse doerbetegnelse husnummer status",
};
const HOUSE_NUMBER: Entity = Entity {
    name: "DAR_Husnummer",
    fields: "adgangsadressebetegnelse husnummertekst navngivenVej postnummer supplerendeBynavn vejmidte status",
};
const STREET: Entity = Entity { name: "DAR_NavngivenVej", fields: "vejnavn status" };
const POSTCODE: Entity = Entity { name: "DAR_Postnummer", fields: "postnr navn status" };
const TOWN: Entity = Entity { name: "DAR_SupplerendeBynavn", fields: "navn status" };

/// An object of any kind; only the fields of its kind are there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(rename = "id_lokalId")]
    id: String,
    status: Option<Code>,
    adressebetegnelse: Option<String>,
    etagebetegnelse: Option<String>,
    doerbetegnelse: Option<String>,
    husnummer: Option<String>,
    adgangsadressebetegnelse: Option<String>,
    husnummertekst: Option<String>,
    navngiven_vej: Option<String>,
    postnummer: Option<String>,
    supplerende_bynavn: Option<String>,
    vejmidte: Option<String>,
    vejnavn: Option<String>,
    postnr: Option<String>,
    navn: Option<String>,
}

impl Node {
    fn status(&self) -> Option<DarStatus> {
        self.status.as_ref().and_then(Code::status)
    }

    fn link(id: Option<&String>) -> Option<DarId> {
        id.and_then(|id| id.parse().ok())
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Option<BTreeMap<String, Option<Connected>>>,
    #[serde(default)]
    errors: Vec<GraphError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connected {
    #[serde(default)]
    nodes: Vec<Node>,
    #[serde(default)]
    page_info: PageInfo,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    #[serde(default)]
    has_next_page: bool,
}

#[derive(Deserialize)]
struct GraphError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    code: Option<String>,
}

/// The objects in an answer. Errors may come with any status, 200 among them, and without data or with some.
fn read(entity: &Entity, response: &Response<Vec<u8>>) -> Result<Vec<Node>, LookupError> {
    let service = Service::Datafordeler;
    let answer: Answer = read_json(service, response, &[400])?;
    if let Some(error) = answer.errors.first() {
        let code = error.extensions.as_ref().and_then(|e| e.code.as_deref()).unwrap_or_default();
        if code.starts_with("DAF-AUTH") {
            return Err(LookupError::NoAccess { service, refusal: AccessRefusal::Status(401) });
        }
        let message = quote(format!("{code} {}", error.message).trim());
        return Err(LookupError::BadRequest { service, complaint: Complaint::Message(message) });
    }
    let strange = |what: &str| LookupError::Protocol {
        service,
        error: ProtocolError::Json(format!("{what} {}", entity.name)),
    };
    let found = answer.data.and_then(|mut data| data.remove(entity.name)).flatten();
    let found = found.ok_or_else(|| strange("it has no"))?;
    if found.page_info.has_next_page {
        // A hundred ids have far less than a page of versions at one point, so this is not what was asked for.
        return Err(strange("it has more pages of"));
    }
    Ok(found.nodes)
}

fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
