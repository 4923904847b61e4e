//! Every format of output, whole.

mod support;

use support::costs_with;

const FILE: &str = "id,y,yhat,note\n01,1,0.50,\"a, b\"\n2,0,0.25,\n3,1,0,|x|\n";

#[track_caller]
fn prints(args: &[&str], stdin: &str, expected: &str) {
    let run = costs_with(args, stdin);
    assert_eq!(run.stdout, expected, "{}", run.stderr);
    assert_eq!(run.code, 0);
}

#[test]
fn values_are_written_as_table() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "table"],
        "",
        concat!(
            "┌──────┬─────┬───────────┬───────────────┐\n",
            "│    y ┆   ŷ ┆ quadratic ┆ cross-entropy │\n",
            "╞══════╪═════╪═══════════╪═══════════════╡\n",
            "│    1 ┆ 0.9 ┆   0.01000 ┆        0.1054 │\n",
            "│    0 ┆   1 ┆     1.000 ┆             ∞ │\n",
            "├──────┼─────┼───────────┼───────────────┤\n",
            "│ mean ┆     ┆    0.5050 ┆             ∞ │\n",
            "└──────┴─────┴───────────┴───────────────┘\n",
        ),
    );
}

#[test]
fn values_are_written_as_csv() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "csv"],
        "",
        concat!(
            "y,yhat,quadratic,cross_entropy\n",
            "1,0.9,0.009999999999999995,0.10536051565782628\n",
            "0,1,1,inf\n",
        ),
    );
}

#[test]
fn values_are_written_as_tsv() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "tsv"],
        "",
        concat!(
            "y\tyhat\tquadratic\tcross_entropy\n",
            "1\t0.9\t0.009999999999999995\t0.10536051565782628\n",
            "0\t1\t1\tinf\n",
        ),
    );
}

#[test]
fn values_are_written_as_json() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "json"],
        "",
        concat!(
            "[\n",
            "{\"y\":1,\"yhat\":0.9,\"quadratic\":0.009999999999999995,\"cross_entropy\":0.10536051565782628},\n",
            "{\"y\":0,\"yhat\":1,\"quadratic\":1,\"cross_entropy\":null}\n",
            "]\n",
        ),
    );
}

#[test]
fn values_are_written_as_jsonl() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "jsonl"],
        "",
        concat!(
            "{\"y\":1,\"yhat\":0.9,\"quadratic\":0.009999999999999995,\"cross_entropy\":0.10536051565782628}\n",
            "{\"y\":0,\"yhat\":1,\"quadratic\":1,\"cross_entropy\":null}\n",
        ),
    );
}

#[test]
fn values_are_written_as_markdown() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "markdown"],
        "",
        concat!(
            "| y | ŷ | quadratic | cross-entropy |\n",
            "|---:|---:|---:|---:|\n",
            "| 1 | 0.9 | 0.01000 | 0.1054 |\n",
            "| 0 | 1 | 1.000 | ∞ |\n",
            "| **mean** |  | 0.5050 | ∞ |\n",
        ),
    );
}

#[test]
fn values_are_written_as_value() {
    prints(
        &["--y", "1,0", "--yhat", "0.9,1", "--format", "value", "--cost", "xent", "--each"],
        "",
        concat!("0.10536051565782628\n", "inf\n",),
    );
}

