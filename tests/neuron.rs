//! Neurons: costs and gradients from weighted inputs, and what is said of
//! saturation.

mod support;

use costs::cost::{Activated, CrossEntropy, Quadratic};
use costs::neuron::{Activation, SATURATION};
use support::{costs, costs_with};

/// How many numbers lie between two, and one more.
fn units_apart(a: f64, b: f64) -> u64 {
    let is_same_side = a.is_sign_negative() == b.is_sign_negative();
    match a == b {
        true => 0,
        false if is_same_side => a.to_bits().abs_diff(b.to_bits()),
        false => u64::MAX,
    }
}

/// `tests/data/neuron.py` says how these were computed.
#[test]
fn costs_and_gradients_of_z_are_those_of_the_definitions() {
    let mut worst = [0; 4];
    for line in include_str!("data/neuron.csv").lines().skip(1) {
        let (name, numbers) = line.split_once(',').unwrap();
        let activation = if name == "tanh" { Activation::Tanh } else { Activation::Sigmoid };
        let numbers: Vec<f64> = numbers.split(',').map(|cell| cell.parse().unwrap()).collect();
        let &[y, z, ref expected @ ..] = numbers.as_slice() else { panic!("{line}") };
        let quadratic = Activated { cost: &Quadratic, activation };
        let cross_entropy = Activated { cost: &CrossEntropy, activation };
        let found = [
            quadratic.cost(y, z),
            cross_entropy.cost(y, z),
            quadratic.gradient(y, z),
            cross_entropy.gradient(y, z),
        ];
        let is_hard = y == 0.0 || y.abs() == 1.0;
        for (at, (&expected, found)) in expected.iter().zip(found).enumerate() {
            // A label near the output takes all but the last digits from their
            // difference.
            let difference = (y - activation.output(z)).abs();
            let slack = 8.0 * f64::EPSILON * expected.abs() / difference;
            let is_fine = difference == 0.0 || (found - expected).abs() <= slack.max(1e-320);
            if is_hard || at == 1 {
                worst[at] = units_apart(found, expected).max(worst[at]);
            } else {
                assert!(is_fine, "{line}: {found:e}");
            }
        }
    }
    let most = [8, 2, 8, 4];
    assert!(worst.iter().zip(most).all(|(&worst, most)| worst <= most), "{worst:?}");
}

#[test]
fn a_neuron_is_saturated_below_a_hundredth_of_the_steepest_slope() {
    for activation in [Activation::Sigmoid, Activation::Tanh] {
        assert_eq!(activation.slope(0.0), activation.steepest());
        for z in (0..2000).map(|i| f64::from(i - 1000) / 100.0) {
            // By its definition, from the outputs on both sides.
            let h = 1e-6;
            let slope = (activation.output(z + h) - activation.output(z - h)) / (2.0 * h);
            let part = slope / activation.steepest();
            if (part - SATURATION).abs() > 1e-6 {
                assert_eq!(activation.is_saturated(z), part < SATURATION, "{activation:?} {z}");
            }
        }
    }
}

