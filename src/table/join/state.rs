//! Which tables are joined, and which of their rows the input has matched.

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::digits::plural;
use crate::error::{Error, Kind, Location};
use crate::io::Source;

use crate::table::columns::{Joined, Side};
use crate::table::labels::Seen;
use crate::table::request::Request;
use crate::table::schema::Schema;
use crate::text::excerpt;
use crate::threads::lock;

use super::table::{SHOWN, Table};

/// The tables that are joined to the input, and which of their rows it has matched.
pub struct Join {
    /// Their files.
    pub sources: Vec<Source>,
    /// The number of columns that rows are joined on; 0 if they are joined row by row.
    pub on: usize,
    /// The number of threads that read the tables.
    pub threads: usize,
    loaded: OnceLock<Loaded>,
    /// The number of input rows so far, which gives the next row its position.
    pub next_row: AtomicU64,
    met: Mutex<Met>,
}

/// The tables in memory, and where each joined column comes from.
pub struct Loaded {
    pub joined: Joined,
    pub tables: Vec<Table>,
}

/// The matches so far, in the order of the input.
#[derive(Default)]
pub struct Met {
    /// For each table, one bit per row: whether it was matched.
    rows: Vec<Vec<u64>>,
    /// For each table, the input rows without a match.
    pub lacking: Vec<Strays>,
    /// Input rows with the key of an earlier one.
    pub twice: Strays,
    /// For each table, a key of the input that it lacks.
    pub examples: Vec<String>,
    /// For each table, whether any row was matched.
    pub has_common: Vec<bool>,
    /// The number of chunks that were taken.
    pub chunks: u64,
}

impl Met {
    /// Notes that a row of a table was matched; returns whether it already was.
    pub fn note(&mut self, table: usize, row: usize) -> bool {
        let word = &mut self.rows[table][row / 64];
        let was = *word >> (row % 64) & 1 == 1;
        *word |= 1 << (row % 64);
        was
    }
}

/// Rows that break the rule of one row to one row.
#[derive(Default)]
pub struct Strays {
    pub count: u64,
    /// The chunk and the line of the first.
    at: (u64, u64),
    /// The keys of the first few, each with its location.
    first: Vec<(String, String)>,
}

impl Strays {
    /// Adds the row of a chunk and a line, after those before it.
    pub fn add(
        &mut self,
        at: (u64, u64),
        key: impl FnOnce() -> String,
        place: impl FnOnce() -> String,
    ) {
        if self.count == 0 {
            self.at = at;
        }
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((key(), place()));
        }
    }

    fn text(&self) -> String {
        let more = if self.count > self.first.len() as u64 { ", …" } else { "" };
        format!("{}{more}", self.texts().collect::<Vec<_>>().join(", "))
    }

    /// Formats the first few.
    fn texts(&self) -> impl Iterator<Item = String> {
        self.first.iter().map(|(key, place)| match key.as_str() {
            "" => place.clone(),
            key => format!("'{key}' ({place})"),
        })
    }
}

impl Join {
    /// Joins files on `on` columns; none is read yet.
    pub fn new(sources: Vec<Source>, on: usize, threads: usize) -> Self {
        Join {
            sources,
            on,
            threads,
            loaded: OnceLock::new(),
            next_row: AtomicU64::new(0),
            met: Mutex::default(),
        }
    }

