//! Sums and logarithms that are hard to get right, to the last bit: those of the
//! published batteries, and of `tests/data/stress.py`, which computes them exactly.
//! The same bits on every platform, in any split and order, on any number of threads.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use costs::cost::{Cost, CrossEntropy};
use costs::tally::{Shape, Size, Tally};
use support::{costs_with, data};

/// A column of a table of bits.
type Bits = Vec<Option<u64>>;

/// The records of a file of the oracle: a name, and bits.
fn golden(name: &str) -> (Vec<String>, Vec<(String, Bits)>) {
    let text = std::fs::read_to_string(data(name)).expect("the file is there");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
    let header: Vec<String> = lines.next().expect("there is a header");
    let bits = |cell: &String| u64::from_str_radix(cell, 16).ok();
    let records = lines.map(|cells: Vec<String>| {
        let (name, rest) = cells.split_first().expect("there is a name");
        (name.clone(), rest.iter().map(bits).collect())
    });
    (header, records.collect())
}

/// The summands of each case, in the order of the file, and all of them together.
fn cases() -> Vec<(String, Vec<f64>)> {
    let text = std::fs::read_to_string(data("stress.csv")).expect("the file is there");
    let mut cases: Vec<(String, Vec<f64>)> = Vec::new();
    let mut everything = Vec::new();
    for line in text.lines().skip(1) {
        let (name, x) = line.split_once(',').expect("there are two cells");
        if !name.is_empty() {
            cases.push((name.to_owned(), Vec::new()));
        }
        let x = x.parse().expect("a number");
        cases.last_mut().expect("the first row has a case").1.push(x);
        everything.push(x);
    }
    cases.push(("everything".to_owned(), everything));
    cases
}

/// Tallies of summands: as labels, as the difference of two costs, and as weights of
/// costs of 0 and 1.
struct Tallies {
    differences: Tally,
    weights: Tally,
}

impl Tallies {
    fn new(size: Size) -> Self {
        let shape = Shape { models: 2, costs: 1, weighted: false, size };
        let weighted = Shape { weighted: true, ..shape };
        Tallies { differences: Tally::new(shape), weights: Tally::new(weighted) }
    }

    fn extend(&mut self, numbers: &[f64]) {
        let column = |number: fn(f64) -> f64| numbers.iter().map(|&x| number(x)).collect();
        let (negative, positive) = (column(|x| (-x).max(0.0)), column(|x| x.max(0.0)));
        self.differences.extend(numbers, None, &[negative, positive]);
        let magnitudes: Vec<f64> = column(f64::abs);
        let (down, up) =
            (column(|x| f64::from(u8::from(x < 0.0))), column(|x| f64::from(u8::from(x > 0.0))));
        self.weights.extend(&vec![1.0; numbers.len()], Some(&magnitudes), &[down, up]);
    }

    fn merge(&mut self, other: &Tallies) {
        self.differences.merge(&other.differences).expect("they are few");
        self.weights.merge(&other.weights).expect("they are few");
    }

    /// In the order of the golden file.
    fn statistics(&self) -> Bits {
        let Tallies { differences, weights } = self;
        let numbers = [
            differences.moments().map(|labels| labels.mean()),
            differences.moments().map(|labels| labels.variance().to_f64()),
            Some(differences.sum(0)),
            Some(differences.sum(1)),
            differences.mean(1),
            differences.standard_error(1),
            differences.delta(1),
            differences.delta_standard_error(1),
            Some(weights.weight()),
            weights.delta(1),
        ];
        numbers.map(|number| number.map(f64::to_bits)).to_vec()
    }
}

/// One split of the numbers, merged in the order in which the parts come.
fn merged<'a>(parts: impl Iterator<Item = &'a [f64]>, size: Size) -> Bits {
    let mut whole = Tallies::new(size);
    for part in parts {
        let mut tallies = Tallies::new(size);
        tallies.extend(part);
        whole.merge(&tallies);
    }
    whole.statistics()
}

#[track_caller]
fn are_equal(name: &str, header: &[String], found: &Bits, expected: &Bits) {
    for ((column, found), expected) in header[1..].iter().zip(found).zip(expected) {
        let show = |bits: &Option<u64>| bits.map(f64::from_bits);
        assert_eq!(found, expected, "{name}, {column}: {:?} {:?}", show(found), show(expected));
    }
    assert_eq!(found.len(), expected.len(), "{name}");
}

#[test]
fn sums_of_every_battery_have_their_golden_bits_in_any_split_and_order() {
    let (header, golden) = golden("golden.csv");
    let cases = cases();
    assert_eq!(cases.len(), golden.len());
    for ((name, mut numbers), (golden_name, expected)) in cases.into_iter().zip(golden) {
        assert_eq!(name, golden_name);
        let sizes =
            if numbers.len() < 5000 { &[Size::Fast, Size::Small][..] } else { &[Size::Fast] };
        for &size in sizes {
            let mut whole = Tallies::new(size);
            whole.extend(&numbers);
            are_equal(&name, &header, &whole.statistics(), &expected);
            let few = numbers.len().div_ceil(5);
            are_equal(&name, &header, &merged(numbers.chunks(few), size), &expected);
            are_equal(&name, &header, &merged(numbers.rchunks(few + 1), size), &expected);
        }
        numbers.reverse();
        are_equal(&name, &header, &merged(numbers.chunks(1000), Size::Small), &expected);
        numbers.sort_by(f64::total_cmp);
        are_equal(&name, &header, &merged(numbers.chunks(1000), Size::Fast), &expected);
    }
}

