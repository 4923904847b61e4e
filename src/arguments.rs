//! Headings, parsers and help that several options of the command line share.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::cost::{self, Cost, Measure, Scale};

/// The heading of the options about rows and groups.
pub const DATA: &str = "Working with data";

/// Returns a parser that takes every name of every cost.
#[must_use]
pub fn costs() -> impl TypedValueParser<Value = &'static dyn Cost> {
    PossibleValuesParser::new(names_of_costs())
        .map(|name| cost::by_name(&name).expect("the parser takes no other name"))
}

/// Returns a parser that takes every name of every cost, and every scale.
#[must_use]
pub fn measures() -> impl TypedValueParser<Value = Measure> {
    let scales = Scale::ALL.map(|scale| PossibleValue::new(scale.name()));
    PossibleValuesParser::new(names_of_costs().chain(scales))
        .map(|name| cost::measure(&name).expect("the parser takes no other name"))
}

fn names_of_costs() -> impl Iterator<Item = PossibleValue> {
    let value = |cost: &dyn Cost| {
        let names = [&[cost.name()], cost.aliases()].concat();
        // As in the fields of results and in Python.
        let with_underscores =
            names.iter().filter(|name| name.contains('-')).map(|name| name.replace('-', "_"));
        PossibleValue::new(cost.name()).aliases(cost.aliases()).aliases(with_underscores)
    };
    cost::ALL.into_iter().map(value)
}

/// Returns help that lists the costs with their names, formulas and ranges.
#[must_use]
pub fn costs_help() -> String {
    let cost = |cost: &dyn Cost| {
        let (name, aliases) = (cost.name(), cost.aliases().join(", "));
        format!("{name} ({aliases}): {}, {}", cost.formula(), cost.range())
    };
    let all: Vec<String> = cost::ALL.into_iter().map(cost).collect();
    format!("The costs to compute [default: all]\n\n{}", all.join("\n\n"))
}

/// Returns help that lists the costs and the scales.
#[must_use]
pub fn measures_help() -> String {
    let scale = |scale: Scale| format!("{}: {}", scale.name(), scale.formula());
    let scales = Scale::ALL.map(scale).join("\n\n");
    format!("{}\n\nor a scale of a cost, in its place:\n\n{scales}", costs_help())
}
