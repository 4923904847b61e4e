//! The helps, and what is said to flags that there are not.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::costs;

/// The headings, in their order.
const HEADINGS: [&str; 6] =
    ["Values", "Columns", "Costs", "Working with data", "Output", "Running"];

/// What `costs` prints with those arguments, 80 columns wide.
fn help(args: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_costs"))
        .args(args.split(' '))
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .output()
        .expect("costs starts");
    String::from_utf8(output.stdout).expect("help is UTF-8")
}

/// The lines that are a heading, in their order.
fn headings(help: &str) -> Vec<&str> {
    let heads = help.lines().filter_map(|line| line.strip_suffix(':'));
    heads.filter(|head| HEADINGS.contains(head)).collect()
}

#[test]
fn short_help_fits_a_screen_of_80_by_40() {
    let help = help("-h");
    assert!(help.lines().count() <= 40, "{} lines", help.lines().count());
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn both_helps_have_the_same_headings() {
    assert_eq!(headings(&help("-h")), HEADINGS);
    assert_eq!(headings(&help("--help")), HEADINGS);
}

#[test]
fn both_helps_name_the_commands() {
    let commands = if cfg!(feature = "plot") {
        &["merge", "plot", "completions", "man"][..]
    } else {
        &["merge", "completions", "man"]
    };
    let short = help("-h");
    assert!(short.contains(&format!("<COMMAND>             {}\n", commands.join(", "))), "{short}");
    let long = help("--help");
    for command in commands {
        assert!(long.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn short_help_names_the_costs() {
    assert!(help("-h").contains("quadratic, cross-entropy"));
}

#[test]
fn long_help_and_the_manual_teach_the_costs() {
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [words(help("--help")), words(help("man").replace("\\-", "-"))] {
        for cost in costs::cost::ALL {
            let taught = format!("): {}, {}", cost.formula(), cost.range());
            assert!(text.contains(&taught), "{taught}: {text}");
        }
        assert!(text.contains("from 0 to ∞ nats"), "{text}");
    }
}

#[test]
fn help_of_a_command_is_its_own() {
    let help = help("merge -h");
    assert!(help.contains("Usage: costs merge [OPTIONS] [FILE]...\n"), "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
}

/// The files of the examples.
fn example_files(folder: &Path) {
    let rows = "y,yhat,label,model_a,model_b\n1,0.9,1,0.9,0.8\n0,0.1,0,0.2,0.4\n";
    let files = [("p.csv", rows), ("labels.txt", "1\n"), ("scores.txt", "0.5\n")];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file is written");
    }
}

#[test]
#[cfg(unix)]
fn every_group_has_an_example_that_works() {
    let help = help("--help");
    let (_, examples) = help.split_once("\nExamples:\n").expect("there are examples");
    for heading in HEADINGS {
        assert!(examples.contains(&format!("\n  {heading}:\n    costs ")), "{heading}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    example_files(folder.path());
    let program = Path::new(env!("CARGO_BIN_EXE_costs")).parent().expect("a folder").display();
    let path = format!("{program}:{}", std::env::var("PATH").expect("a path"));
    // What an example is for stands behind it.
    let commands = examples.lines().map(|line| line.trim().split("   ").next().unwrap_or(line));
    for command in commands.filter(|line| !line.ends_with(':')) {
        let status = Command::new("bash")
            .args(["-c", command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect("bash starts").success(), "{command}");
    }
}

/// Checks what is said to a wrong flag, which ends with 2.
#[track_caller]
fn suggests(args: &[&str], tip: &str) {
    let run = costs(args);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
    assert!(run.stderr.contains(&format!("\n  tip: {tip}\n")), "{args:?}: {}", run.stderr);
}

#[test]
fn a_flag_of_another_tool_leads_to_ours() {
    let cases = [
        ("--yhat_col", "use '--yhat-col' for a column, '--yhat' for numbers"),
        ("--y_true", "use '--y-col' for a column, '--y' for numbers"),
        ("--logits", "use '--z-col' for a column, '--z' for numbers"),
        ("--ycol", "a similar argument exists: '--y-col'"),
        ("--output-format", "use '--format'"),
        ("--weights", "use '--weight-col'"),
        ("--group-by", "use '--by'"),
        ("--metric", "use '--cost'"),
        ("--sep", "use '--delimiter'"),
        ("--threshold", "use '--fail-above'"),
        ("--top", "use '--worst'"),
        ("--sort-by", "use '--sort'"),
        ("--precision", "use '--digits'"),
        ("--Y-COL", "use '--y-col' for a column, '--y' for numbers"),
        ("-f", "use '--format'"),
        ("-yhat", "use '--yhat'"),
        ("-each=1", "use '--each'"),
        ("-y", "use '--y'"),
    ];
    for (flag, tip) in cases {
        suggests(&[flag, "x"], tip);
        suggests(&["p.csv", flag, "x"], tip);
    }
}

#[test]
fn an_option_of_costs_itself_is_told_from_those_of_a_command() {
    suggests(&["merge", "--clip", "0.1"], "'--clip' is an option of 'costs' itself");
    suggests(&["merge", "--eps", "0.1"], "'--clip' is an option of 'costs' itself");
    suggests(&["merge", "--metric", "mse"], "use '--cost'");
    suggests(&["merge", "--output-format", "csv"], "use '--format'");
}

#[test]
fn a_wrong_cost_is_answered_with_every_name() {
    let run = costs(&["--cost", "logloss"]);
    assert_eq!(run.code, 2);
    for name in ["quadratic", "mse", "cross-entropy", "log-loss", "rmse", "perplexity"] {
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}
