//! Dated CSV snapshots of an organisation become one registry that can be asked about any day and any earlier belief. Each
//! snapshot is one registration. The reading itself is `mo_core::import`; here are folder, store, clock and printing.

mod cli;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mo_core::import::{Covered, Extract, ExtractReader, Mapping, ORGANOGRAM};
use mo_core::model::value::Text;
use mo_core::model::{HierarchyId, Kind, Placement, Unit, UnitId};
use mo_core::registry::{Outcome, Registry};
use mo_core::state::View;
use mo_core::time::{Copenhagen, Day, Instant, SteppingClock, Zone};
use mo_storage::{RandomIds, open_store};

const USAGE: &str = "\
Usage: import_snapshots DIR [--store PATH] [--mapping FILE] [--only SOURCE]... [--at DAY]

Imports the dated CSV snapshots in the folder DIR into one registry. Files are grouped by their name before the date:
each group is a source of its own and stands in a hierarchy of its own. Each snapshot is one registration, made at
midnight (Copenhagen) of its date and valid from then until the next snapshot of the same source. Running again on the
same store imports only what is new or changed.

  --store PATH     where the registry is kept: a file, memory: or postgres:URL[#registry]; memory: when left out
  --mapping FILE   which column is which field, as JSON (see mo_core::import::Mapping); organogram form when left out:
                   Post Unique Reference, Job Title, Reports to Senior Post
  --only SOURCE    only the files of this source; may be given several times
  --at DAY         print the trees as they are on this day, YYYY-MM-DD

A line per snapshot goes to stdout; what is odd in its rows goes to stderr, with file and line. An odd tree is imported
with what holds. A file that cannot be read ends the run with status 1; the snapshots before it stay imported.
";

fn main() -> ExitCode {
    cli::run("import_snapshots", USAGE, Options::read(std::env::args().skip(1)), |options, out| {
        run(options, out)
    })
}

struct Options {
    folder: PathBuf,
    store: String,
    mapping: Option<PathBuf>,
    only: Vec<String>,
    at: Option<Day>,
}

impl Options {
    /// `None` when help is asked for.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let (mut folder, mut mapping, mut at) = (None, None, None);
        let (mut store, mut only) = ("memory:".to_owned(), Vec::new());
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--store" => store = value()?,
                "--mapping" => mapping = Some(PathBuf::from(value()?)),
                "--only" => only.push(value()?),
                "--at" => at = Some(value()?.parse::<Day>().map_err(|e| format!("--at: {e}"))?),
                option if option.starts_with("--") => return Err(format!("unknown option {option}")),
                _ if folder.is_some() => return Err("more than one folder".to_owned()),
                _ => folder = Some(PathBuf::from(argument)),
            }
        }
        let folder = folder.ok_or("which folder?")?;
        Ok(Some(Options { folder, store, mapping, only, at }))
    }
}

fn run(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mapping = read_mapping(options.mapping.as_deref())?;
    let snapshots = find_files(options, &mapping)?;
    let clock = Arc::new(SteppingClock::new(Instant::MIN));
    let store = open_store(&options.store)?;
    let registry = Registry::open_boxed(store, Box::new(Arc::clone(&clock)), Box::new(RandomIds))?;

    writeln!(out, "date        posts  added  removed  re-parented  retitled  reported  source")?;
    let mut trees: BTreeMap<Text, HierarchyId> = BTreeMap::new();
    let mut new = 0;
    for (covered, files) in &snapshots {
        let extract = read_extract(&mapping, covered, files)?;
        for report in extract.reports() {
            eprintln!("{report}");
        }
        clock.set(Copenhagen.midnight(extract.day()));
        let outcome = registry.commit(&extract.commit(&registry.snapshot(), "import_snapshots")?)?;
        new += usize::from(outcome != Outcome::Unchanged);
        write_line(out, &registry, &extract, &outcome)?;
        trees.extend(extract.hierarchy().map(|hierarchy| (extract.source().clone(), hierarchy)));
    }
    if new == 0 {
        eprintln!("nothing new: all {} snapshots were imported before", snapshots.len());
    }
    if let Some(day) = options.at {
        let view = registry.snapshot().at(day);
        for (source, hierarchy) in trees {
            writeln!(out, "\n{source} on {day}")?;
            write_tree(out, &view, hierarchy)?;
        }
    }
    Ok(())
}

