//! A made-up municipality of any size goes into a store, the same for the same seed: ten years, or as many as wanted, of
//! reorganisations, corrections and plans. The making is `mo_core::generate`; here are the store and the progress.

mod cli;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use mo_core::generate::Generator;
use mo_core::model::CountedIds;
use mo_core::registry::Registry;
use mo_core::store::Head;
use mo_core::time::{Instant, SteppingClock};
use mo_storage::open_store;

const USAGE: &str = "\
Usage: generate --out PATH [--units N] [--persons N] [--years N] [--seed S]

Fills an empty store with a made-up municipality, with history on both axes of time.

  --out PATH   the store: a file, memory: or postgres:URL[#registry]
  --units N    how many units, those opened and closed on the way included; 1000 when left out
  --persons N  how many persons, each with an engagement; five per unit when left out
  --years N    how many years, the last of them 2025; 10 when left out
  --seed S     another number is another municipality; 1 when left out

To stdout goes what was made, one line each. Exit code: 0 done, 1 failed, 2 wrong usage.
";

fn main() -> ExitCode {
    cli::run("generate", USAGE, Options::read(std::env::args().skip(1)), |options, out| run(options, out))
}

struct Options {
    out: String,
    units: usize,
    persons: Option<usize>,
    years: u32,
    seed: u64,
}

impl Options {
    /// `None` when help is asked for.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let (mut out, mut units, mut persons, mut years, mut seed) = (None, 1000, None, 10, 1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--out" => out = Some(value()?),
                "--units" => units = number("--units", &value()?)?,
                "--persons" => persons = Some(number("--persons", &value()?)?),
                "--years" => years = number("--years", &value()?)?,
                "--seed" => seed = number("--seed", &value()?)?,
                other => return Err(format!("what is {other}?")),
            }
        }
        let out = out.ok_or("--out is missing: where is it to be written?")?;
        Ok(Some(Options { out, units, persons, years, seed }))
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name}: {text:?} is no number"))
}

fn run(options: &Options, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let store = open_store(&options.out)?;
    if store.head()? != Head::EMPTY {
        return Err(format!("{} holds a registry already: give a new place", options.out).into());
    }
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let ids = CountedIds::new(&format!("generate {}", options.seed));
    let registry = Registry::open_boxed(store, Box::new(Arc::clone(&clock)), Box::new(ids))?;
    let shown = io::stderr().is_terminal();
    let generator = Generator::new(options.seed)
        .units(options.units)
        .persons(options.persons.unwrap_or(options.units * 5))
        .years(options.years);
    let made = generator.fill(&registry, &*clock, |done, days| {
        if shown && done % 30 == 1 {
            let bar = "#".repeat(usize::try_from(done * 40 / days).unwrap_or(0));
            eprint!("\r[{bar:<40}] day {done} of {days}");
        }
    })?;
    if shown {
        eprintln!("\r{:<70}\r", "");
    }
    let view = registry.snapshot().at(made.last_day);
    let tree = view.tree(made.line);
    let deepest = tree.nodes().map(|node| tree.depth(node) + 1).max().unwrap_or(0);
    let widest = tree.nodes().map(|node| tree.children(node).count()).max().unwrap_or(0);
    writeln!(out, "registrations {}", registry.snapshot().revision())?;
    writeln!(out, "days {} … {}", made.first_day, made.last_day)?;
    writeln!(out, "hierarchies {} (line) {} (payroll)", made.line, made.payroll)?;
    writeln!(out, "units {}, of which {} stand on {}", made.units.len(), tree.len(), made.last_day)?;
    writeln!(out, "levels {deepest}, most units right below one {widest}")?;
    writeln!(out, "persons {}", made.persons.len())?;
    Ok(())
}
