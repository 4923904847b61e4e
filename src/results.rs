//! Results of exact sums: [`STATISTICS`] is the one list of statistics; every report reads it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;

use crate::cost::{Clip, Cost, Measure, Quadratic, Scale};
use crate::error::{Error, Kind, Location};
use crate::groups::{AllGroups, Group};
use crate::neuron::Given;
use crate::scoring::Scoring;
use crate::table::schema::Header;
use crate::tally::{Baseline, Moments, Read, Step, Tally, mean_cost};
use crate::text;
use crate::threads::lock;

/// The statistics of one cost of one model over one group of instances.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CostResult {
    /// The grouping columns, or `file`, each with its value; empty without groups.
    pub groups: Arc<[(Arc<str>, String)]>,
    /// The name of the model.
    pub model: Arc<str>,
    /// The cost function, and the scale that its statistics are on.
    pub measure: Measure,
    /// For this result and others, one after the other, the value of each of [`STATISTICS`], not
    /// yet on a scale; None where it does not apply.
    values: Arc<Vec<Option<Value>>>,
    /// The index of this result among those.
    index: usize,
    /// Whether gradients were asked for.
    has_gradients: bool,
    run: Arc<Run>,
}

/// What all results of a run have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The model that skill is measured against; None for the mean label.
    pub baseline: Option<String>,
    /// Whether models have an output for each of several classes.
    pub has_classes: bool,
    /// The names of the classes, where known.
    pub classes: Vec<String>,
    /// Whether skill can be measured at all.
    pub has_baseline: bool,
    /// How outputs are clipped, as text.
    pub clip: String,
}

/// The value of a statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A count, of instances for example.
    Count(u64),
    /// A number, which may be ∞.
    Number(f64),
    /// How outputs are clipped.
    Clip(Clip),
    /// The lower and the upper limit of an interval.
    Interval(f64, f64),
    /// The statistic applies but has no value, such as the mean of no instances.
    Null,
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Value::Null, Value::Number)
    }
}

/// How a statistic is converted to another scale than that of the cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnScale {
    /// It stays the same.
    Same,
    /// As a mean cost, which every scale can show.
    Mean,
    /// As a sum, an error or a difference, which only a multiple of the cost can show.
    Amount,
}

impl OnScale {
    /// Converts a value to a scale; null if the scale cannot show it.
    fn value(self, value: Value, scale: Scale) -> Value {
        let number = |number: f64| match self {
            OnScale::Same => Some(number),
            OnScale::Mean => Some(scale.of_mean(number)),
            OnScale::Amount => scale.of_amount(number),
        };
        match value {
            Value::Number(x) => number(x).into(),
            Value::Interval(low, high) => match (number(low), number(high)) {
                (Some(low), Some(high)) => Value::Interval(low, high),
                _ => Value::Null,
            },
            other => other,
        }
    }
}

/// A statistic: its formula, and where reports show it.
pub struct Statistic {
    /// The name of its field in machine formats.
    pub name: &'static str,
    /// Whether it applies at all.
    applies: fn(&Asked) -> bool,
    formula: Formula,
    on_scale: OnScale,
    /// Whether machine formats show it where it applies.
    is_field: fn(&CostResult) -> bool,
    /// Its column in tables; None if they do not show it.
    pub table: Option<TableColumn>,
}

/// The formula of a statistic, where it applies. Counts and numbers are returned in registers, as
/// there may be many groups.
enum Formula {
    Count(fn(&Sums) -> u64),
    /// None where there is no value.
    Number(fn(&Sums) -> Option<f64>),
    Other(fn(&Sums) -> Value),
}

/// A column of the summary table.
#[derive(Clone, Copy)]
pub struct TableColumn {
    /// Sorts the columns from left to right.
    pub order: u8,
    pub header: &'static str,
    pub look: Look,
    /// Whether these results have something to show in it.
    pub is_shown: fn(&[CostResult]) -> bool,
    /// The lowest rank is left out first if a table does not fit; None for a column that stays.
    pub rank: Option<u8>,
}

