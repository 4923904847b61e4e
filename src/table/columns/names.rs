//! Names of columns: the default ones, and how names are compared.

use std::borrow::Cow;

use crate::neuron::Given;
use crate::text;

/// Names of y, the likeliest first.
pub(super) const Y_NAMES: &[&str] = &[
    "y",
    "y_true",
    "true_label",
    "label",
    "labels",
    "target",
    "truth",
    "ground_truth",
    "actual",
    "outcome",
    "y_test",
];

/// Names of predicted probabilities.
const PROBABILITY_NAMES: &[&str] = &[
    "yhat",
    "ŷ",
    "y_hat",
    "p",
    "prob",
    "proba",
    "probability",
    "y_prob",
    "y_proba",
    "y_pred_proba",
    "pred_proba",
    "predicted_probability",
    "y_score",
    "score",
];

/// Names of weighted inputs.
const Z_NAMES: &[&str] = &["z", "logit", "logits"];

/// Names of predictions, which may be classes.
const PREDICTION_NAMES: &[&str] = &["y_pred", "pred", "prediction", "predictions", "predicted"];

/// Names of what models give, the likeliest first.
pub(super) const OUTPUT_NAMES: [(Given, &[&str]); 3] =
    [(Given::Yhat, PROBABILITY_NAMES), (Given::Z, Z_NAMES), (Given::Yhat, PREDICTION_NAMES)];

/// Returns a name in the form in which default names are compared: in lower case, with `_` for
/// each space and `-`.
pub(super) fn normalized(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Returns the name of a column that is nearest to a name that is not there, if any is near.
pub(super) fn nearest<'a>(name: &str, columns: &'a [String]) -> Option<&'a String> {
    text::nearest(&normalized(name), columns, |column| normalized(column), 0.6)
}

/// Returns whether cells are 0, 1, 2 and so on, as pandas names columns without names: at least
/// two of them, or one after an empty cell.
pub(super) fn counts_from_0(cells: &[Cow<[u8]>]) -> bool {
    let (counted, least) = match cells {
        [first, rest @ ..] if first.is_empty() => (rest, 1),
        cells => (cells, 2),
    };
    let is_next = |(index, cell): (usize, &Cow<[u8]>)| **cell == *index.to_string().as_bytes();
    counted.len() >= least && counted.iter().enumerate().all(is_next)
}

/// Returns the index of the column at a position, which counts from 1.
pub(super) fn position(text: &str) -> Option<usize> {
    text.trim().parse::<usize>().ok()?.checked_sub(1)
}
