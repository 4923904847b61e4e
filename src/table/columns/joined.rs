//! The columns of tables that are joined: which of them holds what.
//!
//! Each table is opened by the names of its columns alone. Then all are looked at together:
//! a bare name means a column of the first table if that has it, and else of the others,
//! `STEM:NAME` one of the table that is called so.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, Location};
use crate::neuron::Given;
use crate::table::number;
use crate::table::options::InputOptions;
use crate::table::role::Role;
use crate::table::schema::{Header, Schema, Slot};
use crate::text::{excerpt, list};

use super::candidates::{Candidates, Choice, Chosen, Found, Resolver};
use super::names::{OUTPUT_NAMES, Y_NAMES, normalized, position};
use super::pattern::model_of;

/// One of the tables.
pub struct Side {
    /// Its columns, of which none is chosen yet.
    pub schema: Schema,
    /// What it is called: the stem of its file's name, or its path.
    pub label: String,
}

/// Where each column of all tables together is.
#[derive(Clone, Debug)]
pub struct Joined {
    /// All together, as it is scored.
    pub whole: Schema,
    /// The columns that each table is read by.
    pub sides: Vec<Schema>,
    /// The table and its slot, of each slot.
    pub slots: Vec<(usize, usize)>,
    /// The table and its list, of each list.
    pub lists: Vec<(usize, usize)>,
    /// The table and the position among its keys, of each key.
    pub keys: Vec<(usize, usize)>,
}

impl Resolver<'_> {
    /// The names of the columns, none of which is chosen yet.
    ///
    /// # Errors
    /// If a comment that may be the header has no name of a column that is chosen, or by
    /// default.
    pub(super) fn probe(&self) -> Result<Found, Error> {
        let may_be_words = self.candidates.is_comment && self.options.has_header().is_none();
        if may_be_words && !self.has_known_name() {
            return Err(Error::columns("no column is named like one that is chosen".to_owned()));
        }
        let has_header = self.candidates.are_names || self.has_names();
        let candidates = self.candidates;
        let names = if has_header {
            self.header()
        } else {
            (1..=self.width()).map(|at| at.to_string()).collect()
        };
        let is_text = self.cells().iter().all(|name| str::from_utf8(name).is_ok());
        let schema = Schema {
            file: candidates.file.to_owned(),
            path: candidates.path.to_vec(),
            index: candidates.index,
            header: Header { names, ..Header::EMPTY },
            has_names: has_header,
            shown: self.width(),
            names: if has_header && !is_text {
                self.cells().iter().map(|name| name.to_vec()).collect()
            } else {
                Vec::new()
            },
            is_exact: false,
            slots: Vec::new(),
            y: None,
            outputs: Vec::new(),
            patterns: Vec::new(),
            lists: candidates.lists.to_vec(),
            classes: None,
            weight: None,
            keys: Vec::new(),
            required: Vec::new(),
            unit: candidates.unit,
            lines_before: 0,
        };
        Ok(Found { schema, has_header, warnings: Vec::new() })
    }

    /// Whether the first record holds names: one that was chosen, or a default one, or no
    /// number at all.
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

    /// Whether a cell of the first record is the name of a column that is chosen, or one that
    /// y or outputs have by default.
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

/// The column of a table: its index among the tables, and its position.
type Place = (usize, usize);

/// All tables together.
struct Sides<'a> {
    all: &'a [Side],
    options: &'a InputOptions,
    /// The columns of each that it is joined on.
    on: Vec<Vec<usize>>,
}

/// Finds out which column of which table holds what.
///
/// # Errors
/// If one is not there, or could be two.
pub fn join(sides: &[Side], options: &InputOptions) -> Result<Joined, Error> {
    let on = sides.iter().map(|side| keys(side, &sides[0], options));
    let on = on.collect::<Result<Vec<_>, Error>>()?;
    Sides { all: sides, options, on }.join()
}

/// The columns that a table is joined on. A position is that of the first table's column,
/// where names tell which that is elsewhere.
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

