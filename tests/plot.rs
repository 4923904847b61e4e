//! Pictures: in a pipe, in a file, and of what cannot be drawn.

#![cfg(feature = "plot")]

mod support;

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;

use costs::cost::{self, ALL};
use costs::{Data, Histogram, Job, Source};
use support::{Run, costs, costs_with, data, refuses, run_in};

/// A picture: its arguments, and every word in it but the numbers along the axes.
type Picture = (&'static [&'static str], &'static [&'static str]);

const PICTURES: [Picture; 5] = [
    (
        &["plot", "activation"],
        &[
            "The tanh neuron",
            "Saturated beyond z = ±2.99: the slope is below 1 % of the steepest",
            "weighted input z",
            "output a",
            "a = tanh z",
            "saturated",
        ],
    ),
    (
        &["plot", "activation", "--activation", "sigmoid"],
        &[
            "The sigmoid neuron",
            "Saturated beyond z = ±5.99: the slope is below 1 % of the steepest",
            "weighted input z",
            "output a",
            "a = σ(z)",
            "saturated",
        ],
    ),
    (
        &["plot", "cost", "--y", "0.3"],
        &[
            "What an output costs where the label y is 0.3",
            "cross-entropy grows to ∞ at ŷ = 0 and at ŷ = 1",
            "output ŷ",
            "cost",
            "quadratic",
            "cross-entropy (nats)",
        ],
    ),
    (
        &["plot", "gradient"],
        &[
            "How fast a sigmoid neuron learns where y is 1",
            "Saturated and wrong (z = -6): quadratic 0.00492, cross-entropy 0.998",
            "weighted input z",
            "|∂C/∂z|",
            "quadratic",
            "cross-entropy (nats)",
            "saturated",
        ],
    ),
    (
        &["plot", "gradient", "--activation", "tanh", "--y", "-1"],
        &[
            "How fast a tanh neuron learns where y is -1",
            "Saturated and wrong (z = 3): quadratic 0.0394, cross-entropy 2.00",
            "weighted input z",
            "|∂C/∂z|",
            "quadratic",
            "cross-entropy (nats)",
            "saturated",
        ],
    ),
];

/// Two that cost 0, one that costs ∞, and three others.
const ROWS: &str = "y,yhat\n1,1\n0,0\n1,0\n1,0.5\n1,0.6\n0,0.001\n";

const HISTOGRAM: Picture = (
    &["plot", "cost", "-", "--cost", "log-loss", "--quiet"],
    &[
        "What 6 instances cost",
        "3 shown, without 2 that cost 0 and 1 that cost ∞",
        "cross-entropy (nats)",
        "instances",
    ],
);

const HISTOGRAMS: Picture = (
    &["plot", "cost", "-", "-q"],
    &[
        "What 6 instances cost",
        "without 2 of 0 (quadratic), 2 of 0 and 1 of ∞ (cross-entropy)",
        "quadratic",
        "cross-entropy (nats)",
    ],
);

const CALIBRATION: Picture = (
    &["plot", "calibration", "-q"],
    &[
        "Miscalibration 0.1239 (quadratic), ∞ (cross-entropy)",
        "yhat: 6 instances in 2 steps, with a histogram of ŷ below",
        "forecast ŷ",
        "share of y = 1",
        "calibrated",
        "95 % interval",
    ],
);

fn pictures() -> impl Iterator<Item = Picture> {
    PICTURES.into_iter().chain([HISTOGRAM, HISTOGRAMS, CALIBRATION])
}

