//! Weights, groups, models and gaps against an independent oracle:
//! `tests/data/practice.py` reads the same bytes with Python's `csv` and computes
//! with exact fractions, mpmath and NumPy.

mod support;

use serde_json::Value;
use support::costs_with;

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

/// The cells of the records of a CSV text.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut field, mut records, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    let (mut input, mut buffer) = (text.as_bytes(), [0; 256]);
    loop {
        let (result, read, written) = reader.read_field(input, &mut buffer);
        input = &input[read..];
        field.extend_from_slice(&buffer[..written]);
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                cells.push(String::from_utf8(std::mem::take(&mut field)).expect("UTF-8"));
                if record_end {
                    records.push(std::mem::take(&mut cells));
                }
            }
            csv_core::ReadFieldResult::End => return records,
            _ => {}
        }
    }
}

#[test]
fn every_statistic_is_the_oracles_to_the_last_bit_at_any_thread_count() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/practice.json")).unwrap();
    assert!(cases.len() >= 60);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let args = case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap());
        let mut args: Vec<&str> = args.collect();
        args.extend(["--summary", "--format", "csv", "--threads", "1"]);
        let input = case["input"].as_str().unwrap();
        let run = costs_with(&args, input);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        *args.last_mut().unwrap() = "3";
        assert_eq!(costs_with(&args, input), run, "{name}");
        let records = records(&run.stdout);
        let results = case["results"].as_array().unwrap();
        assert_eq!(records.len() - 1, results.len(), "{name}");
        for (record, result) in records[1..].iter().zip(results) {
            compare(name, &records[0], record, result.as_object().unwrap());
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
                    assert_eq!(cell(group), text(value), "{name}");
                }
            }
            "model" => assert_eq!(cell(field), text(value), "{name}"),
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
