//! Baselines, skills and soft labels as exact as their definitions: against
//! `tests/data/entropy.py` and `tests/data/soft.py`, and where sums overflow.

use costs::cost::{Activated, Cost, CrossEntropy, Quadratic};
use costs::neuron::Activation;
use costs::tally::{Baseline, Moments, Shape, Size, Tally};
use proptest::prelude::*;

/// How many numbers lie between two that are not negative, and one more.
fn units_apart(a: f64, b: f64) -> u64 {
    assert!(a >= 0.0 && b >= 0.0, "{a} {b}");
    a.to_bits().abs_diff(b.to_bits())
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(',').map(|cell| cell.parse().expect("a number")).collect()
}

fn moments(labels: &[f64], weights: &[f64]) -> Moments {
    let shape = Shape { weighted: true, size: Size::Small, ..Shape::default() };
    let mut tally = Tally::new(shape);
    tally.extend(labels, Some(weights), &[vec![0.0; labels.len()]]);
    tally.moments().expect("they have weight")
}

#[test]
fn the_entropy_of_two_classes_is_the_nearest_number_and_the_same_for_them_swapped() {
    let mut points = 0;
    for line in include_str!("data/entropy.csv").lines().skip(1) {
        let [ones, zeros, expected] = numbers(line)[..] else { panic!("{line}") };
        for labels in [[1.0, 0.0], [0.0, 1.0]] {
            let baseline = CrossEntropy.baseline(&moments(&labels, &[ones, zeros])).to_f64();
            assert_eq!(baseline, expected, "{labels:?}: {line}");
        }
        let tanh = Activated { cost: &CrossEntropy, activation: Activation::Tanh };
        let baseline = tanh.baseline(&moments(&[1.0, -1.0], &[ones, zeros])).to_f64();
        assert_eq!(baseline, expected, "tanh: {line}");
        points += 1;
    }
    assert!(points > 2000);
}

#[test]
fn soft_labels_cost_what_they_do_however_close_the_output_is() {
    let mut points = 0;
    for line in include_str!("data/soft.csv").lines().skip(1) {
        let (name, rest) = line.split_once(',').unwrap();
        let activation =
            Activation::ALL.into_iter().find(|activation| activation.name() == name).unwrap();
        let [y, z, quadratic, cross_entropy] = numbers(rest)[..] else { panic!("{line}") };
        for (cost, expected) in
            [(&Quadratic as &'static dyn Cost, quadratic), (&CrossEntropy, cross_entropy)]
        {
            let found = Activated { cost, activation }.cost(y, z);
            assert!(units_apart(found, expected) <= 4, "{}: {line}: {found:e}", cost.name());
        }
        points += 1;
    }
    assert!(points > 2000);
}

#[test]
fn a_skill_is_the_quotient_where_the_baseline_overflows_and_shares_where_the_sum_does() {
    let mut tally = Tally::new(Shape::default());
    tally.extend(&[2e154, -2e154], None, &[vec![1.44e308; 2]]);
    let baseline = tally.moments().unwrap().variance();
    assert_eq!((baseline.to_f64(), tally.sum(0)), (f64::INFINITY, f64::INFINITY));
    assert_eq!(tally.skill(0, &baseline), Some(0.64));
    assert_eq!(tally.share(0, 1.0, 1.44e308), Some(0.5));
}

#[test]
fn without_a_baseline_there_is_no_skill_and_of_nothing_no_share() {
    let mut tally = Tally::new(Shape { weighted: true, ..Shape::default() });
    tally.extend(&[1.0; 2], Some(&[1.0, 0.0]), &[vec![0.0, f64::INFINITY]]);
    for baseline in [0.0, f64::INFINITY] {
        assert_eq!(tally.skill(0, &Baseline::from(baseline)), None);
    }
    assert_eq!(tally.skill(0, &tally.moments().unwrap().variance()), None);
    assert_eq!(tally.share(0, 1.0, 0.0), None);
    tally.extend(&[0.0], Some(&[2.0]), &[vec![3.0]]);
    assert_eq!(tally.share(0, 0.0, f64::INFINITY), Some(0.0));
    assert_eq!(tally.share(0, 2.0, 3.0), Some(1.0));
    tally.extend(&[0.0], Some(&[1.0]), &[vec![f64::INFINITY]]);
    let shares = [f64::INFINITY, 3.0].map(|cost| tally.share(0, 1.0, cost));
    assert_eq!(shares, [None, Some(0.0)]);
    assert_eq!(tally.skill(0, &Baseline::from(0.25)), Some(f64::NEG_INFINITY));
}

#[test]
fn rows_of_weight_0_change_no_standard_error() {
    let mut tally = Tally::new(Shape { models: 2, weighted: true, ..Shape::default() });
    tally.extend(&[1.0, 0.0], Some(&[1.0, 2.0]), &[vec![0.5, 0.25], vec![0.25, 1.0]]);
    let errors = |tally: &Tally| (tally.standard_error(0), tally.delta_standard_error(1));
    let expected = errors(&tally);
    tally.extend(&[1.0; 3], Some(&[0.0; 3]), &[vec![7.0; 3], vec![f64::INFINITY; 3]]);
    assert_eq!((errors(&tally), tally.n(), tally.support()), (expected, 5, 2));
    assert!(expected.0.is_some() && expected.1.is_some());
}

proptest! {
    #[test]
    fn a_cost_of_a_hard_label_is_that_of_the_tail_on_its_other_side(z in -800.0f64..800.0) {
        for (activation, z, growth) in
            [(Activation::Sigmoid, z, 1.0), (Activation::Tanh, z / 2.0, 4.0)]
        {
            let quadratic = Activated { cost: &Quadratic, activation };
            let [low, high] = activation.labels();
            let logit = activation.logits_per_input() * z;
            for (y, tail) in [(high, -logit), (low, logit)] {
                let tail = costs::neuron::sigmoid(tail);
                prop_assert_eq!(quadratic.cost(y, z).to_bits(), (growth * (tail * tail)).to_bits());
            }
        }
    }
}
