//! Shell manners: pipes, full disks, closed streams, exit codes.

#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use support::{costs, costs_with};

/// What a shell script prints and exits with, with `costs` on its path.
#[track_caller]
fn shell(script: &str) -> (i32, String, String) {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_costs"));
    let path = format!(
        "{}:{}",
        program.parent().expect("a folder").display(),
        std::env::var("PATH").expect("a path")
    );
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail\n{script}")])
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("bash exits"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_reader_that_leaves_early_ends_the_program_quietly() {
    let script = "costs --each --format csv <(seq 300000 | sed 's/.*/1,0.5/') | head -n 2";
    let (code, stdout, stderr) = shell(script);
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (0, "y,yhat,quadratic,cross_entropy\n1,0.5,0.25,0.6931471805599453\n", "")
    );
}

#[test]
fn a_full_disk_is_an_error() {
    for args in ["", "--each --format csv", "--json"] {
        let (code, stdout, stderr) = shell(&format!("costs --y 1 --yhat 0.5 {args} > /dev/full"));
        assert_eq!(
            (code, stdout.as_str(), stderr.as_str()),
            (2, "", "error: <stdout>: cannot write: no space left\n")
        );
    }
}

#[test]
fn a_closed_standard_output_is_an_error() {
    let (code, _, stderr) = shell("costs --y 1 --yhat 0.5 >&-");
    assert_eq!((code, stderr.as_str()), (2, "error: <stdout>: cannot write: it is closed\n"));
}

#[test]
fn discarded_output_is_no_error() {
    assert_eq!(shell("costs --y 1 --yhat 0.5 > /dev/null"), (0, String::new(), String::new()));
    assert_eq!(shell("costs --y 1 --yhat 0.5 1<> /dev/null"), (0, String::new(), String::new()));
}

#[test]
fn closed_standard_error_loses_messages_alone() {
    let (code, stdout, _) = shell("costs --y 1 --yhat 0 --format value 2>&-");
    assert_eq!((code, stdout.as_str()), (0, "1\ninf\n"));
    assert_eq!(shell("costs --y 1 --yhat 7 2>&-").0, 2);
}

#[test]
fn one_bare_number_goes_into_a_variable() {
    let script = "loss=$(printf '1,0.9\\n0,0.1\\n' | costs --cost cross-entropy --format value); echo \"<$loss>\"";
    assert_eq!(shell(script).1, "<0.1053605156578263>\n");
}

#[test]
fn labels_and_scores_are_pasted() {
    let (code, stdout, _) =
        shell("paste <(printf '1\\n0\\n') <(printf '0.9\\n0.1\\n') | costs --format value");
    assert_eq!((code, stdout.as_str()), (0, "0.009999999999999998\n0.1053605156578263\n"));
}

#[test]
fn standard_input_is_not_touched_when_values_are_given() {
    let (code, stdout, _) =
        shell("printf 'left\\n' | { costs --y 1 --yhat 0.5 --format value --cost mse; cat; }");
    assert_eq!((code, stdout.as_str()), (0, "0.25\nleft\n"));
}

#[test]
fn warnings_stay_off_standard_output_and_can_be_silenced() {
    let run = costs_with(&["--format", "value"], "1,0.5\n0,1\n");
    assert_eq!(run.stdout, "0.625\ninf\n");
    assert_eq!(run.stderr, "warning: 1 of 2 instances cost ∞, certain and wrong: <stdin>:2\n");
    assert_eq!(costs_with(&["--quiet", "--format", "value"], "1,0.5\n0,1\n").stderr, "");
}

#[test]
fn the_first_five_infinite_costs_are_named() {
    let rows = "y,yhat\n".to_owned() + &"1,1\n1,0\n".repeat(7);
    assert_eq!(
        costs_with(&[], rows).stderr,
        "warning: 7 of 14 instances cost ∞, certain and wrong: \
         <stdin>:3, <stdin>:5, <stdin>:7, <stdin>:9, <stdin>:11, …\n"
    );
}

#[test]
#[cfg(not(feature = "plot"))]
fn plot_is_a_file_like_any_where_nothing_can_be_drawn() {
    let run = costs(&["plot"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "error: plot: cannot open: no such file\n"));
}

#[test]
fn help_and_version_go_to_standard_output() {
    for flag in ["--help", "-h", "--version"] {
        let run = costs(&[flag]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("costs"));
    }
}
