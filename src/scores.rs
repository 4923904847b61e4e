//! Scores instances that a program passes as values, not as files.

use std::fmt;
use std::sync::Arc;

use crate::cost::{self, Cost};
use crate::engine::{Plan, Worker};
use crate::error::{Error, Kind, Location};
use crate::neuron::Given;
use crate::results::{Computation, CostResult};
use crate::scoring::Scoring;
use crate::state::difference;
use crate::table::batch::BATCH;
use crate::table::options::InputOptions;
use crate::table::request::{Cells, Request};
use crate::table::schema::{Schema, Unit};
use crate::table::values::Values;

/// Exact statistics of the costs of instances.
///
/// An instance is a label y, a prediction ŷ or a weighted input z of each model, and
/// perhaps a weight. Statistics are the same in any order and split: parts can be scored on
/// different threads, and [`merge`](Scores::merge) adds them up.
///
/// ```
/// use costs::Scores;
///
/// let mut scores = Scores::new(&costs::cost::ALL);
/// scores.extend([(1.0, 0.9), (0.0, 0.1192), (1.0, 0.6)])?;
/// let error = scores.extend([(1.0, 0.5), (1.0, 1.2)]).unwrap_err();
/// assert_eq!(error.to_string(), "instance 5: 1.2 is outside [0, 1]");
/// let quadratic = scores.result("mse").expect("it is among the costs");
/// assert_eq!((quadratic.count("n"), quadratic.mean()), (4, Some(0.10855216000000001)));
/// # Ok::<(), costs::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Scores {
    schema: Arc<Schema>,
    /// Holds the tally, as its only group.
    worker: Worker,
}

