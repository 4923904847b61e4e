//! Messages on standard error, and exit codes.

use std::io::{self, Write};
use std::process::ExitCode;

use costs::Outcome;
use costs::error::{Error, Kind};
use costs::report::When;

use super::terminal::applies;

/// The exit code if a gate fails.
const EXCEEDED: u8 = 1;

/// The exit code of every error: usage, data, input and output.
const FAILURE: u8 = 2;

/// How messages are shown.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    is_colored: bool,
    is_quiet: bool,
}

impl Messages {
    pub fn new(color: When, is_quiet: bool) -> Self {
        Messages { is_colored: applies(color, &io::stderr()), is_quiet }
    }

    /// Whether only errors are shown.
    pub fn is_quiet(self) -> bool {
        self.is_quiet
    }

    /// Writes a line to standard error, which may be closed.
    fn write(self, word: &str, ansi: u8, message: &str) {
        let _ = if self.is_colored {
            writeln!(io::stderr(), "\x1b[1;{ansi}m{word}\x1b[0m: {message}")
        } else {
            writeln!(io::stderr(), "{word}: {message}")
        };
    }

    /// Shows the warnings and the failed gates of a job that was done; returns its exit code.
    pub fn done(self, outcome: &Outcome) -> ExitCode {
        for warning in outcome.warnings.iter().filter(|_| !self.is_quiet) {
            self.write("warning", 33, warning);
        }
        for exceeded in &outcome.exceeded {
            self.write("error", 31, exceeded);
        }
        ExitCode::from(if outcome.exceeded.is_empty() { 0 } else { EXCEEDED })
    }

    /// Shows an error and its hint; returns the exit code.
    pub fn failed(self, error: &anyhow::Error) -> ExitCode {
        let ours = error.downcast_ref::<Error>();
        if ours.is_some_and(|error| error.kind() == Kind::ClosedPipe) {
            return ExitCode::SUCCESS;
        }
        self.write("error", 31, &error.to_string());
        if let Some(hint) = ours.and_then(Error::hint) {
            self.write("hint", 36, hint);
        }
        ExitCode::from(FAILURE)
    }
}

/// Writes usage or the short help to standard error as it is; returns the exit code.
pub fn report(text: &str) -> ExitCode {
    let _ = io::stderr().write_all(text.as_bytes());
    ExitCode::from(FAILURE)
}
