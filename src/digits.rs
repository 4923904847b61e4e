//! Numbers as text: the shortest exact digits for machines, a few digits for people.

use std::io::Write as _;

/// Appends the shortest digits that parse as the same f64: `9e-8`, `0.5`, `1`; `inf` for ∞. The
/// number must not be NaN.
pub fn shortest(number: f64, out: &mut Vec<u8>) {
    if number.is_infinite() {
        out.extend_from_slice(if number > 0.0 { b"inf" } else { b"-inf" });
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let digits = buffer.format_finite(number);
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    if number.abs() < 1e15 {
        out.extend_from_slice(digits.as_bytes());
    } else {
        // `1e300`, not `1e+300`.
        out.extend(digits.bytes().filter(|&b| b != b'+'));
    }
}

/// Appends the digits of a whole number.
pub fn whole(number: u64, out: &mut Vec<u8>) {
    match u8::try_from(number) {
        // Most counts are 0, so single digits have a fast path.
        Ok(digit @ 0..=9) => out.push(b'0' + digit),
        _ => write!(out, "{number}").expect("a write to memory succeeds"),
    }
}

/// Returns what [`shortest`] appends.
#[must_use]
pub fn shortest_text(number: f64) -> String {
    let mut digits = Vec::new();
    shortest(number, &mut digits);
    String::from_utf8_lossy(&digits).into_owned()
}

/// Formats a number with significant digits: `0.1054`, `1234`. Below 10⁻⁴, and where the digits
/// end before the decimal point, it has an exponent: `9.000e-8`.
#[must_use]
pub fn significant(number: f64, digits: usize) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let decimals = digits.max(1) - 1;
    let scientific = format!("{number:.decimals$e}");
    let exponent = scientific.rsplit_once('e').and_then(|(_, exponent)| exponent.parse().ok());
    match exponent.and_then(|exponent: isize| decimals.checked_add_signed(-exponent)) {
        Some(decimals) if decimals <= digits.max(1) + 3 => format!("{number:.decimals$}"),
        _ => scientific,
    }
}

/// Formats a whole number with its digits in groups of three.
///
/// ```
/// assert_eq!(costs::digits::grouped(999), "999");
/// assert_eq!(costs::digits::grouped(10_000_000), "10,000,000");
/// ```
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Formats a count of a noun: `1 row`, `2,000 rows`.
#[must_use]
pub fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shortest_is(number: f64, expected: &str) {
        let mut out = Vec::new();
        shortest(number, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn machine_numbers_are_the_shortest_that_read_back() {
        shortest_is(9e-8, "9e-8");
        shortest_is(0.5, "0.5");
        shortest_is(1.0, "1");
        shortest_is(0.0, "0");
        shortest_is(1e300, "1e300");
        shortest_is(123_456.0, "123456");
        shortest_is(0.1 + 0.2, "0.30000000000000004");
        shortest_is(f64::INFINITY, "inf");
        shortest_is(f64::NEG_INFINITY, "-inf");
    }

    #[test]
    fn table_numbers_have_their_significant_digits() {
        let cases = [
            (1.0, "1.000"),
            (0.16000000000000003, "0.1600"),
            (0.99999, "1.000"),
            (9999.6, "1.000e4"),
            (1234.4, "1234"),
            (0.0003, "0.0003000"),
            (0.00009999, "9.999e-5"),
            (-0.5, "-0.5000"),
            (0.0, "0"),
        ];
        for (number, expected) in cases {
            assert_eq!(significant(number, 4), expected);
        }
        assert_eq!(significant(0.10536051565782628, 17), "0.10536051565782628");
        assert_eq!(significant(0.15, 1), "0.1");
    }
}
