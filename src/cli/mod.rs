//! The command line: arguments in, a job out.
//!
//! What an option means stands beside its argument, in
//! [`InputOptions`], [`Scoring`](costs::Scoring) and [`Output`](costs::report::Output).

mod destination;
mod help;
mod manual;
mod messages;
mod mistakes;
#[cfg(feature = "plot")]
mod plot;
mod progress;
mod unfinished;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use costs::error::Error;
use costs::neuron::Given;
use costs::report::{Output, When};
use costs::text::excerpt;
use costs::{Data, InputOptions, Job, RunOptions, Scoring, Source, input_formats};

pub use destination::Destination;
pub use manual::{completions, page};
pub use messages::{Messages, report};
#[cfg(feature = "plot")]
pub use plot::Plot;
pub use progress::watch;
pub use unfinished::report_limit_of_file_size;

/// How wrong predictions are: the quadratic and the cross-entropy cost of labels y against predictions ŷ.
#[derive(Debug, Parser)]
#[command(
    name = "costs",
    version,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    mut_arg("input", |input| input.value_parser(formats())),
    after_long_help = help::EXAMPLES
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Files of predictions (CSV, TSV, JSON Lines, Parquet); - or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Labels, separated by commas; a single one stands for all
    #[arg(
        long,
        value_name = "NUMBER,…",
        allow_hyphen_values = true,
        value_delimiter = ',',
        help_heading = "Values"
    )]
    y: Vec<String>,
    /// Predictions, separated by commas; a single one stands for all
    #[arg(
        long,
        value_name = "NUMBER,…",
        allow_hyphen_values = true,
        value_delimiter = ',',
        help_heading = "Values"
    )]
    yhat: Vec<String>,
    /// Weighted inputs of a neuron, in place of its outputs ŷ
    #[arg(
        long,
        value_name = "NUMBER,…",
        allow_hyphen_values = true,
        value_delimiter = ',',
        conflicts_with = "yhat",
        help_heading = "Values"
    )]
    z: Vec<String>,

    #[command(flatten)]
    scoring: Scoring,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    run: RunOptions,
    #[command(flatten)]
    output: Output,
    /// The first option that is for files.
    #[arg(skip)]
    for_files: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Merge what `--format state` wrote, as if all rows had been read at once
    #[command(
        max_term_width = 100,
        after_help = "\
Example:
  for part in part-*.csv; do costs \"$part\" --format state; done | costs merge"
    )]
    Merge(Merge),
    #[cfg(feature = "plot")]
    /// Draw the activation of a neuron, the costs, or their gradients
    #[command(subcommand, max_term_width = 100)]
    Plot(Plot),
    /// Print what makes a shell complete the options
    #[command(
        max_term_width = 100,
        after_help = "\
Example:
  costs completions bash > ~/.local/share/bash-completion/completions/costs"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a page of the manual
    #[command(
        max_term_width = 100,
        after_help = "\
Examples:
  costs man | man -l -
  costs man plot cost | man -l -"
    )]
    Man {
        /// The command that it is about, such as merge [default: costs itself]
        command: Vec<String>,
    },
}

impl Command {
    /// How messages are shown.
    pub fn messages(&self) -> Messages {
        match self {
            Command::Merge(merge) => Messages::new(merge.output.color, merge.output.quiet),
            #[cfg(feature = "plot")]
            Command::Plot(plot) => plot.messages(),
            Command::Completions { .. } | Command::Man { .. } => Messages::new(When::Never, false),
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct Merge {
    /// Files of states; `-` or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Merge {
    /// The job that the arguments ask for; None if standard input is a terminal and there
    /// are no files.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        if self.files.is_empty() && io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut job = Job::new(Data::States(sources(self.files)?));
        job.output = resolved(self.output);
        Ok(Some(job))
    }
}

impl Args {
    /// The job that the arguments ask for; None if they ask for nothing and standard
    /// input is a terminal.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        let has_values = !(self.y.is_empty() && self.yhat.is_empty() && self.z.is_empty());
        if self.files.is_empty() && !has_values && io::stdin().is_terminal() {
            return Ok(None);
        }
        let data = if has_values {
            self.check_values()?;
            let (given, outputs) = match self.z.is_empty() {
                true => (Given::Yhat, self.yhat),
                false => (Given::Z, self.z),
            };
            Data::Values { y: self.y, given, outputs }
        } else {
            Data::Tables(sources(self.files)?)
        };
        let mut job = Job::new(data);
        job.input = self.input;
        job.scoring = self.scoring;
        job.run = self.run;
        job.output = resolved(self.output);
        Ok(Some(job))
    }

    /// How messages are shown.
    pub fn messages(&self) -> Messages {
        Messages::new(self.output.color, self.output.quiet)
    }

    /// Sees to it that values are pairs, with none of the options that are for files.
    fn check_values(&self) -> Result<(), Error> {
        let outputs = if self.z.is_empty() { "--yhat" } else { "--z" };
        let misfit = |message: &str, hint: &str| Err(Error::usage(message).with_hint(hint));
        if self.y.is_empty() {
            let hint = format!("{outputs}-col names a column of a file");
            return misfit(&format!("{outputs} without --y"), &hint);
        }
        if self.yhat.is_empty() && self.z.is_empty() {
            return misfit("--y without --yhat or --z", "--y-col names a column of a file");
        }
        let strays: Vec<&str> = self.files.iter().filter_map(|file| number(file)).collect();
        if !strays.is_empty() && strays.len() == self.files.len() {
            let (option, values) = match self.z.is_empty() {
                true => ("--yhat", &self.yhat),
                false => ("--z", &self.z),
            };
            let values: Vec<&str> = values.iter().map(String::as_str).chain(strays).collect();
            let values = excerpt(values.join(",").as_bytes());
            let y = excerpt(self.y.join(",").as_bytes());
            return misfit(
                "values of an option are separated by commas",
                &format!("costs --y {y} {option} {values}"),
            );
        }
        if !self.files.is_empty() {
            let hint = "--y-col, --yhat-col and --z-col name columns of files";
            return misfit("values and files together", hint);
        }
        match &self.for_files {
            Some(option) => Err(Error::usage(format!("{option} is for files, not for values"))),
            None => Ok(()),
        }
    }
}

/// The files; standard input for `-`, and if there are none.
fn sources(files: Vec<PathBuf>) -> Result<Vec<Source>, Error> {
    // As other programs take it, where there is no such file.
    if let [path] = files.as_slice()
        && (path.as_os_str() == "help" || path.as_os_str() == "version")
        && !path.exists()
    {
        return Err(Error::usage(format!("there is no file '{}'", path.display()))
            .with_hint("--help, --version; costs merge --help"));
    }
    // Numbers that are no files are values without their options.
    if let [y, yhat] = files.as_slice()
        && let (Some(y), Some(yhat)) = (number(y), number(yhat))
    {
        let message = format!("there are no files '{y}' and '{yhat}'");
        return Err(Error::usage(message)
            .with_hint(format!("a label and a prediction: costs --y {y} --yhat {yhat}")));
    }
    let source =
        |path: PathBuf| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) };
    let mut sources: Vec<Source> = files.into_iter().map(source).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(Error::usage("standard input is named twice"));
    }
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    Ok(sources)
}

