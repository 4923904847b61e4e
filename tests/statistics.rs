//! The statistics of whole files against an independent oracle:
//! `tests/data/statistics.py` reads the same bytes with Python's `csv` and
//! computes with exact fractions and mpmath.

mod support;

use serde_json::Value;
use support::{costs, costs_with, data};

const STATISTICS: [&str; 8] =
    ["n", "mean", "standard_error", "sum", "baseline", "skill", "infinite", "finite_mean"];

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

#[test]
fn every_statistic_is_the_oracles_to_the_last_bit() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/statistics.json")).unwrap();
    assert!(cases.len() >= 40);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let mut args: Vec<&str> =
            case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        args.extend(["--summary", "--format", "csv"]);
        let run = costs_with(&args, case["input"].as_str().unwrap());
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let rows: Vec<Vec<&str>> =
            run.stdout.lines().map(|line| line.split(',').collect()).collect();
        let column = |field: &str| rows[0].iter().position(|name| *name == field).expect(field);
        let results = case["results"].as_array().unwrap();
        assert_eq!(rows.len() - 1, results.len(), "{name}");
        for (row, result) in rows[1..].iter().zip(results) {
            assert_eq!(
                row[column("cost")].replace('_', "-"),
                result["cost"].as_str().unwrap().replace('_', "-"),
                "{name}"
            );
            for field in STATISTICS {
                let found = number(row[column(field)]).map(f64::to_bits);
                let wanted = expected(&result[field]).map(f64::to_bits);
                assert_eq!(
                    found,
                    wanted,
                    "{name}: {field}: {} against {}",
                    row[column(field)],
                    result[field]
                );
            }
        }
    }
}

#[test]
fn the_million_row_file_has_its_exact_mean() {
    // The exact statistics: `python3 tests/data/million.py --expect`.
    let python = match std::process::Command::new("python3").arg(data("million.py")).output() {
        Ok(python) => python,
        // Where all is tested, so is this.
        Err(_) if std::env::var_os("CI").is_none() => return,
        Err(error) => panic!("python3: {error}"),
    };
    assert!(python.status.success());
    let run = costs_with(&["--format", "csv"], &python.stdout);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rows: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        rows[1][1..5],
        ["quadratic", "1000000", "0.1212647477733066", "0.00020578494172912495"]
    );
    assert_eq!(
        rows[2][1..5],
        ["cross_entropy", "1000000", "0.38357455743094404", "0.0006195277484919539"]
    );
}

#[test]
fn a_mean_is_finite_where_the_sum_is_not() {
    let run = costs(&[
        "--y",
        "1e154,-1e154",
        "--yhat",
        "0",
        "--cost",
        "mse",
        "--summary",
        "--format",
        "csv",
    ]);
    assert_eq!(
        run.stdout,
        "model,cost,n,mean,standard_error,sum,baseline,skill,infinite,finite_mean,skipped\n\
         yhat,quadratic,2,1e308,0,inf,1e308,0,0,1e308,0\n"
    );
}
