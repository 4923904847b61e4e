//! Colours and width of a stream, which may be a terminal.

use std::io::{self, IsTerminal};

use costs::report::When;

/// Whether a stream is coloured.
pub fn applies(when: When, stream: &impl IsTerminal) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            stream.is_terminal() && !is_unwanted
        }
    }
}

/// Returns the width of standard output in characters: that of the variable `COLUMNS`, or of
/// the terminal.
pub fn columns() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let size = || terminal_size::terminal_size_of(io::stdout());
    told.filter(|&columns| columns > 0).or_else(|| size().map(|(width, _)| width.0.into()))
}

/// Returns a message of clap for a stream, coloured if the stream is.
pub fn rendered(message: &clap::Error, stream: &impl IsTerminal) -> String {
    let text = message.render();
    if applies(When::Auto, stream) { text.ansi().to_string() } else { text.to_string() }
}
