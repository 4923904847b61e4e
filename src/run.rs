//! Does a job: scores, computes the results and reports them.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use crate::cost::{Domain, Measure};
use crate::digits::{grouped, plural, significant};
use crate::engine::{self, Plan, Scored, Sink};
use crate::error::{Error, Kind, Location};
use crate::gates;
use crate::groups::{AllGroups, Group, all_together, of_clusters, total};
use crate::io::Source;
use crate::job::{Data, Job, View};
use crate::merge::merge;
#[cfg(feature = "plot")]
use crate::plot::Calibration;
use crate::report::{
    self, Basis, Block, EXPLAINED, Format, Instance, Instances, Margin, Parts, Worst,
    is_for_people, summary_with_total,
};
use crate::results::{Computation, CostResult};
use crate::scoring::Scoring;
use crate::state;
use crate::table::join::Join;
use crate::table::labels::Labels;
use crate::table::request::{Cells, Request};
use crate::table::schema::Header;
use crate::table::tables::{BLOCK, Tables};
use crate::table::typed;
use crate::threads::in_order;

/// The header of a job without input.
static NONE: Header = Header::EMPTY;

/// What a job found beside its results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// What a user should know although it is no error.
    pub warnings: Vec<String>,
    /// A sentence for each gate that failed: a limit is exceeded, or a model is worse.
    pub exceeded: Vec<String>,
}

/// Does the job: writes its results to `out` and returns its warnings and failed gates.
///
/// Instances are written as they are scored, everything else only after the last one.
///
/// # Errors
/// If the job's options conflict, if a row cannot be scored (the first in the order of the
/// input), or if `out` cannot be written.
pub fn run(job: &Job, out: &mut (dyn Write + Send)) -> Result<Outcome, Error> {
    let job = &*job.with_default_costs();
    job.check()?;
    let plan = Arc::new(job.plan()?);
    let mut write =
        |bytes: &[u8]| out.write_all(bytes).map_err(|source| Error::cannot_write(&source));
    let (mut scoring, scored) = job.score(&plan, &mut write)?;
    // States have their own scoring; of the job's, only the scales of costs matter.
    let names =
        |scoring: &Scoring| scoring.costs().iter().map(|cost| cost.name()).collect::<Vec<_>>();
    if matches!(job.data, Data::States(_)) && names(&job.scoring) == names(&scoring) {
        scoring.cost.clone_from(&job.scoring.cost);
    }
    job.check_gates(&scoring)?;
    job.check_sort(&scoring)?;
    let header = scored.header.as_ref().unwrap_or(&NONE);
    // A state may be of some of the rows only, which may lack the positive label or any weight.
    let is_state = job.output.format() == Format::State;
    if let Some(positive) = header.positive.as_ref().filter(|_| header.negative.is_empty())
        && !is_state
    {
        scored.labels.require(positive)?;
    }
    if !job.output.fail_worse.is_empty() && header.models.len() < 2 {
        return Err(Margin::without_models());
    }
    let whole;
    let mut single = (0, 0);
    let groups: &dyn AllGroups = if header.cluster.is_some() && !is_state {
        whole = of_clusters(&*scored.groups, plan.threads);
        let is_single = |group: &&Group| group.tally.clusters() == Some(1);
        single = (whole.iter().filter(is_single).count(), whole.len());
        &whole
    } else {
        &*scored.groups
    };
    let measures = job.measures(&scoring, header)?;
    let computation = Computation::new(&scoring, &measures, header);
    let results = |indices| computation.results(groups, indices);
    let few = if is_state { 0 } else { groups.len().min(PART) };
    let first = results(0..few)?;
    let is_summary = job.view() == View::Summary && groups.len() > few && !is_state;
    let parts = Parts::new(&first, &job.output).filter(|_| is_summary);
    let mut exceeded = if let Some(parts) = parts {
        job.write_parts(&parts, groups, plan.threads, &results, &mut write)?
    } else {
        let results = if is_state { first } else { results(0..groups.len())? };
        let is_table = is_for_people(job.output.format()) && job.has_statistics();
        let shows_total = is_table && groups.len() > 1;
        let total = shows_total.then(|| total(&*scored.groups)).flatten();
        let total: Vec<Group> = total.into_iter().collect();
        let total = computation.results(&total, 0..total.len())?;
        write(&job.report(&plan, &scoring, &scored, &results, &total))?;
        if job.output.explain {
            let basis = Basis { groups, header, scoring: &scoring };
            write(&report::working(&job.working(&basis, &scored, &results), &job.output))?;
        }
        gates::exceeded(&job.output, &results)
    };
    exceeded.extend(gates::skipped_too_many(&job.output, groups));
    out.flush().map_err(|source| Error::cannot_write(&source))?;
    let mut warnings = warnings(job, &scoring, scored);
    warnings.extend(single_cluster_warning(single));
    Ok(Outcome { warnings, exceeded })
}