/// A file with a row per summand: two costs of 0 or 1, with its magnitude as weight.
fn weighted_rows(cases: &[(String, Vec<f64>)], times: usize) -> String {
    let mut text = "case,y,down,up,w\n".to_owned();
    for _ in 0..times {
        for (name, numbers) in cases {
            for x in numbers {
                let (down, up) = (u8::from(*x >= 0.0), u8::from(*x <= 0.0));
                writeln!(text, "{name},1,{down},{up},{:e}", x.abs()).expect("memory takes it");
            }
        }
    }
    text
}

/// The numbers of a column of the results of one model, as bits.
fn column(csv: &str, model: &str, name: &str) -> Bits {
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let place = |name: &str| rows[0].iter().position(|&column| column == name).expect("a column");
    let (model_place, place) = (place("model"), place(name));
    let of_model = rows.iter().filter(|row| row[model_place] == model);
    of_model.map(|row| row[place].parse().ok().map(f64::to_bits)).collect()
}

/// Of one case at a time, and of all in one on several blocks.
#[test]
fn sums_of_the_program_have_their_golden_bits_at_every_thread_count() {
    let (header, golden) = golden("golden.csv");
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column") - 1;
    let mut cases = cases();
    // Weights that add up to 0 have no mean.
    cases.retain(|(_, numbers)| numbers.iter().any(|&x| x != 0.0));
    let expected = |column: &str, cases: &[(String, Vec<f64>)]| -> Bits {
        let golden: BTreeMap<&str, &Bits> =
            golden.iter().map(|(name, bits)| (name.as_str(), bits)).collect();
        cases.iter().map(|(name, _)| golden[name.as_str()][place(column)]).collect()
    };
    let args = ["--yhat-col", "down,up", "--weight-col", "w", "--cost", "mse", "--format", "csv"];
    let everything = cases.pop().expect("there are cases");
    let apart = weighted_rows(&cases, 1);
    let together = weighted_rows(std::slice::from_ref(&everything), 3);
    for threads in ["1", "2", "3", "8"] {
        let args = [&args[..], &["--threads", threads]].concat();
        let run = costs_with(&[&args[..], &["--by", "case"]].concat(), &apart);
        assert_eq!(run.code, 0, "{}", run.stderr);
        for (model, field, golden) in [
            ("down", "weight", "weight"),
            ("down", "sum", "negative"),
            ("up", "sum", "positive"),
            ("up", "delta", "balance"),
        ] {
            let found = column(&run.stdout, model, field);
            assert_eq!(found, expected(golden, &cases), "{field}, {threads} threads");
        }
        let run = costs_with(&args, &together);
        let found = column(&run.stdout, "up", "delta");
        let everything = std::slice::from_ref(&everything);
        assert_eq!(found, expected("balance", everything), "{threads} threads");
    }
}

#[test]
fn hard_logarithms_are_correctly_rounded_one_by_one_and_many_at_a_time() {
    let (_, golden) = golden("hard_logs.csv");
    assert!(golden.len() > 1000);
    let number = |bits: u64| f64::from_bits(bits);
    let x: Vec<f64> =
        golden.iter().map(|(x, _)| number(u64::from_str_radix(x, 16).expect("bits"))).collect();
    for (y, place) in [(1.0, 0), (0.0, 1)] {
        let expected: Vec<f64> =
            golden.iter().map(|(_, bits)| number(bits[place].expect("a number"))).collect();
        let mut found = vec![0.0; x.len()];
        CrossEntropy.costs(&vec![y; x.len()], &x, &mut found);
        for ((x, found), expected) in x.iter().zip(&found).zip(&expected) {
            assert_eq!(found.to_bits(), expected.to_bits(), "y = {y}, ŷ = {x:e}: many");
            assert_eq!(CrossEntropy.cost(y, *x).to_bits(), expected.to_bits(), "{y} {x:e}: one");
        }
        let mut text = "y,yhat\n".to_owned();
        for x in &x {
            writeln!(text, "{y},{x:e}").expect("memory takes it");
        }
        for threads in ["1", "3"] {
            let args = ["--each", "--format", "value", "--cost", "log-loss", "--threads", threads];
            let run = costs_with(&args, &text);
            let printed: Vec<f64> =
                run.stdout.lines().map(|line| line.parse().expect("a number")).collect();
            assert_eq!(printed, expected, "{threads} threads");
        }
    }
}

/// NIST's certified values, as far as data that are rounded to f64 have them.
#[test]
fn means_and_deviations_of_nist_are_the_certified_ones() {
    let certified = [(10_000_002.0, 1.0), (1.2, 0.1), (1_000_000.2, 0.1), (10_000_000.2, 0.1)];
    let cases: BTreeMap<String, Vec<f64>> = cases().into_iter().collect();
    for (number, (mean, deviation)) in (1..).zip(certified) {
        let numbers = &cases[&format!("numacc {number}")];
        let mut tally = Tally::new(Shape::default());
        tally.extend(numbers, None, std::slice::from_ref(numbers));
        assert_eq!(
            (tally.mean(0), tally.moments().map(|labels| labels.mean())),
            (Some(mean), Some(mean)),
            "numacc {number}"
        );
        let n = u32::try_from(numbers.len()).expect("they are few");
        let found = tally.standard_error(0).expect("there are two") * f64::from(n).sqrt();
        // The least bit of 10,000,000.1 is 2⁻²⁹.
        assert!((found - deviation).abs() < 1e-8, "numacc {number}: {found}");
    }
}
