//! The working of the costs of instances: each formula with its numbers.

use super::block::Block;
use super::formulas::{formula, is_of_probabilities, name, on_scale};
use crate::cost::{Clip, Cost, Softmax, Terms, factor, number};
use crate::digits::significant;
use crate::neuron::{Activation, Given, Neuron};
use crate::scoring::Scoring;
use crate::table::schema::Header;
use crate::text::excerpt;

/// How many classes are shown, including the label.
const SHOWN: usize = 6;

/// The numbers of an instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The label, if it is a number.
    pub y: f64,
    /// The outputs of each model.
    pub models: Vec<ModelOutputs>,
    /// Its costs, one per model and cost, each followed by its gradient if there are gradients.
    pub costs: Vec<f64>,
}

/// The outputs of a model: one, or one per class.
#[derive(Clone, Debug)]
pub struct ModelOutputs {
    /// The names of the classes; empty for a single output.
    pub names: Vec<String>,
    /// The position of the label among the classes.
    pub label: usize,
    /// The outputs, one per class.
    pub numbers: Vec<f64>,
}

impl ModelOutputs {
    /// Returns the positions of the classes that are shown. Of many, the label is first.
    fn shown(&self) -> Vec<usize> {
        let all = 0..self.numbers.len();
        if all.len() <= SHOWN {
            return all.collect();
        }
        let others = all.filter(|&class| class != self.label);
        std::iter::once(self.label).chain(others.take(SHOWN - 1)).collect()
    }
}

/// Returns the formulas, then the working of each cost of some instances.
pub fn explained_instances(
    instances: &[&Instance],
    header: &Header,
    scoring: &Scoring,
    digits: usize,
) -> Vec<Block> {
    let working = Working { header, scoring, digits };
    let mut blocks = vec![working.formulas()];
    for (position, instance) in (1..).zip(instances) {
        let columns = instance.costs.chunks(scoring.columns(1));
        for ((model, outputs), costs) in instance.models.iter().enumerate().zip(columns) {
            let mut block = working.instance(instance.y, outputs, costs);
            working.push_scales(&mut block, costs);
            let of = match header.models.as_slice() {
                [_] => String::new(),
                models => format!("{}: ", excerpt(models[model].as_bytes())),
            };
            block.title = format!("{position}. {of}{}", block.title);
            blocks.push(block);
        }
    }
    blocks
}

/// What all instances share.
struct Working<'a> {
    header: &'a Header,
    scoring: &'a Scoring,
    digits: usize,
}

