//! States: merged in any way, they give the bytes of one run over all rows; damaged
//! or strange ones are refused.

mod support;

use std::fs;
use std::path::Path;

use support::{Run, costs_with, run_in};

/// A small generator of numbers, always the same (Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// A row of all that matters: soft labels, certain outputs, weights of 0, groups
    /// to quote, gaps.
    fn row(&mut self) -> String {
        let numbers = ["0", "1", "0.5", "0.25", "1e-300", "0.999", "0.1", ""];
        let cells = [
            self.one_of(&["0", "1", "1", "0.75"]).to_owned(),
            format!("0.{}", 1 + self.below(999_999)),
            self.one_of(&numbers[..7]).to_owned(),
            self.one_of(&numbers).to_owned(),
            self.one_of(&["1", "0.1", "0", "3e5"]).to_owned(),
            format!("-{}.{}", self.below(10), self.below(10)),
            format!("\"{}\"", self.one_of(&["x", "y,z", "é\"\"q", ""])),
            self.one_of(&["0", "1"]).to_owned(),
            self.one_of(&["-0.25", "-1e-9", "0", "-700.5", "-inf"]).to_owned(),
        ];
        cells.join(",")
    }
}

const HEADER: &str = "y,a,b,p,w,z,g,l,logp\n";

/// Options, each for a run and for its shards.
const OPTIONS: [&[&str]; 12] = [
    &["--yhat-col", "a"],
    &["--yhat-col", "b", "--cost", "log-loss"],
    &["--yhat-col", "a,b", "--weight-col", "w"],
    &["--yhat-col", "b,a", "--cost", "mse"],
    &["--yhat-col", "a", "--by", "g"],
    &["--yhat-col", "p", "--missing", "skip", "--by", "g,y", "--cost", "mse"],
    &["--z-col", "z", "--gradient"],
    &["--yhat-col", "a", "--worst", "7"],
    &["--yhat-col", "b", "--clip", "0.1"],
    &["--y-col", "l", "--yhat-col", "b,a", "--calibration", "--weight-col", "w"],
    &["--y-col", "l", "--yhat-col", "b", "--calibration", "--clip", "0.2", "--by", "g"],
    &["--logp-col", "logp", "--by", "g"],
];

fn write_shards(folder: &Path, shards: &[Vec<String>]) -> Vec<String> {
    let mut names = Vec::new();
    for (at, rows) in shards.iter().enumerate() {
        let name = format!("{at}.csv");
        // Some shards are empty, without even a header.
        let text = if rows.is_empty() && at % 2 == 0 {
            String::new()
        } else {
            format!("{HEADER}{}\n", rows.join("\n"))
        };
        fs::write(folder.join(&name), text).expect("the folder takes files");
        names.push(name);
    }
    names
}

/// Runs `costs` with options and files, which must end well.
#[track_caller]
fn run(folder: &Path, options: &[&str], format: &str, files: &[&str], stdin: &str) -> Run {
    let args = [options, &["--format", format], files].concat();
    let run = run_in(folder, &args, stdin.as_bytes());
    assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    run
}

#[test]
fn merged_states_give_the_bytes_of_one_run() {
    let mut random = Random(8);
    for n in [3, 7, 40, 300, 20, 9] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        // The first row has a weight and no gap, so that there is always a result.
        let mut rows = vec!["1,0.5,0.5,0.5,1,1.5,x,1,-0.5".to_owned()];
        rows.extend((1..n).map(|_| random.row()));
        let mut shards = vec![Vec::new(); 1 + random.below(9)];
        let mut shard = 0;
        for row in rows {
            shards[shard].push(row);
            if random.below(6) == 0 {
                shard = (shard + 1).min(shards.len() - 1);
            }
        }
        let names = write_shards(folder, &shards);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let full = names.iter().zip(&shards).filter(|(_, rows)| !rows.is_empty());
        let full: Vec<&str> = full.map(|(&name, _)| name).collect();
        for options in OPTIONS {
            let whole = run(folder, options, "csv", &full, "").stdout;
            let state = |name: &&str| run(folder, options, "state", &[*name], "").stdout;
            let states: Vec<String> = names.iter().map(state).collect();
            let merge = |format: &str, states: &[String]| match states {
                [] => String::new(),
                _ => run(folder, &["merge"], format, &[], &states.concat()).stdout,
            };
            assert_eq!(merge("csv", &states), whole, "{options:?}");
            // A tree: each half merged into a state, then both.
            let (left, right) = states.split_at(states.len() / 2);
            let halves = [merge("state", left), merge("state", right)];
            assert_eq!(merge("csv", &halves), whole, "a tree, {options:?}");
            // Groups and equal costs come in order; all else is the same backwards.
            if !options.contains(&"--by") && !options.contains(&"--worst") {
                let backwards: Vec<String> = states.into_iter().rev().collect();
                assert_eq!(merge("csv", &backwards), whole, "backwards, {options:?}");
            }
        }
    }
}