/// What is drawn in so many columns.
#[track_caller]
fn drawn_in(columns: &str, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_costs"))
        .args(args)
        .env("COLUMNS", columns)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .expect("costs starts");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// The SVG that is written.
#[track_caller]
fn svg(args: &[&str], stdin: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = run_in(folder.path(), &[args, &["-o", "x.svg"]].concat(), stdin.as_bytes());
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    fs::read_to_string(folder.path().join("x.svg")).expect("it is there")
}

/// The text of the elements of an XML document, each of which must be closed, and
/// have attributes in quotes.
#[track_caller]
fn texts(document: &str) -> Vec<String> {
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    let mut rest = document.trim_end();
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!text.contains('>') && text.matches('&').count() == text.matches(';').count());
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "it is the last that was opened");
        } else if !tag.starts_with("!--") {
            assert!(tag.matches('"').count() == 2 * tag.matches('=').count(), "{tag}");
            let name = tag.split_whitespace().next().expect("a tag has a name");
            open.extend((!tag.ends_with('/')).then_some(name));
        }
        assert!(!open.is_empty() || rest.is_empty(), "there is one root");
    }
    assert!(open.is_empty() && rest.is_empty());
    texts
}

#[test]
fn a_picture_in_a_pipe_is_plain_text_of_80_columns() {
    for (args, words) in pictures() {
        let run = costs_with(args, ROWS);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(!run.stdout.contains('\x1b'), "{args:?}");
        let width = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!((70..=80).contains(&width.expect("there are lines")), "{args:?}");
        assert_eq!(run.stdout.lines().count(), 24, "{args:?}");
        for word in words {
            assert!(run.stdout.contains(word), "{args:?}: {word}\n{}", run.stdout);
        }
    }
}

#[test]
#[rustfmt::skip] // A picture.
fn curves_are_drawn_in_dots_between_axes() {
    let picture = [
        "   What an output costs where the label y is 1",
        "        cross-entropy grows to ∞ at ŷ = 0",
        "cost",
        " 5╶┐⢠",
        "   │⠈⡇",
        " 4╶┤ ⢳",
        " 3╶┤ ⠈⢧⡀",
        "   │   ⠳⣄⡀",
        " 2╶┤     ⠙⠲⢤⣀",
        " 1╶┤⢀       ⠈⠉⠓⠲⠤⢤⣀⣀⡀",
        "   │⠈⠉⠉ ⠐⠒⠒ ⠠⠤⠤ ⣀⣀⡀ ⣉⠉⠙⠒⠒⠲⠤⠤⠤⣄⣀⣀⣀⡀",
        " 0╶┤                ⠈⠉⠁ ⠉⠉⠁ ⠒⠒⠂ ⠒⠛⠋⠉⠭⠭⠗⠒⠶⠶⠖⠲⠤⠤⠄",
        "   └┼───────┼────────┼───────┼───────┼────────┼╴",
        "    0      0.2      0.4     0.6     0.8       1",
        "                     output ŷ",
        "  ⠒⠒ ⠒⠒ quadratic  ⠒⠒⠒⠒⠒ cross-entropy (nats)",
    ];
    assert_eq!(drawn_in("50", &["plot", "cost"]).lines().collect::<Vec<_>>(), picture);
}

#[test]
fn colours_and_dashes_tell_curves_apart() {
    let picture = drawn_in("80", &["plot", "cost", "--color", "always"]);
    assert!(picture.contains("\x1b[38;5;32m⠒⠒ ⠒⠒\x1b[39m quadratic"), "{picture}");
    assert!(picture.contains("\x1b[38;5;166m⠒⠒⠒⠒⠒\x1b[39m cross-entropy"), "{picture}");
    for line in picture.lines() {
        assert!(
            line.rsplit('\x1b').next().is_none_or(|last| last == line || last.starts_with("[39m"))
        );
    }
}

#[test]
fn the_terminal_says_how_wide_a_picture_is() {
    for (columns, width) in [("40", 40), ("100", 100), ("300", 160), ("0", 80), ("x", 80)] {
        let picture = drawn_in(columns, &["plot", "gradient"]);
        // The axis, without the words.
        let widths = picture.lines().filter(|line| line.contains('┼'));
        let widest = widths.map(|line| line.chars().count()).max().expect("there is an axis");
        assert!((width - 3..=width).contains(&widest), "{columns}: {widest}");
    }
}