/// How tables write a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// In significant digits.
    Digits,
    /// In significant digits, after ±.
    PlusMinus,
    /// As a percentage.
    Percent,
}

/// What decides which statistics apply.
struct Asked<'a> {
    scoring: &'a Scoring,
    header: &'a Header,
    has_models: bool,
    has_clusters: bool,
}

/// What the statistics of one cost of one model are computed from.
struct Sums<'a> {
    tally: &'a Tally,
    /// The sums of the column.
    read: Read<'a>,
    // Computed once, as several statistics need them.
    mean: Option<f64>,
    standard_error: Option<f64>,
    interval: Option<[f64; 2]>,
    delta: Option<f64>,
    delta_standard_error: Option<f64>,
    delta_interval: Option<[f64; 2]>,
    /// The index of the model.
    model: usize,
    /// The index of the column of the costs in the tally.
    column: usize,
    cost: &'static dyn Cost,
    scoring: &'a Scoring,
    baseline: Option<&'a Baseline>,
    /// The mean cost of the recalibrated forecasts, if it is needed.
    recalibrated: Option<f64>,
}

impl Sums<'_> {
    /// Returns a value that describes the clipping: null for a cost that is never infinite.
    fn clipped(&self, value: impl FnOnce(Clip) -> Value) -> Value {
        // Not `Cost::is_clipped`: the Brier score counts as the quadratic cost here.
        let is_clipped = self.cost.field() != Quadratic.field();
        self.scoring.clip.filter(|_| is_clipped).map_or(Value::Null, value)
    }

    /// Returns how much a mean cost exceeds that of recalibrated forecasts, if there are any.
    fn over_recalibrated(&self, cost: Option<f64>) -> Option<f64> {
        Some((cost? - self.recalibrated?).max(0.0))
    }
}

/// Returns the mean of the finite costs.
fn finite_mean(sums: &Sums) -> Option<f64> {
    if sums.tally.infinite(sums.column) == 0 { sums.mean } else { sums.read.finite_mean() }
}

fn low(interval: Option<[f64; 2]>) -> Option<f64> {
    interval.map(|[low, _]| low)
}

fn high(interval: Option<[f64; 2]>) -> Option<f64> {
    interval.map(|[_, high]| high)
}

/// A statistic that machine formats show wherever it applies, the same on every scale.
const fn field(name: &'static str, formula: Formula) -> Statistic {
    let (applies, is_field) = (|_: &Asked| true, |_: &CostResult| true);
    Statistic { name, applies, formula, on_scale: OnScale::Same, is_field, table: None }
}

/// A count, the same on every scale.
const fn count(name: &'static str, count: fn(&Sums) -> u64) -> Statistic {
    field(name, Formula::Count(count))
}

/// A number that is the same on every scale.
const fn number(name: &'static str, number: fn(&Sums) -> Option<f64>) -> Statistic {
    field(name, Formula::Number(number))
}

/// A mean cost.
const fn mean(name: &'static str, mean: fn(&Sums) -> Option<f64>) -> Statistic {
    Statistic { on_scale: OnScale::Mean, ..number(name, mean) }
}

/// A sum, an error or a difference of costs.
const fn amount(name: &'static str, amount: fn(&Sums) -> Option<f64>) -> Statistic {
    Statistic { on_scale: OnScale::Amount, ..number(name, amount) }
}

impl Statistic {
    /// Sets where it applies.
    const fn only_if(mut self, applies: fn(&Asked) -> bool) -> Self {
        self.applies = applies;
        self
    }

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

    /// Sets the rank of its column; see [`TableColumn::rank`].
    const fn ranked(mut self, rank: Option<u8>) -> Self {
        if let Some(table) = &mut self.table {
            table.rank = rank;
        }
        self
    }
}

