#!/usr/bin/env python3
"""Prints neuron.csv: costs and gradients of neurons by mpmath, right to 100 digits.

    python3 neuron.py > neuron.csv        (mpmath from PyPI)

Each cost is that of its definition, for the output of the activation at z; each
gradient is a central difference of that, with a step of 10^-120. The tails of a
sigmoid at 800 have 350 zeros, and their squares twice as many: hence the digits.
"""

import random

from mpmath import exp, log, mp, mpf, tanh

mp.dps = 1200
STEP = mpf(10) ** -120

# Where a tail is 0 in f64, and so are its square and its gradient.
FAR = 800


def sigmoid(z):
    return 1 / (1 + exp(-z))


def log_of_sigmoid(z):
    return -log(1 + exp(-z)) if z > -FAR else z


def quadratic(activation, y, z):
    if abs(z) >= FAR:
        return (y - (1 if z > 0 else 0 if activation == "sigmoid" else -1)) ** 2
    return (y - (sigmoid(z) if activation == "sigmoid" else tanh(z))) ** 2


def cross_entropy(activation, y, z):
    t, z = (y, z) if activation == "sigmoid" else ((1 + y) / 2, 2 * z)
    right = t * log_of_sigmoid(z) if t else mpf(0)
    wrong = (1 - t) * log_of_sigmoid(-z) if t != 1 else mpf(0)
    return -(right + wrong)


def gradient(cost, activation, y, z):
    return (cost(activation, y, z + STEP) - cost(activation, y, z - STEP)) / (2 * STEP)


def weighted_inputs(rng):
    yield from (0.0, 1e-300, -1e-300, 1e300, -1e300, 46.0, -46.0, 37.0, -37.0, 709.0, -745.0)
    yield from (rng.uniform(-8, 8) for _ in range(150))
    yield from (rng.uniform(-60, 60) for _ in range(60))
    for _ in range(60):
        yield rng.choice((-1, 1)) * 10 ** rng.uniform(-20, 3)


def number(x):
    return repr(float(x))


def main():
    rng = random.Random(8)
    print("activation,y,z,quadratic,cross_entropy,quadratic_gradient,cross_entropy_gradient")
    for activation in ("sigmoid", "tanh"):
        for z in weighted_inputs(rng):
            low = 0.0 if activation == "sigmoid" else -1.0
            soft = rng.uniform(low, 1) or 0.5
            for y in (1.0, low, soft):
                exact = (mpf(y), mpf(z))
                row = [f(activation, *exact) for f in (quadratic, cross_entropy)]
                if abs(z) < FAR:
                    row += [gradient(f, activation, *exact) for f in (quadratic, cross_entropy)]
                else:
                    row += [mpf(0), (mpf(1) if z > 0 else mpf(low)) - exact[0]]
                print(activation, number(y), number(z), *map(number, row), sep=",")


main()
