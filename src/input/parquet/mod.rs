//! Parquet files: their columns as a table, a part of a row group at a time.
//!
//! | file | what it owns |
//! |---|---|
//! | `file.rs` | reading a file in several places at once |
//! | `kind.rs` | what values are, and their text |
//! | `column.rs` | the values of a column as numbers and texts |
//! | `decoder.rs` | blocks of rows |
//! | `guard.rs` | panics of the `parquet` crate as errors |
//!
//! The pages and encodings are that crate's. What a file says twice is
//! compared, as a wrong answer is worse than none.
//!
//! Only columns without levels of nesting are columns here. Numbers come as they
//! are; a row as text is a record of CSV, so that all that shows or groups cells
//! need not know where they come from.

mod column;
mod decoder;
mod file;
mod guard;
mod kind;
mod pages;

use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parquet::basic::{Compression, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::SchemaDescriptor;

use crate::error::{Error, Fault, Place, Role};

use super::choice::{Choice, InputFormat};
use super::columns;
use super::rows::Texts;
use super::sheet::{Sheet, Unit};
use super::source::Source;

use column::{Column, Purpose};
use decoder::Columns;
use file::SharedFile;
use guard::guarded;
use kind::Kind;
use pages::Pages;

pub use decoder::Decoder;

/// How a file starts.
const MAGIC: &[u8] = b"PAR1";

/// How a file starts that is encrypted.
const ENCRYPTED: &[u8] = b"PARE";

/// Rows of a part if numbers are all that is needed. A page that two parts share
/// is decoded twice, so they are large.
const PART: u64 = 1 << 18;

/// Rows of a part whose cells are needed as text, which take memory.
const TEXT_PART: u64 = 1 << 11;

/// Whether the bytes are the start of a Parquet file.
pub fn is_parquet(start: &[u8]) -> bool {
    start.starts_with(MAGIC) || start.starts_with(ENCRYPTED)
}

/// A file, part by part.
pub struct Table {
    data: Arc<Data>,
    /// The row group of the next part, and the rows of it that are in parts.
    group: usize,
    rows: u64,
}

/// What the parts of a file share.
struct Data {
    sheet: Arc<Sheet>,
    file: SharedFile,
    metadata: ParquetMetaData,
    /// Where in the file each column of the sheet is, and what it holds.
    columns: Vec<(usize, Kind)>,
    /// Whether the cells of each column are needed as text.
    texts: Vec<bool>,
}

/// Some rows of a row group.
pub struct Part {
    data: Arc<Data>,
    group: usize,
    start: u64,
    rows: u64,
}

impl Table {
    /// The next part. `bytes_read` grows by its share of the file.
    pub fn next_part(&mut self, bytes_read: &AtomicU64) -> Option<Part> {
        let metadata = &self.data.metadata;
        let (group, rows) = loop {
            let group = metadata.row_groups().get(self.group)?;
            let rows = group.num_rows().cast_unsigned() - self.rows;
            if rows > 0 {
                break (self.group, rows);
            }
            (self.group, self.rows) = (self.group + 1, 0);
        };
        let most = if self.data.texts.contains(&true) { TEXT_PART } else { PART };
        // Two parts of like sizes rather than a large and a small one.
        let rows = if rows < 2 * most { rows.div_ceil(rows.div_ceil(most)) } else { most };
        let part = Part { data: Arc::clone(&self.data), group, start: self.rows, rows };
        self.rows += rows;
        let all = metadata.file_metadata().num_rows().cast_unsigned();
        let share = u128::from(self.data.file.bytes()) * u128::from(rows) / u128::from(all);
        bytes_read.fetch_add(u64::try_from(share).unwrap_or_default(), Ordering::Relaxed);
        Some(part)
    }
}

/// Opens a file that starts as a Parquet file does; tells what about it deserves a
/// warning, too.
///
/// # Errors
/// If it is a stream, is damaged, or lacks the columns.
pub fn open(
    source: &Source,
    index: usize,
    choice: &Choice,
    texts: Texts,
) -> Result<(Table, Vec<String>), Error> {
    let name = source.name();
    let at_file = |fault| Error::new(Place::File(name.clone()), fault);
    if choice.input.is_some_and(|input| input != InputFormat::Parquet) {
        let (what, hint) = ("a Parquet file", "without --input it is read as that");
        return Err(at_file(Fault::Foreign { what, hint }));
    }
    let file = regular_file(source).ok_or_else(|| at_file(Fault::ParquetStream))?;
    let file = SharedFile::new(file).map_err(|error| Error::cannot_read(&name, error))?;
    if file.starts_with(ENCRYPTED) {
        return Err(at_file(Fault::Encrypted));
    }
    if !file.starts_with(MAGIC) {
        return Err(at_file(Fault::ParquetStream));
    }
    let metadata = guarded(|| {
        ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Skip)
            .parse_and_finish(&file)
    });
    let metadata = metadata.map_err(|why| at_file(Fault::Damaged(why)))?;
    let Schema { names, columns, left_out } = schema(metadata.file_metadata().schema_descr());
    let (found, mut warnings) = find_columns(choice, &names, &left_out).map_err(at_file)?;
    let sheet = Sheet { unit: Unit::Row, ..Sheet::new(&name, index, choice, found) };
    if texts == Texts::All && !left_out.is_empty() {
        warnings.push(format!("left out: {}", left_out_text(&left_out)));
    }
    let is_text = |column| match texts {
        Texts::None => false,
        Texts::Groups => sheet.by.contains(&column),
        Texts::All => true,
    };
    let texts = (0..columns.len()).map(is_text).collect();
    let data = Data { sheet: Arc::new(sheet), file, metadata, columns, texts };
    data.check()?;
    Ok((Table { data: Arc::new(data), group: 0, rows: 0 }, warnings))
}

