//! `costs`: arguments in, exit code out.

mod cli;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

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
    let Some(job) = args.job()? else { return Ok(Outcome::NothingToDo) };
    let mut out = BufWriter::with_capacity(1 << 16, standard_output()?);
    costs::run(&job, &mut out).map(Outcome::Done)
}

/// Standard output, unbuffered: what is written is known to be written.
fn standard_output() -> Result<File, Error> {
    let failed = |source| {
        let fault = Fault::Io { doing: "cannot write: ", source };
        Error::new(Place::File("<stdout>".to_owned()), fault)
    };
    if is_closed(io::stdout()) {
        return Err(failed(io::Error::other("it is closed")));
    }
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned().map_err(failed)?))
}

/// Whether the descriptor was closed when the program started: the runtime then
/// opens `/dev/null` in its place, for reading and writing, which nobody does
/// who means to discard output.
fn is_closed(stream: impl AsFd) -> bool {
    let is_null = rustix::fs::fstat(&stream).is_ok_and(|stat| {
        rustix::fs::FileType::from_raw_mode(stat.st_mode).is_char_device()
            && rustix::fs::stat("/dev/null").is_ok_and(|null| null.st_rdev == stat.st_rdev)
    });
    is_null
        && rustix::fs::fcntl_getfl(&stream)
            .is_ok_and(|flags| flags.contains(rustix::fs::OFlags::RDWR))
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
