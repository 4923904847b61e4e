//! Lines of a working under a title, and their layout.

use unicode_width::UnicodeWidthStr;

use super::super::options::Output;
use super::super::writers::writer;

/// How many instances or results are explained at most.
pub const EXPLAINED: usize = 10;

/// Lines under a title, each with a label.
#[derive(Debug, Default)]
pub struct Block {
    /// Empty for lines that stand by themselves.
    pub title: String,
    rows: Vec<(String, String)>,
}

impl Block {
    /// Creates a block without lines.
    pub fn new(title: String) -> Self {
        Block { title, rows: Vec::new() }
    }

    /// Adds a line.
    pub fn push(&mut self, of: &str, working: String) {
        self.rows.push((of.to_owned(), working));
    }

    /// Returns the title and the lines, aligned and indented below it.
    pub fn lines(&self) -> Vec<String> {
        let widest = self.rows.iter().map(|(of, _)| of.width()).max().unwrap_or(0);
        let indent = if self.title.is_empty() { "" } else { "   " };
        let row = |(of, working): &(String, String)| {
            let space = " ".repeat(widest - of.width());
            format!("{indent}{of}{space}   {working}")
        };
        let title = (!self.title.is_empty()).then(|| self.title.clone());
        title.into_iter().chain(self.rows.iter().map(row)).collect()
    }
}

/// Returns the blocks as they stand under a table; nothing in formats for machines.
pub fn working(blocks: &[Block], output: &Output) -> Vec<u8> {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        // A block without a title begins a new part.
        if block.title.is_empty() && !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(block.lines());
    }
    let mut out = Vec::new();
    if let Some(writer) = writer(output.format()) {
        writer.working(&lines, &mut out);
    }
    out
}
