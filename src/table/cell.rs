//! What a cell means: a number, a label or a list; and why a row cannot be scored.

use std::borrow::Cow;

use crate::cost::{Domain, Domains};
use crate::error::{Error, Kind, Location};
use crate::text::excerpt;

use super::columns;
use super::labels::{self, LabelReader};
use super::list;
use super::number::{self, NotUsable};
use super::request::Request;
use super::role::Role;
use super::schema::{Outputs, Schema, Slot, Unit};

/// A row that cannot be scored.
pub struct Row<'a> {
    /// Its cells.
    pub cells: &'a [Cow<'a, [u8]>],
    /// The columns of its table.
    pub schema: &'a Schema,
    /// What the reader is asked for.
    pub request: &'a Request,
    /// Its line or row in the chunk, from 1.
    pub line: u64,
    /// Whether it is the first of its file, where a header may be.
    pub is_first: bool,
}

/// Returns why a row cannot be scored.
pub fn explain(row: &Row) -> Error {
    row.check().err().unwrap_or_else(|| {
        let costs = if row.request.is_strict() {
            "; its costs would be written to the wrong columns"
        } else {
            ""
        };
        row.error(format!("{}{costs}", row.widths()))
    })
}

impl Row<'_> {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::new(Kind::Value, self.schema.location(self.line), message)
    }

    /// Returns how many cells the row has, and how many the first row has.
    fn widths(&self) -> String {
        format!("{}, the first row has {}", self.width(), self.schema.width())
    }

    /// Returns how many cells the row has.
    fn width(&self) -> String {
        let cells = self.cells.len();
        format!("the row has {cells} {}", if cells == 1 { "cell" } else { "cells" })
    }

    /// Looks for an error, from the first cell to the last.
    fn check(&self) -> Result<(), Error> {
        self.check_width()?;
        self.schema.slots.iter().try_for_each(|slot| self.check_slot(slot))?;
        self.schema.lists.iter().try_for_each(|&column| self.check_list(column))?;
        self.schema.keys.iter().try_for_each(|&column| self.cell(column).map(drop))?;
        self.check_required()
    }

    /// Checks the number of cells, where a wrong one shifts them to other columns.
    fn check_width(&self) -> Result<(), Error> {
        let (found, wanted) = (self.cells.len(), self.schema.width());
        if self.cells.iter().skip(wanted).any(|cell| !cell.is_empty()) {
            return Err(self.error(self.widths()).with_hint(
                "a decimal comma, or another delimiter (-d)? a cell that holds one is quoted",
            ));
        }
        let is_blank = self.cells.iter().all(|cell| cell.is_empty()) && found < 2 && wanted > 1;
        let is_refused = self.request.counts_blank_lines() && !self.request.skips_missing();
        if is_blank && is_refused {
            return Err(self.error("the line is blank").with_hint(missing_hint(b"")));
        }
        if !self.schema.is_exact || found == wanted {
            return Ok(());
        }
        if self.schema.header.names[0].is_empty() && found + 1 == wanted {
            let row_has = self.width();
            let message = format!("{row_has} like the header, the first row has {wanted}");
            return Err(self.error(message).with_hint(
                "a row name starts every row or none; a cell that holds a comma is quoted",
            ));
        }
        Err(self.error(self.widths()).with_hint("an empty cell is written \"\""))
    }

    /// Returns the cell of a column, which a short row lacks.
    fn cell(&self, column: usize) -> Result<&[u8], Error> {
        self.cells.get(column).map(|cell| &**cell).ok_or_else(|| {
            let name = excerpt(self.schema.header.names[column].as_bytes());
            let column = format!("column '{name}' (column {})", column + 1);
            self.error(format!("{}, too few for {column}", self.width()))
        })
    }

    /// Checks a cell that is read as a number, or as a label.
    fn check_slot(&self, slot: &Slot) -> Result<(), Error> {
        let (schema, request) = (self.schema, self.request);
        let cell = self.cell(slot.column)?;
        let checked = match request.label_reader(schema) {
            Some(reader) if slot.role == Role::Y => label(cell, reader, schema, request),
            _ => check(cell, slot.role, request.scoring.domains(schema.header.given)),
        };
        let Err(error) = checked else { return Ok(()) };
        if request.skips_missing() && number::is_missing(number::trim(cell)) {
            return Ok(());
        }
        if is_header_again(cell, schema, slot.column) {
            return Err(self
                .error("the header is repeated here")
                .with_hint("name the files to costs, rather than put them together"));
        }
        let hint = self.hint(cell, slot, error.hint().is_some());
        Err(error.at(schema.cell(self.line, slot.column)).with_hint_if_any(hint))
    }

    /// Returns the hint for a cell that is not a number or label, if the row tells more than the
    /// cell, whose error may have a hint already.
    fn hint(&self, cell: &[u8], slot: &Slot, has_hint: bool) -> Option<String> {
        let is_word = number::parse(cell) == Err(NotUsable::NotANumber);
        if is_word && self.is_first && self.request.options.has_header() == Some(false) {
            return Some("--no-header reads the first line as data".to_owned());
        }
        if number::is_missing(number::trim(cell)) {
            return Some(missing_hint(cell).to_owned());
        }
        match slot.role {
            Role::Y if is_class(cell) => several_classes(cell, self.schema, self.request),
            Role::Y => None,
            _ if is_word && self.schema.classes.is_some() && !has_hint => {
                not_a_class(self.schema, slot.column)
            }
            _ => None,
        }
    }

    /// Checks a cell that is read as a list.
    fn check_list(&self, column: usize) -> Result<(), Error> {
        let cell = self.cell(column)?;
        let role = Role::of(self.schema.header.given);
        let domains = self.request.scoring.domains(self.schema.header.given);
        let Err(error) = list(cell, role, domains) else { return Ok(()) };
        let is_missing = list::read(cell, role, &mut Vec::new()) == Err(NotUsable::Missing);
        if is_missing && self.request.skips_missing() {
            return Ok(());
        }
        let hint = is_missing.then(|| missing_hint(cell));
        Err(error.at(self.schema.cell(self.line, column)).with_hint_if_any(hint))
    }

    /// Checks the keys that no row may lack.
    fn check_required(&self) -> Result<(), Error> {
        let is_missing = |column: &&usize| number::is_missing(number::trim(&self.cells[**column]));
        match self.schema.required.iter().find(is_missing) {
            Some(&column) if !self.request.skips_missing() => {
                let cell = &self.cells[column];
                let error = missing(&text(cell)).at(self.schema.cell(self.line, column));
                Err(error.with_hint(missing_hint(cell)))
            }
            _ => Ok(()),
        }
    }
}

