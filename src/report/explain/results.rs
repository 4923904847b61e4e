//! The working of statistics: each formula with its sums.

use super::super::options::Output;
use super::super::summary::{percent, sorted};
use super::block::{Block, EXPLAINED};
use super::formulas::{formula, name, on_scale};
use crate::cost::{Scale, Terms, number, subtraction};
use crate::digits::{plural, significant};
use crate::groups::AllGroups;
use crate::neuron::{Activation, Given};
use crate::results::CostResult;
use crate::scoring::Scoring;
use crate::table::schema::Header;
use crate::tally::{Tally, student_quantile};
use crate::text::excerpt;

/// How many frequencies of classes are shown.
const SHOWN: usize = 6;

/// What results are computed from.
pub struct Basis<'a> {
    /// The groups, in the order of the results.
    pub groups: &'a dyn AllGroups,
    /// The header of their input.
    pub header: &'a Header,
    /// The options of the costs.
    pub scoring: &'a Scoring,
}

/// Returns the working of the statistics of the first results, in the order of the table.
pub fn explained_results(results: &[CostResult], basis: &Basis, output: &Output) -> Vec<Block> {
    // For each group, each model and each cost or scale, there is a result.
    let (costs, models) = (basis.scoring.costs().len(), basis.header.models.len());
    let measures = results.len() / (basis.groups.len() * models).max(1);
    let block = |result: &CostResult| {
        let index = results.iter().position(|it| std::ptr::eq(it, result))?;
        let (group, index) = (index / (measures * models), index % (measures * models));
        let column = index / measures * costs + basis.scoring.index(result.measure)?;
        let working = Working {
            result: &result.on(None),
            scale: result.measure.scale,
            first: &results[group * measures * models + index % measures].on(None),
            tally: &basis.groups.get(group).tally,
            column: column * basis.scoring.columns_per_cost(),
            basis,
            digits: output.digits(),
        };
        Some(working.block())
    };
    sorted(results, output.sort).into_iter().take(EXPLAINED).filter_map(block).collect()
}

/// Returns the working of the mean costs of all instances, whose sums are in `tally`.
pub fn explained_means(tally: &Tally, header: &Header, scoring: &Scoring, digits: usize) -> Block {
    let mut block = Block::new("mean".to_owned());
    for (index, model) in header.models.iter().enumerate() {
        for measure in scoring.measures_of_instances() {
            let cost = index * scoring.costs().len()
                + scoring.index(measure).expect("its cost is computed");
            let column = cost * scoring.columns_per_cost();
            let of = match header.models.len() {
                1 => measure.name().to_owned(),
                _ => format!("{}, {}", excerpt(model.as_bytes()), measure.name()),
            };
            block.push(
                &of,
                match (measure.scale, tally.mean(column)) {
                    (Some(scale), Some(mean)) => on_scale(scale, "mean", mean, digits),
                    _ => mean(tally, header, column, digits),
                },
            );
        }
    }
    block
}

/// Returns the working of the mean of a column.
fn mean(tally: &Tally, header: &Header, column: usize, digits: usize) -> String {
    let formula = if header.weight.is_some() { "Σwc/Σw" } else { "Σc/n" };
    let total = total(tally, digits);
    let mean = tally.mean(column).map_or_else(|| "–".to_owned(), |it| significant(it, digits));
    format!("{formula} = {}/{total} = {mean}", number(tally.sum(column), digits))
}

/// Returns the number of instances, or their weight.
fn total(tally: &Tally, digits: usize) -> String {
    if tally.shape().weighted {
        number(tally.weight(), digits.max(6))
    } else {
        tally.n().to_string()
    }
}

struct Working<'a> {
    /// The result of the cost itself, without a scale.
    result: &'a CostResult,
    scale: Option<Scale>,
    /// The same result of the first model.
    first: &'a CostResult,
    tally: &'a Tally,
    column: usize,
    basis: &'a Basis<'a>,
    digits: usize,
}

