//! JSON Lines: an object a line, its fields the columns.
//!
//! A block of them becomes a block of CSV records, a line for a line, with the cells
//! of the fields that matter; from there on they are scanned as any others. A field
//! that a line lacks, or that is null, is an empty cell.
//!
//! Most lines have the fields of the line before, in its order and with its blanks:
//! then all between the values is compared as a whole. Other lines, and values with
//! escapes or letters beyond ASCII, are read by `serde_json`.

mod pattern;

use std::collections::HashMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Fault;
use crate::text::{append_quoted, excerpt};

use pattern::Pattern;

/// The byte between the cells that are made.
pub const DELIMITER: u8 = b',';

/// The most fields that the lines of a file may have in all.
const MOST_FIELDS: usize = 1 << 16;

/// Bytes of records that are made at a time, and one record more.
const ENOUGH: usize = 1 << 22;

/// The names of the fields in some lines, in order of appearance.
///
/// # Errors
/// The first line that is no object or has too many fields more, counted from 1.
pub fn names(bytes: &[u8]) -> Result<Vec<String>, (u64, Fault)> {
    let mut fields = Fields::default();
    for (at, line) in lines(bytes).enumerate().filter(|(_, line)| !line.is_empty()) {
        fields.cells.clear();
        fields.read(line, true).map_err(|fault| (at as u64 + 1, fault))?;
    }
    Ok(fields.names)
}

/// The lines that were appended as records.
pub struct Appended {
    /// Their bytes.
    pub length: usize,
    /// Why the next line is no record, if that ended it.
    pub fault: Option<Fault>,
}

/// Appends lines as CSV records with a cell for each name. A field without a name is
/// passed over, or is a fault if `is_strict`. It ends at a fault, or when the records
/// take much memory.
pub fn append_records(
    bytes: &[u8],
    names: &[String],
    is_strict: bool,
    out: &mut Vec<u8>,
) -> Appended {
    let mut fields = Fields::new(names, is_strict);
    let mut pattern = Pattern::default();
    let mut length = 0;
    for whole in bytes.split_inclusive(|&b| b == b'\n') {
        if out.len() >= ENOUGH {
            break;
        }
        let line = whole.trim_ascii();
        let start = out.len();
        if !line.is_empty() {
            fields.cells.clear();
            fields.cells.resize(names.len(), None);
            if !pattern.read(line, &mut fields.cells) {
                fields.cells.fill(None);
                fields.values.clear();
                if let Err(fault) = fields.read(line, false) {
                    return Appended { length, fault: Some(fault) };
                }
                pattern = Pattern::of(line, &fields.values);
            }
            for (column, cell) in fields.cells.iter().enumerate() {
                if column > 0 {
                    out.push(DELIMITER);
                }
                if append_cell(*cell, names.len() == 1, out).is_err() {
                    out.truncate(start);
                    let fault = Some(Fault::HalfACharacter(names[column].clone()));
                    return Appended { length, fault };
                }
            }
        }
        out.push(b'\n');
        length += whole.len();
    }
    Appended { length, fault: None }
}

/// The lines, without blanks around them; what follows the last line feed is one if
/// it is anything.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&b| b == b'\n').map(<[u8]>::trim_ascii)
}

/// Appends a value as a CSV cell.
///
/// # Errors
/// If it is a string with half a surrogate pair, which is no text.
fn append_cell(
    value: Option<&[u8]>,
    is_alone: bool,
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    let text = value.unwrap_or(b"null");
    match text {
        // A record of one empty cell would be a blank line.
        b"null" if is_alone => out.extend_from_slice(b"\"\""),
        b"null" => {}
        [b'"', inner @ .., b'"'] if inner.iter().all(|&b| is_plain(b)) && !inner.is_empty() => {
            out.extend_from_slice(inner);
        }
        [b'"', ..] => {
            let text: String = serde_json::from_slice(text)?;
            append_quoted(text.as_bytes(), out);
        }
        [b'{' | b'[', ..] => append_quoted(text, out),
        scalar => out.extend_from_slice(scalar),
    }
    Ok(())
}

