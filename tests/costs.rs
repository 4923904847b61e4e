//! The cost functions: the book's values, values to the last bit, and the laws
//! that every cost obeys.

use costs::cost::{ALL, Cost, CrossEntropy, Quadratic};
use costs::tally::{Shape, Tally};
use proptest::prelude::*;

/// Table 8.1 of *Deep Learning Illustrated*, with the book's printed costs and
/// the costs in full (computed with mpmath at 100 digits).
const TABLE_8_1: [(f64, f64, f64, f64); 6] = [
    (1.0, 0.9997, 8.999999999998017e-8, 0.00030004500900199243), // 9.0e-08, 0.0003
    (1.0, 0.9, 0.009999999999999995, 0.10536051565782628),       // 0.01, 0.1
    (1.0, 0.6, 0.16000000000000003, 0.5108256237659907),         // 0.16, 0.5
    (1.0, 0.1192, 0.77580864, 2.1269525243508878),               // 0.78, 2.1
    (0.0, 0.1192, 0.01420864, 0.12692469357366684),              // 0.0142, 0.1269
    (1.0, 0.8808, 0.014208639999999993, 0.1269246935736668),     // 0.0142, 0.1269
];

#[test]
fn table_8_1_is_right_to_the_last_bit() {
    for (y, yhat, quadratic, cross_entropy) in TABLE_8_1 {
        assert_eq!(Quadratic.cost(y, yhat), quadratic, "quadratic of {y}, {yhat}");
        assert_eq!(CrossEntropy.cost(y, yhat), cross_entropy, "cross-entropy of {y}, {yhat}");
    }
}

/// `tests/data/pairs.py` says how these were computed.
#[test]
fn a_thousand_pairs_are_right_to_the_last_bit() {
    let text = include_str!("data/pairs.csv");
    let mut pairs = 0;
    for line in text.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let &[y, yhat, quadratic, cross_entropy] = numbers.as_slice() else { panic!("{line}") };
        for (cost, expected) in
            [(&Quadratic as &dyn Cost, quadratic), (&CrossEntropy, cross_entropy)]
        {
            let found = cost.cost(y, yhat);
            assert_eq!(found.to_bits(), expected.to_bits(), "{} of {line}: {found}", cost.name());
        }
        pairs += 1;
    }
    assert_eq!(pairs, 1000);
}

#[test]
fn cross_entropy_of_a_certain_and_wrong_output_is_infinite() {
    assert_eq!(CrossEntropy.cost(1.0, 0.0), f64::INFINITY);
    assert_eq!(CrossEntropy.cost(0.0, 1.0), f64::INFINITY);
    assert_eq!(CrossEntropy.cost(0.5, 0.0), f64::INFINITY);
}

#[test]
fn cross_entropy_of_a_log_probability_is_its_negative_to_the_bit() {
    for (logp, cost) in [
        (-0.1, 0.1f64),
        (-1e-320, 1e-320),
        (-1e308, 1e308),
        (f64::NEG_INFINITY, f64::INFINITY),
        (-0.0, 0.0),
        (0.0, 0.0),
    ] {
        let found = CrossEntropy.cost_of_log_probability(logp).expect("it is made of those");
        assert_eq!(found.to_bits(), cost.to_bits(), "{logp}");
    }
    assert_eq!(Quadratic.cost_of_log_probability(-0.1), None);
}

#[test]
fn names_and_aliases_are_distinct() {
    let names: Vec<&str> = ALL
        .iter()
        .flat_map(|cost| [cost.name()].into_iter().chain(cost.aliases().iter().copied()))
        .collect();
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{name} twice");
    }
}

/// A probability, with the ends and their neighbourhoods as likely as the rest.
fn probability() -> impl Strategy<Value = f64> {
    prop_oneof![
        0.0..=1.0,
        (0.0..300.0).prop_map(|digits: f64| pxfm::f_exp(-digits)),
        (0.0..37.0).prop_map(|digits: f64| 1.0 - pxfm::f_exp(-digits)),
        Just(0.0),
        Just(1.0),
    ]
}

proptest! {
    #[test]
    fn no_cost_is_negative_or_nan(y in probability(), yhat in probability()) {
        for cost in ALL {
            let found = cost.cost(y, yhat);
            prop_assert!(found.is_sign_positive() && !found.is_nan(), "{} {found}", cost.name());
        }
    }

    #[test]
    fn a_right_and_certain_output_costs_nothing(y in prop_oneof![Just(0.0), Just(1.0)]) {
        for cost in ALL {
            prop_assert_eq!(cost.cost(y, y).to_bits(), 0);
        }
    }

    #[test]
    fn a_cost_grows_with_the_distance_from_a_hard_label(
        y in prop_oneof![Just(0.0), Just(1.0)], a in probability(), b in probability(),
    ) {
        let (near, far) = if (y - a).abs() <= (y - b).abs() { (a, b) } else { (b, a) };
        // 1 − ŷ tells apart fewer ŷ than there are.
        prop_assume!((y - near).abs() < (y - far).abs());
        for cost in ALL {
            prop_assert!(cost.cost(y, near) <= cost.cost(y, far), "{}", cost.name());
        }
    }

    #[test]
    fn a_cost_of_a_log_probability_is_that_of_the_label(yhat in probability()) {
        for cost in ALL {
            if let Some(found) = cost.cost_of_log_probability(pxfm::f_log(yhat)) {
                prop_assert_eq!(found.to_bits(), cost.cost(1.0, yhat).to_bits(), "{}", cost.name());
            }
        }
    }

    #[test]
    fn a_slice_of_costs_is_the_cost_of_each(pairs in prop::collection::vec((probability(), probability()), 0..50)) {
        let (y, yhat): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for cost in ALL {
            let mut costs = vec![f64::NAN; y.len()];
            cost.costs(&y, &yhat, &mut costs);
            let each: Vec<f64> = y.iter().zip(&yhat).map(|(&y, &yhat)| cost.cost(y, yhat)).collect();
            prop_assert_eq!(costs, each);
        }
    }

    #[test]
    fn the_baseline_is_the_mean_cost_of_predicting_the_mean_label(
        labels in prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0], 1..20),
    ) {
        for cost in ALL {
            let mut tally = Tally::new(Shape::default());
            tally.extend(&labels, None, &[vec![0.0; labels.len()]]);
            let moments = tally.moments().unwrap();
            let ybar = moments.mean();
            let mut tally = Tally::new(Shape::default());
            tally.extend(&labels, None, &[labels.iter().map(|&y| cost.cost(y, ybar)).collect()]);
            let (mean, baseline) = (tally.mean(0).unwrap(), cost.baseline(&moments).to_f64());
            prop_assert!((mean - baseline).abs() <= 1e-14, "{}: {mean} {baseline}", cost.name());
        }
    }
}
