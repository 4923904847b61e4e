//! The columns of joined tables by name. `NAME` means a column of the first table if that has it,
//! else of the others; `STEM:NAME` means a column of the table with that label.

use crate::error::{Error, Location};
use crate::neuron::Given;
use crate::table::options::InputOptions;
use crate::table::schema::Schema;
use crate::text::{excerpt, list};

use super::names::{normalized, position};

/// One of the joined tables.
pub struct Side {
    /// Its columns, of which none is chosen yet.
    pub schema: Schema,
    /// What it is called: the stem of its file's name, or its path.
    pub label: String,
}

/// The column of a table: its index among the tables, and its position.
pub(super) type Place = (usize, usize);

/// All tables together.
pub(super) struct Sides<'a> {
    pub all: &'a [Side],
    pub options: &'a InputOptions,
    /// For each table, the columns that it is joined on.
    pub on: Vec<Vec<usize>>,
}

impl<'a> Sides<'a> {
    /// Finds the columns that each table is joined on.
    ///
    /// # Errors
    /// If a table lacks one of them.
    pub fn new(all: &'a [Side], options: &'a InputOptions) -> Result<Self, Error> {
        let on = all.iter().map(|side| keys(side, &all[0], options));
        Ok(Sides { all, options, on: on.collect::<Result<_, Error>>()? })
    }

    pub fn names(&self, side: usize) -> &[String] {
        &self.all[side].schema.header.names
    }

    pub fn width(&self, side: usize) -> usize {
        self.names(side).len()
    }

    fn is_key(&self, (side, column): Place) -> bool {
        self.on[side].contains(&column)
    }