/// Returns how calibrated one model is: the results of the job with `--calibration`, and the
/// isotonic regression that they come from.
///
/// # Errors
/// As [`run`]; and if there are several models or groups, or clusters.
#[cfg(feature = "plot")]
pub fn calibration(job: &Job) -> Result<(Calibration, Outcome), Error> {
    let mut job = job.clone();
    job.scoring.calibration = true;
    job.check()?;
    let plan = Arc::new(job.plan()?);
    let (scoring, scored) = job.score(&plan, &mut |_| Ok(()))?;
    let header = scored.header.as_ref().unwrap_or(&NONE);
    if header.models.len() > 1 {
        return Err(Error::usage("a picture of calibration is of one model")
            .with_hint("--yhat-col names it"));
    }
    if scored.groups.len() != 1 || header.cluster.is_some() {
        return Err(Error::usage("a picture of calibration is of all rows together"));
    }
    if let Some(positive) = header.positive.as_ref().filter(|_| header.negative.is_empty()) {
        scored.labels.require(positive)?;
    }
    let (measures, groups) = (scoring.measures(), &*scored.groups);
    let results = Computation::new(&scoring, &measures, header).results(groups, 0..groups.len())?;
    let group = groups.get(0);
    let steps = group.tally.regression(0, None);
    let calibration = Calibration::new(results, steps, group.tally.outputs(0));
    drop(group);
    Ok((calibration, Outcome { warnings: warnings(&job, &scoring, scored), exceeded: Vec::new() }))
}

/// How many groups' results are computed and written in one go.
const PART: usize = 512;

/// Computes the results of some groups.
type Results<'a> = dyn Fn(Range<usize>) -> Result<Vec<CostResult>, Error> + Sync + 'a;

impl Job {
    fn plan(&self) -> Result<Plan, Error> {
        let view = self.view();
        let cells = match view {
            View::Instances if self.output.format() == Format::Value => Cells::Errors,
            View::Instances => Cells::All,
            View::Worst => Cells::Some,
            View::Summary => Cells::Errors,
        };
        let request = Arc::new(Request {
            labels: Labels::of(&self.input, self.scoring.negative())?,
            options: self.input.clone(),
            scoring: self.scoring.clone(),
            cells,
            allows_empty: self.output.format() == Format::State,
            block_size: BLOCK,
        });
        let instances = Instances::new(&self.output, &request);
        Ok(Plan {
            instances: instances.filter(|_| view == View::Instances),
            explains: self.output.explain,
            request,
            max_groups: self.output.max_groups,
            // To join row by row, rows must be read in order.
            threads: if self.joins_by_row() { 1 } else { self.threads() },
            histograms: self.histograms.clone(),
            compares_models: !self.output.fail_worse.is_empty(),
        })
    }

    /// Scores the instances. Returns the scoring, too: states have their own.
    fn score(&self, plan: &Arc<Plan>, sink: Sink) -> Result<(Scoring, Scored), Error> {
        let scored = match &self.data {
            Data::Values { y, given, outputs } => {
                let mut values = typed::values(&plan.request, y, *given, outputs)?;
                engine::score_chunk(&mut values, plan, sink)?
            }
            Data::Tables(sources) => {
                let (request, bytes) = (Arc::clone(&plan.request), Arc::clone(&self.bytes_read));
                let tables = Tables::new(sources.clone(), request, bytes);
                self.score_tables(tables, plan, sink)?
            }
            Data::States(sources) => {
                let (scoring, scored) = merge(sources, self.output.max_groups)?;
                if scored.groups.all_counts()[0] == 0 && self.output.format() != Format::State {
                    let message = "the states hold no rows";
                    return Err(Error::new(Kind::Empty, Location::Job, message));
                }
                return Ok((scoring, scored));
            }
        };
        if scored.groups.all_counts()[0] == 0 && !plan.request.allows_empty {
            let message = "every row was skipped for a missing value";
            return Err(Error::new(Kind::Empty, Location::Job, message));
        }
        Ok((self.scoring.clone(), scored))
    }

    /// Scores tables, together with those that are joined to them.
    fn score_tables(&self, tables: Tables, plan: &Arc<Plan>, sink: Sink) -> Result<Scored, Error> {
        let join = (!self.input.join.is_empty()).then(|| {
            let sources = self.input.join.iter().map(|path| Source::of(path)).collect();
            Arc::new(Join::new(sources, self.input.on.len(), self.threads()))
        });
        let scored = engine::score(tables.joined(join.clone()), plan, sink);
        let Some(join) = join else { return scored };
        let is_part = self.output.format() == Format::State;
        // The first error in the input counts, which may be a row without a match. A limit of
        // groups and a closed pipe are errors of no row.
        let mut scored = scored.map_err(|error| match error.kind() {
            Kind::Limit | Kind::ClosedPipe => error,
            _ => join.first_stray(&plan.request).unwrap_or(error),
        })?;
        scored.warnings.extend(join.check(&plan.request, is_part)?);
        scored.labels = join.labels().unwrap_or(scored.labels);
        Ok(scored)
    }

