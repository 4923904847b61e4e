//! Does a job: scores, computes the results, reports them.

use std::io::Write;
use std::sync::Arc;

use crate::cost::{Domain, Domains};
use crate::error::{Error, Fault, Place, Role};
use crate::input::blocks::{BLOCK, Blocks};
use crate::input::{Choice, cell};
use crate::job::{Data, Job, Limit, View};
use crate::neuron::Given;
use crate::report::{self, CostResult, Format, WorstInstance};
use crate::results;
use crate::score::{self, Header, Plan, Scored, Worst};
use crate::text::{excerpt, grouped, plural};

/// What there is to say about a job that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remarks {
    /// What a user should know, and is no error.
    pub warnings: Vec<String>,
    /// The limits that are exceeded.
    pub exceeded: Vec<String>,
}

/// Does the job: writes its results to `out` and returns what there is to say.
///
/// Nothing is written before all is scored, but for instances one by one.
///
/// # Errors
/// If the job's options do not go together; the first error in the order of the input;
/// or that of a failed write.
pub fn run(job: &Job, out: &mut (dyn Write + Send)) -> Result<Remarks, Error> {
    let mut plan = job.plan();
    job.check(&plan)?;
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot_write);
    let scored = match &job.data {
        Data::Values { y, given, outputs } => {
            let (y, outputs) = pairs(y, outputs, *given, plan.domains(*given))?;
            score::values(&y, &outputs, *given, &plan, &mut write)?
        }
        Data::Tables { sources, choice } => {
            let bytes_read = Arc::clone(&job.bytes_read);
            let choice = Choice { allows_empty: plan.allows_empty, ..choice.clone() };
            let blocks = Blocks::new(sources.clone(), choice, BLOCK, bytes_read);
            score::files(blocks, &plan, &mut write)?
        }
        Data::States(sources) => {
            let scored;
            (plan, scored) = score::merge(sources, job.max_groups)?;
            let n: u64 = scored.groups.iter().map(|group| group.tally.n()).sum();
            if n == 0 && job.style.format != Format::State {
                return Err(Error::new(Place::CommandLine, Fault::EmptyStates));
            }
            scored
        }
    };
    // A part of all rows may have no weight, and no statistics.
    let results = if job.style.format == Format::State {
        Vec::new()
    } else {
        let header = scored.header();
        results::results(&plan, header.given, &header.by, &scored.groups)?
    };
    write(&job.report(&plan, &scored, &results))?;
    out.flush().map_err(cannot_write)?;
    Ok(Remarks {
        exceeded: job.exceeded(&results),
        warnings: warnings(scored, plan.domain(), job.positive_label()),
    })
}

fn cannot_write(source: std::io::Error) -> Error {
    Error::cannot_write("<stdout>", source)
}

/// The values as numbers, with a single one repeated to match the other side.
fn pairs(
    y: &[String],
    outputs: &[String],
    given: Given,
    domains: Domains,
) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let numbers = |option, role, values: &[String]| {
        let number = |(at, value): (usize, &String)| {
            cell::check(value.as_bytes(), role, domains)
                .map_err(|fault| Error::new(Place::Value { option, index: at + 1 }, fault))
        };
        values.iter().enumerate().map(number).collect::<Result<Vec<f64>, Error>>()
    };
    let (option, role) = match given {
        Given::Yhat => ("--yhat", Role::Yhat),
        Given::Z => ("--z", Role::Z),
    };
    let (mut y, mut outputs) = (numbers("--y", Role::Y, y)?, numbers(option, role, outputs)?);
    match (y.len(), outputs.len()) {
        (1, many) => y.resize(many, y[0]),
        (many, 1) => outputs.resize(many, outputs[0]),
        (same, other) if same == other => {}
        (y, outputs) => {
            return Err(Error::new(Place::CommandLine, Fault::Counts { y, option, outputs }));
        }
    }
    Ok((y, outputs))
}

impl Job {
    /// What is still to be written.
    fn report(&self, plan: &Plan, scored: &Scored, results: &[CostResult]) -> Vec<u8> {
        if self.style.format == Format::State {
            return score::state_lines(plan, scored);
        }
        let view = match self.data {
            Data::States(_) if plan.worst > 0 => View::Worst(plan.worst),
            _ => self.view,
        };
        match view {
            View::Summary => report::summary(results, self.style),
            View::Instances => self.footer(plan, scored),
            View::Worst(_) => self.worst(plan, scored),
        }
    }

