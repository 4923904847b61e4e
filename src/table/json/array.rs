//! A JSON array of objects, which may span any number of lines.

use std::ops::Range;
use std::sync::Arc;

use crate::error::{Error, Location};
use crate::io::Stream;
use crate::table::format::{Detection, Format, Opened};
use crate::table::request::Request;
use crate::table::schema::{Schema, Unit};
use crate::table::text;

use super::fields::format_error;
use super::objects::{self, Layout};
use super::starts;

/// The format of a JSON array of objects.
pub struct JsonArray;

impl Format for JsonArray {
    fn name(&self) -> &'static str {
        "json"
    }

    fn help(&self) -> &'static str {
        "A JSON array of objects"
    }

    fn noun(&self) -> &'static str {
        "a JSON array"
    }

    fn detect(&self, start: &[u8], _: &str) -> Detection {
        if starts(start, b'[', b"{]") { Detection::Certain } else { Detection::No }
    }

    fn open(
        &self,
        stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        objects::open::<Array>(stream, request, first)
    }
}

/// Objects separated by commas, up to the closing bracket.
#[derive(Clone, Default)]
struct Array {
    /// Whether the closing bracket was found.
    is_closed: bool,
}

impl Layout for Array {
    const UNIT: Unit = Unit::Row;

    fn first(&self, stream: &Stream) -> Result<Option<usize>, Error> {
        let bytes = stream.start();
        let open = skip_blanks(bytes, text::first_record(bytes));
        let first = skip_blanks(bytes, (open + 1).min(bytes.len()));
        match (bytes.get(open), bytes.get(first)) {
            (Some(b'['), Some(b']')) => Err(text::no_rows(&stream.name)),
            (Some(b'['), Some(_)) => Ok(Some(first)),
            (Some(b'[') | None, None) if !stream.at_end => Ok(None),
            (Some(b'['), None) => Err(open_at_the_end().at(Location::file(&stream.name))),
            _ => Err(format_error("this is no JSON array").at(Location::file(&stream.name))),
        }
    }

    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Option<usize> {
        let (mut at, mut last) = (0, None);
        while !self.is_closed {
            at = value_end(bytes, at);
            match bytes.get(at) {
                None => break,
                Some(b',') => last = Some(at + 1),
                Some(_) => self.is_closed = true,
            }
            at += 1;
        }
        if at_end || self.is_closed { Some(bytes.len()) } else { last }
    }

    fn object(&self, bytes: &[u8], at: usize) -> Result<(Range<usize>, usize), Error> {
        let start = skip_blanks(bytes, at);
        let is_after = if at == 0 { self.is_closed } else { bytes[at - 1] == b']' };
        if start == bytes.len() {
            return Ok((start..start, start));
        }
        if is_after {
            return Err(format_error("there is more after the end of the array"));
        }
        let end = value_end(bytes, start);
        let value = bytes[start..end].trim_ascii_end();
        if value.is_empty() {
            return Err(format_error("an object is missing after a comma"));
        }
        Ok((start..start + value.len(), (end + 1).min(bytes.len())))
    }

    fn end(&self) -> Result<(), Error> {
        if self.is_closed { Ok(()) } else { Err(open_at_the_end()) }
    }
}

/// Returns where the value at `at` ends: at a comma or the closing bracket of the array, or at
/// the end of the bytes.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => depth += 1,
            b',' | b']' if depth == 0 => return at,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Returns the position of the quote that closes a string, or the end of the bytes.
fn string_end(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Returns the position of the first byte from `at` on that is not blank.
fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn open_at_the_end() -> Error {
    format_error("the array is never closed").with_hint("was the file cut short?")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the values after the opening bracket from blocks of at least `most` bytes.
    fn values(text: &str, most: usize) -> Result<Vec<String>, String> {
        let (mut array, mut rest, mut values) = (Array::default(), text.as_bytes(), Vec::new());
        while !rest.is_empty() {
            let before = array.clone();
            let mut length = most.min(rest.len());
            let end = loop {
                let mut tried = before.clone();
                if let Some(end) = tried.cut(&rest[..length], length == rest.len()) {
                    array = tried;
                    break end;
                }
                length = (length + 1).min(rest.len());
            };
            let (block, mut at) = (&rest[..end], 0);
            while at < end {
                let (value, next) =
                    before.object(block, at).map_err(|error| error.message().to_owned())?;
                at = next;
                if !value.is_empty() {
                    values.push(String::from_utf8_lossy(&block[value]).into_owned());
                }
            }
            rest = &rest[end..];
        }
        array.end().map_err(|error| error.message().to_owned())?;
        Ok(values)
    }

    #[test]
    fn values_are_the_same_wherever_bytes_are_cut() {
        for most in 1..40 {
            let found = values(r#" {"a":"],\"}"} ,[{"b":[1,2]}],7 ] "#, most);
            let right = [r#"{"a":"],\"}"}"#, r#"[{"b":[1,2]}]"#, "7"].map(str::to_owned);
            assert_eq!(found, Ok(right.to_vec()), "{most}");
        }
    }

    #[test]
    fn damage_is_found_wherever_bytes_are_cut() {
        for most in 1..20 {
            for (text, why) in [
                ("{},{}", "the array is never closed"),
                ("{},{\"", "the array is never closed"),
                ("{},]", "an object is missing after a comma"),
                ("{},,{}]", "an object is missing after a comma"),
                ("{}]  {}", "there is more after the end of the array"),
            ] {
                assert_eq!(values(text, most), Err(why.to_owned()), "{text} {most}");
            }
        }
    }
}