/// Returns whether a label cannot be one of two, but may be one of several: a word, or a whole
/// number from 2 on.
fn is_class(cell: &[u8]) -> bool {
    match number::parse(cell) {
        Ok(number) => number >= 2.0 && number.fract() == 0.0,
        Err(why) => why == NotUsable::NotANumber,
    }
}

/// Returns the hint for a column of words that a pattern took for a class.
fn not_a_class(schema: &Schema, column: usize) -> Option<String> {
    const SHOWN: usize = 8;
    let is_it = |slot: usize| schema.slots[slot].column == column;
    let classes = schema.outputs.iter().filter_map(|outputs| match outputs {
        Outputs::Classes(classes) if outputs.slots().any(is_it) => Some(classes),
        _ => None,
    });
    let others = classes.flatten().filter(|(_, slot)| !is_it(*slot));
    let names = others.map(|(class, _)| excerpt(schema.header.classes[*class].as_bytes()));
    let names: Vec<String> = names.take(SHOWN + 1).collect();
    let rest = if names.len() > SHOWN { ",…" } else { "" };
    let is_enough = names.len() > 1;
    let names = names[..names.len().min(SHOWN)].join(",");
    is_enough.then(|| format!("is this column no class? --classes {names}{rest}"))
}

/// Returns the option that was probably meant, if the model's column is one of several whose names
/// start alike, or if columns have no names and those after y are enough for the label in `cell`.
fn several_classes(cell: &[u8], schema: &Schema, request: &Request) -> Option<String> {
    const SHOWN: usize = 10;
    let slot = schema.outputs.first()?.one()?;
    let has_y_first = schema.y.is_some_and(|y| schema.slots[y].column == 0);
    let options = &request.options;
    if !schema.has_names && has_y_first && options.outputs().1.is_empty() {
        let classes = schema.width() - 1;
        let limit = u32::try_from(classes).map_or(f64::INFINITY, f64::from);
        let is_one = number::parse(cell).is_ok_and(|label| label < limit);
        let names: Vec<String> = (0..classes.min(SHOWN)).map(|class| class.to_string()).collect();
        let rest = if classes > SHOWN { ",…" } else { "" };
        return is_one.then(|| format!("several classes? --classes {}{rest}", names.join(",")));
    }
    let names = &schema.header.names;
    let stem = columns::family(&names[schema.slots[slot].column], names)?;
    let option = Role::of(schema.header.given).option();
    Some(format!("several classes? {option} '{}*'", excerpt(stem.as_bytes())))
}