#[test]
fn a_summary_is_written_as_table() {
    prints(
        &["--format", "table"],
        FILE,
        concat!(
            "┌───────────────┬────────┬──────────────┬──────────┬──────────────────┬──────────┬─────────┐\n",
            "│ cost          ┆   mean ┆ ± std. error ┆ infinite ┆ mean of the rest ┆ baseline ┆   skill │\n",
            "╞═══════════════╪════════╪══════════════╪══════════╪══════════════════╪══════════╪═════════╡\n",
            "│ quadratic     ┆ 0.4375 ┆     ± 0.2864 ┆        0 ┆           0.4375 ┆   0.2222 ┆ -96.9 % │\n",
            "│ cross-entropy ┆      ∞ ┆            – ┆        1 ┆           0.4904 ┆   0.6365 ┆      -∞ │\n",
            "└───────────────┴────────┴──────────────┴──────────┴──────────────────┴──────────┴─────────┘\n",
            "3 instances\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_csv() {
    prints(
        &["--format", "csv"],
        FILE,
        concat!(
            "model,cost,n,mean,standard_error,low,high,sum,baseline,skill,infinite,finite_mean,skipped\n",
            "yhat,quadratic,3,0.4375,0.28641098093474,-0.7948269889490807,1.6698269889490807,1.3125,0.2222222222222222,-0.96875,0,0.4375,0\n",
            "yhat,cross_entropy,3,inf,,,,inf,0.6365141682948128,-inf,1,0.4904146265058631,0\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_tsv() {
    prints(
        &["--format", "tsv"],
        FILE,
        concat!(
            "model\tcost\tn\tmean\tstandard_error\tlow\thigh\tsum\tbaseline\tskill\tinfinite\tfinite_mean\tskipped\n",
            "yhat\tquadratic\t3\t0.4375\t0.28641098093474\t-0.7948269889490807\t1.6698269889490807\t1.3125\t0.2222222222222222\t-0.96875\t0\t0.4375\t0\n",
            "yhat\tcross_entropy\t3\tinf\t\t\t\tinf\t0.6365141682948128\t-inf\t1\t0.4904146265058631\t0\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_json() {
    prints(
        &["--format", "json"],
        FILE,
        concat!(
            "[\n",
            "{\"model\":\"yhat\",\"cost\":\"quadratic\",\"n\":3,\"mean\":0.4375,\"standard_error\":0.28641098093474,\"low\":-0.7948269889490807,\"high\":1.6698269889490807,\"sum\":1.3125,\"baseline\":0.2222222222222222,\"skill\":-0.96875,\"infinite\":0,\"finite_mean\":0.4375,\"skipped\":0},\n",
            "{\"model\":\"yhat\",\"cost\":\"cross_entropy\",\"n\":3,\"mean\":null,\"standard_error\":null,\"low\":null,\"high\":null,\"sum\":null,\"baseline\":0.6365141682948128,\"skill\":null,\"infinite\":1,\"finite_mean\":0.4904146265058631,\"skipped\":0}\n",
            "]\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_jsonl() {
    prints(
        &["--format", "jsonl"],
        FILE,
        concat!(
            "{\"model\":\"yhat\",\"cost\":\"quadratic\",\"n\":3,\"mean\":0.4375,\"standard_error\":0.28641098093474,\"low\":-0.7948269889490807,\"high\":1.6698269889490807,\"sum\":1.3125,\"baseline\":0.2222222222222222,\"skill\":-0.96875,\"infinite\":0,\"finite_mean\":0.4375,\"skipped\":0}\n",
            "{\"model\":\"yhat\",\"cost\":\"cross_entropy\",\"n\":3,\"mean\":null,\"standard_error\":null,\"low\":null,\"high\":null,\"sum\":null,\"baseline\":0.6365141682948128,\"skill\":null,\"infinite\":1,\"finite_mean\":0.4904146265058631,\"skipped\":0}\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_markdown() {
    prints(
        &["--format", "markdown"],
        FILE,
        concat!(
            "| cost | mean | ± std. error | infinite | mean of the rest | baseline | skill |\n",
            "|---|---:|---:|---:|---:|---:|---:|\n",
            "| quadratic | 0.4375 | ± 0.2864 | 0 | 0.4375 | 0.2222 | -96.9 % |\n",
            "| cross-entropy | ∞ | – | 1 | 0.4904 | 0.6365 | -∞ |\n",
            "\n",
            "3 instances\n",
        ),
    );
}

#[test]
fn a_summary_is_written_as_value() {
    prints(&["--format", "value", "--cost", "xent"], FILE, "inf\n");
}

#[test]
fn instances_of_a_file_are_written_as_table() {
    prints(
        &["--each", "--format", "table"],
        FILE,
        concat!(
            "┌──────┬───┬──────┬──────┬───────────┬───────────────┐\n",
            "│   id ┆ y ┆ yhat ┆ note ┆ quadratic ┆ cross-entropy │\n",
            "╞══════╪═══╪══════╪══════╪═══════════╪═══════════════╡\n",
            "│   01 ┆ 1 ┆ 0.50 ┆ a, b ┆    0.2500 ┆        0.6931 │\n",
            "│    2 ┆ 0 ┆ 0.25 ┆      ┆   0.06250 ┆        0.2877 │\n",
            "│    3 ┆ 1 ┆    0 ┆  |x| ┆     1.000 ┆             ∞ │\n",
            "├──────┼───┼──────┼──────┼───────────┼───────────────┤\n",
            "│ mean ┆   ┆      ┆      ┆    0.4375 ┆             ∞ │\n",
            "└──────┴───┴──────┴──────┴───────────┴───────────────┘\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_csv() {
    prints(
        &["--each", "--format", "csv"],
        FILE,
        concat!(
            "id,y,yhat,note,quadratic,cross_entropy\n",
            "01,1,0.50,\"a, b\",0.25,0.6931471805599453\n",
            "2,0,0.25,,0.0625,0.2876820724517809\n",
            "3,1,0,|x|,1,inf\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_tsv() {
    prints(
        &["--each", "--format", "tsv"],
        FILE,
        concat!(
            "id\ty\tyhat\tnote\tquadratic\tcross_entropy\n",
            "01\t1\t0.50\ta, b\t0.25\t0.6931471805599453\n",
            "2\t0\t0.25\t\t0.0625\t0.2876820724517809\n",
            "3\t1\t0\t|x|\t1\tinf\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_json() {
    prints(
        &["--each", "--format", "json"],
        FILE,
        concat!(
            "[\n",
            "{\"id\":\"01\",\"y\":1,\"yhat\":0.50,\"note\":\"a, b\",\"quadratic\":0.25,\"cross_entropy\":0.6931471805599453},\n",
            "{\"id\":2,\"y\":0,\"yhat\":0.25,\"note\":\"\",\"quadratic\":0.0625,\"cross_entropy\":0.2876820724517809},\n",
            "{\"id\":3,\"y\":1,\"yhat\":0,\"note\":\"|x|\",\"quadratic\":1,\"cross_entropy\":null}\n",
            "]\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_jsonl() {
    prints(
        &["--each", "--format", "jsonl"],
        FILE,
        concat!(
            "{\"id\":\"01\",\"y\":1,\"yhat\":0.50,\"note\":\"a, b\",\"quadratic\":0.25,\"cross_entropy\":0.6931471805599453}\n",
            "{\"id\":2,\"y\":0,\"yhat\":0.25,\"note\":\"\",\"quadratic\":0.0625,\"cross_entropy\":0.2876820724517809}\n",
            "{\"id\":3,\"y\":1,\"yhat\":0,\"note\":\"|x|\",\"quadratic\":1,\"cross_entropy\":null}\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_markdown() {
    prints(
        &["--each", "--format", "markdown"],
        FILE,
        concat!(
            "| id | y | yhat | note | quadratic | cross-entropy |\n",
            "|---:|---:|---:|---:|---:|---:|\n",
            "| 01 | 1 | 0.50 | a, b | 0.2500 | 0.6931 |\n",
            "| 2 | 0 | 0.25 |  | 0.06250 | 0.2877 |\n",
            "| 3 | 1 | 0 | \\|x\\| | 1.000 | ∞ |\n",
            "| **mean** |  |  |  | 0.4375 | ∞ |\n",
        ),
    );
}

#[test]
fn instances_of_a_file_are_written_as_value() {
    prints(
        &["--each", "--format", "value", "--cost", "xent"],
        FILE,
        concat!("0.6931471805599453\n", "0.2876820724517809\n", "inf\n",),
    );
}
