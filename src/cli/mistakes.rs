//! Hints for flags and values that do not exist here but have a meaning elsewhere: in other
//! tools, in libraries, or in another command of `costs`.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use costs::cost::{self, Cost, Scale};
use costs::text::{excerpt, nearest};

use super::args::{Args, named};

/// Names that other tools use for an option of ours, and the option, with its value if it has
/// one; `{}` stands for the name itself.
const MEANINGS: [(&[&str], &str); 25] = [
    (&["metric", "metrics", "loss", "losses", "score", "scoring"], "--cost"),
    (&["sep", "separator", "field-separator", "delim", "s", "t", "F"], "--delimiter"),
    (&["fs", "ifs"], "--delimiter"),
    (&["weight", "weights", "sample-weight", "sample-weights", "w"], "--weight-col"),
    (&["group", "groups", "group-by", "groupby", "g"], "--by"),
    (&["threshold", "limit", "fail-over", "max"], "--fail-above"),
    (&["output-format", "out-format", "f", "to"], "--format"),
    (&["y-true", "ytrue", "label", "labels", "target", "truth", "actual"], "--y-col"),
    (&["y-pred", "ypred", "y-prob", "y-score", "y-hat"], "--yhat-col"),
    (&["pred", "prediction", "predictions", "prob", "probability"], "--yhat-col"),
    (&["logit", "logits"], "--z-col"),
    (&["logp", "logprob", "logprobs", "log-prob", "log-probs", "ln-p"], "--logp-col"),
    (&["skip-missing", "skip-na", "skipna", "dropna", "ignore-missing"], "--missing skip"),
    (&["pos-label", "positive-label"], "--positive"),
    (&["eps", "epsilon"], "--clip"),
    (&["from", "input-format", "icsv", "ijsonl"], "--input"),
    (&["top", "n"], "--worst"),
    (&["sort-by", "order-by", "rank"], "--sort"),
    (&["precision", "round", "decimals"], "--digits"),
    (&["jobs", "n-jobs", "cores", "parallel", "j"], "--threads"),
    (&["rows", "instances", "per-row"], "--each"),
    (&["working", "show-working", "steps"], "--explain"),
    (&["csv", "tsv", "jsonl", "markdown", "value", "state"], "--format {}"),
    (&["no-headers", "headerless", "implicit-csv-header"], "--no-header"),
    (&["silent"], "--quiet"),
];

/// Names that `--cost` does not take, and why not, or which cost is nearest.
const MEASURES: [(&[&str], &str); 9] = [
    (
        &["mae", "l1", "absolute-error", "mean-absolute-error", "medae", "huber"],
        "is no cost here: an absolute error prefers a ŷ of 0 or 1 to the true probability; the \
         nearest is quadratic",
    ),
    (
        &["mape", "smape", "wape"],
        "is no cost here: it divides by y, and labels are often 0; the nearest is quadratic",
    ),
    (
        &["rmsle", "msle"],
        "is no cost here: it is quadratic of ln(1 + y) and ln(1 + ŷ), if columns hold those",
    ),
    (
        &["accuracy", "acc", "error-rate", "f1", "f1-score", "precision", "recall", "mcc"],
        "is no cost: it counts predicted classes, right or wrong; cross-entropy and quadratic \
         are of the probabilities behind them",
    ),
    (
        &["auc", "roc-auc", "auroc", "auprc", "ap", "average-precision", "gini"],
        "is no cost: it is of the order of predictions alone; cross-entropy and quadratic are \
         of the probabilities themselves",
    ),
    (&["hinge", "squared-hinge", "focal"], "is no cost here: the nearest is cross-entropy"),
    (
        &["kl", "kld", "kl-divergence", "kullback-leibler"],
        "is no cost here: it is cross-entropy less the entropy of y, which is 0 for y of 0 and 1",
    ),
    (&["r2", "r-squared"], "is no cost: it is the skill of quadratic, which every summary has"),
    (
        &["nll", "ce", "logistic", "binary-crossentropy", "categorical-crossentropy"],
        "is called cross-entropy here, or log-loss",
    ),
];

