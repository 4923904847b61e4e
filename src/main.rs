//! `costs`: arguments in, exit code out.

mod cli;
mod output;
mod progress;
mod unfinished;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cli::{Command, Message};
use costs::error::{Error, Place};
use costs::text::escape;
use costs::{Job, Remarks, Source};
use output::Output;

/// A mean is above its limit.
const EXCEEDED: u8 = 1;

/// Everything that went wrong: usage, data, input and output.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    unfinished::report_limit_of_file_size();
    let args = match cli::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(Message::Asked(text)) => return print(Ok(text)),
        Err(Message::Wrong(text)) => {
            let _ = io::stderr().write_all(text.as_bytes());
            return ExitCode::from(FAILURE);
        }
    };
    match args.command {
        #[cfg(feature = "plot")]
        Some(Command::Plot(plot)) => {
            let (color, quiet) = (plot.paper().color_of_messages(), plot.quiet());
            conclude(draw(plot), color, quiet)
        }
        Some(Command::Merge(merge)) => {
            let layout = merge.layout.clone();
            score(merge.job(), Some("merge"), &layout)
        }
        Some(Command::Completions { shell }) => print(Ok(cli::manual::completions(shell))),
        Some(Command::Man { command }) => print(cli::manual::page(&command)),
        None => {
            let layout = args.layout.clone();
            score(args.job(), None, &layout)
        }
    }
}

/// Says what there is to say, and makes it an exit code.
fn conclude(done: Result<Remarks, Error>, color: bool, quiet: bool) -> ExitCode {
    match done {
        Ok(remarks) => {
            for warning in remarks.warnings.iter().filter(|_| !quiet) {
                tell("warning", 33, warning, color);
            }
            for exceeded in &remarks.exceeded {
                tell("error", 31, exceeded, color);
            }
            ExitCode::from(if remarks.exceeded.is_empty() { 0 } else { EXCEEDED })
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

/// Does a job, if there is one, and writes its results.
fn score(
    job: Result<Option<Job>, Error>,
    subcommand: Option<&str>,
    layout: &cli::Layout,
) -> ExitCode {
    let (color, quiet) = (layout.color_of_messages(), layout.quiet);
    let done = match job {
        Ok(None) => {
            let _ = io::stderr().write_all(cli::short_help(subcommand).as_bytes());
            return ExitCode::from(FAILURE);
        }
        Ok(Some(job)) => {
            let run = |out: &mut Output| progress::watch(&job, quiet, || costs::run(&job, out));
            write_to(layout.output.as_deref(), job.data.sources(), run)
        }
        Err(error) => Err(error),
    };
    conclude(done, color, quiet)
}

/// Draws what the arguments ask for.
#[cfg(feature = "plot")]
fn draw(plot: cli::plot::Plot) -> Result<Remarks, Error> {
    let (screen, quiet) = (plot.paper().screen(), plot.quiet());
    let path = plot.paper().output.clone();
    let subject = plot.subject()?;
    let inputs = subject.job().map_or(&[][..], |job| job.data.sources());
    write_to(path.as_deref(), inputs, |out| {
        let remarks = match subject.job() {
            Some(job) => progress::watch(job, quiet, || costs::run(job, &mut io::sink()))?,
            None => Remarks::default(),
        };
        let picture = subject.picture();
        out.say(&if path.is_some() { picture.svg() } else { picture.text(screen) })?;
        Ok(remarks)
    })
}

/// Lets something be written to a file, or to standard output without one.
fn write_to(
    path: Option<&Path>,
    inputs: &[Source],
    write: impl FnOnce(&mut Output) -> Result<Remarks, Error>,
) -> Result<Remarks, Error> {
    let mut out = match path {
        Some(path) => Output::file(path, inputs)?,
        None => Output::stdout()?,
    };
    let remarks = write(&mut out).map_err(|error| match path {
        Some(path) if error.place == Place::File("<stdout>".to_owned()) => {
            let name = escape(path.as_os_str().as_encoded_bytes());
            Error { place: Place::File(name), ..error }
        }
        _ => error,
    })?;
    out.finish()?;
    Ok(remarks)
}

/// Writes a text to standard output.
fn print(text: Result<String, Error>) -> ExitCode {
    let say = |text: String| Output::stdout()?.say(&text);
    let done = text.and_then(say).map(|()| Remarks::default());
    conclude(done, false, false)
}

/// Writes a line to standard error, which may be gone.
fn tell(what: &str, ansi: u8, message: &str, color: bool) {
    let _ = if color {
        writeln!(io::stderr(), "\x1b[1;{ansi}m{what}\x1b[0m: {message}")
    } else {
        writeln!(io::stderr(), "{what}: {message}")
    };
}
