//! Backs up a registry's journal to a file of JSON lines, brings one back, and moves a journal from store to store. The
//! work is `mo_storage::backup`; here are the file, the progress and the printing.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::process::ExitCode;

use mo_core::registry::Registry;
use mo_storage::backup::{self, Moved, Progress};
use mo_storage::{RandomIds, SystemClock, open_store};

const USAGE: &str = "\
Usage: backup export --store PLACE --out FILE
       backup import --store PLACE FILE
       backup copy --from PLACE --to PLACE

export  writes the journal of a registry to FILE, one registration per line of JSON, readable by any tool. FILE appears
        when it is complete.
import  records such a FILE in a store that is empty or holds a beginning of it.
copy    records the journal of one store in another, without a file.

PLACE is a file, memory: or postgres:URL[#registry]. Instants, ids and every answer stay as they were; side tables
(cursors, receipts) are not moved. Whatever was interrupted is continued by calling it again.

Prints one line: how many registrations, how many of them were there already, and how many bytes they have.
Exit code: 0 done, 1 failed, 2 wrong usage.
";

enum Task {
    Export { store: String, out: String },
    Import { store: String, file: String },
    Copy { from: String, to: String },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let owned = |text: &str| text.to_owned();
    let task = match words[..] {
        ["--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        ["export", "--store", store, "--out", out] | ["export", "--out", out, "--store", store] => {
            Task::Export { store: owned(store), out: owned(out) }
        }
        ["import", "--store", store, file] | ["import", file, "--store", store] => {
            Task::Import { store: owned(store), file: owned(file) }
        }
        ["copy", "--from", from, "--to", to] | ["copy", "--to", to, "--from", from] => {
            Task::Copy { from: owned(from), to: owned(to) }
        }
        _ => {
            eprint!("backup: these arguments say nothing to do\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(moved) => {
            println!(
                "{} registrations, {} there already, {} bytes",
                moved.entries, moved.already_there, moved.bytes
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("backup: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<Moved, Box<dyn Error>> {
    let mut tell = progress();
    Ok(match task {
        Task::Export { store, out } => {
            let store = open_store(store)?;
            // Under its name the file is complete and on the disk, or not there.
            let beside = format!("{out}.part");
            let mut file = BufWriter::new(File::create(&beside)?);
            let moved = backup::export(&*store, &mut file, &mut tell)?;
            file.into_inner()?.sync_all()?;
            fs::rename(beside, out)?;
            moved
        }
        Task::Import { store, file } => {
            let mut lines = BufReader::new(File::open(file)?);
            let store = open_store(store)?;
            let moved = backup::import(&*store, &mut lines, &mut tell)?;
            // It counts when it can be opened.
            Registry::open_boxed(store, Box::new(SystemClock), Box::new(RandomIds))?;
            moved
        }
        Task::Copy { from, to } => backup::copy(&*open_store(from)?, &*open_store(to)?, &mut tell)?,
    })
}

/// Tells how far things are, on a terminal, and never ends them.
fn progress() -> impl FnMut(Progress) -> ControlFlow<()> {
    let mut out = io::stderr();
    let shown = out.is_terminal();
    move |progress| {
        if shown {
            let of = progress.of.map_or(String::new(), |of| format!(" of {of}"));
            let end = if progress.of == Some(progress.done) { "\n" } else { "" };
            // A terminal that has gone away is no reason to stop.
            let _ = write!(out, "\r{}{of} registrations{end}", progress.done);
        }
        ControlFlow::Continue(())
    }
}
