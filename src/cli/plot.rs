//! The arguments of `costs plot`.

use std::ffi::OsStr;
use std::io;
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
use costs::{Data, Histogram, InputOptions, Job, Scoring};

use super::files::{formats, sources};
use super::messages::Messages;
use super::terminal::applies;

/// Columns of text where nobody says how many there are.
const COLUMNS: usize = 80;

/// The most columns of a picture.
const MOST_COLUMNS: usize = 160;

/// The fewest and the most lines, but for a terminal that has fewer.
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
    /// The costs to draw [default: all]; one of them for a histogram
    #[arg(long, value_name = "COST,…", value_delimiter = ',', value_parser = arguments::costs(), hide_possible_values = true, ignore_case = true, long_help = arguments::costs_help())]
    cost: Vec<&'static dyn Cost>,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    paper: Paper,
    /// No warnings, no progress
    #[arg(short, long, help_heading = "Running")]
    quiet: bool,
    /// The first option that is for files.
    #[arg(skip)]
    for_files: Option<String>,
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
    /// The costs that a job counts.
    Instances(Box<Job>, Arc<Histogram>),
}

impl Subject {
    /// The job to do before there is a picture.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Subject::Formulas(_) => None,
            Subject::Instances(job, _) => Some(job),
        }
    }

    pub fn picture(&self) -> Picture {
        match self {
            Subject::Formulas(picture) => picture.clone(),
            Subject::Instances(job, histogram) => {
                plot::instances(histogram, job.scoring.costs()[0])
            }
        }
    }
}

impl Plot {
    fn paper(&self) -> &Paper {
        match self {
            Plot::Activation { paper, .. } | Plot::Gradient { paper, .. } => paper,
            Plot::Cost(args) => &args.paper,
        }
    }

    /// The file to draw in, if not in the terminal.
    pub fn output(&self) -> Option<&Path> {
        self.paper().output.as_deref()
    }

    /// How messages are shown.
    pub fn messages(&self) -> Messages {
        let is_quiet = matches!(self, Plot::Cost(args) if args.quiet);
        Messages::new(self.paper().color, is_quiet)
    }

    /// The terminal, or what stands for one.
    pub fn screen(&self) -> Screen {
        self.paper().screen()
    }

    /// Notes the first option that was given and is for files.
    pub fn set_option_for_files(&mut self, option: Option<String>) {
        if let Plot::Cost(args) = self {
            args.for_files = option;
        }
    }

    /// What the arguments ask for.
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
                // All costs have the labels of the activation.
                let domain = match activation {
                    Activation::Sigmoid => Domain::Unit,
                    Activation::Tanh => Activated { cost: &Quadratic, activation }.domain_of_y(),
                };
                Ok(Subject::Formulas(plot::gradients(label(y.as_deref(), domain)?, activation)))
            }
            Plot::Cost(args) if args.files.is_empty() => args.curves().map(Subject::Formulas),
            Plot::Cost(args) => {
                let histogram = Arc::default();
                let job = args.job(Arc::clone(&histogram))?;
                Ok(Subject::Instances(Box::new(job), histogram))
            }
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

    /// The job that fills a histogram.
    fn job(self, histogram: Arc<Histogram>) -> Result<Job, Error> {
        if self.y.is_some() {
            return Err(Error::usage("--y is for curves, not for files")
                .with_hint("--y-col names a column of a file"));
        }
        let mut job = Job::new(Data::Tables(Vec::new()));
        job.input = self.input;
        job.scoring = Scoring::of(&self.cost);
        job = job.with_default_costs().into_owned();
        if job.scoring.costs().len() != 1 {
            return Err(Error::usage("a histogram is of one cost")
                .with_hint("choose it: --cost cross-entropy or --cost quadratic"));
        }
        if job.input.outputs().1.len() > 1 {
            return Err(Error::usage("a histogram is of one model"));
        }
        if job.input.weight_col.is_some() || !job.input.by.is_empty() {
            return Err(Error::usage("a histogram has neither weights nor groups"));
        }
        job.data = Data::Tables(sources(self.files)?);
        job.histogram = Some(histogram);
        Ok(job)
    }
}

impl Paper {
    fn screen(&self) -> Screen {
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let size = terminal_size::terminal_size_of(io::stdout());
        let size = size.map(|(columns, rows)| (usize::from(columns.0), usize::from(rows.0)));
        let columns = told.filter(|&columns| columns > 0).or(size.map(|(columns, _)| columns));
        let columns = columns.unwrap_or(COLUMNS).min(MOST_COLUMNS);
        // The prompt comes back below.
        let room = size.map_or(ROWS.1, |(_, rows)| rows.saturating_sub(2));
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

/// The label; 1 if none is given.
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