    /// Returns what is to be written after the instances, or all there is without them.
    fn report(
        &self,
        plan: &Plan,
        scoring: &Scoring,
        scored: &Scored,
        results: &[CostResult],
        total: &[CostResult],
    ) -> Vec<u8> {
        if self.output.format() == Format::State {
            let header = scored.header.as_ref();
            return state::lines(scoring, header, &scored.labels, &*scored.groups, &scored.worst);
        }
        let mut out = match (&plan.instances, &scored.rows) {
            (Some(instances), (Some(rows), records)) => {
                let means = means(scoring, scored);
                // A single value needs no mean.
                let is_one = self.has_values() && scored.groups.all_counts()[0] == 1;
                instances.end(rows, records, (!is_one).then_some(&means))
            }
            _ if scoring.worst() > 0 && self.run.summary => {
                let summary = summary_with_total(results, total, &self.output);
                return [&summary, &b"\n"[..], &self.worst(scoring, scored)].concat();
            }
            _ if scoring.worst() > 0 => self.worst(scoring, scored),
            _ => return summary_with_total(results, total, &self.output),
        };
        out.extend(report::clip_note(results, &self.output));
        out
    }

    /// Returns the working of what was shown.
    fn working(&self, basis: &Basis, scored: &Scored, results: &[CostResult]) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.has_statistics() {
            blocks.extend(explained(
                results.len() as u64,
                "result",
                "--cost or --yhat-col chooses others",
            ));
            blocks.extend(report::explained_results(results, basis, &self.output));
        }
        let Basis { groups, header, scoring } = *basis;
        let digits = self.output.digits();
        let instances =
            |all: &[&Instance]| report::explained_instances(all, header, scoring, digits);
        match self.view() {
            View::Summary => {}
            View::Worst => {
                let all = scored.worst.iter().filter_map(|worst| worst.instance.as_ref());
                blocks.extend(instances(&all.collect::<Vec<_>>()));
            }
            View::Instances => {
                let [n, _] = groups.all_counts();
                blocks.extend(explained(n, "instance", "--worst 10 shows others"));
                blocks.extend(instances(&scored.first.iter().collect::<Vec<_>>()));
                // A single value needs no mean.
                if let Some(all) = all_together(groups).filter(|_| !self.has_values() || n > 1) {
                    blocks.push(report::explained_means(&all, header, scoring, digits));
                }
            }
        }
        blocks
    }

    /// Writes the results of many groups part by part. Returns the gates that they fail.
    fn write_parts(
        &self,
        parts: &Parts,
        groups: &dyn AllGroups,
        threads: usize,
        results: &Results,
        write: Sink,
    ) -> Result<Vec<String>, Error> {
        // The error of a group without weight must come before any output.
        if let Some(index) = (0..groups.len()).find(|&index| groups.is_weightless(index)) {
            results(index..index + 1)?;
        }
        write(&parts.begin())?;
        let part = |indices: Range<usize>| {
            let (is_first, results) = (indices.start == 0, results(indices)?);
            Ok((parts.part(&results, is_first), gates::exceeded(&self.output, &results)))
        };
        let mut exceeded = Vec::new();
        let part_of = |index: usize| part(index * PART..groups.len().min((index + 1) * PART));
        in_order(groups.len().div_ceil(PART), threads, part_of, |part| {
            let (bytes, more) = part?;
            exceeded.extend(more);
            write(&bytes)
        })?;
        write(&parts.end())?;
        Ok(exceeded)
    }

    /// Returns the instances of highest cost as text.
    fn worst(&self, scoring: &Scoring, scored: &Scored) -> Vec<u8> {
        let all = all_together(&*scored.groups);
        let share =
            |worst: &Worst| all.as_ref().and_then(|all| all.share(0, worst.weight, worst.costs[0]));
        let instances: Vec<(Worst, Option<f64>)> =
            scored.worst.iter().map(|worst| (worst.clone(), share(worst))).collect();
        let header = scored.header.as_ref().unwrap_or(&NONE);
        report::worst(&instances, header, scoring, &self.output)
    }

    /// Returns the costs to report. `--cost` can choose among those of states.
    fn measures(&self, scoring: &Scoring, header: &Header) -> Result<Vec<Measure>, Error> {
        let is_of_states = matches!(self.data, Data::States(_)) && !self.scoring.cost.is_empty();
        let measures = if is_of_states { &self.scoring } else { scoring }.measures();
        if let Some(measure) = measures.iter().find(|&&measure| scoring.index(measure).is_none()) {
            let (name, cost) = (measure.name(), measure.cost.name());
            return Err(Error::usage(format!("--cost {name}: the states have no {cost}")));
        }
        if is_of_states && scoring.worst() > 0 && scoring.measures() != measures {
            let message = "the states were written with --worst: --cost must name all of their costs, in \
                           their order";
            return Err(Error::usage(message).with_hint(
                "--cost may name a scale in place of its cost, such as rmse for quadratic",
            ));
        }
        let limits = self.output.fail_above.iter().filter_map(|limit| limit.measure);
        let mut all = measures.iter().copied().chain(limits);
        if header.given.has_classes() && !all.all(Measure::is_of_classes) {
            return Err(Error::usage("rmse is not for several classes")
                .with_hint("their quadratic cost has no unit; --cost quadratic is its mean"));
        }
        Ok(measures)
    }
}

