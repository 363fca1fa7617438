//! Employees leave, and seats of leaders end with the last engagement of who holds them. `job.rs` says what has to change;
//! here it is shown, and committed when asked for.

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
Ends engagements, and the seats of leaders who have none left.

    cargo run --example payroll_managers [-- [--store PATH] [--commit] [FILE]]

    FILE          rows \"employee;last_day\", one for each employee [examples/data/payroll/leavers.csv]
    --store PATH  where the registry is kept: a file or postgres:URL[#registry] [out/korsbaek.redb, which the example
                  municipality makes]
    --commit      registers it; otherwise it is only shown
    --help        this text

Exit code: 0 done, 1 refused or failed, 2 wrong usage.
";

fn main() -> ExitCode {
    let options = Options::read(std::env::args().skip(1), "leavers.csv");
    cli::run("payroll_managers", HELP, options, |options, out| run(options, out))
}

fn run(asked: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let registry =
        Registry::open_boxed(open_store(&asked.store)?, Box::new(SystemClock), Box::new(RandomIds))?;
    let plan = job::plan(&registry, Path::new(&asked.rows))?;
    // Before it is shown: whoever reads may have seen enough.
    if asked.commit {
        plan.commit(&registry, "løn", ApprovalRule::None)?;
    }
    writeln!(out, "{plan}")?;
    Ok(())
}
