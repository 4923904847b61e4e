//! JSON Lines, against a reader that parses every line with serde_json.

#![no_main]

use costs::checks::{Way, check_json_lines};
use libfuzzer_sys::fuzz_target;

const BATCHES: [usize; 4] = [1, 2, 7, 1024];

const BLOCKS: [usize; 2] = [1, 64];

// The first byte says how the rest is read.
fuzz_target!(|input: &[u8]| {
    let Some((&how, text)) = input.split_first() else { return };
    let how = usize::from(how);
    let way = Way {
        delimiter: b',',
        batch: BATCHES[how & 3],
        block_size: BLOCKS[how >> 2 & 1],
        skips_missing: how >> 3 & 1 == 1,
        is_strict: how >> 4 & 1 == 1,
        is_turned: how >> 5 & 1 == 1,
    };
    check_json_lines(text, way);
});
