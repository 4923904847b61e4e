//! The fields of objects: which column each is, and where its value is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::table::schema::Schema;
use crate::table::text::IS_TEXT;
use crate::text::{excerpt, sentence};

use super::nested::{self, Names, Nested};
use super::pattern::{Pattern, Value};

/// The most different fields that the objects of a file may have.
const MOST_FIELDS: usize = 1 << 16;

/// The names of fields, in order of appearance, and the values of one object.
///
/// Most objects have the same fields as the one before, in the same order and with the same
/// blanks: these are read by a [`Pattern`]. Others are read by `serde_json`.
#[derive(Default)]
pub struct Fields {
    /// The name of each column; None for a nested field.
    names: Vec<Option<String>>,
    /// The dotted names of nested fields, each with the length of its top-level field's name.
    inner: BTreeMap<String, usize>,
    /// The names of fields that hold lists.
    lists: BTreeSet<String>,
    /// The columns of nested fields.
    nested: Arc<[Nested]>,
    /// For each of them, the column of its top-level field.
    roots: Vec<usize>,
    columns: HashMap<String, usize, foldhash::fast::RandomState>,
    /// Whether a field without a column is an error; otherwise it is ignored.
    is_strict: bool,
    pattern: Pattern,
    /// The schema, if it has patterns that choose the fields of classes by name.
    schema: Option<Arc<Schema>>,
    /// The range of each column's value in the bytes that the last object was read from.
    pub cells: Vec<Option<Range<usize>>>,
    /// All values of the object, in order.
    values: Vec<Value>,
    /// Whether the object has each column, to find repeated fields.
    present: Vec<bool>,
}

impl Fields {
    /// Takes the names of all columns, and which of them are nested fields.
    pub fn new(names: &[String], is_strict: bool, nested: Arc<[Nested]>) -> Self {
        let mut names: Vec<_> = names.iter().cloned().map(Some).collect();
        nested.iter().for_each(|nested| names[nested.column] = None);
        let mut roots = Vec::new();
        for Nested { root, .. } in &*nested {
            let column = names.iter().position(|name| name.as_ref() == Some(root));
            roots.push(column.unwrap_or(names.len()));
            if column.is_none() {
                names.push(Some(root.clone()));
            }
        }
        let columns = names.iter().cloned().zip(0..).filter_map(|(name, at)| Some((name?, at)));
        Fields { columns: columns.collect(), names, is_strict, nested, roots, ..Fields::default() }
    }

    /// Makes a field an error if a pattern of the schema would take it for a class that the
    /// first lines lack.
    pub fn with_patterns(self, schema: &Arc<Schema>) -> Self {
        let has_patterns = !schema.patterns.is_empty();
        Fields { schema: has_patterns.then(|| Arc::clone(schema)), ..self }
    }

    /// Whether a pattern would take a field without a column for another class.
    fn is_of_pattern(&self, name: &str) -> bool {
        self.schema.as_ref().is_some_and(|schema| schema.is_of_pattern(name))
    }

    /// Returns the names found by [`add_names`](Fields::add_names).
    pub fn into_names(self) -> Names {
        Names::new(self.names.into_iter().flatten().collect(), self.inner, self.lists)
    }

    /// Reads the object in a range of the bytes into [`cells`](Fields::cells).
    ///
    /// # Errors
    /// If it is not an object, or has a field twice. The caller sets the location.
    pub fn read(&mut self, bytes: &[u8], object: Range<usize>) -> Result<(), Error> {
        self.cells.clear();
        self.cells.resize(self.names.len(), None);
        if !self.pattern.read(bytes, object.clone(), &mut self.cells) {
            self.cells.fill(None);
            self.values.clear();
            self.read_object(bytes, object.clone(), false)?;
            self.pattern = Pattern::of(bytes, object, &self.values);
        }
        if self.roots.is_empty() {
            return Ok(());
        }
        let nested = Arc::clone(&self.nested);
        let mut at = 0;
        while let Some(&root) = self.roots.get(at) {
            let same = self.roots[at..].iter().take_while(|other| **other == root).count();
            let columns = &nested[at..at + same];
            at += same;
            let Some(object) = self.cells[root].clone() else { continue };
            let schema = self.schema.as_deref();
            let is_new = schema.map(|schema| |name: &str| schema.is_of_pattern(name));
            if let Some(name) = nested::find(columns, bytes, object, &mut self.cells, is_new) {
                return Err(another_class(&name));
            }
        }
        Ok(())
    }

    /// Adds the names of an object's fields.
    ///
    /// # Errors
    /// As [`read`](Fields::read), and if there are too many names.
    pub fn add_names(&mut self, object: &[u8]) -> Result<(), Error> {
        self.read_object(object, 0..object.len(), true)
    }

