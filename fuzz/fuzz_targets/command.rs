//! The whole program except its `main`. The input is the arguments, one a line, then a NUL byte
//! and the content of the file that they are about. Nothing may panic, messages have no control
//! characters, JSON is valid, and the number of threads changes nothing.

#![no_main]

// The program's own module, through a symbolic link beside this file.
#[allow(dead_code, unused_imports, reason = "the program uses the rest of it")]
mod cli;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use costs::Data;
use costs_fuzz::{check_job, check_message, file};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|&byte| byte == 0).unwrap_or(input.len());
    let (args, rest) = input.split_at(end);
    let args = args.split(|&byte| byte == b'\n').map(|arg| OsString::from_vec(arg.to_vec()));
    let args: Vec<OsString> = std::iter::once(OsString::from("costs")).chain(args).collect();
    let Ok(args) = cli::parse(args) else { return };
    match args.job() {
        Ok(Some(mut job)) => {
            if let Data::Tables(sources) = &mut job.data {
                // This file once or twice, and no other one.
                let source = file("p.csv", rest.get(1..).unwrap_or_default());
                *sources = vec![source; sources.len().min(2)];
            }
            let _ = check_job(job);
        }
        Ok(None) => {}
        Err(error) => check_message(&error.to_string()),
    }
});
