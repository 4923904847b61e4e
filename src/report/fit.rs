//! Which columns of a table fit a terminal, and how wide their cells may be.
//!
//! Columns are left out in the order of their ranks, the last of each rank first, until the
//! others fit. If that leaves room, columns of the same rank that fit come back. Columns
//! without a rank stay, and their texts and headers are cut if they must be; numbers never are.

use std::cmp::Reverse;

use unicode_width::UnicodeWidthStr;

use super::writer::Column;
use crate::digits::{grouped, significant};
use crate::text::excerpt;

/// Stands for columns that are left out, and for the rest of a cell that is cut.
const ELLIPSIS: &str = "…";

/// The significant digits of a number of the input that is too wide.
const DIGITS: usize = 4;

/// What a column takes beside its cells: a border, and a space on either side.
const FRAME: usize = 3;

/// Texts are not cut below this width.
const NARROWEST: usize = 8;

/// How many of the columns that are left out are named.
const NAMED: usize = 8;

/// How wide a column is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Width {
    /// The width of its widest cell or header.
    pub widest: usize,
    /// The width of its widest number.
    pub numbers: usize,
}

impl Width {
    /// Returns the width when texts are cut to a limit. Numbers are not cut.
    fn within(self, limit: usize) -> usize {
        self.widest.min(limit.max(self.numbers))
    }
}

/// The part of a table that is shown.
pub struct Fit {
    /// The columns that are shown, in order; None stands for those that are left out.
    shown: Vec<Option<usize>>,
    /// The limit of the width of each column.
    limits: Vec<usize>,
    /// The note on the columns that are left out, if there are any.
    pub note: Option<String>,
}

impl Fit {
    /// Fits columns of those widths into a line of `room` characters, or of any length if None.
    pub fn new(columns: &[Column], widths: &[Width], room: Option<usize>) -> Self {
        let all = 1 + widths.iter().map(|width| width.widest + FRAME).sum::<usize>();
        let room = room.unwrap_or(all);
        let (is_shown, taken) = choose(columns, widths, all, room);
        let fits = |limit: &usize| {
            let shown = widths.iter().zip(&is_shown).filter(|(_, is_shown)| **is_shown);
            let cut: usize = shown.map(|(width, _)| width.widest - width.within(*limit)).sum();
            taken - cut <= room
        };
        let widest = widths.iter().map(|width| width.widest).max().unwrap_or_default();
        let limit = (NARROWEST..=widest).rev().find(fits).unwrap_or(NARROWEST);
        let limits = widths.iter().map(|width| width.within(limit)).collect();
        let gap = is_shown.iter().position(|is_shown| !is_shown);
        let place = |(index, &is_shown): (usize, &bool)| match index {
            _ if is_shown => Some(Some(index)),
            // One column stands for all that are left out, where the first of them was.
            _ if gap == Some(index) => Some(None),
            _ => None,
        };
        let shown = is_shown.iter().enumerate().filter_map(place).collect();
        let left_out = columns.iter().zip(&is_shown).filter(|(_, is_shown)| !**is_shown);
        let names = left_out.map(|(column, _)| excerpt(column.header.as_bytes()));
        Fit { shown, limits, note: note(&names.collect::<Vec<_>>(), all) }
    }

    /// Returns the columns that are shown; None stands for those that are left out.
    pub fn columns<'a>(&self, columns: &'a [Column]) -> impl Iterator<Item = Option<&'a Column>> {
        self.shown.iter().map(|index| index.map(|index| &columns[index]))
    }

    /// Returns the cells of a row that are shown, cut to the limits of their columns.
    pub fn row(&self, cells: &[impl AsRef<str>]) -> Vec<String> {
        let cell = |index: &Option<usize>| match *index {
            // A row may lack its last cells.
            Some(index) => cut(cells.get(index).map_or("", AsRef::as_ref), self.limits[index]),
            None => ELLIPSIS.to_owned(),
        };
        self.shown.iter().map(cell).collect()
    }
}

/// Returns whether each column is shown, of a table that is `all` wide in a line of `room`, and
/// the width of those that are.
fn choose(columns: &[Column], widths: &[Width], all: usize, room: usize) -> (Vec<bool>, usize) {
    let (mut is_shown, mut taken) = (vec![true; columns.len()], all);
    let ranked = columns.iter().enumerate();
    let mut ranked: Vec<(u8, Reverse<usize>)> =
        ranked.filter_map(|(index, column)| Some((column.rank?, Reverse(index)))).collect();
    ranked.sort_unstable();
    let mut left_out = Vec::new();
    for (rank, Reverse(index)) in ranked {
        if taken <= room {
            break;
        }
        if left_out.is_empty() {
            taken += 1 + FRAME;
        }
        taken -= widths[index].widest + FRAME;
        is_shown[index] = false;
        left_out.push((rank, index));
    }
    let last = left_out.last().map(|&(rank, _)| rank);
    for (_, index) in left_out.into_iter().rev().filter(|&(rank, _)| Some(rank) == last) {
        let width = widths[index].widest + FRAME;
        if taken + width <= room {
            taken += width;
            is_shown[index] = true;
        }
    }
    (is_shown, taken)
}

/// Returns how many columns of a terminal a cell takes.
pub fn width(cell: &str) -> usize {
    cell.width()
}