    fn read_object(&mut self, bytes: &[u8], object: Range<usize>, adds: bool) -> Result<(), Error> {
        let text = &bytes[object.clone()];
        let (mut stray, mut read) = self.deserialize(text, object.start, adds);
        if read.is_err()
            && stray.is_none()
            && let Some(text) = nested::without_words(text)
        {
            self.values.clear();
            (stray, read) = self.deserialize(&text, object.start, adds);
        }
        match (stray, read) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(()),
            (None, Err(error)) => {
                let why = error.to_string();
                let why = match error.line() {
                    1 => why.replace(" at line 1", ",").replace(",,", ","),
                    line => {
                        why.replace(&format!(" at line {line}"), &format!(", its line {line},"))
                    }
                };
                Err(format_error(format!("this is no JSON object: {}", sentence(&why)))
                    .with_hint("each row is an object: jq -c . FILE writes one a line"))
            }
        }
    }

    /// Parses an object that starts at `start` of the bytes that cells refer to. Returns an error
    /// that is not about syntax, if there is one, and the result of the parser.
    fn deserialize(
        &mut self,
        text: &[u8],
        start: usize,
        adds: bool,
    ) -> (Option<Error>, serde_json::Result<()>) {
        self.present.clear();
        self.present.resize(self.names.len(), false);
        let mut reader = serde_json::Deserializer::from_slice(text);
        let mut stray = None;
        let base = (text.as_ptr() as usize).wrapping_sub(start);
        let visitor = Object { fields: self, base, adds, stray: &mut stray };
        let read = reader.deserialize_map(visitor).and_then(|()| reader.end());
        (stray, read)
    }
}

/// Returns the error of a field that would be a class which the first lines lack.
fn another_class(name: &str) -> Error {
    let name = excerpt(name.as_bytes());
    format_error(format!("field '{name}' is another class, which the first lines lack"))
        .with_hint("--classes A,B,… names the classes that count")
}

/// Creates an error about the format. The caller sets the location.
pub fn format_error(message: impl Into<String>) -> Error {
    Error::new(Kind::Format, Location::Job, message)
}

/// Reads one object.
struct Object<'f> {
    fields: &'f mut Fields,
    /// The address that positions of values are counted from.
    base: usize,
    adds: bool,
    /// An error that is not about syntax.
    stray: &'f mut Option<Error>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Fields mostly come in the order of the columns.
        let mut expected = 0;
        let (fields, base) = (self.fields, self.base);
        let value = |map: &mut A| {
            let value = map.next_value::<&RawValue>()?.get();
            let start = (value.as_ptr() as usize).wrapping_sub(base);
            Ok(start..start + value.len())
        };
        loop {
            let key = Key { fields, adds: self.adds, expected };
            let Some(found) = map.next_key_seed(key)? else { return Ok(()) };
            match found {
                Ok(column) if fields.present.get(column) == Some(&true) => {
                    let name = fields.names[column].as_deref().unwrap_or_default();
                    let name = excerpt(name.as_bytes());
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
                        let value = map.next_value::<&RawValue>()?.get();
                        let name = fields.names[column].as_deref().unwrap_or_default();
                        if value.starts_with('[') {
                            fields.lists.insert(name.to_owned());
                        }
                        let into = (&mut fields.inner, &mut fields.lists);
                        nested::add_names(value, name, name.len(), into, MOST_FIELDS);
                        continue;
                    }
                    let value = value(&mut map)?;
                    fields.cells[column] = Some(value.clone());
                    fields.values.push((value, Some(column)));
                }
                Err(name) if fields.is_strict => {
                    let message = format!("field '{name}' is not among those of the first lines");
                    let hint = "such fields are ignored without --each and --worst";
                    *self.stray = Some(format_error(message).with_hint(hint));
                    return Err(A::Error::custom("unknown"));
                }
                Err(name) if !name.is_empty() => {
                    *self.stray = Some(another_class(&name));
                    return Err(A::Error::custom("another class"));
                }
                Err(_) => {
                    let value = value(&mut map)?;
                    fields.values.push((value, None));
                }
            }
        }
    }
}

/// Finds the column of a key, or returns the key if it has none.
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
        if fields.names.get(self.expected).is_some_and(|expected| expected.as_deref() == Some(name))
        {
            return Ok(Ok(self.expected));
        }
        if let Some(&column) = fields.columns.get(name) {
            return Ok(Ok(column));
        }
        if !self.adds {
            // Only an error needs the name; an ignored field is an empty one.
            let is_shown = fields.is_strict || fields.is_of_pattern(name);
            let shown = if is_shown { excerpt(name.as_bytes()) } else { String::new() };
            return Ok(Err(shown));
        }
        fields.names.push(Some(name.to_owned()));
        fields.columns.insert(name.to_owned(), fields.names.len() - 1);
        Ok(Ok(fields.names.len() - 1))
    }
}