/// The number that an argument is which names no file.
fn number(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.parse::<f64>().is_ok() && !path.exists())
}

/// The options of the output, with whether it is coloured decided.
fn resolved(mut output: Output) -> Output {
    let is_colored = output.output.is_none() && applies(output.color, &io::stdout());
    output.color = if is_colored { When::Always } else { When::Never };
    output
}

/// Whether a stream is coloured.
fn applies(when: When, stream: &impl IsTerminal) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            stream.is_terminal() && !is_unwanted
        }
    }
}

/// What the command line says instead of arguments.
pub enum Message {
    /// The help or the version, which was asked for.
    Asked(String),
    /// What is wrong with the arguments, and what might be meant.
    Wrong(String),
}

/// Reads the arguments.
///
/// # Errors
/// A message, which may be the help that was asked for.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, Message> {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = Args::command().try_get_matches_from(&args).and_then(|matches| {
        let mut args = Args::from_arg_matches(&matches)?;
        let for_files = option_for_files(&matches);
        match &mut args.command {
            #[cfg(feature = "plot")]
            Some(Command::Plot(plot)) => plot.set_option_for_files(for_files),
            _ => args.for_files = for_files,
        }
        Ok(args)
    });
    parsed.map_err(|message| {
        let message = match message.kind() {
            ErrorKind::DisplayHelp => help::of(message, &args),
            _ => mistakes::explain(message, &args),
        };
        if !message.use_stderr() {
            return Message::Asked(rendered(&message, &io::stdout()));
        }
        Message::Wrong(rendered(&message, &io::stderr()))
    })
}

/// Takes the formats of input.
fn formats() -> PossibleValuesParser {
    let value = |(name, help): (&'static str, &'static str)| PossibleValue::new(name).help(help);
    PossibleValuesParser::new(input_formats().into_iter().map(value))
}

/// The first option that was given and is for files.
fn option_for_files(matches: &ArgMatches) -> Option<String> {
    let mut matches = matches;
    while let Some((_, of_subcommand)) = matches.subcommand() {
        matches = of_subcommand;
    }
    let command = <InputOptions as clap::Args>::augment_args(clap::Command::new("files"));
    let by_file = clap::Arg::new("by_file").long("by-file");
    let mut options = command.get_arguments().chain([&by_file]);
    let is_given = |option: &&clap::Arg| {
        let id = option.get_id().as_str();
        matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    options.find(is_given)?.get_long().map(|long| format!("--{long}"))
}

/// The command that the arguments name.
fn named<'a>(whole: &'a clap::Command, args: &[OsString]) -> &'a clap::Command {
    let mut command = whole;
    for word in args.iter().skip(1) {
        match command.find_subcommand(word) {
            Some(subcommand) => command = subcommand,
            None => break,
        }
    }
    command
}

/// A message as that stream shows it.
fn rendered(message: &clap::Error, stream: &impl IsTerminal) -> String {
    let text = message.render();
    if applies(When::Auto, stream) { text.ansi().to_string() } else { text.to_string() }
}

/// The help on one screen, of a subcommand if one is named.
pub fn short_help(subcommand: Option<&str>) -> String {
    let mut command = help::command();
    command.build();
    match subcommand.and_then(|name| command.find_subcommand_mut(name)) {
        Some(subcommand) => subcommand.render_help().to_string(),
        None => command.render_help().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
