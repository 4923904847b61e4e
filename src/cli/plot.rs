//! The arguments of `costs plot`.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use costs::arguments;
use costs::cost::{Activated, Cost, Domain, Quadratic};
use costs::error::{Error, Kind, Location};
use costs::neuron::Activation;
use costs::plot::{self, Picture, Screen};
use costs::report::When;
use costs::text::{escape, excerpt};
use costs::{Data, Histogram, InputOptions, Job, Outcome, Scoring};

use super::files::{formats, sources};
use super::messages::Messages;
use super::progress::watch;
use super::terminal::{applies, columns};

/// The width of a picture, in characters, if that of the terminal is not known.
const COLUMNS: usize = 80;

/// The greatest width of a picture, in characters.
const MOST_COLUMNS: usize = 160;

/// The fewest and the most lines of a picture, unless the terminal has fewer.
const ROWS: (usize, usize) = (16, 40);

#[derive(Debug, Subcommand)]
pub enum Plot {
    /// The output of a neuron against its weighted input z, and where it is saturated
    #[command(
        max_term_width = 100,
        after_help = "\
Examples:
  costs plot activation                              Figure 8.1 of Deep Learning Illustrated
  costs plot activation --activation sigmoid -o sigmoid.svg"
    )]
    Activation {
        /// The activation
        #[arg(long, value_enum, default_value_t = Activation::Tanh, value_name = "NAME")]
        activation: Activation,
        #[command(flatten)]
        paper: Paper,
    },
    /// The costs against ŷ; or, of files, how many instances cost how much
    #[command(
        max_term_width = 100,
        after_help = "\
Examples:
  costs plot cost                                    both costs where y is 1
  costs plot cost --y 0.3 -o soft.svg                of a soft label, as SVG
  costs plot cost predictions.csv --cost log-loss    a histogram of one's own data"
    )]
    #[command(
        mut_arg("input", |arg| arg.value_parser(formats())),
        mut_arg("weight_col", |arg| arg.hide(true)),
        mut_arg("by", |arg| arg.hide(true))
    )]
    Cost(Box<CostArgs>),
    /// How calibrated a model is: the isotonic regression of y on ŷ against the diagonal
    #[command(
        max_term_width = 100,
        after_help = "\
Examples:
  costs plot calibration predictions.csv
  costs plot calibration predictions.csv --yhat-col model_a -o calibration.svg"
    )]
    #[command(
        mut_arg("input", |arg| arg.value_parser(formats())),
        mut_arg("by", |arg| arg.hide(true)),
        mut_arg("cluster_col", |arg| arg.hide(true)),
        mut_arg("z_col", |arg| arg.hide(true)),
        mut_arg("logp_col", |arg| arg.hide(true)),
        mut_arg("classes", |arg| arg.hide(true)),
        mut_arg("baseline_col", |arg| arg.hide(true))
    )]
    Calibration(Box<CalibrationArgs>),
    /// |∂C/∂z| of both costs against z: how fast a neuron learns
    #[command(
        max_term_width = 100,
        after_help = "\
Examples:
  costs plot gradient                                a sigmoid neuron where y is 1
  costs plot gradient --activation tanh --y -1 -o gradient.svg"
    )]
    Gradient {
        /// The label [default: 1]
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        y: Option<String>,
        /// The activation
        #[arg(long, value_enum, default_value_t = Activation::Sigmoid, value_name = "NAME")]
        activation: Activation,
        #[command(flatten)]
        paper: Paper,
    },
}

