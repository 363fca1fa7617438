//! Employees leave, and seats of leaders end with the last engagement of who holds them. `job.rs` says what has to change;
//! here it is shown, and committed when asked for.

mod job;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use mo_core::plan::ApprovalRule;
use mo_core::registry::Registry;
use mo_storage::{RandomIds, SystemClock, open_store};

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

struct Asked {
    store: String,
    commit: bool,
    rows: String,
}

fn main() -> ExitCode {
    let mut asked = Asked {
        store: "out/korsbaek.redb".to_owned(),
        commit: false,
        rows: concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/payroll/leavers.csv").to_owned(),
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
                    "payroll_managers: {argument} is no argument or lacks its value; --help tells what there is"
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
            eprintln!("payroll_managers: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(asked: &Asked) -> Result<(), Box<dyn Error>> {
    let registry =
        Registry::open_boxed(open_store(&asked.store)?, Box::new(SystemClock), Box::new(RandomIds))?;
    let plan = job::plan(&registry, Path::new(&asked.rows))?;
    // Before it is shown: whoever reads may have seen enough.
    if asked.commit {
        plan.commit(&registry, "løn", ApprovalRule::None)?;
    }
    writeln!(io::stdout(), "{plan}")?;
    Ok(())
}

fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
