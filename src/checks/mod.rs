//! Slow and obvious readers, and checks of the fast ones against them. The module is compiled
//! for `cargo fuzz`, which finds inputs that differ, and for `cargo test`, which keeps them.

mod json_lines;

pub use json_lines::check_json_lines;

use std::io::Cursor;
use std::sync::Arc;

use fearless_simd::{Level, dispatch};

use crate::error::{Location, Record};
use crate::io::Source;
use crate::scoring::Scoring;
use crate::table::batch::Batch;
use crate::table::format::{Chunk, Step};
use crate::table::number::{self, NotUsable};
use crate::table::options::{InputOptions, Missing};
use crate::table::request::{Cells, Request};
use crate::table::tables::{Next, Tables};

/// A record that was read byte by byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlowRecord {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// The contents of its cells.
    pub cells: Vec<Vec<u8>>,
    /// Whether each cell starts with a quote.
    pub quoted: Vec<bool>,
}

/// Returns the records of a text, without blank lines, and the physical line of the quote that
/// is open at the end, if there is one.
#[must_use]
pub fn slow_records(text: &[u8], delimiter: u8) -> (Vec<SlowRecord>, Option<u64>) {
    let (mut records, mut line, mut at) = (Vec::new(), 1, 0);
    while at < text.len() {
        let mut record = SlowRecord { line, ..SlowRecord::default() };
        let mut is_blank = true;
        loop {
            let mut cell = Vec::new();
            let is_quoted = text.get(at) == Some(&b'"');
            if is_quoted {
                let opened_on = line;
                at += 1;
                loop {
                    match text.get(at..).unwrap_or_default() {
                        [] => return (records, Some(opened_on)),
                        [b'"', b'"', ..] => {
                            cell.push(b'"');
                            at += 2;
                        }
                        [b'"', ..] => {
                            at += 1;
                            break;
                        }
                        [byte, rest @ ..] => {
                            let ends_line =
                                *byte == b'\n' || (*byte == b'\r' && rest.first() != Some(&b'\n'));
                            line += u64::from(ends_line);
                            cell.push(*byte);
                            at += 1;
                        }
                    }
                }
            }
            while let Some(&byte) = text.get(at)
                && byte != delimiter
                && byte != b'\n'
                && byte != b'\r'
            {
                cell.push(byte);
                at += 1;
            }
            is_blank &= cell.is_empty() && !is_quoted;
            record.cells.push(cell);
            record.quoted.push(is_quoted);
            if text.get(at) != Some(&delimiter) {
                break;
            }
            is_blank = false;
            at += 1;
        }
        at += match text.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        line += 1;
        if !is_blank {
            records.push(record);
        }
    }
    (records, None)
}

/// Returns the number in a cell, by the grammar and the standard library.
///
/// # Errors
/// If there is no number that can be used.
pub fn slow_number(cell: &[u8]) -> Result<f64, NotUsable> {
    let text = std::str::from_utf8(cell).map_err(|_| NotUsable::NotANumber)?;
    let text = text.trim_matches([' ', '\t']);
    let lower = text.to_ascii_lowercase();
    if ["", "na", "n/a", "#n/a", "<na>", "null", "none", "nan", ".", "?", "\\n"]
        .contains(&lower.as_str())
    {
        return Err(NotUsable::Missing);
    }
    let unsigned = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    if ["inf", "infinity"].contains(&unsigned) {
        return Err(NotUsable::Infinite);
    }
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (significand, exponent) = match unsigned.split_once('e') {
        Some((significand, exponent)) => (significand, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, decimals) = significand.split_once('.').unwrap_or((significand, ""));
    let is_number = is_digits(whole)
        && is_digits(decimals)
        && !(whole.is_empty() && decimals.is_empty())
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && is_digits(digits)
        });
    if !is_number {
        return Err(NotUsable::NotANumber);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_infinite() => Err(NotUsable::TooLarge),
        Ok(number) => Ok(number),
        Err(_) => Err(NotUsable::NotANumber),
    }
}

/// Checks that a cell is read as the slow way reads it, also by the fast way where that applies.
///
/// # Panics
/// If it is not.
pub fn check_number(cell: &[u8]) {
    let bits = |read: Result<f64, NotUsable>| read.map(f64::to_bits);
    let expected = bits(slow_number(cell));
    assert_eq!(bits(number::parse(cell)), expected, "{:?}", String::from_utf8_lossy(cell));
    // With text before and after, as in the middle of a file.
    let text = [b"9,".as_slice(), cell, b",", &[b'9'; 32]].concat();
    let number = dispatch!(Level::new(), simd => number::plain(simd, &text, 2, 2 + cell.len()));
    if let Some(number) = number {
        assert_eq!(Ok(number.to_bits()), expected, "{:?}", String::from_utf8_lossy(cell));
    }
}

