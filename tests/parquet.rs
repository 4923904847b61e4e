//! Parquet files: the same answers as from CSV, and exact words where there are
//! none. `data/parquet.py` makes the files.

#![cfg(feature = "parquet")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;

use support::{Run, data, run_in};

/// Runs `costs` in the folder of the files.
#[track_caller]
fn costs(args: &[&str]) -> Run {
    run_in(&data("parquet"), args, b"")
}

#[track_caller]
fn is_refused(args: &[&str], stderr: &str) {
    let run = costs(args);
    assert_eq!(run.stderr, stderr, "{args:?}");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
}

/// The files give the same answer with those arguments, on any number of threads.
#[track_caller]
fn score_alike(files: &[&str], csv: &str, args: &[&str], csv_args: &[&str]) {
    let expected = costs(&[&[csv], csv_args].concat());
    assert_eq!(expected.code, 0, "{args:?}: {}", expected.stderr);
    for file in files {
        for threads in ["1", "3"] {
            let run = costs(&[&[file, "--threads", threads], args].concat());
            assert_eq!(run.stdout, expected.stdout, "{file} {args:?} {}", run.stderr);
            // Places are other words, as tests below show.
            let warnings = |run: &Run| run.stderr.lines().count();
            assert_eq!(warnings(&run), warnings(&expected), "{file} {args:?}");
            assert_eq!(run.code, 0, "{file} {args:?}");
        }
    }
}

const TYPES: [&str; 2] = ["types.parquet", "plain.parquet"];

#[test]
fn summaries_are_those_of_the_same_rows_as_csv() {
    let cases: [&[&str]; 19] = [
        &["--json"],
        &["--format", "value"],
        &["--yhat-col", "single", "--json"],
        &["--yhat-col", "large", "--json"],
        &["--yhat-col", "small", "--json", "--cost", "mse"],
        &["--yhat-col", "text", "--missing", "skip", "--json"],
        &["--yhat-col", "gaps", "--missing", "skip", "--json"],
        &["--yhat-col", "yhat,single,gaps,large", "--missing", "skip", "--json"],
        &["--y-col", "label", "--positive", "yes", "--json"],
        &["--y-col", "flag", "--positive", "true", "--missing", "skip", "--json"],
        &["--y-col", "byte", "--yhat-col", "short", "--cost", "mse", "--json"],
        &["--y-col", "unsigned", "--yhat-col", "long", "--cost", "mse", "--json"],
        &["--y-col", "int", "--yhat-col", "id", "--cost", "mse", "--json"],
        &["--weight-col", "small", "--json"],
        &["--weight-col", "byte", "--json", "--gradient"],
        &["--z-col", "z", "--json"],
        &["--by", "group", "--json"],
        &["--by", "label,day", "--format", "csv"],
        &["--by", "byte", "--yhat-col", "gaps", "--missing", "skip", "--weight-col", "small"],
    ];
    for args in cases {
        score_alike(&TYPES, "types.csv", args, args);
    }
}

#[test]
fn rows_are_those_of_the_same_rows_as_csv() {
    let cases: [&[&str]; 8] = [
        &["--each", "--format", "csv"],
        &["--each", "--format", "tsv"],
        &["--each", "--json"],
        &["--each", "--format", "jsonl", "--yhat-col", "single,large"],
        &["--each", "--format", "markdown"],
        &["--each", "--format", "table", "--z-col", "z"],
        &["--each", "--format", "csv", "--yhat-col", "gaps", "--missing", "skip"],
        &["--each", "--format", "value", "--yhat-col", "small", "--cost", "mse"],
    ];
    for args in cases {
        score_alike(&TYPES, "types.csv", args, args);
    }
}

#[test]
fn a_boolean_column_counts_as_1_and_0_and_is_written_in_words() {
    let csv = fs::read_to_string(data("parquet/types.csv")).expect("the file is there");
    let digits = csv.replace(",true,", ",1,").replace(",false,", ",0,");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("digits.csv"), digits).expect("a file is written");
    let args = ["--y-col", "flag", "--missing", "skip"];
    let expected = run_in(folder.path(), &[&["digits.csv"], &args[..]].concat(), b"");
    assert_eq!(expected.code, 0, "{}", expected.stderr);
    for file in TYPES {
        assert_eq!(costs(&[&[file], &args[..]].concat()).stdout, expected.stdout, "{file}");
    }
    let rows = costs(&[&["types.parquet", "--each", "--format", "csv"], &args[..]].concat());
    let first = rows.stdout.lines().nth(1).expect("there are rows");
    assert!(first.contains(",true,yes,") || first.contains(",false,no,"), "{first}");
}

#[test]
fn the_worst_rows_are_those_of_csv_with_rows_for_lines() {
    let args = ["--worst", "7", "--format", "csv", "--cost", "log-loss"];
    let csv = costs(&[&["types.csv"], &args[..]].concat());
    for file in TYPES {
        for threads in ["1", "3"] {
            let run = costs(&[&[file, "--threads", threads], &args[..]].concat());
            assert_eq!(placeless(&run, file), placeless(&csv, "types.csv"), "{file}");
            let worst = run.stdout.lines().nth(1).expect("there are rows");
            // Its id counts from 0.
            assert!(worst.starts_with(&format!("{file},5,4,1,0.0934815626897376,")), "{worst}");
        }
    }
}

