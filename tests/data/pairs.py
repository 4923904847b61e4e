"""Makes pairs.csv: 1,000 instances (y, ŷ) with both of their costs, to the bit.

Run:   python3 tests/data/pairs.py > tests/data/pairs.csv
Needs: Python 3.9, mpmath

Every number is written with the shortest digits that read back as the same
f64. The quadratic cost is computed in IEEE arithmetic. For the cross-entropy,
each logarithm is computed at 100 digits, rounded once to f64, and the rest is
IEEE arithmetic.
"""

import math
import random
from fractions import Fraction

import mpmath

mpmath.mp.dps = 100

ROWS = 1000
SEED = 81

# The book's Table 8.1, after an output that is certain and right.
BOOK = [
    (1.0, 1.0),
    (1.0, 0.9997),
    (1.0, 0.9),
    (1.0, 0.6),
    (1.0, 0.1192),
    (0.0, 0.1192),
    (1.0, 0.8808),
]

LABELS = [0.0, 1.0, 0.5, 5e-324, 1e-300, 2.0**-53, 1 - 2.0**-53]


def nearest(x):
    """The f64 nearest to a Fraction, ties to even; ±inf beyond the largest."""
    try:
        return x.numerator / x.denominator
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def rounded(x):
    """The f64 nearest to an mpmath number."""
    # By way of a Fraction: float(x) would round a subnormal twice.
    sign, mantissa, exponent, _ = x._mpf_
    return nearest((-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent))


def ln(x):
    """ln x, correctly rounded."""
    return -math.inf if x == 0 else rounded(mpmath.log(mpmath.mpf(x)))


def log1p(x):
    """ln(1 + x), correctly rounded."""
    return -math.inf if x == -1 else rounded(mpmath.log1p(mpmath.mpf(x)))


def quadratic(y, yhat):
    d = y - yhat
    return d * d


def cross_entropy(y, yhat):
    if y == 1:
        total = ln(yhat)
    elif y == 0:
        total = log1p(-yhat)
    else:
        total = y * ln(yhat) + (1 - y) * log1p(-yhat)
    return 0.0 - total  # never -0


def neighbours(x):
    """x, and the numbers just below and above it."""
    return [math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)]


def outputs():
    """Values of ŷ at which implementations go wrong."""
    least_normal = 2.0**-1022
    return [
        *(0.0, 5e-324, 1e-323, 1e-310, 1e-300, 1e-100, 1e-17, 1e-16, 1e-8, 1e-3),
        *neighbours(least_normal),
        *neighbours(2.0**-53),
        *(2.0**-54, 2.0**-52, 2.0**-27, 2.0**-26),
        *neighbours(0.0625),
        *neighbours(0.25),
        *neighbours(0.5),
        *neighbours(0.36787944117144233),  # −ln ŷ is about 1
        *neighbours(0.6321205588285577),  # −ln(1 − ŷ) is about 1
        *(0.1, 0.75, 0.9, 0.9375, 1 - 1e-3, 1 - 1e-8, 1 - 2.0**-26),
        *(1 - 2.0**-51, 1 - 2.0**-52, 1 - 2.0**-53, 1.0),
    ]


def log_uniform(rng, bits):
    """A number in (0, 1), its binary order of magnitude uniform."""
    return math.ldexp(1 + rng.random(), -rng.randint(1, bits))


def pairs():
    rng = random.Random(SEED)
    yield from BOOK
    for y in LABELS:
        for yhat in outputs():
            yield y, yhat
    for _ in range(120):
        yield float(rng.getrandbits(1)), rng.random()
    for _ in range(100):
        yield float(rng.getrandbits(1)), log_uniform(rng, 1074)
    for _ in range(100):
        yield float(rng.getrandbits(1)), log_uniform(rng, 60)
    for _ in range(100):
        yield float(rng.getrandbits(1)), 1 - log_uniform(rng, 53)
    for _ in range(60):
        yield float(rng.getrandbits(1)), 0.0625 + rng.uniform(-1, 1) * log_uniform(rng, 30) / 16
    while True:
        y = rng.choice([rng.random(), log_uniform(rng, 1074), 1 - log_uniform(rng, 53)])
        yhat = rng.choice([rng.random(), log_uniform(rng, 60), 1 - log_uniform(rng, 53)])
        yield y, yhat


def main():
    print("y,yhat,quadratic,cross_entropy")
    for (y, yhat), _ in zip(pairs(), range(ROWS)):
        print(y, yhat, quadratic(y, yhat), cross_entropy(y, yhat), sep=",")


if __name__ == "__main__":
    main()
