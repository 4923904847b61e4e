"""Makes the Parquet files of tests/cases, and prints the right values of cases.txt.

Run:   python3 -I tests/data/cases.py
Needs: Python 3.11, PyArrow 26.0.1 and mpmath 1.4.1; these versions made the files

Right are the costs of the definitions in docs/numbers.md: each rounded as it says
there, logarithms correctly rounded, then summed exactly and rounded once. From z,
and of baselines, right is the true value, rounded once.
"""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from mpmath import mp, mpf

mp.prec = 4000
HERE = Path(__file__).resolve().parent.parent / "cases"
B = [(1, 0.9), (0, 0.2)]


def quadratic(y, yhat):
    """Returns (y − ŷ)², as an f64."""
    return (y - yhat) * (y - yhat)


def cross_entropy(y, yhat):
    """Returns the cross-entropy cost from correctly rounded logarithms."""
    first = y * float(mp.log(yhat)) if y else 0.0
    second = (1 - y) * float(mp.log(1 - mpf(yhat))) if y != 1 else 0.0
    return -(first + second) + 0.0


def mean(costs, weights=None):
    """Returns the exact mean, rounded once."""
    weights = weights or [1] * len(costs)
    total = sum(Fraction(w) * Fraction(c) for w, c in zip(weights, costs))
    return total / sum(map(Fraction, weights))


def of(rows, f=quadratic):
    """Returns the mean cost of rows."""
    return float(mean([f(y, p) for y, p in rows]))


def entropy(zeros, ones):
    """Returns the entropy of a label whose two values have those weights."""
    p, q = (mpf(x.numerator) / x.denominator for x in (ones / (ones + zeros), zeros / (ones + zeros)))
    return float(-(p * mp.log(p) + q * mp.log(q)))


def from_z(y, z, tanh=False):
    """Returns both costs of a neuron with that weighted input."""
    y, z = mpf(y), mpf(z)
    a = mp.tanh(z) if tanh else 1 / (1 + mp.exp(-z))
    t, p = ((1 + y) / 2, (1 + a) / 2) if tanh else (y, a)
    return float((y - a) ** 2), float(-(t * mp.log(p) + (1 - t) * mp.log(1 - p)))


def right_values():
    """Yields each name in cases.txt, or what it is, and its right values."""
    yield "B", of(B), of(B, cross_entropy)
    yield "positive_bool", of([(1, 0.9), (0, 0.1), (1, 0.9)]), "with .jsonl", of(
        [(1, 0.9), (0, 0.1), (1, 0.9), (1, 0.9), (0, 0.1)]
    )
    yield "spam", of([(1, 0.1), (1, 0.1), (0, 0.2)])
    yield "resolution", of([(1, 0.9), (0, 0.2), (0, 0.5), (0, 0.6)])
    hard = [(1, 0.8), (0, 0.6), (0, 0.3), (1, 0.7)]
    yield "hard labels", of(hard), of(hard, cross_entropy)
    truth = [(1, 0.9), (0, 0.8), (0, 0.7)]
    yield "label is prediction", of(truth), of(truth, cross_entropy)
    half = [(1, float(np.float16(0.9))), (0, float(np.float16(0.2)))]
    yield "float16", of(half), of(half, cross_entropy)
    eps = 1e-7
    clipped = [cross_entropy(1, 1 - eps), cross_entropy(0, 0.2)]
    yield "just above 1", of([(1, 1.0000054), (0, 0.2)]), float(mean(clipped))
    clipped = [cross_entropy(0, eps), cross_entropy(1, 0.8)]
    yield "just below 0", of([(0, -0.000001), (1, 0.8)]), float(mean(clipped))
    yield "brier clipped", of([(1, 1.0), (0, 0.2)])
    yield "a row 0,1 and B", of([(0, 1), *B])
    yield "swapped", of([(0.9, 1), (0.2, 0), (0.9, 1)])
    yield "weights of yhat", float(mean([quadratic(1, 0.5), quadratic(0, 0.25)], [0.5, 0.25]))
    yield "positive alone", of([(1, 0.8)]), "negative alone", of([(0, 0.2)])
    c = [quadratic(1e154, 0), quadratic(1.2e154, 0)]
    yield "shares", *(float(Fraction(x) / (Fraction(c[0]) + Fraction(c[1]))) for x in reversed(c))
    third = [quadratic(y, 0) for y in (1.1e154, 1.2e154, 1.3e154)]
    yield "shares of three", *(float(Fraction(x) / sum(map(Fraction, third))) for x in reversed(third))
    y, p = 2e154, 0.8e154
    yield "skill", float(1 - Fraction(quadratic(y, p)) / Fraction(y) ** 2)
    one = Fraction(1)
    yield "entropy of one in 1e6", entropy(one, Fraction(999_999))
    yield "entropy of 1e17 to 1", entropy(one, Fraction(1e17))
    yield "entropy of 1e300 to 1", entropy(one, Fraction(1e300))
    yield "entropy of 3 to 7e-20", entropy(Fraction(3), Fraction(7e-20))
    yield "entropy of soft 1e-9", entropy(1 - Fraction(1e-9), Fraction(1e-9))
    top = 1 - 2.0**-53
    yield "entropy of soft 1 - 2^-53", entropy(1 - Fraction(top), Fraction(top))
    for y, z in SOFT:
        yield f"sigmoid({y!r}, {z!r})", *from_z(y, z)
    for y, z in SOFT_TANH:
        yield f"tanh({y!r}, {z!r})", *from_z(y, z, tanh=True)


