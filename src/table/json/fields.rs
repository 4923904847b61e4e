//! The fields of objects: which column each is, and where its value is.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::table::text::IS_TEXT;
use crate::text::{excerpt, sentence};

use super::pattern::{Pattern, Value};

/// The most fields that the objects of a file may have in all.
const MOST_FIELDS: usize = 1 << 16;

/// The names of fields, in order of appearance, and the values of one object.
///
/// Most objects have the fields of the one before, in its order and with its blanks: then
/// all between the values is compared as a whole. Others are read by `serde_json`.
#[derive(Default)]
pub struct Fields {
    names: Vec<String>,
    columns: HashMap<String, usize, foldhash::fast::RandomState>,
    /// Whether a field without a column is an error, or is passed over.
    is_strict: bool,
    pattern: Pattern,
    /// Where the value of each column is in the bytes of the last object.
    pub cells: Vec<Option<Range<usize>>>,
    /// All values of the object in their order.
    values: Vec<Value>,
    /// The columns that the object has, so that none is there twice.
    present: Vec<bool>,
}

impl Fields {
    /// Fields of those names.
    pub fn new(names: &[String], is_strict: bool) -> Self {
        let columns = names.iter().cloned().zip(0..).collect();
        Fields { names: names.to_vec(), columns, is_strict, ..Fields::default() }
    }

    /// The names there are.
    pub fn into_names(self) -> Vec<String> {
        self.names
    }

    /// Reads the object that is there in the bytes.
    ///
    /// # Errors
    /// If it is none, or has a field twice. The location is left to the caller.
    pub fn read(&mut self, bytes: &[u8], object: Range<usize>) -> Result<(), Error> {
        self.cells.clear();
        self.cells.resize(self.names.len(), None);
        if self.pattern.read(bytes, object.clone(), &mut self.cells) {
            return Ok(());
        }
        self.cells.fill(None);
        self.values.clear();
        self.read_object(bytes, object.clone(), false)?;
        self.pattern = Pattern::of(bytes, object, &self.values);
        Ok(())
    }

    /// Adds the names of an object's fields.
    ///
    /// # Errors
    /// As [`read`](Fields::read), and if there are too many.
    pub fn add_names(&mut self, object: &[u8]) -> Result<(), Error> {
        self.read_object(object, 0..object.len(), true)
    }

    fn read_object(&mut self, bytes: &[u8], object: Range<usize>, adds: bool) -> Result<(), Error> {
        self.present.clear();
        self.present.resize(self.names.len(), false);
        let text = &bytes[object];
        let mut reader = serde_json::Deserializer::from_slice(text);
        let mut stray = None;
        let base = bytes.as_ptr() as usize;
        let visitor = Object { fields: self, base, adds, stray: &mut stray };
        let read = reader.deserialize_map(visitor).and_then(|()| reader.end());
        match (stray, read) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(()),
            (None, Err(_)) if text.starts_with(b"[") => {
                Err(format_error("this is a JSON array, not one object a line")
                    .with_hint("jq -c '.[]' FILE writes such lines"))
            }
            (None, Err(error)) => {
                let why = error.to_string().replace(" at line 1", ",").replace(",,", ",");
                Err(format_error(format!("this is no JSON object: {}", sentence(&why)))
                    .with_hint("one object a line: jq -c . FILE writes such lines"))
            }
        }
    }
}

fn format_error(message: impl Into<String>) -> Error {
    Error::new(Kind::Format, Location::Job, message)
}

/// Reads one object.
struct Object<'f> {
    fields: &'f mut Fields,
    /// The address that values are counted from.
    base: usize,
    adds: bool,
    /// An error that is none of the syntax.
    stray: &'f mut Option<Error>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Mostly fields come in the order of the columns.
        let mut expected = 0;
        let (fields, base) = (self.fields, self.base);
        let value = |map: &mut A| {
            let value = map.next_value::<&RawValue>()?.get();
            let start = value.as_ptr() as usize - base;
            Ok(start..start + value.len())
        };
        loop {
            let key = Key { fields, adds: self.adds, expected };
            let Some(found) = map.next_key_seed(key)? else { return Ok(()) };
            match found {
                Ok(column) if fields.present.get(column) == Some(&true) => {
                    let name = excerpt(fields.names[column].as_bytes());
                    *self.stray = Some(format_error(format!("field '{name}' is there twice")));
                    return Err(A::Error::custom("twice"));
                }
                Ok(MOST_FIELDS..) => {
                    let most = grouped(MOST_FIELDS as u64);
                    let message = format!("there are more than {most} fields up to here");
                    let error = Error::new(Kind::Limit, Location::Job, message);
                    *self.stray = Some(error.with_hint(IS_TEXT));
                    return Err(A::Error::custom("too many"));
                }
                Ok(column) => {
                    expected = column + 1;
                    if column >= fields.present.len() {
                        fields.present.resize(column + 1, false);
                    }
                    fields.present[column] = true;
                    if self.adds {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let value = value(&mut map)?;
                    fields.cells[column] = Some(value.clone());
                    fields.values.push((value, Some(column)));
                }
                Err(name) if fields.is_strict => {
                    let message = format!("field '{name}' is not among those of the first lines");
                    let hint = "without --each and --worst such fields are passed over";
                    *self.stray = Some(format_error(message).with_hint(hint));
                    return Err(A::Error::custom("unknown"));
                }
                Err(_) => {
                    let value = value(&mut map)?;
                    fields.values.push((value, None));
                }
            }
        }
    }
}

/// Finds the column of a key; or gives the key back, if it has none.
struct Key<'f> {
    fields: &'f mut Fields,
    adds: bool,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Result<usize, String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
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
            let shown = if fields.is_strict { excerpt(name.as_bytes()) } else { String::new() };
            return Ok(Err(shown));
        }
        fields.names.push(name.to_owned());
        fields.columns.insert(name.to_owned(), fields.names.len() - 1);
        Ok(Ok(fields.names.len() - 1))
    }
}
