//! What the values of a column are, and how they are written as text.
//!
//! A number is written so that its text reads back as the number that is scored: the 32-bit
//! number nearest to 0.1 is written as 0.10000000149011612.

use std::io::Write;

use half::f16;
use num_bigint::BigInt;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;

use crate::digits::shortest;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` and `false`, which count as 1 and 0.
    Boolean,
    /// Whole numbers.
    Signed,
    /// Whole numbers from 0 on.
    Unsigned,
    /// Binary fractions of 32 or 64 bits.
    Float,
    /// Binary fractions of 16 bits.
    Half,
    /// Whole numbers, each to be divided by ten to this power.
    Decimal(u32),
    /// Text.
    Text,
    /// Days since 1970.
    Date,
    /// Time since midnight, in units of which this many are a second.
    Time(i64),
    /// Time since 1970, in units of which this many are a second; `true` if it is in UTC.
    Timestamp(i64, bool),
}

impl Kind {
    /// Returns the kind of a column; None if its values cannot be written as text.
    pub fn of(column: &ColumnDescriptor) -> Option<Kind> {
        use ConvertedType as Old;
        use LogicalType as New;
        let scale = || u32::try_from(column.type_scale()).ok();
        let kind = match (column.logical_type_ref(), column.converted_type()) {
            (Some(New::Integer(whole)), _) if !whole.is_signed => Kind::Unsigned,
            (Some(New::Decimal(_)), _) | (None, Old::DECIMAL) => Kind::Decimal(scale()?),
            (Some(New::Float16), _) => Kind::Half,
            (Some(New::Date), _) | (None, Old::DATE) => Kind::Date,
            (Some(New::Time(time)), _) => Kind::Time(per_second(time.unit)),
            (Some(New::Timestamp(time)), _) => {
                Kind::Timestamp(per_second(time.unit), time.is_adjusted_to_u_t_c)
            }
            (Some(New::String | New::Enum | New::Json), _)
            | (None, Old::UTF8 | Old::ENUM | Old::JSON) => Kind::Text,
            (None, Old::UINT_8 | Old::UINT_16 | Old::UINT_32 | Old::UINT_64) => Kind::Unsigned,
            (None, Old::TIME_MILLIS) => Kind::Time(1_000),
            (None, Old::TIME_MICROS) => Kind::Time(1_000_000),
            (None, Old::TIMESTAMP_MILLIS) => Kind::Timestamp(1_000, true),
            (None, Old::TIMESTAMP_MICROS) => Kind::Timestamp(1_000_000, true),
            (Some(New::Integer(_)), _)
            | (None, Old::NONE | Old::INT_8 | Old::INT_16 | Old::INT_32 | Old::INT_64) => {
                match column.physical_type() {
                    Type::BOOLEAN => Kind::Boolean,
                    Type::INT32 | Type::INT64 => Kind::Signed,
                    Type::FLOAT | Type::DOUBLE => Kind::Float,
                    Type::INT96 => Kind::Timestamp(NANOS, false),
                    Type::BYTE_ARRAY => Kind::Text,
                    Type::FIXED_LEN_BYTE_ARRAY => return None,
                }
            }
            _ => return None,
        };
        kind.fits(column.physical_type()).then_some(kind)
    }

    /// Whether values of a physical type can be of this kind.
    fn fits(self, physical: Type) -> bool {
        match self {
            Kind::Boolean => physical == Type::BOOLEAN,
            Kind::Float => matches!(physical, Type::FLOAT | Type::DOUBLE),
            Kind::Half => physical == Type::FIXED_LEN_BYTE_ARRAY,
            Kind::Text => physical == Type::BYTE_ARRAY,
            Kind::Timestamp(..) => matches!(physical, Type::INT64 | Type::INT96),
            Kind::Signed | Kind::Unsigned | Kind::Date | Kind::Time(_) => {
                matches!(physical, Type::INT32 | Type::INT64)
            }
            Kind::Decimal(_) => {
                !matches!(physical, Type::BOOLEAN | Type::INT96 | Type::FLOAT | Type::DOUBLE)
            }
        }
    }
}

const NANOS: i64 = 1_000_000_000;

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => NANOS,
    }
}

/// A value of a column.
pub trait Value: Sized {
    /// Appends the values as numbers. Returns false if their texts must be read instead; numbers
    /// that were appended are then to be ignored.
    fn numbers(values: &[Self], kind: Kind, numbers: &mut Vec<f64>) -> bool;

    /// Appends the value as text.
    fn text(&self, kind: Kind, out: &mut Vec<u8>);
}

impl Value for bool {
    fn numbers(values: &[Self], _: Kind, numbers: &mut Vec<f64>) -> bool {
        numbers.extend(values.iter().map(|&value| f64::from(u8::from(value))));
        true
    }

    fn text(&self, _: Kind, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl Value for i32 {
    fn numbers(values: &[Self], kind: Kind, numbers: &mut Vec<f64>) -> bool {
        whole_numbers(values, kind, f64::from, |value| f64::from(value.cast_unsigned()), numbers)
    }

    fn text(&self, kind: Kind, out: &mut Vec<u8>) {
        match kind {
            Kind::Unsigned => whole(self.cast_unsigned(), out),
            _ => i64::from(*self).text(kind, out),
        }
    }
}

impl Value for i64 {
    #[expect(clippy::cast_precision_loss, reason = "the nearest number, as of a decimal text")]
    fn numbers(values: &[Self], kind: Kind, numbers: &mut Vec<f64>) -> bool {
        let unsigned = |value: i64| value.cast_unsigned() as f64;
        whole_numbers(values, kind, |value| value as f64, unsigned, numbers)
    }

    fn text(&self, kind: Kind, out: &mut Vec<u8>) {
        match kind {
            Kind::Unsigned => whole(self.cast_unsigned(), out),
            Kind::Decimal(scale) => point(&self.to_string(), scale, out),
            Kind::Date => date(*self, out),
            Kind::Time(per_second) => time(*self, per_second, out),
            Kind::Timestamp(per_second, is_utc) => {
                let day = 86_400 * per_second;
                timestamp(self.div_euclid(day), self.rem_euclid(day), per_second, is_utc, out);
            }
            _ => whole(self, out),
        }
    }
}

/// Does [`Value::numbers`] for integers.
fn whole_numbers<T: Copy + Into<i128>>(
    values: &[T],
    kind: Kind,
    signed: impl Fn(T) -> f64,
    unsigned: impl Fn(T) -> f64,
    numbers: &mut Vec<f64>,
) -> bool {
    let values = values.iter().copied();
    match kind {
        Kind::Signed => numbers.extend(values.map(signed)),
        Kind::Unsigned => numbers.extend(values.map(unsigned)),
        Kind::Decimal(scale) => return decimals(values.map(T::into), scale, numbers),
        _ => return false,
    }
    true
}

impl Value for Int96 {
    fn numbers(_: &[Self], _: Kind, _: &mut Vec<f64>) -> bool {
        false
    }

    fn text(&self, _: Kind, out: &mut Vec<u8>) {
        /// The Julian day of 1 January 1970.
        const EPOCH: i64 = 2_440_588;
        let &[low, high, day] = self.data() else { return };
        let nanos = (u64::from(high) << 32 | u64::from(low)).cast_signed();
        timestamp(i64::from(day) - EPOCH, nanos, NANOS, false, out);
    }
}

impl Value for f32 {
    fn numbers(values: &[Self], _: Kind, numbers: &mut Vec<f64>) -> bool {
        numbers.extend(values.iter().map(|&value| f64::from(value)));
        true
    }

    fn text(&self, kind: Kind, out: &mut Vec<u8>) {
        f64::from(*self).text(kind, out);
    }
}

impl Value for f64 {
    fn numbers(values: &[Self], _: Kind, numbers: &mut Vec<f64>) -> bool {
        numbers.extend_from_slice(values);
        true
    }

    fn text(&self, _: Kind, out: &mut Vec<u8>) {
        if self.is_nan() {
            out.extend_from_slice(b"NaN");
        } else {
            shortest(*self, out);
        }
    }
}

impl Value for ByteArray {
    fn numbers(values: &[Self], kind: Kind, numbers: &mut Vec<f64>) -> bool {
        bytes_numbers(values.iter().map(ByteArray::data), kind, numbers)
    }

    fn text(&self, kind: Kind, out: &mut Vec<u8>) {
        match kind {
            Kind::Half => half(self.data()).text(kind, out),
            Kind::Decimal(scale) => {
                point(&BigInt::from_signed_bytes_be(self.data()).to_string(), scale, out);
            }
            _ => out.extend_from_slice(self.data()),
        }
    }
}

impl Value for FixedLenByteArray {
    fn numbers(values: &[Self], kind: Kind, numbers: &mut Vec<f64>) -> bool {
        bytes_numbers(values.iter().map(|value| value.data()), kind, numbers)
    }

    fn text(&self, kind: Kind, out: &mut Vec<u8>) {
        ByteArray::text(self, kind, out);
    }
}

fn bytes_numbers<'a>(
    values: impl Iterator<Item = &'a [u8]>,
    kind: Kind,
    numbers: &mut Vec<f64>,
) -> bool {
    match kind {
        Kind::Half => numbers.extend(values.map(half)),
        Kind::Decimal(scale) => {
            let unscaled = values.map(|bytes| big_endian(bytes).unwrap_or(i128::MAX));
            return decimals(unscaled, scale, numbers);
        }
        _ => return false,
    }
    true
}

/// Returns the number of 16 bits; the `parquet` crate checks that values have that length.
fn half(bytes: &[u8]) -> f64 {
    let bits = bytes.try_into().expect("a value has two bytes");
    f16::from_le_bytes(bits).to_f64()
}

/// Returns the whole number in two's complement; None if it has more than 128 bits.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let start = 16usize.checked_sub(bytes.len())?;
    let is_negative = bytes.first().is_some_and(|&first| first >= 0x80);
    let mut all = [if is_negative { 0xff } else { 0 }; 16];
    all[start..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(all))
}

/// The powers of ten that a 64-bit float holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A 64-bit float holds every whole number up to this one exactly.
const EXACT: u64 = 1 << 53;

/// Appends the numbers nearest to decimals: the division of two exact numbers rounds once.
/// Returns false if a number is not exact.
#[expect(clippy::cast_precision_loss, reason = "it is exact up to 2⁵³")]
fn decimals(unscaled: impl Iterator<Item = i128>, scale: u32, numbers: &mut Vec<f64>) -> bool {
    let Some(ten) = TENS.get(scale as usize) else { return false };
    for unscaled in unscaled {
        let unscaled = i64::try_from(unscaled).ok().filter(|n| n.unsigned_abs() <= EXACT);
        let Some(unscaled) = unscaled else { return false };
        numbers.push(unscaled as f64 / ten);
    }
    true
}

fn whole(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    write!(out, "{value}").expect("writing to memory succeeds");
}

/// Appends a whole number with its last `scale` digits as decimals.
fn point(digits: &str, scale: u32, out: &mut Vec<u8>) {
    let scale = scale as usize;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale);
    let point = if decimals.is_empty() { "" } else { "." };
    write!(out, "{sign}{whole}{point}{decimals}").expect("writing to memory succeeds");
}

/// Appends the date that is this many days after 1 January 1970, by the algorithm
/// of H. Hinnant, "chrono-compatible low-level date algorithms".
fn date(days: i64, out: &mut Vec<u8>) {
    let days = i128::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + 400 * era + carry;
    write!(out, "{year:04}-{month:02}-{day:02}").expect("writing to memory succeeds");
}

/// Appends the time that is this many parts of a second after midnight.
fn time(parts: i64, per_second: i64, out: &mut Vec<u8>) {
    let (seconds, rest) = (parts.div_euclid(per_second), parts.rem_euclid(per_second));
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    write!(out, "{hour:02}:{minute:02}:{second:02}").expect("writing to memory succeeds");
    if rest > 0 {
        let decimals = format!("{:09}", rest * (NANOS / per_second));
        write!(out, ".{}", decimals.trim_end_matches('0')).expect("writing to memory succeeds");
    }
}

fn timestamp(days: i64, parts: i64, per_second: i64, is_utc: bool, out: &mut Vec<u8>) {
    date(days, out);
    out.push(b'T');
    time(parts, per_second, out);
    if is_utc {
        out.push(b'Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_written(value: &impl Value, kind: Kind, expected: &str) {
        let mut out = Vec::new();
        value.text(kind, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn decimals_keep_their_digits() {
        is_written(&12345i64, Kind::Decimal(2), "123.45");
        is_written(&-5i32, Kind::Decimal(3), "-0.005");
        is_written(&7i32, Kind::Decimal(0), "7");
        is_written(&ByteArray::from(vec![0xff, 0x38]), Kind::Decimal(2), "-2.00");
        let large = ByteArray::from([vec![1], vec![0; 16]].concat());
        is_written(&large, Kind::Decimal(1), "34028236692093846346337460743176821145.6");
    }

    #[test]
    fn numbers_of_16_bits_are_read_exactly() {
        let bits = [0x3b33u16, 0x0001, 0x83ff, 0xfbff, 0x7c00, 0x8000];
        let values = bits.map(|bits| FixedLenByteArray::from(bits.to_le_bytes().to_vec()));
        let mut numbers = Vec::new();
        assert!(Value::numbers(&values, Kind::Half, &mut numbers));
        let least = 1.0 / 16_777_216.0;
        let expected = [1843.0 / 2048.0, least, -1023.0 * least, -65504.0, f64::INFINITY, -0.0];
        assert_eq!(numbers, expected);
        is_written(&values[0], Kind::Half, "0.89990234375");
        let nan = FixedLenByteArray::from(vec![0x00, 0x7e]);
        is_written(&nan, Kind::Half, "NaN");
    }

    #[test]
    fn a_decimal_is_the_number_nearest_to_its_text() {
        let values: Vec<i64> = (1..2000).map(|n| n * 4_503_599_627_369 + 1).collect();
        for scale in 0..=22 {
            let mut numbers = Vec::new();
            assert!(Value::numbers(&values, Kind::Decimal(scale), &mut numbers));
            for (value, number) in values.iter().zip(numbers) {
                let mut text = Vec::new();
                value.text(Kind::Decimal(scale), &mut text);
                assert_eq!(String::from_utf8_lossy(&text).parse(), Ok(number));
            }
        }
    }

    #[test]
    fn inexact_decimals_are_left_to_their_texts() {
        let (mut numbers, beyond) = (Vec::new(), (1i64 << 53) + 1);
        assert!(!Value::numbers(&[beyond], Kind::Decimal(1), &mut numbers));
        assert!(!Value::numbers(&[1i64], Kind::Decimal(23), &mut numbers));
    }

    #[test]
    fn dates_and_times_are_written_as_in_iso_8601() {
        is_written(&0i32, Kind::Date, "1970-01-01");
        is_written(&11_016i32, Kind::Date, "2000-02-29");
        is_written(&-1i32, Kind::Date, "1969-12-31");
        is_written(&i64::MAX, Kind::Date, "25252734927768524-07-27");
        is_written(&3_661_000i32, Kind::Time(1_000), "01:01:01");
        is_written(&-1i64, Kind::Timestamp(1_000_000, true), "1969-12-31T23:59:59.999999Z");
        is_written(&1_500i64, Kind::Timestamp(1_000, false), "1970-01-01T00:00:01.5");
        let mut old = Int96::new();
        old.set_data(1, 0, 2_440_589);
        is_written(&old, Kind::Timestamp(NANOS, false), "1970-01-02T00:00:00.000000001");
    }
}