/// Every statistic, in the order of the fields of machine formats.
pub static STATISTICS: [Statistic; 24] = [
    count("n", |s| s.tally.n()).shown_if(0, "n", Look::Digits, are_grouped).ranked(Some(0)),
    number("weight", |s| Some(s.tally.weight())).only_if(|asked| asked.header.weight.is_some()),
    count("clusters", |s| s.tally.clusters().unwrap_or(0))
        .only_if(|asked| asked.has_clusters)
        .shown_if(0, "clusters", Look::Digits, are_grouped)
        .ranked(Some(0)),
    mean("mean", |s| s.mean).shown(1, "mean", Look::Digits).ranked(None),
    amount("standard_error", |s| s.standard_error)
        .shown(2, "± std. error", Look::PlusMinus)
        .ranked(Some(2)),
    mean("low", |s| low(s.interval)),
    mean("high", |s| high(s.interval)),
    amount("sum", |s| Some(s.read.sum())),
    mean("baseline", |s| s.baseline.map(Baseline::to_f64))
        .shown_if(11, "baseline", Look::Digits, have_baselines)
        .ranked(Some(1)),
    number("skill", |s| s.read.skill(s.baseline?)).shown_if(
        12,
        "skill",
        Look::Percent,
        have_baselines,
    ),
    amount("miscalibration", |s| s.over_recalibrated(s.mean))
        .only_if(|asked| asked.scoring.calibration)
        .shown_if(9, "miscalibration", Look::Digits, have_parts)
        .ranked(Some(4)),
    amount("discrimination", |s| s.over_recalibrated(s.baseline.map(Baseline::to_f64)))
        .only_if(|asked| asked.scoring.calibration)
        .shown_if(10, "discrimination", Look::Digits, have_parts)
        .ranked(Some(4)),
    count("infinite", |s| s.tally.infinite(s.column))
        .shown_if(7, "infinite", Look::Digits, any_infinite)
        .ranked(Some(1)),
    amount("finite_mean", finite_mean)
        .shown_if(8, "mean of the rest", Look::Digits, any_infinite)
        .ranked(Some(2)),
    field("clip", Formula::Other(|s| s.clipped(Value::Clip)))
        .only_if(|asked| asked.scoring.clip.is_some()),
    field("clipped", Formula::Other(|s| s.clipped(|_| Value::Count(s.tally.clipped(s.column)))))
        .only_if(|asked| asked.scoring.clip.is_some()),
    count("skipped", |s| s.tally.skipped()),
    number("mean_abs_gradient", |s| s.tally.mean(s.column + 1))
        .only_if(|asked| asked.scoring.gradient)
        .shown(3, "mean |∂C/∂z|", Look::Digits),
    Statistic {
        is_field: |result| result.has_gradients,
        ..count("saturated_wrong", |s| s.tally.marked(s.model))
    }
    .only_if(|asked| asked.scoring.shows_neurons(asked.header.given))
    .shown(4, "saturated, wrong", Look::Digits),
    amount("delta", |s| s.delta).only_if(has_models).shown(5, "difference", Look::Digits),
    amount("delta_standard_error", |s| s.delta_standard_error).only_if(has_models),
    amount("delta_low", |s| low(s.delta_interval)).only_if(has_models),
    amount("delta_high", |s| high(s.delta_interval)).only_if(has_models),
    Statistic {
        on_scale: OnScale::Amount,
        is_field: |_| false,
        ..field("delta_interval", Formula::Other(delta_interval))
    }
    .only_if(has_models)
    .shown(6, "95 % interval", Look::Digits),
];

fn has_models(asked: &Asked) -> bool {
    asked.has_models
}

fn delta_interval(sums: &Sums) -> Value {
    sums.delta_interval.map_or(Value::Null, |[low, high]| Value::Interval(low, high))
}

fn are_grouped(results: &[CostResult]) -> bool {
    results.iter().any(|result| !result.groups.is_empty())
}

fn have_baselines(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.run.has_baseline)
}

/// Whether any result has the parts of its mean: miscalibration and discrimination.
pub fn have_parts(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.number("miscalibration").is_some())
}

fn any_infinite(results: &[CostResult]) -> bool {
    results.iter().any(|result| result.count("infinite") > 0)
}

