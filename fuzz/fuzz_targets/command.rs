//! The whole program but its `main`: arguments, a line each; then, after a NUL byte,
//! the file that they are about. Nothing panics, messages hold no control
//! characters, JSON is JSON, and threads change nothing.

#![no_main]

// The program's own, by way of links beside this file.
#[allow(dead_code, reason = "the program uses the rest of it")]
mod cli;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use costs::report::Format;
use costs::{Data, Job, Source};
use libfuzzer_sys::fuzz_target;

/// Where the file is, in memory if the system has a folder there.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() { shared } else { std::env::temp_dir() };
    folder.join(format!("costs-fuzz-{}.csv", std::process::id()))
});

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|&byte| byte == 0).unwrap_or(input.len());
    let (args, rest) = input.split_at(end);
    let args = args.split(|&byte| byte == b'\n').map(|arg| OsString::from_vec(arg.to_vec()));
    let args: Vec<OsString> = std::iter::once(OsString::from("costs")).chain(args).collect();
    let Ok(args) = cli::parse(args) else { return };
    match args.job() {
        Ok(Some(job)) => check_job(job, rest.get(1..).unwrap_or_default()),
        Ok(None) => {}
        Err(error) => is_harmless(&error.to_string()),
    }
});

fn check_job(mut job: Job, text: &[u8]) {
    if let Data::Tables { sources, .. } = &mut job.data {
        // Once or twice: no other file is touched.
        fs::write(&*FILE, text).expect("the file can be written");
        let times = sources.len().min(2);
        *sources = vec![Source::File(FILE.clone()); times];
    }
    job.threads = 1;
    let alone = run(&job);
    job.threads = 3;
    let together = run(&job);
    // How many rows are printed before an error is a matter of time.
    if alone.is_ok() || together.is_ok() {
        assert_eq!(alone, together);
    } else {
        assert_eq!(alone.map_err(|(message, _)| message), together.map_err(|(message, _)| message));
    }
}

/// What a job writes and says, or its error and what it wrote before.
fn run(job: &Job) -> Result<(Vec<u8>, Vec<String>), (String, Vec<u8>)> {
    let mut out = Vec::new();
    match costs::run(job, &mut out) {
        Ok(remarks) => {
            let remarks = [remarks.warnings, remarks.exceeded].concat();
            remarks.iter().for_each(|remark| is_harmless(remark));
            check_output(job.style.format, &out);
            Ok((out, remarks))
        }
        Err(error) => {
            is_harmless(&error.to_string());
            is_harmless(&error.hint().unwrap_or_default());
            Err((error.to_string(), out))
        }
    }
}

fn check_output(format: Format, out: &[u8]) {
    match format {
        Format::Json => {
            serde_json::from_slice::<serde_json::Value>(out).expect("JSON is JSON");
        }
        Format::Jsonl => {
            for line in out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                serde_json::from_slice::<serde_json::Value>(line).expect("a line of JSON is JSON");
            }
        }
        Format::Table | Format::Markdown => {
            let text = std::str::from_utf8(out).expect("tables are UTF-8");
            text.lines().for_each(|line| is_harmless(&line.replace("\x1b[1m", "").replace("\x1b[0m", "")));
        }
        _ => {}
    }
}

fn is_harmless(message: &str) {
    assert!(!message.chars().any(char::is_control), "{message:?}");
}
