//! The statistics of files too large for the oracle, and of sums too large for a
//! number.

mod support;

use support::{costs, costs_with, data};

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
        "model,cost,n,mean,standard_error,low,high,sum,baseline,skill,infinite,finite_mean,skipped\n\
         yhat,quadratic,2,1e308,0,1e308,1e308,inf,1e308,6.2916027746676e-17,0,1e308,0\n"
    );
}