fn state_of(text: &str, args: &[&str]) -> String {
    let run = costs_with(&[args, &["--format", "state"]].concat(), text);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn a_state_of_the_same_rows_is_the_same_bytes() {
    let forwards = state_of("y,p\n1,0.3\n0,0.7\n1,1e-9\n", &[]);
    let backwards = state_of("y,p\n1,1e-9\n0,0.7\n1,0.3\n", &["--threads", "3"]);
    assert_eq!(forwards, backwards);
    let merged = costs_with(&["merge", "--format", "state"], &forwards);
    assert_eq!(merged.stdout, forwards);
}

#[test]
fn many_distinct_forecasts_take_several_lines_none_of_which_may_be_missing() {
    let row = |i: u32| format!("{},0.{:05}\n", i % 3 / 2, i * 7 % 25_000);
    let text = format!("y,p\n{}", (0..25_000).map(row).collect::<String>());
    let state = state_of(&text, &["--calibration"]);
    assert_eq!(state.lines().count(), 3);
    let whole = costs_with(&["--calibration", "--format", "csv"], &text);
    let merged = costs_with(&["merge", "--format", "csv"], &state);
    assert_eq!((merged.code, &merged.stdout), (0, &whole.stdout));
    let again = costs_with(&["merge", "--format", "state"], &state);
    assert_eq!(again.stdout, state);
    let lines: Vec<&str> = state.lines().collect();
    for damaged in [vec![lines[0], lines[2]], vec![lines[0], lines[1], lines[2], lines[1]]] {
        let run = costs_with(&["merge"], damaged.join("\n"));
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (
                2,
                "error: this is no state of costs: some of its lines are missing or repeated\n\
                 hint: --format state writes them\n"
            )
        );
    }
}

#[test]
fn limits_formats_and_warnings_are_those_of_one_run() {
    let states = state_of("y,p\n1,0\n0,0.5\n", &[]) + &state_of("y,p\n1,0.5\n", &[]);
    let run = costs_with(
        &["merge", "--fail-above", "mse=0.1", "--format", "value", "--cost", "mse"],
        &states,
    );
    assert_eq!((run.code, run.stdout.as_str()), (1, "0.5\n"));
    let run = costs_with(&["merge", "--fail-above", "mse=0.1", "--format", "value"], &states);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (
            1,
            "0.5\ninf\n",
            "warning: 1 of 3 instances cost ∞, certain and wrong\n\
             error: the mean quadratic of 'p' is 0.5, above the limit of 0.1\n"
        )
    );
    let values = costs_with(&["--y", "1,0", "--yhat", "0.5", "--format", "state"], "");
    let run = costs_with(&["merge", "--format", "value"], &values.stdout);
    assert_eq!(run.stdout, "0.25\n0.6931471805599453\n");
}

