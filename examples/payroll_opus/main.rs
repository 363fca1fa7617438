//! Day files of OPUS Løn, each with everything it has, go into a registry one after the other. `job.rs` says what has to
//! change; here it is shown and committed.

#[path = "../cli/mod.rs"]
mod cli;
mod job;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mo_core::plan::ApprovalRule;
use mo_core::registry::Registry;
use mo_core::start_set;
use mo_core::time::Period;
use mo_storage::{RandomIds, SystemClock, open_store};

const HELP: &str = "\
Makes a registry say what OPUS Løn says, file by file, with the fewest changes.

    cargo run --example payroll_opus [-- FILE …]

    FILE    a file of OPUS Løn; the digits of its name are its day, as in ZLPE20260301_delta.xml
            [the two of examples/data/payroll]
    --help  this text

The registry is kept in memory. Exit code: 0 done, 1 refused or failed, 2 wrong
usage.
";

fn main() -> ExitCode {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let asked = |option: &str| files.iter().any(|argument| argument == option);
    let options = if asked("--help") || asked("-h") {
        Ok(None)
    } else if let Some(option) = files.iter().find(|argument| argument.starts_with('-')) {
        Err(format!("unknown option {option}"))
    } else {
        if files.is_empty() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/payroll");
            files = ["01", "02"].map(|day| format!("{folder}/ZLPE202603{day}_delta.xml")).into();
        }
        Ok(Some(files))
    };
    cli::run("payroll_opus", HELP, options, |files, out| run(files, out))
}

fn run(files: &[String], out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let registry = Registry::open_boxed(open_store("memory:")?, Box::new(SystemClock), Box::new(RandomIds))?;
    let mut edit = registry.edit("opus");
    start_set::add(&mut edit, Period::ALWAYS);
    edit.commit()?;
    for file in files {
        let plan = job::plan(&registry, Path::new(file)).map_err(|failed| format!("{file}: {failed}"))?;
        // The first file is all new.
        if plan.base().number() == 1 {
            writeln!(out, "{}\n", plan.summary())?
        } else {
            writeln!(out, "{plan}")?
        }
        plan.commit(&registry, "opus", ApprovalRule::None)?;
    }
    Ok(())
}