/// Adds a hint to an error of clap, such as the right option, if there is one.
pub fn explain(message: clap::Error, args: &[OsString]) -> clap::Error {
    let text = |kind| match message.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let (given, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let command = text(ContextKind::InvalidSubcommand);
    let mut message = shown(message);
    let tip = match message.kind() {
        ErrorKind::UnknownArgument => tip(&given, args).inspect(|_| {
            message.remove(ContextKind::SuggestedArg);
            // It names the option that clap suggests.
            message.remove(ContextKind::Usage);
        }),
        ErrorKind::InvalidValue if given.starts_with("--cost ") => {
            // Pictures take costs, but no scales.
            let scales = |names: &Vec<String>| names.iter().any(|name| *name == scale_names()[0]);
            let has_scales = matches!(message.get(ContextKind::ValidValue),
                Some(ContextValue::Strings(names)) if scales(names));
            let mut names = names_of_costs();
            names.extend(scale_names().into_iter().filter(|_| has_scales));
            message.insert(ContextKind::ValidValue, ContextValue::Strings(names));
            // Suggestions of clap do not consider aliases.
            message.remove(ContextKind::SuggestedValue);
            no_cost(&value)
        }
        ErrorKind::ValueValidation if given.starts_with("--fail-") => {
            value.split_once('=').and_then(|(name, _)| no_cost(name))
        }
        ErrorKind::InvalidSubcommand if Path::new(&command).is_file() => {
            let file = excerpt(command.as_bytes());
            Some(format!("of a file: costs plot cost {file} --cost cross-entropy"))
        }
        _ => None,
    };
    if let Some(tip) = tip {
        let tips = vec![StyledStr::from(tip)];
        message.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    message
}

/// Returns a hint for a name that is not that of a cost.
fn no_cost(name: &str) -> Option<String> {
    let word = name.to_lowercase().replace(['_', ' '], "-");
    if let Some((_, why)) = MEASURES.into_iter().find(|(names, _)| names.contains(&word.as_str())) {
        return Some(format!("'{}' {why}", excerpt(name.as_bytes())));
    }
    let names = [names_of_costs(), scale_names()].concat();
    if names.contains(&word) {
        return None;
    }
    let nearest = nearest(&word, names, String::clone, 0.7);
    nearest.map(|nearest| format!("did you mean '{nearest}'?"))
}

/// Returns the command with the values of each option separated by commas, not by spaces.
pub fn with_commas(args: &[OsString]) -> String {
    let mut command = "costs".to_owned();
    let (mut is_open, mut is_first) = (false, false);
    for word in args.iter().skip(1).filter_map(|word| word.to_str()) {
        let (option, value) = word.split_once('=').map_or((word, None), |(o, v)| (o, Some(v)));
        if ["--y", "--yhat", "--z"].contains(&option) {
            command = format!("{command} {option}");
            (is_open, is_first) = (true, true);
        }
        let value = value.unwrap_or(word).trim_matches(',');
        let is_number = value.split(',').all(|value| value.parse::<f64>().is_ok());
        if is_open && is_number {
            command = format!("{command}{}{value}", if is_first { ' ' } else { ',' });
            is_first = false;
        } else if !is_first {
            is_open = false;
        }
    }
    command
}

/// Escapes and cuts what a message quotes from the arguments.
fn shown(mut message: clap::Error) -> clap::Error {
    let text = |(kind, value): (ContextKind, &ContextValue)| match value {
        ContextValue::String(text) => Some((kind, text.clone(), excerpt(text.as_bytes()))),
        _ => None,
    };
    let texts: Vec<_> = message.context().filter_map(text).collect();
    for (kind, _, excerpt) in texts.into_iter().filter(|(_, text, excerpt)| text != excerpt) {
        message.insert(kind, ContextValue::String(excerpt));
        // Suggestions repeat the text as it was.
        message.remove(ContextKind::Suggested);
    }
    message
}

/// Returns a hint for a flag that the command does not have.
fn tip(given: &str, args: &[OsString]) -> Option<String> {
    let mut whole = Args::command();
    whole.build();
    let command = named(&whole, args);
    let word = given.trim_start_matches('-');
    // Short flags are case-sensitive.
    let word = if word.len() > 1 { word.to_lowercase().replace('_', "-") } else { word.to_owned() };
    let meant = MEANINGS.into_iter().find(|(others, _)| others.contains(&word.as_str()));
    let option =
        meant.map_or_else(|| format!("--{word}"), |(_, option)| option.replace("{}", &word));
    if let Some(long) = args.iter().find_map(|arg| long_name(arg.to_str()?, given, command)) {
        return Some(format!("use '{long}'"));
    }
    let value = args.iter().skip_while(|arg| *arg != given).nth(1);
    if ["--y-col", "--yhat-col"].contains(&option.as_str())
        && value.is_some_and(|value| Path::new(value).is_file())
    {
        return Some("of files: costs LABELS --join PREDICTIONS --on COLUMN".to_owned());
    }
    if has(command, &option) {
        return Some(match option.strip_suffix("-col").filter(|values| has(command, values)) {
            Some(values) => format!("use '{option}' for a column, '{values}' for numbers"),
            None => format!("use '{option}'"),
        });
    }
    let is_negative = |word: &&OsString| {
        let word = word.to_str().unwrap_or_default();
        word.starts_with(given) && word.parse::<f64>().is_ok()
    };
    if args.iter().any(|word| word == "--y" || word == "--z")
        && args.iter().any(|it| is_negative(&it))
    {
        return Some(format!("values are separated by commas: {}", with_commas(args)));
    }
    if given.len() == 2
        && let Some(file) = args.iter().find_map(|arg| arg.to_str().filter(|it| is_file(it, given)))
    {
        return Some(format!("to read a file of that name: -- {file}"));
    }
    // An option of another command gets a hint, too; clap itself recognizes typing errors.
    has(&whole, &option).then(|| format!("'{option}' is an option of 'costs' itself"))
}

/// Returns the option `--name` that was written as `-name`, of which clap took the first letter
/// for a flag.
fn long_name(word: &str, flag: &str, command: &Command) -> Option<String> {
    let name = word.split('=').next().filter(|name| name.len() > 2 && flag.len() == 2)?;
    Some(format!("-{name}")).filter(|long| name.starts_with(flag) && has(command, long))
}

/// Whether a word that starts with a flag is the name of a file.
fn is_file(word: &str, flag: &str) -> bool {
    word.starts_with(flag) && Path::new(word).exists()
}

/// Whether the command has an option, which may be followed by a value.
fn has(command: &Command, option: &str) -> bool {
    let name = option.split(' ').next().and_then(|option| option.strip_prefix("--"));
    command.get_arguments().any(|known| known.get_long() == name && name.is_some())
}

fn scale_names() -> Vec<String> {
    Scale::ALL.map(|scale| scale.name().to_owned()).to_vec()
}

/// Returns every name of a cost that `--cost` takes.
fn names_of_costs() -> Vec<String> {
    let names = |cost: &'static dyn Cost| [&[cost.name()], cost.aliases()].concat();
    cost::ALL.into_iter().flat_map(names).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_other_tools_gets_a_hint() {
        for (others, option) in MEANINGS {
            for other in others {
                let flag = if other.len() > 1 { format!("--{other}") } else { format!("-{other}") };
                let args = [OsString::from("costs"), OsString::from(&flag)];
                let tip = tip(&flag, &args).expect("it has a meaning");
                assert!(tip.contains(&option.replace("{}", other)), "{flag}: {tip}");
            }
        }
    }

    #[test]
    fn no_measure_is_a_cost_and_its_hint_names_one() {
        for (names, why) in MEASURES {
            assert!(cost::ALL.iter().any(|cost| why.contains(cost.name())), "{why}");
            for name in names {
                assert!(cost::by_name(name).is_none(), "{name}");
                let upper = name.to_uppercase().replace('-', "_");
                assert_eq!(no_cost(&upper), Some(format!("'{upper}' {why}")));
            }
        }
    }

    #[test]
    fn every_hint_names_an_option_and_no_option_gets_a_hint() {
        let command = Args::command();
        for (others, option) in MEANINGS {
            assert!(has(&command, option), "{option}");
            for other in others {
                assert!(!has(&command, &format!("--{other}")), "--{other} is an option");
            }
        }
    }
}
