//! `costs`: arguments in, exit code out.

mod cli;
mod progress;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use costs::error::{Error, Fault, Place};

/// Everything that went wrong: usage, data, input and output.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    let args = match cli::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(message) => return show(&message),
    };
    let color = args.color_of_messages();
    let quiet = args.quiet;
    match score(args) {
        Ok(Outcome::Done(warnings)) => {
            for warning in warnings.iter().filter(|_| !quiet) {
                tell("warning", 33, &warning.to_string(), color);
            }
            ExitCode::SUCCESS
        }
        Ok(Outcome::NothingToDo) => {
            let _ = io::stderr().write_all(cli::short_help().as_bytes());
            ExitCode::from(FAILURE)
        }
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            tell("error", 31, &error.to_string(), color);
            if let Some(hint) = error.hint() {
                tell("hint", 36, &hint, color);
            }
            ExitCode::from(FAILURE)
        }
    }
}

enum Outcome {
    Done(Vec<costs::Warning>),
    NothingToDo,
}

fn score(args: cli::Args) -> Result<Outcome, Error> {
    let quiet = args.quiet;
    let Some(job) = args.job()? else { return Ok(Outcome::NothingToDo) };
    let mut out = BufWriter::with_capacity(1 << 16, standard_output()?);
    progress::watch(&job, quiet, || costs::run(&job, &mut out)).map(Outcome::Done)
}

/// Standard output, unbuffered: what is written is known to be written.
fn standard_output() -> Result<File, Error> {
    let failed = |source| {
        let fault = Fault::Io { doing: "cannot write: ", source };
        Error::new(Place::File("<stdout>".to_owned()), fault)
    };
    if OUTPUT_IS_CLOSED.load(Ordering::Relaxed) {
        return Err(failed(io::Error::other("it is closed")));
    }
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned().map_err(failed)?))
}

/// Whether standard output was closed when the program started.
static OUTPUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before the runtime opens `/dev/null` in place of a closed descriptor,
/// which would swallow all output without a word.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn note_closed_output() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    OUTPUT_IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// Shows a message of the command line's own: an error, or the help or version
/// that was asked for.
fn show(message: &clap::Error) -> ExitCode {
    match message.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(FAILURE),
        _ if message.use_stderr() => ExitCode::from(FAILURE),
        _ => ExitCode::SUCCESS,
    }
}

/// Writes a line to standard error, which may be gone.
fn tell(what: &str, ansi: u8, message: &str, color: bool) {
    let _ = if color {
        writeln!(io::stderr(), "\x1b[1;{ansi}m{what}\x1b[0m: {message}")
    } else {
        writeln!(io::stderr(), "{what}: {message}")
    };
}
