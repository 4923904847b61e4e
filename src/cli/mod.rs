//! The command line: arguments in, a job out.
//!
//! What an option means stands beside its argument, in
//! [`InputOptions`](costs::InputOptions), [`Scoring`](costs::Scoring) and
//! [`Output`](costs::report::Output).

mod args;
mod destination;
mod files;
mod help;
mod manual;
mod messages;
mod mistakes;
mod parse;
#[cfg(feature = "plot")]
mod plot;
mod progress;
mod terminal;
mod unfinished;

pub use args::{Args, Command};
pub use destination::Destination;
pub use help::short_help;
pub use manual::{completions, page};
pub use messages::{Messages, report};
pub use parse::{Message, parse};
#[cfg(feature = "plot")]
pub use plot::Plot;
pub use progress::watch;
pub use unfinished::report_limit_of_file_size;
