//! Delimited text: RFC 4180 with any delimiter, line end and header.

mod cut;
mod dialect;
mod head;
pub(crate) mod record;
mod scan;
mod separators;

use std::sync::Arc;

use crate::error::{Error, Location};
use crate::io::Stream;

use super::format::{Chunk, Chunks, Detection, Format, Opened};
use super::request::Request;
use super::schema::Schema;
use super::text::{self, Blocks, too_long};

use head::{Head, head};
use scan::Scan;

/// Delimited text.
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn help(&self) -> &'static str {
        "Delimited text"
    }

    fn noun(&self) -> &'static str {
        "a CSV file"
    }

    fn detect(&self, _: &[u8], _: &str) -> Detection {
        Detection::Default
    }

    fn open(
        &self,
        mut stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        let mut wanted = request.block_size;
        let head = loop {
            if let Some(head) = head(&stream, request, first)? {
                break head;
            }
            if wanted > text::LONGEST_RECORD {
                return Err(too_long(Location::line(&stream.name, 1)));
            }
            wanted *= 2;
            stream.read_to(wanted)?;
        };
        let Head { schema, delimiter, data, warnings } = head;
        let blocks = Blocks::new(stream, data, request.block_size, request.allows_empty);
        let request = Arc::clone(request);
        let schema = schema.shared();
        let chunks = Box::new(Table { blocks, schema, request, delimiter });
        Ok(Opened { chunks, warnings })
    }
}

/// A file, block by block.
struct Table {
    blocks: Blocks,
    schema: Arc<Schema>,
    request: Arc<Request>,
    delimiter: u8,
}

impl Chunks for Table {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn set_schema(&mut self, schema: Schema) -> Result<(), Error> {
        self.schema = schema.shared();
        Ok(())
    }

    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let delimiter = self.delimiter;
        let counts_blank_lines = self.request.counts_blank_lines();
        let cut = |bytes: &[u8], at_end| {
            let mut cut = cut::records(bytes, delimiter, at_end);
            if counts_blank_lines && !at_end {
                // Blank lines count only if a record follows, which is in the next block.
                let end = cut.end.map(|end| record::without_blank_lines(&bytes[..end], delimiter));
                cut.end = end.filter(|&end| end > 0);
            }
            cut
        };
        let block = self.blocks.next(buffer, cut)?;
        Ok(block.map(|block| {
            let (schema, request) = (Arc::clone(&self.schema), Arc::clone(&self.request));
            Box::new(Scan::new(block, schema, request, delimiter)) as Box<dyn Chunk>
        }))
    }
}
