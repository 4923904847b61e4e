//! Every statistic against an independent oracle: `tests/data/statistics.py` (files
//! of every shape) and `tests/data/practice.py` (weights, groups, models, gaps)
//! read the same bytes with Python's `csv` and compute with exact fractions, mpmath
//! and NumPy.

mod support;

use costs::cost::{ALL, Softmax};
use costs::tally::student_quantile;
use serde_json::Value;
use support::{costs_with, records, run_in};

/// The number in a cell, or in the oracle's answer; None for nothing.
fn number(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().expect("a number"))
}

fn expected(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::String(text) => number(text),
        number => number.as_f64(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

#[test]
fn statistics_of_files_are_the_oracles_to_the_last_bit() {
    are_the_oracles(include_str!("data/statistics.json"), 40);
}

#[test]
fn statistics_of_weights_groups_and_models_are_the_oracles_to_the_last_bit() {
    are_the_oracles(include_str!("data/practice.json"), 60);
}

#[test]
fn intervals_and_errors_of_clusters_are_the_oracles_to_the_last_bit() {
    are_the_oracles(include_str!("data/intervals.json"), 70);
}

#[test]
fn parts_of_the_mean_are_the_oracles_to_the_last_bit() {
    are_the_oracles(include_str!("data/calibration.json"), 20);
}

#[test]
fn several_classes_are_the_oracles_to_the_last_bit() {
    are_the_oracles(include_str!("data/classes.json"), 50);
}

#[test]
fn joins_are_the_oracles() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("data/joins.json")).expect("the oracle writes JSON");
    assert!(cases.len() >= 60);
    for case in &cases {
        let name = text(&case["name"]);
        let folder = tempfile::tempdir().expect("a folder is made");
        for (file, content) in case["files"].as_object().expect("files") {
            std::fs::write(folder.path().join(file), text(content)).expect("a file is written");
        }
        for threads in ["1", "3"] {
            let mut args: Vec<&str> = list(&case["args"]).iter().map(text).collect();
            args.extend(["--format", "jsonl", "--threads", threads]);
            let run = run_in(folder.path(), &args, b"");
            assert_eq!(Some(i64::from(run.code)), case["code"].as_i64(), "{name}: {run:?}");
            for said in list(&case["says"]).iter().map(text) {
                assert!(run.stderr.contains(said), "{name}: no '{said}' in {}", run.stderr);
            }
            let results = case["results"].as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(run.stdout.lines().count(), results.len(), "{name}: {}", run.stdout);
            for (line, result) in run.stdout.lines().zip(results) {
                let found: Value = serde_json::from_str(line).expect("a line is JSON");
                for (field, wanted) in result.as_object().expect("a result") {
                    assert_eq!(&found[field], wanted, "{name}: {field} of {line}");
                }
            }
        }
    }
}

#[test]
fn costs_of_a_softmax_are_the_oracles_within_4_units_in_the_last_place() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("data/softmax.json")).expect("the oracle writes JSON");
    assert!(cases.len() >= 300);
    for case in &cases {
        let z: Vec<f64> = list(&case["z"]).iter().map(|z| z.as_f64().expect("a number")).collect();
        let label = usize::try_from(case["label"].as_u64().expect("an index")).expect("it is low");
        let softmax = Softmax::new(&z);
        for cost in ALL {
            let wanted = case[cost.field()].as_f64().expect("a number");
            let found = cost.cost_of_softmax(label, &softmax);
            let distance = found.to_bits().abs_diff(wanted.to_bits());
            assert!(distance <= 4, "{} of {z:?}, {label}: {found} {wanted}", cost.name());
        }
    }
}

#[test]
fn the_quantile_of_student_is_the_oracles_within_an_ulp() {
    let mut degrees = 0;
    for line in include_str!("data/student.csv").lines().skip(1) {
        let (nu, quantile) = line.split_once(',').expect("two cells");
        let wanted: f64 = quantile.parse().expect("a number");
        let found = student_quantile(nu.parse().expect("a count")).expect("a quantile");
        assert!(found.to_bits().abs_diff(wanted.to_bits()) <= 1, "{nu}: {found} {wanted}");
        degrees += 1;
    }
    assert!(degrees >= 400);
    assert_eq!(student_quantile(0), None);
}

/// At any thread count.
#[track_caller]
fn are_the_oracles(cases: &str, at_least: usize) {
    let cases: Vec<Value> = serde_json::from_str(cases).expect("the oracle writes JSON");
    assert!(cases.len() >= at_least);
    for case in &cases {
        let name = text(&case["name"]);
        let mut args: Vec<&str> = list(&case["args"]).iter().map(text).collect();
        args.extend(["--summary", "--format", "csv", "--threads", "1"]);
        // Whether a first row of 0 and 1 is a header has to be said.
        if name == "numbers, no header" {
            args.insert(0, "--no-header");
        }
        let input = text(&case["input"]);
        let run = costs_with(&args, input);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        args.splice(args.len() - 1.., ["3"]);
        assert_eq!(costs_with(&args, input), run, "{name}");
        let records = records(&run.stdout);
        let results = list(&case["results"]);
        assert_eq!(records.len() - 1, results.len(), "{name}");
        for ((_, record), result) in records[1..].iter().zip(results) {
            compare(name, &records[0].1, record, result.as_object().expect("a result"));
        }
    }
}

#[track_caller]
fn compare(
    name: &str,
    header: &[String],
    record: &[String],
    result: &serde_json::Map<String, Value>,
) {
    let cell = |field: &str| {
        let column = header.iter().position(|name| name == field);
        record[column.unwrap_or_else(|| panic!("{name}: no {field} in {header:?}"))].as_str()
    };
    for (field, value) in result {
        match field.as_str() {
            "groups" => {
                for (group, value) in value.as_object().expect("groups") {
                    // No output steers a terminal.
                    let value = costs::text::name(text(value).as_bytes());
                    assert_eq!(cell(group), value, "{name}");
                }
            }
            "model" | "g" => assert_eq!(cell(field), text(value), "{name}"),
            "cost" => assert_eq!(cell(field), text(value).replace('-', "_"), "{name}"),
            _ => {
                let (found, wanted) = (number(cell(field)), expected(value));
                assert_eq!(
                    found.map(f64::to_bits),
                    wanted.map(f64::to_bits),
                    "{name}: {field}: {found:?} against {wanted:?}"
                );
            }
        }
    }
}
