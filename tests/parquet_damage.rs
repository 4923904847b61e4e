//! Parquet files that are damaged, cut short or encrypted: an error or the right
//! answer, and nothing else.

#![cfg(feature = "parquet")]

mod support;

use std::fs;
use std::path::Path;

use support::{Run, data, run_in};

/// Runs `costs` on those bytes as a file.
fn score(folder: &Path, bytes: &[u8]) -> Run {
    fs::write(folder.join("p.parquet"), bytes).expect("a file is written");
    run_in(folder, &["p.parquet", "--json"], b"")
}

/// It is an error that names the file, and nothing else.
#[track_caller]
fn is_damaged(run: &Run, what: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{what}");
    assert!(run.stderr.starts_with("error: p.parquet: "), "{what}: {}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
}

#[test]
fn an_encrypted_file_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = score(folder.path(), b"PARE0123456789PARE");
    assert_eq!(run.stderr, "error: p.parquet: the file is encrypted\nhint: decrypt it first\n");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    let bytes = fs::read(data("parquet/snappy.parquet")).expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    for length in (4..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        is_damaged(&score(folder.path(), &bytes[..length]), &format!("{length} bytes"));
    }
    let run = score(folder.path(), &bytes[..bytes.len() - 1]);
    assert_eq!(
        run.stderr,
        "error: p.parquet: the Parquet data is damaged, cut short or encrypted \
         (Invalid Parquet file. Corrupt footer)\n"
    );
}

#[test]
fn a_footer_with_a_wrong_byte_gives_an_error_or_the_right_answer() {
    let bytes = fs::read(data("parquet/snappy.parquet")).expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    let right = score(folder.path(), &bytes);
    let length = &bytes[bytes.len() - 8..bytes.len() - 4];
    let length = u32::from_le_bytes(length.try_into().expect("four bytes are four")) as usize;
    let mut errors = 0;
    let footer = bytes.len() - 8 - length..bytes.len();
    for (at, mask) in footer.flat_map(|at| [(at, 0xff), (at, 0x04)]) {
        let mut bytes = bytes.clone();
        bytes[at] ^= mask;
        let run = score(folder.path(), &bytes);
        if run != right {
            is_damaged(&run, &format!("byte {at}"));
            errors += 1;
        }
    }
    assert!(errors > 100, "{errors}");
}

#[test]
fn damaged_data_is_an_error_that_names_the_column() {
    let mut bytes = fs::read(data("parquet/gzip.parquet")).expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    // Within the dictionary of the last column in the first row group.
    bytes[400..440].fill(0x55);
    let run = score(folder.path(), &bytes);
    is_damaged(&run, "bytes 400 to 440");
    let said = "column 'yhat': the Parquet data is damaged, cut short or encrypted (";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn data_with_a_wrong_byte_is_no_crash() {
    let bytes = fs::read(data("parquet/none.parquet")).expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    // Without checksums a wrong number may be a good one.
    for at in 4..1320 {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0xff;
        let run = score(folder.path(), &bytes);
        if run.code != 0 {
            is_damaged(&run, &format!("byte {at}"));
        } else {
            assert_eq!(run.stdout.matches("\"n\":60,").count(), 2, "byte {at}: {}", run.stdout);
        }
    }
}

#[test]
fn compressed_data_with_a_wrong_byte_is_no_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    for codec in ["brotli", "lz4"] {
        let bytes = fs::read(data(&format!("parquet/{codec}.parquet"))).expect("the file is there");
        for at in (4..1300).step_by(5) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            let run = score(folder.path(), &bytes);
            if run.code != 0 {
                is_damaged(&run, &format!("{codec}, byte {at}"));
            }
        }
    }
}

#[test]
fn a_panic_of_the_decoder_is_an_error_like_another() {
    let mut bytes = fs::read(data("parquet/none.parquet")).expect("the file is there");
    // The dictionary of y in the first row group becomes a page of an index, which
    // is passed over.
    assert_eq!(bytes[311..313], [0x15, 0x04]);
    bytes[312] = 0x02;
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        score(folder.path(), &bytes).stderr,
        "error: p.parquet: column 'y': the Parquet data is damaged, cut short or encrypted \
         (Decoder for dict should have been set)\n"
    );
}

#[test]
fn a_page_with_fewer_values_is_no_short_result() {
    let mut bytes = fs::read(data("parquet/none.parquet")).expect("the file is there");
    // The 25 values of y in the first row group become 24.
    let header = [0x2c, 0x15, 0x32];
    let at = 341 + bytes[341..].windows(3).position(|bytes| bytes == header).expect("it is there");
    bytes[at + 2] = 0x30;
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        score(folder.path(), &bytes).stderr,
        "error: p.parquet: column 'y': the Parquet data is damaged, cut short or encrypted \
         (it has fewer rows than it says)\n"
    );
}