#[test]
fn an_svg_is_well_formed_and_has_all_words() {
    for (args, words) in pictures() {
        let texts = texts(&svg(args, ROWS));
        for word in words {
            assert!(texts.iter().any(|text| text == word), "{args:?}: {word}: {texts:?}");
        }
    }
}

#[test]
fn a_picture_is_the_same_every_time() {
    for (args, _) in pictures() {
        assert_eq!(svg(args, ROWS), svg(args, ROWS), "{args:?}");
        assert_eq!(costs_with(args, ROWS).stdout, costs_with(args, ROWS).stdout, "{args:?}");
    }
}

#[test]
fn ticks_are_round() {
    let texts = texts(&svg(&["plot", "gradient"], ""));
    let ticks = ["-10", "-8", "-6", "-4", "-2", "0", "2", "4", "6", "8", "10"];
    assert_eq!(texts[..ticks.len()], ticks);
    assert_eq!(texts[ticks.len()..][..6], ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
}

#[test]
fn one_cost_can_be_drawn_alone() {
    let texts = texts(&svg(&["plot", "cost", "--cost", "mse"], ""));
    assert!(texts.iter().any(|text| text == "quadratic"));
    assert!(!texts.iter().any(|text| text.contains("cross-entropy")), "{texts:?}");
}

#[test]
fn a_histogram_counts_every_instance() {
    let path = data("pairs.csv");
    let text = fs::read_to_string(&path).expect("the file is there");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.csv");
    fs::copy(&path, &copy).expect("the file is copied");
    for cost in ALL.map(cost::Cost::name) {
        let histogram = Arc::new(Histogram::default());
        let sources = vec![Source::File(path.clone()), Source::File(copy.clone())];
        let mut job = Job::new(Data::Tables(sources));
        job.scoring.cost = vec![cost::measure(cost).expect("it is a cost")];
        job.run.threads = Some(3);
        job.histograms = vec![Arc::clone(&histogram)];
        costs::run(&job, &mut std::io::sink()).expect("the files are scored");
        let each = costs(&["--each", "--format", "value", "--cost", cost, &path.to_string_lossy()]);
        let are = |wanted: &str| each.stdout.lines().filter(|cost| *cost == wanted).count() as u64;
        assert_eq!((histogram.zero(), histogram.infinite()), (2 * are("0"), 2 * are("inf")));
        let shown: u64 = histogram.bins().map(|(_, count)| count).sum();
        let n = 2 * (text.lines().count() as u64 - 1);
        assert_eq!(shown + histogram.zero() + histogram.infinite(), n, "{cost}");
    }
}

#[test]
fn files_of_a_histogram_are_read_as_for_scores() {
    let args =
        "plot cost - --cost mse --y-col truth --yhat-col a -d ; --positive yes --missing skip";
    let args: Vec<&str> = args.split(' ').collect();
    let run = costs_with(&args, "a;truth\n0.5;yes\n0.25;no\n;no\n");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "warning: 1 row skipped for a missing value\n")
    );
    assert_eq!(run.stdout.lines().next().map(str::trim), Some("What 2 instances cost"));
    // Neither ragged rows nor other columns matter, as none of them is shown.
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("a.csv"), "y,yhat,note\n1,0.5,x\n1,0.4\n").expect("written");
    fs::write(folder.path().join("b.csv"), "yhat,y\n0.5,1\n").expect("written");
    let run = run_in(folder.path(), &["plot", "cost", "a.csv", "b.csv", "--cost", "xent"], b"");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("What 3 instances cost"));
}

#[test]
fn infinite_costs_are_named_in_a_warning() {
    let run = costs_with(&["plot", "cost", "-", "--cost", "xent"], ROWS);
    assert_eq!(run.code, 0);
    assert_eq!(run.stderr, "warning: 1 of 6 instances cost ∞, certain and wrong: <stdin>:4\n");
}

#[test]
fn costs_of_0_and_infinity_alone_leave_the_axes() {
    let run = costs_with(&["plot", "cost", "-", "--cost", "xent", "-q"], "1,1\n1,0\n");
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("0 shown, without 1 that cost 0 and 1 that cost ∞"));
}

