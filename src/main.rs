//! `costs`: arguments in, exit code out.

mod cli;
mod output;
mod progress;

use std::io::{self, Write};
use std::process::ExitCode;

use costs::Remarks;
use costs::error::{Error, Place};
use costs::text::escape;
use output::Output;

/// A mean is above its limit.
const EXCEEDED: u8 = 1;

/// Everything that went wrong: usage, data, input and output.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    output::report_limit_of_file_size();
    let args = match cli::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(message) => return show(&message),
    };
    let (color, quiet) = (args.color_of_messages(), args.quiet);
    match score(args) {
        Ok(Some(remarks)) => {
            for warning in remarks.warnings.iter().filter(|_| !quiet) {
                tell("warning", 33, warning, color);
            }
            for exceeded in &remarks.exceeded {
                tell("error", 31, exceeded, color);
            }
            ExitCode::from(if remarks.exceeded.is_empty() { 0 } else { EXCEEDED })
        }
        Ok(None) => {
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

/// Does what the arguments ask for; None if that is nothing.
fn score(args: cli::Args) -> Result<Option<Remarks>, Error> {
    let (quiet, path) = (args.quiet, args.output.clone());
    let Some(job) = args.job()? else { return Ok(None) };
    let name = path.as_ref().map(|path| escape(path.as_os_str().as_encoded_bytes()));
    let mut out = match path {
        Some(path) => Output::file(&path, &job)?,
        None => Output::stdout()?,
    };
    let remarks = progress::watch(&job, quiet, || costs::run(&job, &mut out));
    let remarks = remarks.map_err(|error| match name {
        Some(name) if error.place == Place::File("<stdout>".to_owned()) => {
            Error { place: Place::File(name), ..error }
        }
        _ => error,
    })?;
    out.finish()?;
    Ok(Some(remarks))
}

/// Shows a message of the command line's own: an error, or the help or version
/// that was asked for.
fn show(message: &clap::Error) -> ExitCode {
    if message.use_stderr() {
        let _ = if std::env::args_os().all(|arg| is_harmless(arg.as_encoded_bytes())) {
            message.print()
        } else {
            let text = message.render().to_string();
            let lines = text.lines().map(|line| escape(line.as_bytes()) + "\n");
            io::stderr().write_all(lines.collect::<String>().as_bytes())
        };
        return ExitCode::from(FAILURE);
    }
    let shown = Output::stdout().and_then(|mut out| out.say(&message.render().to_string()));
    match shown {
        Err(error) if !error.is_closed_pipe() => {
            tell("error", 31, &error.to_string(), false);
            ExitCode::from(FAILURE)
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Whether a terminal shows an argument as it is.
fn is_harmless(arg: &[u8]) -> bool {
    escape(arg).as_bytes() == arg
}

/// Writes a line to standard error, which may be gone.
fn tell(what: &str, ansi: u8, message: &str, color: bool) {
    let _ = if color {
        writeln!(io::stderr(), "\x1b[1;{ansi}m{what}\x1b[0m: {message}")
    } else {
        writeln!(io::stderr(), "{what}: {message}")
    };
}