/// Returns the names of all fields that a result may have, except the grouping columns.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    ["file", "model", "cost"].into_iter().chain(STATISTICS.iter().map(|statistic| statistic.name))
}

impl CostResult {
    /// Returns the value of the statistic whose field in machine formats has this name, such
    /// as `standard_error`. None if there is no such statistic or it does not apply.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Value> {
        let index = STATISTICS.iter().position(|statistic| statistic.name == name)?;
        self.value_at(index)
    }

    /// Returns the same result on a scale of its cost; None is the cost itself.
    #[must_use]
    pub(crate) fn on(&self, scale: Option<Scale>) -> CostResult {
        let measure = Measure { scale, ..self.measure };
        CostResult { measure, ..self.clone() }
    }

    /// Returns the value of a statistic as a number, by the name of its field. None if it does
    /// not apply, has no value or is no number.
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
            Value::Clip(_) | Value::Interval(..) | Value::Null => None,
        }
    }

    /// Returns the value of a statistic as a count, by the name of its field; 0 if it is none.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        if let Some(Value::Count(count)) = self.value(name) { count } else { 0 }
    }

    /// Returns the mean cost on the scale of the measure; None if there is no weight above 0.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.number("mean")
    }

    /// Returns the indices of the statistics that machine formats show: the same for all results
    /// of a run.
    pub(crate) fn fields(&self) -> Vec<usize> {
        let is_shown =
            |index: &usize| self.value_at(*index).is_some() && (STATISTICS[*index].is_field)(self);
        (0..STATISTICS.len()).filter(is_shown).collect()
    }

    /// Returns the value of the statistic at an index of [`STATISTICS`], on the scale of the
    /// result; None if it does not apply.
    #[inline]
    pub(crate) fn value_at(&self, index: usize) -> Option<Value> {
        let value = self.values[self.index * STATISTICS.len() + index]?;
        let on_scale = |scale| STATISTICS[index].on_scale.value(value, scale);
        Some(self.measure.scale.map_or(value, on_scale))
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }
}

/// What computes the results of groups, on one thread or several.
pub struct Computation<'a> {
    scoring: &'a Scoring,
    header: &'a Header,
    costs: Vec<&'static dyn Cost>,
    /// Each measure, with the index of its cost.
    measures: Vec<(Measure, usize)>,
    /// The names of the grouping columns.
    columns: Vec<String>,
    run: Run,
    /// The baselines that each thread has computed before.
    known: Mutex<Vec<Known>>,
}

/// The baselines of each cost, by the numbers of instances and of labels 1. Many small groups have
/// few different ones.
type Known = HashMap<(u64, u64), Vec<Option<Baseline>>, RandomState>;

/// The number of known baselines above which all are forgotten.
const MOST_KNOWN: usize = 1 << 12;

impl<'a> Computation<'a> {
    pub fn new(scoring: &'a Scoring, measures: &[Measure], header: &'a Header) -> Self {
        let index = |measure: &Measure| scoring.index(*measure).expect("its cost is computed");
        Computation {
            scoring,
            header,
            costs: scoring.costs(),
            measures: measures.iter().map(|measure| (*measure, index(measure))).collect(),
            columns: names_of_columns(header, scoring.by_file),
            run: Run {
                baseline: header.baseline.clone(),
                has_classes: header.given.has_classes(),
                classes: header.classes.clone(),
                has_baseline: header.given.has_labels(),
                clip: scoring.clip.map_or_else(String::new, |clip| clip.to_string()),
            },
            known: Mutex::default(),
        }
    }

