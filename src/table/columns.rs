//! Finds the columns that the user chose, by name or position, or the default ones.

use std::borrow::Cow;

use crate::error::Error;
use crate::neuron::Given;
use crate::text::{excerpt, list};

use super::number;
use super::options::InputOptions;
use super::schema::{Header, Role, Schema, Slot, Unit};

/// Names of y, the likeliest first.
const Y_NAMES: &[&str] = &[
    "y",
    "y_true",
    "true_label",
    "label",
    "labels",
    "target",
    "truth",
    "ground_truth",
    "actual",
    "outcome",
    "y_test",
];

/// Names of predicted probabilities.
const PROBABILITY_NAMES: &[&str] = &[
    "yhat",
    "ŷ",
    "y_hat",
    "p",
    "prob",
    "proba",
    "probability",
    "y_prob",
    "y_proba",
    "y_pred_proba",
    "pred_proba",
    "predicted_probability",
    "y_score",
    "score",
];

/// Names of weighted inputs.
const Z_NAMES: &[&str] = &["z", "logit", "logits"];

/// Names of predictions, which may be classes.
const PREDICTION_NAMES: &[&str] = &["y_pred", "pred", "prediction", "predictions", "predicted"];

/// Names of what models give, the likeliest first.
const OUTPUT_NAMES: [(Given, &[&str]); 3] =
    [(Given::Yhat, PROBABILITY_NAMES), (Given::Z, Z_NAMES), (Given::Yhat, PREDICTION_NAMES)];

/// What is known of a table before its columns are chosen.
pub struct Candidates<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Its path, as the system writes it.
    pub path: &'a [u8],
    /// Its position among the files.
    pub index: usize,
    /// The cells of the first record, or the names.
    pub first: &'a [Cow<'a, [u8]>],
    /// Whether those are names in any case.
    pub are_names: bool,
    /// The byte between cells, in a format that has one.
    pub delimiter: Option<u8>,
    /// Whether the names come after a `#`, which the first is found with, too.
    pub is_comment: bool,
    /// Columns that cannot be read, with the reason.
    pub unreadable: &'a [(String, String)],
    /// What records are counted by.
    pub unit: Unit,
}

/// A schema, and how it was found.
pub struct Found {
    /// The columns.
    pub schema: Schema,
    /// Whether the first record is a header.
    pub has_header: bool,
    /// Choices among several default names.
    pub warnings: Vec<String>,
}

/// Finds the columns that were chosen, or have default names, by the first record; in a
/// later file those that the first one has.
///
/// # Errors
/// If one is not there, or two are one. The location is left to the caller.
pub fn find(
    candidates: &Candidates,
    options: &InputOptions,
    first: Option<&Schema>,
) -> Result<Found, Error> {
    let resolver = Resolver { candidates, options };
    if let Some(first) = first {
        return resolver.like(first);
    }
    let has_header = candidates.are_names || resolver.has_header()?;
    let mut warnings = Vec::new();
    let chosen =
        if has_header { resolver.by_names(&mut warnings) } else { resolver.by_positions() }?;
    if !has_header {
        warnings.extend(resolver.unnamed_warning(&chosen));
    }
    resolver.check(&chosen, has_header)?;
    let names = if has_header { resolver.header() } else { resolver.made_up_names(&chosen) };
    let models = model_names(&chosen, &names);
    Ok(Found { schema: resolver.schema(chosen, names, models, has_header), has_header, warnings })
}

/// The chosen columns, each by its position from 0.
struct Chosen {
    y: usize,
    given: Given,
    outputs: Vec<usize>,
    weight: Option<usize>,
    keys: Vec<usize>,
}

/// Finds columns by the user's choice and the first record.
struct Resolver<'a> {
    candidates: &'a Candidates<'a>,
    options: &'a InputOptions,
}

