//! The tally of a small group in a few 64-bit words, as long as its numbers fit.
//!
//! What fits is a group without weights, of fewer than 2²⁴ instances, with labels 0 and 1 and
//! costs that are 0 or from 2⁻⁷⁶ to 2²⁰. The sums of such costs are integers of three limbs in
//! units of 2⁻¹²⁸; those of their squares and products are integers of five limbs in units of
//! 2⁻²⁵⁶. Nothing is rounded. A group of one model and both costs takes 136 bytes, where a
//! [`Tally`] takes two thousand. Any other group needs a [`Tally`].

use smallvec::smallvec;

use super::column::{Column, Pair};
use super::few::{FRACTION, FewSums, PRODUCTS, SUM, fixed};
use super::labels::Labels;
use super::limbs::{carrying_add, wide};
use super::statistics::{Shape, Tally};
use super::sums::Size;
use crate::float::{EXPONENT_OF_INTEGERS, split};

/// The largest shift of a significand in a sum: that of costs from 2¹⁹ to 2²⁰.
const MOST_SHIFT: usize = FRACTION + 20 - 53;

/// The bits of two counts in the first word, from the lowest: of instances, and of labels 1.
/// Above them are the instances that were left out.
const BITS: u32 = 24;
const MANY: u64 = 1 << BITS;
const FEW: u64 = 1 << (64 - 2 * BITS);

/// The layout of the words of a small group.
#[derive(Clone, Copy, Debug)]
pub struct Compact {
    shape: Shape,
    columns: usize,
}

impl Compact {
    /// Returns the layout for tallies of a shape; None if they have weights.
    pub fn of(shape: Shape) -> Option<Self> {
        (!shape.weighted).then_some(Compact { shape, columns: shape.models * shape.costs })
    }

    /// Returns the number of words of a group. All 0, they are a group without instances.
    pub fn words(self) -> usize {
        1 + self.columns * SUM + (self.columns + self.pairs()) * PRODUCTS
    }

    /// Returns the number of columns of the models after the first.
    fn pairs(self) -> usize {
        self.columns - self.shape.costs.min(self.columns)
    }

    /// Adds an instance of these costs, one a column, if it fits, and returns whether it did.
    #[inline]
    pub fn add(self, words: &mut [u64], y: f64, cost: impl Fn(usize) -> f64) -> bool {
        let fits = (0..self.columns).all(|column| parts(cost(column)).is_some());
        let is_label = y == 0.0 || y == 1.0;
        if !fits || !is_label || words[0] % MANY == MANY - 1 {
            return false;
        }
        let (counts, sums) = words.split_at_mut(1);
        counts[0] += 1 + if y == 1.0 { MANY } else { 0 };
        let (sums, products) = sums.split_at_mut(self.columns * SUM);
        let (squares, pairs) = products.split_at_mut(self.columns * PRODUCTS);
        let each = sums.chunks_exact_mut(SUM).zip(squares.chunks_exact_mut(PRODUCTS));
        for (column, (sum, squares)) in each.enumerate() {
            let (shift, m) = parts(cost(column)).expect("all costs fit");
            add_shifted(sum, u128::from(m), shift);
            add_shifted(squares, wide(m, m), 2 * shift);
        }
        for (pair, sum) in pairs.chunks_exact_mut(PRODUCTS).enumerate() {
            let column = |column| parts(cost(column)).expect("all costs fit");
            let (shift, m) = column(self.shape.costs + pair);
            let (first_shift, first) = column(pair % self.shape.costs);
            add_shifted(sum, wide(m, first), shift + first_shift);
        }
        true
    }

    /// Counts an instance that was left out, unless the count is full; returns whether it did.
    pub fn skip(words: &mut [u64]) -> bool {
        let [_, _, skipped] = counts(words[0]);
        let fits = skipped + 1 < FEW;
        words[0] += if fits { MANY * MANY } else { 0 };
        fits
    }

    /// Adds the instances of another group if they fit, and returns whether they did.
    pub fn merge(self, words: &mut [u64], other: &[u64]) -> bool {
        let ([n, _, skipped], [m, _, left_out]) = (counts(words[0]), counts(other[0]));
        if n + m >= MANY || skipped + left_out >= FEW {
            return false;
        }
        words[0] += other[0];
        let (sums, products) = words[1..].split_at_mut(self.columns * SUM);
        let (other_sums, other_products) = other[1..].split_at(self.columns * SUM);
        for (sum, other) in sums.chunks_exact_mut(SUM).zip(other_sums.chunks_exact(SUM)) {
            add_limbs(sum, other);
        }
        let products = products.chunks_exact_mut(PRODUCTS);
        for (sum, other) in products.zip(other_products.chunks_exact(PRODUCTS)) {
            add_limbs(sum, other);
        }
        true
    }

