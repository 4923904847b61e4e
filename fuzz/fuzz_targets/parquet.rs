//! Parquet files, mostly damaged: an error or results, on any number of threads the
//! same, and never a panic or a bomb.

#![no_main]

use costs::report::Format;
use costs::{Choice, Data, InputFormat, Job, View};
use costs_fuzz::{check_job, file};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let choice = Choice { input: Some(InputFormat::Parquet), ..Choice::default() };
    let sources = vec![file("p.parquet", input)];
    let mut job = Job::new(Data::Tables { sources, choice });
    job.style.format = Format::Csv;
    let summary = check_job(job.clone());
    job.view = View::Instances;
    let each = check_job(job);
    if summary.is_err() {
        assert!(each.is_err(), "rows are printed that have no statistics");
    }
});
