//! The sums of one column of costs, and of two columns together.

use super::dyadic::Dyadic;
use super::sums::{Buckets, Fixed, Powers, Size, four_limbs, limbs, three_limbs, wide};
use crate::float::split;

/// Whether all costs are finite, and not negative, NaN or −0.
pub fn all_finite(costs: &[f64]) -> bool {
    // The sign is set, or one more in the exponent would set it. Without an early
    // end or a comparison, so that it takes several at a time.
    const ONE_MORE: u64 = 1 << 52;
    let bits = costs.iter().map(|c| c.to_bits());
    bits.fold(0, |all, bits| all | bits | bits.wrapping_add(ONE_MORE)) >> 63 == 0
}

/// The costs of one model by one cost function.
#[derive(Clone, Debug)]
pub struct Column {
    /// Costs that were clipped.
    pub clipped: u64,
    infinite: u64,
    /// Σw over the infinite costs, where there are weights.
    infinite_weight: Fixed,
    sums: Sums,
}

/// What the statistics of a column are made of.
#[derive(Clone, Debug)]
enum Sums {
    /// Σc and Σc².
    Plain(Powers),
    Weighted {
        /// Σwc.
        wc: Buckets<2>,
        /// Σw²c.
        w2c: Buckets<3>,
        /// Σw²c².
        w2c2: Buckets<4>,
    },
}

impl Column {
    pub fn new(weighted: bool, size: Size) -> Self {
        let sums = if weighted {
            Sums::Weighted {
                wc: Buckets::new(2, size),
                w2c: Buckets::new(3, size),
                w2c2: Buckets::new(4, size),
            }
        } else {
            Sums::Plain(Powers::new(size))
        };
        Column { clipped: 0, infinite: 0, infinite_weight: Fixed::default(), sums }
    }

    /// A column of that many infinite costs, and of others with those Σwc, Σw²c and
    /// Σw²c², in little memory.
    pub fn of_sums(
        weighted: bool,
        infinite: u64,
        infinite_weight: Fixed,
        [wc, w2c, w2c2]: [Fixed; 3],
    ) -> Self {
        let sums = if weighted {
            Sums::Weighted {
                wc: Buckets::of_sum(2, wc),
                w2c: Buckets::of_sum(3, w2c),
                w2c2: Buckets::of_sum(4, w2c2),
            }
        } else {
            Sums::Plain(Powers::of_sums(wc, w2c2))
        };
        Column { clipped: 0, infinite, infinite_weight, sums }
    }

    /// Adds costs, of those weights if the column is weighted.
    ///
    /// # Panics
    /// If a cost is negative or NaN.
    pub fn extend(&mut self, costs: &[f64], weights: Option<&[f64]>) {
        let are_finite = all_finite(costs);
        match weights {
            None if are_finite => self.extend_plain(costs),
            Some(weights) if are_finite => self.extend_weighted(costs, weights),
            _ => self.extend_with_infinite(costs, weights),
        }
    }

    fn extend_with_infinite(&mut self, costs: &[f64], weights: Option<&[f64]>) {
        for (row, &c) in costs.iter().enumerate() {
            assert!(c >= 0.0, "a cost is a number from 0 to ∞");
            match weights {
                None if c < f64::INFINITY => self.extend_plain(&[c]),
                None => self.infinite += 1,
                Some(weights) if c < f64::INFINITY => self.extend_weighted(&[c], &[weights[row]]),
                Some(weights) if weights[row] > 0.0 => {
                    self.infinite += 1;
                    self.infinite_weight.merge(&Fixed::from(weights[row]));
                }
                // Without any weight, it costs nothing.
                Some(_) => {}
            }
        }
    }

    fn extend_plain(&mut self, costs: &[f64]) {
        let Sums::Plain(powers) = &mut self.sums else { unreachable!("it has no weights") };
        powers.extend(costs);
    }

    fn extend_weighted(&mut self, costs: &[f64], weights: &[f64]) {
        let Sums::Weighted { wc, w2c, w2c2 } = &mut self.sums else {
            unreachable!("it has weights")
        };
        for (&cost, &weight) in costs.iter().zip(weights) {
            let ((ec, mc), (ew, mw)) = (split(cost), split(weight));
            let m = wide(mw, mc);
            wc.add(ew + ec, limbs(m));
            w2c.add(2 * ew + ec, three_limbs(m, mw));
            w2c2.add(2 * (ew + ec), four_limbs(m, m));
        }
    }