impl Resolver<'_> {
    fn first(&self) -> &[Cow<'_, [u8]>] {
        self.candidates.first
    }

    fn width(&self) -> usize {
        self.first().len()
    }

    fn name(&self, column: usize) -> String {
        String::from_utf8_lossy(&self.first()[column]).into_owned()
    }

    fn header(&self) -> Vec<String> {
        (0..self.width()).map(|column| self.name(column)).collect()
    }

    /// What the user chose for the outputs of models.
    fn chosen_outputs(&self) -> (Given, &[String]) {
        match self.options.z_col.as_slice() {
            [] => (Given::Yhat, &self.options.yhat_col),
            z => (Given::Z, z),
        }
    }

    /// Every choice of the user.
    fn choices(&self) -> impl Iterator<Item = &String> {
        let options = self.options;
        let one = options.y_col.iter().chain(&options.weight_col);
        one.chain(self.chosen_outputs().1).chain(&options.by)
    }

    /// There is no header if the cells of the first record that would be y and ŷ are
    /// numbers; one who names a column by its name says that there is one. A label that is
    /// a word, as `--positive` allows, is no number: then ŷ decides.
    fn has_header(&self) -> Result<bool, Error> {
        if let Some(has_header) = self.options.has_header() {
            return Ok(has_header);
        }
        if counts_from_0(self.first()) {
            return Err(Error::columns(
                "the first row counts from 0: a header, or data?".to_owned(),
            )
            .with_hint("--header if it is a header, --no-header if it is data"));
        }
        let is_name =
            |chosen: &String| position(chosen).is_none_or(|column| column >= self.width());
        Ok(self.choices().any(is_name) || !self.looks_like_data(self.first()))
    }

    /// Whether a record has numbers where y, outputs and weights are, by position.
    fn looks_like_data(&self, record: &[Cow<[u8]>]) -> bool {
        let column = |chosen: &String| position(chosen);
        let is_number = |column: Option<usize>| {
            column
                .and_then(|column| record.get(column))
                .is_some_and(|cell| number::looks_numeric(cell))
        };
        let y = self.options.y_col.as_ref().map_or(Some(0), column);
        let is_label = self.options.positive.is_some()
            || is_number(y)
            || y.and_then(|y| record.get(y))
                .is_some_and(|cell| number::boolean(number::trim(cell)).is_some());
        let (_, outputs) = self.chosen_outputs();
        let are_outputs = match outputs {
            [] => is_number(Some(1)),
            outputs => outputs.iter().all(|chosen| is_number(column(chosen))),
        };
        is_label
            && are_outputs
            && self.options.weight_col.as_ref().is_none_or(|w| is_number(column(w)))
    }

    fn by_names(&self, warnings: &mut Vec<String>) -> Result<Chosen, Error> {
        let options = self.options;
        let one = |role, chosen: &Option<String>| {
            chosen.as_ref().map(|chosen| self.by_name(role, chosen)).transpose()
        };
        let weight = one(Role::Weight, &options.weight_col)?;
        let keys = self.all(Role::Key, &options.by, false)?;
        let y = one(Role::Y, &options.y_col)?;
        let (given, chosen) = self.chosen_outputs();
        let outputs = self.all(Role::of(given), chosen, true)?;
        let taken: Vec<usize> = outputs.iter().chain(&weight).copied().collect();
        let y = match y {
            Some(y) => y,
            None => self.by_default_name(Role::Y, &[(Given::Yhat, Y_NAMES)], &taken, warnings)?.1,
        };
        let (given, outputs) = if outputs.is_empty() {
            let taken: Vec<usize> = weight.into_iter().chain([y]).collect();
            let (given, output) =
                self.by_default_name(Role::Yhat, &OUTPUT_NAMES, &taken, warnings)?;
            (given, vec![output])
        } else {
            (given, outputs)
        };
        Ok(Chosen { y, given, outputs, weight, keys })
    }

    /// The columns of some choices; those of models may be ranges.
    fn all(&self, role: Role, chosen: &[String], has_ranges: bool) -> Result<Vec<usize>, Error> {
        let mut columns = Vec::new();
        for chosen in chosen {
            match chosen.split_once("..").filter(|_| has_ranges && !self.is_name(chosen)) {
                Some((from, to)) => columns.extend(self.range(role, chosen, from, to)?),
                None => columns.push(self.by_name(role, chosen)?),
            }
        }
        Ok(columns)
    }

    /// The columns from one to another.
    fn range(&self, role: Role, range: &str, from: &str, to: &str) -> Result<Vec<usize>, Error> {
        let (first, last) = (self.by_name(role, from)?, self.by_name(role, to)?);
        if last < first {
            let range = excerpt(range.as_bytes());
            return Err(Error::columns(format!(
                "the columns of '{range}' come in the other order"
            )));
        }
        let others = self.options.y_col.iter().chain(&self.options.weight_col);
        let is_within = |name: &&String| {
            self.by_name(Role::Y, name).is_ok_and(|column| (first..=last).contains(&column))
        };
        match others.chain(&self.options.by).find(is_within) {
            None => Ok((first..=last).collect()),
            Some(name) => {
                let (range, name) = (excerpt(range.as_bytes()), excerpt(name.as_bytes()));
                Err(Error::columns(format!(
                    "'{range}' has column '{name}', which is chosen already"
                )))
            }
        }
    }

    fn by_positions(&self) -> Result<Chosen, Error> {
        let options = self.options;
        let one = |chosen: &String| self.by_position(chosen);
        let or_at = |chosen: Option<&String>, default: usize| match chosen {
            Some(chosen) => one(chosen),
            None => self.within(default),
        };
        let y = or_at(options.y_col.as_ref(), 0)?;
        let (given, chosen) = self.chosen_outputs();
        let outputs = match chosen {
            [] => vec![self.within(1)?],
            chosen => chosen.iter().map(one).collect::<Result<Vec<usize>, Error>>()?,
        };
        let weight = options.weight_col.as_ref().map(one).transpose()?;
        let keys = options.by.iter().map(one).collect::<Result<Vec<usize>, Error>>()?;
        Ok(Chosen { y, given, outputs, weight, keys })
    }

    /// Whether a column has that name. One after `#` has it without that, too.
    fn is_named(&self, column: usize, name: &str) -> bool {
        let (cell, name) = (number::trim(&self.first()[column]), name.trim().as_bytes());
        cell == name
            || (column == 0 && self.candidates.is_comment && name.strip_prefix(b"#") == Some(cell))
    }

    fn is_name(&self, name: &str) -> bool {
        (0..self.width()).any(|column| self.is_named(column, name))
    }

    fn by_name(&self, role: Role, chosen: &str) -> Result<usize, Error> {
        let mut named = (0..self.width()).filter(|&column| self.is_named(column, chosen));
        match (named.next(), named.next()) {
            (Some(first), Some(second)) => Err(duplicate(chosen, role, first, second)),
            (Some(column), None) => Ok(column),
            _ => position(chosen)
                .filter(|&column| column < self.width())
                .ok_or_else(|| self.unknown(chosen, &self.header())),
        }
    }

    /// The column that has the likeliest of the names, and what it is. What is taken for
    /// another thing is both only if no other column has such a name.
    fn by_default_name(
        &self,
        role: Role,
        names: &[(Given, &[&str])],
        taken: &[usize],
        warnings: &mut Vec<String>,
    ) -> Result<(Given, usize), Error> {
        let normal: Vec<String> = self.header().iter().map(|name| normalized(name)).collect();
        let all = names.iter().flat_map(|(given, names)| names.iter().map(|name| (*given, *name)));
        let candidates = all.flat_map(|(given, name)| {
            let columns = (0..normal.len()).filter(|&column| normal[column] == name);
            columns.map(|column| (given, column)).collect::<Vec<_>>()
        });
        let (taken, free): (Vec<_>, Vec<_>) =
            candidates.partition(|(_, column)| taken.contains(column));
        let mut found = if free.is_empty() { taken } else { free }.into_iter();
        let Some((given, column)) = found.next() else {
            return Err(self.no_default(role, names));
        };
        let others: Vec<usize> = found.map(|(_, column)| column).collect();
        if let Some(&second) = others.iter().find(|&&other| normal[other] == normal[column]) {
            return Err(duplicate(&self.name(column), role, column, second));
        }
        if !others.is_empty() {
            let quoted = |column: usize| format!("'{}'", excerpt(&self.first()[column]));
            let others: Vec<String> = others.into_iter().map(quoted).collect();
            let role = if role == Role::Y { role } else { Role::of(given) };
            warnings.push(format!(
                "{} is column {}, though {} could be it too; {} chooses",
                role.letter(),
                quoted(column),
                others.join(" and "),
                role.option()
            ));
        }
        Ok((given, column))
    }

    fn by_position(&self, chosen: &str) -> Result<usize, Error> {
        if let Some(column) = position(chosen) {
            return self.within(column);
        }
        let positions: Vec<String> = (1..=self.width()).map(|at| at.to_string()).collect();
        Err(self.unknown(chosen, &positions))
    }

    /// A column, if there are so many.
    fn within(&self, column: usize) -> Result<usize, Error> {
        if column < self.width() {
            return Ok(column);
        }
        let cells = match self.width() {
            1 => "one cell".to_owned(),
            found => format!("{found} cells"),
        };
        let column = column + 1;
        Err(Error::columns(format!("the first row has only {cells}: none for column {column}"))
            .with_hint("-d names the delimiter, such as -d ';' or -d tab"))
    }

    /// The columns of a later file, which are those of the first.
    fn like(&self, first: &Schema) -> Result<Found, Error> {
        let file = excerpt(first.file.as_bytes());
        let split = "pieces made by split belong together with cat: cat FILE… | costs";
        let looks_like_data = || self.looks_like_data(self.first());
        let has_header = match self.options.has_header() {
            _ if self.candidates.are_names => true,
            Some(has_header) => has_header,
            None => first.has_names || !looks_like_data(),
        };
        if has_header != first.has_names {
            let (this, that) = if has_header { ("a", "none") } else { ("no", "one") };
            return Err(Error::columns(format!("it has {this} header, and '{file}' has {that}"))
                .with_hint("--header or --no-header says what all files have"));
        }
        if !has_header && self.width() != first.width() {
            let (width, wanted) = (self.width(), first.width());
            let message = format!("its first row has {width} cells, that of '{file}' has {wanted}");
            return Err(
                Error::columns(message).with_hint("a header would tell which columns are which")
            );
        }
        let same = |column: usize, chosen: Option<&String>| {
            if !has_header {
                return Ok(column);
            }
            let name = &first.header.names[column];
            if let Some(position) = chosen.and_then(|chosen| position(chosen))
                && chosen.is_some_and(|chosen| chosen.trim() != name.trim())
            {
                let here = self.first().get(position).map(|cell| excerpt(cell)).unwrap_or_default();
                if here.trim() != name.trim() {
                    let (name, at) = (excerpt(name.as_bytes()), position + 1);
                    return Err(Error::columns(format!(
                        "column {at} is '{here}' here, and '{name}' in '{file}'"
                    ))
                    .with_hint("choose it by its name"));
                }
                return Ok(position);
            }
            let mut named = (0..self.width()).filter(|&column| self.is_named(column, name));
            match (named.next(), named.next()) {
                (Some(column), None) => Ok(column),
                (Some(one), Some(other)) => Err(duplicate(name, Role::Y, one, other)),
                _ => {
                    let (name, columns) = (excerpt(name.as_bytes()), list(&self.header()));
                    let message = format!(
                        "it has no column '{name}', which '{file}' has; its columns are {columns}"
                    );
                    let is_piece = !self.candidates.are_names && looks_like_data();
                    Err(Error::columns(message).with_hint(if is_piece {
                        split
                    } else {
                        "all files are read by the names of the first"
                    }))
                }
            }
        };
        let options = self.options;
        let (_, chosen) = self.chosen_outputs();
        let column = |slot: usize| first.slots[slot].column;
        let outputs = first.outputs.iter().enumerate().map(|(index, &slot)| {
            let chosen = chosen.get(index).filter(|_| chosen.len() == first.outputs.len());
            same(column(slot), chosen)
        });
        let weight = first.weight.map(|slot| same(column(slot), options.weight_col.as_ref()));
        let keys = first.keys.iter().zip(&options.by);
        let chosen = Chosen {
            y: same(column(first.y), options.y_col.as_ref())?,
            given: first.header.given,
            outputs: outputs.collect::<Result<_, Error>>()?,
            weight: weight.transpose()?,
            keys: keys
                .map(|(&key, chosen)| same(key, Some(chosen)))
                .collect::<Result<_, Error>>()?,
        };
        let names = if has_header { self.header() } else { self.made_up_names(&chosen) };
        let models = first.header.models.clone();
        let schema = self.schema(chosen, names, models, has_header);
        Ok(Found { schema, has_header, warnings: Vec::new() })
    }

    /// What to say of columns that are used though none was named.
    fn unnamed_warning(&self, chosen: &Chosen) -> Option<String> {
        let width = self.width();
        (width > 2 && self.choices().next().is_none()).then(|| {
            let (y, yhat) = (chosen.y + 1, chosen.outputs[0] + 1);
            format!(
                "y is column {y} and ŷ column {yhat} of {width}; --y-col and --yhat-col choose others"
            )
        })
    }

    /// Refuses columns that are chosen for two things.
    fn check(&self, chosen: &Chosen, has_header: bool) -> Result<(), Error> {
        let Chosen { y, given, outputs, weight, keys } = chosen;
        if let Some(column) = [outputs, keys].into_iter().find_map(|columns| repeated(columns)) {
            let name = excerpt(&self.first()[column]);
            return Err(Error::columns(format!("column '{name}' is chosen twice")));
        }
        let name = || if has_header { self.name(*y) } else { (y + 1).to_string() };
        let ranges = self.chosen_outputs().1.iter();
        let range = ranges.clone().find(|chosen| chosen.contains("..") && !self.is_name(chosen));
        if let Some(range) = range.filter(|_| outputs.contains(y)) {
            let (range, name) = (excerpt(range.as_bytes()), excerpt(name().as_bytes()));
            return Err(Error::columns(format!("'{range}' has column '{name}', which is y"))
                .with_hint("--y-col chooses another"));
        }
        if outputs.contains(y) {
            let role = Role::of(*given);
            let hint = format!("--y-col and {} choose two", role.option());
            return Err(both(&name(), role.letter()).with_hint(hint));
        }
        if self.options.positive.is_some() && *weight == Some(*y) {
            return Err(
                both(&self.name(*y), "the weight").with_hint("--weight-col chooses another")
            );
        }
        Ok(())
    }

    /// Names for columns of a file without a header: `y`, `yhat` or `z`, and positions.
    fn made_up_names(&self, chosen: &Chosen) -> Vec<String> {
        let output = if chosen.given == Given::Z { "z" } else { "yhat" };
        let name = |column: usize| match column {
            _ if column == chosen.y => "y".to_owned(),
            _ if chosen.outputs == [column] => output.to_owned(),
            _ => (column + 1).to_string(),
        };
        (0..self.width()).map(name).collect()
    }

    fn schema(
        &self,
        chosen: Chosen,
        names: Vec<String>,
        models: Vec<String>,
        has_names: bool,
    ) -> Schema {
        let Chosen { y, given, outputs, weight, keys } = chosen;
        let slot = |role| move |&column: &usize| Slot { column, role };
        let mut slots = vec![Slot { column: y, role: Role::Y }];
        slots.extend(outputs.iter().map(slot(Role::of(given))));
        slots.extend(weight.iter().map(slot(Role::Weight)));
        slots.sort_unstable();
        let find = |column: usize, role: Role| {
            slots.binary_search(&Slot { column, role }).expect("it was put there")
        };
        let name = |&column: &usize| names[column].clone();
        Schema {
            file: self.candidates.file.to_owned(),
            path: self.candidates.path.to_vec(),
            index: self.candidates.index,
            y: find(y, Role::Y),
            outputs: outputs.iter().map(|&column| find(column, Role::of(given))).collect(),
            weight: weight.map(|column| find(column, Role::Weight)),
            header: Header {
                models,
                given,
                y: name(&y),
                positive: self.options.positive.clone(),
                negative: self.options.negative.clone(),
                weight: weight.as_ref().map(name),
                by: keys.iter().map(name).collect(),
                names,
            },
            names: if has_names && self.first().iter().any(|name| str::from_utf8(name).is_err()) {
                self.first().iter().map(|name| name.to_vec()).collect()
            } else {
                Vec::new()
            },
            has_names,
            is_exact: false,
            keys,
            unit: self.candidates.unit,
            lines_before: 0,
            slots,
        }
    }

    fn unknown(&self, name: &str, columns: &[String]) -> Error {
        let mut unreadable = self.candidates.unreadable.iter();
        if let Some((name, why)) = unreadable.find(|(unreadable, _)| *unreadable == name.trim()) {
            return unreadable_error(name, why);
        }
        let hint = match nearest(name, columns) {
            Some(nearest) => format!("did you mean '{}'?", excerpt(nearest.as_bytes())),
            None => "a column is named as in the header, or by its position from 1".to_owned(),
        };
        let (name, columns) = (excerpt(name.as_bytes()), list(columns));
        Error::columns(format!("there is no column '{name}'; the columns are {columns}"))
            .with_hint(hint)
    }

    fn no_default(&self, role: Role, names: &[(Given, &[&str])]) -> Error {
        let is_default = |name: &String| {
            names.iter().any(|(_, names)| names.contains(&normalized(name).as_str()))
        };
        let mut unreadable = self.candidates.unreadable.iter();
        if let Some((name, why)) = unreadable.find(|(name, _)| is_default(name)) {
            return unreadable_error(name, why);
        }
        let (letter, option, columns) = (role.letter(), role.option(), list(&self.header()));
        let hint = match self.candidates.delimiter {
            None => format!("name it: {option} NAME"),
            Some(delimiter) => format!(
                "name it: {option} NAME; --no-header if the first line is data; \
                 -d if the delimiter is not {}",
                delimiter_text(delimiter)
            ),
        };
        Error::columns(format!("no column is named like {letter}; the columns are {columns}"))
            .with_hint(hint)
    }
}