    /// What comes after the instances.
    fn footer(&self, plan: &Plan, scored: &Scored) -> Vec<u8> {
        let Some(instances) = &plan.instances else { return Vec::new() };
        let Header { given, models, names, .. } = scored.header();
        // A table for people has room for the letter.
        let letter = |name: &String| name.replace("yhat", "ŷ");
        let letters: Vec<String> = names.iter().map(letter).collect();
        let names = match &self.data {
            Data::Values { .. } => &letters,
            Data::Tables { .. } | Data::States(_) => names,
        };
        let means = results::means_of_all(scored, plan.columns_per_cost());
        let shows_neurons = plan.shows_neurons(*given);
        instances.footer(names, models, &scored.rows, &means, shows_neurons)
    }

    /// The instances of highest cost.
    fn worst(&self, plan: &Plan, scored: &Scored) -> Vec<u8> {
        let all = results::all_together(scored);
        let share =
            |worst: &Worst| all.as_ref().and_then(|all| all.share(0, worst.weight, worst.costs[0]));
        let instance = |worst: &Worst| WorstInstance {
            file: worst.file.clone(),
            line: worst.line,
            cells: worst.cells.clone(),
            costs: worst.costs.clone(),
            share: share(worst),
        };
        let Header { models, names, .. } = scored.header();
        let costs = report::cost_columns(models, &plan.costs, plan.gradients);
        let names = [names.as_slice(), &costs].concat();
        let instances: Vec<WorstInstance> = scored.worst.iter().map(instance).collect();
        report::worst(&instances, &names, self.style)
    }

    /// The limits that results exceed, in words.
    fn exceeded(&self, results: &[CostResult]) -> Vec<String> {
        let pairs =
            results.iter().flat_map(|result| self.limits.iter().map(move |limit| (result, limit)));
        pairs
            .filter(|(result, limit)| {
                result.cost.name() == limit.cost.name()
                    && result.mean.is_none_or(|mean| mean > limit.most)
            })
            .map(|(result, limit)| excess(result, limit))
            .collect()
    }
}

/// How a result exceeds a limit.
fn excess(result: &CostResult, limit: &Limit) -> String {
    let groups: Vec<String> = result.groups.iter().map(results::named).collect();
    let of = if groups.is_empty() { String::new() } else { format!(" ({})", groups.join(", ")) };
    let is = match result.mean {
        Some(mean) => format!("{}, above the limit of", report::shortest_text(mean)),
        None => "undefined, where the limit is".to_owned(),
    };
    let (cost, model) = (result.cost.name(), excerpt(result.model.as_bytes()));
    let most = report::shortest_text(limit.most);
    format!("the mean {cost} of '{model}'{of} is {is} {most}")
}

fn warnings(scored: Scored, domain: Domain, positive: Option<(&str, f64)>) -> Vec<String> {
    let models = scored.header().models.len();
    let mut warnings = scored.warnings;
    let n = scored.groups.iter().map(|group| group.tally.n()).sum();
    let skipped: u64 = scored.groups.iter().map(|group| group.tally.skipped()).sum();
    if skipped > 0 {
        let rows = plural(skipped, "row");
        warnings.push(format!("{rows} skipped for a missing value"));
    }
    if let Some((positive, negative)) = positive
        && scored
            .groups
            .iter()
            .all(|group| group.tally.moments().is_none_or(|labels| labels.mean() == negative))
    {
        warnings.push(format!("no label is '{}'", excerpt(positive.as_bytes())));
    }
    let infinite = scored.infinite;
    if infinite.count > 0 {
        let mut places: Vec<String> = infinite.first.iter().map(Place::to_string).collect();
        if infinite.count > places.len() as u64 && !places.is_empty() {
            places.push("…".to_owned());
        }
        let why = match domain {
            Domain::Unit => "certain and wrong",
            _ => "beyond the largest number",
        };
        // Of models in states it is not known whether they are the same instances.
        let least = if places.is_empty() && models > 1 { "at least " } else { "" };
        let places =
            if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
        warnings.push(format!(
            "{least}{} of {} instances cost ∞, {why}{places}",
            grouped(infinite.count),
            grouped(n),
        ));
    }
    warnings
}