impl Sides<'_> {
    fn names(&self, side: usize) -> &[String] {
        &self.all[side].schema.header.names
    }

    fn width(&self, side: usize) -> usize {
        self.names(side).len()
    }

    fn is_key(&self, (side, column): Place) -> bool {
        self.on[side].contains(&column)
    }

    /// The columns of a table that have that name.
    fn named(&self, side: usize, name: &str) -> Vec<Place> {
        let all = self.names(side).iter().enumerate();
        let found = all.filter(|(_, other)| other.trim() == name.trim());
        found.map(|(column, _)| (side, column)).collect()
    }

    /// The columns that a name means: one of the first table, of the table that it names, or
    /// of each of the others.
    fn look_up(&self, option: &str, chosen: &str) -> Result<Vec<Place>, Error> {
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

    /// The one column that a name means.
    fn single(&self, option: &str, chosen: &str) -> Result<Place, Error> {
        match self.look_up(option, chosen)?.as_slice() {
            [place] => Ok(*place),
            places => {
                let places: Vec<String> =
                    places.iter().map(|&place| self.full_name(place)).collect();
                let name = excerpt(chosen.as_bytes());
                let message = format!("several files have a column '{name}': {}", list(&places));
                Err(Error::columns(message).with_hint(format!("{option} names one of those")))
            }
        }
    }

    fn unknown(&self, chosen: &str) -> Error {
        let all =
            (0..self.all.len()).flat_map(|side| (0..self.width(side)).map(move |at| (side, at)));
        let all: Vec<String> = all.map(|place| self.name(place)).collect();
        let name = excerpt(chosen.as_bytes());
        Error::columns(format!("there is no column '{name}'; the columns are {}", list(&all)))
            .with_hint("a column of a joined file is NAME, or STEM:NAME after its file")
    }

    /// The name of a column after its table.
    fn full_name(&self, (side, column): Place) -> String {
        format!("{}:{}", self.all[side].label, self.names(side)[column])
    }

    /// The name of a column among those of all tables: its own, if no other has that.
    fn name(&self, place: Place) -> String {
        let (side, column) = place;
        let name = &self.names(side)[column];
        let is_alone = side == 0
            || (0..self.all.len()).filter(|&other| !self.named(other, name).is_empty()).count()
                == 1;
        if side == 0 || (is_alone && self.all[side].schema.has_names) {
            name.clone()
        } else {
            self.full_name(place)
        }
    }

    /// The column of a table that has the likeliest of some names, and what it is. Keys and
    /// what is taken already are none.
    fn default(
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

    /// The columns of a table that are neither keys nor taken.
    fn free(&self, side: usize, taken: &[Place]) -> Vec<Place> {
        let all = (0..self.width(side)).map(|column| (side, column));
        all.filter(|place| !self.is_key(*place) && !taken.contains(place)).collect()
    }

    /// The column of y: of the first table that has it.
    fn y(&self, taken: &[Place]) -> Result<Place, Error> {
        if let Some(chosen) = &self.options.y_col {
            return self.single("--y-col", chosen);
        }
        if let Some((_, place)) = self.default(0, &[(Given::Yhat, Y_NAMES)], taken)? {
            return Ok(place);
        }
        if !self.all[0].schema.has_names
            && let Some(place) = self.free(0, taken).first()
        {
            return Ok(*place);
        }
        let mut found = Vec::new();
        for side in 1..self.all.len() {
            let default = self.default(side, &[(Given::Yhat, Y_NAMES)], taken)?;
            found.extend(default.map(|(_, place)| place));
        }
        match found.as_slice() {
            [place] => Ok(*place),
            [] => {
                let all: Vec<String> = (0..self.all.len())
                    .flat_map(|side| (0..self.width(side)).map(move |at| (side, at)))
                    .map(|place| self.name(place))
                    .collect();
                let message = format!("no column is named like y; the columns are {}", list(&all));
                Err(Error::columns(message).with_hint("name it: --y-col NAME"))
            }
            places => {
                let places: Vec<String> =
                    places.iter().map(|&place| self.full_name(place)).collect();
                let message = format!("y could be any of {}", list(&places));
                Err(Error::columns(message).with_hint("--y-col names one of those"))
            }
        }
    }

    /// A column as the output of a model.
    fn choice(&self, (side, column): Place) -> Choice {
        let at = self.offset(side) + column;
        if self.all[side].schema.lists.contains(&column) {
            Choice::List(at)
        } else {
            Choice::Column(at)
        }
    }

    /// Columns of the tables before one.
    fn offset(&self, side: usize) -> usize {
        (0..side).map(|before| self.width(before)).sum()
    }

    /// The models that a choice means, each with its name.
    fn models(
        &self,
        option: &str,
        chosen: &str,
        taken: &[Place],
    ) -> Result<Vec<(Choice, String)>, Error> {
        let is_name = (0..self.all.len()).any(|side| !self.named(side, chosen).is_empty());
        if let Some((from, to)) = chosen.split_once("..").filter(|_| !is_name) {
            let (from, to) = (self.single(option, from)?, self.single(option, to)?);
            if from.0 != to.0 || from.1 > to.1 {
                let message = format!("'{}' is no range of columns", excerpt(chosen.as_bytes()));
                return Err(Error::columns(message).with_hint("A..B are columns of one file"));
            }
            let places: Vec<Place> = (from.1..=to.1).map(|column| (from.0, column)).collect();
            if let Some(place) = places.iter().find(|place| taken.contains(place)) {
                let name = excerpt(self.name(*place).as_bytes());
                let range = excerpt(chosen.as_bytes());
                let message = format!("'{range}' has column '{name}', which is chosen already");
                return Err(Error::columns(message));
            }
            return Ok(places
                .into_iter()
                .map(|place| (self.choice(place), self.name(place)))
                .collect());
        }
        if chosen.contains('*') && !is_name {
            return self.patterns(chosen, taken);
        }
        let places = self.look_up(option, chosen)?;
        let is_alone = places.len() == 1;
        let name = |place| if is_alone { self.name(place) } else { self.full_name(place) };
        Ok(places.iter().map(|&place| (self.choice(place), name(place))).collect())
    }

    /// The models that a pattern means: of the first table, if its columns match, and else of
    /// each of the others.
    fn patterns(&self, chosen: &str, taken: &[Place]) -> Result<Vec<(Choice, String)>, Error> {
        let (only, pattern) = match chosen.rsplit_once(':') {
            Some((label, pattern)) => {
                let side = self.all.iter().position(|side| side.label == label.trim());
                (side, if side.is_some() { pattern } else { chosen })
            }
            None => (None, chosen),
        };
        let default = if self.options.z_col.is_empty() { "yhat" } else { "z" };
        let model = model_of(pattern).unwrap_or_else(|| default.to_owned());
        let mut found = Vec::new();
        let mut why = None;
        for side in 0..self.all.len() {
            if only.is_some_and(|only| only != side) {
                continue;
            }
            let names: Vec<Cow<[u8]>> =
                self.names(side).iter().map(|name| Cow::Borrowed(name.as_bytes())).collect();
            let schema = &self.all[side].schema;
            let candidates = Candidates { first: &names, ..Candidates::of(schema) };
            let resolver = Resolver { candidates: &candidates, options: self.options };
            let Some(pattern) = resolver.pattern(pattern) else { continue };
            let others =
                taken.iter().filter(|place| place.0 == side).map(|place| (place.1, "chosen"));
            let keys = self.on[side].iter().map(|&column| (column, "a key"));
            let others: Vec<(usize, &str)> = others.chain(keys).collect();
            let classes = if schema.has_names {
                resolver.classes_by_name(pattern, &others)
            } else {
                resolver.classes_by_position(pattern, &others)
            };
            match classes {
                Ok(Choice::Classes(classes)) => {
                    let offset = self.offset(side);
                    let classes =
                        classes.into_iter().map(|(name, column)| (name, offset + column)).collect();
                    found.push((Choice::Classes(classes), side));
                    if side == 0 {
                        break;
                    }
                }
                Ok(_) => {}
                Err(error) => why = Some(error),
            }
        }
        if let Some(error) = why.filter(|_| found.is_empty()) {
            return Err(error);
        }
        let is_alone = found.len() == 1 && only.is_none();
        let name = |side: usize| {
            if is_alone { model.clone() } else { format!("{}:{model}", self.all[side].label) }
        };
        Ok(found.into_iter().map(|(choice, side)| (choice, name(side))).collect())
    }

    /// The column of a table that is named like ŷ, if there is one. One that has another use
    /// is none, and no other takes its place.
    fn default_output(
        &self,
        side: usize,
        y: Place,
        taken: &[Place],
    ) -> Result<Option<(Given, Place)>, Error> {
        let found = self.default(side, &OUTPUT_NAMES, &[y])?;
        if let Some((_, place)) = found.filter(|(_, place)| taken.contains(place)) {
            if side == 0 {
                return self.default(side, &OUTPUT_NAMES, taken);
            }
            let name = excerpt(self.full_name(place).as_bytes());
            let message = format!("column '{name}' is named like ŷ, and chosen for something else");
            return Err(Error::columns(message).with_hint("--yhat-col names ŷ"));
        }
        Ok(found)
    }

    /// The models where none was chosen: a ŷ of the first table, and one of each other.
    fn default_models(
        &self,
        y: Place,
        taken: &[Place],
    ) -> Result<(Given, Vec<(Choice, String)>), Error> {
        let mut models: Vec<(Given, Place, String)> = Vec::new();
        match self.default_output(0, y, taken)? {
            Some((given, place)) => models.push((given, place, self.name(place))),
            None if !self.all[0].schema.has_names => {
                let free = self.free(0, taken);
                models.extend(free.first().map(|&place| (Given::Yhat, place, "yhat".to_owned())));
            }
            None => {}
        }
        for (side, table) in self.all.iter().enumerate().skip(1) {
            let label = table.label.clone();
            let is_used = taken.iter().any(|place| place.0 == side);
            match (self.default_output(side, y, taken)?, self.free(side, taken).as_slice()) {
                (Some((given, place)), _) => models.push((given, place, label)),
                // One that holds labels need not hold predictions, too.
                (None, _) if y.0 == side => {}
                (None, [place]) => models.push((Given::Yhat, *place, label)),
                (None, _) if is_used => {}
                (None, free) => {
                    let of_y = &self.names(y.0)[y.1];
                    let is_shared = |name: &&String| *name != of_y && self.names(0).contains(name);
                    let names = free.iter().map(|place| &self.names(side)[place.1]);
                    let has_names = self.all[0].schema.has_names && table.schema.has_names;
                    let one_by_one = self.options.on.is_empty() && has_names;
                    let hint = match names.filter(|_| one_by_one).find(is_shared) {
                        Some(name) => format!(
                            "--on {} joins by the column that both files have; or name ŷ: \
                             --yhat-col NAME, or STEM:NAME",
                            excerpt(name.as_bytes())
                        ),
                        None => "name it: --yhat-col NAME, or STEM:NAME".to_owned(),
                    };
                    let free: Vec<String> = free.iter().map(|&place| self.name(place)).collect();
                    let message = match free.as_slice() {
                        [] => "it has no column beside the keys".to_owned(),
                        free => format!("no column is named like ŷ; there are {}", list(free)),
                    };
                    return Err(Error::columns(message)
                        .at(Location::file(&table.schema.file))
                        .with_hint(hint));
                }
            }
        }
        let Some((given, ..)) = models.first() else {
            return Err(
                Error::columns("no file has a column of ŷ").with_hint("name it: --yhat-col NAME")
            );
        };
        let given = *given;
        if let Some((_, place, _)) = models.iter().find(|(other, ..)| *other != given) {
            let name = excerpt(self.full_name(*place).as_bytes());
            let (what, first) = if given == Given::Yhat { ("z", "ŷ") } else { ("ŷ", "z") };
            let message = format!("column '{name}' is named like {what}, and others are {first}");
            return Err(Error::columns(message)
                .with_hint("--yhat-col or --z-col names the columns of all models"));
        }
        let models = models.into_iter().map(|(_, place, name)| (self.choice(place), name));
        Ok((given, models.collect()))
    }

    fn join(&self) -> Result<Joined, Error> {
        let options = self.options;
        let one = |option, chosen: &Option<String>| {
            chosen.as_ref().map(|chosen| self.single(option, chosen)).transpose()
        };
        let weight = one("--weight-col", &options.weight_col)?;
        let cluster = one("--cluster-col", &options.cluster_col)?;
        let by = options.by.iter().map(|chosen| self.single("--by", chosen));
        let by = by.collect::<Result<Vec<Place>, Error>>()?;
        let mut taken: Vec<Place> = weight.iter().chain(&cluster).chain(&by).copied().collect();
        let (given, chosen) = match options.z_col.as_slice() {
            [] => (Given::Yhat, &options.yhat_col),
            _ => (Given::Z, &options.z_col),
        };
        let option = Role::of(given).option();
        let bare = vec!["*".to_owned()];
        let has_lists = self.all.iter().any(|side| !side.schema.lists.is_empty());
        let chosen = if chosen.is_empty() && !options.classes.is_empty() && !has_lists {
            &bare
        } else {
            chosen
        };
        // What is one column only is no default of y.
        let mut used = taken.clone();
        for chosen in chosen.iter().filter(|chosen| !chosen.contains(['*', '.'])) {
            used.extend(self.look_up(option, chosen)?);
        }
        let y = self.y(&used)?;
        taken.push(y);
        let mut baseline = Vec::new();
        if let Some(chosen) = &options.baseline_col {
            baseline = self.models("--baseline-col", chosen, &taken)?;
            if baseline.len() > 1 {
                let message = "several files have the columns of --baseline-col";
                return Err(Error::columns(message).with_hint("--baseline-col STEM:NAME"));
            }
        }
        let (given, models) = if chosen.is_empty() {
            self.default_models(y, &taken)?
        } else {
            let models = chosen.iter().map(|chosen| self.models(option, chosen, &taken));
            (given, models.collect::<Result<Vec<_>, Error>>()?.concat())
        };
        let (outputs, names): (Vec<Choice>, Vec<String>) = models.into_iter().unzip();
        let at = |(side, column): Place| self.offset(side) + column;
        let chosen = Chosen {
            y: at(y),
            given,
            outputs,
            baseline: baseline.first().map(|(choice, _)| choice.clone()),
            weight: weight.map(at),
            keys: by.into_iter().map(at).collect(),
            cluster: cluster.map(at),
        };
        let mut joined = self.split(chosen, &names)?;
        joined.whole.header.baseline = baseline.into_iter().next().map(|(_, name)| name);
        Ok(joined)
    }

    /// The table and the column of a column of all tables.
    fn place(&self, at: usize) -> Place {
        let side = (0..self.all.len()).rfind(|&side| self.offset(side) <= at).unwrap_or(0);
        (side, at - self.offset(side))
    }

    /// The columns of all tables together, and of each.
    fn split(&self, chosen: Chosen, models: &[String]) -> Result<Joined, Error> {
        let all =
            (0..self.all.len()).flat_map(|side| (0..self.width(side)).map(move |at| (side, at)));
        let mut names: Vec<String> = all.map(|place| self.name(place)).collect();
        for (choice, model) in chosen.outputs.iter().zip(models) {
            if let Choice::Column(at) | Choice::List(at) = choice
                && self.place(*at).0 > 0
            {
                names[*at].clone_from(model);
            }
        }
        let cells: Vec<Cow<[u8]>> =
            names.iter().map(|name| Cow::Borrowed(name.as_bytes())).collect();
        let first = &self.all[0].schema;
        let candidates = Candidates { first: &cells, ..Candidates::of(first) };
        let resolver = Resolver { candidates: &candidates, options: self.options };
        resolver.check_classes(&chosen, true)?;
        resolver.check(&chosen, true)?;
        let whole = resolver.schema(chosen, names.clone(), unique(models), true);
        let place = |column: usize| self.place(column);
        let mut sides = Vec::new();
        let (mut slots, mut lists, mut keys) = (
            vec![(0, 0); whole.slots.len()],
            vec![(0, 0); whole.lists.len()],
            vec![(0, 0); whole.keys.len()],
        );
        for (side, table) in self.all.iter().enumerate() {
            let mut schema = Schema {
                lists: Vec::new(),
                classes: whole.classes.clone(),
                header: Header { names: table.schema.header.names.clone(), ..whole.header.clone() },
                ..table.schema.clone()
            };
            for (index, slot) in whole.slots.iter().enumerate() {
                let (of, column) = place(slot.column);
                if of == side {
                    slots[index] = (side, schema.slots.len());
                    if whole.y == Some(index) {
                        schema.y = Some(schema.slots.len());
                    }
                    schema.slots.push(Slot { column, ..*slot });
                }
            }
            for (index, &list) in whole.lists.iter().enumerate() {
                let (of, column) = place(list);
                if of == side {
                    lists[index] = (side, schema.lists.len());
                    schema.lists.push(column);
                }
            }
            for (index, &key) in whole.keys.iter().enumerate() {
                let (of, column) = place(key);
                if of == side {
                    keys[index] = (side, schema.keys.len());
                    schema.keys.push(column);
                    if whole.required.contains(&key) {
                        schema.required.push(column);
                    }
                }
            }
            schema.keys.extend(&self.on[side]);
            schema.required.extend(&self.on[side]);
            sides.push(schema);
        }
        let width = self.width(0);
        let used = whole.slots.iter().map(|slot| slot.column);
        let used = used.chain(whole.lists.iter().copied()).chain(whole.keys.iter().copied());
        let theirs: BTreeSet<usize> = used.filter(|&column| column >= width).collect();
        let mut whole = whole.narrow(first.shown);
        whole.shown = whole.width() - theirs.len();
        whole.has_names = first.has_names;
        whole.required.clear();
        Ok(Joined { whole, sides, slots, lists, keys })
    }
}

/// Names of models, of which no two are alike.
fn unique(models: &[String]) -> Vec<String> {
    let name = |(index, model): (usize, &String)| {
        let alike = models[..index].iter().filter(|other| *other == model).count();
        if alike == 0 { model.clone() } else { format!("{model} ({})", alike + 1) }
    };
    models.iter().enumerate().map(name).collect()
}

/// The columns of a later table that has those of the first, by their names or positions.
///
/// # Errors
/// If it lacks one.
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
    let refuse = |message: String| {
        let hint = "all files are read by the names of the first";
        Error::columns(message).at(Location::file(&own.file)).with_hint(hint)
    };
    let file = excerpt(first.file.as_bytes());
    if own.has_names != first.has_names {
        let (this, that) = if own.has_names { ("a", "none") } else { ("no", "one") };
        return Err(refuse(format!("it has {this} header, and '{file}' has {that}")));
    }
    if !own.has_names && own.width() != first.width() {
        let (width, wanted) = (own.width(), first.width());
        return Err(refuse(format!(
            "its first row has {width} cells, that of '{file}' has {wanted}"
        )));
    }
    let names = &own.header.names;
    let find = |column: usize| -> Result<usize, Error> {
        if !own.has_names {
            return Ok(column);
        }
        let name = &first.header.names[column];
        names.iter().position(|other| other.trim() == name.trim()).ok_or_else(|| {
            let (name, columns) = (excerpt(name.as_bytes()), list(names));
            refuse(format!(
                "it has no column '{name}', which '{file}' has; its columns are {columns}"
            ))
        })
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
