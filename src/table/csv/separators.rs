//! Where cells end: the delimiters and line ends of a stretch of a block, 64 bytes
//! at a time.
//!
//! The idea of a mask with one bit per byte, and of a prefix XOR that turns quotes into what lies
//! within them, is that of G. Langdale and D. Lemire, "Parsing gigabytes of JSON per second"
//! (arXiv:1902.08318). The search starts at a record, so that what lies within quotes is known,
//! never guessed. It ends at quotes that are not around a whole cell of one line.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// The number of bytes that are looked at together.
pub const WINDOW: usize = 64;

/// The separators found in a stretch of a block.
#[derive(Debug, Default)]
pub struct Separators {
    /// The offset before the stretch, then that of each separator, then values without meaning.
    offsets: Vec<u32>,
    /// How many of them have a meaning.
    known: usize,
    /// How many of the separators are line feeds.
    line_feeds: usize,
}

impl Separators {
    /// Finds the separators of `bytes[start..end]`, where a record starts, in all windows that
    /// start before `until`. Returns whether something unusual ended the search; what was found
    /// lies before it.
    pub fn find(
        &mut self,
        bytes: &[u8],
        start: usize,
        until_end: (usize, usize),
        delimiter: u8,
        has_quotes: bool,
    ) -> bool {
        dispatch!(Level::new(), simd => {
            self.find_by(simd, bytes, start, until_end, delimiter, has_quotes)
        })
    }

    #[inline(always)]
    fn find_by<S: Simd>(
        &mut self,
        simd: S,
        bytes: &[u8],
        start: usize,
        (until, end): (usize, usize),
        delimiter: u8,
        has_quotes: bool,
    ) -> bool {
        let room = until - start + 2 * WINDOW + 1;
        if self.offsets.len() < room {
            self.offsets.resize(room, 0);
        }
        self.offsets[0] = offset(start).wrapping_sub(1);
        self.known = 1;
        self.line_feeds = 0;
        let mut quotes = Quotes::new();
        // 1 after a closing quote, else 0.
        let mut closed = 0;
        for at in (start..until).step_by(WINDOW) {
            let Some(window) = bytes.get(at..at + WINDOW) else { return true };
            let window = u8x64::from_slice(simd, window);
            let mut line_feeds = which(window, b'\n');
            let mut separators = which(window, delimiter) | line_feeds;
            if has_quotes {
                let marks = which(window, b'"');
                let Some(inside) = quotes.inside(marks, separators) else { return true };
                separators &= !inside;
                let closing = marks & !inside;
                // The second of two quotes in a row opens again what the first one closes.
                let may_follow = separators | (marks & inside) | which(window, b'\r');
                let followed = (closing << 1 | closed) & !may_follow;
                if followed | (line_feeds & inside) != 0 {
                    return true;
                }
                closed = closing >> 63;
            }
            if end - at < WINDOW {
                separators &= (1 << (end - at)) - 1;
                line_feeds &= separators;
            }
            self.push(offset(at), separators);
            // None of them lies within quotes.
            self.line_feeds += line_feeds.count_ones() as usize;
        }
        false
    }

    /// Appends the offsets of the bits, counted from `at`.
    #[inline(always)]
    fn push(&mut self, at: u32, bits: u64) {
        /// Most windows have at most this many, so these are written without a test.
        const MOSTLY: usize = 8;
        let count = bits.count_ones() as usize;
        let slots = &mut self.offsets[self.known..self.known + WINDOW];
        let (first, more) = slots.split_at_mut(MOSTLY);
        let mut rest = bits;
        let mut next = || {
            let offset = at + rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            offset
        };
        for slot in first {
            *slot = next();
        }
        if count > MOSTLY {
            more[..count - MOSTLY].iter_mut().for_each(|slot| *slot = next());
        }
        self.known += count;
    }

    /// Returns how many of the separators are line feeds.
    #[inline]
    pub fn line_feeds(&self) -> usize {
        self.line_feeds
    }

    /// Returns the offset before the stretch, and then that of each separator.
    #[inline]
    pub fn offsets(&self) -> &[u32] {
        &self.offsets[..self.known]
    }
}

/// An offset in a block, which is not much longer than the longest record.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a block is far shorter than 4 GiB")]
fn offset(at: usize) -> u32 {
    at as u32
}

/// Returns one bit for each byte of a window, the first the lowest: whether the byte is `byte`.
#[inline(always)]
pub fn which<S: Simd>(window: u8x64<S>, byte: u8) -> u64 {
    window.simd_eq(byte).to_bitmask()
}

/// What is known of quotes before a window.
pub struct Quotes {
    /// All ones within quotes, or 0.
    is_inside: u64,
    /// 1 where a quote may open next, else 0.
    may_open: u64,
}

