//! The queue of chunks, which all workers share. It refuses files that do not fit the first
//! file or the options.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Error, Location};
use crate::neuron::Given;
use crate::report::{Instances, Margin, cost_columns};
use crate::results::field_names;
use crate::table::schema::Schema;
use crate::table::tables::{Next, Tables};
use crate::text::{excerpt, list};

use super::plan::Plan;

/// Where the chunks come from.
pub struct Queue {
    /// What is still to be read.
    pub tables: Tables,
    /// The schema of the first file.
    pub first: Option<Arc<Schema>>,
    last_file: Option<usize>,
    is_over: bool,
}

impl Queue {
    pub fn new(tables: Tables) -> Self {
        Queue { tables, first: None, last_file: None, is_over: false }
    }

    /// Ends the queue, whatever is still unread.
    pub fn end(&mut self) {
        self.is_over = true;
    }

    /// Returns the next chunk, which takes over the memory of `buffer`.
    pub fn next(&mut self, plan: &Plan, buffer: &mut Vec<u8>) -> Next {
        if self.is_over {
            return Next::End;
        }
        let next = match self.tables.next(buffer) {
            Next::Chunk { index, chunk } => match self.admit(plan, chunk.schema()) {
                Ok(()) => return Next::Chunk { index, chunk },
                Err(error) => Next::Error { index, schema: None, error },
            },
            next => next,
        };
        self.is_over = true;
        next
    }

    /// Checks, once a file, that it fits the first file and the options.
    fn admit(&mut self, plan: &Plan, schema: &Arc<Schema>) -> Result<(), Error> {
        if self.last_file.replace(schema.index) == Some(schema.index) {
            return Ok(());
        }
        let first = self.first.get_or_insert_with(|| Arc::clone(schema));
        let names = &schema.header.names;
        let refuse = |error: Error| Err(error.at(Location::file(&schema.file)));
        check_models(plan, schema).or_else(refuse)?;
        let shows_cells = plan.instances.is_some() || plan.request.scoring.worst() > 0;
        if shows_cells && schema.index != first.index && *names != first.header.names {
            let first_file = excerpt(first.file.as_bytes());
            let (own, others) = (list(names), list(&first.header.names));
            return refuse(Error::columns(format!(
                "its columns differ from those of '{first_file}': {own} against {others}"
            )));
        }
        check_names(plan, schema).or_else(refuse)
    }
}

/// Refuses models that do not fit the options.
fn check_models(plan: &Plan, schema: &Schema) -> Result<(), Error> {
    let scoring = &plan.request.scoring;
    let given = schema.header.given;
    let column = excerpt(schema.header.models.first().map_or(b"", |name| name.as_bytes()));
    if plan.compares_models && schema.header.models.len() < 2 {
        return Err(Margin::without_models());
    }
    if given.has_classes() {
        let options = &plan.request.options;
        let refused = [
            (options.positive.is_some(), "--positive", "labels are matched to classes by name"),
            (scoring.calibration, "--calibration", "it needs labels 0 and 1"),
            (
                scoring.cost.iter().any(|measure| !measure.is_of_classes()),
                "--cost rmse",
                "their quadratic cost has no unit; --cost quadratic is its mean",
            ),
            (scoring.gradient, "--gradient", "it is the gradient of a single neuron"),
            (
                scoring.activation.is_some(),
                "--activation",
                "z of several classes goes to a softmax",
            ),
        ];
        if let Some((_, option, why)) = refused.into_iter().find(|(is_given, ..)| *is_given) {
            let message = format!("{option} is not for several classes, and '{column}' has those");
            return Err(Error::usage(message).with_hint(why));
        }
        if scoring.normalize && given.is_z() {
            let message = format!("--normalize is for ŷ, and '{column}' is z");
            return Err(Error::usage(message).with_hint("a softmax adds up to 1"));
        }
        return match given {
            Given::Logits if scoring.clip.is_some() => Err(clip_of_z(&column)),
            _ => Ok(()),
        };
    }
    let has_names = !plan.request.options.classes.is_empty();
    let for_classes = has_names.then_some("--classes names");
    let for_classes = for_classes.or(scoring.normalize.then_some("--normalize is for"));
    if let Some(is_for) = for_classes {
        return Err(Error::usage(format!(
            "{is_for} several classes, and '{column}' is a single output"
        ))
        .with_hint("--yhat-col 'p_*' takes a column for each class"));
    }
    match given {
        Given::Yhat if scoring.activation.is_some() => {
            Err(Error::usage(format!("--activation is for z, and '{column}' is ŷ"))
                .with_hint("--z-col names z"))
        }
        Given::Z if scoring.clip.is_some() => Err(clip_of_z(&column)),
        Given::Z if scoring.calibration => {
            Err(Error::usage(format!("--calibration is for ŷ, and '{column}' is z"))
                .with_hint("--yhat-col names ŷ"))
        }
        _ => Ok(()),
    }
}

fn clip_of_z(column: &str) -> Error {
    Error::usage(format!("--clip is for ŷ, and '{column}' is z"))
        .with_hint("costs that are computed from z need no clipping")
}

/// Refuses names that two columns of the output would share.
fn check_names(plan: &Plan, schema: &Schema) -> Result<(), Error> {
    let scoring = &plan.request.scoring;
    let mut names = HashSet::new();
    let twice = schema.header.names.iter().find(|name| !names.insert(name.as_str()));
    let needs_distinct_names = plan.instances.as_ref().is_some_and(Instances::needs_distinct_names);
    if let Some(name) = twice.filter(|_| needs_distinct_names || scoring.worst() > 0) {
        let name = excerpt(name.as_bytes());
        let message =
            format!("two columns are named '{name}', and this output needs distinct names");
        let has_way_out = scoring.worst() == 0;
        let hint = if has_way_out { "rename one, or use --format csv" } else { "rename one" };
        return Err(Error::columns(message).with_hint(hint));
    }
    if !schema.header.by.is_empty() {
        names = schema.header.by.iter().map(String::as_str).collect();
    }
    match own_columns(plan, schema).into_iter().find(|name| names.contains(name.as_str())) {
        Some(name) => {
            let name = excerpt(name.as_bytes());
            Err(Error::columns(format!("the input has a column '{name}' already"))
                .with_hint("rename it first: the output has a column of that name"))
        }
        None => Ok(()),
    }
}

/// Returns the names of the columns that the output adds to those of the input.
fn own_columns(plan: &Plan, schema: &Schema) -> Vec<String> {
    let costs = || cost_columns(&schema.header.models, &plan.request.scoring);
    match &plan.instances {
        Some(instances) if instances.has_cells() => costs(),
        None if plan.request.scoring.worst() > 0 => {
            [costs(), ["file", "line", "share"].map(str::to_owned).to_vec()].concat()
        }
        None if !schema.header.by.is_empty() => field_names().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
