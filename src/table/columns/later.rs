//! The columns of a later table, which must be those of the first.

use std::collections::HashSet;

use crate::error::{Error, Location};
use crate::table::number;
use crate::table::role::Role;
use crate::table::schema::{Header, Outputs, Schema, Slot};
use crate::text::{excerpt, list};

use super::candidates::{Choice, Chosen, Found, Resolver, duplicate};
use super::names::position;

impl Resolver<'_> {
    /// Finds the columns of the first table in this one.
    pub(super) fn like(&self, first: &Schema) -> Result<Found, Error> {
        let has_header = self.has_header_like(first)?;
        let same = |column: usize, option: &str, chosen: Option<&String>| {
            if has_header { self.column_like(first, column, option, chosen) } else { Ok(column) }
        };
        let same_slot = |slot: usize, option: &str, chosen: Option<&String>| {
            same(first.slots[slot].column, option, chosen)
        };
        let options = self.options;
        let models = first.header.models.len();
        let choices = self.choice_of_outputs().filter(|all| all.len() == models);
        let option = Role::of(first.header.given).option();
        let like = |outputs: &Outputs, option: &str, chosen: Option<&String>| {
            Ok::<_, Error>(match outputs {
                Outputs::One(slot) => Choice::Column(same_slot(*slot, option, chosen)?),
                Outputs::List(list, _) => {
                    let column = same(first.lists[*list], option, chosen)?;
                    if !self.candidates.lists.contains(&column) {
                        return Err(self.holds_no_lists(first, column, has_header));
                    }
                    Choice::List(column)
                }
                Outputs::Classes(classes) => {
                    let class = |&(class, slot): &(usize, usize)| {
                        let name = first.header.classes[class].clone();
                        let column = first.slots[slot].column;
                        // A search for each of many classes is slow, and the order is mostly the
                        // same.
                        let is_same = self.cells().get(column).is_some_and(|cell| {
                            number::trim(cell) == first.header.names[column].trim().as_bytes()
                        });
                        if is_same && has_header {
                            return Ok((name, column));
                        }
                        Ok((name, same_slot(slot, option, None)?))
                    };
                    Choice::Classes(classes.iter().map(class).collect::<Result<_, Error>>()?)
                }
            })
        };
        let outputs = first.outputs[..models].iter().enumerate().map(|(index, outputs)| {
            like(outputs, option, choices.as_ref().and_then(|choices| choices.get(index)))
        });
        let baseline = first.outputs.get(models);
        let baseline =
            baseline.map(|outputs| like(outputs, "--baseline-col", options.baseline_col.as_ref()));
        let weight = first.weight;
        let weight =
            weight.map(|slot| same_slot(slot, "--weight-col", options.weight_col.as_ref()));
        let keys = first.keys.iter().zip(&options.by);
        let keys = keys.map(|(&key, chosen)| same(key, "--by", Some(chosen)));
        let cluster = first.header.cluster.as_ref().and(first.keys.last().copied());
        let cluster = cluster.map(|key| same(key, "--cluster-col", options.cluster_col.as_ref()));
        let y = first.y.map(|slot| same_slot(slot, "--y-col", options.y_col.as_ref()));
        let chosen = Chosen {
            y: y.transpose()?,
            given: first.header.given,
            outputs: outputs.collect::<Result<_, Error>>()?,
            baseline: baseline.transpose()?,
            weight: weight.transpose()?,
            keys: keys.collect::<Result<_, Error>>()?,
            cluster: cluster.transpose()?,
        };
        let names = if has_header { self.header() } else { self.made_up_names(&chosen) };
        let of_outputs: HashSet<usize> =
            chosen.outputs.iter().chain(&chosen.baseline).flat_map(Choice::columns).collect();
        let is_new = |(column, name): &(usize, &String)| {
            first.is_of_pattern(name) && !of_outputs.contains(column)
        };
        if let Some((_, name)) = names.iter().enumerate().find(is_new) {
            let (name, file) = (excerpt(name.as_bytes()), excerpt(first.file.as_bytes()));
            let message = format!("it has column '{name}', another class, which '{file}' lacks");
            return Err(
                Error::columns(message).with_hint("--classes A,B,… names the classes that count")
            );
        }
        let models = first.header.models.clone();
        let schema = self.schema(chosen, names, models, has_header);
        Ok(Found { schema, has_header, warnings: Vec::new() })
    }

    /// Returns whether there is a header, which must be as in the first table.
    pub(super) fn has_header_like(&self, first: &Schema) -> Result<bool, Error> {
        let has_header = match self.options.has_header() {
            _ if self.candidates.are_names => true,
            Some(has_header) => has_header,
            None => first.has_names || !self.looks_like_data(),
        };
        if has_header != first.has_names {
            let hint = "--header or --no-header says what all files have";
            return Err(other_header(first, has_header).with_hint(hint));
        }
        if !has_header && self.width() != first.width() {
            let hint = "a header would tell which columns are which";
            return Err(other_width(first, self.width()).with_hint(hint));
        }
        Ok(has_header)
    }

    /// Returns the column that has the name of the first table's `column`. If the user chose that
    /// by position, it must have the same position here.
    fn column_like(
        &self,
        first: &Schema,
        column: usize,
        option: &str,
        chosen: Option<&String>,
    ) -> Result<usize, Error> {
        let name = &first.header.names[column];
        let by_name = chosen.is_none_or(|chosen| chosen.trim() == name.trim());
        if let Some(position) = chosen.filter(|_| !by_name).and_then(|chosen| position(chosen)) {
            let here = self.cells().get(position).map(|cell| excerpt(cell)).unwrap_or_default();
            if here.trim() == name.trim() {
                return Ok(position);
            }
            let (name, file) = (excerpt(name.as_bytes()), excerpt(first.file.as_bytes()));
            let at = position + 1;
            let message = format!("column {at} is '{here}' here, and '{name}' in '{file}'");
            return Err(Error::columns(message).with_hint("choose it by its name"));
        }
        let mut named = (0..self.width()).filter(|&column| self.is_named(column, name));
        match (named.next(), named.next()) {
            (Some(column), None) => Ok(column),
            (Some(one), Some(other)) => Err(duplicate(name, option, one, other)),
            _ => Err(self.missing(first, name)),
        }
    }

    fn holds_no_lists(&self, first: &Schema, column: usize, has_header: bool) -> Error {
        let name = excerpt(self.shown(column, has_header).as_bytes());
        let file = excerpt(first.file.as_bytes());
        Error::columns(format!("column '{name}' holds no lists here, as it does in '{file}'"))
            .with_hint("JSON and Parquet have lists")
    }

    fn missing(&self, first: &Schema, name: &str) -> Error {
        let is_piece = !self.candidates.are_names && self.looks_like_data();
        lacks(first, name, &self.header()).with_hint(if is_piece {
            "pieces made by split belong together with cat: cat FILE… | costs"
        } else {
            BY_NAMES
        })
    }
}

