//! Labels that are words, or any two values, and which of them counts as 1.
//!
//! Numbers are compared as numbers, and booleans as 1 and 0, so that a table gives the same
//! results in every format.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Location};
use crate::text::{excerpt, list};

use super::number::{self, NotUsable};
use super::options::InputOptions;

/// What labels mean.
#[derive(Clone, Debug)]
pub struct Labels {
    positive: Label,
    negative: Negative,
    /// The number of every label that is not the positive one.
    low: f64,
}

/// Which labels are not the positive one.
#[derive(Clone, Debug)]
enum Negative {
    /// The only other label that occurs.
    TheOther,
    /// These.
    These(Vec<Label>),
    /// Every other label.
    Any,
}

/// A label in the form in which it is compared.
#[derive(Clone, Debug, PartialEq)]
enum Label {
    Number(f64),
    Text(Vec<u8>),
}

impl Label {
    fn of(cell: &[u8]) -> Self {
        let text = number::trim(cell);
        number::label(text).map_or_else(|| Label::Text(text.to_vec()), Label::Number)
    }

    /// Returns whether a trimmed cell is this label.
    fn is(&self, text: &[u8]) -> bool {
        match self {
            Label::Text(label) => label == text,
            Label::Number(number) => number::label(text) == Some(*number),
        }
    }
}

impl Labels {
    /// Returns what the options say; None if labels are numbers. `low` is the number of every
    /// label that is not the positive one.
    ///
    /// # Errors
    /// If a label counts as both, or only `--negative` is given.
    pub fn of(options: &InputOptions, low: f64) -> Result<Option<Self>, Error> {
        let Some(positive) = &options.positive else {
            if options.negative.is_empty() {
                return Ok(None);
            }
            return Err(Error::usage("--negative without --positive")
                .with_hint("--positive LABEL says what counts as 1"));
        };
        let positive = Label::of(positive.as_bytes());
        let negative = match options.negative.as_slice() {
            [] => Negative::TheOther,
            [all] if all == "*" => Negative::Any,
            labels => {
                Negative::These(labels.iter().map(|label| Label::of(label.as_bytes())).collect())
            }
        };
        if matches!(&negative, Negative::These(labels) if labels.contains(&positive)) {
            let shown = excerpt(options.positive.as_deref().unwrap_or_default().as_bytes());
            return Err(Error::usage(format!("--negative has the label of --positive, '{shown}'")));
        }
        Ok(Some(Labels { positive, negative, low }))
    }
}

/// The labels that occur in some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Whether the positive label occurs.
    pub positive: bool,
    /// The first two other labels, in the order of the rows.
    pub others: Vec<Vec<u8>>,
}

/// The classes of labels, by their names or numbers.
#[derive(Debug, Default)]
pub struct Classes {
    /// The index of each class by its name; empty if classes are numbered.
    texts: HashMap<Vec<u8>, usize, RandomState>,
    /// The index of each class whose name is a number, by the bits of that number.
    numbers: HashMap<u64, usize, RandomState>,
    is_numbered: bool,
}

impl Classes {
    /// Returns classes with those names, or numbered from 0 if there are no names.
    pub fn new(names: &[String]) -> Self {
        let mut classes = Classes { is_numbered: names.is_empty(), ..Classes::default() };
        for (index, name) in names.iter().enumerate() {
            let text = number::trim(name.as_bytes());
            classes.texts.insert(text.to_vec(), index);
            if let ClassKey::Number(bits) = ClassKey::of(name) {
                classes.numbers.insert(bits, index);
            }
        }
        classes
    }

    /// Returns the class of a trimmed label.
    fn find(&self, text: &[u8]) -> Option<usize> {
        if let Some(&index) = self.texts.get(text) {
            return Some(index);
        }
        let number = number::label(text)?;
        if self.is_numbered {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is a small whole number"
            )]
            return (number.fract() == 0.0 && (0.0..MOST_CLASSES).contains(&number))
                .then_some(number as usize);
        }
        self.numbers.get(&(number + 0.0).to_bits()).copied()
    }
}

/// The numbers of numbered classes are below this.
const MOST_CLASSES: f64 = 1_048_576.0;

/// What names of classes are compared by. Two names with equal keys are names of one class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClassKey {
    /// The bits of the number, if the name is one.
    Number(u64),
    /// The trimmed name.
    Text(Vec<u8>),
}

impl ClassKey {
    /// Returns the key of a name.
    pub fn of(name: &str) -> Self {
        match Label::of(name.as_bytes()) {
            Label::Number(number) => ClassKey::Number((number + 0.0).to_bits()),
            Label::Text(text) => ClassKey::Text(text),
        }
    }
}

/// What a reader knows about labels.
#[derive(Clone, Debug)]
enum Known {
    Two(Labels),
    Classes(Arc<Classes>),
}

/// Reads the labels of some rows in order.
#[derive(Clone, Debug)]
pub struct LabelReader {
    known: Known,
    /// The labels that were read so far.
    pub seen: Seen,
    /// The line of the first row with each of the other labels in `seen`.
    pub lines: Vec<u64>,
}

impl LabelReader {
    /// Returns a reader of the positive label and others.
    pub fn new(labels: &Labels) -> Self {
        LabelReader::of(Known::Two(labels.clone()))
    }