#[test]
#[rustfmt::skip] // A picture.
fn the_steps_of_a_regression_are_drawn_with_their_intervals() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = "y,yhat,w\n0,0,1\n0,0.2,1\n1,0.4,1\n0,0.5,1\n1,0.8,1\n1,1,1\n";
    fs::write(folder.path().join("p.csv"), rows).expect("written");
    let path = folder.path().join("p.csv");
    let path = path.to_str().expect("a path");
    let picture = [
        "Miscalibration 0.03167 (quadratic), 0.1116 (cross-entropy)",
        "yhat: 6 instances in 3 steps, with a histogram of ŷ below",
        "share of y = 1",
        "  1╶┐                ⢀⣀⣀⣀⣀           ⣀⠤⠤⠤⠤⠤⠤⢤⣤⠄",
        "    │⠠⠤⠤⠤⠤⠤⠤⠤⠤                   ⢀⡠⠒⠉ ⣀⣀⠤⠔⠒⠉⠁",
        "0.8╶┤                        ⢀⡠⠔⣊⡡⠤⠒⠊⠉",
        "0.6╶┤                     ⣀⡴⠮⠓⠊⠉",
        "0.4╶┤              ⣀⣔⠭⠭⠛⠋⠉",
        "    │        ⢀⣀⠤⠔⣲⠋⠁",
        "0.2╶┤   ⣀⡠⠤⠒⠋⠁⢀⡠⠊                     ⠒⠒⠒⠒⠒⠒⠒⠒⠂",
        "  0╶┤⢰⡞⠛⠒⠒⠒⠒⠒⢲⣥      ⢰⣶⠒⠒⢲⣤           ⣤      ⣤⡄",
        "    │⢸⡇      ⢸⣿      ⢸⣿  ⢸⣿           ⣿      ⣿⡇",
        "    └┼───────┼───────┼───────┼────────┼───────┼╴",
        "     0      0.2     0.4     0.6      0.8      1",
        "                    forecast ŷ",
        "  ⠒⠒⠒⠒⠒ calibrated  ⠒⠒ ⠒⠒ 95 % interval  ⠒⠒⠒⠒⠒ share of y = 1",
    ];
    let drawn = drawn_in("50", &["plot", "calibration", path]);
    assert_eq!(drawn.lines().collect::<Vec<_>>(), picture);
    // Of weights there is no such interval.
    let weighted = drawn_in("50", &["plot", "calibration", path, "--weight-col", "w"]);
    assert!(!weighted.contains("interval"), "{weighted}");
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn what_cannot_be_drawn_is_refused() {
    refuses(&[
        ("a label beyond 1", &["plot", "cost", "--y", "1.2"], b"",
        "error: --y: '1.2' is not a label\nhint: labels are 0 and 1, or between\n"),
        ("a word", &["plot", "gradient", "--y", "yes"], b"",
        "error: --y: 'yes' is not a label\nhint: labels are 0 and 1, or between\n"),
        ("no number", &["plot", "cost", "--y", "nan"], b"",
        "error: --y: 'nan' is not a label\nhint: labels are 0 and 1, or between\n"),
        ("a label of sigmoid", &["plot", "gradient", "--activation", "tanh", "--y", "0"], b"",
        "error: --y: '0' is not a label\nhint: labels of tanh are -1 and 1, or between but not 0\n"),
        ("a label of tanh", &["plot", "gradient", "--y", "-1"], b"",
        "error: --y: '-1' is not a label\nhint: labels are 0 and 1, or between\n"),
        ("two calibrated models", &["plot", "calibration", "good.csv", "--yhat-col", "a,b"], b"",
        "error: a picture of calibration is of one model\n"),
        ("calibrated groups", &["plot", "calibration", "good.csv", "--by", "a"], b"",
        "error: a picture of calibration is of all groups together\n"),
        ("two models", &["plot", "cost", "good.csv", "--cost", "mse", "--yhat-col", "a,b"], b"",
        "error: a histogram is of one model\n"),
        ("a label and a file", &["plot", "cost", "good.csv", "--cost", "mse", "--y", "1"], b"",
        "error: --y is for curves, not for files\nhint: --y-col names a column of a file\n"),
        ("columns without a file", &["plot", "cost", "--yhat-col", "p"], b"",
        "error: --yhat-col is for files, and none is named\n"),
        ("a bad cell", &["plot", "cost", "bad.csv", "--cost", "mse"], b"",
        "error: bad.csv:3: column 'yhat': 'x' is not a number\n"),
        ("a cell outside", &["plot", "cost", "-", "--cost", "xent"], b"1,0.5\n1,1.5\n",
        "error: <stdin>:2: column 'yhat': 1.5 is outside [0, 1]\n\
         hint: logits? --z or --z-col takes them; percentages? divide them by 100\n"),
        ("an empty file", &["plot", "cost", "good.csv", "empty.csv", "--cost", "mse"], b"",
        "error: empty.csv: the file is empty\n"),
        ("no such file", &["plot", "cost", "none.csv", "--cost", "mse"], b"",
        "error: none.csv: cannot open: no such file\n"),
        ("another format", &["plot", "cost", "-o", "x.png"], b"",
        "error: x.png: the picture would be SVG\nhint: name it .svg\n"),
        ("no such folder", &["plot", "cost", "-o", "none/x.svg"], b"",
        "error: none/x.svg: cannot write: no such file\n"),
    ]);
}

