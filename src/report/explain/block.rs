//! Lines of a working under a title.

use unicode_width::UnicodeWidthStr;

use super::super::options::Output;
use super::super::writers::writer;

/// How many instances or results are explained at most.
pub const EXPLAINED: usize = 10;

/// Lines under a title, each with what it is of.
#[derive(Debug, Default)]
pub struct Block {
    /// Empty for lines that stand by themselves.
    pub title: String,
    rows: Vec<(String, String)>,
}

impl Block {
    /// One without lines yet.
    pub fn new(title: String) -> Self {
        Block { title, rows: Vec::new() }
    }

    /// Adds a line.
    pub fn push(&mut self, of: &str, working: String) {
        self.rows.push((of.to_owned(), working));
    }

    /// Its lines, aligned, and indented below the title.
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

/// The blocks as they stand under a table; nothing in formats that are not for people.
pub fn working(blocks: &[Block], output: &Output) -> Vec<u8> {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        // What stands by itself begins something new.
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
