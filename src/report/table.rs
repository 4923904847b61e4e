//! Tables for people: UTF-8 borders, numbers to the right.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table as Layout};

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::significant;
use crate::text::excerpt;

/// A table for people, laid out when all its rows are there.
pub struct Table;

/// What ends a cell of a row that is still to be laid out. Excerpts have none.
const CELL_END: char = '\x1f';

/// What ends such a row.
pub const ROW_END: char = '\x1e';

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
        closing: Option<&[Field]>,
        output: &Output,
        out: &mut Vec<u8>,
    ) {
        let mut table = Layout::new();
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(columns.iter().map(|column| excerpt(column.header.as_bytes())));
        let records = String::from_utf8_lossy(records);
        let cells = |row: &str| -> Vec<String> {
            row.split_terminator(CELL_END).map(str::to_owned).collect()
        };
        table.add_rows(records.split_terminator(ROW_END).map(cells));
        if let Some(closing) = closing {
            table.add_row(closing.iter().map(|field| text(*field, output)));
        }
        for (column, shown) in columns.iter().zip(table.column_iter_mut()) {
            if column.kind != ColumnKind::Text {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines: Vec<String> = table.lines().collect();
        if closing.is_some() && lines.len() > 5 {
            // The rule under the header, again above the last row.
            let rule =
                lines[2].replace('╞', "├").replace('═', "─").replace('╪', "┼").replace('╡', "┤");
            lines.insert(lines.len() - 2, rule);
        }
        if output.is_colored() {
            lines[1] = format!("\x1b[1m{}\x1b[0m", lines[1]);
        }
        for line in lines {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
    }

    fn needs_all(&self) -> bool {
        true
    }

    fn is_for_people(&self) -> bool {
        true
    }
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
