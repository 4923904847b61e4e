//! From exact sums to results: the statistics of every group, model and cost.

use crate::error::{Error, Fault, Place};
use crate::neuron::Given;
use crate::report::{CostResult, Delta, Neurons};
use crate::score::{Group, Plan, Scored};
use crate::tally::{Baseline, Moments, Tally};
use crate::text;

/// The statistics of every group, model and cost. Groups are by the columns of those
/// names.
///
/// # Errors
/// If the weights of a group add up to 0.
pub fn results(
    plan: &Plan,
    given: Given,
    by: &[String],
    groups: &[Group],
) -> Result<Vec<CostResult>, Error> {
    let mut results = Vec::new();
    for group in groups {
        let moments = group.tally.moments();
        for model in 0..group.models.len() {
            for cost in 0..plan.costs.len() {
                results.push(result(plan, (given, by), (group, moments.as_ref()), (model, cost))?);
            }
        }
    }
    Ok(results)
}

/// The statistics of a group, of whose labels the moments are given,
/// by a model and a cost, each told by its place.
fn result(
    plan: &Plan,
    (given, by): (Given, &[String]),
    (group, moments): (&Group, Option<&Moments>),
    (model, cost): (usize, usize),
) -> Result<CostResult, Error> {
    let tally = &group.tally;
    let column = (model * plan.costs.len() + cost) * plan.columns_per_cost();
    let by_file = group.file.iter().map(|file| ("file".to_owned(), file.clone()));
    let by = by.iter().cloned().zip(group.values.iter().cloned());
    let groups: Vec<(String, String)> = by_file.chain(by).collect();
    let weight = plan.weighted.then(|| tally.weight());
    if weight == Some(0.0) && tally.n() > 0 {
        let names: Vec<String> = groups.iter().map(named).collect();
        let group = (!names.is_empty()).then(|| names.join(", "));
        return Err(Error::new(Place::CommandLine, Fault::NoWeight(group)));
    }
    let cost = plan.costs[cost];
    let baseline = moments.map(|moments| match given {
        Given::Yhat => cost.baseline(moments),
        Given::Z => plan.activated(cost).baseline(moments),
    });
    let has_models = group.models.len() > 1;
    Ok(CostResult {
        groups,
        model: group.models[model].clone(),
        cost,
        n: tally.n(),
        weight,
        mean: tally.mean(column),
        standard_error: tally.standard_error(column),
        sum: tally.sum(column),
        baseline: baseline.as_ref().map(Baseline::to_f64),
        skill: baseline.and_then(|baseline| tally.skill(column, &baseline)),
        infinite: tally.infinite(column),
        finite_mean: tally.finite_mean(column),
        skipped: tally.skipped(),
        neurons: plan.shows_neurons(given).then(|| Neurons {
            saturated_wrong: tally.marked(model),
            gradient: plan.gradients.then(|| tally.mean(column + 1)),
        }),
        delta: has_models.then(|| Delta {
            mean: tally.delta(column),
            standard_error: tally.delta_standard_error(column),
        }),
    })
}

/// The mean costs over all groups.
pub fn means_of_all(scored: &Scored, columns_per_cost: usize) -> Vec<Option<f64>> {
    let Some(all) = all_together(scored) else { return Vec::new() };
    (0..all.columns()).step_by(columns_per_cost).map(|column| all.mean(column)).collect()
}

/// The sums over all groups.
pub fn all_together(scored: &Scored) -> Option<Tally> {
    let mut groups = scored.groups.iter().map(|group| &group.tally);
    let mut all = groups.next()?.clone();
    groups.try_for_each(|tally| all.merge(tally)).ok()?;
    Some(all)
}

/// A column that groups are by, with its value.
pub fn named((name, value): &(String, String)) -> String {
    format!("{} '{}'", text::excerpt(name.as_bytes()), text::excerpt(value.as_bytes()))
}