/// Whether a byte of a JSON string is itself in a CSV cell without quotes.
fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'\\' | b'"' | DELIMITER | ..b' ')
}

/// The fields of lines: which column each is, and the values of one line.
#[derive(Default)]
struct Fields<'a> {
    names: Vec<String>,
    columns: HashMap<String, usize, foldhash::fast::RandomState>,
    /// Whether a field without a column is an error, or is passed over.
    is_strict: bool,
    /// The values of the line, by column.
    cells: Vec<Option<&'a [u8]>>,
    /// All values of the line in their order, with their columns if they have one.
    values: Vec<(&'a [u8], Option<usize>)>,
    /// The fields of a line that were met, so that none is there twice.
    met: Vec<bool>,
}

impl<'a> Fields<'a> {
    fn new(names: &[String], is_strict: bool) -> Self {
        let columns = names.iter().cloned().zip(0..).collect();
        Fields { names: names.to_vec(), columns, is_strict, ..Fields::default() }
    }

    /// Reads a line; new names get columns if `adds`.
    fn read(&mut self, line: &'a [u8], adds: bool) -> Result<(), Fault> {
        self.met.clear();
        self.met.resize(self.names.len(), false);
        let mut reader = serde_json::Deserializer::from_slice(line);
        let mut stray = None;
        let visitor = Line { fields: self, adds, stray: &mut stray };
        let read = reader.deserialize_map(visitor).and_then(|()| reader.end());
        match (stray, read) {
            (Some(fault), _) => Err(fault),
            (None, Ok(())) => Ok(()),
            (None, Err(_)) if line.starts_with(b"[") => Err(Fault::JsonArray),
            (None, Err(error)) => {
                let why = error.to_string().replace(" at line 1", ",");
                Err(Fault::NotAnObject(why.replace(",,", ",")))
            }
        }
    }
}

/// Reads one object.
struct Line<'f, 'a> {
    fields: &'f mut Fields<'a>,
    adds: bool,
    /// A fault that is none of the syntax.
    stray: &'f mut Option<Fault>,
}

impl<'a> Visitor<'a> for Line<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        // Mostly fields come in the order of the columns.
        let mut expected = 0;
        let fields = self.fields;
        loop {
            let key = Key { fields, adds: self.adds, expected };
            let Some(found) = map.next_key_seed(key)? else { return Ok(()) };
            match found {
                Ok(column) if fields.met.get(column) == Some(&true) => {
                    *self.stray = Some(Fault::FieldTwice(fields.names[column].clone()));
                    return Err(A::Error::custom("twice"));
                }
                Ok(MOST_FIELDS..) => {
                    *self.stray = Some(Fault::TooManyFields(MOST_FIELDS));
                    return Err(A::Error::custom("too many"));
                }
                Ok(column) => {
                    expected = column + 1;
                    if column >= fields.met.len() {
                        fields.met.resize(column + 1, false);
                    }
                    fields.met[column] = true;
                    if self.adds {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let value = map.next_value::<&RawValue>()?.get().as_bytes();
                    fields.cells[column] = Some(value);
                    fields.values.push((value, Some(column)));
                }
                Err(name) if fields.is_strict => {
                    *self.stray = Some(Fault::UnknownField(name));
                    return Err(A::Error::custom("unknown"));
                }
                Err(_) => {
                    let value = map.next_value::<&RawValue>()?.get().as_bytes();
                    fields.values.push((value, None));
                }
            }
        }
    }
}

