#!/usr/bin/env python3
"""Prints soft.csv: costs of neurons whose soft label is close to the output, by mpmath.

    python3 soft.py > soft.csv        (mpmath from PyPI)

Columns as in neuron.csv, without gradients. The labels are the output itself, rounded,
a few units or some digits away from it, and any other; digits are enough for what is
left of the difference and of its square.
"""

import random
import struct

from mpmath import exp, log1p, mp, mpf, tanh

mp.dps = 500

# Where all but the label is 0 or 1 to more than f64 has.
FAR = 800


def quadratic(activation, y, z):
    if abs(z) >= FAR:
        output = mpf(1) if z > 0 else mpf(0 if activation == "sigmoid" else -1)
    else:
        output = 1 / (1 + exp(-z)) if activation == "sigmoid" else tanh(z)
    return (y - output) ** 2


def softplus(z):
    return max(z, 0) + (log1p(exp(-abs(z))) if abs(z) < 2 * FAR else 0)


def cross_entropy(activation, y, z):
    t, z = (y, z) if activation == "sigmoid" else ((1 + y) / 2, 2 * z)
    return t * softplus(-z) + (1 - t) * softplus(z)


def neighbour(x, steps):
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return struct.unpack("<d", struct.pack("<q", bits + steps))[0]


def labels(rng, activation, z):
    """Soft labels around the output."""
    low = 0.0 if activation == "sigmoid" else -1.0
    exact = 1 / (1 + exp(-mpf(z))) if activation == "sigmoid" else tanh(mpf(z))
    output = float(exact)
    around = [output, neighbour(output, rng.randint(-5, 5))]
    around.append(output * (1 + rng.choice((-1, 1)) * 10 ** rng.uniform(-15, -1)))
    around.append(rng.uniform(low, 1))
    around.append(low + 10 ** rng.uniform(-16, -1))
    around.append(1 - 10 ** rng.uniform(-16, -1))
    return [y for y in around if low < y < 1 and y != (low + 1) / 2]


def cases(rng):
    yield "sigmoid", 0.9999999999999947, 32.83936675556409
    yield "tanh", 0.9999999999999999, 38.96393966706542
    yield "tanh", 0.9989191274534704, 16.237381416160385
    for activation, halves in (("sigmoid", (5e-324, 0.25)), ("tanh", (-0.25, 1e-30))):
        for z in (1e308, -1e308, 900.0, -900.0, 0.0):
            yield from ((activation, y, z) for y in halves)
        spans = (1.0, 6.0, 36.0) if activation == "sigmoid" else (1.0, 6.0, 18.0)
        inputs = [rng.choice((-1, 1)) * rng.uniform(0, span) for span in spans for _ in range(45)]
        inputs += [rng.choice((-1, 1)) * 10 ** rng.uniform(-20, 0) for _ in range(30)]
        if activation == "sigmoid":
            inputs += [rng.uniform(-700, -36) for _ in range(30)]
        for z in inputs:
            yield from ((activation, y, z) for y in labels(rng, activation, z))
    # Half, and next to nothing.
    yield from (("sigmoid", 0.5, z) for z in (1e-9, -1e-30, 1e-100))


def main():
    print("activation,y,z,quadratic,cross_entropy")
    for activation, y, z in cases(random.Random(6)):
        found = [float(cost(activation, mpf(y), mpf(z))) for cost in (quadratic, cross_entropy)]
        print(activation, y, z, *found, sep=",")


main()