fn read_mapping(path: Option<&Path>) -> Result<Mapping, Box<dyn Error>> {
    let Some(path) = path else { return Ok(Mapping::parse(ORGANOGRAM)?) };
    let wrong = |e: &dyn Error| format!("{}: {e}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
    Ok(Mapping::parse(&text).map_err(|e| wrong(&e))?)
}

/// The files by what they are part of, in order of date, then source.
fn find_files(
    options: &Options,
    mapping: &Mapping,
) -> Result<BTreeMap<Covered, Vec<PathBuf>>, Box<dyn Error>> {
    let folder = &options.folder;
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    let mut snapshots: BTreeMap<Covered, Vec<PathBuf>> = BTreeMap::new();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        match mapping.covers(&file_name(&path)) {
            Some(covered) => snapshots.entry(covered).or_default().push(path),
            None if path.extension().is_some_and(|extension| extension == "csv") => {
                eprintln!("{} is not named as the mapping says; it is not read", path.display());
            }
            None => {}
        }
    }
    let wanted =
        |source: &Text| options.only.is_empty() || options.only.iter().any(|only| *source == *only.as_str());
    snapshots.retain(|covered, _| wanted(&covered.source));
    if snapshots.is_empty() {
        return Err(format!("{}: no file is named as the mapping says", folder.display()).into());
    }
    Ok(snapshots)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_extract(mapping: &Mapping, covered: &Covered, files: &[PathBuf]) -> Result<Extract, Box<dyn Error>> {
    let mut reader = ExtractReader::new(mapping, covered.clone());
    for path in files {
        let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
        reader.read(&file_name(path), &mut BufReader::new(file));
    }
    Ok(reader.finish()?)
}

/// What the snapshot changed, seen from the registry: the tree on its day against the tree on the day before.
fn write_line(
    out: &mut dyn Write,
    registry: &Registry,
    extract: &Extract,
    outcome: &Outcome,
) -> io::Result<()> {
    let now = registry.snapshot().at(extract.day());
    let posts = |view: Option<View>| match (view, extract.hierarchy()) {
        (Some(view), Some(hierarchy)) => posts(&view, hierarchy),
        _ => HashMap::new(),
    };
    let before = posts(extract.day().previous().map(|day| now.at(day)));
    let after = posts(Some(now));
    let stay: Vec<_> = after.iter().filter_map(|(id, post)| Some((before.get(id)?, post))).collect();
    let (added, removed) = (after.len() - stay.len(), before.len() - stay.len());
    let moved = stay.iter().filter(|(before, after)| before.place != after.place).count();
    let retitled = stay.iter().filter(|(before, after)| before.title != after.title).count();
    let registered = match outcome {
        Outcome::Registered(receipt) => format!("revision {}", receipt.stamp.revision),
        Outcome::Unchanged => "unchanged".to_owned(),
    };
    writeln!(
        out,
        "{}  {:>5}  {added:>5}  {removed:>7}  {moved:>11}  {retitled:>8}  {:>8}  {} ({registered})",
        extract.day(),
        after.len(),
        extract.reports().len(),
        extract.source(),
    )?;
    let others = extract.kinds().filter(|kind| *kind != Kind::Unit);
    let others: Vec<String> = others.map(|kind| format!("{kind} {}", extract.count(kind))).collect();
    if others.is_empty() { Ok(()) } else { writeln!(out, "            also {}", others.join(", ")) }
}

struct Post {
    title: Text,
    place: Placement,
}

fn posts(view: &View, hierarchy: HierarchyId) -> HashMap<UnitId, Post> {
    let post = |unit: UnitId| {
        let (title, place) = (view.field(unit, Unit::NAME)?, view.placement(hierarchy, unit)?);
        Some((unit, Post { title, place }))
    };
    view.all::<Unit>().into_iter().filter_map(post).collect()
}

fn write_tree(out: &mut dyn Write, view: &View, hierarchy: HierarchyId) -> io::Result<()> {
    let mut depth: HashMap<UnitId, usize> = HashMap::new();
    for root in view.roots(hierarchy) {
        for unit in [root].into_iter().chain(view.descendants(hierarchy, root)) {
            let above = view.parent(hierarchy, unit).and_then(|parent| depth.get(&parent));
            let indent = above.map_or(0, |depth| depth + 2);
            depth.insert(unit, indent);
            let Some(state) = view.get(unit) else { continue };
            let key = state.user_key.filter(|key| *key != state.name).map(|key| format!(" [{key}]"));
            writeln!(out, "{:indent$}{}{}", "", state.name, key.unwrap_or_default())?;
        }
    }
    Ok(())
}
