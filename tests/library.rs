//! The library as a program uses it: scores an iterator, merges, reports.

mod support;

use std::fmt::Write;

use costs::cost::{self, Clip, Quadratic};
use costs::neuron::Given;
use costs::report::{Format, Output, summary};
use costs::{Scores, Scoring};
use support::costs_with;

/// So many instances, more than are scored in one go.
fn instances(count: u32) -> impl Iterator<Item = (f64, f64)> {
    (0..count).map(|index| (f64::from(index % 3 / 2), f64::from(index * 7_919 % 1_009) / 1_009.0))
}

fn report(scores: &Scores) -> String {
    let mut output = Output::default();
    output.format = Format::Csv;
    String::from_utf8(summary(&scores.results(), &output)).expect("it is text")
}

#[test]
fn scores_are_those_of_the_program() {
    let mut scores = Scores::default();
    scores.extend(instances(5_000)).expect("all are fine");
    let mut text = "y,yhat\n".to_owned();
    for (y, yhat) in instances(5_000) {
        writeln!(text, "{y},{yhat}").expect("memory takes it");
    }
    assert_eq!(report(&scores), costs_with(&["--format", "csv"], text).stdout);
}

#[test]
fn parts_that_are_merged_give_the_bits_of_the_whole() {
    let mut whole = Scores::default();
    whole.extend(instances(3_000)).expect("all are fine");
    let parts = [(0, 1), (1, 1_024), (1_024, 3_000)].map(|(start, end)| {
        let mut part = Scores::default();
        part.extend(instances(end).skip(start)).expect("all are fine");
        part
    });
    let mut merged = Scores::default();
    parts.iter().rev().for_each(|part| merged.merge(part).expect("they belong together"));
    assert_eq!(report(&merged), report(&whole));
}

#[test]
fn a_number_that_no_cost_takes_is_an_error_and_those_before_it_count() {
    let mut scores = Scores::default();
    for (instance, message) in [
        ((1.0, -0.5), "instance 2001: -0.5 is outside [0, 1]"),
        ((2.0, 0.5), "instance 4001: 2 is outside [0, 1]"),
        ((f64::NAN, 0.5), "instance 6001: 'NaN' is not a number"),
        ((1.0, f64::INFINITY), "instance 8001: inf is not finite"),
    ] {
        let faulty = instances(2_000).chain([instance]).chain(instances(2_000));
        let error = scores.extend(faulty).expect_err("one is wrong");
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(scores.results()[0].count("n"), 8_000);
}

#[test]
fn the_quadratic_cost_takes_any_finite_number() {
    let mut scores = Scores::new(&[&Quadratic]);
    scores.extend([(1e200, -1e100), (3.0, 2.5)]).expect("both are finite");
    let [result] = scores.results().try_into().expect("there is one cost");
    assert_eq!((result.count("infinite"), result.number("finite_mean")), (1, Some(0.25)));
}

#[test]
fn scores_of_other_options_are_not_merged() {
    let mut clipped = Scoring::default();
    clipped.clip = Some(Clip::Keras);
    let all = Scores::new(&cost::ALL);
    let others = [
        (Scores::new(&[&Quadratic]), "the other scores' costs differ from those"),
        (
            Scores::of_models(clipped, Given::Yhat, &["yhat"], false),
            "the other scores' clip differs from that",
        ),
        (
            Scores::of_models(Scoring::default(), Given::Yhat, &["yhat"], true),
            "the other scores have other models or weights",
        ),
    ];
    for (other, message) in others {
        let error = all.clone().merge(&other).expect_err("they do not belong together");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn models_and_weights_are_those_of_the_program() {
    let mut scores = Scores::of_models(Scoring::default(), Given::Z, &["a", "b"], true);
    let mut text = "y,a,b,w\n".to_owned();
    for (index, (y, x)) in (0u32..).zip(instances(3_000)) {
        let (a, b, w) = (8.0 * x - 4.0, 3.0 - 5.0 * x, f64::from(index % 4) / 2.0);
        scores.extend_columns(&[y], &[&[a], &[b]], Some(&[w])).expect("all are fine");
        writeln!(text, "{y},{a},{b},{w}").expect("memory takes it");
    }
    let args = ["--z-col", "a,b", "--weight-col", "w", "--format", "csv"];
    assert_eq!(report(&scores), costs_with(&args, text).stdout);
    let error = scores.extend_columns(&[1.0], &[&[1.0], &[1.0]], Some(&[-1.0]));
    let message = "instance 3001: -1 is negative, and a weight is not";
    assert_eq!(error.expect_err("a weight is negative").to_string(), message);
}

#[test]
fn without_instances_there_is_no_mean() {
    let results = Scores::default().results();
    assert!(results.iter().all(|result| result.count("n") == 0 && result.mean().is_none()));
}
