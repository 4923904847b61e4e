//! Parquet files, mostly damaged: an error or results, on any number of threads the
//! same, and never a panic or a bomb.

#![no_main]

use costs::report::Format;
use costs::{Data, Job};
use costs_fuzz::{check_job, file};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut job = Job::new(Data::Tables(vec![file("p.parquet", input)]));
    job.input.input = Some("parquet".to_owned());
    job.output.format = Format::Csv;
    let summary = check_job(job.clone());
    job.run.each = true;
    let each = check_job(job);
    if summary.is_err() {
        assert!(each.is_err(), "rows are printed that have no statistics");
    }
});
