"""Makes calibration.json: small inputs, and the parts that their mean costs are made of.

Run:   python3 tests/data/calibration.py > tests/data/calibration.json
Needs: Python 3.9, mpmath, model-diagnostics

An array of cases, one a line:

    name     what the case is about
    input    the text of the file; it has a header, with the columns y, yhat or a, b,
             and perhaps w (weights) and g (groups)
    args     command-line arguments beside the file
    results  one object per group, model and cost: the groups as they first appear,
             the models as asked, quadratic before cross_entropy

Fields of a result:

    g                only with --by: the text of the group
    model, cost
    mean             Σwc/Σw
    baseline         the mean cost of the mean label
    miscalibration   mean − r, at least 0, where r is the mean cost of ŷ after an isotonic
                     regression of y on ŷ; "inf" where the mean is ∞
    discrimination   baseline − r, at least 0

The regression pools adjacent violators by exact fractions. A recalibrated ŷ is the f64
nearest to the mean label of its pool, and r an exact fraction of the f64 costs, rounded
once. Of a single pool, r is the baseline. Each part is a difference of f64.

model-diagnostics computes the same from scikit-learn's isotonic regression; the script
fails where they are further apart than one part in 10⁹.
"""

import csv
import io
import json
import math
import random
import sys
from fractions import Fraction

import mpmath
import numpy as np
from model_diagnostics.scoring import LogLoss, SquaredError, decompose

sys.dont_write_bytecode = True  # no __pycache__ among the data
from pairs import cross_entropy, nearest, quadratic  # noqa: E402

SEED = 87

COSTS = {"quadratic": quadratic, "cross_entropy": cross_entropy}


def entropy(share):
    """−[p ln p + (1 − p) ln(1 − p)]."""
    if share in (0, 1):
        return 0.0
    with mpmath.workdps(1000):
        parts = [mpmath.mpf(p.numerator) / p.denominator for p in (share, 1 - share)]
        return float(-sum(p * mpmath.log(p) for p in parts))


def pools(y, yhat, w):
    """The recalibrated ŷ of each row as an exact fraction."""
    of_yhat = {}
    for label, forecast, weight in zip(y, yhat, w):
        if weight > 0:
            sums = of_yhat.setdefault(forecast, [Fraction(0), Fraction(0)])
            sums[0] += weight
            sums[1] += weight * label
    stack = []
    for forecast in sorted(of_yhat):
        weight, ones = of_yhat[forecast]
        pool = [weight, ones, [forecast]]
        while stack and stack[-1][1] / stack[-1][0] >= pool[1] / pool[0]:
            last = stack.pop()
            pool = [a + b for a, b in zip(last, pool)]
        stack.append(pool)
    means = {f: ones / weight for weight, ones, members in stack for f in members}
    return means, len(stack)


def recalibrated(cost, means, rows):
    """Σwc of the recalibrated forecasts, none of which is certain and wrong."""
    total = Fraction(0)
    for weight, label, forecast in rows:
        if weight > 0:
            mean = means[forecast]
            output = nearest(mean)
            if label == 1:
                found = cost(1.0, max(output, 5e-324))
            else:
                found = cost(0.0, output) if output < 1 else cost(1.0, nearest(1 - mean))
            total += weight * Fraction(found)
    return total


def results_of(rows, models, weight):
    y = [int(row["y"]) for row in rows]
    w = [Fraction(float(row[weight])) if weight else Fraction(1) for row in rows]
    total = sum(w)
    share = sum(weight * label for weight, label in zip(w, y)) / total
    baselines = {"quadratic": nearest(share * (1 - share)), "cross_entropy": entropy(share)}
    for model in models:
        yhat = [float(row[model]) for row in rows]
        means, count = pools(y, yhat, w)
        for cost, function in COSTS.items():

            def mean(outputs):
                costs = [
                    (weight, function(float(label), output))
                    for weight, label, output in zip(w, y, outputs)
                    if weight > 0
                ]
                if any(c == math.inf for _, c in costs):
                    return math.inf
                return nearest(sum(weight * Fraction(c) for weight, c in costs) / total)

            found, baseline = mean(yhat), baselines[cost]
            again = baseline
            if count > 1:
                again = nearest(recalibrated(function, means, zip(w, y, yhat)) / total)
            parts = [max(0.0, found - again), max(0.0, baseline - again)]
            check(y, yhat, w, cost, [found, baseline, *parts])
            names = ["mean", "baseline", "miscalibration", "discrimination"]
            yield {"model": model, "cost": cost, **dict(zip(names, [found, baseline, *parts]))}