    pub fn fold(&mut self) {
        match &mut self.sums {
            Sums::Plain(powers) => powers.fold(),
            Sums::Weighted { wc, w2c, w2c2 } => {
                wc.fold();
                w2c.fold();
                w2c2.fold();
            }
        }
    }

    /// Adds the costs of another column of the same kind.
    pub fn merge(&mut self, other: &Column) {
        self.clipped += other.clipped;
        self.infinite += other.infinite;
        self.infinite_weight.merge(&other.infinite_weight);
        match (&mut self.sums, &other.sums) {
            (Sums::Plain(mine), Sums::Plain(theirs)) => mine.merge(theirs),
            (
                Sums::Weighted { wc, w2c, w2c2 },
                Sums::Weighted { wc: sum, w2c: products, w2c2: squares },
            ) => {
                wc.merge(sum);
                w2c.merge(products);
                w2c2.merge(squares);
            }
            _ => unreachable!("tallies of one shape are merged"),
        }
    }

    /// How many infinite costs have a weight above 0.
    pub fn infinite(&self) -> u64 {
        self.infinite
    }

    /// Σw over the infinite costs.
    pub fn infinite_weight(&self) -> Dyadic {
        match self.sums {
            Sums::Plain(_) => Dyadic::from(self.infinite),
            Sums::Weighted { .. } => self.infinite_weight.to_dyadic(),
        }
    }

    /// Σwc, Σw²c and Σw²c² over the finite costs; w is 1 without weights.
    pub fn sums(&self) -> [Dyadic; 3] {
        match &self.sums {
            Sums::Plain(powers) => {
                let [c, c2] = powers.sums();
                [c.clone(), c, c2]
            }
            Sums::Weighted { wc, w2c, w2c2 } => {
                [wc.sum().to_dyadic(), w2c.sum().to_dyadic(), w2c2.sum().to_dyadic()]
            }
        }
    }
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
        if weighted {
            Pair::Weighted(Buckets::new(4, size))
        } else {
            Pair::Plain(Buckets::new(2, size))
        }
    }

    /// The pair with that sum, in little memory.
    pub fn of_sum(weighted: bool, sum: Fixed) -> Self {
        if weighted {
            Pair::Weighted(Buckets::of_sum(4, sum))
        } else {
            Pair::Plain(Buckets::of_sum(2, sum))
        }
    }

    /// Adds the costs of the two columns, of those weights if it is weighted.
    pub fn extend(&mut self, costs: &[f64], others: &[f64], weights: Option<&[f64]>) {
        let are_finite = |row: usize| costs[row] < f64::INFINITY && others[row] < f64::INFINITY;
        for row in (0..costs.len()).filter(|&row| are_finite(row)) {
            let ((ec, mc), (eo, mo)) = (split(costs[row]), split(others[row]));
            match (&mut *self, weights) {
                (Pair::Plain(sum), _) => sum.add(ec + eo, limbs(wide(mc, mo))),
                (Pair::Weighted(sum), Some(weights)) => {
                    let (ew, mw) = split(weights[row]);
                    sum.add(2 * ew + ec + eo, four_limbs(wide(mw, mc), wide(mw, mo)));
                }
                (Pair::Weighted(_), None) => unreachable!("it has weights"),
            }
        }
    }

    pub fn fold(&mut self) {
        match self {
            Pair::Plain(sum) => sum.fold(),
            Pair::Weighted(sum) => sum.fold(),
        }
    }

    /// Adds the sum of another of the same kind.
    pub fn merge(&mut self, other: &Pair) {
        match (self, other) {
            (Pair::Plain(mine), Pair::Plain(theirs)) => mine.merge(theirs),
            (Pair::Weighted(mine), Pair::Weighted(theirs)) => mine.merge(theirs),
            _ => unreachable!("tallies of one shape are merged"),
        }
    }

    pub fn sum(&self) -> Dyadic {
        match self {
            Pair::Plain(sum) => sum.sum().to_dyadic(),
            Pair::Weighted(sum) => sum.sum().to_dyadic(),
        }
    }
}