    /// Converts a group to a tally.
    pub fn tally(self, words: &[u64]) -> Tally {
        let [n, ones, skipped] = counts(words[0]);
        let (sums, products) = words[1..].split_at(self.columns * SUM);
        let (squares, pairs) = products.split_at(self.columns * PRODUCTS);
        let sums = sums.as_chunks().0.iter().zip(squares.as_chunks().0);
        let columns = sums.map(|(&sum, &squares)| Column::of_few(FewSums { sum, squares }));
        let columns = columns.collect();
        let pair = |_| Pair::new(false, Size::Small);
        let mut tally = Tally {
            shape: Shape { size: Size::Small, ..self.shape },
            n,
            support: n,
            skipped,
            marked: smallvec![0; self.shape.models],
            weights: None,
            labels: Labels::new(Size::Small),
            columns,
            pairs: (0..self.pairs()).map(pair).collect(),
            clusters: None,
            forecasts: None,
            added_since_fold: 0,
        };
        tally.labels.count_ones(ones);
        for (pair, sum) in tally.pairs.iter_mut().zip(pairs.chunks_exact(PRODUCTS)) {
            pair.merge(&fixed(sum, 2));
        }
        tally
    }
}

/// Returns the counts in the first word: the instances, the labels 1, and the instances that
/// were left out.
pub fn counts(word: u64) -> [u64; 3] {
    [word % MANY, word / MANY % MANY, word / (MANY * MANY)]
}

/// Splits a cost into a shift and a significand: it is significand·2^shift in units of 2⁻¹²⁸.
/// None if it does not fit.
#[inline]
fn parts(cost: f64) -> Option<(usize, u64)> {
    const LEAST: usize = EXPONENT_OF_INTEGERS - FRACTION;
    if cost.to_bits() == 0 {
        return Some((0, 0));
    }
    let (exponent, m) = split(cost);
    let shift = exponent.wrapping_sub(LEAST);
    (shift <= MOST_SHIFT && cost > 0.0).then_some((shift, m))
}

/// Adds value·2^shift to a sum.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the limbs of a number")]
fn add_shifted(sum: &mut [u64], value: u128, shift: usize) {
    let (first, bits) = (shift / 64, shift % 64);
    let low = u128::from(value as u64) << bits;
    let high = ((value >> 64) << bits) + (low >> 64);
    let limbs = [low as u64, high as u64, (high >> 64) as u64];
    let mut carry = false;
    for (index, limb) in sum[first..].iter_mut().enumerate() {
        (*limb, carry) = carrying_add(*limb, limbs.get(index).copied().unwrap_or(0), carry);
    }
}

/// Adds an integer of as many limbs to a sum.
fn add_limbs(sum: &mut [u64], other: &[u64]) {
    let mut carry = false;
    for (limb, &other) in sum.iter_mut().zip(other) {
        (*limb, carry) = carrying_add(*limb, other, carry);
    }
}

#[cfg(test)]
mod tests {
    use super::super::moments::Baseline;
    use super::*;
    use crate::float::power_of_two;
    use proptest::prelude::*;

