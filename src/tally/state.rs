//! A tally as text, with nothing rounded, for other machines and other programs.

use std::fmt;
use std::str::FromStr;

use num_bigint::{BigInt, Sign};
use serde::{Deserialize, Serialize};

use super::column::{Column, Pair};
use super::dyadic::Dyadic;
use super::labels::Labels;
use super::sums::{Fixed, Powers};
use super::{Shape, Size, Tally};

/// An exact number as text: an integer in hexadecimal, `p`, and the power of two
/// that it is multiplied by, such as `-3p-1` for −1.5. The integer is odd, or it
/// is `0p0`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Exact(Dyadic);

/// Exponents beyond these belong to no sum of products of four numbers.
const MOST_EXPONENT: i64 = 4400;

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
            if exponent < -MOST_EXPONENT || exponent.checked_add(bits)? > MOST_EXPONENT {
                return None;
            }
            Some(Dyadic::new(BigInt::parse_bytes(digits.as_bytes(), 16)?, exponent))
        };
        number().map(Exact::from).ok_or_else(|| format!("'{text}' is no exact number"))
    }
}

impl Exact {
    /// The same, if it is not negative.
    fn to_fixed(&self) -> Result<Fixed, &'static str> {
        if self.0.integer().sign() == Sign::Minus {
            return Err("a sum is negative that cannot be");
        }
        Ok(Fixed::from(&self.0))
    }
}

/// All that a [`Tally`] holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Instances.
    n: u64,
    /// Rows that were left out.
    skipped: u64,
    /// For each model: instances whose neuron is saturated and wrong.
    marked: Vec<u64>,
    /// Σw and Σw², if there are weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<[Exact; 2]>,
    /// Σwy and Σwy², where w is 1 without weights.
    labels: [Exact; 2],
    /// For each model and cost.
    columns: Vec<ColumnState>,
    /// For each column of the models after the first: Σw²cc₁ with the first model's
    /// cost c₁ of the same instance, over the instances where both are finite.
    pairs: Vec<Exact>,
}

/// The costs of one model by one cost function.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnState {
    /// Instances of infinite cost and a weight above 0.
    infinite: u64,
    /// Σw over those.
    infinite_weight: Exact,
    /// Σwc, Σw²c and Σw²c² over the others.
    sums: [Exact; 3],
}

impl Tally {
    /// All that the tally holds.
    #[must_use]
    pub fn state(&self) -> State {
        State {
            n: self.n,
            skipped: self.skipped,
            marked: self.marked.clone(),
            weights: self.weights.as_ref().map(|weights| weights.sums().map(Exact::from)),
            labels: [self.labels.sum(), self.labels.sum_of_squares()].map(Exact::from),
            columns: self.columns.iter().map(ColumnState::of).collect(),
            pairs: self.pairs.iter().map(|pair| Exact::from(pair.sum())).collect(),
        }
    }

    /// The tally of a state.
    ///
    /// # Errors
    /// What is wrong with a state that no tally of this shape can have had.
    pub fn restore(shape: Shape, state: &State) -> Result<Self, &'static str> {
        let shape = Shape { size: Size::Small, ..shape };
        let columns = shape.models * shape.costs;
        if state.columns.len() != columns
            || state.pairs.len() != columns - shape.costs.min(columns)
            || state.marked.len() != shape.models
            || state.weights.is_some() != shape.weighted
        {
            return Err("its sums are not as many as its options say");
        }
        let squares = |sums: &[Exact; 2]| -> Result<[Fixed; 2], &'static str> {
            Ok([sums[0].to_fixed()?, sums[1].to_fixed()?])
        };
        let weights = state.weights.as_ref().map(squares).transpose()?;
        let fixed = |pair: &Exact| Ok(Pair::of_sum(shape.weighted, pair.to_fixed()?));
        Ok(Tally {
            n: state.n,
            skipped: state.skipped,
            marked: state.marked.clone(),
            weights: weights.map(|[sum, squares]| Powers::of_sums(sum, squares)),
            labels: Labels::of_sums(&state.labels[0].0, state.labels[1].to_fixed()?),
            columns: state
                .columns
                .iter()
                .map(|column| column.restore(shape.weighted))
                .collect::<Result<_, _>>()?,
            pairs: state.pairs.iter().map(fixed).collect::<Result<_, &'static str>>()?,
            ..Tally::new(shape)
        })
    }
}

impl ColumnState {
    fn of(column: &Column) -> Self {
        ColumnState {
            infinite: column.infinite(),
            infinite_weight: Exact::from(column.infinite_weight()),
            sums: column.sums().map(Exact::from),
        }
    }

    fn restore(&self, weighted: bool) -> Result<Column, &'static str> {
        let [wc, w2c, w2c2] = &self.sums;
        let sums = [wc.to_fixed()?, w2c.to_fixed()?, w2c2.to_fixed()?];
        Ok(Column::of_sums(weighted, self.infinite, self.infinite_weight.to_fixed()?, sums))
    }
}
