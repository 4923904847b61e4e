//! The command line, and the only module that knows clap: what arguments there are.
//! `job.rs` turns them into a job, `values.rs` reads their values.

mod help;
mod job;
pub mod manual;
mod mistakes;
#[cfg(feature = "plot")]
pub mod plot;
mod values;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, Parser, ValueEnum};
use costs::Limit;
use costs::cost::Clip;
use costs::report::Style;
use costs::text::escape;

use values::{clip, costs_help, costs_parser, delimiter, limit};

/// How wrong predictions are: the quadratic and the cross-entropy cost of labels y against predictions ŷ.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    name = "costs",
    version,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
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
    columns: Columns,
    /// The column of weights
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    weight_col: Option<String>,
    /// One result per value of these columns
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', help_heading = "Columns")]
    by: Vec<String>,
    /// One result per file instead of one for all
    #[arg(long, help_heading = "Columns")]
    by_file: bool,

    /// The costs to compute [default: all]
    #[arg(long, value_name = "COST,…", value_delimiter = ',', value_parser = costs_parser(), hide_possible_values = true, ignore_case = true, help_heading = "Costs", long_help = costs_help())]
    cost: Vec<String>,
    /// The activation that turns z into the output [default: sigmoid]
    #[arg(long, value_enum, value_name = "NAME", help_heading = "Costs")]
    activation: Option<ActivationArg>,
    /// Show ∂C/∂z, too
    #[arg(long, help_heading = "Costs")]
    gradient: bool,

    #[command(flatten)]
    cells: Cells,
    /// Keep ŷ off 0 and 1 for cross-entropy: by a number, or as sklearn, keras or torch does
    #[arg(long, value_name = "EPS", allow_hyphen_values = true, value_parser = clip, help_heading = help::DATA)]
    clip: Option<Clip>,
    /// Show the K instances of highest cost, the first one asked for, worst first
    #[arg(long, value_name = "K", conflicts_with_all = ["each", "summary"], value_parser = clap::value_parser!(u32).range(1..), help_heading = help::DATA)]
    worst: Option<u32>,

    /// Show every instance [default: for values]
    #[arg(long, overrides_with = "summary", help_heading = "Output")]
    each: bool,
    /// Show the statistics [default: for files]
    #[arg(long, help_heading = "Output")]
    summary: bool,
    /// The number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    threads: Option<u16>,
    #[command(flatten)]
    pub layout: Layout,
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
    Plot(plot::Plot),
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

#[derive(Debug, clap::Args)]
pub struct Merge {
    /// Files of states; `-` or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    pub layout: Layout,
}

/// How to write results, and which of them are errors.
#[derive(Clone, Debug, clap::Args)]
pub struct Layout {
    /// Exit with 1 if a mean is above the limit or not finite
    #[arg(long, value_name = "COST=LIMIT", value_parser = limit, help_heading = help::DATA)]
    fail_above: Vec<Limit>,
    /// The most groups there may be
    #[arg(long, value_name = "N", default_value_t = 1_000_000, help_heading = help::DATA)]
    max_groups: usize,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = FormatArg::Table, help_heading = "Output")]
    format: FormatArg,
    /// Write to a file, whole or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    json: bool,
    /// Significant digits in tables
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=17), help_heading = "Output")]
    digits: u8,
    /// When to colour
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Output")]
    color: When,
    /// No warnings, no progress
    #[arg(short, long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub quiet: bool,
}

/// Which columns of a file to read, and how.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns")]
struct Columns {
    #[arg(
        long,
        value_name = "COLUMN",
        help = "The column of y, by name or position [default: y, y_true, label, target, truth, \
                actual or outcome; else 1]"
    )]
    y_col: Option<String>,
    #[arg(
        long,
        value_name = "COLUMN,…",
        value_delimiter = ',',
        help = "The columns of ŷ, one a model, by name or position [default: yhat, y_pred, \
                y_prob, prediction, prob, p, score …; else 2]"
    )]
    yhat_col: Vec<String>,
    /// The columns of z, in place of those of ŷ [default: z, logit or logits, if there is no ŷ]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', conflicts_with = "yhat_col")]
    z_col: Vec<String>,
    /// The first line holds the names of the columns [default: found out]
    #[arg(long, overrides_with = "no_header")]
    header: bool,
    /// The first line is data
    #[arg(long)]
    no_header: bool,
    /// The format of the input [default: parquet by its first bytes, jsonl by its name, else csv]
    #[arg(long, value_enum, value_name = "FORMAT")]
    input: Option<InputArg>,
    /// The byte between cells, or `tab` [default: found out]
    #[arg(short, long, value_name = "BYTE", value_parser = delimiter, allow_hyphen_values = true)]
    delimiter: Option<u8>,
}

/// What cells mean.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = help::DATA)]
struct Cells {
    /// The label that counts as 1; every other counts as 0
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    positive: Option<String>,
    /// What to do with a row that lacks a value
    #[arg(long, value_enum, default_value_t = Missing::Error, value_name = "WHAT")]
    missing: Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    Table,
    Csv,
    Tsv,
    Json,
    Jsonl,
    Markdown,
    Value,
    /// Exact sums, for `costs merge`
    State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ActivationArg {
    /// From 0 to 1.
    Sigmoid,
    /// From −1 to 1, for labels −1 and 1.
    Tanh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InputArg {
    /// Delimited text
    Csv,
    /// A JSON object a line
    Jsonl,
    /// Parquet
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Missing {
    /// It is an error.
    Error,
    /// The row is left out, and counted.
    Skip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl When {
    fn applies_to(self, stream: &impl IsTerminal) -> bool {
        match self {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let is_unwanted =
                    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                stream.is_terminal() && !is_unwanted
            }
        }
    }
}

impl Layout {
    /// Whether messages may be coloured.
    pub fn color_of_messages(&self) -> bool {
        self.color.applies_to(&io::stderr())
    }

    fn style(&self) -> Style {
        let format = if self.json { FormatArg::Json } else { self.format }.into();
        let color = self.color.applies_to(&io::stdout()) && self.output.is_none();
        Style { format, digits: self.digits.into(), color }
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
    Args::try_parse_from(&args).map_err(|message| {
        let message = match message.kind() {
            ErrorKind::DisplayHelp => help::of(message, &args),
            _ => mistakes::explain(message, &args),
        };
        if !message.use_stderr() {
            return Message::Asked(rendered(&message, &io::stdout()));
        }
        // Whether a terminal shows an argument as it is.
        let is_harmless = |arg: &OsString| {
            let arg = arg.as_encoded_bytes();
            escape(arg).as_bytes() == arg
        };
        Message::Wrong(if args.iter().all(is_harmless) {
            rendered(&message, &io::stderr())
        } else {
            let text = message.render().to_string();
            text.lines().map(|line| escape(line.as_bytes()) + "\n").collect()
        })
    })
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
    if When::Auto.applies_to(stream) { text.ansi().to_string() } else { text.to_string() }
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
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