/// Returns a cell cut to a width.
fn cut(cell: &str, limit: usize) -> String {
    let mut short = cell.to_owned();
    if width(cell) <= limit {
        return short;
    }
    // Without its exponent, a number would be another.
    let number =
        cell.parse::<f64>().ok().filter(|x| x.is_finite() && cell.contains(['.', 'e', 'E']));
    if let Some(number) = number {
        let rounded = significant(number, DIGITS) + ELLIPSIS;
        if width(&rounded) <= limit {
            return rounded;
        }
    }
    while width(&short) >= limit {
        short.pop();
    }
    short + ELLIPSIS
}

/// Returns the note on columns that are left out of a table of that width.
fn note(names: &[String], width: usize) -> Option<String> {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match names.len() {
        0 => return None,
        1..=NAMED => String::new(),
        many => format!(" and {} more", grouped((many - NAMED) as u64)),
    };
    Some(format!(
        "left out: {shown}{more}; {} columns or --format json show them",
        grouped(width as u64)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::writer::ColumnKind;
    use super::*;

    /// Checks what is shown of a row in a line of `room`. Each column has a width, a rank and a
    /// kind; its cell repeats its name.
    #[track_caller]
    fn fits(columns: &[(usize, Option<u8>, ColumnKind)], room: usize, expected: &[&str]) {
        let (mut cells, mut widths, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        for (&(widest, rank, kind), name) in columns.iter().zip('a'..) {
            let name = name.to_string();
            let numbers = if kind == NUMBER { widest } else { 0 };
            widths.push(Width { widest, numbers });
            shown.push(Column { rank, ..Column::new(&name, kind) });
            cells.push(name.repeat(widest));
        }
        assert_eq!(Fit::new(&shown, &widths, Some(room)).row(&cells), expected);
    }

    const NUMBER: ColumnKind = ColumnKind::Number;
    const TEXT: ColumnKind = ColumnKind::Text;

    #[test]
    fn the_lowest_rank_goes_first_and_of_equal_ones_the_last() {
        let columns = [
            (2, Some(1), NUMBER),
            (2, Some(0), NUMBER),
            (2, None, NUMBER),
            (4, Some(0), NUMBER),
            (4, Some(0), NUMBER),
        ];
        fits(&columns, 30, &["aa", "bb", "cc", "dddd", "eeee"]);
        fits(&columns, 29, &["aa", "bb", "cc", "dddd", "…"]);
        fits(&columns, 26, &["aa", "bb", "cc", "…"]);
        fits(&columns, 19, &["aa", "…", "cc"]);
        fits(&columns, 14, &["…", "cc"]);
        fits(&columns, 1, &["…", "cc"]);
    }

    #[test]
    fn room_that_a_wide_column_leaves_goes_to_a_narrow_one() {
        let columns =
            [(9, Some(1), NUMBER), (2, Some(1), NUMBER), (2, None, NUMBER), (1, Some(0), NUMBER)];
        fits(&columns, 27, &["aaaaaaaaa", "bb", "cc", "d"]);
        fits(&columns, 26, &["aaaaaaaaa", "…", "cc"]);
        fits(&columns, 21, &["…", "bb", "cc"]);
        fits(&columns, 14, &["…", "cc"]);
    }

    #[test]
    fn texts_that_stay_are_cut_once_nothing_else_can_go() {
        let columns =
            [(20, None, TEXT), (10, None, TEXT), (12, None, NUMBER), (2, Some(9), NUMBER)];
        let whole = ["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbb", "cccccccccccc", "…"];
        fits(&columns, 56, &whole);
        fits(&columns, 55, &["aaaaaaaaaaaaaaaaaa…", whole[1], whole[2], "…"]);
        fits(&columns, 44, &["aaaaaaaa…", "bbbbbbbb…", whole[2], "…"]);
        fits(&columns, 0, &["aaaaaaa…", "bbbbbbb…", whole[2], "…"]);
    }

    #[test]
    fn headers_are_cut_down_to_the_numbers_below() {
        let widths = [Width { widest: 14, numbers: 10 }];
        let fit = Fit::new(&[Column::new("a long header", NUMBER)], &widths, Some(0));
        assert_eq!(fit.row(&["a long header"]), ["a long he…"]);
        assert_eq!(fit.row(&["1234567890"]), ["1234567890"]);
    }

    #[test]
    fn a_line_without_an_end_holds_everything() {
        let widths = [Width { widest: 128, numbers: 0 }];
        let fit = Fit::new(&[Column::new("a", TEXT)], &widths, None);
        assert_eq!(fit.row(&["日".repeat(64)]), ["日".repeat(64)]);
        assert_eq!(fit.note, None);
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(cut("日本日本日本", 12), "日本日本日本");
        assert_eq!(cut("日本日本日本", 11), "日本日本日…");
        assert_eq!(cut("日本日本日本", 10), "日本日本…");
        assert_eq!(cut("9.248278982106409307e-01", 12), "0.9248…");
        assert_eq!(cut("12345678901234567890", 12), "12345678901…");
    }

    #[test]
    fn only_the_first_of_many_columns_left_out_are_named() {
        let names: Vec<String> = (1..=9).map(|number| format!("m{number}")).collect();
        assert_eq!(note(&[], 9), None);
        assert_eq!(
            note(&names[..2], 90).as_deref(),
            Some("left out: m1, m2; 90 columns or --format json show them")
        );
        assert_eq!(
            note(&names, 1234).as_deref(),
            Some(
                "left out: m1, m2, m3, m4, m5, m6, m7, m8 and 1 more; \
                 1,234 columns or --format json show them"
            )
        );
    }
}
