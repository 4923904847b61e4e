//! Tests that results have the same bits, and that the first error is the same, for every
//! block size, number of workers, split into files and spelling of the same rows.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Plan, Scored, score};
use crate::io::Source;
use crate::report::{Format, Instances, Output};
use crate::scoring::Scoring;
use crate::table::options::InputOptions;
use crate::table::request::{Cells, Request};
use crate::table::tables::Tables;

/// Returns a plan of all costs, with every instance as CSV if `each`.
pub(super) fn plan(
    input: Option<&str>,
    block_size: usize,
    threads: usize,
    each: bool,
) -> Arc<Plan> {
    let options = InputOptions { input: input.map(str::to_owned), ..InputOptions::default() };
    let request = Arc::new(Request {
        options,
        scoring: Scoring::default(),
        labels: None,
        cells: if each { Cells::All } else { Cells::Errors },
        allows_empty: false,
        block_size,
    });
    let output = Output { format: Format::Csv, ..Output::default() };
    let instances = Instances::new(&output, &request).filter(|_| each);
    Arc::new(Plan {
        explains: false,
        request,
        instances,
        max_groups: usize::MAX,
        compares_models: false,
        threads,
        histograms: Vec::new(),
    })
}

/// Returns all that scoring those texts as files shows, down to the bits.
fn outcome(texts: &[&[u8]], block_size: usize, threads: usize, each: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let sources = texts.iter().enumerate().map(|(at, text)| {
        let path = folder.path().join(format!("{at}.csv"));
        fs::write(&path, text).unwrap();
        Source::File(path)
    });
    let plan = plan(None, block_size, threads, each);
    let tables = Tables::new(sources.collect(), Arc::clone(&plan.request), Arc::default());
    let mut rows = Vec::new();
    let mut sink = |bytes: &[u8]| {
        rows.extend_from_slice(bytes);
        Ok(())
    };
    let scored = score(tables, &plan, &mut sink);
    match scored {
        Err(error) => relative(&error.to_string(), folder.path()),
        Ok(scored) => {
            let locations: Vec<String> = scored
                .infinite
                .first
                .iter()
                .map(|location| relative(&location.to_string(), folder.path()))
                .collect();
            format!(
                "{}\n{} infinite at {locations:?}\n{}",
                statistics(&scored),
                scored.infinite.count,
                String::from_utf8_lossy(&rows)
            )
        }
    }
}

fn relative(message: &str, folder: &Path) -> String {
    message.replace(&format!("{}/", folder.display()), "")
}

/// Returns every statistic as its bits.
pub(super) fn statistics(scored: &Scored) -> String {
    let tally = &scored.groups.get(0).tally;
    let bits = |number: Option<f64>| number.map(f64::to_bits);
    let of_column = |column| {
        let numbers = [
            tally.mean(column),
            tally.standard_error(column),
            Some(tally.sum(column)),
            tally.finite_mean(column),
        ];
        format!("{} {} {:?}", tally.n(), tally.infinite(column), numbers.map(bits))
    };
    let labels = tally.moments().map(|labels| (labels.mean(), labels.variance().to_f64()));
    format!("{:?} {labels:?}", [0, 1].map(of_column))
}

/// A cell with a number in one of several spellings, or rarely with something else.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => "[01]",
        20 => "0\\.[0-9]{1,20}",
        5 => "[0-9]{1,3}e-[0-9]{1,2}",
        5 => " ?[01] ?",
        5 => Just("\"0.25\"".to_owned()),
        1 => prop_oneof![Just("x"), Just(""), Just("1.5"), Just("\"a\"\"b\""), Just("nan")].prop_map(str::to_owned),
    ]
}

/// Text beside the numbers.
fn note() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z]{0,8}",
        2 => Just("\"a, \"\"b\"\"\"".to_owned()),
        2 => Just("\"two\nlines\"".to_owned()),
        1 => Just("\"cr\rlf\r\n\"".to_owned()),
        1 => Just("5\" disk".to_owned()),
    ]
}

fn line_end() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")]
}

