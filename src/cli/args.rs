//! The arguments of `costs` and `costs merge`, and the jobs that they ask for.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Parser;
use costs::cost::Measure;
use costs::error::Error;
use costs::neuron::Given;
use costs::report::{Output, When};
use costs::{Data, InputOptions, Job, RunOptions, Scoring};

use super::files::{formats, no_file, number, sources};
use super::messages::Messages;
#[cfg(feature = "plot")]
use super::plot::Plot;
use super::terminal::{applies, columns};

/// One example of each group of options.
const EXAMPLES: &str = "\
Examples:
  costs p.csv                                    a file with columns y and yhat
  paste labels.txt scores.txt | costs            from a pipe
  Values:
    costs --y 1,0 --yhat 0.9997,0.1
  Columns:
    costs p.csv --y-col label --yhat-col model_a,model_b
  Costs:
    costs p.csv --cost log-loss --gradient --each
  Working with data:
    costs p.csv --missing skip --fail-above log-loss=0.7
  Output:
    costs p.csv --cost log-loss --format value   one bare number, for a script
  Running:
    costs p.csv --threads 1 --quiet";

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
    after_long_help = EXAMPLES
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
    /// The first option given that is only for files.
    #[arg(skip)]
    for_files: Option<String>,
    /// The command that was meant, if values are separated by spaces.
    #[arg(skip)]
    meant: String,
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
    /// Print a completion script for a shell
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
    /// Returns how messages are shown.
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
    /// The costs to show, or scales of them, of those that the states have [default: all]
    #[arg(
        long,
        value_name = "COST,…",
        value_delimiter = ',',
        value_parser = costs::arguments::measures(),
        hide_possible_values = true,
        ignore_case = true,
        help_heading = "Costs",
        long_help = costs::arguments::measures_help()
    )]
    cost: Vec<Measure>,
    #[command(flatten)]
    output: Output,
}

impl Merge {
    /// Returns the job that the arguments ask for; None if standard input is a terminal and there
    /// are no files.
    ///
    /// # Errors
    /// If the arguments do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        if self.files.is_empty() && io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut job = Job::new(Data::States(sources(&self.files)?));
        job.scoring.cost = self.cost;
        job.output = resolved(self.output);
        Ok(Some(job))
    }
}

impl Args {
    /// Returns the job that the arguments ask for; None if they ask for nothing and standard
    /// input is a terminal.
    ///
    /// # Errors
    /// If the arguments do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        let has_values = !(self.y.is_empty() && self.yhat.is_empty() && self.z.is_empty());
        if self.files.is_empty() && !has_values && io::stdin().is_terminal() {
            return Ok(None);
        }
        let data = if has_values {
            self.check_values()?;
            let (given, outputs) =
                if self.z.is_empty() { (Given::Yhat, self.yhat) } else { (Given::Z, self.z) };
            Data::Values { y: self.y, given, outputs }
        } else {
            Data::Tables(sources(&self.files)?)
        };
        let mut job = Job::new(data);
        job.input = self.input;
        job.scoring = self.scoring;
        job.run = self.run;
        job.output = resolved(self.output);
        Ok(Some(job))
    }

    /// Returns how messages are shown.
    pub fn messages(&self) -> Messages {
        Messages::new(self.output.color, self.output.quiet)
    }

    /// Stores the first option given that is only for files.
    pub fn set_option_for_files(&mut self, option: Option<String>) {
        match &mut self.command {
            #[cfg(feature = "plot")]
            Some(Command::Plot(plot)) => plot.set_option_for_files(option),
            _ => self.for_files = option,
        }
    }

    /// Whether all files are numbers, as if values were separated by spaces.
    pub fn has_strays(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|file| number(file).is_some())
    }

    /// Stores the command that was meant, if values are separated by spaces.
    pub fn set_meant(&mut self, meant: String) {
        self.meant = meant;
    }

    /// Refuses values without their counterpart, and with files or options for files.
    fn check_values(&self) -> Result<(), Error> {
        let outputs = if self.z.is_empty() { "--yhat" } else { "--z" };
        let misfit = |message: &str, hint: &str| Err(Error::usage(message).with_hint(hint));
        if self.has_strays() {
            return misfit("values of an option are separated by commas", &self.meant);
        }
        if self.y.is_empty() {
            let hint = format!("{outputs}-col names a column of a file");
            return misfit(&format!("{outputs} without --y"), &hint);
        }
        if self.yhat.is_empty() && self.z.is_empty() {
            return misfit("--y without --yhat or --z", "--y-col names a column of a file");
        }
        if let Some(error) = self.files.iter().find_map(|file| no_file(file)) {
            return Err(error);
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

/// Decides whether the output is coloured, and how wide it may be.
fn resolved(mut output: Output) -> Output {
    let is_shown = output.output.is_none();
    let is_colored = is_shown && applies(output.color, &io::stdout());
    output.color = if is_colored { When::Always } else { When::Never };
    output.width = columns().filter(|_| is_shown);
    output
}

/// Returns the command or subcommand that the arguments name.
pub fn named<'a>(whole: &'a clap::Command, args: &[OsString]) -> &'a clap::Command {
    let mut command = whole;
    for word in args.iter().skip(1) {
        match command.find_subcommand(word) {
            Some(subcommand) => command = subcommand,
            None => break,
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
