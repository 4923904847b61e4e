//! The command line, and the only module that knows clap: turns arguments into a
//! [`Job`].

#[cfg(feature = "plot")]
pub mod plot;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, CommandFactory, Parser, ValueEnum};
use costs::cost::{self, Clip, ClippedCrossEntropy, Cost};
use costs::error::{Error, Fault, Place};
use costs::report::{Format, Style};
use costs::{Choice, Data, Job, Limit, Source, View};

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
    after_help = "\
Examples:
  costs --y 1 --yhat 0.9997                     one prediction
  costs predictions.csv                         a file with columns y and yhat
  costs p.csv --y-col label --yhat-col score    with columns of other names
  paste labels.txt scores.txt | costs           from a pipe
  costs p.csv --cost log-loss --format value    one bare number, for a script"
)]
pub struct Args {
    #[cfg(feature = "plot")]
    #[command(subcommand)]
    pub command: Option<plot::Command>,

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

    #[command(flatten)]
    columns: Columns,
    /// The column of weights
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    weight_col: Option<String>,
    /// One result per value of these columns
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', help_heading = "Columns")]
    by: Vec<String>,

    /// The costs to compute [default: all]
    #[arg(long, value_name = "COST,…", value_delimiter = ',', value_parser = costs_parser(), hide_possible_values = true, help_heading = "Costs", long_help = costs_help())]
    cost: Vec<String>,
    /// Keep ŷ off 0 and 1 for cross-entropy: by a number, or as `sklearn`, `keras` or `torch` does
    #[arg(long, value_name = "EPS", allow_hyphen_values = true, value_parser = clip, help_heading = "Costs")]
    clip: Option<Clip>,
    /// Exit with 1 if a mean is above the limit or not finite
    #[arg(long, value_name = "COST=LIMIT", value_parser = limit, help_heading = "Costs")]
    fail_above: Vec<Limit>,

    /// Show every instance [default: for values]
    #[arg(long, overrides_with = "summary", help_heading = "Output")]
    each: bool,
    /// Show the statistics [default: for files]
    #[arg(long, help_heading = "Output")]
    summary: bool,
    /// Show the K instances of highest cost, worst first
    #[arg(long, value_name = "K", conflicts_with_all = ["each", "summary"], value_parser = clap::value_parser!(u32).range(1..), help_heading = "Output")]
    worst: Option<u32>,
    /// One result per file instead of one for all
    #[arg(long, help_heading = "Output")]
    by_file: bool,
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
    /// The number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    threads: Option<u16>,
    /// The most groups there may be
    #[arg(long, value_name = "N", default_value_t = 1_000_000, help_heading = "Running")]
    max_groups: usize,
    /// No warnings, no progress
    #[arg(short, long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub quiet: bool,
}

