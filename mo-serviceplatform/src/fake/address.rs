//! Made-up addresses, and the address services' side of a conversation: Adressevælger, Adressevask and Datafordeler's
//! GraphQL, as far as mo asks.

use std::collections::BTreeMap;

use http::{Request, Response};
use mo_core::time::Day;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Fake, TODAY, answer, day};
use crate::address::{DarId, DarStatus};

/// A made-up address in Korsbæk: a house number and, with floor or door, a unit at it.
///
/// ```
/// use mo_serviceplatform::address::DarId;
/// use mo_serviceplatform::fake::{Fake, FakeAddress};
/// use uuid::Uuid;
///
/// let (id, house) = (DarId::new(Uuid::from_u128(1)), DarId::new(Uuid::from_u128(2)));
/// let address = FakeAddress::new(id, house, "Gamle Torv", "1").unit("2", "tv").renamed("2017-03-01".parse()?, "Torvet");
/// let fake = Fake::empty().with_address(address);
/// # let _ = fake;
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FakeAddress {
    /// The id of the unit address.
    pub id: DarId,
    /// The id of the house number.
    pub house_number_id: DarId,
    /// The street's names, oldest first.
    pub street: Vec<FakeNaming>,
    /// House number.
    pub number: String,
    /// Floor; may be empty.
    pub floor: String,
    /// Door; may be empty.
    pub door: String,
    /// From when on it is there.
    pub from: Day,
    /// From when on it is closed, if it is.
    pub closed: Option<Day>,
}

/// A name of a street from a day on.
///
/// ```
/// use mo_serviceplatform::fake::FakeNaming;
///
/// let naming = FakeNaming { from: "2017-03-01".parse()?, name: "Torvet".to_owned() };
/// assert_eq!(naming.name, "Torvet");
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct FakeNaming {
    /// The first day of the name.
    pub from: Day,
    /// The name.
    pub name: String,
}

impl FakeAddress {
    /// An address at a street that was always called so, there since 2000.
    pub fn new(id: DarId, house_number_id: DarId, street: &str, number: &str) -> FakeAddress {
        let from = day("2000-01-01");
        FakeAddress {
            id,
            house_number_id,
            street: vec![FakeNaming { from, name: street.to_owned() }],
            number: number.to_owned(),
            floor: String::new(),
            door: String::new(),
            from,
            closed: None,
        }
    }

    /// On this floor at this door.
    #[must_use]
    pub fn unit(mut self, floor: &str, door: &str) -> FakeAddress {
        (self.floor, self.door) = (floor.to_owned(), door.to_owned());
        self
    }

    /// The street renamed on this day.
    #[must_use]
    pub fn renamed(mut self, from: Day, name: &str) -> FakeAddress {
        self.street.push(FakeNaming { from, name: name.to_owned() });
        self
    }

    /// Closed from this day on.
    #[must_use]
    pub fn closed(mut self, from: Day) -> FakeAddress {
        self.closed = Some(from);
        self
    }

    fn street_on(&self, on: Day) -> &str {
        let named = self.street.iter().rev().find(|naming| naming.from <= on).or(self.street.first());
        named.map_or("", |naming| &*naming.name)
    }

    fn status_on(&self, on: Day) -> DarStatus {
        if self.closed.is_some_and(|closed| closed <= on) { DarStatus::Closed } else { DarStatus::Current }
    }

    fn access_text(&self, on: Day) -> String {
        format!("{} {}, 4999 Korsbæk", self.street_on(on), self.number)
    }

    fn text(&self, on: Day) -> String {
        let unit = match (&*self.floor, &*self.door) {
            ("", "") => return self.access_text(on),
            (floor, "") => format!("{floor}."),
            ("", door) => door.to_owned(),
            (floor, door) => format!("{floor}. {door}"),
        };
        format!("{} {}, {unit}, 4999 Korsbæk", self.street_on(on), self.number)
    }

    fn is_open(&self) -> bool {
        self.status_on(day(TODAY)) == DarStatus::Current
    }

    fn house_number_json(&self) -> Value {
        let today = day(TODAY);
        json!({
            "id_lokalid": self.house_number_id.to_string(),
            "husnummertekst": self.number,
            "adgangsadressebetegnelse": self.access_text(today),
            "vejnavn": self.street_on(today),
            "status": self.status_on(today).code().to_string(),
            "adgangspunkt": {
                "id_lokalid": street_id(self).to_string(),
                "geometri": {"type": "Point", "crs": "EPSG:25832", "coordinates": [724_434.93, 6_175_755.61]},
                "koordinater": {"x": 724_434.93, "y": 6_175_755.61},
            },
            "postnummer": {"id_lokalid": POSTCODE.to_string(), "postnr": "4999", "navn": "Korsbæk"},
            "navngivenvej": {"id_lokalid": street_id(self).to_string(), "vejnavn": self.street_on(today)},
            "navngivenvejkommunedel": {"id_lokalid": street_id(self).to_string(), "kommune": "0999", "vejkode": "0042"},
            "supplerendebynavn": {"navn": null},
        })
    }

