//! Scores the instances of a program, wherever they come from.

use crate::cost::{self, Cost};
use crate::error::{Error, Fault, Place, Role};
use crate::input::cell;
use crate::input::scan::BATCH;
use crate::neuron::Given;
use crate::report::{CostResult, shortest_text};
use crate::results;
use crate::score::{Group, Plan, Scorer};

/// Exact statistics of the costs of instances, pairs of a label y and a prediction ŷ.
///
/// They are the same in any order and split: score parts on threads or machines of
/// their own, and [`merge`](Scores::merge) them.
///
/// ```
/// use costs::Scores;
///
/// let mut scores = Scores::new(&costs::cost::ALL);
/// scores.extend([(1.0, 0.9), (0.0, 0.1192), (1.0, 0.6)])?;
/// let error = scores.extend([(1.0, 0.5), (1.0, 1.2)]).unwrap_err();
/// assert_eq!(error.to_string(), "instance 5: 1.2 is outside [0, 1]");
/// let [quadratic, cross_entropy] = scores.results().try_into().unwrap();
/// assert_eq!((quadratic.n, quadratic.mean), (4, Some(0.10855216000000001)));
/// assert_eq!(cross_entropy.infinite, 0);
/// # Ok::<(), costs::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Scores {
    plan: Plan,
    group: Group,
}

impl Scores {
    /// Scores by those costs, of no instances yet.
    #[must_use]
    pub fn new(costs: &[&'static dyn Cost]) -> Self {
        let plan = Plan::new(costs.to_vec());
        let group = Group::of_values(plan.shape(), &["yhat".to_owned()]);
        Scores { plan, group }
    }

    /// Adds instances, each a label y and a prediction ŷ.
    ///
    /// # Errors
    /// At the first instance with a number that the costs do not take: cross-entropy
    /// takes those in [0, 1], the quadratic cost all finite ones. Those before it are
    /// in, it and those after it are not.
    pub fn extend(&mut self, instances: impl IntoIterator<Item = (f64, f64)>) -> Result<(), Error> {
        let mut instances = instances.into_iter();
        let mut scorer = Scorer::new(&self.plan);
        let (mut ys, mut yhats) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        loop {
            ys.clear();
            yhats.clear();
            let fault = instances.by_ref().take(BATCH).find_map(|(y, yhat)| {
                let fault = self.fault(y, Role::Y).or_else(|| self.fault(yhat, Role::Yhat));
                if fault.is_none() {
                    ys.push(y);
                    yhats.push(yhat);
                }
                fault
            });
            scorer.score(&ys, &[&yhats], Given::Yhat);
            self.group.tally.extend(&ys, None, scorer.magnitudes());
            if let Some(fault) = fault {
                return Err(Error::new(Place::Instance(self.group.tally.n() + 1), fault));
            }
            if ys.is_empty() {
                return Ok(());
            }
        }
    }

    /// Why a number cannot be used.
    fn fault(&self, number: f64, role: Role) -> Option<Fault> {
        if self.plan.domain().contains(number) {
            return None;
        }
        if number.is_nan() {
            return Some(Fault::NotANumber { text: "NaN".to_owned(), role });
        }
        let domains = self.plan.domains(Given::Yhat);
        cell::check(shortest_text(number).as_bytes(), role, domains).err()
    }

    /// Adds all that the other has scored, as if by this one.
    ///
    /// # Panics
    /// If the other has other costs.
    pub fn merge(&mut self, other: &Scores) {
        let names = |scores: &Scores| scores.plan.costs.iter().map(|cost| cost.name()).collect();
        let (ours, theirs): (Vec<&str>, Vec<&str>) = (names(self), names(other));
        assert_eq!(ours, theirs, "scores by the same costs are merged");
        self.group.tally.merge(&other.group.tally).expect("instances can be counted");
    }

    /// The statistics by each cost, in the order of the costs;
    /// [`summary`](crate::report::summary) writes them.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "without weights there is no error")]
    pub fn results(&self) -> Vec<CostResult> {
        let groups = std::slice::from_ref(&self.group);
        results::results(&self.plan, Given::Yhat, &[], groups).expect("there are no weights")
    }
}

impl Default for Scores {
    /// By all costs there are.
    fn default() -> Self {
        Scores::new(&cost::ALL)
    }
}