    /// Returns the results of the groups at these indices: for each group one result per model and
    /// measure, in that order.
    ///
    /// # Errors
    /// If the weights of a group add up to 0.
    pub fn results(
        &self,
        groups: &dyn AllGroups,
        indices: Range<usize>,
    ) -> Result<Vec<CostResult>, Error> {
        // Most inputs have one model.
        let capacity = indices.len() * self.measures.len();
        let (mut of, mut values) =
            (Vec::with_capacity(capacity), Vec::with_capacity(capacity * STATISTICS.len()));
        let mut known = lock(&self.known).pop().unwrap_or_default();
        if known.len() > MOST_KNOWN {
            known.clear();
        }
        let mut models: Arc<[String]> = Arc::default();
        let mut names_of_models: Vec<Arc<str>> = Vec::new();
        let mut applying = Applying::default();
        // Each call has its own, as threads would wait for each other to count what refers to them.
        let columns: Vec<Arc<str>> =
            self.columns.iter().map(|column| column.as_str().into()).collect();
        let run = Arc::new(self.run.clone());
        for group in indices.map(|index| groups.get(index)) {
            let tally = &*group.tally;
            let names = group_names(&columns, &group);
            if tally.n() > 0 && tally.support() == 0 {
                return Err(weightless(&names));
            }
            let others;
            let ones = tally.ones().filter(|_| self.header.baseline.is_none());
            let baselines = if let Some(ones) = ones {
                &*known.entry(ones).or_insert_with(|| self.baselines(&group))
            } else {
                others = self.baselines(&group);
                &others
            };
            if !Arc::ptr_eq(&models, &group.models) {
                models = Arc::clone(&group.models);
                let name = |name: &String| text::name(name.as_bytes()).into();
                names_of_models = models.iter().map(name).collect();
            }
            applying.update(&Asked {
                scoring: self.scoring,
                header: self.header,
                has_models: models.len() > 1,
                has_clusters: tally.clusters().is_some(),
            });
            for (model, name) in names_of_models.iter().enumerate() {
                let regressions = regressions(self.scoring, tally, model);
                for &(measure, index) in &self.measures {
                    let (cost, baseline) = (self.costs[index], baselines[index].as_ref());
                    let recalibrated = recalibrated(&regressions, index, cost, baseline);
                    let sums = self.sums(tally, (model, index), baseline, recalibrated);
                    applying.append(&sums, &mut values);
                    of.push((Arc::clone(&names), Arc::clone(name), measure));
                }
            }
        }
        lock(&self.known).push(known);
        let values = Arc::new(values);
        let result = |(index, (groups, model, measure))| CostResult {
            groups,
            model,
            measure,
            values: Arc::clone(&values),
            index,
            has_gradients: self.scoring.gradient,
            run: Arc::clone(&run),
        };
        Ok(of.into_iter().enumerate().map(result).collect())
    }

    /// Returns what the statistics of a model and a cost, at these indices, are computed from.
    fn sums<'s>(
        &'s self,
        tally: &'s Tally,
        (model, cost): (usize, usize),
        baseline: Option<&'s Baseline>,
        recalibrated: Option<f64>,
    ) -> Sums<'s> {
        let column = (model * self.costs.len() + cost) * self.scoring.columns_per_cost();
        let read = tally.read(column);
        let (mean, standard_error) = (read.mean(), read.standard_error());
        let delta = tally.delta(column);
        let delta_standard_error = tally.delta_standard_error(column);
        let interval = |mean: Option<f64>, error: Option<f64>| read.interval(mean?, error?);
        Sums {
            tally,
            mean,
            standard_error,
            interval: interval(mean, standard_error),
            delta,
            delta_standard_error,
            delta_interval: interval(delta, delta_standard_error),
            read,
            model,
            column,
            cost: self.costs[cost],
            scoring: self.scoring,
            baseline,
            recalibrated,
        }
    }

    /// Returns for each cost what skill is measured against.
    fn baselines(&self, group: &Group) -> Vec<Option<Baseline>> {
        let (scoring, header, tally) = (self.scoring, self.header, &group.tally);
        let costs = self.costs.iter();
        if header.baseline.is_some() {
            let columns = scoring.columns(group.models.len())..;
            let columns = columns.step_by(scoring.columns_per_cost()).take(costs.len());
            return columns.map(|column| tally.baseline(column)).collect();
        }
        if header.given.has_classes() {
            let labels = tally.frequencies();
            let baseline = |cost: &&dyn Cost| Some(cost.baseline_of_classes(labels.as_ref()?));
            return costs.map(baseline).collect();
        }
        let labels = tally.moments().filter(|_| header.given.has_labels());
        let baseline = |&cost| Some(baseline(scoring, header.given, cost, labels.as_ref()?));
        costs.map(baseline).collect()
    }
}