    fn unit_json(&self) -> Value {
        let today = day(TODAY);
        json!({
            "id_lokalid": self.id.to_string(),
            "adressebetegnelse": self.text(today),
            "etagebetegnelse": Some(&*self.floor).filter(|t| !t.is_empty()),
            "doerbetegnelse": Some(&*self.door).filter(|t| !t.is_empty()),
            "status": self.status_on(today).code().to_string(),
            "husnummer": self.house_number_json(),
        })
    }
}

const POSTCODE: Uuid = Uuid::from_u128(0x4999);

/// One street for every first name.
fn street_id(address: &FakeAddress) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, address.street.first().map_or("", |n| &*n.name).as_bytes())
}

impl Fake {
    pub(super) fn answer_address(&self, http: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let query = query(http.uri().query().unwrap_or_default());
        if http.method() == http::Method::POST {
            return self.graphql(http.body(), &query);
        }
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        if get("token").len() < 10 {
            return json(401, &json!({"status": "fejl", "beskrivelse": "token mangler"}));
        }
        match http.uri().path().trim_end_matches('/') {
            "/adresser" => self.by_ids(get("id_lokalids"), "adresser"),
            "/husnumre" => self.by_ids(get("id_lokalids"), "husnumre"),
            "/adresser/soeg" => self.search(get("tekst"), false),
            "/husnumre/soeg" => self.search(get("tekst"), true),
            "/vask" => self.wash(get("adresse")),
            _ => json(404, &json!({"status": "fejl", "beskrivelse": "findes ikke"})),
        }
    }

    fn by_ids(&self, ids: &str, list: &str) -> Response<Vec<u8>> {
        let ids: Vec<&str> = ids.split(',').collect();
        let open = self.addresses.iter().filter(|address| address.is_open());
        let mut found: Vec<Value> = if list == "adresser" {
            open.filter(|a| ids.contains(&&*a.id.to_string())).map(FakeAddress::unit_json).collect()
        } else {
            open.filter(|a| ids.contains(&&*a.house_number_id.to_string()))
                .map(FakeAddress::house_number_json)
                .collect()
        };
        found.dedup_by(|a, b| a.get("id_lokalid") == b.get("id_lokalid"));
        if found.is_empty() {
            return json(404, &json!({"status": "fejl", "beskrivelse": "findes ikke"}));
        }
        json(200, &json!({"status": "ok", list: found}))
    }

    fn search(&self, text: &str, house_numbers: bool) -> Response<Vec<u8>> {
        let today = day(TODAY);
        let typed = text.to_lowercase();
        let mut hits: BTreeMap<String, Value> = BTreeMap::new();
        for address in self.addresses.iter().filter(|address| address.is_open()) {
            let (street, whole) =
                (address.street_on(today).to_lowercase(), address.text(today).to_lowercase());
            let access = address.access_text(today);
            if street.starts_with(&typed) {
                let title = address.street_on(today).to_owned();
                hits.insert(title.clone(), json!({"type": "vejnavn", "titel": title}));
            } else if access.to_lowercase().starts_with(&typed) && (house_numbers || whole != typed) {
                hits.insert(
                    access.clone(),
                    json!({"type": "husnummer", "id": address.house_number_id.to_string(), "titel": access}),
                );
            }
            let begins = whole.starts_with(typed.trim_end_matches(", 4999 korsbæk"));
            if !house_numbers && begins && !street.starts_with(&typed) {
                let title = address.text(today);
                hits.insert(
                    title.clone(),
                    json!({"type": "adresse", "id": address.id.to_string(), "titel": title,
                        "husnummerId": address.house_number_id.to_string()}),
                );
            }
        }
        json(200, &json!({"status": "ok", "fund": hits.into_values().collect::<Vec<_>>()}))
    }

