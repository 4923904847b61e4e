//! Tables for people: UTF-8 borders, numbers to the right.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table as Layout};

use super::fit::{Fit, Width, width};
use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::significant;
use crate::text::excerpt;

/// A table for people, which is laid out once all its rows are known.
pub struct Table;

/// Ends a cell of a row that is not laid out yet. Excerpts never contain it.
const CELL_END: char = '\x1f';

/// Ends such a row.
const ROW_END: char = '\x1e';

impl Writer for Table {
    fn record(&self, _: &[Column], fields: &[Field], output: &Output, out: &mut Vec<u8>) {
        for field in fields {
            out.extend_from_slice(text(*field, output).as_bytes());
            out.push(CELL_END as u8);
        }
        out.push(ROW_END as u8);
    }

    fn end(
        &self,
        columns: &[Column],
        records: &[u8],
        closing: &[Vec<Field>],
        output: &Output,
        out: &mut Vec<u8>,
    ) {
        let records = String::from_utf8_lossy(records);
        let mut last = Vec::new();
        for fields in closing {
            self.record(columns, fields, output, &mut last);
        }
        let last = String::from_utf8_lossy(&last);
        let rows = || rows(&records).chain(rows(&last));
        let headers: Vec<String> =
            columns.iter().map(|column| excerpt(column.header.as_bytes())).collect();
        let fit = Fit::new(columns, &widths(columns, &headers, rows()), output.width);
        let mut table = Layout::new();
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(fit.row(&headers));
        table.add_rows(rows().map(|row| fit.row(&row)));
        for (column, shown) in fit.columns(columns).zip(table.column_iter_mut()) {
            if column.is_some_and(|column| column.kind != ColumnKind::Text) {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines: Vec<String> = table.lines().collect();
        if !closing.is_empty() {
            // Repeats the rule under the header above the closing rows.
            let rule =
                lines[2].replace('╞', "├").replace('═', "─").replace('╪', "┼").replace('╡', "┤");
            lines.insert(lines.len() - 1 - closing.len(), rule);
        }
        if output.is_colored() {
            lines[1] = format!("\x1b[1m{}\x1b[0m", lines[1]);
        }
        for line in lines.iter().chain(&fit.note) {
            self.note(line, out);
        }
    }

    fn note(&self, note: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(note.as_bytes());
        out.push(b'\n');
    }

    fn working(&self, lines: &[String], out: &mut Vec<u8>) {
        self.note("", out);
        for line in lines {
            self.note(line, out);
        }
    }

    fn needs_all(&self) -> bool {
        true
    }

    fn is_for_people(&self) -> bool {
        true
    }
}

/// Returns the cells of each row that is to be laid out.
fn rows(records: &str) -> impl Iterator<Item = Vec<&str>> {
    records.split_terminator(ROW_END).map(|row| row.split_terminator(CELL_END).collect())
}

/// Returns the widths of columns, headers included.
fn widths<'a>(
    columns: &[Column],
    headers: &[String],
    rows: impl Iterator<Item = Vec<&'a str>>,
) -> Vec<Width> {
    let header = |header: &String| Width { widest: width(header), numbers: 0 };
    let mut widths: Vec<Width> = headers.iter().map(header).collect();
    for row in rows {
        for ((all, column), cell) in widths.iter_mut().zip(columns).zip(row) {
            let width = width(cell);
            all.widest = all.widest.max(width);
            if matches!(column.kind, ColumnKind::Number | ColumnKind::Value) {
                all.numbers = all.numbers.max(width);
            }
        }
    }
    widths
}

fn text(field: Field, output: &Output) -> String {
    match field {
        Field::Cell(cell) => excerpt(cell),
        Field::Text(text) => excerpt(text.as_bytes()),
        Field::Count(count) => count.to_string(),
        Field::Number(number) => significant(number, output.digits()),
        Field::Absent => String::new(),
    }
}
