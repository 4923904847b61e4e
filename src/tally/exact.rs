//! An exact number as text: an integer in hexadecimal, `p`, and the exponent of the power of
//! two that it is multiplied by, such as `-3p-1` for −1.5. The integer is odd; 0 is `0p0`.

use num_bigint::BigInt;

use super::dyadic::Dyadic;

/// No sum of products of four f64 has a bit beyond 2^±4400.
const EXPONENT_LIMIT: i64 = 4400;

impl From<Dyadic> for String {
    fn from(number: Dyadic) -> Self {
        let number = number.in_lowest_terms();
        format!("{}p{}", number.integer().to_long().to_str_radix(16), number.exponent())
    }
}

impl TryFrom<String> for Dyadic {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse(&text).ok_or_else(|| format!("'{text}' is not an exact number"))
    }
}

fn parse(text: &str) -> Option<Dyadic> {
    let (digits, exponent) = text.split_once('p')?;
    let is_plain = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.bytes().all(is_plain) {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    let bits = 4 * i64::try_from(unsigned.len()).ok()?;
    if exponent < -EXPONENT_LIMIT || exponent.checked_add(bits)? > EXPONENT_LIMIT {
        return None;
    }
    Some(Dyadic::new(BigInt::parse_bytes(digits.as_bytes(), 16)?.into(), exponent))
}
