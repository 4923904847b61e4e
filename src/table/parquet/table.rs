//! The columns of a file as a table. The whole footer is checked before any data is read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use parquet::schema::types::{SchemaDescriptor, Type};

use crate::error::{Error, Kind as ErrorKind, Location};
use crate::io::{Source, Stream};
use crate::table::columns::{self, Candidates, Found};
use crate::table::format::{Chunk, Chunks, Opened};
use crate::table::request::{Cells, Request};
use crate::table::schema::{Schema, Unit};
use crate::text::excerpt;

use super::data::{Data, damaged};
use super::file::SharedFile;
use super::guard::guarded;
use super::kind::Kind;
use super::part::Part;

/// The first bytes of a file.
pub const MAGIC: &[u8] = b"PAR1";

/// The first bytes of an encrypted file.
pub const ENCRYPTED: &[u8] = b"PARE";

/// The most rows of a part. A page that two parts share is decoded twice, so parts are large.
const PART: u64 = 1 << 18;

/// The most rows of a part if all rows are shown, which takes memory.
const SHOWN_PART: u64 = 1 << 13;

/// Opens a Parquet file.
///
/// # Errors
/// If it is not one, is a stream, is damaged or encrypted, or lacks the columns.
pub fn open(
    stream: &Stream,
    request: &Arc<Request>,
    before: Option<&Schema>,
) -> Result<Opened, Error> {
    let name = &stream.name;
    let file_error = |message| Error::new(ErrorKind::Format, Location::file(name), message);
    let starts = |magic| stream.start().starts_with(magic);
    if !starts(MAGIC) && !starts(ENCRYPTED) {
        return Err(file_error("this is no Parquet file: it does not start as one"));
    }
    let is_a_stream = || {
        file_error("a Parquet file is read from its end, and this is a stream")
            .with_hint("name the file itself, as it is, uncompressed")
    };
    let file = regular_file(&stream.source).ok_or_else(is_a_stream)?;
    let file = SharedFile::new(file).map_err(|error| Error::cannot_read(name, &error))?;
    if file.starts_with(ENCRYPTED) {
        return Err(file_error("the file is encrypted").with_hint("decrypt it first"));
    }
    if !file.starts_with(MAGIC) {
        return Err(is_a_stream());
    }
    let metadata = guarded(|| {
        ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Skip)
            .parse_and_finish(&file)
    });
    let metadata = metadata.map_err(|why| damaged(Location::file(name), &why))?;
    let descriptor = metadata.file_metadata().schema_descr();
    let all = leaves(descriptor, |_| true);
    // Only lists that are chosen are columns, so columns are chosen twice: first among all.
    let chosen = find_columns(stream, request, &all, before).map(|found| found.schema);
    let lists = chosen.as_ref().map_or(&[][..], |schema| &schema.lists);
    let lists: Vec<&String> = lists.iter().map(|&column| &all.names[column]).collect();
    let leaves = leaves(descriptor, |name| lists.iter().any(|list| *list == name));
    let Found { schema, mut warnings, .. } = find_columns(stream, request, &leaves, before)?;
    if request.reads_all_columns() && !leaves.unreadable.is_empty() {
        warnings.push(format!("left out: {}", unreadable_text(&leaves.unreadable)));
    }
    let data = Data {
        schema: schema.shared(),
        request: Arc::clone(request),
        file,
        metadata,
        columns: leaves.columns,
        lists: leaves.lists,
        unused: Mutex::default(),
    };
    data.check()?;
    let bytes_read = Arc::clone(&stream.bytes_read);
    let table = Table { data: Arc::new(data), bytes_read, group: 0, rows: 0 };
    Ok(Opened { chunks: Box::new(table), warnings })
}

