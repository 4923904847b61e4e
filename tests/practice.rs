//! What practitioners ask: which rows hurt, is B better, may this ship.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;

use support::{costs_with, run_in};

const MODELS: &str = "id,fold,w,y,a,b\n\
    1,x,1,1,0.9,0.8\n2,y,2,0,0.2,0.1\n3,x,1,1,0.6,1\n4,y,0.5,0,0.4,0.3\n5,x,1,1,0.3,0\n";

#[test]
fn several_models_are_compared_on_the_same_rows() {
    let run = costs_with(&["--yhat-col", "a,b", "--cost", "brier"], MODELS);
    assert_eq!(
        run.stdout,
        "\
┌───────┬───────────┬────────┬──────────────┬────────────┬───────────────────┬──────────┬────────┐
│ model ┆ cost      ┆   mean ┆ ± std. error ┆ difference ┆     95 % interval ┆ baseline ┆  skill │
╞═══════╪═══════════╪════════╪══════════════╪════════════╪═══════════════════╪══════════╪════════╡
│ a     ┆ quadratic ┆ 0.1720 ┆    ± 0.08517 ┆          – ┆                 – ┆   0.2400 ┆ 28.3 % │
│ b     ┆ quadratic ┆ 0.2280 ┆     ± 0.1936 ┆    0.05600 ┆ -0.2706 to 0.3826 ┆   0.2400 ┆  5.0 % │
└───────┴───────────┴────────┴──────────────┴────────────┴───────────────────┴──────────┴────────┘
5 instances, differences to a
"
    );
}

#[test]
fn groups_come_in_order_of_first_appearance() {
    let args = [
        "--yhat-col",
        "a",
        "--by",
        "fold",
        "--weight-col",
        "w",
        "--cost",
        "mse",
        "--format",
        "csv",
    ];
    assert_eq!(
        costs_with(&args, MODELS).stdout,
        "fold,model,cost,n,weight,mean,standard_error,low,high,sum,baseline,skill,infinite,finite_mean,skipped\n\
         x,a,quadratic,3,3,0.21999999999999997,0.14177446878757824,-0.39000630513765366,0.8300063051376536,0.6599999999999999,0,,0,0.21999999999999997,0\n\
         y,a,quadratic,2,2.5,0.06400000000000002,0.03840000000000001,-0.4239182618691088,0.5519182618691089,0.16000000000000003,0,,0,0.06400000000000002,0\n"
    );
}

#[test]
fn the_worst_instances_are_named_with_their_share() {
    let args = ["--yhat-col", "b", "--worst", "2", "--cost", "mse,xent", "--format", "csv"];
    let run = costs_with(&args, MODELS);
    assert_eq!(
        run.stdout,
        "file,line,id,fold,w,y,a,b,quadratic,cross_entropy,share\n\
         <stdin>,6,5,x,1,1,0.3,0,1,inf,0.8771929824561404\n\
         <stdin>,5,4,y,0.5,0,0.4,0.3,0.09,0.35667494393873234,0.07894736842105263\n"
    );
}

#[test]
fn ties_among_the_worst_come_in_input_order_at_any_thread_count() {
    let rows: Vec<String> = (0..60_000).map(|row| format!("{row},1,0.{}\n", 1 + row % 7)).collect();
    let text = "id,y,yhat\n".to_owned() + &rows.concat();
    let args = |threads| ["--worst", "5", "--format", "csv", "--cost", "mse", "--threads", threads];
    let expected = costs_with(&args("1"), &text);
    let ids: Vec<&str> =
        expected.stdout.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(ids, ["0", "7", "14", "21", "28"]);
    for threads in ["2", "5"] {
        assert_eq!(costs_with(&args(threads), &text), expected);
    }
}

#[test]
fn labels_may_be_words() {
    let text = "label,score\nspam,0.9\n ham,0.2\n\"spam\",0.6\n";
    let run = costs_with(&["--positive", "spam", "--format", "value"], text);
    assert_eq!(run.stdout, costs_with(&["--format", "value"], "1,0.9\n0,0.2\n1,0.6\n").stdout);
    assert_eq!(run.code, 0);
}

