//! Decimal numbers in text.
//!
//! A number is an optional sign, digits with an optional point, and an optional exponent; spaces
//! and tabs around it do not count. Its value is the f64 nearest to it. [`parse`] refuses
//! everything else and says why, so that no cell becomes a number, an infinity or a NaN that its
//! writer did not mean.
//!
//! [`plain`] reads the spellings that nearly all cells have, sixteen digits at a time. It converts
//! them by the algorithm of D. Lemire, "Number parsing at a gigabyte per second"
//! (arXiv:2101.11408), in a range of numbers in which that needs no fallback.

use fearless_simd::prelude::*;
use fearless_simd::{i16x8, i32x4, u8x16};

use super::role::Role;
use crate::cost::Domains;

/// Why a cell holds no number that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUsable {
    /// An empty cell, or a word for a missing value: see [`is_missing`].
    Missing,
    /// A decimal number beyond the largest f64.
    TooLarge,
    /// `inf` or `infinity`, with any sign, in any case.
    Infinite,
    /// Anything else.
    NotANumber,
}

/// Reads a cell as one decimal number.
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
    let mut magnitude: f64 = fast_float2::parse(unsigned).map_err(|_| NotUsable::NotANumber)?;
    if let Some(text) = scientific(unsigned) {
        magnitude = fast_float2::parse(text).map_err(|_| NotUsable::NotANumber)?;
    }
    if magnitude.is_infinite() {
        return Err(NotUsable::TooLarge);
    }
    Ok(if cell[0] == b'-' { -magnitude } else { magnitude })
}

/// Shorter numbers have too few digits to make up for an exponent that the parser cuts short, a
/// little above 2¹⁶.
const LONG: usize = 60_000;

/// Rewrites a long unsigned number that has an exponent: puts the point after the first digit that
/// is not 0, and adjusts the exponent. Returns None for any other number.
fn scientific(number: &[u8]) -> Option<Vec<u8>> {
    /// An exponent far beyond those of all f64.
    const MOST: i64 = 9_999;
    if number.len() < LONG {
        return None;
    }
    let e = number.iter().position(|b| b.eq_ignore_ascii_case(&b'e'))?;
    let (digits, exponent) = (&number[..e], &number[e + 1..]);
    let point = digits.iter().position(|&b| b == b'.').unwrap_or(e);
    let first = digits.iter().position(|b| (b'1'..=b'9').contains(b))?;
    let before = i64::try_from(point).ok()? - i64::try_from(first).ok()?;
    let before = if first < point { before - 1 } else { before };
    let size = exponent
        .iter()
        .filter(|b| b.is_ascii_digit())
        .fold(0i64, |size, &b| size.saturating_mul(10).saturating_add(i64::from(b - b'0')));
    let exponent = if exponent.first() == Some(&b'-') { -size } else { size };
    let exponent = exponent.saturating_add(before).clamp(-MOST, MOST);
    let mut text = vec![digits[first], b'.'];
    text.extend(digits[first + 1..].iter().filter(|&&b| b != b'.'));
    text.extend_from_slice(format!("e{exponent}").as_bytes());
    Some(text)
}

/// Returns whether the costs accept a number in that role.
pub fn is_of_role(number: f64, role: Role, domains: Domains) -> bool {
    match role {
        Role::Y => domains.y.contains(number),
        Role::Yhat | Role::Z | Role::Logp => domains.output.contains(number),
        Role::Weight => (0.0..f64::INFINITY).contains(&number),
    }
}

/// Reads the number in a cell. Roles that allow infinities accept them, and labels may be `true`
/// and `false`.
pub fn parse_as(cell: &[u8], role: Role) -> Result<f64, NotUsable> {
    match parse(cell) {
        Err(NotUsable::NotANumber) if role == Role::Y => {
            label(trim(cell)).ok_or(NotUsable::NotANumber)
        }
        Err(NotUsable::Infinite) if role.takes_infinities() => {
            let is_negative = trim(cell).starts_with(b"-");
            Ok(if is_negative { f64::NEG_INFINITY } else { f64::INFINITY })
        }
        other => other,
    }
}

/// Returns whether a cell of a file's first line looks like data, rather than like a column's
/// name.
pub fn looks_numeric(cell: &[u8]) -> bool {
    match parse(cell) {
        Ok(_) | Err(NotUsable::TooLarge | NotUsable::Infinite) => true,
        Err(NotUsable::Missing) => trim(cell).eq_ignore_ascii_case(b"nan"),
        Err(NotUsable::NotANumber) => false,
    }
}

/// Returns the same for a cell that may be a label, or if `may_lack`, a missing value.
pub fn looks_like_data(cell: &[u8], is_label: bool, may_lack: bool) -> bool {
    looks_numeric(cell)
        || (may_lack && is_missing(trim(cell)))
        || (is_label && label(trim(cell)).is_some())
}

