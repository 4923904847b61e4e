//! Exact sums of a block of numbers, many numbers at a time.
//!
//! Each number is cut into four signed digits of 21 bits, the first of which is that of the
//! largest number of the block. A product of two digits has 42 bits, so an f64 holds the sum of
//! a thousand of them, and nothing is rounded. A sum thus takes only additions and
//! multiplications of floating-point numbers, which a processor does for two to eight numbers at
//! a time, and which give the same whether it fuses them or not. At the end of the block the
//! sums of digits become integers.
//!
//! A number that is much smaller than the largest has bits below the last digit. The caller must
//! add it in another way.

use std::ops::Range;

use fearless_simd::prelude::*;

use crate::float::{EXPONENT_OF_INTEGERS, EXPONENTS, power_of_two, split};

/// The most numbers of a block.
pub const BLOCK: usize = 1024;

/// Products of digits are integers of at most 2⁴². The largest sum takes one and a half of them
/// from each number, and must not reach 2⁵³.
const _: () = assert!(BLOCK as u64 * 3 * (1 << 42) / 2 < 1 << 53);

/// The bits of a digit and its sign.
const DIGIT: usize = 21;

/// The bits of the digits of a number.
pub const DIGITS: usize = 4 * DIGIT;

/// 2⁵², the least number whose last bit is that of the units.
const LEAST: f64 = 4_503_599_627_370_496.0;

/// A power of two that makes all numbers of a block less than 2⁸⁴, so that the last of their
/// digits is an integer.
#[derive(Clone, Copy)]
pub struct Scale {
    factor: f64,
    /// The exponent of 1/factor, counted from [`LEAST_EXPONENT`](crate::float::LEAST_EXPONENT).
    pub exponent: usize,
}

impl Scale {
    /// Returns the scale of a block of numbers from 0 to ∞; None if one is ∞ or all are next to 0.
    #[inline(always)]
    pub fn of<S: Simd>(simd: S, xs: &[f64]) -> Option<Self> {
        // Neither the factor nor the exponent of a sum may be out of range.
        const RANGE: Range<usize> = 64..EXPONENTS - DIGITS;
        let zeros = S::f64s::simd_from(simd, 0.0);
        let vectors = xs.chunks_exact(S::f64s::LEN).map(|xs| S::f64s::from_slice(simd, xs));
        let most = vectors.fold(zeros, S::f64s::max).reduce_max();
        let exponent = (split(most).0 + 53).checked_sub(DIGITS)?;
        #[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "in range")]
        RANGE.contains(&exponent).then(|| Scale {
            factor: power_of_two(EXPONENT_OF_INTEGERS as i32 - exponent as i32),
            exponent,
        })
    }

    /// Returns numbers on the scale, and which have bits below the units.
    #[inline(always)]
    fn apply<S: Simd>(self, xs: S::f64s) -> (S::f64s, S::mask64s) {
        let scaled = xs * self.factor;
        (scaled, scaled.simd_lt(LEAST) & xs.simd_gt(0.0))
    }
}

/// Returns Σx and Σx² of a block on its scale. Of Σx², the first number is what is below 2⁸⁴, and
/// the second is in units of 2⁸⁴. Numbers with lower bits are left out, and so are those after the
/// last whole vector; `others` is called with the index of each.
#[inline(always)]
pub fn powers<S: Simd>(
    simd: S,
    xs: &[f64],
    scale: Scale,
    mut others: impl FnMut(usize),
) -> (u128, [u128; 2]) {
    let zeros = S::f64s::simd_from(simd, 0.0);
    let (mut halves, mut squares) = ([zeros; 2], [zeros; 7]);
    for (index, xs) in xs.chunks_exact(S::f64s::LEN).enumerate() {
        let (mut x, are_others) = scale.apply::<S>(S::f64s::from_slice(simd, xs));
        if are_others.any_true() {
            lanes::<S>(are_others).for_each(|lane| others(index * S::f64s::LEN + lane));
            x = are_others.select(zeros, x);
        }
        let ([x0, x1, x2, x3], [upper, lower]) = digits::<S>(x);
        halves = [halves[0] + upper, halves[1] + lower];
        let [s0, s1, s2, s3, s4, s5, s6] = squares;
        // Products of two different digits count twice: those of s1, s3 and s5 at the end.
        squares = [
            x0.mul_add(x0, s0),
            x0.mul_add(x1, s1),
            (x0 + x0).mul_add(x2, x1.mul_add(x1, s2)),
            x0.mul_add(x3, x1.mul_add(x2, s3)),
            (x1 + x1).mul_add(x3, x2.mul_add(x2, s4)),
            x2.mul_add(x3, s5),
            x3.mul_add(x3, s6),
        ];
    }
    rest::<S>(xs).for_each(others);
    let [upper, lower] = halves.map(|lanes| total::<S>(lanes));
    let sum = (integer(upper, 2) << (2 * DIGIT)) + integer(lower, 0);
    let [s0, s1, s2, s3, s4, s5, s6] = squares.map(|lanes| total::<S>(lanes));
    (sum.cast_unsigned(), joined([s0, 2.0 * s1, s2, 2.0 * s3, s4, 2.0 * s5, s6]))
}

