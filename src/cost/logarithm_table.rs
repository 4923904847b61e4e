//! The table of `logarithm.rs`, computed at compile time.

/// ln 2 in two parts, the first a multiple of 2⁻⁴³.
pub const LN_2: (f64, f64) = minus_ln(128);

/// r, r·c − 1, and −ln r as a high and a low part.
pub type Entry = [f64; 4];

/// The entries of the intervals [c, c + 1/128), where c = 1 + i/128. r is the multiple of 1/256
/// nearest to the reciprocal of the middle of the interval. In the first interval it is 1, so
/// that numbers near 1 keep their digits.
pub static TABLE: [Entry; 128] = table();

#[expect(clippy::cast_precision_loss, reason = "few digits")]
const fn table() -> [Entry; 128] {
    let mut table = [[1.0, 0.0, 0.0, 0.0]; 128];
    let mut i = 1;
    while i < 128 {
        let middle = 257 + 2 * i as u128;
        let r = (2 * 65_536 + middle) / (2 * middle);
        let (high, low) = minus_ln(r);
        let r_c = (r * (128 + i as u128)) as f64 / 32_768.0;
        table[i] = [r as f64 / 256.0, r_c - 1.0, high, low];
        i += 1;
    }
    table
}

/// Returns −ln(r/256) as a multiple of 2⁻⁴³ and the f64 nearest to the rest. It is
/// 2·artanh((256 − r)/(256 + r)), computed by the Taylor series in units of 2⁻¹¹¹.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "the one rounding")]
const fn minus_ln(r: u128) -> (f64, f64) {
    let (p, q) = (256 - r, 256 + r);
    let (mut power, mut sum, mut n) = ((p << 112) / q, 0, 1);
    while power > 0 {
        sum += power / n;
        power = power * (p * p) / (q * q);
        n += 2;
    }
    let high = (sum + (1 << 67)) >> 68;
    let low = sum as i128 - (high << 68) as i128;
    (high as f64 / (1u64 << 43) as f64, low as f64 / (1u128 << 111) as f64)
}
