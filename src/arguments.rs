//! How options are grouped and their values read on a command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::cost::{self, Cost};

/// The heading of the options about rows and groups.
pub const DATA: &str = "Working with data";

/// Takes every name of every cost.
pub fn costs() -> impl TypedValueParser<Value = &'static dyn Cost> {
    let value = |cost: &dyn Cost| {
        let names = [&[cost.name()], cost.aliases()].concat();
        // As fields and Python write them.
        let with_underscores =
            names.iter().filter(|name| name.contains('-')).map(|name| name.replace('-', "_"));
        PossibleValue::new(cost.name()).aliases(cost.aliases()).aliases(with_underscores)
    };
    PossibleValuesParser::new(cost::ALL.into_iter().map(value))
        .map(|name| cost::by_name(&name).expect("it is one of their names"))
}

/// Lists the costs with their names, formulas, ranges and units.
#[must_use]
pub fn costs_help() -> String {
    let cost = |cost: &dyn Cost| {
        let (name, aliases) = (cost.name(), cost.aliases().join(", "));
        format!("{name} ({aliases}): {}, {}", cost.formula(), cost.range())
    };
    let all: Vec<String> = cost::ALL.into_iter().map(cost).collect();
    format!("The costs to compute [default: all]\n\n{}", all.join("\n\n"))
}
