"""Makes presets.csv: what three libraries give for single instances (y, ŷ).

Run:   python3 -I tests/data/presets.py > tests/data/presets.csv
Needs: Python 3.11, mpmath, NumPy 2.4.6, scikit-learn 1.9.1, PyTorch 2.15.0 and
       Keras 3.15.1; these versions made the file

-I keeps this folder off the path: statistics.py would hide Python's own module.

    y, yhat  the instance
    sklearn  its cost by sklearn.metrics.log_loss; empty for a soft label, which
             that function does not take
    keras    by keras.ops.binary_crossentropy, on PyTorch
    torch    by torch.nn.functional.binary_cross_entropy

All three compute in float64, and every number is written with the shortest
digits that read back as the same f64. They are the libraries' own numbers, with
their own rounding. For each, `rule` states the library's rule, and the script
fails unless the library's number is that of the rule at 60 digits, but for the
rounding of 1 − ŷ and a few units in the last place.

The rules, as found in the sources of these versions:

    sklearn  `_log_loss` in sklearn/metrics/_classification.py, under
             `log_loss`: clips 1 − ŷ and ŷ to [ε, 1 − ε], where ε is the machine
             epsilon of their type (2⁻⁵² for float64), and takes −ln of that of
             the label. 1 − ŷ is rounded before (`_validate_multiclass_
             probabilistic_prediction`), by up to 2⁻⁵⁴.
    keras    `binary_crossentropy` in keras/src/backend/torch/nn.py, and alike
             in those of numpy, jax and tensorflow: clips ŷ to [ε, 1 − ε] with
             ε = `_EPSILON` = 1e-7 of keras/src/backend/config.py, then takes
             PyTorch's cost; the others take ln(1 − ŷ) without log1p. The float64
             of `keras.losses.binary_crossentropy` (keras/src/losses/losses.py)
             comes out rounded to float32 by `mean` in keras/src/backend/torch/
             numpy.py, so the cost is read before that mean of one.
    torch    `binary_cross_entropy_out_cpu` in aten/src/ATen/native/Loss.cpp:
             (y − 1)·max(log1p(−ŷ), −100) − y·max(ln ŷ, −100). ŷ is not clipped.
             The documentation of `BCELoss` in torch/nn/modules/loss.py says so.
"""

import os
from importlib.metadata import version

os.environ["KERAS_BACKEND"] = "torch"

import keras  # noqa: E402
import mpmath  # noqa: E402
import numpy  # noqa: E402
import sklearn.metrics  # noqa: E402
import torch  # noqa: E402

VERSIONS = {"numpy": "2.4.6", "scikit-learn": "1.9.1", "torch": "2.15.0", "keras": "3.15.1"}

mpmath.mp.dps = 60

EPSILON = 2.0**-52


# The libraries


def by_sklearn(y, yhat):
    if y not in (0, 1):
        return None
    return sklearn.metrics.log_loss([int(y)], numpy.array([yhat]), labels=[0, 1])


def by_keras(y, yhat):
    (cost,) = keras.ops.binary_crossentropy(numpy.array([y]), numpy.array([yhat]))
    assert cost.dtype == torch.float64
    return cost.item()


def by_torch(y, yhat):
    y, yhat = (torch.tensor([x], dtype=torch.float64) for x in (y, yhat))
    return torch.nn.functional.binary_cross_entropy(yhat, y).item()


# The rules


def logs(yhat):
    """ln ŷ and ln(1 − ŷ) at 60 digits."""
    ln_yhat = mpmath.log(yhat) if yhat > 0 else -mpmath.inf
    ln_rest = mpmath.log1p(-mpmath.mpf(yhat)) if yhat < 1 else -mpmath.inf
    return ln_yhat, ln_rest


def weighed(y, ln_yhat, ln_rest):
    """The cross-entropy of finite logarithms."""
    return -(mpmath.mpf(y) * ln_yhat + (1 - mpmath.mpf(y)) * ln_rest)


def rule(library, y, yhat):
    """The cost by the library's rule, at 60 digits."""
    if library == "torch":
        return weighed(y, *(max(ln, mpmath.mpf(-100)) for ln in logs(yhat)))
    least = {"sklearn": EPSILON, "keras": 1e-7}[library]
    return weighed(y, *logs(min(max(yhat, least), 1 - least)))


def check(library, y, yhat, cost):
    wanted = rule(library, y, yhat)
    rounding = 2.0**-54 / max(1 - yhat, EPSILON) if library == "sklearn" and y == 0 else 0
    assert abs(cost - wanted) <= rounding * 1.01 + 1e-15 * wanted, (library, y, yhat, cost, wanted)


# Instances


OUTPUTS = [
    *(0.0, 5e-324, 1e-310, 1e-100, 1e-44, 1e-43, 1e-20, 1e-16, EPSILON, 3e-16, 1e-8, 1e-7, 2e-7),
    *(1e-3, 0.1192, 0.5, 0.9997),
    *(1 - 1e-7, 1 - 1e-8, 1 - 1e-15, 1 - EPSILON, 1 - 1e-16, 1.0),
]

SOFT = [
    *((0.25, 0.0), (0.25, 1.0), (0.5, 0.0), (1e-300, 0.0), (1 - 2.0**-53, 1.0)),
    *((0.5, 1e-44), (0.5, 1e-43), (0.5, 1e-20), (0.75, 1 - 1e-16), (0.9, 1e-8), (0.3, 1e-7)),
    *((1e-3, 0.3), (0.1, 0.1), (0.5, 0.5)),
]


def main():
    for package, tested in VERSIONS.items():
        assert version(package).split("+")[0] == tested, f"{package} is not {tested}"
    assert (keras.config.backend(), keras.config.epsilon()) == ("torch", 1e-7)
    keras.config.set_floatx("float64")

    libraries = {"sklearn": by_sklearn, "keras": by_keras, "torch": by_torch}
    print("y", "yhat", *libraries, sep=",")
    for y, yhat in [(y, yhat) for y in (0.0, 1.0) for yhat in OUTPUTS] + SOFT:
        costs = {library: cost(y, yhat) for library, cost in libraries.items()}
        for library, cost in costs.items():
            if cost is not None:
                check(library, y, yhat, cost)
        print(y, yhat, *("" if c is None else c for c in costs.values()), sep=",")


if __name__ == "__main__":
    main()