SOFT = [(0.9999999999999947, 32.83936675556409)] + [
    (float(1 / (1 + mp.exp(-mpf(z)))), z) for z in (0.3, -2.75, 5.5, -17.25, 30.125)
]
SOFT_TANH = [(0.9999999999999999, 38.96393966706542), (0.9989191274534704, 16.237381416160385)] + [
    (float(mp.tanh(mpf(z))), z) for z in (0.3, -1.75, 4.5, 17.0)
]


def write(name, columns, **options):
    """Writes a file without what changes from one PyArrow to the next."""
    pq.write_table(pa.table(columns), HERE / f"{name}.parquet", store_schema=False, **options)


def files():
    """Writes the Parquet files, each two rows of B if nothing else is said."""
    y, yhat = [1, 0], [0.9, 0.2]
    write("brotli", {"y": y, "yhat": yhat}, compression="brotli")
    write("lz4", {"y": y, "yhat": yhat}, compression="lz4")
    half = np.array([0.9, math.nan, 0.2], np.float16)
    write("half_missing", {"y": [1, 1, 0], "yhat": half})
    write("half_struct", {"m": pa.array([{"y": 1, "p": half[0]}, {"y": 0, "p": half[2]}],
                                        pa.struct([("y", pa.int8()), ("p", pa.float16())]))})
    rows = [{"y": 1, "p": 0.9}, None, {"y": 0, "p": 0.2}]
    write("struct", {"id": [1, 2, 3], "m": rows})
    write("deep", {"a": [{"b": {"y": 1, "p": 0.9}}, {"b": {"y": 0, "p": 0.2}}]})
    write("literal", {"m": [{"y": 5, "p": 0.5}] * 2, "m.y": y, "m.p": yhat})
    write("list", {"y": y, "yhat": [[0.9], [0.2]]})
    write("bool", {"y": [True, None, False], "yhat": [0.9, 0.5, 0.2]})
    write("numbers", {"0": y, "1": yhat})
    write("words", {"y": pa.array(["spam", "None", "ham"]).dictionary_encode(), "yhat": [0.9, 0.5, 0.2]})
    write("z_weight", {"y": y, "z": [math.inf, 1.0]})
    write("logp", {"id": [1, 2, 3], "logp": [-0.25, -math.inf, None], "other": [-1.5, -0.0, -1.0]})
    write("hard", {"y": [1, 0, 1], "yhat": [1.0, 0.0, 1.0]})


if __name__ == "__main__":
    files()
    for name, *values in right_values():
        print(f"{name}:", *values)
