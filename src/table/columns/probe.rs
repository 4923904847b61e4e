//! The names of the columns of a table that is joined, none of which is chosen yet.

use crate::error::Error;
use crate::table::number;
use crate::table::schema::{Header, Schema};

use super::candidates::{Found, Resolver};
use super::names::{OUTPUT_NAMES, Y_NAMES, normalized, position};

impl Resolver<'_> {
    /// Finds the names of the columns, none of which is chosen yet.
    ///
    /// # Errors
    /// If a comment that may be the header has neither the name of a chosen column nor a default
    /// name.
    pub(super) fn probe(&self) -> Result<Found, Error> {
        let may_be_words = self.candidates.is_comment && self.options.has_header().is_none();
        if may_be_words && !self.has_known_name() {
            return Err(Error::columns("no column is named like one that is chosen"));
        }
        let has_header = self.candidates.are_names || self.has_names();
        let candidates = self.candidates;
        let names = if has_header {
            self.header()
        } else {
            (1..=self.width()).map(|at| at.to_string()).collect()
        };
        let schema = Schema {
            file: candidates.file.to_owned(),
            path: candidates.path.to_vec(),
            index: candidates.index,
            header: Header { names, ..Header::EMPTY },
            has_names: has_header,
            shown: self.width(),
            names: self.names_as_bytes(has_header),
            lists: candidates.lists.to_vec(),
            unit: candidates.unit,
            ..Schema::default()
        };
        Ok(Found { schema, has_header, warnings: Vec::new() })
    }

    /// Returns whether the first record holds names: a chosen name, a default one, or no number at
    /// all.
    pub(super) fn has_names(&self) -> bool {
        let options = self.options;
        if let Some(has_header) = options.has_header() {
            return has_header;
        }
        let keys = options.on.iter();
        if keys.clone().any(|chosen| position(chosen).is_none()) || self.has_known_name() {
            return true;
        }
        let keys: Vec<usize> = keys.filter_map(|chosen| position(chosen)).collect();
        let has_words = options.positive.is_some() || !options.classes.is_empty();
        let mut others = (0..self.width()).filter(|column| !keys.contains(column));
        !has_words
            && !others.any(|column| number::looks_like_data(&self.cells()[column], true, true))
    }

    /// Returns whether a cell of the first record is the name of a chosen column, or a default
    /// name of y or of outputs.
    fn has_known_name(&self) -> bool {
        let name_of = |chosen: &String| {
            let name = chosen.split_once(':').map_or(chosen.as_str(), |(_, name)| name);
            name.trim().to_owned()
        };
        let is_chosen = |cell: &[u8]| {
            let text = String::from_utf8_lossy(cell);
            let mut chosen = self.choices().filter(|chosen| position(chosen).is_none());
            chosen.any(|chosen| {
                let name = name_of(chosen);
                position(&name).is_none() && name == text.trim()
            })
        };
        let is_default = |cell: &[u8]| {
            let name = normalized(&String::from_utf8_lossy(cell));
            let mut outputs = OUTPUT_NAMES.iter().flat_map(|(_, names)| names.iter());
            Y_NAMES.contains(&name.as_str()) || outputs.any(|other| *other == name)
        };
        let mut keys = self.options.on.iter().filter(|chosen| position(chosen).is_none());
        self.cells().iter().any(|cell| is_chosen(cell) || is_default(cell))
            || keys.any(|key| self.is_name(key))
    }
}
