//! From exact sums to results: one list of statistics, which every report reads.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::cost::{Clip, Cost, Measure, Quadratic, Scale};
use crate::error::{Error, Kind, Location};
use crate::groups::{AllGroups, Group};
use crate::neuron::Given;
use crate::scoring::Scoring;
use crate::table::schema::Header;
use crate::tally::{Baseline, Moments, Read, Step, Tally, mean_cost};
use crate::text;

/// The statistics of one model by one cost over one group of instances.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CostResult {
    /// The columns that it is grouped by, or `file`, each with its value.
    pub groups: Vec<(String, String)>,
    /// The name of the model.
    pub model: String,
    /// The cost function, and the scale that its statistics are on.
    pub measure: Measure,
    /// For each of [`STATISTICS`]: its value, if it applies, whatever the scale.
    values: Vec<Option<Value>>,
    /// Whether gradients were asked for.
    has_gradients: bool,
    /// What all results of a run have in common.
    run: Arc<Run>,
}

/// What all results of a run have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The predictions that skill is measured against, if those of the mean label are not.
    pub baseline: Option<String>,
    /// Whether models have several classes, and their names if they have some.
    pub has_classes: bool,
    pub classes: Vec<String>,
    /// Whether there is something that skill is measured against.
    pub has_baseline: bool,
}

/// The value of a statistic.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// A number, which may be ∞.
    Number(f64),
    /// Words.
    Text(String),
    /// From a number to another.
    Interval(f64, f64),
    /// There is none.
    Null,
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Value::Null, Value::Number)
    }
}

/// What a statistic is on another scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnScale {
    /// The same.
    Same,
    /// A mean cost, which has a place on every scale.
    Mean,
    /// A sum, an error or a difference, which only a multiple of the cost has.
    Amount,
}

impl OnScale {
    /// A value of this kind on a scale.
    fn value(self, value: &Value, scale: Scale) -> Value {
        let number = |number: f64| match self {
            OnScale::Same => Some(number),
            OnScale::Mean => Some(scale.of_mean(number)),
            OnScale::Amount => scale.of_amount(number),
        };
        match value {
            Value::Number(x) => number(*x).into(),
            Value::Interval(low, high) => match (number(*low), number(*high)) {
                (Some(low), Some(high)) => Value::Interval(low, high),
                _ => Value::Null,
            },
            other => other.clone(),
        }
    }
}

/// A statistic: its formula, and where it stands.
pub struct Statistic {
    /// The name of its field in machine formats.
    pub name: &'static str,
    /// Its formula; None where it does not apply.
    value: fn(&Sums) -> Option<Value>,
    /// What it is on another scale than that of the cost.
    on_scale: OnScale,
    /// Whether machine formats have it, where it applies.
    is_field: fn(&CostResult) -> bool,
    /// How tables show it, if they do.
    pub table: Option<TableColumn>,
}

/// A column of the table for people.
#[derive(Clone, Copy)]
pub struct TableColumn {
    /// Its position among the others.
    pub order: u8,
    /// Its header.
    pub header: &'static str,
    /// How its numbers are written.
    pub look: Look,
    /// Whether these results have something to show in it.
    pub is_shown: fn(&[CostResult]) -> bool,
    /// Where tables do not fit, the lowest rank is left out first; a column without one stays.
    pub rank: Option<u8>,
}

/// How a number is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// In significant digits.
    Digits,
    /// The same after ±.
    PlusMinus,
    /// As a percentage.
    Percent,
}

/// What the statistics of one model by one cost are made of.
struct Sums<'a> {
    tally: &'a Tally,
    /// Those of the column, and what several statistics share.
    read: Read,
    mean: Option<f64>,
    standard_error: Option<f64>,
    delta: Option<f64>,
    delta_standard_error: Option<f64>,
    /// The model's index, and the column of its costs in the tally.
    model: usize,
    column: usize,
    cost: &'static dyn Cost,
    scoring: &'a Scoring,
    header: &'a Header,
    has_models: bool,
    baseline: Option<&'a Baseline>,
    /// The mean cost of the recalibrated forecasts, if that is of interest.
    recalibrated: Option<f64>,
}