const BY_NAMES: &str = "columns are found by the names that the first file has";

/// Returns the error of a table with a header if the first one has none, or the other way round.
fn other_header(first: &Schema, has_header: bool) -> Error {
    let file = excerpt(first.file.as_bytes());
    let (this, that) = if has_header { ("a", "none") } else { ("no", "one") };
    Error::columns(format!("it has {this} header, and '{file}' has {that}"))
}

/// Returns the error of a table without a header that is not as wide as the first one.
fn other_width(first: &Schema, width: usize) -> Error {
    let (file, wanted) = (excerpt(first.file.as_bytes()), first.width());
    Error::columns(format!("its first row has {width} cells, that of '{file}' has {wanted}"))
}

/// Returns the error of a table that lacks a column of the first one.
fn lacks(first: &Schema, name: &str, names: &[String]) -> Error {
    let (name, file) = (excerpt(name.as_bytes()), excerpt(first.file.as_bytes()));
    let columns = list(names);
    Error::columns(format!(
        "it has no column '{name}', which '{file}' has; its columns are {columns}"
    ))
}

/// Finds the columns of the first input table in this one, by their names or positions, where
/// others are joined to both.
///
/// # Errors
/// If it lacks a column.
pub fn like_joined(first: &Schema, own: &Schema, shows_cells: bool) -> Result<Schema, Error> {
    if own.index == first.index {
        return Ok(first.clone());
    }
    if shows_cells && own.header.names != first.header.names {
        let file = excerpt(first.file.as_bytes());
        let (own_names, others) = (list(&own.header.names), list(&first.header.names));
        return Err(Error::columns(format!(
            "its columns differ from those of '{file}': {own_names} against {others}"
        ))
        .at(Location::file(&own.file)));
    }
    let refuse = |error: Error| error.at(Location::file(&own.file)).with_hint(BY_NAMES);
    if own.has_names != first.has_names {
        return Err(refuse(other_header(first, own.has_names)));
    }
    if !own.has_names && own.width() != first.width() {
        return Err(refuse(other_width(first, own.width())));
    }
    let names = &own.header.names;
    let find = |column: usize| -> Result<usize, Error> {
        if !own.has_names {
            return Ok(column);
        }
        let name = &first.header.names[column];
        let found = names.iter().position(|other| other.trim() == name.trim());
        found.ok_or_else(|| refuse(lacks(first, name, names)))
    };
    let all = |columns: &[usize]| {
        columns.iter().map(|&column| find(column)).collect::<Result<Vec<usize>, Error>>()
    };
    let slot = |slot: &Slot| Ok(Slot { column: find(slot.column)?, ..*slot });
    Ok(Schema {
        slots: first.slots.iter().map(slot).collect::<Result<_, Error>>()?,
        lists: all(&first.lists)?,
        keys: all(&first.keys)?,
        required: all(&first.required)?,
        y: first.y,
        classes: first.classes.clone(),
        header: Header { names: names.clone(), ..first.header.clone() },
        ..own.clone()
    })
}
