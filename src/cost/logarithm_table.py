"""Makes the table of `logarithm.rs`.

    python3 src/cost/logarithm_table.py > src/cost/logarithm_table.rs

Needs mpmath. For each of the 128 intervals [c, c + 1/128) with c = 1 + i/128:
r, the multiple of 1/256 nearest to the reciprocal of the interval's middle (but
1 for the first, so that numbers near 1 keep their digits); r·c − 1, exactly; and
−ln r in two parts, the first a multiple of 2⁻⁴³.
"""

from mpmath import floor, log, mp, mpf

mp.prec = 400
UNIT = mpf(2) ** -43


def parts(x):
    """x as a multiple of 2⁻⁴³ and the f64 nearest to the rest."""
    high = floor(x / UNIT + mpf(1) / 2) * UNIT
    return float(high), float(x - high)


print("//! Made by `logarithm_table.py`.")
print()
ln2 = parts(log(mpf(2)))
print("/// ln 2 in two parts, the first a multiple of 2⁻⁴³.")
print(f"pub const LN_2: (f64, f64) = ({ln2[0]!r}, {ln2[1]!r});")
print()
print("/// r, r·c − 1, and −ln r in two parts.")
print("pub type Entry = (f64, f64, f64, f64);")
print()
print("/// For each interval [c, c + 1/128), c = 1 + i/128.")
print("#[rustfmt::skip] // A table.")
print("pub static TABLE: [Entry; 128] = [")
for i in range(128):
    c = 1 + mpf(i) / 128
    r = floor(256 / (c + mpf(1) / 256) + mpf(1) / 2) / 256 if i else mpf(1)
    high, low = parts(-log(r))
    print(f"    ({float(r)!r}, {float(r * c - 1)!r}, {high!r}, {low!r}),")
print("];")
