//! The files that arguments name.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser};
use costs::cost;
use costs::error::Error;
use costs::text::{excerpt, list};
use costs::{Source, input_formats};

/// Returns the sources of files; standard input for `-`, and if there are no files.
pub fn sources(files: &[PathBuf]) -> Result<Vec<Source>, Error> {
    // Numbers that are not files are probably values without their options.
    let numbers: Option<Vec<&str>> = files.iter().map(|file| number(file)).collect();
    if let Some([y, yhat @ ..]) = numbers.as_deref()
        && !yhat.is_empty()
    {
        let is_label = |text: &str| ["0", "1"].contains(&text);
        let (y, yhat) = match yhat {
            [label] if is_label(label) && !is_label(y) => (label, std::slice::from_ref(y)),
            _ => (y, yhat),
        };
        let what = if yhat.len() == 1 { "a prediction" } else { "predictions" };
        let yhat = yhat.join(",");
        let names = files.iter().map(|file| file.display().to_string());
        let names = list(&names.collect::<Vec<_>>());
        return Err(Error::usage(format!("there are no files {names}"))
            .with_hint(format!("a label and {what}: costs --y {y} --yhat {yhat}")));
    }
    if let Some(error) = files.iter().find_map(|file| no_file(file)) {
        return Err(error);
    }
    let mut sources: Vec<Source> = files.iter().map(|file| Source::of(file)).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(Error::usage("standard input is named twice"));
    }
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    Ok(sources)
}

/// Returns an error for an argument that is not a file but means something else, such as a
/// cost.
pub fn no_file(path: &Path) -> Option<Error> {
    let word = path.to_str().filter(|_| !path.exists())?;
    let hint = match word.split_once('=') {
        Some((option @ ("y" | "yhat" | "z"), values)) => {
            format!("an option? --{option} {}", excerpt(values.as_bytes()))
        }
        _ if ["help", "version"].contains(&word.to_lowercase().as_str()) => {
            "costs -h is one screen, costs --help is all of it; --version; costs merge --help"
                .to_owned()
        }
        _ if cost::by_name(word).is_some() => format!("a cost? --cost {word}"),
        _ if word.contains("://") => {
            format!("from the web: curl -s {} | costs", excerpt(word.as_bytes()))
        }
        _ => return None,
    };
    let word = excerpt(word.as_bytes());
    Some(Error::usage(format!("there is no file '{word}'")).with_hint(hint))
}

/// Returns an argument that is a number, and not a file.
pub fn number(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.parse::<f64>().is_ok() && !path.exists())
}

/// Returns a parser that takes the formats of input.
pub fn formats() -> PossibleValuesParser {
    let value = |(name, help): (&'static str, &'static str)| PossibleValue::new(name).help(help);
    PossibleValuesParser::new(input_formats().into_iter().map(value))
}
