//! Parquet files: their columns as a table, a part of a row group at a time.
//!
//! | file | what it owns |
//! |---|---|
//! | `file.rs` | reading a file in several places at once |
//! | `kind.rs` | what values are, and their text |
//! | `column.rs` | the values of a column as numbers and texts |
//!
//! The pages and encodings are the `parquet` crate's. It may panic on damaged
//! data, so it is called through [`guarded`] alone. What a file says twice is
//! compared, as a wrong answer is worse than none.
//!
//! Only columns without levels of nesting are columns here. Numbers come as they
//! are; a row as text is a record of CSV, so that all that shows or groups cells
//! need not know where they come from.

mod column;
mod file;
mod kind;

use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::SchemaDescriptor;

use crate::error::{Error, Fault, Place, Role};

use super::blocks::Block;
use super::rows::Rows;
use super::sheet::{self, Choice, Sheet, Unit};
use super::source::Source;

use column::{Column, Use};
use file::Shared;
use kind::Kind;

/// How a file starts.
const MAGIC: &[u8] = b"PAR1";

/// How a file starts that is encrypted.
const ENCRYPTED: &[u8] = b"PARE";

/// Rows that are decoded in one go: few enough for their numbers to stay in a
/// near cache.
const CHUNK: usize = 1 << 13;

/// Rows of a part if numbers are all that is needed. A page that two parts share
/// is decoded twice, so they are large.
const PART: u64 = 1 << 18;

/// Rows of a part whose cells are needed as text, which take memory.
const TEXT_PART: u64 = 1 << 11;