#[test]
fn what_is_no_state_or_another_is_refused() {
    let state = state_of("y,p\n1,0.3\n", &[]);
    let refused = |text: &str, stderr: &str| {
        let run = costs_with(&["merge"], text);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (2, "", stderr), "{text}");
    };
    let hint = "\nhint: --format state writes them\n";
    let other =
        "\nhint: only states that --format state wrote with the same options can be merged\n";
    refused("", &format!("error: there are no states{hint}"));
    refused(&state_of("", &[]), "error: the states hold no rows\n");
    let no_state = |line: u32, why: &str| {
        format!("error: <stdin>:{line}: this is no state of costs: {why}{hint}")
    };
    refused("y,p\n1,0.3\n", &no_state(1, "expected value column 1"));
    refused(
        &(state.clone() + &state.replace("\"n\":1", "\"n\":2")),
        &no_state(2, "its checksum does not match: it was changed"),
    );
    refused(
        &state.replace("\"costs_state\":2", "\"costs_state\":3"),
        &no_state(1, "its version is 3, and this program knows version 2"),
    );
    refused(
        &state.replace("\"costs_state\":2", "\"costs_state\":3,\"new\":0"),
        &no_state(1, "its version is 3, and this program knows version 2"),
    );
    let twice = costs_with(&["merge"], state.replace("\"n\":1", "\"n\":1,\"n\":1"));
    assert!(twice.stderr.contains("duplicate field `n`"), "{}", twice.stderr);
    for (options, what) in [
        (&["--cost", "mse"][..], "costs differ from those"),
        (&["--clip", "1e-9"], "clip differs from that"),
        (&["--gradient"], "gradients differ from those"),
        (&["--calibration"], "calibration differs from that"),
        (&["--by", "y"], "groups differ from those"),
        (&["--weight-col", "y"], "weights differ from those"),
        (&["--worst", "2"], "number of worst instances differs from that"),
        (&["--positive", "1"], "positive label differs from that"),
        (&["--y-col", "q"], "column of y differs from that"),
    ] {
        refused(
            &(state_of("y,p,q\n1,0.3,0\n", &[]) + &state_of("y,p,q\n1,0.3,0\n", options)),
            &format!("error: <stdin>:2: its {what} of <stdin>:1{other}"),
        );
    }
    let weighted = |column| state_of("y,p,v,w\n1,0.3,1,2\n", &["--weight-col", column]);
    refused(
        &(weighted("v") + &weighted("w")),
        &format!("error: <stdin>:2: its column of weights differs from that of <stdin>:1{other}"),
    );
    // What was merged is as it was asked for, too.
    let clipped = state_of("y,p\n1,0.3\n", &["--clip", "torch"]);
    let merged = costs_with(&["merge", "--format", "state"], &clipped).stdout;
    assert_eq!(merged, clipped);
    refused(
        &(merged + &state),
        &format!("error: <stdin>:2: its clip differs from that of <stdin>:1{other}"),
    );
    refused(
        &(state.clone() + &state_of("y,q\n1,0.3\n", &["--yhat-col", "q"])),
        &format!("error: <stdin>:2: its models differ from those of <stdin>:1{other}"),
    );
    // Cut anywhere, it is refused.
    for length in 1..state.trim_end().len() {
        let run = costs_with(&["merge"], &state[..length]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{length}");
    }
    // So it is with any byte changed.
    for at in 0..state.trim_end().len() {
        let mut bytes = state.clone().into_bytes();
        bytes[at] ^= 1;
        let run = costs_with(&["merge"], &bytes);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{at}");
    }
}

#[test]
fn a_number_that_would_take_all_memory_is_refused() {
    // A checksum that is right, and numbers that would take all memory.
    let state = state_of("y,p\n1,0.5\n", &[]);
    for (from, to) in [("\"1p-2\"", "\"1p999999999\""), ("\"1p0\"", "\"-1p-999999999\"")] {
        let run = costs_with(&["merge"], changed(&state, from, to));
        assert!(run.stderr.contains("is not an exact number"), "{}", run.stderr);
    }
}

/// A state with another text in it, and the checksum that goes with that.
fn changed(state: &str, from: &str, to: &str) -> String {
    let body = state.replace(from, to);
    let (body, _) = body.rsplit_once(",\"crc32\"").expect("it has a checksum");
    format!("{body},\"crc32\":\"{:08x}\"}}\n", crc32fast::hash(body.as_bytes()))
}

#[test]
fn a_state_of_log_probabilities_has_nothing_of_labels() {
    let state = state_of("logp\n-0.5\n", &["--logp-col", "logp"]);
    for (from, to, why) in [
        ("\"cross_entropy\"", "\"quadratic\"", "its options do not go together"),
        ("\"clip\":null", "\"clip\":\"torch\"", "its options do not go together"),
        ("\"gradients\":false", "\"gradients\":true", "its options do not go together"),
        ("[\"0p0\",\"0p0\"]", "[\"1p0\",\"1p0\"]", "its labels contradict each other"),
    ] {
        let run = costs_with(&["merge"], changed(&state, from, to));
        assert!(run.stderr.contains(why), "{to}: {}", run.stderr);
    }
}