/// The statistics that apply to a group, by their indices.
#[derive(Default)]
struct Applying {
    /// Whether there are several models and whether there are clusters.
    to: Option<(bool, bool)>,
    indices: Vec<usize>,
}

impl Applying {
    /// Finds them anew where another group may have other ones.
    fn update(&mut self, asked: &Asked) {
        let to = Some((asked.has_models, asked.has_clusters));
        if self.to != to {
            self.to = to;
            let applies = |&index: &usize| (STATISTICS[index].applies)(asked);
            self.indices = (0..STATISTICS.len()).filter(applies).collect();
        }
    }

    /// Appends the value of each statistic; None for those that do not apply.
    fn append(&self, sums: &Sums, values: &mut Vec<Option<Value>>) {
        let start = values.len();
        values.resize(start + STATISTICS.len(), None);
        let values = &mut values[start..];
        for &index in &self.indices {
            // Each kind is written on its own. If they were joined before, a processor would wait
            // for each of them.
            match STATISTICS[index].formula {
                Formula::Count(count) => values[index] = Some(Value::Count(count(sums))),
                Formula::Number(number) => match number(sums) {
                    Some(number) => values[index] = Some(Value::Number(number)),
                    None => values[index] = Some(Value::Null),
                },
                Formula::Other(value) => values[index] = Some(value(sums)),
            }
        }
    }
}
/// Returns a group as a text, such as `fold '3', file 'a.csv'`; empty without groups.
pub fn group_text(groups: &[(Arc<str>, String)]) -> String {
    let named = |(name, value): &(Arc<str>, String)| {
        format!("{} '{}'", text::excerpt(name.as_bytes()), text::excerpt(value.as_bytes()))
    };
    groups.iter().map(named).collect::<Vec<_>>().join(", ")
}

/// Returns the names of the grouping columns.
fn names_of_columns(header: &Header, has_files: bool) -> Vec<String> {
    let by_file = has_files.then(|| "file".into()).into_iter();
    by_file.chain(header.by.iter().map(|name| text::name(name.as_bytes()))).collect()
}

/// Returns the names of the grouping columns of a group, each with its value.
fn group_names(columns: &[Arc<str>], group: &Group) -> Arc<[(Arc<str>, String)]> {
    let file = group.file.iter().map(|file| file.clone().into_owned());
    let values = file.chain(group.values.iter().map(|value| text::name(value)));
    columns.iter().cloned().zip(values).collect()
}

fn weightless(names: &[(Arc<str>, String)]) -> Error {
    let of = if names.is_empty() { String::new() } else { format!(" of {}", group_text(names)) };
    Error::new(Kind::Value, Location::Job, format!("the weights{of} add up to 0"))
        .with_hint("a mean needs a weight above 0")
}

/// Returns the mean cost of always predicting the mean label.
fn baseline(
    scoring: &Scoring,
    given: Given,
    cost: &'static dyn Cost,
    labels: &Moments,
) -> Baseline {
    if given.is_z() { scoring.activated(cost).baseline(labels) } else { cost.baseline(labels) }
}

/// Returns for each cost the isotonic regression of the labels on a model's ŷ, clipped as the
/// cost clips it; empty without `--calibration`. Costs that do not clip share one.
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

/// Returns the mean cost of the recalibrated forecasts of the cost at `index`.
fn recalibrated(
    regressions: &[Arc<Vec<Step>>],
    index: usize,
    cost: &'static dyn Cost,
    baseline: Option<&Baseline>,
) -> Option<f64> {
    match regressions.get(index)?.as_slice() {
        // A regression of one step predicts the mean label for all.
        [_] => baseline.map(Baseline::to_f64),
        steps => mean_cost(steps, |y, yhat| cost.cost(y, yhat)),
    }
}