impl Scores {
    /// Creates scores of one model's ŷ by these costs, without instances.
    #[must_use]
    pub fn new(costs: &[&'static dyn Cost]) -> Self {
        Scores::of_models(Scoring::of(costs), Given::Yhat, &["yhat"], false)
    }

    /// Creates scores of several models, by their names, from ŷ or z, with weights or without.
    /// `scoring` says what to compute.
    ///
    /// ```
    /// use costs::neuron::Given;
    /// use costs::{Scores, Scoring};
    ///
    /// let mut scores = Scores::of_models(Scoring::default(), Given::Yhat, &["a", "b"], true);
    /// scores.extend_columns(&[1.0, 0.0], &[&[0.9, 0.2], &[0.6, 0.3]], Some(&[1.0, 3.0]))?;
    /// let results = scores.results();
    /// assert_eq!((&*results[2].model, results[2].number("weight")), ("b", Some(4.0)));
    /// # Ok::<(), costs::error::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `given` is not [`Given::Yhat`] or [`Given::Z`].
    #[must_use]
    pub fn of_models(scoring: Scoring, given: Given, models: &[&str], weighted: bool) -> Self {
        assert!(!given.has_classes(), "Scores takes one output per model, not one per class");
        assert!(given.has_labels(), "Scores needs labels, so it takes no log-probabilities");
        let models: Vec<String> = models.iter().map(|&model| model.to_owned()).collect();
        let schema = Values::schema(given, &models, weighted, Unit::Instance);
        let request = Arc::new(Request {
            options: InputOptions::default(),
            scoring,
            labels: None,
            cells: Cells::Errors,
            allows_empty: true,
            block_size: 0,
        });
        let plan = Plan {
            request,
            instances: None,
            explains: false,
            max_groups: 1,
            compares_models: false,
            threads: 1,
            histograms: Vec::new(),
        };
        let mut worker = Worker::new(&Arc::new(plan));
        let report =
            worker.score(0, &mut Values::new(&schema, vec![Vec::new(); schema.slots.len()]));
        debug_assert!(report.error.is_none(), "there is no instance yet");
        Scores { schema, worker }
    }

    fn scoring(&self) -> &Scoring {
        &self.worker.plan.request.scoring
    }

    /// Adds instances of one model without weights, each a label y and its ŷ or z.
    ///
    /// # Errors
    /// At the first instance with a number that the costs do not accept: cross-entropy
    /// accepts numbers in [0, 1], the quadratic cost all finite ones. The instances before it
    /// are added; it and those after it are not.
    ///
    /// # Panics
    /// If these are scores of several models or with weights.
    pub fn extend(&mut self, instances: impl IntoIterator<Item = (f64, f64)>) -> Result<(), Error> {
        let mut instances = instances.into_iter();
        loop {
            let (y, outputs): (Vec<f64>, Vec<f64>) = instances.by_ref().take(BATCH).unzip();
            if y.is_empty() {
                return Ok(());
            }
            self.add(vec![y, outputs])?;
        }
    }

    /// Adds instances as columns: labels, the ŷ or z of each model, and weights, which
    /// are finite and not negative.
    ///
    /// # Errors
    /// As [`extend`](Scores::extend).
    ///
    /// # Panics
    /// If there are not as many `outputs` as models, if the columns differ in length, or if
    /// `weights` are given to scores without weights or missing from scores with weights.
    pub fn extend_columns(
        &mut self,
        y: &[f64],
        outputs: &[&[f64]],
        weights: Option<&[f64]>,
    ) -> Result<(), Error> {
        let columns = std::iter::once(y).chain(outputs.iter().copied()).chain(weights);
        self.add(columns.map(<[f64]>::to_vec).collect())
    }

    fn add(&mut self, columns: Vec<Vec<f64>>) -> Result<(), Error> {
        assert_eq!(
            columns.len(),
            self.schema.slots.len(),
            "one column for y, one for each model, and one for weights if there are any"
        );
        assert!(columns.iter().all(|column| column.len() == columns[0].len()), "of one length");
        let before = self.worker.groups.tally(0).n();
        match self.worker.score(0, &mut Values::new(&self.schema, columns)).error {
            None => Ok(()),
            Some((_, mut error)) => {
                error.shift(before);
                Err(error)
            }
        }
    }

    /// Adds all instances of other scores.
    ///
    /// # Errors
    /// If the two differ in their scoring, models or weights.
    pub fn merge(&mut self, other: &Scores) -> Result<(), Error> {
        let error = |message| Error::new(Kind::State, Location::Job, message);
        if let Some(what) = difference(self.scoring(), other.scoring()) {
            return Err(error(format!("the other scores' {what}")));
        }
        if self.schema.header != other.schema.header {
            return Err(error("the other scores have other models or weights".to_owned()));
        }
        self.worker.groups.merge(other.worker.groups.clone(), 1);
        Ok(())
    }

    /// Returns the statistics of each model by each cost, first those of the first model;
    /// [`summary`](crate::report::summary) writes them. Empty if all weights are 0.
    #[must_use]
    pub fn results(&self) -> Vec<CostResult> {
        let mut groups = self.worker.groups.clone();
        groups.settle(1);
        let (groups, _) = groups.in_order();
        let measures = self.scoring().measures();
        let computation = Computation::new(self.scoring(), &measures, &self.schema.header);
        computation.results(&groups, 0..1).unwrap_or_default()
    }

    /// Returns the statistics of the first model by the cost of this name or alias, or on the
    /// scale of this name. None if there is no such cost among the scores.
    ///
    /// ```
    /// use costs::neuron::Given;
    /// use costs::{Scores, Scoring};
    ///
    /// let mut scoring = Scoring::default();
    /// scoring.calibration = true;
    /// let mut scores = Scores::of_models(scoring, Given::Yhat, &["yhat"], false);
    /// scores.extend([(0.0, 0.2), (1.0, 0.2), (1.0, 0.9)])?;
    /// let rmse = scores.result("rmse").expect("the quadratic cost is among the costs");
    /// assert_eq!(rmse.mean(), Some(0.47958315233127197));
    /// let quadratic = scores.result("quadratic").expect("it is among the costs");
    /// assert_eq!(quadratic.number("discrimination"), Some(0.05555555555555555));
    /// # Ok::<(), costs::error::Error>(())
    /// ```
    #[must_use]
    pub fn result(&self, cost: &str) -> Option<CostResult> {
        let measure = cost::measure(cost)?;
        let is_of = |result: &CostResult| result.measure.cost.name() == measure.cost.name();
        self.results().into_iter().find(is_of).map(|result| result.on(measure.scale))
    }
}

impl fmt::Debug for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.results()).finish()
    }
}

impl Default for Scores {
    /// Creates scores of one model's ŷ by all costs.
    fn default() -> Self {
        Scores::new(&cost::ALL)
    }
}