    /// Locks the matches so far.
    pub fn met(&self) -> MutexGuard<'_, Met> {
        lock(&self.met)
    }

    /// Stores the tables once they are read.
    pub fn set_loaded(&self, joined: Joined, tables: Vec<Table>) {
        let mut met = self.met();
        met.rows = tables.iter().map(|table| vec![0; table.len().div_ceil(64)]).collect();
        met.lacking = tables.iter().map(|_| Strays::default()).collect();
        met.examples = vec![String::new(); tables.len()];
        met.has_common = vec![false; tables.len()];
        drop(met);
        drop(self.loaded.set(Loaded { joined, tables }));
    }

    /// Whether the tables have been read.
    pub fn is_loaded(&self) -> bool {
        self.loaded.get().is_some()
    }

    /// Returns the tables, which must have been read.
    pub fn loaded(&self) -> &Loaded {
        self.loaded.get().expect("tables are read before the input")
    }

    /// Returns which labels there are, if they are words in a joined table.
    pub fn labels(&self) -> Option<Seen> {
        self.loaded.get()?.tables.iter().find_map(|table| table.seen.clone())
    }

    /// Returns the error of the first input row without a match or with the key of an earlier row,
    /// if there is one. It counts nothing, as the input was not read to its end.
    pub fn first_stray(&self, request: &Request) -> Option<Error> {
        let Loaded { tables, .. } = self.loaded.get()?;
        let met = self.met();
        let twice = met.twice.texts().next().map(|first| (met.twice.at, repeated("a row", &first)));
        let lacking = tables.iter().zip(&met.lacking).filter_map(|(table, lacking)| {
            let first = lacking.texts().next()?;
            let file = &table.schema.file;
            if self.on == 0 {
                let rows = plural(table.len() as u64, "row");
                let message = format!("the input has more rows than '{file}', which has {rows}");
                let error = Error::new(Kind::Value, Location::Job, message);
                return Some((lacking.at, error.with_hint(ONE_BY_ONE)));
            }
            (!request.skips_missing()).then(|| (lacking.at, unmatched("a row", file, &first)))
        });
        let first = twice.into_iter().chain(lacking).min_by_key(|(at, _)| *at);
        first.map(|(_, error)| error)
    }

    /// Refuses rows that do not match one to one; returns warnings about rows that are left
    /// out. The input was read to its end; `is_part` says that it holds only some of all rows.
    ///
    /// # Errors
    /// If there are such rows: how many, and the first of them.
    pub fn check(&self, request: &Request, is_part: bool) -> Result<Vec<String>, Error> {
        let Some(Loaded { tables, .. }) = self.loaded.get() else { return Ok(Vec::new()) };
        let met = self.met();
        let error = |message: String| Error::new(Kind::Value, Location::Job, message);
        if met.twice.count > 0 {
            return Err(repeated(&plural(met.twice.count, "row"), &met.twice.text()));
        }
        let mut warnings = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            let lacking = &met.lacking[index];
            let file = &table.schema.file;
            let is_shard = is_part && request.skips_missing();
            if self.on > 0
                && !is_shard
                && !met.has_common[index]
                && lacking.count > 0
                && table.len() > 0
            {
                let example = &met.examples[index];
                let message = format!(
                    "no key of the input is in '{file}': the input has '{example}', the file '{}'",
                    table.key(0)
                );
                return Err(error(message).with_hint(
                    "keys are compared as text: 1 is not 01; do both --on columns hold the same keys?",
                ));
            }
            if table.rows.keyless > 0 {
                let rows = plural(table.rows.keyless, "row");
                warnings.push(format!("{file}: {rows} without a key, left out"));
            }
            if table.schema.slots.is_empty() && table.schema.keys.len() == self.on {
                warnings.push(format!("{file}: none of its columns is used"));
            }
            warnings.extend(self.id_warning(table));
            let surplus = self.surplus(&met, index, table);
            if self.on == 0 && (lacking.count > 0 || surplus.count > 0) {
                return Err(lengths(table, lacking.count, surplus.count));
            }
            if lacking.count > 0 && !request.skips_missing() {
                return Err(unmatched(&plural(lacking.count, "row"), file, &lacking.text()));
            }
            if surplus.count > 0 && !request.skips_missing() && !is_part {
                let rows = plural(surplus.count, "row");
                let message = format!(
                    "{rows} of '{file}' with a key that the input lacks: {}",
                    surplus.text()
                );
                return Err(error(message).with_hint(LEFT_OUT));
            }
            if surplus.count > 0 {
                let rows = plural(surplus.count, "row");
                warnings.push(format!("{file}: {rows} with a key that the input lacks, left out"));
            }
        }
        Ok(warnings)
    }

    /// Returns a warning if rows are joined one by one although both tables have an unused
    /// column of the same name, which may be a key.
    fn id_warning(&self, table: &Table) -> Option<String> {
        let first = &self.loaded().joined.sides[0];
        let is_used = |schema: &Schema, column: usize| {
            schema.slots.iter().any(|slot| slot.column == column) || schema.keys.contains(&column)
        };
        let is_shared = |&(column, name): &(usize, &String)| {
            let other = first.header.names.iter().position(|other| other == name);
            other.is_some_and(|other| !is_used(first, other)) && !is_used(&table.schema, column)
        };
        let has_names = self.on == 0 && first.has_names && table.schema.has_names;
        let mut names = table.schema.header.names.iter().enumerate().filter(|_| has_names);
        let (_, name) = names.find(is_shared)?;
        let (file, name) = (&table.schema.file, excerpt(name.as_bytes()));
        Some(format!(
            "{file}: rows are joined one by one, though both files have a column '{name}'; --on joins by it"
        ))
    }

    /// Returns the rows of a table that no row of the input matched.
    fn surplus(&self, met: &Met, index: usize, table: &Table) -> Strays {
        let mut surplus = Strays::default();
        let is_met = |row: usize| met.rows[index][row / 64] >> (row % 64) & 1 == 1;
        for row in (0..table.len()).filter(|&row| !is_met(row)) {
            let key = || if self.on > 0 { table.key(row) } else { String::new() };
            surplus.add((0, table.line(row)), key, || {
                table.schema.location(table.line(row)).to_string()
            });
        }
        surplus
    }
}

