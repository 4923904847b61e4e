"""Reads what each program answers, and compares it with costs."""

import csv
import json
import math
from itertools import zip_longest

COSTS = ("quadratic", "cross_entropy")
TOLERANCE = 1e-12
FIELDS = ("n", "mean", "standard_error", "sum", "baseline", "skill")


def from_costs(text):
    """Reads costs' JSON: one record a cost."""
    return {record["cost"]: record for record in json.loads(text)}


def from_miller(text):
    """Reads Miller's JSON: one flat record."""
    (flat,) = json.loads(text)
    names = {"n": "count", "standard_error": "meaneb"}
    return {
        cost: {field: flat[f"{cost}_{names.get(field, field)}"] for field in FIELDS}
        for cost in COSTS
    }


def from_xan(text):
    """Reads xan's CSV of means and variances, and computes the other statistics."""
    header, record = csv.reader(text.splitlines())
    flat = dict(zip(header, map(float, record)))
    n, rate = flat["n"], flat["y_mean"]
    baselines = (rate - rate * rate, -(rate * math.log(rate) + (1 - rate) * math.log1p(-rate)))
    return {
        cost: {
            "n": n,
            "mean": flat[f"{cost}_mean"],
            "standard_error": math.sqrt(flat[f"{cost}_variance"] / n),
            "sum": flat[f"{cost}_mean"] * n,
            "baseline": baseline,
            "skill": 1 - flat[f"{cost}_mean"] / baseline,
        }
        for cost, baseline in zip(COSTS, baselines)
    }


def compare_summaries(ours, theirs):
    """Returns the largest relative difference, and a line for each that is too large."""
    worst, disagreements = 0.0, []
    for cost in COSTS:
        for field in FIELDS:
            a, b = ours[cost][field], theirs[cost][field]
            difference = abs(a - b) / max(abs(a), abs(b), 5e-324)
            worst = max(worst, difference)
            if difference > TOLERANCE:
                disagreements.append(f"{cost} {field}: {b!r}, costs {a!r} ({difference:.0e})")
    return worst, disagreements


def compare_instances(ours, theirs):
    """Compares two CSV files of instances, row by row; same shape as above.

    Costs are compared to 12 decimals or digits, whichever is coarser: where
    1 - yhat is rounded before its logarithm, small costs have no more.
    """
    worst, disagreements = 0.0, []
    with open(ours, newline="") as a_file, open(theirs, newline="") as b_file:
        a_rows, b_rows = csv.reader(a_file), csv.reader(b_file)
        if (a := next(a_rows, None)) != (b := next(b_rows, None)):
            disagreements.append(f"header: {b}, costs {a}")
        for line, (a, b) in enumerate(zip_longest(a_rows, b_rows), 2):
            if a is None or b is None or len(a) != len(b) or a[:2] != b[:2]:
                disagreements.append(f"line {line}: {b}, costs {a}")
                break
            for x, y in zip(map(float, a[2:]), map(float, b[2:])):
                worst = max(worst, abs(x - y) / max(1.0, abs(x)))
            if worst > TOLERANCE:
                disagreements.append(f"line {line}: {b}, costs {a} ({worst:.0e})")
                break
    return worst, disagreements