#[test]
fn skipped_rows_are_counted_and_told() {
    let text = "y,yhat\n1,0.9\n1,\n0,NA\n0,0.2\n";
    let run = costs_with(&["--missing", "skip", "--format", "csv", "--cost", "mse"], text);
    assert_eq!(
        run.stdout,
        "model,cost,n,mean,standard_error,low,high,sum,baseline,skill,infinite,finite_mean,skipped\n\
         yhat,quadratic,2,0.025,0.015000000000000006,-0.16559307104262067,0.21559307104262065,0.05,0.25,0.9,0,0.025,2\n"
    );
    assert_eq!(run.stderr, "warning: 2 rows skipped for a missing value\n");
}

/// `tests/data/presets.py` asked the libraries themselves.
#[test]
fn a_preset_gives_the_number_that_the_library_gives() {
    let text = include_str!("data/presets.csv");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let mut compared = 0;
    for preset in ["sklearn", "keras", "torch"] {
        let column = header.iter().position(|name| *name == preset).expect(preset);
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let Ok(expected) = cells[column].parse::<f64>() else { continue };
            let args = [
                "--y", cells[0], "--yhat", cells[1], "--cost", "xent", "--clip", preset,
                "--format", "value",
            ];
            let run = costs_with(&args, "");
            let found: f64 = run.stdout.trim().parse().unwrap_or(f64::NAN);
            // Their logarithms are not correctly rounded, and some are of 1 − ŷ,
            // which is.
            let tolerance = 1e-14 * expected.abs() + f64::EPSILON;
            assert!((found - expected).abs() <= tolerance, "{preset}: {line}: {found}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn clipping_leaves_the_quadratic_cost_alone() {
    let run = costs_with(&["--y", "1", "--yhat", "0", "--clip", "0.01", "--format", "csv"], "");
    assert_eq!(run.stdout, "y,yhat,quadratic,cross_entropy\n1,0,1,4.605170185988091\n");
}

#[test]
fn a_mean_above_its_limit_ends_in_1_with_the_results_printed() {
    let args = ["--fail-above", "xent=0.1", "--fail-above", "mse=0.5", "--format", "value"];
    let run = costs_with(&args, "1,0.8\n0,0.1\n");
    assert_eq!((run.code, run.stdout.as_str()), (1, "0.02499999999999999\n0.16425203348601802\n"));
    assert_eq!(
        run.stderr,
        "error: the mean cross-entropy of 'yhat' is 0.16425203348601802, above the limit of 0.1\n"
    );
    assert_eq!(costs_with(&["--fail-above", "xent=0.2"], "1,0.8\n0,0.1\n").code, 0);
}

#[test]
fn an_infinite_mean_and_any_group_break_a_limit() {
    let args = ["--fail-above", "xent=9", "--by", "g", "--format", "value", "-q"];
    let run = costs_with(&args, "y,yhat,g\n1,0.8,a\n0,1,b\n");
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        "error: the mean cross-entropy of 'yhat' (g 'b') is inf, above the limit of 9\n"
    );
}

#[test]
fn an_output_file_is_there_whole_or_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    fs::write(folder.path().join("out.csv"), "old").unwrap();
    let args = ["-o", "out.csv", "--each", "--format", "csv", "--cost", "mse"];
    let run = run_in(folder.path(), &args, b"1,0.5\n1,x\n");
    assert_eq!((run.code, read("out.csv").as_str()), (2, "old"));
    let run = run_in(folder.path(), &args, b"1,0.5\n1,1\n");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(read("out.csv"), "y,yhat,quadratic\n1,0.5,0.25\n1,1,0\n");
    // Nothing else is left there.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_output_file_is_none_of_the_inputs_by_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.csv"), "1,0.5\n").unwrap();
    symlink("in.csv", path("link.csv")).unwrap();
    fs::hard_link(path("in.csv"), path("hard.csv")).unwrap();
    for output in ["in.csv", "./in.csv", "link.csv", "hard.csv"] {
        let run = run_in(folder.path(), &["in.csv", "-o", output], b"");
        assert_eq!(run.code, 2);
        assert_eq!(
            run.stderr,
            format!(
                "error: {output}: the output is one of the inputs\nhint: write to another file, and move it after\n"
            )
        );
        assert_eq!(fs::read_to_string(path("in.csv")).unwrap(), "1,0.5\n");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["-o", "missing/out.csv"], b"1,0.5\n");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.starts_with("error: missing/out.csv: cannot write: no such file"),
        "{}",
        run.stderr
    );
    let run = run_in(folder.path(), &["-o", "/dev/full"], b"1,0.5\n");
    assert_eq!(run.stderr, "error: /dev/full: cannot write: no space left\n");
    assert_eq!(run.code, 2);
}

