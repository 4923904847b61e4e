#!/usr/bin/env python3
"""Prints entropy.csv: the entropy of two classes of some weights, by mpmath.

    python3 entropy.py > entropy.csv        (mpmath from PyPI)

Columns: the weights of class 1 and of class 0, and −[p ln p + (1 − p) ln(1 − p)] for
p = a/(a + b), rounded once from as many digits as p has zeros, and 60 more.
"""

import random

from mpmath import log, mp, mpf

DIGITS = 700


def entropy(a, b):
    if 0 in (a, b):
        return 0.0
    mp.dps = DIGITS
    shares = [mpf(x) / (mpf(a) + mpf(b)) for x in (a, b)]
    return float(-sum(p * log(p) for p in shares))


def pairs(rng):
    yield from ((0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1e17, 1.0), (5e-324, 5e-324))
    yield from ((5e-324, 1.0), (5e-324, 0.75), (1e-300, 1.0), (3e-320, 0.1), (1e-310, 7.0))
    yield from ((5e-324, 1e300), (5e-324, 1.7e308), (1e-10, 1e300), (1e-8, 1e300))
    # Around the bounds between ways to compute it.
    for bound in (2.0**-30, 2.0**-900, 2.0**-1022, 2.0**-1074):
        yield from ((bound * f, 1.0) for f in (0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 2.0, 3.0))
    for _ in range(600):
        yield rng.random(), rng.random()
    for _ in range(800):
        yield 10 ** rng.uniform(-40, 0), rng.random()
    for _ in range(400):
        yield 10 ** rng.uniform(-323, 0), rng.random()
    for _ in range(250):
        yield 0.5, 0.5 + rng.choice((-1, 1)) * 10 ** rng.uniform(-16, -1)


def main():
    rng = random.Random(14)
    print("ones,zeros,entropy")
    for a, b in pairs(rng):
        print(a, b, entropy(a, b), sep=",")


main()
