//! Runs `tests/cases/cases.txt`: inputs as they are in the wild, and what is right.
//!
//! A case is a sentence, one or more `$` commands, and what each of them must do:
//!
//! ```text
//! $ costs FILE     run by bash, with the files of tests/cases in the folder
//! = 2              the exit code, 0 if not said; with 2, standard output is empty
//! > 0.025          a line of standard output, which has no others
//! * mean 0.025     what the fields of that name in it are, as JSON; ±4 ends in ulp
//! ! y.csv:3|row 3  standard error has one of these; without any `!`, it is empty
//! ~ first          neither has this
//! ```
//!
//! Whatever is said, no output has bytes that steer a terminal.

#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

#[derive(Default)]
struct Case<'a> {
    sentence: &'a str,
    commands: Vec<&'a str>,
    code: i32,
    lines: Vec<&'a str>,
    fields: Vec<&'a str>,
    said: Vec<&'a str>,
    unsaid: Vec<&'a str>,
}

fn parse(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let case = cases.last_mut();
        match (mark.trim_end(), case) {
            ("$", Some(case)) => case.commands.push(rest),
            (">", Some(case)) => case.lines.push(rest),
            ("*", Some(case)) => case.fields.push(rest),
            ("!", Some(case)) => case.said.push(rest),
            ("~", Some(case)) => case.unsaid.push(rest),
            ("=", Some(case)) => case.code = rest.parse().expect("an exit code"),
            _ => cases.push(Case { sentence: line, ..Case::default() }),
        }
    }
    cases
}

/// What the command does in a folder with fresh copies of the files that it names, or of all:
/// exit code, standard output and standard error.
fn run(command: &str, source: &Path, folder: &Path) -> (i32, String, String) {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).expect("a folder is made");
    let files = fs::read_dir(source).expect("the folder of cases");
    let files: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
    let is_named = |name: &OsString| command.contains(name.to_str().expect("a name"));
    let names_none = !files.iter().any(is_named);
    for name in files.iter().filter(|name| names_none || is_named(name)) {
        fs::copy(source.join(name), folder.join(name)).expect("a file is copied");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_costs")).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new("bash")
        .args(["-o", "pipefail", "-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// The values of all fields of that name, in order, without quotes.
fn values<'a>(json: &'a str, name: &str) -> Vec<&'a str> {
    let value = |rest: &'a str| match rest.strip_prefix('"') {
        Some(text) => text.split('"').next().unwrap_or(text),
        None => rest.split([',', '}', '\n']).next().unwrap_or(rest),
    };
    json.split(&format!("\"{name}\":")).skip(1).map(value).collect()
}

fn within(found: &str, right: &str, ulp: u64) -> bool {
    let bits = |text: &str| text.parse().map(f64::to_bits).ok();
    let near = bits(found).zip(bits(right)).is_some_and(|(a, b)| a.abs_diff(b) <= ulp);
    found == right || near
}

/// What is wrong with what a command did, a line each.
fn faults(case: &Case, (code, stdout, stderr): &(i32, String, String)) -> String {
    let mut faults = String::new();
    let mut check = |right: bool, fault: String| {
        if !right {
            writeln!(faults, "  {fault}").expect("a string grows");
        }
    };
    check(*code == case.code, format!("exit code {code}, not {}", case.code));
    if !case.lines.is_empty() || case.code == 2 && case.fields.is_empty() {
        let right = case.lines.iter().fold(String::new(), |all, line| all + line + "\n");
        check(*stdout == right, format!("printed {stdout:?}, not {right:?}"));
    }
    for field in &case.fields {
        let (field, ulp) = field.split_once(" ±").unwrap_or((field, "0"));
        let (name, right) = field.split_once(' ').expect("a name and values");
        let (found, right) = (values(stdout, name), right.split(' ').collect::<Vec<_>>());
        let ulp = ulp.parse().expect("a number of ulp");
        let equal = |(found, right): (&&str, &&str)| within(found, right, ulp);
        let all = found.len() == right.len() && found.iter().zip(&right).all(equal);
        check(all, format!("{name} is {found:?}, not {right:?}"));
    }
    for said in &case.said {
        let right = said.split('|').any(|word| stderr.contains(word));
        check(right, format!("not told {said}"));
    }
    check(!case.said.is_empty() || stderr.is_empty(), "no word was expected".into());
    for unsaid in &case.unsaid {
        let right = !stdout.contains(unsaid) && !stderr.contains(unsaid);
        check(right, format!("there is a {unsaid:?}"));
    }
    let steers = |c: char| c.is_control() && !"\n\t\r".contains(c);
    check(!stdout.contains(steers) && !stderr.contains(steers), "a terminal is steered".into());
    if !faults.is_empty() && !stderr.is_empty() {
        writeln!(faults, "  told: {}", stderr.trim_end().replace('\n', "\n        "))
            .expect("a string grows");
    }
    faults
}

/// Runs every so many-th of the commands, from one of them on; returns what is wrong.
fn failures(commands: &[(&Case, &str)], first: usize, step: usize) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cases{first}"));
    let mut failures = Vec::new();
    for (case, command) in commands.iter().skip(first).step_by(step) {
        let faults = faults(case, &run(command, &source, &folder));
        if !faults.is_empty() {
            failures.push(format!("{}\n$ {command}\n{faults}", case.sentence));
        }
    }
    failures
}

#[test]
fn every_case_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let text = fs::read_to_string(folder.join("cases.txt")).expect("the list of cases");
    let cases = parse(&text);
    let mut commands = Vec::new();
    for case in &cases {
        assert!(!case.commands.is_empty(), "{} has no command", case.sentence);
        commands.extend(case.commands.iter().map(|&command| (case, command)));
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let failed: Vec<String> = thread::scope(|scope| {
        let commands = &commands;
        let start = |first| scope.spawn(move || failures(commands, first, threads));
        let all: Vec<_> = (0..threads).map(start).collect();
        all.into_iter().flat_map(|some| some.join().expect("no command panics")).collect()
    });
    let (count, runs) = (failed.len(), commands.len());
    assert!(failed.is_empty(), "{}\n{count} of {runs} fail", failed.join("\n"));
}