    /// Returns a reader of labels that are classes.
    pub fn of_classes(classes: &Arc<Classes>) -> Self {
        LabelReader::of(Known::Classes(Arc::clone(classes)))
    }

    fn of(known: Known) -> Self {
        LabelReader { known, seen: Seen::default(), lines: Vec::new() }
    }

    /// Reads the label of a row on that line as a number.
    ///
    /// # Errors
    /// If the label is missing or unknown.
    #[inline]
    pub fn read(&mut self, cell: &[u8], line: u64) -> Result<f64, NotUsable> {
        let text = number::trim(cell);
        let labels = match &self.known {
            Known::Two(labels) => labels,
            Known::Classes(classes) => {
                // A word such as NA may be the name of a class, so classes go first.
                let class = classes.find(text).ok_or_else(|| {
                    if number::is_missing(text) {
                        NotUsable::Missing
                    } else {
                        NotUsable::NotANumber
                    }
                })?;
                #[expect(clippy::cast_precision_loss, reason = "classes are few")]
                return Ok(class as f64);
            }
        };
        if self.seen.others.first().is_some_and(|other| other == text) {
            return Ok(labels.low);
        }
        if labels.positive.is(text) {
            self.seen.positive = true;
            return Ok(1.0);
        }
        match &labels.negative {
            Negative::These(labels) if labels.iter().any(|label| label.is(text)) => {}
            _ if number::is_missing(text) => return Err(NotUsable::Missing),
            Negative::These(_) => return Err(NotUsable::NotANumber),
            Negative::Any => {}
            Negative::TheOther => {
                if self.seen.add_other(text) {
                    self.lines.push(line);
                }
            }
        }
        Ok(labels.low)
    }
}

impl Seen {
    /// Adds a label that is not the positive one, unless two are there already; returns whether it
    /// is new.
    pub fn add_other(&mut self, text: &[u8]) -> bool {
        let is_new =
            self.others.len() < 2 && !self.others.iter().any(|other| Label::of(other).is(text));
        if is_new {
            self.others.push(text.to_vec());
        }
        is_new
    }

    /// Refuses a third label, and a label that differs from the positive one only in case.
    ///
    /// # Errors
    /// The index in `others` of the refused label, and why. The caller adds the location.
    pub fn check(&self, positive: &str) -> Result<(), (usize, Error)> {
        if !self.positive {
            return Ok(());
        }
        let in_lower_case = |label: &[u8]| String::from_utf8_lossy(label).trim().to_lowercase();
        let is_alike = |other: &Vec<u8>| in_lower_case(other) == in_lower_case(positive.as_bytes());
        let error = |message| Error::new(Kind::Value, Location::Job, message);
        if let Some(index) = self.others.iter().position(is_alike) {
            let (label, positive) = (excerpt(&self.others[index]), excerpt(positive.as_bytes()));
            let message = format!("'{label}' differs from '{positive}' in case alone");
            let label = if label.contains(',') { "*" } else { &label };
            let hint = format!("--negative '{label}' if it counts as 0");
            return Err((index, error(message).with_hint(hint)));
        }
        let [other, third] = self.others.as_slice() else { return Ok(()) };
        let shown = [positive.as_bytes(), other, third].map(excerpt);
        let message =
            format!("'{}' is a third label, beside '{}' and '{}'", shown[2], shown[0], shown[1]);
        let hint = "--negative LABEL,… says what counts as 0; '*' is every other";
        Err((1, error(message).with_hint(hint)))
    }

    /// Refuses rows if none has the positive label.
    ///
    /// # Errors
    /// If the positive label does not occur.
    pub fn require(&self, positive: &str) -> Result<(), Error> {
        if self.positive {
            return Ok(());
        }
        let others: Vec<String> =
            self.others.iter().map(|other| format!("'{}'", excerpt(other))).collect();
        let those = match others.as_slice() {
            [] => String::new(),
            others => format!("; the labels are {}", others.join(" and ")),
        };
        let message = format!("no label is '{}'{those}", excerpt(positive.as_bytes()));
        Err(Error::new(Kind::Value, Location::Job, message)
            .with_hint("check its spelling; with --negative LABEL, no row needs to have it"))
    }
}

/// Returns the error of a label that is none of these classes.
pub fn no_class(label: &[u8], classes: &[String]) -> Error {
    let label = excerpt(number::trim(label));
    let message = match classes {
        [] => format!("'{label}' is no class: those of a list are numbered from 0"),
        classes => format!("'{label}' is no class; the classes are {}", list(classes)),
    };
    let is_alike = |class: &&String| class.to_lowercase() == label.to_lowercase();
    let error = Error::new(Kind::Value, Location::Job, message);
    match classes.iter().find(is_alike) {
        Some(class) => error
            .with_hint(format!("it differs from '{}' in case alone", excerpt(class.as_bytes()))),
        None => {
            error.with_hint("a label needs a column of its class; --classes names those of lists")
        }
    }
}

/// Returns the error of a label that is neither the positive one nor one of `--negative`.
pub fn unknown(positive: &str, label: &[u8]) -> Error {
    let (label, positive) = (excerpt(number::trim(label)), excerpt(positive.as_bytes()));
    let message = format!("'{label}' is neither '{positive}' nor a label of --negative");
    Error::new(Kind::Value, Location::Job, message).with_hint("--negative '*' is every other")
}
