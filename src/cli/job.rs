//! From arguments to a [`Job`].

use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;

use costs::cost::{self, Clip, Cost};
use costs::error::{Error, Fault, Place};
use costs::neuron::{Activation, Given};
use costs::report::Format;
use costs::{Choice, Data, InputFormat, Job, Source, View};

use super::{ActivationArg, Args, Cells, Columns, FormatArg, InputArg, Merge, Missing};

impl Merge {
    /// The job that the arguments ask for; None if standard input is a terminal and
    /// there are no files.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        if self.files.is_empty() && io::stdin().is_terminal() {
            return Ok(None);
        }
        let job = Job {
            style: self.layout.style(),
            max_groups: self.layout.max_groups,
            limits: self.layout.fail_above,
            ..Job::new(Data::States(sources(self.files)?))
        };
        Ok(Some(job))
    }
}

impl Args {
    /// The job that the arguments ask for; None if they ask for nothing and
    /// standard input is a terminal.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn job(self) -> Result<Option<Job>, Error> {
        let has_values = !(self.y.is_empty() && self.yhat.is_empty() && self.z.is_empty());
        if self.files.is_empty() && !has_values && io::stdin().is_terminal() {
            return Ok(None);
        }
        let style = self.layout.style();
        let each_by_default = has_values && !matches!(style.format, Format::Value | Format::State);
        let view = match self.worst {
            Some(most) => View::Worst(most as usize),
            None if self.each || (each_by_default && !self.summary) => View::Instances,
            None => View::Summary,
        };
        let job = Job {
            view,
            style,
            costs: chosen_costs(&self.cost, self.clip),
            gradients: self.gradient,
            activation: self.activation.map(Activation::from),
            by_file: self.by_file,
            max_groups: self.layout.max_groups,
            limits: self.layout.fail_above.clone(),
            threads: self.threads.map_or_else(all_cores, usize::from),
            ..Job::new(self.data()?)
        };
        Ok(Some(job))
    }

    fn data(self) -> Result<Data, Error> {
        match (!self.y.is_empty(), !self.yhat.is_empty(), !self.z.is_empty()) {
            (false, false, false) => {}
            (true, true, _) | (true, _, true) if self.files.is_empty() => {
                return self.values();
            }
            (true, true, _) | (true, _, true) => {
                return Err(usage(
                    "values and files together",
                    Some("--y-col, --yhat-col and --z-col name columns of files"),
                ));
            }
            (true, false, false) => {
                return Err(usage(
                    "--y without --yhat or --z",
                    Some("--y-col names a column of a file"),
                ));
            }
            (false, true, _) => {
                return Err(usage(
                    "--yhat without --y",
                    Some("--yhat-col names a column of a file"),
                ));
            }
            (false, _, true) => {
                return Err(usage("--z without --y", Some("--z-col names a column of a file")));
            }
        }
        let negative = if self.activation == Some(ActivationArg::Tanh) { -1.0 } else { 0.0 };
        let choice = Choice {
            weight: self.weight_col,
            by: self.by,
            negative,
            ..self.columns.choice(self.cells)
        };
        Ok(Data::Tables { sources: sources(self.files)?, choice })
    }

    /// The values, with none of the options that are for files.
    fn values(self) -> Result<Data, Error> {
        let others = [
            ("--weight-col", self.weight_col.is_some()),
            ("--by", !self.by.is_empty()),
            ("--by-file", self.by_file),
        ];
        let mut of_files = self.columns.given().into_iter().chain(self.cells.given()).chain(others);
        match of_files.find(|&(_, is_given)| is_given) {
            Some((option, _)) => {
                Err(usage(&format!("{option} is for files, not for values"), None))
            }
            None if self.z.is_empty() => {
                Ok(Data::Values { y: self.y, given: Given::Yhat, outputs: self.yhat })
            }
            None => Ok(Data::Values { y: self.y, given: Given::Z, outputs: self.z }),
        }
    }
}

impl Columns {
    /// The columns, with neither weights nor groups.
    pub(super) fn choice(self, cells: Cells) -> Choice {
        let header = match (self.header, self.no_header) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        let input = self.input.map(|input| match input {
            InputArg::Csv => InputFormat::Csv,
            InputArg::Jsonl => InputFormat::JsonLines,
            InputArg::Parquet => InputFormat::Parquet,
        });
        Choice {
            input,
            delimiter: self.delimiter,
            header,
            y: self.y_col,
            yhats: self.yhat_col,
            zs: self.z_col,
            positive: cells.positive,
            skips_missing: cells.missing == Missing::Skip,
            ..Choice::default()
        }
    }

    /// Each option, and whether it is there.
    pub(super) fn given(&self) -> [(&'static str, bool); 7] {
        [
            ("--y-col", self.y_col.is_some()),
            ("--yhat-col", !self.yhat_col.is_empty()),
            ("--z-col", !self.z_col.is_empty()),
            ("--input", self.input.is_some()),
            ("--delimiter", self.delimiter.is_some()),
            ("--header", self.header),
            ("--no-header", self.no_header),
        ]
    }
}

impl Cells {
    /// Each option, and whether it is there.
    pub(super) fn given(&self) -> [(&'static str, bool); 2] {
        [("--positive", self.positive.is_some()), ("--missing", self.missing == Missing::Skip)]
    }
}

/// The files; standard input for `-`, and if there are none.
pub fn sources(files: Vec<PathBuf>) -> Result<Vec<Source>, Error> {
    // As other programs take it, where there is no such file.
    if let [path] = files.as_slice()
        && (path.as_os_str() == "help" || path.as_os_str() == "version")
        && !path.exists()
    {
        let message = format!("there is no file '{}'", path.display());
        return Err(usage(&message, Some("--help, --version; costs merge --help")));
    }
    let source =
        |path: PathBuf| if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path) };
    let mut sources: Vec<Source> = files.into_iter().map(source).collect();
    if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
        return Err(usage("standard input is named twice", None));
    }
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    Ok(sources)
}

pub fn usage(message: &str, hint: Option<&'static str>) -> Error {
    Error::new(Place::CommandLine, Fault::usage(message, hint))
}

/// The costs of those names, once each; all if there are none.
pub fn chosen_costs(names: &[String], clip: Option<Clip>) -> Vec<&'static dyn Cost> {
    let mut chosen: Vec<&'static dyn Cost> = Vec::new();
    let all = cost::ALL.map(Cost::name);
    let all = all.into_iter().filter(|_| names.is_empty());
    for cost in names.iter().map(String::as_str).chain(all).filter_map(cost::by_name) {
        if chosen.iter().all(|other| other.name() != cost.name()) {
            chosen.push(cost);
        }
    }
    if let Some(clip) = clip {
        clip.apply(&mut chosen);
    }
    chosen
}

pub fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

impl From<ActivationArg> for Activation {
    fn from(activation: ActivationArg) -> Self {
        match activation {
            ActivationArg::Sigmoid => Activation::Sigmoid,
            ActivationArg::Tanh => Activation::Tanh,
        }
    }
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Table => Format::Table,
            FormatArg::Csv => Format::Csv,
            FormatArg::Tsv => Format::Tsv,
            FormatArg::Json => Format::Json,
            FormatArg::Jsonl => Format::Jsonl,
            FormatArg::Markdown => Format::Markdown,
            FormatArg::Value => Format::Value,
            FormatArg::State => Format::State,
        }
    }
}
