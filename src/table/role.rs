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
    /// The role of a model's column.
    pub fn of(given: Given) -> Self {
        match given {
            Given::Yhat | Given::Classes => Role::Yhat,
            Given::Z | Given::Logits => Role::Z,
            Given::Logp => Role::Logp,
        }
    }

    /// Whether its numbers may be infinities.
    pub fn takes_infinities(self) -> bool {
        matches!(self, Role::Z | Role::Logp)
    }

    /// The option that chooses it.
    pub fn option(self) -> &'static str {
        match self {
            Role::Y => "--y-col",
            Role::Yhat => "--yhat-col",
            Role::Z => "--z-col",
            Role::Logp => "--logp-col",
            Role::Weight => "--weight-col",
        }
    }

    /// What it is called in a sentence.
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
