//! Payroll units are translated to units of the line, and employees move there. `job.rs` says what has to change; here it is
//! shown, and committed when asked for.

mod job;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use mo_core::plan::ApprovalRule;
use mo_core::registry::Registry;
use mo_storage::{RandomIds, SystemClock, open_store};

const HELP: &str = "\
Moves employees to the unit of the line to which the unit they are paid in is linked.

    cargo run --example payroll_units [-- [--store PATH] [--commit] [FILE]]

    FILE          rows \"employee;payroll_unit;from\", one for each employee [examples/data/payroll/units.csv]
    --store PATH  where the registry is kept: a file or postgres:URL[#registry] [out/korsbaek.redb, which the example
                  municipality makes]
    --commit      registers it; otherwise it is only shown
    --help        this text

Exit code: 0 done, 1 refused or failed, 2 wrong usage.
";

struct Asked {
    store: String,
    commit: bool,
    rows: String,
}

fn main() -> ExitCode {
    let mut asked = Asked {
        store: "out/korsbaek.redb".to_owned(),
        commit: false,
        rows: concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/payroll/units.csv").to_owned(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.len()) {
            ("--help", _) => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            ("--commit", _) => asked.commit = true,
            ("--store", 1..) => asked.store = arguments.next().unwrap_or_default(),
            (rows, _) if !rows.starts_with("--") => asked.rows = rows.to_owned(),
            _ => {
                eprintln!(
                    "payroll_units: {argument} is no argument or lacks its value; --help tells what there is"
                );
                return ExitCode::from(2);
            }
        }
    }
    match run(&asked) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough.
        Err(failed) if failed.downcast_ref::<io::Error>().is_some_and(is_closed_pipe) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("payroll_units: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(asked: &Asked) -> Result<(), Box<dyn Error>> {
    let registry =
        Registry::open_boxed(open_store(&asked.store)?, Box::new(SystemClock), Box::new(RandomIds))?;
    let (plan, silent) = job::plan(&registry, Path::new(&asked.rows))?;
    // Before it is shown: whoever reads may have seen enough.
    if asked.commit {
        plan.commit(&registry, "løn", ApprovalRule::None)?;
    }
    writeln!(io::stdout(), "{plan}")?;
    if !silent.is_empty() {
        writeln!(
            io::stdout(),
            "No link, or several, for what these are paid in; they stay: {}",
            silent.join(", ")
        )?;
    }
    Ok(())
}

fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
