//! The input files in order, each opened in its format.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::{Error, Kind, Location};
use crate::io::{Reader, Source, Stream};
use crate::text::excerpt;

use super::foreign;
use super::format::{Chunk, Chunks, Detection, Format};
use super::formats::FORMATS;
use super::join::{self, Join};
use super::request::Request;
use super::schema::Schema;

/// The number of bytes that are read into a chunk, unless a record is longer.
pub const BLOCK: usize = 1 << 18;

/// What comes next in the input.
pub enum Next {
    /// A chunk.
    Chunk {
        /// The number of chunks before it.
        index: u64,
        /// The chunk.
        chunk: Box<dyn Chunk>,
    },
    /// An error in place of a chunk. If there is a schema, the line of its location counts from
    /// the end of the chunk before.
    Error {
        /// The number of chunks before it.
        index: u64,
        /// The schema of the file that was being read, if one was.
        schema: Option<Arc<Schema>>,
        /// The error.
        error: Error,
    },
    /// The input has ended.
    End,
}

/// A function that opens sources.
pub type Open = Box<dyn FnMut(&Source) -> Result<Reader, Error> + Send>;

/// The chunks of a list of files, in order.
pub struct Tables {
    sources: std::vec::IntoIter<Source>,
    request: Arc<Request>,
    open: Open,
    bytes_read: Arc<AtomicU64>,
    next_index: u64,
    next_file: usize,
    /// The tables that are joined to each file.
    join: Option<Arc<Join>>,
    /// The columns of the first file.
    first: Option<Arc<Schema>>,
    current: Option<Box<dyn Chunks>>,
    /// Warnings, each after the name of its file.
    pub warnings: Vec<String>,
}

impl Tables {
    /// Returns the chunks of those sources. Adds to `bytes_read` the bytes that are read from
    /// them.
    pub fn new(sources: Vec<Source>, request: Arc<Request>, bytes_read: Arc<AtomicU64>) -> Self {
        let counted = Arc::clone(&bytes_read);
        Tables {
            sources: sources.into_iter(),
            request,
            open: Box::new(move |source| source.open(Arc::clone(&counted))),
            bytes_read,
            next_index: 0,
            next_file: 0,
            join: None,
            first: None,
            current: None,
            warnings: Vec::new(),
        }
    }

    /// Returns the same, with tables joined to each file.
    pub fn joined(self, join: Option<Arc<Join>>) -> Self {
        Tables { join, ..self }
    }

    /// Returns the same, with readers that a test chooses.
    #[cfg(any(test, fuzzing))]
    pub fn opened_by(self, open: Open) -> Self {
        Tables { open, ..self }
    }

    /// Returns the next chunk, in the memory of `buffer`.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> Next {
        let index = self.next_index;
        self.next_index += 1;
        match self.chunk(buffer) {
            Ok(Some(chunk)) => Next::Chunk { index, chunk },
            Ok(None) => Next::End,
            Err(error) => {
                self.sources = Vec::new().into_iter();
                let schema = self.current.take().map(|chunks| Arc::clone(chunks.schema()));
                Next::Error { index, schema, error }
            }
        }
    }

    fn chunk(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        loop {
            if let Some(chunks) = &mut self.current {
                if let Some(chunk) = chunks.next(buffer)? {
                    return Ok(Some(chunk));
                }
                self.current = None;
            }
            let Some(source) = self.sources.next() else { return Ok(None) };
            match self.open(source, buffer) {
                Ok(chunks) => self.current = Some(chunks),
                Err(error) if self.request.allows_empty && error.kind() == Kind::Empty => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Opens the next file.
    fn open(&mut self, source: Source, buffer: &mut Vec<u8>) -> Result<Box<dyn Chunks>, Error> {
        let first = self.first.clone();
        let name = source.name();
        let opened = self.open_alone(source, std::mem::take(buffer), first.as_deref());
        let mut chunks = opened.map_err(|error| self.explained(&name, error))?;
        if let Some(join) = self.join.clone() {
            let request = Arc::clone(&self.request);
            chunks = join::wrap(&join, chunks, &request, |source| {
                self.open_alone(source.clone(), Vec::new(), None)
            })?;
        }
        self.first.get_or_insert_with(|| Arc::clone(chunks.schema()));
        Ok(chunks)
    }

    /// Adds a hint to the error of the first of two files, if neither has both labels and
    /// predictions.
    fn explained(&mut self, file: &str, error: Error) -> Error {
        let options = &self.request.options;
        let is_default = options.y_col.is_none() && options.outputs().1.is_empty();
        let is_first_of_two = self.first.is_none() && self.sources.len() == 1;
        if !(is_default && is_first_of_two && error.kind() == Kind::Columns) {
            return error;
        }
        let is_file = |source: &Source| source.path().is_some_and(Path::is_file);
        let Some(second) = self.sources.next().filter(is_file) else { return error };
        let name = second.name();
        match self.open_alone(second, Vec::new(), None) {
            Err(second) if second.kind() == Kind::Columns => {
                let [file, other] = [file, &name].map(|name| excerpt(name.as_bytes()));
                error.with_hint(format!(
                    "labels and predictions apart? costs {file} --join {other}, and --on C if a \
                     column C of both says which rows belong together"
                ))
            }
            _ => error,
        }
    }

    /// Opens a file without joining anything to it.
    fn open_alone(
        &mut self,
        source: Source,
        buffer: Vec<u8>,
        first: Option<&Schema>,
    ) -> Result<Box<dyn Chunks>, Error> {
        let mut stream = Stream {
            name: source.name(),
            index: self.next_file,
            reader: (self.open)(&source)?,
            source,
            buffer,
            filled: 0,
            at_end: false,
            bytes_read: Arc::clone(&self.bytes_read),
        };
        stream.read_to(self.request.block_size)?;
        let name = stream.name.clone();
        let format = self.format(&stream)?;
        let opened = format.open(stream, &self.request, first)?;
        self.next_file += 1;
        let warnings = opened.warnings.into_iter().map(|warning| format!("{name}: {warning}"));
        self.warnings.extend(warnings);
        Ok(opened.chunks)
    }

    /// Returns the format of a file: the one that was named, or else the one that its start shows.
    fn format(&self, stream: &Stream) -> Result<&'static dyn Format, Error> {
        let (name, start) = (&stream.name, stream.start());
        if start.is_empty() {
            return Err(Error::new(Kind::Empty, Location::file(name), "the file is empty"));
        }
        let detection = |format: &&&'static dyn Format| format.detect(start, name);
        let detected = FORMATS.iter().max_by_key(detection).expect("there are formats");
        let is_certain = detection(&detected) == Detection::Certain;
        let named = self.request.options.input.as_deref();
        let format = match named {
            None => detected,
            Some(named) => FORMATS
                .iter()
                .find(|format| format.name() == named)
                .ok_or_else(|| Error::usage("there is no such format of input"))?,
        };
        if is_certain && format.name() != detected.name() {
            let hint = "without --input it is read as that";
            return Err(foreign::another(name, detected.noun(), format.noun(), hint));
        }
        if format.is_text() {
            foreign::refuse(name, start)?;
        }
        Ok(*format)
    }
}
