//! Finds the columns that the user chose, by name or position, or the default ones.

mod candidates;
mod classes;
mod first;
mod joined;
mod later;
mod names;
mod pattern;
mod probe;
mod sides;

pub use candidates::{Candidates, Found};
pub use classes::family;
pub use joined::{Joined, join};
pub use later::like_joined;
pub use sides::Side;

use crate::error::Error;

use super::options::InputOptions;
use super::schema::Schema;
use candidates::Resolver;
use names::normalized;

/// Finds the columns that the user chose, or that have default names, by the first record; in a
/// later file, the columns of the first file.
///
/// # Errors
/// If a column is missing, or stands for two things. The caller adds the location.
pub fn find(
    candidates: &Candidates,
    options: &InputOptions,
    first: Option<&Schema>,
) -> Result<Found, Error> {
    let resolver = Resolver { candidates, options };
    match first {
        // The columns are chosen when all tables are open.
        _ if !options.join.is_empty() => resolver.probe(),
        Some(first) => resolver.like(first),
        None => resolver.chosen(),
    }
}

/// Returns whether the first record is a header: the user says so, or its cells for y and the
/// outputs are not numbers.
///
/// # Errors
/// If it could be either, or a later file is not like the first. The caller adds the location.
pub fn has_header(
    candidates: &Candidates,
    options: &InputOptions,
    first: Option<&Schema>,
) -> Result<bool, Error> {
    let resolver = Resolver { candidates, options };
    match first {
        _ if !options.join.is_empty() => Ok(resolver.has_names()),
        Some(first) => resolver.has_header_like(first),
        None => resolver.has_header(),
    }
}

/// Returns whether words seem to name `width` columns in an unusual order: y and an output have
/// default names, but are not the first and the second word.
pub fn are_in_other_order(words: &[&str], width: usize) -> bool {
    let find = |names: &[&str]| words.iter().position(|word| names.contains(&&*normalized(word)));
    let output = names::OUTPUT_NAMES.iter().find_map(|(_, names)| find(names));
    let found = find(names::Y_NAMES).zip(output);
    words.len() <= width + 1 && found.is_some_and(|found| found != (0, 1))
}
