//! The files that arguments name.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser};
use costs::error::Error;
use costs::{Source, input_formats};

/// The files; standard input for `-`, and if there are none.
pub fn sources(files: Vec<PathBuf>) -> Result<Vec<Source>, Error> {
    // As other programs take it, where there is no such file.
    if let [path] = files.as_slice()
        && (path.as_os_str() == "help" || path.as_os_str() == "version")
        && !path.exists()
    {
        return Err(Error::usage(format!("there is no file '{}'", path.display()))
            .with_hint("--help, --version; costs merge --help"));
    }
    // Numbers that are no files are values without their options.
    if let [y, yhat] = files.as_slice()
        && let (Some(y), Some(yhat)) = (number(y), number(yhat))
    {
        let message = format!("there are no files '{y}' and '{yhat}'");
        return Err(Error::usage(message)
            .with_hint(format!("a label and a prediction: costs --y {y} --yhat {yhat}")));
    }
    let source =
        |path: PathBuf| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) };
    let mut sources: Vec<Source> = files.into_iter().map(source).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(Error::usage("standard input is named twice"));
    }
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    Ok(sources)
}

/// The number that an argument is which names no file.
pub fn number(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.parse::<f64>().is_ok() && !path.exists())
}

/// Takes the formats of input.
pub fn formats() -> PossibleValuesParser {
    let value = |(name, help): (&'static str, &'static str)| PossibleValue::new(name).help(help);
    PossibleValuesParser::new(input_formats().into_iter().map(value))
}