/// Returns whether a cell is not a number and repeats the name of its column.
fn is_header_again(cell: &[u8], schema: &Schema, column: usize) -> bool {
    let name = number::trim(schema.header.names[column].as_bytes());
    schema.unit == Unit::Line
        && schema.has_names
        && number::trim(cell) == name
        && number::parse(cell) == Err(NotUsable::NotANumber)
}

/// Reads the number in a cell or a value.
///
/// # Errors
/// If it is not a number, or not one that the costs accept. The caller adds the location.
pub fn check(cell: &[u8], role: Role, domains: Domains) -> Result<f64, Error> {
    let shown = text(cell);
    let error = |message: String| Error::new(Kind::Value, Location::Job, message);
    let number = number::parse_as(cell, role).map_err(|why| match why {
        NotUsable::Missing => missing(&shown),
        NotUsable::TooLarge => error(format!(
            "{} is out of range: the largest number is 1.7976931348623157e308",
            excerpt(shown.as_bytes())
        ))
        .with_hint(FINITE),
        NotUsable::Infinite => {
            error(format!("{} is not finite", excerpt(shown.as_bytes()))).with_hint(FINITE)
        }
        NotUsable::NotANumber => not_a_number(&shown, role),
    })?;
    let domain = match role {
        Role::Weight if number < 0.0 => {
            let shown = excerpt(shown.as_bytes());
            return Err(error(format!("{shown} is negative, and a weight is not")));
        }
        Role::Weight => return Ok(number),
        Role::Y => domains.y,
        Role::Yhat | Role::Z | Role::Logp => domains.output,
    };
    if domain.contains(number) { Ok(number) } else { Err(outside(&shown, role, domain)) }
}

const FINITE: &str = "y, ŷ and weights are finite numbers";

/// Reads a label, or returns why it cannot be used.
fn label(
    cell: &[u8],
    mut reader: LabelReader,
    schema: &Schema,
    request: &Request,
) -> Result<f64, Error> {
    reader.read(cell, 0).map_err(|why| match (why, &request.options.positive) {
        (NotUsable::Missing, _) => missing(&text(cell)),
        (_, Some(positive)) if schema.classes.is_none() => labels::unknown(positive, cell),
        _ => labels::no_class(cell, &schema.header.classes),
    })
}

/// Checks the list in a cell; the error says why it cannot be used.
fn list(cell: &[u8], role: Role, domains: Domains) -> Result<(), Error> {
    if number::is_missing(number::trim(cell)) {
        return Err(missing(&text(cell)));
    }
    let Some(elements) = list::elements(cell) else {
        let message = format!("'{}' is no list of numbers", excerpt(cell));
        return Err(Error::new(Kind::Value, Location::Job, message)
            .with_hint("a list of one number a class: [0.2,0.7,0.1]"));
    };
    if elements.is_empty() {
        return Err(missing("[]"));
    }
    for (element, index) in elements.into_iter().zip(1..) {
        check(element, role, domains).map_err(|error| {
            let message = format!("element {index}: {}", error.message());
            Error::new(Kind::Value, Location::Job, message).with_hint_if_any(error.hint())
        })?;
    }
    Ok(())
}

fn missing(text: &str) -> Error {
    let message = match text {
        "" => "it is empty".to_owned(),
        text => format!("'{}' is a missing value", excerpt(text.as_bytes())),
    };
    Error::new(Kind::Value, Location::Job, message)
}

/// Returns the hint for a row that lacks a value.
fn missing_hint(cell: &[u8]) -> &'static str {
    match number::trim(cell) {
        b"" => "--missing skip leaves such rows out",
        _ => "--missing skip leaves such rows out; it counts them",
    }
}

/// Returns the error of a number, written as `text`, that its role does not allow.
fn outside(text: &str, role: Role, domain: Domain) -> Error {
    let shown = excerpt(text.as_bytes());
    let error = |message: String| Error::new(Kind::Value, Location::Job, message);
    match domain {
        Domain::Signed => error(format!(
            "{shown} is no label of a tanh neuron: they are -1 and 1, or between without 0"
        ))
        .with_hint("labels 0 and 1 are those of --activation sigmoid"),
        Domain::NotNegative => {
            error(format!("{shown} is negative, and --normalize needs ŷ of at least 0"))
                .with_hint("logits? --z-col takes them")
        }
        Domain::Binary => {
            let error = error(format!("{shown} is neither 0 nor 1, the labels of --calibration"));
            let is_soft = text.trim().parse().is_ok_and(|y| Domain::Unit.contains(y));
            if is_soft { error } else { error.with_hint(unit_hint(text, role)) }
        }
        Domain::NotPositive => {
            error(format!("{shown} is above 0, and the logarithm of a probability is not"))
                .with_hint(if text.trim().parse().is_ok_and(|number: f64| number <= 1.0) {
                    "a probability? --yhat-col takes those, beside y"
                } else {
                    "logits? --z-col takes them, beside y; costs, -ln p? change their sign"
                })
        }
        Domain::Logit => error(format!("{shown}: a softmax takes no +∞")),
        Domain::UnitForGradient => {
            error(format!("{shown} is outside [0, 1], and --gradient is that of a sigmoid neuron"))
                .with_hint(unit_hint(text, role))
        }
        _ => error(format!("{shown} is outside [0, 1]")).with_hint(unit_hint(text, role)),
    }
}

