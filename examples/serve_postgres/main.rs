//! One registry in several processes: each commits to it and follows it at once, on a PostgreSQL server that all share.
//! While they do, every follower writes down what it read, and at the end it is compared with what the registry holds
//! then. This file starts the processes and judges; `worker.rs` is what each of them does.

mod worker;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use mo_core::model::{Hierarchy, HierarchyUse, Placement, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::state::Snapshot;
use mo_core::time::{Period, Revision};

use worker::{Seen, chain};

const USAGE: &str = "\
Usage: serve_postgres --url URL [--registry NAME] [--processes N] [--seconds S] [--skew SECONDS]

Starts N processes (4) that have the registry NAME (serve) at URL open together. For S seconds (10) each of them renames
units, half the time the same ones as the others, and follows what all of them register.

  --skew SECONDS  gives each process a clock of its own that goes wrong, by up to so many seconds, before or after; without
                  it known time comes from the server's clock

Then it is judged, and printed as one line of JSON:
  commits            acknowledged registrations; lost and doubled must be 0
  commits_per_second of all processes together
  follow_ms          from the acknowledgement in one process until another one can read it; median and 99th of 100
  prefixes           how often a reader looked; strayed, how often it saw no prefix of the one order, must be 0
  settled            answers about a day as known at a moment, recorded when settled; changed must be 0
Exit code: 0 all is as it must be, 1 it is not or the server failed, 2 wrong usage.
";

pub struct Options {
    url: String,
    registry: String,
    processes: u32,
    seconds: u64,
    skew: i64,
    /// Set in the processes that are started.
    worker: Option<u32>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let (mut url, mut registry, mut worker) = (None, "serve".to_owned(), None);
        let (mut processes, mut seconds, mut skew) = (4, 10, 0);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            let wrong = |_| format!("{argument} needs a whole number");
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--url" => url = Some(value()?),
                "--registry" => registry = value()?,
                "--processes" => processes = value()?.parse().map_err(wrong)?,
                "--seconds" => seconds = value()?.parse().map_err(wrong)?,
                "--skew" => skew = value()?.parse().map_err(wrong)?,
                "--worker" => worker = Some(value()?.parse().map_err(wrong)?),
                other => return Err(format!("{other} is no argument")),
            }
        }
        let url = url.ok_or("--url is missing")?;
        Ok(Some(Options { url, registry, processes, seconds, skew, worker }))
    }

    fn place(&self) -> String {
        format!("postgres:{}#{}", self.url, self.registry)
    }
}

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprint!("serve_postgres: {wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match options.worker {
        Some(number) => worker::run(&options, number).map(|()| true),
        None => run(&options),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("serve_postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes the units, lets the processes run, and judges; whether all is as it must be.
fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let registry = mo_storage::open(&options.place())?;
    prepare(&registry)?;
    let before = registry.snapshot().revision();
    let program = std::env::current_exe()?;
    let readers: Vec<_> = (0..options.processes)
        .map(|number| {
            let mut child = Command::new(&program)
                .args(["--registry", &options.registry, "--worker", &number.to_string()])
                .args([
                    "--processes",
                    &options.processes.to_string(),
                    "--seconds",
                    &options.seconds.to_string(),
                ])
                .args(["--skew", &options.skew.to_string(), "--url", &options.url])
                .stdout(Stdio::piped())
                .spawn()?;
            let out = child.stdout.take().ok_or("the process has no output")?;
            Ok::<_, Box<dyn Error>>(thread::spawn(move || {
                let lines: Vec<String> = BufReader::new(out).lines().map_while(Result::ok).collect();
                let ended = child.wait().is_ok_and(|status| status.success());
                (ended, lines)
            }))
        })
        .collect::<Result<_, _>>()?;
    let mut all_ended = true;
    let mut seen = Vec::new();
    for (number, reader) in (0..).zip(readers) {
        let (ended, lines) = reader.join().map_err(|_| "a thread of this program panicked")?;
        all_ended &= ended;
        for line in &lines {
            seen.push((number, Seen::parse(line).ok_or_else(|| format!("a process said {line}"))?));
        }
    }
    let judged = judge(&registry.refresh()?, before, &seen);
    println!("{}", judged.json(options));
    if !all_ended {
        return Err("a process ended with an error".into());
    }
    Ok(judged.is_right())
}

/// The units that are renamed, if they are not there yet.
fn prepare(registry: &Registry) -> Result<(), Box<dyn Error>> {
    if registry.snapshot().revision() > Revision::ZERO {
        return Ok(());
    }
    let mut edit = registry.edit("serve_postgres");
    let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
    let root = edit.create(Period::ALWAYS, Unit::new("Korsbæk Kommune").placements(line, Placement::Root));
    for number in 1..=40 {
        let unit = Unit::new(format!("Enhed {number}")).placements(line, Placement::Under(root));
        edit.create(Period::ALWAYS, unit);
    }
    edit.commit()?;
    Ok(())
}

#[derive(Default)]
struct Judged {
    commits: usize,
    lost: usize,
    doubled: usize,
    prefixes: usize,
    strayed: usize,
    settled: usize,
    changed: usize,
    /// Microseconds, ascending.
    latencies: Vec<i64>,
}

/// Compares what the processes saw with what the registry holds now.
fn judge(now: &Snapshot, before: Revision, seen: &[(u32, Seen)]) -> Judged {
    let mut judged = Judged::default();
    let mut hash = 0;
    let mut order = BTreeMap::from([(0, (0, None))]);
    for registration in now.registrations(Revision::ZERO) {
        hash = chain(hash, &registration);
        order.insert(registration.revision.number(), (hash, Some(registration.registered_at)));
    }
    let mut acknowledged = BTreeMap::new();
    for (writer, seen) in seen {
        if let Seen::Committed { revision, registered_at, at } = seen {
            judged.commits += 1;
            let there = order.get(revision).and_then(|(_, at)| *at) == Some(*registered_at);
            judged.lost += usize::from(!there);
            judged.doubled += usize::from(acknowledged.insert(*revision, (*writer, *at)).is_some());
        }
    }
    // Whatever else is in the registry, nobody was told of.
    let registered = now.revision().number() - before.number();
    judged.doubled += (registered as usize).saturating_sub(judged.commits);
    for (reader, seen) in seen {
        match seen {
            Seen::Committed { .. } => {}
            Seen::Prefix { revision, hash, at } => {
                judged.prefixes += 1;
                judged.strayed += usize::from(order.get(revision).map(|(hash, _)| hash) != Some(hash));
                if let Some((writer, acknowledged)) = acknowledged.get(revision)
                    && writer != reader
                {
                    // It may be read before its writer hears of it.
                    judged.latencies.push((at - acknowledged).max(0));
                }
            }
            Seen::Answer { unit, day, known, name } => {
                judged.settled += 1;
                let unit = now.as_known(*known).at(*day).get(UnitId::from(*unit));
                judged.changed += usize::from(unit.map(|unit| unit.name.to_string()) != *name);
            }
        }
    }
    judged.latencies.sort_unstable();
    judged
}

impl Judged {
    fn is_right(&self) -> bool {
        (self.lost, self.doubled, self.strayed, self.changed) == (0, 0, 0, 0)
            && self.commits > 0
            && self.prefixes > 0
    }

    fn json(&self, options: &Options) -> String {
        let at = |hundredths: usize| {
            let place = self.latencies.len() * hundredths / 100;
            let micros = self.latencies.get(place.min(self.latencies.len().saturating_sub(1)));
            Duration::from_micros(micros.copied().unwrap_or(0).unsigned_abs()).as_secs_f64() * 1000.0
        };
        let rate = self.commits as f64 / options.seconds.max(1) as f64;
        serde_json::json!({
            "processes": options.processes, "seconds": options.seconds, "skew": options.skew,
            "commits": self.commits, "lost": self.lost, "doubled": self.doubled,
            "commits_per_second": rate.round(),
            "follow_ms": { "median": at(50), "p99": at(99) },
            "prefixes": self.prefixes, "strayed": self.strayed,
            "settled": self.settled, "changed": self.changed,
        })
        .to_string()
    }
}