/// Which cells are needed as text, besides the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Texts {
    /// None.
    #[default]
    None,
    /// Those that groups are by.
    Groups,
    /// All.
    All,
}

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
    file: Shared,
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
    let file = regular_file(source).ok_or_else(|| at_file(Fault::ParquetStream))?;
    let file = Shared::new(file).map_err(|error| Error::io(&name, "cannot read: ", error))?;
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
    let (sheet, mut warnings) = resolve(&name, index, choice, &names, &left_out)?;
    if texts == Texts::All && !left_out.is_empty() {
        warnings.push(format!("{name}: left out: {}", left_out_text(&left_out)));
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

/// Finds the columns by name, as those of a CSV file with that header; which gives
/// warnings, too.
fn resolve(
    file: &str,
    index: usize,
    choice: &Choice,
    names: &[String],
    left_out: &[(String, &'static str)],
) -> Result<(Sheet, Vec<String>), Error> {
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let header = names.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
    let choice = Choice { header: Some(true), delimiter: Some(b','), ..choice.clone() };
    let opened = sheet::open(file, index, &choice, header.as_bytes(), true).map_err(|error| {
        let fault = match *error.fault {
            Fault::UnknownColumn { name, columns } => {
                match left_out.iter().find(|(left_out, _)| *left_out == name.trim()) {
                    Some((name, why)) => Fault::NoCells { column: name.clone(), why },
                    None => Fault::UnknownColumn { name, columns },
                }
            }
            Fault::NoDefaultColumn { what, option, columns, .. } => {
                Fault::NoDefaultColumn { what, option, columns, delimiter: None }
            }
            fault => fault,
        };
        Error::new(Place::File(file.to_owned()), fault)
    })?;
    let opened = opened.expect("the header is whole");
    let sheet = Sheet { lines_before: 0, unit: Unit::Row, ..opened.sheet };
    Ok((sheet, opened.warnings))
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
    fn purpose(&self, role: Role) -> Use<'_> {
        match &self.sheet.positive {
            Some(positive) if role == Role::Y => Use::Label(positive, self.sheet.negative),
            _ => Use::Number(role),
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
        Ok(column::open(chunk.column_descr_ptr(), kind, Box::new(pages)))
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

/// Decodes parts; one that follows another goes on from there.
#[derive(Default)]
pub struct Decoder {
    columns: Option<Columns>,
    rows: Rows,
    text: Vec<u8>,
}

impl Decoder {
    /// Decodes the next rows of a part, after so many, as a block of that index.
    ///
    /// # Errors
    /// If the data is damaged.
    pub fn block(&mut self, part: &Part, before: u64, index: u64) -> Result<Block, Error> {
        let mut columns = match self.columns.take() {
            Some(columns) if columns.can_go_to(part) => columns,
            _ => Columns::open(part, |column| part.data.is_needed(column))?,
        };
        columns.go_to(part.start + before)?;
        let count = usize::try_from(part.rows - before).unwrap_or(CHUNK).min(CHUNK);
        columns.read(count)?;
        let mut rows = std::mem::take(&mut self.rows);
        (rows.before, rows.count) = (before, count);
        columns.numbers(&mut rows);
        let mut text = std::mem::take(&mut self.text);
        let has_quotes = columns.texts(&mut rows, &mut text);
        self.columns = Some(columns);
        Ok(Block::decoded(index, Arc::clone(part.sheet()), has_quotes, rows, text))
    }

    /// Takes memory back for a block to come.
    pub fn reuse(&mut self, block: Block) {
        (self.rows, self.text) = block.into_rows();
    }
}

/// Columns of a row group, all at the same row.
struct Columns {
    data: Arc<Data>,
    group: usize,
    row: u64,
    /// For each column of the sheet, if it is needed.
    all: Vec<Option<Box<dyn Column>>>,
}

impl Columns {
    fn open(part: &Part, is_needed: impl Fn(usize) -> bool) -> Result<Self, Error> {
        let data = &part.data;
        let open = |column| {
            let open = || guarded(|| data.column(part.group, column));
            let opened = is_needed(column).then(open).transpose();
            opened.map_err(|why| data.fault(Some(column), Fault::Damaged(why)))
        };
        let all = (0..data.columns.len()).map(open).collect::<Result<Vec<_>, Error>>()?;
        Ok(Columns { data: Arc::clone(data), group: part.group, row: 0, all })
    }

    /// Whether the start of the part is still to come.
    fn can_go_to(&self, part: &Part) -> bool {
        Arc::ptr_eq(&self.data, &part.data) && self.group == part.group && self.row <= part.start
    }

    /// Passes over the rows before that one.
    fn go_to(&mut self, row: u64) -> Result<(), Error> {
        let rows = usize::try_from(row - self.row).unwrap_or(usize::MAX);
        self.row = row;
        self.each(|column| if rows > 0 { column.skip(rows) } else { Ok(()) })
    }

    /// Decodes the next rows.
    fn read(&mut self, rows: usize) -> Result<(), Error> {
        self.row += rows as u64;
        self.each(|column| column.read(rows))
    }

    /// Does something to each column.
    fn each(
        &mut self,
        step: impl Fn(&mut dyn Column) -> Result<(), ParquetError>,
    ) -> Result<(), Error> {
        for (index, column) in self.all.iter_mut().enumerate() {
            if let Some(column) = column {
                guarded(|| step(&mut **column))
                    .map_err(|why| self.data.fault(Some(index), Fault::Damaged(why)))?;
            }
        }
        Ok(())
    }

    /// Fills in the numbers of the decoded rows.
    fn numbers(&self, rows: &mut Rows) {
        rows.fault = None;
        rows.numbers.resize_with(self.data.sheet.selected.len(), Vec::new);
        for (selected, numbers) in self.data.sheet.selected.iter().zip(&mut rows.numbers) {
            let column = self.all[selected.column].as_ref().expect("it is needed");
            let fault = column.numbers(self.data.purpose(selected.role), numbers);
            rows.fault = rows.fault.into_iter().chain(fault).min();
        }
        rows.has_missing = rows.numbers.iter().flatten().any(|number| number.is_nan());
    }

    /// Writes the decoded rows as lines, if texts are needed; tells whether a cell
    /// is quoted.
    fn texts(&self, rows: &mut Rows, text: &mut Vec<u8>) -> bool {
        text.clear();
        rows.ends.clear();
        if !self.data.texts.contains(&true) {
            return false;
        }
        let mut has_quotes = false;
        for row in 0..rows.count {
            has_quotes |= self.record(row, false, text);
            rows.ends.push(text.len());
            text.push(b'\n');
        }
        has_quotes
    }

    /// Appends a decoded row as a record of CSV; tells whether a cell is quoted.
    /// For a closer look at its numbers, `true` and `false` are written as 1 and 0
    /// where they count as that.
    fn record(&self, row: usize, is_for_numbers: bool, out: &mut Vec<u8>) -> bool {
        let data = &*self.data;
        let mut has_quotes = false;
        for (index, column) in self.all.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let Some(column) = column.as_ref().filter(|_| is_for_numbers || data.texts[index])
            else {
                continue;
            };
            let start = out.len();
            column.text(row, out);
            match data.columns[index].1 {
                Kind::Text => has_quotes |= quote(out, start),
                Kind::Boolean if is_for_numbers && self.counts_as_number(index) => {
                    let digit = if &out[start..] == b"true" { b"1" } else { b"0" };
                    if out.len() > start {
                        out.splice(start.., *digit);
                    }
                }
                _ => {}
            }
        }
        has_quotes
    }

    /// Whether the values of a column are numbers rather than labels.
    fn counts_as_number(&self, column: usize) -> bool {
        let selected = self.data.sheet.selected.iter().find(|selected| selected.column == column);
        selected.is_some_and(|selected| matches!(self.data.purpose(selected.role), Use::Number(_)))
    }
}

/// Quotes the cell from `start` on, if it needs that.
fn quote(out: &mut Vec<u8>, start: usize) -> bool {
    let needs_quotes = out[start..].iter().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if needs_quotes {
        let cell = out.split_off(start);
        out.push(b'"');
        for byte in cell {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
    needs_quotes
}

thread_local! {
    /// Whether a panic on this thread is expected, and not shown.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls the `parquet` crate, which may panic on damaged data: what it panics about
/// is an error like another.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                usual(panic);
            }
        }));
    });
    IS_GUARDED.set(true);
    // What is half-done is not looked at again.
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(false);
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error_text(&error)),
        Err(panic) => Err(panic_text(&*panic)),
    }
}

/// The crate's words, without its own headings.
fn error_text(error: &ParquetError) -> String {
    match error {
        ParquetError::General(why) | ParquetError::NYI(why) | ParquetError::EOF(why) => why.clone(),
        other => other.to_string(),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it makes no sense").to_owned()
}
