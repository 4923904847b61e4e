//! What the command line or a program asks for, and which options go together. It runs
//! nothing itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::cost::{self, Cost, Measure};
use crate::engine::Histogram;
use crate::error::Error;
use crate::io::{Source, platform::is_same_file};
use crate::neuron::{Activation, Given};
use crate::report::{EXPLAINED, Format, Margin, Output, is_for_people};
use crate::scoring::Scoring;
use crate::table::options::InputOptions;
use crate::text::excerpt;

/// One run of the calculator: everything that the command line says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Job {
    /// The instances.
    pub data: Data,
    /// How to read them.
    pub input: InputOptions,
    /// What to compute.
    pub scoring: Scoring,
    /// What to show.
    pub run: RunOptions,
    /// How to write it.
    pub output: Output,
    /// Grows by the number of bytes read, to show progress.
    pub bytes_read: Arc<AtomicU64>,
    /// Histograms to fill: one for each cost of the first model, in their order. There may be
    /// fewer, or none.
    pub histograms: Vec<Arc<Histogram>>,
}

/// Instances to score.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Data {
    /// Pairs of y and ŷ, or of y and z, as written.
    Values {
        /// The labels.
        y: Vec<String>,
        /// What `outputs` are: ŷ or z.
        given: Given,
        /// The ŷ or z of each instance; with several classes, one for each class. A single y or
        /// a single instance stands for all.
        outputs: Vec<String>,
    },
    /// Tables with a column of y and one of ŷ or z.
    Tables(Vec<Source>),
    /// Files of states, to be merged.
    States(Vec<Source>),
}

/// What to show, and with how many threads.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[non_exhaustive]
pub struct RunOptions {
    /// Show every instance [default: for values]
    #[cfg_attr(feature = "cli", arg(long, overrides_with = "summary", help_heading = "Output"))]
    pub each: bool,
    /// Show the statistics [default: for files]
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Output"))]
    pub summary: bool,
    /// The number of threads [default: all cores]
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "N",
            value_parser = clap::value_parser!(u16).range(1..=1024),
            help_heading = "Running"
        )
    )]
    pub threads: Option<u16>,
}

/// Returns the costs that can be computed from log-probabilities.
fn costs_of_log_probabilities() -> impl Iterator<Item = &'static dyn Cost> {
    cost::ALL.into_iter().filter(|cost| cost.takes_log_probabilities())
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Every instance.
    Instances,
    /// The statistics.
    Summary,
    /// The instances of highest cost.
    Worst,
}

impl Job {
    /// Creates a job with default options: all costs as a table, computed on all cores.
    #[must_use]
    pub fn new(data: Data) -> Self {
        Job {
            data,
            input: InputOptions::default(),
            scoring: Scoring::default(),
            run: RunOptions::default(),
            output: Output::default(),
            bytes_read: Arc::default(),
            histograms: Vec::new(),
        }
    }

    /// Returns the files of tables or states; none for values.
    fn sources(&self) -> &[Source] {
        match &self.data {
            Data::Values { .. } => &[],
            Data::Tables(sources) | Data::States(sources) => sources,
        }
    }

    /// Returns all files that are read, the joined ones last.
    #[must_use]
    pub fn inputs(&self) -> Vec<Source> {
        let joined = self.input.join.iter().map(|path| Source::of(path));
        self.sources().iter().cloned().chain(joined).collect()
    }

    /// Whether the instances are values.
    pub(crate) fn has_values(&self) -> bool {
        matches!(self.data, Data::Values { .. })
    }

    /// Whether any mean is shown on a scale other than that of its cost, such as rmse.
    fn has_scales(&self) -> bool {
        self.scoring.cost.iter().any(|measure| measure.scale.is_some())
    }

    /// Returns what is shown.
    #[must_use]
    pub fn view(&self) -> View {
        let is_alone = matches!(self.output.format(), Format::Value | Format::State);
        // Calibration and scales are of means.
        let is_of_means = self.scoring.calibration || self.has_scales();
        let is_summary = is_alone || self.run.summary || is_of_means;
        let each_by_default = self.has_values() && !is_summary;
        if self.scoring.worst() > 0 {
            View::Worst
        } else if self.run.each || each_by_default {
            View::Instances
        } else {
            View::Summary
        }
    }

    /// Whether statistics are shown, alone or with the instances of highest cost.
    pub(crate) fn has_statistics(&self) -> bool {
        match self.view() {
            View::Instances => false,
            View::Summary => true,
            View::Worst => self.run.summary,
        }
    }

