//! What the example programs do alike: help, errors and exit codes.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, StdoutLock};
use std::process::ExitCode;

/// Does the work that the options ask for, or tells how the program is used: without options that was asked for. 0 is
/// done, 1 failed, 2 wrong usage.
pub(crate) fn run<O>(
    program: &str,
    usage: &str,
    options: Result<Option<O>, impl Display>,
    work: impl FnOnce(&O, &mut StdoutLock<'_>) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let options = match options {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{usage}");
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprint!("{program}: {wrong}\n\n{usage}");
            return ExitCode::from(2);
        }
    };
    match work(&options, &mut io::stdout().lock()) {
        Err(failed) if !is_closed_pipe(&*failed) => {
            eprintln!("{program}: {failed}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Whether the reader of the output has had enough, as `| head` has.
fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
