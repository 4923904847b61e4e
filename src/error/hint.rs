//! What to do about a fault, where that is known.

use std::io;

use super::{Fault, Role};
use crate::text::excerpt;

impl Fault {
    /// A way out, where one is known.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Fault::NotANumber { text, role } => return number_hint(text, *role),
            Fault::Missing(text) => {
                let skip = "--missing skip leaves such rows out";
                return Some(if text.is_empty() {
                    skip.to_owned()
                } else {
                    format!("{skip}; it counts them")
                });
            }
            Fault::TooManyGroups(_) => "--max-groups N allows more; each takes memory",
            Fault::NoWeight(_) => "a mean needs some weight",
            Fault::TooLarge(_) | Fault::NotFinite(_) => "y, ŷ and weights are finite numbers",
            Fault::NotSigned(_) => "labels 0 and 1 are those of --activation sigmoid",
            Fault::OutsideUnit { text, role } => return Some(unit_hint(text, *role)),
            Fault::TooManyCells { .. } => {
                "a decimal comma, or another delimiter (-d)? a cell that holds one is quoted"
            }
            Fault::UnclosedQuote | Fault::QuoteTooLong => {
                "a quote within a quoted cell is written twice"
            }
            Fault::NotAnObject(_) => "one object a line: jq -c . FILE writes such lines",
            Fault::HalfACharacter(_) => "escapes from \\uD800 to \\uDFFF come in pairs",
            Fault::JsonArray => "jq -c '.[]' FILE writes such lines",
            Fault::UnknownField(_) => "without --each and --worst such fields are passed over",
            Fault::NotAState(_) | Fault::NoStates => "--format state writes them",
            Fault::OtherState { .. } => {
                "states are merged that --format state wrote with the same options"
            }
            Fault::RecordTooLong | Fault::TooManyColumns(_) | Fault::TooManyFields(_) => {
                "is this a text file with one instance a line?"
            }
            Fault::Foreign { hint, .. } => hint,
            Fault::ParquetStream => "name the file itself, as it is, uncompressed",
            Fault::Encrypted => "decrypt it first",
            Fault::Codec(_) => "write it with snappy, zstd, gzip or none",
            Fault::UnknownColumn { .. } => {
                "a column is named as in the header, or by its position from 1"
            }
            Fault::NoDefaultColumn { option, delimiter, .. } => {
                let delimiter = match delimiter {
                    None => return Some(format!("name it: {option} NAME")),
                    Some(b'\t') => "a tab".to_owned(),
                    Some(b' ') => "a space".to_owned(),
                    &Some(byte) => format!("'{}'", excerpt(&[byte])),
                };
                return Some(format!(
                    "name it: {option} NAME; --no-header if the first line is data; \
                     -d if the delimiter is not {delimiter}"
                ));
            }
            Fault::HeaderAgain => "name the files to costs, rather than put them together",
            Fault::SameColumn(_, "the weight") => "--weight-col chooses another",
            Fault::SameColumn(_, "z") => "--y-col and --z-col choose two",
            Fault::SameColumn(..) => "--y-col and --yhat-col choose two",
            Fault::NameTwice(_) => "--format csv has; or rename one",
            Fault::DuplicateColumn { option, .. } => {
                return Some(format!("select by position: {option} NUMBER"));
            }
            Fault::NoSuchPosition { .. } => "-d names the delimiter, such as -d ';' or -d tab",
            Fault::ColumnTaken(_) => "rename it first: the output has a column of that name",
            Fault::Counts { .. } => {
                "as many of the one as of the other, or a single one on one side"
            }
            Fault::TableTooLong(_) => "--format csv or jsonl has no limit; --summary is short",
            Fault::Usage { hint, .. } => return hint.map(str::to_owned),
            Fault::Io { source, .. } if source.kind() == io::ErrorKind::IsADirectory => {
                "name the files in it"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// How others write missing values.
const MISSING: [&str; 8] = ["<na>", "none", "nil", "-nan", "#n/a", "missing", "undefined", "-"];

/// What the text, which is no number, was probably meant to be.
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
    } else if text.contains('\u{2212}') && is_number(&text.replace('\u{2212}', "-")) {
        "its minus sign is U+2212: write it with '-'".to_owned()
    } else if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        "a missing value? it is written NA, NaN, null or not at all".to_owned()
    } else if text.starts_with(['[', '{']) {
        "a list or an object is no cell: write its numbers to fields of their own".to_owned()
    } else if text.contains([',', ';', '|', '\t', ' ']) {
        "several values in one cell? -d names the delimiter".to_owned()
    } else if role == Role::Y {
        "labels are the numbers 0 and 1, or between; --positive LABEL makes them of words"
            .to_owned()
    } else {
        return None;
    };
    Some(hint)
}

/// Whether the text is digits in groups of three, such as `1_000` or `1,000.5`.
fn is_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '+']).split(['_', '\'', ' ', ',']);
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|group| is_digits(group) && group.len() <= 3);
    let mut rest = groups.peekable();
    first && rest.peek().is_some() && rest.all(|group| is_digits(group) && group.len() == 3)
}

fn unit_hint(text: &str, role: Role) -> String {
    let instead = "--cost quadratic takes any finite number";
    match role {
        Role::Y if text.trim().parse() == Ok(-1.0) => {
            format!("labels are 0 and 1: write 0 for -1; {instead}")
        }
        Role::Y => format!("labels are 0 and 1, or between; {instead}"),
        _ => instead.to_owned(),
    }
}
