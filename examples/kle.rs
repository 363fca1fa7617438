//! A file of KLE goes into a registry, edition after edition, and is told about: how many numbers there are, what is odd, and
//! what became of one of them. The reading and loading is `mo_sts::kle`; here are the file, the store and the printing.

mod cli;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use mo_core::classification::ClassNotes;
use mo_core::model::{Class, ClassId};
use mo_core::registry::Registry;
use mo_core::state::View;
use mo_core::time::Day;
use mo_storage::{RandomIds, SystemClock, open_store};
use mo_sts::kle::{Edition, Level};
use mo_sts::xml::Limits;

const USAGE: &str = "\
Usage: kle FILE [--store PATH] [--at DAY] [--number NUMBER]

Loads KLE from the XML file FILE, an emneplan (version 2.0 or REST \"fuld\" 1.2 and 1.3) or handlingsfacetter, into a
registry. A store that holds an earlier edition keeps its history.

  --store PATH     where the registry is kept: a file, memory: or postgres:URL[#registry]; memory: when left out
  --at DAY         the day to count and tell about, YYYY-MM-DD; the day of the edition when left out
  --number NUMBER  tell about this number: its title, its history, what it replaced and what replaced it

To stdout go three lines with the number of main groups, groups and topics (in the file, without a day, valid on the day),
then a line for everything that is odd. Exit code: 0 done, 1 failed, 2 wrong usage.
";

fn main() -> ExitCode {
    cli::run("kle", USAGE, Options::read(std::env::args().skip(1)), |options, out| run(options, out))
}

struct Options {
    file: PathBuf,
    store: String,
    at: Option<Day>,
    number: Option<String>,
}

impl Options {
    /// `None` when help is asked for.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let (mut file, mut at, mut number) = (None, None, None);
        let mut store = "memory:".to_owned();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--store" => store = value()?,
                "--at" => at = Some(value()?.parse::<Day>().map_err(|e| format!("--at: {e}"))?),
                "--number" => {
                    number = Some(Edition::number(&value()?).map_err(|e| format!("--number: {e}"))?)
                }
                option if option.starts_with("--") => return Err(format!("unknown option {option}")),
                _ if file.is_some() => return Err("more than one file".to_owned()),
                _ => file = Some(PathBuf::from(argument)),
            }
        }
        let file = file.ok_or("which file?")?;
        Ok(Some(Options { file, store, at, number }))
    }
}

fn run(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let named = |e: &dyn Error| format!("{}: {e}", options.file.display());
    let file = File::open(&options.file).map_err(|e| named(&e))?;
    let edition = Edition::read(BufReader::new(file), Limits::default()).map_err(|e| named(&e))?;
    let store = open_store(&options.store)?;
    let registry = Registry::open_boxed(store, Box::new(SystemClock), Box::new(RandomIds))?;
    let loaded = edition.load(&registry, "kle")?;

    let day = options.at.unwrap_or(edition.published());
    let line = |count: &dyn Fn(Level) -> usize| {
        let counts: Vec<String> = edition.levels().iter().map(|level| count(*level).to_string()).collect();
        counts.join(" ")
    };
    writeln!(out, "in file {}", line(&|level| edition.count(level)))?;
    writeln!(out, "without a day {}", line(&|level| edition.count_without_day(level)))?;
    writeln!(out, "valid on {day} {}", line(&|level| edition.count_on(level, day)))?;
    for report in &loaded.reports {
        writeln!(out, "{report}")?;
    }
    if let Some(number) = &options.number {
        let view = registry.snapshot().at(day);
        let key = view.get(loaded.facet).map(|facet| facet.user_key).unwrap_or_default();
        let classes = view.snapshot().classes_with_key(&key, number);
        if classes.is_empty() {
            return Err(format!("{number} is no number of this plan, or has no day").into());
        }
        for class in classes {
            tell(out, &view, class)?;
        }
    }
    Ok(())
}

/// What the class was called when, where it stands, what it replaced and what replaced it.
fn tell(out: &mut dyn Write, view: &View, class: ClassId) -> io::Result<()> {
    let snapshot = view.snapshot();
    let timeline = snapshot.timeline(class);
    let Some((_, last)) = timeline.last() else { return Ok(()) };
    writeln!(out, "\n{}", name(view.get(class).as_ref().unwrap_or(last)))?;
    let path = view.class_path(class).into_iter().filter_map(|class| view.get(class));
    let path: Vec<String> = path.map(|class| class.name.to_string()).collect();
    if !path.is_empty() {
        writeln!(out, "  path        {}", path.join(" / "))?;
    }
    for rectangle in snapshot.history(class) {
        let until = rectangle.known_until.map(|stamp| format!(" until {}", stamp.registered_at));
        let known = rectangle.known_from.registered_at;
        let known = format!("known from {known}{}", until.unwrap_or_default());
        writeln!(out, "  {}  {}  ({known})", rectangle.valid, rectangle.state.name)?;
    }
    let named = |class: ClassId| {
        let timeline = snapshot.timeline(class);
        timeline.last().map(|(_, class)| name(class)).unwrap_or_default()
    };
    for before in snapshot.class_predecessors(class) {
        writeln!(out, "  replaces {}", named(before))?;
    }
    for after in snapshot.class_successors(class) {
        writeln!(out, "  replaced by {}", named(after))?;
    }
    for number in ClassNotes::of(last).unknown_successors {
        writeln!(out, "  replaced by {number}, which is not known")?;
    }
    Ok(())
}

fn name(class: &Class) -> String {
    format!("{} {}", class.user_key, class.name)
}
