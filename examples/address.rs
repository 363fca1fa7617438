//! Looks up addresses: by id, as they read on a day, by search, or from a text. Prints JSON.

use std::process::ExitCode;

use mo_core::time::Day;
use mo_serviceplatform::address::{
    AccessKey, AddressHistory, AddressLookup, AddressLookupExt, Adressevaelger, DarAddress, DarId, DarKind,
    Datafordeler, Search, Suggestion, Washed,
};
use mo_serviceplatform::client::{Connection, Endpoint, ReqwestTransport, TrustedRoots};
use mo_storage::SystemClock;
use serde_json::{Value, json};

const USAGE: &str = "usage: address --endpoint URL (--id UUID | --search TEXT | --wash TEXT) [--on DAY] [--key KEY] [--ca PEM]

Looks up addresses of Danmarks Adresseregister and prints JSON.
  --id UUID      a unit address or house number; with --on as it read on that day
  --search TEXT  what the text may become, one suggestion a line
  --wash TEXT    the one address the text means, if that is safe to say
  --endpoint     of Adressevælger (https://adressevaelger.dk); with --on of Datafordeler's GraphQL
                 (https://graphql.datafordeler.dk/DAR/v3)
  --key KEY      token or API key; Adressevælger's public one unless said
  --ca PEM       file with the authorities that may vouch for the server; the operating system's unless said
Exit: 0 when found, 1 when not or when something failed, 2 on wrong usage.";

enum Ask {
    Id(DarId),
    Search(String),
    Wash(String),
}

fn main() -> ExitCode {
    let (mut endpoint, mut ask, mut on, mut key, mut ca) = (None, None, None, None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if matches!(argument.as_str(), "--help" | "-h") {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        let Some(value) = arguments.next() else { return usage(&format!("{argument} needs a value")) };
        let taken = match argument.as_str() {
            "--endpoint" => {
                value.parse().map(|url: Endpoint| endpoint = Some(url)).map_err(|e| e.to_string())
            }
            "--id" => value.parse().map(|id| ask = Some(Ask::Id(id))).map_err(|e| e.to_string()),
            "--search" => Ok(ask = Some(Ask::Search(value))),
            "--wash" => Ok(ask = Some(Ask::Wash(value))),
            "--on" => value.parse().map(|day: Day| on = Some(day)).map_err(|e| e.to_string()),
            "--key" => value.parse().map(|given: AccessKey| key = Some(given)).map_err(|e| e.to_string()),
            "--ca" => Ok(ca = Some(value)),
            unknown => Err(format!("unknown option {unknown}")),
        };
        if let Err(problem) = taken {
            return usage(&problem);
        }
    }
    let (Some(endpoint), Some(ask)) = (endpoint, ask) else {
        return usage("--endpoint and one of --id, --search and --wash are needed");
    };
    if on.is_some() && !matches!(ask, Ask::Id(_)) {
        return usage("--on goes with --id");
    }
    match answer(endpoint, &ask, on, key, ca.as_deref()) {
        Ok(lines) if lines.is_empty() => {
            eprintln!("nothing found");
            ExitCode::from(1)
        }
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(2)
}

fn answer(
    endpoint: Endpoint,
    ask: &Ask,
    on: Option<Day>,
    key: Option<AccessKey>,
    ca: Option<&str>,
) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let roots = match ca {
        Some(path) => TrustedRoots::only(&std::fs::read(path).map_err(|error| format!("{path}: {error}"))?)?,
        None => TrustedRoots::system(),
    };
    let connection = Connection::new(ReqwestTransport::builder().roots(roots).build()?, SystemClock);
    if let (Ask::Id(id), Some(day)) = (ask, on) {
        let key = key.ok_or("Datafordeler has no public key: give yours with --key")?;
        let resolved = Datafordeler::new(connection, endpoint, key).by_ids_on(&[*id], day, None)?;
        return Ok(resolved.found.values().map(shown).collect());
    }
    let addresses =
        Adressevaelger::new(connection, endpoint, key.unwrap_or_else(AccessKey::adressevaelger_demo));
    Ok(match ask {
        Ask::Id(id) => vec![shown(&addresses.by_id(*id)?)],
        Ask::Search(text) => addresses.search(&Search::new(text))?.iter().map(suggested).collect(),
        Ask::Wash(text) => match addresses.wash(text)? {
            Washed::Accepted { id, text, historical_text, .. } => {
                vec![json!({"id": id, "text": text, "historical_text": historical_text})]
            }
            other => {
                eprintln!("not safe to take: {other:?}");
                Vec::new()
            }
        },
    })
}

fn suggested(suggestion: &Suggestion) -> Value {
    let kind = match suggestion {
        Suggestion::Address { .. } => "address",
        Suggestion::HouseNumber { .. } => "house_number",
        _ => "search_again",
    };
    json!({"kind": kind, "id": suggestion.id(), "text": suggestion.title()})
}

fn shown(address: &DarAddress) -> Value {
    let place = address.position.map(|place| place.wgs84());
    json!({
        "id": address.id,
        "kind": if address.kind == DarKind::UnitAddress { "address" } else { "house_number" },
        "text": address.text(),
        "status": address.status.map(|status| status.code()),
        "municipality_code": address.municipality_code,
        "street_code": address.street_code,
        "street": address.street,
        "house_number": address.house_number,
        "floor": address.floor,
        "door": address.door,
        "town": address.town,
        "postcode": address.postcode,
        "district": address.district,
        "latitude": place.map(|place| place.latitude),
        "longitude": place.map(|place| place.longitude),
    })
}
