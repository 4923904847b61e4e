//! Checks of JSON Lines against a reader that parses every line with `serde_json`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Read, Way, read_by_chunks, slow_label, slow_number};
use crate::table::number::NotUsable;
use crate::table::options::InputOptions;

/// Every text starts with this line. It names the columns and fills the first block of 64
/// bytes, so that no other line is looked at before the first row.
const HEAD: &[u8; 64] = b"{\"y\":0,\"p\":0}                                                  \n";

/// y and p as bits.
type Row = [u64; 2];

/// Checks that JSON Lines are read as the slow reader reads them. The delimiter is not used.
///
/// # Panics
/// If they are not.
pub fn check_json_lines(text: &[u8], way: Way) {
    // `serde_json` refuses these words of Python.
    if [b"NaN".as_slice(), b"Infinity"]
        .into_iter()
        .any(|word| memchr::memmem::find(text, word).is_some())
    {
        return;
    }
    let text = [HEAD.as_slice(), text].concat();
    let Some(found) = fast_rows(&text, way) else { return };
    assert_eq!(found, slow_rows(&text, way), "{way:?} {:?}", String::from_utf8_lossy(&text));
}

/// Reads by chunks and the pattern of a line; None if the file is refused at its start, or if
/// its first lines have more columns.
fn fast_rows(text: &[u8], way: Way) -> Option<Read<Row>> {
    let [y, yhat] = if way.is_turned { ["p", "y"] } else { ["y", "p"] };
    let options = InputOptions {
        input: Some("jsonl".to_owned()),
        y_col: Some(y.to_owned()),
        yhat_col: vec![yhat.to_owned()],
        ..InputOptions::default()
    };
    let has_more = std::cell::Cell::new(false);
    let read = read_by_chunks(text, options, way, |chunk, batch, row, _| {
        let schema = chunk.schema();
        has_more.set(schema.width() != 2);
        [schema.label_slot(), schema.outputs[0].one().expect("a model has one output")]
            .map(|slot| batch.columns[slot][row].to_bits())
    });
    read.filter(|_| !has_more.get())
}

/// Reads line by line.
fn slow_rows(text: &[u8], way: Way) -> Read<Row> {
    let mut read = Read::default();
    for (line, text) in (1..).zip(text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii)) {
        if text.is_empty() {
            continue;
        }
        let number = |object: &Object, name: &str| {
            let value = object.0.iter().find(|(key, _)| key == name);
            let value = value.map_or("null", |(_, value)| value.get());
            let cell = serde_json::from_str::<String>(value).unwrap_or(value.to_owned());
            let is_label = name == if way.is_turned { "p" } else { "y" };
            if is_label { slow_label(cell.as_bytes()) } else { slow_number(cell.as_bytes()) }
        };
        let object = serde_json::from_slice::<Object>(text).ok().filter(|object| {
            object.0.iter().all(|(key, _)| {
                let is_known = key == "y" || key == "p";
                let is_once = object.0.iter().filter(|(other, _)| other == key).count() == 1;
                if is_known { is_once } else { !way.is_strict }
            })
        });
        let numbers = object.map(|object| ["y", "p"].map(|name| number(&object, name)));
        let is_skipped = |number| way.skips_missing && matches!(number, Err(NotUsable::Missing));
        match numbers {
            Some([Ok(y), Ok(p)]) if way.is_turned => read.rows.push([p.to_bits(), y.to_bits()]),
            Some([Ok(y), Ok(p)]) => read.rows.push([y.to_bits(), p.to_bits()]),
            Some(numbers) if numbers.iter().all(|&number| number.is_ok() || is_skipped(number)) => {
                read.skipped += 1;
            }
            _ => {
                read.fault = Some(line);
                return read;
            }
        }
    }
    read
}

/// The fields of an object, in their order.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }

        reader.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ways;
    use super::*;
    use proptest::prelude::*;

    /// Checks a text in every way.
    #[track_caller]
    fn check_all(text: &[u8]) {
        ways(&[1, 16, 64], &[1, 1024]).for_each(|way| check_json_lines(text, way));
    }

    #[test]
    fn objects_of_every_kind_are_read_as_the_slow_way_reads_them() {
        for text in [
            &b"{\"y\":1,\"p\":0.5}\n\n{\"p\":1e-3, \"y\":0}\r\n{\"y\":\"1\",\"p\":null}"[..],
            b"{\"y\":1}\n{}\n{\"y\":1,\"p\":0.5,\"z\":[{\"y\":2}]}\n",
            b"{\"y\":1,\"p\":0.5}\n{\"y\":1,\"y\":1,\"p\":0.5}\n",
            b"{\"z\":1,\"z\":\"\xc3\xa9\",\"y\":1,\"\\u0070\":0.5}\n{\"y\":1,\"p\":0.5\n",
            b"{\"y\":[1],\"p\":0.5}\n",
            b"{\"y\":1,\"p\":\"a\\nb\"}\n[1]\n",
            b"{\"y\":0,\"p\":\"\\udc00\"}\n{\"y\":0,\"p\":0}\n",
            b"{\"y\":1,\"p\":0,\"z\":[\"a\"]}\n{\"y\":1,\"p\":0,\"z\":[\"\xff\"]}",
            b"{\"y\":-0.0,\"p\":1E+5}\n{\"y\":01,\"p\":1}\n",
        ] {
            check_all(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn lines_are_read_as_the_slow_way_reads_them(
            lines in prop::collection::vec(
                "\\{(\"y\": ?(0|1|\"1\"|null|-2.5e3|0\\.5))?,?(\"p\":(0\\.5|\"é\"|\"\\\\n\"|01|NA))?(, ?\"c\":(\\[1\\]|\\{\"y\":1\\}))?\\} ?\r?|",
                0..12,
            ),
        ) {
            check_all(lines.join("\n").as_bytes());
        }
    }
}
