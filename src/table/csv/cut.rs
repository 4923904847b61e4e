//! Where bytes can be cut between two records. It knows quotes and line ends, but no columns.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};
use memchr::{memchr, memrchr, memrchr2};

use super::record::closing_quote;
use super::separators::{Quotes, WINDOW, which};
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
    // A carriage return at the very end may be half of a line end.
    let whole = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let followed = dispatch!(Level::new(), simd => follow_quotes(simd, whole, delimiter));
    let end = match followed {
        Some((_, false)) if at_end => Some(bytes.len()),
        Some((last, _)) => last,
        None => None,
    };
    if end.is_some() {
        return Cut { end, has_quotes: true, open_quote: None };
    }
    follow_each_quote(bytes, delimiter, at_end, quote)
}

/// Returns the offset after the last line end outside quotes, if there is one, and whether the
/// bytes end within quotes. None if a quote may be a character like any other.
#[inline(always)]
fn follow_quotes<S: Simd>(simd: S, bytes: &[u8], delimiter: u8) -> Option<(Option<usize>, bool)> {
    let mut quotes = Quotes::new();
    let (mut last_at, mut last_ends) = (0, 0);
    let (windows, rest) = bytes.as_chunks::<WINDOW>();
    let mut padded = [0; WINDOW];
    padded[..rest.len()].copy_from_slice(rest);
    for (index, window) in windows.iter().chain([&padded]).enumerate() {
        let window = u8x64::from_slice(simd, window);
        let line_ends = which(window, b'\n') | which(window, b'\r');
        let separators = line_ends | which(window, delimiter);
        let ends = line_ends & !quotes.inside(which(window, b'"'), separators)?;
        if ends != 0 {
            (last_at, last_ends) = (index * WINDOW, ends);
        }
    }
    let last = last_ends.checked_ilog2().map(|bit| last_at + bit as usize + 1);
    Some((last, quotes.is_inside()))
}

/// Returns where to cut bytes whose first quote is at `quote`, by the exact rules.
fn follow_each_quote(bytes: &[u8], delimiter: u8, at_end: bool, quote: usize) -> Cut {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_around_whole_cells_are_followed_many_at_a_time() {
        for row in ["a,\"b,\"\"c\",d\n", "\"a\nb\",\"\"\r\n", "\"\"\"\",\" x\ty\"\"\",\n"] {
            let text = row.repeat(50);
            let followed =
                dispatch!(Level::new(), simd => follow_quotes(simd, text.as_bytes(), b','));
            assert_eq!(followed, Some((Some(text.len()), false)), "{row:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn quotes_are_followed_alike_many_at_a_time_and_one_by_one(
            pieces in prop::collection::vec("[ab]{0,40}|\"[ab,\n]{0,30}\"|[\",\r\n]", 1..30),
            at_end in any::<bool>(),
        ) {
            let text = pieces.concat();
            let Some(quote) = text.find('"') else { return Ok(()) };
            let exact = follow_each_quote(text.as_bytes(), b',', at_end, quote);
            let cut = records(text.as_bytes(), b',', at_end);
            prop_assert_eq!(cut.end, exact.end, "{:?}", text);
            prop_assert!(cut.end.is_some() || cut.open_quote == exact.open_quote);
            let bytes = text.as_bytes();
            let least = dispatch!(Level::baseline(), simd => follow_quotes(simd, bytes, b','));
            let best = dispatch!(Level::new(), simd => follow_quotes(simd, bytes, b','));
            prop_assert_eq!(least, best);
        }
    }
}
