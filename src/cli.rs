//! The command line, and the only file that knows clap: turns arguments into a
//! [`Job`].

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, CommandFactory, Parser, ValueEnum};
use costs::cost::{self, Cost};
use costs::error::{Error, Fault, Place};
use costs::report::{Format, Style};
use costs::{Choice, Data, Job, Source, View};

/// How wrong predictions are: the quadratic and the cross-entropy cost of labels y against predictions ŷ.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    name = "costs",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Examples:
  costs --y 1 --yhat 0.9997                     one prediction
  costs predictions.csv                         a file with columns y and yhat
  costs p.csv --y-col label --yhat-col score    with columns of other names
  paste labels.txt scores.txt | costs           from a pipe
  costs p.csv --cost log-loss --format value    one bare number, for a script"
)]
pub struct Args {
    /// Files of predictions (CSV, TSV); `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Labels, separated by commas
    #[arg(
        long,
        value_name = "NUMBER,…",
        allow_hyphen_values = true,
        value_delimiter = ',',
        help_heading = "Values"
    )]
    y: Vec<String>,
    /// Predictions, separated by commas
    #[arg(
        long,
        value_name = "NUMBER,…",
        allow_hyphen_values = true,
        value_delimiter = ',',
        help_heading = "Values"
    )]
    yhat: Vec<String>,

    /// The column of y, by name or position [default: y, `y_true`, label, target, truth, actual or outcome; else 1]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    y_col: Option<String>,
    /// The column of ŷ, by name or position [default: yhat, `y_pred`, `y_prob`, prediction, prob, p, score …; else 2]
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    yhat_col: Option<String>,
    /// The first line holds the names of the columns [default: found out]
    #[arg(long, help_heading = "Columns", overrides_with = "no_header")]
    header: bool,
    /// The first line is data
    #[arg(long, help_heading = "Columns")]
    no_header: bool,
    /// The byte between cells, or `tab` [default: found out]
    #[arg(short, long, value_name = "BYTE", value_parser = delimiter, allow_hyphen_values = true, help_heading = "Columns")]
    delimiter: Option<u8>,

    /// The costs to compute [default: all]
    #[arg(long, value_name = "COST,…", value_delimiter = ',', value_parser = costs_parser(), hide_possible_values = true, help_heading = "Costs", long_help = costs_help())]
    cost: Vec<String>,

    /// Show every instance [default: for values]
    #[arg(long, overrides_with = "summary", help_heading = "Output")]
    each: bool,
    /// Show the statistics [default: for files]
    #[arg(long, help_heading = "Output")]
    summary: bool,
    /// One result per file instead of one for all
    #[arg(long, help_heading = "Output")]
    by_file: bool,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = FormatArg::Table, help_heading = "Output")]
    format: FormatArg,
    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    json: bool,
    /// Significant digits in tables
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=17), help_heading = "Output")]
    digits: u8,
    /// When to colour
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Output")]
    color: When,
    /// The number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    threads: Option<u16>,
    /// No warnings, no progress
    #[arg(short, long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Table,
    Csv,
    Tsv,
    Json,
    Jsonl,
    Markdown,
    Value,
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

impl Args {
    /// Whether messages may be coloured.
    pub fn color_of_messages(&self) -> bool {
        self.color.applies_to(&io::stderr())
    }

    /// The job that the arguments ask for; None if they ask for nothing and
    /// standard input is a terminal.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        let has_values = !(self.y.is_empty() && self.yhat.is_empty());
        if self.files.is_empty() && !has_values && io::stdin().is_terminal() {
            return Ok(None);
        }
        let format = if self.json { FormatArg::Json } else { self.format }.into();
        let each_by_default = has_values && format != Format::Value;
        let job = Job {
            view: if self.each || (each_by_default && !self.summary) {
                View::Instances
            } else {
                View::Summary
            },
            style: Style {
                format,
                digits: self.digits.into(),
                color: self.color.applies_to(&io::stdout()),
            },
            costs: chosen_costs(&self.cost),
            by_file: self.by_file,
            threads: self.threads.map_or_else(all_cores, usize::from),
            bytes_read: Arc::default(),
            data: self.data()?,
        };
        job.check()?;
        Ok(Some(job))
    }

    fn data(self) -> Result<Data, Error> {
        match (self.y.is_empty(), self.yhat.is_empty()) {
            (true, true) => {}
            (false, false) if self.files.is_empty() => {
                return Ok(Data::Values { y: self.y, yhat: self.yhat });
            }
            (false, false) => {
                return Err(usage(
                    "values and files together",
                    Some("--y-col and --yhat-col name columns of files"),
                ));
            }
            (false, true) => {
                return Err(usage("--y without --yhat", Some("--y-col names a column of a file")));
            }
            (true, false) => {
                return Err(usage(
                    "--yhat without --y",
                    Some("--yhat-col names a column of a file"),
                ));
            }
        }
        let header = match (self.header, self.no_header) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        let choice =
            Choice { delimiter: self.delimiter, header, y: self.y_col, yhat: self.yhat_col };
        let source = |path: PathBuf| {
            if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) }
        };
        let mut sources: Vec<Source> = self.files.into_iter().map(source).collect();
        if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
            return Err(usage("standard input is named twice", None));
        }
        if sources.is_empty() {
            sources.push(Source::Stdin);
        }
        Ok(Data::Tables { sources, choice })
    }
}

/// Reads the arguments.
///
/// # Errors
/// clap's message, which may be the help that was asked for.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    Args::try_parse_from(args)
}

/// The help on one screen.
pub fn short_help() -> String {
    Args::command().render_help().to_string()
}

fn usage(message: &str, hint: Option<&'static str>) -> Error {
    Error::new(Place::CommandLine, Fault::Usage { message: message.to_owned(), hint })
}

/// The costs of those names, once each; all if there are none.
fn chosen_costs(names: &[String]) -> Vec<&'static dyn Cost> {
    if names.is_empty() {
        return cost::ALL.to_vec();
    }
    let mut chosen: Vec<&'static dyn Cost> = Vec::new();
    for cost in names.iter().filter_map(|name| cost::by_name(name)) {
        if chosen.iter().all(|other| other.name() != cost.name()) {
            chosen.push(cost);
        }
    }
    chosen
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn costs_parser() -> PossibleValuesParser {
    let value =
        |cost: &dyn Cost| clap::builder::PossibleValue::new(cost.name()).aliases(cost.aliases());
    PossibleValuesParser::new(cost::ALL.into_iter().map(value))
}

fn costs_help() -> String {
    let cost = |cost: &dyn Cost| format!("{} ({})", cost.name(), cost.aliases().join(", "));
    let all: Vec<String> = cost::ALL.into_iter().map(cost).collect();
    format!("The costs to compute: {} [default: all]", all.join("; "))
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r' | b'.' | b'+' | b'-'] => {
            Err("it cannot be a quote, a line end, or part of a number".to_owned())
        }
        [byte] if byte.is_ascii_alphanumeric() => {
            Err("it cannot be a letter or a digit".to_owned())
        }
        &[byte] => Ok(byte),
        _ => Err("it is one byte, or the word tab".to_owned()),
    }
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Table => Format::Table,
            FormatArg::Csv => Format::Csv,
            FormatArg::Tsv => Format::Tsv,
            FormatArg::Json => Format::Json,
            FormatArg::Jsonl => Format::Jsonl,
            FormatArg::Markdown => Format::Markdown,
            FormatArg::Value => Format::Value,
        }
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
