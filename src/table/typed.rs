//! The instances of `--y` with `--yhat` or `--z`: values that are typed as options.

use super::cell;
use super::labels::{LabelReader, no_class};
use super::request::Request;
use super::role::Role;
use super::schema::Unit;
use super::values::Values;
use crate::cost::Domains;
use crate::digits::plural;
use crate::error::{Error, Location};
use crate::neuron::Given;

/// Returns the instances of these labels and outputs, each as it was typed.
///
/// # Errors
/// If a value is invalid, or there are not as many labels as outputs need.
pub fn values(
    request: &Request,
    y: &[String],
    given: Given,
    outputs: &[String],
) -> Result<Values, Error> {
    if !request.options.classes.is_empty() {
        return values_of_classes(request, y, given, outputs);
    }
    let option = option(given);
    let domains = request.scoring.domains(given);
    let columns = pairs(y, (option, outputs), Role::of(given), domains)?;
    let models = [given.column().to_owned()];
    let schema = Values::schema(given, &models, false, Unit::Value(option));
    Ok(Values::new(&schema, columns))
}

/// Returns values of several classes, an output per class for each instance.
fn values_of_classes(
    request: &Request,
    y: &[String],
    given: Given,
    outputs: &[String],
) -> Result<Values, Error> {
    let (option, classes) = (option(given), &request.options.classes);
    let (model, given) = (given.column(), given.of_classes());
    let schema = Values::schema_of_classes(given, model, classes, Unit::Instance)?;
    let (domains, role) = (request.scoring.domains(given), Role::of(given));
    let outputs = numbers(option, role, outputs, domains)?;
    if outputs.is_empty() || outputs.len() % classes.len() != 0 {
        let (found, wanted) = (outputs.len(), classes.len());
        let message = format!("{option} has {}", plural(found as u64, "value"));
        return Err(Error::usage(message).with_hint(format!(
            "--classes names {wanted} classes: give {wanted} values for each label"
        )));
    }
    // A single instance on one side is repeated to match the other.
    let (mut rows, mut outputs) = (outputs.len() / classes.len(), outputs);
    if rows == 1 && y.len() > 1 {
        rows = y.len();
        outputs = outputs.repeat(rows);
    }
    let y = match y {
        [one] => vec![one.clone(); rows],
        y if y.len() == rows => y.to_vec(),
        y => {
            let (labels, found) = (plural(y.len() as u64, "label"), outputs.len());
            let message = format!("--y has {labels}, and {option} has {found} values");
            let hint = format!("give {} values for each label, one per class", classes.len());
            return Err(Error::usage(message).with_hint(hint));
        }
    };
    let classes_of = schema.classes.as_ref().expect("the schema was made of classes");
    let mut reader = LabelReader::of_classes(classes_of);
    let label = |(index, text): (u64, &String)| {
        reader.read(text.as_bytes(), 0).map_err(|_| {
            let location = Location::Value { option: "--y", index };
            no_class(text.as_bytes(), &schema.header.classes).at(location)
        })
    };
    let labels = (1..).zip(&y).map(label).collect::<Result<Vec<f64>, Error>>()?;
    let class = |class: usize| {
        outputs.iter().skip(class).step_by(classes.len()).copied().collect::<Vec<f64>>()
    };
    let columns = std::iter::once(labels).chain((0..classes.len()).map(class)).collect();
    Ok(Values::new(&schema, columns).with_labels(y))
}

/// Returns the option that takes a model's values.
fn option(given: Given) -> &'static str {
    if given.is_z() { "--z" } else { "--yhat" }
}

/// Reads the values of an option as numbers.
fn numbers(
    option: &'static str,
    role: Role,
    values: &[String],
    domains: Domains,
) -> Result<Vec<f64>, Error> {
    let number = |(index, value): (u64, &String)| {
        cell::check(value.as_bytes(), role, domains).map_err(|error| {
            error
                .at(Location::Value { option, index })
                .with_hint_if_any(hint(option, value, values))
        })
    };
    (1..).zip(values).map(number).collect()
}

/// Returns a hint at what an invalid value of an option was probably meant to be.
fn hint(option: &str, value: &str, values: &[String]) -> Option<String> {
    let value = value.trim();
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // A decimal comma splits a number into two values.
    let halves = values.chunks(2).map(|pair| match pair {
        [whole, decimals] if ["0", "1"].contains(&whole.as_str()) && is_whole(decimals) => {
            Some(format!("{whole}.{decimals}"))
        }
        _ => None,
    });
    if value.contains([';', '|', '\t', ' ']) {
        Some("values of an option are separated by commas".to_owned())
    } else if value.starts_with(['[', '(']) {
        Some("values of an option are separated by commas, without brackets".to_owned())
    } else if let Some(numbers) = halves.collect::<Option<Vec<String>>>()
        && !["0", "1"].contains(&value)
    {
        Some(format!("decimal commas? write {option} {}", numbers.join(",")))
    } else if option == "--y" && value.starts_with(char::is_alphabetic) {
        Some("labels are numbers from 0 to 1; --classes A,B names several classes".to_owned())
    } else {
        None
    }
}

/// Returns y and the outputs as columns of one length. A single value on one side is
/// repeated.
fn pairs(
    y: &[String],
    (option, outputs): (&'static str, &[String]),
    role: Role,
    domains: Domains,
) -> Result<Vec<Vec<f64>>, Error> {
    let (mut y, mut outputs) =
        (numbers("--y", Role::Y, y, domains)?, numbers(option, role, outputs, domains)?);
    match (y.len(), outputs.len()) {
        (1, many) => y.resize(many, y[0]),
        (many, 1) => outputs.resize(many, outputs[0]),
        (same, other) if same == other => {}
        (y, outputs) => {
            return Err(Error::usage(format!("--y has {y} values and {option} has {outputs}"))
                .with_hint("give as many values of each, or a single one of either"));
        }
    }
    Ok(vec![y, outputs])
}