/// What was printed, without the line or row of each instance.
fn placeless(run: &Run, file: &str) -> String {
    let lines = run.stdout.lines().map(|line| match line.strip_prefix(&format!("{file},")) {
        Some(rest) => rest.split_once(',').map_or(rest, |(_, cells)| cells),
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_codec_that_is_built_in_is_read() {
    let expected = costs(&["types.csv", "--json"]);
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"] {
        let run = costs(&[&format!("{codec}.parquet"), "--json"]);
        assert_eq!((run.stdout, run.code), (expected.stdout.clone(), 0), "{codec}: {}", run.stderr);
    }
}

#[test]
fn the_name_says_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["p.csv.gz", "p.jsonl", "p.tsv"] {
        fs::copy(data("parquet/snappy.parquet"), folder.path().join(name)).expect("it is copied");
        let run = run_in(folder.path(), &[name, "--json"], b"");
        assert_eq!(run.stdout, costs(&["types.csv", "--json"]).stdout, "{}", run.stderr);
    }
}

#[test]
fn files_of_both_kinds_pool_and_are_told_apart() {
    let mixed = ["types.csv", "zstd.parquet", "types.csv"];
    let csv = ["types.csv", "types.csv", "types.csv"];
    let of = |files: [&str; 3], args: &[&str]| costs(&[&files[..], args].concat());
    assert_eq!(of(mixed, &["--json"]).stdout, of(csv, &["--json"]).stdout);
    let by_file =
        costs(&["zstd.parquet", "types.csv", "--by-file", "--format", "csv", "--cost", "mse"]);
    let lines: Vec<&str> = by_file.stdout.lines().collect();
    let [_, parquet, csv] = lines[..] else { panic!("{}", by_file.stdout) };
    assert_eq!(parquet.strip_prefix("zstd.parquet"), csv.strip_prefix("types.csv"));
}

#[test]
fn errors_name_the_row_and_the_column() {
    let cases = [
        (
            "outside",
            "row 17: column 'outside': 1.2 is outside [0, 1]\n\
                     hint: logits? --z or --z-col takes them; percentages? divide them by 100\n",
        ),
        (
            "null",
            "row 13: column 'null': it is empty\n\
                  hint: --missing skip leaves such rows out\n",
        ),
        (
            "nan",
            "row 14: column 'nan': 'NaN' is a missing value\n\
                 hint: --missing skip leaves such rows out; it counts them\n",
        ),
        (
            "infinite",
            "row 15: column 'infinite': inf is not finite\n\
                      hint: y, ŷ and weights are finite numbers\n",
        ),
        (
            "single",
            "row 16: column 'single': 1.2000000476837158 is outside [0, 1]\n\
                    hint: logits? --z or --z-col takes them; percentages? divide them by 100\n",
        ),
        (
            "decimal",
            "row 11: column 'decimal': -0.10 is outside [0, 1]\n\
                     hint: logits? --z or --z-col takes them\n",
        ),
        ("text", "row 12: column 'text': 'x' is not a number\n"),
        ("text,words", "row 11: column 'words': 'y' is not a number\n"),
    ];
    for (column, message) in cases {
        let message = format!("error: faults.parquet: {message}");
        is_refused(&["faults.parquet", "--yhat-col", column], &message);
        is_refused(&["faults.parquet", "--yhat-col", column, "--by", "y"], &message);
    }
    is_refused(
        &["faults.parquet", "--yhat-col", "certain", "--weight-col", "negative"],
        "error: faults.parquet: row 18: column 'negative': -1 is negative, and a weight is not\n",
    );
    is_refused(
        &["faults.parquet", "--yhat-col", "certain", "--weight-col", "infinite"],
        "error: faults.parquet: row 15: column 'infinite': inf is not finite\n\
         hint: y, ŷ and weights are finite numbers\n",
    );
    // A label that is a boolean is no fault.
    is_refused(
        &["faults.parquet", "--y-col", "flag", "--yhat-col", "negative"],
        "error: faults.parquet: row 18: column 'negative': -1 is outside [0, 1]\n\
         hint: logits? --z or --z-col takes them\n",
    );
    // What is no number is no missing value.
    is_refused(
        &["faults.parquet", "--yhat-col", "text,words", "--missing", "skip"],
        "error: faults.parquet: row 11: column 'words': 'y' is not a number\n",
    );
}

#[test]
fn the_first_error_in_the_input_wins() {
    let first = "error: faults.parquet: row 17: column 'outside': 1.2 is outside [0, 1]\n\
                 hint: logits? --z or --z-col takes them; percentages? divide them by 100\n";
    for threads in ["1", "2", "8"] {
        for _ in 0..20 {
            is_refused(
                &["faults.parquet", "--yhat-col", "later,outside", "--threads", threads],
                first,
            );
        }
    }
}

#[test]
fn infinite_costs_are_found_by_their_rows() {
    let run = costs(&[
        "faults.parquet",
        "--yhat-col",
        "certain",
        "--cost",
        "log-loss",
        "--format",
        "value",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "inf\n"));
    assert_eq!(
        run.stderr,
        "warning: faults.parquet: column 'certain' holds 0 and 1 alone, predicted classes rather than probabilities?\n\
         warning: 2 of 30 instances cost ∞, certain and wrong: \
         faults.parquet: row 12, faults.parquet: row 19\n"
    );
}

#[test]
fn missing_values_are_counted() {
    let run = costs(&[
        "faults.parquet",
        "--yhat-col",
        "null,nan",
        "--missing",
        "skip",
        "--cost",
        "mse",
        "--format",
        "value",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "0.25\n0.25\n"), "{}", run.stderr);
    assert_eq!(run.stderr, "warning: 2 rows skipped for a missing value\n");
}

#[test]
fn a_row_that_is_skipped_may_be_the_first_of_its_key() {
    let skips = ["--on", "day", "--yhat-col", "text", "--missing", "skip"];
    for (files, stdin, places) in [
        (
            ["types.parquet", "--join", "-"],
            "day,w\n1999-12-31,1\n",
            "(types.parquet: row 2), '1999-12-31' (types.parquet: row 3)",
        ),
        (
            ["-", "--join", "types.parquet"],
            "day,y\n1999-12-31,1\n",
            "(types.parquet: row 1, types.parquet: row 2)",
        ),
    ] {
        let run = run_in(&data("parquet"), &[&files[..], &skips].concat(), stdin.as_bytes());
        assert!(
            run.stderr.contains(&format!("an earlier row has: '1999-12-31' {places}")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn what_is_no_cell_is_left_out_and_cannot_be_chosen() {
    let run = costs(&["nested.parquet", "--format", "value"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let run = costs(&["nested.parquet", "--each", "--format", "csv", "--cost", "mse"]);
    assert_eq!(
        run.stdout,
        "y,struct.a,yhat,quadratic\n1,1,0.5,0.25\n0,2,0.25,0.0625\n1,,0.75,0.0625\n"
    );
    assert_eq!(
        run.stderr,
        "warning: nested.parquet: left out: column 'list': it is a list or a map, not a single value; \
         column 'uuid': its values are of a type that is not read\n"
    );
    is_refused(
        &["nested.parquet", "--y-col", "list"],
        "error: nested.parquet: column 'list' cannot be chosen: it is a list or a map, not a single value\n",
    );
    is_refused(
        &["nested.parquet", "--weight-col", "struct"],
        "error: nested.parquet: column 'struct' cannot be chosen: it is a struct: choose a field, such as struct.a\n",
    );
    is_refused(
        &["nested.parquet", "--by", "uuid"],
        "error: nested.parquet: column 'uuid' cannot be chosen: its values are of a type that is not read\n",
    );
}

#[test]
fn a_field_of_a_struct_is_a_column_and_missing_where_the_struct_is() {
    let weighted = ["nested.parquet", "--weight-col", "struct.a", "--cost", "mse"];
    let run = costs(&[&weighted[..], &["--missing", "skip", "--format", "value"]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (0, "0.125\n"), "{}", run.stderr);
    assert_eq!(run.stderr, "warning: 1 row skipped for a missing value\n");
    let run = costs(&weighted);
    assert!(
        run.stderr.contains("nested.parquet: row 3: column 'struct.a': it is empty"),
        "{}",
        run.stderr
    );
}

#[test]
fn columns_that_are_not_there_are_named() {
    is_refused(
        &["snappy.parquet", "--y-col", "label"],
        "error: snappy.parquet: there is no column 'label'; the columns are 'id', 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n",
    );
    is_refused(
        &["faults.parquet"],
        "error: faults.parquet: no column is named like ŷ; the columns are 'y', 'outside', 'later', \
         'null', 'nan', 'infinite', 'single', 'decimal', 'text', 'words', 'flag', 'certain', \
         'negative'\n\
         hint: name it: --yhat-col NAME\n",
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    is_refused(&["empty.parquet"], "error: empty.parquet: there are no rows\n");
}

#[test]
fn streams_are_refused() {
    let parquet = fs::read(data("parquet/snappy.parquet")).expect("the file is there");
    let said = ": a Parquet file is read from its end, and this is a stream\n\
                hint: name the file itself, as it is, uncompressed\n";
    let run = run_in(Path::new("."), &[], &parquet);
    assert_eq!((run.code, run.stderr), (2, format!("error: <stdin>{said}")));
    let folder = tempfile::tempdir().expect("a folder");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&parquet).expect("memory takes it");
    let gzip = encoder.finish().expect("memory takes it");
    fs::write(folder.path().join("p.parquet.gz"), gzip).expect("a file is written");
    let run = run_in(folder.path(), &["p.parquet.gz"], b"");
    assert_eq!((run.code, run.stderr), (2, format!("error: p.parquet.gz{said}")));
}
