//! What a column is read for.

use crate::neuron::Given;

/// What a column is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The label y.
    Y,
    /// A prediction ŷ.
    Yhat,
    /// The weighted input z of a neuron.
    Z,
    /// The logarithm of a probability.
    Logp,
    /// The weight of an instance.
    Weight,
}

impl Role {
    /// Returns the role of the columns of models that give this.
    pub fn of(given: Given) -> Self {
        match given {
            Given::Yhat | Given::Classes => Role::Yhat,
            Given::Z | Given::Logits => Role::Z,
            Given::Logp => Role::Logp,
        }
    }

    /// Returns whether its numbers may be infinities.
    pub fn takes_infinities(self) -> bool {
        matches!(self, Role::Z | Role::Logp)
    }

    /// Returns the option that chooses its column.
    pub fn option(self) -> &'static str {
        match self {
            Role::Y => "--y-col",
            Role::Yhat => "--yhat-col",
            Role::Z => "--z-col",
            Role::Logp => "--logp-col",
            Role::Weight => "--weight-col",
        }
    }

    /// Returns what messages call it.
    pub fn letter(self) -> &'static str {
        match self {
            Role::Y => "y",
            Role::Yhat => "ŷ",
            Role::Z => "z",
            Role::Logp => "log-probability",
            Role::Weight => "w",
        }
    }
}
