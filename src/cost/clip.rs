//! How the infinities of a cost are cut off, as other libraries do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How ŷ, or its logarithm, is kept away from where the cost is ∞.
///
/// ```
/// use costs::cost::{Clip, Cost, CrossEntropy};
/// let mut cost = [0.0];
/// CrossEntropy.clip(Clip::TORCH, &[1.0], &[0.0], &mut cost);
/// assert_eq!(cost, [100.0]);
/// CrossEntropy.clip(Clip::KERAS, &[1.0], &[0.0], &mut cost);
/// assert_eq!(cost, [16.11809565095832]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Clip {
    /// ŷ is put into [ε, 1 − ε].
    Prediction(f64),
    /// Each logarithm is at least this.
    Logarithm(f64),
}

impl Clip {
    /// scikit-learn: ε is the machine epsilon of f64 (`log_loss` in
    /// `sklearn/metrics/_classification.py`).
    pub const SKLEARN: Clip = Clip::Prediction(f64::EPSILON);

    /// Keras: ε is 10⁻⁷ (`epsilon` in `keras/src/backend/config.py`,
    /// `binary_crossentropy` of each backend).
    pub const KERAS: Clip = Clip::Prediction(1e-7);

    /// PyTorch: logarithms are at least −100 (`binary_cross_entropy` in
    /// `aten/src/ATen/native/Loss.cpp`).
    pub const TORCH: Clip = Clip::Logarithm(-100.0);

    /// The presets, by their names.
    const PRESETS: [(&str, Clip); 3] =
        [("sklearn", Clip::SKLEARN), ("keras", Clip::KERAS), ("torch", Clip::TORCH)];
}

impl fmt::Display for Clip {
    /// Writes the name of the preset, or ε.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (Clip::PRESETS.iter().find(|(_, clip)| clip == self), self) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Clip::Prediction(number) | Clip::Logarithm(number)) => write!(f, "{number:e}"),
        }
    }
}

impl FromStr for Clip {
    type Err = String;

    /// Reads ε, or the name of a preset.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, clip)) = Clip::PRESETS.iter().find(|(name, _)| *name == text) {
            return Ok(*clip);
        }
        match text.parse::<f64>() {
            Ok(epsilon) if 1.0 - epsilon < 1.0 && epsilon < 0.5 => Ok(Clip::Prediction(epsilon)),
            _ => {
                Err("it is a number from 1e-16 to below 0.5, or sklearn, keras or torch".to_owned())
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
