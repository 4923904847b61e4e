//! What a format of input is: a reader that cuts a file into chunks, and chunks that
//! fill batches. Everything after it knows batches alone.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{Error, Location};
use crate::io::Stream;

use super::batch::Batch;
use super::cell;
use super::labels::LabelReader;
use super::request::Request;
use super::schema::Schema;

/// A format of input.
pub trait Format: Sync {
    /// Its name for `--input`.
    fn name(&self) -> &'static str;

    /// What it is, for the help.
    fn help(&self) -> &'static str;

    /// What it is in a sentence, with its article.
    fn noun(&self) -> &'static str;

    /// Whether its files are text.
    fn is_text(&self) -> bool {
        true
    }

    /// How surely a file of that name that starts with those bytes is of the format.
    fn detect(&self, start: &[u8], file: &str) -> Detection;

    /// Opens a file, whose columns are those of the first file, if there is one before.
    ///
    /// # Errors
    /// If it is not of the format, or the columns are not there.
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
    /// It is not.
    No,
    /// If it is of no other.
    Default,
    /// By its name, or by how it starts.
    Likely,
    /// By bytes that no other format starts with.
    Certain,
}

/// A file that was opened.
pub struct Opened {
    /// What it holds.
    pub chunks: Box<dyn Chunks>,
    /// What about it deserves a warning, without the file's name.
    pub warnings: Vec<String>,
}

/// A file as a sequence of chunks. Cutting is quick: it happens under a lock.
pub trait Chunks: Send {
    /// The columns.
    fn schema(&self) -> &Arc<Schema>;

    /// Reads other columns than those that were found, before any chunk is cut.
    ///
    /// # Errors
    /// If they cannot be read.
    fn set_schema(&mut self, schema: Schema) -> Result<(), Error>;

    /// The next chunk, in the memory of `buffer`; None at the end.
    ///
    /// # Errors
    /// If it cannot be read, or has no end. A line of the error's location counts from
    /// the end of the chunk before.
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
    /// There is no row after the last one, but this. A line of the error's location
    /// counts from the start of the chunk.
    Failed(Error),
}

/// What a chunk has met that is looked at in the order of the input.
pub trait Notes: Send {
    /// Looks at it; a line or row of the chunk, from 1, is where that function says.
    fn take(&mut self, location: &dyn Fn(u64) -> Location);
}

/// Some rows of a file, for one worker.
pub trait Chunk: Send {
    /// The columns.
    fn schema(&self) -> &Arc<Schema>;

    /// Fills the batch with the next rows, at most that many.
    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step;

    /// The cells of a row of the last batch, or of the row that ended it.
    ///
    /// # Errors
    /// If they cannot be read again.
    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error>;

    /// The record of a row as it stands in the file, where cells are separated by that
    /// byte; None where records are no such text.
    fn record(&self, _batch: &Batch, _row: usize, _delimiter: u8) -> Option<&[u8]> {
        None
    }

    /// Why a row of the last batch, or the row that ended it, cannot be scored. The line
    /// of the error's location counts from the start of the chunk.
    fn explain(&mut self, batch: &Batch, row: usize, request: &Request) -> Error {
        let schema = Arc::clone(self.schema());
        match self.cells(batch, row) {
            Ok(cells) => cell::explain(&cells, &schema, request, batch.line(row) + 1),
            Err(error) => error,
        }
    }

    /// What was read of labels, if they are not numbers.
    fn labels(&self) -> Option<&LabelReader> {
        None
    }

    /// What is to be looked at in the order of the input, once the chunk has ended.
    fn notes(&mut self) -> Option<Box<dyn Notes>> {
        None
    }

    /// The lines or rows that the chunk has, once it has ended.
    fn lines(&self) -> u64;

    /// Gives its memory back, for a chunk to come.
    fn into_buffer(self: Box<Self>) -> Vec<u8>;
}
