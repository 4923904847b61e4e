//! Runs the program.

#![allow(dead_code, reason = "no test uses all of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of `costs` gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `costs` with those arguments and that standard input.
#[track_caller]
pub fn costs_with(args: &[&str], stdin: impl AsRef<[u8]>) -> Run {
    run_in(Path::new("."), args, stdin.as_ref())
}

/// Runs `costs` with those arguments and an empty standard input.
#[track_caller]
pub fn costs(args: &[&str]) -> Run {
    costs_with(args, "")
}

/// Runs `costs` in a folder.
#[track_caller]
pub fn run_in(folder: &Path, args: &[&str], stdin: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_costs"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("costs starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let stdin = stdin.to_vec();
    // An early error leaves input unread.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().expect("costs ends");
    writer.join().expect("the writer ends");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Run {
        code: output.status.code().expect("costs exits"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A file that the tests read.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}