/// The file, if it is one that can be read in any order.
fn regular_file(source: &Source) -> Option<File> {
    let Source::File(path) = source else { return None };
    let file = File::open(path).ok()?;
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

/// The columns of a file.
#[derive(Default)]
struct Schema {
    names: Vec<String>,
    /// Where in the file each is, and what it holds.
    columns: Vec<(usize, Kind)>,
    /// Columns that are none here, with the reason.
    left_out: Vec<(String, &'static str)>,
}

/// Takes the columns that have one value a row, with a text.
fn schema(descriptor: &SchemaDescriptor) -> Schema {
    let mut schema = Schema::default();
    for (leaf, column) in descriptor.columns().iter().enumerate() {
        let is_nested = column.path().parts().len() > 1 || column.max_rep_level() > 0;
        let name = descriptor.get_column_root(leaf).name().to_owned();
        match Kind::of(column) {
            Some(kind) if !is_nested => {
                schema.names.push(name);
                schema.columns.push((leaf, kind));
            }
            _ if schema.left_out.last().is_some_and(|(last, _)| *last == name) => {}
            _ if is_nested => schema.left_out.push((name, "it is nested, and a cell is not")),
            _ => schema.left_out.push((name, "its values are of a type that is not read")),
        }
    }
    schema
}

/// Finds the columns by name; and warnings of others that might be meant.
fn find_columns(
    choice: &Choice,
    names: &[String],
    left_out: &[(String, &'static str)],
) -> Result<(columns::Columns, Vec<String>), Fault> {
    let names: Vec<Cow<[u8]>> = names.iter().map(|name| Cow::Borrowed(name.as_bytes())).collect();
    columns::Columns::find(choice, None, &names, true).map_err(|fault| match fault {
        Fault::UnknownColumn { name, columns } => {
            match left_out.iter().find(|(left_out, _)| *left_out == name.trim()) {
                Some((name, why)) => Fault::NoCells { column: name.clone(), why },
                None => Fault::UnknownColumn { name, columns },
            }
        }
        fault => fault,
    })
}

fn left_out_text(left_out: &[(String, &'static str)]) -> String {
    let texts = left_out
        .iter()
        .map(|(name, why)| format!("column '{}': {why}", crate::text::excerpt(name.as_bytes())));
    texts.collect::<Vec<_>>().join("; ")
}

impl Data {
    /// Refuses what cannot be read, before any of it is.
    fn check(&self) -> Result<(), Error> {
        let damaged = |why: &str| Err(self.fault(None, Fault::Damaged(why.to_owned())));
        let mut rows = 0i64;
        for group in self.metadata.row_groups() {
            let sum = rows.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0);
            let Some(sum) = sum else { return damaged("its numbers of rows make no sense") };
            rows = sum;
            for column in (0..self.columns.len()).filter(|&column| self.is_needed(column)) {
                let chunk = group.column(self.columns[column].0);
                if let Some(fault) = self.chunk_fault(group, chunk) {
                    return Err(self.fault(Some(column), fault));
                }
            }
        }
        if rows != self.metadata.file_metadata().num_rows() {
            return damaged("its row groups have other numbers of rows than it has");
        }
        if rows == 0 {
            return Err(self.fault(None, Fault::NoRows));
        }
        Ok(())
    }

    /// What is wrong with a column of a row group, as far as the footer tells.
    fn chunk_fault(&self, group: &RowGroupMetaData, chunk: &ColumnChunkMetaData) -> Option<Fault> {
        let damaged = |why: &str| Some(Fault::Damaged(why.to_owned()));
        if let Some(codec) = unread_codec(chunk.compression()) {
            return Some(Fault::Codec(codec));
        }
        if chunk.file_path().is_some() {
            return damaged("its data is in another file");
        }
        if chunk.num_values() != group.num_rows() {
            return damaged("it has another number of values than rows");
        }
        // The format has no dictionaries of two values: the type is wrong.
        if chunk.column_type() == Type::BOOLEAN && chunk.dictionary_page_offset().is_some() {
            return damaged("it has a dictionary of booleans");
        }
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let (Ok(start), Ok(length)) =
            (u64::try_from(start), u64::try_from(chunk.compressed_size()))
        else {
            return damaged("it has a negative size");
        };
        if start.checked_add(length).is_none_or(|end| end > self.file.bytes()) {
            return damaged("it lies beyond the end of the file");
        }
        let is_plain = chunk.compression() == Compression::UNCOMPRESSED;
        if is_plain && chunk.compressed_size() != chunk.uncompressed_size() {
            return damaged("it is not compressed, and has two sizes");
        }
        None
    }

    /// Whether a column is looked at.
    fn is_needed(&self, column: usize) -> bool {
        self.texts[column] || self.is_selected(column)
    }

    /// Whether a column holds numbers that are wanted.
    fn is_selected(&self, column: usize) -> bool {
        self.sheet.selected.iter().any(|selected| selected.column == column)
    }

    /// What becomes of the values of a selected column.
    fn purpose(&self, role: Role) -> Purpose<'_> {
        match &self.sheet.positive {
            Some(positive) if role == Role::Y => Purpose::Label(positive, self.sheet.negative),
            _ => Purpose::Number(role),
        }
    }

    /// An error in the file, or in a column of it.
    fn fault(&self, column: Option<usize>, fault: Fault) -> Error {
        let file = self.sheet.file.clone();
        let place = match column {
            Some(column) => Place::Column { file, column: self.sheet.names[column].clone() },
            None => Place::File(file),
        };
        Error::new(place, fault)
    }

    /// Opens a column of a row group, from its first row on.
    fn column(&self, group: usize, column: usize) -> Result<Box<dyn Column>, ParquetError> {
        let group = self.metadata.row_group(group);
        let (leaf, kind) = self.columns[column];
        let (chunk, rows) = (group.column(leaf), usize::try_from(group.num_rows())?);
        let pages = SerializedPageReader::new(Arc::new(self.file.clone()), chunk, rows, None)?;
        Ok(column::open(chunk.column_descr_ptr(), kind, Box::new(Pages::new(pages, rows))))
    }
}

/// The name of a way to compress that is not read.
fn unread_codec(codec: Compression) -> Option<&'static str> {
    match codec {
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::ZSTD(_) => None,
        Compression::LZO => Some("LZO"),
        Compression::BROTLI(_) => Some("Brotli"),
        Compression::LZ4 | Compression::LZ4_RAW => Some("LZ4"),
    }
}

impl Part {
    /// Its table.
    pub fn sheet(&self) -> &Arc<Sheet> {
        &self.data.sheet
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// A row of it as a record of CSV, of which only cells matter that may have a
    /// fault.
    ///
    /// # Errors
    /// If the data is damaged.
    pub fn record(&self, row: u64) -> Result<Vec<u8>, Error> {
        let data = &*self.data;
        let mut columns = Columns::open(self, |column| {
            data.is_selected(column) || data.sheet.by.contains(&column)
        })?;
        columns.go_to(self.start + row)?;
        columns.read(1)?;
        let mut record = Vec::new();
        columns.record(0, true, &mut record);
        Ok(record)
    }
}
