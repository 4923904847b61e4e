//! Decimal numbers in text.
//!
//! A number is an optional sign, digits with an optional point, and an optional
//! exponent; spaces and tabs around it do not count. Its value is the f64
//! nearest to it. Everything else is told apart by [`parse`], so that no cell
//! becomes a number, an infinity or a NaN that its writer did not mean.
//!
//! [`scan`] reads the plain spelling that nearly all cells have, eight digits at
//! a time, and converts it as D. Lemire, "Number parsing at a gigabyte per
//! second" (arXiv:2101.11408), does, for the range of exponents in which that
//! algorithm needs no fallback.

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

/// The cell without the spaces and tabs around it.
pub fn trim(cell: &[u8]) -> &[u8] {
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let start = cell.iter().position(|b| !blank(b)).unwrap_or(cell.len());
    let end = cell.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &cell[start..end]
}

/// Whether the cell, trimmed, says that there is no value.
pub fn is_missing(cell: &[u8]) -> bool {
    let words: [&[u8]; 5] = [b"", b"NA", b"N/A", b"null", b"NaN"];
    words.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Bytes that [`scan`] looks at.
pub const WINDOW: usize = 32;

/// Reads the number at `at`, if it is digits with at most one point between
/// them, and tells where the digits end: what follows decides whether that was
/// the whole number. None says nothing: [`parse`] has the last word. A number
/// within [`WINDOW`] bytes of the end of the bytes is not read.
#[inline(always)]
pub fn scan(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let window: &[u8; WINDOW] = bytes.get(at..at + WINDOW)?.try_into().ok()?;
    let first = window[0].wrapping_sub(b'0');
    if first > 9 || window[1] != b'.' {
        return scan_any(bytes, at);
    }
    // Most predictions: a digit, a point, and up to 23 decimals. Each step is a
    // branch, so that the next eight bytes need not wait for these.
    let mut value = u64::from(first);
    let mut decimals = 0;
    loop {
        let eight = Eight::at(window, 2 + decimals);
        if !eight.are_digits() {
            let (count, digits) = eight.leading_digits();
            value = value.wrapping_mul(TENS[count & 7]).wrapping_add(digits);
            decimals += count;
            break;
        }
        if decimals == 16 {
            return scan_any(bytes, at);
        }
        value = value.wrapping_mul(100_000_000).wrapping_add(eight_digits(eight.0));
        decimals += 8;
    }
    if decimals >= MOST_DIGITS {
        return scan_any(bytes, at);
    }
    Some((nearest(value, decimals), at + 2 + decimals))
}

/// Digits that surely fit in a u64.
const MOST_DIGITS: usize = 19;

/// Powers of ten.
const TENS: [u64; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The same for numbers of any length.
#[cold]
fn scan_any(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let mut digits = Digits { bytes, at, value: 0, count: 0 };
    digits.read()?;
    let whole = digits.count;
    if whole > 0 && bytes.get(digits.at) == Some(&b'.') {
        digits.at += 1;
        digits.read()?;
    }
    let decimals = digits.count - whole;
    if whole == 0 {
        return None;
    }
    if digits.count > MOST_DIGITS {
        let zeros = bytes[at..].iter().take_while(|&&b| b == b'0' || b == b'.').count();
        // The point is one of them, but for an integer, which has no decimals.
        if digits.count + 1 - zeros > MOST_DIGITS || decimals > MOST_DECIMALS {
            return None;
        }
    }
    Some((nearest(digits.value, decimals), digits.at))
}

/// A run of digits, read as a whole number.
struct Digits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Wrong, and not used, for more than [`MOST_DIGITS`] digits.
    value: u64,
    count: usize,
}

impl Digits<'_> {
    /// Reads digits up to the first byte that is none.
    fn read(&mut self) -> Option<()> {
        loop {
            let window: &[u8; 8] = self.bytes.get(self.at..self.at + 8)?.try_into().ok()?;
            let eight = Eight::at(window, 0);
            if !eight.are_digits() {
                let (count, digits) = eight.leading_digits();
                self.add(digits, TENS[count & 7], count);
                return Some(());
            }
            self.add(eight_digits(eight.0), 100_000_000, 8);
        }
    }

    fn add(&mut self, digits: u64, scale: u64, count: usize) {
        self.value = self.value.wrapping_mul(scale).wrapping_add(digits);
        self.at += count;
        self.count += count;
    }
}

