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

struct Wanted {
    endpoint: Endpoint,
    ask: Ask,
    on: Option<Day>,
    key: Option<AccessKey>,
    ca: Option<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let wanted = match wanted(&arguments) {
        Ok(wanted) => wanted,
        Err(problem) => return usage(&problem.to_string()),
    };
    match answer(wanted) {
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

fn wanted(arguments: &[String]) -> Result<Wanted, Box<dyn std::error::Error>> {
    let (mut endpoint, mut ask, mut on, mut key, mut ca) = (None, None, None, None, None);
    for pair in arguments.chunks(2) {
        let [option, value] = pair else { return Err("every option needs a value".into()) };
        match option.as_str() {
            "--endpoint" => endpoint = Some(value.parse()?),
            "--id" => ask = Some(Ask::Id(value.parse()?)),
            "--search" => ask = Some(Ask::Search(value.clone())),
            "--wash" => ask = Some(Ask::Wash(value.clone())),
            "--on" => on = Some(value.parse()?),
            "--key" => key = Some(value.parse()?),
            "--ca" => ca = Some(value.clone()),
            _ => return Err("an option is not known".into()),
        }
    }
    let endpoint = endpoint.ok_or("--endpoint is needed")?;
    let ask = ask.ok_or("one of --id, --search and --wash is needed")?;
    if on.is_some() && !matches!(ask, Ask::Id(_)) {
        return Err("--on goes with --id".into());
    }
    Ok(Wanted { endpoint, ask, on, key, ca })
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(2)
}

fn answer(wanted: Wanted) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let Wanted { endpoint, ask, on, key, ca } = wanted;
    let roots = match ca {
        Some(path) => TrustedRoots::only(&std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?)?,
        None => TrustedRoots::system(),
    };
    let connection = Connection::new(ReqwestTransport::builder().roots(roots).build()?, SystemClock);
    if let (Ask::Id(id), Some(day)) = (&ask, on) {
        let key = key.ok_or("Datafordeler has no public key: give yours with --key")?;
        let resolved = Datafordeler::new(connection, endpoint, key).by_ids_on(&[*id], day, None)?;
        return Ok(resolved.found.values().map(shown).collect());
    }
    let addresses =
        Adressevaelger::new(connection, endpoint, key.unwrap_or_else(AccessKey::adressevaelger_demo));
    Ok(match ask {
        Ask::Id(id) => vec![shown(&addresses.by_id(id)?)],
        Ask::Search(text) => addresses.search(&Search::new(text))?.iter().map(suggested).collect(),
        Ask::Wash(text) => match addresses.wash(&text)? {
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
