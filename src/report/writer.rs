//! What a format of output is: a writer of records of fields under columns.

use super::options::Output;

/// A column of the output.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in machine formats.
    pub name: String,
    /// The same where names of the input pass as their bytes.
    pub bytes: Vec<u8>,
    /// Its header for people.
    pub header: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Where a table does not fit, the lowest rank is left out first; a column without one
    /// stays.
    pub rank: Option<u8>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Cells of the input, whose name is the input's, too.
    Input,
    /// Words of our own.
    Text,
    /// Numbers of our own.
    Number,
    /// The numbers that a script wants alone.
    Value,
}

impl Column {
    /// A column with the same name for machines and people, which is never left out.
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
    /// A word of our own.
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

    /// What stands between two records.
    fn separator(&self) -> &'static [u8] {
        b""
    }

    /// Appends what comes after the last record. A writer that
    /// [`needs_all`](Writer::needs_all) gets all of them here. One for people writes
    /// `closing` below them, which are records about those above.
    fn end(
        &self,
        _columns: &[Column],
        _records: &[u8],
        _closing: &[Vec<Field>],
        _output: &Output,
        _out: &mut Vec<u8>,
    ) {
    }

    /// Appends a line for people that is about the records above it.
    fn note(&self, _note: &str, _out: &mut Vec<u8>) {}

    /// Appends lines for people that say how what is above was computed, after a blank one.
    fn working(&self, _lines: &[String], _out: &mut Vec<u8>) {}

    /// Whether all records must be there before the first is written.
    fn needs_all(&self) -> bool {
        false
    }

    /// Whether it is read by people: then columns have their headers, and numbers a few
    /// digits.
    fn is_for_people(&self) -> bool {
        false
    }

    /// Whether the cells of the input are written, too.
    fn has_cells(&self) -> bool {
        true
    }

    /// Whether no two columns may have the same name.
    fn needs_distinct_names(&self) -> bool {
        false
    }

    /// The byte between cells, where a record of the input can pass as it is.
    fn delimiter(&self) -> Option<u8> {
        None
    }
}

/// Writes records that are all there, with others to close them.
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
