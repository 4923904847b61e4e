//! Fields of nested objects, by their dotted names.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde_json::value::RawValue;

/// The most levels of nested objects that are read.
const DEPTH: usize = 16;

/// The names of fields, in order of appearance.
#[derive(Default)]
pub struct Names {
    /// The names of top-level fields.
    pub own: Vec<String>,
    /// The dotted names of nested fields, none of which is the name of a top-level field; each
    /// with the length of its top-level field's name.
    dotted: BTreeMap<String, usize>,
    /// The names of fields that hold lists.
    lists: BTreeSet<String>,
}

/// A column of a nested field.
pub struct Nested {
    /// Its position.
    pub column: usize,
    /// The name of the top-level field that it is in.
    pub root: String,
    /// Its dotted name within that field.
    path: String,
}

impl Names {
    /// Takes the names of all fields. Dotted names that are also top-level names are dropped.
    pub fn new(
        own: Vec<String>,
        mut dotted: BTreeMap<String, usize>,
        lists: BTreeSet<String>,
    ) -> Self {
        for name in &own {
            dotted.remove(name);
        }
        Names { own, dotted, lists }
    }

    /// Iterates over all names, the top-level ones first.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.own.iter().chain(self.dotted.keys())
    }

    /// Iterates over the positions of fields that hold lists, among [`all`](Names::all).
    pub fn lists(&self) -> impl Iterator<Item = usize> {
        let lists = self.all().enumerate().filter(|(_, name)| self.lists.contains(*name));
        lists.map(|(position, _)| position)
    }

    /// Returns which of some columns are nested fields.
    pub fn nested(&self, columns: &[String]) -> Arc<[Nested]> {
        let nested = self.dotted.iter().filter_map(|(name, root)| {
            let column = columns.iter().position(|column| column == name)?;
            let (root, path) = (name[..*root].to_owned(), name[root + 1..].to_owned());
            Some(Nested { column, root, path })
        });
        nested.collect()
    }
}

/// Adds the dotted names of the fields in a value, if it is an object, until there are `most`
/// names. `name` is the value's own dotted name, whose first `root` bytes are the name of the
/// top-level field.
pub fn add_names(
    value: &str,
    name: &str,
    root: usize,
    (names, lists): (&mut BTreeMap<String, usize>, &mut BTreeSet<String>),
    most: usize,
) {
    let is_deep = name.matches('.').count() >= DEPTH;
    let Some(fields) = fields(value).filter(|_| !is_deep) else { return };
    for (field, value) in fields {
        let name = format!("{name}.{field}");
        if value.get().starts_with('{') {
            add_names(value.get(), &name, root, (names, lists), most);
        } else if names.len() < most {
            if value.get().starts_with('[') {
                lists.insert(name.clone());
            }
            names.entry(name).or_insert(root);
        }
    }
}

/// Finds the values of columns that are all in one top-level field, whose value is `object`.
/// Returns the dotted name of a field that is not among the columns, if `is_new` says that it
/// is a new one.
pub fn find(
    columns: &[Nested],
    bytes: &[u8],
    object: Range<usize>,
    cells: &mut [Option<Range<usize>>],
    is_new: Option<impl Fn(&str) -> bool>,
) -> Option<String> {
    let text = &bytes[object.clone()];
    let changed;
    let mut start = text.as_ptr() as usize;
    let found = match str::from_utf8(text).ok().and_then(fields) {
        Some(fields) => fields,
        None => match without_words(text) {
            Some(other) => {
                changed = other;
                start = changed.as_ptr() as usize;
                str::from_utf8(&changed).ok().and_then(fields).unwrap_or_default()
            }
            None => return None,
        },
    };
    for nested in columns {
        let value = inner(&found, &nested.path);
        cells[nested.column] = value.map(|value| {
            let start = object.start + (value.as_ptr() as usize - start);
            start..start + value.len()
        });
    }
    let root = columns.first().map_or("", |nested| nested.root.as_str());
    let is_new = is_new?;
    let known: HashSet<&str> = columns.iter().map(|nested| nested.path.as_str()).collect();
    new_leaf(&found, root, "", &known, &is_new)
}

