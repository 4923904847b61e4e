//! Tables for people: UTF-8 borders, numbers to the right.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};

/// A column of a table.
pub struct Column {
    /// Its header.
    pub name: String,
    /// Whether it holds numbers.
    pub is_number: bool,
}

impl Column {
    /// A column of words.
    pub fn text(name: &str) -> Self {
        Column { name: name.to_owned(), is_number: false }
    }

    /// A column of numbers.
    pub fn number(name: &str) -> Self {
        Column { name: name.to_owned(), is_number: true }
    }
}

/// The table as text, ending with a line end. With a footer, the last row is
/// set apart.
pub fn render(
    columns: &[Column],
    rows: Vec<Vec<String>>,
    footer: Option<Vec<String>>,
    color: bool,
) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.iter().map(|column| column.name.as_str()));
    table.add_rows(rows);
    let has_footer = footer.is_some();
    if let Some(footer) = footer {
        table.add_row(footer);
    }
    for (column, shown) in columns.iter().zip(table.column_iter_mut()) {
        if column.is_number {
            shown.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut lines: Vec<String> = table.lines().collect();
    if has_footer && lines.len() > 5 {
        // The rule under the header, again above the last row.
        let rule = lines[2].replace('╞', "├").replace('═', "─").replace('╪', "┼").replace('╡', "┤");
        lines.insert(lines.len() - 2, rule);
    }
    if color {
        lines[1] = format!("\x1b[1m{}\x1b[0m", lines[1]);
    }
    lines.push(String::new());
    lines.join("\n")
}
