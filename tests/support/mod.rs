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
        .env_remove("COLUMNS")
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

/// What it is, the arguments, standard input, standard error.
pub type Refusal = (&'static str, &'static [&'static str], &'static [u8], &'static str);

/// Each is refused with those words, and nothing on standard output. The folder
/// holds a few files: a good one, a bad one, an empty one, one with a column of
/// costs already.
#[track_caller]
pub fn refuses(cases: &[Refusal]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [
        ("good.csv", "y,yhat\n1,0.5\n"),
        ("bad.csv", "y,yhat\n1,0.5\n1,x\n"),
        ("empty.csv", ""),
        ("scored.csv", "y,yhat,quadratic\n1,0.5,0.25\n"),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file is written");
    }
    std::fs::create_dir(folder.path().join("folder")).expect("a folder is made");
    for (name, args, stdin, stderr) in cases {
        let run = run_in(folder.path(), args, stdin);
        assert_eq!(run.stderr, *stderr, "{name}");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}");
    }
}

/// A file that the tests read.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The records of a CSV text as csv-core reads them: the line that each starts on,
/// and its cells.
#[track_caller]
pub fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut reader = csv_core::Reader::new();
    let (mut field, mut records, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    let (mut input, mut buffer) = (text.as_bytes(), [0; 256]);
    let mut line = reader.line();
    loop {
        let (result, read, written) = reader.read_field(input, &mut buffer);
        input = &input[read..];
        field.extend_from_slice(&buffer[..written]);
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                cells.push(String::from_utf8(std::mem::take(&mut field)).expect("UTF-8"));
                if record_end {
                    records.push((line, std::mem::take(&mut cells)));
                    line = reader.line();
                }
            }
            csv_core::ReadFieldResult::End => return records,
            _ => {}
        }
    }
}