/// The lines of a table, without its borders.
fn rows(args: &[&str]) -> Vec<String> {
    let run = costs(args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rows = run.stdout.lines().filter(|line| line.starts_with('│'));
    rows.map(|row| {
        row.split('┆').map(|cell| cell.trim_matches([' ', '│'])).collect::<Vec<_>>().join("|")
    })
    .collect()
}

#[test]
fn a_table_shows_gradients_and_marks_saturated_neurons() {
    assert_eq!(
        rows(&["--y", "1", "--z=-6,0,6", "--gradient"]),
        [
            "y|z|ŷ|quadratic|∂C/∂z|cross-entropy|∂C/∂z|neuron",
            "1|-6|0.002473|0.9951|-0.004921|6.002|-0.9975|saturated, wrong",
            "1|0|0.5000|0.2500|-0.2500|0.6931|-0.5000|",
            "1|6|0.9975|6.114e-6|-1.220e-5|0.002476|-0.002473|saturated",
            "mean|||0.4150||2.233||",
        ]
    );
    assert_eq!(
        rows(&["--y=-1,1", "--z", "4,4", "--activation", "tanh", "--cost", "mse"]),
        [
            "y|z|a|quadratic|neuron",
            "-1|4|0.9993|3.997|saturated, wrong",
            "1|4|0.9993|4.498e-7|saturated",
            "mean|||1.999|",
        ]
    );
    // Without z and gradients, nothing is said of neurons.
    assert_eq!(rows(&["--y", "1", "--yhat", "0.0001"])[0], "y|ŷ|quadratic|cross-entropy");
}

/// Computed with mpmath; the last digits are those of the formulas in f64.
#[test]
fn machine_formats_have_gradients_after_each_cost() {
    let run = costs(&["--y", "1,0", "--z", "46,-inf", "--gradient", "--format", "csv"]);
    assert_eq!(
        run.stdout,
        "y,z,yhat,quadratic,quadratic_gradient,cross_entropy,cross_entropy_gradient\n\
         1,46,1,1.1089390193121363e-40,-2.2178780386242725e-40,1.0530617357553812e-20,-1.0530617357553812e-20\n\
         0,-inf,0,0,0,0,0\n"
    );
    let run = costs_with(
        &["--gradient", "--cost", "mse", "--format", "jsonl", "--by", "g"],
        "y,logit,g\n1,-7,a\n0,7,a\n1,1,b\n0,-7,b\n",
    );
    let fields = |line: &str| {
        let (_, last) = line.split_once("\"mean_abs_gradient\":").expect("a gradient");
        last.trim_end_matches('}').to_owned()
    };
    let lines: Vec<String> = run.stdout.lines().map(fields).collect();
    assert_eq!(
        lines,
        [
            "0.0018187838440570157,\"saturated_wrong\":2",
            "0.05287792204236003,\"saturated_wrong\":0"
        ],
        "{run:?}"
    );
}

#[test]
fn a_column_of_z_is_found_where_there_is_none_of_yhat() {
    let by_z = costs_with(&["--format", "value"], "y,Logits\n1,2\n0,-1\n");
    let told = costs_with(&["--format", "value", "--z-col", "b"], "a,y,b\n9,1,2\n9,0,-1\n");
    let headerless = costs_with(&["--format", "value", "--z-col", "2"], "1,2\n0,-1\n");
    assert_eq!(by_z.stdout, "0.04326941237356215\n0.2200948492805977\n");
    assert_eq!((&told.stdout, &headerless.stdout), (&by_z.stdout, &by_z.stdout));
    let both = costs_with(&["--format", "value", "--cost", "mse"], "y,z,p\n1,9,0.5\n");
    assert_eq!(both.stdout, "0.25\n");
    let words = costs_with(
        &["--positive", "yes", "--activation", "tanh", "--format", "value"],
        "y,z\nyes,1\nno,-1\n",
    );
    let numbers = costs_with(&["--activation", "tanh", "--format", "value"], "y,z\n1,1\n-1,-1\n");
    assert_eq!((words.code, &words.stdout), (0, &numbers.stdout), "{words:?}");
}

#[test]
fn a_summary_counts_every_model_and_file_alike() {
    // Rows by hand: 3 of a, 1 of b are saturated and wrong.
    let text = "y,a,b\n1,-7,7\n0,8,-8\n1,-9,2\n0,0.5,7\n";
    for threads in ["1", "3"] {
        let args = ["--z-col", "a,b", "--cost", "mse", "--gradient", "--format", "csv"];
        let run = costs_with(&[&args[..], &["--threads", threads]].concat(), text);
        let column = |line: &str| line.split(',').nth(14).map(str::to_owned);
        let counts: Vec<Option<String>> = run.stdout.lines().map(column).collect();
        let expected = ["saturated_wrong", "3", "1"].map(|text| Some(text.to_owned()));
        assert_eq!(counts, expected, "{}", run.stdout);
    }
}
