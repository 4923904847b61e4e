//! Shared by the fuzz targets: files to run jobs on, and checks that hold for every run.

use std::fs;
use std::path::PathBuf;

use costs::report::Format;
use costs::{Job, Source};

/// Writes a file for this process, in memory if the system has a folder there.
///
/// # Panics
/// If the file cannot be written.
#[must_use]
pub fn file(name: &str, content: &[u8]) -> Source {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() { shared } else { std::env::temp_dir() };
    let path = folder.join(format!("costs-fuzz-{}-{name}", std::process::id()));
    fs::write(&path, content).expect("the file can be written");
    Source::File(path)
}

/// The output and the messages of a job; or its error, and the output before it.
pub type Done = Result<(Vec<u8>, Vec<String>), (String, Vec<u8>)>;

/// Does a job on one thread and on three, and checks that this makes no difference.
///
/// # Panics
/// If it does, or if the output or a message is malformed.
pub fn check_job(mut job: Job) -> Done {
    job.run.threads = Some(1);
    let alone = run(&job);
    job.run.threads = Some(3);
    match (&alone, &run(&job)) {
        // How many rows are printed before an error depends on timing.
        (Err((message, _)), Err((other, _))) => assert_eq!(message, other),
        (alone, together) => assert_eq!(alone, together),
    }
    alone
}

fn run(job: &Job) -> Done {
    let mut out = Vec::new();
    match costs::run(job, &mut out) {
        Ok(outcome) => {
            let messages = [outcome.warnings, outcome.exceeded].concat();
            messages.iter().for_each(|message| check_message(message));
            check_output(job.output.format(), &out);
            Ok((out, messages))
        }
        Err(error) => {
            check_message(&error.to_string());
            check_message(&error.hint().unwrap_or_default());
            Err((error.to_string(), out))
        }
    }
}

fn check_output(format: Format, out: &[u8]) {
    match format {
        Format::Json => {
            serde_json::from_slice::<serde_json::Value>(out).expect("the output is valid JSON");
        }
        Format::Jsonl | Format::State => {
            for line in out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                serde_json::from_slice::<serde_json::Value>(line).expect("each line is valid JSON");
            }
        }
        Format::Table | Format::Markdown => {
            let text = std::str::from_utf8(out).expect("tables are UTF-8");
            let plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "");
            plain.lines().for_each(check_message);
        }
        _ => {}
    }
}

/// Checks that a message has no control characters.
///
/// # Panics
/// If it has one.
pub fn check_message(message: &str) {
    assert!(!message.chars().any(char::is_control), "{message:?}");
}