impl Sums<'_> {
    /// What there is to say of how the costs are clipped, if some are: null of those that
    /// are never infinite, and are not.
    fn clipped(&self, value: impl FnOnce(Clip) -> Value) -> Option<Value> {
        let clip = self.scoring.clip?;
        let is_clipped = self.cost.field() != Quadratic.field();
        Some(if is_clipped { value(clip) } else { Value::Null })
    }

    fn skill(&self) -> Option<f64> {
        self.read.skill(self.baseline?)
    }

    /// How much larger a cost is than that of the recalibrated forecasts.
    fn over_recalibrated(&self, cost: Option<f64>) -> Option<Value> {
        let part = |cost: f64| Some((cost - self.recalibrated?).max(0.0));
        self.scoring.calibration.then(|| cost.and_then(part).into())
    }

    /// The 95 % interval of the mean.
    fn interval(&self) -> Option<[f64; 2]> {
        self.read.interval(self.mean?, self.standard_error?)
    }

    /// The 95 % interval of the mean difference to the first model.
    fn delta_interval(&self) -> Option<[f64; 2]> {
        self.read.interval(self.delta?, self.delta_standard_error?)
    }
}

/// The lower limit of an interval, and the upper one.
fn low(interval: Option<[f64; 2]>) -> Value {
    interval.map(|[low, _]| low).into()
}

fn high(interval: Option<[f64; 2]>) -> Value {
    interval.map(|[_, high]| high).into()
}

/// A statistic that machine formats have wherever it applies.
const fn field(name: &'static str, value: fn(&Sums) -> Option<Value>) -> Statistic {
    Statistic { name, value, on_scale: OnScale::Same, is_field: |_| true, table: None }
}

/// A mean cost.
const fn mean(name: &'static str, value: fn(&Sums) -> Option<Value>) -> Statistic {
    Statistic { on_scale: OnScale::Mean, ..field(name, value) }
}

/// A sum, an error or a difference of costs.
const fn amount(name: &'static str, value: fn(&Sums) -> Option<Value>) -> Statistic {
    Statistic { on_scale: OnScale::Amount, ..field(name, value) }
}

impl Statistic {
    const fn shown(self, order: u8, header: &'static str, look: Look) -> Self {
        self.shown_if(order, header, look, |_| true)
    }

    const fn shown_if(
        mut self,
        order: u8,
        header: &'static str,
        look: Look,
        is_shown: fn(&[CostResult]) -> bool,
    ) -> Self {
        self.table = Some(TableColumn { order, header, look, is_shown, rank: Some(3) });
        self
    }

    /// The same with another rank among the columns of tables.
    const fn ranked(mut self, rank: Option<u8>) -> Self {
        if let Some(table) = &mut self.table {
            table.rank = rank;
        }
        self
    }
}

