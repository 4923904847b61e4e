//! Tests with readers that fail at each call in turn: no row is lost or made up, and nothing
//! panics.

use std::io::{self, Read};
use std::sync::Arc;

use super::score;
use super::tests::{plan, statistics};
use crate::error::Error;
use crate::io::{Reader, Source, decompressed};
use crate::table::tables::Tables;

/// How many bytes most calls of a reader return.
const STEP: usize = 7;

/// What happens at one of the calls of a reader.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// A single byte is read.
    Short,
    /// A signal comes in between.
    Interrupted,
    /// The disk fails.
    Failure,
}

/// Reads a text a few bytes at a time, with one trouble on the way.
struct Troubled {
    text: Vec<u8>,
    at: usize,
    calls: usize,
    trouble: Trouble,
    /// The call at which the trouble comes.
    when: usize,
}

/// The error code of a failing disk on Linux and macOS.
const EIO: i32 = 5;

impl Read for Troubled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_time = self.calls == self.when;
        self.calls += 1;
        let step = match self.trouble {
            Trouble::Interrupted if is_time => return Err(io::ErrorKind::Interrupted.into()),
            Trouble::Failure if is_time => return Err(io::Error::from_raw_os_error(EIO)),
            Trouble::Short if is_time => 1,
            _ => STEP,
        };
        let rest = &self.text[self.at..];
        let read = step.min(rest.len()).min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}

/// Returns the statistics, or the error, of scoring a stream of that format, and the rows
/// that were printed.
fn outcome(
    reader: impl Read + Send + 'static,
    input: &str,
    (block_size, threads): (usize, usize),
) -> (Result<String, String>, String) {
    let mut reader = Some(reader);
    let open = move |_: &Source| -> Result<Reader, Error> {
        let reader = reader.take().expect("it is opened once");
        decompressed(reader).map_err(|error| Error::cannot_read("p.csv", &error))
    };
    let sources = vec![Source::File("p.csv".into())];
    let plan = plan(Some(input), block_size, threads, true);
    let tables =
        Tables::new(sources, Arc::clone(&plan.request), Arc::default()).opened_by(Box::new(open));
    let mut rows = Vec::new();
    let mut sink = |bytes: &[u8]| {
        rows.extend_from_slice(bytes);
        Ok(())
    };
    let scored = score(tables, &plan, &mut sink);
    let result = scored
        .map(|scored| format!("{} {:?}", statistics(&scored), scored.infinite.first))
        .map_err(|error| error.to_string());
    (result, String::from_utf8_lossy(&rows).into_owned())
}

/// Quotes, a cell of two lines, every line end, an infinite cost.
const TEXT: &str = "id,y,yhat\n1,1,0.25\r\n\"a, \"\"b\"\"\",0,0.5\n\"two\nlines\",1,\"0.125\"\r\
                    4,1,0\n\n5,0,0.75\n6,1,1e-3\n";

/// JSON lines of every kind, and an infinite cost.
const LINES: &str = "{\"id\":1,\"y\":1,\"yhat\":0.25}\r\n{\"id\":\"a\\n\\u00e9\",\"yhat\":\"0.5\",\"y\":0}\n\n\
                     {\"id\":[1, {\"y\":2}],\"y\":1,\"yhat\":1E-1}\n {\"id\":4,\"y\":1,\"yhat\":0}\n";

const TEXTS: [(&str, &str); 2] = [(TEXT, "csv"), (LINES, "jsonl")];

/// Sizes of blocks, each with a number of threads.
const WAYS: [(usize, usize); 4] = [(1, 1), (16, 1), (16, 3), (1 << 16, 2)];

fn each_text_and_way() -> impl Iterator<Item = ((&'static str, &'static str), (usize, usize))> {
    TEXTS.into_iter().flat_map(|text| WAYS.map(|way| (text, way)))
}

/// Calls `with` for every call at which trouble can come.
#[track_caller]
fn at_every_call(stored: &[u8], with: impl Fn(usize)) {
    for when in 0..=stored.len() / STEP + 4 {
        with(when);
    }
}

fn troubled(text: &[u8], trouble: Trouble, when: usize) -> Troubled {
    Troubled { text: text.to_vec(), at: 0, calls: 0, trouble, when }
}

#[test]
fn short_and_interrupted_reads_change_nothing() {
    for ((text, input), way) in each_text_and_way() {
        let clean = outcome(text.as_bytes(), input, way);
        assert!(clean.0.is_ok(), "{clean:?}");
        for trouble in [Trouble::Short, Trouble::Interrupted] {
            at_every_call(text.as_bytes(), |when| {
                let found = outcome(troubled(text.as_bytes(), trouble, when), input, way);
                assert_eq!(found, clean, "{trouble:?} at call {when}, {way:?}");
            });
        }
    }
}

#[test]
fn a_failing_disk_is_an_error_wherever_it_fails() {
    for ((text, input), way) in each_text_and_way() {
        let (_, all_rows) = outcome(text.as_bytes(), input, way);
        // Includes the call after the last byte, which could have found more.
        for when in 0..=text.len().div_ceil(STEP) {
            let reader = troubled(text.as_bytes(), Trouble::Failure, when);
            let (result, rows) = outcome(reader, input, way);
            assert_eq!(
                result,
                Err("p.csv: cannot read: input/output error".to_owned()),
                "call {when}, {way:?}"
            );
            assert!(all_rows.starts_with(&rows), "call {when}, {way:?}: {rows}");
        }
    }
}

#[test]
fn a_file_cut_short_is_read_the_same_way_however_it_is_read() {
    for (whole, input) in TEXTS {
        for length in 0..=whole.len() {
            let text = &whole.as_bytes()[..length];
            let (expected, _) = outcome(text, input, WAYS[0]);
            for way in &WAYS[1..] {
                let (found, _) = outcome(text, input, *way);
                assert_eq!(found, expected, "{length} bytes, {input:?}, {way:?}");
            }
        }
    }
}

#[test]
fn a_quote_that_the_end_leaves_open_is_an_error() {
    let (opening, closing) = (TEXT.find("\"two").unwrap(), TEXT.find("lines\"").unwrap() + 5);
    for way in WAYS {
        for length in opening + 1..=closing {
            let (result, _) = outcome(&TEXT.as_bytes()[..length], "csv", way);
            let expected = "p.csv:4: the quote that opens here is never closed";
            assert_eq!(result, Err(expected.to_owned()), "{length} bytes, {way:?}");
        }
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

fn xz(text: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn troubles_of_compressed_files_are_those_of_the_file() {
    let text = TEXT.as_bytes();
    let input = "csv";
    let clean = outcome(text, input, (16, 1));
    for stored in [gzip(text), zstd::encode_all(text, 3).unwrap(), bzip2(text), xz(text)] {
        for trouble in [Trouble::Short, Trouble::Interrupted] {
            at_every_call(&stored, |when| {
                let found = outcome(troubled(&stored, trouble, when), input, (16, 1));
                assert_eq!(found, clean, "{trouble:?} at call {when} of {:?}", &stored[..4]);
            });
        }
        for when in 0..stored.len() / STEP {
            let (result, _) = outcome(troubled(&stored, Trouble::Failure, when), input, (16, 1));
            assert_eq!(
                result,
                Err("p.csv: cannot read: input/output error".to_owned()),
                "call {when} of {:?}",
                &stored[..4]
            );
        }
    }
}
