//! Tables that are joined to the input, one row to one: by keys, or row by row.
//!
//! The joined tables are held in memory, the input streams past them: each of its chunks
//! fills the columns that another table holds, and leaves a note of the keys that it met.
//! Notes are looked at in the order of the input, so that a run gives the same at any number
//! of threads.
//!
//! | file | what it owns |
//! |---|---|
//! | `table.rs` | a joined table in memory |
//! | `on.rs`, `index.rs` | keys as they are compared, and which row has which |
//! | `chunk.rs` | chunks of the input with the columns of all tables |

mod chunk;
mod index;
mod on;
mod table;

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::digits::plural;
use crate::error::{Error, Kind, Location};
use crate::io::Source;

use super::columns::{self, Joined, Side};
use super::format::Chunks;
use super::labels::Seen;
use super::request::Request;
use super::schema::Schema;
use table::{SHOWN, Table};

/// The tables that are joined to the input, and what was met of them.
pub struct Join {
    /// Their files.
    pub sources: Vec<Source>,
    /// How many columns rows are joined on; none if they are joined row by row.
    on: usize,
    /// How many threads read them.
    threads: usize,
    loaded: OnceLock<Loaded>,
    /// Rows of the input so far, if rows are joined row by row.
    next_row: AtomicU64,
    met: Mutex<Met>,
}

/// The tables, and where each column is.
struct Loaded {
    joined: Joined,
    tables: Vec<Table>,
}

/// What the input has met of the tables, in its order.
#[derive(Default)]
struct Met {
    /// For each table, a bit a row: whether it was met.
    rows: Vec<Vec<u64>>,
    /// Keys of the input that a table lacks, by table.
    lacking: Vec<Strays>,
    /// Keys of the input that are there twice.
    twice: Strays,
    /// A key of the input.
    example: Option<String>,
    /// Whether any key was found.
    has_common: bool,
}

impl Met {
    /// Notes that a row of a table was met; tells whether it was before.
    fn note(&mut self, table: usize, row: usize) -> bool {
        let word = &mut self.rows[table][row / 64];
        let was = *word >> (row % 64) & 1 == 1;
        *word |= 1 << (row % 64);
        was
    }
}

/// Rows that have no match.
#[derive(Default)]
struct Strays {
    count: u64,
    /// The first, each with its place.
    first: Vec<(String, String)>,
}

impl Strays {
    fn add(&mut self, key: impl FnOnce() -> String, place: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((key(), place()));
        }
    }

    fn text(&self) -> String {
        let first = self.first.iter().map(|(key, place)| match key.as_str() {
            "" => place.clone(),
            key => format!("'{key}' ({place})"),
        });
        let more = if self.count > self.first.len() as u64 { ", …" } else { "" };
        format!("{}{more}", first.collect::<Vec<_>>().join(", "))
    }
}

impl Join {
    /// Tables of those files, joined on so many columns.
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

    fn met(&self) -> MutexGuard<'_, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table of the input with the columns of all; the first time, the others are read.
    ///
    /// # Errors
    /// If a column is not there, or a table cannot be read.
    pub fn wrap(
        self: &Arc<Self>,
        mut first: Box<dyn Chunks>,
        request: &Arc<Request>,
        mut open: impl FnMut(&Source) -> Result<Box<dyn Chunks>, Error>,
    ) -> Result<Box<dyn Chunks>, Error> {
        if self.loaded.get().is_none() {
            let mut others =
                self.sources.iter().map(&mut open).collect::<Result<Vec<_>, Error>>()?;
            let all = std::iter::once(&first).chain(&others);
            let sides: Vec<Side> =
                labels(&all.map(|it| Schema::clone(it.schema())).collect::<Vec<_>>());
            let joined = columns::join(&sides, &request.options).map_err(|error| {
                match error.location() {
                    Location::Job => error.at(Location::file(&sides[0].schema.file)),
                    _ => error,
                }
            })?;
            let mut tables = Vec::new();
            for (mut table, schema) in others.drain(..).zip(&joined.sides[1..]) {
                table.set_schema(schema.clone())?;
                tables.push(Table::load(table, request, self.on, self.threads)?);
            }
            let mut met = self.met();
            met.rows = tables.iter().map(|table| vec![0; table.len().div_ceil(64)]).collect();
            met.lacking = tables.iter().map(|_| Strays::default()).collect();
            drop(met);
            drop(self.loaded.set(Loaded { joined, tables }));
        }
        let loaded = self.loaded.get().expect("they were read");
        let own = columns::like_joined(&loaded.joined.sides[0], first.schema())?;
        first.set_schema(own)?;
        Ok(Box::new(chunk::Table::new(first, Arc::clone(self))))
    }