    /// Returns the columns of all tables.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        (0..self.all.len()).flat_map(|side| (0..self.width(side)).map(move |at| (side, at)))
    }

    /// Returns the columns of a table that have that name.
    pub fn named(&self, side: usize, name: &str) -> Vec<Place> {
        let all = self.names(side).iter().enumerate();
        let found = all.filter(|(_, other)| other.trim() == name.trim());
        found.map(|(column, _)| (side, column)).collect()
    }

    /// Returns the columns that a name means: one of the first table, one of the table whose label
    /// it starts with, or one of each other table that has it.
    pub fn look_up(&self, option: &str, chosen: &str) -> Result<Vec<Place>, Error> {
        let twice = |found: &[Place]| {
            let name = excerpt(chosen.as_bytes());
            let file = excerpt(self.all[found[0].0].schema.file.as_bytes());
            Error::columns(format!("two columns of '{file}' are named '{name}'"))
                .with_hint(format!("select by position: {option} STEM:NUMBER"))
        };
        let first = self.named(0, chosen);
        if first.len() > 1 {
            return Err(twice(&first));
        }
        if !first.is_empty() {
            return Ok(first);
        }
        if let Some((label, name)) = chosen.rsplit_once(':')
            && let Some(side) = self.all.iter().position(|side| side.label == label.trim())
        {
            let found = self.named(side, name);
            if found.len() > 1 {
                return Err(twice(&found));
            }
            let by_position = position(name).filter(|&column| column < self.width(side));
            let column = found.first().copied().or(by_position.map(|column| (side, column)));
            return column.map(|place| vec![place]).ok_or_else(|| self.unknown(chosen));
        }
        let mut found = Vec::new();
        for side in 1..self.all.len() {
            let named: Vec<Place> =
                self.named(side, chosen).into_iter().filter(|&place| !self.is_key(place)).collect();
            if named.len() > 1 {
                return Err(twice(&named));
            }
            found.extend(named);
        }
        if found.is_empty()
            && let Some(column) = position(chosen).filter(|&column| column < self.width(0))
        {
            return Ok(vec![(0, column)]);
        }
        if found.is_empty() { Err(self.unknown(chosen)) } else { Ok(found) }
    }

    /// Returns the column that a name means, if it means only one.
    pub fn single(&self, option: &str, chosen: &str) -> Result<Place, Error> {
        match self.look_up(option, chosen)?.as_slice() {
            [place] => Ok(*place),
            places => {
                let (name, places) = (excerpt(chosen.as_bytes()), self.full_names(places));
                let message = format!("several files have a column '{name}': {places}");
                Err(Error::columns(message).with_hint(format!("{option} names one of those")))
            }
        }
    }

    fn unknown(&self, chosen: &str) -> Error {
        let all: Vec<String> = self.places().map(|place| self.name(place)).collect();
        let name = excerpt(chosen.as_bytes());
        Error::columns(format!("there is no column '{name}'; the columns are {}", list(&all)))
            .with_hint("a column of a joined file is NAME, or STEM:NAME after its file")
    }

    /// Returns the name of a column after the label of its table.
    pub fn full_name(&self, (side, column): Place) -> String {
        format!("{}:{}", self.all[side].label, self.names(side)[column])
    }

    /// Returns the full names of columns, for a message.
    pub fn full_names(&self, places: &[Place]) -> String {
        list(&places.iter().map(|&place| self.full_name(place)).collect::<Vec<_>>())
    }

    /// Returns the name of a column among those of all tables: its own, if it is of the first
    /// table, or no other table has that name; else the full name.
    pub fn name(&self, place: Place) -> String {
        let (side, column) = place;
        let name = &self.names(side)[column];
        let has_name = |&other: &usize| !self.named(other, name).is_empty();
        let is_alone = || (0..self.all.len()).filter(has_name).count() == 1;
        if side == 0 || (self.all[side].schema.has_names && is_alone()) {
            name.clone()
        } else {
            self.full_name(place)
        }
    }

    /// Returns the column of a table that has the likeliest of some names, and what it holds. Keys
    /// and columns in `taken` do not count.
    pub fn default(
        &self,
        side: usize,
        names: &[(Given, &[&str])],
        taken: &[Place],
    ) -> Result<Option<(Given, Place)>, Error> {
        if !self.all[side].schema.has_names {
            return Ok(None);
        }
        let normal: Vec<String> = self.names(side).iter().map(|name| normalized(name)).collect();
        for (given, names) in names {
            for name in *names {
                let is_it = |&column: &usize| {
                    let place = (side, column);
                    normal[column] == *name && !self.is_key(place) && !taken.contains(&place)
                };
                let found: Vec<usize> = (0..normal.len()).filter(is_it).collect();
                match found.as_slice() {
                    [] => {}
                    [column] => return Ok(Some((*given, (side, *column)))),
                    _ => {
                        let file = excerpt(self.all[side].schema.file.as_bytes());
                        let message = format!("two columns of '{file}' are named like '{name}'");
                        return Err(Error::columns(message)
                            .with_hint("--y-col and --yhat-col choose by name or position"));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Returns the columns of a table that are neither keys nor in `taken`.
    pub fn free(&self, side: usize, taken: &[Place]) -> Vec<Place> {
        let all = (0..self.width(side)).map(|column| (side, column));
        all.filter(|place| !self.is_key(*place) && !taken.contains(place)).collect()
    }

    /// Returns the number of columns of all tables before this one.
    pub fn offset(&self, side: usize) -> usize {
        (0..side).map(|before| self.width(before)).sum()
    }

    /// Returns the table and the column at a position among the columns of all tables.
    pub fn place(&self, at: usize) -> Place {
        let side = (0..self.all.len()).rfind(|&side| self.offset(side) <= at).unwrap_or(0);
        (side, at - self.offset(side))
    }
}

/// Returns the columns that a table is joined on. If tables have names, a position means the
/// column with the name that the first table has there.
fn keys(side: &Side, first: &Side, options: &InputOptions) -> Result<Vec<usize>, Error> {
    let names = &side.schema.header.names;
    let error = |message: String| {
        let error = Error::columns(message).at(Location::file(&side.schema.file));
        Err(error.with_hint("--on names columns that all files have"))
    };
    let mut keys = Vec::new();
    for chosen in &options.on {
        let of_first = &first.schema.header.names;
        let has_names = first.schema.has_names && side.schema.has_names;
        let is_name = of_first.iter().any(|name| name.trim() == chosen.trim());
        let name = match position(chosen).and_then(|column| of_first.get(column)) {
            Some(name) if has_names && !is_name => name,
            _ => chosen,
        };
        let mut found = (0..names.len()).filter(|&column| names[column].trim() == name.trim());
        let column = match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                let name = excerpt(name.as_bytes());
                return error(format!("two columns are named '{name}', which rows are joined on"));
            }
            (Some(column), None) => Some(column),
            _ => position(chosen).filter(|&column| !has_names && column < names.len()),
        };
        let Some(column) = column else {
            let (name, columns) = (excerpt(name.as_bytes()), list(names));
            return error(format!(
                "there is no column '{name}' to join on; the columns are {columns}"
            ));
        };
        if keys.contains(&column) {
            let name = excerpt(name.as_bytes());
            return Err(Error::usage(format!("--on names column '{name}' twice")));
        }
        keys.push(column);
    }
    Ok(keys)
}
