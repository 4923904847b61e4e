//! Labels that are words, or any two values: which of them counts as 1.
//!
//! Two numbers are compared as numbers, and booleans as booleans, so that a table gives
//! the same in every format.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Location};
use crate::text::excerpt;

use super::number::{self, NotUsable};
use super::options::InputOptions;

/// What labels mean.
#[derive(Clone, Debug)]
pub struct Labels {
    positive: Label,
    negative: Negative,
    /// The number of a label that is not the positive one.
    low: f64,
}

/// Which labels are not the positive one.
#[derive(Clone, Debug)]
enum Negative {
    /// The one other label there is.
    TheOther,
    /// These.
    These(Vec<Label>),
    /// Every other.
    Any,
}

/// A label, by what it is compared as.
#[derive(Clone, Debug, PartialEq)]
enum Label {
    Number(f64),
    Boolean(bool),
    Text(Vec<u8>),
}

impl Label {
    fn of(cell: &[u8]) -> Self {
        let text = number::trim(cell);
        match (number::boolean(text), number::parse(text)) {
            (Some(boolean), _) => Label::Boolean(boolean),
            (None, Ok(number)) => Label::Number(number),
            (None, Err(_)) => Label::Text(text.to_vec()),
        }
    }

    /// Whether a trimmed cell is this label.
    fn is(&self, text: &[u8]) -> bool {
        match self {
            Label::Text(label) => label == text,
            Label::Number(number) => number::parse(text) == Ok(*number),
            Label::Boolean(boolean) => number::boolean(text) == Some(*boolean),
        }
    }
}

impl Labels {
    /// What the options say; None if labels are numbers.
    ///
    /// # Errors
    /// If they say of one label that it counts as both.
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

/// Which labels some rows have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Whether one is the positive label.
    pub positive: bool,
    /// The one other label, where there may be one.
    pub other: Option<Vec<u8>>,
}

/// Reads the labels of some rows in order.
#[derive(Clone, Debug)]
pub struct LabelReader {
    labels: Labels,
    /// What was read so far.
    pub seen: Seen,
    /// The line of the first row with the other label.
    pub other_line: u64,
}

impl LabelReader {
    /// A reader that has read none.
    pub fn new(labels: &Labels) -> Self {
        LabelReader { labels: labels.clone(), seen: Seen::default(), other_line: 0 }
    }

    /// The number of a label in a row on that line.
    ///
    /// # Errors
    /// If it is missing, or a third one.
    #[inline]
    pub fn read(&mut self, cell: &[u8], line: u64) -> Result<f64, NotUsable> {
        let text = number::trim(cell);
        if self.seen.other.as_deref() == Some(text) {
            return Ok(self.labels.low);
        }
        if self.labels.positive.is(text) {
            self.seen.positive = true;
            return Ok(1.0);
        }
        let is_negative = match &self.labels.negative {
            Negative::These(labels) if labels.iter().any(|label| label.is(text)) => {
                return Ok(self.labels.low);
            }
            _ if number::is_missing(text) => return Err(NotUsable::Missing),
            Negative::These(_) => false,
            Negative::Any => true,
            Negative::TheOther => match &self.seen.other {
                Some(other) => Label::of(other).is(text),
                None => {
                    self.seen.other = Some(text.to_vec());
                    self.other_line = line;
                    true
                }
            },
        };
        if is_negative { Ok(self.labels.low) } else { Err(NotUsable::NotANumber) }
    }
}

impl Seen {
    /// Adds what was read of later rows.
    ///
    /// # Errors
    /// If their other label is a third one. The location is left to the caller.
    pub fn add(&mut self, later: &Seen, positive: &str) -> Result<(), Error> {
        self.positive |= later.positive;
        match (&self.other, &later.other) {
            (Some(ours), Some(theirs)) if !Label::of(ours).is(theirs) => {
                Err(third(positive, Some(ours), theirs))
            }
            (None, Some(theirs)) => {
                self.other = Some(theirs.clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Refuses rows of which none has the positive label.
    ///
    /// # Errors
    /// That it is not there.
    pub fn require(&self, positive: &str) -> Result<(), Error> {
        if self.positive {
            return Ok(());
        }
        let shown = excerpt(positive.as_bytes());
        let message = match &self.other {
            Some(other) => format!("no label is '{shown}': all are '{}'", excerpt(other)),
            None => format!("no label is '{shown}'"),
        };
        Err(Error::new(Kind::Value, Location::Job, message)
            .with_hint("is it spelt so? with --negative LABEL it need not be there"))
    }
}

/// A label beside the positive one and the other.
pub fn third(positive: &str, other: Option<&[u8]>, label: &[u8]) -> Error {
    let (label, positive) = (excerpt(number::trim(label)), excerpt(positive.as_bytes()));
    let error = |message| Error::new(Kind::Value, Location::Job, message);
    match other {
        Some(other) => error(format!(
            "'{label}' is a third label, beside '{positive}' and '{}'",
            excerpt(other)
        ))
        .with_hint("--negative LABEL,… says what counts as 0; '*' is every other"),
        None => error(format!("'{label}' is neither '{positive}' nor a label of --negative"))
            .with_hint("--negative '*' is every other"),
    }
}
