//! What the parts of a file share: its footer, and columns that are being decoded.

use std::sync::{Arc, Mutex};

use parquet::basic::{Compression, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::error::{Error, Kind as ErrorKind, Location};
use crate::table::request::Request;
use crate::table::schema::Schema;
use crate::table::text::no_rows;
use crate::text::sentence;
use crate::threads::lock;

use super::column::{self, Column};
use super::file::SharedFile;
use super::guard::guarded;
use super::kind::Kind;
use super::pages::Pages;

/// Returns the error of data that cannot be decoded or contradicts itself.
pub fn damaged(location: Location, why: &str) -> Error {
    let why = sentence(why);
    let message = format!("the Parquet data is damaged, cut short or encrypted ({why})");
    Error::new(ErrorKind::Format, location, message)
}

/// The most list elements that a page may have.
const MOST_ELEMENTS: usize = 1 << 24;

/// What the parts of a file share.
pub struct Data {
    pub schema: Arc<Schema>,
    pub request: Arc<Request>,
    pub file: SharedFile,
    pub metadata: ParquetMetaData,
    /// For each column of the schema, its leaf in the file and the kind of its values.
    pub columns: Vec<(usize, Kind)>,
    /// The columns that hold lists.
    pub lists: Vec<usize>,
    /// Open columns of finished parts, to be used again.
    pub unused: Mutex<Vec<Columns>>,
}

impl Data {
    /// Checks the footer before any data is read.
    pub fn check(&self) -> Result<(), Error> {
        let damaged = |why: &str| Err(damaged(self.location(None), why));
        let mut rows = 0i64;
        for group in self.metadata.row_groups() {
            let sum = rows.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0);
            let Some(sum) = sum else { return damaged("its numbers of rows make no sense") };
            rows = sum;
            for column in (0..self.columns.len()).filter(|&column| self.is_needed(column)) {
                self.check_chunk(column, group, group.column(self.columns[column].0))?;
            }
        }
        if rows != self.metadata.file_metadata().num_rows() {
            return damaged("its row groups have other numbers of rows than it has");
        }
        if rows == 0 {
            return Err(no_rows(&self.schema.file));
        }
        Ok(())
    }

    /// Checks what the footer says about a column of a row group.
    fn check_chunk(
        &self,
        column: usize,
        group: &RowGroupMetaData,
        chunk: &ColumnChunkMetaData,
    ) -> Result<(), Error> {
        if chunk.compression() == Compression::LZO {
            let message = "it is compressed with LZO, which is not read";
            return Err(Error::new(ErrorKind::Format, self.location(Some(column)), message)
                .with_hint("write it with snappy, zstd, gzip or none"));
        }
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let range = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
        let ends_beyond = |(start, length): (u64, u64)| {
            start.checked_add(length).is_none_or(|end| end > self.file.bytes())
        };
        let is_plain = chunk.compression() == Compression::UNCOMPRESSED;
        let why = if chunk.file_path().is_some() {
            "its data is in another file"
        } else if !self.lists.contains(&column) && chunk.num_values() != group.num_rows() {
            "it has another number of values than rows"
        } else if chunk.num_values() < group.num_rows() {
            "it has fewer values than rows"
        } else if chunk.column_type() == Type::BOOLEAN && chunk.dictionary_page_offset().is_some() {
            // The format has no dictionaries of booleans: the type is wrong.
            "it has a dictionary of booleans"
        } else if range.is_none() {
            "it has a negative size"
        } else if range.is_some_and(ends_beyond) {
            "it lies beyond the end of the file"
        } else if is_plain && chunk.compressed_size() != chunk.uncompressed_size() {
            "it is not compressed, and its two sizes differ"
        } else {
            return Ok(());
        };
        Err(damaged(self.location(Some(column)), why))
    }

    /// Whether a column is read.
    pub fn is_needed(&self, column: usize) -> bool {
        let is_selected = self.schema.slots.iter().any(|slot| slot.column == column);
        let schema = &self.schema;
        is_selected
            || self.request.reads_all_columns()
            || schema.keys.contains(&column)
            || schema.lists.contains(&column)
    }

    /// Returns how many values a row has on average in the column of the longest lists; 1
    /// without lists.
    pub fn values_per_row(&self, group: usize) -> usize {
        let group = self.metadata.row_group(group);
        let values = |&column: &usize| {
            group.column(self.columns[column].0).num_values() / group.num_rows().max(1)
        };
        let lists = self.lists.iter().filter(|&&column| self.is_needed(column));
        usize::try_from(lists.map(values).max().unwrap_or(1)).unwrap_or(1).max(1)
    }

    /// Returns the location of the file, or of a column in it.
    pub fn location(&self, column: Option<usize>) -> Location {
        let file = Location::file(&self.schema.file);
        match column {
            Some(column) => file.with_column(&self.schema.header.names[column]),
            None => file,
        }
    }

    /// Opens a column of a row group at its first row.
    pub fn column(&self, group: usize, column: usize) -> Result<Box<dyn Column>, ParquetError> {
        let group = self.metadata.row_group(group);
        let (leaf, kind) = self.columns[column];
        let (chunk, rows) = (group.column(leaf), usize::try_from(group.num_rows())?);
        let pages = SerializedPageReader::new(Arc::new(self.file.clone()), chunk, rows, None)?;
        let most = if self.lists.contains(&column) {
            usize::try_from(chunk.num_values())?.min(MOST_ELEMENTS)
        } else {
            rows
        };
        Ok(column::open(chunk.column_descr_ptr(), kind, Box::new(Pages::new(pages, most))))
    }

    /// Returns the columns of a row group at a row; uses the open ones that are nearest before
    /// it, if there are any.
    pub fn columns_at(self: &Arc<Self>, group: usize, row: u64) -> Result<Columns, Error> {
        let mut unused = lock(&self.unused);
        let nearest = (0..unused.len())
            .filter(|&at| unused[at].group == group && unused[at].row <= row)
            .max_by_key(|&at| unused[at].row);
        let reused = nearest.map(|at| unused.swap_remove(at));
        drop(unused);
        let mut columns = reused.map_or_else(|| Columns::open(self, group), Ok)?;
        columns.go_to(self, row)?;
        Ok(columns)
    }

    /// Keeps open columns for a later part.
    pub fn reuse(&self, columns: Columns) {
        let mut unused = lock(&self.unused);
        // Row groups are read in order: earlier ones are finished.
        unused.retain(|other| other.group == columns.group);
        unused.push(columns);
    }
}

