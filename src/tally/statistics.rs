//! Which sums a statistic needs, and its formula.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::classes::Frequencies;
use super::clusters::Clusters;
use super::column::{Column, Pair};
use super::dyadic::Dyadic;
use super::few::FewSums;
use super::forecasts::Forecasts;
use super::isotonic::Step;
use super::labels::Labels;
use super::moments::{Baseline, Moments};
use super::student::student_quantile;
use super::sums::{FOLD_EVERY, Powers, Size};

/// What a tally holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of models that are compared on the same instances.
    pub models: usize,
    /// The number of columns of each model, usually one per cost.
    pub costs: usize,
    /// Whether instances have weights.
    pub weighted: bool,
    /// Whether the tally saves time or memory.
    pub size: Size,
}

impl Default for Shape {
    /// Returns the shape of one cost of one model, without weights, fast.
    fn default() -> Self {
        Shape { models: 1, costs: 1, weighted: false, size: Size::Fast }
    }
}

/// Exact sums of the costs of n instances, in one column per model and cost: first all
/// columns of the first model, then those of the second, and so on.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) shape: Shape,
    pub(super) n: u64,
    /// The number of instances of a weight above 0.
    pub(super) support: u64,
    pub(super) skipped: u64,
    /// For each model, the number of marked instances.
    pub(super) marked: SmallVec<[u64; 1]>,
    /// Σw and Σw².
    pub(super) weights: Option<Powers>,
    pub(super) labels: Labels,
    pub(super) columns: Vec<Column>,
    /// For each column after those of the first model, the products with the first model's.
    pub(super) pairs: Vec<Pair>,
    /// The sums over clusters, if instances come in clusters.
    pub(super) clusters: Option<Box<Clusters>>,
    /// The forecasts of each model; None until some are added.
    pub(super) forecasts: Option<Arc<[Forecasts]>>,
    pub(super) added_since_fold: usize,
}

/// The error of [`Tally::merge`]: together there are more instances than a `u64` can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl std::error::Error for Overflow {}

impl std::fmt::Display for Overflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("2⁶⁴ instances are more than can be counted")
    }
}

