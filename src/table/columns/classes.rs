//! Columns of several classes: a pattern such as `p_*`, in which `*` stands for the class.

use std::collections::HashMap;

use crate::error::Error;
use crate::neuron::Given;
use crate::table::labels::ClassKey;
use crate::table::number;
use crate::text::{excerpt, list};

use super::candidates::{Choice, Chosen, Resolver};
use super::names::{Y_NAMES, normalized};
use super::pattern::{JOINTS, Pattern};

impl Resolver<'_> {
    /// Returns the pattern, if the user chose one and no column has that name.
    pub(super) fn pattern<'c>(&self, chosen: &'c str) -> Option<Pattern<'c>> {
        let may_be = !self.is_name(chosen) && self.options.logp_col.is_empty();
        let (before, after) = chosen.trim().split_once('*').filter(|_| may_be)?;
        Some(Pattern { text: chosen, before, after })
    }

    /// Returns the text before and after the class in each chosen pattern, if all columns that
    /// match are classes.
    pub(super) fn patterns(&self, has_names: bool) -> Vec<(String, String)> {
        if !self.options.classes.is_empty() || !has_names {
            return Vec::new();
        }
        let (_, chosen) = self.options.outputs();
        let patterns = chosen.iter().chain(&self.options.baseline_col);
        let patterns = patterns.filter_map(|chosen| self.pattern(chosen));
        patterns.map(|pattern| (pattern.before.to_owned(), pattern.after.to_owned())).collect()
    }

    /// Returns whether the choice is the pattern `*`, which every column matches.
    pub(super) fn is_bare(&self, chosen: &str) -> bool {
        self.pattern(chosen).is_some_and(Pattern::is_bare)
    }

    /// Finds the classes of a pattern by the names of columns. `others` are columns that are
    /// chosen for something else, each with what that is.
    pub(super) fn classes_by_name(
        &self,
        pattern: Pattern,
        others: &[(usize, &str)],
    ) -> Result<Choice, Error> {
        let names = self.header();
        let matching = names.iter().enumerate();
        let matching = matching.filter_map(|(column, name)| Some((pattern.class(name)?, column)));
        let matching: Vec<(&str, usize)> = matching.collect();
        let text = excerpt(pattern.text.as_bytes());
        let chosen = &self.options.classes;
        let mut classes: Vec<(String, usize)> = Vec::new();
        if chosen.is_empty() {
            classes.extend(matching.iter().map(|&(class, column)| (class.to_owned(), column)));
        }
        let mut by_key: HashMap<ClassKey, Vec<(&str, usize)>> = HashMap::new();
        for &(class, column) in &matching {
            by_key.entry(ClassKey::of(class)).or_default().push((class, column));
        }
        for class in chosen {
            let column = match by_key.get(&ClassKey::of(class)).map_or(&[][..], Vec::as_slice) {
                [(_, column)] => *column,
                [(one, _), (other, _), ..] => return Err(twice(&text, one, other)),
                [] => {
                    let wanted = format!("{}{class}{}", pattern.before, pattern.after);
                    let message = format!(
                        "there is no column '{}' for class '{}'; the columns are {}",
                        excerpt(wanted.as_bytes()),
                        excerpt(class.as_bytes()),
                        list(&names)
                    );
                    return Err(Error::columns(message).with_hint(self.other_pattern(class)));
                }
            };
            classes.push((class.trim().to_owned(), column));
        }
        let other = |column: usize| others.iter().find(|(other, _)| *other == column);
        if let Some((column, what)) = classes.iter().find_map(|&(_, column)| other(column)) {
            let rest: Vec<&str> = matching
                .iter()
                .filter(|(_, column)| other(*column).is_none())
                .map(|(class, _)| *class)
                .collect();
            let name = excerpt(names[*column].as_bytes());
            let message = format!("'{text}' takes column '{name}', which is {what}");
            return Err(Error::columns(message)
                .with_hint(format!("are these the classes? --classes {}", rest.join(","))));
        }
        if classes.len() < 2 {
            let message = match matching.as_slice() {
                [(_, column)] => {
                    let name = excerpt(names[*column].as_bytes());
                    format!(
                        "'{text}' finds only one column, '{name}'; several classes need two or more"
                    )
                }
                _ => format!("'{text}' finds no column; the columns are {}", list(&names)),
            };
            return Err(Error::columns(message)
                .with_hint("each class has a column; * stands for the name of the class"));
        }
        distinct(&text, classes)
    }

    /// Returns the hint if no column of a class is found: a pattern that finds one, if there is
    /// one.
    fn other_pattern(&self, class: &str) -> String {
        let names = self.header();
        let stem = |name: &String| {
            let stem = name.trim().strip_suffix(class.trim())?.to_owned();
            stem.ends_with(JOINTS).then_some(stem)
        };
        match names.iter().find_map(stem) {
            Some(stem) => format!("did you mean --yhat-col '{}*'?", excerpt(stem.as_bytes())),
            None => "--classes A,B names the classes as the columns do".to_owned(),
        }
    }

    /// Finds the classes of a file without a header: all columns but `others`, in the order in
    /// which the classes are named.
    pub(super) fn classes_by_position(
        &self,
        pattern: Pattern,
        others: &[(usize, &str)],
    ) -> Result<Choice, Error> {
        let text = excerpt(pattern.text.as_bytes());
        let names = &self.options.classes;
        if !pattern.is_bare() {
            let message = format!("'{text}' matches names of columns, and there is no header");
            return Err(Error::columns(message)
                .with_hint("--yhat-col '*' takes all columns that are nothing else"));
        }
        if names.is_empty() {
            let message = format!("'{text}' cannot find the classes without a header");
            return Err(Error::columns(message)
                .with_hint("--classes A,B,… names them in the order of their columns"));
        }
        let is_other = |column: &usize| others.iter().any(|(other, _)| other == column);
        let columns: Vec<usize> = (0..self.width()).filter(|column| !is_other(column)).collect();
        if columns.len() != names.len() {
            let message = format!(
                "{} classes are named, and the first row has {} cells for them",
                names.len(),
                columns.len()
            );
            return Err(Error::columns(message).with_hint(
                "each class needs a column of its own, besides y and the other chosen columns",
            ));
        }
        let names = names.iter().map(|name| name.trim().to_owned());
        distinct(&text, names.zip(columns).collect())
    }

    /// Returns the names of the models. For a column, that is its name, with its position if two
    /// are alike. For a pattern, it is what [`Pattern::model`] leaves of it, else `yhat` or `z`;
    /// the whole pattern if two are alike.
    pub(super) fn model_names(&self, chosen: &Chosen, names: &[String]) -> Vec<String> {
        let (_, texts) = self.options.outputs();
        let texts: Vec<&String> =
            texts.iter().filter(|text| self.pattern(text).is_some()).collect();
        // A range is several models, so only the patterns before this one are counted.
        let pattern = |index: usize| {
            let is_pattern = |choice: &&Choice| matches!(choice, Choice::Classes(_));
            let before = chosen.outputs[..index].iter().filter(is_pattern).count();
            self.pattern(texts.get(before).map_or("*", |text| text.as_str()))
        };
        let short: Vec<String> = chosen
            .outputs
            .iter()
            .enumerate()
            .map(|(index, choice)| match choice {
                Choice::Column(column) | Choice::List(column) => names[*column].clone(),
                Choice::Classes(_) => pattern(index)
                    .and_then(Pattern::model)
                    .unwrap_or_else(|| chosen.given.column().to_owned()),
            })
            .collect();
        let is_there_twice =
            |name: &String| short.iter().filter(|other| *other == name).count() > 1;
        let name = |(index, name): (usize, &String)| match &chosen.outputs[index] {
            _ if !is_there_twice(name) => name.clone(),
            Choice::Column(column) | Choice::List(column) => {
                format!("{name} (column {})", column + 1)
            }
            Choice::Classes(_) => pattern(index).map_or("*", |pattern| pattern.text).to_owned(),
        };
        short.iter().enumerate().map(name).collect()
    }

    /// Refuses models of classes beside models of one output, and models that share a column.
    pub(super) fn check_classes(&self, chosen: &Chosen, has_header: bool) -> Result<(), Error> {
        let all = chosen.outputs.iter().chain(&chosen.baseline);
        let is_of_classes = |choice: &&Choice| !matches!(choice, Choice::Column(_));
        let (of_classes, others): (Vec<_>, Vec<_>) = all.partition(is_of_classes);
        if let Some(choice) = of_classes.first().filter(|_| chosen.given == Given::Logp) {
            let name = excerpt(self.shown(choice.columns()[0], has_header).as_bytes());
            let message =
                format!("column '{name}' holds lists, and --logp-col takes a number a row");
            return Err(Error::columns(message).with_hint("write a row for each of their numbers"));
        }
        if let Some(Choice::Column(column)) = others.first().filter(|_| !of_classes.is_empty()) {
            let name = excerpt(self.shown(*column, has_header).as_bytes());
            let message = format!(
                "column '{name}' is a single output, and other models have several classes"
            );
            return Err(Error::columns(message).with_hint("score them in runs of their own"));
        }
        let is_list = |choice: &&Choice| matches!(choice, Choice::List(_));
        let (lists, patterns): (Vec<_>, Vec<_>) = of_classes.into_iter().partition(is_list);
        if !lists.is_empty() && !patterns.is_empty() && self.options.classes.is_empty() {
            let message = "lists number their classes, and columns name them";
            return Err(
                Error::columns(message).with_hint("--classes A,B,… names those of the lists")
            );
        }
        let columns = chosen.outputs.iter().filter(is_of_classes).flat_map(Choice::columns);
        let mut taken: Vec<usize> = columns.collect();
        taken.sort_unstable();
        if let Some(pair) = taken.windows(2).find(|pair| pair[0] == pair[1]) {
            let name = excerpt(self.shown(pair[0], has_header).as_bytes());
            let message = format!("column '{name}' is of two models: their patterns overlap");
            return Err(Error::columns(message));
        }
        let Some(baseline) = &chosen.baseline else { return Ok(()) };
        let mut of_baseline = baseline.columns();
        of_baseline.sort_unstable();
        let is_same = |choice: &Choice| {
            let mut columns = choice.columns();
            columns.sort_unstable();
            columns == of_baseline
        };
        let shared = of_baseline.iter().find(|column| taken.binary_search(column).is_ok());
        if let Some(&column) = shared.filter(|_| !chosen.outputs.iter().any(is_same)) {
            let name = excerpt(self.shown(column, has_header).as_bytes());
            let message = format!("column '{name}' is of a model and of the baseline");
            return Err(
                Error::columns(message).with_hint("--classes A,B,… restricts what a pattern takes")
            );
        }
        Ok(())
    }

    /// Returns the options that were probably meant if no column is named like ŷ: the classes, if
    /// labels are names of columns, or a pattern, if the names of columns start alike.
    pub(super) fn meant_classes(&self) -> Option<String> {
        let names = self.header();
        let row = self.candidates.row;
        let is_name = |cell: &[u8]| names.iter().any(|name| name.as_bytes() == cell);
        let mut labels: Vec<usize> =
            (0..names.len().min(row.len())).filter(|&column| is_name(&row[column])).collect();
        labels.sort_by_key(|&column| !Y_NAMES.contains(&normalized(&names[column]).as_str()));
        if let Some(&label) = labels.first() {
            let is_class = |column: &usize| {
                *column != label
                    && number::looks_numeric(&row[*column])
                    && !["id", "index", ""].contains(&normalized(&names[*column]).as_str())
            };
            let classes = (0..names.len().min(row.len())).filter(is_class);
            let classes: Vec<String> =
                classes.map(|column| excerpt(names[column].as_bytes())).collect();
            if classes.len() > 1 {
                return Some(format!("several classes? --classes {}", classes.join(",")));
            }
        }
        let stem = names.iter().find_map(|name| family(name, &names))?;
        let first = stem.split(JOINTS).next().unwrap_or_default();
        let option =
            if ["z", "logit", "logits"].contains(&first) { "--z-col" } else { "--yhat-col" };
        let members = || names.iter().filter(|name| name.starts_with(&stem));
        let [from, to] =
            [members().next()?, members().next_back()?].map(|name| excerpt(name.as_bytes()));
        let stem = excerpt(stem.as_bytes());
        Some(format!("several classes? {option} '{stem}*'; a model each? {option} {from}..{to}"))
    }
}

