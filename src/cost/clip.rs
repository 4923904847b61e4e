//! Clipping: how a cost is kept finite, as other libraries do it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digits::shortest_text;

/// How ŷ, or its logarithm, is kept within bounds so that the cost is finite.
///
/// ```
/// use costs::cost::{Clip, Cost, CrossEntropy};
/// let mut cost = [0.0];
/// CrossEntropy.clip(Clip::Torch, &[1.0], &[0.0], &mut cost);
/// assert_eq!(cost, [100.0]);
/// CrossEntropy.clip(Clip::Keras, &[1.0], &[0.0], &mut cost);
/// assert_eq!(cost, [16.11809565095832]);
/// ```
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Clip {
    /// scikit-learn: ε is the machine epsilon of f64 (`log_loss` in
    /// `sklearn/metrics/_classification.py`).
    Sklearn,
    /// Keras: ε is 10⁻⁷ (`epsilon` in `keras/src/backend/config.py`,
    /// `binary_crossentropy` of each backend).
    Keras,
    /// PyTorch: logarithms are at least −100 (`binary_cross_entropy` in
    /// `aten/src/ATen/native/Loss.cpp`).
    Torch,
    /// ŷ is clamped to [ε, 1 − ε].
    Epsilon(f64),
}

/// The bounds that a clip stands for.
#[derive(PartialEq)]
pub(super) enum Bound {
    /// ŷ is clamped to [ε, 1 − ε].
    Prediction(f64),
    /// Each logarithm is at least this.
    Logarithm(f64),
}

impl Clip {
    pub(super) fn bound(self) -> Bound {
        match self {
            Clip::Sklearn => Bound::Prediction(f64::EPSILON),
            Clip::Keras => Bound::Prediction(1e-7),
            Clip::Torch => Bound::Logarithm(-100.0),
            Clip::Epsilon(epsilon) => Bound::Prediction(epsilon),
        }
    }
}

impl PartialEq for Clip {
    /// Compares bounds, so that a preset equals its ε.
    fn eq(&self, other: &Self) -> bool {
        self.bound() == other.bound()
    }
}

impl fmt::Display for Clip {
    /// Writes the name of the preset, or ε.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Clip::Sklearn => "sklearn",
            Clip::Keras => "keras",
            Clip::Torch => "torch",
            Clip::Epsilon(epsilon) => return f.write_str(&shortest_text(*epsilon)),
        })
    }
}

impl FromStr for Clip {
    type Err = String;

    /// Reads ε, or the name of a preset.
    fn from_str(text: &str) -> Result<Self, String> {
        let presets = [Clip::Sklearn, Clip::Keras, Clip::Torch];
        if let Some(preset) = presets.into_iter().find(|preset| preset.to_string() == text) {
            return Ok(preset);
        }
        match text.parse::<f64>() {
            Ok(epsilon) if 1.0 - epsilon < 1.0 && epsilon < 0.5 => Ok(Clip::Epsilon(epsilon)),
            _ => {
                Err("expected a number from 1e-16 to below 0.5, or sklearn, keras or torch"
                    .to_owned())
            }
        }
    }
}

impl From<Clip> for String {
    fn from(clip: Clip) -> Self {
        clip.to_string()
    }
}

impl TryFrom<String> for Clip {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