/// Columns of a row group, all at the same row.
pub struct Columns {
    /// The row group.
    pub group: usize,
    /// The next row to decode.
    pub row: u64,
    /// The columns of the schema; None for those that are not needed.
    all: Vec<Option<Box<dyn Column>>>,
}

impl Columns {
    /// Opens the needed columns at the first row.
    pub fn open(data: &Data, group: usize) -> Result<Self, Error> {
        let open = |column| {
            let open = || guarded(|| data.column(group, column));
            let opened = data.is_needed(column).then(open).transpose();
            opened.map_err(|why| damaged(data.location(Some(column)), &why))
        };
        let all = (0..data.columns.len()).map(open).collect::<Result<Vec<_>, Error>>()?;
        Ok(Columns { group, row: 0, all })
    }

    /// Skips to a row.
    pub fn go_to(&mut self, data: &Data, row: u64) -> Result<(), Error> {
        let rows = usize::try_from(row - self.row).unwrap_or(usize::MAX);
        self.row = row;
        self.each(data, |column| if rows > 0 { column.skip(rows) } else { Ok(()) })
    }

    /// Decodes the next rows.
    pub fn read(&mut self, data: &Data, rows: usize) -> Result<(), Error> {
        self.row += rows as u64;
        self.each(data, |column| column.read(rows))
    }

    /// Calls `step` with each open column.
    fn each(
        &mut self,
        data: &Data,
        step: impl Fn(&mut dyn Column) -> Result<(), ParquetError>,
    ) -> Result<(), Error> {
        for (index, column) in self.all.iter_mut().enumerate() {
            if let Some(column) = column {
                guarded(|| step(&mut **column))
                    .map_err(|why| damaged(data.location(Some(index)), &why))?;
            }
        }
        Ok(())
    }

    /// Returns a column, which must be needed.
    pub fn column(&self, column: usize) -> &dyn Column {
        self.all[column].as_deref().expect("the column is needed")
    }

    /// Returns the text of a decoded row; empty in a column that is not needed.
    pub fn text(&self, column: usize, row: usize) -> Vec<u8> {
        let mut text = Vec::new();
        if let Some(column) = &self.all[column] {
            column.text(row, &mut text);
        }
        text
    }
}