/// Returns how the names of several columns start that may be the classes of one model, `name`
/// among them: the longest start that they share and that ends in a joint.
pub fn family(name: &str, names: &[String]) -> Option<String> {
    let start = name.len() - name.trim_start_matches(JOINTS).len();
    let stem = &name[..=start + name[start..].find(['_', '.', '-'])?];
    let is_probability = ["p", "prob", "proba", "probs", "pred", "yhat", "z", "logit", "logits"]
        .contains(&normalized(stem.trim_matches(JOINTS)).as_str());
    let is_member = |other: &&String| {
        other.len() > stem.len()
            && other.starts_with(stem)
            && !Y_NAMES.contains(&normalized(other).as_str())
    };
    let members: Vec<&String> = names.iter().filter(is_member).collect();
    if members.len() < if is_probability { 2 } else { 3 } {
        return None;
    }
    let alike = |length: &usize| members.iter().all(|other| other.starts_with(&name[..*length]));
    let joints = name.char_indices().filter(|(_, c)| JOINTS.contains(c)).map(|(at, _)| at + 1);
    let longest = joints.filter(alike).max()?;
    Some(name[..longest].to_owned())
}

/// Returns the classes, if no two names are of one class.
fn distinct(text: &str, classes: Vec<(String, usize)>) -> Result<Choice, Error> {
    let mut known = HashMap::new();
    for (class, _) in &classes {
        if let Some(same) = known.insert(ClassKey::of(class), class) {
            return Err(twice(text, same, class));
        }
    }
    Ok(Choice::Classes(classes))
}

fn twice(text: &str, one: &str, other: &str) -> Error {
    let (one, other) = (excerpt(one.as_bytes()), excerpt(other.as_bytes()));
    Error::columns(format!("'{text}' has two classes that are one: '{one}' and '{other}'"))
}
