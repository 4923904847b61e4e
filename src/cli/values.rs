//! What the values of options are.

use clap::builder::{PossibleValue, PossibleValuesParser};
use costs::Limit;
use costs::cost::{self, Clip, Cost};

/// Reads ε, or the name of a preset.
///
/// # Errors
/// Why the text is neither, for clap to show; so do the others.
pub fn clip(text: &str) -> Result<Clip, String> {
    match text {
        "sklearn" => Ok(Clip::SKLEARN),
        "keras" => Ok(Clip::KERAS),
        "torch" => Ok(Clip::TORCH),
        _ => match text.parse::<f64>() {
            Ok(epsilon) if 1.0 - epsilon < 1.0 && epsilon < 0.5 => Ok(Clip::Prediction(epsilon)),
            _ => {
                Err("it is a number from 1e-16 to below 0.5, or sklearn, keras or torch".to_owned())
            }
        },
    }
}

/// Reads a cost and its limit.
pub fn limit(text: &str) -> Result<Limit, String> {
    let (name, most) = text.split_once('=').ok_or("it is of the form COST=LIMIT")?;
    let all = || cost::ALL.map(Cost::name).join(" and ");
    let cost = cost::by_name(name)
        .ok_or_else(|| format!("there is no cost '{name}'; the costs are {}", all()))?;
    match most.parse::<f64>() {
        Ok(most) if most.is_finite() => Ok(Limit { cost, most }),
        _ => Err(format!("'{most}' is not a number")),
    }
}

/// Takes every name of every cost.
pub fn costs_parser() -> PossibleValuesParser {
    let value = |cost: &dyn Cost| {
        let names = [&[cost.name()], cost.aliases()].concat();
        // As fields and Python write them.
        let with_underscores =
            names.iter().filter(|name| name.contains('-')).map(|name| name.replace('-', "_"));
        PossibleValue::new(cost.name()).aliases(cost.aliases()).aliases(with_underscores)
    };
    PossibleValuesParser::new(cost::ALL.into_iter().map(value))
}

/// Lists the costs with their names.
pub fn costs_help() -> String {
    let cost = |cost: &dyn Cost| format!("{} ({})", cost.name(), cost.aliases().join(", "));
    let all: Vec<String> = cost::ALL.into_iter().map(cost).collect();
    format!("The costs to compute: {} [default: all]", all.join("; "))
}

/// Reads the byte between cells.
pub fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r' | b'.' | b'+' | b'-'] => {
            Err("it cannot be a quote, a line end, or part of a number".to_owned())
        }
        [byte] if byte.is_ascii_alphanumeric() => {
            Err("it cannot be a letter or a digit".to_owned())
        }
        &[byte] => Ok(byte),
        _ => Err("it is one byte, or the word tab".to_owned()),
    }
}
