//! Where bytes can be cut between two records. It knows quotes and line ends, but no columns.

use memchr::{memchr, memrchr, memrchr2};

use super::record::closing_quote;
use crate::table::text::Cut;

/// Returns where to cut bytes that start with a record: after the last whole record.
///
/// Without a `"`, that is after the last line end. Otherwise all quotes are followed from the
/// start, so that whether a line end lies within quotes is known, never guessed.
pub fn records(bytes: &[u8], delimiter: u8, at_end: bool) -> Cut {
    let Some(quote) = memchr(b'"', bytes) else {
        let end = if at_end { Some(bytes.len()) } else { last_line_end(bytes) };
        return Cut { end, has_quotes: false, open_quote: None };
    };
    // The stretches outside quotes. Each but the first starts after a closing quote.
    let mut stretches = vec![(0, quote)];
    let mut next = Some(quote);
    let mut open_quote = None;
    while let Some(quote) = next {
        let opens = quote == 0 || [delimiter, b'\n', b'\r'].contains(&bytes[quote - 1]);
        let resume = if opens {
            stretches.last_mut().expect("a stretch ends at the quote").1 = quote;
            // A quote at the very end may be the first of two in a row.
            match closing_quote(bytes, quote).filter(|&close| at_end || close + 1 < bytes.len()) {
                None => {
                    open_quote = Some(quote);
                    break;
                }
                Some(close) => {
                    stretches.push((close + 1, bytes.len()));
                    close + 1
                }
            }
        } else {
            quote + 1
        };
        next = memchr(b'"', &bytes[resume..]).map(|length| resume + length);
    }
    if open_quote.is_none()
        && let Some(last) = stretches.last_mut()
    {
        last.1 = bytes.len();
    }
    let end = if at_end && open_quote.is_none() {
        Some(bytes.len())
    } else {
        // A carriage return at the very end may be half of a line end.
        let whole = bytes.strip_suffix(b"\r").unwrap_or(bytes).len();
        let last_end = |(start, end): (usize, usize)| {
            let stretch = &bytes[start..end.min(whole).max(start)];
            memrchr2(b'\n', b'\r', stretch).map(|at| start + at + 1)
        };
        stretches.into_iter().rev().find_map(last_end)
    };
    Cut { end, has_quotes: true, open_quote }
}

/// Returns the offset after the last line end of bytes without quotes.
fn last_line_end(bytes: &[u8]) -> Option<usize> {
    let last = memrchr(b'\n', bytes).or_else(|| memrchr(b'\r', bytes.split_last()?.1));
    last.map(|at| at + 1)
}

/// Returns whether a carriage return in `bytes` ends a line by itself.
pub fn has_lone_cr(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = memchr(b'\r', rest) {
        if rest.get(at + 1) != Some(&b'\n') {
            return true;
        }
        rest = &rest[at + 2..];
    }
    false
}
