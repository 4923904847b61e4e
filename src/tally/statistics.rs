//! Which sums a statistic needs, and its formula.

use std::ops::Range;
use std::sync::Arc;

use super::classes::Frequencies;
use super::clusters::Clusters;
use super::column::{Column, Pair};
use super::dyadic::Dyadic;
use super::forecasts::Forecasts;
use super::isotonic::Step;
use super::labels::Labels;
use super::moments::{Baseline, Moments};
use super::student::student_quantile;
use super::sums::{FOLD_EVERY, Powers, Size};

/// What a tally holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The models that are compared on the same instances.
    pub models: usize,
    /// The costs of each.
    pub costs: usize,
    /// Whether instances have weights.
    pub weighted: bool,
    /// Whether it is to take little time or little memory.
    pub size: Size,
}

impl Default for Shape {
    /// One cost of one model, without weights, fast.
    fn default() -> Self {
        Shape { models: 1, costs: 1, weighted: false, size: Size::Fast }
    }
}

/// The costs of n instances, in one column per model and cost: the costs of the
/// first model, those of the second, and so on.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) shape: Shape,
    pub(super) n: u64,
    /// Instances of a weight above 0.
    pub(super) support: u64,
    pub(super) skipped: u64,
    /// For each model: how many instances were marked.
    pub(super) marked: Vec<u64>,
    /// Σw and Σw².
    pub(super) weights: Option<Powers>,
    pub(super) labels: Labels,
    pub(super) columns: Vec<Column>,
    /// For each column of the models after the first, with the first model's.
    pub(super) pairs: Vec<Pair>,
    /// If instances belong together in clusters: what errors are made of.
    pub(super) clusters: Option<Box<Clusters>>,
    /// If forecasts are recalibrated: those of each model, or none yet.
    pub(super) forecasts: Option<Arc<[Forecasts]>>,
    pub(super) added_since_fold: usize,
}

/// Two tallies of more instances together than can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl std::error::Error for Overflow {}

impl std::fmt::Display for Overflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("2⁶⁴ instances are more than can be counted")
    }
}

