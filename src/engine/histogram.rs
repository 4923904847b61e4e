//! A histogram of costs, counted as they are computed.

use std::sync::atomic::{AtomicU64, Ordering};

/// The bins from 1e-324 to below 1e309 hold every finite f64 above 0.
const LEAST: i32 = -324 * Histogram::BINS_PER_DECADE;
const LARGEST: i32 = 309 * Histogram::BINS_PER_DECADE;

/// Counts of costs, with ten bins for each power of ten. Every finite f64 above 0 has a bin, so
/// the memory is the same for any data. Several threads may add to it.
#[derive(Debug)]
pub struct Histogram {
    bins: Vec<AtomicU64>,
    zero: AtomicU64,
    infinite: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        let bins = (LEAST..LARGEST).map(|_| AtomicU64::new(0)).collect();
        Histogram { bins, zero: AtomicU64::new(0), infinite: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// The number of bins for each power of ten.
    pub const BINS_PER_DECADE: i32 = 10;

    /// Counts costs, each in [0, ∞].
    ///
    /// ```
    /// let histogram = costs::Histogram::default();
    /// histogram.add(&[0.0, 0.01, 0.012, 1.0, f64::INFINITY]);
    /// assert_eq!(histogram.bins().collect::<Vec<_>>(), [(-20, 2), (0, 1)]);
    /// assert_eq!((histogram.zero(), histogram.infinite()), (1, 1));
    /// ```
    pub fn add(&self, costs: &[f64]) {
        for &cost in costs {
            let count = if cost == 0.0 {
                &self.zero
            } else if cost == f64::INFINITY {
                &self.infinite
            } else {
                &self.bins[place(cost)]
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns the bins that are not empty, in order, each with its count. Bin b holds the
    /// costs in [10^(b/10), 10^((b + 1)/10)).
    pub fn bins(&self) -> impl Iterator<Item = (i32, u64)> {
        let counts = self.bins.iter().map(|count| count.load(Ordering::Relaxed));
        (LEAST..).zip(counts).filter(|&(_, count)| count > 0)
    }

    /// Returns the number of costs that are 0.
    pub fn zero(&self) -> u64 {
        self.zero.load(Ordering::Relaxed)
    }

    /// Returns the number of costs that are ∞.
    pub fn infinite(&self) -> u64 {
        self.infinite.load(Ordering::Relaxed)
    }
}

/// The index of the bin of a cost in (0, ∞).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "logarithms of f64 lie between -324 and 309"
)]
fn place(cost: f64) -> usize {
    let bin = (pxfm::f_log10(cost) * f64::from(Histogram::BINS_PER_DECADE)).floor() as i32;
    (bin - LEAST) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cost_has_a_bin() {
        let histogram = Histogram::default();
        histogram.add(&[f64::from_bits(1), f64::MIN_POSITIVE, 1e-17, 1.0, f64::MAX]);
        let bins = [(-3234, 1), (-3077, 1), (-170, 1), (0, 1), (3082, 1)];
        assert_eq!(histogram.bins().collect::<Vec<_>>(), bins);
    }

    #[test]
    fn powers_of_ten_begin_a_bin() {
        for exponent in -20..=20 {
            let histogram = Histogram::default();
            histogram.add(&[format!("1e{exponent}").parse().unwrap()]);
            assert_eq!(histogram.bins().next(), Some((exponent * Histogram::BINS_PER_DECADE, 1)));
        }
    }
}
