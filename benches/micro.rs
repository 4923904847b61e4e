//! Measures the parts of the work: the formulas, the exact sums, the scan. `cargo bench` prints
//! nanoseconds per instance; compare within one run only.

use std::fmt::Write;
use std::hint::black_box;

use costs::cost::{Cost, Quadratic};
use costs::tally::{Shape, Size, Tally};
use costs::{Data, Job, Source};
use divan::Bencher;
use divan::counter::ItemsCount;

/// So few instances that they stay in the nearest cache, as in the engine.
const BATCH: usize = 1024;

/// The number of instances in a file.
const ROWS: usize = 100_000;

fn main() {
    divan::main();
}

/// Returns numbers in [0, 1), always the same (a Weyl sequence).
fn units(n: usize) -> Vec<f64> {
    let mut x = 0.5;
    (0..n)
        .map(|_| {
            x = (x + 0.618_033_988_749_894_9_f64).fract();
            x
        })
        .collect()
}

/// Returns labels of 0 and 1 in no order, and predictions.
fn instances(n: usize) -> (Vec<f64>, Vec<f64>) {
    let labels = units(2 * n).into_iter().step_by(2).map(f64::round).collect();
    (labels, units(n))
}

#[divan::bench(args = ["quadratic", "cross-entropy"])]
fn formula(bencher: Bencher, name: &str) {
    let cost = costs::cost::by_name(name).expect("there is a cost of this name");
    let (y, yhat) = instances(BATCH);
    let mut costs = vec![0.0; BATCH];
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        cost.costs(black_box(&y), black_box(&yhat), &mut costs);
    });
}

#[divan::bench(args = [false, true])]
fn tally(bencher: Bencher, weighted: bool) {
    let (y, yhat) = instances(BATCH);
    let mut costs = vec![0.0; BATCH];
    Quadratic.costs(&y, &yhat, &mut costs);
    let weights = weighted.then(|| yhat.clone());
    let mut tally = Tally::new(Shape { weighted, ..Shape::default() });
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        tally.extend(black_box(&y), weights.as_deref(), std::slice::from_ref(&costs));
    });
}

#[divan::bench]
fn tally_in_little_memory(bencher: Bencher) {
    let (y, yhat) = instances(BATCH);
    let mut tally = Tally::new(Shape { size: Size::Small, ..Shape::default() });
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        tally.extend(black_box(&y), None, std::slice::from_ref(&yhat));
    });
}

/// Reads, scores and sums a file on one thread. The file is plain, has a quoted column, or has
/// the line ends of Windows.
#[divan::bench(args = ["plain", "quoted", "crlf"])]
fn file(bencher: Bencher, kind: &str) {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("p.csv");
    let (y, yhat) = instances(ROWS);
    let mut text = String::from("id,y,yhat\n");
    for (row, (y, yhat)) in y.iter().zip(&yhat).enumerate() {
        let id = if kind == "quoted" { format!("\"{row}, a\"") } else { row.to_string() };
        writeln!(text, "{id},{y},{yhat:.17}").expect("writing to a string cannot fail");
    }
    let text = if kind == "crlf" { text.replace('\n', "\r\n") } else { text };
    std::fs::write(&path, text).expect("the file can be written");
    let mut job = Job::new(Data::Tables(vec![Source::File(path)]));
    job.run.threads = Some(1);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        costs::run(&job, &mut std::io::sink()).expect("the file can be scored");
    });
}