/// Eight bytes, the first the lowest, each less `0`.
#[derive(Clone, Copy)]
struct Eight(u64);

impl Eight {
    #[inline]
    fn at<const N: usize>(bytes: &[u8; N], at: usize) -> Self {
        let eight = bytes[at..at + 8].try_into().expect("eight bytes are eight");
        Eight(u64::from_le_bytes(eight) ^ u64::from_le_bytes([b'0'; 8]))
    }

    /// The top bit of each byte that is above 9.
    #[inline]
    fn others(self) -> u64 {
        (self.0.wrapping_add(0x7676_7676_7676_7676) | self.0) & 0x8080_8080_8080_8080
    }

    #[inline]
    fn are_digits(self) -> bool {
        self.others() == 0
    }

    /// How many digits there are before a byte that is none, and their value.
    #[inline]
    fn leading_digits(self) -> (usize, u64) {
        let count = self.others().trailing_zeros() / 8;
        // Moved to the right end of eight, with zeros before them.
        let aligned = (self.0 << (56 - 8 * (count & 7))) << 8;
        (count as usize, eight_digits(aligned))
    }
}

/// The number of which the bytes are the digits, the first the lowest.
#[inline]
fn eight_digits(bytes: u64) -> u64 {
    let pairs = bytes.wrapping_mul(10).wrapping_add(bytes >> 8);
    let (low, high) = (pairs & 0x0000_00ff_0000_00ff, (pairs >> 16) & 0x0000_00ff_0000_00ff);
    low.wrapping_mul(0x000f_4240_0000_0064).wrapping_add(high.wrapping_mul(0x0000_2710_0000_0001))
        >> 32
}

/// The most decimals that [`nearest`] takes.
const MOST_DECIMALS: usize = 27;

/// 2ᵏ/5ⁿ for n decimals, rounded up to 128 bits of which the highest is set.
static RECIPROCALS: [(u64, u64); MOST_DECIMALS + 1] = reciprocals();

const fn reciprocals() -> [(u64, u64); MOST_DECIMALS + 1] {
    // 1 is 2¹²⁷/5⁰ exactly.
    let mut table = [(1 << 63, 0); MOST_DECIMALS + 1];
    let mut power: u128 = 1;
    let mut n = 1;
    while n <= MOST_DECIMALS {
        power *= 5;
        let bits = 128 - (power - 1).leading_zeros();
        // ⌊2^(bits + 127)/5ⁿ⌋, bit by bit.
        let (mut quotient, mut remainder): (u128, u128) = (0, 1);
        let mut left = bits + 127;
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
        let halves = ((quotient >> 64) as u64, quotient as u64);
        table[n] = halves;
        n += 1;
    }
    table
}

