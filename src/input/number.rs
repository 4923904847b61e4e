//! Decimal numbers in text.
//!
//! A number is an optional sign, digits with an optional point, and an optional
//! exponent; spaces and tabs around it do not count. Its value is the f64
//! nearest to it. Everything else is told apart here, so that no cell becomes a
//! number, an infinity or a NaN that its writer did not mean.

/// Why a cell holds no number that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUsable {
    /// An empty cell, `NA`, `N/A`, `null` or `NaN`, in any case.
    Missing,
    /// A decimal number beyond the largest f64.
    TooLarge,
    /// `inf` or `infinity`, with any sign, in any case.
    Infinite,
    /// Anything else.
    NotANumber,
}

/// Reads a whole cell.
///
/// # Errors
/// If the cell holds anything but one decimal number within the range of f64.
pub fn parse(cell: &[u8]) -> Result<f64, NotUsable> {
    let cell = trim(cell);
    if is_missing(cell) {
        return Err(NotUsable::Missing);
    }
    let unsigned = cell.strip_prefix(b"+").or(cell.strip_prefix(b"-")).unwrap_or(cell);
    if unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity") {
        return Err(NotUsable::Infinite);
    }
    if !unsigned.first().is_some_and(|&b| b.is_ascii_digit() || b == b'.') {
        return Err(NotUsable::NotANumber);
    }
    let magnitude: f64 = fast_float2::parse(unsigned).map_err(|_| NotUsable::NotANumber)?;
    if magnitude.is_infinite() {
        return Err(NotUsable::TooLarge);
    }
    Ok(if cell[0] == b'-' { -magnitude } else { magnitude })
}

/// Whether the first line of a file would hold it as data rather than as a
/// column's name.
pub fn looks_numeric(cell: &[u8]) -> bool {
    match parse(cell) {
        Ok(_) | Err(NotUsable::TooLarge | NotUsable::Infinite) => true,
        Err(NotUsable::Missing) => trim(cell).eq_ignore_ascii_case(b"nan"),
        Err(NotUsable::NotANumber) => false,
    }
}

/// Reads the number at the start of `bytes`, in its plain spelling, and tells
/// how many bytes it takes. None says nothing: [`parse`] has the last word.
#[inline]
pub fn scan(bytes: &[u8]) -> Option<(f64, usize)> {
    match bytes {
        // Most labels, and the cheapest to tell.
        [digit @ (b'0' | b'1'), after, ..] if !is_number_byte(*after) => {
            Some((f64::from(digit - b'0'), 1))
        }
        [first, ..] if first.is_ascii_digit() => {
            let (number, length) = fast_float2::parse_partial::<f64, _>(bytes).ok()?;
            number.is_finite().then_some((number, length))
        }
        _ => None,
    }
}

/// The cell without the spaces and tabs around it.
pub fn trim(cell: &[u8]) -> &[u8] {
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let start = cell.iter().position(|b| !blank(b)).unwrap_or(cell.len());
    let end = cell.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &cell[start..end]
}

fn is_missing(cell: &[u8]) -> bool {
    let words: [&[u8]; 5] = [b"", b"NA", b"N/A", b"null", b"NaN"];
    words.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn reads_as(cell: &str, expected: Result<f64, NotUsable>) {
        assert_eq!(parse(cell.as_bytes()), expected, "{cell:?}");
    }

    #[test]
    fn decimal_numbers_of_every_spelling_are_read() {
        let spellings = [
            ("0.5", 0.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("+0.5", 0.5),
            ("-0.5", -0.5),
            ("1e-3", 0.001),
            ("1E+2", 100.0),
            (" 1\t", 1.0),
            ("00.10", 0.1),
            ("1e-400", 0.0),
            ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ];
        for (cell, number) in spellings {
            reads_as(cell, Ok(number));
        }
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        for cell in ["", " ", "NA", "n/a", "NULL", "nan", "NaN"] {
            reads_as(cell, Err(NotUsable::Missing));
        }
        for cell in ["inf", "-Inf", "+INFINITY"] {
            reads_as(cell, Err(NotUsable::Infinite));
        }
        for cell in ["1e309", "-1e400"] {
            reads_as(cell, Err(NotUsable::TooLarge));
        }
        for cell in [
            "abc", "0,5", "50%", "1_000", "0x1p3", "1e", "--1", "+-1", "-", ".", "1 2", "−1",
            "1.2.3", "infin", "-nan",
        ] {
            reads_as(cell, Err(NotUsable::NotANumber));
        }
    }

    proptest! {
        #[test]
        fn a_scanned_number_is_the_parsed_one(cell in "[0-9]{0,25}(\\.[0-9]{0,25})?(e-?[0-9]{1,3})?", end in "[,\n\r;]") {
            let text = format!("{cell}{end}");
            match scan(text.as_bytes()) {
                Some((number, length)) if length == cell.len() => {
                    prop_assert_eq!(parse(cell.as_bytes()), Ok(number));
                }
                _ => {}
            }
        }
    }
}