/// Which columns of a file to read, and how.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns")]
struct Columns {
    /// The column of y, by name or position [default: y, `y_true`, label, target, truth, actual or outcome; else 1]
    #[arg(long, value_name = "COLUMN")]
    y_col: Option<String>,
    /// The columns of ŷ, one a model, by name or position [default: yhat, `y_pred`, `y_prob`, prediction, prob, p, score …; else 2]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    yhat_col: Vec<String>,
    /// The label that counts as 1; every other counts as 0
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    positive: Option<String>,
    /// What to do with a row that lacks a value
    #[arg(long, value_enum, default_value_t = Missing::Error, value_name = "WHAT")]
    missing: Missing,
    /// The first line holds the names of the columns [default: found out]
    #[arg(long, overrides_with = "no_header")]
    header: bool,
    /// The first line is data
    #[arg(long)]
    no_header: bool,
    /// The byte between cells, or `tab` [default: found out]
    #[arg(short, long, value_name = "BYTE", value_parser = delimiter, allow_hyphen_values = true)]
    delimiter: Option<u8>,
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
        let view = match self.worst {
            Some(most) => View::Worst(most as usize),
            None if self.each || (each_by_default && !self.summary) => View::Instances,
            None => View::Summary,
        };
        let color = self.color.applies_to(&io::stdout()) && self.output.is_none();
        let job = Job {
            view,
            style: Style { format, digits: self.digits.into(), color },
            costs: chosen_costs(&self.cost, self.clip),
            by_file: self.by_file,
            max_groups: self.max_groups,
            limits: self.fail_above.clone(),
            threads: self.threads.map_or_else(all_cores, usize::from),
            bytes_read: Arc::default(),
            histogram: None,
            data: self.data()?,
        };
        job.check()?;
        Ok(Some(job))
    }

    fn data(self) -> Result<Data, Error> {
        match (self.y.is_empty(), self.yhat.is_empty()) {
            (true, true) => {}
            (false, false) if self.files.is_empty() => {
                return self.values();
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
        let choice = Choice { weight: self.weight_col, by: self.by, ..self.columns.choice() };
        Ok(Data::Tables { sources: sources(self.files)?, choice })
    }

    /// The values, with none of the options that are for files.
    fn values(self) -> Result<Data, Error> {
        let others = [
            ("--weight-col", self.weight_col.is_some()),
            ("--by", !self.by.is_empty()),
            ("--by-file", self.by_file),
        ];
        let mut of_files = self.columns.given().into_iter().chain(others);
        match of_files.find(|&(_, is_given)| is_given) {
            Some((option, _)) => {
                Err(usage(&format!("{option} is for files, not for values"), None))
            }
            None => Ok(Data::Values { y: self.y, yhat: self.yhat }),
        }
    }
}

impl Columns {
    /// The columns, with neither weights nor groups.
    fn choice(self) -> Choice {
        let header = match (self.header, self.no_header) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        Choice {
            delimiter: self.delimiter,
            header,
            y: self.y_col,
            yhats: self.yhat_col,
            positive: self.positive,
            skips_missing: self.missing == Missing::Skip,
            ..Choice::default()
        }
    }

    /// Each option, and whether it is there.
    fn given(&self) -> [(&'static str, bool); 7] {
        [
            ("--y-col", self.y_col.is_some()),
            ("--yhat-col", !self.yhat_col.is_empty()),
            ("--positive", self.positive.is_some()),
            ("--missing", self.missing == Missing::Skip),
            ("--delimiter", self.delimiter.is_some()),
            ("--header", self.header),
            ("--no-header", self.no_header),
        ]
    }
}

/// The files; standard input for `-`, and if there are none.
fn sources(files: Vec<PathBuf>) -> Result<Vec<Source>, Error> {
    let source =
        |path: PathBuf| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) };
    let mut sources: Vec<Source> = files.into_iter().map(source).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(usage("standard input is named twice", None));
    }
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    Ok(sources)
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
fn chosen_costs(names: &[String], clip: Option<Clip>) -> Vec<&'static dyn Cost> {
    let mut chosen: Vec<&'static dyn Cost> = Vec::new();
    let all = cost::ALL.map(Cost::name);
    let all = all.into_iter().filter(|_| names.is_empty());
    for cost in names.iter().map(String::as_str).chain(all).filter_map(cost::by_name) {
        if chosen.iter().all(|other| other.name() != cost.name()) {
            chosen.push(cost);
        }
    }
    if let Some(clip) = clip {
        // It lives as long as the program, as the others do.
        let clipped: &'static dyn Cost = Box::leak(Box::new(ClippedCrossEntropy(clip)));
        for cost in chosen.iter_mut().filter(|cost| cost.name() == clipped.name()) {
            *cost = clipped;
        }
    }
    chosen
}

fn clip(text: &str) -> Result<Clip, String> {
    match text {
        "sklearn" => Ok(Clip::SKLEARN),
        "keras" => Ok(Clip::KERAS),
        "torch" => Ok(Clip::TORCH),
        _ => match text.parse::<f64>() {
            Ok(epsilon) if 1.0 - epsilon < 1.0 && epsilon < 0.5 => Ok(Clip::Prediction(epsilon)),
            _ => Err("it is a number from 1e-16 to 0.5, or sklearn, keras or torch".to_owned()),
        },
    }
}

fn limit(text: &str) -> Result<Limit, String> {
    let (name, most) = text.split_once('=').ok_or("it is of the form COST=LIMIT")?;
    let cost = cost::by_name(name).ok_or_else(|| format!("there is no cost '{name}'"))?;
    match most.parse::<f64>() {
        Ok(most) if most.is_finite() => Ok(Limit { cost, most }),
        _ => Err(format!("'{most}' is not a number")),
    }
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