fn table() -> impl Strategy<Value = String> {
    let row = (note(), cell(), cell(), line_end());
    prop::collection::vec(row, 1..30).prop_map(|rows| {
        let rows = rows.iter().map(|(note, y, yhat, end)| format!("{note},{y},{yhat}{end}"));
        "note,y,yhat\n".to_owned() + &rows.collect::<String>()
    })
}

/// Rows that can be scored, each (y, ŷ) as written.
fn good_rows() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("[01]", "0\\.[0-9]{1,17}"), 1..40)
}

fn written(rows: &[(String, String)], separator: &str, quote: &str, end: &str) -> String {
    let rows = rows
        .iter()
        .map(|(y, yhat)| format!("{quote}{y}{quote}{separator}{quote}{yhat}{quote}{end}"));
    format!("y{separator}yhat{end}") + &rows.collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn block_size_and_threads_change_nothing(text in table(), each: bool) {
        let text = text.as_bytes();
        let expected = outcome(&[text], 1 << 16, 1, each);
        for (block_size, threads) in [(1, 1), (2, 2), (3, 1), (7, 3), (64, 2), (1 << 16, 2)] {
            let found = outcome(&[text], block_size, threads, each);
            // An error stands alone: how many rows were written before it may differ.
            prop_assert_eq!(&found, &expected, "blocks of {}, {} threads", block_size, threads);
        }
    }

    #[test]
    fn order_split_and_spelling_change_nothing(mut rows in good_rows(), at in 0usize..40, turn in 0usize..40) {
        let summary = |texts: &[&str]| {
            let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
            let outcome = outcome(&texts, 64, 2, false);
            // The locations of infinite costs differ.
            outcome.split(" at [").next().unwrap_or_default().to_owned()
        };
        let expected = summary(&[&written(&rows, ",", "", "\n")]);
        prop_assert_eq!(&summary(&[&written(&rows, ",", "", "\r\n")]), &expected);
        prop_assert_eq!(&summary(&[&written(&rows, ",", "", "\r")]), &expected);
        prop_assert_eq!(&summary(&[&written(&rows, ",", "\"", "\n")]), &expected);
        prop_assert_eq!(&summary(&[&written(&rows, "\t", "", "\n")]), &expected);
        prop_assert_eq!(&summary(&[&written(&rows, " ; ", "", "\n")]), &expected);
        let (left, right) = rows.split_at(at.min(rows.len() - 1));
        if !left.is_empty() {
            let parts = [written(right, ",", "", "\n"), written(left, ",", "", "\n")];
            prop_assert_eq!(&summary(&[&parts[0], &parts[1]]), &expected);
        }
        let turn = turn % rows.len();
        rows.rotate_left(turn);
        prop_assert_eq!(&summary(&[&written(&rows, ",", "", "\n")]), &expected);
        rows.reverse();
        prop_assert_eq!(&summary(&[&written(&rows, ",", "", "\n")]), &expected);
    }
}

#[test]
fn an_endless_line_is_refused() {
    let text = "y,yhat\n1,0.5\n1,".to_owned() + &"0".repeat(17 << 20);
    let found = outcome(&[text.as_bytes()], 1 << 18, 2, false);
    assert_eq!(found, "0.csv:3: the record is longer than 16 MiB");
}

#[test]
fn an_endless_quote_is_refused() {
    let text = "y,yhat\n1,0.5\n1,\"0\n".to_owned() + &"0,1\n".repeat(5 << 20);
    let found = outcome(&[text.as_bytes()], 1 << 18, 2, false);
    assert_eq!(found, "0.csv:3: the quote that opens here is not closed within 16 MiB");
}

#[test]
fn the_first_of_many_errors_is_reported() {
    let text = "y,yhat\n".to_owned() + &"1,0.5\n".repeat(500) + &"1,x\n".repeat(500);
    for block_size in [10, 100, 1000, 10_000] {
        for threads in [1, 2, 8] {
            let found = outcome(&[text.as_bytes()], block_size, threads, false);
            assert_eq!(found, "0.csv:502: column 'yhat': 'x' is not a number");
        }
    }
}
