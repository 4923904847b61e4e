//! The columns of the first table: those that the user chose, or those with default names.

use std::ops::RangeInclusive;

use crate::error::Error;
use crate::neuron::Given;
use crate::table::role::Role;
use crate::text::{excerpt, list};

use super::candidates::{Choice, Chosen, Found, Resolver, duplicate, unreadable_error};
use super::classes::family;
use super::names::{OUTPUT_NAMES, Y_NAMES, counts_from_0, normalized, position};

impl Resolver<'_> {
    /// Finds the columns that the user chose, or that have default names.
    pub(super) fn chosen(&self) -> Result<Found, Error> {
        let has_header = self.candidates.are_names || self.has_header()?;
        let mut warnings = Vec::new();
        let chosen = self.choose(has_header, &mut warnings)?;
        if !has_header {
            warnings.extend(self.unnamed_warning(&chosen));
        }
        self.check(&chosen, has_header)?;
        self.check_classes(&chosen, has_header)?;
        let names = if has_header { self.header() } else { self.made_up_names(&chosen) };
        let models = self.model_names(&chosen, &names);
        Ok(Found { schema: self.schema(chosen, names, models, has_header), has_header, warnings })
    }

    /// Returns whether the first record is a header: it is, unless its cells for y and ŷ are
    /// numbers and the user chose no column by name. If labels may be words, as with `--positive`,
    /// only ŷ counts.
    pub(super) fn has_header(&self) -> Result<bool, Error> {
        if let Some(has_header) = self.options.has_header() {
            return Ok(has_header);
        }
        if counts_from_0(self.cells()) {
            return Err(Error::columns("the first row counts from 0: a header, or data?")
                .with_hint("--header if it is a header, --no-header if it is data"));
        }
        let is_name = |chosen: &str| position(chosen).is_none_or(|column| column >= self.width());
        let has_name = |chosen: &String| match self.range(chosen) {
            Some((from, to)) => is_name(from) || is_name(to),
            None => is_name(chosen) && !self.is_bare(chosen),
        };
        Ok(self.choices().any(has_name) || !self.looks_like_data())
    }

    /// Chooses the columns: those that the user named, else those with default names or positions.
    fn choose(&self, has_header: bool, warnings: &mut Vec<String>) -> Result<Chosen, Error> {
        let options = self.options;
        let find = |option, chosen: &str| {
            if has_header { self.by_name(option, chosen) } else { self.by_position(chosen) }
        };
        let one = |option, chosen: &Option<String>| {
            chosen.as_ref().map(|chosen| find(option, chosen)).transpose()
        };
        let weight = one("--weight-col", &options.weight_col)?;
        let cluster = one("--cluster-col", &options.cluster_col)?;
        let keys = options.by.iter().map(|chosen| find("--by", chosen));
        let keys = keys.collect::<Result<Vec<usize>, Error>>()?;
        let mut y = one("--y-col", &options.y_col)?;
        let (given, chosen) = options.outputs();
        let bare = ["*".to_owned()];
        // A column of lists with a default name is preferred to all columns.
        let chosen = match chosen {
            [] if !options.classes.is_empty() && !self.has_default_list() => &bare,
            chosen => chosen,
        };
        let option = Role::of(given).option();
        let mut others: Vec<(usize, &str)> = Vec::new();
        others.extend(y.map(|column| (column, "y")));
        others.extend(weight.map(|column| (column, "the weight")));
        others.extend(cluster.map(|column| (column, "the cluster")));
        others.extend(keys.iter().map(|&column| (column, "a group")));
        let is_pattern = |chosen: &String| self.pattern(chosen).is_some();
        if y.is_none() && chosen.iter().any(is_pattern) {
            let taken: Vec<usize> = weight.into_iter().collect();
            let column = if has_header {
                self.by_default_name(Role::Y, &[(Given::Yhat, Y_NAMES)], &taken, warnings)?.1
            } else {
                self.within(0)?
            };
            y = Some(column);
            others.push((column, "y"));
        }
        let choice = |option, chosen: &String, others: &[(usize, &str)]| match self.pattern(chosen)
        {
            Some(pattern) if has_header => self.classes_by_name(pattern, others),
            Some(pattern) => self.classes_by_position(pattern, others),
            None => Ok(self.column(find(option, chosen)?)),
        };
        let baseline = options.baseline_col.as_ref();
        let baseline =
            baseline.map(|chosen| choice("--baseline-col", chosen, &others)).transpose()?;
        if let Some(Choice::Column(column)) = baseline {
            others.push((column, "the baseline"));
        }
        let mut outputs = Vec::new();
        for chosen in chosen {
            match self.range(chosen) {
                Some((from, to)) => {
                    let columns = find(option, from)?..=find(option, to)?;
                    let others = others.iter().map(|(column, _)| column);
                    self.check_range(chosen, &columns, others, has_header)?;
                    outputs.extend(columns.map(|column| self.column(column)));
                }
                None => outputs.push(choice(option, chosen, &others)?),
            }
        }
        let of_baseline = baseline.iter().flat_map(Choice::columns);
        let taken: Vec<usize> =
            outputs.iter().flat_map(Choice::columns).chain(weight).chain(of_baseline).collect();
        let y = match y {
            _ if !given.has_labels() => None,
            None if !has_header => Some(self.within(0)?),
            None => {
                let names = [(Given::Yhat, Y_NAMES)];
                Some(self.by_default_name(Role::Y, &names, &taken, warnings)?.1)
            }
            y => y,
        };
        let (given, outputs) = if !outputs.is_empty() {
            (given, outputs)
        } else if has_header {
            let of_baseline = baseline.iter().flat_map(Choice::columns);
            let taken: Vec<usize> = weight.into_iter().chain(of_baseline).chain(y).collect();
            let (given, output) =
                self.by_default_name(Role::Yhat, &OUTPUT_NAMES, &taken, warnings)?;
            (given, vec![self.default_column(output)])
        } else {
            let column = self.within(1)?;
            if matches!(baseline, Some(Choice::Column(other)) if other == column) {
                let message = "column 2 would be both ŷ and the baseline";
                return Err(Error::columns(message).with_hint("--yhat-col chooses ŷ"));
            }
            (given, vec![Choice::Column(column)])
        };
        Ok(Chosen { y, given, outputs, baseline, weight, keys, cluster })
    }

    /// Returns a column as the output of a model: of lists, if it holds lists.
    fn column(&self, column: usize) -> Choice {
        if self.candidates.lists.contains(&column) {
            Choice::List(column)
        } else {
            Choice::Column(column)
        }
    }

    /// Returns a column that the user did not choose as the output of a model: of lists only if
    /// classes are named.
    fn default_column(&self, column: usize) -> Choice {
        if self.options.classes.is_empty() { Choice::Column(column) } else { self.column(column) }
    }

    /// Returns whether a column of lists has a default name of ŷ or z.
    fn has_default_list(&self) -> bool {
        let is_default = |column: &usize| {
            let name = normalized(&self.name(*column));
            OUTPUT_NAMES.iter().any(|(_, names)| names.contains(&name.as_str()))
        };
        self.candidates.lists.iter().any(is_default)
    }

    /// Refuses a range of columns that is empty, or that has a column chosen for something else.
    fn check_range<'c>(
        &self,
        range: &str,
        columns: &RangeInclusive<usize>,
        mut others: impl Iterator<Item = &'c usize>,
        has_header: bool,
    ) -> Result<(), Error> {
        let range = excerpt(range.as_bytes());
        if columns.is_empty() {
            let message = format!("the columns of '{range}' come in the other order");
            return Err(Error::columns(message));
        }
        match others.find(|column| columns.contains(column)) {
            None => Ok(()),
            Some(&column) => {
                let name = excerpt(self.shown(column, has_header).as_bytes());
                let message = format!("'{range}' has column '{name}', which is chosen already");
                Err(Error::columns(message))
            }
        }
    }

    /// Returns the column with the likeliest of the names, and what it holds. A column in `taken`
    /// counts only if no other column has such a name.
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
        let others: Vec<(Given, usize)> = found.collect();
        if role != Role::Y
            && given == Given::Yhat
            && OUTPUT_NAMES[2].1.contains(&normal[column].as_str())
            && let Some(stem) = self.a_family()
        {
            let (name, stem) = (excerpt(&self.cells()[column]), excerpt(stem.as_bytes()));
            warnings.push(format!(
                "ŷ is column '{name}', though '{stem}*' could be several classes; --yhat-col chooses"
            ));
        }
        let quoted = |column: usize| format!("'{}'", excerpt(&self.cells()[column]));
        let is_alike = |other: &&(Given, usize)| normal[other.1] == normal[column];
        if let Some(&(_, second)) = others.iter().find(is_alike) {
            return Err(duplicate(&self.name(column), role.option(), column, second));
        }
        if !others.is_empty() {
            let (alike, unlike): (Vec<_>, Vec<_>) = others.iter().partition(|it| it.0 == given);
            let names = |others: Vec<&(Given, usize)>| {
                others.iter().map(|it| quoted(it.1)).collect::<Vec<_>>().join(" and ")
            };
            let role = if role == Role::Y { role } else { Role::of(given) };
            let (mut could_be, mut options) = (Vec::new(), role.option().to_owned());
            if !alike.is_empty() {
                could_be.push(format!("{} could be it too", names(alike)));
            }
            if let Some(other) = unlike.first().map(|it| Role::of(it.0)) {
                could_be.push(format!("{} is named like {}", names(unlike), other.letter()));
                options = format!("{options} or {}", other.option());
            }
            warnings.push(format!(
                "{} is column {}, though {}; {options} chooses",
                role.letter(),
                quoted(column),
                could_be.join(", and "),
            ));
        }
        Ok((given, column))
    }

    /// Returns how the names of columns start that may be classes, if there are such columns.
    fn a_family(&self) -> Option<String> {
        let names = self.header();
        names.iter().find_map(|name| family(name, &names))
    }

    /// Returns the warning for columns that are used though the user chose none.
    fn unnamed_warning(&self, chosen: &Chosen) -> Option<String> {
        let width = self.width();
        let [Choice::Column(output)] = chosen.outputs.as_slice() else { return None };
        let (y, yhat) = (chosen.y? + 1, output + 1);
        (width > 2 && self.choices().next().is_none()).then(|| {
            format!(
                "y is column {y} and ŷ column {yhat} of {width}; --y-col and --yhat-col choose others"
            )
        })
    }

    /// Returns what the user calls a column: its name, or its position.
    pub(super) fn shown(&self, column: usize, has_header: bool) -> String {
        if has_header { self.name(column) } else { (column + 1).to_string() }
    }

    /// Refuses columns that are chosen for two things.
    pub(super) fn check(&self, chosen: &Chosen, has_header: bool) -> Result<(), Error> {
        let Chosen { y, given, outputs, baseline, weight, keys, cluster } = chosen;
        let keys: Vec<usize> = keys.iter().chain(cluster).copied().collect();
        let single: Vec<usize> = outputs
            .iter()
            .filter(|choice| !matches!(choice, Choice::Classes(_)))
            .flat_map(Choice::columns)
            .collect();
        let outputs: Vec<usize> = outputs.iter().flat_map(Choice::columns).collect();
        if let Some(column) = repeated(&single).or_else(|| repeated(&keys)) {
            let name = excerpt(self.shown(column, has_header).as_bytes());
            return Err(Error::columns(format!("column '{name}' is chosen twice")));
        }
        let Some(y) = y else { return Ok(()) };
        let name = || self.shown(*y, has_header);
        let range = self.options.outputs().1.iter().find(|chosen| self.range(chosen).is_some());
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
        if baseline.as_ref().is_some_and(|choice| choice.columns().contains(y)) {
            return Err(both(&name(), "the baseline").with_hint("--baseline-col chooses another"));
        }
        if self.options.positive.is_some() && *weight == Some(*y) {
            return Err(both(&name(), "the weight").with_hint("--weight-col chooses another"));
        }
        Ok(())
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
        let meant = self.meant_classes().filter(|_| role != Role::Y);
        let hint = match self.candidates.delimiter {
            _ if meant.is_some() => meant.unwrap_or_default(),
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

/// Returns the first number that occurs a second time.
fn repeated(columns: &[usize]) -> Option<usize> {
    (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])).map(|at| columns[at])
}
