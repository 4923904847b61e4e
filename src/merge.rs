//! Merges states, as if all their rows had been scored at once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use crate::engine::{Candidates, Classes, Infinite, Scored, too_many};
use crate::error::{Error, Kind, Location};
use crate::groups::Group;
use crate::io::Source;
use crate::neuron::Given;
use crate::scoring::Scoring;
use crate::state::{self, Line, Name, difference, header_difference};
use crate::table::labels::Seen;
use crate::table::schema::Header;
use crate::tally::{Overflow, Tally};
use crate::text::sentence;

/// The maximum length of a line in bytes. Many models or worst instances make a long line.
const LONGEST_LINE: u64 = 256 << 20;

/// Merges the states in those files. Returns their options, and the result of scoring all
/// their rows.
///
/// # Errors
/// If a line is no state, or states cannot be merged with each other.
pub fn merge(sources: &[Source], max_groups: usize) -> Result<(Scoring, Scored), Error> {
    let mut merged = Merged { max_groups, ..Merged::default() };
    for source in sources {
        let file = source.name();
        let mut reader = BufReader::new(source.open(Arc::default())?);
        let mut text = String::new();
        for line in 1.. {
            text.clear();
            let location = Location::line(&file, line);
            match (&mut reader).take(LONGEST_LINE).read_line(&mut text) {
                Ok(0) => break,
                Ok(_) if text.trim().is_empty() => {}
                Ok(_) => merged.add(text.trim_end_matches(['\n', '\r']), &location)?,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(no_state("it is not UTF-8 text").at(location));
                }
                Err(error) => return Err(Error::cannot_read(&file, &error)),
            }
        }
    }
    merged.finish()
}

/// The states that were merged so far.
#[derive(Default)]
struct Merged {
    max_groups: usize,
    /// The rows of all states, including skipped ones.
    rows: u64,
    /// The scoring of the first state, and the location of that state.
    scoring: Option<(Scoring, Location)>,
    /// The header of the first state that has one, and the location of that state.
    header: Option<(Header, Location)>,
    labels: Seen,
    /// The state in which each label other than the positive one first occurs.
    others: Vec<Location>,
    indices: HashMap<Name, usize>,
    groups: Vec<Group<'static>>,
    worst: Candidates,
}

impl Merged {
    fn add(&mut self, text: &str, location: &Location) -> Result<(), Error> {
        let line = state::read(text).map_err(|why| no_state(&why).at(location.clone()))?;
        self.check(&line, location)?;
        self.take(line, location).map_err(|error| match error.location() {
            Location::Job => error.at(location.clone()),
            _ => error,
        })
    }

    /// Checks that a state can be merged with the first.
    fn check(&mut self, line: &Line, location: &Location) -> Result<(), Error> {
        let other = |what: &str, first: &Location| {
            let message = format!("its {what} of {first}");
            Err(Error::new(Kind::State, location.clone(), message).with_hint(
                "only states that --format state wrote with the same options can be merged",
            ))
        };
        let here = || location.clone();
        if self.scoring.is_none() {
            self.worst = Candidates::new(line.scoring.worst());
        }
        let (scoring, first) = self.scoring.get_or_insert_with(|| (line.scoring.clone(), here()));
        if let Some(what) = difference(scoring, &line.scoring) {
            return other(&what, first);
        }
        if let Some(header) = &line.header {
            let (first_header, first) = self.header.get_or_insert_with(|| (header.clone(), here()));
            if let Some(what) = header_difference(first_header, header) {
                return other(what, first);
            }
        }
        Ok(())
    }