/// The names of models: those of their columns, with the position where two are alike.
fn model_names(chosen: &Chosen, names: &[String]) -> Vec<String> {
    let is_there_twice =
        |name: &String| chosen.outputs.iter().filter(|&&other| names[other] == *name).count() > 1;
    let name = |&column: &usize| match &names[column] {
        name if is_there_twice(name) => format!("{name} (column {})", column + 1),
        name => name.clone(),
    };
    chosen.outputs.iter().map(name).collect()
}

fn duplicate(name: &str, role: Role, first: usize, second: usize) -> Error {
    let name = excerpt(name.as_bytes());
    let (first, second) = (first + 1, second + 1);
    Error::columns(format!("two columns are named '{name}': columns {first} and {second}"))
        .with_hint(format!("select by position: {} NUMBER", role.option()))
}

fn both(name: &str, other: &str) -> Error {
    Error::columns(format!("column '{}' is both y and {other}", excerpt(name.as_bytes())))
}

fn delimiter_text(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "a tab".to_owned(),
        b' ' => "a space".to_owned(),
        byte => format!("'{}'", excerpt(&[byte])),
    }
}

fn unreadable_error(name: &str, why: &str) -> Error {
    let name = excerpt(name.as_bytes());
    Error::columns(format!("column '{name}' cannot be chosen: {why}"))
}

