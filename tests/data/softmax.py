"""Makes softmax.json: weighted inputs z of several classes, with both of their costs.

Run:   python3 tests/data/softmax.py > tests/data/softmax.json
Needs: Python 3.9, mpmath, PyTorch

An array of instances, one a line:

    z              the weighted inputs, one a class
    label          the index of the class that is right, from 0
    cross_entropy  ln Σ exp z − z of the label
    quadratic      Σ(y − ŷ)² over the classes, where ŷ = exp z/Σ exp z, and y is 1 for the
                   label and 0 for the others

A number is written with the shortest digits that read back as the same f64. Costs are
computed from the exact z at 1,400 digits and rounded once to f64: one of at most 2⁻¹⁰⁷⁵
is 0. None is beyond the largest number.

Python's decimal computes the cross-entropy again, and PyTorch both costs. The script
fails where they are further apart than rounding explains.
"""

import decimal
import json
import math
import random
import sys

# Last: statistics.py would hide Python's own module from PyTorch.
sys.path.append(sys.path.pop(0))
sys.dont_write_bytecode = True  # no __pycache__ among the data

import mpmath  # noqa: E402
import torch  # noqa: E402
from pairs import neighbours, rounded  # noqa: E402

SEED = 87
DIGITS = 1400

# exp of less is far below all that f64 tells apart, but never 0.
FAR = -2000


# Costs


def costs(z, label):
    """The cross-entropy and the quadratic cost."""
    with mpmath.workdps(DIGITS):
        z = [mpmath.mpf(x) for x in z]
        largest = max(z)
        powers = [mpmath.exp(max(x - largest, FAR)) for x in z]
        total = mpmath.fsum(powers)
        others = [power / total for i, power in enumerate(powers) if i != label]
        cross_entropy = mpmath.log(total) + (largest - z[label])
        quadratic = mpmath.fsum(others) ** 2 + mpmath.fsum(p * p for p in others)
        return rounded(cross_entropy), rounded(quadratic)


# The same in decimals and in PyTorch


def cross_entropy_in_decimals(z, label):
    with decimal.localcontext() as context:
        context.prec = 700
        z = [decimal.Decimal(x) for x in z]
        largest = max(z)
        total = sum((x - largest).exp() for x in z)
        return float(total.ln() + (largest - z[label]))


def costs_in_torch(z, label):
    z = torch.tensor([z], dtype=torch.float64)
    cross_entropy = torch.nn.CrossEntropyLoss(reduction="none")(z, torch.tensor([label]))
    errors = torch.softmax(z, dim=1)[0]
    errors[label] -= 1
    return cross_entropy.item(), torch.sum(errors**2).item()


def close(exact, approximate, relative, absolute):
    return abs(exact - approximate) <= relative * exact + absolute


def check(z, label, cross_entropy, quadratic):
    """Fails unless the others find the same."""
    of = (z, label, cross_entropy, quadratic)
    assert cross_entropy >= 0 and 0 <= quadratic <= 2 and max(of[2:]) < math.inf, of
    assert close(cross_entropy, cross_entropy_in_decimals(z, label), 3e-16, 5e-324), of
    # The largest power is 1 there, so that is what is rounded.
    found = costs_in_torch(z, label)
    assert close(cross_entropy, found[0], 1e-12 if cross_entropy > 1e-10 else 0, 1e-15), of
    assert close(quadratic, found[1], 1e-12, 1e-15), of


# Instances


class Random:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def classes(self):
        """A number of classes, a few rather than many."""
        return self.rng.choice([2, 3, 4, 5, 7, 10, 20, self.rng.randint(2, 50)])

    def within(self, scale):
        return self.rng.uniform(-scale, scale)

    def shuffled(self, z):
        self.rng.shuffle(z)
        return z

    def label(self, z, is_largest):
        """The index of one of the largest, or one of the others, if there are any."""
        found = [i for i, x in enumerate(z) if (x == max(z)) == is_largest]
        return self.rng.choice(found or range(len(z)))

    def both(self, z):
        """The label is one of the largest, then one of the others."""
        yield z, self.label(z, True)
        yield z, self.label(z, False)


