//! The sums of one column of costs, and of two columns together.

use fearless_simd::{Level, dispatch};

use super::dyadic::Dyadic;
use super::few::FewSums;
use super::limbs::{four_limbs, limbs, three_limbs, wide};
use super::sums::{Buckets, Fixed, Powers, Size};
use crate::float::split;

/// Whether all costs are finite, and not negative, NaN or −0.
pub fn all_finite(costs: &[f64]) -> bool {
    // Such a cost has its sign bit set, or gets it set by one more in the exponent. There is
    // no early end and no comparison, so that the loop is vectorized.
    const ONE_MORE: u64 = 1 << 52;
    let bits = costs.iter().map(|c| c.to_bits());
    let all = dispatch!(Level::new(), _ => {
        bits.fold(0, |all, bits| all | bits | bits.wrapping_add(ONE_MORE))
    });
    all >> 63 == 0
}

/// The costs of one model by one cost function.
#[derive(Clone, Debug)]
pub struct Column {
    /// The number of costs that clipping changed.
    pub clipped: u64,
    /// The number of infinite costs of a weight above 0.
    pub infinite: u64,
    /// Σw over those.
    pub infinite_weight: Fixed,
    sums: Sums,
}

/// Sums over the finite costs of a column.
#[derive(Clone, Debug)]
enum Sums {
    /// Σc and Σc² of a few costs.
    Few(FewSums),
    /// Σc and Σc².
    Plain(Powers),
    /// Σwc, Σw²c and Σw²c².
    Weighted(Buckets<2>, Buckets<3>, Buckets<4>),
}

impl Column {
    pub fn new(weighted: bool, size: Size) -> Self {
        let sums = if weighted {
            Sums::Weighted(Buckets::new(size), Buckets::new(size), Buckets::new(size))
        } else {
            Sums::Plain(Powers::new(size))
        };
        Column { clipped: 0, infinite: 0, infinite_weight: Fixed::default(), sums }
    }

    /// Adds costs, with their weights if the column is weighted.
    ///
    /// # Panics
    /// If a cost is negative or NaN.
    pub fn extend(&mut self, costs: &[f64], weights: Option<&[f64]>) {
        if all_finite(costs) {
            return self.extend_finite(costs, weights);
        }
        for (row, &c) in costs.iter().enumerate() {
            assert!(c >= 0.0, "a cost is a number from 0 to ∞");
            let weight = weights.map_or(1.0, |weights| weights[row]);
            if c < f64::INFINITY {
                self.extend_finite(&[c], weights.is_some().then_some(&[weight]));
            } else if weight > 0.0 {
                // An infinite cost of weight 0 counts as 0.
                self.infinite += 1;
                self.infinite_weight.add_number(weight);
            }
        }
    }

    fn extend_finite(&mut self, costs: &[f64], weights: Option<&[f64]>) {
        match &mut self.sums {
            Sums::Few(few) => {
                self.sums = Sums::Plain(few.powers());
                self.extend_finite(costs, weights);
            }
            Sums::Plain(powers) => powers.extend(costs),
            Sums::Weighted(wc, w2c, w2c2) => {
                let weights = weights.expect("a weighted column is given weights");
                for (&cost, &weight) in costs.iter().zip(weights) {
                    let ((ec, mc), (ew, mw)) = (split(cost), split(weight));
                    let m = wide(mw, mc);
                    wc.add(ew + ec, limbs(m));
                    w2c.add(2 * ew + ec, three_limbs(m, mw));
                    w2c2.add(2 * (ew + ec), four_limbs(m, m));
                }
            }
        }
    }

    /// Adds the costs of another column of the same kind.
    pub fn merge(&mut self, other: &Column) {
        self.clipped += other.clipped;
        self.infinite += other.infinite;
        self.infinite_weight.merge(&other.infinite_weight);
        self.merge_sums(&other.sums());
    }

