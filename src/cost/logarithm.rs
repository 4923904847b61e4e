//! The correctly rounded natural logarithm of many numbers, fast.
//!
//! It computes ln x with some 15 bits to spare and a bound on the error. If all numbers within
//! the bound round to the same f64, that is the correctly rounded logarithm (Ziv's test).
//! Elsewhere, about once in a thousand times, [`lns`] leaves it undecided, and the caller asks
//! pxfm. So the bits are those of pxfm, in half the time.
//!
//! The method is table-driven (P. T. P. Tang, "Table-driven implementation of
//! the logarithm function in IEEE floating-point arithmetic", 1990): with
//! x = m·2ᵉ and r ≈ 1/m from a table, ln x = e·ln 2 − ln r + ln(1 + u), where
//! u = r·m − 1 is exact and below 2⁻⁷, and ln(1 + u) is its Taylor polynomial.

use super::logarithm_table::{Entry, LN_2, TABLE};

/// The most numbers that [`lns`] takes at a time. Their parts stay in the nearest cache.
pub const CHUNK: usize = 64;

/// Room for what is read from the table for as many numbers.
pub type Entries = [Entry; CHUNK];

/// Computes ln(x + ε), correctly rounded, for each x in [2⁻¹⁰²², 1] and each
/// ε of at most half a unit in the last place of x. It is NaN for other x, and
/// where the error bound does not decide the rounding.
///
/// # Panics
/// If there are more than [`CHUNK`] numbers, or not as many of each.
#[inline(always)]
pub fn lns(x: &[f64], epsilon: &[f64], ln: &mut [f64], entries: &mut Entries) {
    assert!(x.len() <= CHUNK && x.len() == epsilon.len() && x.len() == ln.len());
    // The table is read in a loop of its own, so that the other loop is vectorized.
    for (entry, &x) in entries.iter_mut().zip(x) {
        *entry = TABLE[index(x)];
    }
    for (((ln, &x), &epsilon), &entry) in ln.iter_mut().zip(x).zip(epsilon).zip(&*entries) {
        *ln = ln_by(entry, x, epsilon);
    }
}

/// Returns the index of the interval of the table that the significand of x lies in.
#[inline(always)]
fn index(x: f64) -> usize {
    (x.to_bits() >> 45) as usize % TABLE.len()
}

/// Computes ln(x + ε) from the entry of the table for x.
#[inline(always)]
fn ln_by([inverse, rest_at_c, ln_high, ln_low]: Entry, x: f64, epsilon: f64) -> f64 {
    let bits = x.to_bits();
    let one = 1.0f64.to_bits();
    // The exponent in the last bits of 2⁵², which is cheaper than a conversion.
    let exponent = f64::from_bits(TWO_52.to_bits() | (bits >> 52)) - (TWO_52 + 1023.0);
    // m − c, where c starts the interval of m; and u = r·m − 1: all exact.
    let m = f64::from_bits((bits & FRACTION) | one);
    let c = f64::from_bits((bits & FRACTION & !(FRACTION >> 7)) | one);
    let u = inverse * (m - c) + rest_at_c;
    // e·ln 2 − ln r, whose high part is exact, and 0 or larger than u.
    let high = exponent * LN_2.0 + ln_high;
    let low = exponent * LN_2.1 + ln_low + epsilon / x;
    // The sum of the high parts, and its exact rounding error.
    let sum = high + u;
    let lost = (high - sum) + u;
    // ln(1 + u) − u = u²·(−1/2 + u/3 − u²/4 + …). The omitted terms are below 2⁻⁵⁹ of it.
    let u2 = u * u;
    let series = ((-1.0 / 2.0 + u * (1.0 / 3.0)) + u2 * (-1.0 / 4.0 + u * (1.0 / 5.0)))
        + u2 * u2 * ((-1.0 / 6.0 + u * (1.0 / 7.0)) + u2 * (-1.0 / 8.0 + u * (1.0 / 9.0)));
    let rest = (lost + low) + u2 * series;
    // The rounding errors of the polynomial are below 2⁻⁵¹·u², those of the low parts
    // below 2⁻⁸³, or 2⁻¹⁰⁶ where the high part is 0. Twice that is safe.
    let bound = u2 * BOUND_OF_SERIES + if high == 0.0 { BOUND_NEAR_1 } else { BOUND_OF_PARTS };
    let (below, above) = (sum + (rest - bound), sum + (rest + bound));
    let is_decided = below == above && (f64::MIN_POSITIVE..=1.0).contains(&x);
    // All ones are a NaN. That needs no branch.
    f64::from_bits(below.to_bits() | u64::from(is_decided).wrapping_sub(1))
}