/// Returns the dotted name of a nested value that is not `known`, if `is_new` holds for it.
fn new_leaf(
    fields_of: &BTreeMap<String, &RawValue>,
    root: &str,
    path: &str,
    known: &HashSet<&str>,
    is_new: &impl Fn(&str) -> bool,
) -> Option<String> {
    fields_of.iter().find_map(|(field, value)| {
        let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
        if known.contains(path.as_str()) {
            return None;
        }
        if let Some(inner) = fields(value.get()) {
            return new_leaf(&inner, root, &path, known, is_new);
        }
        Some(format!("{root}.{path}")).filter(|name| is_new(name))
    })
}

/// Returns the value of a dotted name in an object, given by its fields.
fn inner<'a>(object: &BTreeMap<String, &'a RawValue>, path: &str) -> Option<&'a str> {
    if let Some(value) = object.get(path) {
        return Some(value.get());
    }
    object.iter().find_map(|(field, value)| {
        let rest = path.strip_prefix(field.as_str())?.strip_prefix('.')?;
        inner(&fields(value.get())?, rest)
    })
}

/// Returns the fields of a value, if it is an object.
fn fields(value: &str) -> Option<BTreeMap<String, &RawValue>> {
    value.starts_with('{').then(|| serde_json::from_str(value).ok()).flatten()
}

/// What Python writes for numbers that JSON does not have.
pub const WORDS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// Replaces each of [`WORDS`] by a string of the same length; None if there are none.
pub fn without_words(text: &[u8]) -> Option<Vec<u8>> {
    let mut changed: Option<Vec<u8>> = None;
    let (mut at, mut is_string) = (0, false);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if is_string => at += 1,
            b'"' => is_string = !is_string,
            b'N' | b'I' | b'-' if !is_string => {
                let before = at.checked_sub(1).map_or(b' ', |before| text[before]);
                let is_after = |word: &&&[u8]| {
                    text[at..].strip_prefix(**word).is_some_and(|rest| ends_value(rest.first()))
                };
                if (ends_value(Some(&before)) || b":[{".contains(&before))
                    && let Some(word) = WORDS.iter().find(is_after)
                {
                    let changed = changed.get_or_insert_with(|| text.to_vec());
                    changed[at..at + word.len()].fill(b'_');
                    changed[at] = b'"';
                    at += word.len() - 1;
                    changed[at] = b'"';
                }
            }
            _ => {}
        }
        at += 1;
    }
    changed
}

/// Whether a value may end before a byte; None is the end of the text.
fn ends_value(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| byte.is_ascii_whitespace() || b",]}".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotted_name_finds_its_value_in_nested_objects() {
        let text = br#"  {"a":{"b.c":NaN,"d":{"e":"x"}},"f":1} "#;
        let find = |path: &str| {
            let nested = [Nested { column: 0, root: String::new(), path: path.to_owned() }];
            let mut cells = [None];
            super::find(&nested, text, 2..text.len() - 1, &mut cells, None::<fn(&str) -> bool>);
            let found = cells[0].clone()?;
            Some(String::from_utf8_lossy(&text[found]).into_owned())
        };
        assert_eq!(find("a.b.c").as_deref(), Some("NaN"));
        assert_eq!(find("a.d.e").as_deref(), Some("\"x\""));
        assert_eq!(find("f").as_deref(), Some("1"));
        assert_eq!(find("a.x").or(find("f.x")), None);
    }

    #[test]
    fn words_of_python_are_replaced_only_where_they_are_values() {
        let without = |text: &'static str| {
            let changed = without_words(text.as_bytes());
            changed.map(|text| String::from_utf8(text).unwrap())
        };
        let text = r#"{"NaN":NaN,"a\" NaN":[-Infinity, Infinity]}"#;
        let right = r#"{"NaN":"_","a\" NaN":["_______", "______"]}"#;
        assert_eq!(without(text).as_deref(), Some(right));
        for text in ["{\"a\":NaNa}", "{\"a\":+Infinity}", "{\"a\":-NaN}", "\"NaN", "nan"] {
            assert_eq!(without(text), None, "{text}");
        }
    }
}
