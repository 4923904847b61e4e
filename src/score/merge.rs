//! Merges states, as if all their rows had been scored at once.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use crate::error::{Error, Fault, Place};
use crate::input::Source;
use crate::neuron::Given;
use crate::tally::{Overflow, Tally};

use super::groups::Group;
use super::ledger::Infinite;
use super::state::{self, Input, Name, Options};
use super::worst::Candidates;
use super::{Plan, Scored};

/// The longest line of a state: one with many models and worst instances.
const LONGEST_LINE: u64 = 256 << 20;

/// Merges the states in those files: the plan that they share, and what scoring all
/// their rows would have given.
///
/// # Errors
/// If a line is no state, or states do not belong together.
pub fn merge(sources: &[Source], max_groups: usize) -> Result<(Plan, Scored), Error> {
    let mut merged = Merged { max_groups, ..Merged::default() };
    for source in sources {
        let file = source.name();
        let cannot_read = |error| Error::cannot_read(&file, error);
        let mut reader = BufReader::new(source.open(Arc::default())?);
        let mut text = String::new();
        for line in 1.. {
            text.clear();
            let place = || Place::Line { file: file.clone(), line };
            let read = (&mut reader).take(LONGEST_LINE).read_line(&mut text);
            match read {
                Ok(0) => break,
                Ok(_) if text.trim().is_empty() => {}
                Ok(_) => merged
                    .add(text.trim_end_matches(['\n', '\r']), place)
                    .map_err(|fault| Error::new(place(), fault))?,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    let why = "it is not UTF-8 text".to_owned();
                    return Err(Error::new(place(), Fault::NotAState(why)));
                }
                Err(error) => return Err(cannot_read(error)),
            }
        }
    }
    merged.finish()
}

/// States that belong together.
#[derive(Default)]
struct Merged {
    max_groups: usize,
    /// Rows of all states, skipped ones too.
    rows: u64,
    /// Of the first state, and where that is.
    first: Option<(Options, Place)>,
    /// Of the first state that had a header, and where that is.
    input: Option<(Input, Place)>,
    places: HashMap<Name, usize>,
    groups: Vec<Group>,
    worst: Candidates,
    plan: Option<Plan>,
}

impl Merged {
    fn add(&mut self, text: &str, place: impl Fn() -> Place) -> Result<(), Fault> {
        let line = state::read(text).map_err(Fault::NotAState)?;
        let (first, first_place) =
            self.first.get_or_insert_with(|| (line.options.clone(), place()));
        if *first != line.options {
            let what = first.difference(&line.options);
            return Err(Fault::OtherState { what, first: first_place.to_string() });
        }
        if self.plan.is_none() {
            let plan = line.options.plan().map_err(Fault::NotAState)?;
            self.worst = Candidates::new(plan.worst);
            self.plan = Some(plan);
        }
        let plan = self.plan.as_ref().expect("it was made");
        if let Some(input) = line.input {
            let (first, first_place) = self.input.get_or_insert_with(|| (input.clone(), place()));
            if *first != input {
                let what = first.difference(&input);
                return Err(Fault::OtherState { what, first: first_place.to_string() });
            }
        }
        let given = self.input.as_ref().map_or(Given::Yhat, |(input, _)| input.given());
        let labels = plan.domains(given).y.range();
        let no_state = |why: &str| Fault::NotAState(why.to_owned());
        let tally = Tally::restore(plan.shape(), &line.tally, labels).map_err(no_state)?;
        let columns = tally.columns();
        // So that no sum over groups overflows.
        let rows = self.rows.checked_add(tally.n()).and_then(|n| n.checked_add(tally.skipped()));
        self.rows = rows.ok_or_else(|| no_state(&Overflow.to_string()))?;
        for instance in line.worst {
            let worst = instance.restore().filter(|worst| worst.costs.len() == columns);
            self.worst.extend([worst.ok_or_else(|| no_state("a worst instance is damaged"))?]);
        }
        let Some(name) = line.group else { return Ok(()) };
        let Some((input, _)) = &self.input else {
            return Err(no_state("it has rows, and no columns"));
        };
        match self.places.get(&name) {
            Some(&place) => {
                let merged = self.groups[place].tally.merge(&tally);
                merged.map_err(|overflow| Fault::NotAState(overflow.to_string()))?;
            }
            None if self.groups.len() == self.max_groups => {
                return Err(Fault::TooManyGroups(self.max_groups));
            }
            None => {
                let models = input.models.clone();
                self.places.insert(name.clone(), self.groups.len());
                self.groups.push(Group::merged(name.file, name.values, models, tally));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Plan, Scored), Error> {
        let nothing = |fault| Error::new(Place::CommandLine, fault);
        let plan = self.plan.ok_or_else(|| nothing(Fault::NoStates))?;
        let most = |group: &Group| {
            let tally = &group.tally;
            (0..tally.columns()).map(|column| tally.infinite(column)).max().unwrap_or_default()
        };
        let infinite = self.groups.iter().map(most).sum();
        let scored = Scored {
            groups: self.groups,
            infinite: Infinite { count: infinite, first: Vec::new() },
            worst: self.worst.worst_first(),
            warnings: Vec::new(),
            rows: Vec::new(),
            header: self.input.map(|(input, _)| input.restore()),
        };
        Ok((plan, scored))
    }
}
