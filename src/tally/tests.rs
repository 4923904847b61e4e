//! Sums and statistics, checked against arithmetic that is simple and slow.

use num_bigint::BigInt;
use num_traits::Zero;
use proptest::prelude::*;

use super::dyadic::Dyadic;
use super::limbs::{limbs, wide};
use super::sums::{Buckets, FOLD_EVERY};
use super::*;
use crate::float::split;

/// Any finite number ≥ 0, with every bit pattern as likely as any other.
fn magnitude() -> impl Strategy<Value = f64> {
    (0..f64::INFINITY.to_bits()).prop_map(f64::from_bits)
}

/// A cost or a weight, mostly of a usual size.
fn usual() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..10.0, 1 => Just(0.0), 2 => magnitude()]
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1usize..=3, 1usize..=2, any::<bool>(), prop_oneof![Just(Size::Fast), Just(Size::Small)])
        .prop_map(|(models, costs, weighted, size)| Shape { models, costs, weighted, size })
}

/// Instances: a label, a weight, and enough costs for any shape.
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
    let labels = tally.moments();
    let numbers = [
        labels.as_ref().map(Moments::mean),
        labels.as_ref().map(|labels| labels.variance().to_f64()),
        Some(tally.weight()),
    ];
    numbers.into_iter().chain(columns.flat_map(of_column)).map(|x| x.map(f64::to_bits)).collect()
}