    fn loaded(&self) -> &Loaded {
        self.loaded.get().expect("tables are read before the input")
    }

    /// Which labels there are, if a joined table holds those and they are words.
    pub fn labels(&self) -> Option<Seen> {
        self.loaded.get()?.tables.iter().find_map(|table| table.seen.clone())
    }

    /// Whether a row of the input was found to have no match, or two.
    pub fn has_strays(&self) -> bool {
        let met = self.met();
        met.twice.count > 0 || met.lacking.iter().any(|lacking| lacking.count > 0)
    }

    /// Refuses rows that have no match, or two. What to say where they are left out.
    ///
    /// # Errors
    /// Which they are.
    pub fn check(&self, request: &Request, is_part: bool) -> Result<Vec<String>, Error> {
        let Some(Loaded { tables, .. }) = self.loaded.get() else { return Ok(Vec::new()) };
        let met = self.met();
        let error = |message: String| Error::new(Kind::Value, Location::Job, message);
        if met.twice.count > 0 {
            let rows = plural(met.twice.count, "row");
            let message = format!(
                "{rows} of the input with a key that is there already: {}",
                met.twice.text()
            );
            return Err(error(message).with_hint("--on names the columns that tell rows apart"));
        }
        let mut warnings = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            let lacking = &met.lacking[index];
            let file = &table.schema.file;
            if self.on > 0 && !met.has_common && lacking.count > 0 && table.len() > 0 {
                let example = met.example.as_deref().unwrap_or_default();
                let message = format!(
                    "no key of the input is in '{file}': '{example}' here, '{}' there",
                    table.key(0)
                );
                return Err(error(message).with_hint(
                    "keys are equal as text alone: 1 is not 01; do --on columns hold the same?",
                ));
            }
            let surplus = self.surplus(&met, index, table);
            if self.on == 0 && (lacking.count > 0 || surplus.count > 0) && !is_part {
                return Err(lengths(table, lacking.count, surplus.count));
            }
            if lacking.count > 0 && !request.skips_missing() {
                let rows = plural(lacking.count, "row");
                let message = format!(
                    "{rows} of the input with a key that '{file}' lacks: {}",
                    lacking.text()
                );
                return Err(error(message).with_hint(LEFT_OUT));
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

    /// The rows of a table that no row of the input has met.
    fn surplus(&self, met: &Met, index: usize, table: &Table) -> Strays {
        let mut surplus = Strays::default();
        let is_met = |row: usize| met.rows[index][row / 64] >> (row % 64) & 1 == 1;
        for row in (0..table.len()).filter(|&row| !is_met(row)) {
            let key = || if self.on > 0 { table.key(row) } else { String::new() };
            surplus.add(key, || table.schema.location(table.line(row)).to_string());
        }
        surplus
    }
}

const LEFT_OUT: &str = "--missing skip leaves such rows out, and counts those of the input";

/// Rows that are joined row by row, and are not as many.
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
        "a header taken for data, or data for a header? --header or --no-header says what files have"
    } else {
        "rows are joined one by one; --on names columns to join on"
    };
    Error::new(Kind::Value, Location::Job, message).with_hint(hint)
}

/// The tables by the stems of their files' names, or by their paths where two stems are one.
fn labels(schemas: &[Schema]) -> Vec<Side> {
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
