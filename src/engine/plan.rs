//! What of a job scoring needs to know.

use std::sync::Arc;

use crate::error::Error;
use crate::report::Instances;
use crate::table::request::Request;

use super::histogram::Histogram;

/// What to do with the rows of tables.
pub struct Plan {
    /// What is read and computed.
    pub request: Arc<Request>,
    /// How to write the instances, if that is asked for.
    pub instances: Option<Instances>,
    /// Whether it is to be said how the costs of instances are computed.
    pub explains: bool,
    /// The most groups there may be.
    pub max_groups: usize,
    /// Whether models are compared, so that there must be two.
    pub compares_models: bool,
    /// The number of workers.
    pub threads: usize,
    /// Count the first model's costs: as many of them, from the first.
    pub histograms: Vec<Arc<Histogram>>,
}

/// Where rows go, as they are ready.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send);