const LEFT_OUT: &str = "--missing skip leaves such rows out, and counts those of the input";
const ONE_BY_ONE: &str = "rows are joined one by one; --on names columns to join on";

/// Returns the error of rows of the input that repeat a key.
fn repeated(rows: &str, places: &str) -> Error {
    let message = format!("{rows} of the input with a key that an earlier row has: {places}");
    Error::new(Kind::Value, Location::Job, message)
        .with_hint("--on names the columns that tell rows apart")
}

/// Returns the error of rows of the input without a match in a file.
fn unmatched(rows: &str, file: &str, places: &str) -> Error {
    let message = format!("{rows} of the input with a key that '{file}' lacks: {places}");
    Error::new(Kind::Value, Location::Job, message).with_hint(LEFT_OUT)
}

/// Returns the error of tables that are joined row by row and differ in length.
fn lengths(table: &Table, lacking: u64, surplus: u64) -> Error {
    let rows = table.len() as u64;
    let input = rows + lacking - surplus;
    let message = format!(
        "the input has {}, and '{}' has {}",
        plural(input, "row"),
        table.schema.file,
        plural(rows, "row")
    );
    let hint = if lacking + surplus == 1 {
        "was a header read as data, or data as a header? --header or --no-header decides"
    } else {
        ONE_BY_ONE
    };
    Error::new(Kind::Value, Location::Job, message).with_hint(hint)
}

/// Labels each table with the stem of its file's name, or with its path if another joined
/// table has the same stem.
pub fn labels(schemas: &[Schema]) -> Vec<Side> {
    let stem = |schema: &Schema| {
        let name = Path::new(&schema.file).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        let stem = name.trim_start_matches('.').split('.').next().unwrap_or_default().to_owned();
        if stem.is_empty() { name.into_owned() } else { stem }
    };
    let stems: Vec<String> = schemas.iter().map(stem).collect();
    let side = |(schema, stem): (&Schema, &String)| {
        let is_alone = stems[1..].iter().filter(|other| *other == stem).count() < 2;
        let label = if is_alone { stem.clone() } else { schema.file.clone() };
        Side { schema: schema.clone(), label }
    };
    schemas.iter().zip(&stems).map(side).collect()
}