/// A name as default names are compared: without case, with space, `-` and `_` alike.
fn normalized(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The column whose name is nearest to one that is not there, if any is near.
fn nearest<'a>(name: &str, columns: &'a [String]) -> Option<&'a String> {
    let nearness = |column: &str| {
        strsim::normalized_damerau_levenshtein(&normalized(name), &normalized(column))
    };
    let columns = columns.iter().filter(|column| nearness(column) >= 0.6);
    columns.max_by(|a, b| nearness(a).total_cmp(&nearness(b)))
}

/// Whether cells are 0, 1, 2 and so on, as pandas names columns without names: two of them
/// at least, or one after an empty cell.
fn counts_from_0(cells: &[Cow<[u8]>]) -> bool {
    let (counted, least) = match cells {
        [first, rest @ ..] if first.is_empty() => (rest, 1),
        cells => (cells, 2),
    };
    let is_next = |(index, cell): (usize, &Cow<[u8]>)| **cell == *index.to_string().as_bytes();
    counted.len() >= least && counted.iter().enumerate().all(is_next)
}

/// The column of a position from 1.
fn position(text: &str) -> Option<usize> {
    text.trim().parse::<usize>().ok()?.checked_sub(1)
}

/// The first number that is there twice.
fn repeated(columns: &[usize]) -> Option<usize> {
    (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])).map(|at| columns[at])
}
