//! Restores a tally from a state, if its sums can be those of instances.
//!
//! A state comes from a file, so its sums are checked against each other before
//! anything is computed with them: by their signs, by the range of the summands, and
//! by the inequality of Cauchy and Schwarz, (Σab)² ≤ Σa²·Σb². A state that passes has means in
//! range and no variance below 0.

use std::ops::RangeInclusive;

use super::dyadic::Dyadic;
use super::forecasts::Sums;
use super::state::{ColumnState, State};
use super::statistics::{Shape, Tally};
use super::sums::{Fixed, Size};
use crate::float::LEAST_EXPONENT;

impl Tally {
    /// Restores the tally of a state. All labels must lie in the range `labels`.
    ///
    /// # Errors
    /// A message that says what is wrong, if no tally of this shape can have this state.
    pub fn restore(
        shape: Shape,
        state: &State,
        labels: RangeInclusive<f64>,
    ) -> Result<Self, &'static str> {
        let shape = Shape { size: Size::Small, ..shape };
        let columns = shape.models * shape.costs;
        let has_shape = state.columns.len() == columns
            && state.pairs.len() == columns - shape.costs.min(columns)
            && state.marked.len() == shape.models
            && state.weights.is_some() == shape.weighted
            && state.forecasts.as_ref().is_none_or(|models| models.len() == shape.models);
        require(has_shape, "it has more or fewer sums than its options need")?;
        let whole = Whole::of(state);
        whole.check(state)?;
        whole.check_labels(&state.labels, labels)?;
        if let Some(classes) = &state.classes {
            whole.check_classes(state, classes)?;
        }
        for column in &state.columns {
            whole.check_column(column)?;
        }
        let (first, others) = state.columns.split_at(shape.costs.min(columns));
        for ((column, first), product) in others.iter().zip(first.iter().cycle()).zip(&state.pairs)
        {
            whole.check_pair([column, first], product)?;
        }
        let mut tally = Tally {
            n: state.n,
            support: whole.support,
            skipped: state.skipped,
            marked: state.marked.as_slice().into(),
            ..Tally::new(shape)
        };
        if let (Some(sums), Some(weights)) = (&mut tally.weights, &state.weights) {
            let [sum, squares] = weights.sums.each_ref().map(Fixed::from);
            sums.merge(&sum, &squares);
        }
        if let Some(classes) = &state.classes {
            tally.labels.classes_mut().merge(classes);
        }
        let [sum, squares] = state.labels.each_ref().map(Fixed::from);
        let none = Fixed::default();
        let (positive, negative) =
            if state.labels[0].is_negative() { (none, sum) } else { (sum, none) };
        tally.labels.merge_sums(&[positive, negative, squares]);
        for (column, state) in tally.columns.iter_mut().zip(&state.columns) {
            column.clipped = state.clipped;
            column.infinite = state.infinite;
            column.infinite_weight = Fixed::from(&state.infinite_weight);
            column.merge_sums(&state.sums.each_ref().map(Fixed::from));
        }
        for (pair, product) in tally.pairs.iter_mut().zip(&state.pairs) {
            pair.merge(&Fixed::from(product));
        }
        for (model, forecasts) in state.forecasts.iter().flatten().enumerate() {
            check_forecasts(forecasts, shape.weighted)?;
            let mine = &mut tally.forecasts_mut()[model];
            for (yhat, sums) in forecasts {
                mine.add(*yhat, sums);
            }
        }
        Ok(tally)
    }
}

/// Checks that the ŷ are distinct and ascend, and that their weights can be sums of f64.
fn check_forecasts(forecasts: &[Sums], weighted: bool) -> Result<(), &'static str> {
    // A larger weight would be restored as too many summands.
    let most = Dyadic::from(f64::MAX).times(&Dyadic::from(64u64));
    let is_weight = |sum: &Dyadic| {
        let unit = if weighted { LEAST_EXPONENT } else { 0 };
        !sum.is_negative() && sum.is_at_most(&most) && sum.scaled(-unit).is_whole()
    };
    let is_possible = forecasts.is_sorted_by(|(one, _), (other, _)| one < other)
        && forecasts.iter().all(|(yhat, sums)| {
            yhat.is_finite() && sums.iter().all(is_weight) && sums.iter().any(Dyadic::is_positive)
        });
    require(is_possible, "its forecasts are impossible")
}

fn require(holds: bool, fault: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(fault) }
}

/// The totals that the sums of labels and costs are checked against.
struct Whole {
    weighted: bool,
    /// The number of instances of a weight above 0.
    support: u64,
    /// Σw.
    w: Dyadic,
    /// Σw².
    w2: Dyadic,
}

