//! What a format of output is: a writer of records of fields under columns.

use super::options::Output;

/// A column of the output.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in machine formats.
    pub name: String,
    /// The same name as bytes, where names of the input are passed on unchanged.
    pub bytes: Vec<u8>,
    /// Its header for people.
    pub header: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// If a table is too wide, columns of the lowest rank are left out first. A column without
    /// a rank stays.
    pub rank: Option<u8>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Cells of the input, under their name in the input.
    Input,
    /// Other text.
    Text,
    /// Computed numbers.
    Number,
    /// The computed numbers that `--format value` writes.
    Value,
}

impl Column {
    /// Creates a column with one name for machines and people, which is never left out.
    pub fn new(name: &str, kind: ColumnKind) -> Self {
        let [header, name] = [name, name].map(str::to_owned);
        Column { bytes: name.clone().into(), name, header, kind, rank: None }
    }
}

/// One field of a record.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// A cell of the input, as its bytes.
    Cell(&'a [u8]),
    /// Other text.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// A number, which may be ∞.
    Number(f64),
    /// Nothing.
    Absent,
}

impl From<Option<f64>> for Field<'_> {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Field::Absent, Field::Number)
    }
}

/// A format of output. Records are appended to parts, which several threads may write;
/// a [`separator`](Writer::separator) stands between records and between parts.
pub trait Writer: Sync {
    /// Appends what comes before the first record.
    fn begin(&self, _columns: &[Column], _output: &Output, _out: &mut Vec<u8>) {}

    /// Appends a record.
    fn record(&self, columns: &[Column], fields: &[Field], output: &Output, out: &mut Vec<u8>);

    /// Returns the bytes between two records.
    fn separator(&self) -> &'static [u8] {
        b""
    }

    /// Appends what comes after the last record. A writer that
    /// [`needs_all`](Writer::needs_all) gets all records here. Writers for people add the
    /// records of `closing`, such as means, below.
    fn end(
        &self,
        _columns: &[Column],
        _records: &[u8],
        _closing: &[Vec<Field>],
        _output: &Output,
        _out: &mut Vec<u8>,
    ) {
    }

    /// Appends a note on the records above, in formats for people.
    fn note(&self, _note: &str, _out: &mut Vec<u8>) {}

    /// Appends the working of the numbers above after a blank line, in formats for people.
    fn working(&self, _lines: &[String], _out: &mut Vec<u8>) {}

    /// Whether all records must be there before the first is written.
    fn needs_all(&self) -> bool {
        false
    }

    /// Whether the format is for people: columns have headers for people, and numbers few
    /// digits.
    fn is_for_people(&self) -> bool {
        false
    }

    /// Whether the cells of the input are written.
    fn has_cells(&self) -> bool {
        true
    }

    /// Whether no two columns may have the same name.
    fn needs_distinct_names(&self) -> bool {
        false
    }

    /// Returns the byte between cells if a record of the input can be passed on unchanged.
    fn delimiter(&self) -> Option<u8> {
        None
    }
}

/// Returns a whole document: records, then those of `closing`.
pub fn document<'a>(
    writer: &dyn Writer,
    columns: &[Column],
    records: impl Iterator<Item = Vec<Field<'a>>>,
    closing: &[Vec<Field>],
    output: &Output,
) -> Vec<u8> {
    let (mut out, mut body) = (Vec::new(), Vec::new());
    writer.begin(columns, output, &mut out);
    for record in records {
        if !body.is_empty() {
            body.extend_from_slice(writer.separator());
        }
        writer.record(columns, &record, output, &mut body);
    }
    if !writer.needs_all() {
        out.extend_from_slice(&body);
    }
    writer.end(columns, &body, closing, output, &mut out);
    out
}
