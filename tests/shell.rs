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
fn a_gate_holds_when_the_reader_has_gone() {
    let rows = "yes 1,0.5 | head -n 300000";
    for view in ["", "--each --format csv", "--worst 2 --format csv"] {
        let gated = format!(
            "{rows} | costs {view} --cost mse --fail-above mse=0.1 | true; exit ${{PIPESTATUS[2]}}"
        );
        let (code, _, stderr) = shell(&gated);
        let told = "error: the mean quadratic of 'yhat' is 0.25, above the limit of 0.1\n";
        assert_eq!((code, stderr.as_str()), (1, told), "{view}");
        let (code, _, stderr) = shell(&gated.replace("0.1", "0.5"));
        assert_eq!((code, stderr.as_str()), (0, ""), "{view}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_descriptor_is_written_to_where_it_stands() {
    let costs = "costs --y 1 --yhat 0.5 --cost mse --format value -o";
    for redirection in ["3>", "3>>"] {
        for path in ["/dev/fd/3", "/proc/self/fd/3"] {
            let script = format!(
                "cd $(mktemp -d); {{ echo first >&3; {costs} {path}; echo last >&3; }} \
                 {redirection} log; cat log; ls -A"
            );
            assert_eq!(shell(&script).1, "first\n0.25\nlast\nlog\n", "{script}");
        }
    }
    // Whatever runs the tests may have it open.
    let (code, stdout, stderr) = shell(&format!("exec 9>&-; {costs} /dev/fd/9"));
    let told = "error: /dev/fd/9: cannot write: no such file\n";
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (2, "", told));
}

#[test]
fn links_that_lead_nowhere_are_an_error() {
    let script = "cd $(mktemp -d); ln -s a b; ln -s b a; costs --y 1 --yhat 1 -o a; ls";
    let (_, stdout, stderr) = shell(script);
    let told = "error: a: cannot write: too many levels of symbolic links\n";
    assert_eq!((stdout.as_str(), stderr.as_str()), ("a\nb\n", told));
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_ends_the_program_leaves_no_file_behind() {
    // Who runs the tests may ignore some of the signals, and programs inherit that.
    let script = "cd $(mktemp -d); mkfifo in; for signal in HUP TERM USR1 ALRM XCPU IO PWR 40; do
        env --default-signal costs in -o out 2> err & sleep 0.1; exec 3> in
        until ls -A | grep -q .costs-; do sleep 0.01; done
        kill -$signal $!; wait $! 2> /dev/null; echo $? $(ls -A); exec 3>&-
    done";
    let codes = [129, 143, 138, 142, 152, 157, 158, 168];
    let expected: String = codes.map(|code| format!("{code} err in\n")).concat();
    assert_eq!(shell(script).1, expected);
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
        "warning: <stdin>: column 'yhat' holds 0 and 1 alone, predicted classes rather than probabilities?\n\
         warning: 7 of 14 instances cost ∞, certain and wrong: \
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