impl Whole {
    fn of(state: &State) -> Self {
        let n = || Dyadic::from(state.n);
        match &state.weights {
            None => Whole { weighted: false, support: state.n, w: n(), w2: n() },
            Some(weights) => {
                let [w, w2] = weights.sums.clone();
                Whole { weighted: true, support: weights.support, w, w2 }
            }
        }
    }

    fn check(&self, state: &State) -> Result<(), &'static str> {
        let Whole { support, w, w2, .. } = self;
        let clipped = state.columns.iter().map(|column| &column.clipped);
        let counts = clipped.chain(&state.marked).chain([support]).all(|count| *count <= state.n);
        require(counts, "its counts do not add up")?;
        let square = w.times(w);
        let is_possible = (*support == 0) == w.is_zero()
            && !w.is_negative()
            && !w2.is_negative()
            && w.is_at_most(&Dyadic::from(*support).times(&Dyadic::from(f64::MAX)))
            && w2.is_at_most(&square)
            && square.is_at_most(&w2.times(&Dyadic::from(*support)));
        require(is_possible, "its weights contradict each other")
    }

    /// Checks the labels by (y − lowest)(highest − y) ≥ 0, and by Cauchy and Schwarz.
    fn check_labels(
        &self,
        [wy, wy2]: &[Dyadic; 2],
        range: RangeInclusive<f64>,
    ) -> Result<(), &'static str> {
        let (low, high) = (Dyadic::from(*range.start()), Dyadic::from(*range.end()));
        let limit = low.plus(&high).times(wy).minus(&low.times(&high).times(&self.w));
        let is_possible = !wy2.is_negative()
            && wy2.is_at_most(&limit)
            && wy.times(wy).is_at_most(&self.w.times(wy2));
        require(is_possible, "its labels contradict each other")
    }

    fn check_classes(&self, state: &State, classes: &[(u32, Dyadic)]) -> Result<(), &'static str> {
        let zero = || Dyadic::from(0u64);
        let sum = classes.iter().fold(zero(), |sum, (_, class)| sum.plus(class));
        let squares = classes.iter().map(|(_, class)| class.times(class));
        let squares = squares.fold(zero(), |sum, square| sum.plus(&square));
        let is_possible = classes.iter().all(|(_, class)| class.is_positive())
            && classes.is_sorted_by(|(one, _), (other, _)| one < other)
            && sum.minus(&self.w).is_zero()
            && classes.len() as u64 <= self.support
            && self.w2.is_at_most(&squares)
            && state.labels.iter().all(Dyadic::is_zero)
            && (self.weighted || classes.iter().all(|(_, class)| class.is_whole()));
        require(is_possible, "its classes contradict each other")
    }

    fn check_column(&self, column: &ColumnState) -> Result<(), &'static str> {
        let infinite = column.infinite;
        let finite = self.support.checked_sub(infinite).ok_or("its counts do not add up")?;
        let infinite_weight = &column.infinite_weight;
        let w = self.w.minus(infinite_weight);
        let has_weights = (infinite == 0) == infinite_weight.is_zero()
            && (finite == 0) == w.is_zero()
            && !infinite_weight.is_negative()
            && !w.is_negative()
            && (self.weighted || w.minus(&Dyadic::from(finite)).is_zero());
        require(has_weights, "the weight of its infinite costs is impossible")?;
        let [wc, w2c, w2c2] = &column.sums;
        let square = wc.times(wc);
        let is_possible = !wc.is_negative()
            && wc.is_at_most(&w.times(&Dyadic::from(f64::MAX)))
            && square.is_at_most(&w2c2.times(&Dyadic::from(finite)))
            && w2c2.is_at_most(&square)
            && !w2c2.is_negative()
            && w2c.is_zero() == wc.is_zero()
            && !w2c.is_negative()
            && w2c.is_at_most(&w.times(wc))
            && w2c.times(w2c).is_at_most(&self.w2.times(w2c2))
            && (self.weighted || w2c.minus(wc).is_zero());
        require(is_possible, "its costs contradict each other")
    }

    /// Checks the sum of products of two columns. If no cost is infinite, the variance of their
    /// difference must not be below 0 either.
    fn check_pair(&self, columns: [&ColumnState; 2], product: &Dyadic) -> Result<(), &'static str> {
        let [[_, w2c, w2c2], [_, w2c1, w2c1c1]] = columns.map(|column| &column.sums);
        let difference = w2c.minus(w2c1);
        let squares = w2c2.plus(w2c1c1).minus(product).minus(product);
        let is_finite = columns.iter().all(|column| column.infinite == 0);
        let is_possible = !product.is_negative()
            && product.times(product).is_at_most(&w2c2.times(w2c1c1))
            && (!is_finite || difference.times(&difference).is_at_most(&self.w2.times(&squares)));
        require(is_possible, "its models contradict each other")
    }
}