/// Every statistic, in the order of the fields.
pub static STATISTICS: [Statistic; 24] = [
    field("n", |s| Some(Value::Count(s.tally.n())))
        .shown_if(0, "n", Look::Digits, are_grouped)
        .ranked(Some(0)),
    field("weight", |s| s.header.weight.as_ref().map(|_| Value::Number(s.tally.weight()))),
    field("clusters", |s| s.tally.clusters().map(Value::Count))
        .shown_if(0, "clusters", Look::Digits, are_grouped)
        .ranked(Some(0)),
    mean("mean", |s| Some(s.mean.into())).shown(1, "mean", Look::Digits).ranked(None),
    amount("standard_error", |s| Some(s.standard_error.into()))
        .shown(2, "± std. error", Look::PlusMinus)
        .ranked(Some(2)),
    mean("low", |s| Some(low(s.interval()))),
    mean("high", |s| Some(high(s.interval()))),
    amount("sum", |s| Some(Value::Number(s.read.sum()))),
    mean("baseline", |s| Some(s.baseline.map(Baseline::to_f64).into()))
        .shown_if(11, "baseline", Look::Digits, have_baselines)
        .ranked(Some(1)),
    field("skill", |s| Some(s.skill().into())).shown_if(12, "skill", Look::Percent, have_baselines),
    amount("miscalibration", |s| s.over_recalibrated(s.mean))
        .shown_if(9, "miscalibration", Look::Digits, have_parts)
        .ranked(Some(4)),
    amount("discrimination", |s| s.over_recalibrated(s.baseline.map(Baseline::to_f64)))
        .shown_if(10, "discrimination", Look::Digits, have_parts)
        .ranked(Some(4)),
    field("infinite", |s| Some(Value::Count(s.tally.infinite(s.column))))
        .shown_if(7, "infinite", Look::Digits, any_infinite)
        .ranked(Some(1)),
    amount("finite_mean", |s| Some(s.read.finite_mean().into()))
        .shown_if(8, "mean of the rest", Look::Digits, any_infinite)
        .ranked(Some(2)),
    field("clip", |s| s.clipped(|clip| Value::Text(clip.to_string()))),
    field("clipped", |s| s.clipped(|_| Value::Count(s.tally.clipped(s.column)))),
    field("skipped", |s| Some(Value::Count(s.tally.skipped()))),
    field("mean_abs_gradient", |s| s.scoring.gradient.then(|| s.tally.mean(s.column + 1).into()))
        .shown(3, "mean |∂C/∂z|", Look::Digits),
    Statistic {
        is_field: |result| result.has_gradients,
        ..field("saturated_wrong", |s| {
            let is_shown = s.scoring.shows_neurons(s.header.given);
            is_shown.then(|| Value::Count(s.tally.marked(s.model)))
        })
    }
    .shown(4, "saturated, wrong", Look::Digits),
    amount("delta", |s| s.has_models.then(|| s.delta.into())).shown(5, "difference", Look::Digits),
    amount("delta_standard_error", |s| s.has_models.then(|| s.delta_standard_error.into())),
    amount("delta_low", |s| s.has_models.then(|| low(s.delta_interval()))),
    amount("delta_high", |s| s.has_models.then(|| high(s.delta_interval()))),
    Statistic {
        is_field: |_| false,
        ..amount("delta_interval", |s| {
            let interval =
                || s.delta_interval().map_or(Value::Null, |[low, high]| Value::Interval(low, high));
            s.has_models.then(interval)
        })
    }
    .shown(6, "95 % interval", Look::Digits),
];

fn are_grouped(results: &[CostResult]) -> bool {
    results.iter().any(|result| !result.groups.is_empty())
}

fn have_baselines(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.run.has_baseline)
}

/// Whether means are split into parts, which only costs and their multiples have.
pub fn have_parts(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.number("miscalibration").is_some())
}

fn any_infinite(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.count("infinite") > 0)
}

/// The names of all fields that a result may have, but for those of groups.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    ["file", "model", "cost"].into_iter().chain(STATISTICS.iter().map(|statistic| statistic.name))
}