def check(y, yhat, w, cost, found):
    """Fails unless model-diagnostics finds the same, where it can."""
    mean, baseline, miscalibration, discrimination = found
    if mean < math.inf:
        largest = max(abs(x) for x in found)
        assert abs(miscalibration - discrimination + baseline - mean) <= math.ulp(largest), found
    if len(set(y)) < 2 or mean == math.inf or min(w) < max(w) * Fraction(1, 10**9):
        return
    distinct = sorted(set(yhat))
    if any(b - a < 1e-9 for a, b in zip(distinct, distinct[1:])):
        return  # scikit-learn takes them for one
    function = SquaredError() if cost == "quadratic" else LogLoss()
    weights = np.array([float(weight) for weight in w])
    # A certain forecast has no logarithm there; what it costs is 0.
    outputs = np.clip(np.array(yhat), 1e-300, 1 - 2.0**-53) if cost != "quadratic" else np.array(yhat)
    parts = decompose(np.array(y), outputs, weights=weights, scoring_function=function)
    others = [parts[name][0] for name in ["score", "uncertainty", "miscalibration", "discrimination"]]
    assert all(abs(a - b) <= 1e-9 * max(found) + 1e-12 for a, b in zip(found, others)), (found, others)


def results(text, args):
    given = dict(zip(args[::2], args[1::2]))
    models = given.get("--yhat-col", "yhat").split(",")
    by = given.get("--by")
    groups = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        groups.setdefault(row[by] if by else None, []).append(row)
    for group, rows in groups.items():
        of_group = {by: group} if by else {}
        for found in results_of(rows, models, given.get("--weight-col")):
            yield {**of_group, **found}


def case(name, header, rows, *args):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header.split(), *rows])
    text = text.getvalue()
    return {"name": name, "input": text, "args": ["--calibration", *args], "results": list(results(text, args))}


W = ("--weight-col", "w")
G = ("--by", "g")
AB = ("--yhat-col", "a,b")
BOOK = [(1, 0.9997), (1, 0.9), (1, 0.6), (1, 0.1192), (0, 0.1192), (1, 0.8808)]


def rows(rng, n, digits, models=1, columns=()):
    """Labels that come true more seldom than forecasts of some digits say."""
    found = []
    for i in range(n):
        p = rng.random()
        forecasts = [round(min(max(rng.gauss(p, 0.1), 0.001), 0.999), digits) for _ in range(models)]
        more = [column[i % len(column)] for column in columns]
        found.append((int(rng.random() < p * p), *forecasts, *more))
    return found


def cases():
    rng = random.Random(SEED)
    yield case("the book's table", "y yhat", BOOK)
    yield case("one row", "y yhat", [(1, 0.3)])
    yield case("one distinct forecast", "y yhat", [(1, 0.3), (0, 0.3), (0, 0.3)])
    yield case("one class", "y yhat", [(1, 0.3), (1, 0.8), (1, 0.9)])
    yield case("perfect forecasts", "y yhat", [(1, 1), (0, 0), (1, 1), (0, 0)])
    yield case("certain and wrong", "y yhat", [(1, 0), (0, 0.25), (1, 0.75), (0, 1), (1, 1)])
    yield case("calibrated forecasts", "y yhat", [(1, 0.3)] * 3 + [(0, 0.3)] * 7 + [(1, 1)] * 2)
    yield case("forecasts that are upside down", "y yhat", [(1, 0.1), (1, 0.2), (0, 0.8), (0, 0.9)])
    yield case("a zero with a sign", "y yhat", [(0, "-0"), (0, 0), (1, 0.5), (0, "-0.0")])
    near = [(0, 0.5), (1, 0.5000000000000001), (0, 0.4999999999999999), (1, 0.5)]
    yield case("forecasts that hardly differ", "y yhat", near)
    for n in [2, 5, 12, 30, 60]:
        yield case(f"rows: {n}", "y yhat", rows(rng, n, 4))
    for n in [20, 50]:
        yield case(f"ties of one digit, rows: {n}", "y yhat", rows(rng, n, 1))
    yield case("two models", "y a b", rows(rng, 40, 2, 2), *AB)
    some = [2, 0, 0.5, 3, 0, 1.25, 0.1]
    yield case("weights, some 0", "y yhat w", rows(rng, 40, 2, 1, [some]), *W)
    yield case("weights that are no multiples", "y yhat w", rows(rng, 50, 1, 1, [[0.1, 0.3, 0.7]]), *W)
    far = [1e-300, 1e300, 1, 1e300, 1e280]
    yield case("weights far apart", "y yhat w", rows(rng, 30, 1, 1, [far]), *W)
    random_weights = [rng.random() for _ in range(60)]
    yield case("weights of all digits", "y yhat w", rows(rng, 60, 1, 1, [random_weights]), *W)
    yield case("two models and weights", "y a b w", rows(rng, 40, 1, 2, [some]), *AB, *W)
    groups = ["north", "south", "east"]
    yield case("groups", "y yhat g", rows(rng, 50, 2, 1, [groups]), *G)
    yield case("groups, models and weights", "y a b w g", rows(rng, 60, 1, 2, [some, groups]), *AB, *W, *G)
    large = [9007199254740993, 4611686018427387904, 1, 3]
    yield case("weights beyond 2⁶²", "y yhat w", rows(rng, 20, 1, 1, [large]), *W)


def main():
    def number(x):
        return "inf" if x == math.inf else x

    found = list(cases())
    for one in found:
        one["results"] = [{k: number(v) for k, v in r.items()} for r in one["results"]]
    print("[\n" + ",\n".join(json.dumps(case, allow_nan=False) for case in found) + "\n]")


if __name__ == "__main__":
    main()
