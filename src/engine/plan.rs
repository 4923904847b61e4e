//! The part of a job that scoring needs.

use std::sync::Arc;

use crate::error::Error;
use crate::report::Instances;
use crate::table::request::Request;

use super::histogram::Histogram;

/// What to do with the rows of tables.
pub struct Plan {
    /// What is read and computed.
    pub request: Arc<Request>,
    /// How to write instances, if they are wanted.
    pub instances: Option<Instances>,
    /// Whether to explain how the costs of instances are computed.
    pub explains: bool,
    /// The maximum number of groups.
    pub max_groups: usize,
    /// Whether models are compared, so that there must be at least two.
    pub compares_models: bool,
    /// The number of workers.
    pub threads: usize,
    /// Histograms of the first model's costs, one for each cost; empty if they are not wanted.
    pub histograms: Vec<Arc<Histogram>>,
}

/// Receives the bytes of rows as they are ready.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send);
