"""Makes student.csv: the 97.5 % quantile of Student's t by degrees of freedom.

Run:   python3 tests/data/student.py > tests/data/student.csv
Needs: Python 3.9, mpmath

Every degree from 1 to 200, then powers of 2 and of 10 with their neighbours and
random ones, up to 10⁹. Each quantile is computed at 50 digits and rounded once to
f64, written with the shortest digits that read back as the same f64.

Newton's method inverts the regularized incomplete beta function. The script fails
unless the integral of the density says the same, to one part in 10⁴⁰.
"""

import functools
import math
import random
import sys

import mpmath

sys.dont_write_bytecode = True  # no __pycache__ among the data
from pairs import rounded  # noqa: E402

SEED = 85
DIGITS = 50
EVERY, FURTHER, LARGEST = 200, 200, 10**9


def share():
    """Between the 2.5 % and the 97.5 % quantile."""
    return mpmath.mpf(95) / 100


def density(degrees):
    """Of Student's t, a function of t."""
    v = mpmath.mpf(degrees)
    of_0 = mpmath.exp(mpmath.loggamma((v + 1) / 2) - mpmath.loggamma(v / 2))
    of_0 /= mpmath.sqrt(v * mpmath.pi)
    return lambda t: of_0 * mpmath.exp(-(v + 1) / 2 * mpmath.log1p(t * t / v))


def share_by_beta(degrees, t):
    """Between −t and t."""
    v = mpmath.mpf(degrees)
    return mpmath.betainc(0.5, v / 2, 0, t * t / (v + t * t), regularized=True)


def share_by_integral(degrees, t):
    pieces = mpmath.linspace(0, t, 5)
    return 2 * mpmath.quad(density(degrees), pieces, method="gauss-legendre")


def correction(share_by, degrees, t):
    """What Newton's method adds to t."""
    return (share() - share_by(degrees, t)) / (2 * density(degrees)(t))


@functools.cache
def quantile(degrees):
    """The f64 nearest to the 97.5 % quantile."""
    # Some more digits for what large degrees cancel.
    with mpmath.workdps(DIGITS + 15):
        # The share is concave: from the quantile of the normal distribution, which
        # is below, no step goes too far.
        t = step = mpmath.sqrt(2) * mpmath.erfinv(share())
        while step > mpmath.mpf(10) ** -DIGITS:
            step = correction(share_by_beta, degrees, t)
            t += step
        error = correction(share_by_integral, degrees, t) / t
        assert abs(error) < mpmath.mpf(10) ** -40, (degrees, error)
        return rounded(t)


def all_degrees():
    """In ascending order."""
    rng = random.Random(SEED)
    powers = [2**i for i in range(8, 30)] + [10**i for i in range(3, 10)]
    further = {power + i for power in powers for i in (-1, 0, 1)}
    further = {degrees for degrees in further if degrees <= LARGEST}
    while len(further) < FURTHER:
        further.add(int(math.exp(rng.uniform(math.log(EVERY + 1), math.log(LARGEST)))))
    return [*range(1, EVERY + 1), *sorted(further)]


def check(quantiles):
    """What must hold of all of them."""
    with mpmath.workdps(DIGITS):
        of_normal = mpmath.sqrt(2) * mpmath.erfinv(share())
        assert quantiles[1] == rounded(mpmath.tan(mpmath.pi * share() / 2))
        assert quantiles[2] == rounded(share() * mpmath.sqrt(2 / (1 - share() ** 2)))
    falling = [*quantiles.values(), rounded(of_normal)]
    assert all(a >= b for a, b in zip(falling, falling[1:]))


def main():
    quantiles = {degrees: quantile(degrees) for degrees in all_degrees()}
    check(quantiles)
    print("degrees,quantile")
    for degrees, found in quantiles.items():
        print(degrees, found, sep=",")


if __name__ == "__main__":
    main()
