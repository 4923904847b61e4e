//! Parquet files, mostly damaged: they give an error or results, the same on any number of
//! threads. They never cause a panic, or take more memory than a small file should.

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
        assert!(each.is_err(), "--each accepts a file that the summary refuses");
    }
});