impl Working<'_> {
    /// Returns the formulas in letters.
    fn formulas(&self) -> Block {
        let mut block = Block::default();
        let costs = self.scoring.costs();
        match (self.header.given, self.scoring.activation()) {
            (Given::Z, Activation::Sigmoid) => block.push("ŷ", "σ(z) = 1/(1 + e^−z)".to_owned()),
            (Given::Z, Activation::Tanh) => {
                block.push("a", "tanh z".to_owned());
                if costs.iter().any(|cost| is_of_probabilities(*cost, self.scoring)) {
                    block.push("q, p", "(1 + y)/2, (1 + a)/2: y and a as probabilities".to_owned());
                }
            }
            (Given::Logits, _) => {
                block.push("ŷ", "e^(z − m)/Σe^(z − m), where m is the largest z".to_owned());
            }
            _ => {}
        }
        for cost in costs {
            block.push(&name(cost), formula(cost, self.header.given, self.scoring));
            if let Some(gradient) = self.gradient(cost) {
                block.push(GRADIENT, gradient.to_owned());
            }
        }
        block
    }

    /// Adds the costs of an instance on the scales that they are shown on.
    fn push_scales(&self, block: &mut Block, costs: &[f64]) {
        for measure in self.scoring.measures_of_instances() {
            let index = self.scoring.index(measure).map(|it| it * self.scoring.columns_per_cost());
            if let (Some(scale), Some(&cost)) = (measure.scale, index.and_then(|it| costs.get(it)))
            {
                block.push(scale.name(), on_scale(scale, measure.cost.name(), cost, self.digits));
            }
        }
    }

    /// Returns the formula of a cost's gradient, if gradients are wanted.
    fn gradient(&self, cost: &dyn Cost) -> Option<&'static str> {
        let activation = self.scoring.activation();
        cost.gradient_formula(activation).filter(|_| self.scoring.gradient)
    }

    fn instance(&self, y: f64, outputs: &ModelOutputs, costs: &[f64]) -> Block {
        match self.header.given {
            Given::Yhat => self.output(y, outputs.numbers[0], costs),
            Given::Z => self.neuron(y, outputs.numbers[0], costs),
            Given::Classes | Given::Logits => self.classes(outputs, costs),
            Given::Logp => self.log_probability(outputs.numbers[0], costs),
        }
    }

    /// Returns the working from y and ŷ.
    fn output(&self, y: f64, yhat: f64, numbers: &[f64]) -> Block {
        let shown = Terms::of(y, yhat, self.digits);
        let title = format!("y = {}, ŷ = {}", shown.y(), shown.yhat());
        let mut block = Block::new(title);
        self.each_cost(numbers, |cost, numbers| {
            let (clipped, how) = self.clipped(cost, y, yhat);
            let terms = Terms::of(y, clipped, self.digits);
            let put_in = cost.put_in(&terms);
            self.push_cost(&mut block, cost, (&terms, &put_in), (numbers[0], &how));
            self.push_gradient(&mut block, cost, &terms, numbers);
        });
        block
    }

    /// Returns the ŷ that a cost is computed from, and how it was clipped, in words.
    fn clipped(&self, cost: &dyn Cost, y: f64, yhat: f64) -> (f64, String) {
        let Some(clip) = self.scoring.clip.filter(|_| cost.is_clipped()) else {
            return (yhat, String::new());
        };
        let clipped = cost.clipped_output(clip, yhat);
        let mut how = Vec::new();
        if clipped != yhat {
            let [from, to] = [yhat, clipped].map(|yhat| Terms::of(y, yhat, self.digits));
            how.push(format!("ŷ = {} becomes {}", from.yhat(), to.yhat()));
        }
        let before = cost.cost(y, clipped);
        let mut after = [before];
        cost.clip(clip, &[y], &[clipped], &mut after);
        if after != [before] && clip == Clip::Torch {
            how.push("a logarithm below -100 becomes -100".to_owned());
        }
        (clipped, how.join("; "))
    }

    /// Adds the line of a cost, and a line on clipping if its ŷ was clipped.
    fn push_cost(
        &self,
        block: &mut Block,
        cost: &dyn Cost,
        (terms, put_in): (&Terms, &str),
        (result, clipped): (f64, &str),
    ) {
        let note = match (terms.has_zero() && put_in.contains("ln 0"), result) {
            _ if !clipped.is_empty() => "",
            (true, f64::INFINITY) => " (ln 0 = −∞)",
            (true, _) => " (0·ln 0 is 0)",
            (false, f64::INFINITY) => " (beyond the largest number)",
            (false, _) => "",
        };
        let result = significant(result, self.digits);
        block.push(cost.name(), format!("{put_in} = {result}{note}"));
        if !clipped.is_empty() {
            block.push("  clipped", clipped.to_owned());
        }
    }

    /// Returns the working from y and z.
    fn neuron(&self, y: f64, z: f64, numbers: &[f64]) -> Block {
        let (activation, z_text) = (self.scoring.activation(), number(z, self.digits));
        let neuron = Neuron { activation, y, z };
        let output = Terms::of_output(neuron, self.digits);
        let probability = Terms::of_probability(neuron, self.digits);
        let mut block = Block::new(format!("y = {}, z = {z_text}", output.y()));
        match activation {
            Activation::Sigmoid => {
                let power = number(0.0 - z, self.digits);
                block.push("ŷ", format!("1/(1 + e^{power}) = {}", output.yhat()));
            }
            Activation::Tanh => block.push("a", format!("tanh({z_text}) = {}", output.yhat())),
        }
        if self.scoring.costs().iter().any(|cost| is_of_probabilities(*cost, self.scoring)) {
            let [label, part] = [y, neuron.ones()].map(|x| number(x, self.digits));
            block.push("q", format!("(1 + {})/2 = {part}", factor(&label)));
            let put_in = match output.yhat() {
                // The digits that a rounds away are still in z.
                "-1" => format!("1/(1 + e^{})", number(0.0 - neuron.logit(), self.digits)),
                output => format!("(1 + {})/2", factor(output)),
            };
            block.push("p", format!("{put_in} = {}", probability.yhat()));
        }
        self.each_cost(numbers, |cost, numbers| {
            let is_of_probabilities = is_of_probabilities(cost, self.scoring);
            let terms = if is_of_probabilities { &probability } else { &output };
            let put_in = cost.put_in(terms);
            self.push_cost(&mut block, cost, (terms, &put_in), (numbers[0], ""));
            self.push_gradient(&mut block, cost, &output, numbers);
        });
        block
    }

    fn push_gradient(&self, block: &mut Block, cost: &dyn Cost, terms: &Terms, numbers: &[f64]) {
        if let (Some(formula), Some(&gradient)) = (self.gradient(cost), numbers.get(1)) {
            let formula = match self.scoring.activation() {
                Activation::Sigmoid => formula.to_owned(),
                Activation::Tanh => formula.replace('a', "ŷ"),
            };
            let result = significant(gradient, self.digits);
            block.push(GRADIENT, format!("{} = {result}", terms.put_in(&formula)));
        }
    }

    /// Returns the working from the ŷ or z of each class.
    fn classes(&self, outputs: &ModelOutputs, numbers: &[f64]) -> Block {
        let label = outputs.label;
        let letter = if self.header.given.is_z() { "z" } else { "ŷ" };
        let divided = if self.scoring.normalize { ", divided by their sum" } else { "" };
        let all = self.list(outputs, &outputs.numbers);
        let name = excerpt(outputs.names[label].as_bytes());
        let mut block = Block::new(format!("y = {name}, {letter} = {all}{divided}"));
        let softmax = self.header.given.is_z().then(|| self.softmax(outputs, &mut block));
        let yhat = softmax.as_ref().map_or(&outputs.numbers, |(yhat, _)| yhat);
        let shown = outputs.shown();
        let rest = if shown.len() < yhat.len() { " + …" } else { "" };
        self.each_cost(numbers, |cost, numbers| {
            let (clipped, how) = self.clipped(cost, 1.0, yhat[label]);
            let of_label = match &softmax {
                Some((_, terms)) => terms.clone(),
                None => Terms::of(1.0, clipped, self.digits),
            };
            let terms = |&class: &usize| match class {
                class if class == label => of_label.clone(),
                class => Terms::of(0.0, self.clipped(cost, 0.0, yhat[class]).0, self.digits),
            };
            let classes: Vec<Terms> = shown.iter().map(terms).collect();
            let put_in = cost.put_in_classes(&classes, &of_label, rest);
            self.push_cost(&mut block, cost, (&of_label, &put_in), (numbers[0], &how));
        });
        block
    }

    /// Returns the numbers of the classes that are shown, each with the name of its class.
    fn list(&self, outputs: &ModelOutputs, numbers: &[f64]) -> String {
        let shown = outputs.shown();
        let rest = if shown.len() < numbers.len() { ", …" } else { "" };
        let named = |class: usize| {
            let name = excerpt(outputs.names[class].as_bytes());
            format!("{} ({name})", number(numbers[class], self.digits))
        };
        shown.into_iter().map(named).collect::<Vec<_>>().join(", ") + rest
    }

    /// Adds the working of a softmax. Returns the ŷ of each class, and the terms of the label's.
    fn softmax(&self, outputs: &ModelOutputs, block: &mut Block) -> (Vec<f64>, Terms) {
        let (z, label) = (&outputs.numbers, outputs.label);
        let highest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = z.iter().map(|z| pxfm::f_exp(z - highest)).collect();
        let sum = number(powers.iter().sum(), self.digits);
        block.push("e^(z − m)", format!("{}; Σ = {sum}", self.list(outputs, &powers)));
        let yhat = Softmax::new(z).probabilities();
        block.push("ŷ", self.list(outputs, &yhat));
        // Near 1, 1 − ŷ is more exact as the sum of the others.
        let others = yhat.iter().enumerate().filter(|(class, _)| *class != label);
        let rest: f64 = others.map(|(_, yhat)| yhat).sum();
        let terms = Terms::new([1.0, 0.0], [yhat[label], rest], rest, self.digits);
        let distance = z[label] - highest;
        if yhat[label] >= f64::MIN_POSITIVE || distance.is_infinite() {
            return (yhat, terms);
        }
        // A ŷ too small for all its digits is shown as a power.
        let power = format!("(e^{}/{sum})", number(distance, self.digits));
        (yhat, terms.with_output(power))
    }

    /// Returns the working from the logarithm of a probability.
    fn log_probability(&self, logp: f64, numbers: &[f64]) -> Block {
        let logp = number(logp, self.digits);
        let mut block = Block::new(format!("ln p = {logp}"));
        self.each_cost(numbers, |cost, numbers| {
            let result = significant(numbers[0], self.digits);
            block.push(cost.name(), format!("−{} = {result}", factor(&logp)));
        });
        block
    }

    /// Calls `take` with each cost, and its number and that of its gradient.
    fn each_cost(&self, numbers: &[f64], mut take: impl FnMut(&'static dyn Cost, &[f64])) {
        let costs = self.scoring.costs();
        let columns = numbers.chunks(self.scoring.columns_per_cost());
        costs.into_iter().zip(columns).for_each(|(cost, numbers)| take(cost, numbers));
    }
}

const GRADIENT: &str = "  ∂C/∂z";
