"""Makes a large CSV `id,y,yhat` that looks like the output of a good classifier.

Run:   python3 tests/data/million.py > million.csv
       python3 tests/data/million.py 10000 > small.csv
       python3 tests/data/million.py --expect
Needs: Python 3.9; for --expect also gmpy2

The argument is the number of rows, 1,000,000 by default. The same rows come
out on every platform: they are made by IEEE arithmetic alone. ŷ has 17
significant digits.

With --expect it prints the statistics of that file instead: exact sums of the
costs, each statistic rounded once. The logarithms are those of MPFR at 53 bits,
which rounds correctly.
"""

import argparse
import math
import random
import sys
from fractions import Fraction

SEED = 82


def instances(rows):
    """Yields (y, ŷ): ŷ crowds towards 0 and 1, and about 44 % of y are 1."""
    uniform = random.Random(SEED).random
    for _ in range(rows):
        u = 0.8 * uniform() + 0.2 * uniform() * uniform()
        steep = u * u * (3 - 2 * u)
        yhat = 0.00005 + 0.9999 * steep * steep * (3 - 2 * steep)
        # A little overconfident.
        yield int(uniform() < 0.01 + 0.98 * yhat), yhat


class PowerSums:
    """Exact Σc and Σc² of numbers c = m·2ᵉ⁻⁵³: the integers Σm and Σm² of each e."""

    def __init__(self):
        self.n = 0
        self.sums = {}
        self.squares = {}

    def add(self, cost):
        fraction, e = math.frexp(cost)
        m = int(fraction * 2**53)
        self.n += 1
        self.sums[e] = self.sums.get(e, 0) + m
        self.squares[e] = self.squares.get(e, 0) + m * m

    def mean(self):
        return float(self.total() / self.n)

    def standard_error(self):
        scatter = self.n * self.total_of_squares() - self.total() ** 2
        return math.sqrt(float(scatter / (self.n**2 * (self.n - 1))))

    def total(self):
        return sum(m * Fraction(2) ** (e - 53) for e, m in self.sums.items())

    def total_of_squares(self):
        return sum(m * Fraction(2) ** (2 * (e - 53)) for e, m in self.squares.items())


def write(rows):
    lines = ["id,y,yhat\n"]
    for i, (y, yhat) in enumerate(instances(rows), start=1):
        lines.append("%d,%d,%.17g\n" % (i, y, yhat))
        if len(lines) == 10_000:
            sys.stdout.writelines(lines)
            lines.clear()
    sys.stdout.writelines(lines)


def expect(rows):
    import gmpy2

    gmpy2.get_context().precision = 53
    quadratic, cross_entropy = PowerSums(), PowerSums()
    for y, yhat in instances(rows):
        d = y - yhat
        quadratic.add(d * d)
        cross_entropy.add(-float(gmpy2.log(yhat) if y == 1 else gmpy2.log1p(-yhat)))
    print("cost,n,mean,standard_error")
    for name, sums in [("quadratic", quadratic), ("cross_entropy", cross_entropy)]:
        print(name, sums.n, sums.mean(), sums.standard_error(), sep=",")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--expect", action="store_true", help="print the statistics instead")
    arguments = parser.parse_args()
    (expect if arguments.expect else write)(arguments.rows)


if __name__ == "__main__":
    main()
