//! JSON Lines: one object per line.

use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memrchr};

use crate::error::Error;
use crate::io::Stream;
use crate::table::format::{Detection, Format, Opened};
use crate::table::request::Request;
use crate::table::schema::{Schema, Unit};
use crate::table::text;

use super::objects::{self, Layout};
use super::starts;

/// The format of one JSON object per line.
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn help(&self) -> &'static str {
        "A JSON object a line"
    }

    fn noun(&self) -> &'static str {
        "JSON Lines"
    }

    fn detect(&self, start: &[u8], file: &str) -> Detection {
        let extension = text::extension(file).to_ascii_lowercase();
        if starts(start, b'{', b"\"}") {
            Detection::Certain
        } else if extension == "jsonl" || extension == "ndjson" {
            Detection::Likely
        } else {
            Detection::No
        }
    }

    fn open(
        &self,
        stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        objects::open::<Lines>(stream, request, first)
    }
}

/// Objects separated by line feeds.
#[derive(Clone, Default)]
struct Lines;

impl Layout for Lines {
    const UNIT: Unit = Unit::Line;

    fn first(&self, stream: &Stream) -> Result<Option<usize>, Error> {
        let start = text::first_record(stream.start());
        match start == stream.filled {
            true if stream.at_end => Err(text::no_rows(&stream.name)),
            is_all => Ok((!is_all).then_some(start)),
        }
    }

    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Option<usize> {
        if at_end { Some(bytes.len()) } else { memrchr(b'\n', bytes).map(|at| at + 1) }
    }

    fn object(&self, bytes: &[u8], at: usize) -> Result<(Range<usize>, usize), Error> {
        let rest = &bytes[at..];
        let (line, next) = match memchr(b'\n', rest) {
            Some(end) => (&rest[..end], at + end + 1),
            None => (rest, bytes.len()),
        };
        let start = at + (line.len() - line.trim_ascii_start().len());
        Ok((start..start + line.trim_ascii().len(), next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Source;

    #[test]
    fn the_first_bytes_or_a_name_tell_the_format() {
        let stdin = Source::Stdin.name();
        assert_eq!(JsonLines.detect(b"", "p.jsonl.gz"), Detection::Likely);
        assert_eq!(JsonLines.detect(b"y,yhat", &stdin), Detection::No);
        assert_eq!(JsonLines.detect(b" { \"y\":1}", "p.csv"), Detection::Certain);
        assert_eq!(JsonLines.detect(b"{y}", "p.csv"), Detection::No);
    }
}