impl Working<'_> {
    fn block(&self) -> Block {
        let Working { result, basis, .. } = self;
        let has_models = basis.header.models.len() > 1;
        let formula = formula(result.measure.cost, basis.header.given, basis.scoring);
        let of_scale = self.scale.map_or_else(String::new, |scale| format!(" as {}", scale.name()));
        let names = [
            result.group_text(),
            if has_models { excerpt(result.model.as_bytes()) } else { String::new() },
            format!("{}{of_scale}: c = {formula}", name(result.measure.cost)),
        ];
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let mut block = Block::new(names.join(", "));
        let Some(mean) = result.mean() else {
            block.push("mean", "none, as there are no instances".to_owned());
            return block;
        };
        self.push_mean(&mut block);
        self.push_interval(&mut block, mean);
        self.push_gradient(&mut block);
        self.push_difference(&mut block, mean);
        self.push_baseline(&mut block, mean);
        self.push_calibration(&mut block, mean);
        self.push_scale(&mut block, mean);
        block
    }

    /// Adds the statistics on the scale of the table, if it has one.
    fn push_scale(&self, block: &mut Block, mean: f64) {
        let Some(scale) = self.scale else { return };
        block.push(scale.name(), on_scale(scale, "mean", mean, self.digits));
        let number = |name| self.result.number(name);
        if let (Some(low), Some(high)) = (number("low"), number("high")) {
            let ends = [low, high].map(|x| x.max(scale.least()));
            let [low, high] = ends.map(|x| scale.put_in(&self.put(x)));
            let [from, to] = ends.map(|x| significant(scale.of_mean(x), self.digits));
            block.push("its interval", format!("{low} to {high} = {from} to {to}"));
        }
        for (statistic, name) in [
            ("standard_error", "its std. error"),
            ("finite_mean", "its mean of the rest"),
            ("delta", "its difference"),
            ("delta_low", "its lower limit"),
            ("delta_high", "its upper limit"),
            ("miscalibration", "its miscalibration"),
            ("discrimination", "its discrimination"),
        ] {
            let is_shown = statistic != "finite_mean" || self.result.count("infinite") > 0;
            if let Some(x) = number(statistic).filter(|_| is_shown)
                && let Some(shown) = scale.of_amount(x)
            {
                let shown = significant(shown, self.digits);
                block.push(name, format!("{} = {shown}", scale.put_in(&self.put(x))));
            }
        }
        if let Some(baseline) = number("baseline") {
            block.push("its baseline", on_scale(scale, "baseline", baseline, self.digits));
        }
    }

    /// Returns a statistic as the table shows it.
    fn shown(&self, name: &str) -> String {
        self.result.number(name).map_or_else(|| "–".to_owned(), |x| significant(x, self.digits))
    }

    fn put(&self, x: f64) -> String {
        number(x, self.digits)
    }

    fn is_weighted(&self) -> bool {
        self.basis.header.weight.is_some()
    }

    fn total(&self) -> String {
        total(self.tally, self.digits)
    }

    fn push_mean(&self, block: &mut Block) {
        block.push("mean", mean(self.tally, self.basis.header, self.column, self.digits));
        let infinite = self.result.count("infinite");
        if infinite > 0 {
            let support = self.tally.support();
            block.push("infinite", format!("{infinite} of {}", plural(support, "instance")));
            let rest = plural(support - infinite, "other");
            let mean = self.shown("finite_mean");
            block.push("mean of the rest", format!("over the {rest} = {mean}"));
        }
    }

    /// Returns how many units standard errors are over: the instances of a weight above 0, or
    /// their clusters.
    fn units(&self) -> u64 {
        self.tally.clusters().unwrap_or(self.tally.support())
    }

    /// Adds the standard error of the mean, and the interval around the mean.
    fn push_interval(&self, block: &mut Block, mean: f64) {
        let Some(error) = self.result.number("standard_error") else { return };
        if self.tally.clusters().is_some() {
            let product = if self.is_weighted() { "Σw(c − mean)" } else { "Σ(c − mean)" };
            block.push("Δ", format!("{product} of one cluster, of which there are C"));
        }
        let (letter, numbers) = (self.letter(), self.error(error));
        let squares = match letter {
            "C" => "ΣΔ²",
            "n" => "Σ(c − mean)²",
            _ => "Σw²(c − mean)²",
        };
        let total = if self.is_weighted() { "Σw" } else { "n" };
        let formula = format!("√({letter}/({letter} − 1)·{squares})/{total}");
        block.push("std. error", format!("{formula} = {numbers}"));
        let units = self.units();
        let (Some(low), Some(high)) = (self.result.number("low"), self.result.number("high"))
        else {
            return;
        };
        let t = self.put(self.quantile());
        let degrees = plural(units - 1, "degree");
        block.push("t", format!("{t}, Student's for {letter} − 1: {degrees} of freedom"));
        let interval = self.interval([mean, error, low, high]);
        block.push("95 % interval", format!("mean ∓ t·error = {interval}"));
    }

    /// Returns the letter for the number of units.
    fn letter(&self) -> &'static str {
        match self.tally.clusters() {
            Some(_) => "C",
            None if self.is_weighted() => "n⁺",
            None => "n",
        }
    }

    fn quantile(&self) -> f64 {
        student_quantile(self.units() - 1).unwrap_or(f64::INFINITY)
    }

    fn interval(&self, [mean, error, low, high]: [f64; 4]) -> String {
        let (t, error) = (self.put(self.quantile()), self.put(error));
        let [low, high] = [low, high].map(|x| significant(x, self.digits));
        format!("{} ∓ {t}·{error} = {low} to {high}", self.put(mean))
    }

    /// Returns the working of a standard error. The sum of squares is computed back from it.
    fn error(&self, error: f64) -> String {
        let units = self.units();
        #[expect(clippy::cast_precision_loss, reason = "counts are exact up to 2⁵³")]
        let share = (units - 1) as f64 / units as f64;
        let root = error * self.tally.weight();
        let sum = root * root * share;
        let result = significant(error, self.digits);
        if error > 0.0 && !sum.is_normal() {
            return result;
        }
        let (total, sum) = (self.total(), self.put(sum));
        format!("√({units}/{}·{sum})/{total} = {result}", units - 1)
    }

    fn push_gradient(&self, block: &mut Block) {
        let Some(mean) = self.result.number("mean_abs_gradient") else { return };
        let formula = if self.is_weighted() { "Σw|∂C/∂z|/Σw" } else { "Σ|∂C/∂z|/n" };
        let (sum, total) = (self.put(self.tally.sum(self.column + 1)), self.total());
        let mean = significant(mean, self.digits);
        block.push("mean |∂C/∂z|", format!("{formula} = {sum}/{total} = {mean}"));
    }

    fn push_difference(&self, block: &mut Block, mean: f64) {
        let (Some(delta), Some(first)) = (self.result.number("delta"), self.first.mean()) else {
            return;
        };
        let of_first = excerpt(self.first.model.as_bytes());
        let numbers = subtraction(mean, first, self.digits);
        let result = self.shown("delta");
        block.push("difference", format!("mean − mean of {of_first} = {numbers} = {result}"));
        let number = |name| self.result.number(name);
        if let (Some(error), Some(low), Some(high)) =
            (number("delta_standard_error"), number("delta_low"), number("delta_high"))
        {
            block.push("its error", format!("as above, of c − c₁: {}", self.error(error)));
            let interval = self.interval([delta, error, low, high]);
            block.push("its interval", format!("as above: {interval}"));
        }
    }

    fn push_baseline(&self, block: &mut Block, mean: f64) {
        let Some(baseline) = self.result.number("baseline") else { return };
        let text = match (&self.basis.header.baseline, self.tally.frequencies()) {
            (Some(name), _) => {
                format!("mean cost of {} = {}", excerpt(name.as_bytes()), self.shown("baseline"))
            }
            (None, Some(frequencies)) => {
                let mut all = frequencies.moments().map(|class| self.put(class.mean()));
                let mut texts: Vec<String> = all.by_ref().take(SHOWN).collect();
                texts.extend(all.next().map(|_| "…".to_owned()));
                block.push("f", format!("how often each class is the label: {}", texts.join(", ")));
                let put_in = self.result.measure.cost.put_in_frequencies(&texts);
                let put_in = put_in.unwrap_or_else(|| "cost of f for every label".to_owned());
                format!("{put_in} = {}", self.shown("baseline"))
            }
            (None, None) => self.baseline_of_mean_label(block, baseline),
        };
        block.push("baseline", text);
        if self.result.number("skill").is_some_and(f64::is_finite) {
            let [mean, baseline] = [mean, baseline].map(|x| self.put(x));
            let skill = self.result.number("skill").map_or_else(String::new, percent);
            block.push("skill", format!("1 − mean/baseline = 1 − {mean}/{baseline} = {skill}"));
        }
    }

    fn baseline_of_mean_label(&self, block: &mut Block, baseline: f64) -> String {
        let Some(labels) = self.tally.moments() else { return self.shown("baseline") };
        let (cost, total) = (self.result.measure.cost, self.total());
        let (of_y, weights) = if self.is_weighted() { ("Σwy", "Σw") } else { ("Σy", "n") };
        let mean = labels.mean();
        let sum = self.put(mean * self.tally.weight());
        let mean_text = Terms::of(mean, mean, self.digits);
        let text = format!("{of_y}/{weights} = {sum}/{total} = {}", mean_text.yhat());
        block.push("mean label ȳ", text);
        let result = self.shown("baseline");
        let is_tanh = self.basis.scoring.activation() == Activation::Tanh
            && self.basis.header.given == Given::Z;
        if cost.is_linear() {
            let labels = if is_tanh { labels.of_signed_labels() } else { labels };
            let parts = [labels.mean(), labels.complement()];
            let terms = Terms::new(parts, parts, 0.0, self.digits);
            let (letter, is) = if is_tanh { ("q̄", ", q̄ = (1 + ȳ)/2") } else { ("ȳ", "") };
            return format!("c({letter}, {letter}) = {} = {result}{is}", cost.put_in(&terms));
        }
        let formula = cost.formula().replace('ŷ', "ȳ");
        let sum = self.put(baseline * self.tally.weight());
        let of = if self.is_weighted() { "Σw" } else { "Σ" };
        format!("{of}{formula}/{weights} = {sum}/{total} = {result}")
    }

    fn push_calibration(&self, block: &mut Block, mean: f64) {
        let number = |name| self.result.number(name);
        let (Some(miscalibration), Some(discrimination), Some(baseline)) =
            (number("miscalibration"), number("discrimination"), number("baseline"))
        else {
            return;
        };
        let recalibrated = baseline - discrimination;
        let shown = significant(recalibrated, self.digits);
        block.push("recalibrated", format!("the mean cost of the recalibrated ŷ = {shown}"));
        let parts = subtraction(mean, recalibrated, self.digits);
        let shown = self.shown("miscalibration");
        block.push("miscalibration", format!("mean − recalibrated = {parts} = {shown}"));
        let parts = subtraction(baseline, recalibrated, self.digits);
        let shown = self.shown("discrimination");
        block.push("discrimination", format!("baseline − recalibrated = {parts} = {shown}"));
        let [misc, disc, baseline] =
            [miscalibration, discrimination, baseline].map(|x| self.put(x));
        let mean = significant(mean, self.digits);
        // The formula stands below the table.
        block.push("mean", format!("{misc} − {disc} + {baseline} = {mean}"));
    }
}