impl Tally {
    /// Creates a tally without instances.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let Shape { models, costs, weighted, size } = shape;
        let columns = models * costs;
        Tally {
            shape,
            n: 0,
            support: 0,
            skipped: 0,
            marked: smallvec![0; models],
            weights: weighted.then(|| Powers::new(size)),
            labels: Labels::new(size),
            columns: (0..columns).map(|_| Column::new(weighted, size)).collect(),
            pairs: (costs..columns).map(|_| Pair::new(weighted, size)).collect(),
            clusters: None,
            forecasts: None,
            added_since_fold: 0,
        }
    }

    /// Returns the tally, which is empty, prepared for labels that are indices of classes.
    #[must_use]
    pub(crate) fn of_classes(mut self) -> Self {
        self.labels.classes_mut();
        self
    }

    /// Adds instances: finite labels; weights, finite and ≥ 0, if the tally is weighted; and
    /// for each model and cost a column of costs from 0 to ∞.
    ///
    /// # Panics
    /// If a cost or a weight is out of range, if the columns do not match the tally's shape, or
    /// if the slices differ in length.
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

    /// Adds these rows of the slices. There must be so few that no bucket overflows.
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

    /// Moves the contents of the buckets to the sums beside them, for a tally of this size.
    fn fold(&mut self, size: Size) {
        let full = std::mem::replace(self, Tally::new(Shape { size, ..self.shape }));
        self.merge(&full).expect("the counts were in range before");
    }

    /// Counts instances that were left out, such as those with a missing value.
    pub fn skip(&mut self, instances: u64) {
        self.skipped += instances;
    }

    /// Counts marked instances of a model. What the mark means is up to the caller.
    pub fn mark(&mut self, model: usize, instances: u64) {
        self.marked[model] += instances;
    }

    /// Counts costs of a column that clipping changed.
    pub fn clip(&mut self, column: usize, costs: u64) {
        self.columns[column].clipped += costs;
    }

    /// Adds finite outputs ŷ of a model, with labels 0 or 1, for its
    /// [`regression`](Tally::regression). [`extend`](Tally::extend) adds their costs.
    ///
    /// # Panics
    /// If there is no such model.
    pub fn forecast(&mut self, model: usize, y: &[f64], weights: Option<&[f64]>, yhat: &[f64]) {
        self.forecasts_mut()[model].extend(y, weights, yhat);
    }

    /// Returns the forecasts of each model, and creates them at the first call.
    pub(super) fn forecasts_mut(&mut self) -> &mut [Forecasts] {
        let models = self.shape.models;
        Arc::make_mut(
            self.forecasts.get_or_insert_with(|| vec![Forecasts::default(); models].into()),
        )
    }

    /// Prepares the tally to be read and copied: makes it small, and sorts its forecasts, on up
    /// to `threads` threads.
    pub fn settle(&mut self, threads: usize) {
        self.shrink();
        if self.forecasts.is_some() {
            for forecasts in self.forecasts_mut() {
                forecasts.settle(threads);
            }
        }
    }

    /// Makes the tally small.
    pub(crate) fn shrink(&mut self) {
        if self.shape.size == Size::Fast {
            self.fold(Size::Small);
        }
    }

    /// Adds all instances of one cluster. Standard errors then treat each cluster as one
    /// unit. A cluster must be added once, with all its instances.
    ///
    /// # Errors
    /// If there are too many instances to count; then nothing is added.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn add_cluster(&mut self, cluster: &Tally) -> Result<(), Overflow> {
        self.merge(cluster)?;
        let sums: Vec<Dyadic> = cluster.columns.iter().map(Column::sum).collect();
        self.clusters_mut().add(&cluster.total_weight(), &sums);
        Ok(())
    }

    /// Returns the sums over clusters, and creates them at the first call.
    fn clusters_mut(&mut self) -> &mut Clusters {
        let (columns, pairs) = (self.columns.len(), self.pairs.len());
        self.clusters.get_or_insert_with(|| Box::new(Clusters::new(columns, pairs)))
    }

    /// Adds the instances of another tally. No cluster may be in both.
    ///
    /// # Errors
    /// If there are too many instances to count; then nothing is added.
    ///
    /// # Panics
    /// If the shapes differ in more than their size.
    pub fn merge(&mut self, other: &Tally) -> Result<(), Overflow> {
        assert!(self.shape == Shape { size: self.shape.size, ..other.shape }, "one shape");
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

    /// Returns the shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Returns the number of instances.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Returns n⁺, the number of instances of a weight above 0.
    #[must_use]
    pub fn support(&self) -> u64 {
        self.support
    }

    /// Returns the number of clusters of a weight above 0; None if no cluster was added.
    #[must_use]
    pub fn clusters(&self) -> Option<u64> {
        self.clusters.as_ref().map(|clusters| clusters.count)
    }

    /// Returns the number of instances that were left out.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Returns the number of marked instances of a model.
    #[must_use]
    pub fn marked(&self, model: usize) -> u64 {
        self.marked[model]
    }

    /// Returns the number of costs of a column that clipping changed.
    #[must_use]
    pub fn clipped(&self, column: usize) -> u64 {
        self.columns[column].clipped
    }

    /// Returns Σw, which is n without weights.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.total_weight().to_f64()
    }

    /// Returns the number of instances and of labels 1; None with weights or with other labels.
    #[must_use]
    pub fn ones(&self) -> Option<(u64, u64)> {
        self.labels.ones().filter(|_| !self.shape.weighted).map(|ones| (self.n, ones))
    }

    /// Returns the mean and the variance of the labels. None if Σw is 0.
    #[must_use]
    pub fn moments(&self) -> Option<Moments> {
        Moments::new(self.total_weight(), self.labels.moments())
    }

    /// Returns how often each class is the label. None if Σw is 0 or if labels are no classes.
    #[must_use]
    pub fn frequencies(&self) -> Option<Frequencies> {
        let classes = self.labels.classes()?.into_iter().map(|(_, sum)| sum);
        Frequencies::new(self.total_weight(), classes.collect())
    }

    /// Returns the distinct ŷ of a settled model in ascending order, each with its Σw.
    #[cfg(feature = "plot")]
    pub(crate) fn outputs(&self, model: usize) -> impl Iterator<Item = (f64, f64)> {
        let forecasts = self.forecasts.iter().map(move |models| &models[model]);
        forecasts.flat_map(Forecasts::sums).map(|(yhat, [zeros, ones])| {
            let weight = zeros.plus(&ones).to_f64();
            (yhat, weight)
        })
    }

    /// Whether the forecasts of each model have the total weight and labels of all instances.
    pub(crate) fn has_all_forecasts(&self) -> bool {
        let [wy, _] = self.labels.moments();
        let w = self.total_weight();
        match &self.forecasts {
            Some(models) => models.iter().all(|forecasts| forecasts.are_of(&w, &wy)),
            None => w.is_zero(),
        }
    }

    /// Whether the sums of a column are the costs of a model's forecasts.
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
        sum.minus(&self.columns[column].sum()).is_zero()
            && infinite_weight.minus(&mine.clone().into()).is_zero()
    }

    /// Returns the steps of the isotonic regression of the labels on a model's ŷ, in ascending
    /// order; empty if there are no forecasts. Each ŷ is first mapped by `output`, such as a
    /// clip, which must never fall as ŷ rises.
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

    /// Returns the number of instances that cost ∞ and have a weight above 0.
    #[must_use]
    pub fn infinite(&self, column: usize) -> u64 {
        self.columns[column].infinite
    }

    /// Returns the sums of a column, from which its statistics are computed.
    #[must_use]
    pub fn read(&self, column: usize) -> Read<'_> {
        let few = self.columns[column].few().filter(|_| FewSums::can_be_read(self.n));
        let sums = match few.filter(|_| self.clusters.is_none()) {
            Some(few) => Sums::Few(few),
            None => Sums::All(Box::new([self.columns[column].sum(), self.total_weight()])),
        };
        Read { tally: self, column, sums }
    }

    /// Returns Σwc of a column: see [`Read::sum`].
    #[must_use]
    pub fn sum(&self, column: usize) -> f64 {
        self.read(column).sum()
    }

    /// Returns the mean cost Σwc/Σw of a column: see [`Read::mean`].
    #[must_use]
    pub fn mean(&self, column: usize) -> Option<f64> {
        self.read(column).mean()
    }

    /// Returns the mean of the finite costs of a column: see [`Read::finite_mean`].
    #[must_use]
    pub fn finite_mean(&self, column: usize) -> Option<f64> {
        self.read(column).finite_mean()
    }

    /// Returns the mean of a column as the baseline for the skill of others. None if Σw is 0.
    #[must_use]
    pub fn baseline(&self, column: usize) -> Option<Baseline> {
        let read = self.read(column);
        let weight = read.weight();
        weight.is_positive().then(|| match read.finite_sum() {
            Some(sum) => Baseline::exact(sum.into_owned(), weight.into_owned()),
            None => Baseline::from(f64::INFINITY),
        })
    }

    /// Returns the skill 1 − mean/baseline of a column: see [`Read::skill`].
    #[must_use]
    pub fn skill(&self, column: usize, baseline: &Baseline) -> Option<f64> {
        self.read(column).skill(baseline)
    }

    /// Returns the share of an instance in the Σwc of a column: see [`Read::share`].
    #[must_use]
    pub fn share(&self, column: usize, weight: f64, cost: f64) -> Option<f64> {
        self.read(column).share(weight, cost)
    }

    /// Returns the standard error of the mean of a column: see [`Read::standard_error`].
    #[must_use]
    pub fn standard_error(&self, column: usize) -> Option<f64> {
        self.read(column).standard_error()
    }

    /// Returns the mean of c − c₁, where c₁ is the first model's cost of the same
    /// instance. None for the first model, and if both means are ∞.
    #[must_use]
    pub fn delta(&self, column: usize) -> Option<f64> {
        let first = self.read(self.first(column)?);
        let read = self.read(column);
        match (read.finite_sum(), first.finite_sum()) {
            (None, None) => None,
            (None, Some(_)) => Some(f64::INFINITY),
            (Some(_), None) => Some(f64::NEG_INFINITY),
            (Some(wc), Some(wc1)) => ratio(&wc.minus(&wc1), &read.weight()),
        }
    }

    /// Returns the standard error of [`delta`](Tally::delta), by the formula of
    /// [`standard_error`](Read::standard_error) for the exact differences.
    #[must_use]
    pub fn delta_standard_error(&self, column: usize) -> Option<f64> {
        let first = self.read(self.first(column)?);
        let read = self.read(column);
        let difference = read.finite_sum()?.minus(&*first.finite_sum()?);
        let pair = column - self.shape.costs;
        let product = match &self.clusters {
            Some(clusters) => clusters.pairs[pair].clone(),
            None => Dyadic::from(self.pairs[pair].sum()),
        };
        let ([products, squares], [products1, squares1]) = (read.squares(), first.squares());
        let squares = squares.plus(&squares1).minus(&product).minus(&product);
        read.error_of_mean(&difference, &[products.minus(&products1), squares])
    }

    /// Returns the first model's column of the same cost; None for that column itself.
    fn first(&self, column: usize) -> Option<usize> {
        (column >= self.shape.costs).then(|| column % self.shape.costs)
    }

    /// Returns Σw, where w is 1 without weights.
    fn total_weight(&self) -> Dyadic {
        match &self.weights {
            Some(weights) => Dyadic::from(&weights.sums()[0]),
            None => Dyadic::from(self.n),
        }
    }
}

