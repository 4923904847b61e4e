//! What the command line makes of itself: completions and the manual.

#![cfg(unix)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use support::costs;

/// What a program prints on both streams, given that input; None where it is not
/// installed. Where all is tested (`CI` is set) it has to be.
fn piped(program: &str, args: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program)
        .args(args)
        .env("PATH", path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Err(_) if std::env::var_os("CI").is_none() => return None,
        child => child.unwrap_or_else(|error| panic!("{program}: {error}")),
    };
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(input.as_bytes()).expect("the input is taken");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Some(text(output.stdout) + &text(output.stderr))
}

/// The path, with `costs` first.
fn path() -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_costs"));
    let folder = program.parent().expect("a folder").display();
    format!("{folder}:{}", std::env::var("PATH").expect("a path"))
}

/// What bash offers for the last of these words.
fn completed(words: &str) -> Vec<String> {
    let script = format!(
        "source <(costs completions bash)
        words=({words})
        COMP_WORDS=(\"${{words[@]}}\") COMP_CWORD=$((${{#words[@]}} - 1))
        _costs costs \"${{words[COMP_CWORD]}}\" \"${{words[COMP_CWORD - 1]}}\"
        printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let offered = piped("bash", &["-c", &script], "").expect("bash is installed");
    offered.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_options_commands_and_costs() {
    assert_eq!(completed("costs --yh"), ["--yhat", "--yhat-col"]);
    assert_eq!(completed("costs mer"), ["merge"]);
    assert_eq!(completed("costs merge --fa"), ["--fail-above", "--fail-worse"]);
    assert_eq!(completed("costs --cost c"), ["cross-entropy"]);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = costs(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        assert!(run.stdout.contains("yhat-col"), "{shell}");
    }
    for (shell, check) in [("zsh", "-n"), ("fish", "-n")] {
        let script = costs(&["completions", shell]).stdout;
        if Command::new(shell).arg("--version").output().is_ok() {
            assert_eq!(piped(shell, &[check], &script).as_deref(), Some(""), "{shell}");
        }
    }
}

#[test]
fn an_unknown_shell_is_an_error() {
    let run = costs(&["completions", "tcsh"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: invalid value 'tcsh' for '<SHELL>'"), "{}", run.stderr);
}

/// The commands that have a page.
const COMMANDS: [&[&str]; if cfg!(feature = "plot") { 9 } else { 4 }] = [
    &[],
    &["merge"],
    &["completions"],
    &["man"],
    #[cfg(feature = "plot")]
    &["plot"],
    #[cfg(feature = "plot")]
    &["plot", "activation"],
    #[cfg(feature = "plot")]
    &["plot", "cost"],
    #[cfg(feature = "plot")]
    &["plot", "calibration"],
    #[cfg(feature = "plot")]
    &["plot", "gradient"],
];

#[test]
fn pages_of_the_manual_have_no_faults() {
    for command in COMMANDS {
        let run = costs(&[&["man"], command].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command:?}");
        let Some(said) = piped("mandoc", &["-T", "lint", "-W", "warning"], &run.stdout) else {
            continue;
        };
        assert_eq!(said, "", "{command:?}");
    }
}

#[test]
fn the_manual_reads_like_the_help() {
    let Some(page) = piped("mandoc", &["-T", "utf8"], &costs(&["man"]).stdout) else { return };
    // Bold is a letter twice.
    let page: Vec<char> = page.chars().collect();
    let plain: String =
        (0..page.len()).filter(|&i| page.get(i + 1) != Some(&'\u{8}')).map(|i| page[i]).collect();
    let plain = plain.replace('\u{8}', "");
    for line in [
        "COSTS(1)                         User Commands                        COSTS(1)\n",
        "\nSYNOPSIS\n       costs [OPTIONS] [FILE]...\n       costs <COMMAND>\n",
        "\n       --yhat <NUMBER,…>\n              Predictions, separated by commas; a single one stands for all\n",
        "\nWORKING WITH DATA\n",
        "\n       costs-merge(1)\n",
        "\nEXIT STATUS\n       0 ",
        "\n           costs p.csv --cost log-loss --gradient --each\n",
    ] {
        assert!(plain.contains(line), "{line:?} in {plain}");
    }
}

#[test]
fn a_page_of_no_command_is_an_error() {
    let run = costs(&["man", "merge", "costs"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "error: costs merge has no command 'costs'\nhint: costs -h lists the commands\n"
    );
}

#[test]
fn generated_text_goes_where_all_output_goes() {
    for command in ["costs man", "costs completions bash"] {
        let script = |rest: &str| {
            let script = format!("set -o pipefail; {command} {rest}; echo $?");
            piped("bash", &["-c", &script], "").expect("bash is installed")
        };
        assert_eq!(script("| true"), "0\n", "{command}");
        assert_eq!(
            script("> /dev/full"),
            "2\nerror: <stdout>: cannot write: no space left\n",
            "{command}"
        );
        assert_eq!(script(">&-"), "2\nerror: <stdout>: cannot write: it is closed\n", "{command}");
    }
}
