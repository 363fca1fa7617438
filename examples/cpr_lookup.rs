//! Looks a person up in the CPR register (SF1520) and prints what an organisation may keep as one JSON object. Follows a
//! change of number.

use std::process::ExitCode;

use mo_core::model::IdSource;
use mo_core::model::value::{Cpr, Cvr};
use mo_serviceplatform::audit::{AuditError, AuditRecord, AuditSink, Auditing, PseudonymKey};
use mo_serviceplatform::client::{ClientIdentity, Connection, ReqwestTransport, TrustedRoots};
use mo_serviceplatform::cpr::{CprService, Dated, Followed, PersonLookupExt, Version};
use mo_serviceplatform::{Call, Context};
use mo_storage::{RandomIds, SystemClock};
use serde_json::json;

const USAGE: &str =
    "usage: cpr_lookup --endpoint URL --cert PEM --ca PEM --municipality-cvr NNNNNNNN --cpr NNNNNNNNNN
                  [--version 4|5] [--show-cpr]

Looks a person up in the CPR register and prints the person as JSON. Numbers are masked unless --show-cpr.
  --cert PEM   file with the municipality's client certificate, its chain and its private key
  --ca PEM     file with the authorities that may vouch for the server; `system` for the operating system's
  --version    of the service contract; 4 unless said
The record of the look-up (who, why, how it went; the person under a pseudonym) goes to stderr.
Exit: 0 when found, 1 when not or when something failed, 2 on wrong usage.";

#[derive(Default)]
struct Arguments {
    endpoint: Option<String>,
    cert: Option<String>,
    ca: Option<String>,
    cvr: Option<String>,
    cpr: Option<String>,
    version: Option<String>,
    show: bool,
}

fn main() -> ExitCode {
    let mut given = Arguments::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let slot = match argument.as_str() {
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            "--show-cpr" => {
                given.show = true;
                continue;
            }
            "--endpoint" => &mut given.endpoint,
            "--cert" => &mut given.cert,
            "--ca" => &mut given.ca,
            "--municipality-cvr" => &mut given.cvr,
            "--cpr" => &mut given.cpr,
            "--version" => &mut given.version,
            _ => return usage("an option is not known"),
        };
        *slot = arguments.next();
        if slot.is_none() {
            return usage(&format!("{argument} needs a value"));
        }
    }
    let (Some(endpoint), Some(cert), Some(ca), Some(cvr), Some(cpr)) =
        (given.endpoint, given.cert, given.ca, given.cvr, given.cpr)
    else {
        return usage("--endpoint, --cert, --ca, --municipality-cvr and --cpr are needed");
    };
    let version = match given.version.as_deref() {
        None | Some("4") => Version::V4,
        Some("5") => Version::V5,
        Some(_) => return usage("--version is 4 or 5"),
    };
    let (cvr, cpr) = match (cvr.parse::<Cvr>(), cpr.parse::<Cpr>()) {
        (Ok(cvr), Ok(cpr)) => (cvr, cpr),
        (Err(error), _) => return usage(&error.to_string()),
        (_, Err(error)) => return usage(&error.to_string()),
    };
    match look_up(&endpoint, &cert, &ca, Context::authority(cvr), version, cpr) {
        Ok(found) => {
            println!("{:#}", shown(&found, given.show));
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

fn look_up(
    endpoint: &str,
    cert: &str,
    ca: &str,
    context: Context,
    version: Version,
    cpr: Cpr,
) -> Result<Followed, Box<dyn std::error::Error>> {
    let read = |path: &str| std::fs::read(path).map_err(|error| format!("{path}: {error}"));
    let roots = if ca == "system" { TrustedRoots::system() } else { TrustedRoots::only(&read(ca)?)? };
    let identity = ClientIdentity::from_pem(&read(cert)?)?;
    let transport = ReqwestTransport::builder().identity(identity).roots(roots).build()?;
    // A key for this run only: these records are compared with nothing. A program that keeps records keeps its key.
    let key = [RandomIds.next_id(), RandomIds.next_id()].map(uuid::Uuid::into_bytes).concat();
    let register =
        CprService::new(Connection::new(transport, SystemClock), endpoint.parse()?, version, context)
            .audited(Auditing::to(ToStderr, PseudonymKey::new(key)?));
    let call = Call::new("cpr_lookup", "example", RandomIds.next_id())?;
    Ok(register.follow(cpr, &call)?)
}

struct ToStderr;

impl AuditSink for ToStderr {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let line = serde_json::to_string(record).map_err(|error| AuditError(error.to_string()))?;
        eprintln!("{line}");
        Ok(())
    }
}

fn shown(found: &Followed, show: bool) -> serde_json::Value {
    let number = |cpr: Cpr| if show { cpr.reveal() } else { cpr.to_string() };
    let day = |dated: Option<Dated>| dated.map(|dated| dated.day.to_string());
    let record = &found.answer.record;
    let answered = found.answer.day();
    let name = record.name.as_ref().map(|name| {
        let (given, surname) = name.split();
        json!({"given": given, "surname": surname, "addressing": name.addressing, "since": day(name.since)})
    });
    // Protected addresses are not printed: this program does not know who reads its output.
    let open = record.addresses_on(answered).open();
    let address = open.and_then(|addresses| addresses.current.as_ref()).map(|home| {
        json!({"street": home.street, "house_number": home.house_number, "floor": home.floor, "door": home.door,
            "postcode": home.postcode, "district": home.district, "municipality_code": home.municipality_code,
            "street_code": home.street_code, "since": day(home.since)})
    });
    let abroad = open.and_then(|addresses| addresses.departure.as_ref()).map(
        |gone| json!({"country_code": gone.country_code, "lines": gone.lines, "since": day(gone.since)}),
    );
    json!({
        "cpr": number(found.number),
        "former_cpr": found.former.iter().copied().map(number).collect::<Vec<_>>(),
        "name": name,
        "birth_date": day(record.birth_date),
        "status": record.status.map(|status| json!({"code": status.code(), "text": status.to_string(), "since": day(record.status_since)})),
        "protected": record.is_protected_on(answered),
        "protected_period": record.protected_period(answered),
        "address": address,
        "abroad": abroad,
        "answered": found.answer.answered,
    })
}