/// The f64 nearest to `digits`/10^`decimals`, ties to even, for at most
/// [`MOST_DECIMALS`] decimals.
#[inline(always)]
fn nearest(digits: u64, decimals: usize) -> f64 {
    if digits == 0 {
        return 0.0;
    }
    let (high_factor, low_factor) = RECIPROCALS[decimals];
    let zeros = digits.leading_zeros();
    let normal = digits << zeros;
    let product = u128::from(normal) * u128::from(high_factor);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    let (mut high, mut low) = ((product >> 64) as u64, product as u64);
    if high & 0x1ff == 0x1ff {
        // The lower half of the factor may decide the rounding.
        let carry = (u128::from(normal) * u128::from(low_factor)) >> 64;
        let sum = u128::from(low) + carry;
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let lower = sum as u64;
        low = lower;
        high += u64::from(sum >> 64 != 0);
    }
    let top = high >> 63;
    // 54 bits: the significand and one to round by.
    let mut significand = high >> (top + 9);
    // Only with so few decimals can the digits lie halfway.
    if decimals <= 4 && low <= 1 && significand & 3 == 1 && significand << (top + 9) == high {
        significand &= !1;
    }
    significand = (significand + (significand & 1)) >> 1;
    // ⌊log₂ 10^−decimals⌋ by a fraction that is good enough in this range.
    let exponent = ((-217_706 * decimals.cast_signed() as i64) >> 16) + 63 + 1023;
    let field = exponent.cast_unsigned() + top - u64::from(zeros);
    // A significand of 2⁵³ carries into the exponent by itself.
    f64::from_bits((field << 52) + (significand - (1 << 52)))
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

    /// What `scan` reads of a cell, with more text after it.
    fn scanned(cell: &str) -> Option<(f64, usize)> {
        scan(format!("{cell},{}", "1".repeat(WINDOW)).as_bytes(), 0)
    }

    #[track_caller]
    fn scans_as_parsed(cell: &str) {
        if let Some((number, end)) = scanned(cell) {
            assert_eq!((Ok(number), end), (parse(cell.as_bytes()), cell.len()), "{cell}");
        }
    }

    #[test]
    fn plain_spellings_are_scanned() {
        for cell in [
            "0",
            "1",
            "0.5",
            "12.25",
            "5.",
            "0.12345678901234567",
            "9999999999999999999",
            "0.000000000000000001",
            "0.00012345678901234567",
            "0.000000001234567890123456789",
        ] {
            assert_eq!(scanned(cell), Some((cell.parse().unwrap(), cell.len())), "{cell}");
        }
        for cell in
            ["", ".5", "-1", "+1", "x", "12345678901234567890", "0.0000000001234567890123456789"]
        {
            assert_eq!(scanned(cell), None, "{cell}");
        }
    }

    #[test]
    fn halves_and_their_neighbours_are_rounded_to_even() {
        // Halfway between two numbers, and one in the last decimal beside it.
        for cell in [
            "9007199254740993",
            "9007199254740992",
            "9007199254740994",
            "4503599627370496.5",
            "4503599627370497.5",
            "2251799813685248.25",
            "2251799813685248.75",
            "1125899906842624.125",
            "1125899906842624.375",
            "0.5000000000000001",
            "0.50000000000000011",
            "0.9999999999999999",
            "0.99999999999999994",
            "0.99999999999999995",
            "0.999999999999999944",
            "0.999999999999999945",
        ] {
            scans_as_parsed(cell);
            assert!(scanned(cell).is_some(), "{cell}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_scanned_number_is_the_parsed_one(cell in "[0-9]{0,20}(\\.[0-9]{0,20})?") {
            scans_as_parsed(&cell);
        }

        #[test]
        fn a_number_of_17_digits_is_the_parsed_one(digits in 0u64..10_000_000_000_000_000_000, decimals in 0usize..=19) {
            let text = format!("{digits:020}");
            let (whole, fraction) = text.split_at(20 - decimals);
            let whole = whole.trim_start_matches('0');
            scans_as_parsed(&format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole }));
        }

        #[test]
        fn a_number_near_a_half_is_the_parsed_one(bits in 0u64..1 << 52, exponent in 0u64..50, nudge in -1i64..=1) {
            // A number of 54 bits with a few decimals, so that it lies halfway.
            let doubled = (1 << 53) | (bits << 1) | 1;
            let hundredths = u128::from(doubled >> exponent.min(12)) * 125;
            let text = format!("{:05}", i128::try_from(hundredths).unwrap() + i128::from(nudge));
            let (whole, fraction) = text.split_at(text.len() - 3);
            scans_as_parsed(&format!("{whole}.{fraction}"));
        }
    }
}
