//! Values from the command line, or from a program: pairs of y and ŷ, or of y and z.

use std::borrow::Cow;

use crate::error::{Error, Place};
use crate::input::scan::BATCH;
use crate::neuron::{Activation, Given};
use crate::report::{self, Instances};

use super::groups::Group;
use super::ledger::{INFINITE_SHOWN, Infinite};
use super::printer::Printer;
use super::scorer::Scorer;
use super::{Header, Plan, Scored, Sink};

/// Scores values: labels, and outputs or weighted inputs.
///
/// # Errors
/// If the sink fails.
pub fn values(
    y: &[f64],
    outputs: &[f64],
    given: Given,
    plan: &Plan,
    sink: Sink,
) -> Result<Scored, Error> {
    let names = names(given, plan.activation());
    let models = &names[1..2];
    let mut group = Group::of_values(plan.shape(), models);
    let mut scorer = Scorer::new(plan);
    let option = if given == Given::Z { "--z" } else { "--yhat" };
    let (mut output, mut infinite, mut before) = (Vec::new(), Infinite::default(), 0);
    for (y, outputs) in y.chunks(BATCH).zip(outputs.chunks(BATCH)) {
        scorer.score(y, &[outputs], given);
        group.tally.extend(y, None, scorer.magnitudes());
        scorer.mark(&mut group.tally);
        if let Some(histogram) = &plan.histogram {
            histogram.add(&scorer.costs()[0]);
        }
        if let Some(instances) = &plan.instances {
            write_rows(instances, &scorer, (y, outputs), plan.activation(), &names, &mut output);
        }
        for row in scorer.infinite_rows(None) {
            infinite.count += 1;
            if infinite.first.len() < INFINITE_SHOWN {
                infinite.first.push(Place::Value { option, index: before + row + 1 });
            }
        }
        before += y.len();
    }
    let mut printer = Printer::new(plan, sink);
    printer.print(&output, &names, models)?;
    let rows = printer.finish(&names, models)?;
    let groups = vec![group];
    let (y, models) = (names[0].clone(), models.to_vec());
    let (positive, weight, by) = (None, None, Vec::new());
    let header = Some(Header { given, y, positive, weight, models, names, by });
    let (worst, warnings) = (Vec::new(), Vec::new());
    Ok(Scored { groups, infinite, worst, warnings, rows, header })
}

/// The names of the columns, as if the values were a file's; with z, that of the
/// neuron's output, too.
fn names(given: Given, activation: Activation) -> Vec<String> {
    let names: &[&str] = match (given, activation) {
        (Given::Yhat, _) => &["y", "yhat"],
        (Given::Z, Activation::Sigmoid) => &["y", "z", "yhat"],
        (Given::Z, Activation::Tanh) => &["y", "z", "a"],
    };
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Writes the instances that were scored last.
fn write_rows(
    instances: &Instances,
    scorer: &Scorer,
    (y, outputs): (&[f64], &[f64]),
    activation: Activation,
    names: &[String],
    out: &mut Vec<u8>,
) {
    let shows_output = names.len() > 2;
    let all_names = instances.names(names, &names[1..2]);
    for (row, (&y, &output)) in y.iter().zip(outputs).enumerate() {
        let mut cells = vec![report::shortest_text(y), report::shortest_text(output)];
        if shows_output {
            cells.push(instances.number(activation.output(output)));
        }
        let cells: Vec<Cow<[u8]>> =
            cells.iter().map(|cell| Cow::Borrowed(cell.as_bytes())).collect();
        let (costs, conditions) = (scorer.costs_of(row), scorer.conditions_of(row));
        instances.row(&all_names, &cells, costs, conditions, out);
    }
}
