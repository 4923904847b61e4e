//! Lines of `--format state`, with corrected checksums so that their content is read. They give
//! an error, or a state that stays the same when it is merged again.

#![no_main]

use costs::report::Format;
use costs::{Data, Job};
use costs_fuzz::{check_job, file};
use libfuzzer_sys::fuzz_target;

const CHECKSUM: &[u8] = b",\"crc32\":\"";

fuzz_target!(|input: &[u8]| {
    let _ = merge(input, Format::State);
    let mended = input.split(|&byte| byte == b'\n').map(mend).collect::<Vec<_>>().join(&b'\n');
    let _ = merge(&mended, Format::Json);
    if let Ok((merged, _)) = merge(&mended, Format::State) {
        let again = merge(&merged, Format::State).expect("a merged state can be merged again");
        assert_eq!(again.0, merged, "{}", String::from_utf8_lossy(&merged));
    }
});

fn merge(text: &[u8], format: Format) -> costs_fuzz::Done {
    let mut job = Job::new(Data::States(vec![file("p.state", text)]));
    job.output.format = format;
    check_job(job)
}

/// Returns the line with its checksum corrected.
fn mend(line: &[u8]) -> Vec<u8> {
    let Some(at) = line.windows(CHECKSUM.len()).rposition(|part| part == CHECKSUM) else {
        return line.to_vec();
    };
    let sum = format!("{:08x}\"}}", crc32fast::hash(&line[..at]));
    [&line[..at], CHECKSUM, sum.as_bytes()].concat()
}