#[test]
fn unknown_words_and_options_are_refused() {
    let cases: [(&[&str], &str); 4] = [
        (&["plot", "activity"], "error: unrecognized subcommand 'activity'\n"),
        (&["plot", "gradient", "--each"], "error: unexpected argument '--each' found\n"),
        (&["plot", "activation", "--activation", "relu"], "error: invalid value 'relu' for"),
        (&["plot", "cost", "--cost", "hinge"], "error: invalid value 'hinge' for"),
    ];
    for (args, message) in cases {
        let run = costs(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.starts_with(message), "{args:?}: {}", run.stderr);
    }
    let run = costs(&["plot"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("Usage: costs plot <COMMAND>"));
}

/// Runs in a folder with an old picture, and with a file named plot.
fn beside_old(args: &[&str]) -> (Run, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("x.svg", "old");
    write("plot", "1,0.5\n");
    write("bad.csv", "1,0.5\n1,x\n");
    let run = run_in(folder.path(), args, b"");
    let names = fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(names, 3, "nothing is left beside");
    (run, fs::read_to_string(folder.path().join("x.svg")).expect("it is there"))
}

#[test]
fn an_error_leaves_the_old_picture() {
    let (run, picture) = beside_old(&["plot", "cost", "bad.csv", "--cost", "mse", "-o", "x.svg"]);
    assert_eq!((run.code, picture.as_str()), (2, "old"));
    let (run, picture) = beside_old(&["plot", "cost", "x.svg", "--cost", "mse", "-o", "x.svg"]);
    assert_eq!(run.stderr.lines().next(), Some("error: x.svg: the output is one of the inputs"));
    assert_eq!((run.code, picture.as_str()), (2, "old"));
    let (run, picture) = beside_old(&["plot", "cost", "plot", "--cost", "mse", "-o", "x.svg"]);
    assert!(run.code == 0 && picture.starts_with("<svg "));
}

#[test]
fn a_file_may_be_named_plot() {
    let one = ["--cost", "mse", "--format", "value"];
    assert_eq!(beside_old(&[&one[..], &["plot"]].concat()).0.stdout, "0.25\n");
    let file = ["./plot"];
    assert_eq!(beside_old(&[&file[..], &one].concat()).0.stdout, "0.25\n");
    assert_eq!(beside_old(&[&one[..], &file].concat()).0.stdout, "0.25\n");
}