const TWO_52: f64 = 4_503_599_627_370_496.0;

/// The bits of the fraction of a significand.
const FRACTION: u64 = (1 << 52) - 1;

/// 2⁻⁵⁰ for each unit of u².
const BOUND_OF_SERIES: f64 = 4.0 * f64::EPSILON;

/// 2⁻⁸².
const BOUND_OF_PARTS: f64 = f64::EPSILON / (1 << 30) as f64;

/// 2⁻¹⁰⁵.
const BOUND_NEAR_1: f64 = f64::EPSILON * f64::EPSILON / 2.0;

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;

    /// A number in [0, 1], as likely near 0 and near 1 as between.
    fn unit() -> impl Strategy<Value = f64> {
        let bits = 0..=1.0f64.to_bits();
        prop_oneof![
            0.0..=1.0,
            bits.prop_map(f64::from_bits),
            (0.0..40.0).prop_map(|x: f64| pxfm::f_exp(-x)),
            (0.0..37.0).prop_map(|x: f64| 1.0 - pxfm::f_exp(-x)),
        ]
    }

    /// Computes a logarithm by the least instructions and by the best, many at a time.
    fn ln(x: f64, epsilon: f64) -> Option<f64> {
        let [mut least, mut best] = [[0.0; 9]; 2];
        let (x_9, epsilon, mut entries) = ([x; 9], [epsilon; 9], [[0.0; 4]; CHUNK]);
        dispatch!(Level::baseline(), _ => lns(&x_9, &epsilon, &mut least, &mut entries));
        dispatch!(Level::new(), _ => lns(&x_9, &epsilon, &mut best, &mut entries));
        assert!(least.iter().chain(&best).all(|ln| ln.to_bits() == least[0].to_bits()), "{x:e}");
        (!least[0].is_nan()).then_some(least[0])
    }

    #[track_caller]
    fn agree(yhat: f64) -> usize {
        let (x, lost) = (1.0 - yhat, (1.0 - (1.0 - yhat)) - yhat);
        let found = [ln(yhat, 0.0), ln(x, lost)];
        let expected = [pxfm::f_log(yhat), pxfm::f_log1p(-yhat)];
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                found.is_none_or(|found| found.to_bits() == expected.to_bits()),
                "{yhat:e}: {found:?} {expected:e}"
            );
        }
        found.iter().filter(|found| found.is_none()).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50_000))]

        #[test]
        fn what_it_decides_is_what_pxfm_computes(yhat in unit()) {
            agree(yhat);
        }
    }

    #[test]
    fn it_seldom_leaves_a_logarithm_undecided() {
        let n = 100_000;
        let undecided: usize =
            (1..n).map(|i| agree(f64::from(i) / f64::from(n) * 0.999_999_9)).sum();
        assert!(undecided < 400, "{undecided} of {}", 2 * n);
    }

    #[test]
    fn numbers_out_of_range_are_undecided() {
        for x in [0.0, -1.0, 5e-324, 1.5, f64::NAN, f64::INFINITY] {
            assert_eq!(ln(x, 0.0), None);
        }
    }
}