/// A row as both ways read it: its line, the bits of y and ŷ, and its cells.
type Row = (u64, [u64; 2], Vec<Vec<u8>>);

/// The result of reading: rows, how many were left out, and the line of the fault that ended it.
#[derive(Debug, PartialEq, Eq)]
struct Read<R> {
    rows: Vec<R>,
    skipped: usize,
    fault: Option<u64>,
}

impl<R> Default for Read<R> {
    fn default() -> Self {
        Read { rows: Vec::new(), skipped: 0, fault: None }
    }
}

/// How a text is read.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The byte between cells.
    pub delimiter: u8,
    /// Bytes in a block.
    pub block_size: usize,
    /// Rows in a batch.
    pub batch: usize,
    /// Whether rows that lack a value are left out.
    pub skips_missing: bool,
    /// Whether every row has as many cells as the first.
    pub is_strict: bool,
    /// Whether ŷ is the first column and y the second.
    pub is_turned: bool,
}

impl Way {
    /// Returns the columns of y and ŷ.
    fn columns(self) -> [usize; 2] {
        if self.is_turned { [1, 0] } else { [0, 1] }
    }
}

/// Checks that a text without a header is read as the slow way reads it.
///
/// # Panics
/// If it is not.
pub fn check_scan(text: &[u8], way: Way) {
    // The slow way knows no comments, and no line that declares the delimiter.
    if text.contains(&b'#') || text.windows(4).any(|word| word == b"sep=") {
        return;
    }
    let Some(found) = fast_rows(text, way) else { return };
    assert_eq!(found, slow_rows(text, way), "{way:?} {:?}", String::from_utf8_lossy(text));
}

/// Reads by chunks and the scan; None if the file is refused at its start.
fn fast_rows(text: &[u8], way: Way) -> Option<Read<Row>> {
    let column = |column: usize| Some((column + 1).to_string());
    let [y, yhat] = way.columns();
    let options = InputOptions {
        input: Some("csv".to_owned()),
        delimiter: Some(way.delimiter),
        no_header: true,
        y_col: column(y),
        yhat_col: column(yhat).into_iter().collect(),
        ..InputOptions::default()
    };
    let row = |chunk: &mut dyn Chunk, batch: &Batch, row: usize, before: u64| {
        let schema = Arc::clone(chunk.schema());
        let numbers =
            [schema.label_slot(), schema.outputs[0].one().expect("a model has one output")]
                .map(|slot| batch.columns[slot][row].to_bits());
        let cells = chunk.cells(batch, row).expect("cells of text can be read again");
        let cells = cells.into_iter().map(std::borrow::Cow::into_owned).collect();
        (before + batch.line(row) + 1, numbers, cells)
    };
    read_by_chunks(text, options, way, row)
}

/// Reads every row of a text; None if the text is refused at its start. `row` is called with
/// the chunk, its batch, the index of the row and the number of lines before the chunk.
fn read_by_chunks<R>(
    text: &[u8],
    options: InputOptions,
    way: Way,
    row: impl Fn(&mut dyn Chunk, &Batch, usize, u64) -> R,
) -> Option<Read<R>> {
    let mut tables = tables_of(text, options, way);
    let mut read = Read::default();
    let (mut lines, mut is_first) = (None, true);
    let mut batch = Batch::default();
    loop {
        let mut chunk = match tables.next(&mut Vec::new()) {
            Next::End => return Some(read),
            Next::Error { schema, error, .. } => {
                let (Some(schema), Location::File { record: Some(Record::Line(line)), .. }) =
                    (schema, error.location())
                else {
                    assert!(is_first, "a file is refused before its first row");
                    return None;
                };
                read.fault = Some(lines.unwrap_or(schema.lines_before) + line);
                return Some(read);
            }
            Next::Chunk { chunk, .. } => chunk,
        };
        is_first = false;
        let before = *lines.get_or_insert(chunk.schema().lines_before);
        loop {
            let step = chunk.fill(&mut batch, way.batch);
            read.skipped += batch.skipped.len();
            let rows = (0..batch.rows).map(|index| row(&mut *chunk, &batch, index, before));
            read.rows.extend(rows);
            match step {
                Step::More => {}
                Step::End => break,
                Step::BadRow | Step::Failed(_) => {
                    read.fault = Some(before + batch.line(batch.rows) + 1);
                    return Some(read);
                }
            }
        }
        lines = Some(before + chunk.lines());
    }
}

/// Opens a text as tables.
fn tables_of(text: &[u8], options: InputOptions, way: Way) -> Tables {
    let mut stored = Some(text.to_vec());
    let missing = if way.skips_missing { Missing::Skip } else { Missing::Error };
    let request = Request {
        options: InputOptions { missing, ..options },
        scoring: Scoring::default(),
        labels: None,
        cells: if way.is_strict { Cells::All } else { Cells::Errors },
        allows_empty: false,
        block_size: way.block_size,
    };
    Tables::new(vec![Source::File("p".into())], Arc::new(request), Arc::default())
        .opened_by(Box::new(move |_| Ok(Box::new(Cursor::new(stored.take().unwrap_or_default())))))
}

