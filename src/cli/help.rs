//! The two help texts of `costs` itself: `-h` fits on one screen, `--help` is complete.

use std::ffi::OsString;
use std::fmt::Write;

use clap::{Command, CommandFactory};
use costs::cost::{self, Cost};

use super::args::{Args, named};

/// One screen of 80 columns and 40 lines. What is in `{…}` is replaced by a list of names.
const SCREEN: &str = "\
How wrong predictions are: costs of labels y against predictions ŷ, exactly

Usage: costs [OPTIONS] [FILE]...   CSV, TSV, JSON Lines, Parquet; - is stdin
       costs <COMMAND>             {commands}

Values:
  --y N,…  --yhat N,…        labels; predictions
  --z N,…                    weighted inputs of a neuron, in place of ŷ
Columns:
  --y-col C  --yhat-col C,…  labels; predictions, one column a model
  --z-col C,…  --logp-col C,…  z in place of ŷ; ln p of the outcome
  --classes A,B,…            of several, each in a column of 'p_*' or a list
  --weight-col C  --cluster-col C  weights; which rows belong together
  --baseline-col C           what skill is measured against
  --by C,…  --by-file        one result per value of these columns; per file
  --join FILE  --on C,…      rows of FILE join those with equal C [one by one]
  --header  --no-header      the first line is names; it is data [found out]
  -d, --delimiter BYTE       stands between cells; or the word tab [found out]
  --input FORMAT             csv, jsonl, json, parquet [by name or first bytes]
Costs:
  --cost COST,…              {costs} [all]; rmse, bits, …
  --activation NAME          sigmoid or tanh turns z into ŷ [sigmoid]
  --gradient  --calibration  show ∂C/∂z, too; the parts of the mean
Working with data:
  --missing WHAT             a row that lacks a value: error or skip [error]
  --positive L  --negative L,…  labels that count as 1; as 0 [the one other]
  --clip EPS  --normalize    ŷ off 0 and 1: N, sklearn, keras, torch; by sum
  --worst K                  show the K instances of highest cost
  --fail-above COST=LIMIT,…  exit with 1 if a mean is above the limit
  --fail-worse COST=MARGIN,…  or if a model is surely that much worse
  --max-groups N             the most groups there may be [1000000]
Output:
  --each  --summary  --explain  instances [values]; statistics [files]; working
  --sort BY                  models best first, by mean, skill or delta
  --format FORMAT, --json    table csv tsv json jsonl markdown value state
  -o, --output FILE          write there, whole or not at all
  --digits N  --color WHEN   in tables [4]; auto, always or never [auto]
Running:
  --threads N  -q, --quiet   workers [all cores]; no warnings, no progress
  -h, --help  -V, --version  this screen; all, with examples; the version
";

/// Returns the command with both help texts set.
pub fn command() -> Command {
    let whole = Args::command();
    let long = whole.clone().render_long_help();
    // The lines are wrapped already.
    whole.before_help(screen()).before_long_help(long).help_template("{before-help}").term_width(0)
}

/// Returns the short help of `costs`, or of a subcommand.
pub fn short_help(subcommand: Option<&str>) -> String {
    let mut command = command();
    command.build();
    match subcommand.and_then(|name| command.find_subcommand_mut(name)) {
        Some(subcommand) => subcommand.render_help().to_string(),
        None => command.render_help().to_string(),
    }
}

/// Returns the help that the arguments ask for; `message` is that of clap.
pub fn of(message: clap::Error, args: &[OsString]) -> clap::Error {
    let whole = Args::command();
    let is_of_subcommand = named(&whole, args).get_name() != whole.get_name();
    if is_of_subcommand {
        message
    } else {
        command().try_get_matches_from(args).err().unwrap_or(message)
    }
}

/// Returns the screen, with headings styled as by clap.
fn screen() -> String {
    let command = Args::command();
    let commands: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let costs = cost::ALL.map(Cost::name).join(", ");
    let text = SCREEN.replace("{commands}", &commands.join(", ")).replace("{costs}", &costs);
    let heading = *command.get_styles().get_header();
    let mut screen = String::new();
    for line in text.lines() {
        let (head, rest) = match line.split_once(':') {
            Some((head, rest)) if head == "Usage" || rest.is_empty() => (head, rest),
            _ => ("", line),
        };
        let _ = match head {
            "" => writeln!(screen, "{line}"),
            _ => writeln!(screen, "{heading}{head}:{heading:#}{rest}"),
        };
    }
    screen
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    /// Returns the lines of the screen below a heading.
    fn group(heading: &str) -> String {
        let lines = SCREEN.lines().skip_while(|line| *line != format!("{heading}:"));
        lines.skip(1).take_while(|line| line.starts_with(' ')).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_screen_has_every_option_once_below_its_heading() {
        for option in Args::command().get_opts() {
            let heading = option.get_help_heading().expect("a heading");
            let long = format!("--{}", option.get_long().expect("a long name"));
            let is_it = |word: &&str| word.trim_end_matches(',') == long;
            assert_eq!(group(heading).split_whitespace().filter(is_it).count(), 1, "{long}");
            assert_eq!(SCREEN.split_whitespace().filter(is_it).count(), 1, "{long}");
            if let Some(short) = option.get_short() {
                assert!(group(heading).contains(&format!("-{short}, {long}")), "{long}");
            }
        }
    }

    #[test]
    fn the_screen_has_every_value_that_can_be_chosen() {
        let takes_value = |option: &&Arg| option.get_action().takes_values();
        // The costs are filled in.
        let has_values = |option: &&Arg| takes_value(option) && option.get_id() != "cost";
        for option in Args::command().get_opts().filter(has_values) {
            let screen = group(option.get_help_heading().expect("a heading"));
            for value in option.get_possible_values() {
                let is_it = |word: &str| word.trim_end_matches(',') == value.get_name();
                assert!(screen.split_whitespace().any(is_it), "{}", value.get_name());
            }
        }
    }
}
