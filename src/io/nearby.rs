//! The file that was probably meant, where one is not there.

use std::fs;
use std::path::Path;

use crate::text::excerpt;

/// Files of a folder that are looked at.
const MOST: usize = 10_000;

/// How near two names are at least.
const NEAR: f64 = 0.7;

/// The file of the same folder whose name is nearest to that of one which is not there,
/// endings aside, as a message shows it; None if none is near.
pub fn file(missing: &Path) -> Option<String> {
    let wanted = stem(missing.file_name()?.to_str()?);
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?.take(MOST);
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_file()));
    let names = files.filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()));
    let nearness = |name: &str| strsim::normalized_damerau_levenshtein(&wanted, &stem(name));
    // Of several that are as near, the first by name, whatever order the folder is in.
    let nearest = names
        .filter(|name| nearness(name) >= NEAR)
        .max_by(|a, b| nearness(a).total_cmp(&nearness(b)).then_with(|| b.cmp(a)))?;
    Some(excerpt(missing.with_file_name(nearest).as_os_str().as_encoded_bytes()))
}

/// A name without its endings, in lower case.
fn stem(name: &str) -> String {
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or(name);
    stem.to_lowercase()
}
