//! Payroll units are translated to units of the line, and employees move there. `job.rs` says what has to change; here it is
//! shown, and committed when asked for.

#[path = "../cli/mod.rs"]
mod cli;
mod job;
#[path = "../payroll/mod.rs"]
mod payroll;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mo_core::plan::ApprovalRule;
use mo_core::registry::Registry;
use mo_storage::{RandomIds, SystemClock, open_store};

use payroll::Options;

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

fn main() -> ExitCode {
    let options = Options::read(std::env::args().skip(1), "units.csv");
    cli::run("payroll_units", HELP, options, |options, out| run(options, out))
}

fn run(asked: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let registry =
        Registry::open_boxed(open_store(&asked.store)?, Box::new(SystemClock), Box::new(RandomIds))?;
    let (plan, silent) = job::plan(&registry, Path::new(&asked.rows))?;
    // Before it is shown: whoever reads may have seen enough.
    if asked.commit {
        plan.commit(&registry, "løn", ApprovalRule::None)?;
    }
    writeln!(out, "{plan}")?;
    if !silent.is_empty() {
        writeln!(out, "No link, or several, for what these are paid in; they stay: {}", silent.join(", "))?;
    }
    Ok(())
}
