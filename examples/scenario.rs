//! Runs scenario files and prints one JSON line per answer. See `mo_core::scenario` for the format.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use mo_core::registry::Registry;
use mo_core::scenario::Scenario;
use mo_core::time::{Instant, Revision, SteppingClock};

const USAGE: &str = "usage: scenario [--store PATH|memory:|postgres:URL[#registry]] FILE…

Runs each FILE on a fresh, empty registry and prints one JSON line per step.
With several FILEs and a store, the second runs in PATH-2 (a server's registry-2), the third in PATH-3, and so on.
Exit: 0 when all steps ran, 1 when an `expect` failed or a file is malformed, 2 on wrong usage.";

fn main() -> ExitCode {
    let mut store = "memory:".to_owned();
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            "--store" => match arguments.next() {
                Some(place) => store = place,
                None => return usage("--store needs a place"),
            },
            unknown if unknown.starts_with('-') => return usage(&format!("unknown option {unknown}")),
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        return usage("no FILE given");
    }
    let mut all_ran = true;
    for (number, file) in files.iter().enumerate() {
        let place = if number == 0 { store.clone() } else { nth_place(&store, number + 1) };
        let prefix = if files.len() > 1 { Some(file.as_str()) } else { None };
        match run(file, &place, prefix) {
            Ok(as_expected) => all_ran &= as_expected,
            Err(error) => {
                eprintln!("{file}: {error}");
                all_ran = false;
            }
        }
    }
    if all_ran { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(2)
}

/// Where the n-th file runs, so that each has a registry of its own.
fn nth_place(store: &str, n: usize) -> String {
    match store {
        "memory:" => store.to_owned(),
        url if url.starts_with("postgres") && !url.contains('#') => format!("{url}#default-{n}"),
        _ => format!("{store}-{n}"),
    }
}

/// Runs one file; tells whether every step was as expected.
fn run(file: &str, place: &str, prefix: Option<&str>) -> Result<bool, Box<dyn std::error::Error>> {
    let scenario = Scenario::parse(&std::fs::read_to_string(file)?)?;
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let store = mo_storage::open_store(place)?;
    let registry = Registry::open_boxed(store, Box::new(Arc::clone(&clock)), Box::new(Scenario::ids()))?;
    if registry.snapshot().revision() != Revision::ZERO {
        return Err(format!("{place} already holds a registry; a scenario needs an empty one").into());
    }
    let mut out = std::io::stdout().lock();
    let mut as_expected = true;
    for (step, line) in scenario.run(&registry, &clock)?.into_iter().enumerate() {
        match prefix {
            Some(file) => writeln!(out, "{{\"file\":{},{}", serde_json::to_string(file)?, &line.text[1..])?,
            None => writeln!(out, "{}", line.text)?,
        }
        if let Some(expected) = line.failed {
            eprintln!("{file}: step {step}: expected {expected}");
            as_expected = false;
        }
    }
    Ok(as_expected)
}