/// Returns Σxy of two blocks, each on its scale, as [`powers`] returns Σx², and leaves the same
/// numbers out.
#[inline(always)]
pub fn products<S: Simd>(
    simd: S,
    [xs, ys]: [&[f64]; 2],
    scales: [Scale; 2],
    mut others: impl FnMut(usize),
) -> [u128; 2] {
    let zeros = S::f64s::simd_from(simd, 0.0);
    let mut sums = [zeros; 7];
    let pairs = xs.chunks_exact(S::f64s::LEN).zip(ys.chunks_exact(S::f64s::LEN));
    for (index, (xs, ys)) in pairs.enumerate() {
        let (mut x, are_others) = scales[0].apply::<S>(S::f64s::from_slice(simd, xs));
        let (y, more_others) = scales[1].apply::<S>(S::f64s::from_slice(simd, ys));
        let are_others = are_others | more_others;
        if are_others.any_true() {
            lanes::<S>(are_others).for_each(|lane| others(index * S::f64s::LEN + lane));
            x = are_others.select(zeros, x);
        }
        let (([x0, x1, x2, x3], _), ([y0, y1, y2, y3], _)) = (digits::<S>(x), digits::<S>(y));
        let [s0, s1, s2, s3, s4, s5, s6] = sums;
        sums = [
            x0.mul_add(y0, s0),
            x0.mul_add(y1, x1.mul_add(y0, s1)),
            x0.mul_add(y2, x1.mul_add(y1, x2.mul_add(y0, s2))),
            x0.mul_add(y3, x1.mul_add(y2, x2.mul_add(y1, x3.mul_add(y0, s3)))),
            x1.mul_add(y3, x2.mul_add(y2, x3.mul_add(y1, s4))),
            x2.mul_add(y3, x3.mul_add(y2, s5)),
            x3.mul_add(y3, s6),
        ];
    }
    rest::<S>(xs).for_each(others);
    joined(sums.map(|lanes| total::<S>(lanes)))
}

/// Returns the indices of the numbers that do not fill a vector.
#[inline(always)]
fn rest<S: Simd>(xs: &[f64]) -> Range<usize> {
    xs.len() / S::f64s::LEN * S::f64s::LEN..xs.len()
}

/// Returns the lanes that are set.
#[inline(always)]
fn lanes<S: Simd>(mask: S::mask64s) -> impl Iterator<Item = usize> {
    let bits = mask.to_bitmask();
    (0..S::f64s::LEN).filter(move |lane| bits >> lane & 1 == 1)
}

/// Returns the digits of numbers below 2⁸⁴, and the sums of the first and of the last two.
#[inline(always)]
fn digits<S: Simd>(xs: S::f64s) -> ([S::f64s; 4], [S::f64s; 2]) {
    // The sum with so large a number has no bits below 2^(21·digits).
    let round = |xs: S::f64s, digits| {
        let large = 1.5 * LEAST * unit(digits);
        (xs + large) - large
    };
    let upper = round(xs, 2);
    let lower = xs - upper;
    let (first, third) = (round(upper, 3), round(lower, 1));
    ([first, upper - first, third, lower - third], [upper, lower])
}

/// Returns 2^(21·digits).
#[expect(clippy::cast_precision_loss, reason = "a power of two")]
const fn unit(digits: usize) -> f64 {
    (1u128 << (DIGIT * digits)) as f64
}

/// Returns the sum of the lanes, which is exact.
#[inline(always)]
fn total<S: Simd>(lanes: S::f64s) -> f64 {
    lanes.as_slice().iter().sum()
}

/// Returns a multiple of 2^(21·digits) in units of that.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "below 2⁵³ units")]
fn integer(sum: f64, digits: usize) -> i128 {
    i128::from((sum / unit(digits)) as i64)
}