    /// Adds a state that can be merged with the others.
    fn take(&mut self, line: Line, location: &Location) -> Result<(), Error> {
        let Line { scoring, header, group, tally, worst, labels, .. } = line;
        if let (Some(labels), Some(header)) = (labels, &header) {
            self.labels.positive |= labels.positive;
            for other in &labels.others {
                if self.labels.add_other(other) {
                    self.others.push(location.clone());
                }
            }
            let positive = header.positive.as_deref().unwrap_or_default();
            self.labels
                .check(positive)
                .map_err(|(index, error)| error.at(self.others[index].clone()))?;
        }
        let (Some(header), Some(name), Some(tally)) = (header, group, tally) else {
            return Ok(());
        };
        if header.models.is_empty()
            || header.by.len() != name.clone().values().len()
            || header.cluster.is_some() != name.cluster().is_some()
        {
            return Err(no_state("its columns are not those of its options"));
        }
        let shape = scoring.shape(header.outputs(), header.weight.is_some());
        let of_models = scoring.columns(header.models.len());
        if tally.has_classes() != header.given.has_classes()
            || tally.classes() > header.classes.len() && !header.classes.is_empty()
        {
            return Err(no_state("its classes are not those of its columns"));
        }
        let has_classes = header.given.has_classes();
        let is_sorted = header.classes.is_sorted_by(|one, other| one < other);
        let is_of_neuron =
            scoring.gradient || scoring.activation.is_some() || header.positive.is_some();
        let is_of_yhat = scoring.normalize || scoring.clip.is_some() || scoring.calibration;
        let is_of_labels = is_of_neuron || is_of_yhat || header.baseline.is_some();
        let is_logp = !header.given.has_labels();
        if (has_classes && (is_of_neuron || !is_sorted))
            || (!has_classes && (scoring.normalize || !header.classes.is_empty()))
            || (header.given.is_z() && is_of_yhat)
            || (is_logp && (is_of_labels || !scoring.takes_log_probabilities()))
            || (scoring.calibration && (has_classes || header.baseline.is_some()))
            || (tally.has_forecasts() && !scoring.calibration)
        {
            return Err(no_state("its options do not go together"));
        }
        let labels = scoring.domains(header.given).y.range();
        let tally = Tally::restore(shape, &tally, labels).map_err(no_state)?;
        // Checked for all groups together, so that no sum over groups overflows.
        let overflow = || no_state(&Overflow.to_string());
        let rows = self.rows.checked_add(tally.n()).and_then(|n| n.checked_add(tally.skipped()));
        self.rows = rows.ok_or_else(overflow)?;
        for instance in worst {
            let worst = instance.restore().filter(|worst| worst.costs.len() == of_models);
            self.worst.extend([worst.ok_or_else(|| no_state("a worst instance is damaged"))?]);
        }
        match self.indices.get(&name) {
            Some(&index) => {
                self.groups[index].tally.to_mut().merge(&tally).map_err(|_| overflow())?;
            }
            None if self.groups.len() == self.max_groups => {
                return Err(too_many(self.max_groups, header.cluster.is_some()));
            }
            None => {
                self.indices.insert(name.clone(), self.groups.len());
                self.groups.push(Group {
                    file: name.file.clone().map(Cow::Owned),
                    cluster: name.cluster().map(Cow::Owned),
                    values: name.values().into_iter().map(Cow::Owned).collect(),
                    models: Cow::Owned(header.models.into()),
                    tally: Cow::Owned(tally),
                });
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Scoring, Scored), Error> {
        let none = || Error::new(Kind::Empty, Location::Job, "there are no states").with_hint(HINT);
        let (scoring, _) = self.scoring.ok_or_else(none)?;
        let mut groups = self.groups;
        for group in &mut groups {
            group.tally.to_mut().settle(1);
        }
        if scoring.calibration && !groups.iter().all(|group| group.tally.has_all_forecasts()) {
            return Err(no_state("some of its lines are missing or repeated"));
        }
        if scoring.calibration
            && !groups.iter().all(|group| has_costs_of_forecasts(&scoring, group))
        {
            return Err(no_state("its costs are not those of its forecasts"));
        }
        let most = |group: &Group| {
            let tally = &group.tally;
            (0..scoring.columns(group.models.len()))
                .map(|column| tally.infinite(column))
                .max()
                .unwrap_or_default()
        };
        let infinite = groups.iter().map(most).sum();
        let scored = Scored {
            first: Vec::new(),
            classes: Classes::default(),
            groups: Box::new(groups),
            infinite: Infinite { count: infinite, first: Vec::new() },
            labels: self.labels,
            worst: self.worst.worst_first(),
            gap: None,
            warnings: Vec::new(),
            rows: (None, Vec::new()),
            header: self.header.map(|(header, _)| header),
        };
        Ok((scoring, scored))
    }
}

/// Whether the costs of each model are those of its forecasts.
fn has_costs_of_forecasts(scoring: &Scoring, group: &Group) -> bool {
    let costs = scoring.costs();
    let output = scoring.domains(Given::Yhat).output;
    let has_costs = |(model, index): (usize, usize)| {
        let cost = costs[index];
        let column = (model * costs.len() + index) * scoring.columns_per_cost();
        group.tally.has_costs_of_forecasts((model, column), |y, yhat| {
            let mut numbers = [cost.cost(y, yhat)];
            if let Some(clip) = scoring.clip.filter(|_| cost.is_clipped()) {
                cost.clip(clip, &[y], &[yhat], &mut numbers);
            }
            // A damaged state may have such forecasts, on which no cost is defined.
            if output.contains(yhat) { numbers[0] } else { f64::INFINITY }
        })
    };
    let models = 0..group.models.len();
    models.flat_map(|model| (0..costs.len()).map(move |index| (model, index))).all(has_costs)
}

const HINT: &str = "--format state writes them";

/// Returns the error of a line that is no state, or a damaged one.
fn no_state(why: &str) -> Error {
    let message = format!("this is no state of costs: {}", sentence(why));
    Error::new(Kind::State, Location::Job, message).with_hint(HINT)
}