impl CostResult {
    /// The value of a statistic, by the name of its field; None if it does not apply.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Value> {
        let index = STATISTICS.iter().position(|statistic| statistic.name == name)?;
        self.table_value(index).map(Cow::into_owned)
    }

    /// The same result on another scale of its cost, or on none.
    #[must_use]
    pub(crate) fn on(&self, scale: Option<Scale>) -> CostResult {
        let measure = Measure { scale, ..self.measure };
        CostResult { measure, ..self.clone() }
    }

    /// The same as a number; None where it does not apply, or there is none.
    ///
    /// ```
    /// let mut scores = costs::Scores::default();
    /// scores.extend([(1.0, 0.5)])?;
    /// let result = scores.result("log-loss").expect("it is among the costs");
    /// assert_eq!(result.number("mean"), Some(std::f64::consts::LN_2));
    /// assert_eq!(result.number("standard_error"), None);
    /// # Ok::<(), costs::error::Error>(())
    /// ```
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.value(name)? {
            Value::Number(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "counts are exact up to 2⁵³")]
            Value::Count(count) => Some(count as f64),
            Value::Text(_) | Value::Interval(..) | Value::Null => None,
        }
    }

    /// The same as a count; 0 where it does not apply.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        if let Some(Value::Count(count)) = self.value(name) { count } else { 0 }
    }

    /// The mean cost; None without instances of any weight.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.number("mean")
    }

    /// The fields of machine formats that apply, each with its value.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, Cow<'_, Value>)> {
        let all = STATISTICS.iter().enumerate();
        all.filter(|(_, statistic)| (statistic.is_field)(self))
            .filter_map(|(index, statistic)| Some((statistic.name, self.table_value(index)?)))
    }

    /// The value of each statistic that tables can show.
    pub(crate) fn table_value(&self, index: usize) -> Option<Cow<'_, Value>> {
        let value = self.values[index].as_ref()?;
        Some(match (self.measure.scale, STATISTICS[index].on_scale) {
            (None, _) | (_, OnScale::Same) => Cow::Borrowed(value),
            (Some(scale), on_scale) => Cow::Owned(on_scale.value(value, scale)),
        })
    }

    /// What all results of the run have in common.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// The group in words, such as `fold '3', file 'a.csv'`; empty without groups.
    pub(crate) fn group_text(&self) -> String {
        let named = |(name, value): &(String, String)| {
            format!("{} '{}'", text::excerpt(name.as_bytes()), text::excerpt(value.as_bytes()))
        };
        self.groups.iter().map(named).collect::<Vec<_>>().join(", ")
    }
}

/// The statistics of those groups, by every model and by those of the costs and their scales.
///
/// # Errors
/// If the weights of a group add up to 0.
pub fn results(
    scoring: &Scoring,
    measures: &[Measure],
    header: &Header,
    groups: &dyn AllGroups,
    indices: Range<usize>,
) -> Result<Vec<CostResult>, Error> {
    let costs = scoring.costs();
    let index = |measure: &Measure| scoring.index(*measure).expect("its cost is computed");
    let measures: Vec<_> = measures.iter().map(|measure| (*measure, index(measure))).collect();
    let mut results = Vec::with_capacity(indices.len() * measures.len());
    // Many small groups have few baselines.
    let run = Arc::new(Run {
        baseline: header.baseline.clone(),
        has_classes: header.given.has_classes(),
        classes: header.classes.clone(),
        has_baseline: header.given.has_labels(),
    });
    let mut known: HashMap<(u64, u64), Vec<Option<Baseline>>, RandomState> = HashMap::default();
    for group in indices.map(|index| groups.get(index)) {
        let tally = &group.tally;
        let column_of_baseline = scoring.columns(group.models.len());
        let baselines = || {
            if header.baseline.is_some() {
                let columns = (column_of_baseline..).step_by(scoring.columns_per_cost());
                return columns.take(costs.len()).map(|column| tally.baseline(column)).collect();
            }
            if header.given.has_classes() {
                let labels = tally.frequencies();
                let baseline = |cost: &&'static dyn Cost| {
                    labels.as_ref().map(|labels| cost.baseline_of_classes(labels))
                };
                return costs.iter().map(baseline).collect();
            }
            let labels = tally.moments().filter(|_| header.given.has_labels());
            let baseline = |&cost: &&'static dyn Cost| {
                labels.as_ref().map(|labels| baseline(scoring, header.given, cost, labels))
            };
            costs.iter().map(baseline).collect::<Vec<_>>()
        };
        let others;
        let ones = tally.ones().filter(|_| header.baseline.is_none());
        let baselines = if let Some(ones) = ones {
            &*known.entry(ones).or_insert_with(baselines)
        } else {
            others = baselines();
            &others
        };
        let names = group_names(header, &group);
        let has_models = group.models.len() > 1;
        for (model, name) in group.models.iter().enumerate() {
            let name = text::name(name.as_bytes());
            let regressions = regressions(scoring, tally, model);
            for &(measure, index) in &measures {
                let (cost, baseline) = (costs[index], &baselines[index]);
                let column = (model * costs.len() + index) * scoring.columns_per_cost();
                let read = tally.read(column);
                let sums = Sums {
                    tally,
                    mean: read.mean(),
                    standard_error: read.standard_error(),
                    delta: has_models.then(|| tally.delta(column)).flatten(),
                    delta_standard_error: has_models
                        .then(|| tally.delta_standard_error(column))
                        .flatten(),
                    read,
                    model,
                    column,
                    cost,
                    scoring,
                    header,
                    has_models,
                    baseline: baseline.as_ref(),
                    recalibrated: recalibrated(&regressions, index, cost, baseline.as_ref()),
                };
                results.push(result(
                    &sums,
                    measure,
                    names.clone(),
                    name.clone(),
                    Arc::clone(&run),
                )?);
            }
        }
    }
    Ok(results)
}