/// Joins the sums of products of digits, from the highest, to one number of at least 0. Returns
/// what is below 2⁸⁴, and the rest in units of 2⁸⁴.
#[inline(always)]
fn joined([s0, s1, s2, s3, s4, s5, s6]: [f64; 7]) -> [u128; 2] {
    let upper = (integer(s0, 6) << (2 * DIGIT)) + (integer(s1, 5) << DIGIT) + integer(s2, 4);
    let lower = (integer(s3, 3) << (3 * DIGIT))
        + (integer(s4, 2) << (2 * DIGIT))
        + (integer(s5, 1) << DIGIT)
        + integer(s6, 0);
    let below = lower & ((1 << DIGITS) - 1);
    [below, upper + (lower >> DIGITS)].map(i128::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};
    use num_bigint::BigInt;
    use proptest::prelude::*;

    /// Numbers of a block: most are near the largest, some are not.
    fn block() -> impl Strategy<Value = Vec<f64>> {
        let number = |largest: i32| {
            prop_oneof![
                8 => (0..30i32, 1.0..2.0f64).prop_map(move |(below, m)| m * power_of_two(largest - below)),
                1 => (30..120i32, 1.0..2.0f64).prop_map(move |(below, m)| m * power_of_two(largest - below)),
                1 => Just(power_of_two(largest).next_down()),
                1 => Just(0.0),
                1 => (0..f64::INFINITY.to_bits()).prop_map(f64::from_bits),
            ]
        };
        let largest = prop_oneof![-4..=4, -850..=950i32];
        (largest, prop_oneof![1..40usize, Just(BLOCK)]).prop_flat_map(move |(largest, length)| {
            let few = prop::collection::vec(number(largest), 1..40);
            few.prop_map(move |few| few.into_iter().cycle().take(length).collect())
        })
    }

    /// Returns x in units of the least number above 0.
    fn units(x: f64) -> BigInt {
        BigInt::from(split(x).1) << split(x).0
    }

    fn powers_are_exact(level: Level, xs: &[f64]) {
        let found = dispatch!(level, simd => Scale::of(simd, xs).map(|scale| {
            let mut others = Vec::new();
            (powers(simd, xs, scale, |row| others.push(row)), scale.exponent, others)
        }));
        let Some(((sum, [lower, upper]), exponent, others)) = found else { return };
        let others = |power| others.iter().map(|&row| units(xs[row]).pow(power)).sum::<BigInt>();
        let expected = |power| xs.iter().map(|&x| units(x).pow(power)).sum::<BigInt>();
        assert_eq!((BigInt::from(sum) << exponent) + others(1), expected(1));
        let squares = (BigInt::from(upper) << DIGITS) + lower;
        assert_eq!((squares << (2 * exponent)) + others(2), expected(2));
    }

    fn products_are_exact(level: Level, xs: &[f64], ys: &[f64]) {
        let found = dispatch!(level, simd => {
            let scales = Scale::of(simd, xs).zip(Scale::of(simd, ys));
            scales.map(|(x, y)| {
                let mut others = Vec::new();
                let sum = products(simd, [xs, ys], [x, y], |row| others.push(row));
                (sum, x.exponent + y.exponent, others)
            })
        });
        let Some(([lower, upper], exponent, others)) = found else { return };
        let product = |row: usize| units(xs[row]) * units(ys[row]);
        let others = others.into_iter().map(product).sum::<BigInt>();
        let sum = (BigInt::from(upper) << DIGITS) + lower;
        assert_eq!((sum << exponent) + others, (0..xs.len()).map(product).sum::<BigInt>());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn sums_of_blocks_are_exact(xs in block(), ys in block()) {
            let length = xs.len().min(ys.len());
            for level in [Level::baseline(), Level::new()] {
                powers_are_exact(level, &xs);
                products_are_exact(level, &xs[..length], &ys[..length]);
            }
        }
    }

    #[test]
    fn nearly_all_numbers_are_in_the_sums() {
        let xs: Vec<f64> = (1..=1000).map(|n| f64::from(n) / 1e6).collect();
        let mut others = 0;
        dispatch!(Level::new(), simd => {
            let scale = Scale::of(simd, &xs).expect("the numbers have a scale");
            powers(simd, &xs, scale, |_| others += 1)
        });
        assert!(others < 8, "{others}");
        for none in [vec![0.0; 8], vec![f64::INFINITY; 8], vec![5e-324; 8], Vec::new()] {
            assert!(dispatch!(Level::new(), simd => Scale::of(simd, &none)).is_none());
        }
    }
}