/// Returns what a number that is not a label, or not a probability, was probably meant to be.
fn unit_hint(text: &str, role: Role) -> &'static str {
    let number = text.trim().parse().unwrap_or(f64::NAN);
    match role {
        Role::Y if number == -1.0 => "classes -1 and 1? --positive 1 --negative -1",
        Role::Y if number == 2.0 => "classes 1 and 2? --positive names the one that is predicted",
        Role::Y if number.fract() == 0.0 && number > 2.0 => {
            "a class? --positive names the one that is predicted; a quantity? --cost mse takes it"
        }
        Role::Y => "labels are 0 and 1, or between; if y is no label, --cost quadratic takes it",
        _ if Domain::NearUnit.contains(number) => {
            "a rounding error? --clip 1e-7 (or sklearn, keras, torch) sets it to 0 or 1"
        }
        _ if number < 0.0 => "logits? --z or --z-col takes them",
        _ if number > 100.0 => "logits? --z or --z-col takes them; or divide them",
        _ => "logits? --z or --z-col takes them; percentages? divide them by 100",
    }
}

fn not_a_number(text: &str, role: Role) -> Error {
    let message = format!("'{}' is not a number", excerpt(text.as_bytes()));
    Error::new(Kind::Value, Location::Job, message).with_hint_if_any(number_hint(text, role))
}

/// Spellings of missing values that are not accepted.
const MISSING: [&str; 5] = ["nil", "-nan", "missing", "undefined", "-"];

/// Returns what a text that is not a number was probably meant to be.
fn number_hint(text: &str, role: Role) -> Option<String> {
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let with_point = text.replacen(',', ".", 1);
    let ungrouped = text.replace(['_', '\'', ' ', ','], "");
    let hint = if text.contains(',') && is_number(&with_point) {
        if is_grouped(text) && !text.starts_with('0') {
            "a decimal comma, or grouped digits? numbers have a point, and no groups".to_owned()
        } else {
            format!("a decimal comma? write {}", excerpt(with_point.as_bytes()))
        }
    } else if text.strip_suffix('%').is_some_and(is_number) {
        "a percentage? write it as a fraction: 50% is 0.5".to_owned()
    } else if is_grouped(text) && is_number(&ungrouped) {
        format!("digits are not grouped: write {}", excerpt(ungrouped.as_bytes()))
    } else if text.to_ascii_lowercase().trim_start_matches(['-', '+']).starts_with("0x") {
        "write it in decimal".to_owned()
    } else if text.split_once('/').is_some_and(|(a, b)| is_number(a) && is_number(b)) {
        "a fraction? write it in decimal: 1/2 is 0.5".to_owned()
    } else if text.contains('\u{2212}') && is_number(&text.replace('\u{2212}', "-")) {
        "its minus sign is U+2212: write it with '-'".to_owned()
    } else if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        "a missing value? it is written NA, NaN, null or not at all".to_owned()
    } else if text.starts_with('[') {
        "a cell cannot be a list or an object here: write each number to a field of its own"
            .to_owned()
    } else if text.starts_with('{') {
        "a cell cannot be an object: name a field in it, such as y.a; pandas writes rows by \
         to_json(orient='records')"
            .to_owned()
    } else if text.contains([',', ';', '|', '\t', ' ']) {
        "several values in one cell? -d names the delimiter".to_owned()
    } else if role == Role::Y {
        "labels are numbers from 0 to 1; --positive LABEL makes labels of words".to_owned()
    } else {
        return None;
    };
    Some(hint)
}

/// Returns whether the text is digits in groups of three, such as `1_000` or `1,000.5`.
fn is_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '+']).split(['_', '\'', ' ', ',']);
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|group| is_digits(group) && group.len() <= 3);
    let mut rest = groups.peekable();
    first && rest.peek().is_some() && rest.all(|group| is_digits(group) && group.len() == 3)
}

fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(number::trim(cell)).into_owned()
}
