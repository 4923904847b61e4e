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
    /// The weight of an instance.
    Weight,
}

impl Role {
    /// The role of a model's column.
    pub fn of(given: Given) -> Self {
        if given.is_z() { Role::Z } else { Role::Yhat }
    }

    /// The option that chooses it.
    pub fn option(self) -> &'static str {
        match self {
            Role::Y => "--y-col",
            Role::Yhat => "--yhat-col",
            Role::Z => "--z-col",
            Role::Weight => "--weight-col",
        }
    }

    /// What it is called in a sentence.
    pub fn letter(self) -> &'static str {
        match self {
            Role::Y => "y",
            Role::Yhat => "ŷ",
            Role::Z => "z",
            Role::Weight => "w",
        }
    }
}