proptest! {
    #[test]
    fn a_sum_of_products_is_that_of_big_integers(pairs in prop::collection::vec((magnitude(), magnitude()), 0..20), fast: bool) {
        let size = if fast { Size::Fast } else { Size::Small };
        let mut sum = Buckets::<2>::new(size);
        let mut expected = BigInt::zero();
        for &(a, b) in &pairs {
            let ((ea, ma), (eb, mb)) = (split(a), split(b));
            sum.add(ea + eb, limbs(wide(ma, mb)));
            expected += (BigInt::from(ma) * BigInt::from(mb)) << (ea + eb);
        }
        let difference = Dyadic::from(sum.sum()).minus(&Dyadic::new(expected.into(), -2148));
        prop_assert!(difference.is_zero());
    }

    #[test]
    fn merging_parts_in_any_size_is_adding_all(shape in shapes(), rows in instances(), at in 0usize..12, fast: bool) {
        let (left, right) = rows.split_at(at.min(rows.len()));
        let size = if fast { Size::Fast } else { Size::Small };
        let mut merged = tallied(shape, left);
        merged.merge(&tallied(Shape { size, ..shape }, right)).unwrap();
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
    fn merging_an_empty_tally_changes_nothing(shape in shapes(), rows in instances()) {
        let expected = statistics(&tallied(shape, &rows));
        let mut tally = tallied(shape, &rows);
        tally.merge(&Tally::new(shape)).unwrap();
        prop_assert_eq!(statistics(&tally), expected.clone());
        let mut empty = Tally::new(shape);
        empty.merge(&tally).unwrap();
        prop_assert_eq!(statistics(&empty), expected);
    }

    #[test]
    fn weights_of_one_change_nothing(rows in instances()) {
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
        assert_eq!(tally.moments().map(|labels| labels.mean()), Some(largest));
    }
}

#[test]
fn clipped_costs_are_counted_by_column() {
    let mut tally = Tally::new(Shape { models: 2, ..Shape::default() });
    tally.extend(&[0.0; 3], None, &[vec![1.0; 3], vec![2.0; 3]]);
    tally.clip(1, 2);
    tally.merge(&tally.clone()).unwrap();
    assert_eq!((tally.clipped(0), tally.clipped(1)), (0, 4));
}

#[test]
fn huge_numbers_do_not_hide_small_ones() {
    let mut tally = Tally::new(Shape::default());
    tally.extend(&[0.0; 3], None, &[vec![1e308, 1e-308, 1e308]]);
    assert_eq!((tally.sum(0), tally.mean(0)), (f64::INFINITY, Some(6.666666666666666e307)));
}

#[test]
fn a_slice_may_have_more_rows_than_buckets_take() {
    let largest = f64::from_bits(1.0f64.to_bits() - 1);
    let column = vec![largest; 2 * FOLD_EVERY + 3];
    let mut tally = Tally::new(Shape { weighted: true, ..Shape::default() });
    tally.extend(&column, Some(&column), std::slice::from_ref(&column));
    assert_eq!((tally.mean(0), tally.standard_error(0)), (Some(largest), Some(0.0)));
    assert_eq!(tally.n(), column.len() as u64);
}

#[test]
fn counts_beyond_64_bits_are_not_merged() {
    for counter in ["n", "skipped"] {
        let mut fields = fields(&Tally::new(Shape::default()).state());
        fields[counter] = u64::MAX.into();
        let mut full = restored(Shape::default(), fields).unwrap();
        let before = statistics(&full);
        let mut one = Tally::new(Shape::default());
        one.extend(&[0.0], None, &[vec![0.0]]);
        one.skip(1);
        assert_eq!(full.merge(&one), Err(Overflow), "{counter}");
        assert_eq!(statistics(&full), before);
        assert_eq!(full.merge(&Tally::new(Shape::default())), Ok(()));
    }
}

/// Converts a state to JSON, to change its fields.
fn fields(state: &State) -> serde_json::Value {
    serde_json::to_value(state).unwrap()
}

/// Restores the tally of a state in JSON, with labels from −2 to 2.
fn restored(shape: Shape, fields: serde_json::Value) -> Result<Tally, String> {
    let state: State = serde_json::from_value(fields).map_err(|error| error.to_string())?;
    Tally::restore(shape, &state, -2.0..=2.0).map_err(str::to_owned)
}

/// Names of sums and counts in a state, as JSON pointers.
fn pointers(shape: Shape) -> Vec<String> {
    let mut pointers: Vec<String> =
        ["/n", "/marked/0", "/labels/0", "/labels/1"].map(str::to_owned).to_vec();
    if shape.weighted {
        pointers
            .extend(["/weights/support", "/weights/sums/0", "/weights/sums/1"].map(str::to_owned));
    }
    for column in 0..shape.models * shape.costs {
        let names = ["infinite", "infinite_weight", "sums/0", "sums/1", "sums/2"];
        pointers.extend(names.map(|name| format!("/columns/{column}/{name}")));
    }
    let pairs = (shape.models - 1) * shape.costs;
    pointers.extend((0..pairs).map(|pair| format!("/pairs/{pair}")));
    pointers
}

proptest! {
    #[test]
    fn the_state_of_a_tally_restores_it(shape in shapes(), rows in instances()) {
        let mut tally = tallied(shape, &rows);
        tally.mark(0, 1);
        tally.clip(0, 1);
        tally.skip(3);
        let restored = restored(shape, fields(&tally.state())).map_err(TestCaseError::fail)?;
        prop_assert_eq!(statistics(&restored), statistics(&tally));
        prop_assert_eq!(fields(&restored.state()), fields(&tally.state()));
    }

    #[test]
    fn a_changed_state_is_refused_or_has_statistics_in_range(
        shape in shapes(), rows in instances(), at: prop::sample::Index, digits in 0u32..4096,
        exponent in -2200i64..2200, is_negative: bool, count: u64,
    ) {
        let mut fields = fields(&tallied(shape, &rows).state());
        let pointers = pointers(shape);
        let pointer: &String = at.get(&pointers);
        let field = fields.pointer_mut(pointer).unwrap();
        *field = if field.is_u64() {
            count.into()
        } else {
            format!("{}{digits:x}p{exponent}", if is_negative { "-" } else { "" }).into()
        };
        if let Ok(tally) = restored(shape, fields) {
            let n = tally.n();
            prop_assert!(tally.support() <= n && tally.marked(0) <= n);
            if let Some(labels) = tally.moments() {
                prop_assert!((-2.0..=2.0).contains(&labels.mean()));
                prop_assert!((0.0..=4.0).contains(&labels.variance().to_f64()));
            }
            for column in 0..tally.columns() {
                prop_assert!(tally.infinite(column) <= tally.support());
                let numbers = [tally.finite_mean(column), tally.standard_error(column)];
                prop_assert!(numbers.iter().flatten().all(|&x| (0.0..f64::INFINITY).contains(&x)));
                let errors = tally.delta_standard_error(column);
                prop_assert!(errors.is_none_or(|error| error >= 0.0));
            }
        }
    }
}

#[test]
fn impossible_sums_are_refused() {
    let shape = Shape { models: 2, costs: 1, weighted: true, size: Size::Fast };
    let rows = [(1.0, 2.0, vec![0.5; 6]), (0.5, 1.0, vec![f64::INFINITY, 1.0, 0.0, 0.0, 0.0, 0.0])];
    let mut tally = tallied(shape, &rows);
    tally.clip(0, 2);
    let state = fields(&tally.state());
    assert!(restored(shape, state.clone()).is_ok());
    for (pointer, number) in [
        ("/marked/0", "3"),
        ("/weights/support", "3"),
        ("/weights/support", "0"),
        ("/weights/sums/0", "\"1p4\""),
        ("/weights/sums/0", "\"-3p0\""),
        ("/weights/sums/1", "\"1p4\""),
        ("/weights/sums/1", "\"1p0\""),
        ("/labels/0", "\"7p0\""),
        ("/labels/1", "\"1p4\""),
        ("/labels/1", "\"1p0\""),
        ("/columns/0/clipped", "3"),
        ("/columns/0/infinite", "3"),
        ("/columns/0/infinite", "2"),
        ("/columns/0/infinite", "0"),
        ("/columns/0/infinite_weight", "\"0p0\""),
        ("/columns/0/infinite_weight", "\"3p0\""),
        ("/columns/0/sums/0", "\"1p1030\""),
        ("/columns/0/sums/0", "\"0p0\""),
        ("/columns/1/sums/1", "\"0p0\""),
        ("/columns/1/sums/1", "\"1p4\""),
        ("/columns/1/sums/2", "\"1p4\""),
        ("/columns/1/sums/2", "\"1p0\""),
        ("/columns/1/sums/2", "\"0p0\""),
        ("/pairs/0", "\"1p4\""),
        ("/pairs/0", "\"-1p0\""),
        ("/pairs", "[]"),
        ("/marked", "[0]"),
        ("/columns", "[]"),
        ("/weights", "null"),
    ] {
        let mut changed = state.clone();
        *changed.pointer_mut(pointer).unwrap() = serde_json::from_str(number).unwrap();
        assert!(restored(shape, changed).is_err(), "{pointer}: {number}");
    }
    let state: State = serde_json::from_value(state).unwrap();
    assert!(Tally::restore(shape, &state, 0.0..=1.0).is_ok());
    assert!(Tally::restore(shape, &state, 0.0..=0.5).is_err());
}
