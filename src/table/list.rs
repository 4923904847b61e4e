//! A list of numbers in a cell, as JSON writes it.

use memchr::memchr;

use super::number::{self, NotUsable};
use super::role::Role;

/// Returns the elements of a list as they are written, but without quotes; None if the cell is not
/// a list of numbers and texts.
pub fn elements(cell: &[u8]) -> Option<Vec<&[u8]>> {
    let inner = number::trim(cell).strip_prefix(b"[")?.strip_suffix(b"]")?;
    if number::trim(inner).is_empty() {
        return Some(Vec::new());
    }
    let element = |element| {
        let element = number::trim(element);
        let text = element.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        let text = text.unwrap_or(element);
        (memchr(b'"', text).is_none() && !text.starts_with(b"[") && !text.starts_with(b"{"))
            .then_some(text)
    };
    inner.split(|&byte| byte == b',').map(element).collect()
}

/// Replaces the content of `numbers` with the list in a cell.
///
/// # Errors
/// If a value is missing, or the cell is not a list of numbers.
pub fn read(cell: &[u8], role: Role, numbers: &mut Vec<f64>) -> Result<(), NotUsable> {
    numbers.clear();
    if number::is_missing(number::trim(cell)) {
        return Err(NotUsable::Missing);
    }
    for element in elements(cell).ok_or(NotUsable::NotANumber)? {
        numbers.push(number::parse_as(element, role)?);
    }
    // An empty list is a missing value.
    if numbers.is_empty() { Err(NotUsable::Missing) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_json_writes_it() {
        let mut numbers = Vec::new();
        assert_eq!(read(b" [0.5, \"0.25\" ,1e-3]", Role::Yhat, &mut numbers), Ok(()));
        assert_eq!(numbers, [0.5, 0.25, 1e-3]);
        for (cell, why) in [
            ("[0.5, null]", NotUsable::Missing),
            ("", NotUsable::Missing),
            ("[]", NotUsable::Missing),
            ("[[1, 2]]", NotUsable::NotANumber),
            ("[1, x]", NotUsable::NotANumber),
            ("0.5", NotUsable::NotANumber),
            ("[Infinity]", NotUsable::Infinite),
        ] {
            assert_eq!(read(cell.as_bytes(), Role::Yhat, &mut numbers), Err(why), "{cell}");
        }
        assert_eq!(read(b"[-Infinity, 1]", Role::Z, &mut numbers), Ok(()));
    }
}
