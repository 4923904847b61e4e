//! What a cell means: a number or a label, or why it is none.

use crate::cost::{Domain, Domains};
use crate::error::{Error, Fault, Role};

use super::number::{self, NotUsable};
use super::record;
use super::sheet::{Sheet, Unit};

/// What is wrong with the record at the start of `bytes`, cell by cell; None if
/// nothing is. `line` is the physical line on which it starts.
pub fn explain(bytes: &[u8], sheet: &Sheet, domains: Domains, line: u64) -> Option<Error> {
    let cells = record::cells(bytes, sheet.delimiter);
    let at_line = |fault| Error::new(sheet.place(line), fault);
    let (found, wanted) = (cells.len(), sheet.names.len());
    if cells.iter().skip(wanted).any(|cell| !cell.is_empty()) {
        // Its cells may well be those of other columns, so that is said first.
        return Some(at_line(Fault::TooManyCells { found, wanted }));
    }
    for selected in &sheet.selected {
        let name = &sheet.names[selected.column];
        let Some(cell) = cells.get(selected.column) else {
            let (found, position) = (cells.len(), selected.column + 1);
            return Some(at_line(Fault::TooFewCells { found, column: name.clone(), position }));
        };
        let checked = match &sheet.positive {
            Some(positive) if selected.role == Role::Y => {
                match label(cell, positive, sheet.negative) {
                    Ok(label) => Ok(label),
                    Err(_) => Err(Fault::Missing(text(cell))),
                }
            }
            _ => check(cell, selected.role, domains),
        };
        let is_skipped = sheet.skips_missing && matches!(checked, Err(Fault::Missing(_)));
        if let Err(fault) = checked.or_else(|fault| if is_skipped { Ok(0.0) } else { Err(fault) }) {
            let has_header_line = sheet.unit == Unit::Line && !sheet.is_json_lines;
            let is_header = number::trim(cell) == number::trim(name.as_bytes()) && has_header_line;
            return Some(match fault {
                Fault::NotANumber { .. } if is_header => at_line(Fault::HeaderAgain),
                fault => Error::new(sheet.cell(line, name), fault),
            });
        }
    }
    if let Some(&column) = sheet.by.iter().find(|&&column| column >= cells.len()) {
        let (found, column, position) = (cells.len(), sheet.names[column].clone(), column + 1);
        return Some(at_line(Fault::TooFewCells { found, column, position }));
    }
    None
}

/// The number in a cell or a value, if it can be used.
///
/// # Errors
/// If it is none, or not one that the costs take.
pub fn check(cell: &[u8], role: Role, domains: Domains) -> Result<f64, Fault> {
    let text = || text(cell);
    let number = parse(cell, role).map_err(|why| match why {
        NotUsable::Missing => Fault::Missing(text()),
        NotUsable::TooLarge => Fault::TooLarge(text()),
        NotUsable::Infinite => Fault::NotFinite(text()),
        NotUsable::NotANumber => Fault::NotANumber { text: text(), role },
    })?;
    let domain = match role {
        Role::Weight if number < 0.0 => return Err(Fault::NegativeWeight(text())),
        Role::Weight | Role::Group => return Ok(number),
        Role::Y => domains.y,
        Role::Yhat | Role::Z => domains.output,
    };
    match domain {
        _ if domain.contains(number) => Ok(number),
        Domain::Signed => Err(Fault::NotSigned(text())),
        Domain::UnitForGradient => Err(Fault::OutsideUnitForGradient(text())),
        _ => Err(Fault::OutsideUnit { text: text(), role }),
    }
}

/// The number in a cell, which may be an infinity if it is z.
pub fn parse(cell: &[u8], role: Role) -> Result<f64, NotUsable> {
    match number::parse(cell) {
        Err(NotUsable::Infinite) if role == Role::Z => {
            let is_negative = number::trim(cell).starts_with(b"-");
            Ok(if is_negative { f64::NEG_INFINITY } else { f64::INFINITY })
        }
        other => other,
    }
}

/// 1 if the cell is the positive label, else the negative one.
pub fn label(cell: &[u8], positive: &str, negative: f64) -> Result<f64, NotUsable> {
    let label = number::trim(cell);
    let is_positive = label == number::trim(positive.as_bytes());
    if !is_positive && number::is_missing(label) {
        return Err(NotUsable::Missing);
    }
    Ok(if is_positive { 1.0 } else { negative })
}

fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(number::trim(cell)).into_owned()
}