    fn wash(&self, text: &str) -> Response<Vec<u8>> {
        if text.is_empty() {
            return json(400, &json!({"status": "fejl", "beskrivelse": "adresse mangler"}));
        }
        let plain = |text: &str| text.to_lowercase().replace([',', '.'], " ");
        let words = |text: &str| plain(text).split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let wanted = words(text);
        let none = |code: i64, words: &str| {
            json(
                200,
                &json!({"vaskestatus": {"kode": code, "tekst": words},
                    "vaskeresultat": {"adresse_id_lokalid": null, "adressebetegnelse": null, "status": 3}}),
            )
        };
        if !wanted.iter().any(|word| word.len() == 4 && word.bytes().all(|c| c.is_ascii_digit())) {
            return none(-300, "postnummer mangler");
        }
        let today = day(TODAY);
        for address in &self.addresses {
            let names = address.street.iter().map(|naming| naming.from.max(address.from));
            let matched = names.chain([today]).find(|on| words(&address.text(*on)) == wanted);
            if let Some(on) = matched {
                let historical = (address.text(on) != address.text(today)).then(|| address.text(on));
                return json(
                    200,
                    &json!({"vaskestatus": {"kode": 1000, "tekst": "eksakt"},
                        "vaskeresultat": {"adresse_id_lokalid": address.id.to_string(),
                            "adressebetegnelse": address.text(today),
                            "status": address.status_on(today).code(),
                            "virkningtil": address.closed.map(|d| format!("{d}T00:00:00Z"))},
                        "vaskeresultat_historisk": {"adressebetegnelse": historical}}),
                );
            }
        }
        none(-800, "vejen findes ikke i postnummeret")
    }

    /// The one form of query that mo sends: objects of one kind by id at a point of both times.
    fn graphql(&self, body: &[u8], query: &BTreeMap<String, String>) -> Response<Vec<u8>> {
        let refused = |code: &str, status| {
            json(status, &json!({"errors": [{"message": "afvist", "extensions": {"code": code}}]}))
        };
        if query.get("apiKey").is_none_or(|key| key.len() < 10) {
            return refused("DAF-AUTH-0005", 401);
        }
        let Ok(question) = serde_json::from_slice::<Value>(body) else { return refused("HC0009", 400) };
        let text = question.pointer("/query").and_then(Value::as_str).unwrap_or_default();
        let variables = question.pointer("/variables").cloned().unwrap_or_default();
        let Some(entity) = text.split_once('{').and_then(|(_, rest)| rest.split_once('(')).map(|(e, _)| e)
        else {
            return refused("HC0011", 400);
        };
        let moment = |name: &str| variables.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (Ok(valid), true) =
            (moment("valid").get(..10).unwrap_or_default().parse::<Day>(), !moment("known").is_empty())
        else {
            return refused("DAF-GQL-0009", 200);
        };
        let ids: Vec<&str> = variables
            .get("ids")
            .and_then(Value::as_array)
            .map(|ids| ids.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        if ids.len() > 100 {
            return refused("DAF-GQL-0016", 200);
        }
        let mut nodes: BTreeMap<String, Value> = BTreeMap::new();
        for address in self.addresses.iter().filter(|address| address.from <= valid) {
            for (kind, node) in address.nodes_on(valid) {
                let id = node.get("id_lokalId").and_then(Value::as_str).unwrap_or_default().to_owned();
                if kind == entity && ids.contains(&&*id) {
                    nodes.insert(id, node);
                }
            }
        }
        let nodes: Vec<Value> = nodes.into_values().collect();
        json(200, &json!({"data": {entity: {"nodes": nodes, "pageInfo": {"hasNextPage": false}}}}))
    }
}

impl FakeAddress {
    fn nodes_on(&self, on: Day) -> [(&'static str, Value); 4] {
        let status = self.status_on(on).code().to_string();
        [
            (
                "DAR_Adresse",
                json!({"id_lokalId": self.id.to_string(), "adressebetegnelse": self.text(on),
                    "etagebetegnelse": self.floor, "doerbetegnelse": self.door,
                    "husnummer": self.house_number_id.to_string(), "status": status}),
            ),
            (
                "DAR_Husnummer",
                json!({"id_lokalId": self.house_number_id.to_string(),
                    "adgangsadressebetegnelse": self.access_text(on), "husnummertekst": self.number,
                    "navngivenVej": street_id(self).to_string(), "postnummer": POSTCODE.to_string(),
                    "supplerendeBynavn": null, "vejmidte": "0999-0042", "status": status}),
            ),
            (
                "DAR_NavngivenVej",
                json!({"id_lokalId": street_id(self).to_string(), "vejnavn": self.street_on(on), "status": "3"}),
            ),
            (
                "DAR_Postnummer",
                json!({"id_lokalId": POSTCODE.to_string(), "postnr": "4999", "navn": "Korsbæk", "status": "3"}),
            ),
        ]
    }
}

fn json(status: u16, value: &Value) -> Response<Vec<u8>> {
    answer(status, "application/json", value.to_string().into_bytes())
}

/// The parameters of a URL.
fn query(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let encoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%');
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
