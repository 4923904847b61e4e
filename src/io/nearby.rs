//! The file that was probably meant instead of one that does not exist.

use std::fs;
use std::path::Path;

use crate::text::{excerpt, nearest};

/// The most files of a folder that are compared.
const MOST: usize = 10_000;

/// The least similarity of two names, from 0 to 1, to suggest one for the other.
const NEAR: f64 = 0.7;

/// Returns the file in the folder of a missing one whose name is most similar, extensions
/// aside, escaped for messages; None if no name is similar.
pub fn file(missing: &Path) -> Option<String> {
    let wanted = stem(missing.file_name()?.to_str()?);
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?.take(MOST);
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_file()));
    let names = files.filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    // Folders are listed in any order.
    names.sort_unstable();
    let nearest = nearest(&wanted, names, |name| stem(name), NEAR)?;
    Some(excerpt(missing.with_file_name(nearest).as_os_str().as_encoded_bytes()))
}

/// Returns a name without its extensions, in lower case.
fn stem(name: &str) -> String {
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or(name);
    stem.to_lowercase()
}
