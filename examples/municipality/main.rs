//! The main job, end to end: ten years of a made-up municipality go into an embedded store, and are asked about on any day
//! and as known at any moment. The tables are in `examples/data/korsbaek`; `load.rs` reads them, `story.rs` asks,
//! `reorganise.rs` plans.

#[path = "../cli/mod.rs"]
mod cli;
mod load;
mod reorganise;
mod story;

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, absolute};
use std::process::ExitCode;
use std::sync::Arc;

use mo_core::model::CountedIds;
use mo_core::registry::Registry;
use mo_core::state::Snapshot;
use mo_core::time::{Instant, SteppingClock};

const HELP: &str = "\
Loads ten years of the made-up municipality Korsbæk into a registry and tells about it.

    cargo run --release --example municipality [-- --store PATH]

    --store PATH          the file to keep the registry in; made if it is not there [out/korsbaek.redb]
    --store memory:       keep it nowhere
    --store postgres:URL  keep it in PostgreSQL; postgres:URL#NAME names one of several registries
    --help                this text

A second run finds the registry in its store, adds nothing and only reads.
What it tells goes to stdout, progress and errors to stderr.
Exit code: 0 done, 1 failed, 2 wrong usage.
";

const NEXT: &str = "\
examples/data/korsbaek/README.md     what is in the tables, and the story of the ten years
examples/municipality/load.rs        how tables become commits
examples/municipality/story.rs       how each answer above was asked for
examples/municipality/reorganise.rs  how the plan was made, approved and undone
cargo doc --open -p mo-core          the library: its front page is a tour
";

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/korsbaek");

fn main() -> ExitCode {
    cli::run("municipality", HELP, arguments(), |store, out| run(store, out))
}

/// Where the store is; `None` when help is asked for.
fn arguments() -> Result<Option<String>, String> {
    let mut store = None;
    let mut arguments = env::args_os().skip(1).map(|argument| {
        argument.into_string().map_err(|argument| format!("{} is not UTF-8", argument.display()))
    });
    while let Some(argument) = arguments.next().transpose()? {
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--store" if store.is_some() => return Err("--store is given twice".to_owned()),
            "--store" => store = Some(arguments.next().transpose()?.ok_or("--store needs a value")?),
            other => return Err(format!("{other} is no argument")),
        }
    }
    Ok(Some(store.unwrap_or_else(|| "out/korsbaek.redb".to_owned())))
}

fn run(store: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let commits = load::read(Path::new(TABLES))?;
    // What is loaded was registered long ago: the clock shows the moment of each registration in turn.
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let ids = Box::new(CountedIds::new("korsbaek"));
    let registry = Registry::open_boxed(open(store)?, Box::new(Arc::clone(&clock)), ids)?;

    let added = load::register(&registry, &clock, &commits, |number| progress(number, commits.len()))?;
    match added {
        0 => writeln!(out, "The store holds the registry already; nothing was added.")?,
        added => writeln!(out, "{added} registrations were loaded.")?,
    }
    match file(store) {
        Some(file) => {
            writeln!(out, "It is kept in {}.", absolute(file)?.display())?;
            draw(&registry.snapshot(), file, out)?;
        }
        None if store == "memory:" => {
            writeln!(out, "It is gone when this program ends; --store PATH keeps it.")?
        }
        None => writeln!(out, "It is kept in PostgreSQL.")?,
    }
    story::tell(&registry.snapshot(), out)?;
    let plan = reorganise::tell(&registry, out)?;
    if let Some(file) = file(store) {
        let page = file.with_extension("plan.html");
        std::fs::write(&page, plan.to_html())?;
        writeln!(out, "The plan, for reading and with a picture, is in {}.", page.display())?;
    }
    story::heading(out, "Where next")?;
    out.write_all(NEXT.as_bytes())?;
    Ok(())
}

/// The file that a store is kept in, when it is kept in one.
fn file(store: &str) -> Option<&Path> {
    match store.split_once(':') {
        Some(("memory" | "postgres" | "postgresql", _)) => None,
        _ => Some(Path::new(store)),
    }
}

/// Pictures of the registry, beside its store.
fn draw(registry: &Snapshot, store: &Path, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for (name, svg) in story::pictures(registry)? {
        let picture = store.with_extension(format!("{name}.svg"));
        std::fs::write(&picture, svg)?;
        writeln!(out, "A picture of it is in {}.", picture.display())?;
    }
    Ok(())
}

/// The store of this name, with the folder that a file needs.
fn open(store: &str) -> Result<Box<dyn mo_core::store::Store>, Box<dyn Error>> {
    if let Some(folder) = file(store).and_then(Path::parent) {
        std::fs::create_dir_all(folder)?;
    }
    Ok(mo_storage::open_store(store)?)
}

fn progress(number: usize, all: usize) {
    if io::stderr().is_terminal() {
        let done = number * 40 / all.max(1);
        eprint!("\rloading [{}{}] {number} of {all}", "#".repeat(done), " ".repeat(40 - done));
        if number == all {
            eprintln!();
        }
    } else if number == all {
        eprintln!("loaded {all} registrations");
    }
}