/// Opens the file of a source, if it is one that can be read in any order.
fn regular_file(source: &Source) -> Option<File> {
    let file = File::open(source.path()?).ok()?;
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

/// The columns of a file.
#[derive(Default)]
struct Leaves {
    names: Vec<String>,
    /// For each column, its leaf in the file and the kind of its values.
    columns: Vec<(usize, Kind)>,
    /// The columns that hold lists.
    lists: Vec<usize>,
    /// Columns that cannot be read, with the reason.
    unreadable: Vec<(String, String)>,
    /// Structs, with what to choose instead.
    structs: BTreeMap<String, String>,
}

/// Returns the columns with at most one value per row that can be written as text, and after
/// them the lists that are wanted. A field of a struct is named by its dotted path, unless a
/// top-level column has that name.
fn leaves(descriptor: &SchemaDescriptor, wants_list: impl Fn(&str) -> bool) -> Leaves {
    let mut leaves = Leaves::default();
    let mut lists = Vec::new();
    let roots = descriptor.root_schema().get_fields();
    let roots: HashSet<&str> = roots.iter().map(|root| root.name()).collect();
    for (leaf, column) in descriptor.columns().iter().enumerate() {
        let whole = column.path().parts();
        let path = cell_path(descriptor.get_column_root(leaf), whole);
        let name = path.join(".");
        if path.len() > 1 && roots.contains(&*name) {
            continue;
        }
        let is_list = is_list(descriptor.get_column_root(leaf), path, column.max_rep_level())
            && wants_list(&name);
        let kind = if !is_list && (column.max_rep_level() > 0 || path.len() < whole.len()) {
            Err("it is a list or a map, not a single value")
        } else {
            Kind::of(column).ok_or(match column.logical_type_ref() {
                Some(LogicalType::Unknown) => "it has no type: all its values are null",
                _ => "its values are of a type that is not read",
            })
        };
        for length in 1..path.len() {
            let group = path[..length].join(".");
            // The example is a field that can be read, if there is one.
            if (kind.is_ok() && !is_list) || !leaves.structs.contains_key(&group) {
                let why = format!("it is a struct: choose a field, such as {name}");
                leaves.structs.insert(group, why);
            }
        }
        match kind {
            Ok(kind) if is_list => lists.push((name, (leaf, kind))),
            Ok(kind) => {
                leaves.names.push(name);
                leaves.columns.push((leaf, kind));
            }
            // A map has two leaves.
            Err(_) if leaves.unreadable.last().is_some_and(|(last, _)| *last == name) => {}
            Err(why) => leaves.unreadable.push((name, why.to_owned())),
        }
    }
    for (name, column) in lists {
        leaves.lists.push(leaves.names.len());
        leaves.names.push(name);
        leaves.columns.push(column);
    }
    leaves
}

/// Returns the path of the cell that a leaf is in: through structs to the leaf itself, or to
/// the list or map around it.
fn cell_path<'a>(root: &Type, path: &'a [String]) -> &'a [String] {
    let mut field = root;
    for (depth, name) in path.iter().enumerate().skip(1) {
        let info = field.get_basic_info();
        let is_struct = info.converted_type() == ConvertedType::NONE
            && info.repetition() != Repetition::REPEATED;
        let inner = field.get_fields().iter().find(|inner| inner.name() == name);
        match inner.filter(|_| is_struct) {
            Some(inner) => field = inner,
            None => return &path[..depth],
        }
    }
    path
}

/// Whether the field at the end of a path is a list of single values.
fn is_list(root: &Type, path: &[String], levels: i16) -> bool {
    let mut field = root;
    for name in &path[1..] {
        match field.get_fields().iter().find(|inner| inner.name() == name) {
            Some(inner) => field = inner,
            None => return false,
        }
    }
    let info = field.get_basic_info();
    if levels != 1 {
        return false;
    }
    if field.is_primitive() {
        return info.repetition() == Repetition::REPEATED;
    }
    let [repeated] = field.get_fields() else { return false };
    let is_single = repeated.is_primitive()
        || matches!(repeated.get_fields(), [element] if element.is_primitive());
    info.converted_type() == ConvertedType::LIST && is_single
}

