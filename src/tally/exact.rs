//! An exact number as text.

use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use super::dyadic::Dyadic;

/// An exact number as text: an integer in hexadecimal, `p`, and the power of two
/// that it is multiplied by, such as `-3p-1` for −1.5. The integer is odd, or it
/// is `0p0`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Exact(Dyadic);

/// Exponents beyond these belong to no sum of products of four numbers.
const EXPONENT_LIMIT: i64 = 4400;

impl From<Dyadic> for Exact {
    fn from(number: Dyadic) -> Self {
        Exact(number.in_lowest_terms())
    }
}

impl From<Exact> for String {
    fn from(number: Exact) -> Self {
        number.to_string()
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}p{}", self.0.integer().to_str_radix(16), self.0.exponent())
    }
}

impl TryFrom<String> for Exact {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Exact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = || {
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
            Some(Dyadic::new(BigInt::parse_bytes(digits.as_bytes(), 16)?, exponent))
        };
        number().map(Exact::from).ok_or_else(|| format!("'{text}' is no exact number"))
    }
}

impl Exact {
    /// The number, for arithmetic.
    pub(super) fn as_dyadic(&self) -> &Dyadic {
        &self.0
    }
}
