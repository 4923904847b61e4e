//! The parts of a mean cost: what must hold of them for any forecasts.

use costs::neuron::Given;
use costs::{CostResult, Scores, Scoring};
use proptest::prelude::*;

/// A label, a forecast in 64ths, and a weight.
type Row = (bool, u32, f64);

/// Scores of those rows, each forecast as a function makes it.
fn scores(rows: &[Row], forecast: fn(f64) -> f64) -> Scores {
    let mut scoring = Scoring::default();
    scoring.calibration = true;
    let mut scores = Scores::of_models(scoring, Given::Yhat, &["yhat"], true);
    let y: Vec<f64> = rows.iter().map(|row| f64::from(u8::from(row.0))).collect();
    let yhat: Vec<f64> = rows.iter().map(|row| forecast(f64::from(row.1) / 64.0)).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
    scores.extend_columns(&y, &[&yhat], Some(&weights)).expect("they are labels and forecasts");
    scores
}

fn numbers(result: &CostResult) -> [f64; 4] {
    ["mean", "miscalibration", "discrimination", "baseline"]
        .map(|name| result.number(name).expect("there is some weight"))
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let weight = prop_oneof![Just(1.0), Just(0.1), 0.0..10.0f64];
    prop::collection::vec((any::<bool>(), 1..64u32, weight), 1..200)
        .prop_filter("some weight", |rows| rows.iter().any(|row| row.2 > 0.0))
}

proptest! {
    #[test]
    fn the_mean_is_what_its_parts_add_up_to(rows in rows()) {
        for result in scores(&rows, |yhat| yhat).results() {
            let [mean, miscalibration, discrimination, baseline] = numbers(&result);
            prop_assert!(miscalibration >= 0.0 && discrimination >= 0.0);
            let largest = mean.max(miscalibration).max(discrimination).max(baseline);
            let ulp = largest.next_up() - largest;
            prop_assert!((miscalibration - discrimination + baseline - mean).abs() <= ulp);
        }
    }

    #[test]
    fn an_increasing_function_of_forecasts_leaves_the_discrimination(rows in rows()) {
        let squares = scores(&rows, |yhat| yhat * yhat).results();
        for (one, other) in scores(&rows, |yhat| yhat).results().iter().zip(&squares) {
            prop_assert_eq!(one.number("discrimination"), other.number("discrimination"));
        }
    }

    #[test]
    fn neither_the_order_nor_the_split_changes_a_bit(rows in rows(), at in 0..200usize) {
        let whole = scores(&rows, |yhat| yhat).results();
        let (left, right) = rows.split_at(at.min(rows.len()));
        let mut parts = scores(right, |yhat| yhat);
        parts.merge(&scores(left, |yhat| yhat)).expect("they are alike");
        for (one, other) in whole.iter().zip(&parts.results()) {
            prop_assert_eq!(numbers(one).map(f64::to_bits), numbers(other).map(f64::to_bits));
        }
    }
}

#[test]
fn a_zero_has_no_sign_however_many_forecasts_there_are() {
    let mut scoring = Scoring::default();
    scoring.calibration = true;
    let of = |zero: f64| {
        let mut scores = Scores::of_models(scoring.clone(), Given::Yhat, &["yhat"], false);
        let row = |i: u32| match i % 5 {
            0 => (f64::from(u8::from(i.is_multiple_of(15))), zero),
            _ => (f64::from(u8::from(i.is_multiple_of(3))), f64::from(i) / 200_000.0),
        };
        let (y, yhat): (Vec<f64>, Vec<f64>) = (0..150_000).map(row).unzip();
        scores.extend_columns(&y, &[&yhat], None).expect("they are labels and forecasts");
        scores.results().iter().map(numbers).collect::<Vec<_>>()
    };
    assert_eq!(of(-0.0), of(0.0));
}

#[test]
fn many_distinct_forecasts_are_pooled_as_few_are() {
    // More than go into one part, most of them near 0 and 1.
    let forecast = |i: u32| {
        let t = f64::from(i % 40_009) / 40_009.0;
        t * t * (3.0 - 2.0 * t)
    };
    let rows = |range: std::ops::Range<u32>| -> (Vec<f64>, Vec<f64>) {
        range.map(|i| (f64::from(u8::from(i % 7 < i % 5)), forecast(i.wrapping_mul(7919)))).unzip()
    };
    let mut scoring = Scoring::default();
    scoring.calibration = true;
    let of = |ranges: &[std::ops::Range<u32>]| {
        let mut all = Scores::of_models(scoring.clone(), Given::Yhat, &["yhat"], false);
        for range in ranges {
            let (y, yhat) = rows(range.clone());
            let mut part = Scores::of_models(scoring.clone(), Given::Yhat, &["yhat"], false);
            part.extend_columns(&y, &[&yhat], None).expect("they are labels and forecasts");
            all.merge(&part).expect("they are alike");
        }
        all.results().iter().map(numbers).collect::<Vec<_>>()
    };
    let whole = of(std::slice::from_ref(&(0..200_000)));
    assert_eq!(of(&[0..3, 3..90_000, 90_000..200_000]), whole);
    let small: Vec<_> = (0..50).map(|i| i * 4000..(i + 1) * 4000).collect();
    assert_eq!(of(&small), whole);
}
