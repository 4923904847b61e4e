//! Which column of which table holds what, where tables are joined. At first, each table is opened
//! only for the names of its columns; then the columns of all tables are chosen together.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, Location};
use crate::neuron::Given;
use crate::table::options::InputOptions;
use crate::table::role::Role;
use crate::table::schema::{Header, Schema, Slot};
use crate::text::{excerpt, list};

use super::candidates::{Candidates, Choice, Chosen, Resolver};
use super::names::{OUTPUT_NAMES, Y_NAMES};
use super::pattern::model_of;
use super::sides::{Place, Side, Sides};

/// The columns of all tables together, and the tables that they come from.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The columns of all tables together, as they are scored.
    pub whole: Schema,
    /// For each table, the columns that are read.
    pub sides: Vec<Schema>,
    /// For each slot of `whole`, the table and the slot there.
    pub slots: Vec<(usize, usize)>,
    /// For each list of `whole`, the table and the list there.
    pub lists: Vec<(usize, usize)>,
    /// For each key of `whole`, the table and the position among its keys.
    pub keys: Vec<(usize, usize)>,
}

/// Finds which column of which table holds what.
///
/// # Errors
/// If a column is missing, or could be one of several.
pub fn join(sides: &[Side], options: &InputOptions) -> Result<Joined, Error> {
    Sides::new(sides, options)?.join()
}

