//! What the first bytes of a file tell: whether it is a text table at all, and
//! what separates its cells.

use crate::error::Fault;

use super::record;

/// Files that are often taken for CSV files: how they start, what they are, and
/// what to do.
const FOREIGN: [(&[u8], &str, &str); 12] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"\xff\xfe", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"\xfe\xff", "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"ARROW1", "an Arrow file", "convert it to CSV first"),
    (b"ORC", "an ORC file", "convert it to CSV first"),
    (b"Obj\x01", "an Avro file", "convert it to CSV first"),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "write the table as CSV: sqlite3 -csv -header FILE 'select …'",
    ),
    (b"\x89HDF", "an HDF5 file", "convert it to CSV first"),
    (b"\x93NUMPY", "a NumPy array", "write it as text: numpy.savetxt"),
    (b"%PDF", "a PDF file", "convert it to CSV first"),
];

/// A byte order mark of UTF-8, which says nothing.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What tells binary data from text: NUL bytes near the start.
const NUL_WITHIN: usize = 1024;

/// Refuses what is no text table, by the first bytes of a file.
///
/// # Errors
/// If the bytes are those of another format.
pub fn refuse_foreign(start: &[u8]) -> Result<(), Fault> {
    let known = FOREIGN.iter().find(|(magic, ..)| start.starts_with(magic));
    if let Some(&(_, what, hint)) = known {
        return Err(Fault::Foreign { what, hint });
    }
    if start[..start.len().min(NUL_WITHIN)].contains(&0) {
        return Err(Fault::Foreign {
            what: "binary data or UTF-16 text",
            hint: "it holds NUL bytes; CSV is text in UTF-8",
        });
    }
    Ok(())
}

/// What a text is that starts as a JSON object does, where there should be CSV.
pub fn object(text: &[u8]) -> Option<Fault> {
    if text.starts_with(b"{\"costs_state\"") {
        let (what, hint) = ("a state", "costs merge reads it");
        return Some(Fault::Foreign { what, hint });
    }
    let (what, hint) = ("JSON", "--input jsonl reads one object a line");
    text.starts_with(b"{").then_some(Fault::Foreign { what, hint })
}

/// Where the first record starts: after a byte order mark and blank lines.
pub fn first_record(bytes: &[u8]) -> usize {
    let mut start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    while let length @ 1.. = record::line_end(bytes, start) {
        start += length;
    }
    start
}

/// Whether a file holds JSON Lines, by the extension of its name.
pub fn is_json_lines(name: &str) -> bool {
    let extension = extension(name);
    extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
}

/// The extension of a name, but for that of a compression.
fn extension(name: &str) -> &str {
    let compressed = [".gz", ".zst", ".bz2", ".xz"];
    let name = compressed.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The delimiter of a file: by the extension of its name, else the first of
/// comma, tab, semicolon, bar and space that occurs in its first line outside
/// quotes, else a comma.
pub fn delimiter(name: &str, text: &[u8]) -> u8 {
    let extension = extension(name);
    if extension.eq_ignore_ascii_case("tsv") || extension.eq_ignore_ascii_case("tab") {
        return b'\t';
    }
    let first_line = text.split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default();
    let mut quoted = false;
    let outside: Vec<u8> = first_line
        .iter()
        .copied()
        .filter(|&b| {
            quoted ^= b == b'"';
            !quoted
        })
        .collect();
    *b",\t;| ".iter().find(|b| outside.contains(b)).unwrap_or(&b',')
}