#[derive(Debug, clap::Args)]
pub struct CostArgs {
    /// Files of predictions, for a histogram; `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The label, from 0 to 1 [default: 1]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    y: Option<String>,
    /// The costs to draw [default: all]
    #[arg(long, value_name = "COST,…", value_delimiter = ',', value_parser = arguments::costs(), hide_possible_values = true, ignore_case = true, long_help = arguments::costs_help())]
    cost: Vec<&'static dyn Cost>,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    paper: Paper,
    /// No warnings, no progress
    #[arg(short, long, help_heading = "Running")]
    quiet: bool,
    /// The first option given that is only for files.
    #[arg(skip)]
    for_files: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CalibrationArgs {
    /// Files of predictions; `-`, or none, is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    paper: Paper,
    /// No warnings, no progress
    #[arg(short, long, help_heading = "Running")]
    quiet: bool,
}

/// Where to draw.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct Paper {
    /// Write an SVG file, whole or not at all, instead of drawing in the terminal
    #[arg(short, long, value_name = "FILE.svg")]
    output: Option<PathBuf>,
    /// When to colour in the terminal
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
}

/// What is to be drawn.
pub enum Subject {
    /// Formulas.
    Formulas(Picture),
    /// The costs that a job counts, each in a histogram.
    Instances(Box<Job>),
    /// The forecasts that a job recalibrates.
    Calibration(Box<Job>),
}

impl Subject {
    /// Returns the job to do before drawing.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Subject::Formulas(_) => None,
            Subject::Instances(job) | Subject::Calibration(job) => Some(job),
        }
    }

    /// Does the job, and draws the picture.
    ///
    /// # Errors
    /// Those of the job.
    pub fn draw(&self, is_quiet: bool) -> Result<(Picture, Outcome), Error> {
        Ok(match self {
            Subject::Formulas(picture) => (picture.clone(), Outcome::default()),
            Subject::Instances(job) => {
                let outcome = watch(job, is_quiet, || costs::run(job, &mut io::sink()))?;
                let histograms = job.histograms.iter().map(|histogram| &**histogram);
                let costs: Vec<_> = job.scoring.costs().into_iter().zip(histograms).collect();
                (plot::instances(&costs), outcome)
            }
            Subject::Calibration(job) => {
                let (calibration, outcome) = watch(job, is_quiet, || costs::calibration(job))?;
                (plot::calibration(&calibration), outcome)
            }
        })
    }
}

impl Plot {
    fn paper(&self) -> &Paper {
        match self {
            Plot::Activation { paper, .. } | Plot::Gradient { paper, .. } => paper,
            Plot::Cost(args) => &args.paper,
            Plot::Calibration(args) => &args.paper,
        }
    }

    /// Returns the file to draw in; None for the terminal.
    pub fn output(&self) -> Option<&Path> {
        self.paper().output.as_deref()
    }

    /// Returns how messages are shown.
    pub fn messages(&self) -> Messages {
        let is_quiet = match self {
            Plot::Cost(args) => args.quiet,
            Plot::Calibration(args) => args.quiet,
            Plot::Activation { .. } | Plot::Gradient { .. } => false,
        };
        Messages::new(self.paper().color, is_quiet)
    }

    /// Returns the size and colours of the terminal, with defaults if there is none.
    pub fn screen(&self) -> Screen {
        self.paper().screen()
    }

    /// Stores the first option given that is only for files.
    pub fn set_option_for_files(&mut self, option: Option<String>) {
        if let Plot::Cost(args) = self {
            args.for_files = option;
        }
    }

    /// Returns what the arguments ask to draw.
    ///
    /// # Errors
    /// If they do not go together.
    pub fn subject(self) -> Result<Subject, Error> {
        self.paper().check()?;
        match self {
            Plot::Activation { activation, .. } => {
                Ok(Subject::Formulas(plot::activation(activation)))
            }
            Plot::Gradient { y, activation, .. } => {
                // The labels depend on the activation, not on the cost.
                let domain = match activation {
                    Activation::Sigmoid => Domain::Unit,
                    Activation::Tanh => Activated { cost: &Quadratic, activation }.domain_of_y(),
                };
                Ok(Subject::Formulas(plot::gradients(label(y.as_deref(), domain)?, activation)))
            }
            Plot::Cost(args) if args.files.is_empty() => args.curves().map(Subject::Formulas),
            Plot::Cost(args) => Ok(Subject::Instances(Box::new(args.job()?))),
            Plot::Calibration(args) => Ok(Subject::Calibration(Box::new(args.job()?))),
        }
    }
}