/// Returns a warning of the groups that are a single cluster: how many there are, out of how
/// many.
fn single_cluster_warning((single, groups): (usize, usize)) -> Option<String> {
    let no_interval = "and one cluster has no standard error, nor an interval";
    match (single, groups) {
        (0, _) => None,
        (1, 1) => Some(format!("all rows are in one cluster, {no_interval}")),
        (single, _) => {
            let groups = plural(single as u64, "group");
            Some(format!("{groups}: all rows are in one cluster, {no_interval}"))
        }
    }
}

/// Returns the warnings about what was scored.
fn warnings(job: &Job, scoring: &Scoring, scored: Scored) -> Vec<String> {
    let mut warnings = scored.warnings;
    if let Some((gap, location)) = &scored.gap {
        let gap = significant(*gap, 2);
        warnings.push(format!(
            "{location}: the ŷ of the classes differ from a sum of 1 by {gap}, the largest difference of \
             all rows; --normalize divides each row by its sum"
        ));
    }
    warnings.extend(scored.classes.warnings());
    let [n, skipped] = scored.groups.all_counts();
    if skipped > 0 {
        let rows = plural(skipped, "row");
        let what = if job.input.join.is_empty() { "" } else { " or match" };
        warnings.push(format!("{rows} skipped for a missing value{what}"));
    }
    if scored.infinite.count > 0 {
        let models = scored.header.as_ref().map_or(0, |header| header.models.len());
        let has_classes = scored.header.is_some_and(|header| header.given.has_classes());
        let domain = if has_classes { Domain::Unit } else { scoring.domain() };
        warnings.push(infinite_warning(&scored.infinite, n, models, domain));
    }
    warnings
}

/// Returns a note if not all of `count` results or instances are explained.
fn explained(count: u64, noun: &str, hint: &str) -> Option<Block> {
    let is_cut = count > EXPLAINED as u64;
    is_cut.then(|| Block::new(format!("the first {EXPLAINED} of {}; {hint}", plural(count, noun))))
}

/// Returns the mean costs over all groups, of each model by each cost.
fn means(scoring: &Scoring, scored: &Scored) -> Vec<Option<f64>> {
    let Some(all) = all_together(&*scored.groups) else { return Vec::new() };
    let (costs, per_cost) = (scoring.costs().len(), scoring.columns_per_cost());
    let measures = scoring.measures_of_instances();
    let mean = |model: usize, measure: Measure| {
        let index = scoring.index(measure)?;
        let mean = all.mean((model * costs + index) * per_cost)?;
        Some(measure.scale.map_or(mean, |scale| scale.of_mean(mean)))
    };
    let models = 0..all.columns() / scoring.columns(1);
    models.flat_map(|model| measures.iter().map(move |&measure| mean(model, measure))).collect()
}

fn infinite_warning(infinite: &engine::Infinite, n: u64, models: usize, domain: Domain) -> String {
    let mut locations: Vec<String> = infinite.first.iter().map(Location::to_string).collect();
    if infinite.count > locations.len() as u64 && !locations.is_empty() {
        locations.push("…".to_owned());
    }
    let why = match domain {
        Domain::Unit => "certain and wrong",
        _ => "beyond the largest number",
    };
    // States do not say whether the models have the same instances of infinite cost.
    let least = if locations.is_empty() && models > 1 { "at least " } else { "" };
    let locations = match locations.as_slice() {
        [] => String::new(),
        locations => format!(": {}", locations.join(", ")),
    };
    let (count, n) = (grouped(infinite.count), grouped(n));
    format!("{least}{count} of {n} instances cost ∞, {why}{locations}")
}
