//! Sums and statistics against arithmetic that is obvious and slow.

use num_bigint::BigInt;
use num_traits::Zero;
use proptest::prelude::*;

use super::sums::{Buckets, FOLD_EVERY, limbs, split, wide};
use super::*;

/// Any finite number ≥ 0, with every bit pattern as likely as any other.
fn magnitude() -> impl Strategy<Value = f64> {
    (0..f64::INFINITY.to_bits()).prop_map(f64::from_bits)
}

/// A cost or a weight of a usual size, and now and then any.
fn usual() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..10.0, 1 => Just(0.0), 2 => magnitude()]
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1usize..=3, 1usize..=2, any::<bool>(), prop_oneof![Just(Size::Fast), Just(Size::Small)])
        .prop_map(|(models, costs, weighted, size)| Shape { models, costs, weighted, size })
}

/// Instances: a label, a weight, and costs enough for any shape.
fn instances() -> impl Strategy<Value = Vec<(f64, f64, Vec<f64>)>> {
    let label = prop_oneof![Just(0.0), Just(1.0), -2.0..2.0];
    let cost = prop_oneof![9 => usual(), 1 => Just(f64::INFINITY)];
    prop::collection::vec((label, usual(), prop::collection::vec(cost, 6)), 1..12)
}

fn tallied(shape: Shape, rows: &[(f64, f64, Vec<f64>)]) -> Tally {
    let mut tally = Tally::new(shape);
    let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.1).collect();
    let columns = shape.models * shape.costs;
    let costs: Vec<Vec<f64>> =
        (0..columns).map(|column| rows.iter().map(|row| row.2[column]).collect()).collect();
    tally.extend(&y, shape.weighted.then_some(&weights), &costs);
    tally
}

/// Every statistic of a tally, as bits.
fn statistics(tally: &Tally) -> Vec<Option<u64>> {
    let columns = 0..tally.shape.models * tally.shape.costs;
    let of_column = |column| {
        [
            tally.mean(column),
            tally.finite_mean(column),
            tally.standard_error(column),
            Some(tally.sum(column)),
            tally.delta(column),
            tally.delta_standard_error(column),
        ]
    };
    let numbers = [tally.ybar(), tally.variance(), Some(tally.weight())];
    numbers.into_iter().chain(columns.flat_map(of_column)).map(|x| x.map(f64::to_bits)).collect()
}

proptest! {
    #[test]
    fn a_sum_of_products_is_that_of_big_integers(pairs in prop::collection::vec((magnitude(), magnitude()), 0..20), fast: bool) {
        let size = if fast { Size::Fast } else { Size::Small };
        let mut sum = Buckets::<2>::new(2, size);
        let mut expected = BigInt::zero();
        for &(a, b) in &pairs {
            let ((ea, ma), (eb, mb)) = (split(a), split(b));
            sum.add(ea + eb, limbs(wide(ma, mb)));
            expected += (BigInt::from(ma) * BigInt::from(mb)) << (ea + eb);
        }
        let difference = sum.sum().to_dyadic().minus(&Dyadic::new(expected, -2148));
        prop_assert!(difference.is_zero());
    }

    #[test]
    fn merging_parts_in_any_size_is_adding_all(shape in shapes(), rows in instances(), at in 0usize..12, fast: bool) {
        let (left, right) = rows.split_at(at.min(rows.len()));
        let size = if fast { Size::Fast } else { Size::Small };
        let mut merged = tallied(shape, left);
        merged.merge(&tallied(Shape { size, ..shape }, right));
        prop_assert_eq!(statistics(&merged), statistics(&tallied(shape, &rows)));
    }

    #[test]
    fn order_changes_nothing(shape in shapes(), rows in instances(), turn in 0usize..12) {
        let expected = statistics(&tallied(shape, &rows));
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        prop_assert_eq!(statistics(&tallied(shape, &turned)), expected.clone());
        turned.reverse();
        prop_assert_eq!(statistics(&tallied(shape, &turned)), expected);
    }

    #[test]
    fn merge_with_empty_is_identity(shape in shapes(), rows in instances()) {
        let expected = statistics(&tallied(shape, &rows));
        let mut tally = tallied(shape, &rows);
        tally.merge(&Tally::new(shape));
        prop_assert_eq!(statistics(&tally), expected.clone());
        let mut empty = Tally::new(shape);
        empty.merge(&tally);
        prop_assert_eq!(statistics(&empty), expected);
    }

    #[test]
    fn weights_of_one_are_no_weights(rows in instances()) {
        let ones: Vec<_> = rows.iter().map(|(y, _, costs)| (*y, 1.0, costs.clone())).collect();
        let shape = Shape { models: 3, costs: 2, weighted: false, size: Size::Fast };
        let plain = statistics(&tallied(shape, &ones));
        let weighted = statistics(&tallied(Shape { weighted: true, ..shape }, &ones));
        prop_assert_eq!(plain, weighted);
    }

    #[test]
    fn a_model_against_itself_differs_by_nothing(rows in instances(), weighted: bool) {
        let shape = Shape { models: 2, costs: 1, weighted, size: Size::Fast };
        let twice: Vec<_> = rows.iter().map(|(y, w, costs)| (*y, w + 1e-3, vec![costs[0]; 2])).collect();
        let tally = tallied(shape, &twice);
        if tally.infinite(0) == 0 {
            prop_assert_eq!(tally.delta(1), Some(0.0));
            prop_assert_eq!(tally.delta_standard_error(1), (rows.len() > 1).then_some(0.0));
        }
    }
}

#[test]
fn a_bucket_is_folded_before_it_overflows() {
    let largest = f64::from_bits(1.0f64.to_bits() - 1); // m = 2⁵³ − 1
    for weighted in [false, true] {
        let mut tally = Tally::new(Shape { weighted, ..Shape::default() });
        let column = vec![largest; FOLD_EVERY / 4];
        for _ in 0..9 {
            tally.extend(&column, weighted.then_some(&column), std::slice::from_ref(&column));
        }
        assert_eq!(tally.mean(0), Some(largest));
        assert_eq!(tally.standard_error(0), Some(0.0));
        assert_eq!(tally.ybar(), Some(largest));
    }
}

#[test]
fn huge_numbers_do_not_hide_small_ones() {
    let mut tally = Tally::new(Shape::default());
    tally.extend(&[0.0; 3], None, &[vec![1e308, 1e-308, 1e308]]);
    assert_eq!((tally.sum(0), tally.mean(0)), (f64::INFINITY, Some(6.666666666666666e307)));
}
