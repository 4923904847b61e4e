//! Compressed files: told by their first bytes, read whole or not at all.

mod support;

use std::fs;
use std::io::Write;

use support::{costs_with, run_in};

/// A name, and how to compress.
type Format = (&'static str, fn(&[u8]) -> Vec<u8>);

const FORMATS: [Format; 4] = [("gz", gzip), ("zst", zstd), ("bz2", bzip2), ("xz", xz)];

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("memory is there");
    // As the command does; without, no reader can see all damage.
    encoder.include_checksum(true).expect("it has not begun");
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn xz(text: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(3);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).expect("the options are fine");
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn table(rows: std::ops::Range<u32>) -> String {
    let rows: Vec<String> = rows.map(|row| format!("{},0.{row}\n", row % 2)).collect();
    rows.concat()
}

#[test]
fn a_compressed_file_scores_as_the_plain_one() {
    let text = "y,yhat\n".to_owned() + &table(1..20_000);
    let plain = costs_with(&["--json"], &text);
    assert_eq!(plain.code, 0, "{}", plain.stderr);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, compress) in FORMATS {
        let bytes = compress(text.as_bytes());
        assert_eq!(costs_with(&["--json"], &bytes), plain, "{name}");
        // The name says nothing.
        fs::write(folder.path().join("p.csv"), bytes).expect("a file is written");
        assert_eq!(run_in(folder.path(), &["p.csv", "--json"], b""), plain, "{name}");
    }
}

#[test]
fn every_member_of_a_file_is_read() {
    for (name, compress) in FORMATS {
        let parts = ["y,yhat\n".to_owned() + &table(1..10), table(10..20), table(20..30)];
        let members: Vec<u8> = parts.iter().flat_map(|part| compress(part.as_bytes())).collect();
        assert_eq!(
            costs_with(&["--json"], members),
            costs_with(&["--json"], parts.concat()),
            "{name}"
        );
    }
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    for (name, compress) in FORMATS {
        let bytes = compress(("y,yhat\n".to_owned() + &table(1..40)).as_bytes());
        for length in 1..bytes.len() {
            let run = costs_with(&["--json"], &bytes[..length]);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}, {length} bytes");
        }
    }
}

#[test]
fn damage_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, compress) in FORMATS {
        let mut bytes = compress(("y,yhat\n".to_owned() + &table(1..2000)).as_bytes());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        let file = format!("p.csv.{name}");
        fs::write(folder.path().join(&file), &bytes).expect("a file is written");
        let run = run_in(folder.path(), &[&file], b"");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}");
        assert!(
            run.stderr.starts_with(&format!("error: {file}: cannot read: the ")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn the_delimiter_is_that_of_the_name_within() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("p.tsv.gz"), gzip(b"y\tyhat,1\n1\t0.5\n"))
        .expect("a file is written");
    let run = run_in(folder.path(), &["p.tsv.gz", "--yhat-col", "2", "--format", "value"], b"");
    assert_eq!(run.stdout, "0.25\n0.6931471805599453\n", "{}", run.stderr);
}