impl Tally {
    /// An empty tally.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let Shape { models, costs, weighted, size } = shape;
        let columns = models * costs;
        Tally {
            shape,
            n: 0,
            support: 0,
            skipped: 0,
            marked: vec![0; models],
            weights: weighted.then(|| Powers::new(size)),
            labels: Labels::new(size),
            columns: (0..columns).map(|_| Column::new(weighted, size)).collect(),
            pairs: (costs..columns).map(|_| Pair::new(weighted, size)).collect(),
            clusters: None,
            forecasts: None,
            added_since_fold: 0,
        }
    }

    /// The same for labels that are indices of classes.
    #[must_use]
    pub(crate) fn of_classes(mut self) -> Self {
        self.labels.classes_mut();
        self
    }

    /// Adds instances: their finite labels; their weights, finite and ≥ 0; and a
    /// column per model and cost of costs from 0 to ∞.
    ///
    /// # Panics
    /// If the numbers are not of that kind, or of the tally's shape, or not as
    /// many of each.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>, costs: &[Vec<f64>]) {
        let shape = self.shape;
        assert!(costs.len() == self.columns.len() && weights.is_some() == shape.weighted);
        assert!(costs.iter().all(|costs| costs.len() == y.len()));
        assert!(weights.is_none_or(|weights| {
            weights.len() == y.len() && weights.iter().all(|w| (0.0..f64::INFINITY).contains(w))
        }));
        let mut start = 0;
        while start < y.len() {
            let end = y.len().min(start + FOLD_EVERY - self.added_since_fold);
            self.add(start..end, y, weights, costs);
            start = end;
        }
    }

    /// Adds those rows of the slices, which the buckets have room for.
    fn add(&mut self, rows: Range<usize>, y: &[f64], weights: Option<&[f64]>, costs: &[Vec<f64>]) {
        let (added, shape) = (rows.len(), self.shape);
        let (y, weights) = (&y[rows.clone()], weights.map(|weights| &weights[rows.clone()]));
        let support = weights.map_or(added, |weights| weights.iter().filter(|&&w| w > 0.0).count());
        self.n += added as u64;
        self.support += support as u64;
        self.labels.extend(y, weights);
        if let (Some(sums), Some(weights)) = (&mut self.weights, weights) {
            sums.extend(weights);
        }
        for (column, costs) in self.columns.iter_mut().zip(costs) {
            column.extend(&costs[rows.clone()], weights);
        }
        let (first, others) = costs.split_at(shape.costs.min(costs.len()));
        let pairs = self.pairs.iter_mut().zip(others).zip(first.iter().cycle());
        for ((pair, costs), first) in pairs {
            pair.extend(&costs[rows.clone()], &first[rows.clone()], weights);
        }
        self.added_since_fold += added;
        if self.added_since_fold == FOLD_EVERY {
            self.fold(shape.size);
        }
    }

    /// Empties the buckets into sums beside them, and has new ones if it is to be fast.
    fn fold(&mut self, size: Size) {
        let full = std::mem::replace(self, Tally::new(Shape { size, ..self.shape }));
        self.merge(&full).expect("they were counted before");
    }

    /// Counts instances that were left out.
    pub fn skip(&mut self, instances: u64) {
        self.skipped += instances;
    }

    /// Counts instances of a model that are to be told apart.
    pub fn mark(&mut self, model: usize, instances: u64) {
        self.marked[model] += instances;
    }

    /// Counts costs of a column that clipping has changed.
    pub fn clip(&mut self, column: usize, costs: u64) {
        self.columns[column].clipped += costs;
    }

    /// Takes in the finite outputs ŷ of a model, whose labels are 0 or 1, and their weights:
    /// of the instances that [`extend`](Tally::extend) adds.
    ///
    /// # Panics
    /// If there is no such model.
    pub fn forecast(&mut self, model: usize, y: &[f64], weights: Option<&[f64]>, yhat: &[f64]) {
        self.forecasts_mut()[model].extend(y, weights, yhat);
    }

    /// The forecasts of each model, of which there may be none yet.
    pub(super) fn forecasts_mut(&mut self) -> &mut [Forecasts] {
        let models = self.shape.models;
        Arc::make_mut(
            self.forecasts.get_or_insert_with(|| vec![Forecasts::default(); models].into()),
        )
    }

    /// Makes it one that takes little memory, as it is to be read and copied; and puts
    /// forecasts in the order in which they are read, on so many threads.
    pub fn settle(&mut self, threads: usize) {
        if self.shape.size == Size::Fast {
            self.fold(Size::Small);
        }
        if self.forecasts.is_some() {
            for forecasts in self.forecasts_mut() {
                forecasts.settle(threads);
            }
        }
    }

    /// Adds all instances of one cluster, in which they belong together: errors are then
    /// those of a mean of clusters. A cluster is added once, whole.
    ///
    /// # Errors
    /// If there are too many to be counted; then nothing is added.
    ///
    /// # Panics
    /// If it is of another shape.
    pub fn add_cluster(&mut self, cluster: &Tally) -> Result<(), Overflow> {
        self.merge(cluster)?;
        let column = |column: &Column| Dyadic::from(column.sums()[0].clone());
        let sums: Vec<Dyadic> = cluster.columns.iter().map(column).collect();
        self.clusters_mut().add(&cluster.total_weight(), &sums);
        Ok(())
    }

    /// What errors take from clusters, of which there may be none yet.
    fn clusters_mut(&mut self) -> &mut Clusters {
        let (columns, pairs) = (self.columns.len(), self.pairs.len());
        self.clusters.get_or_insert_with(|| Box::new(Clusters::new(columns, pairs)))
    }

    /// Adds the instances of another tally, which has none of the same clusters.
    ///
    /// # Errors
    /// If there are too many to be counted; then nothing is added.
    ///
    /// # Panics
    /// If it is of another shape.
    pub fn merge(&mut self, other: &Tally) -> Result<(), Overflow> {
        assert!(self.shape == Shape { size: self.shape.size, ..other.shape }, "of one shape");
        let n = self.n.checked_add(other.n).ok_or(Overflow)?;
        self.skipped = self.skipped.checked_add(other.skipped).ok_or(Overflow)?;
        self.n = n;
        // No other count is above n.
        self.support += other.support;
        for (mine, theirs) in self.marked.iter_mut().zip(&other.marked) {
            *mine += theirs;
        }
        if let (Some(mine), Some(theirs)) = (&mut self.weights, &other.weights) {
            let [sum, squares] = &*theirs.sums();
            mine.merge(sum, squares);
        }
        self.labels.merge(&other.labels);
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.pairs.iter_mut().zip(&other.pairs) {
            mine.merge(&theirs.sum());
        }
        if let Some(theirs) = &other.clusters {
            self.clusters_mut().merge(theirs);
        }
        match (&self.forecasts, &other.forecasts) {
            (None, Some(theirs)) => self.forecasts = Some(Arc::clone(theirs)),
            (Some(_), Some(theirs)) => {
                let mine = self.forecasts_mut().iter_mut();
                mine.zip(theirs.iter()).for_each(|(mine, theirs)| mine.merge(theirs));
            }
            (_, None) => {}
        }
        Ok(())
    }

    /// What it holds.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The number of instances.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// n⁺, the number of instances of a weight above 0.
    #[must_use]
    pub fn support(&self) -> u64 {
        self.support
    }

    /// How many clusters of a weight above 0 there are, if instances come in clusters.
    #[must_use]
    pub fn clusters(&self) -> Option<u64> {
        self.clusters.as_ref().map(|clusters| clusters.count)
    }

    /// How many were left out.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// How many of a model's instances were marked.
    #[must_use]
    pub fn marked(&self, model: usize) -> u64 {
        self.marked[model]
    }

    /// How many costs of a column were changed by clipping.
    #[must_use]
    pub fn clipped(&self, column: usize) -> u64 {
        self.columns[column].clipped
    }

    /// Σw, or n without weights.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.total_weight().to_f64()
    }

    /// The instances and the labels of 1, if there are no weights and all labels are 0 or 1.
    #[must_use]
    pub fn ones(&self) -> Option<(u64, u64)> {
        self.labels.ones().filter(|_| !self.shape.weighted).map(|ones| (self.n, ones))
    }

    /// The mean and the variance of the labels. None if Σw is 0.
    #[must_use]
    pub fn moments(&self) -> Option<Moments> {
        Moments::new(self.total_weight(), self.labels.moments())
    }

    /// How often each class is the label. None if Σw is 0, and of labels that are numbers.
    #[must_use]
    pub fn frequencies(&self) -> Option<Frequencies> {
        let classes = self.labels.classes()?.into_iter().map(|(_, sum)| sum);
        Frequencies::new(self.total_weight(), classes.collect())
    }

    /// Each distinct ŷ of a model that was taken in, in ascending order, and Σw there.
    #[cfg(feature = "plot")]
    pub(crate) fn outputs(&self, model: usize) -> impl Iterator<Item = (f64, f64)> {
        let forecasts = self.forecasts.iter().map(move |models| &models[model]);
        forecasts.flat_map(Forecasts::sums).map(|(yhat, [zeros, ones])| {
            let weight = zeros.plus(&ones).to_f64();
            (yhat, weight)
        })
    }

    /// Whether the forecasts of each model are those of all instances.
    pub(crate) fn has_all_forecasts(&self) -> bool {
        let [wy, _] = self.labels.moments();
        let w = self.total_weight();
        match &self.forecasts {
            Some(models) => models.iter().all(|forecasts| forecasts.are_of(&w, &wy)),
            None => w.is_zero(),
        }
    }

    /// Whether a column holds the costs of a model's forecasts, for a cost of y and ŷ.
    pub(crate) fn has_costs_of_forecasts(
        &self,
        (model, column): (usize, usize),
        cost: impl Fn(f64, f64) -> f64,
    ) -> bool {
        let zero = || Dyadic::from(0u64);
        let (mut sum, mut infinite_weight) = (zero(), zero());
        let forecasts = self.forecasts.iter().flat_map(|models| models[model].sums());
        for (yhat, weights) in forecasts {
            for (y, weight) in [0.0, 1.0].into_iter().zip(weights) {
                match cost(y, yhat) {
                    _ if weight.is_zero() => {}
                    f64::INFINITY => infinite_weight = infinite_weight.plus(&weight),
                    cost => sum = sum.plus(&weight.times(&Dyadic::from(cost))),
                }
            }
        }
        let Column { infinite_weight: mine, .. } = &self.columns[column];
        sum.minus(&self.columns[column].read()[0]).is_zero()
            && infinite_weight.minus(&mine.clone().into()).is_zero()
    }

    /// The isotonic regression of the labels on the outputs of a model, each as a function
    /// makes it, if there is one, which never puts a larger one before a smaller one: its
    /// steps, in ascending order; none if no forecasts were taken in.
    ///
    /// # Panics
    /// If there is no such model.
    #[must_use]
    pub fn regression(
        &self,
        model: usize,
        output: Option<&(dyn Fn(f64) -> f64 + Sync)>,
    ) -> Vec<Step> {
        let forecasts = self.forecasts.as_ref();
        forecasts.map_or_else(Vec::new, |forecasts| forecasts[model].regression(output))
    }

    /// How many instances cost ∞ and have a weight above 0.
    #[must_use]
    pub fn infinite(&self, column: usize) -> u64 {
        self.columns[column].infinite
    }

    /// The sums of a column, for its statistics.
    #[must_use]
    pub fn read(&self, column: usize) -> Read {
        let Column { infinite, infinite_weight, .. } = &self.columns[column];
        let mut read = Read {
            weighted: self.shape.weighted,
            units: self.support,
            infinite: *infinite,
            infinite_weight: infinite_weight.clone().into(),
            sums: self.columns[column].read(),
            weights: self.sums_of_weights(),
        };
        if let Some(clusters) = &self.clusters {
            let [products, squares] = clusters.columns[column].clone();
            (read.weighted, read.units) = (true, clusters.count);
            (read.sums[1], read.sums[2]) = (products, squares);
            read.weights[1] = clusters.weights.clone();
        }
        read
    }

    /// Σwc: see [`Read::sum`].
    #[must_use]
    pub fn sum(&self, column: usize) -> f64 {
        self.read(column).sum()
    }

    /// Σwc/Σw: see [`Read::mean`].
    #[must_use]
    pub fn mean(&self, column: usize) -> Option<f64> {
        self.read(column).mean()
    }

    /// The mean of the costs that are finite: see [`Read::finite_mean`].
    #[must_use]
    pub fn finite_mean(&self, column: usize) -> Option<f64> {
        self.read(column).finite_mean()
    }

    /// The mean of a column, for others to be measured against; None if Σw is 0.
    #[must_use]
    pub fn baseline(&self, column: usize) -> Option<Baseline> {
        let weight = self.total_weight();
        let read = self.read(column);
        weight.is_positive().then(|| match read.finite_sums() {
            Some([sum, ..]) => Baseline::exact(sum.clone(), weight),
            None => Baseline::from(f64::INFINITY),
        })
    }

    /// 1 − mean/baseline: see [`Read::skill`].
    #[must_use]
    pub fn skill(&self, column: usize, baseline: &Baseline) -> Option<f64> {
        self.read(column).skill(baseline)
    }

    /// The share of an instance in a column: see [`Read::share`].
    #[must_use]
    pub fn share(&self, column: usize, weight: f64, cost: f64) -> Option<f64> {
        self.read(column).share(weight, cost)
    }

    /// The standard error of the mean: see [`Read::standard_error`].
    #[must_use]
    pub fn standard_error(&self, column: usize) -> Option<f64> {
        self.read(column).standard_error()
    }

    /// The mean of c − c₁, where c₁ is the first model's cost of the same
    /// instance. None for the first model, and where both means are ∞.
    #[must_use]
    pub fn delta(&self, column: usize) -> Option<f64> {
        let first = self.read(self.first(column)?);
        let read = self.read(column);
        match (read.finite_sums(), first.finite_sums()) {
            (None, None) => None,
            (None, Some(_)) => Some(f64::INFINITY),
            (Some(_), None) => Some(f64::NEG_INFINITY),
            (Some([wc, ..]), Some([wc1, ..])) => ratio(&wc.minus(wc1), &self.total_weight()),
        }
    }

    /// The standard error of [`delta`](Tally::delta), by the formula of
    /// [`standard_error`](Read::standard_error) for the exact differences.
    #[must_use]
    pub fn delta_standard_error(&self, column: usize) -> Option<f64> {
        let first = self.read(self.first(column)?);
        let read = self.read(column);
        let (c, c1) = (read.finite_sums()?, first.finite_sums()?);
        let pair = column - self.shape.costs;
        let product = match &self.clusters {
            Some(clusters) => clusters.pairs[pair].clone(),
            None => Dyadic::from(self.pairs[pair].sum()),
        };
        let squares = c[2].plus(&c1[2]).minus(&product).minus(&product);
        read.error_of_mean(&[c[0].minus(&c1[0]), c[1].minus(&c1[1]), squares])
    }

    /// The first model's column of the same cost.
    fn first(&self, column: usize) -> Option<usize> {
        (column >= self.shape.costs).then(|| column % self.shape.costs)
    }

    /// Σw and Σw², where w is 1 without weights.
    fn sums_of_weights(&self) -> [Dyadic; 2] {
        match &self.weights {
            Some(weights) => weights.sums().each_ref().map(Dyadic::from),
            None => [self.n; 2].map(Dyadic::from),
        }
    }

    fn total_weight(&self) -> Dyadic {
        let [w, _] = self.sums_of_weights();
        w
    }
}