    /// Whether tables are joined row by row.
    pub(crate) fn joins_by_row(&self) -> bool {
        !self.input.join.is_empty() && self.input.on.is_empty()
    }

    /// Returns the job with its default costs filled in where these are not all costs, which is
    /// for log-probabilities.
    #[must_use]
    pub fn with_default_costs(&self) -> Cow<'_, Job> {
        if self.input.logp_col.is_empty() || !self.scoring.cost.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut job = self.clone();
        job.scoring.cost = costs_of_log_probabilities().map(Measure::from).collect();
        Cow::Owned(job)
    }

    /// Returns the number of workers.
    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.run.threads.map_or_else(all, usize::from)
    }

    /// Refuses options that do not go together.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_log_probabilities()?;
        self.check_explained()?;
        self.check_format()?;
        self.check_view()?;
        self.check_costs()
    }

    /// Refuses what does not go with log-probabilities, which stand in place of y and ŷ.
    fn check_log_probabilities(&self) -> Result<(), Error> {
        if matches!(self.data, Data::Values { given: Given::Logp, .. }) {
            return Err(Error::usage("log-probabilities are read from a column only"));
        }
        let (input, scoring) = (&self.input, &self.scoring);
        if input.logp_col.is_empty() {
            return Ok(());
        }
        let refused = |option: &str, why: &str| {
            Err(Error::usage(format!("--logp-col and {option} do not go together"))
                .with_hint(format!("drop {option}: {why}")))
        };
        let in_place = "log-probabilities stand in place of y and ŷ";
        let no_label = "a log-probability is that of what happened, whatever its label";
        let no_neuron = "a log-probability has no z";
        let options = [
            (self.has_values(), "values", "--logp-col is for files"),
            (input.y_col.is_some(), "--y-col", in_place),
            (!input.yhat_col.is_empty(), "--yhat-col", in_place),
            (!input.z_col.is_empty(), "--z-col", in_place),
            (input.positive.is_some(), "--positive", no_label),
            (!input.negative.is_empty(), "--negative", no_label),
            (!input.classes.is_empty(), "--classes", no_label),
            (scoring.calibration, "--calibration", no_label),
            (scoring.gradient, "--gradient", no_neuron),
            (scoring.activation.is_some(), "--activation", no_neuron),
            (
                scoring.clip.is_some(),
                "--clip",
                "it keeps ŷ away from 0 and 1, and --logp-col has no ŷ",
            ),
            (scoring.normalize, "--normalize", "it is for the ŷ of several classes"),
            (input.baseline_col.is_some(), "--baseline-col", "there is no skill without labels"),
        ];
        if let Some((_, option, why)) = options.into_iter().find(|(is_given, ..)| *is_given) {
            return refused(option, why);
        }
        let costs = scoring.cost.iter().map(|measure| ("--cost", *measure));
        match costs.chain(self.gates()).find(|(_, measure)| !measure.cost.takes_log_probabilities())
        {
            Some((option, measure)) => {
                let names: Vec<&str> = costs_of_log_probabilities().map(Cost::name).collect();
                let why = format!("log-probabilities have {} alone", names.join(", "));
                refused(&format!("{option} {}", measure.name()), &why)
            }
            None => Ok(()),
        }
    }

    /// Refuses to explain without a table, or too many instances.
    fn check_explained(&self) -> Result<(), Error> {
        if !self.output.explain {
            return Ok(());
        }
        if !is_for_people(self.output.format()) {
            return Err(Error::usage("--explain is for tables")
                .with_hint("--format table or markdown shows the working"));
        }
        let (count, hint) = match (&self.data, self.view()) {
            (Data::Values { y, outputs, .. }, View::Instances) => {
                let outputs = outputs.len() / self.input.classes.len().max(1);
                (y.len().max(outputs), "--summary explains their statistics")
            }
            (_, View::Worst) => (self.scoring.worst(), "--worst 10 is the most"),
            _ => return Ok(()),
        };
        if count > EXPLAINED {
            let message = format!("--explain is of {EXPLAINED} instances at most, not of {count}");
            return Err(Error::usage(message).with_hint(hint));
        }
        Ok(())
    }

    fn check_format(&self) -> Result<(), Error> {
        let view = self.view();
        let models = self.input.outputs().1.len().max(1);
        let costs = self.scoring.measures_of_instances().len();
        let columns = models * costs * self.scoring.columns_per_cost();
        match self.output.format() {
            Format::Value if view == View::Instances && columns > 1 => {
                Err(Error::usage("--format value with --each takes one column of costs")
                    .with_hint("choose it, such as --cost quadratic"))
            }
            Format::Value if view == View::Worst => {
                Err(Error::usage("--format value has no room for --worst")
                    .with_hint("--format csv has"))
            }
            Format::State if view == View::Instances => {
                Err(Error::usage("--format state has no room for instances"))
            }
            Format::State
                if matches!(self.data, Data::States(_)) && !self.scoring.cost.is_empty() =>
            {
                Err(Error::usage("--cost is for results, not for a state"))
            }
            Format::State if self.output.has_gates() || self.output.sort.is_some() => {
                let option = match self.output.fail_above.as_slice() {
                    [] if self.output.fail_worse.is_empty() => "--sort",
                    [] => "--fail-worse",
                    _ => "--fail-above",
                };
                let error = Error::usage(format!("{option} is for results, not for a state"));
                Err(match self.data {
                    Data::States(_) => error,
                    _ => error.with_hint("costs merge takes it"),
                })
            }
            format if view == View::Worst && self.run.summary && !is_for_people(format) => {
                Err(Error::usage("--summary and --worst together are for tables")
                    .with_hint("drop --worst for the statistics, or --summary for the instances"))
            }
            _ => Ok(()),
        }
    }

    fn check_view(&self) -> Result<(), Error> {
        let is_grouped = self.scoring.by_file || !self.input.by.is_empty();
        if is_grouped && self.view() != View::Summary {
            return Err(Error::usage("instances are not grouped")
                .with_hint("--by and --by-file group the statistics"));
        }
        if self.has_scales() && self.scoring.gradient && self.view() != View::Summary {
            return Err(Error::usage("--gradient of instances is that of a cost, not of a scale")
                .with_hint("drop one of them: --gradient, or the scale of --cost"));
        }
        let mut scales = self.scoring.cost.iter().filter_map(|measure| measure.scale);
        let of_means = scales.find(|scale| !scale.is_multiple());
        if let Some(scale) = of_means.filter(|_| self.view() == View::Instances) {
            let (name, cost) = (scale.name(), scale.cost().name());
            return Err(Error::usage(format!("{name} is of a mean, not of an instance"))
                .with_hint(format!("--summary shows it; --each shows --cost {cost}")));
        }
        if !self.has_statistics() {
            let hint = "--summary shows them";
            if self.scoring.calibration {
                return Err(Error::usage("--calibration is for the statistics").with_hint(hint));
            }
            if self.output.sort.is_some() {
                return Err(Error::usage("--sort is for the statistics").with_hint(hint));
            }
            if self.input.baseline_col.is_some() {
                return Err(Error::usage("--baseline-col is for the statistics").with_hint(hint));
            }
            if self.input.cluster_col.is_some() && self.output.fail_worse.is_empty() {
                return Err(Error::usage("--cluster-col is for the statistics").with_hint(hint));
            }
        }
        if self.view() == View::Worst && self.has_values() {
            return Err(Error::usage("--worst is for files").with_hint("values are all shown"));
        }
        Ok(())
    }

    fn check_costs(&self) -> Result<(), Error> {
        let scoring = &self.scoring;
        if scoring.clip.is_some() && scoring.gradient {
            let message = "--gradient is of the cost without --clip";
            return Err(Error::usage(message));
        }
        match self.data {
            Data::Values { given: Given::Z, .. } if scoring.clip.is_some() => {
                return Err(Error::usage("--clip is for --yhat")
                    .with_hint("costs that are computed from z need no clipping"));
            }
            Data::Values { given: Given::Yhat, .. } if scoring.activation.is_some() => {
                return Err(Error::usage("--activation is for --z"));
            }
            _ => {}
        }
        let has_classes = !self.input.classes.is_empty();
        if self.input.classes.iter().any(|class| class.trim().is_empty()) {
            return Err(Error::usage("--classes names a class without a name"));
        }
        if has_classes && self.input.positive.is_some() {
            return Err(Error::usage("--positive is of two labels, and --classes of several")
                .with_hint("one class against the rest: --positive LABEL --negative '*'"));
        }
        if has_classes && (scoring.gradient || scoring.activation.is_some()) {
            let option = if scoring.gradient { "--gradient" } else { "--activation" };
            return Err(Error::usage(format!("{option} is not for several classes")));
        }
        if let Data::Values { given, .. } = self.data {
            if given.has_classes() && !has_classes {
                return Err(Error::usage("values of several classes without --classes"));
            }
            if scoring.normalize && given.is_z() {
                return Err(
                    Error::usage("--normalize is for --yhat").with_hint("a softmax adds up to 1")
                );
            }
            if scoring.normalize && !has_classes {
                return Err(Error::usage("--normalize is for several classes")
                    .with_hint("--classes A,B names them"));
            }
        }
        let costs = scoring.costs();
        if scoring.activation == Some(Activation::Tanh)
            && costs.iter().any(|cost| !cost.allows_tanh())
        {
            return Err(Error::usage("--cost brier is of probabilities, which tanh does not give")
                .with_hint("--cost quadratic takes them"));
        }
        if scoring.clip.is_some() && !costs.iter().any(|cost| cost.is_clipped()) {
            return Err(Error::usage("--clip changes none of the costs")
                .with_hint("it is for cross-entropy and brier"));
        }
        self.check_calibration()?;
        self.check_sources()?;
        if self.has_values() && !self.output.fail_worse.is_empty() {
            return Err(Margin::without_models());
        }
        self.check_gates(scoring)
    }

    /// Refuses `--calibration` unless it is of ŷ, of two classes and of the usual baseline.
    fn check_calibration(&self) -> Result<(), Error> {
        let is_z = match &self.data {
            Data::Values { given, .. } => given.is_z(),
            _ => !self.input.z_col.is_empty(),
        };
        let others = [
            (is_z, "--calibration is of ŷ, not of z"),
            (
                self.scoring.activation.is_some(),
                "--calibration is of ŷ, and --activation of z: drop one of them",
            ),
            (
                !self.input.classes.is_empty(),
                "--calibration is of two classes, and --classes names several: drop one of them",
            ),
            (
                self.input.baseline_col.is_some(),
                "--calibration has the mean label as its baseline: drop it or --baseline-col",
            ),
        ];
        match others.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, message)) if self.scoring.calibration => Err(Error::usage(message)),
            _ => Ok(()),
        }
    }

    /// Returns the options of gates, each with the measure that it names.
    fn gates(&self) -> impl Iterator<Item = (&'static str, Measure)> {
        let limits = self.output.fail_above.iter();
        let limits = limits.filter_map(|limit| Some(("--fail-above", limit.measure?)));
        let margins = self.output.fail_worse.iter();
        limits.chain(margins.map(|margin| ("--fail-worse", margin.measure)))
    }

    /// Refuses gates on costs that are not computed.
    pub(crate) fn check_gates(&self, scoring: &Scoring) -> Result<(), Error> {
        match self.gates().find(|(_, measure)| scoring.index(*measure).is_none()) {
            Some((gate, measure)) => {
                let (name, cost) = (measure.name(), measure.cost.name());
                let of = if name == cost { "" } else { &format!(", a scale of {cost}") };
                Err(Error::usage(format!("{gate} names {name}{of}, which --cost leaves out")))
            }
            None => Ok(()),
        }
    }

    /// Refuses to sort, or to explain, where the statistics are not shown.
    pub(crate) fn check_sort(&self, scoring: &Scoring) -> Result<(), Error> {
        if self.output.explain && scoring.worst() > 0 && matches!(self.data, Data::States(_)) {
            let hint = "the states were written with --worst, without y and ŷ";
            return Err(Error::usage("--explain is for the statistics").with_hint(hint));
        }
        if self.output.sort.is_some() && scoring.worst() > 0 && !self.run.summary {
            return Err(Error::usage("--sort is for the statistics")
                .with_hint("the states were written with --worst"));
        }
        Ok(())
    }

    /// Refuses a file that is named twice, be it by different paths.
    fn check_sources(&self) -> Result<(), Error> {
        let sources = &self.inputs();
        let is_stdin = |path: &Path| path.is_file() && is_same_file(None, path);
        if sources.contains(&Source::Stdin)
            && let Some(file) = sources.iter().find(|it| it.path().is_some_and(is_stdin))
        {
            let message = format!("'{}' is standard input, too", excerpt(file.name().as_bytes()));
            return Err(Error::usage(message).with_hint("its rows would count twice"));
        }
        if sources.iter().filter(|source| **source == Source::Stdin).count() > 1 {
            return Err(Error::usage("standard input is named twice"));
        }
        let mut files = HashMap::new();
        for source in sources {
            let regular = source.path().filter(|path| path.is_file());
            let Some(file) = regular.and_then(|path| path.canonicalize().ok()) else { continue };
            if let Some(other) = files.insert(file, source) {
                let (name, other) = (source.name(), other.name());
                let (name, other) = (excerpt(name.as_bytes()), excerpt(other.as_bytes()));
                let what = if name == other {
                    format!("'{name}' is named twice")
                } else {
                    format!("'{other}' and '{name}' are the same file")
                };
                return Err(Error::usage(what).with_hint("its rows would count twice"));
            }
        }
        Ok(())
    }
}