def by_hand():
    for z in [[0.0, 0.0], [2.0, 1.0, 0.1], [-1.0, 0.5, 3.25, -0.0], [1.0, 2.0, 3.0, 4.0]]:
        yield from ((z, label) for label in range(len(z)))
    # Halfway between two f64, but for what the other class adds.
    yield from (([2.0**53 + more, -1.0], 1) for more in (0, 2))
    yield [-1.0, 2.0**53, 2.0**53], 0
    yield [8e307, -8e307, 0.0], 1
    yield [8e307, -8e307, 0.0], 2


def scales(rng):
    for scale in [1e-3, 1, 30, 700, 1e5, 1e300]:
        for _ in range(14):
            yield from rng.both([rng.within(scale) for _ in range(rng.classes())])


def ties(rng):
    for n, x in [(2, 1e300), (3, -1e5), (5, 0.1), (10, -700.5), (50, 1e-300), (47, -1e300)]:
        yield [x] * n, rng.rng.randrange(n)
    for scale in [1, 30, 700, 1e5, 1e300]:
        z = [rng.within(scale) for _ in range(rng.classes())]
        yield from rng.both(rng.shuffled([*z, *[max(z)] * rng.rng.randint(1, 3)]))
        yield from rng.both(rng.shuffled([*z, *[min(z)] * 2]))
    for x in [1e16, 1e300]:
        yield from rng.both([x, x, -x])
        yield from rng.both([x, 0.0, x, 1.0, x])
    yield from rng.both([1e300, 1e300, 9.999999999999999e299])
    yield from rng.both([-1e300, -1e300, 0.0])


def neighbouring(rng):
    """Numbers that differ by one part in 10¹⁷ or a few more."""
    for x in [1.0, -0.1, 30.0, -700.0, 1e5, 4503599627370496.0, 1e-17, 2.0**-1022]:
        yield from rng.both(neighbours(x))
        further = [x * (1 + rng.rng.randint(-9, 9) * 2.0**-52) for _ in range(rng.classes())]
        yield further, rng.rng.randrange(len(further))
    for size in [1e-17, 1e-16, 1e-8, 1e-300, 5e-324]:
        yield from rng.both(rng.shuffled([size, -size, 0.0, 0.0]))
        yield from rng.both([size, 0.0])


def gaps(rng):
    """The label is ahead of some others alike, whose distances f64 does not have."""
    ranges = [(1, 8), (8, 30), (30, 40), (40, 300), (340, 376), (376, 700), (700, 740), (740, 750)]
    for low, high in ranges:
        for n in [1, 2, 1 + rng.classes(), 49]:
            gap = rng.rng.uniform(low, high)
            share = rng.rng.random()
            others = [share * gap - gap - rng.rng.expovariate(2) for _ in range(n - 1)]
            z = rng.shuffled([share * gap, share * gap - gap, *others])
            yield z, rng.label(z, True)
    # Each adds less than the least number, all of them more.
    for gap in [744.5, 746.0, 748.75]:
        z = [0.25, *[0.25 - gap] * 49]
        yield z, 0
    z = [0.1, *[0.1 - 373.5] * 39]
    yield z, 0
    # One that is close behind, and many that are far.
    for _ in range(6):
        far = [rng.rng.uniform(-40, -20) for _ in range(rng.classes())]
        yield from rng.both(rng.shuffled([rng.rng.random(), -rng.rng.random(), *far]))


def shifted(rng):
    """Small differences of large numbers."""
    for shift in [100, -1e4, 1e9, -1e15]:
        for _ in range(2):
            yield from rng.both([shift + rng.within(20) for _ in range(rng.classes())])


def instances():
    rng = Random(SEED)
    makers = [scales, ties, neighbouring, gaps, shifted]
    found = [*by_hand(), *(instance for maker in makers for instance in maker(rng))]
    return [([float(x) for x in z], label) for z, label in found]


def main():
    lines = []
    for z, label in instances():
        found = costs(z, label)
        check(z, label, *found)
        named = zip(["z", "label", "cross_entropy", "quadratic"], [z, label, *found])
        lines.append(json.dumps(dict(named), allow_nan=False))
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