    /// Adds finite costs, given by their [`sums`](Column::sums).
    pub fn merge_sums(&mut self, [c, w2c, c2]: &[Fixed; 3]) {
        match &mut self.sums {
            Sums::Few(few) => {
                let mut powers = few.powers();
                powers.merge(c, c2);
                self.sums = Sums::Plain(powers);
            }
            Sums::Plain(powers) => powers.merge(c, c2),
            Sums::Weighted(sum, products, squares) => {
                sum.merge(c);
                products.merge(w2c);
                squares.merge(c2);
            }
        }
    }

    /// Creates a small column without weights, of finite costs.
    pub fn of_few(sums: FewSums) -> Self {
        let infinite_weight = Fixed::default();
        Column { clipped: 0, infinite: 0, infinite_weight, sums: Sums::Few(sums) }
    }

    /// Returns the sums if they are of few costs, all finite.
    pub fn few(&self) -> Option<&FewSums> {
        match &self.sums {
            Sums::Few(few) if self.infinite == 0 => Some(few),
            _ => None,
        }
    }

    /// Returns the first of the [`sums`](Column::sums), to compute with.
    pub fn sum(&self) -> Dyadic {
        match &self.sums {
            Sums::Few(few) => Dyadic::from(&few.fixed()[0]),
            Sums::Plain(powers) => Dyadic::from(&powers.sums()[0]),
            Sums::Weighted(wc, ..) => wc.sum().into(),
        }
    }

    /// Returns the second and the third of the [`sums`](Column::sums), to compute with. Without
    /// weights the second is left at 0, as no formula needs it.
    pub fn squares(&self) -> [Dyadic; 2] {
        match &self.sums {
            Sums::Few(few) => [Dyadic::from(0u64), Dyadic::from(&few.fixed()[1])],
            Sums::Plain(powers) => [Dyadic::from(0u64), Dyadic::from(&powers.sums()[1])],
            Sums::Weighted(_, w2c, w2c2) => [w2c.sum().into(), w2c2.sum().into()],
        }
    }

    /// Returns Σwc, Σw²c and Σw²c² over the finite costs; w is 1 without weights.
    pub fn sums(&self) -> [Fixed; 3] {
        match &self.sums {
            Sums::Few(few) => without_weights(few.fixed()),
            Sums::Plain(powers) => without_weights(powers.sums().into_owned()),
            Sums::Weighted(wc, w2c, w2c2) => [wc.sum(), w2c.sum(), w2c2.sum()],
        }
    }
}

/// Returns Σwc, Σw²c and Σw²c² for w = 1, from Σc and Σc².
fn without_weights([c, c2]: [Fixed; 2]) -> [Fixed; 3] {
    [c.clone(), c, c2]
}

/// Σw²cc′ of two columns, over the instances whose costs are finite in both.
#[derive(Clone, Debug)]
pub enum Pair {
    /// Σcc′.
    Plain(Buckets<2>),
    /// Σw²cc′.
    Weighted(Buckets<4>),
}

impl Pair {
    pub fn new(weighted: bool, size: Size) -> Self {
        if weighted { Pair::Weighted(Buckets::new(size)) } else { Pair::Plain(Buckets::new(size)) }
    }

    /// Adds the costs of the same instances in two columns, with their weights if the pair is
    /// weighted.
    pub fn extend(&mut self, costs: &[f64], others: &[f64], weights: Option<&[f64]>) {
        match self {
            Pair::Plain(sum) => sum.extend(costs, others),
            Pair::Weighted(sum) => {
                let weights = weights.expect("a weighted pair is given weights");
                for ((&c, &o), &w) in costs.iter().zip(others).zip(weights) {
                    if c < f64::INFINITY && o < f64::INFINITY {
                        let ((ec, mc), (eo, mo), (ew, mw)) = (split(c), split(o), split(w));
                        sum.add(2 * ew + ec + eo, four_limbs(wide(mw, mc), wide(mw, mo)));
                    }
                }
            }
        }
    }

    /// Adds the sum of another pair.
    pub fn merge(&mut self, other: &Fixed) {
        match self {
            Pair::Plain(sum) => sum.merge(other),
            Pair::Weighted(sum) => sum.merge(other),
        }
    }

    pub fn sum(&self) -> Fixed {
        match self {
            Pair::Plain(sum) => sum.sum(),
            Pair::Weighted(sum) => sum.sum(),
        }
    }
}
