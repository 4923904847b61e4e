//! Keys that rows are joined on. They are compared cell by cell, as trimmed text.

use crate::table::batch::{Key, append_cell, cells_of_key};
use crate::table::number;
use crate::text::excerpt;

/// A key that rows are joined on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// A single cell of one to seven bytes, as in [`Key::Short`].
    Short(u64),
    /// Any other cells, each preceded by its length in four bytes.
    Long(Vec<u8>),
}

impl On {
    /// Returns the last `cells` cells of a key, trimmed.
    pub fn of(key: Key, cells: usize) -> Self {
        if let Key::Short(short) = key {
            let bytes = short.to_le_bytes();
            let length = usize::from(bytes[7]);
            if number::trim(&bytes[..length]).len() == length {
                return On::Short(short);
            }
        }
        let all = cells_of(key);
        let cells: Vec<&[u8]> =
            all[all.len() - cells..].iter().map(|cell| number::trim(cell)).collect();
        if let [cell] = cells.as_slice()
            && (1..=7).contains(&cell.len())
        {
            let mut bytes = [0; 8];
            bytes[..cell.len()].copy_from_slice(cell);
            return On::Short(u64::from_le_bytes(bytes) | (cell.len() as u64) << 56);
        }
        let mut long = Vec::new();
        for cell in cells {
            append_cell(cell, &mut long);
        }
        On::Long(long)
    }

    /// Returns the key as batches store it.
    pub fn as_key(&self) -> Key<'_> {
        match self {
            On::Short(short) => Key::Short(*short),
            On::Long(long) => Key::Long(long),
        }
    }
}

/// Whether any of the last `cells` cells of a key is a missing value.
pub fn lacks_key(key: Key, cells: usize) -> bool {
    let all = cells_of(key);
    all[all.len() - cells..].iter().any(|cell| number::is_missing(number::trim(cell)))
}

/// Formats a key for messages.
pub fn text(key: Key) -> String {
    cells_of(key).iter().map(|cell| excerpt(cell)).collect::<Vec<_>>().join(", ")
}

/// Returns the cells of a key.
pub fn cells_of(key: Key) -> Vec<Vec<u8>> {
    let mut long = Vec::new();
    key.append_to(&mut long);
    cells_of_key(&long).map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::batch::Keys;

    #[test]
    fn keys_are_equal_however_they_are_stored() {
        let mut keys = Keys::default();
        keys.push([b" 7 ".as_slice()]);
        keys.push_cell(b"7,and more", 0, 1);
        keys.push([b"group".as_slice(), b"7"]);
        for row in 0..3 {
            assert_eq!(On::of(keys.get(row), 1), On::of(keys.get(1), 1));
            assert_eq!(text(On::of(keys.get(row), 1).as_key()), "7");
        }
    }
}