/// Finds the column of a key; or gives the key back, if it has none.
struct Key<'f, 'a> {
    fields: &'f mut Fields<'a>,
    adds: bool,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Result<usize, String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let fields = self.fields;
        if fields.names.get(self.expected).is_some_and(|expected| expected == name) {
            return Ok(Ok(self.expected));
        }
        if let Some(&column) = fields.columns.get(name) {
            return Ok(Ok(column));
        }
        if !self.adds {
            // Only an error shows it.
            return Ok(Err(if fields.is_strict {
                excerpt(name.as_bytes())
            } else {
                String::new()
            }));
        }
        fields.names.push(name.to_owned());
        fields.columns.insert(name.to_owned(), fields.names.len() - 1);
        Ok(Ok(fields.names.len() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn lines_are_read_alike_with_and_without_a_pattern(
            lines in prop::collection::vec("\\{\"a\":[0-9]{1,2}(,\"b\": ?(1|-2.5e3|\"x\"|\"é\"|\"\\\\n\"|null))?(, \"c\":\\[1\\])?\\}|\\{\"b\":01\\}|\\{\"a\":1,\"a\":2\\}", 0..20),
        ) {
            let text = lines.join("\n");
            let all = records(&text, &["a", "b"], false);
            // One by one, no line has a line before it.
            let mut out = String::new();
            let mut fault = None;
            for line in &lines {
                let (text, why) = records(line, &["a", "b"], false);
                out.push_str(&text);
                fault = why;
                if fault.is_some() {
                    break;
                }
            }
            prop_assert_eq!(all, (out, fault), "{}", text);
        }
    }

    fn records(text: &str, names: &[&str], is_strict: bool) -> (String, Option<String>) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut out = Vec::new();
        let appended = append_records(text.as_bytes(), &names, is_strict, &mut out);
        (String::from_utf8(out).unwrap(), appended.fault.map(|fault| fault.to_string()))
    }

    #[test]
    fn each_line_is_a_record() {
        let text = "{\"a\":1,\"b\":\"x\"}\n\n {\"b\":\"y,\\\"z\\\"\\n\",\"c\":[1,{\"d\":2}],\"a\":null}\r\n{}\n{\"a\":-1.5e-3,\"b\":\"é\\u00e9\"}";
        let of_a_and_b = "1,x\n\n,\"y,\"\"z\"\"\n\"\n,\n-1.5e-3,\"éé\"\n";
        assert_eq!(records(text, &["a", "b"], false).0, of_a_and_b);
        assert_eq!(records(text, &["a", "b"], true).0, "1,x\n\n");
        assert_eq!(
            records(text, &["a", "b", "c"], true),
            (
                "1,x,\n\n,\"y,\"\"z\"\"\n\",\"[1,{\"\"d\"\":2}]\"\n,,\n-1.5e-3,\"éé\",\n"
                    .to_owned(),
                None
            )
        );
        assert_eq!(records(text, &["a"], false).0, "1\n\n\"\"\n\"\"\n-1.5e-3\n");
        assert_eq!(records("{}\n{\"a\":\"\"}\n", &["a"], true).0, "\"\"\n\"\"\n");
        assert_eq!(names(text.as_bytes()).unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_no_object_ends_the_records() {
        for (line, why) in [
            ("[1]", "this is a JSON array, not one object a line"),
            (
                "1",
                "this is no JSON object: invalid type: integer `1`, expected an object, column 1",
            ),
            ("{\"a\":1", "this is no JSON object: EOF while parsing an object, column 6"),
            ("{\"a\":1}{", "this is no JSON object: trailing characters, column 8"),
            ("{\"a\":\"\\udc00\"}", "the text of field 'a' has half a character"),
            ("{\"a\":01}", "this is no JSON object: invalid number, column 7"),
            ("{\"a\":1,\"a\":2}", "field 'a' is there twice"),
            ("{\"a\":1,\"z\":2}", "field 'z' is not among those of the first lines"),
        ] {
            let (out, fault) = records(&format!("{{\"a\":5}}\n{line}\n"), &["a"], true);
            assert_eq!((out.as_str(), fault), ("5\n", Some(why.to_owned())));
        }
    }
}