/// The columns that a group is by, or `file`, each with its value.
fn group_names(header: &Header, group: &Group) -> Vec<(String, String)> {
    let by_file = group.file.iter().map(|file| ("file".to_owned(), file.clone()));
    let names = header.by.iter().map(|name| text::name(name.as_bytes()));
    let values = group.values.iter().map(|value| text::name(value));
    by_file.chain(names.zip(values)).collect()
}

/// The mean cost of always predicting the mean label.
fn baseline(
    scoring: &Scoring,
    given: Given,
    cost: &'static dyn Cost,
    labels: &Moments,
) -> Baseline {
    if given.is_z() { scoring.activated(cost).baseline(labels) } else { cost.baseline(labels) }
}

/// For each cost, the isotonic regression of the labels on a model's ŷ, as the cost clips it:
/// none if it is not of interest. Costs that do not clip share one.
fn regressions(scoring: &Scoring, tally: &Tally, model: usize) -> Vec<Arc<Vec<Step>>> {
    if !scoring.calibration {
        return Vec::new();
    }
    let mut plain = None;
    let regression = |cost: &'static dyn Cost| match scoring.clip.filter(|_| cost.is_clipped()) {
        Some(clip) => tally.regression(model, Some(&|yhat| cost.clipped_output(clip, yhat))).into(),
        None => Arc::clone(plain.get_or_insert_with(|| tally.regression(model, None).into())),
    };
    scoring.costs().into_iter().map(regression).collect()
}

/// The mean cost of the recalibrated forecasts, from the regression for a cost.
fn recalibrated(
    regressions: &[Arc<Vec<Step>>],
    index: usize,
    cost: &'static dyn Cost,
    baseline: Option<&Baseline>,
) -> Option<f64> {
    match regressions.get(index)?.as_slice() {
        // One forecast for all is the mean label.
        [_] => baseline.map(Baseline::to_f64),
        steps => mean_cost(steps, |y, yhat| cost.cost(y, yhat)),
    }
}

fn result(
    sums: &Sums,
    measure: Measure,
    groups: Vec<(String, String)>,
    model: String,
    run: Arc<Run>,
) -> Result<CostResult, Error> {
    let result = CostResult {
        groups,
        model,
        measure,
        values: STATISTICS.iter().map(|statistic| (statistic.value)(sums)).collect(),
        has_gradients: sums.scoring.gradient,
        run,
    };
    if result.number("weight") == Some(0.0) && sums.tally.n() > 0 {
        let of = match result.group_text() {
            group if group.is_empty() => group,
            group => format!(" of {group}"),
        };
        let message = format!("the weights{of} add up to 0");
        return Err(
            Error::new(Kind::Value, Location::Job, message).with_hint("a mean needs some weight")
        );
    }
    Ok(result)
}