/// Returns the cell without the spaces and tabs around it.
pub fn trim(cell: &[u8]) -> &[u8] {
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let start = cell.iter().position(|b| !blank(b)).unwrap_or(cell.len());
    let end = cell.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &cell[start..end]
}

/// Returns whether a trimmed cell stands for a missing value.
pub fn is_missing(cell: &[u8]) -> bool {
    let words: [&[u8]; 11] =
        [b"", b"NA", b"N/A", b"#N/A", b"<NA>", b"null", b"none", b"NaN", b".", b"?", b"\\N"];
    words.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Returns the number of a trimmed label, if it has one: `true` is 1 and `false` 0, in any case.
pub fn label(cell: &[u8]) -> Option<f64> {
    if cell.eq_ignore_ascii_case(b"true") {
        Some(1.0)
    } else if cell.eq_ignore_ascii_case(b"false") {
        Some(0.0)
    } else {
        parse(cell).ok()
    }
}

/// Reads the cell `bytes[start..end]` if it is a digit, or a digit, a point and decimals. None
/// does not mean that the cell holds no number: only [`parse`] decides that.
#[inline(always)]
pub fn plain<S: Simd>(simd: S, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
    if end == start + 1 {
        let digit = bytes[start].wrapping_sub(b'0');
        return (digit <= 9).then_some(f64::from(digit));
    }
    let decimals = end.wrapping_sub(start + 2);
    if decimals == 0 || decimals > MOST_DECIMALS {
        return None;
    }
    // The cell, and meaningless bytes after it.
    let window: &[u8; WINDOW] = bytes.get(start..)?.first_chunk()?;
    let first = u64::from(window[0].wrapping_sub(b'0'));
    if first > 9 || window[1] != b'.' {
        return None;
    }
    // All that is not a decimal becomes 0.
    let kept: &[u8; MOST_DECIMALS] = KEPT[MOST_DECIMALS - decimals..].first_chunk()?;
    if decimals <= 8 {
        let digits = word(window, kept, 0);
        if has_others(digits) {
            return None;
        }
        let digits = first * 100_000_000 + eight_digits(digits);
        // Both are below 2⁵³, so that their quotient is the nearest f64.
        #[expect(clippy::cast_precision_loss, reason = "it is exact up to 2⁵³")]
        return Some(digits as f64 / 1e8);
    }
    let [high, middle] = sixteen_digits(simd, window, kept)?;
    // The other six digits, and two zeros.
    let low = word(window, kept, MOST_DECIMALS - 8) >> 16;
    if has_others(low) {
        return None;
    }
    let two = 10 * (low & 0xff) + (low >> 8 & 0xff);
    let digits = 1_000_000_000_000_000_000 * first + 10_000_000_000 * high + 100 * middle + two;
    if decimals <= 18 {
        return Some(nearest::<18>(digits));
    }
    // Greater numbers may not fit in 64 bits.
    let four = eight_digits(low >> 16 << 32);
    if decimals <= 20 {
        return (digits < u64::MAX / 100).then(|| nearest::<20>(100 * digits + four / 100));
    }
    (digits < u64::MAX / 10_000).then(|| nearest::<22>(10_000 * digits + four))
}

/// The most decimals that [`plain`] reads.
const MOST_DECIMALS: usize = 22;

/// The number of bytes that [`plain`] looks at.
const WINDOW: usize = 2 + MOST_DECIMALS;

/// The bytes from `MOST_DECIMALS` − n on are a mask of n decimals.
static KEPT: [u8; 2 * MOST_DECIMALS] = {
    let mut table = [0; 2 * MOST_DECIMALS];
    let mut n = 0;
    while n < MOST_DECIMALS {
        table[n] = 0xff;
        n += 1;
    }
    table
};

/// Returns eight decimals of a window, the first the lowest, each as its value if it is a digit,
/// and 0 where none is kept.
#[inline(always)]
fn word(window: &[u8; WINDOW], kept: &[u8; MOST_DECIMALS], at: usize) -> u64 {
    let eight = |bytes: &[u8]| u64::from_le_bytes(*bytes.first_chunk().expect("it has eight"));
    (eight(&window[2 + at..]) ^ u64::from_le_bytes([b'0'; 8])) & eight(&kept[at..])
}

/// Whether a byte is above 9.
#[inline(always)]
fn has_others(eight: u64) -> bool {
    // Then some byte gets its top bit set.
    (eight.wrapping_add(0x7676_7676_7676_7676) | eight) & u64::from_le_bytes([0x80; 8]) != 0
}

/// Returns the number whose digits are the bytes. The lowest byte is its first digit.
#[inline]
fn eight_digits(bytes: u64) -> u64 {
    let pairs = bytes.wrapping_mul(10).wrapping_add(bytes >> 8);
    let (low, high) = (pairs & 0x0000_00ff_0000_00ff, (pairs >> 16) & 0x0000_00ff_0000_00ff);
    low.wrapping_mul(0x000f_4240_0000_0064).wrapping_add(high.wrapping_mul(0x0000_2710_0000_0001))
        >> 32
}

/// Returns the first sixteen decimals of a window in two halves, 0 where none is kept; None if one
/// is no digit.
#[inline(always)]
fn sixteen_digits<S: Simd>(
    simd: S,
    window: &[u8; WINDOW],
    kept: &[u8; MOST_DECIMALS],
) -> Option<[u64; 2]> {
    let digits = u8x16::from_slice(simd, &window[2..18]) ^ b'0';
    let digits = digits & u8x16::from_slice(simd, &kept[..16]);
    if digits.simd_gt(9).any_true() {
        return None;
    }
    let joined = |high: i32x4<S>, low: i32x4<S>| simd.saturating_narrow_i32x4(high, low);
    let by = |ten: i16| i16x8::simd_from(simd, [ten, 1, ten, 1, ten, 1, ten, 1]);
    let add = |digits: i16x8<S>, ten: i16| simd.pairwise_dot_product_i16x8(digits, by(ten));
    let (high, low) = simd.widen_u8x16(digits);
    let pairs = joined(add(high.bitcast(), 10), add(low.bitcast(), 10));
    let fours = add(pairs, 100);
    let eights = add(joined(fours, fours), 10_000);
    Some([eights[0], eights[1]].map(|eight| u64::from(eight.cast_unsigned())))
}

/// Returns 2ᵏ/5ⁿ for n decimals, rounded up to 128 bits of which the highest is set; in two halves.
const fn reciprocal(decimals: usize) -> (u64, u64) {
    let mut power: u128 = 1;
    let mut n = 0;
    while n < decimals {
        power *= 5;
        n += 1;
    }
    // ⌊2^(bits + 127)/5ⁿ⌋, bit by bit.
    let (mut quotient, mut remainder): (u128, u128) = (0, 1);
    let mut left = 255 - (power - 1).leading_zeros();
    while left > 0 {
        quotient <<= 1;
        remainder <<= 1;
        if remainder >= power {
            remainder -= power;
            quotient += 1;
        }
        left -= 1;
    }
    quotient += 1;
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    ((quotient >> 64) as u64, quotient as u64)
}

/// Returns the f64 nearest to `digits`/10^`DECIMALS`, which is below 10. That never lies halfway
/// between two f64: such a number has at least 50 decimals.
#[inline(always)]
fn nearest<const DECIMALS: usize>(digits: u64) -> f64 {
    if digits == 0 {
        return 0.0;
    }
    let (high_factor, low_factor) = const { reciprocal(DECIMALS) };
    let zeros = digits.leading_zeros();
    let normal = digits << zeros;
    let product = u128::from(normal) * u128::from(high_factor);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    let (mut high, low) = ((product >> 64) as u64, product as u64);
    if high & 0x1ff == 0x1ff {
        // The lower half of the factor may decide the rounding.
        let carry = (u128::from(normal) * u128::from(low_factor)) >> 64;
        high += u64::from((u128::from(low) + carry) >> 64 != 0);
    }
    let top = high >> 63;
    // 54 bits: the significand and one bit to round by.
    let significand = high >> (top + 9);
    let significand = (significand + (significand & 1)) >> 1;
    // ⌊log₂ 10^−decimals⌋, by a fraction that is exact enough in this range.
    let exponent = const { ((-217_706 * DECIMALS.cast_signed() as i64) >> 16) + 63 + 1023 };
    let field = exponent.cast_unsigned() + top - u64::from(zeros);
    // A significand of 2⁵³ carries into the exponent by itself.
    f64::from_bits((field << 52) + (significand - (1 << 52)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;
    use std::ops::Range;

    #[track_caller]
    fn reads_as(cell: &str, expected: Result<f64, NotUsable>) {
        assert_eq!(parse(cell.as_bytes()), expected, "{cell:?}");
    }

    #[test]
    #[rustfmt::skip] // A table.
    fn decimal_numbers_of_every_spelling_are_read() {
        let spellings = [
            ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("+0.5", 0.5), ("-0.5", -0.5),
            ("1e-3", 0.001), ("1E+2", 100.0), (" 1\t", 1.0), ("00.10", 0.1), ("1e-400", 0.0),
            ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ];
        for (cell, number) in spellings {
            reads_as(cell, Ok(number));
        }
    }

    #[test]
    #[rustfmt::skip] // A table.
    fn cells_without_a_usable_number_are_refused_with_the_reason() {
        for cell in ["", " ", "NA", "n/a", "NULL", "nan", "NaN", "#n/a", "<NA>", "None", ".", "?", "\\n"] {
            reads_as(cell, Err(NotUsable::Missing));
        }
        for cell in ["inf", "-Inf", "+INFINITY"] {
            reads_as(cell, Err(NotUsable::Infinite));
        }
        reads_as("1e309", Err(NotUsable::TooLarge));
        reads_as("-1e400", Err(NotUsable::TooLarge));
        for cell in [
            "abc", "0,5", "50%", "1_000", "0x1p3", "1e", "--1", "+-1", "-", "1 2", "−1",
            "1.2.3", "infin", "-nan",
        ] {
            reads_as(cell, Err(NotUsable::NotANumber));
        }
    }

    #[test]
    fn a_huge_exponent_is_read_if_as_many_digits_make_up_for_it() {
        let zeros = "0".repeat(1_000_000);
        reads_as(&format!("0.{zeros}25e1000001"), Ok(2.5));
        reads_as(&format!("25{zeros}e-1000001"), Ok(2.5));
        reads_as(&format!("-.{zeros}25E+1000000"), Ok(-0.25));
        reads_as(&format!("00{zeros}2.5{zeros}e0"), Ok(2.5));
        reads_as(&format!("1{zeros}e-1000400"), Ok(0.0));
        reads_as(&format!("1{zeros}e-999000"), Err(NotUsable::TooLarge));
        reads_as(&format!("0.{zeros}1e99999999999999999999"), Err(NotUsable::TooLarge));
        reads_as(&format!("0{zeros}e99999999999999999999"), Ok(0.0));
        reads_as(&format!("1{zeros}e-99999999999999999999"), Ok(0.0));
        for cell in [format!("{zeros}e"), format!("{zeros}1e5x"), format!("1.{zeros}.1e5")] {
            reads_as(&cell, Err(NotUsable::NotANumber));
        }
    }

    /// Reads a cell with `plain`, by the least instructions and by the best.
    fn plain_at(bytes: &[u8], cell: Range<usize>) -> Option<f64> {
        let Range { start, end } = cell;
        let least = dispatch!(Level::baseline(), simd => plain(simd, bytes, start, end));
        let best = dispatch!(Level::new(), simd => plain(simd, bytes, start, end));
        assert_eq!(least.map(f64::to_bits), best.map(f64::to_bits));
        least
    }

    /// Reads a cell with `plain`, with more text before and after it.
    fn plainly(cell: &str) -> Option<f64> {
        let text = format!("9,{cell},{}", "9".repeat(WINDOW));
        plain_at(text.as_bytes(), 2..2 + cell.len())
    }

    #[track_caller]
    fn reads_as_parsed(cell: &str) {
        if let Some(number) = plainly(cell) {
            assert_eq!(Ok(number), parse(cell.as_bytes()), "{cell}");
        }
    }

    #[test]
    fn plain_spellings_are_read() {
        for cell in [
            "0",
            "1",
            "9",
            "0.5",
            "1.25",
            "0.0",
            "0.12345678901234567",
            "9.123456789012345678",
            "0.000000000000000001",
            "0.000123456789012345678",
            "0.0009999999999999999999",
            "0.9999999999999999",
            "0.99999999999999994",
            "0.99999999999999995",
            "0.999999999999999944",
            "0.999999999999999945",
        ] {
            assert_eq!(plainly(cell), Some(cell.parse().unwrap()), "{cell}");
        }
    }

    #[test]
    fn other_spellings_are_left_to_parse() {
        for cell in [
            "",
            ".5",
            "5.",
            "-1",
            "x",
            "12",
            "12.5",
            "0,5",
            "0.1e1",
            "0. 1",
            "1.1234567890123456789",
            "0.0019999999999999999999",
            "0.00001234567890123456789",
        ] {
            assert_eq!(plainly(cell), None, "{cell}");
        }
    }

    #[test]
    fn only_digits_are_read_as_digits() {
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            for place in (0..24).filter(|place| !(byte == b'.' && *place == 1)) {
                let mut text = *b"0.1234567890123456789012";
                text[place] = byte;
                assert_eq!(plain_at(&text, 0..WINDOW), None, "{byte} {place}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn plain_and_parse_read_the_same_number(cell in "[0-9]\\.0{0,4}[0-9]{1,20}|[0-9]|[0-9.]{0,20}") {
            reads_as_parsed(&cell);
        }

        #[test]
        fn the_shortest_spelling_of_a_number_is_read_as_that_number(x in 0.0f64..10.0, zeros in 0usize..4) {
            let x = x / [1.0, 10.0, 100.0, 1000.0][zeros];
            let cell = x.to_string();
            reads_as_parsed(&cell);
            prop_assert!(plainly(&cell) == Some(x) || cell.len() > 22, "{}", cell);
        }
    }
}