/// Reads a label, which may be true or false.
fn slow_label(cell: &[u8]) -> Result<f64, NotUsable> {
    match cell.trim_ascii().to_ascii_lowercase().as_slice() {
        b"true" => Ok(1.0),
        b"false" => Ok(0.0),
        _ => slow_number(cell),
    }
}

/// Reads record by record and cell by cell.
fn slow_rows(text: &[u8], way: Way) -> Read<Row> {
    let rest = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let (records, open_quote) = slow_records(rest, way.delimiter);
    let width = records.first().map_or(0, |record| record.cells.len());
    let mut read = Read::default();
    for record in records {
        let [y, yhat] =
            way.columns().map(|column| record.cells.get(column).ok_or(NotUsable::NotANumber));
        let numbers =
            [y.and_then(|cell| slow_label(cell)), yhat.and_then(|cell| slow_number(cell))];
        let is_skipped = |number| way.skips_missing && matches!(number, Err(NotUsable::Missing));
        let has_more = record.cells.iter().skip(width).any(|cell| !cell.is_empty());
        let is_ragged = way.is_strict && record.cells.len() != width;
        let is_bad = numbers.into_iter().any(|number| number.is_err() && !is_skipped(number));
        if is_bad || has_more || is_ragged {
            read.fault = Some(record.line);
            return read;
        }
        match numbers {
            [Ok(y), Ok(yhat)] => {
                read.rows.push((record.line, [y.to_bits(), yhat.to_bits()], record.cells));
            }
            _ => read.skipped += 1,
        }
    }
    read.fault = open_quote;
    read
}

/// Returns every way to read by blocks and batches of those sizes.
#[cfg(test)]
fn ways(block_sizes: &[usize], batches: &[usize]) -> impl Iterator<Item = Way> {
    let sizes =
        block_sizes.iter().flat_map(|&block| batches.iter().map(move |&batch| (block, batch)));
    sizes.flat_map(|(block_size, batch)| {
        (0..8).map(move |bits| {
            let [skips_missing, is_strict, is_turned] = [1, 2, 4].map(|bit| bits & bit != 0);
            Way { delimiter: b',', block_size, batch, skips_missing, is_strict, is_turned }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Checks a text in every way.
    #[track_caller]
    fn check_all(text: &[u8]) {
        ways(&[1, 2, 3, 16, 1 << 16], &[1, 3, 1024]).for_each(|way| check_scan(text, way));
    }

    #[test]
    fn the_slow_way_knows_quotes_lines_and_blanks() {
        let (records, open) = slow_records(b"a,\"b\"\"\n\"c\r\n\r\n,\r\"x", b',');
        let record = |line, cells: &[&str], quoted: &[bool]| SlowRecord {
            line,
            cells: cells.iter().map(|cell| cell.as_bytes().to_vec()).collect(),
            quoted: quoted.to_vec(),
        };
        let expected =
            [record(1, &["a", "b\"\nc"], &[false, true]), record(4, &["", ""], &[false, false])];
        assert_eq!(records, expected);
        assert_eq!(open, Some(5));
    }

    #[test]
    fn texts_of_every_kind_are_read_as_the_slow_way_reads_them() {
        for text in [
            &b"1,0.5\n0,0.25\n"[..],
            b"1,0.5\r\n\r\n0,0.25\r1,.5",
            b"1,0.5,\"a\"\"b\nc\",\n0,0.5\n1,0.5,x,,\"\"\n1,0.5,x,,y\n",
            b"\xef\xbb\xbf1,\"0.5\"\n\"1\"0,0.5\n",
            b"1,0.5\nNA,0.5\n,x\n",
            b"1,0.5\n1,\"0.5\n1,0.5\n",
        ] {
            check_all(text);
        }
    }

    #[test]
    fn a_row_that_ends_before_a_selected_column_is_no_missing_value() {
        check_all(b"0,0\n0\n0,0\n");
        check_all(b"0,0,x\n0\r0");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn a_text_is_read_as_the_slow_way_reads_it(
            text in "(0|1|0\\.[0-9]{1,18}|\"1\"|NA|x|a\"b|\"a,\n\"\"\"|){1}([,\n\r]{1,2}(0|1|0\\.5|0\\.25|\"0\\.5\"|\"\n\"|))*"
        ) {
            check_all(text.as_bytes());
        }

        #[test]
        fn a_number_is_read_as_the_slow_way_reads_it(
            cell in "[ \t]?[+-]?[0-9]{0,3}\\.?[0-9]{0,25}([eE][+-]?[0-9]{0,3})?[ \t]?|[naif/NIAF.+-]{0,6}"
        ) {
            check_number(cell.as_bytes());
        }
    }
}