impl CostArgs {
    fn curves(self) -> Result<Picture, Error> {
        if let Some(option) = self.for_files {
            return Err(Error::usage(format!("{option} is for files, and none is named")));
        }
        let y = label(self.y.as_deref(), Domain::Unit)?;
        Ok(plot::costs(y, &Scoring::of(&self.cost).costs()))
    }

    /// Returns the job that fills histograms.
    fn job(self) -> Result<Job, Error> {
        if self.y.is_some() {
            return Err(Error::usage("--y is for curves, not for files")
                .with_hint("--y-col names a column of a file"));
        }
        let mut job = Job::new(Data::Tables(Vec::new()));
        job.input = self.input;
        job.scoring = Scoring::of(&self.cost);
        job = job.with_default_costs().into_owned();
        if job.input.outputs().1.len() > 1 {
            return Err(Error::usage("a histogram is of one model"));
        }
        if job.input.weight_col.is_some() || !job.input.by.is_empty() {
            return Err(Error::usage("a histogram has neither weights nor groups"));
        }
        job.data = Data::Tables(sources(&self.files)?);
        let histogram = |_| Arc::new(Histogram::default());
        job.histograms = job.scoring.costs().iter().map(histogram).collect();
        Ok(job)
    }
}

impl CalibrationArgs {
    /// Returns the job that recalibrates forecasts.
    fn job(self) -> Result<Job, Error> {
        let input = &self.input;
        let others = [
            (input.yhat_col.len() > 1, "of one model"),
            (!input.by.is_empty(), "of all groups together"),
            (input.cluster_col.is_some(), "of all rows, whatever their cluster"),
            (!input.z_col.is_empty() || !input.logp_col.is_empty(), "of y and ŷ"),
            (!input.classes.is_empty(), "of two classes, 0 and 1"),
            (input.baseline_col.is_some(), "against the mean label"),
        ];
        if let Some((_, what)) = others.into_iter().find(|(is_given, _)| *is_given) {
            return Err(Error::usage(format!("a picture of calibration is {what}")));
        }
        if self.files.is_empty() && io::stdin().is_terminal() {
            return Err(Error::usage("no file is named").with_hint("costs plot calibration FILE"));
        }
        let mut job = Job::new(Data::Tables(sources(&self.files)?));
        job.input = self.input;
        job.scoring.calibration = true;
        Ok(job)
    }
}

impl Paper {
    fn screen(&self) -> Screen {
        let columns = columns().unwrap_or(COLUMNS).min(MOST_COLUMNS);
        // The prompt needs room below.
        let size = terminal_size::terminal_size_of(io::stdout());
        let room = size.map_or(ROWS.1, |(_, rows)| usize::from(rows.0).saturating_sub(2));
        let rows = (3 * columns / 10).clamp(ROWS.0, ROWS.1).min(room);
        Screen { columns, rows, color: applies(self.color, &io::stdout()) }
    }

    fn check(&self) -> Result<(), Error> {
        let Some(path) = &self.output else { return Ok(()) };
        match path.extension().map(OsStr::to_ascii_lowercase) {
            Some(extension) if extension != "svg" => {
                let name = escape(path.as_os_str().as_encoded_bytes());
                let message = "the picture would be SVG";
                Err(Error::new(Kind::Usage, Location::file(&name), message)
                    .with_hint("name it .svg"))
            }
            _ => Ok(()),
        }
    }
}

/// Parses the label; 1 if none is given.
fn label(text: Option<&str>, domain: Domain) -> Result<f64, Error> {
    let Some(text) = text else { return Ok(1.0) };
    match text.parse() {
        Ok(y) if domain.contains(y) => Ok(y),
        _ => {
            let message = format!("'{}' is not a label", excerpt(text.as_bytes()));
            let hint = match domain {
                Domain::Signed => "labels of tanh are -1 and 1, or between but not 0",
                _ => "labels are 0 and 1, or between",
            };
            Err(Error::new(Kind::Usage, Location::Option("--y"), message).with_hint(hint))
        }
    }
}