impl Sides<'_> {
    /// Finds the column of y: in the first table, else in the only other table that has one.
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
                let all: Vec<String> = self.places().map(|place| self.name(place)).collect();
                let message = format!("no column is named like y; the columns are {}", list(&all));
                Err(Error::columns(message).with_hint("name it: --y-col NAME"))
            }
            places => {
                let message = format!("y could be any of {}", self.full_names(places));
                Err(Error::columns(message).with_hint("--y-col names one of those"))
            }
        }
    }

    /// Returns a column as the output of a model.
    fn choice(&self, (side, column): Place) -> Choice {
        let at = self.offset(side) + column;
        if self.all[side].schema.lists.contains(&column) {
            Choice::List(at)
        } else {
            Choice::Column(at)
        }
    }

    /// Returns the models that a choice means, each with its name.
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
        if chosen.contains('*') && !is_name && self.options.logp_col.is_empty() {
            return self.patterns(chosen, taken);
        }
        let places = self.look_up(option, chosen)?;
        let is_alone = places.len() == 1;
        let name = |place| if is_alone { self.name(place) } else { self.full_name(place) };
        Ok(places.iter().map(|&place| (self.choice(place), name(place))).collect())
    }

    /// Returns the models that a pattern means: one of the first table, if its columns match, else
    /// one of each other table whose columns match.
    fn patterns(&self, chosen: &str, taken: &[Place]) -> Result<Vec<(Choice, String)>, Error> {
        let (only, pattern) = match chosen.rsplit_once(':') {
            Some((label, pattern)) => {
                let side = self.all.iter().position(|side| side.label == label.trim());
                (side, if side.is_some() { pattern } else { chosen })
            }
            None => (None, chosen),
        };
        let default = self.options.outputs().0.column();
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

    /// Finds the column of a table that is named like ŷ. If that is taken, the first table may
    /// have another; in any other table it is an error.
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

    /// Returns the models if the user chose none: one of the first table, if it has ŷ, and one of
    /// each other table.
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
                // A table that holds the labels need not hold predictions, too.
                (None, _) if y.0 == side => {}
                (None, [place]) => models.push((Given::Yhat, *place, label)),
                (None, _) if is_used => {}
                (None, free) => return Err(self.no_output(side, y, free)),
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

    /// Returns the error of a table in which no column is named like ŷ, and not exactly one is
    /// free.
    fn no_output(&self, side: usize, y: Place, free: &[Place]) -> Error {
        let of_y = &self.names(y.0)[y.1];
        let is_shared = |name: &&String| *name != of_y && self.names(0).contains(name);
        let schema = &self.all[side].schema;
        let has_names = self.all[0].schema.has_names && schema.has_names;
        let one_by_one = self.options.on.is_empty() && has_names;
        let mut names = free.iter().map(|place| &self.names(side)[place.1]);
        let hint = match names.find(is_shared).filter(|_| one_by_one) {
            Some(name) => format!(
                "--on {} joins by the column that both files have; or name ŷ: --yhat-col NAME, \
                 or STEM:NAME",
                excerpt(name.as_bytes())
            ),
            None => "name it: --yhat-col NAME, or STEM:NAME".to_owned(),
        };
        let free: Vec<String> = free.iter().map(|&place| self.name(place)).collect();
        let message = match free.as_slice() {
            [] => "it has no column beside the keys".to_owned(),
            free => format!("no column is named like ŷ; there are {}", list(free)),
        };
        Error::columns(message).at(Location::file(&schema.file)).with_hint(hint)
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
        let (given, chosen) = options.outputs();
        let option = Role::of(given).option();
        let bare = ["*".to_owned()];
        let has_lists = self.all.iter().any(|side| !side.schema.lists.is_empty());
        let chosen = if chosen.is_empty() && !options.classes.is_empty() && !has_lists {
            &bare
        } else {
            chosen
        };
        // A column that is chosen as an output is not y by default.
        let mut used = taken.clone();
        for chosen in chosen.iter().filter(|chosen| !chosen.contains(['*', '.'])) {
            used.extend(self.look_up(option, chosen)?);
        }
        // Rows may be grouped by their label.
        let without_groups: Vec<Place> =
            used.iter().filter(|place| !by.contains(place)).copied().collect();
        let y = || self.y(&used).or_else(|_| self.y(&without_groups));
        let y = given.has_labels().then(y).transpose()?;
        taken.extend(y);
        let mut baseline = Vec::new();
        if let Some(chosen) = &options.baseline_col {
            baseline = self.models("--baseline-col", chosen, &taken)?;
            if baseline.len() > 1 {
                let message = "several files have the columns of --baseline-col";
                return Err(Error::columns(message).with_hint("--baseline-col STEM:NAME"));
            }
        }
        let (given, models) = match y {
            Some(y) if chosen.is_empty() => self.default_models(y, &taken)?,
            _ => {
                let models = chosen.iter().map(|chosen| self.models(option, chosen, &taken));
                (given, models.collect::<Result<Vec<_>, Error>>()?.concat())
            }
        };
        let (outputs, names): (Vec<Choice>, Vec<String>) = models.into_iter().unzip();
        let at = |(side, column): Place| self.offset(side) + column;
        let chosen = Chosen {
            y: y.map(at),
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

    /// Splits the chosen columns into those of each table.
    fn split(&self, chosen: Chosen, models: &[String]) -> Result<Joined, Error> {
        let mut names: Vec<String> = self.places().map(|place| self.name(place)).collect();
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
                let (of, column) = self.place(slot.column);
                if of == side {
                    slots[index] = (side, schema.slots.len());
                    if whole.y == Some(index) {
                        schema.y = Some(schema.slots.len());
                    }
                    schema.slots.push(Slot { column, ..*slot });
                }
            }
            for (index, &list) in whole.lists.iter().enumerate() {
                let (of, column) = self.place(list);
                if of == side {
                    lists[index] = (side, schema.lists.len());
                    schema.lists.push(column);
                }
            }
            for (index, &key) in whole.keys.iter().enumerate() {
                let (of, column) = self.place(key);
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

/// Returns the names of models, numbered where they occur again.
fn unique(models: &[String]) -> Vec<String> {
    let name = |(index, model): (usize, &String)| {
        let alike = models[..index].iter().filter(|other| *other == model).count();
        if alike == 0 { model.clone() } else { format!("{model} ({})", alike + 1) }
    };
    models.iter().enumerate().map(name).collect()
}
