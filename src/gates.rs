//! Gates: limits on mean costs, on how much worse than the first model another may be, and on
//! the share of skipped rows.

use crate::cost::Measure;
use crate::groups::AllGroups;
use crate::report::{Limit, Output, shortest_text};
use crate::results::{CostResult, group_text};
use crate::text::excerpt;

/// Returns a sentence for each gate that results fail.
pub fn exceeded(output: &Output, results: &[CostResult]) -> Vec<String> {
    let mut exceeded = Vec::new();
    let limits = output.fail_above.iter();
    let limits: Vec<(Limit, Vec<CostResult>)> =
        limits.filter_map(|limit| Some((*limit, on_scale(results, limit.measure?)))).collect();
    // For each group and model, all limits.
    for index in 0..limits.iter().map(|(_, results)| results.len()).max().unwrap_or(0) {
        for (limit, results) in &limits {
            let result = results.get(index);
            let is_above =
                |result: &&CostResult| result.mean().is_none_or(|mean| mean > limit.limit);
            exceeded.extend(result.filter(is_above).map(|it| excess(it, limit.limit)));
        }
    }
    // In each group, the other models are compared with the first.
    let margins = output.fail_worse.iter();
    for margin in margins {
        let results = on_scale(results, margin.measure);
        let mut first: Option<&CostResult> = None;
        for result in &results {
            match first.filter(|first| first.groups == result.groups) {
                None => first = Some(result),
                Some(first) => exceeded.extend(worse(result, first, margin.margin)),
            }
        }
    }
    exceeded
}

/// Returns a sentence for each limit that the share of skipped rows exceeds.
pub fn skipped_too_many(output: &Output, groups: &dyn AllGroups) -> Vec<String> {
    let [n, skipped] = groups.all_counts();
    #[expect(clippy::cast_precision_loss, reason = "counts are exact up to 2⁵³")]
    let share = skipped as f64 / (n + skipped) as f64;
    let limits = output.fail_above.iter().filter(|limit| limit.measure.is_none());
    let exceeded = limits.filter(|limit| share > limit.limit).map(|limit| {
        let (share, limit) = (shortest_text(share), shortest_text(limit.limit));
        format!("the share of skipped rows is {share}, above the limit of {limit}")
    });
    exceeded.collect()
}

/// Returns the results of a measure's cost on the measure's scale. Results that are shown on
/// several scales come once.
fn on_scale(results: &[CostResult], measure: Measure) -> Vec<CostResult> {
    let is_of = |result: &&CostResult| result.measure.cost.name() == measure.cost.name();
    let Some(first) = results.iter().find(is_of) else { return Vec::new() };
    let of_first = results.iter().filter(|result| result.measure == first.measure);
    of_first.map(|result| result.on(measure.scale)).collect()
}

/// Returns the sentence that a result exceeds a limit.
fn excess(result: &CostResult, limit: f64) -> String {
    let of = group_note(result);
    let is = match result.mean() {
        Some(mean) => format!("{}, above the limit of", shortest_text(mean)),
        None => "undefined, where the limit is".to_owned(),
    };
    let (mean, model) = (mean_name(result), excerpt(result.model.as_bytes()));
    format!("the {mean} of '{model}'{of} is {is} {}", shortest_text(limit))
}

/// Returns the group of a result in parentheses; nothing without groups.
fn group_note(result: &CostResult) -> String {
    match group_text(&result.groups) {
        group if group.is_empty() => group,
        group => format!(" ({group})"),
    }
}

/// Returns the name of a mean on the scale of its result.
fn mean_name(result: &CostResult) -> String {
    let Measure { cost, scale } = result.measure;
    match scale {
        None => format!("mean {}", cost.name()),
        Some(scale) => scale.mean_name(),
    }
}

/// Returns the sentence that a result is worse than the first model's by more than a margin;
/// None if it is not.
fn worse(result: &CostResult, first: &CostResult, margin: f64) -> Option<String> {
    let interval = result.number("delta_low").zip(result.number("delta_high"));
    let delta = result.number("delta");
    let is_fine = match (delta, interval) {
        (_, Some((low, _))) => low <= margin,
        (delta, None) => delta == Some(f64::NEG_INFINITY),
    };
    if is_fine {
        return None;
    }
    let of = group_note(result);
    let [model, first] = [result, first].map(|it| format!("'{}'", excerpt(it.model.as_bytes())));
    let (mean, margin) = (mean_name(result), shortest_text(margin));
    let fact = match (delta.map(shortest_text), interval) {
        (Some(delta), Some((low, high))) => {
            let [low, high] = [low, high].map(shortest_text);
            format!(
                "the {mean} of {model}{of} is {delta} above that of {first}, \
                 95 % interval {low} to {high}"
            )
        }
        (Some(delta), None) if delta == "inf" => {
            format!("the {mean} of {model}{of} is ∞, and that of {first} is not")
        }
        (Some(delta), None) => format!(
            "the {mean} of {model}{of} differs by {delta} from that of {first}, \
             without an interval"
        ),
        (None, _) if result.mean().is_none() => {
            format!("the {mean} of {model}{of} is undefined, as there are no rows")
        }
        (None, _) => format!("the {mean} of {model}{of} is ∞, and so is that of {first}"),
    };
    Some(format!("{fact}; the margin is {margin}"))
}