fn find_columns(
    stream: &Stream,
    request: &Request,
    leaves: &Leaves,
    before: Option<&Schema>,
) -> Result<Found, Error> {
    let first: Vec<Cow<[u8]>> =
        leaves.names.iter().map(|name| Cow::Borrowed(name.as_bytes())).collect();
    let mut unreadable = leaves.unreadable.clone();
    unreadable.extend(leaves.structs.clone());
    let candidates = Candidates {
        file: &stream.name,
        path: stream.path(),
        index: stream.index,
        first: &first,
        are_names: true,
        is_comment: false,
        delimiter: None,
        row: &[],
        lists: &leaves.lists,
        unreadable: &unreadable,
        unit: Unit::Row,
    };
    columns::find(&candidates, &request.options, before)
        .map_err(|error| error.at(Location::file(&stream.name)))
}

fn unreadable_text(unreadable: &[(String, String)]) -> String {
    let texts = unreadable
        .iter()
        .map(|(name, why)| format!("column '{}': {why}", excerpt(name.as_bytes())));
    texts.collect::<Vec<_>>().join("; ")
}

/// A file, part by part.
struct Table {
    data: Arc<Data>,
    /// Grows by each part's share of the file.
    bytes_read: Arc<AtomicU64>,
    /// The row group of the next part.
    group: usize,
    /// How many of its rows are in earlier parts.
    rows: u64,
}

impl Chunks for Table {
    fn schema(&self) -> &Arc<Schema> {
        &self.data.schema
    }

    fn set_schema(&mut self, schema: Schema) -> Result<(), Error> {
        let data = Arc::get_mut(&mut self.data).expect("no part shares it yet");
        data.schema = schema.shared();
        data.check()
    }

    fn next(&mut self, _: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let metadata = &self.data.metadata;
        let (group, rows) = loop {
            let Some(group) = metadata.row_groups().get(self.group) else { return Ok(None) };
            let rows = group.num_rows().cast_unsigned() - self.rows;
            if rows > 0 {
                break (self.group, rows);
            }
            (self.group, self.rows) = (self.group + 1, 0);
        };
        let most = if self.data.request.cells == Cells::All { SHOWN_PART } else { PART };
        // Two parts of similar sizes rather than a large and a small one.
        let rows = if rows < 2 * most { rows.div_ceil(rows.div_ceil(most)) } else { most };
        let part = Part::new(Arc::clone(&self.data), group, self.rows, rows);
        self.rows += rows;
        let all = metadata.file_metadata().num_rows().cast_unsigned();
        let share = u128::from(self.data.file.bytes()) * u128::from(rows) / u128::from(all);
        self.bytes_read.fetch_add(u64::try_from(share).unwrap_or_default(), Ordering::Relaxed);
        Ok(Some(Box::new(part)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::schema::parser::parse_message_type;

    use super::*;

    #[test]
    fn columns_have_one_value_per_row() {
        let schema = parse_message_type(
            "message m {
                optional group a {
                    optional group tags (LIST) { repeated group list { optional double element; } }
                    required group b { optional int32 y; required binary u; }
                    repeated int32 days;
                }
                required group c { required int32 p; required int32 q; }
                required double c.p;
                optional group map (MAP) {
                    repeated group key_value { required int32 key; optional int32 value; }
                }
                required fixed_len_byte_array(3) odd;
            }",
        );
        let schema = schema.expect("it is a schema");
        let descriptor = SchemaDescriptor::new(Arc::new(schema));
        let leaves = leaves(&descriptor, |name| name == "a.days");
        // A column named `c.p` replaces the field of that path.
        assert_eq!(leaves.names, ["a.b.y", "a.b.u", "c.q", "c.p", "a.days"]);
        let columns = leaves.columns.iter().map(|&(leaf, _)| leaf);
        assert_eq!((columns.collect::<Vec<_>>(), leaves.lists), (vec![1, 2, 5, 6, 3], vec![4]));
        let unreadable = leaves.unreadable.iter().map(|(name, _)| name);
        assert!(unreadable.eq(["a.tags", "map", "odd"]));
        assert!(leaves.structs["a"].ends_with("such as a.b.u"), "{:?}", leaves.structs);
        assert!(leaves.structs.keys().eq(["a", "a.b", "c"]));
    }
}