impl Quotes {
    /// Begins where a record does.
    pub fn new() -> Self {
        Quotes { is_inside: 0, may_open: 1 }
    }

    /// Returns what lies within quotes, given the quotes of a window and its separators, be they
    /// within quotes or not. None if a quote opens elsewhere than where a cell starts.
    #[inline(always)]
    pub fn inside(&mut self, marks: u64, separators: u64) -> Option<u64> {
        let inside = prefix_xor(marks) ^ self.is_inside;
        // The second of two quotes in a row opens again what the first one closes.
        let may_open = separators | (marks & !inside);
        if marks & inside & !(may_open << 1 | self.may_open) != 0 {
            return None;
        }
        self.is_inside = 0u64.wrapping_sub(inside >> 63);
        self.may_open = may_open >> 63;
        Some(inside)
    }

    /// Whether the last window ended within quotes.
    pub fn is_inside(&self) -> bool {
        self.is_inside != 0
    }
}

/// Returns for each bit whether the number of set bits up to and including it is odd.
#[inline(always)]
fn prefix_xor(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ (bits << shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::csv::{cut, record};
    use crate::table::text::line_end;
    use proptest::prelude::*;

    /// Finds the separators by the exact rules, cell by cell.
    fn by_record(bytes: &[u8], end: usize) -> Vec<usize> {
        let mut offsets = Vec::new();
        let mut at = 0;
        while at < end {
            let separator = record::cell_end(&bytes[..end], at, b',');
            at = separator + line_end(bytes, separator).max(1);
            // The separator at a line end is its line feed.
            offsets.push(at - 1);
        }
        offsets
    }

    /// Finds the separators by the least instructions and by the best.
    fn find(bytes: &[u8], until_end: (usize, usize), has_quotes: bool) -> (Separators, bool) {
        let [mut least, mut best] = [Separators::default(), Separators::default()];
        let is_cut = dispatch!(Level::baseline(), simd => {
            least.find_by(simd, bytes, 0, until_end, b',', has_quotes)
        });
        let is_cut_too = best.find(bytes, 0, until_end, b',', has_quotes);
        assert_eq!((least.offsets(), is_cut), (best.offsets(), is_cut_too));
        let line_feeds = least.offsets()[1..].iter().filter(|&&at| bytes[at as usize] == b'\n');
        assert_eq!(least.line_feeds(), line_feeds.count());
        (least, is_cut)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn the_search_and_the_exact_rules_find_the_same_separators(
            cells in prop::collection::vec(
                ("[ab1]{0,9}|\"([ab,]|\"\"){0,40}\"|[a\"\n]{0,5}", "[,,,\n]|\r\n"),
                0..60,
            ),
            ahead in 1usize..400,
        ) {
            let text: String = cells.iter().flat_map(|(cell, end)| [cell.as_str(), end]).collect();
            let end = text.len();
            // A line feed after the block, and no lone carriage return in it.
            prop_assume!(!cut::has_lone_cr(text.as_bytes()));
            let bytes = [text.as_bytes(), b"\n", &[b'"'; WINDOW]].concat();
            let until = end.min(ahead);
            let (found, is_cut) = find(&bytes, (until, end), text.contains('"'));
            let expected = by_record(&bytes, end);
            let (before, offsets) = found.offsets().split_first().unwrap();
            prop_assert_eq!(*before, u32::MAX);
            let offsets: Vec<usize> = offsets.iter().map(|&offset| offset as usize).collect();
            prop_assert_eq!(&offsets[..], &expected[..offsets.len()], "{:?}", text);
            if !is_cut {
                let next = expected.get(offsets.len()).copied().unwrap_or(end);
                prop_assert!(next >= until || next == end, "{:?}", text);
            }
            if !text.contains('"') {
                prop_assert!(!is_cut);
            }
        }
    }

    #[test]
    fn unusual_quotes_end_the_search_wherever_they_are() {
        for (text, is_unusual) in [
            ("a,b\"c,d\n", true),
            ("a,b\"c\",d\n", true),
            ("a,\"b\"c,d\n", true),
            ("a,\"b\nc\",d\n", true),
            ("a,\"b\" ,d\n", true),
            ("a,\"b,\"\"c\",d\r\n", false),
            ("a,\"b\"\r\n", false),
            ("\"a\",\"\",\"\"\"\"\n", false),
        ] {
            for before in 0..2 * WINDOW {
                let bytes = format!("{}\n{text}{}", "x".repeat(before), "x".repeat(WINDOW));
                let end = bytes.len() - WINDOW;
                let (_, is_cut) = find(bytes.as_bytes(), (end, end), true);
                assert_eq!(is_cut, is_unusual, "{text:?} after {before}");
            }
        }
    }
}