    fn cost() -> impl Strategy<Value = f64> {
        prop_oneof![
            Just(0.0),
            Just(1.0),
            Just(power_of_two(-76)),
            Just(power_of_two(20) - power_of_two(-33)),
            0.0..40.0f64,
            (-76..20i32, 1.0..2.0f64).prop_map(|(e, m)| m * power_of_two(e)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_small_group_has_the_sums_of_a_tally(
            rows in prop::collection::vec((any::<bool>(), prop::array::uniform4(cost())), 0..20),
            cut in 0..20usize,
        ) {
            let shape = Shape { models: 2, costs: 2, size: Size::Small, ..Shape::default() };
            let compact = Compact::of(shape).unwrap();
            let cut = cut.min(rows.len());
            let columns = |rows: &[(bool, [f64; 4])]| -> (Vec<f64>, Vec<Vec<f64>>) {
                let y = rows.iter().map(|row| f64::from(u8::from(row.0))).collect();
                (y, (0..4).map(|column| rows.iter().map(|row| row.1[column]).collect()).collect())
            };
            let (mut left, mut right) = (vec![0; compact.words()], vec![0; compact.words()]);
            let mut whole = Tally::new(shape);
            for (words, rows) in [(&mut left, &rows[..cut]), (&mut right, &rows[cut..])] {
                let (y, costs) = columns(rows);
                for (row, &y) in y.iter().enumerate() {
                    prop_assert!(compact.add(words, y, |column| costs[column][row]));
                }
                prop_assert!(Compact::skip(words));
                whole.extend(&y, None, &costs);
                whole.skip(1);
            }
            prop_assert!(compact.merge(&mut left, &right));
            let mut small = compact.tally(&left);
            prop_assert_eq!(statistics(&small), statistics(&whole));
            // What does not fit makes it an ordinary tally.
            for cost in [f64::INFINITY, 1e300] {
                small.extend(&[0.5], None, &vec![vec![cost]; 4]);
                whole.extend(&[0.5], None, &vec![vec![cost]; 4]);
                prop_assert_eq!(statistics(&small), statistics(&whole));
            }
            small.merge(&compact.tally(&right)).unwrap();
            whole.merge(&compact.tally(&right)).unwrap();
            prop_assert_eq!(statistics(&small), statistics(&whole));
            let state = |tally: Tally| serde_json::to_string(&tally.state()).unwrap();
            prop_assert_eq!(state(small), state(whole));
        }
    }

    /// Returns the statistics that are computed in another way for small groups.
    fn statistics(tally: &Tally) -> Vec<Option<u64>> {
        let mut baselines = vec![Baseline::from(0.3), Baseline::from(f64::INFINITY)];
        baselines.extend(tally.moments().map(|labels| labels.variance()));
        let of_column = |column| {
            let read = tally.read(column);
            let mut statistics = vec![
                Some(read.sum()),
                read.mean(),
                read.finite_mean(),
                read.standard_error(),
                read.share(1.0, 0.25),
                tally.delta(column),
                tally.delta_standard_error(column),
            ];
            statistics.extend(baselines.iter().map(|baseline| read.skill(baseline)));
            statistics.extend(tally.baseline(column).map(|baseline| read.skill(&baseline)));
            statistics
        };
        let all = (0..tally.columns()).flat_map(of_column);
        all.map(|statistic| statistic.map(f64::to_bits)).collect()
    }

    #[test]
    fn a_group_that_grows_has_the_statistics_of_a_tally() {
        let costs = [0.1, 1.0, power_of_two(-76)];
        let compact = Compact::of(Shape::default()).unwrap();
        let mut words = vec![0; compact.words()];
        let mut whole = Tally::new(Shape { size: Size::Small, ..Shape::default() });
        for cost in costs {
            assert!(compact.add(&mut words, 1.0 - cost.round(), |_| cost));
            whole.extend(&[1.0 - cost.round()], None, &[vec![cost]]);
        }
        // From 3 to 3·2²¹ instances, beyond those that `few.rs` serves.
        for _ in 0..22 {
            assert_eq!(statistics(&compact.tally(&words)), statistics(&whole));
            let half = words.clone();
            assert!(compact.merge(&mut words, &half));
            whole.merge(&whole.clone()).unwrap();
        }
    }

    #[test]
    fn an_instance_that_does_not_fit_changes_nothing() {
        let compact = Compact::of(Shape::default()).unwrap();
        for (y, cost) in [
            (0.5, 0.25),
            (1.0, f64::INFINITY),
            (1.0, power_of_two(20)),
            (1.0, power_of_two(-77)),
            (1.0, -0.0),
            (1.0, 5e-324),
            (-1.0, 1.0),
        ] {
            let mut words = vec![0; compact.words()];
            assert!(compact.add(&mut words, 1.0, |_| 0.5));
            assert!(!compact.add(&mut words, y, |_| cost), "{y} {cost}");
            assert_eq!(compact.tally(&words).sum(0), 0.5);
        }
        assert!(Compact::of(Shape { weighted: true, ..Shape::default() }).is_none());
    }

    #[test]
    fn a_full_count_takes_no_more() {
        let compact = Compact::of(Shape::default()).unwrap();
        let mut words = vec![0; compact.words()];
        words[0] = MANY - 2;
        assert!(compact.add(&mut words, 0.0, |_| 0.0));
        assert!(!compact.add(&mut words, 0.0, |_| 0.0));
        assert!(!compact.merge(&mut words, &[1, 0, 0, 0, 0, 0, 0, 0, 0]));
        words[0] = (FEW - 2) << (2 * BITS);
        assert!(Compact::skip(&mut words) && !Compact::skip(&mut words));
    }
}
