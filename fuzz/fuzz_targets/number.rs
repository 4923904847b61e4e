//! Numbers, against the standard library's.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|cell: &[u8]| costs::checks::check_number(cell));
