//! What a format of input is: a reader that cuts a file into chunks, and chunks that fill batches.
//! All code after that knows only batches.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{Error, Location};
use crate::io::Stream;

use super::batch::Batch;
use super::cell::{self, Row};
use super::labels::LabelReader;
use super::request::Request;
use super::schema::Schema;

/// A format of input.
pub trait Format: Sync {
    /// Returns its name for `--input`.
    fn name(&self) -> &'static str;

    /// Returns its description in the help.
    fn help(&self) -> &'static str;

    /// Returns what messages call a file of it, with an article.
    fn noun(&self) -> &'static str;

    /// Returns whether its files are text.
    fn is_text(&self) -> bool {
        true
    }

    /// Returns how surely a file of that name, which starts with those bytes, is of the format.
    fn detect(&self, start: &[u8], file: &str) -> Detection;

    /// Opens a file. If there was a file before, its columns must be those of the `first` file.
    ///
    /// # Errors
    /// If the file is not of the format, or lacks a column.
    fn open(
        &self,
        stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error>;
}

/// How surely a file is of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detection {
    /// The file is not of the format.
    No,
    /// It is, if it is of no other format.
    Default,
    /// Its name or its start suggests the format.
    Likely,
    /// It starts with bytes that no other format starts with.
    Certain,
}

/// A file that was opened.
pub struct Opened {
    /// Its chunks.
    pub chunks: Box<dyn Chunks>,
    /// Warnings about it, without the file's name.
    pub warnings: Vec<String>,
}

/// A file as a sequence of chunks. Cutting must be quick: it happens under a lock.
pub trait Chunks: Send {
    /// Returns the columns.
    fn schema(&self) -> &Arc<Schema>;

    /// Replaces the columns that were found, before any chunk is cut.
    ///
    /// # Errors
    /// If the new columns cannot be read.
    fn set_schema(&mut self, schema: Schema) -> Result<(), Error>;

    /// Returns the next chunk, in the memory of `buffer`; None at the end.
    ///
    /// # Errors
    /// If the chunk cannot be read, or has no end. A line of the error's location counts from the
    /// end of the chunk before.
    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error>;
}

/// How filling a batch ended.
#[derive(Debug)]
pub enum Step {
    /// There may be more rows.
    More,
    /// That was the last row.
    End,
    /// The row after the last one cannot be scored; [`Chunk::explain`] says why.
    BadRow,
    /// Reading failed after the last row. A line of the error's location counts from the start of
    /// the chunk.
    Failed(Error),
}

/// Facts that a chunk found and that are checked in the order of the input.
pub trait Notes: Send {
    /// Checks the facts. `location` gives the location of a line or row of the chunk, from 1.
    fn take(&mut self, location: &dyn Fn(u64) -> Location);
}

/// Some rows of a file, for one worker.
pub trait Chunk: Send {
    /// Returns the columns.
    fn schema(&self) -> &Arc<Schema>;

    /// Fills the batch with the next rows, at most `most`.
    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step;

    /// Returns the cells of a row of the last batch, or of the row that ended it.
    ///
    /// # Errors
    /// If they cannot be read again.
    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error>;

    /// Returns the record of a row as it is in the file, if that byte separates its cells; else
    /// None.
    fn record(&self, _batch: &Batch, _row: usize, _delimiter: u8) -> Option<&[u8]> {
        None
    }

    /// Returns why a row of the last batch, or the row that ended it, cannot be scored. The line
    /// of the error's location counts from the start of the chunk.
    fn explain(&mut self, batch: &Batch, row: usize, request: &Request) -> Error {
        let schema = Arc::clone(self.schema());
        let line = batch.line(row) + 1;
        let is_first = self.starts_file() && line == 1;
        match self.cells(batch, row) {
            Ok(cells) => {
                cell::explain(&Row { cells: &cells, schema: &schema, request, line, is_first })
            }
            Err(error) => error,
        }
    }

    /// Returns whether it starts with the first record of a file that may have had a header.
    fn starts_file(&self) -> bool {
        false
    }

    /// Returns the reader of labels, with the labels it has seen, if they are not numbers.
    fn labels(&self) -> Option<&LabelReader> {
        None
    }

    /// Drops the facts about a line or row and those after it, from 1: an error ended the input
    /// there.
    fn drop_notes(&mut self, _line: u64) {}

    /// Returns the facts to check in the order of the input, once the chunk has ended.
    fn notes(&mut self) -> Option<Box<dyn Notes>> {
        None
    }

    /// Returns the number of lines or rows of the chunk, once it has ended.
    fn lines(&self) -> u64;

    /// Returns its memory, for another chunk.
    fn into_buffer(self: Box<Self>) -> Vec<u8>;
}