#[test]
fn many_groups_are_those_of_few_threads_and_of_no_order() {
    let rows: Vec<String> = (0..100_000)
        .map(|row| format!("{},{},0.{}\n", row * 7919 % 30_011, row % 2, 1 + row % 89))
        .collect();
    let text = "g,y,yhat\n".to_owned() + &rows.concat();
    let args = |threads| ["--by", "g", "--format", "csv", "--threads", threads];
    let expected = costs_with(&args("1"), &text);
    assert_eq!(expected.stdout.lines().count(), 1 + 2 * 30_011);
    assert!(expected.stdout.lines().nth(1).unwrap().starts_with("0,yhat,quadratic,4,"));
    // Not `assert_eq`, which would print all of them.
    assert!(costs_with(&args("3"), &text) == expected);
}

#[test]
fn line_ends_are_no_part_of_the_last_cell() {
    let lf = "y,yhat,g\n1,0.5,a\n0,0.5,b\n1,0.25,\n";
    for args in [["--by", "g"], ["--each", "-q"], ["--worst", "2"]] {
        let args = [&args[..], &["--format", "csv"]].concat();
        let expected = costs_with(&args, lf);
        assert_eq!(expected.code, 0, "{}", expected.stderr);
        assert_eq!(costs_with(&args, lf.replace('\n', "\r\n")), expected);
        assert_eq!(costs_with(&args, lf.replace('\n', "\r\n").trim_end()), expected);
        assert_eq!(costs_with(&args, lf.replace('\n', "\r")), expected);
    }
}

#[test]
fn no_column_of_the_output_has_the_name_of_another() {
    let cases: [(&[&str], &str, &str); 5] = [
        (&["--by", "mean"], "y,yhat,mean\n1,0.5,a\n", "the input has a column 'mean' already"),
        (&["--worst", "1"], "y,yhat,line\n1,0.5,a\n", "the input has a column 'line' already"),
        (&["--by", "g,g"], "y,yhat,g\n1,0.5,a\n", "column 'g' is chosen twice"),
        (&["--yhat-col", "yhat,2"], "y,yhat\n1,0.5\n", "column 'yhat' is chosen twice"),
        (
            &["--worst", "1"],
            "y,yhat,a,a\n1,0.5,1,2\n",
            "two columns are named 'a', and this output needs distinct names",
        ),
    ];
    for (args, text, message) in cases {
        let run = costs_with(args, text);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn a_group_without_a_mean_has_its_line() {
    let args = ["--missing", "skip", "--by", "g", "--format", "value", "--cost", "mse"];
    assert_eq!(costs_with(&args, "y,yhat,g\n,0.5,a\n1,0.2,b\n").stdout, "\n0.6400000000000001\n");
}

#[test]
fn a_positive_label_that_never_occurs_is_told() {
    let run = costs_with(&["--positive", "Yes", "--format", "value"], "y,yhat\nyes,0.5\nno,0.5\n");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            2,
            "error: no label is 'Yes'; the labels are 'yes' and 'no'\nhint: check its spelling; with --negative LABEL, no row needs to have it\n"
        )
    );
}
