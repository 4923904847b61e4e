//! The scan of a file, against a slow and obvious reader; and that one, against
//! csv-core.

#![no_main]

use costs::checks::{Way, check_scan, slow_records};
use libfuzzer_sys::fuzz_target;

const DELIMITERS: [u8; 4] = *b",\t;|";

const BATCHES: [usize; 4] = [1, 2, 7, 1024];

// The first byte says how the rest is read.
fuzz_target!(|input: &[u8]| {
    let Some((&how, text)) = input.split_first() else { return };
    let how = usize::from(how);
    let way = Way {
        delimiter: DELIMITERS[how & 3],
        batch: BATCHES[how >> 2 & 3],
        block_size: [1, 64][how >> 4 & 1],
        skips_missing: how >> 5 & 1 == 1,
        is_strict: how >> 6 & 1 == 1,
        is_turned: how >> 7 & 1 == 1,
    };
    check_scan(text, way);
    if !text.starts_with(b"\xef\xbb\xbf") {
        check_against_csv_core(text, way.delimiter);
    }
});

fn check_against_csv_core(text: &[u8], delimiter: u8) {
    let (records, open_quote) = slow_records(text, delimiter);
    // csv-core closes the quotes that its input leaves open.
    if open_quote.is_none() {
        let cells: Vec<Vec<Vec<u8>>> = records.into_iter().map(|record| record.cells).collect();
        assert_eq!(cells, by_csv_core(text, delimiter));
    }
}

fn by_csv_core(mut input: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    use csv_core::ReadFieldResult::{End, Field};
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut records, mut cells, mut cell) = (Vec::new(), Vec::new(), Vec::new());
    let mut buffer = [0; 64];
    loop {
        let (result, read, written) = reader.read_field(input, &mut buffer);
        input = &input[read..];
        cell.extend_from_slice(&buffer[..written]);
        match result {
            Field { record_end } => {
                cells.push(std::mem::take(&mut cell));
                if record_end {
                    records.push(std::mem::take(&mut cells));
                }
            }
            End => return records,
            _ => {}
        }
    }
}
