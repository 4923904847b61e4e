//! Completions and the manual, which are generated from the definition of the command line.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use costs::error::Error;
use costs::text::excerpt;

use super::args::Args;

/// Returns a script that makes a shell complete the options.
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "costs", &mut script);
    String::from_utf8(script).expect("names are UTF-8")
}

/// When the manual last changed.
const DATE: &str = "2026-11-26";

/// What the exit codes mean.
const EXIT_CODES: [(&str, &str); 3] = [
    ("0", "Done. Infinite costs are results, and a reader that closes the pipe early is no error."),
    (
        "1",
        "A mean or the share of skipped rows is above its limit, a mean is not finite, or a model is worse by more than its margin: see --fail-above and --fail-worse.",
    ),
    ("2", "Everything that went wrong: usage, data, input, output."),
];

/// Returns the page of the manual about a command, such as `plot cost`, in roff.
///
/// # Errors
/// If there is no such command.
pub fn page(words: &[String]) -> Result<String, Error> {
    let mut whole = Args::command();
    whole.build();
    let mut command = &whole;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(command, word))?;
    }
    Ok(roff(command))
}

/// The page about a command.
fn roff(command: &Command) -> String {
    let name = command.get_display_name().unwrap_or("costs");
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(DATE)
        .source(concat!("costs ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    let mut page = Vec::new();
    // Writing to memory succeeds.
    let _ = man.render_title(&mut page);
    let _ = man.render_name_section(&mut page);
    let _ = synopsis(command).to_writer(&mut page);
    let _ = man.render_description_section(&mut page);
    let _ = man.render_options_section(&mut page);
    if command.has_subcommands() {
        let _ = man.render_subcommands_section(&mut page);
    }
    let _ = exit_status().to_writer(&mut page);
    let _ = examples(command).to_writer(&mut page);
    let page = String::from_utf8(page).expect("names are UTF-8");
    // Not every reader of roff shows two line breaks as a blank line.
    page.replace("\n.br\n\n.br\n", "\n.sp\n")
}

/// The section of the ways to call a command, as in its help.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let ways = usage.trim_start_matches("Usage:").lines().map(str::trim);
    let mut section = Roff::new();
    section.control("SH", ["SYNOPSIS"]).control("nf", []);
    for way in ways {
        section.text([roman(way)]);
    }
    section.control("fi", []);
    section
}

fn exit_status() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        section.control("TP", []).text([bold(code)]).text([roman(meaning)]);
    }
    section
}

/// The section of the examples that end the help, line by line.
fn examples(command: &Command) -> Roff {
    let help = command.get_after_long_help().or_else(|| command.get_after_help());
    let text = help.map(ToString::to_string).unwrap_or_default();
    let mut section = Roff::new();
    if !text.is_empty() {
        let lines: Vec<Inline> =
            text.lines().skip(1).map(|line| roman(format!("{line}\n"))).collect();
        section.control("SH", ["EXAMPLES"]).control("nf", []).text(lines).control("fi", []);
    }
    section
}

fn unknown(command: &Command, word: &str) -> Error {
    let name = command.get_bin_name().unwrap_or("costs");
    Error::usage(format!("{name} has no command '{}'", excerpt(word.as_bytes())))
        .with_hint("costs -h lists the commands")
}
