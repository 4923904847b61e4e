//! A Parquet file of many parts and chunks gives what the same rows as CSV give.

#![cfg(feature = "parquet")]

mod support;

use std::fmt::Write;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{DoubleType, Int32Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use support::{Run, run_in};

/// Rows of the first row group, more than a part of one, and of the second.
const ROWS: [usize; 2] = [300_000, 9_000];

const SCHEMA: &str = "message m { required int32 y; optional double yhat; }";

/// The row with that index: ŷ is missing in some.
fn row(index: usize) -> (i32, Option<f64>) {
    let millionth = u32::try_from(index * 7_919 % 1_000_003).expect("it is small");
    let yhat = f64::from(millionth) / 1_000_003.0;
    (i32::from(index.is_multiple_of(3)), (index % 1_000 != 777).then_some(yhat))
}

fn shortest(number: f64) -> String {
    let mut out = Vec::new();
    costs::digits::shortest(number, &mut out);
    String::from_utf8(out).expect("digits are ASCII")
}

/// Writes p.parquet and p.csv, with an output of its own in one row.
fn write(folder: &Path, odd: Option<(usize, f64)>) {
    let row = |index| match odd {
        Some((at, yhat)) if at == index => (1, Some(yhat)),
        _ => row(index),
    };
    let schema = Arc::new(parse_message_type(SCHEMA).expect("the schema is well-formed"));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(folder.join("p.parquet")).expect("a file is made");
    let mut writer =
        SerializedFileWriter::new(file, schema, properties.into()).expect("it is written");
    let mut csv = "y,yhat\n".to_owned();
    let mut start = 0;
    for rows in ROWS {
        let rows: Vec<(i32, Option<f64>)> = (start..start + rows).map(row).collect();
        start += rows.len();
        let mut group = writer.next_row_group().expect("it is written");
        let y: Vec<i32> = rows.iter().map(|&(y, _)| y).collect();
        let yhat: Vec<f64> = rows.iter().filter_map(|&(_, yhat)| yhat).collect();
        let levels: Vec<i16> = rows.iter().map(|(_, yhat)| i16::from(yhat.is_some())).collect();
        let mut column = group.next_column().expect("it is written").expect("there is a column");
        column.typed::<Int32Type>().write_batch(&y, None, None).expect("it is written");
        column.close().expect("it is written");
        let mut column = group.next_column().expect("it is written").expect("there is a column");
        let typed = column.typed::<DoubleType>();
        typed.write_batch(&yhat, Some(&levels), None).expect("it is written");
        column.close().expect("it is written");
        group.close().expect("it is written");
        for (y, yhat) in rows {
            let yhat = yhat.map_or_else(String::new, shortest);
            writeln!(csv, "{y},{yhat}").expect("memory takes it");
        }
    }
    writer.close().expect("it is written");
    fs::write(folder.join("p.csv"), csv).expect("a file is written");
}

fn score(folder: &Path, file: &str, args: &[&str]) -> Run {
    run_in(folder, &[&[file], args].concat(), b"")
}

#[test]
fn parts_give_what_csv_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), None);
    let cases: [&[&str]; 4] = [
        &["--missing", "skip", "--json"],
        &["--missing", "skip", "--json", "--by", "y"],
        &["--missing", "skip", "--each", "--format", "csv"],
        &["--missing", "skip", "--each", "--json"],
    ];
    for args in cases {
        let csv = score(folder.path(), "p.csv", args);
        assert_eq!(csv.code, 0, "{}", csv.stderr);
        for threads in ["1", "3"] {
            let args = [args, &["--threads", threads]].concat();
            let run = score(folder.path(), "p.parquet", &args);
            // Megabytes of text are no help where they differ.
            assert!(run.stdout == csv.stdout, "{args:?} {}", run.stderr);
        }
    }
}

#[test]
fn rows_are_counted_through_parts_and_row_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    for index in [8_191, 8_192, 149_999, 150_000, 299_999, 300_000, 308_999] {
        write(folder.path(), Some((index, 1.25)));
        for view in ["--summary", "--each"] {
            let args = ["--missing", "skip", "--threads", "2", "--format", "csv", view];
            let run = score(folder.path(), "p.parquet", &args);
            let row = index + 1;
            assert_eq!(run.code, 2);
            assert_eq!(
                run.stderr.lines().next(),
                Some(&*format!(
                    "error: p.parquet: row {row}: column 'yhat': 1.25 is outside [0, 1]"
                ))
            );
        }
    }
}

#[test]
fn infinite_costs_are_counted_through_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), Some((250_000, 0.0)));
    let run = score(folder.path(), "p.parquet", &["--missing", "skip", "--format", "value"]);
    let warned = run.stderr.lines().last().unwrap_or_default();
    // Every label of row 1 is 1, and its output 0.
    assert_eq!(
        warned,
        "warning: 2 of 308,691 instances cost ∞, certain and wrong: \
         p.parquet: row 1, p.parquet: row 250001"
    );
}

#[test]
fn the_worst_rows_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), Some((250_000, 0.0)));
    let args = ["--missing", "skip", "--worst", "40", "--format", "csv", "--threads", "3"];
    let run = score(folder.path(), "p.parquet", &args);
    let csv = score(folder.path(), "p.csv", &args);
    let rows = |run: &Run, header: u64| -> Vec<String> {
        let lines = run.stdout.lines().skip(1).map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            let row = cells[1].parse::<u64>().expect("a row is a number") - header;
            let row = row.to_string();
            cells[0] = &row;
            cells.remove(1);
            cells.join(",")
        });
        lines.collect()
    };
    assert_eq!(rows(&run, 0), rows(&csv, 1));
    assert_eq!(rows(&run, 0).len(), 40);
}