/// The exact sums of one column of costs, and its statistics.
#[derive(Clone, Debug)]
pub struct Read<'t> {
    tally: &'t Tally,
    column: usize,
    sums: Sums<'t>,
}

/// The sums that a [`Read`] computes with.
#[derive(Clone, Debug)]
enum Sums<'t> {
    /// Of few instances without weights, all of finite cost.
    Few(&'t FewSums),
    /// Σwc over the instances of finite cost, and Σw.
    All(Box<[Dyadic; 2]>),
}

impl Read<'_> {
    /// Returns the number nearest to Σwc; ∞ if an instance costs ∞.
    #[must_use]
    pub fn sum(&self) -> f64 {
        match self.sums {
            Sums::Few(few) => few.mean(1),
            Sums::All(_) => self.finite_sum().map_or(f64::INFINITY, |sum| sum.to_f64()),
        }
    }

    /// Returns the number nearest to the mean Σwc/Σw, even where Σwc exceeds [`f64::MAX`].
    /// None if Σw is 0.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        if self.infinite() > 0 {
            return Some(f64::INFINITY);
        }
        self.finite_mean()
    }

    /// Returns the mean of the finite costs. None if no instance of finite cost has a weight
    /// above 0.
    #[must_use]
    pub fn finite_mean(&self) -> Option<f64> {
        let [sum, weight] = match &self.sums {
            Sums::Few(few) => return Some(few.mean(self.tally.n)),
            Sums::All(all) => &**all,
        };
        if self.infinite() == 0 {
            return ratio(sum, weight);
        }
        let infinite = Dyadic::from(&self.tally.columns[self.column].infinite_weight);
        ratio(sum, &weight.minus(&infinite))
    }

    /// Returns the skill 1 − mean/baseline: the number nearest to it if the baseline is exact.
    /// None if the baseline is 0 or ∞, or if Σw is 0.
    #[must_use]
    pub fn skill(&self, baseline: &Baseline) -> Option<f64> {
        if !baseline.is_usable() {
            return None;
        }
        if let Sums::Few(few) = self.sums
            && let Some(skill) = baseline.skill_of_few(few, self.tally.n)
        {
            return Some(skill);
        }
        let weight = self.weight();
        let skill = |sum: Cow<Dyadic>| baseline.skill(&sum, &weight);
        weight.is_positive().then(|| self.finite_sum().map_or(f64::NEG_INFINITY, skill))
    }

    /// Returns the number nearest to wc/Σwc, the share of an instance of weight w and cost c,
    /// even where Σwc exceeds [`f64::MAX`]. None for 0/0 and ∞/∞.
    #[must_use]
    pub fn share(&self, weight: f64, cost: f64) -> Option<f64> {
        // An infinite cost of weight 0 counts as 0, as it does in the sum.
        let cost = if weight > 0.0 { cost } else { 0.0 };
        if cost == f64::INFINITY {
            return None;
        }
        let Some(wc) = self.finite_sum() else { return Some(0.0) };
        ratio(&Dyadic::from(weight).times(&Dyadic::from(cost)), &wc)
    }

    /// Returns the standard error of the mean.
    ///
    /// # Formula
    /// sqrt(n⁺/(n⁺ − 1) · Σw²(c − mean)²) / Σw, where n⁺ counts the instances of a
    /// weight above 0. Where instances come in C clusters it is sqrt(C/(C − 1) · ΣΔ²) / Σw,
    /// with Δ = Σw(c − mean) of one cluster. Its square is rounded once, before the root, and
    /// neither over- nor underflows. (W. G. Cochran, *Sampling Techniques*, 1977, the standard
    /// error of a ratio, also of clusters.)
    ///
    /// None for n⁺ < 2 or C < 2, and if an instance costs ∞.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        match self.sums {
            Sums::Few(few) => (self.tally.n > 1).then(|| few.standard_error(self.tally.n)),
            Sums::All(_) => self.error_of_mean(&*self.finite_sum()?, &self.squares()),
        }
    }

    /// Returns the lower and the upper limit of the 95 % interval around a mean with this
    /// standard error, by Student's t with n⁺ − 1 degrees of freedom, or C − 1 with clusters.
    /// None without a degree of freedom.
    #[must_use]
    pub fn interval(&self, mean: f64, standard_error: f64) -> Option<[f64; 2]> {
        let half = student_quantile(self.units().checked_sub(1)?)? * standard_error;
        Some([mean - half, mean + half])
    }

    fn infinite(&self) -> u64 {
        self.tally.infinite(self.column)
    }

    /// Returns Σwc; None if an instance costs ∞.
    fn finite_sum(&self) -> Option<Cow<'_, Dyadic>> {
        match &self.sums {
            Sums::Few(few) => Some(Cow::Owned(Dyadic::from(&few.fixed()[0]))),
            Sums::All(all) => (self.infinite() == 0).then_some(Cow::Borrowed(&all[0])),
        }
    }

    /// Returns Σw.
    fn weight(&self) -> Cow<'_, Dyadic> {
        match &self.sums {
            Sums::Few(_) => Cow::Owned(self.tally.total_weight()),
            Sums::All(all) => Cow::Borrowed(&all[1]),
        }
    }

    /// Returns the number of instances of a weight above 0; with clusters, the number of those.
    fn units(&self) -> u64 {
        self.tally.clusters().unwrap_or(self.tally.support)
    }

    /// Returns Σw²c and Σw²c² over the instances of finite cost, the former 0 without weights. With
    /// clusters, they are ΣWS and ΣS² (see `clusters.rs`).
    fn squares(&self) -> [Dyadic; 2] {
        match &self.tally.clusters {
            Some(clusters) => clusters.columns[self.column].clone(),
            None => self.tally.columns[self.column].squares(),
        }
    }

    /// Returns the standard error of Σwx/Σw from Σwx, Σw²x and Σw²x². With the mean
    /// multiplied out, its square is
    /// n⁺·(Σw²x²·(Σw)² − 2·Σwx·Σw²x·Σw + (Σwx)²·Σw²) / ((n⁺ − 1)·(Σw)⁴).
    fn error_of_mean(&self, wx: &Dyadic, [w2x, w2x2]: &[Dyadic; 2]) -> Option<f64> {
        let (units, w) = (self.units(), &*self.weight());
        if units < 2 {
            return None;
        }
        let w2 = match (&self.tally.clusters, &self.tally.weights) {
            (Some(clusters), _) => clusters.weights.clone(),
            (None, Some(weights)) => Dyadic::from(&weights.sums()[1]),
            (None, None) => {
                // For w = 1, the formula shortens to (n·Σx² − (Σx)²) / ((n − 1)·n²).
                let scatter = w2x2.times(w).minus(&wx.times(wx));
                return Some(scatter.over_then_root(&Dyadic::from(units - 1).times(w).times(w)));
            }
        };
        let square_of_w = w.times(w);
        let cross = wx.times(w2x).times(w);
        let scatter =
            w2x2.times(&square_of_w).minus(&cross).minus(&cross).plus(&wx.times(wx).times(&w2));
        let divisor = square_of_w.times(&square_of_w).times(&Dyadic::from(units - 1));
        Some(scatter.times(&Dyadic::from(units)).over_then_root(&divisor))
    }
}

/// Returns the number nearest to the quotient. None if the divisor is 0.
fn ratio(sum: &Dyadic, weight: &Dyadic) -> Option<f64> {
    weight.is_positive().then(|| sum.over(weight))
}