/// The exact sums of one column of costs, and its statistics.
#[derive(Clone, Debug)]
pub struct Read {
    weighted: bool,
    /// Instances of a weight above 0, or clusters of them.
    units: u64,
    /// Instances that cost ∞, and Σw over those.
    infinite: u64,
    infinite_weight: Dyadic,
    /// Σwc over the other instances, and Σw²c and Σw²c² over those, or over clusters.
    sums: [Dyadic; 3],
    /// Σw; and Σw² over instances or clusters.
    weights: [Dyadic; 2],
}

impl Read {
    /// Σwc: the number nearest to it, ∞ if an instance costs ∞.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.finite_sums().map_or(f64::INFINITY, |[wc, ..]| wc.to_f64())
    }

    /// Σwc/Σw: the number nearest to the true quotient, even where Σwc is beyond
    /// the largest number. None if Σw is 0.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        if self.infinite > 0 {
            return Some(f64::INFINITY);
        }
        self.finite_mean()
    }

    /// The mean of the costs that are finite. None if there are none of any
    /// weight.
    #[must_use]
    pub fn finite_mean(&self) -> Option<f64> {
        let [wc, ..] = &self.sums;
        match self.infinite {
            0 => ratio(wc, &self.weights[0]),
            _ => ratio(wc, &self.weights[0].minus(&self.infinite_weight)),
        }
    }

    /// 1 − mean/baseline: the number nearest to it if the baseline is exact. None where
    /// the baseline is 0 or ∞, and if Σw is 0.
    #[must_use]
    pub fn skill(&self, baseline: &Baseline) -> Option<f64> {
        let [w, _] = &self.weights;
        if !w.is_positive() || !baseline.is_usable() {
            return None;
        }
        let skill = |[wc, ..]: &[Dyadic; 3]| baseline.skill(wc, w);
        Some(self.finite_sums().map_or(f64::NEG_INFINITY, skill))
    }

    /// The share of an instance of a weight and a cost in a column: the number nearest to
    /// wc/Σwc, even where Σwc is beyond the largest number. None for 0/0 and ∞/∞.
    #[must_use]
    pub fn share(&self, weight: f64, cost: f64) -> Option<f64> {
        // Without weight, an infinite cost is none.
        let cost = if weight > 0.0 { cost } else { 0.0 };
        if cost == f64::INFINITY {
            return None;
        }
        let Some([wc, ..]) = self.finite_sums() else { return Some(0.0) };
        ratio(&Dyadic::from(weight).times(&Dyadic::from(cost)), wc)
    }

    /// The standard error of the mean.
    ///
    /// # Formula
    /// sqrt(n⁺/(n⁺ − 1) · Σw²(c − mean)²) / Σw, where n⁺ counts the instances of a
    /// weight above 0. Where instances come in C clusters it is sqrt(C/(C − 1) · ΣΔ²) / Σw,
    /// with Δ = Σw(c − mean) of one cluster. Its square is rounded once, before the root, and
    /// does not over- or underflow. (W. G. Cochran, *Sampling Techniques*, 1977, the standard
    /// error of a ratio, also of clusters.)
    ///
    /// None for n⁺ < 2, or C < 2, and if an instance costs ∞.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.error_of_mean(self.finite_sums()?)
    }

    /// The 95 % interval around a mean of that standard error, by Student's t with n⁺ − 1
    /// degrees of freedom, or C − 1 of clusters.
    #[must_use]
    pub fn interval(&self, mean: f64, standard_error: f64) -> Option<[f64; 2]> {
        let half = student_quantile(self.units.checked_sub(1)?)? * standard_error;
        Some([mean - half, mean + half])
    }

    /// Σwc, Σw²c and Σw²c², if no instance costs ∞.
    fn finite_sums(&self) -> Option<&[Dyadic; 3]> {
        (self.infinite == 0).then_some(&self.sums)
    }

    /// The standard error of Σwx/Σw, from Σwx, Σw²x and Σw²x²: with the mean
    /// multiplied out, its square is
    /// n⁺·(Σw²x²·(Σw)² − 2·Σwx·Σw²x·Σw + (Σwx)²·Σw²) / ((n⁺ − 1)·(Σw)⁴).
    fn error_of_mean(&self, [wx, w2x, w2x2]: &[Dyadic; 3]) -> Option<f64> {
        if self.units < 2 {
            return None;
        }
        let [w, w2] = &self.weights;
        if !self.weighted {
            // What is left of it, as w is 1: (n·Σx² − (Σx)²) / ((n − 1)·n²).
            let scatter = w2x2.times(w).minus(&wx.times(wx));
            return Some(scatter.over_then_root(&Dyadic::from(self.units - 1).times(w).times(w)));
        }
        let square_of_w = w.times(w);
        let cross = wx.times(w2x).times(w);
        let scatter =
            w2x2.times(&square_of_w).minus(&cross).minus(&cross).plus(&wx.times(wx).times(w2));
        let divisor = square_of_w.times(&square_of_w).times(&Dyadic::from(self.units - 1));
        Some(scatter.times(&Dyadic::from(self.units)).over_then_root(&divisor))
    }
}

/// The number nearest to the quotient. None if the divisor is 0.
fn ratio(sum: &Dyadic, weight: &Dyadic) -> Option<f64> {
    weight.is_positive().then(|| sum.over(weight))
}
