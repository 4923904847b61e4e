//! Files that are often taken for tables, but cannot be read.

use memchr::memmem::find;

use crate::error::{Error, Kind, Location};

use super::text::is_binary;

/// The bytes that such files start with, what they are, and what to do.
const FOREIGN: &[(&[u8], &str, &str)] = &[
    (b"{\"costs_state\"", "a state", "costs merge reads it"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"\xff\xfe", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"\xfe\xff", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"ARROW1", "an Arrow file", "convert it to CSV first"),
    (b"ORC", "an ORC file", "convert it to CSV first"),
    (b"\x80", "a Python pickle", "write it as CSV: pandas.read_pickle(FILE).to_csv(NAME)"),
    (b"Obj\x01", "an Avro file", "convert it to CSV first"),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "write the table as CSV: sqlite3 -csv -header FILE 'select …'",
    ),
    (b"\x89HDF", "an HDF5 file", "convert it to CSV first"),
    (b"\x93NUMPY", "a NumPy array", "write it as text: numpy.savetxt"),
    (b"%PDF-", "a PDF file", "convert it to CSV first"),
    #[cfg(not(feature = "parquet"))]
    (b"PAR1", "a Parquet file", "this build is without Parquet: convert it to CSV first"),
];

/// The same for zip archives, by a part of the name of their first file.
const ZIPPED: &[(&[u8], &str, &str)] = &[
    (b"data.pkl", "a PyTorch file", "write its tensors as text: numpy.savetxt"),
    (b".npy", "a NumPy archive", "write its arrays as text: numpy.savetxt"),
];

/// The number of bytes at the start of a zip archive that hold the name of its first file.
const FIRST_NAME: usize = 96;

/// The number of bytes at the start of a file in which a NUL shows that it is not text.
const NUL_WITHIN: usize = 1024;

/// Refuses a file that is not text, by its first bytes.
///
/// # Errors
/// If they are those of another kind of file.
pub fn refuse(file: &str, start: &[u8]) -> Result<(), Error> {
    // A start that is plain text may also be that of a header.
    let is_sure = |magic: &[u8]| is_binary(magic) || is_binary(start) || b"%{".contains(&magic[0]);
    let mut known = FOREIGN.iter();
    let known = known.find(|(magic, ..)| start.starts_with(magic) && is_sure(magic));
    let has = |part: &[u8]| find(&start[..start.len().min(FIRST_NAME)], part).is_some();
    let zipped = ZIPPED.iter().find(|(part, ..)| start.starts_with(b"PK\x03\x04") && has(part));
    if let Some(&(_, what, hint)) = zipped.or(known) {
        return Err(another(file, what, CSV, hint));
    }
    if start[..start.len().min(NUL_WITHIN)].contains(&0) {
        let hint = "it holds NUL bytes; CSV is text in UTF-8";
        return Err(another(file, "binary data or UTF-16 text", CSV, hint));
    }
    Ok(())
}

/// What a text file is usually meant to be.
const CSV: &str = "a CSV file";

/// Returns the error of a file that is `what`, where `wanted` is expected.
pub fn another(file: &str, what: &str, wanted: &str, hint: &str) -> Error {
    let message = format!("this is {what}, not {wanted}");
    Error::new(Kind::Format, Location::file(file), message).with_hint(hint)
}
