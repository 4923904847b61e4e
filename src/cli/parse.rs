//! Parses the words of the command line to arguments, or to a message.

use std::ffi::OsString;
use std::io;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use costs::InputOptions;

use super::args::Args;
use super::terminal::rendered;
use super::{help, mistakes};

/// What is printed instead of doing a job.
pub enum Message {
    /// The help or the version, which was asked for.
    Asked(String),
    /// What is wrong with the arguments, and what might be meant.
    Wrong(String),
}

/// Parses the arguments.
///
/// # Errors
/// A message, which may be the help that was asked for.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, Message> {
    let words: Vec<OsString> = args.into_iter().collect();
    let parsed = Args::command().try_get_matches_from(&words).and_then(|matches| {
        let mut args = Args::from_arg_matches(&matches)?;
        args.set_option_for_files(option_for_files(&matches));
        if args.has_strays() {
            args.set_meant(mistakes::with_commas(&words));
        }
        Ok(args)
    });
    parsed.map_err(|message| {
        let message = match message.kind() {
            ErrorKind::DisplayHelp => help::of(message, &words),
            _ => mistakes::explain(message, &words),
        };
        if !message.use_stderr() {
            return Message::Asked(rendered(&message, &io::stdout()));
        }
        Message::Wrong(rendered(&message, &io::stderr()))
    })
}

/// Returns the first option given that is only for files.
fn option_for_files(matches: &ArgMatches) -> Option<String> {
    let mut matches = matches;
    while let Some((_, of_subcommand)) = matches.subcommand() {
        matches = of_subcommand;
    }
    let command = <InputOptions as clap::Args>::augment_args(clap::Command::new("files"));
    let by_file = clap::Arg::new("by_file").long("by-file");
    // Values have classes, too.
    let of_files = command.get_arguments().filter(|option| option.get_id() != "classes");
    let mut options = of_files.chain([&by_file]);
    let is_given = |option: &&clap::Arg| {
        let id = option.get_id().as_str();
        matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    options.find(is_given)?.get_long().map(|long| format!("--{long}"))
}
